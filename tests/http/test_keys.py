#!/usr/bin/python3
"""The life of a signing key while varded runs: certificates, overlap, revocation; and
sub-units that come and go. Nothing here restarts anything."""
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time
import unittest

from jwcrypto import jwk

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "ctl"))
import pki  # noqa: E402
from hostile import HelseId, problem_faults  # noqa: E402
from varde import BIN, Organisation, Varde, compact, example, organisation_numbers  # noqa: E402

SUBMISSIONS = "/v1/submissions"
CHILD, SUPPLIER = "helseid://claims/client/claims/orgnr_child", "helseid://claims/client/claims/orgnr_supplier"
DAY = 86400


def day(offset):
    return time.strftime("%Y-%m-%d", time.gmtime(time.time() + offset * DAY))


class Keys(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory(prefix="varde-authority-")
        cls.root = pki.root(cls.folder.name)
        cls.issuing = cls.root.below()
        cls.v = Varde(conf=f"\n[keys]\ncertificate_authorities = {cls.root.path}\n")
        cls.numbers = organisation_numbers()
        cls.v.start()

    @classmethod
    def tearDownClass(cls):
        try:
            cls.v.stop()
        finally:
            cls.v.remove()
            cls.folder.cleanup()

    def refused(self, answer, status, code):
        self.assertEqual(list(problem_faults(answer, status, code)), [], answer)

    def send(self, owner, key, kid, alg="ES256", caller=None, **more):
        document = example("minimal-hf", owner)
        body = compact({"alg": alg, "kid": kid, "typ": "varde+jws"}, self.v.payload(owner, document, **more), key)
        return self.v.post(SUBMISSIONS, body, caller or owner)

    def test_an_enterprise_certificate_signs_reports(self):
        owner = self.v.register(Organisation(next(self.numbers), "Prøve HF"))
        for kind, alg in ((pki.RSA, "RS256"), (pki.RSA, "PS256"), (pki.P256, "ES256")):
            leaf = self.issuing.leaf(f"organizationIdentifier = NTRNO-{owner.orgnr}", key=kind)
            file = pathlib.Path(self.folder.name) / "sent.pem"
            file.write_text(leaf.chain())
            kid = json.loads(self.v.ctl("key", "add", owner.orgnr, "--cert", file, "--json").stdout)["kid"]
            key = jwk.JWK.from_pem(pathlib.Path(leaf.key).read_bytes())
            self.assertEqual(kid, key.thumbprint())
            self.assertEqual(self.send(owner, key, kid, alg).status, 201)
            (listed,) = [k for k in self.v.get("/v1/tenant", owner).json["keys"] if k["kid"] == kid]
            self.assertEqual((listed["source"], listed["proven"], listed["valid_to"]), ("cert", "chain", "2099-12-31T23:59:59.001Z"))
        export = subprocess.run([BIN / "vardectl", "--config", self.v.conf, "export-sealed", "--tenant", owner.orgnr,
                                 "--purpose", "a test"], capture_output=True, check=True).stdout
        secret = self.v.demo / self.v.info["custodians"][0]["secret_key"]
        opened = subprocess.run([BIN / "varde-open", "--key", secret], input=export, capture_output=True, timeout=120, check=True)
        self.assertEqual(opened.stdout.count(b'"signature":"valid"') + opened.stdout.count(b'"signature": "valid"'), 3)
        self.v.ctl("key", "revoke", kid, "--reason", "kortet er mistet")
        self.refused(self.send(owner, key, kid, alg), 400, "signature-key-expired")

    def test_another_trusts_certificate_is_not_taken_by_itself(self):
        """A key that nobody registered signs nothing, whoever issued a certificate for it."""
        owner = self.v.register(Organisation(next(self.numbers), "Prøve HF"))
        leaf = self.issuing.leaf(f"organizationIdentifier = NTRNO-{owner.orgnr}")
        key = jwk.JWK.from_pem(pathlib.Path(leaf.key).read_bytes())
        self.refused(self.send(owner, key, key.thumbprint()), 400, "signature-key-unknown")
        der = "".join(leaf.pem.splitlines()[1:-1])
        body = compact({"alg": "ES256", "kid": key.thumbprint(), "typ": "varde+jws", "x5c": [der]},
                       self.v.payload(owner, example("minimal-hf", owner)), key)
        self.refused(self.v.post(SUBMISSIONS, body, owner), 400, "signature-malformed")

    def test_old_and_new_overlap(self):
        """iat decides: before the days on which both are good, and within them."""
        owner = self.v.register(Organisation(next(self.numbers), "Prøve HF"))
        old, new = (jwk.JWK.generate(kty="EC", crv="P-256") for _ in range(2))
        self.v.add_key(owner, "--from", day(-5), "--to", day(0), key=old, kid="old-" + owner.orgnr)
        self.v.add_key(owner, "--from", day(-2), key=new, kid="new-" + owner.orgnr)
        midnight = int(time.time()) // DAY * DAY
        for at, old_good, new_good in ((-5 * DAY - 1, False, False), (-5 * DAY, True, False), (-2 * DAY - 1, True, False),
                                       (-2 * DAY, True, True), (int(time.time()) - midnight, True, True)):
            for name, key, good in (("old-", old, old_good), ("new-", new, new_good)):
                answer = self.send(owner, key, name + owner.orgnr, iat=midnight + at)
                if good:
                    self.assertEqual(answer.status, 201, (name, at, answer))
                else:
                    self.refused(answer, 400, "signature-key-expired")

    def test_a_revoked_key_is_refused_whatever_iat_says(self):
        owner = self.v.register(Organisation(next(self.numbers), "Prøve HF"))
        lost = jwk.JWK.generate(kty="EC", crv="P-256")
        self.v.add_key(owner, "--from", day(-5), key=lost, kid="lost-" + owner.orgnr)
        yesterday = int(time.time()) - DAY
        self.assertEqual(self.send(owner, lost, "lost-" + owner.orgnr, iat=yesterday).status, 201)
        self.v.ctl("key", "revoke", "lost-" + owner.orgnr, "--reason", "bærbar stjålet")
        for iat in (yesterday, int(time.time())):
            self.refused(self.send(owner, lost, "lost-" + owner.orgnr, iat=iat), 400, "signature-key-expired")
        self.assertEqual(self.send(owner, owner.key, owner.kid).status, 201)
        (row,) = [k for k in self.v.get("/v1/tenant", owner).json["keys"] if k["kid"].startswith("lost-")]
        self.assertIsNotNone(row["revoked_at"])

    def test_sub_units_come_and_go(self):
        """HelseID does not check orgnr_child of a client that serves several: the register does."""
        owner = self.v.register(Organisation(next(self.numbers), "Prøve HF"))
        supplier, unit = next(self.numbers), next(self.numbers)

        def status(**claims):
            return HelseId(self.v, owner, **claims).get("/v1/tenant").status

        def document():
            return self.v.submit(owner, example("minimal-hf", None, organisation={"number": unit})).status

        for there in (False, True, False, True):
            if there:
                self.v.ctl("tenant", "unit", "add", owner.orgnr, unit)
            for claims in ({CHILD: unit}, {CHILD: unit, SUPPLIER: supplier}):
                answer = HelseId(self.v, owner, **claims).get("/v1/tenant")
                self.assertEqual(answer.status, 200) if there else self.refused(answer, 403, "tenant-mismatch")
            self.assertEqual(document(), 201 if there else 422)
            if there:
                self.v.ctl("tenant", "unit", "remove", owner.orgnr, unit, "--reason", "lagt ned")
        self.assertEqual(status(**{SUPPLIER: supplier}), 200)


if __name__ == "__main__":
    os.environ.setdefault("no_proxy", "*")
    unittest.main()
