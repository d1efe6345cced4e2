#!/usr/bin/python3
"""A country goes through the real intake: what lies in the organisations' files, and
what is handed over to a release, is what the plan says, also after an interruption."""
import collections
import json
import os
import signal
import sqlite3
import subprocess
import time
import unittest

import waves  # finds what follows
import document
import truth
from operator_client import call
from varde import BIN, Varde

REPORTS = 2000
COMMAND = [str(waves.SOURCE / "deploy/national/fill"), "--bin", str(BIN)]


def columns(row):
    return truth.row_of(row)


class Fill(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.v = Varde()
        cls.addClassCleanup(cls.v.__exit__, None, None, None)
        cls.v.at("2026-11-20T08:00:00Z")
        cls.folder = cls.v.demo / "national"
        cls.truth_file = cls.v.folder / "truth.json"
        cls.interrupted = cls.interrupt()
        cls.run_on = cls.fill("--truth", str(cls.truth_file))
        cls.told = json.loads(cls.truth_file.read_text())

    @classmethod
    def command(cls, *words):
        return [*COMMAND, "--config", str(cls.v.conf), *words]

    @classmethod
    def fill(cls, *words, status=0):
        run = subprocess.run(cls.command(*words), capture_output=True, text=True, check=False)
        assert run.returncode == status, run.stdout + run.stderr
        return run.stdout + run.stderr

    @classmethod
    def interrupt(cls):
        """Begins, and is killed in the midst of it: how many documents lay there then."""
        filling = subprocess.Popen(cls.command("--reports", str(REPORTS), "--seed", "4", "--until", "2026-10"),
                                   stdout=subprocess.DEVNULL, start_new_session=True)
        end = time.monotonic() + 120
        while cls.stored() < REPORTS // 4 and filling.poll() is None and time.monotonic() < end:
            time.sleep(0.1)  # polling a condition, bounded
        os.killpg(filling.pid, signal.SIGKILL)
        filling.wait()
        return cls.stored()

    @classmethod
    def stored(cls):
        return sum(documents for _, documents in cls.files().values())

    @classmethod
    def files(cls):
        """Organisation → (reports, documents) in its file."""
        found = {}
        for path in (cls.v.demo / "data/tenants").glob("31[12]*.db"):
            with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as base:
                try:
                    found[path.stem] = base.execute("SELECT count(DISTINCT report_id), count(*) FROM document").fetchone()
                except sqlite3.OperationalError:
                    found[path.stem] = (0, 0)  # being made
        return found

    def test_interrupted_and_resumed(self):
        self.assertTrue(REPORTS // 4 <= self.interrupted < REPORTS, self.interrupted)
        organisations = self.told["organisations"]
        self.assertEqual(sum(o["reports"] for o in organisations), REPORTS)
        self.assertEqual({o["organisation"]: (o["reports"], o["documents"]) for o in organisations if o["documents"]}, self.files())
        self.assertIn("documents new", self.run_on)

    def test_each_document_lies_there_as_planned(self):
        plan = waves.fill.make_plan(json.loads((self.folder / "plan.json").read_text()))
        for one in plan.organisations[:3] + plan.organisations[20:23]:
            with sqlite3.connect(f"file:{self.v.database(one.orgnr)}?mode=ro", uri=True) as base:
                stored = [json.loads(clear) for clear, in base.execute("SELECT clear FROM document ORDER BY seq")]
            self.assertEqual(len(stored), len(plan.sends(one.orgnr)))
            for (_, report, which), clear in zip(plan.sends(one.orgnr), stored):
                if document.schema(which) != "incident-report/1.0":
                    self.assertEqual(clear, {k: v for k, v in document.document(plan, report, which).items() if k != "narrative"})
                    continue
                version, revision = report.versions[which - 1], which
                self.assertEqual((clear["report_id"], clear["revision"], clear["event_class"], clear["event_type"], clear["harm"]),
                                 (report.report_id, revision, version.event_class, version.event_type,
                                  {"actual": version.actual, "potential": version.potential}))
                self.assertNotIn("narrative", clear)

    def test_a_release_is_handed_what_is_true(self):
        output, _ = call(self.v.demo / "data", "release base", as_of="2026-11-20T08:00:00Z")
        self.assertEqual(self.rows(output, "registration"), collections.Counter())  # all came after that
        now = json.loads(self.v.ctl("status", "--json").stdout)["clock"]
        output, _ = call(self.v.demo / "data", "release base", as_of=now)
        self.assertEqual(self.rows(output, "registration"), self.true("registration"))
        covered = {line["organisation"]: line["coverage_start"] for line in map(json.loads, output.splitlines()) if "organisation" in line}
        for one in self.told["organisations"]:
            self.assertEqual(covered[one["organisation"]], one["coverage_start"])
        regions = collections.Counter(line["region"] for line in map(json.loads, output.splitlines())
                                      if line.get("kind") == "hf" and line["coverage_start"])
        self.assertEqual(regions, {"helse_sor_ost": 9, "helse_vest": 4, "helse_midt": 3, "helse_nord": 4})

    def rows(self, output, clock):
        found = collections.Counter()
        for line in map(json.loads, output.splitlines()):
            if line.get("clock") == clock:
                # a base does not say yet where its rows count
                found[columns({**line, "row": "counted"})] += line["n"]
        return found

    def true(self, clock):
        return collections.Counter({columns(row): row["n"] for row in self.told[clock]})

    def test_z_again_is_nothing_new(self):
        self.assertIn("0 documents new, 0 known", self.fill())
        # Whoever forgets how far one came sends it all again; the service knows it.
        before, largest = self.files(), max(self.folder.glob("*.sent"), key=lambda path: int(path.read_text()))
        documents = largest.read_text()
        largest.unlink()
        self.assertIn(f"0 documents new, {documents} known", self.fill())
        self.assertEqual(self.files(), before)

    def test_other_numbers_are_refused(self):
        self.assertIn("begun with other numbers", self.fill("--reports", "100", status=1))
        self.assertIn("begun with other numbers", self.fill("--seed", "5", status=1))

    def test_nothing_from_the_future(self):
        self.assertIn("lies after", self.fill("--sent-by", "2026-12-01", status=1))
        self.assertIn("0 documents new, 0 known", self.fill("--sent-by", "2025-12-01"))


if __name__ == "__main__":
    unittest.main()
