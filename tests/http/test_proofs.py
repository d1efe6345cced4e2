#!/usr/bin/python3
"""DPoP proofs that must be refused (RFC 9449): inputs 3 and 23 to 30."""
import base64
import concurrent.futures
import hashlib
import http.client
import json
import time
import uuid

from cryptography.hazmat.primitives.asymmetric import ec
from jwcrypto import jwk

from hostile import CANARY, HelseId, Table, es256_spoiled, forge, segments_spoiled
from hostile_keys import hostile_keys, thumbprint
from varde import Answer, Varde, b64, example

PATH = "/v1/tenant"


class Cases:
    def __init__(self, v):
        self.v, self.table = v, Table(v)
        self.client = HelseId(v, v.tenants[0])

    def refuse(self, number, what, proof, code="invalid-dpop-proof"):
        self.table.refused(number, what, self.client.get(PATH, proof=proof), 401, code)

    def proof(self, **more):
        return self.client.proof("GET", PATH, **more)

    def headers(self):
        headers = {"Authorization": "DPoP " + self.client.token}
        self.table.refused(23, "no proof", self.v.get(PATH, headers=headers), 401, "invalid-dpop-proof")
        self.table.refused(23, "an empty proof", self.v.get(PATH, headers={**headers, "DPoP": ""}), 401,
                           "invalid-dpop-proof")
        self.table.refused(9, "the token as proof", self.client.get(PATH, proof=self.client.token), 401,
                           "invalid-dpop-proof")
        proof = self.proof()
        self.table.refused(9, "a proof as token", self.client.get(PATH, token=proof, proof=proof), 401, "invalid-token")
        self.table.refused(23, "a proof of 17 KiB", self.client.get(PATH, proof=CANARY * 1400), 401, "invalid-token")
        joined = self.proof() + ", " + self.proof()
        self.table.refused(3, "two proofs joined by a comma", self.client.get(PATH, proof=joined), 400,
                           "invalid-request")
        for what, double in (("Authorization", [("Authorization", "DPoP " + self.client.token)]),
                             ("DPoP", [("DPoP", self.proof())])):
            pairs = [("Authorization", "DPoP " + self.client.token), ("DPoP", self.proof()), *double]
            self.table.refused(3, f"two {what} headers", self.raw(pairs), 400, "invalid-request")
        self.table.taken(23, "a good proof", self.client.get(PATH))
        self.table.taken(23, "scheme in lower case", self.v.get(PATH, headers={
            "Authorization": "dpop " + self.client.token, "DPoP": self.proof()}))

    def raw(self, pairs):
        connection = http.client.HTTPConnection(self.v.host, self.v.port, timeout=60)
        connection.putrequest("GET", PATH)
        for name, value in pairs:
            connection.putheader(name, value)
        connection.endheaders()
        response = connection.getresponse()
        answer = Answer(response.status, response.headers, response.read())
        connection.close()
        return answer

    def binding(self):
        other = jwk.JWK.generate(kty="EC", crv="P-256")
        theirs = {"jwk": json.loads(other.export_public())}
        self.refuse(24, "another key", self.proof(header=theirs, key=other))
        self.refuse(24, "another key, own jwk", self.proof(key=other))
        self.refuse(24, "own key, another jwk", self.proof(header=theirs))
        for what, cnf in (("x5t#S256 only", {"x5t#S256": b64(bytes(32))}), ("an empty object", {}),
                          ("a text", self.client.key.thumbprint()), ("jkt of 31 bytes", {"jkt": b64(bytes(31))}),
                          ("jkt padded", {"jkt": self.client.key.thumbprint() + "="})):
            token = self.client.make_token(cnf=cnf)
            answer = self.client.get(PATH, token=token)
            self.table.refused(24, "`cnf` " + what, answer, 401, answer.code if answer.code in (
                "invalid-token", "invalid-dpop-proof") else "invalid-token")

    def keys(self):
        own = json.loads(self.client.key.export_public())
        size = {"x": own["x"], "y": own["y"]}
        point = b64(b"\1" * 32)
        oct_ = {"kty": "oct", "k": b64(b"x" * 32)}
        okp = json.loads(jwk.JWK.generate(kty="OKP", crv="Ed25519").export_public())
        cases = [("with d", json.loads(self.client.key.export_private())), ("oct", oct_), ("OKP", okp),
                 ("missing", None), ("a text", CANARY), ("empty", {}), ("without y", {**own, "y": None}),
                 ("off the curve", {**own, "y": point}), ("P-521", {**own, "crv": "P-521"}),
                 ("unknown curve", {**own, "crv": CANARY}), ("x of 31 bytes", {**own, "x": b64(bytes(31))}),
                 ("x of 33 bytes", {**own, "x": b64(bytes(33))}), ("x padded", {**own, "x": size["x"] + "="}),
                 ("y of 31 bytes", {**own, "y": b64(bytes(31))}), ("y a number", {**own, "y": 1}),
                 ("use enc", {**own, "use": "enc"}), ("key_ops sign", {**own, "key_ops": ["sign"]}),
                 ("alg of another", {**own, "alg": "ES384"})]
        for what, key in cases:
            key = {n: v for n, v in key.items() if v is not None} if isinstance(key, dict) else key
            self.refuse(25, "jwk " + what, self.proof(header={"jwk": key}))
        strong = HelseId(self.v, self.v.tenants[0], key=jwk.JWK.generate(kty="RSA", size=2048))
        self.table.taken(25, "RSA of 2048 bits, rightly bound",
                         strong.get(PATH, proof=strong.proof("GET", PATH, header={"alg": "PS256"})))

    def keys_rightly_bound(self):
        """A token for the very key in the proof: its thumbprint is no reason to refuse it."""
        began = time.monotonic()
        for number, what, key, signer, alg in hostile_keys():
            token = self.client.make_token(cnf={"jkt": thumbprint(key)})
            proof = self.proof(header={"alg": alg, "jwk": key}, key=signer, token=token)
            answer = self.client.get(PATH, proof=proof, token=token)
            self.table.refused(number, f"bound to {what}", answer, 401, "invalid-dpop-proof")
        self.table.true(f"hostile keys cost nothing: {time.monotonic() - began:.1f} s", time.monotonic() - began < 20)

    def heads(self):
        for typ in ("JWT", "at+jwt", "DPOP+JWT", "dpop+jwt ", None, ""):
            self.refuse(26, f"typ {typ!r}", self.proof(header={"typ": typ}))
        for alg in ("none", "HS256", "EdDSA", "es256", "ES384", "PS256", None, 1, ["ES256"]):
            self.refuse(26, f"alg {alg!r}", self.proof(header={"alg": alg}))
        secret = self.client.key.get_op_key("verify")
        self.refuse(26, "HS256 with the public point as secret", self.proof(
            header={"alg": "HS256"}, key=secret.public_numbers().x.to_bytes(32, "big")))
        for name, value in (("crit", ["b64"]), ("crit", ["exp"]), ("crit", []), ("b64", False), ("zip", "DEF"),
                            ("jku", "https://" + CANARY), ("x5u", "https://" + CANARY), ("x5c", [CANARY]), (CANARY, 1)):
            self.refuse(10, "header " + json.dumps({name: value}).replace(CANARY, "x"), self.proof(header={name: value}))
        escaped = json.dumps({"alg": "ES256", "jwk": json.loads(self.client.key.export_public())})[:-1]
        claims = {"jti": str(uuid.uuid4()), "htm": "GET", "htu": self.v.info["intake"] + PATH, "iat": int(time.time()),
                  "ath": b64(hashlib.sha256(self.client.token.encode()).digest())}
        proof = forge((escaped + ',"typ":"dpop\\u002Bjwt"}').encode(), claims, self.client.key, "ES256")
        self.table.taken(26, "typ with an escaped plus", self.client.get(PATH, proof=proof))

    def claims(self):
        for name in ("jti", "htm", "htu", "iat", "ath"):
            self.refuse(27, "without " + name, self.proof(**{name: None}))
            self.refuse(27, name + " a wrong type", self.proof(**{name: {"x": CANARY}}))
        other = self.client.make_token()
        self.refuse(27, "ath of another token", self.proof(token=other))
        ath = b64(hashlib.sha256(self.client.token.encode()).digest())
        for what, value in (("padded", ath + "="), ("hexadecimal", hashlib.sha256(self.client.token.encode()).hexdigest()),
                            ("empty", "")):
            self.refuse(27, "ath " + what, self.proof(ath=value))
        for method in ("POST", "get", "HEAD", "*", CANARY):
            self.refuse(28, f"htm {'other' if method == CANARY else method}", self.proof(htm=method))
        base = self.v.info["intake"]
        for what, htu in (("other host", f"http://localhost:{self.v.port}{PATH}"),
                          ("other port", f"http://127.0.0.1:{self.v.port + 1}{PATH}"),
                          ("without port", "http://127.0.0.1" + PATH), ("other path", base + "/v1/reports"),
                          ("https for http", base.replace("http:", "https:") + PATH), ("trailing slash", base + PATH + "/"),
                          ("dot segments", base + "/v1/x/../tenant"), ("double slash", base + "/" + PATH),
                          ("only the path", PATH), ("user name", f"http://{CANARY}@127.0.0.1:{self.v.port}{PATH}"),
                          ("upper-case path", base + PATH.upper()), ("encoded path", base + "/v1/%74enant"), ("empty", ""),
                          ("4000 long", base + PATH + "?" + "x" * 4000)):
            self.refuse(28, "htu " + what, self.proof(htu=htu))
        self.table.taken(28, "htu with query and fragment", self.client.get(PATH, proof=self.proof(htu=base + PATH + "?a#b")))
        self.table.taken(28, "htu in upper-case scheme", self.client.get(PATH, proof=self.proof(
            htu=base.replace("http:", "HTTP:") + PATH)))
        now = int(time.time())
        for what, iat in (("90 s old", now - 90), ("60 s ahead", now + 60), ("a text", str(now)), ("a fraction", now + .5),
                          ("2^63 - 1", 2**63 - 1), ("negative", -1), ("zero", 0)):
            self.refuse(29, "iat " + what, self.proof(iat=iat))

    def spelling(self):
        for number, what, proof in segments_spoiled(self.proof()):
            self.refuse(number, what, proof)
        good = self.proof()
        for what, byte in (("NUL", "\0"), ("CR LF", "\r\n ")):
            self.table.refused(13, what, self.client.get(PATH, proof=good[:40] + byte + good[40:]), 400, "invalid-request")
        for number, what, proof in es256_spoiled(self.proof(), self.client.key):
            self.refuse(number, what, proof)
        head, sig = self.proof().rsplit(".", 1)
        for what, spoiled in (("modified", sig[:20] + ("A" if sig[20] != "A" else "B") + sig[21:]), ("truncated", sig[:-4]),
                              ("4 characters more", sig + "AAAA"), ("of another proof", self.proof().rsplit(".", 1)[1])):
            self.refuse(15, "signature " + what, f"{head}.{spoiled}")
        for what, curve in (("P-384", ec.SECP384R1()), ("secp256k1", ec.SECP256K1())):
            self.refuse(16, f"ES256 by a {what} key", self.proof(key=ec.generate_private_key(curve)))

    def replays(self):
        proof = self.proof()
        self.table.taken(30, "a proof the first time", self.client.get(PATH, proof=proof))
        self.refuse(30, "a proof the second time", proof)
        jti = json.loads(base64.urlsafe_b64decode(proof.split(".")[1] + "=="))["jti"]
        self.refuse(30, "the same jti in a new proof", self.proof(jti=jti))
        self.refuse(30, "jti of 10 KB", self.proof(jti="j" * 10000))
        self.refuse(30, "jti empty", self.proof(jti=""))
        self.table.taken(30, "jti of 128 bytes", self.client.get(PATH, proof=self.proof(jti=uuid.uuid4().hex * 4)))
        self.refuse(30, "jti of 129 bytes", self.proof(jti="j" + uuid.uuid4().hex * 4))
        proof = self.proof()
        other = self.client.make_token()
        self.table.refused(27, "a proof beside another token", self.client.get(PATH, proof=proof, token=other), 401,
                           "invalid-dpop-proof")
        self.table.taken(27, "which does not use it up", self.client.get(PATH, proof=proof))
        with concurrent.futures.ThreadPoolExecutor(16) as pool:
            proof = self.proof()
            answers = list(pool.map(lambda _: self.client.get(PATH, proof=proof), range(16)))
        taken = [a for a in answers if a.status == 200]
        self.table.true(f"one proof, 16 at once: {len(taken)} taken", len(taken) == 1)
        for answer in answers:
            if answer.status != 200:
                self.table.refused(30, "one proof, 16 at once", answer, 401, "invalid-dpop-proof")
                self.table.rows.pop()
        self.table.rows.append((30, "one proof, 16 at once: all but one", 401, "invalid-dpop-proof"))

    def across_restarts(self):
        proof = self.proof()
        self.table.taken(30, "before a restart", self.client.get(PATH, proof=proof))
        self.v.stop()
        self.v.start()
        self.refuse(30, "after a clean restart", proof)
        self.table.taken(30, "a new proof after a clean restart", self.client.get(PATH))
        proof = self.proof()
        unused = self.proof()
        self.table.taken(30, "before a crash", self.client.get(PATH, proof=proof))
        self.v.kill()
        self.v.start()
        self.refuse(30, "used, after a crash", proof)
        self.refuse(30, "unused but made before the crash", unused)
        end = time.monotonic() + 30
        while (answer := self.client.get(PATH)).status != 200:
            assert time.monotonic() < end, answer
            time.sleep(0.2)  # polling a condition, bounded: the clock must pass the skew
        self.table.taken(30, "a new proof after the crash and the skew", answer)

    def submits(self):
        tenant = self.v.tenants[0]
        body = self.v.sign(tenant, example("minimal-hf", tenant))
        path = "/v1/submissions"
        self.table.refused(28, "a proof for GET with a submission", self.client.post(
            path, body, proof=self.client.proof("GET", path)), 401, "invalid-dpop-proof")
        self.table.refused(28, "a proof for validate with a submission", self.client.post(
            path, body, proof=self.client.proof("POST", path + "/validate")), 401, "invalid-dpop-proof")
        self.table.taken(23, "a submission with its proof", self.client.post(path, body), 201)
        self.table.taken(23, "a retry with a new proof", self.client.post(path, body), 200)


def main():
    with Varde() as v:
        cases = Cases(v)
        cases.headers()
        cases.binding()
        cases.keys()
        cases.keys_rightly_bound()
        cases.heads()
        cases.claims()
        cases.spelling()
        cases.replays()
        cases.submits()
        cases.across_restarts()
        cases.table.end()


if __name__ == "__main__":
    main()
