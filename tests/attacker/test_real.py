#!/usr/bin/python3
"""Releases as the product protects them, of countries of several kinds: nothing is found."""
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import build  # noqa: E402
from story import Story, tell  # noqa: E402

TOOL = sys.argv.pop(1)


class Real(unittest.TestCase):
    def nothing_in(self, what, quarters, own=(), almost=(), **country):
        with Story(TOOL, "real", quarters, **country) as story:
            for change in almost:
                getattr(story, change)()
            it = story.run().attack()
        it.linear().insiders().bounds(unpublished=100).insider_bounds(own, unpublished=100)
        f = tell(what, it.findings)
        self.assertEqual(f.above_bars(), [])
        self.assertLess(f.hidden, f.cells)

    def test_sparse(self):
        self.nothing_in("8 trusts, few reports", ["2024-03", "2024-06"], ["910000000"],
                        trusts=8, last="2024-06", reports=1600)

    def test_dense(self):
        self.nothing_in("8 trusts, many reports", ["2024-03", "2024-06"], ["910000003"],
                        trusts=8, last="2024-06", reports=16000)

    def test_small_start(self):
        self.nothing_in("3 trusts in 2 regions", ["2024-03", "2024-06"], ["910000000", "910000002"],
                        trusts=3, regions=2, last="2024-06", reports=1500)

    def test_both_clocks(self):
        """Where hardly anything changed from preliminary to final, nobody sees how little."""
        self.nothing_in("almost final at once", ["2024-12", "2025-03"], trusts=4, regions=2, last="2025-03", reports=2000,
                        almost=["almost_final"])

    def test_reviews(self):
        """Where hardly any event was not notified, nobody sees how few."""
        self.nothing_in("almost all notified", ["2025-03"], ["910000000"], trusts=4, regions=2, last="2025-03", reports=1200,
                        almost=["almost_all_notified"])

    def test_one_region(self):
        """The nation is the region then, and one's own part comes off both."""
        self.nothing_in("4 trusts in 1 region", ["2024-03"], ["910000000"], trusts=4, regions=1, last="2024-03", reports=720)

    def test_municipalities(self):
        """Three years, so that their windows are there; the trusts have just joined."""
        self.nothing_in("12 municipalities", ["2026-12"], ["0301", "1101", "11"], trusts=3, regions=2, last="2026-12",
                        joined=["2026-11"], reports=9000, municipalities=build.municipalities(12), municipal=3000)

    def test_full_lists(self):
        """The programme as it is, at the density of 200 000 reports in three years."""
        self.nothing_in("6 trusts, all codes", ["2024-03"], trusts=6, regions=3, last="2024-03", reports=4500, short=0)


if __name__ == "__main__":
    unittest.main()
