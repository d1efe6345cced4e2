#!/usr/bin/python3
"""A release from its record to its withdrawal: through vardectl and the real daemon,
served by the real varde-statd. The release itself is written here, by Python."""
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
sys.path[:0] = [str(HERE.parent / "http"), str(HERE.parent / "statd"), str(HERE)]
import release  # noqa: E402
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey  # noqa: E402
from operator_client import Refused, call  # noqa: E402
from varde import BIN, Varde  # noqa: E402


class Life(unittest.TestCase):
    def setUp(self):
        self.v = Varde()
        self.addCleanup(self.v.__exit__, None, None, None)
        self.v.__enter__()
        self.demo = self.v.demo
        release.KEY = Ed25519PrivateKey.from_private_bytes(bytes.fromhex((self.demo / "credentials/release-key").read_text()))
        log = open(self.v.folder / "statd.log", "ab")
        self.statd = subprocess.Popen([BIN / "varde-statd", "--config", self.v.conf], stderr=log)
        log.close()
        self.addCleanup(self.end)
        self.statistics = int(self.v.info["statistics"].rsplit(":", 1)[1])

    def end(self):
        self.statd.send_signal(signal.SIGTERM)
        self.assertEqual(self.statd.wait(30), 0)

    def build(self, name, periods, closed):
        folder = self.demo / "data/releases" / name
        shutil.rmtree(folder, ignore_errors=True)
        release.write(folder, "public", release.standard(periods))
        manifest = (folder / "public/manifest.json")
        # write() names a release after its folder; this one is called otherwise
        text = manifest.read_text().replace('"release": "public"', f'"release": "{name}"').encode()
        manifest.write_bytes(text)
        (folder / "public/manifest.sig").write_text(release.sign("varde-manifest", text) + "\n")
        digest = hashlib.sha256(text).hexdigest()
        return call(self.demo / "data", "release record", name=name, as_of="2026-04-20T00:00:00Z", closed=closed,
                    manifest=digest, counts=hashlib.sha256(name.encode()).hexdigest())

    def served(self, status=200):
        """What statd answers once it answers so; a promotion is seen within a second."""
        end = time.monotonic() + 30
        while time.monotonic() < end:
            try:
                answer = self.v.request("GET", "/api/v2/tables", port=self.statistics)
                if answer.status == status:
                    return answer
            except OSError:
                pass
            time.sleep(0.05)  # polling a condition, bounded
        raise AssertionError((self.v.folder / "statd.log").read_text())

    def states(self):
        return {r["name"]: r["state"] for r in json.loads(self.v.ctl("release", "list", "--json").stdout)["releases"]}

    def test_life(self):
        v = self.v
        self.assertEqual(self.served(503).code, "no-release")
        self.assertEqual(v.ctl("release", "public-key").stdout.strip(), (self.demo / "release-key.pub").read_text())
        self.build("2025K4", 8, "2025-12")
        self.build("2025K4", 8, "2025-12")  # never published: may be made anew
        self.assertEqual(self.states(), {"2025K4": "built"})
        v.ctl("release", "promote", "2025K4")
        self.assertEqual(self.served().json["tables"][0]["lastPeriod"], "2025K4")
        with self.assertRaises(Refused) as refused:
            self.build("2025K4", 8, "2025-12")
        self.assertEqual(refused.exception.code, "release-exists")
        # An older one does not come after a newer one.
        self.build("2025K3", 7, "2025-09")
        run = v.ctl("release", "promote", "2025K3", check=False)
        self.assertEqual(run.returncode, 2)
        self.assertIn("release-state", run.stderr)
        self.assertEqual(v.request("GET", "/releases/2025K3/api/v2/tables", port=self.statistics).code, "release-unknown")
        self.build("2026K1", 9, "2026-03")
        v.ctl("release", "promote", "2026K1")
        self.wait_last("2026K1")
        # Interrupted between register and pointer: the same command finishes it.
        shutil.copy(self.demo / "published/current.json", self.v.folder / "kept.json")
        (self.demo / "published/current.json").unlink()
        v.ctl("release", "promote", "2026K1")
        self.assertEqual((self.demo / "published/current.json").read_text().partition('"at"')[0],
                         (self.v.folder / "kept.json").read_text().partition('"at"')[0])
        self.assertEqual(v.ctl("release", "withdraw", "2026K1", check=False).returncode, 2)  # no reason
        v.ctl("release", "withdraw", "2026K1", "--reason", "wrong figures")
        self.wait_last("2025K4")
        self.assertEqual(self.states(), {"2025K4": "published", "2025K3": "built", "2026K1": "withdrawn"})
        self.assertEqual(v.request("GET", "/releases/2026K1/api/v2/tables", port=self.statistics).code, "release-withdrawn")
        self.assertEqual(v.ctl("release", "withdraw", "2026K1", "--reason", "again", check=False).returncode, 2)

    def wait_last(self, period):
        end = time.monotonic() + 30
        while self.served().json["tables"][0]["lastPeriod"] != period:
            self.assertLess(time.monotonic(), end)
            time.sleep(0.05)  # polling a condition, bounded

    def test_altered_is_not_promoted(self):
        self.build("2026K1", 9, "2026-03")
        db = self.demo / "data/releases/2026K1/public/public.db"
        data = bytearray(db.read_bytes())
        data[-1] ^= 1
        db.write_bytes(data)
        run = self.v.ctl("release", "promote", "2026K1", check=False)
        self.assertIn("release-altered", run.stderr)
        self.assertEqual(self.states(), {"2026K1": "built"})
        self.assertFalse((self.demo / "published/2026K1").exists())
        for name in ("../x", "a/b", "..", "no-such"):
            self.assertEqual(self.v.ctl("release", "promote", name, check=False).returncode, 2, name)


if __name__ == "__main__":
    unittest.main()
