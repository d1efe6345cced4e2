"""Nonces for DPoP proofs grow old with the clock: in its last window a nonce is still taken
and the answer brings the next one, so that who sends often is never refused."""
import os
import pathlib
import sys
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "http"))

from hostile import HelseId  # noqa: E402
from varde import Varde  # noqa: E402

FAULTY_DISK = sys.argv.pop(1)
PATH, WINDOW_S = "/v1/tenant", 120


class Ageing(unittest.TestCase):
    def setUp(self):
        self.v = Varde(conf="\n[dpop]\nnonce = on\n")
        self.addCleanup(self.v.remove)
        self.control = self.v.folder / "fault"
        self.base = (10 - int(time.time())) % WINDOW_S  # early in a window, so that none ends by itself
        self.set_clock(0)
        self.v.env = {**self.v.env, "LD_PRELOAD": FAULTY_DISK, "FAULTY_DISK": str(self.control),
                      "ASAN_OPTIONS": os.environ.get("ASAN_OPTIONS", "") + ":verify_asan_link_order=0"}
        self.v.start()
        self.client = HelseId(self.v, self.v.tenants[0], exp=int(time.time()) + 1800)

    def set_clock(self, ahead_s):
        self.ahead_s = self.base + ahead_s
        new = self.control.with_suffix(".new")
        new.write_text(f"clock {self.ahead_s} -\n")
        new.replace(self.control)

    def get(self, nonce=None):
        proof = self.client.proof("GET", PATH, nonce=nonce, iat=int(time.time()) + self.ahead_s)
        answer = self.client.get(PATH, proof=proof)
        return answer.status, answer.headers.get("DPoP-Nonce"), answer.code if answer.status != 200 else None

    def test_from_window_to_window(self):
        _, first, code = self.get()
        self.assertEqual(code, "use-dpop-nonce")
        self.set_clock(WINDOW_S)
        status, second, _ = self.get(first)
        self.assertEqual(status, 200)
        self.assertIsNotNone(second, "an old nonce's answer brings the next")
        self.assertNotEqual(first, second)
        status, none, _ = self.get(second)
        self.assertEqual((status, none), (200, None))
        self.set_clock(2 * WINDOW_S)
        status, third, code = self.get(first)
        self.assertEqual((status, code), (401, "use-dpop-nonce"))
        self.assertEqual(self.get(second)[:2], (200, third))
        self.set_clock(0)
        self.assertEqual(self.get(third)[::2], (401, "use-dpop-nonce"), "nor one of a window to come")
        self.assertEqual(self.get(first)[0], 200)
        self.v.stop()


if __name__ == "__main__":
    unittest.main()
