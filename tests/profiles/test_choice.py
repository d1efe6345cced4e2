"""Choosing a profile: by vardectl on the data owner's behalf, with a reason, in force at
once, written down in the register and in the tenant's own sequence; and what happens
where a profile's file is missing or broken, or a processor or a sender comes in."""
import contextlib
import json
import shutil
import sqlite3
import subprocess
import sys
import time
import unittest

import shared
import varde_minimise
from varde import Organisation, SOURCE, Varde, about, example, organisation_numbers

PROFILES = shared.profiles()
NARRATIVE = {"description": "Pasienten falt."}
SEND = SOURCE / "client/python/varde_send.py"


def rows(path, sql):
    with contextlib.closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as db:
        return db.execute(sql).fetchall()


class Choice(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.v = Varde()
        cls.v.__enter__()
        cls.addClassCleanup(cls.v.__exit__, None, None, None)
        cls.numbers = organisation_numbers()

    def setUp(self):
        self.own = self.v.register(Organisation(next(self.numbers), "Valg HF"), "test")

    def choose(self, name, owner=None, reason="styret har bestemt det"):
        return self.v.ctl("tenant", "profile", (owner or self.own).orgnr, name, "--reason", reason, "--operator", "kari")

    def told(self, owner=None, **more):
        owner = owner or self.own
        return self.v.submit(owner, example("minimal-hf", owner, narrative=NARRATIVE), **more)

    def test_acts_at_once_and_on_nobody_else(self):
        other = self.v.tenants[0]
        self.assertEqual(self.told().status, 201)
        self.choose("no-narrative")
        self.assertEqual(self.told().code, "not-permitted")
        self.assertEqual(self.v.validate(self.own, example("minimal-hf", self.own, narrative=NARRATIVE)).code, "not-permitted")
        self.assertEqual(self.told(other).status, 201)
        self.choose("full")
        self.assertEqual(self.told().status, 201)

    def test_what_came_before_stays_as_it_came(self):
        document = example("minimal-hf", self.own, narrative=NARRATIVE)
        jws = self.v.sign(self.own, document)
        first = self.v.post("/v1/submissions", jws, self.own)
        self.choose("no-narrative")
        self.assertEqual(self.v.post("/v1/submissions", jws, self.own).code, "not-permitted")
        self.assertEqual(self.v.get(f"/v1/reports/{document['report_id']}/receipt", self.own).json, first.json)
        self.assertEqual(rows(self.v.database(self.own.orgnr), "SELECT count(*) FROM document"), [(1,)])
        # the next revision is as the profile says
        second = {**document, "revision": 2}
        del second["narrative"]
        self.assertEqual(self.v.submit(self.own, second).status, 201)

    def test_is_written_down_with_who_when_why(self):
        before = int(time.time() * 1000)
        self.told()
        self.choose("coarse-dates", reason="vedtak 2026/17")
        self.told()
        events = rows(self.v.database(self.own.orgnr), "SELECT seq, name, detail, operator, reason, at FROM event WHERE name = 'tenant-profile'")
        self.assertEqual(len(events), 1)
        seq, _, detail, operator, reason, at = events[0]
        self.assertEqual(json.loads(detail), {"orgnr": self.own.orgnr, "profile": "coarse-dates", "version": PROFILES["coarse-dates"]["version"], "before": "full"})
        self.assertEqual((operator, reason), ("kari", "vedtak 2026/17"))
        self.assertTrue(before <= at <= int(time.time() * 1000))
        first = rows(self.v.database(self.own.orgnr), "SELECT min(seq) FROM document")[0][0]
        self.assertGreater(seq, first, "in the order of what was taken before and after")
        action = rows(self.v.demo / "data/control.db", "SELECT operator, reason, detail, at FROM action WHERE command = 'tenant profile' ORDER BY id DESC LIMIT 1")[0]
        self.assertEqual(action, ("kari", "vedtak 2026/17", detail, at))
        self.assertEqual(rows(self.v.demo / "data/control.db", f"SELECT profile FROM tenant WHERE orgnr = '{self.own.orgnr}'"), [("coarse-dates",)])

    def test_what_cannot_be_chosen(self):
        owner = self.own.orgnr
        company = self.v.register(Organisation(next(self.numbers), "Databehandler AS", "processor"), "test")
        for words, code in ((("profile", owner, "minimum"), "reason-missing"), (("profile", owner, "none", "--reason", "x"), "profile-unknown"),
                            (("profile", owner, "../full", "--reason", "x"), "profile-unknown"),
                            (("profile", next(self.numbers), "full", "--reason", "x"), "tenant-unknown"),
                            (("profile", company.orgnr, "minimum", "--reason", "x"), "tenant-not-owner")):
            run = self.v.ctl("tenant", *words, check=False)
            self.assertEqual(run.returncode, 2, words)
            self.assertIn(f"({code})", run.stderr, words)
        run = self.v.ctl("tenant", "profile", owner, "none", "--reason", "x", check=False)
        for name in PROFILES:
            self.assertIn(name, run.stderr, "it says which there are")
        self.assertEqual(rows(self.v.demo / "data/control.db", f"SELECT DISTINCT profile FROM tenant WHERE orgnr IN ('{owner}', '{company.orgnr}')"), [("full",)])
        self.assertIsNone(self.v.get("/v1/tenant", company).json["profile"])

    def test_is_shown(self):
        for name, profile in PROFILES.items():
            self.choose(name)
            for lang in ("nb", "en"):
                shown = self.v.get("/v1/tenant", self.own, {"Accept-Language": lang}).json["profile"]
                self.assertEqual(shown, {**profile, "title": profile["title"][lang], "explanation": profile["explanation"][lang]})
            text = self.v.ctl("tenant", "show", self.own.orgnr).stdout
            self.assertIn(f"profile: {name} {profile['version']}, {profile['title']['en']}", text)
            for lists in profile["kinds"].values():
                for path in [path for paths in lists.values() for path in paths]:
                    self.assertIn(path, text)
            as_json = json.loads(self.v.ctl("tenant", "show", self.own.orgnr, "--json").stdout)
            self.assertEqual((as_json["profile"], as_json["sharing"]["kinds"]), (name, profile["kinds"]))

    def test_survives_other_changes_and_a_restart(self):
        self.choose("no-narrative")
        self.v.ctl("tenant", "set", self.own.orgnr, "--contact", "Kari")
        self.v.ctl("tenant", "phase", self.own.orgnr, "active")
        self.v.stop()
        self.v.start()
        self.assertEqual(self.told().code, "not-permitted")

    def test_a_processor_is_held_to_the_data_owners(self):
        company = self.v.register(Organisation(next(self.numbers), "Sender AS", "processor"), "test")
        self.v.ctl("processor", "add", self.own.orgnr, company.orgnr, "--rights", "send,read")
        self.choose("no-narrative")
        document = example("minimal-hf", self.own, narrative=NARRATIVE)
        answer = self.v.post("/v1/submissions", self.v.sign(self.own, document), company)
        self.assertEqual(answer.code, "not-permitted", answer)
        shown = self.v.get(f"/v1/tenant?organisation={self.own.orgnr}", company).json["profile"]
        self.assertEqual(shown["name"], "no-narrative")
        # one batch for two data owners: each by its own profile
        other = self.v.register(Organisation(next(self.numbers), "Annet HF"), "test")
        self.v.ctl("processor", "add", other.orgnr, company.orgnr, "--rights", "send")
        items = [self.v.sign(o, example("minimal-hf", o, narrative=NARRATIVE)) for o in (self.own, other)]
        answer = self.v.post("/v1/submissions/batch", json.dumps({"submissions": items}), company, type="application/json")
        self.assertEqual([r["status"] for r in answer.json["results"]], [422, 201])

    def test_the_trace_explains_it(self):
        self.choose("no-narrative")
        answer = self.told()
        text = self.v.ctl("trace", answer.json["trace_id"]).stdout
        self.assertIn("not-permitted", text)
        self.assertIn("profile", text)

    def test_the_example_sender_applies_it(self):
        self.choose("minimum")
        key, token, file = self.v.folder / "send.pem", self.v.folder / "send.token", self.v.folder / "send.json"
        key.write_bytes(self.own.key.export_to_pem(private_key=True, password=None))
        token.write_text(self.v.token(self.own))
        document = example("full-hf", self.own)
        file.write_text(json.dumps(document))
        words = [sys.executable, "-B", SEND, f"--service=http://127.0.0.1:{self.v.port}", f"--audience={self.v.info['audience']}",
                 f"--organisation={self.own.orgnr}", f"--key={key}", f"--token-file={token}", f"--receipts={self.v.folder}/receipts", str(file)]
        run = subprocess.run(words, capture_output=True, text=True)
        self.assertEqual(run.returncode, 1, run)
        self.assertIn("not-permitted", run.stdout)
        run = subprocess.run([*words, "--minimise"], capture_output=True, text=True)
        self.assertEqual(run.returncode, 0, run)
        clear = json.loads(rows(self.v.database(self.own.orgnr), "SELECT clear FROM document")[0][0])
        self.assertEqual(clear["event"]["precision"], "month")
        self.assertEqual(shared.breaches(PROFILES["minimum"], "incident-report", clear, self.own.orgnr), set())


class Files(unittest.TestCase):
    """An installation whose schemas are its own, so that files can be taken away."""

    def setUp(self):
        self.v = Varde()
        self.addCleanup(self.v.remove)
        self.schemas = self.v.folder / "schemas"
        shutil.copytree(SOURCE / "schemas", self.schemas)
        self.v.conf.write_text(self.v.conf.read_text().replace("[varde]\n", f"[varde]\nschemas = {self.schemas}\n"))
        self.own, self.other = self.v.tenants[:2]
        self.v.start()

    def file(self, name):
        return self.schemas / "profiles" / f"{name}.json"

    def change(self, name, change):
        profile = json.loads(self.file(name).read_text())
        change(profile)
        self.file(name).write_text(json.dumps(profile))

    def choose(self, name):
        self.v.ctl("tenant", "profile", self.own.orgnr, name, "--reason", "en prøve")

    def again(self):
        self.v.stop()
        self.v.start()

    def checks(self):
        run = self.v.ctl("doctor", "--json", check=False)
        screen = json.loads(run.stdout)
        return next(c for c in screen["checks"] if c["name"] == "profiles")

    def test_missing_lets_nothing_through(self):
        self.choose("no-narrative")
        self.assertEqual(self.checks()["level"], "fine")
        kept = self.file("no-narrative").read_text()
        self.file("no-narrative").unlink()
        self.again()
        document = example("minimal-hf", self.own)
        jws = self.v.sign(self.own, document)
        for answer in (self.v.post("/v1/submissions", jws, self.own), self.v.validate(self.own, document)):
            self.assertEqual((answer.status, answer.code), (503, "profile-unavailable"))
            self.assertGreater(int(answer.headers["Retry-After"]), 0)
        batch = self.v.post("/v1/submissions/batch", json.dumps({"submissions": [jws]}), self.own, type="application/json")
        self.assertEqual(batch.json["results"][0]["problem"]["code"], "profile-unavailable")
        self.assertEqual(self.v.submit(self.other, example("minimal-hf", self.other)).status, 201, "others are as before")
        self.assertEqual(self.v.get("/v1/tenant", self.own).json["profile"], {"name": "no-narrative"})
        self.assertIn("nothing is taken", self.v.ctl("tenant", "show", self.own.orgnr).stdout)
        check = self.checks()
        self.assertEqual(check["level"], "broken")
        self.assertIn(self.own.orgnr, check["text"])
        self.file("no-narrative").write_text(kept)
        self.again()
        self.assertEqual(self.v.post("/v1/submissions", jws, self.own).status, 201, "the same bytes")
        self.v.stop()

    def test_broken_is_as_missing(self):
        def misspell(profile):
            profile["kinds"]["incident-report"]["forbid"][0] = "/narative"

        def widen(profile):
            profile["kinds"]["incident-report"]["allow"] = []

        self.choose("no-narrative")
        kept = self.file("no-narrative").read_text()
        for change in (misspell, widen, lambda p: p.pop("version"), lambda p: p.update(name="full"), lambda p: p["title"].pop("en"),
                       lambda p: p["kinds"].update({"no-such": {}}), lambda p: p["kinds"]["incident-report"].update(month=["/event"]),
                       lambda p: p["kinds"]["incident-report"].update(forbid="/narrative"), lambda p: p.update(more=1)):
            self.file("no-narrative").write_text(kept)
            self.change("no-narrative", change)
            self.again()
            self.assertEqual(self.v.submit(self.own, example("minimal-hf", self.own)).code, "profile-unavailable", change)
            self.assertEqual(self.checks()["level"], "broken")
        self.file("no-narrative").write_text("{")
        self.again()
        self.assertEqual(self.v.submit(self.own, example("minimal-hf", self.own)).code, "profile-unavailable")
        self.v.stop()

    def test_broken_and_chosen_by_nobody_is_a_warning(self):
        self.change("minimum", lambda p: p["kinds"]["incident-report"]["forbid"].append("/no/such"))
        self.again()
        check = self.checks()
        self.assertEqual(check["level"], "warning")
        self.assertIn("minimum: /no/such", check["text"])
        run = self.v.ctl("tenant", "profile", self.own.orgnr, "minimum", "--reason", "x", check=False)
        self.assertIn("(profile-unknown)", run.stderr)
        self.v.stop()

    def test_a_kind_that_is_not_named_is_not_shared(self):
        self.change("no-narrative", lambda p: p["kinds"].pop("incident-report"))
        self.again()
        self.choose("no-narrative")
        answer = self.v.submit(self.own, example("minimal-hf", self.own))
        self.assertEqual((answer.code, answer.pointers()), ("not-permitted", {("", "profile-kind")}))
        self.v.stop()

    def test_taking_back_is_never_held_back(self):
        def forget(profile):
            del profile["kinds"]["withdrawal"], profile["kinds"]["review"]
        self.change("no-narrative", forget)
        self.again()
        report = example("minimal-hf", self.own)
        report.pop("narrative", None)
        self.assertEqual(self.v.submit(self.own, report).status, 201)
        self.choose("no-narrative")
        review = self.v.submit(self.own, about("review/started", self.own, report), schema="review/1.0")
        self.assertEqual(review.pointers(), {("", "profile-kind")})
        back = self.v.submit(self.own, about("withdrawal/entered-in-error", self.own, report), schema="withdrawal/1.0")
        self.assertEqual(back.status, 201, back)
        self.v.stop()

    def test_without_the_first_one_nothing_starts(self):
        self.v.stop()
        self.file("full").unlink()
        with self.assertRaisesRegex(AssertionError, "profile-missing"):
            self.v.start()

    def test_a_profile_of_ones_own(self):
        """A file is all it takes."""
        own = {"name": "no-diagnosis", "version": "1.0", "title": {"nb": "Uten diagnose", "en": "Without diagnosis"},
               "explanation": {"nb": "Ingen diagnoser.", "en": "No diagnoses."},
               "kinds": {"incident-report": {"forbid": ["/patients/*/diagnosis"]}}}
        self.file("no-diagnosis").write_text(json.dumps(own))
        self.again()
        self.choose("no-diagnosis")
        document = example("full-hf", self.own)
        answer = self.v.submit(self.own, document)
        self.assertEqual(answer.pointers(), {("/patients/0/diagnosis", "profile-member")})
        self.assertEqual(self.v.submit(self.own, varde_minimise.minimise(own, "incident-report", document, self.own.orgnr)).status, 201)
        self.v.stop()


if __name__ == "__main__":
    unittest.main()
