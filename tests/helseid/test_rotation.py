#!/usr/bin/python3
"""The provider changes its keys while real clients get tokens from it and the real daemon
fetches the keys."""
import signal
import unittest

from sender import Sender
from stand_in import Surroundings, wait_for
from varde import example

REFRESH_S = 10


class Rotation(unittest.TestCase):
    def setUp(self):
        self.here = self.enterContext(Surroundings(
            lambda provider, v: {alg: provider.register(v.tenants[0], alg) for alg in ("PS256", "ES256", "RS256")},
            f"refresh_seconds = {REFRESH_S}"))
        self.v, self.provider, self.tenant = self.here.v, self.here.provider, self.here.v.tenants[0]

    def sender(self, alg="PS256"):
        """A client with a token of its own, made now."""
        sender = Sender(self.v, self.provider, self.here.clients[alg])
        sender.fetch_token()
        return sender

    def status(self, sender):
        answer = sender.once("GET", "/v1/tenant")
        return answer.status if answer.status == 200 else (answer.status, answer.code)

    def submits(self, sender):
        answer = sender.once("POST", "/v1/submissions", self.v.sign(self.tenant, example("minimal-hf", self.tenant)),
                             {"Content-Type": "application/jose"})
        self.assertEqual(answer.status, 201, answer)

    def hurry(self):
        """The operator's SIGHUP; returns once the keys were fetched again."""
        self.provider.tell("say")
        before = self.provider.fetched
        self.v.process.send_signal(signal.SIGHUP)

        def fetched():
            self.provider.tell("say")
            return self.provider.fetched > before

        wait_for(fetched, "a fetch after SIGHUP")

    def test_rotation(self):
        """Old tokens work while their key is in the set, new ones as soon as it was seen."""
        used, unused = self.sender(), self.sender()
        self.submits(used)
        old = self.provider.signing["PS256"]
        self.provider.tell("rotate", alg="PS256")
        self.assertNotEqual(self.provider.signing["PS256"], old)
        new = self.sender()
        wait_for(lambda: self.status(new) == 200, "the new key, for an unknown kid is asked for")
        for sender in (used, unused, new, self.sender("ES256"), self.sender("RS256")):
            self.submits(sender)
        # Within five minutes nobody asks for a second one; the next refresh brings it.
        self.provider.tell("rotate", alg="PS256")
        newer = self.sender()
        wait_for(lambda: self.status(newer) == 200, "the newer key")
        for sender in (used, unused, new, newer):
            self.submits(sender)
        # The first key is withdrawn: what it signed is worth nothing, verified before or not.
        self.provider.tell("retire", kid=old)
        never_used = self.sender()
        self.hurry()
        wait_for(lambda: self.status(used) == (401, "invalid-token"), "the end of the old key")
        self.assertEqual(self.status(unused), (401, "invalid-token"))
        for sender in (new, newer, never_used):
            self.submits(sender)
        answer = used.call("GET", "/v1/tenant")  # a client that repairs itself gets a new token
        self.assertEqual((answer.status, used.repairs), (200, ["invalid-token"]))


if __name__ == "__main__":
    unittest.main()
