// A sender over npm's jose, an implementation that shares nothing with ours.
//   node jose_client.mjs DEMO_FOLDER EXAMPLES_FOLDER
// For each tenant of the demonstration: a token of maskinporten (Bearer), then one of
// helseid with DPoP; one report, sent twice, and its receipt, verified with the
// service's published keys. One JSON object per tenant and issuer on stdout.
import { createHash, randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { calculateJwkThumbprint, CompactSign, createRemoteJWKSet, exportJWK, generateKeyPair, importPKCS8, jwtVerify, SignJWT } from "jose";

const [folder, examples] = process.argv.slice(2);
const demo = JSON.parse(readFileSync(join(folder, "demo.json"), "utf8"));
const read = (name, alg) => importPKCS8(readFileSync(join(folder, name), "utf8"), alg);
const now = () => Math.floor(Date.now() / 1000);
const jwks = createRemoteJWKSet(new URL(demo.intake + "/.well-known/jwks.json"));

async function bearer(issuer, tenant) {
	const claims = { scope: demo.scopes.join(" "), client_id: "jose", consumer: { authority: "iso6523-actorid-upis", ID: "0192:" + tenant.orgnr } };
	const token = await new SignJWT(claims).setProtectedHeader({ alg: issuer.alg, kid: issuer.kid, typ: "JWT" })
		.setIssuer(issuer.issuer).setAudience(demo.audience).setIssuedAt().setExpirationTime("100s").setJti(randomUUID())
		.sign(await read(issuer.private_key, issuer.alg));
	return async () => ({ Authorization: "Bearer " + token });
}

async function bound(issuer, tenant) {
	const { privateKey, publicKey } = await generateKeyPair("PS256", { extractable: true });
	const jwk = await exportJWK(publicKey);
	const claims = { scope: demo.scopes, client_id: "jose", cnf: { jkt: await calculateJwkThumbprint(jwk) }, "helseid://claims/client/claims/orgnr_parent": tenant.orgnr };
	const token = await new SignJWT(claims).setProtectedHeader({ alg: issuer.alg, kid: issuer.kid, typ: "at+jwt" })
		.setIssuer(issuer.issuer).setAudience(demo.audience).setIssuedAt().setNotBefore("0s").setExpirationTime("300s").setJti(randomUUID())
		.sign(await read(issuer.private_key, issuer.alg));
	const ath = createHash("sha256").update(token).digest("base64url");
	return async (htm, path) => ({
		Authorization: "DPoP " + token,
		DPoP: await new SignJWT({ htm, htu: demo.intake + path.split("?")[0], ath }).setProtectedHeader({ alg: "PS256", typ: "dpop+jwt", jwk })
			.setIssuedAt().setJti(randomUUID()).sign(privateKey),
	});
}

async function sign(tenant, document) {
	const payload = { iss: tenant.orgnr, aud: demo.audience, iat: now(), schema: "incident-report/1.0", document };
	return new CompactSign(new TextEncoder().encode(JSON.stringify(payload)))
		.setProtectedHeader({ alg: tenant.alg, kid: tenant.kid, typ: "varde+jws" }).sign(await read(tenant.signing_key, tenant.alg));
}

async function ask(method, path, authorize, options = {}) {
	const headers = { ...(await authorize(method, path)), ...options.headers };
	const answer = await fetch(demo.intake + path, { method, headers, body: options.body });
	return { status: answer.status, text: await answer.text() };
}

for (const tenant of demo.tenants)
	for (const issuer of demo.issuers) {
		const authorize = await (issuer.profile === "helseid" ? bound : bearer)(issuer, tenant);
		const example = tenant.kind === "municipality" ? "municipality-minimal.json" : "minimal-hf.json";
		const document = JSON.parse(readFileSync(join(examples, example), "utf8"));
		document.report_id = randomUUID();
		document.organisation = { number: tenant.orgnr };
		document.source.local_case_id = "J-" + (Date.now() % 1e6) + Math.floor(Math.random() * 1e4);
		const headers = { "Content-Type": "application/jose" };
		const body = await sign(tenant, document);
		const first = await ask("POST", "/v1/submissions", authorize, { headers, body });
		const again = await ask("POST", "/v1/submissions", authorize, { headers, body: await sign(tenant, document) });
		const path = `/v1/reports/${document.report_id}/receipt`;
		const plain = await ask("GET", path, authorize);
		const signed = await ask("GET", path, authorize, { headers: { Accept: "application/jwt" } });
		const verified = await jwtVerify(signed.text, jwks, { issuer: demo.audience, algorithms: ["ES256"] });
		console.log(JSON.stringify({
			orgnr: tenant.orgnr, alg: tenant.alg, profile: issuer.profile, report_id: document.report_id,
			first: first.status, again: again.status, same: first.text === again.text && first.text === plain.text,
			digest: "sha-256:" + createHash("sha256").update(body).digest("hex"), receipt: JSON.parse(first.text),
			verified: verified.payload.receipt, subject: verified.payload.sub,
		}));
	}
