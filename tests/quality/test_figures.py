#!/usr/bin/python3
"""GET /v1/quality holds what a program of the test's own counts in the same documents; the CSV
and vardectl say the same as the JSON."""
import base64
import csv
import datetime
import io
import json
import pathlib
import random
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "life"))

from life import Life, about  # noqa: E402
from varde import SOURCE, Organisation, example, organisation_numbers  # noqa: E402

TODAY = datetime.datetime.now(datetime.timezone.utc).date()


def ago(days):
    return TODAY - datetime.timedelta(days=days)


def rank(values, share):
    """By nearest rank."""
    values = sorted(values)
    return values[max(0, -(-share * len(values) // 100) - 1)] if values else None


def days(values):
    return {"n": len(values), "median": rank(values, 50), "p90": rank(values, 90)}


def month(date):
    return date.isoformat()[:7]


class Figures(Life):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.tenant = cls.v.register(Organisation(next(organisation_numbers(32200000)), "Sykehuset i Figuren HF"))
        cls.random = random.Random(7)
        cls.sent = [cls.make(i) for i in range(40)]  # the newest revision of each report
        cls.first = {}
        cls.post_all()

    @classmethod
    def make(cls, i):
        registered, pick = ago(cls.random.randrange(2, 150)), cls.random.random()
        document = example("minimal-hf", cls.tenant, event_type=cls.random.choice(["infection", "unknown", "fall_accident"]))
        document["source"]["registered_at"] = f"{registered}T12:00:00+01:00"
        event = registered - datetime.timedelta(days=cls.random.choice((0, 1, 1, 2, 5, 40)))
        document["event"] = {"date": str(event)[:7], "precision": "month"} if i % 8 == 0 else {"date": str(event), "precision": "day"}
        if i % 3 == 0:
            document["event"]["time_bracket"] = "unknown" if i % 2 else "night"
        if i % 4 == 0:
            document["process_stage"] = "treatment"
        if i % 5 == 0:
            document["contributing_factors"] = [["not_yet_known"], ["team_communication"], []][i % 3]
        document["patients"] = [{"sequence": n + 1, "age_band": "unknown" if pick < .3 else "80_89", "sex": "female"}
                                for n in range(1 + i % 3)]
        if i % 6 == 0:  # a code system's version that nobody knows: a warning
            document["place_code"] = {"code": "1.2", "code_system_version": "1899"}
        if i in (3, 4, 5, 6, 7):
            document["notification"] = {"notifiable": "yes", "sent_date": str(ago(140))}
            document["source"]["registered_at"] = f"{ago(141)}T12:00:00+01:00"
            document["event"] = {"date": str(ago(145)), "precision": "day"}
        return document

    @classmethod
    def post(cls, document, schema="incident-report/1.0"):
        answer = cls.v.submit(cls.tenant, document, schema=schema)
        assert answer.status == 201, answer
        return answer.json

    @classmethod
    def post_all(cls):
        cls.warned = [bool(cls.post(d)["warnings"]) for d in cls.sent]
        for i in (1, 2, 9):  # another type; another severity; nothing of these
            new = {**cls.sent[i], "revision": 2}
            if i == 1:
                new["event_type"] = "diagnostics"
            if i == 2:
                new["harm"] = {"actual": "death"}
            if i == 9:
                new["process_stage"] = "monitoring"
            cls.sent[i] = new
            cls.post(new)
        cls.post({**cls.sent[2], "revision": 3})
        cls.sent[2] = {**cls.sent[2], "revision": 3}
        twin = cls.make(41)
        twin["source"]["local_case_id"] = cls.sent[10]["source"]["local_case_id"]
        cls.sent.append(twin)
        cls.warned.append(bool([w for w in cls.post(twin)["warnings"] if w["code"] != "possible-duplicate"]))
        for i, name in ((3, "completed-minimal"), (4, "started"), (5, "completed-full")):
            review = about(f"review/{name}", cls.tenant, cls.sent[i])
            if i == 3:  # in time
                review.update(started_date=str(ago(130)), completed_date=str(ago(100)))
            if i == 5:
                review.update(started_date=str(ago(130)), completed_date=str(ago(10)))
                review.pop("report_sent_date", None)
            cls.post(review, "review/1.0")
        gone = cls.make(42)
        cls.post(gone)
        cls.post(about("withdrawal/entered-in-error", cls.tenant, gone), "withdrawal/1.0")
        cls.documents = 41 + 4 + 3 + 2

    def quality(self, query="", headers=None):
        answer = self.v.get("/v1/quality" + query, self.tenant, headers)
        self.assertEqual(answer.status, 200, answer)
        return answer

    def test_submissions(self):
        sent = self.quality().json["submissions"]
        self.assertEqual((sent["received"], sent["stored"], sent["repeated"], sent["refused"]), (self.documents, self.documents, 0, 0))
        self.assertEqual(sent["kinds"], [{"kind": "incident-report", "n": 46 - 1 + 1}, {"kind": "review", "n": 3},
                                         {"kind": "withdrawal", "n": 1}])
        self.assertEqual(sent["stored"], self.rows(self.tenant, "SELECT count(*) FROM document")[0][0])

    def test_completeness(self):
        found = {m["pointer"]: (m["of"], m["present"], m["unknown"]) for m in self.quality().json["completeness"]}
        n = len(self.sent)

        def count(value, of=n, values=self.sent):
            values = [value(d) for d in values]
            return of, len([v for v in values if v]), len([v for v in values if v in ("unknown", ["not_yet_known"])])
        self.assertEqual(found["/event/time_bracket"], count(lambda d: d["event"].get("time_bracket")))
        self.assertEqual(found["/process_stage"], count(lambda d: d.get("process_stage")))
        self.assertEqual(found["/event_type"], count(lambda d: d["event_type"]))
        self.assertEqual(found["/contributing_factors"], count(lambda d: d.get("contributing_factors")))
        patients = [p for d in self.sent for p in d["patients"]]
        self.assertEqual(found["/patients/*/age_band"], count(lambda p: p["age_band"], len(patients), patients))
        self.assertEqual(found["/place_code"], count(lambda d: d.get("place_code")))
        self.assertEqual(found["/notification"][:2], (n, 5))
        self.assertEqual(found["/notification/sent_date"][:2], (5, 5))  # where it can stand
        # sealed members, those of another kind of sender, and those that only carry the report are no part of it
        for pointer in ("/narrative", "/narrative/title", "/patients/*/name", "/service", "/report_id", "/source/exported_at",
                        "/supersedes", "/organisation/number"):
            self.assertNotIn(pointer, found)
        town = self.v.get("/v1/quality", self.town).json
        theirs = {m["pointer"] for m in town["completeness"]}
        self.assertIn("/service", theirs)
        self.assertNotIn("/place_code", theirs)

    def test_timeliness(self):
        found = self.quality().json["timeliness"]
        registered = [datetime.date.fromisoformat(d["source"]["registered_at"][:10]) for d in self.sent]
        events = [r and datetime.date.fromisoformat(d["event"]["date"]) for r, d in zip(registered, self.sent)
                  if len(d["event"]["date"]) == 10]
        waited = [(datetime.date.fromisoformat(d["source"]["registered_at"][:10])
                   - datetime.date.fromisoformat(d["event"]["date"])).days for d in self.sent if len(d["event"]["date"]) == 10]
        self.assertEqual(found["to_registration"], days(waited))
        self.assertEqual(found["not_dated"], len(self.sent) - len(events))
        came = dict(self.rows(self.tenant, "SELECT report_id, first_received_at FROM document WHERE revision = 1 "
                              "AND kind = 'incident-report'"))
        receipt = [int(came[d["report_id"]] // 1000 - datetime.datetime.fromisoformat(d["source"]["registered_at"]).timestamp())
                   // 86400 for d in self.sent]
        self.assertEqual(found["to_receipt"], days(receipt))
        for m in found["months"]:
            own = [d for d in self.sent if d["source"]["registered_at"].startswith(m["month"])]
            self.assertEqual(m["reports"], len(own), m["month"])
            self.assertEqual(m["to_registration"]["n"], len([d for d in own if len(d["event"]["date"]) == 10]))
        self.assertEqual(sum(m["reports"] for m in found["months"]), len(self.sent))

    def test_warnings_corrections_duplicates(self):
        found = self.quality().json
        rules = {r["code"]: r["reports"] for r in found["warnings"]["rules"]}
        self.assertEqual(rules["code-version-unknown"], len([d for d in self.sent if "place_code" in d]))
        self.assertEqual(found["warnings"]["reports"], sum(self.warned))
        self.assertTrue(all(r["label"]["nb"] and r["label"]["en"] != r["label"]["nb"] for r in found["warnings"]["rules"]))
        self.assertEqual(found["possible_duplicates"], 1)
        self.assertEqual(found["corrections"], {
            "corrected": 3, "changed_severity": 1, "changed_type": 1, "changed_class": 0,
            "revisions": [{"revisions": n, "reports": r} for n, r in ((1, len(self.sent) - 3), (2, 2), (3, 1), (4, 0))]})

    def test_reviews(self):
        found = self.quality().json["reviews"]
        self.assertEqual(found, {"due": 5, "none": 0, "started": 0, "completed": 2, "not_carried_out": 0, "overdue": 3, "late": 1,
                                 "coded": {"completed": 2, "not_coded": 1, "no_measures": 1}})

    def test_a_span_of_months(self):
        whole = self.quality().json
        first, last = month(ago(100)), month(ago(40))
        part = self.quality(f"?from={first}&to={last}").json
        self.assertEqual((part["from"], part["to"]), (first, last))
        own = [d for d in self.sent if first <= d["source"]["registered_at"][:7] <= last]
        self.assertEqual(part["reports"], len(own))
        self.assertLess(0, part["reports"])
        self.assertLess(part["reports"], whole["reports"])
        self.assertEqual([m["month"] for m in part["timeliness"]["months"]], [m["month"] for m in part["submissions"]["months"]])
        for query in ("?from=2026-13", "?to=2199-01", "?from=2026-05&to=2026-04", "?from=2000-01", "?clock=event", "?by=unit"):
            self.assertEqual(self.v.get("/v1/quality" + query, self.tenant).code, "invalid-query")

    def test_csv_says_the_same(self):
        found = self.quality().json
        answer = self.quality(headers={"Accept": "text/csv", "Accept-Language": "en"})
        self.assertTrue(answer.body.startswith(b"\xef\xbb\xbf"))
        rows = list(csv.DictReader(io.StringIO(answer.body.decode("utf-8-sig")), delimiter=";"))
        cells = {tuple(r[k] for k in ("section", "item", "month", "measure")): r["value"] for r in rows}
        self.assertEqual(len(cells), len(rows))
        expected = {}

        def put(section, item, month, values):
            for name, value in values.items():
                if isinstance(value, int) and not isinstance(value, bool) or value is None and name in ("median", "p90"):
                    expected[section, item, month, name] = "" if value is None else str(value)
        sent, times, corrections = found["submissions"], found["timeliness"], found["corrections"]
        put("submissions", "", "", sent)
        for m in sent["months"]:
            put("submissions", "", m["month"], m)
        for k in sent["kinds"]:
            put("submissions", k["kind"], "", k)
        put("reports", "", "", {k: found[k] for k in ("reports", "possible_duplicates")})
        for m in found["completeness"]:
            put("completeness", m["pointer"], "", m)
        put("timeliness", "", "", times)
        for part in ("to_registration", "to_receipt"):
            put("timeliness", part, "", times[part])
            for m in times["months"]:
                put("timeliness", part, m["month"], m[part])
                put("timeliness", "", m["month"], {"reports": m["reports"]})
        put("warnings", "", "", found["warnings"])
        for r in found["warnings"]["rules"]:
            put("warnings", r["code"], "", r)
        put("corrections", "", "", corrections)
        for r, name in zip(corrections["revisions"], ("1", "2", "3", "4+")):
            put("corrections", name, "", {"reports": r["reports"]})
        put("reviews", "", "", found["reviews"])
        put("reviews", "coded", "", found["reviews"]["coded"])
        self.assertEqual(cells, expected)
        labels = {r["item"]: r["label"] for r in rows if r["section"] == "completeness"}
        self.assertEqual(labels["/event/time_bracket"], "Time: Time of day")

    def test_the_operator_sees_the_same_and_is_logged(self):
        found = self.quality().json
        report = json.loads(self.v.ctl("quality", "--tenant", self.tenant.orgnr, "--json").stdout)
        (theirs,) = report["organisations"]
        self.assertEqual({k: v for k, v in theirs.items() if k != "as_of"}, {k: v for k, v in found.items() if k != "as_of"})
        every = json.loads(self.v.ctl("quality", "--json").stdout)["organisations"]
        owners = [t.orgnr for t in self.v.tenants] + [self.tenant.orgnr]
        self.assertEqual([q["organisation"]["number"] for q in every], sorted(owners))
        self.assertIn("quality", [r[0] for r in self.control("SELECT command FROM action")])
        self.assertEqual(self.v.ctl("quality", "--tenant", "999999999", check=False).returncode, 2)
        text = self.v.ctl("quality", "--tenant", self.tenant.orgnr).stdout
        self.assertIn(str(self.documents), text)

    def test_the_page(self):
        for lang, words in (("nb", ("Datakvalitet", "Dette kan bli bedre")), ("en", ("Data quality", "What could be better"))):
            page = self.v.ctl("quality", "--html", "--lang", lang).stdout
            self.assertIn(f'<html lang="{lang}">', page)
            for word in (*words, "Sykehuset i Figuren HF", self.tenant.orgnr):
                self.assertIn(word, page)
            for source in ("http:", "https:", "<script", "url("):
                self.assertNotIn(source, page)
            for document in self.sent:
                self.assertNotIn(document["report_id"], page)
                self.assertNotIn(document["source"]["local_case_id"], page)
        self.assertEqual(self.v.ctl("quality", "--html", "--lang", "sv", check=False).returncode, 2)
        self.assertEqual(self.v.ctl("quality", "--lang", "en", check=False).returncode, 2)

    def test_the_page_is_accessible(self):
        """npm axe-core in headless Chromium, where the test packages have it."""
        run = subprocess.run([SOURCE / "tests/node/install"], capture_output=True, text=True)
        axe = pathlib.Path(run.stdout.strip() or "/nonexistent") / "node_modules/axe-core/axe.min.js"
        chromium = shutil.which("chromium")
        if not axe.exists() or not chromium:
            self.skipTest("no axe-core or no Chromium here")
        say = ("<script>axe.run().then(r => { const p = document.createElement('pre'); p.id = 'axe'; p.textContent = "
               "btoa(unescape(encodeURIComponent(JSON.stringify({violations: r.violations.map(v => [v.id, v.nodes.map(n => n.html)]), "
               "passes: r.passes.length})))); document.body.replaceChildren(p); })</script>")
        html = re.sub(r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", self.v.ctl("quality", "--html").stdout)
        script = "<script>" + axe.read_text().replace("</script>", "<\\/script>") + "</script>"
        with tempfile.TemporaryDirectory(prefix="varde-quality-") as folder:
            path = pathlib.Path(folder) / "page.html"
            path.write_text(html.replace("</body>", script + say + "</body>"))
            dom = subprocess.run([chromium, "--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={folder}/profile",
                                  "--virtual-time-budget=30000", "--dump-dom", path.as_uri()], capture_output=True, text=True,
                                 timeout=300).stdout
        found = re.search(r'<pre id="axe">([^<]+)', dom)
        self.assertIsNotNone(found, dom[-2000:])
        result = json.loads(base64.b64decode(found[1]))
        self.assertEqual(result["violations"], [])
        self.assertGreater(result["passes"], 20)

    def test_findings_say_what_to_do(self):
        findings = {f["code"]: f for f in self.quality().json["findings"]}
        self.assertEqual({c: findings[c]["kind"] for c in findings if c.startswith("members")},
                         {"members-known": "strong", "members-unknown": "weak", "members-missing": "weak"})
        self.assertIn("«Tid: Hvordan den ble oppdaget» (0 av 100)", findings["members-missing"]["nb"])
        self.assertIn("“Harm: Actual harm” (100 of 100)", findings["members-known"]["en"])
        self.assertRegex(findings["members-unknown"]["nb"], "«Pasienter: Aldersgruppe» .[0-9]+ av 100.")
        self.assertEqual(findings["reviews-overdue"]["kind"], "weak")
        self.assertEqual(findings["refused"]["kind"], "strong")
        self.assertIn("3 av 5", findings["reviews-overdue"]["nb"])
        for f in findings.values():
            self.assertNotEqual(f["nb"], f["en"])
            self.assertEqual(f["do"] is None, f["kind"] == "strong")
        # of few reports nothing is said but what was refused and reviewed
        few = self.v.get("/v1/quality", self.hf).json
        self.assertLess(few["reports"], 20)
        self.assertEqual(few["findings"], [])

    def test_what_is_not_shared_is_not_missed(self):
        def members():
            answer = self.v.get("/v1/quality", self.tenant)
            self.assertEqual(answer.status, 200, answer)
            return {m["pointer"] for m in answer.json["completeness"]}
        before = members()
        self.assertLessEqual({"/patients/*/diagnosis", "/event/time_bracket", "/organisation/unit_number"}, before)
        self.v.ctl("tenant", "profile", self.tenant.orgnr, "minimum", "--reason", "a test")
        try:
            forbidden = json.loads((SOURCE / "schemas/profiles/minimum.json").read_text())["kinds"]["incident-report"]["forbid"]
            self.assertEqual(members(), {m for m in before if not any(m == f or m.startswith(f + "/") for f in forbidden)})
            self.assertNotEqual(members(), before)
        finally:
            self.v.ctl("tenant", "profile", self.tenant.orgnr, "full", "--reason", "a test")


if __name__ == "__main__":
    unittest.main()
