#!/usr/bin/python3
"""Everything that is sent is received once: stored, repeated or refused; and what was refused
can be looked up by who may, without a value of it."""
import contextlib
import csv
import io
import json
import pathlib
import re
import signal
import sqlite3
import sys
import threading
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "life"))

from life import Life  # noqa: E402
from varde import Organisation, example, organisation_numbers  # noqa: E402

SECRET = "Kari Nordmann 0123"


class Refusals(Life):
    """Each test has organisations of its own, so that counts are its own."""
    numbers = organisation_numbers(32100000)

    def new(self, kind="hf", **kw):
        return self.v.register(Organisation(next(self.numbers), "Et sykehus", kind), **kw)

    def sent(self, tenant, caller=None, **query):
        path = "/v1/quality" + (f"?organisation={tenant.orgnr}" if caller else "")
        return self.v.get(path, caller or tenant).json["submissions"]

    def refusals(self, tenant, query=""):
        answer = self.v.get("/v1/quality/refusals" + query, tenant)
        self.assertEqual(answer.status, 200, answer)
        return answer.json

    def log(self, sql, *args):
        with contextlib.closing(sqlite3.connect(f"file:{self.v.demo / 'data/refused.db'}?mode=ro", uri=True)) as db:
            return db.execute(sql, args).fetchall()

    def future(self, tenant, **changes):
        document = example("minimal-hf", tenant, **changes)
        document["event"] = {"date": "2199-01-01", "precision": "day"}
        return document

    def test_what_was_received_is_stored_repeated_or_refused(self):
        tenant, own = self.new(), {"stored": 0, "repeated": 0, "refused": 0}

        def count(status):
            own["stored" if status == 201 else "repeated" if status == 200 else "refused"] += 1
        first = example("minimal-hf", tenant)
        for document in (first, first, self.future(tenant), {**first, "event_type": "infection"},
                         {**first, "revision": 3}, {**first, "revision": 2, "event_type": "infection"}):
            count(self.v.submit(tenant, document).status)
        count(self.v.post("/v1/submissions", "no.jws.at-all", tenant).status)
        batch = [example("minimal-hf", tenant) for _ in range(3)]
        batch += [batch[0], first, self.future(tenant), self.future(tenant)]
        items = [self.v.sign(tenant, d) for d in batch] + ["broken"]
        answer = self.v.post("/v1/submissions/batch", json.dumps({"submissions": items}), tenant, type="application/json")
        for item in answer.json["results"]:
            count(item["status"])
        self.assertEqual(own, {"stored": 5, "repeated": 3, "refused": 7})
        # nothing of these is a submission that was received
        self.v.post("/v1/submissions/validate", self.v.sign(tenant, self.future(tenant)), tenant)
        self.v.post("/v1/submissions", self.v.sign(tenant, first), headers={"Authorization": "Bearer x"})
        sent = self.sent(tenant)
        self.assertEqual({k: sent[k] for k in own}, own)
        self.assertEqual(sent["received"], sum(own.values()))
        self.assertEqual(sent["stored"], self.rows(tenant, "SELECT count(*) FROM document")[0][0])
        self.assertEqual(sent["codes"], [{"code": "invalid-document", "n": 3}, {"code": "signature-malformed", "n": 2},
                                         {"code": "revision-conflict", "n": 1}, {"code": "revision-skipped", "n": 1}])
        for month in sent["months"]:
            self.assertEqual(month["received"], month["stored"] + month["repeated"] + month["refused"])
        for name in ("received", *own):
            self.assertEqual(sum(m[name] for m in sent["months"]), sent[name], name)
        # a restart forgets none of them
        self.v.stop()
        self.assertEqual(self.log("SELECT open FROM run"), [(0,)])
        self.v.start()
        self.assertEqual({**self.sent(tenant), "interrupted_at": None}, {**sent, "interrupted_at": None})

    def test_a_refusal_tells_place_and_code_and_no_value(self):
        tenant = self.new()
        document = self.future(tenant, event_class=SECRET, narrative={"title": 5, SECRET: "x"})
        answer = self.v.submit(tenant, document)
        self.assertEqual(answer.status, 422)
        (found,) = self.refusals(tenant)["refusals"]
        self.assertEqual((found["trace_id"], found["status"], found["code"], found["sender"]),
                         (answer.json["trace_id"], 422, "invalid-document", tenant.orgnr))
        self.assertEqual((found["report_id"], found["local_case_id"]),
                         (document["report_id"], document["source"]["local_case_id"]))
        self.assertEqual(found["errors"], [{"pointer": e["pointer"], "code": e["code"]} for e in answer.json["errors"]])
        self.assertIn({"pointer": "/event/date", "code": "date-in-future"}, found["errors"])
        for path in self.v.demo.joinpath("data").glob("refused.db*"):
            self.assertNotIn(SECRET.encode(), path.read_bytes())

    def test_identifiers_stand_only_where_the_schema_has_nothing_against_them(self):
        tenant = self.new()
        for local, report_id, known in (
                (SECRET, None, (None, "id")), ("12345678901", None, (None, "id")), ("01010199999", None, (None, "id")),
                ("A" * 5 + "-1", None, (None, "id")), (17, None, (None, "id")), ("482913", "Kari", ("482913", None)),
                ("482913", "00000000-1111-4111-8111-010101999999", ("482913", None))):
            with self.subTest(local, report_id=report_id):
                document = self.future(tenant)
                document["source"]["local_case_id"] = local
                document["report_id"] = report_id or document["report_id"]
                self.assertEqual(self.v.submit(tenant, document).status, 422)
                found = self.refusals(tenant, "?limit=1000")["refusals"][-1]
                self.assertEqual((found["local_case_id"], found["report_id"]),
                                 (known[0], known[1] and document["report_id"]))
        # with more errors than are kept, nothing is known to be right
        document = self.future(tenant, contributing_factors=[], patients=[{} for _ in range(60)])
        document["source"]["local_case_id"] = SECRET
        self.assertEqual(self.v.submit(tenant, document).status, 422)
        found = self.refusals(tenant, "?limit=1000")["refusals"][-1]
        self.assertEqual((found["report_id"], found["local_case_id"]), (None, None))
        self.assertEqual(len(found["errors"]), 20)
        # a schema that is not known says nothing of anything
        self.v.submit(tenant, self.future(tenant), schema="incident-report/9.9")
        found = self.refusals(tenant, "?limit=1000")["refusals"][-1]
        self.assertEqual((found["code"], found["report_id"], found["local_case_id"], found["errors"]),
                         ("schema-unknown", None, None, []))

    def test_a_conflict_names_its_report(self):
        tenant = self.new()
        document = example("minimal-hf", tenant)
        self.submit(tenant, document)
        self.submit(tenant, {**document, "event_type": "infection"}, 409)
        (found,) = self.refusals(tenant)["refusals"]
        self.assertEqual((found["status"], found["code"], found["report_id"], found["local_case_id"], found["errors"]),
                         (409, "revision-conflict", document["report_id"], document["source"]["local_case_id"], []))

    def test_erasure_takes_the_names_from_the_refusals(self):
        tenant, other = self.new(), self.new()
        document = example("minimal-hf", tenant)
        self.submit(tenant, document)
        self.submit(tenant, {**document, "event_type": "infection"}, 409)
        self.v.submit(other, {**self.future(other), "report_id": document["report_id"]})

        def names(t):
            return [(r["report_id"], r["local_case_id"]) for r in self.refusals(t)["refusals"]]

        def on_disk(text):
            return any(text.encode() in p.read_bytes() for p in self.v.demo.joinpath("data").glob("refused.db*"))
        local = document["source"]["local_case_id"]
        self.assertEqual(names(tenant), [(document["report_id"], local)])
        self.assertTrue(on_disk(local))
        self.withdraw(document, "legal_erasure", tenant=tenant)
        self.assertEqual(names(tenant), [(None, None)])
        self.assertFalse(on_disk(local))
        self.assertEqual(names(other)[0][0], document["report_id"])  # another's, of the same id
        # what a restored file brings back is taken again
        self.v.stop()
        with contextlib.closing(sqlite3.connect(self.v.demo / "data/refused.db")) as db, db:
            db.execute("UPDATE refusal SET report_id = ?, local_case_id = ? WHERE orgnr = ?",
                       (document["report_id"], local, tenant.orgnr))
        self.v.start()
        self.assertEqual(names(tenant), [(None, None)])
        self.assertFalse(on_disk(local))

    def test_pages_and_csv_say_the_same(self):
        tenant = self.new()
        for _ in range(5):
            self.v.submit(tenant, self.future(tenant, event_class="x"))
        self.v.post("/v1/submissions", "broken", tenant)
        rows, since = [], 0
        while page := self.refusals(tenant, f"?since={since}&limit=2")["refusals"]:
            self.assertLessEqual(len(page), 2)
            rows, since = rows + page, page[-1]["id"]
        self.assertEqual([r["id"] for r in rows], [1, 2, 3, 4, 5, 6])
        answer = self.v.get("/v1/quality/refusals", tenant, {"Accept": "text/csv"})
        self.assertTrue(answer.body.startswith(b"\xef\xbb\xbf"))
        lines = list(csv.DictReader(io.StringIO(answer.body.decode("utf-8-sig")), delimiter=";"))
        flat = [(str(r["id"]), r["time"], r["trace_id"], r["report_id"] or "", str(r["status"]), r["code"], e["pointer"], e["code"])
                for r in rows for e in (r["errors"] or [{"pointer": "", "code": ""}])]
        self.assertEqual([tuple(x[k] for k in ("id", "time", "trace_id", "report_id", "status", "code", "pointer", "error"))
                          for x in lines], flat)
        for query in ("since=-1", "since=x", "limit=0", "limit=1001", "kind=x"):
            self.assertEqual(self.v.get("/v1/quality/refusals?" + query, tenant).code, "invalid-query")
        self.assertEqual(self.v.get("/v1/quality/refusals", tenant, {"Accept": "text/html"}).code, "not-acceptable")

    def test_whose_refusal_it_is(self):
        owner, helper, other = self.new(), self.new(), self.new()
        self.v.ctl("processor", "add", owner.orgnr, helper.orgnr, "--rights", "send,read")
        owners = self.future(owner)
        # by the processor, signed by the owner: the owner's, who brought it is said
        self.assertEqual(self.v.post("/v1/submissions", self.v.sign(owner, owners), helper).status, 422)
        (found,) = self.refusals(owner)["refusals"]
        self.assertEqual((found["report_id"], found["sender"]), (owners["report_id"], helper.orgnr))
        self.assertEqual(self.sent(owner)["refused"], 1)
        # nobody's signature: whose token it was
        self.v.post("/v1/submissions", "broken", helper)
        self.assertEqual([r["code"] for r in self.refusals(helper)["refusals"]], ["signature-malformed"])
        # for another organisation that has not let it: nothing of it reaches that one
        self.assertEqual(self.v.post("/v1/submissions", self.v.sign(other, self.future(other)), helper).status, 403)
        self.assertEqual((self.sent(other)["received"], self.refusals(other)["refusals"]), (0, []))
        self.assertEqual([r["code"] for r in self.refusals(helper)["refusals"]], ["signature-malformed", "tenant-mismatch"])
        # who may read it for another
        self.assertEqual(self.v.get(f"/v1/quality/refusals?organisation={owner.orgnr}", helper).json["refusals"], [found])
        for path in ("/v1/quality/refusals", "/v1/quality"):
            self.assertEqual(self.v.get(f"{path}?organisation={owner.orgnr}", other).code, "tenant-mismatch")
            self.assertEqual(self.v.get(path, headers=self.v.bearer(owner, scopes=("varde:submissions.write",))).code,
                             "insufficient-scope")

    def test_ninety_days(self):
        tenant, day = self.new(), 86400
        self.v.submit(tenant, self.future(tenant))
        then = int(time.time())

        def at(days):
            self.v.at(time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(then + days * day)))
            moment = then + days * day
            return self.v.bearer(tenant, iat=moment, exp=moment + 119), moment

        def refusals(headers):
            return [r["id"] for r in self.v.get("/v1/quality/refusals", headers=headers).json["refusals"]]
        try:
            self.assertEqual(refusals(at(89)[0]), [1])
            headers, moment = at(91)
            self.assertEqual(refusals(headers), [])
            # whatever is written sweeps
            body = self.v.sign(tenant, self.future(tenant), iat=moment)
            self.assertEqual(self.v.post("/v1/submissions", body, headers=headers).status, 422)
            self.assertEqual(refusals(headers), [2])
            self.assertEqual(self.log("SELECT id FROM refusal WHERE orgnr = ?", tenant.orgnr), [(2,)])
        finally:
            self.v.stop()
            self.v.conf.write_text(re.sub(r"\nclock = .*", "", self.v.conf.read_text()))
            self.v.start()
            self.v.ahead = 0
        self.assertEqual(self.sent(tenant)["refused"], 1)  # the months of then; that of later is later's

    def test_a_flood_is_counted_and_bounded(self):
        tenant, neighbour = self.new(), self.new()
        items = [self.v.sign(tenant, self.future(tenant))] * 1000
        body = json.dumps({"submissions": items})
        self.v.ctl("tenant", "set", tenant.orgnr, "--submissions-per-minute", "1000000")

        def flood():
            for _ in range(2):
                answer = self.v.post("/v1/submissions/batch", body, tenant, type="application/json")
                assert {r["status"] for r in answer.json["results"]} == {422}, answer
        threads = [threading.Thread(target=flood) for _ in range(4)]
        for t in threads:
            t.start()
        for t in threads:
            t.join()
        self.assertEqual(self.sent(tenant)["refused"], 8000)
        page = self.refusals(tenant, "?limit=1")
        kept = self.log("SELECT count(*), min(id), max(id) FROM refusal WHERE orgnr = ?", tenant.orgnr)[0]
        self.assertLessEqual(kept[0], 5000)
        self.assertEqual(kept[2] + page["not_kept"], 8000)
        self.v.submit(neighbour, self.future(neighbour))
        self.assertEqual((self.sent(neighbour)["refused"], self.refusals(neighbour)["not_kept"]), (1, 0))

    def test_an_end_without_warning_is_said(self):
        tenant = self.new()
        self.v.submit(tenant, self.future(tenant))
        self.assertEqual(self.sent(tenant)["refused"], 1)  # written
        self.v.process.send_signal(signal.SIGKILL)
        self.v.process.wait()
        self.v.start()
        self.v.submit(tenant, self.future(tenant))
        sent = self.sent(tenant)
        self.assertEqual(sent["refused"], 2)
        self.assertIsNotNone(sent["interrupted_at"])

    def test_a_file_that_fails_stops_nothing(self):
        tenant, path = self.new(), self.v.demo / "data/refused.db"
        self.v.stop()
        for part in path.parent.glob("refused.db*"):
            part.unlink()
        path.write_bytes(b"this is no database" * 1000)
        try:
            self.v.start()
            self.submit(tenant, example("minimal-hf", tenant))
            self.assertEqual(self.v.submit(tenant, self.future(tenant)).status, 422)
            self.assertEqual(self.v.get("/v1/quality/refusals", tenant).code, "storage-failed")
            checks = {c["name"]: c["level"] for c in json.loads(self.v.ctl("doctor", "--json", check=False).stdout)["checks"]}
            self.assertEqual(checks["refusals"], "warning")
            self.assertEqual(self.metric("refusals_unkept_total"), 1)
            path.unlink()
            sent = self.sent(tenant)  # what was counted meanwhile was kept in memory
            self.wait(lambda: self.sent(tenant)["refused"] == 1, "the count is written once there is a file")
            self.assertEqual(sent["stored"], 1)
            self.assertEqual(self.refusals(tenant)["not_kept"], 1)
        finally:
            if self.v.process.poll() is not None:
                path.unlink(missing_ok=True)
                self.v.start()


if __name__ == "__main__":
    unittest.main()
