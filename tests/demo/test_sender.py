#!/usr/bin/python3
"""varde_send.py against a service that answers as told: what it repeats, what it
repairs, what it keeps, when it gives up; and varde_mapping.py on awkward rows."""
import base64
import contextlib
import csv
import http.server
import io
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import threading
import unittest

PYTHON = pathlib.Path(os.environ["VARDE_SOURCE"]) / "client" / "python"
sys.path.insert(0, str(PYTHON))
os.environ["no_proxy"] = "*"

import varde_mapping  # noqa: E402
import varde_send  # noqa: E402
from jwcrypto import jwk, jws  # noqa: E402

OWNER = "310000019"


class Service(http.server.ThreadingHTTPServer):
    """Answers from a list: (status, headers, JSON or what makes it of the body), or None to hang up."""

    def __init__(self, answers):
        super().__init__(("127.0.0.1", 0), Handler)
        self.answers, self.bodies, self.tokens, self.paths = list(answers), [], [], []

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_port}"


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.server.tokens.append(self.headers["Authorization"])
        self.send_error(418)

    def do_POST(self):
        service = self.server
        service.bodies.append(self.rfile.read(int(self.headers["Content-Length"])))
        service.tokens.append(self.headers["Authorization"])
        service.paths.append(self.path)
        answer = service.answers.pop(0) if service.answers else (418, {}, {})  # asked too often
        if answer is None:
            self.close_connection = True
            return
        status, headers, body = answer
        raw = json.dumps(body(service.bodies[-1]) if callable(body) else body).encode()
        self.send_response(status)
        for name, value in {"Content-Type": "application/json", "Content-Length": len(raw), **headers}.items():
            self.send_header(name, str(value))
        self.end_headers()
        self.wfile.write(raw)

    def log_message(self, *_):
        pass


@contextlib.contextmanager
def service(*answers):
    with Service(answers) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


def receipt(revision=1):
    return {"report_id": "x", "revision": revision, "reference": "AAAAA-BBBBB", "warnings": []}


def payload_of(body):
    part = body.split(b".")[1]
    return json.loads(base64.urlsafe_b64decode(part + b"=" * (-len(part) % 4)))


class Sending(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.key = jwk.JWK.generate(kty="EC", crv="P-256")

    def sender(self, server, **more):
        tokens = iter(["first", "second", "third"])
        return varde_send.Sender(server.url, "https://varde.example", OWNER, self.key, lambda: next(tokens), **more)

    def test_what_is_signed(self):
        with service() as server:
            signed = self.sender(server).sign({"æ": 1})
        token = jws.JWS()
        token.deserialize(signed, self.key)
        self.assertEqual({"alg": "ES256", "kid": self.key.thumbprint(), "typ": "varde+jws"},
                         json.loads(token.objects["protected"]))
        self.assertEqual({"iss", "aud", "iat", "schema", "document"}, set(json.loads(token.payload)))

    def test_repeats_the_same_bytes(self):
        with service(None, (503, {"Retry-After": 0}, {}), (429, {"Retry-After": 1}, {}),
                     (201, {}, receipt())) as server:
            _, answer = self.sender(server).submit({"revision": 1})
            self.assertEqual(201, answer.status)
            self.assertEqual(4, len(server.bodies))
            self.assertEqual(1, len(set(server.bodies)))

    def test_gives_up_in_time(self):
        with service((503, {"Retry-After": 3600}, {})) as server:
            with self.assertRaises(varde_send.Stopped):
                self.sender(server, patience=60).submit({"revision": 1})

    def test_new_token_once(self):
        with service((401, {}, {}), (201, {}, receipt())) as server:
            self.sender(server).submit({"revision": 1})
            self.assertEqual(["Bearer first", "Bearer second"], server.tokens)
        with service((401, {}, {}), (401, {}, {})) as server:
            self.assertEqual(401, self.sender(server).submit({"revision": 1})[1].status)

    def test_repairs_a_conflict_in_one_step(self):
        conflict = {"code": "revision-conflict", "current_revision": 3, "digest": "sha-256:3"}
        with service((409, {}, conflict), (201, {}, receipt(4))) as server:
            document, answer = self.sender(server).submit({"revision": 1, "supersedes": "sha-256:0"})
            self.assertEqual({"revision": 4, "supersedes": "sha-256:3"}, document)
            self.assertEqual(document, payload_of(server.bodies[1])["document"])
        with service((409, {}, {**conflict, "current_revision": 0, "digest": None}), (201, {}, receipt())) as server:
            self.assertEqual({"revision": 1}, self.sender(server).submit({"revision": 2, "supersedes": "x"})[0])

    def test_never_follows_a_redirect(self):
        with service() as other, service((302, {"Location": other.url + "/v1/submissions"}, {})) as server:
            self.assertEqual(302, self.sender(server).submit({"revision": 1})[1].status)
            self.assertEqual([], other.tokens)

    def test_remembers_the_revision(self):
        with tempfile.TemporaryDirectory() as folder:
            receipts = varde_send.Receipts(folder)
            first = {"report_id": "a", "revision": 1}
            self.assertEqual(first, receipts.resume(first))
            for n in range(1, 12):
                receipts.keep({"report_id": "a", "revision": n, "supersedes": f"s{n}"}, receipt(n))
            self.assertEqual({"report_id": "a", "revision": 11, "supersedes": "s11"}, receipts.resume(first))


class CommandLine(unittest.TestCase):
    def run_with(self, *answers, files=None, more=(), token=("--token-file=token",)):
        with tempfile.TemporaryDirectory() as folder, service(*answers) as server:
            key = pathlib.Path(folder) / "key.pem"
            key.write_bytes(jwk.JWK.generate(kty="EC", crv="P-256").export_to_pem(private_key=True, password=None))
            (pathlib.Path(folder) / "token").write_text("t\n")
            done = subprocess.run(
                [sys.executable, "-B", PYTHON / "varde_send.py", f"--service={server.url}", "--audience=a",
                 f"--organisation={OWNER}", f"--key={key}", *token, "--receipts=receipts", *more, *(files or [PYTHON / "example-kommune.csv"])],
                stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=folder)
            kept = sorted(pathlib.Path(folder, "receipts").glob("*.json"))
            return done, [json.loads(file.read_text()) for file in kept], server

    def test_all_accepted(self):
        done, kept, _ = self.run_with(*[(201, {}, receipt())] * 4)
        self.assertEqual(0, done.returncode, done.stderr)
        self.assertEqual([{"sent_as": {"revision": 1}, "receipt": receipt()}] * 4, kept)

    def test_one_refused_the_rest_sent(self):
        fault = {"pointer": "/harm", "message": "Slik."}
        refused = (422, {"Content-Type": "application/problem+json"}, {"code": "invalid-document", "errors": [fault]})
        done, kept, _ = self.run_with((201, {}, receipt()), refused, *[(200, {}, receipt())] * 2)
        self.assertEqual(1, done.returncode)
        self.assertEqual(3, len(kept))
        self.assertIn("feil /harm: Slik.", done.stdout)

    def test_stops_where_nothing_can_be_sent(self):
        done, kept, _ = self.run_with((201, {}, receipt()), (403, {}, {"code": "unknown-tenant"}))
        self.assertEqual((3, 1), (done.returncode, len(kept)))
        self.assertIn("unknown-tenant", done.stderr)

    def test_stops_without_a_token(self):
        done, kept, _ = self.run_with(more=["--token-command=false"], token=())
        self.assertEqual((3, []), (done.returncode, kept), done.stderr)

    def test_dry_run_keeps_nothing(self):
        done, kept, server = self.run_with(*[(200, {}, {"sealed": [], "warnings": []})] * 4, more=["--validate"])
        self.assertEqual((0, []), (done.returncode, kept))
        self.assertEqual({"/v1/submissions/validate?organisation=" + OWNER}, set(server.paths))

    def test_prints_what_it_would_post(self):
        done, kept, server = self.run_with(more=["--print-jws"])
        self.assertEqual((0, [], []), (done.returncode, kept, server.paths))
        self.assertEqual("2025-88", payload_of(done.stdout.split()[0].encode())["document"]["source"]["local_case_id"])

    def test_cannot_start(self):
        self.assertEqual(2, self.run_with(files=["no-such.csv"])[0].returncode)
        done = self.run_with(more=["--service=http://varde.example"])[0]
        self.assertEqual(2, done.returncode)
        self.assertIn("https", done.stderr)


def results(body, *statuses, **receipt_changes):
    """A batch's answer: a receipt for each, but for those that have another status."""
    found = []
    for n, text in enumerate(json.loads(body)["submissions"]):
        document = payload_of(text.encode())["document"]
        status = statuses[n] if n < len(statuses) else 201
        if status in (200, 201):
            found.append({"status": status, "receipt": {
                **receipt(document["revision"]), "report_id": document["report_id"], "digest": varde_send.digest(text), **receipt_changes}})
        else:
            found.append({"status": status, "problem": {"code": f"code-{status}", "title": "Slik.", "retry_after": 1}})
    return {"results": found}


class InBatches(unittest.TestCase):
    """--batch against a service that answers as told; tests/history has the real one."""

    run_with = CommandLine.run_with

    def batch(self, *answers):
        done, _, server = self.run_with(*answers, more=["--batch"])
        return done, [len(json.loads(body)["submissions"]) for body in server.bodies]

    def test_all_accepted(self):
        done, sizes = self.batch((200, {}, results))
        self.assertEqual((done.returncode, sizes), (0, [4]), done.stderr)
        self.assertIn("      4 mottatt nå", done.stdout)

    def test_one_refused_the_rest_sent(self):
        done, sizes = self.batch((200, {}, lambda body: results(body, 201, 422, 200)))
        self.assertEqual((done.returncode, sizes), (1, [4]))
        self.assertIn("code-422: Slik.", done.stdout)

    def test_what_was_not_taken_for_now_goes_again(self):
        done, sizes = self.batch((503, {"Retry-After": 0}, {}), (200, {}, lambda body: results(body, 503, 201, 507)), (200, {}, results))
        self.assertEqual((done.returncode, sizes), (0, [4, 4, 2]), done.stderr)

    def test_stops_where_nothing_can_be_sent(self):
        done, sizes = self.batch((200, {}, lambda body: results(body, 201, 403)))
        self.assertEqual((done.returncode, sizes), (3, [4]))
        self.assertIn("      3 mottatt nå", done.stdout)
        done, _ = self.batch((200, {}, lambda body: results(body, 400, 400, 400, 400)))
        self.assertEqual(done.returncode, 3)
        self.assertIn("code-400", done.stderr)

    def test_takes_no_receipt_on_trust(self):
        for wrong in ({"digest": "sha-256:0"}, {"revision": 2}, {"report_id": "x"}):
            done, _ = self.batch((200, {}, lambda body: results(body, **wrong)))
            self.assertEqual(done.returncode, 3, wrong)
        for wrong in ({}, {"results": []}, {"results": [1, 2, 3, 4]}, {"results": [{}] * 4}):
            self.assertEqual(self.batch((200, {}, wrong))[0].returncode, 3, wrong)

    def test_keeps_to_its_pace(self):
        done, _ = self.batch((200, {"RateLimit": '"submissions";r=0;t=1'}, lambda body: results(body, 503)), (200, {}, results))
        self.assertEqual(done.returncode, 0)
        self.assertIn("venter 1 s", done.stderr)

    def test_cannot_start(self):
        done = self.run_with(more=["--batch", "--validate"])[0]
        self.assertEqual(2, done.returncode)


class Mapping(unittest.TestCase):
    def row(self, **changes):
        row = varde_mapping.read_rows(PYTHON / "example.csv")[0]
        return {**row, **changes}

    def document(self, **changes):
        return varde_mapping.to_document(self.row(**changes), OWNER)

    def test_both_encodings(self):
        table = io.StringIO()
        writer = csv.DictWriter(table, self.row().keys(), delimiter=";")
        writer.writeheader()
        writer.writerow(self.row(Pasient="Åse Ærlig Ødegård"))
        for encoding in ("utf-8", "utf-8-sig", "cp1252"):
            with tempfile.NamedTemporaryFile(suffix=".csv") as file:
                file.write(table.getvalue().encode(encoding))
                file.flush()
                rows = varde_mapping.read_rows(file.name)
            self.assertEqual(["Åse Ærlig Ødegård"], [row["Pasient"] for row in rows], encoding)
            self.assertEqual("2025-1187", varde_mapping.case_number(rows[0]), encoding)

    def test_report_id_is_stable(self):
        self.assertEqual("82a2599c", self.document()["report_id"][:8])
        self.assertNotEqual(self.document()["report_id"],
                            varde_mapping.to_document(self.row(), "310000078")["report_id"])

    def test_summer_time(self):
        times = {"30.03.2025 01:59": "+01:00", "30.03.2025 03:00": "+02:00", "26.10.2025 03:00": "+01:00"}
        for text, offset in times.items():
            self.assertTrue(self.document(Registrert=text)["source"]["registered_at"].endswith(offset), text)

    def test_dates_as_coarse_as_they_are(self):
        for text, date, precision in (("1.3.2025", "2025-03-01", "day"), ("03.2025", "2025-03", "month"),
                                      ("2025", "2025", "year"), ("", None, "unknown")):
            event = self.document(Hendelsesdato=text)["event"]
            self.assertEqual((date, precision), (event.get("date"), event["precision"]))

    def test_age_and_number(self):
        for age, band in (("0", "unknown"), ("1", "1_4"), ("17", "16_17"), ("104", "90_plus"), ("", "unknown")):
            self.assertEqual(band, self.document(Alder=age)["patients"][0]["age_band"])
        for number, kind in (("448379 21012", "dnr"), ("04834120041", "fnr"), ("81234567890", "fhnr")):
            self.assertEqual({"type": kind, "value": number.replace(" ", "")},
                             self.document(Fødselsnummer=number)["patients"][0]["identifier"])

    def test_unknown_words_stop_and_are_not_repeated(self):
        for column in ("Klasse", "Sted", "Faktisk skade", "Kjønn", "Melders rolle", "Hendelsesdato", "Registrert"):
            with self.assertRaises(varde_mapping.MappingError) as caught:
                self.document(**{column: "Kari Nordmann"})
            self.assertIn(column, str(caught.exception))
            self.assertNotIn("Nordmann", str(caught.exception))
        self.assertEqual([{"code_system": "category", "label": "Fugleinfluensa"}],
                         self.document(Type="Fugleinfluensa")["source"]["local_codes"])


if __name__ == "__main__":
    unittest.main(verbosity=2)
