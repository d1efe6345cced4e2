// The API as the page asks it: relative to the page, so that /releases/NAME/ stays with
// its release.
export class Problem extends Error {
	constructor(title, detail, retryAfter, variable) {
		super(title);
		Object.assign(this, { detail, retryAfter, variable });
	}
}

// "api/v2/tables/ID/data?…" with the expressions of each variable as the address has them.
export function dataAddress(table, lang, wishes, more = {}) {
	const words = [`lang=${lang === "en" ? "en" : "no"}`];
	for (const [code, expression] of Object.entries(wishes))
		words.push(`valuecodes[${encodeURIComponent(code)}]=${encodeURIComponent(expression).replaceAll("%2C", ",")}`);
	for (const [name, value] of Object.entries(more))
		words.push(`${name}=${value}`);
	return `api/v2/tables/${encodeURIComponent(table)}/data?${words.join("&")}`;
}

export async function get(address, lang, signal) {
	let response, body;
	try {
		response = await fetch(address, { headers: { Accept: "application/json", "Accept-Language": lang }, signal });
		body = await response.json();
	} catch (error) {
		if (error.name === "AbortError")
			throw error;
		throw new Problem(null, null, 0);
	}
	if (!response.ok)
		throw new Problem(body.title, body.detail, Number(response.headers.get("Retry-After")) || 0, body.variable);
	return body;
}

export const tables = (lang, signal) => get(`api/v2/tables?lang=${lang === "en" ? "en" : "no"}&pageSize=1000`, lang, signal);
export const metadata = (table, lang, signal) =>
	get(`api/v2/tables/${encodeURIComponent(table)}/metadata?lang=${lang === "en" ? "en" : "no"}`, lang, signal);
