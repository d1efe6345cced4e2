#!/usr/bin/python3
"""The story of deploy/demo, played with $VARDE_BIN: it ends with 0 by itself and with
130 when interrupted, and leaves no folder of its own and no process behind either way. What it
prints at the end can be pasted into a shell and works."""
import os
import pathlib
import re
import signal
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(os.environ["VARDE_SOURCE"])
BIN = os.environ["VARDE_BIN"]
STORY = [sys.executable, "-B", str(ROOT / "deploy" / "demo.d" / "story.py"), "--bin", BIN]
QUIET = {**os.environ, "no_proxy": "*", "PYTHONUNBUFFERED": "1"}


def daemons(folder):
    """Processes that were started on something inside `folder`."""
    found = []
    for entry in pathlib.Path("/proc").glob("[0-9]*/cmdline"):
        try:
            if str(folder).encode() in entry.read_bytes():
                found.append(entry.parent.name)
        except OSError:
            pass  # ended meanwhile
    return found


class Story(unittest.TestCase):
    def setUp(self):
        scratch = tempfile.TemporaryDirectory(prefix="varde-test-demo-")
        self.addCleanup(scratch.cleanup)
        self.scratch = pathlib.Path(scratch.name)
        self.environment = {**QUIET, "TMPDIR": scratch.name}

    def assert_clean(self):
        self.assertEqual([], list(self.scratch.iterdir()))
        self.assertEqual([], daemons(self.scratch))

    def test_once_in_a_named_folder(self):
        folder = self.scratch / "kept"
        done = subprocess.run([*STORY, "--once", "--dir", folder], env=self.environment, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True)
        self.assertEqual(0, done.returncode, done.stdout[-4000:])
        self.assertIn("Alle steg ble besvart", done.stdout)
        # What was counted out: the country's quarters are shown, and something is hidden where it is split.
        self.assertRegex(done.stdout, r'\n  "Hele landet, [^\n]*(;\d+){2,}\n')
        self.assertRegex(done.stdout, r"\n  Hele landet, [^\n]*;I alt;I alt;\d+\n")
        self.assertRegex(done.stdout, r"\n  Hele landet, [^\n]*;I alt;[^;]*;:\n")
        self.assertLessEqual(max(len(line) for line in done.stdout.splitlines()), 100)
        self.assertEqual([folder], list(self.scratch.iterdir()))
        self.assertTrue((folder / "demo.json").exists())
        again = subprocess.run([*STORY, "--once", "--dir", folder], env=self.environment, stdout=subprocess.PIPE,
                               stderr=subprocess.STDOUT, text=True)
        self.assertEqual(1, again.returncode)
        self.assertIn("folder-not-empty", again.stdout)
        self.assertEqual([], daemons(self.scratch))

    def test_stays_until_interrupted(self):
        running = subprocess.Popen(STORY, env=self.environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                   text=True)
        try:
            text = self.read_until(running, "Ctrl-C")
            self.paste(text)
        finally:
            running.send_signal(signal.SIGINT)
            rest = running.communicate()[0]
        self.assertEqual(0, running.returncode, rest)
        self.assert_clean()

    def test_interrupted_in_the_middle(self):
        running = subprocess.Popen(STORY, env=self.environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                   text=True)
        self.read_until(running, "3. ")
        running.send_signal(signal.SIGTERM)
        rest = running.communicate()[0]
        self.assertEqual(130, running.returncode, rest)
        self.assert_clean()

    def read_until(self, running, mark):
        lines = []
        for line in running.stdout:
            lines.append(line)
            if mark in line:
                return "".join(lines)
        self.fail("ended early:\n" + "".join(lines[-40:]))

    def paste(self, text):
        """Every command of the last part, as somebody in another window would."""
        part = text[text.index("D="):text.index("Andre virksomheter")]
        done = subprocess.run(["sh", "-eu", "-c", part.replace("curl ", "curl -sS -w '\\n%{http_code}\\n' ")],
                              env=QUIET, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.assertIn(done.returncode, (0, 1), done.stderr)  # doctor may warn, of a full disk say
        codes = re.findall(r"^(\d{3})$", done.stdout, re.M)
        self.assertEqual(["200", "201", "200", "200", "200", "200", "200", "200"], codes, done.stdout + done.stderr)
        self.assertIn("kjent fra før", done.stdout)
        self.assertRegex(done.stdout, r'"class":"dataset".*"id":\["Hendelsesklasse","ContentsCode","Tid"\]')
        self.assertRegex(done.stdout, r"(?m)^ *2\d{3}K[1-4]\b.*\bpublished\b")


if __name__ == "__main__":
    unittest.main(verbosity=2)
