#!/usr/bin/python3
"""Access tokens for a demonstration installation (`vardectl demo DIR`), and only there.

    demo_token.py DIR ORGNR                      prints a bearer token, good for an hour
    demo_token.py DIR ORGNR --dpop METHOD PATH   prints the headers of one request whose
                                                 token is bound to a key (RFC 9449):
        demo_token.py DIR ORGNR --dpop GET /v1/tenant | curl -H @- URL/v1/tenant

A real sender never makes its own tokens: Maskinporten (bearer) or HelseID (DPoP)
issues them. The demonstration holds its issuers' private keys (DIR/demo.json), so
this file can play their part. It is apart from varde_send.py to keep that honest.
"""
import argparse
import base64
import functools
import hashlib
import json
import pathlib
import time
import uuid

from jwcrypto import jwk, jwt

LIFETIME_S = 3600


def bearer(folder, organisation, scopes=None, now=None):
    """A token as Maskinporten issues them: the organisation is in `consumer`. `now` is what
    the installation's clock shows, where that is another time."""
    demo, issuer, key = _issuer(folder, "maskinporten")
    claims = _claims(demo, issuer, scopes, now)
    claims["consumer"] = {"authority": "iso6523-actorid-upis", "ID": f"0192:{organisation}"}
    return _signed(key, {"alg": issuer["alg"], "kid": issuer["kid"]}, claims)


def dpop(folder, organisation, method, path, scopes=None, nonce=None):
    """(token, proof) as with HelseID: the token is bound to a key, and a proof made
    with that key fits one request, once."""
    demo, issuer, key = _issuer(folder, "helseid")
    holder = jwk.JWK.generate(kty="EC", crv="P-256")
    claims = _claims(demo, issuer, scopes)
    claims["helseid://claims/client/claims/orgnr_parent"] = organisation
    claims["cnf"] = {"jkt": holder.thumbprint()}
    token = _signed(key, {"alg": issuer["alg"], "kid": issuer["kid"], "typ": "at+jwt"}, claims)
    digest = base64.urlsafe_b64encode(hashlib.sha256(token.encode()).digest()).rstrip(b"=")
    proof = _signed(
        holder,
        {"alg": "ES256", "typ": "dpop+jwt", "jwk": holder.export_public(as_dict=True)},
        {"htm": method, "htu": demo["intake"] + path.split("?")[0], "iat": int(time.time()), "jti": str(uuid.uuid4()),
         "ath": digest.decode(), **({"nonce": nonce} if nonce else {})},
    )
    return token, proof


@functools.lru_cache
def _issuer(folder, profile):
    folder = pathlib.Path(folder)
    demo = json.loads((folder / "demo.json").read_text(encoding="utf-8"))
    issuer = next(one for one in demo["issuers"] if one["profile"] == profile)
    return demo, issuer, jwk.JWK.from_pem((folder / issuer["private_key"]).read_bytes())


def _claims(demo, issuer, scopes, now=None):
    now = int(time.time() if now is None else now)
    return {"iss": issuer["issuer"], "aud": demo["audience"], "iat": now, "exp": now + LIFETIME_S,
            "scope": " ".join(scopes or demo["scopes"]), "jti": str(uuid.uuid4()), "client_id": "demo"}


def _signed(key, header, claims):
    token = jwt.JWT(header=header, claims=claims)
    token.make_signed_token(key)
    return token.serialize()


def main():
    parser = argparse.ArgumentParser(
        description="An access token for a demonstration installation: Maskinporten's, or HelseID's with --dpop.")
    parser.add_argument("folder", metavar="DIR", help="the demonstration's folder, the one with demo.json")
    parser.add_argument("organisation", metavar="ORGNR", help="whom the token is for")
    parser.add_argument("--dpop", nargs=2, metavar=("METHOD", "PATH"), help="both header fields for one request, for curl -H @-")
    parser.add_argument("--nonce", help="what DPoP-Nonce of an answer said, where the installation asks for nonces")
    args = parser.parse_args()
    if args.dpop:
        token, proof = dpop(args.folder, args.organisation, *args.dpop, nonce=args.nonce)
        print(f"Authorization: DPoP {token}\nDPoP: {proof}")
    else:
        print(bearer(args.folder, args.organisation))


if __name__ == "__main__":
    main()
