"""All attacks on one set of answers, and what they found, in figures and by cell."""
import dataclasses
import time

import numpy

import bounds
import equations
import insider
import linear


@dataclasses.dataclass
class Findings:
    cells: int = 0      # of all tables, each once
    hidden: int = 0
    small_hidden: int = 0
    changed: list = dataclasses.field(default_factory=list)     # from one release to another
    wrong: list = dataclasses.field(default_factory=list)       # shown, and not the truth
    small_shown: list = dataclasses.field(default_factory=list)
    linear: list = dataclasses.field(default_factory=list)      # hidden, and follows
    unpublished: list = dataclasses.field(default_factory=list)  # small, not in a table, and follows
    changes: list = dataclasses.field(default_factory=list)     # from preliminary to final, small, and follows
    single: list = dataclasses.field(default_factory=list)
    narrow: list = dataclasses.field(default_factory=list)
    revealed: list = dataclasses.field(default_factory=list)
    undecided: list = dataclasses.field(default_factory=list)
    insiders: dict = dataclasses.field(default_factory=dict)    # code -> found
    rest: dict = dataclasses.field(default_factory=dict)        # code -> small rests of others in larger counts
    insider_bounds: dict = dataclasses.field(default_factory=dict)
    programs: int = 0
    seconds: dict = dataclasses.field(default_factory=dict)

    def summary(self):
        return (f"{self.cells} cells, {self.hidden} hidden ({self.small_hidden} are 1..4); "
                f"linear {len(self.linear)}, unpublished {len(self.unpublished)}, changes {len(self.changes)}; "
                f"single {len(self.single)}, narrow {len(self.narrow)}, revealed {len(self.revealed)}, "
                f"undecided {len(self.undecided)} ({self.programs} programs); "
                f"insiders {sum(map(bool, self.insiders.values()))} of {len(self.insiders)}, "
                f"rests {sum(map(bool, self.rest.values()))}, by bounds {sum(map(bool, self.insider_bounds.values()))} of "
                f"{len(self.insider_bounds)}; " + ", ".join(f"{k} {v:.1f} s" for k, v in self.seconds.items()))


    def above_bars(self):
        """What is worse than it may be, in words; nothing when all is well."""
        told = []
        for name in ("changed", "wrong", "small_shown", "linear", "unpublished", "changes", "single", "narrow", "undecided"):
            if getattr(self, name):
                told.append(f"{name}: {len(getattr(self, name))}, such as {getattr(self, name)[:3]}")
        if len(self.revealed) > 0.001 * self.small_hidden:
            told.append(f"revealed: {len(self.revealed)} of {self.small_hidden}, such as {self.revealed[:3]}")
        for name in ("insiders", "rest", "insider_bounds"):
            for code, found in getattr(self, name).items():
                if found:
                    told.append(f"{name}: {code} finds {len(found)}, such as {found[:3]}")
        return told


class Attack:
    def __init__(self, answers, coverage, rows, exact=True, withdrawn=()):
        """`answers`: [(release, tables)] in order; `rows`: the counts behind them, to judge by."""
        merged, conflicts = equations.merge([a for a in answers if a[0] not in withdrawn])
        self.systems = equations.build(merged, coverage)
        self.truths = [s.truth(rows) for s in self.systems]
        for name, tables in answers:
            if name in withdrawn:
                equations.fill_withdrawn(self.systems, self.truths, tables)
        self.solve, self.tolerance = (linear.kernel, None) if exact else (linear.project, 1e-7)
        self.rows = [s.rows() for s in self.systems]
        self.findings = Findings(changed=conflicts)
        self.zeros_shown = any(0 in s.shown.values() for s in self.systems)
        self.look()

    def look(self):
        f = self.findings
        for s, x in zip(self.systems, self.truths):
            f.cells += len(s.shown) + len(s.hidden)
            f.hidden += len(s.hidden)
            keys, rows = s.targets()
            f.small_hidden += int(((rows @ x >= 1) & (rows @ x < 5)).sum())
            for (cube, codes), value in s.shown.items():
                c = s.cubes[cube]
                if int(x[c.columns(dict(zip(c.names, codes)))].sum()) != value:
                    f.wrong.append((s.name(cube, codes), value))
                if 1 <= value < 5:
                    f.small_shown.append((s.name(cube, codes), value))

    def timed(self, name, start):
        self.findings.seconds[name] = self.findings.seconds.get(name, 0) + time.monotonic() - start

    # --- outsiders ---------------------------------------------------------------------------

    def linear(self):
        start, f, told_totals = time.monotonic(), self.findings, {}
        for s, truth, (a, _) in zip(self.systems, self.truths, self.rows):
            x = self.solve(a)
            for i in range(len(s.cubes)):
                told = linear.zeros(s, x, i, self.tolerance)
                value = s.spread(truth, i)
                exists = s.spread(numpy.ones(s.columns), i) > 0
                codes = s.codes_of(i)
                for at in zip(*numpy.nonzero(told & exists)):
                    key = tuple(c[j] for c, j in zip(codes, at))
                    if (i, key) in s.hidden:
                        f.linear.append((s.name(i, key), int(value[at])))
                    elif (i, key) not in s.shown and value[at] < 5:
                        f.unpublished.append((s.name(i, key), int(value[at])))
                    told_totals[s.family, s.event_class, s.cubes[i].names, key] = int(value[at])
        self.changes(told_totals)
        self.timed("linear", start)
        return self

    def changes(self, told, who=""):
        """What was counted as it came, less the final figure of the same place and year. A
        small change tells of a few reports. Of final figures by year of registration, those
        of the year itself are compared."""
        main = ("Region", "Hendelsestype", "Alvorlighet", "Tid")
        for (family, event_class, names, key), final in told.items():
            by = dict(zip(names, key))
            if family != "final" or by.pop("Registreringsaar", by["Tid"]) != by["Tid"]:
                continue
            there = tuple(by.get(n, "NO" if n == "Region" else "00") for n in main)
            preliminary = told.get(("hospital", event_class, main, there))
            if preliminary is not None and abs(preliminary - final) < 5:
                self.findings.changes.append((f"{who}change {event_class} " + " ".join(key), preliminary - final))

    def small_unpublished(self, s, truth, most, random):
        """Counts of 1 .. 4 that no table has a place for, or some of them."""
        keys = []
        for i in range(len(s.cubes)):
            value, codes = s.spread(truth, i), s.codes_of(i)
            for at in zip(*numpy.nonzero((value >= 1) & (value < 5))):
                key = (i, tuple(c[j] for c, j in zip(codes, at)))
                if key not in s.hidden and key not in s.shown:
                    keys.append(key)
        if len(keys) > most:
            keys = [keys[i] for i in sorted(random.choice(len(keys), most, replace=False))]
        return keys

    def bounds(self, rounds=60, singles=300, seconds=1e9, unpublished=400, seed=1):
        start, f, random = time.monotonic(), self.findings, numpy.random.default_rng(seed)
        for s, truth, (a, b) in zip(self.systems, self.truths, self.rows):
            keys = list(s.hidden)
            more = self.small_unpublished(s, truth, unpublished, random)
            figures = bounds.Figures(keys + more, s.matrix(keys + more), truth, [True] * len(keys) + [False] * len(more),
                                     least=1 if self.zeros_shown else 0)
            undecided, solved = bounds.audit(a, b, figures, truth, s.groups(), seed, rounds, singles, seconds)
            self.judge(s, figures, undecided, f)
            f.programs += solved
        self.timed("bounds", start)
        return self

    def judge(self, s, figures, undecided, f):
        low, high = figures.integers()
        single, narrow, revealed = figures.single(), figures.narrow(), figures.revealed()
        for i, key in enumerate(figures.keys):
            if key in undecided:
                f.undecided.append(s.name(*key))
                continue
            said = (s.name(*key), int(figures.values[i]), int(low[i]), int(min(high[i], 10 ** 9)))
            if single[i]:
                f.single.append(said)
            if narrow[i]:
                f.narrow.append(said)
            if revealed[i]:
                f.revealed.append(said)

    # --- insiders ------------------------------------------------------------------------------

    def insiders(self, only=None):
        start, f, told = time.monotonic(), self.findings, {}
        for s, truth, (a, _) in zip(self.systems, self.truths, self.rows):
            for code, leaves in insider.insiders(s).items():
                if only and code not in only:
                    continue
                x = insider.vectors(s, leaves, a, self.solve)
                for i in range(len(s.cubes)):
                    told.setdefault(code, {}).update(insider.told(s, leaves, truth, x, i, self.tolerance))
                found = insider.attack(s, leaves, truth, x, self.tolerance)
                f.insiders.setdefault(code, []).extend((s.name(i, key), n) for i, key, n, small in found if small)
                f.rest.setdefault(code, []).extend((s.name(i, key), n) for i, key, n, small in found if not small)
        for code, figures in told.items():
            self.changes(figures, code + ": ")
        self.timed("insiders", start)
        return self

    def insider_bounds(self, only, rounds=30, singles=100, seconds=1e9, unpublished=200, seed=1):
        """Others' small counts that an insider pins to one number by its own and by bounds."""
        start, f, random = time.monotonic(), self.findings, numpy.random.default_rng(seed)
        for s, truth, (a, b) in zip(self.systems, self.truths, self.rows):
            for code, leaves in insider.insiders(s).items():
                if code not in only:
                    continue
                own_a, own_b, columns = insider.program(s, leaves, truth, a, b)
                groups = [numpy.flatnonzero(numpy.isin(columns, g)) for g in s.groups()]
                keys = list(s.hidden) + self.small_unpublished(s, truth, unpublished, random)
                left = s.matrix(keys)[:, columns]
                others = left @ truth[columns]
                some = numpy.flatnonzero((others < 5) & (numpy.diff(left.indptr) > 0))
                figures = bounds.Figures([keys[i] for i in some], left[some], truth[columns], [False] * len(some))
                undecided, solved = bounds.audit(own_a, own_b, figures, truth[columns], groups, seed, rounds, singles, seconds)
                f.programs += solved
                f.undecided += [f"{code}: {s.name(*k)}" for k in undecided]
                f.insider_bounds.setdefault(code, []).extend(
                    (s.name(*k), int(v)) for k, v, alone in zip(figures.keys, figures.values, figures.single())
                    if alone and k not in undecided)
        self.timed("insider bounds", start)
        return self
