#!/usr/bin/python3
"""A signing key for Varde, and the key's own word for whose it is. Made offline, on the
machine that will sign: the private key goes nowhere.

    varde_key.py --organisation ORGNR --new signing.pem     makes a key (P-256, or --rsa), and
    varde_key.py --organisation ORGNR --key signing.pem     for one that you have already:

writes two files to send to the operator, and prints the thumbprint to read to them over
the telephone:

    ORGNR-key.json     the public key (JWK)
    ORGNR-key.proof    signed with it: organisation number, today's date, thumbprint

The operator registers the key with `vardectl key add ORGNR --jwk … --proof …`, within 30
days. A key that never leaves its hardware signs the same: a compact JWS (RFC 7515) with
header {"alg":…,"typ":"varde-key+jws"} and payload
{"organisation":ORGNR,"date":"YYYY-MM-DD","thumbprint":…} (RFC 7638).
"""
import argparse
import datetime
import json
import os
import pathlib
import sys

from jwcrypto import jwk, jws

ALGORITHMS = {"P-256": ["ES256"], "P-384": ["ES384"], None: ["PS256", "RS256"]}


def algorithm(key, wanted=None):
    """One that the key can do, the better first."""
    possible = ALGORITHMS.get(key.get("crv"), [])
    if not possible or (wanted and wanted not in possible):
        raise ValueError("nøkkelen er ikke RSA, P-256 eller P-384, eller passer ikke til --alg")
    return wanted or possible[0]


def proof(key, organisation, alg=None, date=None):
    """The compact JWS that says whose the key is."""
    payload = {"organisation": organisation, "date": (date or datetime.date.today()).isoformat(),
               "thumbprint": key.thumbprint()}
    token = jws.JWS(json.dumps(payload).encode())
    token.add_signature(key, None, json.dumps({"alg": algorithm(key, alg), "typ": "varde-key+jws"}))
    return token.serialize(compact=True)


def public_key(key, alg=None, kid=None):
    """The public JWK; its alg binds the key to one algorithm."""
    members = {**key.export_public(as_dict=True), "kid": kid or key.thumbprint(), "use": "sig"}
    return {**members, "alg": alg} if alg else members


def make_key(path, rsa):
    """A new private key as PEM, readable by its owner alone; never over an old one."""
    key = jwk.JWK.generate(kty="RSA", size=3072) if rsa else jwk.JWK.generate(kty="EC", crv="P-256")
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(key.export_to_pem(private_key=True, password=None))
    return key


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--organisation", required=True, metavar="ORGNR", help="whose key it is")
    key = parser.add_mutually_exclusive_group(required=True)
    key.add_argument("--key", metavar="PEM", help="the private signing key")
    key.add_argument("--new", metavar="PEM", help="make a new one here")
    parser.add_argument("--rsa", action="store_true", help="with --new: RSA of 3072 bits")
    parser.add_argument("--alg", help="bind the key to this one: PS256, RS256, ES256, ES384 (default: what it can do)")
    parser.add_argument("--kid", help="what the register shall call it (default: RFC 7638 thumbprint)")
    parser.add_argument("--out", default=".", metavar="DIR", help="where the two files go (default: here)")
    return parser.parse_args()


def main():
    args = parse_arguments()
    try:
        key = make_key(args.new, args.rsa) if args.new else jwk.JWK.from_pem(pathlib.Path(args.key).read_bytes())
        folder = pathlib.Path(args.out)
        for suffix, text in (("json", json.dumps(public_key(key, args.alg, args.kid), indent=2)),
                             ("proof", proof(key, args.organisation, args.alg))):
            path = folder / f"{args.organisation}-key.{suffix}"
            path.write_text(text + "\n")
            print(path)
        print(f"fingeravtrykk: {key.thumbprint()}")
    except (OSError, ValueError, TypeError) as fault:
        print(f"varde_key: {fault}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
