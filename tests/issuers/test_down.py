#!/usr/bin/python3
"""An issuer that is down: at the start, later, over a restart, and for too long.
Its last good keys serve for a bounded time; others never notice."""
import contextlib
import datetime
import json
import signal
import stat
import sys
import time
import unittest

from key_server import Fetching, KeyServer, closed_port, new_key, section, wait_for

import rows
from hostile import HelseId, problem_faults


class Down(unittest.TestCase):
    rows = []  # for the table of hostile inputs

    @classmethod
    def tearDownClass(cls):
        rows.keep(cls.rows)

    def setUp(self):
        self.port = closed_port()
        self.url = f"http://127.0.0.1:{self.port}/jwks"
        self.key = new_key("remote-1")
        self.server = None
        self.v = Fetching(conf=section("remote", self.url))
        self.addCleanup(self.v.remove)
        self.addCleanup(self.down)

    def up(self):
        self.server = KeyServer(port=self.port)
        self.server.publish(self.key)

    def down(self):
        if self.server:
            self.server.close()
        self.server = None

    @contextlib.contextmanager
    def running(self, kill=False):
        """From the start to the stop; also after a fault, since another may follow on this folder."""
        self.v.start()
        try:
            yield
            self.v.kill() if kill else self.v.stop()
        finally:
            if self.v.process.poll() is None:
                self.v.kill()

    def fetch_once(self):
        """A good set is kept, and then the issuer is down."""
        self.up()
        with self.running():
            wait_for(self.v.kept().exists, "the kept set")
        self.down()

    def unavailable(self, answer, what=None):
        self.assertEqual(list(problem_faults(answer, 503, "issuer-unavailable")), [], answer)
        self.assertEqual(answer.headers["Retry-After"], "30")
        if what:
            self.rows.append((48, what, answer.status, answer.code))

    def taken(self, answer, what):
        self.assertEqual(answer.status, 200, what)
        self.rows.append((48, what, answer.status, "taken"))

    def age(self, days):
        """As if what is kept had been fetched so long ago."""
        path = self.v.kept()
        kept = json.loads(path.read_text())
        at = datetime.datetime.fromisoformat(kept["fetched_at"].replace("Z", "+00:00")) - datetime.timedelta(days=days)
        kept["fetched_at"] = at.strftime("%Y-%m-%dT%H:%M:%S.000Z")
        path.write_text(json.dumps(kept))

    def test_at_the_start(self):
        """Input 48. Nobody can tell whose a key is that nobody knows; what is known is judged as ever."""
        v, t = self.v, self.v.tenants[0]
        with self.running():
            self.unavailable(v.ask(self.key), "never reached since the start")
            self.unavailable(v.post("/v1/submissions", b"x", headers=v.bearer_of(self.key)))
            self.unavailable(v.post("/v1/submissions/validate", b"{}", headers=v.bearer_of(self.key), type="application/json"))
            self.unavailable(v.post("/v1/submissions/batch", b"{}", headers=v.bearer_of(self.key), type="application/json"))
            self.unavailable(v.get("/v1/reports", headers=v.bearer_of(self.key)))
            self.unavailable(v.ask(self.key, kid="anybody's"), "never reached, a kid that nobody has")
            self.taken(v.get("/v1/tenant", t), "another issuer's token meanwhile")
            helseid = HelseId(v, t)
            self.taken(helseid.get("/v1/tenant"), "a token of the other scheme meanwhile")
            stranger = helseid.make_token(header={"kid": "anybody's"})
            self.assertEqual(helseid.get("/v1/tenant", token=stranger).code, "invalid-token")
            good = v.token(t)
            forged = good[:-8] + ("A" if good[-8] != "A" else "B") + good[-7:]
            self.assertEqual(v.get("/v1/tenant", headers={"Authorization": "Bearer " + forged}).code, "invalid-token")

            self.assertEqual(v.metric("issuer_keys"), 0)
            self.assertEqual(v.metric("issuer_keys_age_seconds"), float("inf"))
            self.assertEqual(v.metric("issuer_refresh_failing"), 1)
            self.assertEqual(v.metric("issuer_keys", "maskinporten"), 1)
            status = v.status_of()
            self.assertEqual((status["state"], status["keys"], status["fetched_at"], status["code"]),
                             ("unavailable", 0, None, "jwks-unreachable"))
            self.assertTrue(status["failing_since"])
            check = v.doctor_of()
            self.assertEqual(check["level"], "broken")
            self.assertIn("503", check["text"])
            self.assertIn("jwks-unreachable", check["text"])
            self.assertEqual(v.ctl("doctor", check=False).returncode, 2)
            failed = v.events("issuer-refresh-failed")
            self.assertEqual((failed[0]["level"], failed[0]["code"], failed[0]["keys"]), ("warning", "jwks-unreachable", 0))

            self.up()
            wait_for(lambda: v.ask(self.key).status == 200, "the issuer's return")
            self.assertEqual(v.ask(self.key, kid="anybody's").code, "invalid-token")
            self.assertEqual(v.doctor_of()["level"], "fine")
            self.assertEqual(len(v.events("issuer-refresh-well")), 1)

    def test_later_and_over_a_restart(self):
        v = self.v
        self.up()
        with self.running():
            self.assertEqual(v.ask(self.key).status, 200)
            wait_for(v.kept().exists, "the kept set")
            self.assertEqual(stat.S_IMODE(v.kept().stat().st_mode), 0o600)
            self.assertEqual(stat.S_IMODE(v.kept().parent.stat().st_mode), 0o700)
            self.assertEqual([p.name for p in v.kept().parent.iterdir()], ["remote.jwks.json"])
            self.down()
            v.process.send_signal(signal.SIGHUP)
            wait_for(lambda: v.events("issuer-refresh-failed"), "the failure")
            self.taken(v.ask(self.key), "down later")
            self.assertEqual(v.ask(new_key("other")).code, "invalid-token")
            self.assertEqual(v.status_of()["state"], "stale")
            check = v.doctor_of()
            self.assertEqual(check["level"], "warning")
            self.assertIn("jwks-unreachable", check["text"])
        self.assertEqual(v.doctor_of()["level"], "fine")  # at rest: what is kept
        for how in "stopped", "killed":
            with self.subTest(how):
                with self.running(kill=how == "killed"):
                    self.taken(v.ask(self.key), f"down, {how} and started again")
                    self.assertEqual(v.ask(new_key("other")).code, "invalid-token")
        with self.running():
            self.up()
            wait_for(lambda: v.events("issuer-refresh-well"), "the issuer's return")

    def test_for_too_long(self):
        v = self.v
        self.fetch_once()
        self.age(6.99)
        with self.running():
            self.taken(v.ask(self.key), "down for 6.99 days of 7")
            self.assertEqual(v.metric("issuer_keys_stale"), 1)
            self.assertGreater(v.metric("issuer_keys_age_seconds"), 6.9 * 86400)
            self.assertEqual(v.status_of()["state"], "stale")
        self.age(0.02)
        self.assertEqual(v.doctor_of()["level"], "broken")  # at rest
        with self.running():
            self.unavailable(v.ask(self.key), "down for over 7 days")
            self.assertEqual((v.metric("issuer_keys"), v.metric("issuer_keys_stale")), (0, 0))
            self.assertIn("too old", v.doctor_of()["text"])
            self.assertEqual(v.get("/v1/tenant", v.tenants[1]).status, 200)
            self.up()
            wait_for(lambda: v.ask(self.key).status == 200, "the issuer's return")
            self.assertEqual(v.metric("issuer_keys_stale"), 0)

    def test_while_it_runs(self):
        """Keys that become too old under a running daemon are out of force, cached tokens with them."""
        v = self.v
        self.fetch_once()
        self.age(7 - 15 / 86400)
        with self.running():
            cached = v.bearer_of(self.key, exp=int(time.time()) + 600)
            self.assertEqual(v.get("/v1/tenant", headers=cached).status, 200)
            wait_for(lambda: v.get("/v1/tenant", headers=cached).status == 503, "the end of the keys", 120)
            self.assertEqual([e["level"] for e in v.events("issuer-keys-expired")], ["error"])

    def test_what_is_kept_is_not_trusted_blindly(self):
        v = self.v
        self.fetch_once()
        good = v.kept().read_text()
        conf = v.conf.read_text()
        other = new_key("other")
        symmetric = {"kty": "oct", "k": "c2VjcmV0", "kid": "s"}
        for what, text, file in (
                ("cut off", good[:-20], conf), ("empty", "", conf), ("of another address", good, conf.replace("/jwks\n", "/jwks2\n")),
                ("of another issuer", good, conf.replace("https://remote.demo", "https://remote2.demo")),
                ("without a time", good.replace("fetched_at", "fetched"), conf),
                ("from the future", good.replace('"fetched_at":"20', '"fetched_at":"21'), conf),
                ("with a symmetric key", json.dumps({**json.loads(good), "keys": json.loads(good)["keys"] + [symmetric]}), conf)):
            with self.subTest(what):
                v.kept().write_text(text)
                v.conf.write_text(file)
                with self.running():
                    self.unavailable(v.ask(self.key))
                    self.unavailable(v.ask(other))
                    self.assertEqual(v.get("/v1/tenant", v.tenants[1]).status, 200)
        v.conf.write_text(conf)
        v.kept().write_text(good)
        with self.running():
            self.assertEqual(v.ask(self.key).status, 200)

    def test_keys_that_cannot_be_kept(self):
        """The disk will not have them: they serve, and it is said."""
        v = self.v
        (v.demo / "data/issuers").mkdir(parents=True)
        v.kept().mkdir()
        self.up()
        with self.running():
            self.assertEqual(v.ask(self.key).status, 200)
            event = wait_for(lambda: v.events("issuer-keys-not-kept"), "the event")[0]
            self.assertEqual(event["level"], "error")
            self.assertIn("remote.jwks.json", event["where"])


if __name__ == "__main__":
    sys.exit(unittest.main(verbosity=2))
