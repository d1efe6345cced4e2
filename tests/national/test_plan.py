#!/usr/bin/python3
"""The plan of a country: the same from the same numbers, of the size that was asked for,
skewed in the ways that matter, never what a service would refuse to count."""
import collections
import datetime
import hashlib
import json
import os
import subprocess
import sys
import unittest

import waves  # noqa: F401  (finds deploy/national)
import country
import document
import truth
from plan import Plan, midnight

UNTIL = (2026, 10)
DIGEST = ("import sys, hashlib, json; sys.path.insert(0, sys.argv[1]); import document, plan; p = plan.Plan(300, 7, (2026, 10)); "
          "print(hashlib.sha256(json.dumps([document.document(p, r, k) for o in p.organisations "
          "for _, r, k in p.sends(o.orgnr)]).encode()).hexdigest())")


def digest(plan):
    written = [document.document(plan, r, k) for o in plan.organisations for _, r, k in plan.sends(o.orgnr)]
    return hashlib.sha256(json.dumps(written).encode()).hexdigest()


class Whole(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.plan = Plan(20000, 1, UNTIL)
        cls.all = [r for o in cls.plan.organisations for r in cls.plan.reports[o.orgnr]]
        cls.trusts = [o for o in cls.plan.organisations if o.kind == "hf"]
        cls.towns = [o for o in cls.plan.organisations if o.kind == "municipality"]

    def share(self, condition):
        return sum(map(condition, self.all)) / len(self.all)

    def test_size_is_exact(self):
        for size in (1, 70, 1999, 20000):
            plan = self.plan if size == 20000 else Plan(size, 3, UNTIL)
            self.assertEqual(sum(map(len, plan.reports.values())), size)
        self.assertEqual(len({r.report_id for r in self.all}), 20000)

    def test_who(self):
        self.assertEqual((len(self.trusts), len(self.towns)), (20, 50))
        self.assertEqual(len({o.parent for o in self.trusts}), 4)
        self.assertEqual(len({o.municipality[:2] for o in self.towns}), 15)
        self.assertEqual(len({o.municipality for o in self.towns}), 50)
        self.assertEqual(len({o.name for o in self.plan.organisations}), 70)
        for o in self.plan.organisations:
            self.assertRegex(o.orgnr, "^31[0-9]{7}$")
            self.assertEqual(sum(int(d) * w for d, w in zip(o.orgnr, (3, 2, 7, 6, 5, 4, 3, 2, 1))) % 11, 0, o.orgnr)

    def test_small_starts(self):
        for trusts, regions, towns in ((3, 2, 1), (7, 3, 3), (20, 4, 8)):
            plan = Plan(300, 1, UNTIL, trusts=trusts, towns=towns)
            self.assertEqual(len({o.parent for o in plan.organisations if o.kind == "hf"}), regions)
            self.assertEqual(len(plan.organisations), trusts + towns)
        pilot = Plan(300, 1, UNTIL, joining="pilot").organisations
        came = collections.Counter((o.kind, o.joined) for o in pilot)
        self.assertEqual(came, {("hf", (2023, 11)): 3, ("hf", (2024, 5)): 4, ("hf", (2025, 2)): 13,
                                ("municipality", (2023, 11)): 1, ("municipality", (2024, 5)): 2, ("municipality", (2025, 2)): 5})

    def test_organisations_join_over_time_and_one_brings_history(self):
        self.assertGreaterEqual(len({o.joined for o in self.trusts}), 8)
        self.assertGreaterEqual(len({o.joined for o in self.towns}), 15)
        history = [o for o in self.trusts if o.before == country.HISTORY_MONTHS]
        self.assertEqual(len(history), 1)
        own = self.plan.reports[history[0].orgnr]
        self.assertEqual(len({datetime.date.fromordinal(r.day).year for r in own}), 9)
        joined = midnight(country.first_day(history[0].joined).toordinal())
        self.assertTrue(all(r.versions[0].sent > joined for r in own))

    def test_skew(self):
        sizes = sorted(len(self.plan.reports[o.orgnr]) for o in self.trusts)
        self.assertGreater(sizes[-1], 20 * sizes[0])
        self.assertAlmostEqual(self.share(lambda r: r.organisation.kind == "municipality"), 0.14, delta=0.001)
        types = collections.Counter(r.versions[0].event_type for r in self.all)
        self.assertEqual(len(types), 12)
        self.assertGreater(types["treatment_care"], 10 * types["blood_cells_organs"])
        for name, least, most in (("incident", 0.65, 0.8), ("near_miss", 0.14, 0.24), ("hazard", 0.06, 0.13)):
            self.assertTrue(least < self.share(lambda r: r.versions[0].event_class == name) < most, name)
        deaths = self.share(lambda r: r.versions[0].actual == "death")
        self.assertTrue(0.001 < deaths < 0.01, deaths)
        falls = {kind: sum(r.versions[0].event_type == "fall_accident" for r in self.all if r.organisation.kind == kind) /
                 sum(r.organisation.kind == kind for r in self.all) for kind in ("hf", "municipality")}
        self.assertGreater(falls["municipality"], 1.5 * falls["hf"])

    def test_seasons_and_weekdays(self):
        days = [datetime.date.fromordinal(r.day) for r in self.all if not r.organisation.before]
        months, weekdays = collections.Counter(d.month for d in days), collections.Counter(d.weekday() for d in days)
        self.assertLess(months[7], 0.85 * months[6])
        self.assertLess(weekdays[6], 0.35 * weekdays[1])
        falls = collections.Counter(datetime.date.fromordinal(r.day).month in (12, 1, 2) for r in self.all
                                    if r.versions[0].event_type == "fall_accident")
        others = collections.Counter(datetime.date.fromordinal(r.day).month in (12, 1, 2) for r in self.all)
        self.assertGreater(falls[True] / falls[False], 1.15 * others[True] / others[False])

    def test_late_in_both_ways(self):
        self.assertTrue(0.05 < self.share(lambda r: r.day - r.event_day > 7) < 0.12)
        on_time = [r for r in self.all if r.day >= country.first_day(r.organisation.joined).toordinal() + 10]
        waited = [(r.versions[0].sent - midnight(r.day)) / 86400 for r in on_time]
        self.assertTrue(0.03 < sum(days > 14 for days in waited) / len(waited) < 0.06)
        self.assertTrue(any(days > 120 for days in waited))

    def test_revisions_raise_severity(self):
        order = ("none", "mild", "moderate", "severe", "death")
        revised = [r for r in self.all if len(r.versions) > 1]
        self.assertTrue(0.10 < len(revised) / len(self.all) < 0.14)
        raised = [r for r in revised if "unknown" not in (r.versions[0].severity, r.versions[-1].severity) and
                  order.index(r.versions[-1].severity) > order.index(r.versions[0].severity)]
        self.assertGreater(len(raised), 0.3 * len(revised))
        self.assertTrue(any(r.versions[-1].event_type != r.versions[0].event_type for r in revised))
        self.assertTrue(any(r.versions[-1].event_class != r.versions[0].event_class for r in revised))
        self.assertTrue(any(len(r.versions) == 3 for r in revised))

    def test_links_join_the_two_levels(self):
        linked = [r for r in self.all if r.links]
        back = [r for r in linked if r.organisation.kind == "hf"]
        self.assertTrue(30 < len(back) < len(linked) - len(back))
        for r in linked:
            self.assertNotEqual(r.links[0].organisation.kind, r.organisation.kind)
            self.assertEqual(r.links[0].event_day, r.event_day)
        self.assertTrue(all(r.links[0].links == (r,) for r in back))

    def test_what_no_service_would_take_is_not_there(self):
        for r in self.all:
            self.assertLessEqual(r.event_day, r.day)
            self.assertLess(midnight(r.day) + r.second, r.versions[0].sent)
            if r.organisation.municipality:
                day = datetime.date.fromordinal(r.event_day).isoformat()
                number = document.municipality_number(self.plan, r)
                codes = self.plan.municipalities
                self.assertTrue(codes.first[number] <= day <= codes.last[number], (number, day))

    def test_sent_in_order(self):
        for o in self.plan.organisations:
            sends, seen = self.plan.sends(o.orgnr), collections.Counter()
            self.assertEqual([s[0] for s in sends], sorted(s[0] for s in sends))
            self.assertLessEqual(sends[-1][0], self.plan.end)
            for _, report, which in sends:
                key = document.schema(which), report.report_id
                self.assertNotIn(("withdrawal/1.0", report.report_id), seen, "nothing comes after a withdrawal")
                seen[key] += 1
                self.assertEqual(document.revision(which), seen[key])

    def test_same_numbers_same_documents(self):
        mine = digest(Plan(300, 7, UNTIL))
        run = subprocess.run([sys.executable, "-B", "-c", DIGEST, str(waves.SOURCE / "deploy/national")], capture_output=True, text=True,
                             env={**os.environ, "PYTHONHASHSEED": "5"}, check=True)
        self.assertEqual(run.stdout.strip(), mine)
        self.assertNotEqual(digest(Plan(300, 8, UNTIL)), mine)

    def test_everything_is_counted_somewhere(self):
        told = truth.as_json(self.plan)
        kept = sum(r.withdrawn is None for r in self.all)
        self.assertTrue(100 < 20000 - kept < 250, kept)
        self.assertEqual(sum(row["n"] for row in told["registration"]), kept)
        self.assertEqual(sum(row["n"] for row in told["events"]), kept)
        self.assertEqual(sum(o["reports"] for o in told["organisations"]), 20000)
        self.assertIn("15?", {row["municipality"] for row in told["registration"]})  # one was split


class Released(unittest.TestCase):
    """The rules of months on reports made by hand."""

    def place(self, registered, sent, releases, joined=(2024, 1)):
        plan = Plan(1, 1, UNTIL, trusts=1, towns=0)
        report = next(r for o in plan.organisations for r in plan.reports[o.orgnr])
        plan.organisations[0].joined = joined
        report.day = datetime.date.fromisoformat(registered).toordinal()
        report.versions[0].sent = waves.seconds(sent)
        moments = [waves.seconds(as_of) for as_of, _ in releases]
        found = []
        for counts in truth.Truth(plan, moments).released([(m, closing) for m, (_, closing) in zip(moments, releases)]):
            self.assertLessEqual(len(counts), 1)
            found += [(row.row, row.period, row.late) for row in counts] or [None]
        return found

    QUARTERS = [("2024-04-20", "2024-03"), ("2024-07-20", "2024-06"), ("2024-10-20", "2024-09"), ("2025-01-20", "2024-12")]

    def test_own_month_while_it_is_open(self):
        self.assertEqual(self.place("2024-02-10", "2024-04-19", self.QUARTERS), [("counted", "2024-02", False)] * 4)

    def test_first_open_month_when_late(self):
        self.assertEqual(self.place("2024-01-31", "2024-04-21", self.QUARTERS), [None] + [("counted", "2024-04", True)] * 3)

    def test_not_at_all_when_too_late(self):
        self.assertEqual(self.place("2024-03-31", "2024-07-21", self.QUARTERS), [None, None] + [("too-late", "2024-03", False)] * 2)

    def test_waits_for_its_month_to_close(self):
        self.assertEqual(self.place("2024-04-02", "2024-04-03", self.QUARTERS),
                         [("pending", "2024-04", False)] + [("counted", "2024-04", False)] * 3)

    def test_history_is_not_counted(self):
        self.assertEqual(self.place("2023-12-31", "2024-01-03", self.QUARTERS), [("before-coverage", "2023-12", False)] * 4)

    def test_a_release_that_opens_no_month(self):
        twice = [("2024-04-20", "2024-03"), ("2024-04-27", "2024-03"), ("2024-07-20", "2024-06")]
        self.assertEqual(self.place("2024-03-05", "2024-04-25", twice),
                         [None, ("pending", "2024-03", False), ("counted", "2024-04", True)])


if __name__ == "__main__":
    unittest.main()
