#!/usr/bin/python3
"""What varded hands over to a release: reports counted as they say, by the two
clocks, up to a cut-off; from whom, and what the log keeps of it."""
import collections
import datetime
import json
import pathlib
import sqlite3
import sys
import unittest

sys.path[:0] = [str(pathlib.Path(__file__).parents[1] / "http"), str(pathlib.Path(__file__).parent)]
from operator_client import Refused, call  # noqa: E402
from varde import Organisation, Varde, example  # noqa: E402

LINKED = [{"organisation": "310000078", "report_id": "9dfb369b-ab13-4fae-a276-55daa05f1119"}]


def now():
    return datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")


class Base(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.v = Varde()
        cls.addClassCleanup(cls.v.__exit__, None, None, None)
        cls.v.__enter__()
        cls.hf, cls.other = cls.v.tenants[0], cls.v.tenants[1]
        cls.town = next(t for t in cls.v.tenants if t.kind == "municipality")

    def send(self, tenant, name, registered, date=None, **changes):
        document = example(name, tenant, **changes)
        document["source"]["registered_at"] = registered
        if date:
            document["event"] = {**document["event"], "date": date}
        answer = self.v.submit(tenant, document)
        self.assertEqual(answer.status, 201, answer)
        return document

    def base(self, **args):
        output, result = call(self.v.demo / "data", "release base", as_of=args.pop("as_of", now()), **args)
        lines = [json.loads(line) for line in output.splitlines()]
        self.assertEqual(lines[0]["varde_counts"], 1)
        self.assertEqual(lines[-1]["rows"], len([x for x in lines if "row" in x]))
        return lines

    def rows(self, lines, tenant, clock="registration"):
        found = collections.Counter()
        for line in lines:
            if line.get("org") == tenant.orgnr and line["clock"] == clock:
                found[line["period"], line["class"], line["type"], line["severity"], line["linked"]] += line["n"]
        return found

    def organisation(self, lines, tenant):
        return next(line for line in lines if line.get("organisation") == tenant.orgnr)

    def test_life(self):
        v = self.v
        # Without coverage nothing counts by registration.
        self.send(self.hf, "minimal-hf", "2026-01-31T23:30:00+01:00", "2026-01-30")
        self.assertFalse(self.rows(self.base(), self.hf))
        v.ctl("tenant", "set", self.hf.orgnr, "--coverage-start", "2026-01", "--parent", "983658725")
        v.ctl("tenant", "set", self.town.orgnr, "--coverage-start", "2026-01")
        shown = v.ctl("tenant", "show", self.hf.orgnr).stdout
        self.assertIn("2026-01", shown)
        first = self.send(self.hf, "near-miss-without-patient", "2026-02-01T00:10:00+01:00", "2026-01-31",
                          related_reports=LINKED)
        self.send(self.town, "municipality", "2026-02-03T08:00:00+01:00", "2026-02-02")
        lines = self.base()
        me = self.organisation(lines, self.hf)
        self.assertEqual((me["region"], me["coverage_start"], me["active"]), ("helse_vest", "2026-01", True))
        rows = self.rows(lines, self.hf)
        # The month as it is written, in the sender's own offset: 23:30 is still January.
        self.assertEqual({key[0]: n for key, n in rows.items()}, {"2026-01": 1, "2026-02": 1})
        # The severity of what reached nobody is what could have been, and links are seen.
        self.assertIn(("2026-02", "near_miss", first["event_type"], first["harm"]["potential"], True), rows)
        town = next(line for line in lines if line.get("org") == self.town.orgnr)
        self.assertEqual((town["municipality"], town["place"]), ("3420", "home_nursing"))

        # Only what is new since a release.
        seqs = {line["organisation"]: line["upto_seq"] for line in lines if "organisation" in line}
        self.assertFalse(self.rows(self.base(after=json.dumps(seqs)), self.hf))
        self.send(self.hf, "minimal-hf", "2026-02-10T08:00:00+01:00", "2026-02-10")
        self.assertEqual(sum(self.rows(self.base(after=json.dumps(seqs)), self.hf).values()), 1)

        # A second revision changes the event clock, never the other.
        before = self.rows(self.base(), self.hf)
        again = {**first, "revision": 2, "event_class": "incident",
                 "harm": {"actual": "severe", "potential": "severe"},
                 "patients": example("full-hf", self.hf)["patients"]}
        self.assertEqual(v.submit(self.hf, again).status, 201)
        self.assertEqual(self.rows(self.base(), self.hf), before)

        # As of a moment before any of it: nothing.
        self.assertFalse(self.rows(self.base(as_of="2026-01-01T00:00:00Z"), self.hf))

        # Whoever is not active counts nothing and keeps what was counted.
        v.ctl("tenant", "suspend", self.town.orgnr, "--reason", "test")
        lines = self.base(after=json.dumps(seqs))
        self.assertFalse(self.rows(lines, self.town))
        self.assertEqual(self.organisation(lines, self.town)["upto_seq"], seqs[self.town.orgnr])
        self.assertFalse(self.organisation(lines, self.town)["active"])

    def test_processors_are_no_organisations_to_count(self):
        company = self.v.register(Organisation("310000248", "Regional IKT AS", "processor"))
        self.v.ctl("processor", "add", self.hf.orgnr, company.orgnr)
        listed = {line["organisation"] for line in self.base() if "organisation" in line}
        self.assertIn(self.hf.orgnr, listed)
        self.assertNotIn(company.orgnr, listed)

    def test_final_year(self):
        self.send(self.other, "minimal-hf", "2025-03-01T08:00:00+01:00", "2024-12-31")
        changed = self.send(self.other, "minimal-hf", "2025-03-02T08:00:00+01:00", "2024-06-01")
        self.send(self.other, "minimal-hf", "2025-03-02T08:00:00+01:00", "2025-01-01")
        lines = self.base(final_year=2024)
        # The cut-off was 31 March 2025, long before these were received.
        self.assertFalse(self.rows(lines, self.other, "event"))
        with self.assertRaises(Refused) as refused:
            self.base(final_year=2030)
        self.assertEqual(refused.exception.error["where"], "final_year")
        self.assertTrue(changed)

    def test_bad_calls(self):
        for args, where in (({"as_of": "yesterday"}, "as_of"), ({"as_of": "2999-01-01T00:00:00Z"}, "as_of"),
                            ({"after": "[]"}, "after"), ({"after": "{"}, "after"), ({"final_year": 3}, "final_year")):
            with self.assertRaises(Refused) as refused:
                self.base(**args)
            self.assertEqual(refused.exception.error["where"], where)
        for month in ("2026-13", "2026", "januar", "2026-1"):
            run = self.v.ctl("tenant", "set", self.hf.orgnr, "--coverage-start", month, check=False)
            self.assertEqual(run.returncode, 2, month)
            self.assertIn("YYYY-MM", run.stderr)

    def test_logged(self):
        self.base()
        rows = sqlite3.connect(f"file:{self.v.demo}/data/control.db?mode=ro", uri=True).execute(
            "SELECT operator, detail FROM action WHERE command = 'release base'").fetchall()
        self.assertTrue(rows)
        self.assertIn("as_of", json.loads(rows[-1][1]))


if __name__ == "__main__":
    unittest.main()
