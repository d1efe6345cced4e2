"""What the answers say about the counts behind them, as equations.

The unknowns are the smallest counts that any table is a sum of: for each organisation,
type, severity and month, whether a table shows them or not. A figure is the sum of some.
Where two families of unknowns have a total in common, their difference is 0.

All of it from codes: children by the answers' hierarchies, quarters and years of months
by their names, tables by the dimensions that they have. Which organisation reports since
when is public, so what it reported before is known to be nothing."""
import itertools

import numpy
from scipy import sparse

FAMILIES = {"V1": "hospital", "V2": "municipal", "V3": "final", "V4": "final", "V5": "reviews of municipalities"}
# The dimensions beside region and time that are crossed somewhere: the first of a family
# is what the others' totals are tied to.
CUBES = {
    "hospital": [("Hendelsestype", "Alvorlighet"), ("Sted",), ("Tidsnok",), ("Koblet",),
                 ("Hendelsestype", "Prosess")],
    "municipal": [("Hendelsestype",), ("Alvorlighet",), ("Koblet",)],
    "final": [("Hendelsestype",), ("Alvorlighet",), ("Registreringsaar",), ("Gjennomgang",)],
    "reviews of municipalities": [("Gjennomgang",)],
}
NATION_ONLY = {("Hendelsestype", "Prosess"), ("Registreringsaar",)}


# A review's state and its factors are two sides of one thing: each combination is an
# unknown of its own. A year's reports are notified or not.
COMPLETED = ("completed_in_time", "completed_late")
CODED = ("levels_0", "levels_1", "levels_2", "levels_3")
NOT_NOTIFIED = "not notified"


def review_code(by):
    """The code of a cell of V4 or V5 among the sums of those unknowns; None: it is of no review."""
    if "Faktorer" in by:
        return "completed" if by["Faktorer"] == "00" else "factors " + by["Faktorer"]
    if "Gjennomgang" in by:
        return "notified" if by["Gjennomgang"] == "00" else by["Gjennomgang"]
    return None


def review_axis(of_all):
    """`of_all`: with those that were not notified."""
    states = ("none", "started", "overdue", "not_carried_out")
    below = {state: {state} for state in states}
    for factors in ("not_coded", "none_found", *CODED):
        below["factors " + factors] = {f"{state} {factors}" for state in COMPLETED}
    for state in COMPLETED:
        below[state] = {f"{state} {factors}" for factors in ("not_coded", "none_found", *CODED)}
    below["factors coded"] = set().union(*(below["factors " + factors] for factors in CODED))
    below["completed"] = below[COMPLETED[0]] | below[COMPLETED[1]]
    below["notified"] = below["completed"] | set(states)
    below["00"] = below["notified"] | ({NOT_NOTIFIED} if of_all else set())
    if of_all:
        below[NOT_NOTIFIED] = {NOT_NOTIFIED}
    return Axis(below)


def months_of(code):
    """The months that a code of time covers, as range(first, end)."""
    if "M" in code:
        year, number = code.split("M")
        return range(12 * int(year) + int(number) - 1, 12 * int(year) + int(number))
    if "K" in code:
        year, number = code.split("K")
        return range(12 * int(year) + 3 * int(number) - 3, 12 * int(year) + 3 * int(number))
    first, _, last = code.partition("-")
    return range(12 * int(first), 12 * int(last or first) + 12)


class Axis:
    """Codes, and the leaves that each is a sum of (indices)."""

    def __init__(self, below):
        self.leaves = sorted({leaf for leaves in below.values() for leaf in leaves})
        place = {leaf: i for i, leaf in enumerate(self.leaves)}
        self.codes = sorted(below, key=lambda c: (-len(below[c]), str(c)))
        self.below = {code: numpy.array(sorted(place[leaf] for leaf in below[code]), dtype=int) for code in self.codes}
        self.sums = numpy.zeros((len(self.codes), len(self.leaves)), dtype=numpy.int64)
        for i, code in enumerate(self.codes):
            self.sums[i, self.below[code]] = 1
        self.parts = {code: self.find_parts(code) for code in self.codes}

    def find_parts(self, code):
        """The coarsest smaller codes that make up a code; none if they do not."""
        left, parts = set(self.below[code].tolist()), []
        for other in self.codes:  # the largest first
            these = set(self.below[other].tolist())
            if len(these) < len(self.below[code]) and these <= left:
                parts.append(other)
                left -= these
        return [] if left else parts


def tree_axis(codes, parent):
    """From child -> parent: each code and the lowest codes below it."""
    below = {code: set() for code in codes}
    for code in codes:
        if code in parent.values():
            continue
        at = code
        while at is not None:
            below[at].add(code)
            at = parent.get(at)
    return Axis(below)


def time_axis(codes):
    """In months, or in years where nothing shorter is told."""
    unit = 1 if any("M" in c for c in codes) else 12
    covered = {c: {m // unit for m in months_of(c)} for c in codes}
    return Axis(covered), unit


class Cube:
    """One family of unknowns: region x dimensions x time."""

    def __init__(self, names, axes):
        self.names, self.axes = names, axes
        self.index = None  # array of column numbers, -1 where the count is known to be 0

    def columns(self, by):
        """Of a cell: by[name] is a code; dimensions that are not named are summed over."""
        parts = [self.axes[n].below[by[n]] if by.get(n) is not None else numpy.arange(len(self.axes[n].leaves))
                 for n in self.names]
        found = self.index[numpy.ix_(*parts)].ravel()
        return found[found >= 0]


class System:
    """One family of one event class: cubes, and rows A x = b."""

    def __init__(self, family, event_class, cubes, columns):
        self.family, self.event_class, self.cubes, self.columns = family, event_class, cubes, columns
        self.shown, self.hidden = {}, {}  # (cube, codes by name) -> value; -> True
        self.marks = set()

    def name(self, cube, codes):
        return f"{self.family} {self.event_class} " + " ".join(codes)

    def cube_for(self, dimensions):
        for i, cube in enumerate(self.cubes):
            if set(dimensions) <= set(cube.names):
                return i
        raise KeyError(dimensions)

    # --- rows ----------------------------------------------------------------------------

    def links(self):
        """Side cubes' totals against the first cube's."""
        main = self.cubes[0]
        for cube in self.cubes[1:]:
            shared = [n for n in cube.names if n in main.names]
            ranges = []
            for n in shared:
                codes = [c for c in cube.axes[n].codes if len(cube.axes[n].below[c]) == 1 and c in main.axes[n].below]
                if n == "Region" and len(cube.axes[n].leaves) == 1:
                    codes = ["NO"]
                # One code per leaf: a region of one organisation is the same leaf.
                ranges.append(list({int(cube.axes[n].below[c][0]): c for c in codes}.values()))
            for codes in itertools.product(*ranges):
                by = dict(zip(shared, codes))
                plus, minus = cube.columns(by), main.columns(by)
                if len(plus) or len(minus):
                    yield plus, minus

    def rows(self):
        """(A, b): the links, then every shown figure that is not the sum of shown ones."""
        data, at, columns, b, seen = [], [], [], [], set()

        def add(plus, minus, value):
            key = (plus.tobytes(), minus.tobytes())
            if key in seen:
                return
            seen.add(key)
            columns.extend((plus, minus))
            data.extend((numpy.ones(len(plus)), -numpy.ones(len(minus))))
            at.extend((numpy.full(len(plus), len(b)), numpy.full(len(minus), len(b))))
            b.append(value)

        none = numpy.array([], dtype=int)
        for plus, minus in self.links():
            add(plus, minus, 0)
        for (cube, codes), value in self.shown.items():
            if not self.follows(cube, codes):
                add(self.cubes[cube].columns(dict(zip(self.cubes[cube].names, codes))), none, value)
        if not b:
            return sparse.csr_matrix((0, self.columns)), numpy.zeros(0)
        a = sparse.csr_matrix((numpy.concatenate(data), (numpy.concatenate(at), numpy.concatenate(columns))),
                              shape=(len(b), self.columns))
        return a, numpy.array(b, dtype=float)

    def follows(self, cube, codes):
        """Whether the parts of a figure along one dimension are all shown, so that it adds nothing."""
        axes = self.cubes[cube].axes
        for i, name in enumerate(self.cubes[cube].names):
            parts = axes[name].parts[codes[i]]
            if parts and all((cube, codes[:i] + (p,) + codes[i + 1:]) in self.shown for p in parts):
                return True
        return False

    # --- all the counts there are ------------------------------------------------------------

    def spread(self, x, cube):
        """A vector of the unknowns as an array over the cube's codes: every sum there is."""
        cube = self.cubes[cube]
        grid = numpy.where(cube.index >= 0, x[numpy.maximum(cube.index, 0)], 0)
        for i, n in enumerate(cube.names):
            grid = numpy.moveaxis(numpy.tensordot(cube.axes[n].sums, grid, axes=(1, i)), 0, i)
        return grid

    def codes_of(self, cube):
        return [self.cubes[cube].axes[n].codes for n in self.cubes[cube].names]

    def matrix(self, keys):
        """Figures as rows over the unknowns."""
        parts = [self.cubes[c].columns(dict(zip(self.cubes[c].names, codes))) for c, codes in keys]
        at = numpy.repeat(numpy.arange(len(keys)), [len(p) for p in parts])
        where = numpy.concatenate(parts) if parts else numpy.array([], dtype=int)
        return sparse.csr_matrix((numpy.ones(len(where)), (at, where)), shape=(len(keys), self.columns))

    def targets(self):
        """Hidden cells, and their rows."""
        keys = list(self.hidden)
        return keys, self.matrix(keys)

    def groups(self):
        """Columns of each quarter, with the other families' of its year; none where no month is told."""
        if self.cubes[0].yearly:
            return []
        months = self.cubes[0].axes["Tid"].leaves
        found = []
        for quarter in sorted({m // 3 for m in months}):
            at = [i for i, m in enumerate(months) if m // 3 == quarter]
            parts = [self.cubes[0].index[..., at].ravel()]
            for cube in self.cubes[1:]:
                years = cube.axes["Tid"].leaves
                if quarter // 4 in years:
                    parts.append(cube.index[..., years.index(quarter // 4)].ravel())
            columns = numpy.concatenate(parts)
            found.append(columns[columns >= 0])
        return found

    # --- for who compares with the truth ---------------------------------------------------

    def truth(self, rows):
        """The unknowns as the counts have them."""
        x = numpy.zeros(self.columns)
        clocks = {"final": ("event", "review"), "reviews of municipalities": ("review",)}.get(self.family, ("registration",))
        for row in rows:
            municipal = bool(row.municipality)
            if row.clock not in clocks or row.class_ != self.event_class or municipal != ("municipal" in self.family):
                continue
            time = row.period if row.clock == "registration" else row.period * 12
            for cube in self.cubes:
                of_reviews = "Gjennomgang" in cube.names
                if row.clock == "review" and not of_reviews:
                    continue
                self.put(x, cube, row, time, row.n)
                if row.clock == "review":  # so it was not among those that were not notified
                    self.put(x, cube, row._replace(review="", factors=""), time, -row.n)
        return x

    def put(self, x, cube, row, time, n):
        at = self.leaf(cube, row, time)
        if at is not None and cube.index[at] >= 0:
            x[cube.index[at]] += n

    def leaf(self, cube, row, time):
        own = {"Region": row.municipality or row.org, "Hendelsestype": row.type or "unknown",
               "Alvorlighet": row.severity or "unknown", "Sted": row.place or "unknown", "Prosess": row.stage or "unknown",
               "Tidsnok": "late" if row.late else "on_time",
               "Koblet": "linked" if row.linked else "unlinked", "Registreringsaar": str(row.registered_year),
               "Gjennomgang": f"{row.review} {row.factors}".strip() or NOT_NOTIFIED}
        at = []
        for n in cube.names:
            leaves = cube.axes[n].leaves
            leaf = time // (12 if cube.yearly else 1) if n == "Tid" else own[n]
            if n == "Region" and len(leaves) == 1 and leaves[0] == "NO":
                leaf = "NO"
            if leaf not in leaves:
                return None
            at.append(leaves.index(leaf))
        return tuple(at)


def merge(releases):
    """All answers of all releases as one set of tables. A figure that once was shown stays
    known; one that changed is kept as the youngest release has it."""
    merged, conflicts = {}, []
    for name, tables in releases:
        for id, table in tables.items():
            into = merged.setdefault(id, {"dimensions": table.dimensions, "codes": {}, "parent": {}, "cells": {}})
            for d in table.dimensions:
                into["codes"].setdefault(d, {}).update(dict.fromkeys(table.codes[d]))
                into["parent"].setdefault(d, {}).update(table.parent[d])
            for key, value in table.cells.items():
                before = into["cells"].get(key)
                if isinstance(before, int) and isinstance(value, int) and before != value:
                    conflicts.append((name, id, key, before, value))
                if not isinstance(before, int) or isinstance(value, int):
                    into["cells"][key] = value
    return merged, conflicts


def build(merged, coverage):
    """The systems, one per family and event class. `coverage`: first month of each organisation."""
    families = {}
    for id, table in merged.items():
        families.setdefault(FAMILIES[id[:2]], {})[id] = table
    systems = []
    for family, tables in families.items():
        classes = list(dict.fromkeys(c for t in tables.values() for c in t["codes"]["Hendelsesklasse"]))
        for event_class in classes:
            systems.append(build_system(family, event_class, tables, coverage, whose(families, family)))
    return systems


def whose(families, family):
    """Tables that tell the organisations: those of final figures and of reviews stop above them."""
    if family == "reviews of municipalities":
        return [*families[family].values(), *families.get("municipal", {}).values()]
    return list(families["hospital" if family == "final" else family].values())


def axis_of(tables, name, more=()):
    """`more`: municipalities that are in no table yet, by their numbers below their counties."""
    codes = dict.fromkeys(c for c in more if len(c) == 4)
    parent = {c: c[:2] for c in codes}
    for t in tables:
        codes.update(t["codes"].get(name, {}))
        parent.update(t["parent"].get(name, {}))
    if name == "Tid":
        return time_axis(codes)
    # A code's total where the table shows no more of the hierarchy.
    total = "NO" if name == "Region" else "00"
    for c in codes:
        if c != total and c not in parent:
            parent[c] = total
    return tree_axis(list(codes), parent), None


def build_system(family, event_class, tables, coverage, organisations):
    cubes, columns = [], 0
    region, _ = axis_of(organisations, "Region", coverage if "municipal" in family else ())
    full_time, unit = axis_of(tables.values(), "Tid")
    for own in CUBES[family]:
        those = [t for t in tables.values() if set(own) <= set(t["dimensions"])]
        if not those:
            continue
        names, axes = ("Region",) + own + ("Tid",), {}
        nation = own in NATION_ONLY
        axes["Region"] = tree_axis(["NO"], {}) if nation else region
        for n in own:
            axes[n] = review_axis(family == "final") if n == "Gjennomgang" else axis_of(tables.values(), n)[0]
        main = not cubes
        axes["Tid"], its_unit = (full_time, unit) if main else axis_of(those, "Tid")
        cube = Cube(names, axes)
        cube.yearly = its_unit == 12
        shape = tuple(len(axes[n].leaves) for n in names)
        known = numpy.zeros(shape, dtype=bool)
        if family in ("hospital", "municipal"):
            starts = {who: coverage.get(who) for who in region.leaves}
            if nation:  # nothing, while nobody of its organisations reports
                starts = {"NO": None if None in starts.values() else min(starts.values())}
            for i, who in enumerate(axes["Region"].leaves):
                start = starts[who]
                if start is None:
                    continue
                for j, time in enumerate(axes["Tid"].leaves):
                    if (time + 1) * its_unit <= start:
                        known[(i,) + (slice(None),) * len(own) + (j,)] = True
        if own == ("Registreringsaar",):  # final figures are closed in the spring after their year
            for j, registered in enumerate(axes[own[0]].leaves):
                for k, year in enumerate(axes["Tid"].leaves):
                    known[:, j, k] = int(registered) > year + 1
        index = numpy.full(shape, -1)
        index[~known] = numpy.arange(columns, columns + (~known).sum())
        cube.index = index
        columns += int((~known).sum())
        cubes.append(cube)
    system = System(family, event_class, cubes, columns)
    fill(system, event_class, tables)
    return system


def fill(system, event_class, tables, truth=None):
    """Each cell where it belongs: shown, hidden, or with another mark. With `truth`: only the
    figures that are right, of a release that need not be."""
    for id, table in tables.items():
        at = table["dimensions"].index("Hendelsesklasse")
        dimensions = [d for d in table["dimensions"] if d != "Hendelsesklasse"]
        which = system.cube_for(["Gjennomgang" if d == "Faktorer" else d for d in dimensions])
        cube = system.cubes[which]
        for key, value in table["cells"].items():
            if key[at] != event_class:
                continue
            by = dict(zip(table["dimensions"], key))
            by["Gjennomgang"] = review_code(by) or "00"
            codes = tuple(by.get(n, "NO" if n == "Region" else "00") for n in cube.names)
            if isinstance(value, int):
                if truth is None or truth[cube.columns(dict(zip(cube.names, codes)))].sum() == value:
                    system.shown[which, codes] = value
            elif value == ":" and truth is None:
                system.hidden[which, codes] = True
            elif truth is None:
                system.marks.add((which, codes))
    for key in system.shown:
        system.hidden.pop(key, None)


def fill_withdrawn(systems, truths, tables):
    """What a withdrawn release told and was right about is known for good."""
    merged, _ = merge([("", tables)])
    for system, truth in zip(systems, truths):
        fill(system, system.event_class, {id: t for id, t in merged.items() if FAMILIES[id[:2]] == system.family}, truth)
