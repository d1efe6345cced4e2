"""Public keys that nobody may take (inputs 12, 16 and 25), with what signs as well as it
can under each: for a proof, the register and an issuer's key set alike."""
import functools
import hashlib
import json

from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from jwcrypto import jwk

from varde import b64

THUMBPRINT = {"RSA": ("e", "kty", "n"), "EC": ("crv", "kty", "x", "y"), "oct": ("k", "kty"), "OKP": ("crv", "kty", "x")}


def thumbprint(key):
    """RFC 7638, of any JWK however wrong."""
    members = {name: key[name] for name in THUMBPRINT[key["kty"]] if name in key}
    text = json.dumps(members, sort_keys=True, separators=(",", ":"))
    return b64(hashlib.sha256(text.encode()).digest())


def pem(key):
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def public(key):
    return {k: v for k, v in json.loads(jwk.JWK.from_pem(pem(key)).export_public()).items() if k != "kid"}


@functools.lru_cache(maxsize=None)
def hostile_keys():
    """(16 or 25, what, public JWK, signing key, algorithm) of each."""
    good_rsa, good_ec = rsa.generate_private_key(65537, 2048), ec.generate_private_key(ec.SECP256R1())
    small, three = rsa.generate_private_key(65537, 1024), rsa.generate_private_key(3, 2048)
    r, p = public(good_rsa), public(good_ec)
    keys = [("RSA of 1024 bits", public(small), small), ("RSA with e = 3", public(three), three)]
    keys += [("RSA with " + what, {**r, **change}, good_rsa) for what, change in (
        ("e = 1", {"e": "AQ"}), ("e = 2^16", {"e": "AQAA"}), ("e as long as n", {"e": r["n"]}), ("e of 3 bytes and a zero before", {"e": "AAEAAQ"}),
        ("n of 4104 bits", {"n": b64(b"\xc1" + b"\x55" * 512)}), ("n of 8192 bits", {"n": b64(b"\xc1" + b"\x55" * 1023)}),
        ("even n", {"n": b64(b"\xc1" + b"\x54" * 255)}), ("a zero before n", {"n": b64(b"\0" + b"\xc1" + b"\x55" * 255)}),
        ("n padded", {"n": r["n"] + "=="}), ("no n", {"n": None}), ("no e", {"e": None}))]
    keys += [("P-256 with " + what, {**p, **change}, good_ec) for what, change in (
        ("a point off the curve", {"y": b64(b"\1" * 32)}), ("the point 0, 0", {"x": b64(bytes(32)), "y": b64(bytes(32))}),
        ("x of 31 bytes", {"x": b64(b"\1" * 31)}), ("x of 33 bytes", {"x": b64(b"\1" * 33)}), ("y of 31 bytes", {"y": b64(b"\1" * 31)}),
        ("y of 33 bytes", {"y": b64(b"\1" * 33)}), ("x padded", {"x": p["x"] + "="}), ("no x", {"x": None}), ("no y", {"y": None}),
        ("its point under P-384", {"crv": "P-384"}))]
    keys += [(what, public(key), key) for what, key in (("P-521", ec.generate_private_key(ec.SECP521R1())),
                                                        ("secp256k1", ec.generate_private_key(ec.SECP256K1())))]
    okp = {k: v for k, v in json.loads(jwk.JWK.generate(kty="OKP", crv="Ed25519").export_public()).items() if k != "kid"}
    keys += [("Ed25519", okp, good_ec), ("a symmetric key", {"kty": "oct", "k": b64(b"x" * 32)}, good_ec)]
    private_rsa = json.loads(jwk.JWK.from_pem(pem(good_rsa)).export_private())
    keys += [(f"RSA with {name}", {**r, name: private_rsa[name]}, good_rsa) for name in ("d", "p", "q", "dp", "dq", "qi")]
    keys += [("RSA with oth", {**r, "oth": [{"r": "AQ", "d": "AQ", "t": "AQ"}]}, good_rsa), ("P-256 with d", {**p, "d": b64(b"\1" * 32)}, good_ec)]
    keys = [(what, {name: value for name, value in key.items() if value is not None}, signer) for what, key, signer in keys]
    return [(25 if what.startswith("P-256") or set(key) & {"d", "p", "q", "dp", "dq", "qi", "oth"} or key["kty"] in ("oct", "OKP") else 16,
             what, key, signer, "PS256" if isinstance(signer, rsa.RSAPrivateKey) else "ES256") for what, key, signer in keys]
