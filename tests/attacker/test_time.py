#!/usr/bin/python3
"""Twelve quarters in a row, all their answers together: late reports, organisations that
join, a release that was wrong and is withdrawn, final figures each spring."""
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from story import Story, tell  # noqa: E402
import read  # noqa: E402

TOOL = sys.argv.pop(1)
QUARTERS = [f"{year}-{month:02d}" for year in (2024, 2025, 2026) for month in (3, 6, 9, 12)]


class Time(unittest.TestCase):
    def test_twelve_releases(self):
        with Story(TOOL, "real", QUARTERS, withdrawn=["2025-06"], short=3, trusts=6, regions=3, last="2026-12", reports=15000,
                   joined=["2024-01", "2024-01", "2024-05", "2024-01", "2025-01", "2024-01"]) as story:
            it = story.run().attack()
            self.assertEqual(len(story.answers), 13)
            self.assertEqual(story.api.ask("/releases/2025-06-wrong/api/v2/tables").status, 410)
            for name, tables in [a for a in story.answers if a[0] not in story.gone][::5]:  # stays as it was
                again = read.crawl(story.api, name)
                self.assertEqual({id: t.cells for id, t in again.items()}, {id: t.cells for id, t in tables.items()})
        it.linear().insiders().bounds(unpublished=100)
        f = tell("twelve releases", it.findings)
        self.assertEqual(f.above_bars(), [])


if __name__ == "__main__":
    unittest.main()
