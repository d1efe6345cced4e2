#!/usr/bin/python3
"""The provider goes away, or is not there from the start."""
import signal
import unittest

from sender import Sender
from stand_in import Surroundings, wait_for
from varde import example


class Down(unittest.TestCase):
    def setUp(self):
        here = self.enterContext(Surroundings(lambda provider, v: {alg: provider.register(v.tenants[0], alg) for alg in ("PS256", "ES256")}))
        self.v, self.provider, self.clients, self.tenant = here.v, here.provider, here.clients, here.v.tenants[0]

    def sender(self, alg):
        """A client with a token of its own, made now."""
        sender = Sender(self.v, self.provider, self.clients[alg])
        sender.fetch_token()
        return sender

    def submits(self, sender):
        answer = sender.once("POST", "/v1/submissions", self.v.sign(self.tenant, example("minimal-hf", self.tenant)),
                             {"Content-Type": "application/jose"})
        self.assertEqual(answer.status, 201, answer)

    def answers(self, sender):
        return sender.once("GET", "/v1/tenant").status == 200

    def test_later(self):
        """What was fetched serves on, also after a restart and a crash; back again, all is well."""
        used, unused = self.sender("PS256"), self.sender("ES256")
        self.submits(used)
        self.provider.tell("down")
        self.submits(used)
        self.v.process.send_signal(signal.SIGHUP)
        wait_for(lambda: any(e["event"] == "issuer-refresh-failed" for e in self.v.log()), "word of a failed fetch")
        for sender in (used, unused):
            self.submits(sender)
        self.v.stop()
        self.v.start()
        for sender in (used, unused):
            self.submits(sender)
        self.v.kill()
        self.v.start()
        # Proofs up to the crash and a clock's skew are refused; then tokens are good again.
        wait_for(lambda: self.answers(used), "proofs after the crash")
        self.submits(unused)
        self.provider.tell("up")
        self.provider.tell("rotate", alg="ES256")
        new = self.sender("ES256")
        wait_for(lambda: self.answers(new), "the key of the provider that is back")
        for sender in (used, unused, new):
            self.submits(sender)

    def test_at_start(self):
        """503 for its tokens, other issuers' as ever; once it is up it is found without help."""
        sender = self.sender("PS256")
        self.v.stop()
        (self.v.demo / "data/issuers/nhn.jwks.json").unlink()
        self.provider.tell("down")
        self.v.start()
        answer = sender.once("GET", "/v1/tenant")
        self.assertEqual((answer.status, answer.code), (503, "issuer-unavailable"), answer)
        self.assertTrue(0 < int(answer.headers["Retry-After"]) <= 300, answer.headers)
        self.assertEqual(self.v.submit(self.tenant, example("minimal-hf", self.tenant)).status, 201, "through Maskinporten")
        self.provider.tell("up")
        wait_for(lambda: self.answers(sender), "the provider's keys")


if __name__ == "__main__":
    unittest.main()
