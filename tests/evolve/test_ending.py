#!/usr/bin/python3
"""A schema goes out of use: its senders are told in time, then turned away by name, and who
repeats what was taken still hears of it. Dates come by SIGHUP."""
import calendar
import email.utils
import json
import re
import unittest

from evolving import NEW, OLD, Evolving, day, report
from hostile import problem_faults


class Ending(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.v = Evolving()
        cls.addClassCleanup(cls.v.__exit__, None, None, None)
        cls.v.__enter__()
        cls.own = cls.v.tenants[0]
        cls.url = re.search(r"external_url = (\S+)", cls.v.plain)[1]

    def setUp(self):
        self.set("")

    def set(self, ending, **more):
        self.v.configure(ending=ending, **more)
        _, broken = self.v.hup()
        self.assertEqual(broken, [])

    def batch(self, *items):
        answer = self.v.post("/v1/submissions/batch", json.dumps({"submissions": items}), self.own, type="application/json")
        self.assertEqual(answer.status, 200, answer)
        return answer

    def told(self, answer, deprecated, sunset):
        """The header fields, as the standards write them."""
        self.assertEqual(answer.headers["Deprecation"], f"@{self.seconds(deprecated)}")
        self.assertEqual(answer.headers["Link"],
                         f'<{self.url}/v1/schemas/{NEW}>; rel="successor-version"')
        if sunset is None:
            self.assertIsNone(answer.headers["Sunset"])
        else:
            then = email.utils.parsedate_to_datetime(answer.headers["Sunset"])
            self.assertEqual(answer.headers["Sunset"], email.utils.format_datetime(then, usegmt=True))
            self.assertEqual(then.timestamp(), self.seconds(sunset))

    def silent(self, answer):
        self.assertEqual([h for h in ("Deprecation", "Sunset", "Link") if answer.headers[h]], [], answer)

    @staticmethod
    def seconds(offset):
        return calendar.timegm(day(offset).timetuple())

    @staticmethod
    def warned(warnings):
        return [w for w in warnings if w["code"] == "deprecated"]

    def test_announced_for_later_nobody_is_told_but_the_list(self):
        self.set(self.v.end(7, 100))
        answer = self.v.submit(self.own, report(self.own))
        self.assertEqual((answer.status, answer.json["warnings"]), (201, []))
        self.silent(answer)
        listed = self.v.listed()
        self.assertEqual([(s["schema"], s["state"], s["open"], s["successor"]) for s in listed],
                         [(OLD, "open", True, NEW), (NEW, "open", True, None)])
        self.assertEqual((listed[0]["deprecated"], listed[0]["sunset"]),
                         (f"{day(7)}T00:00:00.000Z", f"{day(100)}T00:00:00.000Z"))

    def test_deprecated(self):
        self.set(self.v.end(-3, 60))
        document = report(self.own)
        jws = self.v.sign(self.own, document)
        new = self.v.post("/v1/submissions", jws, self.own, lang="en")
        again = self.v.post("/v1/submissions", jws, self.own, lang="en")
        trial = self.v.validate(self.own, report(self.own), lang="en")
        signed_trial = self.v.post("/v1/submissions/validate", jws, self.own, lang="en")
        for answer, status in ((new, 201), (again, 200), (trial, 200), (signed_trial, 200)):
            self.assertEqual(answer.status, status, answer)
            self.told(answer, -3, 60)
            said = self.warned(answer.json["warnings"])
            self.assertEqual([(w["pointer"], w["rule"]) for w in said], [("", "deprecated")])
            self.assertIn(f"{NEW}, {day(60)}", said[0]["message"])
        nb = self.warned(self.v.validate(self.own, report(self.own)).json["warnings"])
        self.assertIn("på vei ut av bruk", nb[0]["message"])
        # refusals about the document tell as well
        for answer, status in ((self.v.submit(self.own, report(self.own, harm={})), 422),
                               (self.v.submit(self.own, {**document, "place": "unknown"}), 409)):
            self.assertEqual(answer.status, status, answer)
            self.told(answer, -3, 60)
        self.told(self.v.get("/v1/schemas/" + OLD), -3, 60)
        # the new one is as it was
        other = self.v.submit(self.own, report(self.own, "1.1"), schema=NEW)
        self.assertEqual((other.status, other.json["warnings"]), (201, []))
        self.silent(other)
        self.silent(self.v.get("/v1/schemas/" + NEW))
        self.assertEqual(self.v.states(), {OLD: "deprecated", NEW: "open"})
        self.assertEqual(self.v.get("/v1/tenant", self.own).json["schemas"], [OLD, NEW])
        # it is not about the report: neither the row nor the receipt to come keeps it
        self.assertEqual(self.v.row(self.own, document["report_id"])[3], [])
        receipt = self.v.get(f"/v1/reports/{document['report_id']}/receipt", self.own)
        self.assertEqual(receipt.json, {**new.json, "warnings": []})

    def test_deprecated_items_of_a_batch(self):
        self.set(self.v.end(-3))
        answer = self.batch(self.v.sign(self.own, report(self.own)), self.v.sign(self.own, report(self.own, "1.1"), schema=NEW),
                            self.v.sign(self.own, report(self.own)))
        self.silent(answer)  # it is about many
        warned = [len(self.warned(r["receipt"]["warnings"])) for r in answer.json["results"]]
        self.assertEqual(warned, [1, 0, 1])
        self.told(self.v.submit(self.own, report(self.own)), -3, None)  # no sunset yet

    def test_retired(self):
        document, lost = report(self.own), report(self.own)
        jws, lost_jws = self.v.sign(self.own, document), self.v.sign(self.own, lost)
        taken = self.v.post("/v1/submissions", jws, self.own)
        self.assertEqual(taken.status, 201, taken)
        self.assertEqual(self.v.post("/v1/submissions", lost_jws, self.own).status, 201)  # and the answer got lost
        before = self.v.count(self.own)
        self.set(self.v.end(-30, -1))
        self.assertEqual(self.v.states(), {OLD: "retired", NEW: "open"})
        self.assertEqual(self.v.get("/v1/tenant", self.own).json["schemas"], [NEW])

        fresh = report(self.own)
        for answer in (self.v.submit(self.own, fresh), self.v.validate(self.own, fresh),
                       self.v.post("/v1/submissions/validate", self.v.sign(self.own, fresh), self.own),
                       # what is wrong with it does not matter any more
                       self.v.submit(self.own, report(self.own, harm={})), self.v.submit(self.own, {"schema_version": "1.0"}),
                       self.v.submit(self.own, report(self.own, revision=1.5)),
                       # neither a change nor the next revision is a repeat
                       self.v.submit(self.own, {**document, "place": "unknown"}),
                       self.v.submit(self.own, {**document, "revision": 2}),
                       # nor is what was never stored, when it is tried
                       self.v.post("/v1/submissions/validate", jws, self.own)):
            self.assertEqual(list(problem_faults(answer, 422, "schema-retired")), [], answer)
            self.assertEqual(answer.json["successor"], NEW)
            self.told(answer, -30, -1)
        self.assertEqual(self.v.count(self.own), before)

        # nobody looks at it any more, so nothing of it is kept, whatever it calls itself
        unseen = {**fresh, "report_id": "Kari Testperson, 15898512379, Oslo..", "source": {**fresh["source"], "local_case_id": "=Kari Testperson"}}
        self.assertEqual(self.v.submit(self.own, unseen).code, "schema-retired")
        refused = self.v.get("/v1/quality/refusals?limit=1000", self.own).json["refusals"]
        self.assertEqual({(r["report_id"], r["local_case_id"]) for r in refused if r["code"] == "schema-retired"}, {(None, None)})
        for path in (self.v.demo / "data").rglob("*"):
            self.assertFalse(path.is_file() and b"Kari Testperson" in path.read_bytes(), path)

        # the repeat of what was taken gets its first receipt, however it is signed
        for again in (jws, self.v.sign(self.own, document)):
            answer = self.v.post("/v1/submissions", again, self.own)
            self.assertEqual(answer.status, 200, answer)
            self.told(answer, -30, -1)
            self.assertEqual({**answer.json, "warnings": []}, taken.json)
            self.assertEqual(len(self.warned(answer.json["warnings"])), 1)
        results = self.batch(lost_jws, self.v.sign(self.own, fresh), self.v.sign(self.own, report(self.own, "1.1"), schema=NEW))
        self.assertEqual([r["status"] for r in results.json["results"]], [200, 422, 201])
        problem = results.json["results"][1]["problem"]
        self.assertEqual((problem["code"], problem["successor"]), ("schema-retired", NEW))
        self.assertEqual(self.v.count(self.own), before + 1)

        # reads go on, and the report goes on by the new schema
        read = self.v.get("/v1/reports/" + document["report_id"], self.own)
        self.assertEqual((read.status, read.json["schema"]), (200, OLD))
        self.assertEqual(self.v.get("/v1/schemas/" + OLD).status, 200)
        onward = self.v.submit(self.own, {**document, "schema_version": "1.1", "revision": 2}, schema=NEW)
        self.assertEqual(onward.status, 201, onward)
        # a repeat of an old revision is recognised still
        self.assertEqual(self.v.post("/v1/submissions", jws, self.own).status, 200)

        # accept need not name it any more
        self.set(self.v.end(-30, -1), accept=(NEW,))
        self.assertEqual(self.v.submit(self.own, fresh).code, "schema-retired")
        self.assertEqual(self.v.post("/v1/submissions", jws, self.own).status, 200)

    def test_a_repeat_after_its_rules_changed(self):
        """A retired document is not checked again: what was taken is recognised whatever holds now."""
        document = report(self.own)
        document["event"]["date"] = "2026-01-01"
        jws = self.v.sign(self.own, document)
        self.assertEqual(self.v.post("/v1/submissions", jws, self.own).status, 201)
        path = self.v.schemas / f"{OLD}.json"
        text = path.read_text()
        try:
            path.write_text(text.replace('"minimum": 1,\n      "maximum": 9999', '"minimum": 2,\n      "maximum": 9999', 1))
            self.set(self.v.end(-30, -1))
            self.assertEqual(self.v.post("/v1/submissions", jws, self.own).status, 200)
            self.set("")
            self.assertEqual(self.v.post("/v1/submissions", jws, self.own).pointers(), {("/revision", "schema-minimum")})
        finally:
            path.write_text(text)

    def test_operators_see_it(self):
        self.set(self.v.end(-30, 20))
        shown = self.v.ctl("schema", "list").stdout
        self.assertRegex(shown, rf"{OLD}\s+deprecated\s+{day(-30)} 00:00:00\s+{day(20)} 00:00:00\s+{NEW}")
        doctor = json.loads(self.v.ctl("doctor", "--json", check=False).stdout)
        lines = [c for c in doctor["checks"] if c["name"] == "schemas"]
        self.assertEqual([c["level"] for c in lines], ["fine", "warning"])
        self.assertIn(f"{OLD} is not taken any more from {day(20)}", lines[1]["text"])
        status = json.loads(self.v.ctl("status", "--json").stdout)
        self.assertEqual([s["state"] for s in status["schemas"]], ["deprecated", "open", "closed", "closed"])
        answer = self.v.submit(self.own, report(self.own, "9"))
        self.assertEqual(answer.status, 422)
        self.set(self.v.end(-30, -1))
        answer = self.v.submit(self.own, report(self.own))
        self.assertIn("successor", self.v.ctl("trace", answer.headers["Trace-Id"]).stdout)


if __name__ == "__main__":
    unittest.main()
