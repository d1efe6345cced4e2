"""Reads tests/corpus/cases (of a test environment) and production: reports written by
hand, with the answer each must get.

A theme is a file {"about", "bases": {name: document}, "cases": [...]}; bases.json
holds the bases that all themes share, and "examples/NAME" is an example of the
schema. A case says:

    case      what it is, in words; unique in its theme
    base      the document that it starts from
    set       {JSON Pointer: value}; objects on the way are made
    remove    [JSON Pointer]
    report    cases of one theme with the same name here are revisions of one report
    as        "municipality" or "hf": who sends it, when not who the base says
    status    what a submission answers; 201 where nothing stands
    code      the problem code of a status that is neither 201, 200 nor 422
    errors    [[pointer, code]], all of them, of a 422
    warnings  [[pointer, code]], all of them, of a 201 or 200

Values: {"repeat": text, "times": n} is a long text, {"numbered": object, "times": n}
a list whose items differ in `sequence`, {"copies": value, "times": n} one of equal
items, {"text": [parts]} parts put together. Words:
@own and @other are the sender's and another sender's organisation number,
@previous the digest of the report's revision before, @report:CASE the report_id of
another case of the theme, @today, @today+3 and @today-3 days by the clock (UTC).

A report gets a report_id of its own, the same in every run, and a local case
number of its own, unless the case sets or removes them.
"""
import copy
import datetime
import json
import pathlib
import re
import sys
import uuid

sys.dont_write_bytecode = True
HERE = pathlib.Path(__file__).parent
sys.path.insert(0, str(HERE.parent / "schemas"))

import walk  # noqa: E402

NAMESPACE = uuid.UUID("5a1ad5a4-5d6e-4f0e-9a53-0d5a2c0f3b11")
MEMBERS = {"case", "base", "set", "remove", "report", "as", "status", "code", "errors", "warnings"}


class Case:
    def __init__(self, theme, number, entry, bases):
        assert set(entry) <= MEMBERS, (theme, entry["case"], set(entry) - MEMBERS)
        self.theme, self.name, self.number = theme, entry["case"], number
        self.entry, self.base = entry, bases(entry["base"])
        self.report = entry.get("report", self.name)
        self.report_id = report_id(theme, self.report)
        self.status = entry.get("status", 201)
        self.errors = pairs(entry.get("errors", []))
        self.warnings = pairs(entry.get("warnings", []))
        self.kind = entry.get("as", self.base["report_kind"])
        assert (self.status == 422) == bool(self.errors), self

    def __repr__(self):
        return f"{self.theme}: {self.name}"

    def document(self, own="310000019", other="310000078", previous="sha-256:" + 64 * "0"):
        """The document as this sender sends it."""
        document = copy.deepcopy(self.base)
        if "report_id" not in document:
            document["report_id"] = self.report_id
            document["source"]["local_case_id"] = f"K-2026/{self.number}"
        for pointer, value in self.entry.get("set", {}).items():
            place(document, pointer, value)
        for pointer in self.entry.get("remove", []):
            walk.put(document, pointer, ...)
        return fill(document, {"@own": own, "@other": other, "@previous": previous}, self.theme)


def report_id(theme, name):
    return str(uuid.uuid5(NAMESPACE, f"{theme}/{name}"))


def pairs(listed):
    found = {tuple(pair) for pair in listed}
    assert len(found) == len(listed), listed
    return found


def place(document, pointer, value):
    """Sets a member; objects on the way are made, "-" is the end of a list."""
    steps = pointer.split("/")[1:]
    for step in steps[:-1]:
        document = document[int(step)] if isinstance(document, list) else document.setdefault(step, {})
    if isinstance(document, list) and steps[-1] == "-":
        document.append(copy.deepcopy(value))
    elif isinstance(document, list):
        document[int(steps[-1])] = copy.deepcopy(value)
    else:
        document[steps[-1].replace("~1", "/").replace("~0", "~")] = copy.deepcopy(value)


def day(word):
    now = datetime.datetime.now(datetime.timezone.utc).date()
    return (now + datetime.timedelta(days=int(word[len("@today"):] or 0))).isoformat()


def fill(value, words, theme):
    if isinstance(value, list):
        return [fill(item, words, theme) for item in value]
    if isinstance(value, dict):
        if "repeat" in value:
            return value["repeat"] * value["times"]
        if "copies" in value:
            return [fill(value["copies"], words, theme) for _ in range(value["times"])]
        if "text" in value:
            return "".join(fill(value["text"], words, theme))
        if "numbered" in value:
            return [{"sequence": i + 1, **fill(value["numbered"], words, theme)} for i in range(value["times"])]
        return {name: fill(item, words, theme) for name, item in value.items()}
    if isinstance(value, str) and value.startswith("@report:"):
        return report_id(theme, value.removeprefix("@report:"))
    if isinstance(value, str) and re.fullmatch(r"@today([+-]\d+)?", value):
        return day(value)
    return words.get(value, value) if isinstance(value, str) else value


def cases(folder="cases"):
    """All cases of a folder, in order."""
    shared, examples = walk.load(HERE / "bases.json"), walk.examples()
    found = []
    for path in sorted((HERE / folder).glob("*.json")):
        theme = walk.load(path)

        def bases(name, own=theme.get("bases", {})):
            if name.startswith("examples/"):
                base = copy.deepcopy(examples[name.removeprefix("examples/")])
                base["organisation"]["number"] = "@own"
                del base["report_id"], base["source"]["local_case_id"]
                return base
            return own[name] if name in own else shared[name]
        for entry in theme["cases"]:
            found.append(Case(path.stem, len(found) + 1, entry, bases))
    names = [repr(case) for case in found]
    assert len(set(names)) == len(names), "two cases have the same name"
    return one_number_a_report(found)


def one_number_a_report(found):
    """Revisions carry the local case number of their report's first."""
    first = {}
    for case in found:
        case.number = first.setdefault((case.theme, case.report), case.number)
    return found


def split(schema, document):
    """(what stays clear, pointers of what is sealed), by the marks of the schema. An
    object that was emptied goes too, but not as an item of a list."""
    sealed = sorted({pointer for path, below, is_sealed in walk.members(schema) if is_sealed
                     for pointer in walk.places(document, path)})
    outer = [p for p in sealed if not any(p.startswith(q + "/") for q in sealed)]
    clear = copy.deepcopy(document)
    for pointer in outer:
        walk.put(clear, pointer, ...)
        parent = pointer.rsplit("/", 1)[0]
        while parent and not parent.rsplit("/", 1)[1].isdigit() and value_at(clear, parent) == {}:
            walk.put(clear, parent, ...)
            parent = parent.rsplit("/", 1)[0]
    return clear, outer


def value_at(document, pointer):
    for step in pointer.split("/")[1:]:
        document = document[int(step)] if isinstance(document, list) else document[step]
    return document
