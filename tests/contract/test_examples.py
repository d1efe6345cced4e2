#!/usr/bin/python3
"""Every example of openapi.yaml is sent, or asked for, and compared.

An example of a request and an example of an answer with the same name belong
together. `x-varde-payload` is what a signed example holds: it is signed again,
now, with the demonstration's key. An example without it is sent as it stands.
The answers of GET come from the operation's own examples of parameters."""
import base64
import json
import pathlib
import re
import sys
import time

from jwcrypto import jwk, jws

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "http"))
from contract import contract  # noqa: E402
from hostile import HelseId  # noqa: E402
from varde import Varde, compact  # noqa: E402

# What no two installations or deliveries have in common; its form is the schema's.
OWN = {"trace_id", "reference", "received_at", "first_received_at", "digest", "seq", "next", "kid", "valid_from", "x", "y",
       "updated", "as_of", "running"}
# RFC 7515 appendix A.3: the published key that the signed examples are made with.
PUBLISHED = jwk.JWK(kty="EC", crv="P-256", x="f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
                    y="x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0")


def masked(value):
    if isinstance(value, dict):
        return {k: "…" if k in OWN and v is not None else masked(v) for k, v in value.items()}
    return [masked(v) for v in value] if isinstance(value, list) else value


def check_static(token, payload):
    """The JWS in the file is real: the published key verifies it, and it holds the payload."""
    verified = jws.JWS()
    verified.deserialize(token, PUBLISHED)
    assert json.loads(verified.payload) == payload
    header = json.loads(verified.objects["protected"])
    assert header == {"alg": "ES256", "kid": PUBLISHED.thumbprint(), "typ": "varde+jws"}, header


def sign(v, payload):
    tenant = v.tenants[0]
    assert payload["iss"] == tenant.orgnr and payload["aud"] == v.info["audience"], "the example is the demonstration's"
    header = {"alg": tenant.alg, "kid": tenant.kid, "typ": "varde+jws"}
    return compact(header, {**payload, "iat": int(time.time())}, tenant.key)


def body_of(v, kind, example):
    payload, value = example.get("x-varde-payload"), example["value"]
    if kind == "application/jose":
        if payload is None:
            return value
        check_static(value, payload)
        return sign(v, payload)
    if payload is not None:
        for token, one in zip(value["submissions"], payload, strict=True):
            check_static(token, one)
        value = {"submissions": [sign(v, one) for one in payload]}
    return json.dumps(value)


def expected_of(operation, name):
    """{status: example} of the answers with this name."""
    c, found = contract(), {}
    for status, response in operation["responses"].items():
        for content in c.follow(response).get("content", {}).values():
            if name in content.get("examples", {}):
                found[int(status)] = content["examples"][name]
    return found


def compare(answer, expected, what, reached):
    assert answer.status in expected, (what, answer)
    example = expected[answer.status]
    assert masked(answer.json) == masked(example["value"]), (what, masked(answer.json), masked(example["value"]))
    reached.add(id(example))


def send_requests(v, path, operation, reached):
    for kind, content in operation["requestBody"]["content"].items():
        assert content.get("examples"), f"{path}: no example of {kind}"
        for name, example in content["examples"].items():
            expected = expected_of(operation, name)
            assert len(expected) == 1, f"{path}: the example {name} has {len(expected)} answers"
            answer = v.post(path, body_of(v, kind, example), v.tenants[0], type=kind)
            compare(answer, expected, f"{path} {name}", reached)


def ask(v, path, operation, reached):
    c, query = contract(), []
    for parameter in map(c.follow, operation.get("parameters", [])):
        if parameter["in"] == "path":
            path = path.replace("{" + parameter["name"] + "}", str(parameter["example"]))
        elif parameter["in"] == "query":
            query.append(f"{parameter['name']}={parameter['example']}")
    path += "?" + "&".join(query) if query else ""
    for kind, content in operation["responses"]["200"]["content"].items():
        answer = v.get(path, v.tenants[0], {"Accept": kind})
        assert answer.status == 200 and answer.headers["Content-Type"].startswith(kind), (path, answer)
        for name in content.get("examples", {}):
            compare(answer, {200: content["examples"][name]}, f"{path} {name}", reached)


def all_examples():
    """id of each example of an answer, and where it stands."""
    spec, found = contract().spec, {}

    def walk(node, where):
        if isinstance(node, dict):
            for name, example in (node.get("examples") or {}).items() if isinstance(node.get("examples"), dict) else ():
                if "/responses/" in where:
                    found[id(example)] = f"{where}/{name}"
            for key, value in node.items():
                walk(value, f"{where}/{key}")
        elif isinstance(node, list):
            for value in node:
                walk(value, where)

    walk(spec, "")
    return found


def test_sign_recipe(v):
    """The Python lines of "Signing" make what the service takes."""
    lines = re.search(r"With Python and jwcrypto:\n\n((?:    .*\n)+)", contract().spec["info"]["description"])[1]
    tenant, document = v.tenants[0], contract().spec["paths"]["/v1/submissions"]["post"]["requestBody"]["content"][
        "application/jose"]["examples"]["newReport"]["x-varde-payload"]["document"]
    pem = next(v.demo / t["signing_key"] for t in v.info["tenants"] if t["orgnr"] == tenant.orgnr)
    code = "\n".join(line[4:] for line in lines.splitlines()).replace("signing.pem", str(pem))
    names = {"jwk": jwk, "jws": jws, "json": json, "time": time, "audience": v.info["audience"], "kid": tenant.kid,
             "document": document}
    exec(code, names)  # noqa: S102: our own description
    answer = v.post("/v1/submissions", names["body"], tenant)
    assert answer.status in (200, 201), answer


def test_schemes(v):
    """Both security schemes open the same address, neither in the other's place."""
    helseid = HelseId(v, v.tenants[0])
    assert helseid.get("/v1/tenant").json == v.get("/v1/tenant", v.tenants[0]).json
    bearer = v.get("/v1/tenant", headers={"Authorization": "Bearer " + helseid.token})
    assert bearer.status == 401 and bearer.code == "invalid-token", bearer


def main():
    reached = set()
    with Varde() as v:
        for method, path, operation in contract().operations():
            send_requests(v, path, operation, reached) if method == "POST" else ask(v, path, operation, reached)
        test_sign_recipe(v)
        test_schemes(v)
        token = v.get("/v1/reports/3ceaaf30-8142-48ea-91d9-3080f9b439fc/receipt", v.tenants[0],
                      {"Accept": "application/jwt"}).body.decode()
        claims = json.loads(base64.urlsafe_b64decode(token.split(".")[1] + "=="))
        assert claims["sub"] == v.tenants[0].orgnr, claims
    missed = [where for key, where in all_examples().items() if key not in reached]
    assert not missed, missed
    print(f"{len(reached)} examples of answers, each had")


if __name__ == "__main__":
    main()
