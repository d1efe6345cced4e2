// A sender that goes by what each answer says of its limits, with a parser of structured
// fields (RFC 9651) that is not ours.
//   node pacing_client.mjs JOB.json
// JOB: {"url", "token", "documents": [jws, …], "pace": bool}. With `pace` it waits when
// nothing is left; without, only as long as a 429 says. One JSON object per answer.
import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { parseList } from "structured-headers";

const { url, token, documents, pace } = JSON.parse(readFileSync(process.argv[2], "utf8"));

// [["submissions", {q: 5, w: 5}], …]
const items = (field) => parseList(field).map(([name, parameters]) => [name, Object.fromEntries(parameters)]);

async function send(body) {
	const answer = await fetch(url + "/v1/submissions", {
		method: "POST", headers: { Authorization: "Bearer " + token, "Content-Type": "application/jose" }, body });
	await answer.text();
	const seen = { status: answer.status, policy: items(answer.headers.get("RateLimit-Policy")),
		limit: items(answer.headers.get("RateLimit")), retryAfter: Number(answer.headers.get("Retry-After")) };
	console.log(JSON.stringify(seen));
	return seen;
}

for (const body of documents) {
	let seen = await send(body);
	if (seen.status === 429) {
		await sleep(seen.retryAfter * 1000);
		seen = await send(body);
	}
	const [, left] = seen.limit[0];
	if (pace && left.r === 0)
		await sleep(left.t * 1000);
}
