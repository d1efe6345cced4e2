#!/usr/bin/python3
"""python3-jwcrypto and lib/jose read each other's signatures and keys.

usage: test_jwcrypto.py JOSE_TOOL; exit status 77 where jwcrypto is missing.
"""
import json
import os
import subprocess
import sys
import tempfile
import unittest

try:
    from jwcrypto import jwk, jws
    from jwcrypto.common import json_encode
except ImportError:
    print("python3-jwcrypto is not installed")
    sys.exit(77)

TOOL = sys.argv.pop(1) if len(sys.argv) > 1 else None
ALGORITHMS = {
    "RS256": {"kty": "RSA", "size": 2048},
    "PS256": {"kty": "RSA", "size": 3072},
    "ES256": {"kty": "EC", "crv": "P-256"},
    "ES384": {"kty": "EC", "crv": "P-384"},
}
PAYLOADS = [b"", b"x", b"\x00\xff\x00", "æøå".encode(), json.dumps({"iss": "999888777"}).encode(), os.urandom(100_000)]


def tool(*args, data=b""):
    return subprocess.run([TOOL, *args], input=data, capture_output=True, timeout=60)


def jwcrypto_sign(key, alg, payload, **header):
    token = jws.JWS(payload)
    token.add_signature(key, alg, json_encode({"alg": alg, **header}))
    return token.serialize(compact=True).encode()


def jwcrypto_verify(key, alg, text):
    token = jws.JWS()
    token.allowed_algs = [alg]
    token.deserialize(text.decode(), key)
    return token.payload


class Peers(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.keys = {alg: jwk.JWK.generate(kid="k-" + alg, **kind) for alg, kind in ALGORITHMS.items()}

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def put(self, name, data):
        path = os.path.join(self.folder.name, name)
        with open(path, "wb") as file:
            file.write(data if isinstance(data, bytes) else data.encode())
        return path

    def test_they_sign_we_verify(self):
        for alg, key in self.keys.items():
            public = self.put("public.json", key.export_public())
            for payload in PAYLOADS:
                with self.subTest(alg=alg, size=len(payload)):
                    text = jwcrypto_sign(key, alg, payload, kid=key["kid"], typ="varde+jws")
                    got = tool("verify", public, data=text)
                    self.assertEqual((got.returncode, got.stdout), (0, payload), got.stderr)
                    changed = bytearray(text)
                    changed[-20] = ord("A") if changed[-20] != ord("A") else ord("B")
                    got = tool("verify", public, data=bytes(changed))
                    self.assertEqual(got.returncode, 1)
                    self.assertTrue(got.stderr.startswith(b"signature-invalid"), got.stderr)

    def test_we_sign_they_verify(self):
        for alg, key in self.keys.items():
            forms = {"jwk": key.export_private(), "pem": key.export_to_pem(private_key=True, password=None)}
            for form, text in forms.items():
                path = self.put("private", text)
                for payload in PAYLOADS:
                    with self.subTest(alg=alg, form=form, size=len(payload)):
                        got = tool("sign", alg, path, data=payload)
                        self.assertEqual(got.returncode, 0, got.stderr)
                        self.assertEqual(jwcrypto_verify(key, alg, got.stdout), payload)

    def test_keys_and_thumbprints_agree(self):
        for alg, key in self.keys.items():
            with self.subTest(alg=alg):
                pem = self.put("private", key.export_to_pem(private_key=True, password=None))
                got = tool("public", pem)
                self.assertEqual(got.returncode, 0, got.stderr)
                ours, theirs = json.loads(got.stdout), json.loads(key.export_public())
                self.assertEqual(ours["kid"], key.thumbprint())  # default kid: RFC 7638
                for member in ("kty", "n", "e", "crv", "x", "y"):
                    self.assertEqual(ours.get(member), theirs.get(member))

    def test_what_they_can_and_we_do_not_take(self):
        rsa, p256 = self.keys["RS256"], self.keys["ES256"]
        others = [
            (rsa, "RS384"), (rsa, "RS512"), (rsa, "PS384"), (rsa, "PS512"),
            (jwk.JWK.generate(kty="EC", crv="P-521"), "ES512"),
            (jwk.JWK.generate(kty="EC", crv="secp256k1"), "ES256K"),
            (jwk.JWK.generate(kty="OKP", crv="Ed25519"), "EdDSA"),
        ]
        for key, alg in others:
            with self.subTest(alg=alg):
                token = jws.JWS(b"x")
                token.allowed_algs = [alg]
                token.add_signature(key, alg, json_encode({"alg": alg}))
                got = tool("verify", self.put("public.json", key.export_public()), data=token.serialize(True).encode())
                self.assertEqual(got.returncode, 1)
        secret = jwk.JWK.generate(kty="oct", size=256)
        self.assertEqual(tool("verify", self.put("k.json", secret.export()), data=jwcrypto_sign(secret, "HS256", b"x"))
                         .returncode, 1)
        # Small keys, the private half as if it were public, another's key.
        small = jwk.JWK.generate(kty="RSA", size=1024)
        self.assertEqual(tool("verify", self.put("k.json", small.export_public()), data=b"a.b.c").returncode, 1)
        text = jwcrypto_sign(p256, "ES256", b"x")
        self.assertEqual(tool("verify", self.put("k.json", p256.export_private()), data=text).returncode, 1)
        other = jwk.JWK.generate(kty="EC", crv="P-256")
        self.assertEqual(tool("verify", self.put("k.json", other.export_public()), data=text).returncode, 1)
        self.assertEqual(tool("verify", self.put("k.json", p256.export_public()), data=text).returncode, 0)


if __name__ == "__main__":
    unittest.main()
