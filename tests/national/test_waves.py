#!/usr/bin/python3
"""Three years played in one run: twelve quarters and the last days of March between them,
by the installation's own clock. At each, what is handed over to a release is what
had come by then, by both clocks of the statistics."""
import collections
import datetime
import json
import sqlite3
import unittest

import waves  # finds what follows
import truth
from operator_client import call
from test_fill import columns
from varde import Varde

MOMENTS = [f"{year}-{month:02}-{day}T06:00:00Z" for year in (2024, 2025, 2026)
           for month, day in ((1, 20), (3, 31), (4, 20), (7, 20), (10, 20))]


class Played(unittest.TestCase):
    def test_twelve_quarters(self):
        with Varde() as v:
            v.check_contract = False
            country = waves.Waves(v, reports=1200, seed=2, until="2026-09")
            states = collections.Counter()
            after, before, new_in = {}, 0, []  # `before`: the quarter before, in seconds
            for moment in MOMENTS:
                as_of = country.play(moment)
                new_in.append(country.counts["organisations"])
                self.assertEqual(as_of[:13], moment[:13])  # the clock went on from there
                if moment[5:10] == "03-31":
                    continue
                year = int(moment[:4]) - 1 if moment[5:7] == "04" else 0
                lines = self.base(v, as_of=as_of, final_year=year)
                wanted = country.truth.registration(waves.seconds(as_of))
                self.assertEqual(self.rows(lines, "registration"), wanted, moment)
                if year:
                    self.assertEqual(self.rows(lines, "event"), self.final(country, year, as_of), moment)
                    reviews = self.final(country, year, as_of, country.truth.reviews)
                    self.assertEqual(self.rows(lines, "review"), reviews, moment)
                    for row, n in reviews.items():
                        states[row.review] += n
                # What is new since the quarter before is what came in between.
                since = self.base(v, as_of=as_of, after=json.dumps(after))
                self.assertEqual(self.rows(since, "registration"),
                                 country.truth.registration(waves.seconds(as_of), since=before))
                after = {line["organisation"]: line["upto_seq"] for line in lines if "organisation" in line}
                before = waves.seconds(as_of)
            self.assertEqual(sum(new_in), 70)
            self.assertGreater(sum(1 for n in new_in if n), 6)  # they join in turn
            # By 31 March nearly all have been due for a while.
            self.assertLessEqual({"overdue", "completed_in_time", "completed_late"}, set(states), states)
            self.look(v, country)

    def final(self, country, year, as_of, counts=None):
        """As of 31 March, whenever it is asked for: 1 April begins at 22:00 UTC the day before."""
        cut = waves.seconds(f"{year + 1}-03-31T22:00:00Z")
        return (counts or country.truth.events)(year, cut, compared=waves.seconds(as_of))

    def base(self, v, **args):
        output, _ = call(v.demo / "data", "release base", **args)
        return [json.loads(line) for line in output.splitlines()]

    def rows(self, lines, clock):
        found = collections.Counter()
        for line in lines:
            if line.get("clock") == clock:
                found[columns({**line, "row": "counted"} if clock == "registration" else line)] += line["n"]
        return found

    def look(self, v, country):
        """Times of receipt are those of the waves, and late ones and raised ones are there."""
        days, revised = set(), 0
        for one in country.plan.organisations:
            with sqlite3.connect(f"file:{v.database(one.orgnr)}?mode=ro", uri=True) as base:
                for at, revision in base.execute("SELECT received_at, revision FROM document"):
                    days.add(datetime.datetime.fromtimestamp(at / 1000, datetime.timezone.utc).strftime("%Y-%m-%d"))
                    revised += revision > 1
        self.assertEqual(days, {moment[:10] for moment in MOMENTS})
        self.assertGreater(revised, 100)
        releases = [(waves.seconds(m), truth.month_text(truth.month_number(m) - 1)) for m in MOMENTS if m[5:10] != "03-31"]
        *_, last = country.truth.released(releases)
        states = collections.Counter()
        for row, n in last.items():
            states[row.row, row.late] += n
        for state in (("counted", False), ("counted", True), ("too-late", False), ("before-coverage", False)):
            self.assertGreater(states[state], 0, states)


if __name__ == "__main__":
    unittest.main()
