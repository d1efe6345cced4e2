// Elements without markup in texts: make("p", {class: "quiet"}, "text", child…).
const SVG = "http://www.w3.org/2000/svg";

function fill(element, attributes, children) {
	for (const [name, value] of Object.entries(attributes ?? {}))
		if (value === true)
			element.setAttribute(name, "");
		else if (value !== undefined && value !== null && value !== false)
			element.setAttribute(name, value);
	element.append(...children.filter((c) => c !== null && c !== undefined));
	return element;
}

export const make = (name, attributes, ...children) => fill(document.createElement(name), attributes, children);
export const draw = (name, attributes, ...children) => fill(document.createElementNS(SVG, name), attributes, children);

// Labels are written as in a sentence; at the head of a column or a group they begin large.
export const upper = (label) => label.charAt(0).toLocaleUpperCase() + label.slice(1);
