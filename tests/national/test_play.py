#!/usr/bin/python3
"""deploy/national/play makes an installation at rest whose years have been played."""
import datetime
import json
import pathlib
import sqlite3
import subprocess
import tempfile
import unittest

import waves  # finds what follows
import play
from varde import BIN


class Play(unittest.TestCase):
    def test_moments(self):
        self.assertEqual(play.moments((2025, 2), (2025, 7)), ["2025-03-31T06:00:00Z", "2025-04-20T06:00:00Z", "2025-07-20T06:00:00Z",
                                                              "2025-08-20T06:00:00Z"])

    def test_a_small_start(self):
        with tempfile.TemporaryDirectory() as scratch:
            folder = pathlib.Path(scratch) / "it"
            words = [waves.SOURCE / "deploy/national/play", folder, "--bin", BIN, "--reports", "200", "--months", "6", "--until",
                     "2025-07", "--trusts", "3", "--municipalities", "1"]
            run = subprocess.run(words, capture_output=True, text=True, check=False)
            self.assertEqual(run.returncode, 0, run.stdout + run.stderr)
            self.assertNotIn("clock", (folder / "varde.conf").read_text())
            plan = waves.fill.make_plan(json.loads((folder / "national/plan.json").read_text()))
            self.assertEqual(len(plan.organisations), 4)
            moments, days = play.moments(plan.start, plan.until), set()
            true = waves.truth.Truth(plan, [waves.seconds(m) for m in moments]).documents()
            for one in plan.organisations:
                with sqlite3.connect(f"file:{folder}/data/tenants/{one.orgnr}.db?mode=ro&immutable=1", uri=True) as base:
                    rows = base.execute("SELECT received_at, report_id FROM document").fetchall()
                self.assertEqual((len({r for _, r in rows}), len(rows)), true[one.orgnr])
                days |= {datetime.datetime.fromtimestamp(at / 1000, datetime.timezone.utc).strftime("%Y-%m-%d") for at, _ in rows}
            self.assertEqual(days, {moment[:10] for moment in moments})
            again = subprocess.run(words, capture_output=True, text=True, check=False)
            self.assertEqual(again.returncode, 1)
            self.assertIn("folder-not-empty", again.stderr)


if __name__ == "__main__":
    unittest.main()
