// The first page: the address says what is shown, and everything shown has an address.
// ?lang=nb|en&table=ID and, where it is not the table's beginning, an expression of the API
// for each variable (Region=NO,helse_vest&Tid=top(4)).
import * as api from "./api.js";
import { drawChart } from "./chart.js";
import { drawChoices } from "./choices.js";
import { layOut, readCube } from "./cube.js";
import { make, upper } from "./make.js";
import { drawTable } from "./table.js";
import { texts } from "./texts.js";

const CELLS_MAX = 4000;
const $ = (id) => document.getElementById(id);
const pinned = /\/releases\/([^/]+)\/$/.exec(location.pathname)?.[1];
let going; // what the page is fetching now; a new choice ends it

// --- the address ---------------------------------------------------------------------

function readAddress() {
	const words = new URLSearchParams(location.search), wishes = {};
	for (const [name, value] of words)
		if (name !== "lang" && name !== "table" && value)
			wishes[name] = value;
	const asked = words.get("lang") ?? navigator.language;
	return { lang: /^en/i.test(asked) ? "en" : "nb", table: words.get("table"), wishes };
}

function writeAddress({ lang, table, wishes }) {
	const words = [`lang=${lang}`, ...(table ? [`table=${encodeURIComponent(table)}`] : []),
		...Object.entries(wishes ?? {}).map(([k, v]) => `${encodeURIComponent(k)}=${encodeURIComponent(v).replaceAll("%2C", ",")}`)];
	return `?${words.join("&")}`;
}

function go(state, focus) {
	history.pushState(null, "", writeAddress(state));
	show(focus);
}

// A link of the page that another tab, or a reader without script, can follow too.
function follow(link, state, focus) {
	link.href = writeAddress(state);
	link.onclick = (event) => {
		if (event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey)
			return;
		event.preventDefault();
		go(state, focus);
	};
	return link;
}

// --- what stands around the figures -------------------------------------------------------

function speak(state, words) {
	document.documentElement.lang = state.lang;
	document.title = words.title;
	for (const element of document.querySelectorAll("body [lang]"))
		if (!element.closest("#languages"))
			element.hidden = element.lang !== state.lang;
	for (const link of document.querySelectorAll("#languages a")) {
		follow(link, { ...state, lang: link.lang });
		link.toggleAttribute("aria-current", link.lang === state.lang);
		if (link.lang === state.lang)
			link.setAttribute("aria-current", "true");
	}
	document.querySelector(".name a").href = `./?lang=${state.lang}`;
	$("pinned").hidden = !pinned;
	if (pinned)
		$("pinned").replaceChildren(words.pinned(decodeURIComponent(pinned)),
			make("a", { href: `../../${writeAddress(state)}` }, words.toCurrent), ".");
}

function listTables(tables, state, words) {
	$("tables-title").textContent = words.tables(tables.length);
	$("tables-list").replaceChildren(...tables.map((table) => make("li", {}, follow(make("a", {
		"aria-current": table.id === state.table ? "page" : null,
	}, make("span", { class: "label" }, table.label), make("span", { class: "quiet" },
		[table.id, words.units[table.timeUnit], table.firstPeriod === table.lastPeriod ? table.firstPeriod : `${table.firstPeriod}–${table.lastPeriod}`,
			...(table.category === "public" ? [] : [words.sector])].join(" · "))),
	{ lang: state.lang, table: table.id }, true))));
}

function refuse(error, state, words) {
	if (error.name === "AbortError")
		return;
	const parts = error instanceof api.Problem ? [error.message || words.failed, error.detail || words.unreachable] : [words.failed];
	if (error.variable)
		parts[0] += ` (${error.variable})`;
	$("status").replaceChildren(make("p", { class: "notice" }, make("strong", {}, parts[0]), ` ${parts[1] ?? ""} `,
		error.retryAfter ? `${words.wait(error.retryAfter)} ` : null,
		Object.keys(state.wishes).length ? follow(make("a", {}, words.startOver), { lang: state.lang, table: state.table }) : null));
	$("result").replaceChildren();
	if (!(error instanceof api.Problem))
		throw error;
}

// --- the figures -----------------------------------------------------------------------------

// Links by hand may leave variables out: those without a total then get their first value,
// and time its newest.
const newest = (dimension) => dimension.categories.slice(-8).map((c) => c.code);

function complete(wishes, whole) {
	const all = { ...wishes };
	if (Object.keys(wishes).length)
		for (const d of whole)
			if (!(d.code in all) && !d.total)
				all[d.code] = d.time ? "top(8)" : d.categories[0].code;
	return all;
}

// The table's own beginning, as wishes: its address then stays what is shown now.
function written(shown, whole) {
	return Object.fromEntries(whole.filter((d) => shown[d.code]).map((d) =>
		[d.code, shown[d.code].length === d.categories.length ? "*" : shown[d.code].join(",")]));
}

function count(cube) {
	const sums = { shown: 0, ":": 0, "..": 0, ".": 0 };
	const walk = (place) => {
		if (place.length < cube.dimensions.length)
			return cube.dimensions[place.length].categories.forEach((_, i) => walk([...place, i]));
		const cell = cube.cell(place);
		sums[cell.mark ?? "shown"]++;
	};
	walk([]);
	return sums;
}

function notes(dataset, cube, words) {
	const must = Object.keys(dataset.extension?.noteMandatory ?? {}).map(Number);
	const of = (list, label) => list.map((text) => make("li", {}, label ? make("strong", {}, `${label}: `) : null, text));
	const all = dataset.note ?? [];
	const first = of(all.filter((_, i) => must.includes(i)));
	const more = [...of(all.filter((_, i) => !must.includes(i))),
		...cube.dimensions.flatMap((d) => [...of(d.notes, upper(d.label)), ...d.categories.flatMap((c) => of(c.notes, c.label))])];
	if (!first.length && !more.length)
		return [];
	return [make("h3", {}, words.notes), make("ul", { class: "notes" }, ...first),
		more.length ? make("details", {}, make("summary", {}, words.moreNotes), make("ul", { class: "notes" }, ...more)) : null];
}

function downloads(state, wishes, release, words) {
	const to = (text, more, file) => make("li", {}, make("a", {
		href: api.dataAddress(state.table, state.lang, wishes, more), download: file ? `${state.table}-${release}.${file}` : null }, text));
	return [make("h3", {}, words.download), make("ul", { class: "links" },
		to(words.csv, { outputFormat: "csv", outputFormatParams: "UseTexts,SeparatorSemicolon" }, "csv"),
		to(words.csvComma, { outputFormat: "csv", outputFormatParams: "UseTexts" }, "csv"),
		to(words.json, { outputFormat: "json-stat2" }),
		make("li", {}, make("a", { href: `api/v2/tables/${encodeURIComponent(state.table)}/metadata?lang=${state.lang}` }, words.metadata)),
		pinned ? null : make("li", {}, make("a", { href: `releases/${encodeURIComponent(release)}/${writeAddress(state)}` }, words.permanent))),
	make("p", { class: "quiet" }, words.address, make("br"),
		make("code", {}, new URL(api.dataAddress(state.table, state.lang, wishes), location.href).href))];
}

let redraw = () => {};

function drawResult(dataset, state, wishes, words) {
	const cube = readCube(dataset), release = dataset.extension.varde.release, result = $("result");
	const unit = dataset.role?.metric?.map((code) => Object.values(dataset.dimension[code].category.label))?.flat();
	const own = { ...words, unit: unit?.length === 1 ? unit[0] : "" };
	const date = new Date(dataset.updated).toLocaleDateString(words.locale, { day: "numeric", month: "long", year: "numeric", timeZone: "UTC" });
	$("view-release").textContent = `${words.release(release, date)} ${words.clock[dataset.extension.varde.clock] ?? ""}`;
	$("source").textContent = words.source(dataset.source, dataset.extension.contact?.[0]?.raw);
	const tail = [...notes(dataset, cube, words), ...downloads(state, wishes, release, words)].filter((e) => e);
	if (cube.cells > CELLS_MAX) {
		result.replaceChildren(make("p", { class: "notice" }, words.tooMany(cube.cells, CELLS_MAX)), ...tail);
		redraw = () => {};
		return;
	}
	const layout = layOut(cube), sums = count(cube);
	const place = make("div");
	result.replaceChildren(make("h3", { class: "unseen" }, words.chart), place, make("h3", { class: "unseen" }, words.table), drawTable(cube, layout, own),
		make("p", { class: "quiet" }, words.summary(sums.shown, sums[":"], sums[".."], sums["."])), ...tail);
	redraw = () => {
		place.replaceChildren(sums.shown ? drawChart(cube, layout, own, Math.max(260, place.clientWidth)) : make("p", { class: "notice" }, words.allHidden));
	};
	redraw();
}

async function show(focus) {
	const state = readAddress(), words = texts[state.lang];
	going?.abort();
	delete document.documentElement.dataset.ready;
	going = new AbortController();
	const { signal } = going;
	speak(state, words);
	const waiting = setTimeout(() => { $("status").textContent = words.loading; }, 400);
	try {
		const { tables } = await api.tables(state.lang, signal);
		$("app").hidden = !tables.length;
		state.table ??= tables[0]?.id;
		listTables(tables, state, words);
		$("view-title").textContent = tables.find((t) => t.id === state.table)?.label ?? state.table ?? "";
		const whole = readCube(await api.metadata(state.table, state.lang, signal)).dimensions;
		const wishes = complete(state.wishes, whole);
		document.title = `${$("view-title").textContent} – ${words.title}`;
		const choices = (shown) => drawChoices($("choices"), whole, shown, words, (wanted) => go({ ...state, wishes: wanted }, true));
		choices(Object.fromEntries(whole.map((d) => [d.code, d.time ? newest(d) : [d.total ?? d.categories[0].code]])));
		const dataset = await api.get(api.dataAddress(state.table, state.lang, wishes), state.lang, signal);
		const shown = Object.fromEntries(readCube(dataset).dimensions.map((d) => [d.code, d.categories.map((c) => c.code)]));
		choices(shown);
		drawResult(dataset, state, Object.keys(wishes).length ? wishes : written(shown, whole), words);
		$("status").replaceChildren();
		if (focus)
			$("view-title").focus();
	} catch (error) {
		refuse(error, state, words);
	} finally {
		clearTimeout(waiting);
		if (going?.signal === signal)
			document.documentElement.dataset.ready = "true"; // for whoever waits for it
	}
}

// A list of many tables is folded on a narrow screen, where it would stand before the figures.
if (matchMedia("(max-width: 63.99rem)").matches)
	$("tables-fold").open = false;
let width = innerWidth;
addEventListener("resize", () => {
	if (innerWidth !== width)
		redraw();
	width = innerWidth;
});
addEventListener("popstate", () => show());
show();
