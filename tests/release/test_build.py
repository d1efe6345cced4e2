#!/usr/bin/python3
"""From reports in the real intake to figures at the real API, by vardectl release build:
what it counts, what it hides, that it is the same each time, whole or absent."""
import hashlib
import json
import pathlib
import shutil
import signal
import subprocess
import sys
import time
import unittest

HERE = pathlib.Path(__file__).parent
sys.path[:0] = [str(HERE.parent / "http"), str(HERE)]
from country import Country, REGIONS  # noqa: E402
from test_base import now  # noqa: E402
from varde import BIN, Varde  # noqa: E402

MONTHS = [f"2026-{m:02}" for m in range(1, 10)]
QUARTERS = {f"2026K{q + 1}": MONTHS[3 * q:3 * q + 3] for q in range(3)}


def tree(folder):
    return {str(p.relative_to(folder)): hashlib.sha256(p.read_bytes()).hexdigest()
            for p in sorted(folder.rglob("*")) if p.is_file()}


class Build(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.v = Varde()
        cls.addClassCleanup(cls.v.__exit__, None, None, None)
        cls.v.__enter__()
        cls.releases = cls.v.demo / "data/releases"
        cls.country = Country(cls.v)
        log = open(cls.v.folder / "statd.log", "ab")
        cls.statd = subprocess.Popen([BIN / "varde-statd", "--config", cls.v.conf], stderr=log)
        log.close()
        cls.addClassCleanup(cls.end)
        cls.port = int(cls.v.info["statistics"].rsplit(":", 1)[1])

    @classmethod
    def end(cls):
        cls.statd.send_signal(signal.SIGTERM)
        assert cls.statd.wait(30) == 0

    def build(self, *words, check=True):
        run = self.v.ctl("release", "build", "--json", *words, check=check)
        return json.loads(run.stdout) if check else run

    def refused(self, *words, status=2):
        run = self.v.ctl("release", *words, "--json", check=False)
        self.assertEqual(run.returncode, status, run.stderr)
        return json.loads(run.stderr.splitlines()[-1])["error"]["code"]

    def states(self):
        return {r["name"]: r["state"] for r in json.loads(self.v.ctl("release", "list", "--json").stdout)["releases"]}

    def cells(self, table, prefix=""):
        """{codes of all dimensions but contents: number or mark} of one table, from the API."""
        answer = self.v.request("GET", f"{prefix}/api/v2/tables/{table}/data?outputFormat=json-stat2&valuecodes[Region]=*"
                                f"&valuecodes[Hendelsesklasse]=*&valuecodes[Tid]=*&valuecodes[ContentsCode]=*", port=self.port)
        self.assertEqual(answer.status, 200, answer)
        data = answer.json
        codes = [sorted(data["dimension"][d]["category"]["index"], key=data["dimension"][d]["category"]["index"].get)
                 for d in data["id"]]
        marks = data.get("status", {})

        def walk(at, rest):
            if not rest:
                yield ()
                return
            for code in rest[0]:
                for more in walk(at, rest[1:]):
                    yield (code, *more)
        return {key: marks.get(str(i), data["value"][i]) for i, key in enumerate(walk(0, codes))}, data["id"]

    def serves(self, release):
        """Waits until statd says that it serves this release."""
        end = time.monotonic() + 30
        while time.monotonic() < end:
            told = [json.loads(line) for line in (self.v.folder / "statd.log").read_text().splitlines() if '"release-served"' in line]
            if told and told[-1]["release"] == release:
                return
            time.sleep(0.05)  # polling a condition, bounded
        raise AssertionError((self.v.folder / "statd.log").read_text())

    def compare(self, prefix=""):
        """Every shown figure of V1010 is what was sent; what is small is hidden. (shown, hidden)"""
        cells, ids = self.cells("V1010", prefix)
        shown = hidden = 0
        for key, value in cells.items():
            at = dict(zip(ids, key))
            truth = self.country.sum(at["Region"], QUARTERS[at["Tid"]], at["Hendelsesklasse"])
            if value == ":":
                hidden += 1
            elif value != "..":
                shown += 1
                self.assertEqual(value, truth, at)
                self.assertGreaterEqual(value, 5, at)
            if truth < 5:
                self.assertIn(value, (":", ".."), at)
        return shown, hidden

    def test_1_life(self):
        c = self.country
        c.fill(MONTHS, 16)
        self.assertEqual(self.refused("build"), "release-empty")
        self.assertEqual(self.states(), {})
        c.cover("2026-01")
        as_of = now()
        report = self.build("--dry-run", "--as-of", as_of)
        self.assertTrue(report["safe"])
        self.assertFalse(self.releases.exists())
        self.assertEqual(self.states(), {})

        # The same rows give the same bytes.
        first = self.build("--as-of", as_of)
        self.assertEqual(first, report)
        self.assertEqual((first["release"], first["closed"]), ("2026K3", "2026-09"))
        bytes_of_first = tree(self.releases / "2026K3")
        self.assertEqual(sorted(bytes_of_first), ["private/counts.jsonl", "private/report.json", "public/manifest.json",
                                                  "public/manifest.sig", "public/public.db"])
        self.build("--as-of", as_of)
        self.assertEqual(tree(self.releases / "2026K3"), bytes_of_first)
        for path in self.releases.rglob("*"):
            self.assertEqual(path.stat().st_mode & 0o077, 0, path)

        self.v.ctl("release", "promote", "2026K3")
        self.serves("2026K3")
        shown, hidden = self.compare()
        self.assertGreater(shown, 5)
        self.assertEqual({n for n, s in self.states().items() if s == "published"}, {"2026K3"})
        # What is served holds nothing of the private folder.
        self.assertEqual(sorted(p.name for p in (self.v.demo / "published/2026K3").iterdir()),
                         ["manifest.json", "manifest.sig", "public.db"])
        self.assertEqual(self.refused("build"), "release-exists")
        self.assertEqual(self.refused("build", "--name", "2026K3-2"), "release-order")

        # The report as it was built, and examined again from the files.
        self.assertEqual(json.loads(self.v.ctl("release", "show", "2026K3", "--json").stdout), first)
        self.assertEqual(json.loads(self.v.ctl("release", "audit", "2026K3", "--json").stdout), first)
        text = self.v.ctl("release", "audit", "2026K3").stdout
        self.assertIn("V1010", text)
        self.assertIn("SAFE: This release may be published", text)
        incidents = first["classes"][0]
        self.assertEqual(incidents["reports"]["counted"], c.sum())
        self.assertGreater(incidents["primary"], 0)
        self.assertEqual(incidents["audit"]["insiders"], len(c.trusts) + len(REGIONS))
        self.assertEqual(self.refused("show", "2020K1"), "release-unreadable")
        self.assertEqual(self.refused("audit", "2020K1"), "release-unknown")

        # Withdrawn, and made again under another name with what has come since: what now
        # differs by a few from a figure that people have seen is hidden.
        before, ids = self.cells("V1010")
        self.v.ctl("release", "withdraw", "2026K3", "--reason", "two reports came late")
        big = c.trusts[0]
        for _ in range(2):
            c.report(big, "2026-09", 1)
        second = self.build("--name", "2026K3-2")
        self.v.ctl("release", "promote", "2026K3-2")
        self.serves("2026K3-2")
        self.compare()
        after, _ = self.cells("V1010")
        told = 0
        for key, value in after.items():
            if ":" in (value, before[key]) or ".." in (value, before[key]):
                continue
            told += 1
            self.assertTrue(value == before[key] or abs(value - before[key]) >= 5, (key, value, before[key]))
        self.assertGreater(told, 5)
        self.assertTrue(second["safe"])

    def test_2_altered_past_is_no_ground_to_build_on(self):
        counts = self.releases / "2026K3-2/private/counts.jsonl"
        kept = counts.read_bytes()
        counts.write_bytes(kept.replace(b'"n":', b'"n":1', 1))
        self.assertEqual(self.refused("audit", "2026K3-2"), "release-altered")
        self.assertEqual(self.refused("build", "--name", "x"), "release-altered")
        counts.write_bytes(kept)
        self.v.ctl("release", "audit", "2026K3-2")

    def test_3_killed_builds_leave_nothing_half_done(self):
        v = Varde(folder=None)
        self.addCleanup(v.__exit__, None, None, None)
        with_data = self.v.demo / "data"
        v.__enter__()
        v.stop()
        shutil.rmtree(v.demo / "data")
        self.v.stop()
        shutil.copytree(with_data, v.demo / "data", ignore=shutil.ignore_patterns("*.sock", "releases"))
        shutil.copy(self.v.demo / "credentials/release-key", v.demo / "credentials/release-key")
        self.v.start()
        # A register that has published releases whose folders are gone does not build on.
        run = v.ctl("release", "build", "--json", check=False)
        self.assertEqual(json.loads(run.stderr)["error"]["code"], "release-unreadable")
        shutil.copytree(with_data / "releases", v.demo / "data/releases")
        shutil.copytree(v.demo / "data/releases", v.folder / "kept")
        v.ctl("release", "withdraw", "2026K3-2", "--reason", "to build it again")
        started = time.monotonic()
        v.ctl("release", "build", "--name", "2026K3-3", "--dry-run")
        takes = time.monotonic() - started
        for k in range(4):
            process = subprocess.Popen([BIN / "vardectl", "release", "build", "--name", "2026K3-3", "--config", v.conf],
                                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            try:
                process.wait(takes * (0.4 + 0.2 * k))
            except subprocess.TimeoutExpired:
                process.kill()
            process.wait()
            folder = v.demo / "data/releases/2026K3-3"
            if folder.exists():
                self.assertEqual(len(tree(folder)), 5, k)
                digest = hashlib.sha256((folder / "public/public.db").read_bytes()).hexdigest()
                self.assertIn(digest, (folder / "public/manifest.json").read_text())
            self.assertFalse((v.demo / "published/2026K3-3").exists())
        v.ctl("release", "build", "--name", "2026K3-3")
        self.assertEqual(list(p.name for p in (v.demo / "data/releases").iterdir() if p.name.startswith(".")), [])
        v.ctl("release", "promote", "2026K3-3")


if __name__ == "__main__":
    unittest.main(verbosity=2)
