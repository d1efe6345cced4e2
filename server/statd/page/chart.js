// The figures as a picture: lines over time, or bars for one period. What cannot be shown
// is a gap, and never a zero. Beside colour, series differ in dash and marker.
import { draw, make, upper } from "./make.js";

const SERIES_MAX = 8, BARS_MAX = 40;
const DASHES = ["", "7 3", "2 3", "10 3 2 3", "", "7 3", "2 3", "10 3 2 3"];

const marker = (n, x, y, r = 4.5) => {
	const shapes = [
		() => draw("circle", { cx: x, cy: y, r }),
		() => draw("rect", { x: x - .9 * r, y: y - .9 * r, width: 1.8 * r, height: 1.8 * r }),
		() => draw("path", { d: `M${x} ${y - 1.2 * r}l${1.2 * r} ${2.1 * r}h${-2.4 * r}z` }),
		() => draw("path", { d: `M${x} ${y - 1.3 * r}l${1.3 * r} ${1.3 * r}l${-1.3 * r} ${1.3 * r}l${-1.3 * r} ${-1.3 * r}z` }),
	];
	const shape = shapes[n % shapes.length]();
	shape.setAttribute("class", `point s${n}`);
	return shape;
};

// The least 1, 2, 2.5 or 5 times a power of ten that makes at most five steps.
function stepFor(most) {
	const rough = Math.max(most, 1) / 5, power = 10 ** Math.floor(Math.log10(rough));
	return Math.max(1, [1, 2, 2.5, 5, 10].map((f) => f * power).find((s) => s >= rough && Number.isInteger(Math.max(s, 1))));
}

const name = (row, cube) => row.labels.join(", ") || cube.label;

function legend(rows, cube) {
	return make("ul", { class: "legend" }, ...rows.map((row, n) => make("li", {},
		draw("svg", { width: 34, height: 14, "aria-hidden": "true" },
			draw("path", { class: `plot line s${n}`, d: "M1 7H33", fill: "none", "stroke-width": 2.25, "stroke-dasharray": DASHES[n] }), marker(n, 17, 7)),
		name(row, cube))));
}

function frame(width, height, words, cube) {
	return draw("svg", { class: "plot", viewBox: `0 0 ${width} ${height}`, width, height, role: "img", "aria-label": words.chartAlt(cube.label) });
}

function lines(cube, layout, words, width) {
	const numbers = new Intl.NumberFormat(words.locale);
	const rows = layout.rows.slice(0, SERIES_MAX), periods = layout.columns;
	const cells = rows.map((row) => periods.map((_, c) => layout.cell(row, c)));
	const most = Math.max(0, ...cells.flat().map((c) => c.value ?? 0));
	const step = stepFor(most), top = Math.max(step, Math.ceil(most / step) * step);
	const left = 14 + 8 * numbers.format(top).length, right = 30, above = 26, marked = cells.flat().some((c) => c.mark === ":"), below = marked ? 50 : 30, height = Math.max(300, Math.min(420, width * 0.5));
	const x = (c) => left + (periods.length > 1 ? (width - left - right) * (c + .5) / periods.length : 0);
	const y = (value) => above + (height - above - below) * (1 - value / top);
	const svg = frame(width, height, words, cube);
	for (let value = 0; value <= top; value += step)
		svg.append(draw("line", { class: value ? "grid" : "axis", x1: left, x2: width - right, y1: y(value), y2: y(value) }),
			draw("text", { x: left - 8, y: y(value) + 4, "text-anchor": "end" }, numbers.format(value)));
	svg.append(draw("text", { x: 0, y: 13 }, words.unit));
	const every = Math.max(1, Math.ceil(periods.length * 62 / (width - left - right)));
	periods.forEach((period, c) => {
		if ((periods.length - 1 - c) % every === 0)
			svg.append(draw("text", { x: x(c), y: height - below + 20, "text-anchor": "middle" }, period.label));
		if (cells.some((row) => row[c].mark === ":"))
			svg.append(draw("text", { class: "mark", x: x(c), y: height - below + 40, "text-anchor": "middle" }, ":"));
	});
	cells.forEach((row, n) => {
		let d = "", broken = true;
		row.forEach((cell, c) => {
			if (cell.mark === undefined)
				d += `${broken ? "M" : "L"}${x(c).toFixed(1)} ${y(cell.value).toFixed(1)}`;
			broken = cell.mark !== undefined;
		});
		svg.append(draw("path", { class: `line s${n}`, d, "stroke-dasharray": DASHES[n] }));
		row.forEach((cell, c) => {
			if (cell.mark === undefined) {
				const point = marker(n, x(c), y(cell.value), (width - left) / periods.length < 24 ? 2.5 : 4.5);
				point.append(draw("title", {}, `${name(rows[n], cube)}, ${periods[c].label}: ${numbers.format(cell.value)}`));
				svg.append(point);
			}
		});
	});
	const marks = cells.flat().map((c) => c.mark);
	return [svg, layout.rows.length > 1 ? legend(rows, cube) : null,
		marked ? make("p", { class: "quiet" }, words.hiddenBelow)
			: marks.some((m) => m) ? make("p", { class: "quiet" }, words.gaps) : null];
}

function bars(cube, layout, words, width) {
	const numbers = new Intl.NumberFormat(words.locale);
	const all = layout.rows.flatMap((row) => layout.columns.map((column, c) =>
		({ label: [...row.labels, ...(column ? [column.label] : [])].join(", ") || cube.label, cell: layout.cell(row, c) })));
	const list = all.slice(0, BARS_MAX), most = Math.max(1, ...list.map((b) => b.cell.value ?? 0));
	const tall = 46, height = list.length * tall + 8, full = width - 80;
	const svg = frame(width, height, words, cube);
	list.forEach(({ label, cell }, i) => {
		const long = cell.mark === undefined ? Math.max(1, full * cell.value / most) : 0, at = i * tall;
		const fits = Math.floor(width / 7.2);
		svg.append(draw("text", { x: 0, y: at + 16 }, label.length > fits ? `${label.slice(0, fits - 1)}…` : label));
		if (cell.mark === undefined)
			svg.append(draw("rect", { class: "bar s0", x: 0, y: at + 22, width: long, height: 16 }));
		svg.append(draw("text", { class: cell.mark === undefined ? "" : "mark", x: long + 6, y: at + 35 },
			cell.mark === undefined ? numbers.format(cell.value) : `${cell.mark} (${words.marks[cell.mark] ?? ""})`));
	});
	return [svg, null, null];
}

export function drawChart(cube, layout, words, width) {
	const shown = layout.overTime ? SERIES_MAX : BARS_MAX;
	const of = layout.overTime ? layout.rows.length : layout.rows.length * layout.columns.length;
	const [svg, key, explained] = (layout.overTime ? lines : bars)(cube, layout, words, width);
	const same = layout.fixed.map((i) => cube.dimensions[i]).filter((d) => d.categories.length).map((d) => d.categories[0].label).join(", ");
	return make("figure", {}, make("figcaption", { class: same ? null : "unseen" }, same ? upper(same) : cube.label), key, svg, explained,
		of > shown ? make("p", { class: "quiet" }, words.firstOf(shown, of)) : null);
}
