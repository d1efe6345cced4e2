"""What hostile senders have in common: a JWS of any shape, a HelseID client that can
lie, a canary planted in every value that must not come back, and the table of
what was refused and how.
"""
import hashlib
import json
import re
import sys
import time
import uuid

from cryptography.hazmat.primitives import hashes, hmac
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa, utils
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from jwcrypto import jwk

import rows
from varde import READ, SUBMIT, b64

CANARY = "Kanarifugl7Qx"
ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
P256_ORDER = (0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551).to_bytes(32, "big")


def bytes_of(part):
    return part if isinstance(part, bytes) else json.dumps(part, ensure_ascii=False).encode()


PRIVATE = {}  # reading an RSA key is slow, since it is checked


def private(key):
    """cryptography's key of a jwcrypto key; others pass through."""
    if not isinstance(key, jwk.JWK):
        return key
    name = key.thumbprint()
    if name not in PRIVATE:
        PRIVATE[name] = load_pem_private_key(key.export_to_pem(private_key=True, password=None), None)
    return PRIVATE[name]


def signature(alg, key, data):
    """The raw signature: by the algorithm's name where it is one, whatever the key."""
    if isinstance(key, bytes):
        mac = hmac.HMAC(key, hashes.SHA256())
        mac.update(data)
        return mac.finalize()
    key = private(key)
    if isinstance(key, rsa.RSAPrivateKey):
        pss = padding.PSS(padding.MGF1(hashes.SHA256()), 32)
        return key.sign(data, pss if alg == "PS256" else padding.PKCS1v15(), hashes.SHA256())
    digest = hashes.SHA384() if alg == "ES384" else hashes.SHA256()
    r, s = utils.decode_dss_signature(key.sign(data, ec.ECDSA(digest)))
    size = (key.key_size + 7) // 8
    return r.to_bytes(size, "big") + s.to_bytes(size, "big")


def forge(header, payload, key, alg=None):
    """A compact JWS with exactly these bytes; the header may be any bytes too."""
    data = (b64(bytes_of(header)) + "." + b64(bytes_of(payload))).encode()
    alg = alg or (header.get("alg") if isinstance(header, dict) else None)
    return data.decode() + "." + b64(signature(alg, key, data))


def segments_spoiled(token):
    """Inputs 13 and 14: one good token, written in every way that is not strict."""
    header, payload, sig = token.split(".")
    parts = {"header": header, "payload": payload, "signature": sig}
    spoil = {
        "padding": lambda s: s + "=" * (-len(s) % 4 or 4),
        "plus and slash": lambda s: s[:-4] + "+/" + s[-2:],
        "a space": lambda s: s[:4] + " " + s[4:],
        "one character too many": lambda s: s + "A" * ((5 - len(s) % 4) % 4 or 4),
        "a byte beyond ASCII": lambda s: s[:4] + "\xe6" + s[4:],
    }
    for where, part in parts.items():
        for what, how in spoil.items():
            yield 13, f"{where}: {what}", ".".join(how(p) if p is part else p for p in parts.values())
    # trailing bits: only a last group of two or three characters has any
    for where, part in parts.items():
        if len(part) % 4:
            last = ALPHABET[ALPHABET.index(part[-1]) + 1]
            yield 13, f"{where}: trailing bits that are not zero", ".".join(p[:-1] + last if p is part else p for p in parts.values())
    yield 14, "two segments", f"{header}.{payload}"
    yield 14, "four segments", f"{token}.{sig}"
    yield 14, "five segments", f"{token}.{sig}.{sig}"
    yield 14, "trailing dot", token + "."
    yield 14, "empty segments", ".."
    yield 14, "empty signature", f"{header}.{payload}."
    yield 14, "JSON serialisation", json.dumps({"protected": header, "payload": payload, "signature": sig})
    yield 14, "flattened twice", json.dumps({"payload": payload, "signatures": [{"protected": header, "signature": sig}]})


def es256_spoiled(token, key):
    """Input 15 under ES256: the signature of a good token, in every shape that is none."""
    head, sig = token.rsplit(".", 1)
    der = private(key).sign(head.encode(), ec.ECDSA(hashes.SHA256()))
    for what, raw in (("DER", der), ("r = s = 0", bytes(64)), ("r = s = n", P256_ORDER * 2),
                      ("s = n", bytes(31) + b"\1" + P256_ORDER), ("r above n", b"\xff" * 32 + bytes(31) + b"\1"),
                      ("63 bytes", bytes(63)), ("65 bytes", bytes(65))):
        yield 15, "ES256 signature " + what, f"{head}.{b64(raw)}"


class HelseId:
    """A client of the helseid issuer with a DPoP key of its own (RFC 9449)."""

    def __init__(self, v, tenant, key=None, scopes=(SUBMIT, READ), **claims):
        self.v, self.tenant = v, tenant
        self.issuer = v.issuers["helseid"]
        self.key = key or jwk.JWK.generate(kty="EC", crv="P-256")
        self.token = self.make_token(scopes, **claims)

    def claims(self, scopes=(SUBMIT, READ), **more):
        now = int(time.time())
        claims = {"iss": self.issuer.iss, "aud": self.v.info["audience"], "iat": now, "nbf": now, "exp": now + 300,
                  "scope": list(scopes), "client_id": CANARY, "jti": str(uuid.uuid4()),
                  "helseid://claims/client/claims/orgnr_parent": self.tenant.orgnr,
                  "cnf": {"jkt": self.key.thumbprint()}, **more}
        return {name: value for name, value in claims.items() if value is not None}

    def make_token(self, scopes=(SUBMIT, READ), header=None, **more):
        full = {"alg": self.issuer.alg, "kid": self.issuer.kid, "typ": "at+jwt", **(header or {})}
        return forge(full, self.claims(scopes, **more), self.issuer.key, self.issuer.alg)

    def proof(self, method, path, header=None, key=None, token=None, **more):
        ath = b64(hashlib.sha256((token or self.token).encode()).digest())
        claims = {"jti": str(uuid.uuid4()), "htm": method, "htu": self.v.info["intake"] + path.split("?")[0],
                  "iat": int(time.time()), "ath": ath, **more}
        full = {"alg": "ES256", "typ": "dpop+jwt", "jwk": json.loads(self.key.export_public()), **(header or {})}
        claims = {name: value for name, value in claims.items() if value is not None}
        full = {name: value for name, value in full.items() if value is not None}
        return forge(full, claims, key or self.key)

    def headers(self, method, path, proof=None, token=None):
        return {"Authorization": "DPoP " + (token or self.token), "DPoP": proof or self.proof(method, path, token=token)}

    def get(self, path, **more):
        return self.v.get(path, headers=self.headers("GET", path, **more))

    def post(self, path, body, type="application/jose", **more):
        return self.v.request("POST", path, body, {"Content-Type": type, **self.headers("POST", path, **more)})


def problem_faults(answer, status, code):
    """What keeps this answer from being the problem that the contract promises."""
    if answer.status != status:
        yield f"status {answer.status} for {status}"
    if answer.headers.get("Content-Type") != "application/problem+json":
        yield "not application/problem+json"
        return
    problem = answer.json
    if problem.get("code") != code:
        yield f"code {problem.get('code')} for {code}"
    if problem.get("type") != "/problems/" + str(problem.get("code")) or problem.get("status") != answer.status:
        yield "type or status does not fit"
    if not problem.get("title") or not problem.get("detail"):
        yield "no title or detail"
    if not re.fullmatch("[0-9a-f]{32}", problem.get("trace_id", "")):
        yield "no trace_id"
    if problem.get("trace_id") != answer.headers.get("Trace-Id"):
        yield "trace_id is not the header's"
    challenge = answer.headers.get("WWW-Authenticate", "")
    if (answer.status == 401) != bool(challenge) and code != "insufficient-scope":
        yield "WWW-Authenticate where none is due, or none where it is"
    if code == "insufficient-scope" and "insufficient_scope" not in challenge:
        yield "no insufficient_scope challenge"
    if code == "invalid-dpop-proof" and "invalid_dpop_proof" not in challenge:
        yield "no invalid_dpop_proof challenge"
    if answer.status in (429, 503, 507) and not answer.headers.get("Retry-After"):
        yield "no Retry-After"
    yield from echoes(answer)


def echoes(answer):
    if CANARY.lower().encode() in answer.body.lower() or CANARY.lower() in str(answer.headers).lower():
        yield "a sent value comes back"


class Table:
    """Checks answers, goes on after a fault, and ends with a row for each input."""

    def __init__(self, v):
        self.v, self.rows, self.faults = v, [], []
        self.traces = {}  # of rows, by their place: the trace id and the reason wanted

    def fault(self, text):
        self.faults.append(text)
        print("FAULT", text, file=sys.stderr)

    def refused(self, number, what, answer, status, code, reason=None):
        """reason: which check is to refuse it, by the word in the log."""
        for fault in problem_faults(answer, status, code):
            self.fault(f"{number} {what}: {fault}: {answer}")
        got = answer.json.get("code") if answer.body[:1] == b"{" else "-"
        self.traces[len(self.rows)] = answer.headers.get("Trace-Id"), reason
        self.rows.append((number, what, answer.status, got))

    def taken(self, number, what, answer, status=200):
        if answer.status != status:
            self.fault(f"{number} {what}: {answer.status} for {status}: {answer}")
        for fault in echoes(answer):
            self.fault(f"{number} {what}: {fault}")
        self.rows.append((number, what, answer.status, "taken"))

    def true(self, what, so):
        if not so:
            self.fault(what)

    def add_reasons(self):
        reasons = rows.reasons(self.v)
        for i, row in enumerate(self.rows):
            trace_id, wanted = self.traces.get(i, (None, None))
            found = reasons.get(trace_id, "")
            self.rows[i] = (*row, found)
            self.true(f"{row}: refused for {found}, not for {wanted}", wanted in (None, found))

    def end(self):
        if CANARY.lower() in self.v.log_path.read_text().lower():
            self.fault("a sent value is in the log")
        self.add_reasons()
        print("| # | input | status | code | reason |\n|---|---|---|---|---|")
        for row in self.rows:
            print("|", " | ".join(map(str, row)), "|")
        print(f"\n{len(self.rows)} inputs, {len(self.faults)} faults")
        assert not self.faults, "\n".join(self.faults)
        rows.keep(self.rows)
