#!/usr/bin/python3
"""What a key server may answer instead of a good key set. Each time the old keys stay
in force, the log has the code, and it is counted."""
import json
import signal
import sys
import threading
import time
import unittest

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from jwcrypto import jwk

from key_server import BIG, Fetching, KeyServer, new_key, public, section, wait_for

import rows

# How it answers, and which code that is. All are over at once.
ANSWERS = [
    (KeyServer.missing, "jwks-status"), (KeyServer.failing, "jwks-status"), (KeyServer.redirect, "jwks-status"),
    (KeyServer.redirect_to_file, "jwks-status"), (KeyServer.not_modified, "jwks-status"),
    (KeyServer.cut, "jwks-unreachable"), (KeyServer.not_http, "jwks-unreachable"),
    (KeyServer.endless, "jwks-too-large"), (KeyServer.said_to_be_long, "jwks-too-large"),
    (KeyServer.one_too_many, "jwks-too-large"),
    (KeyServer.empty, "jwks-malformed"), (KeyServer.page, "jwks-malformed"), (KeyServer.compressed, "jwks-malformed"),
]


def weak(exponent, bits):
    key = rsa.generate_private_key(exponent, bits)
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return {**public(jwk.JWK.from_pem(pem)), "kid": "weak"}


class Hostile(unittest.TestCase):
    rows = []  # for the table of hostile inputs

    @classmethod
    def tearDownClass(cls):
        rows.keep(cls.rows)

    def setUp(self):
        self.server = KeyServer()
        self.addCleanup(self.server.close)
        self.key, self.next = new_key("good"), new_key("next")
        self.server.publish(self.key)

    def running(self, conf):
        v = Fetching(conf=conf)
        self.addCleanup(v.remove)
        v.start()
        return v

    def fetch(self, v):
        """Makes it fetch again, and returns the event that came of it. An earlier fetch may still be
        under way, or its next try due: what those find is written before ours is asked for."""
        names = "issuer-refresh-failed", "issuer-keys-refused", "issuer-keys-changed"
        asked = len(self.server.times)
        v.process.send_signal(signal.SIGHUP)
        wait_for(lambda: len(self.server.times) > asked, "a fetch")
        began = self.server.times[asked].isoformat(timespec="milliseconds").replace("+00:00", "Z")
        return wait_for(lambda: next((e for e in v.log() if e["event"] in names and e["time"] >= began), None),
                        "its event")

    def test_answers(self):
        v = self.running(section("remote", self.server.url()))
        self.assertEqual(v.ask(self.key).status, 200)
        self.server.publish(self.key, self.next)
        counted = 0
        for answer, code in ANSWERS:
            with self.subTest(answer.__name__):
                self.server.answers["/jwks"] = answer
                event = self.fetch(v)
                self.assertEqual(event["code"], code, event)
                refused = code == "jwks-malformed"
                self.assertEqual(event["event"], "issuer-keys-refused" if refused else "issuer-refresh-failed")
                self.assertEqual(event["level"], "error" if refused else "warning")
                self.assertEqual(event["keys"], 1)
                self.assertEqual(v.ask(self.key).status, 200)
                self.assertEqual(v.ask(self.next).status, 401)
                total = v.metric("issuer_refresh_failures_total") + v.metric("issuer_refused_sets_total")
                self.assertGreater(total, counted)
                counted = total
        self.assertEqual(self.server.fetches("/elsewhere"), 0, "a redirect was followed")
        self.assertEqual(v.metric("issuer_refreshes_total"), 1)
        self.server.answers["/jwks"] = KeyServer.just_fits
        self.assertEqual(self.fetch(v)["event"], "issuer-keys-changed")
        self.assertEqual(v.ask(self.next).status, 200)
        self.assertEqual(v.metric("issuer_refresh_failing"), 0)
        v.stop()

    def test_sets_that_are_refused_whole(self):
        v = self.running(section("remote", self.server.url()))
        private = json.loads(self.next.export_private())
        good, more = public(self.key), public(self.next)
        bad = (("a symmetric key", [more, {"kty": "oct", "k": "c2VjcmV0", "kid": "s"}], "key-symmetric"),
               ("two of one kid", [more, {**good, "kid": more["kid"]}], "jwks-duplicate-kid"),
               ("two of one kid, one for encryption", [more, {**more, "use": "enc"}], "jwks-duplicate-kid"),
               ("a private key", [good, private], "key-private"),
               ("RSA of 1024 bits", [more, weak(65537, 1024)], "key-weak"), ("e = 3", [more, weak(3, 2048)], "key-weak"),
               ("a point off the curve", [more, {**good, "x": more["x"]}], "key-malformed"),
               ("no key at all", [], "jwks-empty"),
               ("only a key for encryption", [{**more, "use": "enc"}], "jwks-empty"),
               ("65 keys", [{**good, "kid": str(i)} for i in range(65)], "jwks-malformed"))
        for what, keys, code in bad:
            with self.subTest(what):
                self.server.publish(*keys)
                event = self.fetch(v)
                self.assertEqual((event["event"], event["code"], event["level"]), ("issuer-keys-refused", code, "error"))
                self.assertEqual(v.ask(self.key).status, 200)
                self.assertEqual(v.ask(self.next).status, 401)
                self.rows.append((12, "fetched set with " + what, event["event"], event["code"]))
        self.assertGreaterEqual(v.metric("issuer_refused_sets_total"), len(bad))
        self.assertEqual(v.metric("issuer_refresh_failures_total"), 0)
        self.assertEqual(json.loads(v.kept().read_text())["keys"], [good])
        check = v.doctor_of()
        self.assertEqual(check["level"], "warning")
        self.assertIn("jwks-malformed", check["text"])
        # what is sound but not ours is passed over
        self.server.publish(self.next, {"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",
                                        "kid": "ed"}, {**public(new_key("rsa", "RSA")), "use": "enc"})
        self.assertEqual(self.fetch(v)["event"], "issuer-keys-changed")
        self.assertEqual((v.ask(self.next).status, v.ask(self.key).status), (200, 401))
        v.stop()

    def test_slow_ones_hold_nobody_up(self):
        """Two that never end, beside one that is well and the files: from the first moment each of the
        others is answered, a stop does not wait for them, and both are given up in time."""
        self.server.answers.update({"/drip": KeyServer.drip, "/hang": KeyServer.hang})
        conf = section("remote", self.server.url()) + section("drip", self.server.url("/drip")) + \
            section("hang", self.server.url("/hang"))
        v = Fetching(conf=conf)
        self.addCleanup(v.remove)
        starting = threading.Thread(target=v.start, daemon=True)
        starting.start()
        wait_for(lambda: self.server.fetches("/drip") and self.server.fetches("/hang"), "the slow fetches")
        wait_for(lambda: v.events("issuer-keys-changed"), "the good keys")
        worst = 0
        for _ in range(10):
            began = time.monotonic()
            self.assertEqual(v.ask(self.key).status, 200)
            self.assertEqual(v.get("/v1/tenant", v.tenants[0]).status, 200)
            self.assertEqual(v.ask(new_key("unknown")).code, "issuer-unavailable")
            worst = max(worst, time.monotonic() - began)
        self.assertLess(worst, 5)
        self.assertEqual(v.events("issuer-refresh-failed", "hang"), [], "it was over before it was looked at")
        self.assertEqual(v.admin("/ready").json["status"], "starting")
        starting.join(60)
        self.assertEqual(v.admin("/ready").status, 200)
        for name in "drip", "hang":
            self.assertEqual(v.events("issuer-refresh-failed", name)[0]["code"], "jwks-timeout")
        fetches = self.server.fetches("/hang")
        wait_for(lambda: self.server.fetches("/hang") > fetches, "the next try")
        began = time.monotonic()
        v.stop()
        self.assertLess(time.monotonic() - began, 6, "the stop waited for the fetch")


if __name__ == "__main__":
    assert len(json.dumps({"keys": [public(new_key("x"))]})) < BIG
    sys.exit(unittest.main(verbosity=2))
