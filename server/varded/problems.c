/* The intake's own codes, in the order in which a document meets them. */
#include "base/cleanup.h"
#include "varded/varded.h"

const struct problem_kind varded_problems[] = {
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
	{ "phase-not-open",
	  403,
	  { "Ikke åpnet for denne typen virksomhet", "Not open to this kind of organisation" },
	  { "Ingen prosjekter er nå åpne for denne typen virksomhet. «opens» sier når det åpnes, "
	    "og «closed» hvilken dag som var den siste. Dokumentet er ikke lagret; behold det "
	    "og send det når det er åpent.",
	    "No project is open to this kind of organisation now. \"opens\" says when one will "
	    "be, and \"closed\" which day was the last. The document was not stored; keep it and "
	    "send it when it is open." } },
	{ "no-legal-basis",
	  403,
	  { "Mangler rettslig grunnlag", "No legal basis" },
	  { "Ingen beslutning som gjelder nå, lar tjenesten ta imot meldinger. «closed» sier når "
	    "den siste løp ut, og «opens» når den neste begynner. Dokumentet er ikke lagret. "
	    "Kontakt instituttet.",
	    "No decision that is in force now lets the service take reports. \"closed\" says when "
	    "the last one ended, and \"opens\" when the next begins. The document was not stored. "
	    "Contact the institute." } },
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
	{ "schema-retired",
	  422,
	  { "Skjemaet tas ikke imot lenger", "Schema not taken any more" },
	  { "Skjemaet er gått ut av bruk, og dette dokumentet er ikke mottatt før. Send det etter "
	    "skjemaet som «successor» viser til; /v1/schemas har det. Det som alt er mottatt, "
	    "kjennes igjen og får sin kvittering.",
	    "The schema has gone out of use, and this document was not received before. Send it by "
	    "the schema that \"successor\" names; /v1/schemas has it. What was received already is "
	    "recognised and gets its receipt." } },
	{ "invalid-document",
	  422,
	  { "Dokumentet har feil", "The document has errors" },
	  { "Dokumentet følger ikke skjemaet eller reglene. "
	    "«errors» viser "
	    "hver feil og hvor den står; ingenting er lagret.",
	    "The document does not follow the schema or the rules. "
	    "\"errors\" shows every fault and where it is; nothing was stored." } },
	{ "not-permitted",
	  422,
	  { "Dataeieren deler ikke dette", "The data owner does not share this" },
	  { "Dokumentet har noe som minimeringsprofilen til dataeieren holder tilbake. «errors» "
	    "viser hvert sted, og alle andre feil; ingenting er lagret. GET /v1/tenant viser hva "
	    "profilen holder tilbake. Utelat det, og send på nytt.",
	    "The document holds something that the data owner's minimisation profile keeps back. "
	    "\"errors\" shows each place, and all other faults; nothing was stored. GET /v1/tenant "
	    "shows what the profile keeps back. Leave it out, and send again." } },
	{ "profile-unavailable",
	  503,
	  { "Minimeringsprofilen mangler hos oss", "The minimisation profile is missing here" },
	  { "Vi finner ikke profilen som sier hva dataeieren deler, og tar derfor ikke imot noe "
	    "nå. "
	    "Dokumentet er ikke lagret. Send det på nytt etter tiden i Retry-After; feilen er vår.",
	    "We cannot find the profile that says what the data owner shares, and so take nothing "
	    "now. The document was not stored. Send it again after the time in Retry-After; the "
	    "fault is ours." } },
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
	{ "report-unknown",
	  409,
	  { "Rapporten er ikke mottatt", "The report has not been received" },
	  { "En gjennomgang eller tilbaketrekking gjelder en rapport som er mottatt. Send "
	    "rapporten "
	    "først, og dette på nytt etter den.",
	    "A review or withdrawal concerns a report that has been received. Send the report "
	    "first, and this again after it." } },
	{ "report-withdrawn",
	  409,
	  { "Rapporten er trukket tilbake", "The report has been withdrawn" },
	  { "Etter en tilbaketrekking tas ingen nye revisjoner eller gjennomganger imot. Id-en "
	    "brukes ikke igjen; gjelder det en annen hendelse, send den som ny rapport.",
	    "After a withdrawal no new revisions or reviews are taken. The id is never used again; "
	    "if this is another event, send it as a new report." } },
	{ "erased",
	  410,
	  { "Innholdet er slettet", "The content has been erased" },
	  { "Rapporten med denne id-en er slettet etter loven. Slett den i avsendersystemets kø; "
	    "den blir ikke tatt imot igjen.",
	    "The report of this id has been erased by law. Remove it from the sender's queue; it "
	    "will not be taken again." } },
	{ "too-many-cells",
	  400,
	  { "Utvalget er for stort", "The selection is too large" },
	  { "Svaret ville ha flere celler enn tjenesten gir på én gang. Velg kortere tid med from "
	    "og to, lengre perioder med period, eller del opp på færre i by.",
	    "The answer would have more cells than the service gives at once. Select a shorter "
	    "time with from and to, longer periods with period, or fewer splits in by." } },
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
};
const size_t varded_problems_len = ARRAY_LEN(varded_problems);
