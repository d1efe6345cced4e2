#!/usr/bin/python3
"""A municipality's reports: which municipalities they may name, numbers that were of another
year, districts, services, ICPC-2, who the subject is; in the rows, and back in the feed."""
import json
import unittest

from phases import Base, day, example

OWN, OWNER = "/organisation/municipality_number", "/organisation/district_number"
PATIENT = "/patients/0/municipality_number"


def report(tenant, number=None, district=None, event=None, **changes):
    document = example("municipality", tenant, **changes)
    document["organisation"] = {"number": tenant.orgnr}
    for patient in document["patients"]:
        patient.pop("municipality_number", None)
    if number:
        document["organisation"]["municipality_number"] = number
    if district:
        document["organisation"]["district_number"] = district
    if event:
        document["event"] = {"date": event, "precision": {10: "day", 7: "month", 4: "year"}[len(event)]}
    return document


class Numbers(Base):
    """Whose figures a report goes into: an error where it would be somebody else's."""

    def error(self, tenant, document, code="municipality-not-yours"):
        answer = self.v.submit(tenant, document)
        self.assertEqual((answer.status, answer.code), (422, "invalid-document"), answer)
        self.assertEqual(answer.pointers(), {(OWN, code)})
        self.assertEqual(self.v.validate(tenant, document).pointers(), {(OWN, code)})

    def test_nothing_registered_nothing_refused(self):
        town = self.tenant()
        self.stored(self.v.submit(town, report(town, "3420")))
        self.stored(self.v.submit(town, report(town)))
        self.assertEqual(self.v.get("/v1/tenant", town).json["municipalities"], [])

    def test_its_own_and_those_it_serves(self):
        town = self.tenant()
        self.ctl("tenant", "municipality", "add", town.orgnr, "3420", "--own")
        self.stored(self.v.submit(town, report(town, "3420")))
        self.error(town, report(town, "3421"))
        for number in ("3421", "3422"):
            self.ctl("tenant", "municipality", "add", town.orgnr, number)
            self.stored(self.v.submit(town, report(town, number)))
        self.assertEqual(self.v.get("/v1/tenant", town).json["municipalities"],
                         [{"number": "3420", "own": True}, {"number": "3421", "own": False}, {"number": "3422", "own": False}])
        self.ctl("tenant", "municipality", "remove", town.orgnr, "3421", "--reason", "avtalen er over")
        self.error(town, report(town, "3421"))
        self.stored(self.v.submit(town, report(town)), (OWN, "municipality-missing"))
        listed = self.ctl("tenant", "municipality", "list", town.orgnr)["municipalities"]
        self.assertEqual([(m["number"], m["own"], m["name"]) for m in listed], [("3420", True, "Elverum"), ("3422", False, "Åmot")])
        self.assertEqual(self.ctl("tenant", "show", town.orgnr)["municipalities"], listed)
        events = self.rows(town, "SELECT name, detail, reason FROM event WHERE name LIKE 'municipality%' ORDER BY seq")
        self.assertEqual([e[0] for e in events], ["municipality-added"] * 3 + ["municipality-removed"])
        self.assertEqual((json.loads(events[3][1]), events[3][2]),
                         ({"orgnr": town.orgnr, "number": "3421"}, "avtalen er over"))
        numbers = [json.loads(r[0])["organisation"].get("municipality_number")
                   for r in self.rows(town, "SELECT clear FROM document ORDER BY seq")]
        self.assertEqual(numbers, ["3420", "3421", "3422", None])

    def test_a_company_of_several_and_another_tenants_list(self):
        company, other = self.tenant(), self.tenant()
        for number in ("1508", "1580"):
            self.ctl("tenant", "municipality", "add", company.orgnr, number)
        self.ctl("tenant", "municipality", "add", other.orgnr, "1506", "--own")
        self.stored(self.v.submit(company, report(company, "1580")))
        self.error(company, report(company, "1506"))
        self.error(other, report(other, "1580"))

    def test_an_old_number_of_the_same_place_is_its_own(self):
        town = self.tenant()
        self.ctl("tenant", "municipality", "add", town.orgnr, "3201", "--own")  # Bærum: 0219, 3024, 3201
        self.stored(self.v.submit(town, report(town, "0219", event="2018-05-03")))
        self.stored(self.v.submit(town, report(town, "3024", event="2021-05")))
        self.stored(self.v.submit(town, report(town, "3201", event="2018-05-03")), (OWN, "municipality-moved"))
        self.stored(self.v.submit(town, report(town, "0219", event="2025-05-03")), (OWN, "municipality-moved"))
        self.error(town, report(town, "0220", event="2018-05-03"))  # Asker
        self.stored(self.v.submit(town, report(town, "3201", event="2015")))  # before the list begins

    def test_a_part_of_what_was_split(self):
        haram = self.tenant()
        self.ctl("tenant", "municipality", "add", haram.orgnr, "1580", "--own")  # of 1507, with 1508
        self.stored(self.v.submit(haram, report(haram, "1507", event="2022-05-03")))
        self.stored(self.v.submit(haram, report(haram, "1507", event="2025-05-03")), (OWN, "municipality-split"))
        self.error(haram, report(haram, "1508", event="2025-05-03"))

    def test_what_vardectl_refuses(self):
        town, stranger = self.tenant(), next(self.numbers)
        for code, words in (("argument-value", ("add", town.orgnr, "9876")), ("argument-value", ("add", town.orgnr, "34")),
                            ("tenant-unknown", ("add", stranger, "3420")), ("tenant-unknown", ("list", stranger)),
                            ("municipality-unlisted", ("remove", town.orgnr, "3420", "--reason", "r")),
                            ("reason-missing", ("remove", town.orgnr, "3420"))):
            run = self.v.ctl("tenant", "municipality", *words, "--json", check=False)
            self.assertEqual((run.returncode, json.loads(run.stderr)["error"]["code"]), (2, code), words)
        self.ctl("tenant", "municipality", "add", town.orgnr, "3420", "--own")
        self.ctl("tenant", "municipality", "add", town.orgnr, "3421", "--own")
        self.assertEqual([(m["number"], m["own"]) for m in
                          self.ctl("tenant", "municipality", "list", town.orgnr)["municipalities"]],
                         [("3420", False), ("3421", True)])


class Patients(Base):
    """A patient's municipality is never a reason to lose a report."""

    def test_each_way_of_being_wrong(self):
        town = self.tenant()
        self.ctl("tenant", "municipality", "add", town.orgnr, "3420", "--own")
        for number, event, code, candidates in (
                ("9876", "2026-01-21", "municipality-unknown", ()), ("0219", "2026-01-21", "municipality-moved", ("3201",)),
                ("3201", "2019-06", "municipality-moved", ("0219",)), ("1507", "2025", "municipality-split", ("1508", "1580")),
                ("3420", "2026-01-21", None, ()), ("0301", "2019-06-01", None, ()), ("3201", "2012-06-01", None, ())):
            document = report(town, "3420" if event >= "2020" else "0427", event=event)
            document["patients"][0]["municipality_number"] = number
            shown = self.v.validate(town, document)
            self.assertEqual(shown.status, 200, shown)
            receipt = self.stored(self.v.submit(town, document), *([(PATIENT, code)] if code else []))
            self.assertEqual([w["code"] for w in shown.json["warnings"]], [w["code"] for w in receipt["warnings"]])
            for candidate in candidates:
                self.assertIn(candidate, receipt["warnings"][0]["message"])
            self.assertNotIn("9876", json.dumps(receipt["warnings"]))
            stored = self.v.get(f"/v1/reports/{document['report_id']}", town).json
            self.assertEqual(stored["clear"]["patients"][0]["municipality_number"], number)  # as it was sent


class Districts(Base):
    def test_belongs_or_not(self):
        for own, number, district, event, good in (
                ("0301", "0301", "01", "2026-01-21", True), ("0301", "0301", "17", "2026-01-21", True),
                ("0301", "0301", "99", "2026-01-21", True), ("0301", "0301", "18", "2026-01-21", False),
                ("0301", "0301", "030115", "2026-01-21", True), ("0301", "0301", "460101", "2026-01-21", False),
                ("4601", "4601", "08", "2026-01-21", True), ("4601", "4601", "09", "2026-01-21", False),
                ("4601", "1201", "120108", "2019-01-21", True), ("4601", "1201", "460108", "2019-01-21", True),
                ("5001", "5001", "500104", "2026-01-21", True), ("5001", "5001", "05", "2026-01-21", False),
                ("1103", "1103", "09", "2026-01-21", True), ("1103", "1103", "10", "2026-01-21", False),
                ("3420", "3420", "01", "2026-01-21", False), ("3420", "3420", "342001", "2026-01-21", False)):
            with self.subTest(number=number, district=district):
                town = self.tenant()
                self.ctl("tenant", "municipality", "add", town.orgnr, own, "--own")
                document = report(town, number, district, event)
                self.stored(self.v.submit(town, document), *([] if good else [(OWNER, "district-elsewhere")]))
                (clear,) = self.rows(town, "SELECT clear FROM document")
                self.assertEqual(json.loads(clear[0])["organisation"]["district_number"], district)

    def test_without_the_municipality(self):
        oslo, two, none = self.tenant(), self.tenant(), self.tenant()
        self.ctl("tenant", "municipality", "add", oslo.orgnr, "0301", "--own")
        for number in ("0301", "4601"):
            self.ctl("tenant", "municipality", "add", two.orgnr, number)
        missing = (OWN, "municipality-missing")
        self.stored(self.v.submit(oslo, report(oslo, None, "03")), missing)
        self.stored(self.v.submit(oslo, report(oslo, None, "19")), missing, (OWNER, "district-elsewhere"))
        self.stored(self.v.submit(two, report(two, None, "460103")), missing)
        self.stored(self.v.submit(two, report(two, None, "03")), missing, (OWNER, "district-elsewhere"))
        self.stored(self.v.submit(none, report(none, None, "460103")))
        self.stored(self.v.submit(none, report(none, "4601", "03")))

    def test_the_list_is_served(self):
        answer = self.v.get("/v1/codes/district")
        self.assertEqual(answer.status, 200)
        codes = {row["code"]: row.get("name") for row in answer.json["codes"]}
        self.assertEqual((codes["030102"], codes["460108"], codes["500103"], codes["110309"], len(codes)),
                         ("Grünerløkka", "Åsane", "Lerkendal", "Rennesøy", 17 + 9 + 8 + 4 + 4))


class Content(Base):
    """What only municipalities say, end to end: schema, rule, row, feed, own figures of it."""

    def test_every_service(self):
        town = self.tenant()
        codes = [row["code"] for row in self.v.get("/v1/codes/service").json["codes"]]
        self.assertEqual(len(codes), 13)
        sent = {}
        for service in codes:
            document = report(town, "3420", service=service)
            self.stored(self.v.submit(town, document))
            sent[document["report_id"]] = service
        rows = {r[0]: json.loads(r[1]) for r in self.rows(town, "SELECT report_id, clear FROM document")}
        self.assertEqual({k: v["service"] for k, v in rows.items()}, sent)
        feed = self.v.get("/v1/reports", town).json["reports"]
        self.assertEqual({r["report_id"]: r["clear"]["service"] for r in feed}, sent)

    def schema_error(self, town, change, *expected):
        document = report(town, "3420")
        change(document)
        answer = self.v.submit(town, document)
        self.assertEqual(answer.status, 422, answer)
        self.assertEqual(answer.pointers(), set(expected))

    def test_what_a_service_is_not(self):
        town = self.tenant()
        self.schema_error(town, lambda d: d.update(service="sykehjem"), ("/service", "schema-enum"))
        self.schema_error(town, lambda d: d.pop("service"), ("/service", "schema-required"))
        self.schema_error(town, lambda d: d.update(place="ward"), ("/place", "schema-false"))
        self.schema_error(town, lambda d: d.update(specialty_code="010"), ("/specialty_code", "schema-false"))
        self.schema_error(town, lambda d: d["organisation"].update(unit_resh_id="4211"),
                          ("/organisation/unit_resh_id", "schema-false"))

    def test_icpc_2(self):
        town = self.tenant()
        for diagnosis, warnings in (({"system": "icpc-2", "code": "K78"}, ()),
                                    ({"system": "icpc-2", "code": "A97", "version": "2025"}, ()),
                                    ({"system": "icpc-2", "code": "P30", "version": "1998"},
                                     (("/patients/0/diagnosis/0/version", "code-version-unknown"),))):
            document = report(town, "3420")
            document["patients"][0]["diagnosis"] = [diagnosis]
            self.stored(self.v.submit(town, document), *warnings)
            stored = self.v.get(f"/v1/reports/{document['report_id']}", town).json["clear"]
            self.assertEqual(stored["patients"][0]["diagnosis"], [diagnosis])
        for code in ("K7", "K780", "K78.1", "k78", "78"):
            document = report(town, "3420")
            document["patients"][0]["diagnosis"] = [{"system": "icpc-2", "code": code}]
            answer = self.v.submit(town, document)
            self.assertEqual((answer.status, {p for p, _ in answer.pointers()}),
                             (422, {"/patients/0/diagnosis/0/code"}), code)

    def test_patient_or_user(self):
        town = self.tenant()
        for kind in ("patient", "user"):
            document = report(town, "3420")
            document["patients"][0]["subject_kind"] = kind
            self.stored(self.v.submit(town, document))
            (row,) = self.rows(town, f"SELECT clear FROM document WHERE report_id = '{document['report_id']}'")
            self.assertEqual(json.loads(row[0])["patients"][0]["subject_kind"], kind)
            feed = self.v.get(f"/v1/reports/{document['report_id']}", town).json["clear"]
            self.assertEqual(feed["patients"][0]["subject_kind"], kind)
            self.assertNotIn("name", feed["patients"][0])
        self.schema_error(town, lambda d: d["patients"][0].update(subject_kind="bruker"),
                          ("/patients/0/subject_kind", "schema-enum"))


if __name__ == "__main__":
    unittest.main()
