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


# Keys that everybody has: RFC 7515 A.2 and A.3, RFC 7518 C.
EC = {"kty": "EC", "crv": "P-256", "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
      "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}
EC_PRIVATE = EC | {"d": "jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI"}
EC_OTHER = {"kty": "EC", "crv": "P-256", "x": "gI0GAILBdu7T53akrFmMyGcsF3n5dO7MmwNBHKW5SV0",
            "y": "SLW_xSffzlPWrHEVI30DHM_4egVwt3NQqeUD7nMFpps"}


def made_keys():
    """Fresh ones of the kinds that no RFC prints in full."""
    from jwcrypto import jwk
    for kind in {"kty": "EC", "crv": "P-384"}, {"kty": "RSA", "size": 2048}, {"kty": "EC", "crv": "P-521"}:
        key = jwk.JWK.generate(**kind)
        yield key.export_public(as_dict=True), key.export_private(as_dict=True)


def seed_jwk_and_jwks():
    ec384, rsa, ec521 = made_keys()
    named = {"kid": "2026-1", "use": "sig", "key_ops": ["verify"], "x5c": ["AA"], "x5t": "a"}
    singles = {"ec": EC, "ec-private": EC_PRIVATE, "ec-named": EC | named | {"alg": "ES256"}, "oct": {"kty": "oct", "k": "AAAA"},
               "ec-signs": EC_PRIVATE | {"key_ops": ["sign"], "use": "sig"}, "ec384": ec384[0], "ec384-private": ec384[1],
               "rsa": rsa[0] | {"alg": "PS256"}, "rsa-private": rsa[1], "ec521": ec521[0],
               "enc": EC | {"use": "enc"}, "okp": {"kty": "OKP", "crv": "Ed25519", "x": "A" * 43}}
    for name, key in singles.items():
        put("jwk", name, text(key))
    sets = {"one": [EC | {"kid": "a"}], "no-kid": [EC], "two": [EC | {"kid": "a"}, rsa[0] | {"kid": "b", "alg": "RS256"}],
            "mixed": [EC | named, EC_OTHER | {"use": "enc", "kid": "e"}, ec384[0], ec521[0], singles["okp"]],
            "twice": [EC | {"kid": "a"}, EC_OTHER | {"kid": "a"}], "twin": [EC, EC], "symmetric": [EC, singles["oct"]],
            "private": [EC_OTHER, EC_PRIVATE], "none": []}
    for name, keys in sets.items():
        put("jwks", name, text({"keys": keys}))


NOW = 1795300000


def seed_token():
    orgnr = "helseid://claims/client/claims/orgnr_"
    common = {"aud": "https://varde.example", "exp": NOW + 60, "iat": NOW, "nbf": NOW, "jti": "j", "client_id": "c",
              "scope": "varde:submit varde:read"}
    helseid = common | {"iss": "https://helseid.example", "cnf": {"jkt": "A" * 43}, orgnr + "parent": "310000019"}
    actor = {"authority": "iso6523-actorid-upis", "ID": "0192:310000019"}
    maskinporten = common | {"iss": "https://maskinporten.example/", "consumer": actor}
    put("token", "helseid", text(helseid))
    put("token", "helseid-all", text(helseid | {orgnr + "child": "310000078", orgnr + "supplier": "310000027", "aud": [common["aud"]],
                                                "scope": ["varde:submit", "varde:x"]}))
    put("token", "maskinporten", text(maskinporten))
    for name, change in {"expired": {"exp": NOW - 11, "iat": NOW - 60}, "ahead": {"iat": NOW + 11, "exp": NOW + 20}, "long": {"exp": NOW + 601},
                         "not-yet": {"nbf": NOW + 11}, "float": {"exp": NOW + 0.5}, "audiences": {"aud": [common["aud"], "b"]}}.items():
        put("token", name, text(helseid | change))
    put("token", "maskinporten-supplier", text(maskinporten | {"supplier": actor, "iat": NOW - 30, "exp": NOW + 5}))


def seed_key_proof():
    payload = {"organisation": "310000019", "date": "2026-11-21"}
    put("key_proof", "sound", text({"alg": "ES256", "typ": "varde-key+jws"}) + "\n" + text(payload))
    put("key_proof", "kid", text({"alg": "ES256", "typ": "varde-key+jws", "kid": "k"}) + "\n" + text(payload | {"date": "2026-11-01"}))
    put("key_proof", "other-key", text({"alg": "ES256", "typ": "varde-key+jws"}) + "\n" + text(payload | {"thumbprint": "A" * 43}))
    put("key_proof", "old", text({"alg": "ES256", "typ": "varde-key+jws"}) + "\n" + text(payload | {"date": "2026-01-01"}))


def seed_dpop():
    claims = {"jti": "j", "htm": "POST", "htu": "https://varde.example/v/v1/submissions", "iat": NOW,
              "ath": "PEaenWxYddN6Q_NT1PiOYfz4EsZu7jRXRlpAsNpBU-A"}
    header = {"typ": "dpop+jwt", "alg": "ES256"}
    put("dpop", "proof", text(header) + "\n" + text(claims))
    put("dpop", "port", text(header | {"kid": "k"}) + "\n" + text(claims | {"htu": "HTTPS://varde.example:443/v/v1/submissions?a#b"}))
    put("dpop", "old", text(header) + "\n" + text(claims | {"iat": NOW - 31}))
    put("dpop", "other-key", text(header | {"jwk": EC}) + "\n" + text(claims | {"nonce": "n"}))
    put("dpop", "address", claims["htu"])


def seed_jws():
    payload = text({"iss": "310000019", "aud": "varde", "iat": NOW, "schema": "incident-report/1.0",
                    "document": reports["minimal-hf"]})
    for name, header in {
        "report": {"alg": "ES256", "kid": "k", "typ": "varde+jws", "cty": "json"},
        "report-ps256": {"alg": "PS256", "kid": "k", "typ": "varde+jws"},
        "token": {"alg": "RS256", "kid": "k", "typ": "at+jwt", "x5t": "a", "x5t#S256": "b"},
        "proof": {"alg": "ES384", "typ": "dpop+jwt", "jwk": EC},
        "crit": {"alg": "none", "crit": ["b64"], "b64": False, "typ": "JWT"},
    }.items():
        put("jws", name, text(header) + "\n{}\n" + "s" * 64)
        put("jws", name + "-signed", text(header) + "\n" + payload + "\n")
        put("jws", name + "-compact", b64(text(header)) + "." + b64("{}") + "." + b64("s" * 64))


SCHEMAS = {
    # a schema, then instances
    "types": ({"type": ["object", "null", "integer"]}, [{}, 1.0, "x"]),
    "numbers": ({"minimum": 0, "exclusiveMaximum": 9.5, "multipleOf": 0.01, "type": "number"}, [0, 9.5, 0.07, 1e300]),
    "texts": ({"minLength": 1, "maxLength": 3, "pattern": "^[a-zæøå]+$"}, ["", "æøå", "abcd"]),
    "constants": ({"enum": [1, "a", None, [1.0], {"a": 1}]}, [1.0, [1], {"a": 1.0}, "b"]),
    "members": ({"properties": {"a": {"type": "string"}, "b": {"const": 2}}, "patternProperties": {"^x-": {"type": "integer"}},
                 "additionalProperties": False, "required": ["a"], "minProperties": 1, "maxProperties": 3,
                 "propertyNames": {"maxLength": 5}, "dependentRequired": {"b": ["a"]}, "dependentSchemas": {"b": {"required": ["c"]}}},
                [{"a": "x", "b": 2, "x-y": 1}, {"b": 3, "toolong": 1}, {}]),
    "elements": ({"prefixItems": [{"type": "integer"}], "items": {"type": "string"}, "contains": {"const": "a"}, "minContains": 1,
                  "maxContains": 2, "minItems": 1, "maxItems": 4, "uniqueItems": True}, [[1, "a"], [1, "a", "a"], [], [{"a": 1}, {"a": 1.0}]]),
    "logic": ({"allOf": [{"minimum": 1}], "anyOf": [{"type": "integer"}, {"maximum": 5}], "oneOf": [{"const": 3}, {"const": 4}],
               "not": {"const": 4}, "if": {"const": 3}, "then": {"maximum": 3}, "else": False}, [3, 4, 7]),
    "branches": ({"oneOf": [{"properties": {"k": {"const": "a"}, "v": {"type": "integer"}}, "required": ["k"]},
                            {"properties": {"k": {"const": "b"}, "v": {"type": "string"}}, "required": ["k"]}]},
                 [{"k": "a", "v": 1}, {"k": "b", "v": 1}, {"k": "c"}]),
    "references": ({"$defs": {"a": {"type": "integer"}, "b~c": {"$ref": "#/$defs/a"}}, "$ref": "#/$defs/b~0c", "maximum": 5}, [1, 9, "x"]),
    "recursion": ({"$id": "https://varde.example/tree", "type": "object", "properties": {"n": {"items": {"$ref": "#"}}}},
                  [{"n": [{"n": []}, {"n": [1]}]}]),
    "identifiers": ({"$id": "https://varde.example/a/", "$ref": "b", "$defs": {"x": {"$id": "b", "$anchor": "here", "$ref": "#there",
                    "$defs": {"y": {"$anchor": "there", "type": "boolean"}}}}}, [True, 1]),
    "dynamic": ({"$id": "https://varde.example/strict", "$dynamicAnchor": "node", "$ref": "tree", "unevaluatedProperties": False,
                 "$defs": {"t": {"$id": "tree", "$dynamicAnchor": "node", "type": "object", "properties":
                           {"data": True, "children": {"items": {"$dynamicRef": "#node"}}}}}},
                [{"children": [{"data": 1}]}, {"children": [{"daat": 1}]}]),
    "unevaluated": ({"allOf": [{"properties": {"a": True}}, {"if": {"required": ["b"]}, "then": {"properties": {"b": True}}}],
                     "unevaluatedProperties": {"type": "integer"}}, [{"a": "x", "b": "y", "c": 1}, {"c": "z"}]),
    "unevaluated-items": ({"anyOf": [{"prefixItems": [True]}, {"contains": {"const": 2}}], "unevaluatedItems": False}, [[1], [1, 2], [3, 4]]),
    "formats": ({"properties": {f: {"format": f} for f in ("date-time", "date", "time", "duration", "email", "hostname", "ipv4", "ipv6", "uri",
                 "uri-reference", "iri", "uri-template", "uuid", "json-pointer", "relative-json-pointer", "regex")}},
                [{"date": "2026-01-15", "time": "12:00:00Z", "ipv6": "::1", "uri": "https://a.b/c?d#e", "uuid": "x", "regex": "(a"}]),
    "dialect": ({"$schema": "https://json-schema.org/draft/2020-12/schema", "$comment": "c", "title": "t", "default": 1, "deprecated": True}, [1]),
    "metaschema": ({"$ref": "https://json-schema.org/draft/2020-12/schema"}, [{"type": "x"}, {"minLength": -1, "$defs": {"a": {"pattern": "("}}}]),
    "vocabulary": ({"$schema": "https://varde.example/meta", "$defs": {"m": {"$id": "https://varde.example/meta",
                    "$vocabulary": {"https://json-schema.org/draft/2020-12/vocab/core": True}}}, "minimum": 5}, [1]),
    "marks": ({"type": "object", "properties": {"a": {"x-varde-sealed": True, "type": "string"}, "b": {"$ref": "#/$defs/p"},
               "c": {"x-varde-transport": True}}, "$defs": {"p": {"type": "array", "items": {"properties": {"n": {"x-varde-sealed": True}}}}}},
              [{"a": "x", "b": [{"n": 1}], "c": 2}]),
    "yes": (True, [1]), "no": (False, [1]),
}


def seed_schemas():
    for name, (schema, instances) in SCHEMAS.items():
        put("schema_compile", name, text(schema))
        for i, instance in enumerate(instances):
            put("schema_check", f"{name}-{i}", text(schema) + "\n" + text(instance))
    put("schema_compile", "report", text(json.loads((root / "schemas/incident-report/1.0.json").read_text())))


def seed_regex():
    for i, (pattern, subject) in enumerate({
        "^[a-zæøå]+$": "blåbær", "(?<y>\\d{4})-\\k<y>": "2026-2026", "\\p{Lu}\\P{Letter}": "Å1", "(a+)+$": "a" * 30 + "b",
        "(?=a)(?!b)(?<=^)(?<!x).": "a", "[^\\d\\w\\s\\b-]": "!", "\\u{1F600}|\\ud83d\\ude00|\\x41|\\cA": "\U0001f600",
        "a{2,3}?b*?c+?d??": "aac", "\\bx\\B|[\\]\\-]|\\/": "x", "\\0\\t\\n\\v\\f\\r": "x", "(?:a|b)\\1": "ab", "\\Z\\a\\C": "a",
        "^\\S(.*\\S)?$": "a b", "[a-\\d]": "-", "\\p{Script=Greek}": "α", "(?i:a)": "A", "^\\p{L}{1,40}(?: \\p{L}+)*$": "Ola Nordmann",
    }.items()):
        put("regex", str(i), pattern + "\n" + subject)


def seed_report():
    for name, report in reports.items():
        put("report", name, text(report))
    base = reports["full-hf"]
    for name, patient in {"moved": {"municipality_number": "0219"}, "split": {"municipality_number": "1507"}, "born": {"birth_date": "1940-06-31"},
                          "local": {"identifier": {"type": "fnr", "value": "14498512357"}}, "rule-2032": {"identifier": {"type": "fnr", "value": "30108299939"}},
                          "typo": {"identifier": {"type": "fnr", "value": "15898512378"}}}.items():
        put("report", name, text(reports["municipality"] | {"patients": [patient], "event": {"date": "2025-11-03", "precision": "day"}}))
    put("report", "dates", text(base | {"notification": {"sent_date": "2025-01-01"}, "review_due": "2026-02-29",
                                        "source": {"local_case_id": "AVV 158985 12379", "exported_at": "2026-12-01T00:00:00Z"}}))
    put("report", "wrong", text(base | {"revision": "1", "event": {"date": "2025-02-30", "precision": "day"}, "Ola": 1,
                                        "organisation": {"number": "999888777", "unit": {"number": "310000078"}}}))


def seed_formats():
    for name, words in {
        "times": ["2026-01-15T12:00:00Z", "2026-01-15t12:00:60.123456+01:00", "2016-12-31T23:59:60Z", "0000-01-01T00:00:00+23:59",
                  "9999-12-31T23:59:59.999-23:59", "2024-02-29", "12:00:00+01:00", "P1Y2M3DT4H5M6S"],
        "people": ["01019012345", "010190 12345", "01.01.1990-12345", "41019012345", "01419012345", "01819012345", "81019012345",
                   "se 010190-123 45, romnr 12", "٠١٠١٩٠١٢٣٤٥", "0101 90​12345"],
        "organisations": ["974760673", "310000019", "123456789", "1234567"],
        "addresses": ["ola@example.no", "\"a b\"@[127.0.0.1]", "xn--bl-zia.example", "127.0.0.1", "2001:db8::1", "::ffff:1.2.3.4",
                      "https://ola@example.no:443/a/b;c?d=e#f", "../a?b", "urn:uuid:6ba7b810-9dad-41d1-80b4-00c04fd430c8",
                      "https://blåbær.example/å", "http://[::1]/", "http://a/{b}{?c,d}"],
        "pointers": ["/a~1b/0/c~0d", "1#", "0/a", "6ba7b810-9dad-41d1-80b4-00c04fd430c8"],
    }.items():
        for i, word in enumerate(words):
            put("formats", f"{name}-{i}", word)


def seed_gate():
    jwt = "eyJhbGciOiJub25lIn0.e30.AA"
    common = ["Host: varde.example", "User-Agent: a/1", "Accept: application/json;q=0.5, */*;q=0.1", "Accept-Language: nn, en;q=0.8"]
    post = common + ["Authorization: DPoP " + jwt, "DPoP: " + jwt, "Content-Type: application/jose; charset=utf-8"]
    for name, lines in {
        "get": ["GET /v1/reports?since=12&limit=10 HTTP/1.1", *common, "Authorization: Bearer " + jwt],
        "receipt": ["HEAD /v1/reports/6ba7b810/receipt HTTP/1.1", *common, "If-None-Match: W/\"a\", \"b\"",
                    "traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"],
        "post": ["POST /v1/submissions HTTP/1.1", *post, "Content-Length: 12"],
        "chunked": ["POST /v1/submissions HTTP/1.1", *post, "Transfer-Encoding: chunked", "Expect: 100-continue"],
        "absolute": ["GET https://varde.example/problems/not-found?a=%C3%A5&b HTTP/1.1", *common],
        "escapes": ["GET /problems/%2e%2E/%2F/a%00 HTTP/1.1", *common],
        "double": ["POST /v1/submissions HTTP/1.1", *post, "Content-Length: 12", "Content-Length: 13", "Host: b", "Transfer-Encoding: gzip, chunked"],
        "encoded": ["POST /v1/submissions HTTP/1.1", *post, "Content-Length: 5", "Content-Encoding: identity", "Content-Encoding: gzip"],
        "behind": ["GET /v1/reports HTTP/1.1", *common, "Authorization: Bearer " + jwt, "X-Forwarded-For: 198.51.100.1, [2001:db8::7]:443",
                   "X-Proxies: 127.0.0.1, 2001:db8::/32"],
        "plus": ["POST /v1/submissions HTTP/1.1", *post, "Content-Length: +5"],
        "token-in-address": ["GET /v1/reports?access_token=" + jwt + " HTTP/1.1", *common],
    }.items():
        put("gate", name, "\r\n".join(lines) + "\r\n\r\n")


def seed_config():
    known = """[varde]
environment = test
service = varde-test
external_url = https://varde.example
data = data
schemas = /usr/share/varde/schemas
credentials = secrets
[intake]
listen = unix:/run/varde/intake.sock
connections = 100
threads = 1
workers = 4
queue = 10
deadline_seconds = 30
[admin]
listen = 127.0.0.1:8481
[dpop]
nonce = on
max_age_seconds = 60
skew_seconds = 5
remembered = 1000
[limits]
submissions_per_minute = 600
concurrent_bytes = 8388608
unauthenticated_per_address = 8
[reports]
accept = incident-report/1.0, review/1.0
signature_max_age_seconds = 604800
person_numbers_2032_from = 2032-01-01
[writer]
threads = 2
queue_items = 4096
queue_bytes = 67108864
[issuer demo]
profile = maskinporten
issuer = https://maskinporten.example/
audience = https://varde.example
algorithms = RS256,PS256
jwks = keys.json
leeway_seconds = 10
max_lifetime_seconds = 120
; a comment
"""
    put("config", "all", known)
    put("config", "two", known + known.split("[writer]")[1].replace("demo", "nhn").replace("maskinporten\n", "helseid\n"))
    put("config", "url", known.replace("jwks = keys.json", "jwks_url = https://helseid.example/jwks\njwks_ca = ca.pem\ntypes = at+jwt"))
    put("config", "production", known.replace("= test", "= production").replace("[issuer demo]", "[issuer " + "a" * 70 + "]"))
    put("config", "bad", known.replace("= 4096", "= 1").replace("[admin]", "[admins]"))


def seed_cert():
    from datetime import datetime
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec, rsa
    oid = x509.NameOID
    uses = x509.ExtendedKeyUsageOID
    more = {"server": x509.ExtendedKeyUsage([uses.SERVER_AUTH]), "client": x509.ExtendedKeyUsage([uses.SERVER_AUTH, uses.CLIENT_AUTH]),
            "authority": x509.BasicConstraints(True, 0)}
    for name, key, subject, usage in (
        *((name, ec.generate_private_key(ec.SECP256R1()), {oid.SERIAL_NUMBER: "310000019"}, None) for name in more),
        ("ec", ec.generate_private_key(ec.SECP256R1()), {oid.COMMON_NAME: "Demo HF", x509.ObjectIdentifier("2.5.4.97"): "NTRNO-310000019"}, True),
        ("rsa", rsa.generate_private_key(65537, 2048), {oid.COMMON_NAME: "Demo HF", oid.SERIAL_NUMBER: "310000019"}, True),
        ("weak", rsa.generate_private_key(65537, 1024), {oid.COMMON_NAME: "Demo HF"}, None),
        ("ec384", ec.generate_private_key(ec.SECP384R1()), {oid.ORGANIZATION_NAME: "Demo HF", oid.SERIAL_NUMBER: "UN:NO-1"}, False),
    ):
        names = x509.Name([x509.NameAttribute(k, v) for k, v in subject.items()])
        made = (x509.CertificateBuilder().subject_name(names).issuer_name(names).public_key(key.public_key()).serial_number(1)
                .not_valid_before(datetime(2025, 1, 1)).not_valid_after(datetime(2055, 1, 1)))
        if usage is not None:
            made = made.add_extension(x509.KeyUsage(usage, usage, not usage, False, False, False, False, False, False), critical=True)
        if name in more:
            made = made.add_extension(more[name], critical=False)
        made = made.sign(key, hashes.SHA256())
        put("cert", name, made.public_bytes(serialization.Encoding.DER))
        put("cert", name + "-pem", made.public_bytes(serialization.Encoding.PEM) * 2)


def seed_wire():
    request = {"varde": 1, "function": "tenant add", "args": {"orgnr": "310000019", "name": "Helse"}, "operator": "ola", "reason": None}
    put("wire", "request", text(request) + "\n")
    put("wire", "request-reason", text(request | {"reason": "øving", "args": {}}) + "\n")

    def frame(kind, body):
        return kind + len(body).to_bytes(4, "big") + body
    end = frame(b"X", b"\0")
    put("wire", "result", frame(b"R", b'{"ok":true}') + end)
    put("wire", "output", frame(b"O", b"line\n") * 3 + frame(b"R", b"{}") + frame(b"X", b"\1"))
    put("wire", "error", frame(b"E", text({"rc": 2, "code": "argument-value", "where": "name", "text": "no"}).encode()) + frame(b"X", b"\2"))
    put("wire", "cut", frame(b"O", b"line\n"))


def seed_custodian():
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    import hashlib
    secret = Ed25519PrivateKey.generate()
    signing = secret.public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
    p = 2**255 - 19
    y = int.from_bytes(signing, "little") & (2**255 - 1)
    public = ((1 + y) * pow(1 - y, -1, p) % p).to_bytes(32, "little")  # RFC 7748 section 4.1
    opened = "2026-11-22T21:51:31.042Z"
    statement = b"varde-custodian-opened-a-box\1" + b"".join(len(x).to_bytes(4, "big") + x for x in (public, signing, opened.encode()))
    put("custodian", "sound", text({
        "varde_custodian_key": 1, "kid": b64(hashlib.blake2b(public, digest_size=32).digest()), "public_key": b64(public),
        "proof": {"signing_key": b64(signing), "opened_at": opened, "signature": b64(secret.sign(statement))}}))


def seed_export():
    time = "2026-11-22T21:51:31.042Z"
    header = {"varde_export": 1, "tenant": "310000019", "purpose": "læring", "created": time, "since": 0}
    key = {"key": {"kid": "k", "owner": "310000019", "valid_from": time, "valid_to": None, "revoked_at": time, "jwk": EC}}
    group = {"group": {"version": 1, "id": b64("g" * 16), "created": time, "commitment": b64("c" * 32), "wraps": [{"kid": "A" * 43, "box": b64("b" * 112)}]}}
    item = {"item": {"seq": 1, "report_id": "6ba7b810-9dad-41d1-80b4-00c04fd430c8", "revision": 1, "schema": "incident-report/1.0",
                     "received_at": time, "digest": "sha-256:" + "ab" * 32, "sender": "310000019", "kid": "k", "sealed": b64("s" * 90)}}
    second = {"item": item["item"] | {"seq": 2}}

    def end(keys, groups, items):
        return {"end": {"keys": keys, "groups": groups, "items": items}}
    for name, lines in {
        "whole": [header, key, group, item, second, group, {"item": item["item"] | {"seq": 3}}, end(1, 2, 3)],
        "empty": [header, end(0, 0, 0)],
        "order": [header, group, item, key, item, group, second, end(1, 2, 2)],
        "damage": [header, key, group, {"item": {"seq": 1}}, second, {"group": {}}, item, {}, [], end(1, 1, 1)],
    }.items():
        put("export", name, "".join(text(line) + "\n" for line in lines))
    put("export", "cut", "".join(text(line) + "\n" for line in (header, key, group, item)))
    put("export", "trailing", text(header) + "\n" + text(end(0, 0, 0)) + "\n\n")


def seed_pxweb():
    for name, lines in {
        "codes": ["Region=NO,helse_vest", "hendelsesklasse=incident", "TID=2026M01"],
        "masks": ["Region=helse_*", "Hendelsesklasse=*", "Tid=2025M1?,2026*"],
        "ends": ["Hendelsesklasse=bottom(1)", "Tid=top(2,1)"],
        "ranges": ["Region=from(helse_vest)", "Hendelsesklasse=to(hazard)", "Tid=[range(2025M12,2026M02)]"],
        "default": [], "unknown": ["Fylke=*"], "twice": ["Tid=*", "tid=*"], "broken": ["Tid=top(1,,2", "Region=a)"],
    }.items():
        put("pxweb", name, "\n".join(lines))


def seed_tabular():
    def cell(value, **key):
        return {"key": key, "value": value}

    org = {"org": {"A": "N", "B": "N", "C": "N"}}
    years = {"y": {"1-2": [["1", "2"]], "2-3": [["2", "3"]], "all": [["1", "2", "3"], ["1-2", "3"]]}}
    square = [cell(n, r=r, c=c) for r, c, n in (("a", "x", 3), ("a", "y", 50), ("b", "x", 60), ("b", "y", 70))]
    margins = [cell(53, r="a"), cell(130, r="b"), cell(63, c="x"), cell(120, c="y"), cell(183)]
    hidden = {"key": {"r": "b"}, "value": None, "suppressed": True}
    trusts = [cell(n, org=o, t=t) for o in "ABC" for t, n in (("p", 3), ("q", 40))] + [cell(43, org=o) for o in "ABC"]
    for name, texts in {
        "square": [{"cells": square + margins}],
        "organisations": [{"cells": trusts + [cell(9, t="p"), cell(129, org="N")], "hierarchies": org}],
        "windows": [{"cells": [cell(n, y=y) for y, n in (("1", 3), ("2", 50), ("3", 60), ("1-2", 53), ("2-3", 110))],
                     "hierarchies": years}],
        "forced": [{"cells": square + margins[:2]}, {"cells": [square[1], hidden], "audit": {"hidden": 1}}],
        "known": [{"cells": square}, "", {"cells": [square[0]]}],
        "all": [{"cells": square}, {"cells": [square[3]]}, {"cells": [square[1]], "hierarchies": {}}],
        "leaking": [{"cells": square + margins}, {"cells": [square[1], margins[0]]}],
        "differs": [{"cells": [cell(9, org="A"), cell(8, org="N")], "hierarchies": org}],
        "cycle": [{"cells": [], "hierarchies": {"org": {"A": "B", "B": "A"}}}],
        "overlap": [{"cells": [cell(1)], "hierarchies": {"org": {"A": [["B", "B"]]}}}],
        "unknown": [{"cells": [cell(1, org="D")], "hierarchies": org}],
        "twice": [{"cells": [cell(1, a="x"), cell(1, a="x")]}],
        "values": [{"cells": [cell(-1), cell(1000000000001, a="x"), cell(2.5, a="y")]}],
    }.items():
        put("tabular", name, "\n".join(text(t) if t else "" for t in texts))


def seed_envelope():
    id_ = b"\x24" + b"6ba7b810-9dad-41d1-80b4-00c04fd430c8"
    put("envelope", "whole", b"\0" + id_ + b"plaintext")
    put("envelope", "empty", b"\0" + id_)
    put("envelope", "long", b"\0" + id_ + b"x" * 2047)
    put("envelope", "no-id", b"\0\0")
    for name, where in {"version": 0, "tenant": 4, "group": 14, "created": 32, "commitment": 40, "wrap": 80, "box": 130}.items():
        put("envelope", name, b"\1" + where.to_bytes(2, "big") + b"\1" + id_ + b"plaintext")
    put("envelope", "item", b"\1\x0b\0\1" + id_ + b"plaintext")


for name, seed in sorted(globals().items()):
    if name.startswith("seed_"):
        seed()
