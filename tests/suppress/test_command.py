#!/usr/bin/python3
"""vardectl suppress on small tables with known answers."""

import json
import os
import re
import subprocess
import unittest

from command import SOURCE, VARDECTL, cell, hidden, protect, refused, run, square

ROWS = {"a": {"x": 3, "y": 50, "z": 47}, "b": {"x": 60, "y": 70, "z": 80}, "c": {"x": 90, "y": 20, "z": 30}}


def named(output, **key):
    found = [c for c in output["cells"] if c["key"] == key]
    assert len(found) == 1, (key, found)
    return found[0]


class Output(unittest.TestCase):
    def test_same_cells_same_order_and_members_of_their_own(self):
        table = square(ROWS)
        for i, c in enumerate(table["cells"]):
            c.update({"label": f"æøå {i}", "rate": 0.1 * i, "tags": [{"deep": None}]})
        table["cells"].reverse()
        output = protect(table)
        self.assertEqual(sorted(output), ["audit", "cells"])
        for given, got in zip(table["cells"], output["cells"], strict=True):
            if "suppressed" in got:
                self.assertEqual((got.pop("suppressed"), got["value"]), (True, None))
                given = {**given, "value": None}
            self.assertEqual(got, given)
            self.assertEqual(list(got), list(given))

    def test_same_input_same_bytes(self):
        table = square(ROWS)
        self.assertEqual(run(table).stdout, run(table).stdout)
        spaced = json.dumps(table, indent=3).encode()
        self.assertEqual(run(spaced).stdout, run(table).stdout)

    def test_nothing_small_nothing_hidden(self):
        table = square({"a": {"x": 10, "y": 20}, "b": {"x": 30, "y": 40}})
        output = protect(table)
        self.assertEqual(output["cells"], table["cells"])
        self.assertEqual((output["audit"]["cells"], output["audit"]["hidden"]), (9, 0))

    def test_an_empty_table_and_a_table_of_one(self):
        self.assertEqual(protect({"cells": []})["cells"], [])
        self.assertEqual(protect({"cells": [cell(9)]})["cells"], [cell(9)])
        self.assertEqual(hidden(protect({"cells": [cell(4)]})), [{}])
        self.assertEqual(hidden(protect({"cells": [cell(4, year="2025")], "hierarchies": {}})), [{"year": "2025"}])

    def test_nothing_in_the_audit_tells_of_what_is_hidden(self):
        """Nor in anything else: tables that differ in small counts alone come out the same."""
        first, second = protect(square({"a": {"x": 3, "y": 50}, "b": {"x": 60, "y": 70}})), \
            protect(square({"a": {"x": 1, "y": 52}, "b": {"x": 62, "y": 68}}))
        self.assertEqual(len(hidden(first)), 4)
        self.assertEqual(first, second)

    def test_the_readme_shows_what_happens(self):
        with open(os.path.join(SOURCE, "README.md"), encoding="utf-8") as f:
            section = f.read().split("### Any other table")[1].split("\n## ")[0]
        given, printed = ["".join(line[4:] + "\n" for line in block.splitlines() if line)
                          for block in re.findall(r"((?:^    .*\n)+)", section, re.M)]
        self.assertEqual(run(given.encode()).stdout.decode(), printed)
        self.assertEqual(len(hidden(protect(given.encode(), "--organisation", "org"))), 3)

    def test_help_says_it_all(self):
        done = subprocess.run([VARDECTL, "suppress", "--help"], capture_output=True, timeout=60)
        self.assertEqual(done.returncode, 0)
        for word in (b"--threshold", b"--organisation", b"--forced", b"--known", b'"cells"', b'"hierarchies"', b"Exit status"):
            self.assertIn(word, done.stdout)


class Rules(unittest.TestCase):
    def test_a_difference_gives_nothing_back(self):
        got = hidden(protect(square(ROWS)))
        self.assertIn({"r": "a", "c": "x"}, got)
        rows = [k["r"] for k in got if "r" in k]
        self.assertTrue(all(rows.count(r) >= 2 for r in rows), got)

    def test_zeros_are_hidden_with_the_small_ones(self):
        output = protect(square({"a": {"x": 0, "y": 50}, "b": {"x": 60, "y": 70}}))
        self.assertIsNone(named(output, r="a", c="x")["value"])

    def test_the_threshold(self):
        table = square({"a": {"x": 7, "y": 50}, "b": {"x": 60, "y": 70}})
        self.assertEqual(hidden(protect(table)), [])
        self.assertEqual(hidden(protect(table, "--threshold", "7")), [])
        self.assertIn({"r": "a", "c": "x"}, hidden(protect(table, "--threshold", "8")))

    def test_a_hierarchy_in_both_forms(self):
        counts = {"A": 3, "B": 40, "C": 30, "D": 20, "North": 43, "South": 50, "all": 93}
        cells = [cell(n, org=o) for o, n in counts.items()]
        children = {"A": "North", "B": "North", "C": "South", "D": "South", "North": "all", "South": "all"}
        parents = {"North": [["A", "B"]], "South": [["C", "D"]], "all": [["North", "South"]]}
        first = run({"cells": cells, "hierarchies": {"org": children}})
        self.assertEqual(first.returncode, 0, first.stderr)
        self.assertEqual(first.stdout, run({"cells": cells, "hierarchies": {"org": parents}}).stdout)
        got = hidden(json.loads(first.stdout))
        self.assertIn({"org": "A"}, got)
        self.assertIn({"org": "B"}, got)

    def test_a_margin_by_its_name_or_without(self):
        hierarchies = {"org": {"A": "all", "B": "all", "C": "all"}}
        parts = [cell(3, org="A"), cell(30, org="B"), cell(40, org="C")]
        by_name = protect({"cells": parts + [cell(73, org="all")], "hierarchies": hierarchies})
        without = protect({"cells": parts + [cell(73)], "hierarchies": hierarchies})
        self.assertEqual([c["value"] for c in by_name["cells"]], [c["value"] for c in without["cells"]])
        self.assertEqual(by_name["cells"][3]["key"], {"org": "all"})

    def test_windows_are_sums_too(self):
        """2023 + 2024 less 2024 is 2023, which is small."""
        years = {"2023": 3, "2024": 50, "2025": 60, "2023-2024": 53, "2024-2025": 110}
        table = {"cells": [cell(n, year=y) for y, n in years.items()],
                 "hierarchies": {"year": {"2023-2024": [["2023", "2024"]], "2024-2025": [["2024", "2025"]]}}}
        got = [k["year"] for k in hidden(protect(table))]
        self.assertIn("2023", got)
        self.assertTrue({"2024", "2023-2024"} & set(got), got)

    def test_several_groupings_of_one_total(self):
        months = {f"m{i}": n for i, n in enumerate((2, 30, 40, 50))}
        groups = {"q1": [["m0", "m1"]], "q2": [["m2", "m3"]], "odd": [["m0", "m2"]], "even": [["m1", "m3"]],
                  "year": [["q1", "q2"], ["odd", "even"]]}
        counts = dict(months)
        for name, ((*children,), *_) in groups.items():
            counts[name] = sum(counts[c] for c in children)
        table = {"cells": [cell(n, t=t) for t, n in counts.items()], "hierarchies": {"t": groups}}
        got = {k["t"] for k in hidden(protect(table))}
        self.assertIn("m0", got)
        self.assertTrue({"m1", "q1"} & got and {"m2", "odd"} & got, got)

    def test_two_ways_to_split_one_total(self):
        """North and South, or large and small ones, beside another root: all of it is counted once."""
        groups = {"hf": [["north", "south"], ["large", "small"]]}
        counts = {"north": 20, "south": 30, "large": 15, "small": 35, "hf": 50, "private": 10, "x": 10}
        table = {"cells": [cell(n, o=o) for o, n in counts.items()] + [cell(60)], "hierarchies": {"o": groups | {"x": [["private"]]}}}
        self.assertEqual(hidden(protect(table)), [])
        table["cells"][-1]["value"] = 110
        self.assertEqual(refused(table)[:2], ("sum-differs", "cells[7] {}"))
        # Two roots that share a part.
        years = {"1-2": [["1", "2"]], "2-3": [["2", "3"]], "last": [["4", "3"], ["1-2", "3"]]}
        cells = [cell(10 * i, y=str(i)) for i in range(1, 5)] + [cell(100)]
        self.assertEqual(hidden(protect({"cells": cells, "hierarchies": {"y": {k: years[k] for k in ("1-2", "2-3")} | {"4": [["5"]]}}})), [])
        code, where, _ = refused({"cells": cells, "hierarchies": {"y": years}})
        self.assertEqual(code, "sum-differs")

    def test_what_is_left_out_is_part_of_it(self):
        """b follows as 100 - 60 - 37, though nobody prints it."""
        table = {"cells": [cell(60, t="a"), cell(37, t="c"), cell(100)], "hierarchies": {"t": {"a": "all", "b": "all", "c": "all"}}}
        self.assertNotEqual(hidden(protect(table)), [])
        table["cells"][1]["value"] = 20
        self.assertEqual(hidden(protect(table)), [])

    def test_organisations_know_their_own(self):
        rows = {"A": {"x": 3, "y": 40}, "B": {"x": 9, "y": 30}, "C": {"x": 50, "y": 60}, "D": {"x": 70, "y": 80}}
        without = protect(square(rows))
        self.assertEqual(sum(k.get("c") == "x" and "r" in k for k in hidden(without)), 2)
        output = protect(square(rows), "--organisation", "r")
        self.assertGreaterEqual(sum(k.get("c") == "x" and "r" in k for k in hidden(output)), 3)
        self.assertEqual((output["audit"]["insiders"], without["audit"]["insiders"]), (4, 0))


class Forced(unittest.TestCase):
    HIERARCHIES = {"t": {"a": "all", "b": "all", "c": "all", "d": "all"}}

    def table(self, **counts):
        return {"cells": [cell(n, t=t) for t, n in counts.items()] + [cell(sum(counts.values()))],
                "hierarchies": self.HIERARCHIES}

    def test_shown_stays_and_hidden_stays(self):
        first = protect(self.table(a=3, b=20, c=30, d=40))
        shown = {json.dumps(c["key"]) for c in first["cells"] if not c.get("suppressed")}
        self.assertTrue(hidden(first) and shown)
        again = protect(self.table(a=3, b=20, c=30, d=40), forced=first)
        self.assertEqual(again["cells"], first["cells"])
        # What would be shown, were it not hidden before.
        held = {"cells": [{"key": {"t": "d"}, "value": None, "suppressed": True}]}
        self.assertEqual(hidden(protect(self.table(a=8, b=20, c=30, d=40))), [])
        got = hidden(protect(self.table(a=8, b=20, c=30, d=40), forced=held))
        self.assertIn({"t": "d"}, got)
        self.assertGreater(len(got), 1)

    def test_what_is_forced_pushes_others_out(self):
        plain = hidden(protect(self.table(a=3, b=20, c=30, d=40)))
        self.assertEqual(sorted(k["t"] for k in plain), ["a", "b"])
        got = hidden(protect(self.table(a=3, b=20, c=30, d=40), forced={"cells": [cell(20, t="b")]}))
        self.assertIn({"t": "a"}, got)
        self.assertNotIn({"t": "b"}, got)
        self.assertGreater(len(got), 1)

    def test_no_safe_pattern_names_the_cell_and_who_gives_it_away(self):
        forced = {"cells": [cell(20, t="b"), cell(30, t="c"), cell(40, t="d"), cell(93)]}
        code, where, text = refused(self.table(a=3, b=20, c=30, d=40), forced=forced, status=1)
        self.assertEqual((code, where), ("no-safe-pattern", 'cells[0] {"t":"a"}'))
        self.assertIn("cells[4] {}", text)
        code, where, text = refused(self.table(a=3, b=20, c=30, d=40), known=forced, status=1)
        self.assertEqual((code, where), ("no-safe-pattern", 'cells[0] {"t":"a"}'))

    def test_a_cell_published_although_it_is_small(self):
        forced = {"cells": [cell(20, t="b"), cell(3, t="a")]}
        code, where, _ = refused(self.table(a=3, b=20, c=30, d=40), forced=forced, status=1)
        self.assertEqual((code, where), ("no-safe-pattern", 'forced: cells[1] {"t":"a"}'))
        output = protect(self.table(a=3, b=20, c=30, d=40), forced=forced, known={"cells": [cell(3, t="a")]})
        self.assertEqual(hidden(output), [])

    def test_cells_that_only_the_earlier_table_had(self):
        """January and February were published; the quarter now would give March away."""
        months = {"t": {"jan": "q1", "feb": "q1", "mar": "q1"}}
        forced = {"cells": [cell(20, t="jan"), cell(30, t="feb")]}
        output = protect({"cells": [cell(53, t="q1")], "hierarchies": months}, forced=forced)
        self.assertEqual(hidden(output), [{"t": "q1"}])
        self.assertEqual(hidden(protect({"cells": [cell(60, t="q1")], "hierarchies": months}, forced=forced)), [])

    def test_known_from_elsewhere(self):
        """Hiding what is known protects nothing: another one goes."""
        self.assertEqual(sorted(k["t"] for k in hidden(protect(self.table(a=3, b=20, c=30, d=40)))), ["a", "b"])
        output = protect(self.table(a=3, b=20, c=30, d=40), known={"cells": [cell(20, t="b")]})
        self.assertEqual(named(output, t="b")["value"], 20)
        self.assertGreater(len(hidden(output)), 1)
        self.assertEqual(named(protect(self.table(a=3, b=20, c=30, d=40), known={"cells": [cell(3, t="a")]}), t="a")["value"], 3)


if __name__ == "__main__":
    unittest.main()
