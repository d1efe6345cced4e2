#!/usr/bin/python3
"""The twelve broken DPoP proofs that Norsk helsenett's test-token tool can make, each
beside a token from the stand-in: refused as RFC 9449 section 7.1 says, nothing stored,
and the very next correct proof is taken."""
import json

from sender import Sender
from stand_in import Surroundings
from hostile import Table, forge
from varde import b64, example

PATH = "/v1/submissions"
CHALLENGE = 'DPoP error="invalid_dpop_proof", algs="PS256 ES256 ES384"'
SECRET = b"0123456789abcdef0123456789abcdef"


def without(part, name):
    return {key: value for key, value in part.items() if key != name}


def altered(proof):
    head, sig = proof.rsplit(".", 1)
    return f"{head}.{sig[:9]}{'A' if sig[9] != 'A' else 'B'}{sig[10:]}"


def secretly(header, claims, _):
    return forge({**header, "alg": "HS256", "jwk": {"kty": "oct", "k": b64(SECRET)}}, claims, SECRET)


# Its number in the list of hostile inputs, its name in the tool, which check is to refuse it, how it is made.
BROKEN = (
    (27, "no htu", "proof-htu", lambda header, claims, key: forge(header, without(claims, "htu"), key)),
    (27, "no htm", "proof-htm", lambda header, claims, key: forge(header, without(claims, "htm"), key)),
    (29, "iat past", "proof-iat", lambda header, claims, key: forge(header, {**claims, "iat": claims["iat"] - 600}, key)),
    (29, "iat future", "proof-iat", lambda header, claims, key: forge(header, {**claims, "iat": claims["iat"] + 600}, key)),
    (27, "no ath", "proof-ath", lambda header, claims, key: forge(header, without(claims, "ath"), key)),
    (26, "no alg", "proof-alg", lambda header, claims, key: forge(without(header, "alg"), claims, key, header["alg"])),
    (25, "no jwk", "proof-header", lambda header, claims, key: forge(without(header, "jwk"), claims, key)),
    (27, "no jti", "proof-jti", lambda header, claims, key: forge(header, without(claims, "jti"), key)),
    (26, "symmetric alg", "proof-alg", secretly),
    (25, "private key in jwk", "proof-jwk", lambda header, claims, key: forge({**header, "jwk": key.export_private(as_dict=True)}, claims, key)),
    (26, "wrong typ", "proof-typ", lambda header, claims, key: forge({**header, "typ": "jwt"}, claims, key)),
    (15, "bad signature", "proof-signature", lambda header, claims, key: altered(forge(header, claims, key))),
)


class Cases:
    def __init__(self, v, table, sender, tenant):
        self.v, self.table, self.sender, self.tenant = v, table, sender, tenant
        sender.fetch_token()

    def parts(self):
        return self.sender.proof_parts("POST", self.v.info["intake"] + PATH, self.sender.token)

    def submit(self, body, proof):
        return self.sender.once("POST", PATH, body, {"Content-Type": "application/jose"}, proof)

    def body(self):
        return self.v.sign(self.tenant, example("minimal-hf", self.tenant))

    def run(self):
        what = f"{self.sender.client.entry['token_alg']} token, {self.sender.proof_alg} proof"
        for number, name, reason, make in BROKEN:
            body = self.body()
            answer = self.submit(body, make(*self.parts(), self.sender.key))
            self.table.refused(number, f"NHN: {name} ({what})", answer, 401, "invalid-dpop-proof", reason)
            self.table.true(f"{name}: {answer.headers}", answer.headers.get_all("WWW-Authenticate") == [CHALLENGE])
            answer = self.submit(body, None)
            self.table.true(f"a correct proof right after {name}: {answer}", answer.status == 201)
        self.escaped(what)

    def escaped(self, what):
        """Norsk helsenett's own examples write the plus in typ as \\u002B."""
        header, claims = self.parts()
        text = json.dumps(header).replace("dpop+jwt", "dpop\\u002Bjwt")
        assert "u002B" in text
        proof = forge(text.encode(), claims, self.sender.key, self.sender.proof_alg)
        self.table.taken(26, f"NHN: typ with \\u002B ({what})", self.submit(self.body(), proof), 201)


def main():
    with Surroundings(lambda provider, v: [provider.register(v.tenants[0], alg) for alg in ("PS256", "ES256", "RS256")]) as here:
        table = Table(here.v)
        for client, proof_alg in zip(here.clients, ("ES256", "PS256", "ES256")):
            Cases(here.v, table, Sender(here.v, here.provider, client, proof_alg), here.v.tenants[0]).run()
        table.end()


if __name__ == "__main__":
    main()
