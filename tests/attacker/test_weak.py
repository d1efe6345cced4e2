#!/usr/bin/python3
"""Releases that are protected less on purpose: each is broken, by the attack that fits."""
import pathlib
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from story import Story, tell  # noqa: E402
import bounds  # noqa: E402
import linear  # noqa: E402
import second  # noqa: E402

TOOL = sys.argv.pop(1)
SMALL = {"trusts": 8, "regions": 4, "first": "2024-01", "last": "2024-06", "reports": 1600}
TRUSTS = [f"9100000{i:02d}" for i in range(8)]


class Weak(unittest.TestCase):
    def attack(self, mode, quarters=("2024-03", "2024-06"), **country):
        with Story(TOOL, mode, quarters, **{**SMALL, **country}) as story:
            it = story.run().attack()
            self.projected = story.attack(exact=False)
        self.assertEqual(it.findings.wrong, [], "the attacker's picture is not the counts'")
        return it

    def test_primary_only(self):
        """Subtract what is shown from its total."""
        it = self.attack("primary-only").linear()
        f = tell("primary suppression only", it.findings)
        self.assertGreater(len(f.linear), f.hidden // 10)
        self.assertTrue(all(0 <= value < 5 for _, value in f.linear))
        self.assertEqual(f.linear, self.projected.linear().findings.linear, "modulo a prime and in doubles")

    def test_second_opinion(self):
        """Bounds by HiGHS in doubles and by GLPK in rational numbers are the same."""
        if not second.AT_HAND:
            self.skipTest("glpsol (glpk-utils) is not at hand")
        it = self.attack("primary-only", ("2024-03",))
        s, truth, (a, b) = it.systems[2], it.truths[2], it.rows[2]
        keys = list(s.hidden)[::7][:8]
        figures = bounds.Figures(keys, s.matrix(keys), truth, [True] * len(keys))
        rows, columns = max(linear.components(a), key=lambda part: len(part[0]))
        program = bounds.Program(a[rows][:, columns], b[rows], 10000)
        compared = 0
        with tempfile.TemporaryDirectory() as folder:
            for row in figures.rows[:, columns]:
                ours = [float((row @ program.best(sign * row.toarray().ravel()))[0]) for sign in (-1, 1)]
                if ours[1] < program.much:
                    theirs = second.bounds(pathlib.Path(folder), program.a, program.b, row)
                    self.assertAlmostEqual(ours[0], theirs[0], places=5)
                    self.assertAlmostEqual(ours[1], theirs[1], places=5)
                    compared += 1
        self.assertGreater(compared, 4)

    def test_both_clocks(self):
        """Final less preliminary figures: the few reports that were withdrawn."""
        with Story(TOOL, "primary-only", ["2024-12", "2025-03"], trusts=3, regions=3, last="2025-03", reports=2000) as story:
            it = story.almost_final().run().attack()
        f = tell("two clocks", it.linear().findings)
        self.assertGreater(len(f.changes), 0)

    def test_no_organisation(self):
        """Subtract one's own: an outsider finds nothing, nearly every trust finds others."""
        it = self.attack("no-organisation").linear().insiders(TRUSTS)
        f = tell("no organisation rule", it.findings)
        self.assertEqual(f.linear, [])
        finders = [code for code in TRUSTS if f.insiders[code] or f.rest[code]]
        self.assertGreater(len(finders), len(TRUSTS) // 2)

    def test_zeros_shown(self):
        """What is hidden is at least 1: bounds close in, the more the finer the levels are."""
        it = self.attack("zeros-shown", ("2024-12",), short=3, trusts=6, regions=3, last="2024-12", reports=1500)
        self.assertTrue(it.zeros_shown)
        f = tell("zeros shown", it.bounds(rounds=15, singles=40, unpublished=0).findings)
        self.assertGreater(len(f.narrow), 0)
        self.assertGreater(len(f.revealed), f.small_hidden // 50)


if __name__ == "__main__":
    unittest.main()
