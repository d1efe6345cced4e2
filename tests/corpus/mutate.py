"""Deterministic mutations of documents: what a validator may get wrong.

Each is one small change of one valid or invalid document; mutations(document, n,
seed) gives the same n documents wherever and whenever it runs: it draws numbers
only by Random.random() and getrandbits(), which Python keeps stable.
"""
import copy
import random

LONG = 10001
STRINGS = [
    "", " ", "0", "null", "unknown", "UNKNOWN", "unknown ", "ward\u0000", "æøå", "A\u030a", "\u212b", "😀", "\ufffd",
    "👨‍👩", "١٢٣٤", "２０２６", "2026-02-10\n", "\n2026-02-10", "2026-02-30", "2024-02-29", "2023-02-29",
    "2026-13-01", "2026-00-10", "1899-12-31", "2200-01-01", "2026", "2026-02", "2026-W07", "2026-2-1",
    "2026-02-11T07:46:03+01:00", "2026-02-11T07:46:03Z", "2026-02-11t07:46:03z", "2026-02-11 07:46:03Z",
    "2026-02-11T07:46:03", "2026-02-11T24:00:00Z", "2026-02-11T23:59:60Z", "2016-12-31T23:59:60Z",
    "2017-01-01T00:59:60+01:00", "2026-02-11T07:46:03+24:00", "2026-02-11T07:46:03+23:59", "2026-02-11T07:46:03-00:00",
    "2026-02-11T07:46:03+01:60", "2026-02-11T07:60:00Z", "2026-02-29T07:46:00Z", "2026-02-11T07:46:03.Z",
    "2026-02-11T07:46:03.123456789Z", "2026-02-11T07:46:03.1234567891Z", "310000019", "31000001", "3100000199",
    "15898512379", "6301bbfc-a0c5-454e-8ff9-bb510944fe0c", "00000000-a0c5-454e-8ff9-bb510944fe0c",
    "6301BBFC-a0c5-454e-8ff9-bb510944fe0c", "AVV-2026/1187", "N02AA01", "N", "S72.0", "K78", "NC72.2", "1.2", "2.4.1",
    "23:59", "24:00", "7:05", "sha-256:" + "0" * 64, "sha-256:" + "0" * 63, "__proto__", "constructor",
    "x" * 100, "æ" * 200, "æ" * 201, "😀" * 200, "😀" * 201, "y" * LONG, "æ" * 30000, "æ" * 30001,
]
NUMBERS = [
    0, -0, 1, -1, 2, 100, 101, 9999, 10000, 2**31, 2**53, 2**53 + 1, 2**63 - 1, -2**63, 1.0, 1.5, -0.0, 0.1, 1e3, 1e300,
    15898512379,
]
OTHERS = [None, True, False, [], {}, [[]], [{}], {"": 0}, ["unknown"], {"type": "fnr"}]
NAMES = ["", " ", "extra", "Event_class", "event_clas", "__proto__", "constructor", "toString", "hasOwnProperty",
         "$ref", "a/b", "a~b", "æ", "0", "length", "service", "place", "supersedes"]


def places(value, steps=()):
    """Every place in a document, as steps."""
    yield steps
    if isinstance(value, dict):
        for name in value:
            yield from places(value[name], (*steps, name))
    elif isinstance(value, list):
        for i in list(range(len(value)))[:12]:
            yield from places(value[i], (*steps, i))


def at(document, steps):
    for step in steps:
        document = document[step]
    return document


def put(document, steps, value):
    if not steps:
        return value
    at(document, steps[:-1])[steps[-1]] = value
    return document


class Mutator:
    def __init__(self, seed):
        self.random = random.Random(seed)

    def below(self, n):
        return int(self.random.random() * n)

    def pick(self, of):
        return of[self.below(len(of))]

    def place(self, document, kind=object):
        return self.pick([s for s in places(document) if s and isinstance(at(document, s), kind)] or [()])

    # Each takes a copy of a document and returns another, at times the same.

    def drop(self, d):
        steps = self.place(d)
        if steps:
            del at(d, steps[:-1])[steps[-1]]
        return d

    def other_type(self, d):
        return put(d, self.place(d), copy.deepcopy(self.pick(OTHERS + NUMBERS + STRINGS[:8])))

    def other_text(self, d):
        return put(d, self.place(d, str), self.pick(STRINGS))

    def other_date(self, d):
        dated = [s for s in places(d) if s and ("date" in str(s[-1]) or str(s[-1]).endswith("_at"))]
        return put(d, self.pick(dated or [self.place(d)]), self.pick([t for t in STRINGS if t[:2] in ("18", "20", "22")]))

    def edit_text(self, d):
        steps = self.place(d, str)
        text = at(d, steps)
        if not isinstance(text, str):
            return d
        i = self.below(len(text) + 1)
        new = self.pick(list("09aZ -./:Tæ\u0130\u017f\u212a\n") + ["", "😀"])
        return put(d, steps, text[:i] + new + text[i + self.below(2):])

    def other_number(self, d):
        return put(d, self.place(d, int), self.pick(NUMBERS))

    def add_member(self, d):
        where = self.pick([s for s in places(d) if isinstance(at(d, s), dict)])
        at(d, where)[self.pick(NAMES)] = copy.deepcopy(self.pick(OTHERS + NUMBERS + STRINGS[:12]))
        return d

    def rename_member(self, d):
        where = self.pick([s for s in places(d) if isinstance(at(d, s), dict) and at(d, s)] or [()])
        members = at(d, where)
        name = self.pick(sorted(members))
        members[self.pick([name.upper(), name + "s", name[:-1], self.pick(NAMES)])] = members.pop(name)
        return d

    def swap(self, d):
        a, b = self.place(d), self.place(d)
        if a[:len(b)] == b or b[:len(a)] == a:
            return d
        first, second = at(d, a), at(d, b)
        return put(put(d, a, second), b, first)

    def copy_over(self, d):
        a, b = self.place(d), self.place(d)
        return put(d, b, copy.deepcopy(at(d, a))) if b[:len(a)] != a else d

    def grow_list(self, d):
        where = self.pick([s for s in places(d) if isinstance(at(d, s), list)] or [()])
        items = at(d, where)
        if isinstance(items, list):
            more = (items or [self.pick(OTHERS)])[0]
            items += [copy.deepcopy(more) for _ in range(self.pick([1, 1, 2, 9, 20, 50, 101]))]
        return d

    def shrink_list(self, d):
        where = self.pick([s for s in places(d) if isinstance(at(d, s), list)] or [()])
        if isinstance(at(d, where), list):
            del at(d, where)[self.below(2):]
        return d

    def other_root(self, d):
        return copy.deepcopy(self.pick(OTHERS + [d, [d]])) if not self.below(8) else d


KINDS = ["drop", "other_type", "other_text", "other_date", "edit_text", "edit_text", "other_number", "add_member", "rename_member",
         "swap", "copy_over", "grow_list", "shrink_list", "other_root"]


def mutations(document, n, seed):
    mutator = Mutator(seed)
    for i in range(n):
        changed = copy.deepcopy(document)
        for _ in range(1 + (mutator.below(4) == 0)):
            if not isinstance(changed, dict):
                break
            changed = getattr(mutator, KINDS[(i + mutator.below(3)) % len(KINDS)])(changed)
        yield changed
