// The figures as a table: the form that everybody can read.
import { make, upper } from "./make.js";

function cellOf({ value, mark }, words, numbers) {
	if (mark === undefined)
		return make("td", {}, numbers.format(value));
	return make("td", { class: "mark" }, make("span", { "aria-hidden": "true" }, mark),
		make("span", { class: "unseen" }, words.marks[mark] ?? mark));
}

function caption(cube, layout) {
	const same = layout.fixed.map((i) => cube.dimensions[i]).filter((d) => d.categories.length)
		.map((d) => `${upper(d.label)}: ${d.categories[0].label}`).join(" · ");
	return make("caption", {}, make("div", { id: "table-caption" }, cube.label, same ? make("span", {}, same) : null));
}

const isTotal = (dimension, part) => dimension.total !== undefined && dimension.categories[part].code === dimension.total;

// Whether a row begins as the one above does: said again for the ear, and fainter for the eye.
const isAgain = (layout, r, i) => r > 0 && layout.rows[r].parts.slice(0, i + 1).every((p, k) => p === layout.rows[r - 1].parts[k]);

// Periods stand across, or down where there is one row of them.
export function drawTable(cube, layout, words) {
	const numbers = new Intl.NumberFormat(words.locale);
	const down = layout.rows.length === 1 && layout.columns[0] !== null;
	const head = make("tr"), body = make("tbody");
	if (down) {
		const dimension = cube.dimensions[layout.column];
		head.append(make("th", { scope: "col", class: "stub" }, upper(dimension.label)),
			make("th", { scope: "col" }, upper(words.unit)));
		dimension.categories.forEach((category, c) => body.append(make("tr", {},
			make("th", { scope: "row", class: isTotal(dimension, c) ? "total" : null }, category.label),
			cellOf(layout.cell(layout.rows[0], c), words, numbers))));
	} else {
		head.append(...layout.stub.map((i) => make("th", { scope: "col", class: "stub" }, upper(cube.dimensions[i].label))),
			...layout.columns.map((c) => make("th", { scope: "col" }, c ? c.label : upper(words.unit))));
		layout.rows.forEach((row, r) => body.append(make("tr", {},
				...row.labels.map((label, i) => make("th", {
					scope: "row", class: isAgain(layout, r, i) ? "again" : isTotal(cube.dimensions[layout.stub[i]], row.parts[i]) ? "total" : null,
				}, label)),
				...layout.columns.map((_, c) => cellOf(layout.cell(row, c), words, numbers)))));
	}
	return make("div", { class: "scroll", role: "region", tabindex: "0", "aria-labelledby": "table-caption" },
		make("table", {}, caption(cube, layout), make("thead", {}, head), body));
}
