#!/usr/bin/python3
"""What a tenant sent while it tested is gone once it is active: from its rows, its file and
its log, from what it reads and from what is counted; the rows and their order stay. Nothing
that was judged by the rules of the test phase comes in afterwards."""
import collections
import datetime
import json
import pathlib
import sys
import threading
import time
import unittest

from phases import BATCH, PROJECT, Base, about, day, example

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "release"))
from operator_client import call  # noqa: E402

REAL = "02013299997"


class GoingLive(Base):
    environment = "production"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ctl("project", "add", "pilot", "Pilot", *PROJECT, "--from", day(0))
        cls.ctl("project", "open", "pilot", "municipality", "--from", day(0))

    def files(self, tenant):
        database = self.v.database(tenant.orgnr)
        return b"".join(p.read_bytes() for p in sorted(database.parent.glob(database.name + "*")))

    def until(self, what, message):
        """The log is cut as soon as nobody reads."""
        end = time.monotonic() + 30
        while not what():
            self.assertLess(time.monotonic(), end, message)
            time.sleep(0.02)  # polling a condition, bounded

    def real(self, tenant):
        document = example("municipality", tenant)
        document["patients"][0]["identifier"]["value"] = REAL
        return document

    def test_what_was_tested_is_gone(self):
        town = self.tenant(phase="test")
        documents = [example("municipality", town) for _ in range(5)]
        for n, document in enumerate(documents):
            document["source"]["local_case_id"] = f"PRV-77123{n}"
            self.stored(self.v.submit(town, document))
        self.stored(self.v.submit(town, {**documents[0], "revision": 2, "service": "gp"}))
        before = self.rows(town, "SELECT seq, report_id, revision, digest, received_at FROM document ORDER BY seq")
        secrets = [s for row in self.rows(town, "SELECT clear, fingerprint, salt, local_case_id FROM document")
                   for s in row] + [r[0] for r in self.rows(town, "SELECT ciphertext FROM sealed")]
        secrets = [s.encode() if isinstance(s, str) else s for s in secrets]
        self.assertEqual((len(before), len(secrets)), (6, 6 * 5))
        held = self.files(town)
        self.assertTrue(any(s in held for s in secrets if len(s) < 100))
        moved = self.ctl("tenant", "phase", town.orgnr, "active", "--operator", "Kari", "--reason", "testen er godkjent")
        self.assertEqual((moved["phase"], moved["test_documents_erased"]), ("active", 6))
        # rows and order stay, content does not
        self.assertEqual(self.rows(town, "SELECT seq, report_id, revision, digest, received_at FROM document ORDER BY seq"),
                         before)
        self.assertEqual(set(self.rows(town, "SELECT clear, fingerprint, salt, local_case_id, warnings FROM document")),
                         {(None, None, None, None, "[]")})
        self.assertEqual(self.rows(town, "SELECT count(*) FROM document WHERE erased_at IS NULL"), [(0,)])
        self.assertEqual(self.rows(town, "SELECT count(*) FROM sealed"), [(0,)])
        events = self.rows(town, "SELECT seq, name, detail, operator, reason FROM event ORDER BY seq")[-2:]
        self.assertEqual([(e[1], json.loads(e[2]), e[3], e[4]) for e in events],
                         [("test-data-erased", {"orgnr": town.orgnr}, "Kari", "testen er godkjent"),
                          ("tenant-phase", {"orgnr": town.orgnr, "phase": "active"}, "Kari", "testen er godkjent")])
        taken = [r[0] for r in self.rows(town, "SELECT seq FROM document UNION SELECT seq FROM event ORDER BY 1")]
        self.assertEqual(taken, list(range(1, len(taken) + 1)))
        self.until(lambda: not any(s in self.files(town) for s in secrets), "bytes of test data are still in the files")
        # what the sender reads, and what it may send again
        feed = self.v.get("/v1/reports", town).json["reports"]
        self.assertEqual([r["clear"] for r in feed], [None] * 6)
        self.assertEqual(self.own_count(town), 0)
        again = self.real(town)
        again["report_id"] = documents[1]["report_id"]
        answer = self.v.submit(town, again)
        self.assertEqual((answer.status, answer.code, answer.json["current_revision"]), (409, "revision-conflict", 1))
        again["revision"] = 2  # as any sender does that is told so
        receipt = self.stored(self.v.submit(town, again))
        self.assertEqual((receipt["revision"], receipt["first_received_at"]), (2, receipt["received_at"]))
        about = self.v.get("/v1/reports/" + again["report_id"], town).json
        self.assertEqual((about["revision"], about["clear"]["service"], about["state"]),
                         (2, "home_nursing", "accepted"))
        document = self.real(town)
        self.stored(self.v.submit(town, document))
        self.assertEqual(self.v.get("/v1/reports/" + document["report_id"], town).json["clear"]["service"], "home_nursing")
        # a second time nothing happens: what came since is no test
        again = self.ctl("tenant", "phase", town.orgnr, "active")
        self.assertNotIn("test_documents_erased", again)
        self.assertEqual(self.rows(town, "SELECT count(*) FROM document WHERE erased_at IS NULL"), [(2,)])
        # nor when a tenant that is active is suspended for a while
        self.ctl("tenant", "suspend", town.orgnr, "--reason", "r")
        self.ctl("tenant", "resume", town.orgnr)
        self.assertEqual(self.rows(town, "SELECT count(*) FROM document WHERE erased_at IS NULL"), [(2,)])

    def own_count(self, tenant):
        own = self.v.get("/v1/statistics/own?clock=registration&period=year", tenant).json
        return sum(v or 0 for v in own["value"])

    def base_counts(self):
        """First revisions that a release would be made of, by tenant."""
        moment = datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        output, _ = call(self.v.demo / "data", "release base", as_of=moment)
        counts = collections.Counter()
        for line in map(json.loads, output.splitlines()):
            if "org" in line and line["clock"] == "registration":
                counts[line["org"]] += line["n"]
        return counts

    def test_not_counted_in_a_release(self):
        towns = self.tenant(phase="test"), self.tenant(phase="test")
        same = example("municipality", towns[0])
        self.stored(self.v.submit(towns[0], same))
        withdrawn = example("municipality", towns[0])
        self.stored(self.v.submit(towns[0], withdrawn))
        end = about("withdrawal/entered-in-error", towns[0], withdrawn)
        self.assertEqual(self.v.submit(towns[0], end, schema="withdrawal/1.0").status, 201)
        for town in towns:
            self.ctl("tenant", "set", town.orgnr, "--coverage-start", "2026-01")
            self.stored(self.v.submit(town, example("municipality", town)))
        self.ctl("tenant", "phase", towns[0].orgnr, "active")
        self.stored(self.v.submit(towns[0], self.real(towns[0])))
        self.stored(self.v.submit(towns[1], example("municipality", towns[1])))
        self.assertEqual(self.own_count(towns[0]), 1)
        # a case that was used for a trial, and even withdrawn there, counts once it is really sent
        for document in (same, withdrawn):
            real = {**self.real(towns[0]), "report_id": document["report_id"], "revision": 2}
            self.stored(self.v.submit(towns[0], real))
            self.stored(self.v.submit(towns[0], {**real, "revision": 3, "service": "gp"}))
            shown = self.v.get("/v1/reports/" + document["report_id"], towns[0]).json
            self.assertEqual((shown["state"], shown["revision"], "withdrawal" in shown), ("accepted", 3, False))
        self.assertEqual(self.own_count(towns[0]), 3)
        self.assertEqual(self.base_counts(), {towns[0].orgnr: 3})
        self.v.stop()  # a start looks for what a restored file brought back: nothing of this is
        self.v.start()
        self.assertEqual(self.own_count(towns[0]), 3)
        self.assertEqual(self.register_rows("SELECT count(*) FROM erasure"), [(0,)])

    def test_nothing_to_erase(self):
        town = self.tenant(phase="test")
        self.assertEqual(self.ctl("tenant", "phase", town.orgnr, "active")["test_documents_erased"], 0)
        names = [r[0] for r in self.rows(town, "SELECT name FROM event ORDER BY seq")]
        self.assertEqual(names[-2:], ["tenant-phase", "tenant-phase"])
        self.stored(self.v.submit(town, self.real(town)))

    def test_a_suspended_test_tenant_keeps_its_data_until_it_goes_live(self):
        town = self.tenant(phase="test")
        self.stored(self.v.submit(town, example("municipality", town)))
        self.ctl("tenant", "suspend", town.orgnr, "--reason", "r")
        run = self.v.ctl("tenant", "phase", town.orgnr, "active", "--json", check=False)
        self.assertEqual(json.loads(run.stderr)["error"]["code"], "phase-move")
        self.ctl("tenant", "resume", town.orgnr)
        self.stored(self.v.submit(town, example("municipality", town)))
        self.assertEqual(self.rows(town, "SELECT count(*) FROM document WHERE erased_at IS NULL"), [(2,)])
        self.assertEqual(self.ctl("tenant", "phase", town.orgnr, "active")["test_documents_erased"], 2)

    def test_what_is_on_its_way_at_that_moment(self):
        """Senders that do not stop: each answer is 201 before the move, then a refusal, never a row that stays."""
        for _ in range(3):
            town = self.tenant(phase="test")
            stop, answers, lock = threading.Event(), [], threading.Lock()

            def send(one_by_one):
                while not stop.is_set():
                    documents = [example("municipality", town) for _ in range(1 if one_by_one else 40)]
                    signed = [self.v.sign(town, d) for d in documents]
                    if one_by_one:
                        results = [self.v.post("/v1/submissions", signed[0], town).status]
                    else:
                        answer = self.v.post(BATCH, json.dumps({"submissions": signed}), town, type="application/json")
                        results = [r["status"] for r in answer.json["results"]] if answer.status == 200 else [answer.status]
                    with lock:
                        answers.extend(results)

            senders = [threading.Thread(target=send, args=(n < 4,)) for n in range(6)]
            for sender in senders:
                sender.start()
            self.until(lambda: self.count(town) > 60, "nothing arrives")
            erased = self.ctl("tenant", "phase", town.orgnr, "active")["test_documents_erased"]
            known = len(answers)
            self.until(lambda: 422 in answers[known:], "nothing is refused")
            stop.set()
            for sender in senders:
                sender.join()
            self.assertEqual(set(answers) - {201, 422, 503}, set())
            self.assertEqual((self.count(town), answers.count(201)), (erased, erased))
            self.assertEqual(self.rows(town, "SELECT count(*) FROM document WHERE erased_at IS NULL"), [(0,)])
            self.stored(self.v.submit(town, self.real(town)))

    def test_with_the_daemon_down(self):
        town = self.tenant(phase="test")
        self.stored(self.v.submit(town, example("municipality", town)))
        self.v.stop()
        try:
            self.assertEqual(self.ctl("tenant", "phase", town.orgnr, "active")["test_documents_erased"], 1)
            self.assertEqual(self.rows(town, "SELECT count(*), count(clear) FROM document"), [(1, 0)])
        finally:
            self.v.start()
        self.stored(self.v.submit(town, self.real(town)))


if __name__ == "__main__":
    unittest.main()
