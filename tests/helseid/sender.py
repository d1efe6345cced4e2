"""A sender's integration over python3-jwcrypto, complete: a token from HelseID with
private_key_jwt and DPoP (RFC 7523, RFC 9449), a request to Varde with a proof of its
own, and the two repairs that a 401 asks for: a new proof, then a new token."""
import hashlib
import http.client
import json
import time
import urllib.parse
import uuid

from jwcrypto import jwk, jwt

from stand_in import AUDIENCE
from varde import READ, SUBMIT, b64

ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


def signed(header, claims, key):
    token = jwt.JWT(header=header, claims=claims, algs=["PS256", "ES256"])
    token.make_signed_token(key)
    return token.serialize()


class Sender:
    """One client and its DPoP key; not for several threads at once."""

    def __init__(self, v, provider, client, proof_alg="ES256"):
        self.v, self.provider, self.client, self.proof_alg = v, provider, client, proof_alg
        self.key = jwk.JWK.generate(kty="EC", crv="P-256") if proof_alg == "ES256" else jwk.JWK.generate(kty="RSA", size=2048)
        self.token, self.nonces, self.repairs = None, {}, []

    # --- HelseID ---------------------------------------------------------------------

    def assertion(self):
        now = int(time.time())
        claims = {"iss": self.client.client_id, "sub": self.client.client_id, "aud": self.provider.issuer,
                  "iat": now, "nbf": now, "exp": now + 60, "jti": str(uuid.uuid4())}
        return signed({"alg": self.client.alg, "typ": "client-authentication+jwt"}, claims, self.client.key)

    def fetch_token(self, scopes=(SUBMIT, READ), organisation=None):
        """Asks, and asks again where the provider wants its nonce in the proof. A client
        for several organisations says (parent, child) of whom."""
        path = "/connect/token"
        form = {"grant_type": "client_credentials", "scope": " ".join(scopes), "resource": AUDIENCE,
                "client_id": self.client.client_id, "client_assertion_type": ASSERTION}
        if organisation:
            value = "NO:ORGNR:" + ":".join(organisation)
            identifier = {"system": "urn:oid:1.0.6523", "type": "ENH", "value": value}
            form["authorization_details"] = json.dumps(
                [{"type": "helseid_authorization", "practitioner_role": {"organization": {"identifier": identifier}}}])
        for _ in range(2):
            connection = http.client.HTTPConnection("127.0.0.1", self.provider.port, timeout=60)
            body = urllib.parse.urlencode({**form, "client_assertion": self.assertion()})
            connection.request("POST", path, body, {"Content-Type": "application/x-www-form-urlencoded",
                                                    "DPoP": self.proof("POST", self.provider.issuer + path, None)})
            response = connection.getresponse()
            answer = json.loads(response.read())
            self.note_nonce(self.provider.issuer, response.headers)
            connection.close()
            if answer.get("error") != "use_dpop_nonce":
                break
        assert response.status == 200 and answer["token_type"] == "DPoP", answer
        self.token = answer["access_token"]
        return self.token

    # --- DPoP ------------------------------------------------------------------------

    def note_nonce(self, origin, headers):
        if headers.get("DPoP-Nonce"):
            self.nonces[origin] = headers["DPoP-Nonce"]

    def proof_parts(self, method, url, token):
        """Header and claims of a proof for this request; token is None where none is bound yet."""
        parts = urllib.parse.urlsplit(url)
        claims = {"jti": str(uuid.uuid4()), "htm": method, "iat": int(time.time()),
                  "htu": f"{parts.scheme}://{parts.netloc}{parts.path}"}
        nonce = self.nonces.get(f"{parts.scheme}://{parts.netloc}")
        if token:
            claims["ath"] = b64(hashlib.sha256(token.encode()).digest())
        if nonce:
            claims["nonce"] = nonce
        return {"typ": "dpop+jwt", "alg": self.proof_alg, "jwk": self.key.export_public(as_dict=True)}, claims

    def proof(self, method, url, token):
        return signed(*self.proof_parts(method, url, token), self.key)

    # --- Varde -----------------------------------------------------------------------

    def once(self, method, path, body=None, headers=None, proof=None):
        url = self.v.info["intake"] + path
        full = {"Authorization": "DPoP " + self.token, "DPoP": proof or self.proof(method, url, self.token)}
        answer = self.v.request(method, path, body, {**full, **(headers or {})})
        self.note_nonce(self.v.info["intake"], answer.headers)
        return answer

    def call(self, method, path, body=None, headers=None, proof=None):
        """As `once`, repaired where a new proof or a new token may help: once each."""
        if not self.token:
            self.fetch_token()
        answer = self.once(method, path, body, headers, proof)
        for cure, error in ((None, "_dpop_"), (self.fetch_token, "invalid_token")):
            if answer.status == 401 and error in answer.headers["WWW-Authenticate"]:
                self.repairs.append(answer.code)
                if cure:
                    cure()
                answer = self.once(method, path, body, headers)
        return answer

    def submit(self, jws):
        return self.call("POST", "/v1/submissions", jws, {"Content-Type": "application/jose"})
