// The form: which values of each variable are shown. Nothing changes before "Show".
import { make, upper } from "./make.js";

const DEPTHS = [null, "child", "grandchild"];

function timeField(dimension, shown, words) {
	const codes = dimension.categories.map((c) => c.code);
	const first = codes.indexOf(shown[0]), last = codes.indexOf(shown.at(-1));
	const select = (label, chosen, which) => make("label", {}, label, make("select", { "data-axis": dimension.code, "data-end": which },
		...dimension.categories.map((c, i) => make("option", { value: c.code, selected: i === chosen }, c.label))));
	return make("div", { class: "time", role: "group", "aria-label": dimension.label }, make("strong", { "aria-hidden": "true" }, upper(dimension.label)),
		make("div", {}, select(words.from, first, "from"), select(words.to, last, "to")));
}

function valuesField(dimension, shown, words) {
	const count = make("span", { class: "quiet" });
	const boxes = dimension.categories.map((c) => make("input", { type: "checkbox", "data-axis": dimension.code, value: c.code, checked: shown.includes(c.code) }));
	const recount = () => { count.textContent = words.chosen(boxes.filter((b) => b.checked).length, boxes.length); };
	const button = (text, checked) => {
		const made = make("button", { type: "button", class: "small" }, text, make("span", { class: "unseen" }, `: ${dimension.label}`));
		made.addEventListener("click", () => { boxes.forEach((b) => { b.checked = checked; }); recount(); });
		return made;
	};
	recount();
	const field = make("fieldset", {}, make("legend", { class: "unseen" }, dimension.label), button(words.all, true), button(words.none, false),
		make("div", { class: "values" }, ...dimension.categories.map((c, i) =>
			make("label", { class: DEPTHS[Math.min(c.depth, 2)] }, boxes[i], make("span", {}, c.label)))));
	field.addEventListener("change", recount);
	return make("details", {}, make("summary", {}, make("strong", {}, upper(dimension.label)), " ", count), field);
}

// What the form says, as expressions of the API; a text of what is wrong otherwise.
function read(form, dimensions, words) {
	const wishes = {};
	for (const dimension of dimensions) {
		const codes = dimension.categories.map((c) => c.code);
		const fields = [...form.querySelectorAll("[data-axis]")].filter((f) => f.dataset.axis === dimension.code);
		if (!fields.length) {
			wishes[dimension.code] = "*";
		} else if (dimension.time) {
			const [from, to] = ["from", "to"].map((end) => codes.indexOf(fields.find((f) => f.dataset.end === end).value));
			if (from > to)
				return words.backwards;
			wishes[dimension.code] = to - from + 1 === codes.length ? "*" : from === to ? codes[from] : `range(${codes[from]},${codes[to]})`;
		} else {
			const chosen = fields.filter((f) => f.checked).map((f) => f.value);
			if (!chosen.length)
				return words.nothing(dimension.label);
			wishes[dimension.code] = chosen.length === codes.length ? "*" : chosen.join(",");
		}
	}
	return wishes;
}

// `whole`: the table's dimensions; `shown`: {code: codes shown now}.
export function drawChoices(form, whole, shown, words, onShow) {
	const fault = make("p", { class: "notice", role: "alert", hidden: true });
	const open = new Set([...form.querySelectorAll("details[open]")].map((d) => d.dataset.axis));
	form.replaceChildren(make("p", { class: "quiet", id: "choices-title" }, words.choose),
		make("div", { class: "axes" }, ...whole.filter((d) => d.categories.length > 1).map((d) => {
			const field = (d.time ? timeField : valuesField)(d, shown[d.code] ?? [d.total], words);
			field.dataset.axis = d.code;
			field.open = open.has(d.code);
			return field;
		})), fault, make("button", { class: "main" }, words.show));
	form.setAttribute("aria-labelledby", "choices-title");
	form.onsubmit = (event) => {
		event.preventDefault();
		const wishes = read(form, whole, words);
		fault.hidden = typeof wishes !== "string";
		if (typeof wishes === "string")
			fault.textContent = wishes;
		else
			onShow(wishes);
	};
}
