#!/usr/bin/python3
"""Plays Varde's story on a demonstration installation, in Norwegian with English
glosses. Every request is real, every answer is shown as it came, and every step
checks what it was answered: where one differs, the story ends with 1.

    story.py --bin FOLDER [--once] [--reports N] [--dir DIR]
"""
import argparse
import base64
import json
import os
import pathlib
import shlex
import signal
import sqlite3
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
PYTHON = ROOT / "client" / "python"
sys.path.insert(0, str(PYTHON))
os.environ.update(no_proxy="*", PYTHONDONTWRITEBYTECODE="1")  # loopback is reached directly

import demo_token  # noqa: E402
import reports  # noqa: E402
import show  # noqa: E402
import varde_mapping  # noqa: E402
import varde_send  # noqa: E402
from counted import Counted  # noqa: E402
from followed import Followed  # noqa: E402
from installation import Installation, Trouble  # noqa: E402
from jwcrypto import jwk  # noqa: E402
from search import Search, sealed_texts  # noqa: E402

SUBMIT, VALIDATE = "/v1/submissions", "/v1/submissions/validate"


class Story:
    def __init__(self, place, country_reports):
        self.place = place
        self.country_reports = country_reports
        self.nord, self.vest = place.tenant("hf", 0), place.tenant("hf", 1)
        self.kommune = place.tenant("municipality")
        self.tokens, self.senders = {}, {}
        self.posted = []  # (document, JWS) of everything that was accepted
        self.report = reports.good(self.vest["orgnr"])

    # --- tools ------------------------------------------------------------------

    def expect(self, what, condition):
        if not condition:
            raise Trouble(f"ikke som ventet: {what}")

    def token(self, tenant):
        number = tenant["orgnr"]
        self.tokens[number] = self.tokens.get(number) or demo_token.bearer(self.place.folder, number)
        return self.tokens[number]

    def sender(self, tenant):
        number = tenant["orgnr"]
        if number not in self.senders:
            key = jwk.JWK.from_pem((self.place.folder / tenant["signing_key"]).read_bytes())
            self.senders[number] = varde_send.Sender(self.place.url, self.place.about["audience"], number, key,
                                                     lambda: self.token(tenant), tenant["kid"], tenant["alg"])
        return self.senders[number]

    def ask(self, tenant, method, path, body=None, content_type=None, only=None, **headers):
        """Sends one request, shows it and its answer."""
        raw = body if body is None or isinstance(body, str) else json.dumps(body, ensure_ascii=False)
        show.request(method, path, content_type, tenant["name"], body)
        answer = varde_send.request(method, self.place.url + path, self.token(tenant), raw and raw.encode(),
                                    content_type, **headers)
        show.answer(answer, only)
        print()
        return answer

    def submit(self, tenant, document, only=None, signed=None, schema=varde_send.SCHEMA):
        signed = signed or self.sender(tenant).sign(document, schema)
        answer = self.ask(tenant, "POST", SUBMIT, signed, "application/jose", only)
        if answer.status in (200, 201):
            self.posted.append((document, signed))
        return answer

    def send_csv(self, tenant, name):
        """The integrator's program, as anyone would run it."""
        settings = self.place.settings(tenant, PYTHON / "demo_token.py")
        show.command(f"varde_send.py @{settings.name} {name}")
        done = subprocess.run([sys.executable, PYTHON / "varde_send.py", f"@{settings}", PYTHON / name],
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        show.output(done.stdout)
        print()
        self.expect(f"varde_send.py endte med {done.returncode}", done.returncode == 0)
        return done.stdout

    # --- the steps ----------------------------------------------------------------

    def validate(self):
        show.step(1, "Lim inn en rapport og se alle feil på en gang",
                  "Paste a report: every fault at once, then what would stay clear and what be sealed.")
        bad = {"schema": varde_send.SCHEMA, "document": reports.careless(self.nord["orgnr"])}
        answer = self.ask(self.nord, "POST", VALIDATE, bad, "application/json")
        self.expect("422 med minst åtte feil", answer.status == 422 and len(answer.json["errors"]) >= 8)
        self.expect("ingen verdi gjentas", "25895021620" not in answer.raw.decode())
        show.say("Rettet: «clear» er det som blir lesbart, «sealed» det som bare depotforvalteren kan åpne.")
        good = {"schema": varde_send.SCHEMA, "document": reports.good(self.nord["orgnr"])}
        answer = self.ask(self.nord, "POST", VALIDATE, good, "application/json")
        self.expect("200 med forseglede felt", answer.status == 200 and "/patients/0/name" in answer.json["sealed"])

    def send(self):
        show.step(2, "To helseforetak og en pilotkommune sender signerte rapporter",
                  "Two health trusts and a pilot municipality post signed reports and get receipts.")
        signed = self.sender(self.vest).sign(self.report)
        header, payload = (json.loads(decoded(part)) for part in signed.split(".")[:2])
        show.say(f"{self.vest['name']} signerer én rapport. Hodet og innholdet i signaturen:")
        show.document(header)
        show.document({**payload, "document": "…"})
        print()
        answer = self.submit(self.vest, self.report, signed=signed)
        self.expect("201 og en referanse", answer.status == 201 and answer.json["reference"])
        self.receipt = answer.json
        show.say(f"{self.nord['name']} sender uttrekket fra kvalitetssystemet sitt (CSV, UTF-8), "
                 f"{self.kommune['name']} sitt (CSV, Windows-1252):")
        for tenant, name in ((self.nord, "example.csv"), (self.kommune, "example-kommune.csv")):
            text = self.send_csv(tenant, name)
            rows = varde_mapping.read_rows(PYTHON / name)
            self.expect(f"alle {len(rows)} er nye", text.count(" mottatt  ") == len(rows))
            for row in rows:
                document = varde_mapping.to_document(row, tenant["orgnr"])
                self.posted.append((document, self.sender(tenant).sign(document)))

    def refuse(self):
        show.step(3, "En rapport som ikke er trygg, avvises med hver feil pekt ut",
                  "An unsafe report is refused; every fault has a pointer, a code and a text in Norwegian.")
        bad = reports.unsafe(self.vest["orgnr"])
        show.say("En nestenhendelse, velformet, men gal. Dette signeres og sendes:")
        show.document(bad)
        print()
        answer = self.submit(self.vest, bad)
        codes = {error["code"] for error in answer.json.get("errors", [])}
        self.expect("422 invalid-document", answer.status == 422 and answer.json["code"] == "invalid-document")
        self.expect("hver feil er med", codes >= {"organisation-number-check", "date-in-future",
                                                  "near-miss-without-potential-harm", "person-number-local"})
        self.keep_back()

    def keep_back(self):
        """What a data owner has chosen not to share is refused as well."""
        show.say(f"{self.vest['name']} bestemmer at fortellinger ikke skal deles. Driften skriver det ned, og det gjelder "
                 "fra neste melding:")
        self.choose("no-narrative", "styresak 17/26")
        answer = self.submit(self.vest, reports.good(self.vest["orgnr"]))
        self.expect("422 not-permitted", answer.status == 422 and answer.json["code"] == "not-permitted")
        self.expect("fortellingen er pekt ut", "/narrative" in {error["pointer"] for error in answer.json["errors"]})
        show.say("De ombestemmer seg: uten fortellinger lærer ingen. Hvem, når og hvorfor står igjen.")
        self.choose("full", "styresak 18/26")

    def choose(self, profile, reason):
        words = ["--operator", "kari.drift", "tenant", "profile", self.vest["orgnr"], profile, "--reason", reason]
        show.command(f"vardectl --config varde.conf {' '.join(words[2:-1])} \"{reason}\"")
        done = self.place.vardectl(*words)
        self.expect(f"vardectl tenant profile endte med {done.returncode}", done.returncode == 0)
        print()

    def repeat(self):
        show.step(4, "Gjentak kjennes igjen, endringer blir revisjoner",
                  "A retry gets the first receipt, also signed anew; a change is a revision; a stale one is 409.")
        show.say("Svaret gikk tapt? Samme byte en gang til:")
        document, signed = self.posted[0]
        answer = self.ask(self.vest, "POST", SUBMIT, signed, "application/jose", ("reference", "received_at", "digest"))
        self.expect("200 og samme kvittering", answer.status == 200 and answer.json == self.receipt)
        show.say("Signert på nytt, altså andre byte, men samme dokument:")
        answer = self.submit(self.vest, document, ("reference", "received_at", "digest"))
        self.expect("200 og samme kvittering", answer.status == 200 and answer.json == self.receipt)
        self.expect("andre byte", self.posted[-1][1] != signed)
        show.say("Pasienten døde. Revisjon 2 viser med «supersedes» hva den erstatter:")
        second = reports.changed(document, actual="death")
        second.update(revision=2, supersedes=self.receipt["digest"])
        answer = self.submit(self.vest, second, ("reference", "revision", "digest"))
        self.expect("201 for revisjon 2", answer.status == 201 and answer.json["revision"] == 2)
        show.say("En foreldet revisjon 1 med annet innhold:")
        stale = reports.changed(document, actual="severe")
        answer = self.submit(self.vest, stale)
        self.expect("409 med gjeldende revisjon", answer.status == 409 and answer.json["current_revision"] == 2)
        self.expect("409 med fingeravtrykk", answer.json["digest"].startswith("sha-256:"))
        show.say("Hele uttrekket fra steg 2 en gang til. Ingenting blir dobbelt:")
        text = self.send_csv(self.kommune, "example-kommune.csv")
        self.expect("alle er kjent fra før", " mottatt  " not in text and "kjent fra før" in text)

    def separate(self):
        show.step(5, "En annen virksomhets rapport finnes ikke",
                  "Another tenant's report does not exist, and is not told apart from one that never did.")
        path = f"/v1/reports/{self.report['report_id']}"
        own = self.ask(self.vest, "GET", path, only=("report_id", "revision", "clear"))
        self.expect("eieren ser sin egen", own.status == 200 and "name" not in own.json["clear"]["patients"][0])
        other = self.ask(self.nord, "GET", path)
        none = varde_send.request("GET", self.place.url + "/v1/reports/" + reports.good("")["report_id"],
                                  self.token(self.nord))
        same = [{k: v for k, v in a.json.items() if k != "trace_id"} for a in (other, none)]
        self.expect("404, likt svaret på en ukjent id", other.status == none.status == 404 and same[0] == same[1])
        show.say("Svaret på en id som aldri har vært i bruk, er det samme tegn for tegn, bortsett fra trace_id.")

    def search(self):
        show.step(6, "Databasen har ikke en identifiserende byte",
                  "Not one identifying byte on disk: names, numbers, narratives searched for in every file.")
        schema = json.loads((ROOT / "schemas" / "incident-report" / "1.0.json").read_text(encoding="utf-8"))
        texts = set().union(*(sealed_texts(document, schema) for document, _ in self.posted))
        search = Search(texts)
        seen = set().union(*(search.in_bytes(signed.encode()) for _, signed in self.posted))
        self.expect("kontrollen finner alt i det som ble sendt", seen == texts)
        show.say(f"Leter etter {len(texts)} navn, fødselsnumre, telefonnumre og fritekster i {len(search.forms)} "
                 "skrivemåter (klartekst, UTF-16, base64 og base64url i hver forskyvning, hex). Kontroll: samme søk "
                 f"finner alle {len(seen)} i det som ble sendt.")
        self.look(search, "mens varded går")
        seconds = self.place.stop()
        show.say(f"SIGTERM: varded tømte køen og stanset på {seconds:.1f} s.")
        self.look(search, "etter stans")
        self.show_row()
        return search

    def look(self, search, when):
        paths = [path for path in self.place.data.rglob("*") if path.is_file()] + [self.place.log_path]
        hits, files, size = search.in_files(paths)
        show.output(f"{when}: {files} filer, {size} byte, treff: {len(hits)}")
        self.expect(f"ingen treff i {[str(path) for path, _ in hits]}", not hits)
        control = Search({self.report["report_id"]}).in_files(paths)[0]
        self.expect("rapport-id, som er lesbar, finnes", control)

    def show_row(self):
        print()
        path = self.place.data / "tenants" / f"{self.vest['orgnr']}.db"
        query = "SELECT d.seq, d.revision, d.clear, s.ciphertext FROM document d JOIN sealed s USING (seq) ORDER BY seq"
        show.say(f"{path.relative_to(self.place.folder)}: {query}")
        for seq, revision, clear, ciphertext in self.read(path, query):
            show.output(f"seq {seq}, revisjon {revision}, lesbart:")
            show.document(json.loads(clear))
            show.output(f"forseglet, {len(ciphertext)} byte: {ciphertext[:24].hex()}…")
            self.expect("ingen navn i raden", "Ragnhild" not in clear)

    def read(self, path, query):
        """Rows of a file at rest; immutable: nothing is written, not even a lock."""
        base = sqlite3.connect(f"file:{path}?mode=ro&immutable=1", uri=True)
        try:
            return base.execute(query).fetchall()
        finally:
            base.close()

    def open(self, search):
        show.step(7, "Depotforvalterens nøkkel åpner, og det blir loggført",
                  "The custodian's key opens an export, offline, for a stated purpose; the export is logged.")
        purpose = "Gjennomgang av alvorlige legemiddelhendelser"
        show.command(f"vardectl --config varde.conf --operator kari.drift export-sealed \\\n"
                     f"    --tenant {self.vest['orgnr']} --purpose '{purpose}' > export.jsonl")
        done = self.place.vardectl("--operator", "kari.drift", "export-sealed", "--tenant", self.vest["orgnr"],
                                   "--purpose", purpose)
        show.output(done.stderr)
        self.expect(f"eksporten endte med {done.returncode}", done.returncode == 0)
        self.expect("eksporten er forseglet", not search.in_bytes(done.stdout.encode()))
        show.cut(next(line for line in done.stdout.splitlines() if '"item"' in line))
        print()
        members = "/patients/0/name,/patients/0/identifier/value,/narrative/description"
        key = self.place.about["custodians"][0]["secret_key"]
        show.command(f"varde-open --key {pathlib.Path(key).name} \\\n    --members {members} < export.jsonl")
        opened = self.place.run("varde-open", "--key", str(self.place.folder / key), "--members", members,
                                input=done.stdout)
        lines = [json.loads(line) for line in opened.stdout.splitlines()]
        items = [line for line in lines if "members" in line]
        self.expect(f"varde-open endte med {opened.returncode}: {opened.stderr}", opened.returncode == 0 and items)
        show.document(items[0])
        show.document(lines[-1])
        self.expect("gyldige signaturer", all(one["signature"] == "valid" for one in items))
        self.expect("navnet er åpnet", "Ragnhild Utenvirkelig" in opened.stdout)
        self.expect("tallene går opp", lines[-1]["reconciled"])
        print()
        query = "SELECT operator, command, detail FROM action ORDER BY id DESC LIMIT 1"
        show.say(f"data/control.db: {query}")
        row = self.read(self.place.data / "control.db", query)[0]
        show.output("\n".join(row))
        self.expect("eksporten er loggført", row[:2] == ("kari.drift", "export-sealed") and purpose in row[2])

    def resume(self):
        show.step(8, "Opp igjen: kvitteringen er den samme",
                  "Up again: the receipt is the same, and the operator sees how it stands.")
        show.say(f"varded var klar etter {self.place.start():.1f} s.")
        path = f"/v1/reports/{self.report['report_id']}/receipt"
        answer = self.ask(self.vest, "GET", path + "?revision=1", only=("reference", "received_at", "digest", "status"))
        self.expect("samme kvittering", answer.status == 200 and answer.json == self.receipt)
        show.command("vardectl --config varde.conf status")
        done = self.place.vardectl("status")
        show.output(done.stdout)
        self.expect(f"status endte med {done.returncode}", done.returncode == 0)

    def follow(self):
        show.step(9, "Etter meldingen: gjennomgangen, og sletting etter loven",
                  "After the report: its review, due, late and taken; and erasure by law, byte for byte.")
        followed = Followed(self, self.vest, self.nord, self.report)
        followed.reviewed()
        followed.erased()

    def country(self):
        show.step(10, "Et helt land melder: det statistikken skal telle",
                  "A whole country reports: trusts and municipalities that do not exist, twelve months of reports.")
        numbers = ["--reports", str(self.country_reports), "--months", "12", "--municipalities", "8"]
        show.command("deploy/national/fill --config varde.conf \\\n    " + " ".join(numbers))
        done = subprocess.run([ROOT / "deploy/national/fill", "--config", self.place.config_path, "--bin", self.place.programs,
                               *numbers], capture_output=True, text=True, check=False)
        show.output(done.stdout + done.stderr)
        self.expect(f"fill endte med {done.returncode}", done.returncode == 0)

    def statistics(self):
        show.step(11, "Talt ut trygt: en utgivelse bygges, publiseres og spørres",
                  "Counted out safely: a release is built, promoted and asked; a hidden figure stays hidden.")
        counted = Counted(self.place, self.expect)
        counted.release()
        self.place.start_statistics()
        counted.wait_served()
        counted.query()
        counted.hidden()
        show.say(f"Siden med tabeller og figurer: {counted.url}/")

    def project(self):
        show.step(12, "Grunnlaget: et prosjekt, og kommunene slippes inn når piloten begynner",
                  "The legal basis: a project, and the municipalities are let in when their pilot begins.")
        self.operate("project", "add", "kvalitet", "Kvalitetsprosjekt", "--decision", "TB2025-36", "--purpose",
                     "Læring av uønskede hendelser", "--retention", "Til to år etter slutt", "--from", "2026-01-01", "--to",
                     "2099-12-31")
        self.operate("project", "open", "kvalitet", "hf", "--from", "2026-01-01")
        self.operate("project", "open", "kvalitet", "municipality", "--from", "2099-09-01")
        document = varde_mapping.to_document(varde_mapping.read_rows(PYTHON / "example-kommune.csv")[0], self.kommune["orgnr"])
        body = {"schema": varde_send.SCHEMA, "document": document}
        show.say("Kommunen prøver før piloten er åpnet:")
        early = varde_send.request("POST", self.place.url + VALIDATE, self.token(self.kommune), json.dumps(body).encode(),
                                   "application/json")
        show.answer(early, ("code", "detail", "opens"))
        self.expect("403 phase-not-open", early.status == 403 and early.json["code"] == "phase-not-open")
        self.expect("dagen det åpnes", early.json["opens"] == "2099-09-01")
        self.operate("project", "open", "kvalitet", "municipality", "--from", "2026-01-01")
        answer = self.ask(self.kommune, "GET", "/v1/tenant", only=("name", "phase", "projects"))
        self.expect("kommunen ser prosjektet", answer.json["projects"][0]["decision"] == "TB2025-36")
        self.expect("og kan sende", varde_send.request("POST", self.place.url + VALIDATE, self.token(self.kommune),
                                                       json.dumps(body).encode(), "application/json").status == 200)

    def operate(self, *words):
        lines = ["vardectl --config varde.conf"]
        for word in map(shlex.quote, words):
            if len(lines[-1]) + len(word) > 80:
                lines.append("   ")
            lines[-1] += " " + word
        show.command(" \\\n".join(lines))
        done = self.place.vardectl(*words)
        show.output(done.stdout)
        self.expect(f"{words[0]} endte med {done.returncode}", done.returncode == 0)

    def play(self):
        began = time.monotonic()
        print(f"Varde: nasjonalt mottak for meldinger om pasientsikkerhet.\nInstallasjon: {self.place.folder}"
              f"\nTjenesten:    {self.place.url}\nAlle personer og virksomheter er oppdiktet. / All synthetic."
              "\nKommandoer er vist uten mapper. / Commands are shown without their folders.")
        self.validate()
        self.send()
        self.refuse()
        self.repeat()
        self.separate()
        self.open(self.search())
        self.resume()
        self.follow()
        self.country()
        self.statistics()
        self.project()
        print(f"\nAlle steg ble besvart som de skulle ({time.monotonic() - began:.1f} s).")


def decoded(part):
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


def leave_examples(story):
    """Files that make the commands below short enough to read."""
    place, tenant = story.place, story.nord
    folder = place.folder / "try"
    folder.mkdir(exist_ok=True)
    report = reports.good(tenant["orgnr"])
    report["source"]["local_case_id"] = "AVV-2025/1301"
    body = {"schema": varde_send.SCHEMA, "document": report}
    (folder / "token").write_text(demo_token.bearer(place.folder, tenant["orgnr"]))
    (folder / "validate.json").write_text(json.dumps(body, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    (folder / "report.json").write_text(json.dumps(report, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    (folder / "report.jws").write_text(story.sender(tenant).sign(report))
    settings = place.settings(tenant, PYTHON / "demo_token.py")
    print(f"""
Prøv selv, fra et annet vindu. / Try it yourself, from another window:

D={shlex.quote(str(place.folder))}
URL={place.url}
cd {shlex.quote(str(ROOT))}

# {tenant['name']}: se feil, og hva som blir lesbart / faults, and what stays clear
curl -H "Authorization: Bearer $(cat "$D/try/token")" -H "Content-Type: application/json" \\
  --data-binary @"$D/try/validate.json" $URL/v1/submissions/validate

# send en signert rapport / post a signed report (again: 200 and the same receipt)
curl -H "Authorization: Bearer $(cat "$D/try/token")" -H "Content-Type: application/jose" \\
  --data-binary @"$D/try/report.jws" $URL/v1/submissions

# signer og send selv / sign and send it yourself; change something in try/report.json,
# send again, and it becomes the next revision
client/python/varde_send.py @"$D/{settings.name}" "$D/try/report.json"

# egne rapporter / own reports; a token lives for an hour, this makes a new one
client/python/demo_token.py "$D" {tenant['orgnr']} > "$D/try/token"
curl -H "Authorization: Bearer $(cat "$D/try/token")" $URL/v1/reports

# det samme med HelseID og DPoP: hvert bevis gjelder én forespørsel / one proof, one request
client/python/demo_token.py "$D" {tenant['orgnr']} --dpop GET /v1/tenant | curl -H @- $URL/v1/tenant

# statistikken / the statistics: tabeller som i StatBank, og en side i nettleseren
STATISTICS={place.about["statistics"]}
curl -g "$STATISTICS/api/v2/tables/V1010/data?valuecodes[Hendelsesklasse]=incident\\
&valuecodes[ContentsCode]=*&valuecodes[Tid]=*"
{place.programs}/vardectl --config "$D/varde.conf" release list

# åpent for alle / open to all
curl $URL/openapi.yaml
curl $URL/v1/codes

# driften / the operator
curl {place.admin_url}/metrics
{place.programs}/vardectl --config "$D/varde.conf" doctor

Andre virksomheter, nøkler og utstedere: {place.folder / 'demo.json'}""", flush=True)


def stay(place):
    print("\nVarde går til du trykker Ctrl-C. / Varde stays up until Ctrl-C.", flush=True)
    try:
        status = place.daemon.wait()
    except KeyboardInterrupt:
        print("\nStanser og rydder. / Stopping.", flush=True)
        return 0
    raise Trouble(f"varded endte med {status}")


def interrupt(*_):
    raise KeyboardInterrupt


def parse_arguments():
    parser = argparse.ArgumentParser(prog="demo", description="Plays Varde's story.")
    parser.add_argument("--bin", required=True, metavar="FOLDER", help="where varded, vardectl and varde-open are")
    parser.add_argument("--once", action="store_true", help="end after the story")
    parser.add_argument("--reports", type=int, default=3000, metavar="N", help="how many the country sends (3000)")
    parser.add_argument("--dir", metavar="DIR", help="put the installation there and leave it")
    return parser.parse_args()


def main():
    args = parse_arguments()
    sys.stdout.reconfigure(encoding="utf-8", errors="replace")
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, interrupt)
    try:
        with Installation(args.bin, args.dir) as place:
            story = Story(place, args.reports)
            story.play()
            if args.once:
                return 0
            leave_examples(story)
            return stay(place)
    except KeyboardInterrupt:
        return 130
    except Trouble as trouble:
        print(f"\ndemo: {trouble}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
