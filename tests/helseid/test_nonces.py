#!/usr/bin/python3
"""Where varde.conf asks for nonces in DPoP proofs, ordinary clients find their way by
themselves: npm's oauth4webapi, which knows nothing of us, and a sender over jwcrypto."""
import subprocess
import tempfile
import unittest

import test_dance
from sender import Sender
from stand_in import Surroundings
from varde import example


class Nonces(unittest.TestCase):
    npm, check_npm = test_dance.Dance.npm, test_dance.Dance.check_npm

    @classmethod
    def setUpClass(cls):
        here = cls.enterClassContext(Surroundings(lambda provider, v: provider.register(v.tenants[0]), conf="\n[dpop]\nnonce = on\n"))
        cls.v, cls.provider, cls.client, cls.tenant = here.v, here.provider, here.clients, here.v.tenants[0]

    def refusals(self):
        return [e["reason"] for e in self.v.log() if e.get("code") == "use-dpop-nonce"]

    def test_oauth4webapi(self):
        documents = [example("minimal-hf", self.tenant) for _ in range(3)]
        before = len(self.refusals())
        with tempfile.TemporaryDirectory() as place:
            run = subprocess.run(self.npm(place, self.tenant, self.client, documents), stdout=subprocess.PIPE, text=True, timeout=120)
        self.assertEqual(run.returncode, 0)
        self.check_npm(run.stdout, documents)
        self.assertEqual(self.refusals()[before:], ["proof-nonce-missing"], "sent round once, and never again")

    def test_jwcrypto(self):
        sender = Sender(self.v, self.provider, self.client)
        document = example("minimal-hf", self.tenant)
        self.assertEqual(sender.submit(self.v.sign(self.tenant, document)).status, 201)
        for path in ("/v1/tenant", "/v1/reports", "/v1/reports/" + document["report_id"]):
            self.assertEqual(sender.call("GET", path).status, 200)
        self.assertEqual(sender.repairs, ["use-dpop-nonce"])


if __name__ == "__main__":
    unittest.main()
