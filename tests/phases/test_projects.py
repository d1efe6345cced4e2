#!/usr/bin/python3
"""Under which project reports are taken, and that nothing is outside of one: from when to
when, for each kind of tenant, by each way in; what the sender and the operator are told."""
import json
import unittest

from phases import BATCH, PROJECT, VALIDATE, Base, about, day, example

NAMES = {"municipality": "municipality-minimal", "hf": "minimal-hf"}


def report(tenant):
    return example(NAMES[tenant.kind], tenant)


class Openings(Base):
    """A test installation once it has a project: hospitals first, municipalities later."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.trust, cls.town = cls.tenant("hf"), cls.tenant("municipality")

    def setUp(self):
        self.code = f"p{len(self.ctl('project', 'list')['projects'])}"

    def ways(self, tenant, document=None):
        """Each way in, as (answer or problem)."""
        document = document or report(tenant)
        jws = self.v.sign(tenant, document)
        batch = self.v.post(BATCH, json.dumps({"submissions": [jws, jws]}), tenant, type="application/json")
        self.assertEqual(batch.status, 200, batch)
        singles = [self.v.submit(tenant, document), self.v.validate(tenant, document),
                   self.v.post(VALIDATE, jws, tenant)]
        return singles, batch.json["results"]

    def all_refused(self, tenant, code, **members):
        before = self.count(tenant)
        singles, results = self.ways(tenant)
        for answer in singles:
            self.refused(answer, 403, code, **members)
        for result in results:
            self.assertEqual((result["status"], result["problem"]["code"]), (403, code))
            self.assertEqual({k: result["problem"][k] for k in ("opens", "closed") if k in result["problem"]}, members)
        self.assertEqual(self.count(tenant), before)

    def all_taken(self, tenant):
        singles, results = self.ways(tenant)
        self.assertEqual([a.status for a in singles], [200, 200, 200], singles)  # the batch was first
        self.assertEqual([r["status"] for r in results], [201, 200])

    def test_1_a_test_installation_without_a_project_takes_all(self):
        self.assertEqual(self.ctl("project", "list")["projects"], [])
        for tenant in (self.trust, self.town):
            self.all_taken(tenant)
            self.assertEqual(self.v.get("/v1/tenant", tenant).json["projects"], [])

    def test_2_a_kind_is_opened_in_its_turn(self):
        self.ctl("project", "add", "kvalitet", "Kvalitetsprosjekt", *PROJECT, "--from", day(-100), "--to", day(400))
        self.all_refused(self.trust, "phase-not-open")  # a project is in force, and open to nobody yet
        self.ctl("project", "open", "kvalitet", "hf", "--from", day(-90))
        self.ctl("project", "open", "kvalitet", "municipality", "--from", day(30), "--to", day(60))
        self.all_taken(self.trust)
        self.all_refused(self.town, "phase-not-open", opens=day(30))
        self.ctl("project", "open", "kvalitet", "municipality", "--from", day(-60), "--to", day(-1))
        self.all_refused(self.town, "phase-not-open", closed=day(-1))
        self.ctl("project", "open", "kvalitet", "municipality", "--from", day(0), "--to", day(0))
        self.all_taken(self.town)  # first and last day are both included
        (about,) = self.v.get("/v1/tenant", self.town).json["projects"]
        self.assertEqual(about, {"code": "kvalitet", "name": "Kvalitetsprosjekt", "decision": PROJECT[1],
                                 "purpose": PROJECT[3], "retention": PROJECT[5], "valid_from": day(-100),
                                 "valid_to": day(400), "opens": day(0), "closes": day(0)})
        self.assertEqual(self.v.get("/v1/tenant", self.trust).json["projects"][0]["closes"], day(400))

    def test_3_the_project_ends(self):
        self.ctl("project", "set", "kvalitet", "--to", day(-2))
        self.all_refused(self.trust, "no-legal-basis", closed=day(-2))
        self.ctl("project", "add", "ny", "Nytt prosjekt", *PROJECT, "--from", day(9))
        self.all_refused(self.trust, "no-legal-basis", closed=day(-2), opens=day(9))
        self.ctl("project", "set", "ny", "--from", day(0), "--decision", "TB2027-1")
        self.all_refused(self.trust, "phase-not-open", closed=day(-2))  # it has to be opened as well
        self.ctl("project", "open", "ny", "hf", "--from", day(-500))
        self.all_taken(self.trust)
        old, new = self.v.get("/v1/tenant", self.trust).json["projects"]
        self.assertEqual((old["closes"], new["opens"], new["closes"], new["decision"]), (day(-2), day(0), None, "TB2027-1"))

    def test_4_what_was_sent_can_still_be_read(self):
        document = report(self.trust)
        receipt = self.stored(self.v.submit(self.trust, document))
        self.ctl("project", "set", "ny", "--to", day(-1), "--from", day(-1))
        self.refused(self.v.submit(self.trust, document), 403, "no-legal-basis", closed=day(-1))
        path = f"/v1/reports/{document['report_id']}/receipt"
        self.assertEqual(self.v.get(path, self.trust).json, receipt)
        self.assertEqual(self.v.get("/v1/reports", self.trust).status, 200)
        self.assertEqual(self.v.get("/v1/tenant", self.trust).status, 200)
        self.ctl("project", "set", "ny", "--from", day(0), "--no-end")
        self.assertEqual(self.v.submit(self.trust, document).json, receipt)

    def test_4b_taking_back_is_always_possible(self):
        """The right to have something erased does not end with the project; a review, which adds, is refused."""
        document = report(self.trust)
        self.stored(self.v.submit(self.trust, document))
        self.ctl("project", "set", "ny", "--from", day(-1), "--to", day(-1))
        review = about("review/started", self.trust, document)
        self.refused(self.v.submit(self.trust, review, schema="review/1.0"), 403, "no-legal-basis", closed=day(-1))
        withdrawal = about("withdrawal/legal-erasure", self.trust, document)
        self.assertEqual(self.v.submit(self.trust, withdrawal, schema="withdrawal/1.0").status, 201)
        clear = self.rows(self.trust, f"SELECT clear FROM document WHERE kind = 'incident-report' AND "
                                      f"report_id = '{document['report_id']}'")
        self.assertEqual(clear, [(None,)])
        self.ctl("project", "set", "ny", "--from", day(0), "--no-end")

    def test_5_the_data_owners_kind_counts_whoever_sends(self):
        company = self.tenant("processor")
        for owner in (self.trust, self.town):
            self.v.ctl("processor", "add", owner.orgnr, company.orgnr)
        for owner, status in ((self.trust, 201), (self.town, 403)):
            answer = self.v.post("/v1/submissions", self.v.sign(owner, report(owner)), company)
            self.assertEqual(answer.status, status, answer)
        trial = json.dumps({"schema": "incident-report/1.0", "document": report(self.town)})
        answer = self.v.post(f"{VALIDATE}?organisation={self.town.orgnr}", trial, company, type="application/json")
        self.refused(answer, 403, "phase-not-open")  # its one day lies after the project's new end

    def test_6_the_texts(self):
        answer = self.v.submit(self.town, report(self.town))
        self.assertIn("åpen", answer.json["title"] + answer.json["detail"])
        page = self.v.get("/problems/phase-not-open", headers={"Accept-Language": "en"})
        self.assertEqual(page.status, 200)
        self.assertIn("project", page.body.decode())
        told = self.v.ctl("trace", answer.json["trace_id"], check=False).stdout
        self.assertIn("phase-not-open", told)
        self.assertIn("vardectl project open", told)


class Operator(Base):
    """What vardectl keeps, shows, logs and refuses."""

    def refusal(self, *words):
        run = self.v.ctl(*words, "--json", check=False)
        self.assertEqual((run.returncode, run.stdout), (2, ""), words)
        return json.loads(run.stderr)["error"]["code"]

    def test_life_of_a_project(self):
        added = self.ctl("project", "add", "pilot", "Pilot i kommuner", *PROJECT, "--from", "2026-01-01", "--to",
                         "2126-12-31", "--operator", "Kari", "--reason", "sak 26/12")
        self.assertEqual((added["code"], added["state"], added["valid_from"], added["valid_to"], added["openings"]),
                         ("pilot", "in force", "2026-01-01", "2126-12-31", []))
        opened = self.ctl("project", "open", "pilot", "municipality", "--from", "2125-03-01", "--operator", "Ola")
        self.assertEqual(opened["openings"], [{"kind": "municipality", "state": "future", "opens": "2125-03-01",
                                               "closes": "2126-12-31"}])
        self.ctl("project", "set", "pilot", "--retention", "Slettes ved utløp", "--operator", "Ola")
        shown = self.ctl("project", "show", "pilot")
        self.assertEqual((shown["retention"], shown["decision"], shown["purpose"]),
                         ("Slettes ved utløp", PROJECT[1], PROJECT[3]))
        self.assertEqual([p["code"] for p in self.ctl("project", "list")["projects"]], ["pilot"])
        self.assertIn("2125-03-01", self.v.ctl("project", "show", "pilot").stdout)
        self.assertIn("Pilot i kommuner", self.v.ctl("project", "list").stdout)
        self.assertIn("pilot", self.v.ctl("status").stdout)
        actions = self.register_rows("SELECT operator, command, reason, detail FROM action WHERE command LIKE 'project%' "
                                     "ORDER BY id")
        self.assertEqual([a[:3] for a in actions], [("Kari", "project add", "sak 26/12"), ("Ola", "project open", None),
                                                    ("Ola", "project set", None)])
        self.assertEqual(json.loads(actions[2][3]), {"code": "pilot", "retention": "Slettes ved utløp"})
        self.assertEqual(json.loads(actions[1][3]), {"code": "pilot", "kind": "municipality", "from": "2125-03-01"})

    def test_what_is_refused(self):
        before = self.register_rows("SELECT count(*) FROM action")
        self.ctl("project", "add", "ett", "Ett", *PROJECT, "--from", "2026-01-01")
        for code, words in (("project-exists", ("add", "ett", "Ett", *PROJECT, "--from", "2026-01-01")),
                            ("argument-value", ("add", "Ett To", "Ett", *PROJECT, "--from", "2026-01-01")),
                            ("project-dates", ("add", "to", "To", *PROJECT, "--from", "2026-01-02", "--to", "2026-01-01")),
                            ("argument-value", ("add", "to", "To", *PROJECT, "--from", "i dag")),
                            ("usage", ("add", "to", "To", *PROJECT)), ("usage", ("add", "to", "To", "--from", "2026-01-01")),
                            ("project-unknown", ("set", "to", "--name", "To")), ("project-unknown", ("show", "to")),
                            ("project-dates", ("set", "ett", "--to", "2025-12-31")),
                            ("project-dates", ("set", "ett", "--to", "2026-12-31", "--no-end")),
                            ("project-unknown", ("open", "to", "hf", "--from", "2026-01-01")),
                            ("kind-unknown", ("open", "ett", "sykehus", "--from", "2026-01-01")),
                            ("kind-unknown", ("open", "ett", "processor", "--from", "2026-01-01")),
                            ("project-dates", ("open", "ett", "hf", "--from", "2026-01-02", "--to", "2026-01-01"))):
            self.assertEqual(self.refusal("project", *words), code, words)
        self.assertEqual(self.register_rows("SELECT count(*) FROM action")[0][0], before[0][0] + 1)
        self.ctl("project", "set", "ett", "--to", "2026-01-02")

    def test_the_status_says_how_long(self):
        for last, left, soon in ((59, 59, True), (60, 60, False), (0, 0, True), (-1, None, False)):
            code = f"status{last}".replace("-", "m")
            self.ctl("project", "add", code, "Navn", *PROJECT, "--from", day(-5), "--to", day(last))
            (row,) = [p for p in self.ctl("status")["projects"] if p["code"] == code]
            self.assertEqual((row["days_left"], row["ends_soon"], row["state"]),
                             (left, soon, "ended" if last < 0 else "in force"))
            self.ctl("project", "set", code, "--to", day(-3))
        self.ctl("project", "add", "status-no-end", "Navn", *PROJECT, "--from", day(5))
        (row,) = [p for p in self.ctl("status")["projects"] if p["code"] == "status-no-end"]
        self.assertEqual((row["days_left"], row["ends_soon"], row["state"]), (None, False, "future"))

    def checks(self):
        run = self.v.ctl("doctor", "--json", check=False)
        return {c["name"]: (c["level"], c["text"]) for c in json.loads(run.stdout)["checks"] if c["name"].startswith("basis")}

    def test_the_doctor_sees_the_end_coming(self):
        self.tenant("county")
        self.ctl("project", "add", "fylke", "Fylker", *PROJECT, "--from", day(-10), "--to", day(200))
        self.assertEqual(self.checks()["basis county"][0], "warning")  # not open to it at all
        self.assertIn("no project is open", self.checks()["basis county"][1])
        for last, level in ((59, "warning"), (60, "fine"), (61, "fine")):
            self.ctl("project", "open", "fylke", "county", "--from", day(-1), "--to", day(last))
            self.assertEqual(self.checks()["basis county"], (level, f"the last day of its legal basis is {day(last)}"))
        # what follows without a gap counts with it, a gap does not
        self.ctl("project", "open", "fylke", "county", "--from", day(-1), "--to", day(20))
        self.ctl("project", "add", "fylke-2", "Fylker igjen", *PROJECT, "--from", day(21))
        self.ctl("project", "open", "fylke-2", "county", "--from", day(22), "--to", day(900))
        self.assertEqual(self.checks()["basis county"][0], "warning")
        self.ctl("project", "open", "fylke-2", "county", "--from", day(21), "--to", day(900))
        self.assertEqual(self.checks()["basis county"], ("fine", f"the last day of its legal basis is {day(900)}"))
        self.ctl("project", "open", "fylke-2", "county", "--from", day(21))
        self.assertEqual(self.checks()["basis county"], ("fine", "open, without an end"))


class Production(Base):
    """In production nothing is taken without a project."""
    environment = "production"

    def test_without_and_with(self):
        town = self.tenant()
        document = report(town)
        document["patients"] = []
        document.update(event_class="near_miss", harm={"actual": "none", "potential": "mild"})
        self.refused(self.v.submit(town, document), 403, "no-legal-basis")
        self.refused(self.v.validate(town, document), 403, "no-legal-basis")
        run = self.v.ctl("doctor", "--json", check=False)
        (check,) = [c for c in json.loads(run.stdout)["checks"] if c["name"] == "basis municipality"]
        self.assertEqual((run.returncode, check["level"]), (2, "broken"))
        self.ctl("project", "add", "drift", "Drift", *PROJECT, "--from", day(0))
        self.ctl("project", "open", "drift", "municipality", "--from", day(0))
        self.stored(self.v.submit(town, document))


if __name__ == "__main__":
    unittest.main()
