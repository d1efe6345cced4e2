#!/usr/bin/python3
"""Releases that are protected less on purpose: each is broken, by the attack that fits."""
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from story import Story, tell  # noqa: E402

TOOL = sys.argv.pop(1)
SMALL = {"trusts": 8, "regions": 4, "first": "2024-01", "last": "2024-06", "reports": 1600}
TRUSTS = [f"9100000{i:02d}" for i in range(8)]


class Weak(unittest.TestCase):
    def attack(self, mode, quarters=("2024-03", "2024-06")):
        with Story(TOOL, mode, quarters, **SMALL) as story:
            it = story.run().attack()
        self.assertEqual(it.findings.wrong, [], "the attacker's picture is not the counts'")
        return it

    def test_primary_only(self):
        """Subtract what is shown from its total."""
        it = self.attack("primary-only").linear()
        f = tell("primary suppression only", it.findings)
        self.assertGreater(len(f.linear), f.hidden // 10)
        self.assertTrue(all(0 <= value < 5 for _, value in f.linear))

    def test_no_organisation(self):
        """Subtract one's own: an outsider finds nothing, nearly every trust finds others."""
        it = self.attack("no-organisation").linear().insiders(TRUSTS)
        f = tell("no organisation rule", it.findings)
        self.assertEqual(f.linear, [])
        finders = [code for code in TRUSTS if f.insiders[code] or f.rest[code]]
        self.assertGreater(len(finders), len(TRUSTS) // 2)

    def test_zeros_shown(self):
        """What is hidden is at least 1: bounds close in."""
        it = self.attack("zeros-shown", ("2024-03",))
        self.assertTrue(it.zeros_shown)
        f = tell("zeros shown", it.bounds(rounds=15, singles=40, unpublished=0).findings)
        self.assertGreater(len(f.narrow), 0)
        self.assertGreater(len(f.single), 0)
        self.assertGreater(len(f.revealed), f.small_hidden // 50)


if __name__ == "__main__":
    unittest.main()
