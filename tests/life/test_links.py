#!/usr/bin/python3
"""Who names whom, in the register: what it costs, how much of it there can be, and that an
erased report leaves nothing of it."""
import contextlib
import json
import sqlite3
import struct
import unittest
import uuid

from life import Life, about, example
from varde import Organisation, organisation_numbers


class Links(Life):
    def naming(self, *named):
        """A report that names others, signed or not yet."""
        return example("minimal-hf", self.hf, related_reports=[
            {"organisation": self.town.orgnr, "report_id": other} for other in named])

    def commits(self):
        """How many transactions stand in the register's log since it was begun anew."""
        data = (self.v.demo / "data/control.db-wal").read_bytes()
        if len(data) < 32:
            return 0
        salt, n = data[16:24], 0
        for at in range(32, len(data) - 24 - 4096 + 1, 24 + 4096):
            if data[at + 8:at + 16] != salt:
                break
            n += struct.unpack(">I", data[at + 4:at + 8])[0] > 0
        return n

    def in_register(self, text):
        return any(text.encode() in p.read_bytes() for p in (self.v.demo / "data").glob("control.db*"))

    def test_one_transaction_for_all_that_come_together(self):
        self.v.stop()
        self.v.start()  # the log is begun anew
        before = self.commits()
        self.submit(self.hf, self.naming(*(str(uuid.uuid4()) for _ in range(20))))
        self.assertLessEqual(self.commits() - before, 1)
        before = self.commits()
        jws = [self.v.sign(self.hf, self.naming(*(str(uuid.uuid4()) for _ in range(3)))) for _ in range(10)]
        answer = self.v.post("/v1/submissions/batch", json.dumps({"submissions": jws}), self.hf, type="application/json")
        self.assertEqual({r["status"] for r in answer.json["results"]}, {201}, answer)
        self.assertLessEqual(self.commits() - before, 1)

    def test_one_transaction_for_all_that_are_erased_together(self):
        """On a writer's thread, which has other organisations to serve."""
        reports = [self.report() for _ in range(20)]
        self.v.stop()
        self.v.start()
        jws = [self.v.sign(self.hf, about("withdrawal/entered-in-error", self.hf, report, reason="legal_erasure"), schema="withdrawal/1.0")
               for report in reports]
        answer = self.v.post("/v1/submissions/batch", json.dumps({"submissions": jws}), self.hf, type="application/json")
        self.assertEqual({r["status"] for r in answer.json["results"]}, {201}, answer)
        ids = {report["report_id"] for report in reports}
        self.assertLessEqual(ids, {id for (id,) in self.control("SELECT report_id FROM erasure WHERE orgnr = ?", self.hf.orgnr)})
        logged = [json.loads(d) for (d,) in self.control("SELECT detail FROM action WHERE command = 'erasure'")]
        self.assertLessEqual(ids, {d["report_id"] for d in logged if d["organisation"] == self.hf.orgnr})
        self.assertEqual(self.commits(), 1)

    def test_one_organisation_cannot_flood_anothers_report(self):
        theirs = self.report(self.town, "municipality-minimal")
        jws = [self.v.sign(self.hf, self.naming(theirs["report_id"])) for _ in range(60)]
        answer = self.v.post("/v1/submissions/batch", json.dumps({"submissions": jws}), self.hf, type="application/json")
        self.assertEqual({r["status"] for r in answer.json["results"]}, {201}, answer)
        self.assertEqual(self.control("SELECT count(*) FROM report_link WHERE to_report = ?", theirs["report_id"]), [(50,)])
        self.assertEqual(len(self.get(theirs, self.town)["linked_by"]), 50)

    def test_the_registers_log_is_wiped_when_nobody_reads(self):
        named = str(uuid.uuid4())
        report = self.naming(named)
        self.submit(self.hf, report)
        with contextlib.closing(sqlite3.connect(f"file:{self.v.demo / 'data/control.db'}?mode=ro", uri=True)) as reader:
            reader.execute("BEGIN")
            reader.execute("SELECT count(*) FROM report_link").fetchall()
            self.withdraw(report, "legal_erasure")
            self.assertTrue(self.in_register(named), "nobody is in the way")
        self.submit(self.hf, self.naming(str(uuid.uuid4())))
        self.assertFalse(self.in_register(named))

    def test_anothers_broken_file_breaks_no_answer(self):
        report = self.report()
        theirs = example("municipality-minimal", self.town, related_reports=[{"organisation": self.hf.orgnr, "report_id": report["report_id"]}])
        self.submit(self.town, theirs)
        self.assertEqual(len(self.get(report)["linked_by"]), 1)
        self.v.stop()
        path = self.v.database(self.town.orgnr)
        sound = path.read_bytes()
        path.write_bytes(b"no database" * 1000)
        self.v.start()
        try:
            self.assertEqual(self.get(report)["linked_by"], [])
        finally:
            self.v.stop(status=None)
            for file in path.parent.glob(path.name + "*"):
                file.unlink()
            path.write_bytes(sound)
            self.v.start()
        self.assertEqual(len(self.get(report)["linked_by"]), 1)

    def test_a_trial_that_is_over_names_nobody(self):
        tried = self.v.register(Organisation(next(organisation_numbers()), "Prøve HF"), "test")
        named = str(uuid.uuid4())
        self.submit(tried, example("minimal-hf", tried, related_reports=[{"organisation": self.town.orgnr, "report_id": named}]))
        self.assertTrue(self.in_register(named), "the test looks for the wrong thing")
        self.v.ctl("tenant", "phase", tried.orgnr, "active", "--reason", "prøvd")
        self.assertFalse(self.in_register(named))

    def test_an_erased_report_names_nobody(self):
        named = str(uuid.uuid4())
        report = self.naming(named)
        self.submit(self.hf, report)
        self.assertTrue(self.in_register(named), "the test looks for the wrong thing")
        self.withdraw(report, "legal_erasure")
        self.assertFalse(self.in_register(named))
        self.submit(self.hf, report, 410)
        self.submit(self.hf, {**report, "revision": 2}, 410)
        self.assertFalse(self.in_register(named))


if __name__ == "__main__":
    unittest.main()
