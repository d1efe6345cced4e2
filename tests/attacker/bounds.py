"""What follows when no count is negative: the least and the greatest that a figure can be,
by linear programs (HiGHS), rounded inwards.

A figure is certified wide as soon as two tables that the answers allow differ enough in
it. A program with a random mixture of figures as objective does that for many at once;
the few that are left get programs of their own."""
import time

import numpy
from scipy.optimize import linprog

import linear

EPSILON = 1e-6
WIDE = 3   # a hidden figure's least and greatest must be that far apart
LARGE = 5000  # unknowns: from here on, groups of columns are tried first
SMALL = 5  # and 1 .. 5 all be possible where it is one of 1 .. 4


class Figures:
    """What is asked about: sums of unknowns, and how far each is certified.

    `hidden`: whether a table shows the figure's place; of others it is enough that they are
    not told exactly."""

    def __init__(self, keys, rows, truth, hidden, least=0):
        self.keys, self.rows, self.least = keys, rows.tocsr(), least
        self.values = rows @ truth
        self.hidden = numpy.asarray(hidden, dtype=bool)
        self.low, self.high = self.values.copy(), self.values.copy()
        self.low_elsewhere, self.high_elsewhere = self.values.copy(), self.values.copy()
        self.exact = numpy.zeros(len(keys), dtype=bool)
        self.small = self.hidden & (self.values >= 1) & (self.values < SMALL)

    def widen(self, least, greatest, at=slice(None)):
        """They can be so much smaller or greater at once with what varies elsewhere."""
        self.low[at] = numpy.minimum(self.low[at], self.low_elsewhere[at] + least)
        self.high[at] = numpy.maximum(self.high[at], self.high_elsewhere[at] + greatest)

    def vary(self, least, greatest, at=slice(None)):
        """One component is done; others vary apart from it, so their parts are added."""
        self.widen(least, greatest, at)
        self.low_elsewhere[at] += least
        self.high_elsewhere[at] += greatest

    def integers(self):
        return numpy.ceil(self.low - EPSILON), numpy.floor(self.high + EPSILON)

    def narrow(self):
        low, high = self.integers()
        return self.hidden & (high - low < WIDE)

    def single(self):
        low, high = self.integers()
        return high == low

    def revealed(self):
        """A small count of which its interval says more than that it is small."""
        low, high = self.integers()
        return self.small & ((low > max(1, self.least)) | (high < SMALL))

    def open(self):
        """(downwards, upwards): where another program could still certify something."""
        low, high = self.integers()
        short = self.narrow() | (~self.hidden & (high == low))
        down, up = short | (self.small & (low > max(1, self.least))), short | (self.small & (high < SMALL))
        return down & (self.low > 0), up


class Program:
    """Unknowns of one component: not negative, equal to what is shown; where 0 is shown,
    what is hidden is at least 1."""

    def __init__(self, a, b, much, at_least=None):
        """`much`: of one unknown, only so that nothing is unbounded."""
        self.a, self.b, self.much, self.at_least, self.solved = a, b, much, at_least, 0

    def best(self, objective):
        more = {}
        if self.at_least is not None:
            more = {"A_ub": -self.at_least, "b_ub": -numpy.ones(self.at_least.shape[0])}
        answer = linprog(-objective, A_eq=self.a, b_eq=self.b, bounds=(0, self.much), method="highs", **more)
        self.solved += 1
        assert answer.status == 0, (answer.status, answer.message)
        return answer.x


def audit(a, b, figures, truth, groups=(), seed=1, rounds=60, singles=300, seconds=1e9):
    """Narrows `figures` down; (undecided keys, programs solved). `truth`: a table that the
    answers allow. `groups`: columns, such as those of a quarter, that may vary while all others
    stay as they are: that is an allowed table too, and a small program."""
    random, end = numpy.random.default_rng(seed), time.monotonic() + seconds
    much = 100 + 2 * truth.max(initial=0)
    free = numpy.diff(a.tocsc().indptr) == 0
    if figures.least:  # what is hidden ties everything together
        more, groups = figures.rows[figures.hidden], ()
        parts, free = [(numpy.arange(a.shape[0]), numpy.arange(a.shape[1]))], numpy.zeros_like(free)
    else:
        more, parts = None, [p for p in linear.components(a) if len(p[0])]
    figures.vary(figures.rows @ (-truth * free), much * (figures.rows @ free.astype(float)))
    undecided, solved = set(), 0
    for columns in groups if a.shape[1] > LARGE else ():
        its_rows = numpy.flatnonzero(numpy.diff(a[:, columns].indptr))
        program = Program(a[its_rows][:, columns], a[its_rows][:, columns] @ truth[columns], much)
        Part(program, figures, columns, truth[columns]).mix(random, rounds, end)
        solved += program.solved
    for its_rows, columns in parts:
        program = Program(a[its_rows][:, columns], b[its_rows], much, more)
        part = Part(program, figures, columns, truth[columns])
        part.mix(random, rounds, end)
        undecided |= part.one_by_one(singles, end)
        figures.vary(part.least, part.greatest, part.at)
        solved += program.solved
    return undecided, solved


class Part:
    """Figures that have unknowns among some columns, and how far those let them vary."""

    def __init__(self, program, figures, columns, truth):
        rows = figures.rows[:, columns]
        self.at = numpy.flatnonzero(numpy.diff(rows.indptr))
        self.program, self.figures, self.rows = program, figures, rows[self.at]
        self.truth = self.rows @ truth
        self.least, self.greatest = numpy.zeros(len(self.at)), numpy.zeros(len(self.at))

    def take(self, x):
        change = self.rows @ x - self.truth
        self.least, self.greatest = numpy.minimum(self.least, change), numpy.maximum(self.greatest, change)
        self.figures.widen(self.least, self.greatest, self.at)

    def mix(self, random, rounds, end):
        before, idle = numpy.inf, 0
        for _ in range(rounds):
            down, up = (side[self.at] for side in self.figures.open())
            left = down.sum() + up.sum()
            idle = idle + 1 if left > 0.97 * before else 0
            if not left or idle > 4 or time.monotonic() > end:
                return
            before = left
            # Some up and some down: all at once would be at each other's cost.
            sign = numpy.where(up & down, random.choice((-1, 1), len(up)), numpy.where(up, 1, -1)) * (up | down)
            self.take(self.program.best(self.rows.T @ (random.random(len(up)) ** 3 * sign)))

    def one_by_one(self, singles, end):
        undecided = set()
        for i, at in enumerate(self.at):
            for side, sign in ((0, -1), (1, 1)):
                if not self.figures.open()[side][at]:
                    continue
                if singles <= 0 or time.monotonic() > end:
                    undecided.add(self.figures.keys[at])
                    continue
                singles -= 1
                self.take(self.program.best(sign * self.rows[i].toarray().ravel()))
        return undecided

