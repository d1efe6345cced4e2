#!/usr/bin/python3
"""The review of an event: taken late, never missed for what it leaves out, and seen
by the one it belongs to."""
import json
import unittest

from life import Life, about, days_ago


class Reviews(Life):
    def test_states_follow_from_what_is_there(self):
        for sent, review, state, late in (
                (10, None, "none", False), (200, None, "overdue", False),
                (10, {"started_date": days_ago(3)}, "started", False),
                (200, {"started_date": days_ago(3)}, "overdue", False)):
            with self.subTest(state, sent=sent):
                report = self.report(notification={"notifiable": "yes", "sent_date": days_ago(sent)})
                if review:
                    self.review(report, **review)
                found = self.get(report)["review"]
                self.assertEqual((found["state"], found["late"]), (state, late))
                self.assertIsNotNone(found["due"])
        for completed, late in ((150, False), (20, True)):
            report = self.report(notification={"notifiable": "yes", "sent_date": days_ago(200)})
            self.review(report, "completed-minimal", started_date=days_ago(190), completed_date=days_ago(completed))
            found = self.get(report)["review"]
            self.assertEqual((found["state"], found["late"]), ("completed", late))
        report = self.report()
        self.assertEqual(self.get(report)["review"], {"state": "none", "due": None, "late": False})
        self.review(report, "not-carried-out", decided_date=days_ago(1))
        self.assertEqual(self.get(report)["review"]["state"], "not_carried_out")

    def test_a_review_has_revisions_of_its_own(self):
        report = self.report()
        first = self.review(report, started_date=days_ago(9))
        self.submit(self.hf, {**report, "revision": 2, "event_type": "infection"})
        self.assertEqual(self.review(report, started_date=days_ago(9), status=200).json["digest"], first.json["digest"])
        self.assertEqual(self.review(report, started_date=days_ago(8), status=409).code, "revision-conflict")
        self.assertEqual(self.review(report, review_revision=3, status=409).code, "revision-skipped")
        second = self.review(report, "completed-full", review_revision=2, supersedes=first.json["digest"],
                             organisation={"number": self.hf.orgnr})
        self.assertEqual((second.json["revision"], second.json["schema"]), (2, "review/1.0"))
        found = self.get(report)
        self.assertEqual((found["revision"], found["review"]["receipt"]["revision"]), (2, 2))
        for revision, receipt in ((1, first), (2, second)):
            path = f"/v1/reports/{report['report_id']}/receipt?kind=review&revision={revision}"
            self.assertEqual(self.v.get(path, self.hf).json, receipt.json)
        self.assertEqual(self.v.get(f"/v1/reports/{report['report_id']}/receipt?kind=reviews", self.hf).code,
                         "invalid-query")
        self.assertEqual(self.rows(self.hf, "SELECT kind, revision FROM document WHERE report_id = ? ORDER BY seq",
                                   report["report_id"]),
                         [("incident-report", 1), ("review", 1), ("incident-report", 2), ("review", 2)])

    def test_texts_are_sealed_and_factors_are_seen(self):
        report = self.report()
        document = about("review/completed-full", self.hf, report)
        self.submit(self.hf, document, schema="review/1.0")
        found = self.get(report)["review"]
        for secret in ("narrative", "archive_reference"):
            self.assertNotIn(secret, found["clear"])
        self.assertFalse(self.on_disk(self.hf, document["narrative"]["event_summary"]))
        self.assertFalse(self.on_disk(self.hf, document["measures"][0]["text"]))
        self.assertEqual(found["systems_view"], {
            "coded": "coded", "factors": 3, "levels": 3, "families": 3, "interactions": 2,
            "seips": {"process": 1, "technologies_tools": 1, "organisation": 1, "external_environment": 1},
            "london_protocol": {"team": 1, "organisation_management": 2, "work_environment": 1, "task": 1},
            "accimap": {"4": 1, "6": 1, "2": 1}})
        bare = self.report()
        self.review(bare, "completed-minimal")
        self.assertEqual(self.get(bare)["review"]["systems_view"]["coded"], "not_coded")

    def test_what_is_missing_is_said_and_what_is_odd_is_kept(self):
        report = self.report()
        document = about("review/completed-minimal", self.hf, report, involvement=[], started_date=days_ago(-9))
        del document["archive_reference"], document["method"]
        answer = self.submit(self.hf, document, 422, "review/1.0")
        found = {(e["pointer"], e["code"]) for e in answer.json["errors"]}
        self.assertLessEqual({("/method", "schema-required"), ("/involvement", "schema-contains"), ("", "schema-any-of"),
                              ("/started_date", "date-in-future")}, found)
        odd = about("review/fram", self.hf, report, completed_date="2020-01-01", contributing_factors=[
            {"sequence": 1, "factor": "task", "interaction_with": [{"sequence": 1}, {"sequence": 7}]}])
        warned = self.submit(self.hf, odd, schema="review/1.0").json["warnings"]
        self.assertEqual({(w["pointer"], w["code"]) for w in warned}, {
            ("/completed_date", "review-ended-before-start"),
            ("/contributing_factors/0/interaction_with/0/sequence", "interaction-unknown"),
            ("/contributing_factors/0/interaction_with/1/sequence", "interaction-unknown")})

    def test_about_nothing_or_another_tenants_report(self):
        report = self.report()
        stranger = about("review/started", self.town, report)
        answer = self.submit(self.town, stranger, 409, "review/1.0")
        self.assertEqual((answer.code, answer.json["current_revision"]), ("report-unknown", 0))
        unknown = self.submit(self.town, about("review/started", self.town), 409, "review/1.0")
        self.assertEqual({**answer.json, "trace_id": 0}, {**unknown.json, "trace_id": 0})
        # validating needs no report
        self.assertEqual(self.v.validate(self.town, stranger, schema="review/1.0").status, 200)
        self.assertEqual(self.get(report)["review"]["state"], "none")

    def test_in_one_batch_with_its_report(self):
        from varde import example
        report = example("minimal-hf", self.hf)
        signed = [self.v.sign(self.hf, report), self.v.sign(self.hf, about("review/started", self.hf, report),
                                                            schema="review/1.0"),
                  self.v.sign(self.hf, about("review/started", self.hf), schema="review/1.0")]
        answer = self.v.post("/v1/submissions/batch", json.dumps({"submissions": signed}), self.hf,
                             type="application/json")
        self.assertEqual([r["status"] for r in answer.json["results"]], [201, 201, 409])


if __name__ == "__main__":
    unittest.main(verbosity=2)
