/* The codes that every program answers with: HTTP itself, tokens, limits, faults.
 * In the order in which a request meets them; a program's own come behind. */
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
	{ "request-timeout",
	  408,
	  { "Forespørselen kom ikke fram i tide", "The request did not arrive in time" },
	  { "Forespørselen ble ikke ferdig sendt innen fristen. Send den på nytt over en raskere "
	    "forbindelse, eller del den opp.",
	    "The request was not sent in full within the time allowed. Send it again over a faster "
	    "connection, or split it up." } },
	{ "client-certificate-required",
	  403,
	  { "Klientsertifikat mangler", "Client certificate missing" },
	  { "Tjenesten slipper bare inn forbindelser som viser et klientsertifikat "
	    "(virksomhetssertifikat). Sett det opp i klienten.",
	    "The service only lets in connections that show a client certificate (enterprise "
	    "certificate). Set it up in the client." } },
	{ "client-certificate-invalid",
	  403,
	  { "Klientsertifikatet godtas ikke", "Client certificate not accepted" },
	  { "Klientsertifikatet er utløpt eller trukket tilbake, eller det er utstedt av noen som "
	    "tjenesten ikke godtar. Bruk et gyldig virksomhetssertifikat.",
	    "The client certificate has expired or been revoked, or its issuer is not one that the "
	    "service accepts. Use a valid enterprise certificate." } },
	{ "too-many-failures",
	  429,
	  { "For mange avviste forespørsler", "Too many refused requests" },
	  { "Så mange forespørsler fra denne avsenderen er avvist at flere må vente. Rett årsaken "
	    "til avslagene, og prøv igjen etter tiden i Retry-After.",
	    "So many requests of this sender have been refused that more must wait. Correct what "
	    "they were refused for, and try again after the time in Retry-After." } },
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
	{ "bad-gateway",
	  502,
	  { "Tjenesten fullførte ikke svaret", "The service did not finish its answer" },
	  { "Forbindelsen inne hos oss ble brutt, og det er ikke kjent om noe ble lagret. Send det "
	    "samme på nytt; det er alltid trygt.",
	    "The connection on our side broke, and it is not known whether anything was stored. "
	    "Send the same again; that is always safe." } },
	{ "gateway-timeout",
	  504,
	  { "Tjenesten svarte ikke i tide", "The service did not answer in time" },
	  { "Svaret kom ikke innen fristen, og det er ikke kjent om noe ble lagret. Send det samme "
	    "på nytt; det er alltid trygt.",
	    "The answer did not come in time, and it is not known whether anything was stored. "
	    "Send the same again; that is always safe." } },
	{ "internal-error",
	  500,
	  { "Feil i tjenesten", "Internal error" },
	  { "Noe gikk galt hos oss. Oppgi trace_id når du tar kontakt; det er trygt å prøve igjen.",
	    "Something went wrong on our side. Give the trace_id when you contact us; trying again "
	    "is safe." } },
};

static struct {
	const struct problem_kind *kinds;
	size_t len;
} own;

void problem_use(const struct problem_kind *of_program, size_t len)
{
	own.kinds = of_program;
	own.len = len;
}

const struct problem_kind *problem_kind_at(size_t n)
{
	if (n < ARRAY_LEN(kinds))
		return &kinds[n];
	n -= ARRAY_LEN(kinds);
	return n < own.len ? &own.kinds[n] : NULL;
}

size_t problem_kind_count(void)
{
	return ARRAY_LEN(kinds) + own.len;
}

int problem_kind_index(const char *code)
{
	const struct problem_kind *kind;

	for (size_t i = 0; (kind = problem_kind_at(i)); i++)
		if (!strcmp(kind->code, code))
			return (int)i;
	return -1;
}

const struct problem_kind *problem_kind(const char *code)
{
	int i = problem_kind_index(code);

	return i < 0 ? NULL : problem_kind_at((size_t)i);
}
