#!/usr/bin/python3
"""incident-report/1.0 and 1.1 in parallel: each document by its own schema and lists, one
row each that says so, all of them counted."""
import datetime
import json
import unittest

from evolving import NEW, OLD, Evolving, report
from operator_client import call
from varde import example


class SideBySide(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.v = Evolving()
        cls.addClassCleanup(cls.v.__exit__, None, None, None)
        cls.v.__enter__()
        cls.own = cls.v.tenants[0]
        cls.v.ctl("tenant", "set", cls.own.orgnr, "--coverage-start", "2025-12")

    def send(self, document, schema, status=201):
        answer = self.v.submit(self.own, document, schema=schema)
        self.assertEqual(answer.status, status, answer)
        return answer

    def test_both_are_open(self):
        self.assertEqual(self.v.states(), {OLD: "open", NEW: "open"})
        self.assertEqual(self.v.get("/v1/tenant", self.own).json["schemas"],
                         [OLD, NEW, "review/1.0", "withdrawal/1.0"])
        for name in (OLD, NEW):
            served = self.v.get("/v1/schemas/" + name)
            self.assertEqual(served.body, (self.v.schemas / f"{name}.json").read_bytes())
            self.assertEqual([h for h in ("Deprecation", "Sunset", "Link") if served.headers[h]], [])

    def test_each_row_keeps_what_it_came_with(self):
        old, new = report(self.own), report(self.own, "1.1")
        new["event"] |= {"detection_point": "alarm", "detected_by": "next_of_kin"}
        self.send(old, OLD)
        self.send(new, NEW)
        schema, versions, clear, _ = self.v.row(self.own, old["report_id"])
        self.assertEqual((schema, versions["detection_point"], versions["role"]), (OLD, "1.0", "1.0"))
        schema, newer, clear, _ = self.v.row(self.own, new["report_id"])
        self.assertEqual((schema, newer["detection_point"], newer["role"]), (NEW, "1.1", "1.0"))
        self.assertEqual((clear["event"]["detection_point"], clear["event"]["detected_by"]), ("alarm", "next_of_kin"))
        self.assertEqual({name for name in newer if newer[name] != versions[name]}, {"detection_point"})
        listed = {row["list"]: row["version"] for row in self.v.get("/v1/codes").json["lists"]}
        self.assertEqual(newer, listed)  # the newest schema has the newest lists

    def test_the_old_schema_does_not_know_the_new_code_or_member(self):
        before = self.v.count(self.own)
        document = report(self.own)
        document["event"] |= {"detection_point": "alarm"}
        answer = self.send(document, OLD, 422)
        self.assertEqual(answer.pointers(), {("/event/detection_point", "schema-enum")})
        self.assertNotIn("alarm", answer.json["errors"][0]["message"])
        document["event"] = {**report(self.own)["event"], "detected_by": "nurse"}
        self.assertEqual(self.send(document, OLD, 422).pointers(), {("/event", "schema-additional-properties")})
        # and a document is what it says it is
        self.assertEqual(self.send(report(self.own, "1.0"), NEW, 422).pointers(), {("/schema_version", "schema-const")})
        self.assertEqual(self.send(report(self.own, "1.1"), OLD, 422).pointers(), {("/schema_version", "schema-const")})
        self.assertEqual(self.v.count(self.own), before)

    def test_rules_look_at_both(self):
        for version, schema in (("1.0", OLD), ("1.1", NEW)):
            document = report(self.own, version, event={"date": "2099-01-01", "precision": "day"})
            self.assertEqual(self.send(document, schema, 422).pointers() & {("/event/date", "date-in-future")},
                             {("/event/date", "date-in-future")}, schema)

    def test_a_report_moves_from_one_to_the_other(self):
        document = report(self.own)
        jws = self.v.sign(self.own, document, schema=OLD)
        first = self.v.post("/v1/submissions", jws, self.own)
        self.assertEqual(first.status, 201, first)
        # the same revision by the other schema is another document: it is told what is kept
        other = self.v.submit(self.own, {**document, "schema_version": "1.1"}, schema=NEW)
        self.assertEqual((other.status, other.code), (409, "revision-conflict"), other)
        self.assertEqual((other.json["current_revision"], other.json["digest"]), (1, first.json["digest"]))
        # what was on its way is repeated as it was
        self.assertEqual(self.v.post("/v1/submissions", jws, self.own).status, 200)
        # and the next revision goes on by the new one
        second = self.send({**document, "schema_version": "1.1", "revision": 2, "supersedes": first.json["digest"]}, NEW)
        self.assertEqual(second.json["schema"], NEW)
        self.assertEqual([self.v.row(self.own, document["report_id"], r)[0] for r in (1, 2)], [OLD, NEW])
        read = self.v.get("/v1/reports/" + document["report_id"], self.own).json
        self.assertEqual((read["schema"], [r["schema"] for r in read["revisions"]]), (NEW, [OLD, NEW]))

    def test_both_are_counted(self):
        month = datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m")
        first = f"{month}-01"

        def counted():
            _, own = None, self.v.get(f"/v1/statistics/own?from={month}&to={month}&by=type", self.own)
            self.assertEqual(own.status, 200, own)
            label = own.json["dimension"]
            sizes = own.json["size"]
            ids = own.json["id"]
            values = own.json["value"]
            kind = next(name for name in ids if "infection" in label[name]["category"]["index"])
            at = label[kind]["category"]["index"]["infection"]
            step = 1
            for size in sizes[ids.index(kind) + 1:]:
                step *= size
            return sum(v or 0 for i, v in enumerate(values) if i // step % sizes[ids.index(kind)] == at)

        def base():
            as_of = datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")
            output, _ = call(self.v.demo / "data", "release base", as_of=as_of)
            rows = [json.loads(line) for line in output.splitlines()]
            return sum(row["n"] for row in rows if row.get("org") == self.own.orgnr and row.get("type") == "infection"
                       and row["clock"] == "registration")

        before, base_before = counted(), base()
        for n, (version, schema) in enumerate((("1.0", OLD), ("1.1", NEW), ("1.1", NEW))):
            document = report(self.own, version, event_type="infection", event={"date": first, "precision": "day"})
            document["source"]["registered_at"] = f"{first}T00:0{n}:00Z"
            if version == "1.1":
                document["event"]["detected_by"] = "physician"
            self.send(document, schema)
        self.assertEqual((counted() - before, base() - base_before), (3, 3))

    def test_every_example_is_taken(self):
        folder = self.v.schemas / "incident-report/examples/1.1"
        for path in sorted(folder.glob("*.json")):
            document = example("1.1/" + path.stem, self.own)
            answer = self.v.validate(self.own, document, schema=NEW)
            self.assertEqual((answer.status, answer.json.get("warnings")), (200, []), answer)
            self.assertEqual(answer.json["clear"]["event"], document["event"])


if __name__ == "__main__":
    unittest.main()
