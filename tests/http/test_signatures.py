#!/usr/bin/python3
"""Signed documents whose signature must be refused: inputs 10, 13 to 16, 33 to 36, 41."""
import base64
import contextlib
import datetime
import json
import sqlite3
import time

from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from jwcrypto import jwk

from hostile import CANARY, HelseId, Table, es256_spoiled, forge, private, segments_spoiled
from hostile_keys import hostile_keys
from varde import Varde, b64, example

DAY = 86400


class Cases:
    def __init__(self, v):
        self.v, self.table = v, Table(v)
        self.tenant, self.other = v.tenants[0], v.tenants[1]
        self.document = self.fresh()

    def fresh(self, tenant=None, **changes):
        document = example("minimal-hf", tenant or self.tenant, **changes)
        return document

    def jws(self, header=None, key=None, alg=None, tenant=None, document=None, raw=None, **payload):
        tenant = tenant or self.tenant
        head = {"alg": tenant.alg, "kid": tenant.kid, "typ": "varde+jws", **(header or {})}
        head = {name: value for name, value in head.items() if value is not None}
        full = self.v.payload(tenant, document or self.document, **payload)
        full = {name: value for name, value in full.items() if value is not None}
        return forge(raw or head, full, key or tenant.key, alg or tenant.alg)

    def refuse(self, number, what, body, code, status=400, caller=None):
        answer = self.v.post("/v1/submissions", body.encode("latin-1") if isinstance(body, str) else body,
                             caller or self.tenant)
        self.table.refused(number, what, answer, status, code)

    def take(self, number, what, body, status=201, caller=None):
        self.table.taken(number, what, self.v.post("/v1/submissions", body, caller or self.tenant), status)

    # --- the cases -----------------------------------------------------------------

    def bodies(self):
        good = self.jws()
        bare = json.dumps(self.v.payload(self.tenant, self.document))
        for what, body in (("empty", b""), ("a space", b" "), ("bare JSON", bare), ("a BOM before", b"\xef\xbb\xbf" + good.encode()),
                           ("a newline after", good + "\n"), ("a newline before", "\n" + good), ("CR LF within", good[:50] + "\r\n" + good[50:]),
                           ("a NUL after", good.encode() + b"\0"), ("a NUL within", good[:9] + "\0" + good[9:]),
                           ("quoted", f'"{good}"'), ("two of them", good + good), ("form", "jws=" + good),
                           ("binary", bytes(range(256)))):
            self.refuse(13 if "within" in what else 33, what, body, "signature-malformed")

    def headers(self):
        for name, value in (("crit", ["b64"]), ("crit", []), ("crit", [CANARY]), ("b64", False), ("zip", "DEF"), ("jku", "https://" + CANARY),
                            ("x5u", "https://" + CANARY), ("x5c", [CANARY]), ("x5t", "abc"), ("jwk", {"kty": "oct"}),
                            ("iat", 1), ("exp", 1), (CANARY, 1), ("cty", 1), ("kid", None), ("kid", 1), ("kid", ""),
                            ("kid", CANARY * 40), ("kid", "a\0b"), ("typ", None), ("typ", 1), ("typ", "JWT"),
                            ("typ", "at+jwt"), ("typ", "VARDE+JWS"), ("typ", "incident-report+jws"), ("typ", "application/varde+jws")):
            shown = {CANARY: "unknown"}.get(name, name)
            self.refuse(10, f"header {shown} {'x' if CANARY in str(value) else json.dumps(value)}",
                        self.jws({name: value}, alg=self.tenant.alg), "signature-malformed")
        for alg in ("none", "None", "nOnE", "HS256", "ps256", "PS384", "EdDSA", CANARY, ""):
            self.refuse(5, f"alg {'other' if alg == CANARY else alg!r}", self.jws({"alg": alg}), "signature-algorithm")
        for alg in (None, 1, ["PS256"]):
            answer = self.v.post("/v1/submissions", self.jws({"alg": alg}), self.tenant)
            self.table.refused(7, f"alg {alg!r}", answer, 400,
                               "signature-algorithm" if alg is None else "signature-malformed")
        public = private(self.tenant.key).public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        self.refuse(6, "HS256 with the public key as secret", self.jws({"alg": "HS256"}, key=public), "signature-algorithm")
        self.refuse(8, "RS256 under a key registered for PS256", self.jws({"alg": "RS256"}, alg="RS256"),
                    "signature-algorithm")
        self.refuse(8, "ES256 named, PS256 signed", self.jws({"alg": "ES256"}), "signature-algorithm")
        twice = '{"alg":"PS256","kid":"%s","kid":"x","typ":"varde+jws"}' % self.tenant.kid
        self.refuse(10, "kid twice", self.jws(raw=twice.encode()), "signature-malformed")
        escaped = '{"\\u0061lg":"PS256","k\\u0069d":"%s","typ":"varde\\u002bjws"}' % self.tenant.kid
        self.take(10, "a header with escapes, as good as plain", self.jws(raw=escaped.encode(), document=self.fresh()))
        self.take(10, "cty is allowed", self.jws({"cty": "application/json"}, document=self.fresh()))

    def spelling(self):
        for number, what, body in segments_spoiled(self.jws()):
            self.refuse(number, what, body, "signature-malformed")
        head, sig = self.jws().rsplit(".", 1)
        flipped = "A" if sig[20] != "A" else "B"
        for what, spoiled in (("modified", sig[:20] + flipped + sig[21:]), ("truncated", b64(base64.urlsafe_b64decode(sig + "==")[:-3])), ("4 characters more", sig + "AAAA"),
                              ("all zero", "A" * len(sig))):
            self.refuse(15, "signature " + what, f"{head}.{spoiled}", "signature-invalid")
        self.refuse(15, "signature of 600 bytes", f"{head}.{b64(bytes(600))}", "signature-malformed")
        parts = self.jws().split(".")
        self.refuse(15, "payload of another document", ".".join([parts[0], self.jws(document=self.fresh()).split(".")[1], parts[2]]),
                    "signature-invalid")
        tenant = self.other
        for number, what, body in es256_spoiled(self.jws(tenant=tenant, document=self.fresh(tenant)), tenant.key):
            self.refuse(number, what, body, "signature-invalid", caller=tenant)
        for what, curve in (("P-384", ec.SECP384R1()), ("secp256k1", ec.SECP256K1()), ("P-521", ec.SECP521R1())):
            self.refuse(16, f"ES256 by a {what} key", self.jws(tenant=tenant, key=ec.generate_private_key(curve)),
                        "signature-invalid", caller=tenant)
        self.refuse(16, "ES384 named under a P-256 key", self.jws({"alg": "ES384"}, tenant=tenant), "signature-algorithm",
                    caller=tenant)

    def registered(self):
        """Keys that the register must not take, so that no signature can be by one."""
        def pem_of(key):
            return key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()

        keys = (("RSA of 1024 bits", pem_of(rsa.generate_private_key(65537, 1024))), ("e = 3", pem_of(rsa.generate_private_key(3, 2048))),
                ("secp256k1", pem_of(ec.generate_private_key(ec.SECP256K1()))), ("P-521", pem_of(ec.generate_private_key(ec.SECP521R1()))),
                ("a private key", private(self.tenant.key).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()))
        for what, text in keys:
            self.cannot_register("PEM of " + what, "--pem", text)
        for _, what, key, _, _ in hostile_keys():
            self.cannot_register("JWK of " + what, "--jwk", json.dumps(key))

    def cannot_register(self, what, option, text):
        path = self.v.folder / "key"
        path.write_text(text)
        run = self.v.ctl("key", "add", self.tenant.orgnr, option, str(path), "--json", check=False)
        self.table.true(f"key add refuses {what}: {run.returncode} {run.stdout}", run.returncode and not run.stdout)
        self.table.rows.append((16, "registering " + what, f"exit {run.returncode}", json.loads(run.stderr)["error"]["code"]))

    def add_key(self, tenant, kid, size=2048, **dates):
        key = jwk.JWK.generate(kty="RSA", size=size)
        path = self.v.folder / (kid + ".json")
        path.write_text(json.dumps({**json.loads(key.export_public()), "kid": kid}))
        words = [word for name, value in dates.items() for word in ("--" + name, value)]
        self.v.ctl("key", "add", tenant.orgnr, "--jwk", str(path), "--unproven", *words)
        return key

    def theirs(self):
        """The id of a report of the other tenant's."""
        document = self.fresh(self.other)
        assert self.v.submit(self.other, document).status == 201
        answer = self.v.get("/v1/reports/" + document["report_id"], self.tenant)
        self.table.refused(36, "reading another tenant's report id", answer, 404, "not-found")
        return document["report_id"]

    def owners(self):
        theirs = self.fresh(self.other)
        self.refuse(34, "another's registered key, own iss", forge({"alg": "ES256", "kid": self.other.kid, "typ": "varde+jws"},
                    self.v.payload(self.tenant, self.document), self.other.key), "tenant-mismatch", 403)
        self.refuse(34, "another's key and iss under own token", self.jws(tenant=self.other, document=theirs), "tenant-mismatch", 403)
        self.refuse(34, "own key and iss under another's token", self.jws(), "tenant-mismatch", 403, caller=self.other)
        self.refuse(36, "own key, another's iss", self.jws(iss=self.other.orgnr), "tenant-mismatch", 403)
        self.refuse(36, "own key, iss not a number", self.jws(iss=CANARY), "tenant-mismatch", 403)
        self.refuse(36, "own iss, another's organisation in the document", self.jws(document=self.fresh(
            organisation={"number": self.other.orgnr})), "invalid-document", 422)
        for what, aud in (("another service", "https://other.example/" + CANARY), ("with a slash", self.v.info["audience"] + "/"),
                          ("upper case", self.v.info["audience"].upper()), ("empty", "")):
            self.refuse(36, "aud " + what, self.jws(aud=aud), "signature-audience")
        for what, aud in (("an array", [self.v.info["audience"]]), ("missing", None), ("a number", 1)):
            self.refuse(36, "aud " + what, self.jws(aud=aud), "invalid-payload")
        self.take(36, "another tenant's report id: one's own report of that name", self.jws(document=self.fresh(report_id=self.theirs())))
        mallory = jwk.JWK.generate(kty="RSA", size=2048)
        self.refuse(35, "a key that nobody registered", self.jws({"kid": mallory.thumbprint()}, key=mallory), "signature-key-unknown")
        self.refuse(35, "that key under own kid", self.jws(key=mallory), "signature-invalid")
        self.refuse(35, "that key embedded", self.jws({"jwk": json.loads(mallory.export_public())}, key=mallory), "signature-malformed")
        helseid = HelseId(self.v, self.tenant)
        body = self.jws({"alg": "ES256", "kid": helseid.key.thumbprint()}, key=helseid.key, alg="ES256")
        answer = helseid.post("/v1/submissions", body)
        self.table.refused(35, "the DPoP key", answer, 400, "signature-key-unknown")
        for what, kid in (("a path", "../../" + CANARY), ("SQL", f"' OR 1=1 --{CANARY}"), ("with NUL escaped", "%00"),
                          ("of the issuer", self.v.issuers["maskinporten"].kid), ("with a space", self.tenant.kid + " ")):
            self.refuse(11, "kid " + what, self.jws({"kid": kid}), "signature-key-unknown")

    def dates(self):
        today = datetime.datetime.now(datetime.timezone.utc).date()
        day = lambda n: (today + datetime.timedelta(days=n)).isoformat()  # noqa: E731
        old = self.add_key(self.tenant, "old-key", **{"from": day(-30), "to": day(3)})
        self.let_end("old-key", int(time.time()) - 3 * DAY)
        new = self.add_key(self.tenant, "new-key", **{"from": day(3)})
        own = self.add_key(self.tenant, "own-key", size=4096)
        now = int(time.time())

        def by(key, kid, iat, **more):
            return self.jws({"alg": "RS256", "kid": kid}, key=key, alg="RS256", iat=iat, document=self.fresh(), **more)

        self.take(34, "a key that ended, signed while it held", by(old, "old-key", now - 5 * DAY))
        self.refuse(34, "a key that ended before iat", by(old, "old-key", now), "signature-key-expired")
        self.refuse(34, "a key that begins after iat", by(new, "new-key", now), "signature-key-expired")
        self.take(34, "a second key, RSA of 4096 bits", by(own, "own-key", now))
        self.v.ctl("key", "revoke", "own-key", "--reason", "test")
        self.refuse(34, "a revoked key", by(own, "own-key", now), "signature-key-expired")
        self.refuse(34, "a revoked key, dated before", by(own, "own-key", now - DAY), "signature-key-expired")
        run = self.v.ctl("key", "add", self.other.orgnr, "--jwk", str(self.v.folder / "own-key.json"), "--unproven",
                         check=False)
        self.table.true("a revoked kid is never taken again", run.returncode != 0 and "kid-exists" in run.stderr)
        for what, iat in (("8 days ago", now - 8 * DAY), ("2 minutes ahead", now + 120), ("zero", 0), ("negative", -now),
                          ("2^63 - 1", 2**63 - 1), ("-2^63", -2**63)):
            self.refuse(41, "iat " + what, self.jws(iat=iat), "signature-expired")
        for what, iat in (("a text", str(now)), ("a fraction", now + 0.5), ("1e9", 1e9), ("null", "null"), ("missing", None), ("true", True)):
            self.refuse(41, "iat " + what, self.jws(iat=iat), "invalid-payload")
        self.take(41, "iat 6 days ago", self.jws(iat=now - 6 * DAY, document=self.fresh()))
        self.take(41, "iat 30 s ahead", self.jws(iat=now + 30, document=self.fresh()))

    def let_end(self, kid, at):
        """Time passes: the register would not take a key that has ended already."""
        self.v.stop()
        with contextlib.closing(sqlite3.connect(self.v.demo / "data/control.db")) as db:
            with db:
                db.execute("UPDATE signing_key SET valid_to = ? WHERE kid = ?", (at * 1000, kid))
        self.v.start()

    def nothing_stored(self):
        """All refused ones named one report: its first revision is still to come."""
        self.take(0, "the document of all refusals", self.jws())


def main():
    with Varde() as v:
        cases = Cases(v)
        cases.bodies()
        cases.headers()
        cases.spelling()
        cases.registered()
        cases.owners()
        cases.dates()
        cases.nothing_stored()
        cases.table.end()


if __name__ == "__main__":
    main()
