"""Every answer of the API held to PxWebApi 2's own specification, if it is at hand."""
import os
import pathlib
import re
import urllib.parse

import jsonschema
import yaml

SOURCE = pathlib.Path(os.environ.get("VARDE_SOURCE", pathlib.Path(__file__).parents[2]))
FILE = pathlib.Path(os.environ.get("VARDE_TEST_DATA", SOURCE.parent / "shared")) / "pxwebapi/PxAPI-2.yml"
HELD = {}  # operation: how many answers were held to it


def nullable(schema):
    """OpenAPI 3.0's nullable as JSON Schema says it."""
    if isinstance(schema, list):
        return [nullable(s) for s in schema]
    if not isinstance(schema, dict):
        return schema
    out = {key: nullable(value) for key, value in schema.items() if key != "nullable"}
    if schema.get("nullable") is True and isinstance(out.get("type"), str):
        out["type"] = [out["type"], "null"]
    return out


SPEC = nullable(yaml.safe_load(FILE.read_text())) if FILE.exists() else None
OK = {"/config": "ConfigResponse", "/tables": "TablesResponse", "/tables/{id}": "TableResponse",
      "/tables/{id}/metadata": "Dataset", "/tables/{id}/defaultselection": "SelectionResponse",
      "/tables/{id}/data": "Dataset", "/codelists/{id}": "CodelistResponse"}


def check(name, instance):
    schema = {"$ref": f"#/components/schemas/{name}", "components": SPEC["components"]}
    jsonschema.Draft4Validator(schema).validate(instance)


def hold(method, path, answer):
    path = urllib.parse.urlsplit(path).path
    found = re.search(r"/api/v2(/.*)$", path)
    if not SPEC or not found or method == "HEAD" or not answer.body:
        return
    path = re.sub(r"^/(tables|codelists)/[^/]+", r"/\1/{id}", found.group(1))
    kind = answer.headers.get("Content-Type", "")
    if path not in SPEC["paths"]:
        assert answer.status in (404, 405), (path, answer)
        return
    described = SPEC["paths"][path].get(method.lower())
    if answer.status in (401, 405, 410, 503):
        pass  # not in the specification: ours beside it
    elif described:
        # It forgets that any operation may refuse a parameter, and 404 of a release.
        assert str(answer.status) in described["responses"] or answer.status in (400, 403, 404, 413, 415, 429), (path, answer)
    if answer.status >= 400:
        assert kind == "application/problem+json", (path, answer)
        check("Problem", answer.json)
    elif answer.status == 200 and kind == "application/json":
        check(OK[path], answer.json)
    HELD[method, path, answer.status] = HELD.get((method, path, answer.status), 0) + 1
