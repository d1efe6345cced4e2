"""What the tests of profiles share: the profiles, the schemas of each kind, and what a
profile says of a document, found without the program and without the sender's code."""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).parents[2]
for folder in ("tests/http", "tests/schemas", "client/python"):
    sys.path.insert(0, str(ROOT / folder))

import walk  # noqa: E402

RULES = {"forbid": "profile-member", "month": "profile-month", "owner": "profile-owner"}


def profiles():
    return {path.stem: walk.load(path) for path in sorted((walk.SCHEMAS / "profiles").glob("*.json"))}


def schemas():
    """{kind: [schema, …]} of every version."""
    found = {}
    for path in sorted(walk.SCHEMAS.glob("*/*.json")):
        if re.fullmatch(r"[0-9]+\.[0-9]+", path.stem):
            found.setdefault(path.parent.name, []).append(walk.load(path))
    return found


def examples(kind):
    """A completed review has its text or says where it is archived; here it has both, so
    that either may be kept back."""
    found = {path.stem: walk.load(path) for path in sorted((walk.SCHEMAS / kind / "examples").glob("*.json"))}
    for document in found.values():
        if document.get("status") == "completed":
            document.setdefault("archive_reference", "Arkivsak 2026/118")
    return found


def value_at(document, pointer):
    for step in pointer.split("/")[1:]:
        document = document[int(step)] if isinstance(document, list) else document[step]
    return document


def breaches(profile, kind, document, owner):
    """{(pointer, rule)} of all that goes against the profile."""
    if kind not in profile["kinds"]:
        return {("", "profile-kind")}
    found = set()
    for name, paths in profile["kinds"][kind].items():
        for pointer in [pointer for path in paths for pointer in walk.places(document, path)]:
            value = value_at(document, pointer)
            if name == "forbid" or (name == "month" and len(value) > 7) or (name == "owner" and value != owner):
                found.add((pointer, RULES[name]))
    return found
