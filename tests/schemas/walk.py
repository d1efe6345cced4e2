"""Reads our schemas the way intake does: by properties, items and $ref only."""

import json
import os
import pathlib

SOURCE = pathlib.Path(os.environ.get("VARDE_SOURCE", pathlib.Path(__file__).parents[2]))
SCHEMAS = SOURCE / "schemas"


def load(path):
    return json.loads(pathlib.Path(path).read_text(encoding="utf-8"))


def kinds():
    """Every kind of document: folders of schemas with versions and examples."""
    return sorted(path.parent.name for path in SCHEMAS.glob("*/examples"))


def versions(kind="incident-report"):
    return sorted((path.stem for path in (SCHEMAS / kind).glob("*.json")), key=version_key)


def version_key(text):
    return tuple(int(part) for part in text.split("."))


def schema_names():
    return [f"{kind}/{version}" for kind in kinds() for version in versions(kind)]


def schema(name):
    return load(SCHEMAS / f"{name}.json")


def report_schema(version="1.0"):
    return schema(f"incident-report/{version}")


def codes_of_version(document, version):
    """The codes that a list had in a version of its own, in order."""
    return [row["code"] for row in document["codes"] if version_key(row.get("since", "1.0")) <= version_key(version)]


def code_lists():
    return {path.stem: load(path) for path in sorted((SCHEMAS / "codes").glob("*.json"))}


def examples(name="incident-report/1.0"):
    """Those of the first version of a kind lie in the folder itself, those of a later one below it."""
    kind, version = name.split("/")
    folder = SCHEMAS / kind / "examples"
    return {path.stem: load(path) for path in sorted((folder if version == "1.0" else folder / version).glob("*.json"))}


def resolve(root, schema):
    """The schema with what it refers to; what stands beside $ref wins."""
    merged = dict(schema)
    while "$ref" in merged:
        ref = merged.pop("$ref")
        assert ref.startswith("#/$defs/"), ref
        merged = {**root["$defs"][ref.removeprefix("#/$defs/")], **merged}
    return merged


def members(root, schema=None, path="", sealed=False):
    """Yields (path, schema, sealed) of every member; array items are named '*'."""
    here = resolve(root, root if schema is None else schema)
    sealed = sealed or bool(here.get("x-varde-sealed"))
    yield path, here, sealed
    for name, below in here.get("properties", {}).items():
        yield from members(root, below, f"{path}/{name}", sealed)
    if "items" in here:
        yield from members(root, here["items"], f"{path}/*", sealed)


def places(document, path):
    """The pointers in a document that a member path stands for."""
    found = [("", document)]
    for step in path.split("/")[1:]:
        deeper = []
        for pointer, value in found:
            if step == "*" and isinstance(value, list):
                deeper += [(f"{pointer}/{i}", item) for i, item in enumerate(value)]
            elif isinstance(value, dict) and step in value:
                deeper.append((f"{pointer}/{step}", value[step]))
        found = deeper
    return [pointer for pointer, _ in found]


def put(document, pointer, value):
    """Sets (or, with ..., removes) what a JSON Pointer names."""
    steps = pointer.split("/")[1:]
    for step in steps[:-1]:
        document = document[int(step)] if isinstance(document, list) else document[step]
    last = int(steps[-1]) if isinstance(document, list) else steps[-1]
    if value is ...:
        del document[last]
    else:
        document[last] = value
