#!/usr/bin/python3
"""Seeded random tables of one to four dimensions, protected by the real program and attacked
by someone else's mathematics; and the same attacker against patterns that are too weak."""

import json
import math
import random
import sys
import unittest

try:
    from attacker import Grid, insiders, outsider
except ImportError as missing:
    print(f"skipped: {missing} (Debian: python3-scipy)")
    sys.exit(77)

from command import hidden, run

T = 5
SEEDS = range(30)


def protect(table, *options, **lists):
    """The output, or None where the program found no safe pattern: never too bold; how careful it may be, tests say."""
    done = run(table, *options, **lists)
    if done.returncode == 1:
        return None
    if done.returncode or done.stderr:
        raise AssertionError(f"{done.returncode}: {done.stderr.decode()}")
    return json.loads(done.stdout)


def flat(name, n):
    categories = [f"{name}{i}" for i in range(n)]
    return (name, categories + [None], [(None, categories)], None), None


def tree(name, sizes, parents):
    """Groups of these sizes below one root, in one form or the other."""
    groups, leaves = [], 0
    for i, size in enumerate(sizes):
        groups.append((f"{name}g{i}", [f"{name}{leaves + k}" for k in range(size)]))
        leaves += size
    groups.append((name + "all", [g for g, _ in groups]))
    categories = [c for _, children in groups for c in children] + [name + "all"]
    form = {child: parent for parent, children in groups for child in children} if parents else \
        {parent: [children] for parent, children in groups}
    return (name, categories, groups, name + "all"), form


def windows(name, n):
    """Years, and sums of each two after another; all of them are the total, which has no name."""
    years = [f"{name}{i}" for i in range(n)]
    pairs = [(f"{name}{i}-{i + 1}", years[i:i + 2]) for i in range(n - 1)]
    return (name, years + [w for w, _ in pairs] + [None], pairs + [(None, years)], None), \
        {w: [children] for w, children in pairs}


class Case:
    """A table made by chance; its first dimension is of organisations, where there are any."""

    def __init__(self, seed):
        r = random.Random(seed)
        self.organisation = "o" if r.random() < 0.5 else None
        made = self.dimensions(r, 1 + seed % 4)
        while math.prod(len(d[1]) for d, _ in made) > 300:
            made = self.dimensions(r, 1 + seed % 4)
        self.grid = Grid([d for d, _ in made])
        level = r.choice([3, 8, 20, 60])
        self.truth = self.grid.sums({node: r.choice([0, r.randint(0, 6), r.randint(0, level), int(r.expovariate(1 / level))])
                                     for node in self.grid.nodes})
        share = r.choice([1, 1, 0.95, 0.6])  # of what is published; the margins of one dimension always are
        self.listed = [node for node in self.grid.nodes if r.random() < share or len(self.grid.key(node)) < 2]
        r.shuffle(self.listed)
        self.table = {"cells": [{"key": self.grid.key(node), "value": self.truth[node]} for node in self.listed],
                      "hierarchies": {d[0]: form for d, form in made if form}}
        self.options = ["--organisation", "o"] if self.organisation else []

    @staticmethod
    def dimensions(r, n):
        made = [tree("o", [r.randint(1, 3) for _ in range(r.randint(2, 3))], r.random() < 0.5) if r.random() < 0.7
                else flat("o", r.randint(3, 6))]
        for i in range(1, n):
            kind, size = r.random(), r.randint(2, 5)
            made.append(windows(f"w{i}", max(size, 3)) if kind < 0.2 else flat(f"f{i}", size) if kind < 0.7
                        else tree(f"t{i}", [r.randint(1, 3), r.randint(1, 2)], r.random() < 0.5))
        return made

    def shown(self, output):
        return {self.grid.node(c["key"]): c["value"] for c in output["cells"] if not c.get("suppressed")}


class Attacked(unittest.TestCase):
    def check(self, case, output, context):
        for given, cell, node in zip(case.table["cells"], output["cells"], case.listed):
            self.assertEqual(given["key"], cell["key"])
            if not cell.get("suppressed"):
                self.assertEqual((cell["value"], cell), (case.truth[node], given))
                self.assertGreaterEqual(cell["value"], T)
        shown = case.shown(output)
        self.assertEqual(outsider(case.grid, case.truth, shown, set(case.listed), T), [], context)
        if case.organisation:
            self.assertEqual(insiders(case.grid, case.truth, shown, T, 0), [], context)

    def test_nothing_is_found(self):
        hid = cells = printed = 0
        for seed in SEEDS:
            case = Case(seed)
            output = protect(case.table, *case.options)
            if not output:
                continue
            printed += 1
            with self.subTest(seed=seed, nodes=len(case.grid.nodes)):
                self.check(case, output, seed)
            hid, cells = hid + len(hidden(output)), cells + len(output["cells"])
        print(f"{printed} of {len(SEEDS)} tables printed, {hid} of {cells} cells hidden")
        self.assertEqual(printed, len(SEEDS))  # no table is so small that nothing of it can be printed
        self.assertGreater(hid, 1000)
        self.assertLess(hid, 0.8 * cells)

    def test_a_pattern_of_primary_suppression_only_is_broken(self):
        broken = total = 0
        for seed in SEEDS:
            case = Case(seed)
            shown = {n: case.truth[n] for n in case.listed if case.truth[n] >= T}
            if len(shown) in (0, len(case.listed)):
                continue
            total += 1
            broken += bool(outsider(case.grid, case.truth, shown, set(case.listed), T))
        self.assertGreater(total, 20)
        self.assertGreater(broken, total / 2)

    def test_a_pattern_without_the_organisation_rule_is_broken(self):
        broken = total = 0
        for seed in SEEDS:
            case = Case(seed)
            output = protect(case.table) if case.organisation else None
            if output:
                total += 1
                broken += bool(insiders(case.grid, case.truth, case.shown(output), T, 0))
        self.assertGreater(total, 10)
        self.assertGreater(broken, total / 3)

    def test_shown_zeros_are_noticed(self):
        """The same patterns with their zeros shown: what is still hidden is then at least 1."""
        broken = 0
        for seed in SEEDS:
            case = Case(seed)
            output = protect(case.table, *case.options)
            if not output:
                continue
            shown = case.shown(output)
            shown.update({n: 0 for n in case.listed if not case.truth[n]})
            found = outsider(case.grid, case.truth, shown, set(case.listed), T)
            broken += bool(found)
        self.assertGreater(broken, 2)


class Releases(unittest.TestCase):
    """The months of an earlier table stay as they were, and all of it is safe together."""

    def test_both_together(self):
        held = printed = 0
        for seed in range(10):
            r = random.Random(1000 + seed)
            orgs, options = tree("o", [3, 2, 3], True), ["--organisation", "o"]
            types = flat("t", 3)
            counts = {(o, t, m): r.choice([0, r.randint(0, 9), r.randint(5, 40)])
                      for o in orgs[0][1] for t in types[0][1] for m in ("m0", "m1", "m2", "m3")}
            before = None
            for n in (2, 3, 4):
                months = ("m", [f"m{i}" for i in range(n)] + [None], [(None, [f"m{i}" for i in range(n)])], None)
                grid = Grid([orgs[0], types[0], months])
                truth = grid.sums({**{node: 0 for node in grid.nodes}, **counts})
                # The total of all months is not the same figure next time: it is not published.
                listed = [node for node in grid.nodes if node[2]]
                table = {"cells": [{"key": grid.key(node), "value": truth[node]} for node in listed],
                         "hierarchies": {"o": orgs[1]}}
                output = protect(table, *options, **({"forced": before} if before else {}))
                if not output:
                    break
                printed += 1
                states = {json.dumps(c["key"], sort_keys=True): c for c in output["cells"]}
                for c in before["cells"] if before else []:
                    self.assertEqual(states[json.dumps(c["key"], sort_keys=True)], c)
                    held += 1
                shown = {grid.node(c["key"]): c["value"] for c in output["cells"] if not c.get("suppressed")}
                with self.subTest(seed=seed, months=n):
                    self.assertEqual(outsider(grid, truth, shown, set(listed), T), [])
                    self.assertEqual(insiders(grid, truth, shown, T, 0), [])
                before = output
        print(f"{printed} of 30 releases printed, {held} cells as they were before")
        self.assertEqual(printed, 30)
        self.assertEqual(held, 10 * (2 + 3) * 48)  # the months of both earlier tables, with 48 figures each


if __name__ == "__main__":
    unittest.main()
