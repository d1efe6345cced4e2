#!/usr/bin/python3
"""Releases one after the other, while reports come late, are revised, and organisations
join: each counts what the plan of the country says it must, by both clocks, and changes
nothing that was said before."""
import collections
import json
import pathlib
import sys
import unittest

HERE = pathlib.Path(__file__).parent
sys.path[:0] = [str(HERE.parent / "national"), str(HERE)]
import waves  # noqa: E402  (finds what follows)
from test_fill import columns  # noqa: E402
from varde import Varde  # noqa: E402

MOMENTS = ["2024-10-20T06:00:00Z", "2025-01-20T06:00:00Z", "2025-03-31T06:00:00Z", "2025-04-20T06:00:00Z"]
NAMES = {"2024-10": "2024K3", "2025-01": "2024K4", "2025-04": "2025K1"}


class Years(unittest.TestCase):
    def test_three_releases(self):
        with Varde() as v:
            v.check_contract = False
            country = waves.Waves(v, reports=500, seed=3, months=9, until="2025-03", trusts=5, towns=1)
            releases, states = [], collections.Counter()
            for moment in MOMENTS:
                as_of = country.play(moment)
                if moment[5:10] == "03-31":
                    continue
                name = NAMES[moment[:7]]
                report = json.loads(v.ctl("release", "build", "--json", "--as-of", as_of).stdout)
                self.assertEqual((report["release"], report["safe"]), (name, True))
                v.ctl("release", "promote", name)
                releases.append((waves.seconds(as_of), report["closed"]))
                rows = self.frozen(v, name)
                *_, wanted = country.truth.released(releases)
                self.assertEqual(rows["registration"], wanted, name)
                states.update(row[0] for row in wanted)
                if name == "2025K1":
                    cut = waves.seconds("2025-03-31T22:00:00Z")
                    final = country.truth.events(2024, cut, compared=waves.seconds(as_of))
                    self.assertEqual(rows["event"], final)
                    reviews = country.truth.reviews(2024, cut, compared=waves.seconds(as_of))
                    self.assertEqual(rows["review"], reviews)
                    self.assertGreater(sum(reviews.values()), 2)
                    self.assertGreater(sum(final.values()), 50)
            # All of them together, as an auditor finds them.
            for name in ("2024K3", "2025K1"):
                self.assertTrue(json.loads(v.ctl("release", "audit", name, "--json").stdout)["safe"], name)
            self.assertTrue({"counted", "pending", "before-coverage"} <= set(states), states)

    def frozen(self, v, name):
        found = {clock: collections.Counter() for clock in ("registration", "event", "review")}
        for line in (v.demo / f"data/releases/{name}/private/counts.jsonl").read_text().splitlines():
            row = json.loads(line)
            if "row" in row:
                found[row["clock"]][columns(row)] += row["n"]
        return found


if __name__ == "__main__":
    unittest.main(verbosity=2)
