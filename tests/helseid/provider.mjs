// HelseID as Varde sees it, over npm's oidc-provider: tokens for client credentials with
// private_key_jwt, bound by DPoP (a nonce demanded), JWTs with HelseID's organisation claims.
//   node provider.mjs SETTINGS.json
// Obeys commands, one JSON object a line on stdin, and answers each on stdout:
//   {"do":"rotate","alg":"PS256"}  a new key signs this algorithm; the old one stays in the set
//   {"do":"retire","kid":"…"}      this key leaves the set
//   {"do":"down"}  {"do":"up"}     nobody listens, somebody listens again
//   {"do":"say"}                   nothing
// The first line of all says that it is up. Ends with stdin.
import { randomBytes, randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { createInterface } from "node:readline";
import { exportJWK, generateKeyPair } from "jose";
import { Provider } from "oidc-provider";

const settings = JSON.parse(readFileSync(process.argv[2], "utf8"));
const issuer = `http://127.0.0.1:${settings.port}`;
const CLAIMS = "helseid://claims/client/claims/";
const ALGS = ["PS256", "ES256", "RS256"];

async function newKey(alg) {
	const { privateKey } = await generateKeyPair(alg, { extractable: true });
	return { ...(await exportJWK(privateKey)), alg, use: "sig", kid: `${alg}-${randomUUID()}` };
}

// A client that serves several organisations names one in each request (HelseID's
// "helseid_authorization"); the parent must be delegated to it, the child is not checked.
function organisation(ctx, client) {
	const asked = ctx.oidc.params.authorization_details;
	if (!asked) return [client.orgnr_parent, client.orgnr_child];
	const [, , parent, child] = JSON.parse(asked)[0].practitioner_role.organization.identifier.value.split(":");
	return client.delegated.includes(parent) ? [parent, child] : [undefined, undefined];
}

const configuration = (keys) => ({
	jwks: { keys },
	clients: settings.clients,
	scopes: settings.scopes,
	responseTypes: [],
	enabledJWA: { clientAuthSigningAlgValues: ["PS256", "ES256"], dPoPSigningAlgValues: ["PS256", "ES256"] },
	clientAuthMethods: ["private_key_jwt"],
	extraClientMetadata: { properties: ["client_label", "token_alg", "token_ttl", "orgnr_parent", "orgnr_child", "orgnr_supplier", "delegated"] },
	routes: { jwks: JWKS, token: "/connect/token" },
	features: {
		clientCredentials: { enabled: true },
		devInteractions: { enabled: false },
		dPoP: { enabled: true, nonceSecret, requireNonce: () => true },
		fapi: { enabled: true, profile: "2.0" },
		resourceIndicators: {
			enabled: true,
			defaultResource: () => settings.audience,
			getResourceServerInfo: (ctx, resource, client) => ({
				audience: resource, scope: settings.scopes.join(" "), accessTokenFormat: "jwt",
				accessTokenTTL: client.token_ttl ?? 300, jwt: { sign: { alg: client.token_alg } },
			}),
		},
		richAuthorizationRequests: {
			enabled: true, types: { helseid_authorization: { validate() {} } },
			authorizationDetailsForAccessToken: () => undefined, // they become claims
		},
	},
	extraTokenClaims(ctx, { clientId }) {
		const client = settings.clients.find((c) => c.client_id === clientId);
		const [parent, child] = organisation(ctx, client);
		const claims = {
			"helseid://claims/client/client_name": client.client_label,
			[CLAIMS + "client_tenancy"]: client.delegated ? "multi-tenant" : "single-tenant",
			[CLAIMS + "orgnr_parent"]: parent, [CLAIMS + "orgnr_child"]: child, [CLAIMS + "orgnr_supplier"]: client.orgnr_supplier,
		};
		return Object.fromEntries(Object.entries(claims).filter(([, value]) => value !== undefined));
	},
	// HelseID says from when, and lists scopes in an array.
	formats: { customizers: { jwt(ctx, token, { payload }) { Object.assign(payload, { nbf: payload.iat, scope: payload.scope.split(" ") }); } } },
});

const nonceSecret = randomBytes(32);
const JWKS = "/.well-known/openid-configuration/jwks";
let keys, handler, server, fetched = 0;

function use(next) { // other keys are another provider, under the same name and with the same clients
	keys = next;
	handler = new Provider(issuer, configuration(keys)).callback();
}

function listen() {
	server = createServer((request, response) => {
		fetched += request.url === JWKS;
		handler(request, response);
	});
	return new Promise((resolve, reject) => server.once("error", reject).listen(settings.port, "127.0.0.1", resolve));
}

const commands = {
	async rotate({ alg }) { use([await newKey(alg), ...keys]); },
	retire({ kid }) { use(keys.filter((key) => key.kid !== kid)); },
	down() { return new Promise((resolve) => { server.close(resolve); server.closeAllConnections(); }); },
	up: listen,
	say() {},
};

function say() { // the key that signs is the first of its algorithm
	const signing = Object.fromEntries(ALGS.map((alg) => [alg, keys.find((key) => key.alg === alg)?.kid]));
	console.log(JSON.stringify({ issuer, signing, fetched }));
}

use(await Promise.all(ALGS.map(newKey)));
await listen();
say();
for await (const line of createInterface({ input: process.stdin })) {
	const command = JSON.parse(line);
	await commands[command.do](command);
	say();
}
process.exit(0);
