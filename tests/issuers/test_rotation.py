#!/usr/bin/python3
"""Keys that change while the service runs: new ones are found, old ones forgotten,
and nobody can make it ask the issuer more than once."""
import signal
import sys
import time
import unittest

from key_server import Fetching, KeyServer, new_key, public, section, wait_for

import rows


class Rotation(unittest.TestCase):
    rows = []  # for the table of hostile inputs

    @classmethod
    def tearDownClass(cls):
        rows.keep(cls.rows)

    def setUp(self):
        self.server = KeyServer()
        self.addCleanup(self.server.close)
        self.old, self.new = new_key("old"), new_key("new", "RSA")
        self.server.publish(self.old)

    def running(self, **more):
        v = Fetching(conf=section("remote", self.server.url(), **more))
        self.addCleanup(v.remove)
        v.start()
        self.addCleanup(lambda: v.process.poll() is None and v.stop())
        return v

    def hang_up(self, v):
        """SIGHUP fetches at once."""
        before = self.server.fetches()
        v.process.send_signal(signal.SIGHUP)
        wait_for(lambda: self.server.fetches() > before, "a fetch")

    def test_an_unknown_kid_brings_the_new_key(self):
        v = self.running()
        self.assertEqual(v.ask(self.old).status, 200)
        self.assertEqual(self.server.fetches(), 1)
        self.server.publish(self.old, self.new)
        answer = v.ask(self.new)
        self.assertEqual((answer.status, answer.code), (401, "invalid-token"), "a request waited for a fetch")
        wait_for(lambda: v.ask(self.new).status == 200, "the new key")
        self.assertEqual(v.ask(self.old).status, 200)
        self.assertEqual(self.server.fetches(), 2)
        events = v.events("issuer-keys-changed")
        self.assertEqual([e["keys"] for e in events], [1, 2], events)
        self.assertEqual(self.server.headers[-1].get("User-Agent", "")[:6], "varde/")
        self.assertNotIn("Cookie", self.server.headers[-1])

    def test_a_flood_of_unknown_kids(self):
        """Of two hundred invented kids the first has one fetch made; known ones serve on."""
        v = self.running()
        stranger = new_key("stranger")
        for i in range(200):
            self.assertEqual(v.ask(stranger, kid=f"invented-{i}").status, 401)
            if i % 20 == 0:
                self.assertEqual(v.ask(self.old).status, 200)
        wait_for(lambda: v.metric("issuer_refreshes_total") == 2, "the one fetch")
        self.rows.append((11, "200 invented kids: one fetch", 401, "invalid-token"))
        # a new kid within the five minutes is not known until the next ordinary refresh
        self.server.publish(self.new)
        self.assertEqual(v.ask(self.new).status, 401)
        self.assertEqual(v.ask(self.old).status, 200)
        self.assertEqual(self.server.fetches(), 2)
        self.hang_up(v)  # an operator is not held to it
        wait_for(lambda: v.ask(self.new).status == 200, "the new key")
        self.assertEqual(self.server.fetches(), 3)

    def test_a_removed_key_is_gone_within_one_refresh(self):
        """Also for a token that was verified before and is cached."""
        v = self.running(refresh_seconds=10)
        cached = v.bearer_of(self.old, exp=int(time.time()) + 600)
        self.assertEqual(v.get("/v1/tenant", headers=cached).status, 200)
        self.server.publish(self.new)
        removed = time.monotonic()
        wait_for(lambda: v.get("/v1/tenant", headers=cached).status == 401, "the end of the old key", 30)
        self.assertLess(time.monotonic() - removed, 10 + 5)
        self.assertEqual(v.ask(self.new).status, 200)
        self.assertEqual(v.get("/v1/tenant", headers=cached).status, 401)

    def test_the_same_keys_again_change_nothing(self):
        v = self.running()
        self.server.publish(public(self.old) | {"x5t": "abc", "later": [1]})
        self.hang_up(v)
        wait_for(lambda: v.metric("issuer_refreshes_total") == 2, "the second fetch")
        self.assertEqual(len(v.events("issuer-keys-changed")), 1)
        self.server.publish(public(self.old) | {"alg": "ES256", "kid": "renamed"})
        self.hang_up(v)
        wait_for(lambda: len(v.events("issuer-keys-changed")) == 2, "the change")
        self.assertEqual(v.ask(self.old).status, 401)
        self.assertEqual(v.ask(self.old, kid="renamed").status, 200)


if __name__ == "__main__":
    sys.exit(unittest.main(verbosity=2))
