#!/usr/bin/python3
"""Receipts as application/jwt, checked by three libraries that are not ours with the keys
the service publishes: libjwt, python3-jwcrypto, npm's jose; and again years later, when the
service signs with another key.

usage: test_receipts.py LIBJWT_TOOL
"""
import json
import pathlib
import subprocess
import sys
import tempfile

from jwcrypto import jwk, jws

sys.path.append(str(pathlib.Path(__file__).parents[1] / "http"))

import node  # noqa: E402
from varde import Varde, example  # noqa: E402

TOOL = sys.argv[1]
SCRIPT = """
import { compactVerify, createLocalJWKSet } from "jose";
const { keys, token } = JSON.parse(process.argv[2]);
const { payload } = await compactVerify(token, createLocalJWKSet(keys), { algorithms: ["ES256"] });
console.log(new TextDecoder().decode(payload));
"""


class Readers:
    """Each returns the claims, or None where the library refuses."""

    def __init__(self, place):
        self.place = pathlib.Path(place)
        self.script = self.place / "source" / "verify.mjs"
        self.script.parent.mkdir()
        self.script.write_text(SCRIPT)
        self.all = [self.libjwt, self.jwcrypto]
        try:
            node.installed()
            self.all.append(self.jose)
        except SystemExit:
            print("without npm's jose")

    def key_of(self, keys, token):
        parsed = jws.JWS()
        parsed.deserialize(token)
        return jwk.JWKSet.from_json(json.dumps(keys)).get_key(parsed.jose_header["kid"])

    def libjwt(self, keys, token):
        pem = self.place / "public.pem"
        pem.write_bytes(self.key_of(keys, token).export_to_pem())
        run = subprocess.run([TOOL, "ES256", pem], input=token, capture_output=True, text=True)
        assert run.returncode in (0, 1), run
        return json.loads(run.stdout) if run.returncode == 0 else None

    def jwcrypto(self, keys, token):
        parsed = jws.JWS()
        parsed.allowed_algs = ["ES256"]
        try:
            parsed.deserialize(token, self.key_of(keys, token))
        except jws.InvalidJWSSignature:
            return None
        return json.loads(parsed.payload)

    def jose(self, keys, token):
        command = node.command(self.script, self.place, json.dumps({"keys": keys, "token": token}))
        run = subprocess.run(command, capture_output=True, text=True)
        assert run.returncode == 0 or "JWSSignatureVerificationFailed" in run.stderr, run
        return json.loads(run.stdout) if run.returncode == 0 else None


def altered(token):
    """With another receipt under the same signature; with another signature."""
    head, body, sig = token.split(".")
    i = len(body) // 2
    yield ".".join([head, body[:i] + ("A" if body[i] != "A" else "B") + body[i + 1:], sig])
    yield ".".join([head, body, ("A" if sig[0] != "A" else "B") + sig[1:]])


def check(v, readers, tokens):
    keys = v.get("/.well-known/jwks.json").json
    for read in readers.all:
        for tenant, receipt, token in tokens:
            claims = read(keys, token)
            assert claims, (read.__name__, token)
            assert claims["receipt"] == receipt and claims["sub"] == tenant.orgnr and claims["iss"] == v.info["audience"], claims
        for token in altered(token):
            assert read(keys, token) is None, (read.__name__, token)


def receipts(v):
    for tenant in v.tenants:
        document = example("municipality-minimal" if tenant.kind == "municipality" else "minimal-hf", tenant)
        assert v.submit(tenant, document).status == 201
        path = f"/v1/reports/{document['report_id']}/receipt"
        headers = {**v.bearer(tenant), "Accept": "application/jwt"}
        yield tenant, v.get(path, tenant).json, v.get(path, headers=headers).body.decode()


def main():
    with tempfile.TemporaryDirectory() as place, Varde() as v:
        readers = Readers(place)
        old = list(receipts(v))
        check(v, readers, old)
        v.stop()
        key = jwk.JWK.generate(kty="EC", crv="P-256").export_to_pem(private_key=True, password=None)
        (v.demo / "credentials/receipt-key.pem").write_bytes(key)
        v.start()
        new = list(receipts(v))
        kids = {readers.key_of(v.get("/.well-known/jwks.json").json, token).key_id for _, _, token in old + new}
        assert len(kids) == 2, kids
        check(v, readers, old + new)


if __name__ == "__main__":
    main()
