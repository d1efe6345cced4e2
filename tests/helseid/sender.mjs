// A sender's integration over npm's oauth4webapi and jose, which share nothing with ours:
// discovery, a token with private_key_jwt and DPoP, signed reports, their receipts, and the
// repair of a request whose proof was used before.
//   node sender.mjs TASK.json
// TASK: {issuer, client_id, client_key, intake, audience, scope, service, tenant: {orgnr, kid, alg,
// signing_key}, documents: […]}. One JSON object per document on stdout.
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { CompactSign, createRemoteJWKSet, importJWK, importPKCS8, jwtVerify } from "jose";
import * as oauth from "oauth4webapi";

const task = JSON.parse(readFileSync(process.argv[2], "utf8"));
const insecure = { [oauth.allowInsecureRequests]: true }; // loopback
const client = { client_id: task.client_id };
const issuer = new URL(task.issuer);
const jwks = createRemoteJWKSet(new URL(task.intake + "/.well-known/jwks.json"));
const server = await oauth.processDiscoveryResponse(issuer, await oauth.discoveryRequest(issuer, insecure));
const DPoP = oauth.DPoP(client, await oauth.generateKeyPair("ES256"));

async function newToken() {
	const key = { key: await importJWK(task.client_key, task.client_alg), kid: task.client_key.kid };
	const form = new URLSearchParams({ scope: task.scope, resource: task.audience });
	const ask = () => oauth.clientCredentialsGrantRequest(server, client, oauth.PrivateKeyJwt(key), form, { DPoP, ...insecure });
	const read = async () => oauth.processClientCredentialsResponse(server, client, await ask());
	const answer = await read().catch((error) => {
		if (!oauth.isDPoPNonceError(error)) throw error;
		return read();
	});
	return answer.access_token;
}

let sent; // the last request as it went out, to be sent once more
const options = { DPoP, ...insecure, [oauth.customFetch]: (url, init) => fetch(url, (sent = init)) };

function ask(token, method, path, headers = {}, body = undefined) {
	const request = () => oauth.protectedResourceRequest(token, method, new URL(task.intake + path), new Headers(headers), body, options);
	return request().catch((error) => (oauth.isDPoPNonceError(error) ? request() : Promise.reject(error)));
}

async function sign(document) {
	const payload = { iss: task.tenant.orgnr, aud: task.service, iat: Math.floor(Date.now() / 1000), schema: "incident-report/1.0", document };
	return new CompactSign(new TextEncoder().encode(JSON.stringify(payload)))
		.setProtectedHeader({ alg: task.tenant.alg, kid: task.tenant.kid, typ: "varde+jws" })
		.sign(await importPKCS8(readFileSync(task.tenant.signing_key, "utf8"), task.tenant.alg));
}

const token = await newToken();
for (const document of task.documents) {
	const body = await sign(document);
	const jose = { "Content-Type": "application/jose" };
	const first = await ask(token, "POST", "/v1/submissions", jose, body);
	const receipt = await first.json();
	const replayed = await fetch(task.intake + "/v1/submissions", sent);
	const again = await ask(token, "POST", "/v1/submissions", jose, await sign(document));
	const path = "/v1/reports/" + document.report_id;
	const signed = await ask(token, "GET", path + "/receipt", { Accept: "application/jwt" });
	const { payload } = await jwtVerify(await signed.text(), jwks, { issuer: task.service, subject: task.tenant.orgnr, algorithms: ["ES256"] });
	console.log(JSON.stringify({
		report_id: document.report_id, receipt, verified: payload.receipt,
		digest: "sha-256:" + createHash("sha256").update(body).digest("hex"),
		first: first.status, replayed: replayed.status, challenge: replayed.headers.get("www-authenticate"), refusal: (await replayed.json()).code,
		again: again.status, same: JSON.stringify(await again.json()) === JSON.stringify(receipt),
		report: await (await ask(token, "GET", path)).json(),
	}));
}
