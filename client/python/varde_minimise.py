"""Takes out of a document what the data owner's minimisation profile keeps back.

The profile is what GET /v1/tenant shows as `profile`, or a file of schemas/profiles;
both have `kinds`: {"incident-report": {"forbid": […], "month": […], "owner": […]}}, lists
of paths such as /patients/*/diagnosis. Varde refuses what goes against it (422
not-permitted); this makes documents that do not, before anything leaves the house.
"""
import copy


class NotShared(Exception):
    """The profile does not name this kind of document: then none is shared."""


def places(value, path):
    """(parent, step) of everything in a document that a path leads to, last first, so
    that they can be removed one after the other."""
    steps = path.split("/")[1:]
    parents = [value]
    for step in steps[:-1]:
        parents = [below for parent in parents for below in _below(parent, step)]
    found = []
    for parent in parents:
        if steps[-1] == "*":
            found += [(parent, i) for i in range(len(parent))] if isinstance(parent, list) else []
        elif isinstance(parent, dict) and steps[-1] in parent:
            found.append((parent, steps[-1]))
    return found[::-1]


def _below(parent, step):
    if step == "*":
        return parent if isinstance(parent, list) else []
    return [parent[step]] if isinstance(parent, dict) and step in parent else []


def drop_empty(value):
    """Objects of which nothing is left go, and lists of which nothing is left; what was
    empty before stays."""
    pairs = list(value.items()) if isinstance(value, dict) else list(enumerate(value)) if isinstance(value, list) else []
    for key, below in reversed(pairs):
        full = bool(below)
        drop_empty(below)
        if full and isinstance(below, (dict, list)) and not below:
            del value[key]


def minimise(profile, kind, document, owner):
    """A copy of the document that the profile lets through. `owner` is the data owner's
    organisation number."""
    if kind not in profile["kinds"]:
        raise NotShared(f"minimeringsprofilen {profile['name']} deler ikke dokumenter av typen {kind}")
    asks, document = profile["kinds"][kind], copy.deepcopy(document)
    for path in asks.get("owner", []):
        for parent, step in places(document, path):
            parent[step] = owner
    for path in asks.get("month", []):
        for parent, step in places(document, path):
            if len(parent[step]) > len("2025-11"):
                parent[step] = parent[step][:len("2025-11")]
                if step == "date" and parent.get("precision") == "day":
                    parent["precision"] = "month"
    for path in asks.get("forbid", []):
        for parent, step in places(document, path):
            del parent[step]
    drop_empty(document)
    return document
