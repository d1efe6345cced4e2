// A JSON-stat 2 dataset as dimensions and cells.
function dimension(dataset, code) {
	const { label, category, note, extension } = dataset.dimension[code];
	const parents = {};
	for (const [parent, children] of Object.entries(category.child ?? {}))
		for (const child of children)
			parents[child] = parent;
	const codes = Object.keys(category.index).sort((a, b) => category.index[a] - category.index[b]);
	const depth = (at) => (parents[at] ? 1 + depth(parents[at]) : 0);
	return {
		code, label, notes: note ?? [], total: extension?.eliminationValueCode,
		time: dataset.role?.time?.includes(code) ?? false,
		categories: codes.map((at) => ({ code: at, label: category.label[at], depth: depth(at), notes: category.note?.[at] ?? [] })),
	};
}

export function readCube(dataset) {
	const dimensions = dataset.id.map((code) => dimension(dataset, code));
	const sizes = dataset.size;
	return {
		label: dataset.label, dimensions,
		cells: sizes.reduce((a, b) => a * b, 1),
		// `place`: an index for each dimension. {value} or {mark}
		cell(place) {
			const at = place.reduce((sum, p, i) => sum * sizes[i] + p, 0);
			const value = dataset.value[at];
			return value === null ? { mark: dataset.status?.[at] ?? ".." } : { value };
		},
	};
}

// Every combination of the dimensions with these numbers, last fastest: [place parts…].
export function combinations(cube, numbers) {
	return numbers.reduce((all, number) => all.flatMap((one) =>
		cube.dimensions[number].categories.map((_, i) => [...one, i])), [[]]);
}

// How a cube is laid out: what varies over columns and rows, and what is the same for all.
export function layOut(cube) {
	const varying = cube.dimensions.map((_, i) => i).filter((i) => cube.dimensions[i].categories.length > 1);
	const fixed = cube.dimensions.map((_, i) => i).filter((i) => !varying.includes(i));
	const time = varying.find((i) => cube.dimensions[i].time);
	const column = time ?? varying.at(-1);
	const stub = varying.filter((i) => i !== column);
	const rows = combinations(cube, stub).map((parts) => ({
		parts, labels: parts.map((p, i) => cube.dimensions[stub[i]].categories[p].label),
	}));
	return {
		fixed, stub, column, rows, overTime: time !== undefined,
		columns: column === undefined ? [null] : cube.dimensions[column].categories,
		cell(row, c) {
			const place = cube.dimensions.map(() => 0);
			row.parts.forEach((p, i) => { place[stub[i]] = p; });
			if (column !== undefined)
				place[column] = c;
			return cube.cell(place);
		},
	};
}
