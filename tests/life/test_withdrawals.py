#!/usr/bin/python3
"""The end of a report: out of the own view at once, its id never used again; and by
law, its content gone from the files, for good."""
import contextlib
import json
import shutil
import sqlite3
import unittest
import uuid

from life import Life, about, example


class Withdrawals(Life):
    def own(self):
        """How many incidents the own view counts."""
        answer = self.v.get("/v1/statistics/own?period=year", self.hf)
        self.assertEqual(answer.status, 200, answer)
        return sum(value or 0 for value in answer.json["value"])

    def test_leaves_the_own_view_at_once(self):
        before = self.own()
        report = self.report(source={**example("minimal-hf")["source"], "registered_at": "2026-03-04T08:12:40+01:00",
                                     "local_case_id": "W-1"})
        counted = self.own()
        self.assertGreater(counted, before)
        receipt = self.withdraw(report).json
        self.assertEqual((receipt["revision"], receipt["status"]), (1, "accepted"))
        self.assertEqual(self.own(), before)
        found = self.get(report)
        self.assertEqual(found["state"], "withdrawn")
        self.assertEqual(found["withdrawal"]["clear"]["reason"], "entered_in_error")
        self.assertEqual(found["clear"]["event_class"], "incident")

    def test_nothing_new_after_it(self):
        report = self.report()
        review = about("review/started", self.hf, report)
        self.withdraw(report, "duplicate", duplicate_of={"organisation": self.hf.orgnr,
                                                         "report_id": str(uuid.uuid4())})
        again = self.submit(self.hf, {**report, "revision": 2}, 409)
        self.assertEqual((again.code, again.json["current_revision"]), ("report-withdrawn", 1))
        self.assertEqual(self.submit(self.hf, review, 409, "review/1.0").code, "report-withdrawn")
        self.submit(self.hf, report, 200)  # what was acknowledged stays so
        self.assertEqual(self.withdraw(report, "duplicate", status=409).code, "revision-conflict")
        self.withdraw(report, "entered_in_error", withdrawal_revision=2)

    def test_anothers_report_cannot_be_withdrawn(self):
        report = self.report()
        self.assertEqual(self.withdraw(report, tenant=self.town, status=409).code, "report-unknown")
        self.assertEqual(self.get(report)["state"], "accepted")

    def erased(self):
        """A report with a second revision and a review, erased by law; and what was in it."""
        case = "K" + str(uuid.uuid4().int % 10**9)
        report = example("full-hf", self.hf, event_type_code={"code": "2.9.17.23", "code_system_version": "1.1"})
        report["source"]["local_case_id"] = case
        self.submit(self.hf, report)
        self.submit(self.hf, {**report, "revision": 2})
        self.review(report, "completed-minimal", completed_date="2026-06-11", started_date="2026-06-10")
        sealed = [bytes(row[0]) for row in self.rows(
            self.hf, "SELECT ciphertext FROM sealed JOIN document USING (seq) WHERE report_id = ?", report["report_id"])]
        fingerprints = self.rows(self.hf, "SELECT salt, fingerprint FROM document WHERE report_id = ?",
                                 report["report_id"])
        self.assertTrue(self.on_disk(self.hf, case))
        return report, case, [c[64:128] for c in sealed] + [bytes(b) for row in fingerprints for b in row]

    def test_erasure_takes_the_bytes_and_leaves_the_rows(self):
        others = [self.report() for _ in range(20)]
        report, case, secrets = self.erased()
        others += [self.report() for _ in range(20)]
        files = self.v.database(self.hf.orgnr)

        def anywhere(data):
            return any(data in p.read_bytes() for p in files.parent.glob(files.name + "*"))

        self.assertTrue(all(map(anywhere, secrets)), "the test looks for the wrong thing")
        order = self.rows(self.hf, "SELECT seq, kind, report_id, revision, digest FROM document ORDER BY seq")
        self.withdraw(report, "legal_erasure")
        # a reader may have been in the way: the log is wiped as soon as it is not
        self.wait(lambda: not any(map(anywhere, secrets)), "the bytes are still there")
        self.assertFalse(anywhere(case.encode()))
        self.assertFalse(anywhere(b'"2.9.17.23"'))
        after = self.rows(self.hf, "SELECT seq, kind, report_id, revision, digest FROM document ORDER BY seq")
        self.assertEqual(after[:-1], order)
        self.assertEqual(after[-1][1:4], ("withdrawal", report["report_id"], 1))
        self.assertEqual(self.rows(self.hf, "SELECT count(*) FROM sealed JOIN document USING (seq) WHERE report_id = ?",
                                   report["report_id"]), [(1,)])  # the withdrawal's own
        self.assertTrue(all(self.get(other)["clear"] for other in others))

        found = self.get(report)
        self.assertEqual((found["state"], found["clear"]), ("erased", None))
        self.assertEqual([r["revision"] for r in found["revisions"]], [1, 2])
        page = self.v.get("/v1/reports?limit=1000", self.hf).json["reports"]
        self.assertEqual([(r["kind"], r["clear"] is None) for r in page if r["report_id"] == report["report_id"]],
                         [("incident-report", True), ("incident-report", True), ("review", True), ("withdrawal", False)])
        self.assertEqual(self.control("SELECT count(*) FROM erasure WHERE orgnr = ? AND report_id = ?", self.hf.orgnr,
                                      report["report_id"]), [(1,)])
        self.wait(lambda: self.metric("writer_unwiped_logs") == 0, "a log is not wiped")

    def test_the_log_is_wiped_when_nobody_reads(self):
        report, _, secrets = self.erased()
        path = self.v.database(self.hf.orgnr)
        with contextlib.closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as reader:
            reader.execute("BEGIN")
            reader.execute("SELECT count(*) FROM document").fetchall()
            self.withdraw(report, "legal_erasure")
            self.wait(lambda: self.metric("writer_unwiped_logs") == 1, "nobody is in the way")
            self.assertEqual(self.submit(self.hf, report, 410).code, "erased")
        self.wait(lambda: self.metric("writer_unwiped_logs") == 0, "the log is not wiped")
        for file in path.parent.glob(path.name + "*"):
            data = file.read_bytes()
            self.assertFalse(any(secret in data for secret in secrets))

    def test_an_earlier_withdrawals_words_go_too(self):
        report = self.report()
        self.withdraw(report, "entered_in_error", explanation="Gjaldt Kari Testperson.")
        self.withdraw(report, "legal_erasure", withdrawal_revision=2)
        self.assertEqual(self.rows(self.hf, "SELECT revision, clear IS NULL, ciphertext IS NULL FROM document LEFT JOIN sealed USING (seq) "
                                   "WHERE kind = 'withdrawal' AND report_id = ? ORDER BY revision", report["report_id"]), [(1, 1, 1), (2, 0, 0)])
        found = self.get(report)
        self.assertEqual((found["state"], found["withdrawal"]["clear"]["reason"]), ("erased", "legal_erasure"))

    def test_sent_again_it_leaves_no_name_among_the_refused(self):
        report, case, _ = self.erased()
        self.withdraw(report, "legal_erasure")
        self.v.get("/v1/quality/refusals", self.hf)  # what was noted is in the file, and what was to go is gone
        self.submit(self.hf, report, 410)
        jws = self.v.sign(self.hf, {**report, "revision": 2})
        self.v.post("/v1/submissions/batch", json.dumps({"submissions": [jws]}), self.hf, type="application/json")
        refused = self.v.get("/v1/quality/refusals?limit=1000", self.hf).json["refusals"][-2:]
        self.assertEqual([(r["code"], r["report_id"], r["local_case_id"]) for r in refused], [("erased", None, None)] * 2)
        self.wait(lambda: self.metric("writer_unwiped_logs") == 0, "a log is not wiped")
        for path in (self.v.demo / "data").rglob("*"):
            self.assertFalse(path.is_file() and case.encode() in path.read_bytes(), path)

    def test_the_same_key_again_is_gone(self):
        report, _, _ = self.erased()
        self.withdraw(report, "legal_erasure")
        for document in (report, {**report, "revision": 2}, {**report, "revision": 3}, {**report, "place": "unknown"}):
            answer = self.submit(self.hf, document, 410)
            self.assertEqual(answer.code, "erased")
            self.assertNotIn("digest", answer.json)
        signed = self.v.sign(self.hf, report)
        answer = self.v.post("/v1/submissions/batch", json.dumps({"submissions": [signed]}), self.hf,
                             type="application/json")
        self.assertEqual(answer.json["results"][0]["problem"]["code"], "erased")
        self.assertEqual(self.withdraw(report, "legal_erasure", status=200).status, 200)
        self.assertEqual(self.review(report, review_revision=2, status=410).code, "erased")

    def test_a_restored_file_is_held_to_the_list(self):
        report, case, _ = self.erased()
        self.v.stop()
        path = self.v.database(self.hf.orgnr)
        kept = self.v.folder / "last-week.db"
        shutil.copy(path, kept)
        self.v.start()
        self.withdraw(report, "legal_erasure")
        self.v.stop()
        self.assertFalse(self.on_disk(self.hf, case))
        shutil.copy(kept, path)
        self.assertTrue(self.on_disk(self.hf, case))
        self.v.start()
        self.wait(lambda: not self.on_disk(self.hf, case), "it was not erased again")
        self.assertEqual(self.submit(self.hf, report, 410).code, "erased")
        self.assertEqual(self.get(report)["state"], "erased")
        self.assertEqual(self.rows(self.hf, "SELECT name FROM event ORDER BY seq DESC LIMIT 1"), [("erased-again",)])
        again = [e for e in self.v.log() if e["event"] == "erased-again"]
        self.assertEqual([e["reports"] for e in again], [1])
        self.v.stop()
        self.v.start()
        self.assertEqual(len([e for e in self.v.log() if e["event"] == "erased-again"]), 1, "once is enough")


class Related(Life):
    def test_both_see_the_link_and_nothing_else(self):
        theirs = self.report(self.town, "municipality-minimal")
        mine = self.report(related_reports=[{"organisation": self.town.orgnr, "report_id": theirs["report_id"]}])
        self.assertEqual(self.get(theirs, self.town)["linked_by"],
                         [{"organisation": self.hf.orgnr, "report_id": mine["report_id"]}])
        self.assertEqual(self.get(mine)["linked_by"], [])
        self.assertEqual(self.get(mine)["clear"]["related_reports"][0]["report_id"], theirs["report_id"])
        self.get(theirs, self.hf, 404)
        self.get(mine, self.town, 404)
        # no link once it is no longer named, or was never stored
        self.submit(self.hf, {**mine, "revision": 2, "related_reports": []})
        self.assertEqual(self.get(theirs, self.town)["linked_by"], [])
        skipped = example("minimal-hf", self.hf, revision=2, related_reports=mine["related_reports"])
        self.submit(self.hf, skipped, 409)
        self.assertEqual(self.get(theirs, self.town)["linked_by"], [])
        ended = self.report(related_reports=mine["related_reports"])
        self.assertEqual(len(self.get(theirs, self.town)["linked_by"]), 1)
        self.withdraw(ended)
        self.assertEqual(self.get(theirs, self.town)["linked_by"], [])

    def test_naming_what_does_not_exist_tells_nothing(self):
        theirs = self.report(self.town, "municipality-minimal")
        answers = []
        for report_id in (theirs["report_id"], str(uuid.uuid4())):
            document = example("minimal-hf", self.hf,
                               related_reports=[{"organisation": self.town.orgnr, "report_id": report_id}])
            answers.append(self.submit(self.hf, document).json)
        self.assertEqual(*[{k: a[k] for k in ("status", "warnings", "revision")} for a in answers])


if __name__ == "__main__":
    unittest.main(verbosity=2)
