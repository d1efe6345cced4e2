#!/usr/bin/python3
"""Access tokens that must be refused: inputs 1 to 22 of the list of hostile inputs."""
import json
import signal
import time

from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from jwcrypto import jwk

from hostile import CANARY, HelseId, Table, es256_spoiled, forge, private, segments_spoiled
from varde import READ, SUBMIT, Varde, b64

THIRD = """
[issuer third]
profile = maskinporten
issuer = https://third.demo.example/
algorithms = PS256, ES256
jwks = issuers/third.jwks.json
"""
PARENT = "helseid://claims/client/claims/orgnr_parent"
CHILD = "helseid://claims/client/claims/orgnr_child"


class Third:
    """A Bearer issuer with two keys, pinned to algorithms other than RS256."""

    def __init__(self, v):
        self.rsa = jwk.JWK.generate(kty="RSA", size=2048, kid="third-rsa")
        self.ec = jwk.JWK.generate(kty="EC", crv="P-256", kid="third-ec")
        keys = [json.loads(k.export_public()) for k in (self.rsa, self.ec)]
        (v.demo / "issuers/third.jwks.json").write_text(json.dumps({"keys": keys}))
        self.v, self.iss = v, "https://third.demo.example/"

    def token(self, tenant, alg="ES256", kid="third-ec", key=None):
        header = {"alg": alg, "typ": "JWT", **({"kid": kid} if kid else {})}
        claims = self.v.claims(tenant, iss=self.iss)
        return forge(header, claims, key or (self.ec if alg.startswith("E") else self.rsa))


class Cases:
    def __init__(self, v):
        self.v, self.tenant, self.table = v, v.tenants[0], Table(v)
        self.issuer = v.issuers["maskinporten"]

    def header(self, **more):
        full = {"alg": self.issuer.alg, "kid": self.issuer.kid, "typ": "JWT", **more}
        return {name: value for name, value in full.items() if value is not None}

    def claims(self, **more):
        full = self.v.claims(self.tenant, **{"client_id": CANARY, "jti": CANARY, **more})
        return {name: value for name, value in full.items() if value is not None}

    def token(self, header=None, key=None, alg=None, **claims):
        return forge(self.header(**(header or {})), self.claims(**claims), key or self.issuer.key, alg or self.issuer.alg)

    def ask(self, token, scheme="Bearer "):
        return self.v.get("/v1/tenant", headers={"Authorization": scheme + token})

    def refuse(self, number, what, token, status=401, code="invalid-token", scheme="Bearer "):
        self.table.refused(number, what, self.ask(token, scheme), status, code)

    # --- the cases -----------------------------------------------------------------

    def none_at_all(self):
        self.table.refused(1, "no Authorization", self.v.get("/v1/tenant"), 401, "authentication-required")
        self.table.refused(1, "no Authorization, with a body", self.v.post("/v1/submissions", b"x" * 9000), 401,
                           "authentication-required")
        for what, text in (("empty", ""), ("a word", CANARY), ("another scheme", "Basic " + CANARY),
                           ("scheme alone", "Bearer"), ("two spaces", "Bearer  " + self.token()),
                           ("a tab", "Bearer\t" + self.token())):
            answer = self.v.get("/v1/tenant", headers={"Authorization": text})
            self.table.refused(1, "Authorization: " + what, answer, 401,
                               "invalid-token" if text else "authentication-required")
        self.table.refused(1, "Authorization of 17 KiB", self.ask(CANARY * 1400), 401, "invalid-token")
        self.table.taken(1, "a good token", self.ask(self.token()))
        self.table.taken(1, "a good token without typ and with x5t", self.ask(self.token({"typ": None, "x5t": "abc"})))

    def schemes(self):
        helseid = HelseId(self.v, self.tenant)
        self.table.taken(2, "a bound token with its proof", helseid.get("/v1/tenant"))
        self.refuse(2, "Bearer with a bound token of helseid", helseid.token)
        self.refuse(2, "Bearer with `cnf` from maskinporten", self.token(cnf={"jkt": helseid.key.thumbprint()}))
        answer = helseid.get("/v1/tenant", token=self.token())
        self.table.refused(2, "DPoP with a token of maskinporten", answer, 401, "invalid-token")
        answer = helseid.get("/v1/tenant", token=helseid.make_token(cnf=None))
        self.table.refused(2, "DPoP with a token without `cnf`", answer, 401, "invalid-token")
        self.table.refused(4, "token in the query", self.v.get("/v1/tenant?access_token=" + self.token()), 400,
                           "invalid-request")
        answer = self.v.request("POST", "/v1/submissions", "access_token=" + self.token(),
                                {"Content-Type": "application/x-www-form-urlencoded"})
        self.table.refused(4, "token in the body", answer, 401, "authentication-required")

    def algorithms(self):
        for alg in ("none", "None", "nOnE"):
            head = forge(self.header(alg=alg), self.claims(), self.issuer.key, "RS256").rsplit(".", 1)[0]
            self.refuse(5, f"alg {alg}, empty signature", head + ".")
            self.refuse(5, f"alg {alg}, old signature", self.token({"alg": alg}))
        public = private(self.issuer.key).public_key()
        secrets = {"PEM": public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo),
                   "DER": public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo),
                   "n": json.loads(self.issuer.key.export_public())["n"].encode()}
        for what, secret in secrets.items():
            self.refuse(6, f"HS256 with the public key's {what}", self.token({"alg": "HS256"}, key=secret))
        for what, alg in (("rs256", "rs256"), ("missing", None), ("number", 256), ("array", ["RS256"]),
                          ("unknown", CANARY), ("RS512", "RS512"), ("EdDSA", "EdDSA")):
            self.refuse(7, f"alg {what}", self.token({"alg": alg}))
        twice = b'{"alg":"none","alg":"RS256","kid":"%s","typ":"JWT"}' % self.issuer.kid.encode()
        self.refuse(7, "alg twice", forge(twice, self.claims(), self.issuer.key, "RS256"))
        escaped = b'{"alg":"RS256","\\u0061lg":"RS256","kid":"%s"}' % self.issuer.kid.encode()
        self.refuse(7, "alg twice, once escaped", forge(escaped, self.claims(), self.issuer.key, "RS256"))

    def pinned(self, third):
        self.refuse(8, "PS256 under a key pinned to RS256", self.token({"alg": "PS256"}, alg="PS256"))
        self.table.taken(8, "PS256 of the issuer that has it", self.ask(third.token(self.tenant, "PS256", "third-rsa")))
        self.refuse(8, "RS256 under a key pinned to PS256", third.token(self.tenant, "RS256", "third-rsa"))
        self.refuse(8, "the kid of another issuer", third.token(self.tenant, "ES256", self.issuer.kid))

    def header_members(self):
        for typ in ("JWT+x", "jwt", "AT+JWT", "dpop+jwt", "varde+jws", "application/at+jwt", "", 1):
            self.refuse(9, f"typ {typ!r}", self.token({"typ": typ}))
        self.refuse(9, "an id token", self.token(aud=CANARY))
        own = json.loads(jwk.JWK.generate(kty="EC", crv="P-256").export_public())
        for name, value in (("crit", ["exp"]), ("crit", [CANARY]), ("crit", []), ("b64", False), ("b64", True),
                            ("zip", "DEF"), ("jku", "https://evil.example/" + CANARY), ("x5u", "file:///" + CANARY),
                            ("x5c", [CANARY]), ("jwk", own), (CANARY, "x")):
            self.refuse(10, "header " + json.dumps({name: value}).replace(CANARY, "x"), self.token({name: value}))
        mallory = jwk.JWK.generate(kty="RSA", size=2048)
        self.refuse(10, "signed by an embedded jwk",
                    self.token({"jwk": json.loads(mallory.export_public())}, key=mallory))
        for what, header in (("an array", b"[]"), ("a scalar", b"1"), ("empty", b"{}"), ("no JSON", CANARY.encode()),
                             ("NUL and more", json.dumps(self.header()).encode() + b"\0{}"),
                             ("a BOM", b"\xef\xbb\xbf" + json.dumps(self.header()).encode())):
            self.refuse(10, "header is " + what, forge(header, self.claims(), self.issuer.key, "RS256"))

    def kids(self, third):
        for what, kid in (("unknown", CANARY), ("a path", "../../" + CANARY), ("SQL", f"' OR 1=1 --{CANARY}"),
                          ("empty", ""), ("a number", 1), ("5000 long", "k" * 2500), ("a NUL", "a\0b"),
                          ("a newline", CANARY + "\n")):
            self.refuse(11, "kid " + what, self.token({"kid": kid}))
        self.refuse(11, "no kid, the issuer has several keys", third.token(self.tenant, kid=None))

    def spelling(self):
        good = self.token()
        for number, what, token in segments_spoiled(good):
            self.refuse(number, what, token)
        for what, byte in (("NUL", "\0"), ("CR LF", "\r\n ")):
            self.refuse(13, what, good[:40] + byte + good[40:], 400, "invalid-request")

    def signatures(self, third):
        good = self.token()
        head, sig = good.rsplit(".", 1)
        flipped = ("A" if sig[20] != "A" else "B")
        for what, spoiled in (("modified", sig[:20] + flipped + sig[21:]), ("truncated", sig[:-4]),
                              ("4 characters more", sig + "AAAA"), ("all zero", "A" * len(sig))):
            self.refuse(15, "signature " + what, f"{head}.{spoiled}")
        self.refuse(15, "payload modified", ".".join(
            [good.split(".")[0], b64(json.dumps(self.claims(client_id="x")).encode()), sig]))
        self.table.taken(15, "ES256 of an issuer that has it", self.ask(third.token(self.tenant)))
        for number, what, token in es256_spoiled(third.token(self.tenant), third.ec):
            self.refuse(number, what, token)
        for what, curve in (("P-384", ec.SECP384R1()), ("secp256k1", ec.SECP256K1()), ("P-521", ec.SECP521R1())):
            self.refuse(16, f"ES256 with a {what} key", third.token(self.tenant, key=ec.generate_private_key(curve)))

    def who_and_for_whom(self):
        iss = self.issuer.iss
        for what, value in (("without its slash", iss.rstrip("/")), ("with two slashes", iss + "/"),
                            ("in upper case", iss.upper()), ("of another environment", iss.replace("demo", "test")),
                            ("missing", None), ("an array", [iss]), ("of helseid", self.v.issuers["helseid"].iss)):
            self.refuse(17, "iss " + what, self.token(iss=value))
        bound = HelseId(self.v, self.tenant)
        for what, value in (("with a slash", bound.issuer.iss + "/"), ("in upper case", bound.issuer.iss.upper()),
                            ("of maskinporten", iss), ("missing", None)):
            answer = bound.get("/v1/tenant", token=bound.make_token(iss=value))
            self.table.refused(17, "helseid: iss " + what, answer, 401, "invalid-token")
        aud = self.v.info["audience"]
        for what, value in (("missing", None), ("a number", 1), ("another", CANARY), ("ours and another", [aud, CANARY]),
                            ("twice ours", [aud, aud]), ("empty", []), ("with a space", aud + " "), ("null", "null")):
            self.refuse(18, "aud " + what, self.token(aud=value))
            answer = bound.get("/v1/tenant", token=bound.make_token(aud=value))
            self.table.refused(18, "helseid: aud " + what, answer, 401, "invalid-token")
        self.table.taken(18, "aud an array of ours alone", self.ask(self.token(aud=[aud])))

    def times(self):
        now = int(time.time())
        bound = HelseId(self.v, self.tenant)
        for what, claims in (
                ("exp missing", {"exp": None}), ("exp a text", {"exp": str(now + 100)}), ("exp 1e10", {"exp": 1e10}),
                ("exp a fraction", {"exp": now + 100.5}), ("exp negative", {"exp": -1}), ("exp 2^53 + 1", {"exp": 2**53 + 1}),
                ("exp 2^63 - 1", {"exp": 2**63 - 1}), ("exp past", {"iat": now - 200, "exp": now - 60}),
                ("exp before iat", {"iat": now, "exp": now - 1}), ("nbf ahead", {"nbf": now + 90}),
                ("nbf a text", {"nbf": str(now)}), ("iat ahead", {"iat": now + 90, "exp": now + 150}),
                ("iat missing", {"iat": None}), ("lifetime of a day", {"exp": now + 86400})):
            self.refuse(19, what, self.token(**claims))
            answer = bound.get("/v1/tenant", token=bound.make_token(**claims))
            self.table.refused(19, "helseid: " + what, answer, 401, "invalid-token")
        big = self.claims()
        text = json.dumps(big).replace(f'"exp": {big["exp"]}', '"exp": 99999999999999999999')
        self.refuse(19, "exp beyond 64 bits", forge(self.header(), text.encode(), self.issuer.key, "RS256"))
        twice = json.dumps(big)[:-1] + ',"exp":1}'
        self.refuse(19, "exp twice", forge(self.header(), twice.encode(), self.issuer.key, "RS256"))
        self.refuse(19, "claims are an array", forge(self.header(), b"[]", self.issuer.key, "RS256"))
        self.table.taken(19, "exp 2 s ago, within leeway", self.ask(self.token(iat=now - 60, exp=now - 2)))

    def scopes(self):
        for what, scope in (("missing", None), ("another", SUBMIT), ("as a substring", READ + "all x" + READ),
                            ("in upper case", READ.upper()), ("comma-joined", f"{SUBMIT},{READ}"), ("empty", ""),
                            ("an empty array", []), ("joined in an array", [f"{SUBMIT} {READ}"])):
            self.refuse(20, "scope " + what, self.token(scope=scope), 403, "insufficient-scope")
        self.refuse(20, "scope a number", self.token(scope=1))
        answer = self.v.post("/v1/submissions", "x", headers={"Authorization": "Bearer " + self.token(scope=READ)})
        self.table.refused(20, "reading scope for a submission", answer, 403, "insufficient-scope")
        self.table.true("the scope that is missing is named", SUBMIT in answer.headers["WWW-Authenticate"])

    def organisations(self):
        def consumer(value, authority="iso6523-actorid-upis"):
            return {"authority": authority, "ID": value}

        orgnr = self.tenant.orgnr
        for what, value in (("missing", None), ("a text", orgnr), ("not nine digits", consumer("0192:31000001")),
                            ("ten digits", consumer("0192:" + orgnr + "0")), ("without prefix", consumer(orgnr)),
                            ("bad check digit", consumer("0192:310000018")), ("unknown", consumer("0192:974760673")),
                            ("other register", consumer("0193:" + orgnr)), ("letters", consumer("0192:31000001O")),
                            ("other authority", consumer("0192:" + orgnr, CANARY)), ("a path", consumer("0192:../../../"))):
            self.refuse(21, "consumer " + what, self.token(consumer=value), 403, "unknown-tenant")
        for what, value in (("missing", None), ("not nine digits", "31000001"), ("a number", int(orgnr)),
                            ("bad check digit", "310000018"), ("unknown", "974760673")):
            helseid = HelseId(self.v, self.tenant, **{PARENT: value})
            self.table.refused(21, "orgnr_parent " + what, helseid.get("/v1/tenant"), 403, "unknown-tenant")
        self.v.ctl("tenant", "unit", "add", orgnr, "310000213")
        self.v.ctl("tenant", "unit", "add", self.v.tenants[1].orgnr, "310000221")
        for what, value, code in (("of another tenant", self.v.tenants[1].orgnr, "tenant-mismatch"),
                                  ("a unit of another tenant", "310000221", "tenant-mismatch"),
                                  ("unknown", "974760673", "tenant-mismatch"), ("not a number", CANARY, "unknown-tenant")):
            helseid = HelseId(self.v, self.tenant, **{CHILD: value})
            self.table.refused(22, "orgnr_child " + what, helseid.get("/v1/tenant"), 403, code)
        for what, value in (("a registered unit", "310000213"), ("the parent itself", orgnr)):
            self.table.taken(22, "orgnr_child " + what, HelseId(self.v, self.tenant, **{CHILD: value}).get("/v1/tenant"))

    def suspended(self):
        other = self.v.tenants[3]
        token = {"Authorization": "Bearer " + self.v.token(other)}
        self.table.taken(21, "before the suspension", self.v.get("/v1/tenant", headers=token))
        self.v.ctl("tenant", "suspend", other.orgnr, "--reason", "test")
        self.table.refused(21, "suspended, with a token seen before", self.v.get("/v1/tenant", headers=token), 403,
                           "tenant-suspended")
        self.v.ctl("tenant", "resume", other.orgnr, "--reason", "test")
        self.table.taken(21, "resumed", self.v.get("/v1/tenant", headers=token))
        self.v.ctl("tenant", "add", "310000353", "Invitert HF", "--kind", "hf")
        invited = type(other).__new__(type(other))
        invited.orgnr = "310000353"
        self.table.refused(21, "only invited", self.v.get("/v1/tenant", invited), 403, "tenant-not-open")


class Sets:
    """Input 12: a key set that must not be taken leaves the old one in force."""

    def __init__(self, cases):
        self.cases, self.v = cases, cases.v
        self.path = self.v.demo / "issuers/maskinporten.jwks.json"
        self.good = json.loads(self.path.read_text())["keys"][0]
        self.reloads = 0

    def reload(self, keys):
        self.path.write_text(json.dumps({"keys": keys}))
        before = len(self.events())
        self.v.process.send_signal(signal.SIGHUP)
        end = time.monotonic() + 30
        while len(self.events()) == before:
            assert time.monotonic() < end, "no word of the reload"
            time.sleep(0.01)  # polling a condition, bounded
        return self.events()[-1]

    def events(self):
        return [line for line in self.v.log() if "reload" in json.dumps(line)]

    def run(self):
        cases = self.cases
        weak = rsa.generate_private_key(65537, 1024)
        three = rsa.generate_private_key(3, 2048)
        small = json.loads(jwk.JWK.from_pem(weak.private_bytes(*pem())).export_public())
        exponent = json.loads(jwk.JWK.from_pem(three.private_bytes(*pem())).export_public())
        own = json.loads(self.cases.issuer.key.export_private())
        bad = (("a duplicate kid", [self.good, self.good]),
               ("a symmetric key", [self.good, {"kty": "oct", "k": b64(b"x" * 32), "kid": "s"}]),
               ("RSA of 1024 bits", [self.good, {**small, "kid": "w"}]), ("e = 3", [self.good, {**exponent, "kid": "e"}]),
               ("e = 1", [self.good, {**self.good, "kid": "o", "e": "AQ"}]),
               ("e as long as n", [self.good, {**self.good, "kid": "o", "e": self.good["n"]}]),
               ("n of 8192 bits", [self.good, {**self.good, "kid": "o", "n": b64(b"\xc1" + b"\x55" * 1023)}]),
               ("a private key", [own]), ("nothing", []))
        for what, keys in bad:
            event = self.reload(keys)
            cases.table.true(f"reload of {what} is said to have failed: {event}", event["event"] == "reload-failed")
            cases.table.true(f"the file is named: {event}", event["where"].endswith("maskinporten.jwks.json"))
            cases.table.taken(12, f"set with {what}: the old one stays", cases.ask(cases.token()))
            cases.table.rows.append((12, f"set with {what}", event["event"], event["code"]))
        for what, key in (("use enc", {**self.good, "use": "enc"}), ("key_ops encrypt", {**self.good, "key_ops": ["encrypt"]})):
            spare = json.loads(jwk.JWK.generate(kty="RSA", size=2048, kid="spare").export_public())
            self.reload([key, spare])
            cases.refuse(12, f"token under a key with {what}", cases.token())
        self.reload([self.good])
        cases.table.taken(12, "the good set again", cases.ask(cases.token()))


def pem():
    return Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()


def main():
    v = Varde(conf=THIRD)
    third = Third(v)
    with v:
        cases = Cases(v)
        cases.none_at_all()
        cases.schemes()
        cases.algorithms()
        cases.pinned(third)
        cases.header_members()
        cases.kids(third)
        cases.spelling()
        cases.signatures(third)
        cases.who_and_for_whom()
        cases.times()
        cases.scopes()
        cases.organisations()
        cases.suspended()
        Sets(cases).run()
        cases.table.end()


if __name__ == "__main__":
    main()
