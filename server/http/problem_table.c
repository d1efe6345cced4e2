/* The codes, in the order in which a request meets them. */
#include "http/problem.h"

#include "base/cleanup.h"

#include <string.h>

static const struct problem_kind kinds[] = {
	{ "invalid-request",
	  400,
	  { "Ugyldig forespørsel", "Invalid request" },
	  { "Forespørselen følger ikke reglene for HTTP slik tjenesten krever dem. Rett det som "
	    "står "
	    "i «detail» og send på nytt.",
	    "The request does not follow HTTP as this service requires it. Correct what \"detail\" "
	    "says and send again." } },
	{ "invalid-query",
	  400,
	  { "Ugyldig parameter", "Invalid parameter" },
	  { "En parameter i adressen er ukjent her, eller har en verdi som ikke er mulig. Se "
	    "tjenestebeskrivelsen for navnene og grensene.",
	    "A parameter of the address is unknown here, or has a value that is not possible. The "
	    "service description has the names and the limits." } },
	{ "not-found",
	  404,
	  { "Finnes ikke", "Not found" },
	  { "Det er ingenting på denne adressen, eller det tilhører en annen virksomhet. Sjekk "
	    "adressen "
	    "og identifikatoren.",
	    "There is nothing at this address, or it belongs to another organisation. Check the "
	    "address "
	    "and the identifier." } },
	{ "method-not-allowed",
	  405,
	  { "Metoden er ikke tillatt", "Method not allowed" },
	  { "Adressen finnes, men ikke for denne metoden. Feltet Allow i svaret sier hvilke som "
	    "kan brukes.",
	    "The address exists, but not for this method. The Allow field of the answer names "
	    "those that "
	    "can be used." } },
	{ "not-acceptable",
	  406,
	  { "Svaret finnes ikke i dette formatet", "Not available in this format" },
	  { "Ingen av formatene i Accept finnes for denne adressen. Utelat Accept, eller be om et "
	    "format som "
	    "står i tjenestebeskrivelsen.",
	    "None of the formats in Accept exists at this address. Leave out Accept, or ask for a "
	    "format "
	    "that the service description names." } },
	{ "content-too-large",
	  413,
	  { "Innholdet er for stort", "Content too large" },
	  { "Innholdet er større enn grensen for denne adressen. Del opp forsendelsen; grensene "
	    "står i "
	    "tjenestebeskrivelsen.",
	    "The content is larger than the limit of this address. Split it up; the limits stand "
	    "in the "
	    "service description." } },
	{ "unsupported-media-type",
	  415,
	  { "Innholdstypen tas ikke imot", "Unsupported media type" },
	  { "Content-Type mangler eller er en annen enn adressen tar imot, eller innholdet er "
	    "komprimert. "
	    "Signerte dokumenter sendes som application/jose, ukomprimert.",
	    "Content-Type is missing or not one that this address takes, or the content is "
	    "compressed. "
	    "Signed documents are sent as application/jose, uncompressed." } },
	{ "authentication-required",
	  401,
	  { "Tilgangstoken mangler", "Access token missing" },
	  { "Forespørselen har ikke noe tilgangstoken. Hent ett hos en utsteder som tjenesten "
	    "godtar, og send "
	    "det i feltet Authorization.",
	    "The request carries no access token. Get one from an issuer that this service accepts "
	    "and send "
	    "it in the Authorization field." } },
	{ "invalid-token",
	  401,
	  { "Tilgangstokenet er ugyldig", "Invalid access token" },
	  { "Tilgangstokenet er utløpt, ment for en annen tjeneste eller kan ikke verifiseres. "
	    "Hent et nytt.",
	    "The access token has expired, is meant for another service or cannot be verified. Get "
	    "a new "
	    "one." } },
	{ "invalid-dpop-proof",
	  401,
	  { "DPoP-beviset er ugyldig", "Invalid DPoP proof" },
	  { "DPoP-beviset mangler, er brukt før, er for gammelt eller hører til en annen nøkkel, "
	    "metode eller "
	    "adresse. Lag et nytt bevis for hver forespørsel.",
	    "The DPoP proof is missing, was used before, is too old or belongs to another key, "
	    "method or "
	    "address. Make a new proof for each request." } },
	{ "use-dpop-nonce",
	  401,
	  { "DPoP-beviset mangler tjenestens nonce", "The DPoP proof lacks the service's nonce" },
	  { "DPoP-beviset skal ha verdien fra feltet DPoP-Nonce i dette svaret som «nonce» (RFC "
	    "9449). Lag et nytt bevis med den og send på nytt; svar gir en ny i tide.",
	    "The DPoP proof must have the value of this answer's DPoP-Nonce field as \"nonce\" "
	    "(RFC 9449). Make a new proof with it and send again; answers bring a new one in "
	    "time." } },
	{ "issuer-unavailable",
	  503,
	  { "Utstederens nøkler mangler", "The issuer's keys are missing" },
	  { "Tilgangstokenet kan ikke kontrolleres akkurat nå, fordi nøklene til utstederen ikke "
	    "lar seg hente. Prøv igjen med samme token etter tiden i Retry-After; feilen er "
	    "varslet.",
	    "The access token cannot be verified right now, because its issuer's keys cannot be "
	    "fetched. Try again with the same token after the time in Retry-After; the fault has "
	    "been reported." } },
	{ "insufficient-scope",
	  403,
	  { "Tokenet gir ikke tilgang til dette", "Insufficient scope" },
	  { "Tilgangstokenet mangler scopet som adressen krever. Be utstederen om et token med "
	    "riktig scope.",
	    "The access token lacks the scope that this address requires. Ask the issuer for a "
	    "token with "
	    "it." } },
	{ "unknown-tenant",
	  403,
	  { "Virksomheten er ikke registrert", "Unknown organisation" },
	  { "Organisasjonen i tilgangstokenet er ikke registrert som avsender. Ta kontakt med "
	    "forvalteren av "
	    "tjenesten.",
	    "The organisation in the access token is not registered as a sender. Contact the "
	    "operator of the "
	    "service." } },
	{ "tenant-suspended",
	  403,
	  { "Virksomheten er stengt for innsending", "Organisation suspended" },
	  { "Innsending for virksomheten er midlertidig stengt eller ikke åpnet ennå. Ta kontakt "
	    "med forvalteren "
	    "av tjenesten.",
	    "Submission for the organisation is suspended or not open yet. Contact the operator of "
	    "the "
	    "service." } },
	{ "tenant-not-open",
	  403,
	  { "Virksomheten er ikke åpnet for innsending",
	    "The organisation is not open for sending" },
	  { "Virksomheten er registrert, men tilknytningen er ikke åpnet ennå, eller den er "
	    "avsluttet. Kontakt "
	    "instituttet.",
	    "The organisation is registered, but its connection is not open yet, or has ended. "
	    "Contact the "
	    "institute." } },
	{ "tenant-not-owner",
	  403,
	  { "Virksomheten eier ingen meldinger", "The organisation owns no reports" },
	  { "Virksomheten er registrert som databehandler og har ingen egne meldinger. «iss» i "
	    "dokumentet, eller parameteren organisation, må være den dataansvarlige den handler "
	    "for.",
	    "The organisation is registered as a processor and has no reports of its own. \"iss\" "
	    "of "
	    "the document, or the parameter organisation, must be the data owner that it acts "
	    "for." } },
	{ "tenant-mismatch",
	  403,
	  { "Gjelder en annen virksomhet", "Concerns another organisation" },
	  { "Virksomheten i tilgangstokenet kan ikke sende eller lese for virksomheten som "
	    "dokumentet, nøkkelen eller forespørselen gjelder. Det kan den bare for seg selv, og "
	    "for dataansvarlige som har registrert den som databehandler.",
	    "The organisation in the access token may not send or read for the organisation that "
	    "the document, the key or the request concerns. It may so only for itself, and for "
	    "data owners that have registered it as their processor." } },
	{ "signature-malformed",
	  400,
	  { "Innholdet er ikke en signert melding", "Not a signed message" },
	  { "Innholdet skal være én kompakt JWS (RFC 7515) med alg, kid og typ «varde+jws», uten "
	    "noe foran eller "
	    "etter.",
	    "The content must be one compact JWS (RFC 7515) with alg, kid and typ \"varde+jws\", "
	    "with nothing "
	    "before or after it." } },
	{ "signature-invalid",
	  400,
	  { "Signaturen stemmer ikke", "The signature does not verify" },
	  { "Signaturen passer ikke med innholdet og nøkkelen som kid viser til. Sjekk at bytene "
	    "sendes slik de "
	    "ble signert, med riktig nøkkel.",
	    "The signature does not fit the content and the key that kid names. Check that the "
	    "bytes are sent "
	    "as they were signed, with the right key." } },
	{ "signature-algorithm",
	  400,
	  { "Signaturalgoritmen tas ikke imot", "Signature algorithm not taken" },
	  { "Bruk PS256, RS256, ES256 eller ES384, og en algoritme som passer til den registrerte "
	    "nøkkelen.",
	    "Use PS256, RS256, ES256 or ES384, and an algorithm that fits the registered key." } },
	{ "signature-key-unknown",
	  400,
	  { "Signaturnøkkelen er ukjent", "Unknown signing key" },
	  { "Ingen registrert nøkkel har denne kid, eller nøkkelen gjaldt ikke da dokumentet ble "
	    "signert. "
	    "Registrer nøkkelen før den tas i bruk.",
	    "No registered key has this kid, or the key was not valid when the document was "
	    "signed. Register "
	    "the key before using it." } },
	{ "signature-key-expired",
	  400,
	  { "Signeringsnøkkelen gjelder ikke", "Signing key not valid" },
	  { "Nøkkelen gjaldt ikke da dokumentet ble signert («iat»), eller den er trukket tilbake. "
	    "Signer på nytt "
	    "med en nøkkel som gjelder; det er alltid trygt å signere samme dokument igjen.",
	    "The key was not valid when the document was signed (\"iat\"), or it has been revoked. "
	    "Sign again "
	    "with a valid key; signing the same document again is always safe." } },
	{ "signature-audience",
	  400,
	  { "Dokumentet er signert for en annen tjeneste", "Signed for another service" },
	  { "«aud» i det signerte innholdet må være navnet på denne tjenesten, slik GET /v1/tenant "
	    "oppgir det.",
	    "\"aud\" in the signed payload must be the name of this service, as GET /v1/tenant "
	    "tells it." } },
	{ "signature-expired",
	  400,
	  { "Signaturen er for gammel eller datert fram i tid",
	    "The signature is too old or dated ahead" },
	  { "iat ligger utenfor tidsrommet som godtas. Sjekk klokken og signer dokumentet på nytt; "
	    "det er alltid "
	    "trygt.",
	    "iat is outside the period that is accepted. Check the clock and sign the document "
	    "again; that is "
	    "always safe." } },
	{ "invalid-json",
	  400,
	  { "Innholdet er ikke gyldig JSON", "Not valid JSON" },
	  { "Innholdet skal være ett JSON-objekt i UTF-8, uten samme felt to ganger, uten NUL-tegn "
	    "og uten for "
	    "dyp nøsting.",
	    "The content must be one JSON object in UTF-8, without a member given twice, NUL "
	    "characters or "
	    "nesting that is too deep." } },
	{ "invalid-payload",
	  400,
	  { "Konvolutten rundt dokumentet er feil", "The wrapping of the document is wrong" },
	  { "Det signerte innholdet skal ha feltene iss, aud, iat, schema og document, en "
	    "usignert prøve schema og document, en forsendelse med flere submissions med minst én; "
	    "med riktige typer og uten andre felt.",
	    "The signed payload must have the members iss, aud, iat, schema and document, an "
	    "unsigned trial schema and document, a batch submissions with at least one; of the "
	    "right types and no others." } },
	{ "schema-unknown",
	  422,
	  { "Skjemaet er ukjent", "Unknown schema" },
	  { "Tjenesten har ikke skjemaet eller versjonen som dokumentet oppgir. /v1/schemas viser "
	    "hvilke som "
	    "finnes.",
	    "The service has no such schema or version as the document names. /v1/schemas lists "
	    "those that "
	    "exist." } },
	{ "schema-not-open",
	  403,
	  { "Skjemaet er ikke åpnet for virksomheten", "Schema not open for the organisation" },
	  { "Skjemaet finnes, men virksomheten er ikke åpnet for det ennå. Ta kontakt med "
	    "forvalteren av "
	    "tjenesten.",
	    "The schema exists, but it is not open for the organisation yet. Contact the operator "
	    "of the "
	    "service." } },
	{ "invalid-document",
	  422,
	  { "Dokumentet har feil", "The document has errors" },
	  { "Dokumentet følger ikke skjemaet eller reglene. "
	    "«errors» viser "
	    "hver feil og hvor den står; ingenting er lagret.",
	    "The document does not follow the schema or the rules. "
	    "\"errors\" shows every fault and where it is; nothing was stored." } },
	{ "revision-conflict",
	  409,
	  { "Revisjonen finnes med annet innhold", "The revision exists with other content" },
	  { "Samme rapport og revisjon er allerede mottatt med et annet innhold. Send endringen "
	    "som neste "
	    "revisjon.",
	    "The same report and revision was already received with other content. Send the change "
	    "as the next "
	    "revision." } },
	{ "revision-stale",
	  409,
	  { "En nyere revisjon er mottatt", "A newer revision was received" },
	  { "Rapporten har en høyere revisjon enn den som ble sendt. «current_revision» sier "
	    "hvilken som gjelder.",
	    "The report has a higher revision than the one sent. \"current_revision\" says which "
	    "one is "
	    "current." } },
	{ "revision-skipped",
	  409,
	  { "En revisjon mangler", "A revision is missing" },
	  { "Revisjoner sendes én for én. Send den som følger etter «current_revision».",
	    "Revisions are sent one by one. Send the one that follows \"current_revision\"." } },
	{ "supersedes-mismatch",
	  409,
	  { "Dokumentet erstatter noe annet enn det som gjelder",
	    "Supersedes something else than the current" },
	  { "«supersedes» viser til en annen revisjon enn den som gjelder. Sammenlign med "
	    "«current_revision» og "
	    "«digest».",
	    "\"supersedes\" names another revision than the current one. Compare with "
	    "\"current_revision\" and "
	    "\"digest\"." } },
	{ "rate-limited",
	  429,
	  { "For mange på kort tid", "Too many in a short time" },
	  { "Virksomheten har brukt opp det den kan sende eller lese på kort tid. Vent så mange "
	    "sekunder som Retry-After sier, og send det samme på nytt. RateLimit-Policy i hvert "
	    "svar sier hvor fort det kan gå.",
	    "The organisation has used up what it may send or read in a short time. Wait as many "
	    "seconds as Retry-After says, and send the same again. RateLimit-Policy in every "
	    "answer "
	    "says how fast one may go." } },
	{ "concurrency-limited",
	  429,
	  { "For mange samtidig", "Too many at once" },
	  { "Virksomheten har for mange forespørsler, eller for mye innhold, underveis samtidig. "
	    "Vent "
	    "på svarene før flere sendes; grensene står i /v1/tenant.",
	    "The organisation has too many requests, or too much content, on their way at the same "
	    "time. Wait for the answers before sending more; /v1/tenant has the limits." } },
	{ "busy",
	  503,
	  { "Tjenesten er opptatt", "The service is busy" },
	  { "Det er for mye å gjøre akkurat nå. Prøv igjen etter tiden i Retry-After; det er "
	    "alltid trygt å sende "
	    "samme dokument igjen.",
	    "There is too much to do right now. Try again after the time in Retry-After; sending "
	    "the same "
	    "document again is always safe." } },
	{ "shutting-down",
	  503,
	  { "Tjenesten stanser", "The service is stopping" },
	  { "Tjenesten starter på nytt eller stanser. Prøv igjen etter tiden i Retry-After.",
	    "The service is restarting or stopping. Try again after the time in Retry-After." } },
	{ "storage-failed",
	  503,
	  { "Lagringen sviktet", "Storage failed" },
	  { "Dokumentet er ikke lagret. Send det på nytt etter tiden i Retry-After; feilen er "
	    "varslet.",
	    "The document was not stored. Send it again after the time in Retry-After; the fault "
	    "has been "
	    "reported." } },
	{ "storage-full",
	  507,
	  { "Lageret er fullt", "Storage is full" },
	  { "Dokumentet er ikke lagret, fordi det ikke er plass. Send det på nytt senere; feilen "
	    "er varslet.",
	    "The document was not stored, because there is no space. Send it again later; the "
	    "fault has been "
	    "reported." } },
	{ "internal-error",
	  500,
	  { "Feil i tjenesten", "Internal error" },
	  { "Noe gikk galt hos oss. Oppgi trace_id når du tar kontakt; det er trygt å prøve igjen.",
	    "Something went wrong on our side. Give the trace_id when you contact us; trying again "
	    "is safe." } },
};

const struct problem_kind *problem_kind(const char *code)
{
	size_t i;

	for (i = 0; i < ARRAY_LEN(kinds); i++)
		if (!strcmp(kinds[i].code, code))
			return &kinds[i];
	return NULL;
}

const struct problem_kind *problem_kind_at(size_t n)
{
	return n < ARRAY_LEN(kinds) ? &kinds[n] : NULL;
}

size_t problem_kind_count(void)
{
	return ARRAY_LEN(kinds);
}
