#include "trace/advice.h"

#include "base/cleanup.h"

#include <stdbool.h>
#include <string.h>

#define SHOW "vardectl tenant show ORGNR"
#define KEYS "vardectl key list ORGNR"

/* In the order in which a request meets the checks. */
static const struct trace_advice rows[] = {
	/* --- HTTP, before anyone looked at the token --- */
	{ "invalid-request", "The request is not HTTP as this service requires it.",
	  "The answer's \"detail\" says what to correct.", NULL },
	{ "head-lines", "Lines of the request head are malformed (bare LF, folded, NUL).",
	  "Something between sender and service spoils the head, or an attempt at smuggling.",
	  NULL },
	{ "head-characters", "A header field has characters that HTTP does not allow.",
	  "Look at which fields their client or proxy adds.", NULL },
	{ "length-twice", "The content's length was given more than once.",
	  "Their client or a proxy between writes Content-Length or Transfer-Encoding twice.",
	  NULL },
	{ "length-and-coding", "Content-Length and Transfer-Encoding came together.",
	  "Their client or a proxy between must send one of them.", NULL },
	{ "length-form", "Content-Length is not a plain number.", "Their client writes it wrongly.",
	  NULL },
	{ "coding-unknown", "Transfer-Encoding is something else than \"chunked\".",
	  "Only \"chunked\" is taken.", NULL },
	{ "host-count", "Host is missing or occurs more than once.",
	  "Their client or a proxy between must send exactly one Host.", NULL },
	{ "field-twice", "Authorization, DPoP, Content-Type or Expect came more than once.",
	  "Each may occur once; often a client library and their own code both set it.", NULL },
	{ "target-form",
	  "The address is malformed: percent-encoding, dot segments, a parameter twice.",
	  "Compare the address with the service description.", NULL },
	{ "token-in-address", "The access token stood in the address.",
	  "It belongs in Authorization. Addresses end up in logs: the token should be withdrawn.",
	  NULL },
	{ "proof-list", "Two DPoP proofs came in one field.", "One proof for each request.", NULL },
	{ "content-encoding", "The content was compressed.", "Send it uncompressed.", NULL },

	/* --- the proxy's own: varded never saw the request --- */
	{ "request-timeout", "The body came too slowly; the proxy gave up.",
	  "Send over a faster connection, or smaller batches.", NULL },
	{ "client-certificate-required", "The connection showed no client certificate.",
	  "Set up the enterprise certificate in the client that sends.", NULL },
	{ "client-certificate-invalid",
	  "The client certificate has expired, is revoked, or of an authority that the proxy does "
	  "not trust.",
	  "Use a valid enterprise certificate. The proxy's log has its serial number and the "
	  "cause.",
	  NULL },
	{ "too-many-failures",
	  "So many requests of this address and certificate were refused that the proxy makes it "
	  "wait.",
	  "Correct what was refused before; it is let in again a minute later.", NULL },
	{ "bad-gateway", "varded broke the connection off, or its answer made no sense.",
	  "Send the same again; that is safe.", "vardectl status" },
	{ "gateway-timeout", "varded gave the proxy no answer in time.",
	  "Send the same again; that is safe.", "vardectl status" },

	/* --- what was asked for --- */
	{ "not-found",
	  "There is nothing at this address, or no such report in the caller's own file.",
	  "Compare the address and the identifier with the receipt. Another organisation's report "
	  "answers the same.",
	  NULL },
	{ "id-form", "The identifier in the address is not a UUID.", "Compare it with the receipt.",
	  NULL },
	{ "method-not-allowed", "The address exists, but not for this method.",
	  "The answer's Allow names those that can be used.", NULL },
	{ "not-acceptable", "None of the formats in Accept exists at this address.",
	  "Leave Accept out, or ask for a format of the service description.", NULL },
	{ "unsupported-media-type", "Content-Type is missing or not one that the address takes.",
	  "Signed documents are application/jose, a batch is application/json.", NULL },
	{ "content-too-large", "The content is larger than the address takes.",
	  "Split it up; GET /v1/tenant lists the limits.", NULL },
	{ "jws-too-long", "One signed document is over 512 KiB.", "Split it up.", NULL },
	{ "invalid-query", "A parameter of the address is unknown here or has an impossible value.",
	  "Compare the address with the service description.", NULL },
	{ "query-unknown", "A parameter of the address is not one of this operation's.",
	  "Compare its name with the service description.", NULL },
	{ "query-organisation", "The parameter organisation is not an organisation number.",
	  "Nine digits, the last its check digit.", NULL },

	/* --- who is calling --- */
	{ "authentication-required", "There was no access token.",
	  "Get one from the issuer and send it in Authorization.", NULL },
	{ "invalid-token", "The access token could not be verified.",
	  "Get a new token, and try once more.", NULL },
	{ "issuer-unavailable",
	  "The key that signed the token is not known, and an issuer's keys are missing now.",
	  "Nothing is wrong on their side: try again with the same token.",
	  "vardectl doctor   (whose keys, since when, and why?)" },
	{ "token-too-long", "Authorization or DPoP is over 16 KiB.",
	  "Ask the issuer for a token with fewer claims.", NULL },
	{ "token-scheme", "The token came under the wrong scheme.",
	  "HelseID's tokens are sent as \"DPoP\" with a proof, Maskinporten's as \"Bearer\".",
	  NULL },
	{ "token-jws", "What came as token is not a compact JWS.",
	  "Send the token exactly as the issuer gave it.", NULL },
	{ "token-header", "The token's header has a member that is not taken, or lacks one.",
	  "Is it an access token of the right issuer and environment?", NULL },
	{ "token-typ", "The token's typ is not one that this issuer's tokens have.",
	  "Send the access token, not an id token or a proof.",
	  "compare [issuer] types in varde.conf with what the issuer writes" },
	{ "token-alg", "The token's algorithm is not taken.",
	  "Is it an access token of the right issuer and environment?", NULL },
	{ "token-kid", "No configured issuer has the key that signed the token.",
	  "Is it from the right issuer and environment (test or production)?",
	  "vardectl doctor   (are the issuer's keys fresh?)" },
	{ "token-signature", "The token's signature is not the issuer's.",
	  "Send the token exactly as the issuer gave it.",
	  "if it happens to many senders: has the issuer changed its algorithm?" },
	{ "token-payload", "The token's claims are not one strict JSON object.",
	  "Send the token exactly as the issuer gave it.", NULL },
	{ "token-iss", "The token's iss is not the configured one, to the letter.",
	  "Is it from the right environment (test or production)?",
	  "compare [issuer] issuer in varde.conf with the issuer's metadata" },
	{ "token-aud", "The token is meant for another service, or for several.",
	  "Ask for a token with this service alone as audience; GET /v1/tenant and the "
	  "onboarding papers name it.",
	  "compare [varde] service and [issuer] audience in varde.conf with what the issuer "
	  "writes" },
	{ "token-exp", "The token's exp is missing or not a whole number.",
	  "The issuer must mend it.", NULL },
	{ "token-expired", "The token had expired.",
	  "Get a new one before the old runs out; check the clock of their machine.",
	  "timedatectl   (is this machine's clock right?)" },
	{ "token-lifetime", "The token lives longer than this installation takes.",
	  "The issuer must give shorter tokens to this service.",
	  "compare [issuer] max_lifetime_seconds in varde.conf with the agreement" },
	{ "token-nbf", "The token's nbf is not a whole number.", "The issuer must mend it.", NULL },
	{ "token-not-yet-valid", "The token is not valid yet.", "Check the clock of their machine.",
	  "timedatectl   (is this machine's clock right?)" },
	{ "token-iat", "The token's iat is missing or not a whole number.",
	  "The issuer must mend it.", NULL },
	{ "token-issued-ahead", "The token was issued in the future, by this machine's clock.",
	  NULL, "timedatectl   (is this machine's clock right?)" },
	{ "token-client-id", "The token's client_id is not a short text.",
	  "The issuer must mend it.", NULL },
	{ "token-jti", "The token's jti is not a short text.", "The issuer must mend it.", NULL },
	{ "token-scope", "The token's scope is neither a text nor a list of texts.",
	  "The issuer must mend it.", NULL },
	{ "token-cnf",
	  "The token is not bound to a DPoP key where it must be, or bound where it must not.",
	  "Ask HelseID for a DPoP token, Maskinporten for a plain one.", NULL },
	{ "token-supplier", "The token's supplier is not an organisation.",
	  "The issuer must mend it.", NULL },
	{ "token-organisation", "The token is sound, but names no organisation.",
	  "Ask the issuer for a token on behalf of their organisation.", NULL },

	/* --- DPoP --- */
	{ "invalid-dpop-proof", "The DPoP proof does not hold.",
	  "Make a new proof for each request.", NULL },
	{ "proof-missing", "There was no DPoP proof.",
	  "Send one in DPoP with each request (RFC 9449).", NULL },
	{ "proof-jws", "What came as proof is not a compact JWS.",
	  "Make proofs with a JOSE library.", NULL },
	{ "proof-header",
	  "The proof's header has a member that is not taken, or lacks typ, alg or jwk.",
	  "RFC 9449 section 4.2 says what belongs there.", NULL },
	{ "proof-typ", "The proof's typ is not dpop+jwt.", "Set typ to dpop+jwt.", NULL },
	{ "proof-alg", "The proof's algorithm is not taken.", "Use PS256, ES256 or ES384.", NULL },
	{ "proof-kid", "The proof's kid is malformed.", "Leave kid out of proofs.", NULL },
	{ "proof-jwk", "The proof's key is not a public key that is taken here.",
	  "RSA of 2048 to 4096 bits with e = 65537, P-256 or P-384; never the private key.", NULL },
	{ "proof-key", "The proof is by another key than the token is bound to.",
	  "Use the key that the token was asked for with; did they restart and make a new one?",
	  NULL },
	{ "proof-signature", "The proof is not signed with its own key.",
	  "Make proofs with a JOSE library.", NULL },
	{ "proof-payload", "The proof's claims are not one strict JSON object.",
	  "Make proofs with a JOSE library.", NULL },
	{ "proof-htm", "The proof is for another method.",
	  "htm is the request's method, upper case.", NULL },
	{ "proof-htu", "The proof is for another address.",
	  "htu is the external address and path, without query.",
	  "compare [varde] external_url in varde.conf with the address that senders use" },
	{ "proof-iat", "The proof is too old or from the future.",
	  "Make it right before sending; check the clock of their machine.",
	  "timedatectl   (is this machine's clock right?)" },
	{ "proof-ath", "The proof is for another token.",
	  "ath is the SHA-256 of the token that is sent with it; make it anew after each new "
	  "token.",
	  NULL },
	{ "proof-jti", "The proof's jti is missing or longer than 128 bytes.",
	  "jti is a fresh random text, such as a UUID.", NULL },
	{ "proof-replayed", "The proof was used before.",
	  "A retry needs a new proof; do they, or a proxy between, repeat requests?", NULL },
	{ "proof-floor",
	  "The proof was made before varded started after a crash, and may have been used.",
	  "Try again with a new proof.", "vardectl doctor" },
	{ "use-dpop-nonce", "The proof lacked the service's nonce, or had an old one.",
	  "Take the nonce from DPoP-Nonce of the answer and send a new proof with it (RFC 9449 "
	  "section 9); DPoP libraries do this by themselves.",
	  NULL },
	{ "proof-nonce-missing", "The proof had no nonce of the service's.",
	  "Take the nonce from DPoP-Nonce of the answer and send a new proof with it (RFC 9449 "
	  "section 9); DPoP libraries do this by themselves.",
	  NULL },
	{ "proof-nonce-other", "The proof's nonce had expired, or is not the service's.",
	  "Take the new one from DPoP-Nonce of the answer. Once every few minutes is ordinary, "
	  "each time is a mistake of theirs.",
	  NULL },
	{ "proof-memory-full",
	  "More proofs were used at once than are remembered; none can be taken.",
	  "Try again in a minute.",
	  "compare varde_dpop_proofs and varde_dpop_proofs_room in the metrics; [dpop] remembered "
	  "in varde.conf" },

	/* --- what it may do --- */
	{ "insufficient-scope", "The token lacks the scope that the operation needs.",
	  "Ask the issuer for varde:submissions.write to send, varde:reports.read to read.", NULL },
	{ "unknown-tenant", "The organisation in the token is not in the register.",
	  "Are they to be connected? Then they are registered first.",
	  "vardectl tenant list;  vardectl tenant add ORGNR NAME --kind KIND" },
	{ "organisation-number", "The organisation number in the token is not one (check digit).",
	  "The issuer must mend it.", NULL },
	{ "organisation-unknown", "The organisation in the token is not in the register.",
	  "Are they to be connected? Then they are registered first.",
	  "vardectl tenant list;  vardectl tenant add ORGNR NAME --kind KIND" },
	{ "tenant-suspended", "The organisation is suspended.",
	  "Say why, and when it will be opened again.", SHOW ";  vardectl tenant resume ORGNR" },
	{ "tenant-not-open", "The organisation's connection is not open yet, or has ended.", NULL,
	  SHOW },
	{ "phase-invited", "The organisation is registered, but not opened for sending.",
	  "Say when it will be.", SHOW ";  vardectl tenant phase ORGNR test" },
	{ "phase-closed", "The organisation's connection has ended, for good.",
	  "Has it merged? Then the new organisation is registered and sends.", SHOW },
	{ "tenant-mismatch", "The caller may not send or read for the organisation concerned.",
	  "Token, signing key and iss must fit each other.", SHOW },
	{ "unit-unregistered",
	  "The sub-unit in the token is not registered under the organisation.",
	  "Ask the issuer for the right sub-unit, or tell us of the new one.",
	  SHOW ";  vardectl tenant unit add ORGNR UNIT" },
	{ "key-of-another", "The document is signed with another organisation's key.",
	  "Sign with a key of the organisation in iss, or of its processor that sends.", KEYS },
	{ "no-processor",
	  "iss of the document, or the parameter organisation, is another organisation than the "
	  "token's, and has not registered that as its processor for this, now.",
	  "Shall they act for it? Then that data owner asks for it to be registered.",
	  "vardectl processor list ORGNR;  vardectl processor add OWNER ORGNR --rights RIGHTS" },
	{ "owner-not-open",
	  "The data owner for whom they act is suspended, closed or not open yet.",
	  "Say which it is, and when it will be open.", "vardectl processor list ORGNR" },
	{ "supplier-number", "The supplier's number in the token is not one (check digit).",
	  "The issuer must mend it.", NULL },
	{ "supplier-not-open",
	  "The supplier in the token is registered here, and suspended or closed.",
	  "Its delegation does not open what we have closed.", "vardectl tenant list" },
	{ "tenant-not-owner",
	  "A processor without reports of its own asked for its own, or signed one as its own.",
	  "iss, or the parameter organisation, must be the data owner that they act for.",
	  "vardectl processor list ORGNR" },

	/* --- the signed document --- */
	{ "signature-malformed", "The content is not a signed document as required.",
	  "One compact JWS with alg, kid and typ varde+jws, nothing before or after.", NULL },
	{ "jws-form", "The content is not a compact JWS of three segments.",
	  "The body is the JWS and nothing else: no JSON, no line break at the end.", NULL },
	{ "jws-header", "The document's header has a member that is not taken, or lacks one.",
	  "Exactly alg, kid and typ; cty is allowed.", NULL },
	{ "jws-typ", "The document's typ is not varde+jws.", "Set typ to varde+jws.", NULL },
	{ "jws-kid", "The document's kid is malformed.", "kid has 1 to 128 bytes.", KEYS },
	{ "jws-signature", "The document's signature is not strict base64url.",
	  "No padding, no line breaks.", NULL },
	{ "jws-payload", "The document's payload is not strict base64url.",
	  "No padding, no line breaks.", NULL },
	{ "jws-alg", "The document's algorithm is not taken.", "Use PS256, RS256, ES256 or ES384.",
	  NULL },
	{ "jws-not-text", "An item of the batch is not a text.",
	  "Each of submissions is one compact JWS.", NULL },
	{ "signature-algorithm", "The document's algorithm is not taken.",
	  "Use PS256, RS256, ES256 or ES384, and the one that the key was registered with.", KEYS },
	{ "key-alg", "The algorithm is not the one that the key was registered with.",
	  "Sign with the registered algorithm.", KEYS },
	{ "signature-key-unknown", "No key of the register has the document's kid.",
	  "kid is what GET /v1/tenant lists, unless agreed otherwise the key's RFC 7638 "
	  "thumbprint.",
	  KEYS ";  vardectl key add ORGNR --jwk FILE" },
	{ "signature-invalid", "The signature does not fit the content and the registered key.",
	  "Is the private key the registered one's? Is the body sent byte for byte as it was "
	  "signed?",
	  KEYS },
	{ "signature-key-expired", "The key was not valid when the document was signed.",
	  "Sign again with a valid key.", KEYS },
	{ "key-not-yet-valid", "The document was signed before the key's first day.",
	  "Sign again, or use the older key.", KEYS },
	{ "key-ended", "The document was signed after the key's last day.",
	  "Sign again with the new key.", KEYS ";  vardectl key add ORGNR --jwk FILE" },
	{ "key-revoked", "The key has been revoked.", "Sign again with another key.",
	  KEYS ";  vardectl key add ORGNR --jwk FILE" },
	{ "signature-audience", "The document is signed for another service.",
	  "aud is the service's name as GET /v1/tenant tells it.",
	  "compare with [varde] service in varde.conf" },
	{ "signature-expired", "The document's iat is outside the period that is accepted.",
	  "Check the clock and sign again; that is always safe.", NULL },
	{ "iat-too-old", "The document was signed too long ago.",
	  "Sign again; that is always safe. Do old documents wait in a queue of theirs?", NULL },
	{ "iat-ahead", "The document is signed in the future, by this machine's clock.",
	  "Check the clock of their machine.", "timedatectl   (is this machine's clock right?)" },
	{ "invalid-json", "The content is not one strict JSON object.",
	  "UTF-8, no member twice, no NUL, not nested deeply.", NULL },
	{ "invalid-payload", "The members around the document are not those required.",
	  "Exactly iss, aud, iat, schema and document; a batch has submissions.", NULL },
	{ "schema-unknown", "The service has no such schema or version.",
	  "GET /v1/schemas lists those that exist.", "vardectl schema list" },
	{ "schema-not-open", "The schema exists, but is not open.",
	  "GET /v1/tenant lists the open ones.", "vardectl schema list" },
	{ "invalid-document", "The document does not follow the schema or the rules.",
	  "The answer's \"errors\" lists every fault and where it is; nothing was stored.", NULL },

	/* --- storing --- */
	{ "revision-conflict", "The revision is stored with other content.",
	  "Send the change as current_revision + 1.", NULL },
	{ "revision-stale", "A newer revision is stored.",
	  "If theirs is the newer content, send it as current_revision + 1.", NULL },
	{ "revision-skipped", "A revision between is missing.",
	  "Send revisions one by one, after current_revision.", NULL },
	{ "supersedes-mismatch", "supersedes is not the digest of the current revision.",
	  "Compare with current_revision and digest of the answer.", NULL },
	{ "rate-limited",
	  "The organisation sent or read more per minute than it may; nothing was stored.",
	  "Wait as Retry-After says and send the same again; go by RateLimit of every answer.",
	  SHOW ";  raise [limits] in varde.conf if it should be more" },
	{ "concurrency-limited",
	  "The organisation had more requests, or bytes, on their way than it may at once.",
	  "Wait for answers before sending more; GET /v1/tenant has the limits.",
	  SHOW ";  raise [limits] concurrent_… in varde.conf if it should be more" },
	{ "busy", "There was too much to do.", "Try again after Retry-After; it is always safe.",
	  "vardectl status;  vardectl doctor" },
	{ "workers-busy", "All workers were busy and their queue was full.",
	  "Try again after Retry-After; it is always safe.",
	  "vardectl status;  raise [intake] workers or queue in varde.conf if it happens often" },
	{ "deadline", "The answer was not ready in time.",
	  "Try again after Retry-After; it is always safe, also if the document was stored.",
	  "vardectl status;  is the disk slow?" },
	{ "tenant-queue-full",
	  "More of the organisation's documents are waiting than its queue holds.",
	  "Send fewer at once and wait for the answers.", SHOW },
	{ "shutting-down", "The service was stopping.", "Try again after Retry-After.", NULL },
	{ "storage-failed", "The document was not stored: reading or writing failed.",
	  "Try again after Retry-After; nothing was lost.", "vardectl doctor" },
	{ "storage-full", "The document was not stored: the disk is full.",
	  "Try again later; nothing was lost.", "vardectl doctor;  df -h" },
	{ "internal-error", "Memory ran out, or it is a mistake of ours.",
	  "Try again; it is always safe.", "vardectl status;  look in the log around that time" },
};

const struct trace_advice *trace_advice(const char *word)
{
	for (size_t i = 0; word && i < ARRAY_LEN(rows); i++)
		if (!strcmp(rows[i].word, word))
			return &rows[i];
	return NULL;
}

const struct trace_advice *trace_advice_at(size_t n)
{
	return n < ARRAY_LEN(rows) ? &rows[n] : NULL;
}

/* Claims have an underscore where our words have a dash. */
static bool is_part(const char *rest, const char *part)
{
	while (*rest && *rest == (*part == '_' ? '-' : *part)) {
		rest++;
		part++;
	}
	return !*rest && !*part;
}

const char *trace_reason(const char *prefix, const char *part)
{
	size_t len = strlen(prefix);

	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if (!strncmp(rows[i].word, prefix, len) && rows[i].word[len] == '-' &&
		    is_part(rows[i].word + len + 1, part))
			return rows[i].word;
	return NULL;
}
