#!/usr/bin/python3
"""Several issuers at once: each token is held to its own issuer's algorithms, typ,
audience, leeway and longest lifetime, and to the scheme of its profile."""
import sys
import time
import types

from key_server import Fetching, KeyServer, new_key, section

from hostile import HelseId, Table

STRICT = {"algorithms": "ES256", "types": "at+jwt", "leeway_seconds": 0, "max_lifetime_seconds": 60, "audience": "strict-audience"}
LOOSE = {"algorithms": "RS256, ES256", "types": "JWT", "leeway_seconds": 60, "max_lifetime_seconds": 3600}
BOUND = {"profile": "helseid", "algorithms": "ES256", "types": "at+jwt"}


# Which number of the list of hostile inputs it is.
NUMBER = {"token-signature": 8, "token-typ": 9, "token-iss": 17, "token-aud": 18, "token-lifetime": 19,
          "token-expired": 19, "token-not-yet-valid": 19, "token-issued-ahead": 19, "token-scheme": 2}


class Cases:
    def __init__(self, v, keys):
        self.v, self.keys, self.table = v, keys, Table(v)
        self.strict_claims = {"aud": "strict-audience", "exp": int(time.time()) + 50}

    def ask(self, issuer, key=None, typ=None, claims=None, **more):
        typ = typ or ("at+jwt" if issuer == "strict" else "JWT")
        claims = {**(self.strict_claims if issuer == "strict" else {}), **(claims or {})}
        return self.v.ask(key or self.keys[issuer], issuer=issuer, typ=None if typ == "-" else typ, **claims, **more)

    def taken(self, what, issuer, **how):
        self.table.taken(8, f"{issuer}: {what}", self.ask(issuer, **how))

    def refused(self, what, issuer, reason, **how):
        self.refusal(f"{issuer}: {what}", self.ask(issuer, **how), reason)

    def refusal(self, what, answer, reason):
        """And by which check: the log has it, the sender has not."""
        self.table.refused(NUMBER[reason], what, answer, 401, "invalid-token", reason)

    def run(self):
        for issuer in "strict", "loose":
            self.taken("as it should be", issuer)
            self.taken("no typ", issuer, typ="-")
        self.refused("typ JWT", "strict", "token-typ", typ="JWT")
        self.refused("typ at+jwt", "loose", "token-typ", typ="at+jwt")
        self.refused("the other's audience", "strict", "token-aud", claims={"aud": self.v.info["audience"]})
        self.refused("the other's audience", "loose", "token-aud", claims={"aud": "strict-audience"})
        self.refused("the other's name", "strict", "token-iss", claims={"iss": "https://loose.demo.example/"})
        self.refused("signed by the other's key", "strict", "token-typ", key=self.keys["loose"])
        now = int(time.time())
        for what, reason, claims in (
                ("alive for 600 s", "token-lifetime", {"iat": now, "exp": now + 600}),
                ("30 s over", "token-expired", {"iat": now - 60, "exp": now - 30}),
                ("from in 30 s", "token-not-yet-valid", {"iat": now, "nbf": now + 30, "exp": now + 55}),
                ("issued in 30 s", "token-issued-ahead", {"iat": now + 30, "exp": now + 55})):
            self.refused(what, "strict", reason, claims=claims)
            self.taken(what, "loose", claims=claims)
        self.refused("alive for 3601 s", "loose", "token-lifetime", claims={"iat": now, "exp": now + 3601})
        self.refused("61 s over", "loose", "token-expired", claims={"iat": now - 120, "exp": now - 61})
        self.refused("its RSA key, though pinned to ES256", "strict", "token-signature", key=self.keys["strict-rsa"])
        self.taken("its RSA key", "loose", key=self.keys["loose-rsa"])

    def schemes(self):
        v, key = self.v, self.keys["bound"]
        helseid = HelseId(v, v.tenants[0])
        helseid.issuer = types.SimpleNamespace(iss="https://bound.demo.example/", kid=key["kid"], alg="ES256", key=key)
        token = helseid.make_token()
        self.table.taken(2, "bound: with its proof", helseid.get("/v1/tenant", token=token))
        self.refusal("bound: as Bearer", v.get("/v1/tenant", headers={"Authorization": "Bearer " + token}), "token-scheme")
        plain = v.bearer_of(self.keys["loose"], issuer="loose")["Authorization"].split()[1]
        self.refusal("loose: as DPoP", helseid.get("/v1/tenant", token=plain), "token-scheme")
        token = helseid.make_token(header={"typ": "JWT"})
        self.refusal("bound: typ JWT", helseid.get("/v1/tenant", token=token), "token-typ")
        token = helseid.make_token(header={"typ": "at+jwt", "kid": self.keys["loose"]["kid"]})
        self.refusal("bound: the kid of another scheme", helseid.get("/v1/tenant", token=token), "token-scheme")
        self.table.taken(2, "the demonstration's own helseid", HelseId(v, v.tenants[0]).get("/v1/tenant"))
        self.table.taken(2, "the demonstration's own maskinporten", v.get("/v1/tenant", v.tenants[0]))


def main():
    server = KeyServer()
    # both Bearer issuers call their key the same: it is the key that decides
    keys = {"strict": new_key("one"), "loose": new_key("one"), "bound": new_key("b"),
            "strict-rsa": new_key("r", "RSA"), "loose-rsa": new_key("r2", "RSA")}
    server.publish(keys["strict"], keys["strict-rsa"], path="/strict")
    server.publish(keys["loose"], keys["loose-rsa"], path="/loose")
    server.publish(keys["bound"], path="/bound")
    conf = "".join(section(name, server.url("/" + name), **more)
                   for name, more in (("strict", STRICT), ("loose", LOOSE), ("bound", BOUND)))
    try:
        with Fetching(conf=conf) as v:
            cases = Cases(v, keys)
            cases.run()
            cases.schemes()
            cases.table.end()
    finally:
        server.close()


if __name__ == "__main__":
    sys.exit(main())
