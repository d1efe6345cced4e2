#!/usr/bin/python3
"""seeds.py FOLDER: writes FOLDER/TARGET/NAME, inputs to begin fuzzing with: the
repository's own examples and what the parsers are meant to take, a little of each.
Only a beginning; what is kept and replayed is tests/fuzz/corpus."""
import base64
import json
import pathlib
import sys

root = pathlib.Path(__file__).resolve().parents[2]
out = pathlib.Path(sys.argv[1])
reports = {p.stem: json.loads(p.read_text()) for p in sorted((root / "schemas/incident-report/examples").glob("*.json"))}


def put(target, name, content):
    folder = out / target
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(content if isinstance(content, bytes) else content.encode())


def text(value):
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def b64(raw):
    return base64.urlsafe_b64encode(raw if isinstance(raw, bytes) else raw.encode()).rstrip(b"=").decode()


def seed_json():
    for name, value in {
        "numbers": [0, -1, 1.5, 1e300, -2.5e-7, 9223372036854775807, -9223372036854775808],
        "texts": ["", "æøå", "\u2028\U0001f600", "\\\"/\b\f\n\r\t", "\x7f\x1f"],
        "nested": [[[[[{"a": [{}]}]]]]],
        "words": {"t": True, "f": False, "n": None, "": {}},
    }.items():
        put("json", name, text(value))
    put("json", "escapes", r'{"\u00e5":"\ud83d\ude00","\"":"\/"}')
    put("json", "deep", "[" * 32 + "]" * 32)
    put("json", "report", text(reports["minimal-hf"]))


JWK = {"kty": "EC", "crv": "P-256", "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
       "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}  # RFC 7515 A.3


def seed_jws():
    payload = text({"iss": "310000019", "aud": "varde", "iat": 1795300000, "schema": "incident-report/1.0",
                    "document": reports["minimal-hf"]})
    for name, header in {
        "report": {"alg": "ES256", "kid": "k", "typ": "varde+jws", "cty": "json"},
        "report-ps256": {"alg": "PS256", "kid": "k", "typ": "varde+jws"},
        "token": {"alg": "RS256", "kid": "k", "typ": "at+jwt", "x5t": "a", "x5t#S256": "b"},
        "proof": {"alg": "ES384", "typ": "dpop+jwt", "jwk": JWK},
        "crit": {"alg": "none", "crit": ["b64"], "b64": False, "typ": "JWT"},
    }.items():
        put("jws", name, text(header) + "\n{}\n" + "s" * 64)
        put("jws", name + "-signed", text(header) + "\n" + payload + "\n")
        put("jws", name + "-compact", b64(text(header)) + "." + b64("{}") + "." + b64("s" * 64))


for name, seed in sorted(globals().items()):
    if name.startswith("seed_"):
        seed()
