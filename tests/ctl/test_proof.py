"""key add --proof: the key's own word for whose it is, made with python3-jwcrypto."""

import json
import sqlite3
import sys
import time
import unittest

from installation import Installation, key_proof, new_key
from jwcrypto import jwk


def day(offset):
    return time.strftime("%Y-%m-%d", time.gmtime(time.time() + offset * 86400))


class Base(unittest.TestCase):
    environment = "test"

    @classmethod
    def setUpClass(cls):
        cls.it = Installation()
        with open(cls.it.config, encoding="utf-8") as f:
            text = f.read()
        with open(cls.it.config, "w", encoding="utf-8") as f:
            f.write(text.replace("environment = test", "environment = " + cls.environment))

    @classmethod
    def tearDownClass(cls):
        cls.it.close()

    def words(self, key, proof=None, **members):
        """--jwk and --proof of a key, in files."""
        public = {**json.loads(key.export_public()), **members}
        words = ["--jwk", self.it.write("key.json", json.dumps(public))]
        return words + (["--proof", self.it.write("key.proof", proof)] if proof is not None else [])


class Proof(Base):
    def test_kinds_of_key(self):
        orgnr = self.it.tenant()
        for kind, alg in (({"kty": "RSA", "size": 2048}, "PS256"), ({"kty": "RSA", "size": 3072}, "RS256"),
                          ({"kty": "EC", "crv": "P-256"}, "ES256"), ({"kty": "EC", "crv": "P-384"}, "ES384")):
            key = jwk.JWK.generate(**kind)
            row = self.it.json("key", "add", orgnr, *self.words(key, key_proof(key, orgnr, alg), alg=alg))
            self.assertEqual((row["alg"], row["proven"], row["source"]), (alg, "proof", "jwk"))

    def test_it_is_kept_and_logged(self):
        orgnr, key = self.it.tenant(), jwk.JWK.generate(kty="EC", crv="P-256")
        proof = key_proof(key, orgnr)
        row = self.it.json("key", "add", orgnr, *self.words(key, f"\n {proof}\r\n"))
        (kept,) = self.it.rows("control.db", f"SELECT proven, proof, evidence FROM signing_key WHERE kid = '{row['kid']}'")
        self.assertEqual(kept, ("proof", proof, None))
        self.assertEqual(json.loads(self.it.actions()[-1][5]),
                         {"orgnr": orgnr, "kid": row["kid"], "source": "jwk", "proven": "proof"})
        self.assertEqual(json.loads(self.it.events(orgnr)[-1][2])["proven"], "proof")
        self.assertIn(b"proof", self.it.run("key", "list", orgnr).stdout)

    def test_a_pem_key_and_a_name_of_its_own(self):
        orgnr = self.it.tenant()
        private, public = new_key(self.it.folder, "pem")
        row = self.it.json("key", "add", orgnr, "--pem", public, "--kid", "hf-2026", "--proof", self.it.proof(private, orgnr))
        self.assertEqual((row["kid"], row["proven"]), ("hf-2026", "proof"))

    def test_fresh(self):
        orgnr, key = self.it.tenant(), jwk.JWK.generate(kty="EC", crv="P-256")
        for offset in (-32, 3):
            code, where, _ = self.it.refused("key", "add", orgnr, *self.words(key, key_proof(key, orgnr, date=day(offset))))
            self.assertEqual((code, where), ("key-proof-date", "proof"), offset)
        for offset in (-30, 0, 1):  # tomorrow: east of Greenwich it may be
            key = jwk.JWK.generate(kty="EC", crv="P-256")
            self.it.json("key", "add", orgnr, *self.words(key, key_proof(key, orgnr, date=day(offset))))

    def test_broken(self):
        orgnr, other = self.it.tenant(), self.it.tenant()
        key, stranger = jwk.JWK.generate(kty="EC", crv="P-256"), jwk.JWK.generate(kty="EC", crv="P-256")
        good = key_proof(key, orgnr)
        head, payload, signature = good.split(".")
        malformed = "key-proof-malformed"
        for what, code, proof in (
                ("another organisation", "key-proof-organisation", key_proof(key, other)),
                ("another key's", "key-proof-signature", key_proof(stranger, orgnr)),
                ("by another key, about this", "key-proof-signature", key_proof(stranger, orgnr, thumbprint=key.thumbprint())),
                ("about another key", "key-proof-signature", key_proof(key, orgnr, thumbprint=stranger.thumbprint())),
                ("altered", "key-proof-signature", f"{head}.{payload}.{'A' if signature[0] != 'A' else 'B'}{signature[1:]}"),
                ("another payload", "key-proof-signature", f"{head}.{key_proof(key, other).split('.')[1]}.{signature}"),
                ("a report's typ", malformed, key_proof(key, orgnr, header={"typ": "varde+jws"})),
                ("no typ", malformed, key_proof(key, orgnr, header={"typ": None})),
                ("its key embedded", malformed, key_proof(key, orgnr, header={"jwk": json.loads(key.export_public())})),
                ("an address of its key", malformed, key_proof(key, orgnr, header={"jku": "https://example.org"})),
                ("a member more", malformed, key_proof(key, orgnr, aud="x")),
                ("a member less", malformed, key_proof(key, orgnr, date=None)),
                ("a number", malformed, key_proof(key, orgnr, date=20261122)),
                ("no date", malformed, key_proof(key, orgnr, date="2026-02-30")),
                ("nested", malformed, key_proof(key, orgnr, date={"x": {}})),
                ("two", malformed, good + "\n" + good), ("two segments", malformed, f"{head}.{payload}"),
                ("a public key", malformed, key.export_public()), ("padding", malformed, good + "=")):
            words = self.words(key, proof)
            refused, where, _ = self.it.refused("key", "add", orgnr, *words)
            self.assertEqual((refused, where), (code, "proof"), what)
        self.assertEqual(self.it.json("key", "list", orgnr)["keys"], [])
        self.it.json("key", "add", orgnr, *self.words(key, key_proof(key, orgnr, header={"kid": "any"})))

    def test_a_test_installation_may_do_without(self):
        orgnr, key = self.it.tenant(), jwk.JWK.generate(kty="EC", crv="P-256")
        code, where, text = self.it.refused("key", "add", orgnr, *self.words(key))
        self.assertEqual((code, where), ("proof-missing", "proof"))
        self.assertEqual(self.it.refused("key", "add", orgnr, *self.words(key, key_proof(key, orgnr)), "--unproven")[0],
                         "argument-value")
        row = self.it.json("key", "add", orgnr, *self.words(key), "--unproven")
        self.assertIsNone(row["proven"])
        self.assertIsNone(json.loads(self.it.actions()[-1][5])["proven"])


class Production(Base):
    environment = "production"

    def test_every_key_is_proven(self):
        orgnr, key = self.it.tenant(), jwk.JWK.generate(kty="EC", crv="P-256")
        self.assertEqual(self.it.refused("key", "add", orgnr, *self.words(key))[0], "proof-missing")
        self.assertEqual(self.it.refused("key", "add", orgnr, *self.words(key), "--unproven", "--reason", "haster")[:2],
                         ("unproven-production", "unproven"))
        self.assertEqual(self.it.json("key", "list", orgnr)["keys"], [])
        self.assertEqual(self.it.json("key", "add", orgnr, *self.words(key, key_proof(key, orgnr)))["proven"], "proof")

    def test_the_doctor_knows_older_keys(self):
        """Those from before proofs were asked for."""
        def proofs():
            checks = {c["name"]: c for c in json.loads(self.it.run("doctor", "--json").stdout)["checks"]}
            return checks.get("key proofs", {"level": "none"})["level"]

        self.assertEqual(proofs(), "none")
        database = sqlite3.connect(self.it.path("data", "control.db"))
        with database:
            database.execute("UPDATE signing_key SET proven = NULL, proof = NULL WHERE orgnr = ?",
                             (self.it.demo["tenants"][0]["orgnr"],))
        database.close()
        self.assertEqual(proofs(), "warning")


if __name__ == "__main__":
    sys.exit(unittest.main())
