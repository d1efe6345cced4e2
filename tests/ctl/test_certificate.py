"""Enterprise certificates: whose they are, for how long, and by which authority; all
made with the openssl command, and what was kept checked with it."""

import json
import os
import sys
import time
import unittest

import pki
from installation import Installation, new_key


def stamp(days):
    return time.strftime("%Y%m%d%H%M%SZ", time.gmtime(time.time() + days * 86400))


class Base(unittest.TestCase):
    authorities = True

    @classmethod
    def setUpClass(cls):
        cls.it = Installation()
        cls.root = pki.root(cls.it.folder)
        cls.issuing = cls.root.below()
        cls.bundle = cls.it.write("authorities.pem", cls.root.pem)
        if cls.authorities:
            with open(cls.it.config, "a", encoding="utf-8") as f:
                f.write(f"\n[keys]\ncertificate_authorities = {cls.bundle}\n")

    @classmethod
    def tearDownClass(cls):
        cls.it.close()

    def number(self, orgnr):
        return f"organizationIdentifier = NTRNO-{orgnr}"

    def add(self, orgnr, text, *words):
        return self.it.json("key", "add", orgnr, "--cert", self.it.write("sent.pem", text), *words)

    def refused(self, orgnr, text, *words):
        """The code and the text of the refusal; nothing was registered."""
        code, where, words = self.it.refused("key", "add", orgnr, "--cert", self.it.write("sent.pem", text), *words)
        self.assertEqual(self.it.json("key", "list", orgnr)["keys"], [])
        self.where = where
        return code, words

    def doctor(self):
        checks = {c["name"]: c["level"] for c in json.loads(self.it.run("doctor", "--json").stdout)["checks"]}
        return checks["authorities"]

    def kept(self, kid):
        (row,) = self.it.rows("control.db", f"SELECT source, evidence, proven, proof FROM signing_key WHERE kid = '{kid}'")
        return row


class Chain(Base):
    """With the root configured."""

    def test_number_dates_and_chain_come_from_it(self):
        orgnr = self.it.tenant()
        leaf = self.issuing.leaf(self.number(orgnr), key=pki.RSA)
        key = self.add(orgnr, leaf.chain())
        begin, end = (line.split("=")[1].replace(" ", "T") for line in
                      pki.openssl("x509", "-in", leaf.path, "-noout", "-dates", "-dateopt", "iso_8601").splitlines())
        self.assertEqual((key["source"], key["alg"], key["state"], key["proven"]), ("cert", "PS256 RS256", "valid", "chain"))
        self.assertEqual(key["valid_from"], begin.replace("Z", ".000Z"))
        self.assertEqual(key["valid_to"], "2099-12-31T23:59:59.001Z")
        self.assertTrue(end.startswith("2099-12-31T23:59:59"))
        source, evidence, proven, proof = self.kept(key["kid"])
        self.assertEqual((source, proven, proof), ("cert", "chain", None))
        self.assertEqual(evidence, leaf.pem + self.issuing.pem + self.root.pem)  # all that a check needs, years later
        path = self.it.write("evidence.pem", evidence)
        self.assertIn("OK", pki.openssl("verify", "-CAfile", self.root.path, "-untrusted", path, path))
        self.assertEqual([e[1] for e in self.it.events(orgnr)], ["tenant-added", "key-added"])
        self.assertIn('"proven":"chain"', self.it.actions()[-1][5])

    def test_older_certificates_name_the_number_as_serial_number(self):
        orgnr = self.it.tenant()
        self.assertEqual(self.add(orgnr, self.issuing.leaf(f"serialNumber = {orgnr}").chain())["proven"], "chain")

    def test_an_elliptic_key_and_one_that_begins_tomorrow(self):
        orgnr = self.it.tenant()
        key = self.add(orgnr, self.issuing.leaf(self.number(orgnr), begin=stamp(1)).chain())
        self.assertEqual((key["alg"], key["state"]), ("ES256", "future"))
        now = self.add(orgnr, self.issuing.leaf(self.number(orgnr), end=stamp(30)).chain())
        self.assertEqual(now["state"], "valid")
        self.assertLess(key["valid_from"], now["valid_to"])  # both serve while they overlap

    def test_dates_can_be_narrowed_never_widened(self):
        orgnr = self.it.tenant()
        key = self.add(orgnr, self.issuing.leaf(self.number(orgnr)).chain(), "--from", "2020-01-01", "--to", "2125-12-31")
        self.assertEqual((key["valid_from"], key["valid_to"]), ("2025-01-01T00:00:00.000Z", "2099-12-31T23:59:59.001Z"))
        key = self.add(orgnr, self.issuing.leaf(self.number(orgnr)).chain(), "--from", "2026-01-01", "--to", "2090-12-31")
        self.assertEqual((key["valid_from"], key["valid_to"]), ("2026-01-01T00:00:00.000Z", "2091-01-01T00:00:00.000Z"))

    def test_whose_it_is(self):
        orgnr, other = self.it.tenant(), self.it.tenant()
        code, text = self.refused(orgnr, self.issuing.leaf(self.number(other)).chain())
        self.assertEqual((code, self.where), ("certificate-organisation", "cert"))
        self.assertIn(other, text)
        for subject in ("", "organizationIdentifier = VATNO-" + orgnr, f"serialNumber = UN:NO-{orgnr}",
                        self.number(other) + f"\nserialNumber = {orgnr}"):
            self.assertEqual(self.refused(orgnr, self.issuing.leaf(subject).chain())[0], "certificate-organisation", subject)

    def test_without_a_chain_to_the_authority(self):
        orgnr = self.it.tenant()
        number = self.number(orgnr)
        leaf, foreign = self.issuing.leaf(number), pki.root(self.it.folder)
        own = pki.Certificate(self.it.folder, number, pki.LEAF.format(usage=pki.SIGNING))
        past = self.root.below(begin="20200101000000Z", end="20210101000000Z")
        weak = self.root.leaf(number, digest="sha1")
        for what, text in (("the step between is missing", leaf.pem), ("another authority", foreign.leaf(number).pem),
                           ("with that authority's root", foreign.leaf(number).pem + foreign.pem), ("its own", own.pem),
                           ("an authority that has run out", past.leaf(number).chain()), ("SHA-1", weak.pem),
                           ("issued by no authority", leaf.leaf(number).pem + leaf.chain()),
                           ("another's step", leaf.pem + foreign.below().pem)):
            code, why = self.refused(orgnr, text)
            self.assertEqual((code, self.where), ("cert-chain", "cert"), (what, why))
            self.assertIn("no chain to a configured authority", why)
        self.assertEqual(self.add(orgnr, leaf.chain())["proven"], "chain")

    def test_a_proof_does_not_stand_in_for_the_chain(self):
        orgnr = self.it.tenant()
        leaf = pki.root(self.it.folder).leaf(self.number(orgnr))
        proof = self.it.proof(leaf.key, orgnr)
        self.assertEqual(self.refused(orgnr, leaf.pem, "--proof", proof)[0], "cert-chain")
        self.assertEqual(self.refused(orgnr, leaf.pem, "--unproven")[0], "cert-chain")

    def test_both_are_kept(self):
        orgnr = self.it.tenant()
        leaf = self.issuing.leaf(self.number(orgnr))
        other = self.it.proof(new_key(self.it.folder, "other")[0], orgnr)
        self.assertEqual(self.refused(orgnr, leaf.chain(), "--proof", other)[0], "key-proof-signature")
        key = self.add(orgnr, leaf.chain(), "--proof", self.it.proof(leaf.key, orgnr))
        self.assertEqual(key["proven"], "chain")
        self.assertEqual(self.kept(key["kid"])[3].count("."), 2)

    def test_what_it_is_for(self):
        orgnr = self.it.tenant()
        number = self.number(orgnr)
        for what, leaf in (
                ("encryption only", self.issuing.leaf(number, usage="critical, keyEncipherment")),
                ("web servers", self.issuing.leaf(number, more="extendedKeyUsage = serverAuth\n")),
                ("code and time stamps", self.issuing.leaf(number, more="extendedKeyUsage = codeSigning, timeStamping\n")),
                ("an authority", self.issuing.below(number, "basicConstraints = critical, CA:TRUE\n"
                                                            "keyUsage = critical, digitalSignature, keyCertSign\n"))):
            self.assertEqual(self.refused(orgnr, leaf.chain())[0], "cert-use", what)
        for use in ("clientAuth, emailProtection", "serverAuth, clientAuth", "1.3.6.1.5.5.7.3.36", "anyExtendedKeyUsage"):
            self.add(orgnr, self.issuing.leaf(number, more=f"extendedKeyUsage = {use}\n").chain())

    def test_files_that_are_no_such_thing(self):
        orgnr = self.it.tenant()
        number = self.number(orgnr)
        leaf = self.issuing.leaf(number)
        with open(leaf.key, encoding="ascii") as f:
            private = f.read()
        broken = leaf.pem.replace("A", "!", 1)
        for code, text in (("cert-malformed", "no"), ("cert-malformed", broken), ("cert-malformed", leaf.pem + broken),
                           ("cert-malformed", leaf.pem + self.issuing.pem * 10), ("key-private", private + leaf.chain()),
                           ("key-private", leaf.chain() + private), ("cert-use", self.issuing.pem + leaf.pem),
                           ("key-weak", self.issuing.leaf(number, key=pki.SHORT).chain()),
                           ("key-expired", self.issuing.leaf(number, begin="20250102000000Z", end="20250103000000Z").chain())):
            self.assertEqual(self.refused(orgnr, text)[0], code, text[:60])
        self.assertNotIn("PRIVATE", "".join(str(row) for row in self.it.rows("control.db", "SELECT * FROM signing_key")))

    def test_the_bundle(self):
        """Read at each registration: a new authority needs no restart."""
        orgnr = self.it.tenant()
        leaf = self.issuing.leaf(self.number(orgnr))
        try:
            self.assertEqual(self.doctor(), "fine")
            for text in ("", "no", leaf.pem, self.root.pem + leaf.pem, self.root.pem.replace("A", "!", 1)):
                self.it.write("authorities.pem", text)
                self.assertEqual(self.refused(orgnr, leaf.chain())[0], "cert-authorities", text[:60])
                self.assertEqual(self.where, self.bundle)
                self.assertEqual(self.doctor(), "warning")
            os.unlink(self.bundle)
            self.assertEqual((self.refused(orgnr, leaf.chain())[0], self.where), ("cert-authorities", self.bundle))
            self.it.write("authorities.pem", pki.root(self.it.folder).pem + self.issuing.pem)
            self.assertEqual(self.add(orgnr, leaf.pem)["proven"], "chain")  # an issuing authority may be where it ends
        finally:
            self.it.write("authorities.pem", self.root.pem)


class NoAuthority(Base):
    """Where none is configured a certificate proves nothing by itself."""

    authorities = False

    def test_it_needs_a_proof_like_any_key(self):
        orgnr = self.it.tenant()
        leaf = self.issuing.leaf(self.number(orgnr))
        code, text = self.refused(orgnr, leaf.chain())
        self.assertEqual((code, self.where), ("authorities-missing", "cert"))
        self.assertIn("certificate_authorities", text)
        key = self.add(orgnr, leaf.chain(), "--proof", self.it.proof(leaf.key, orgnr))
        self.assertEqual((key["proven"], key["source"]), ("proof", "cert"))
        self.assertEqual(self.kept(key["kid"])[1], leaf.chain())
        other = self.it.tenant()
        key = self.add(other, self.issuing.leaf(self.number(other)).pem, "--unproven")
        self.assertIsNone(key["proven"])
        third = self.it.tenant()
        self.assertEqual(self.refused(third, self.issuing.leaf(self.number(other)).pem, "--unproven")[0],
                         "certificate-organisation")


if __name__ == "__main__":
    sys.exit(unittest.main())
