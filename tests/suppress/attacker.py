"""Someone who reads what the command printed, builds all equations alone, and tries linear
algebra and linear programs over tables without negative counts. Shares nothing with lib/suppress."""

import itertools
import math

import numpy
from scipy import linalg, optimize, sparse


class Grid:
    """Every combination of categories, and which are sums of which. A dimension is
    (name, [category, …], [(parent, [child, …]), …], root); None is a total without name."""

    def __init__(self, dimensions):
        self.dimensions = dimensions
        self.nodes = list(itertools.product(*[categories for _, categories, _, _ in dimensions]))
        self.number = {node: i for i, node in enumerate(self.nodes)}
        self.lines = []
        for d, (_, _, groups, _) in enumerate(dimensions):
            for node in self.nodes:
                for parent, children in groups:
                    if node[d] == parent:
                        self.lines.append((node, [node[:d] + (child,) + node[d + 1:] for child in children]))

    def node(self, key):
        return tuple(key.get(name, root) for name, _, _, root in self.dimensions)

    def key(self, node):
        """As a table says it: without the dimensions that are at their total."""
        return {name: c for (name, _, _, root), c in zip(self.dimensions, node) if c != root}

    def sums(self, leaves):
        """All nodes' counts, from those that are no sum in any dimension."""
        parents = [dict(groups) for _, _, groups, _ in self.dimensions]

        def count(node):
            for d, category in enumerate(node):
                if category in parents[d]:
                    return sum(count(node[:d] + (child,) + node[d + 1:]) for child in parents[d][category])
            return leaves[node]

        return {node: count(node) for node in self.nodes}

    def leaves(self, d, category):
        """What a category is the sum of in the end; itself, where it is no sum."""
        groups = dict(self.dimensions[d][2])
        return {leaf for child in groups[category] for leaf in self.leaves(d, child)} if category in groups else {category}


class Attack:
    """What is known (node: count) leaves the rest between bounds; `positive` are known not to be 0."""

    def __init__(self, grid, known, positive=()):
        self.unknown = [n for n in grid.nodes if n not in known]
        self.column = {n: i for i, n in enumerate(self.unknown)}
        rows, right = [], []
        for total, parts in grid.lines:
            row, rest = {}, 0
            for node, sign in [(total, -1)] + [(p, 1) for p in parts]:
                if node in self.column:
                    row[self.column[node]] = row.get(self.column[node], 0) + sign
                else:
                    rest -= sign * known[node]
            if any(row.values()):
                rows.append(row)
                right.append(rest)
            elif rest:
                raise AssertionError(f"not additive at {total}")
        self.matrix = sparse.lil_matrix((len(rows), len(self.unknown)))
        for i, row in enumerate(rows):
            for j, sign in row.items():
                self.matrix[i, j] = sign
        self.matrix, self.right = self.matrix.tocsr(), numpy.array(right, dtype=float)
        self.limits = [(1 if n in positive else 0, 1e6) for n in self.unknown]
        self.low = numpy.full(len(self.unknown), numpy.inf)
        self.high = numpy.full(len(self.unknown), -numpy.inf)
        self.basis = linalg.null_space(self.matrix.toarray()) if rows else numpy.eye(len(self.unknown))

    def fits(self, x):
        """A table that is said to explain what is known does: the truth, and each that the solver finds."""
        off = numpy.abs(self.matrix @ x - self.right).max() if len(self.right) else 0
        if off > 1e-5 or any(value < low - 1e-6 for value, (low, _) in zip(x, self.limits)):
            raise AssertionError(f"not a table of what is known: off by {off}")

    def holds(self, truth):
        self.fits(numpy.array([truth[n] for n in self.unknown], dtype=float))
        return self

    def follows(self, node):
        """By additions and subtractions alone."""
        return not self.basis.size or bool(numpy.abs(self.basis[self.column[node]]).max() < 1e-8)

    def solve(self, node, sign):
        goal = numpy.zeros(len(self.unknown))
        goal[self.column[node]] = sign
        # Without presolve: with it, HiGHS 1.10 calls some of these infeasible that the truth itself solves.
        found = optimize.linprog(goal, A_eq=self.matrix if len(self.right) else None, options={"presolve": False},
                                 b_eq=self.right if len(self.right) else None, bounds=self.limits, method="highs")
        if found.status:
            raise AssertionError(f"linear program: {found.message}")
        self.fits(found.x)
        self.low, self.high = numpy.minimum(self.low, found.x), numpy.maximum(self.high, found.x)

    def bounds(self, node, enough):
        """Whole numbers that it lies between, or any pair within for which enough() holds:
        tables met on the way have shown them to fit."""
        def seen():
            j = self.column[node]
            if math.isinf(self.low[j]):
                return None
            return math.ceil(self.low[j] - 1e-6), math.floor(self.high[j] + 1e-6)

        for sign in (1, -1):
            if seen() and enough(*seen()):
                break
            self.solve(node, sign)
        return seen()


def outsider(grid, truth, shown, listed, threshold):
    """Faults of a pattern, as (what, node). `shown`: node: count; `listed`: what is published,
    shown or hidden; `truth`: every node's count, by which the damage is judged. Where zeros are
    shown and none is hidden, what is hidden is not 0."""
    concealed = [n for n in listed if n not in shown]
    zeros = 0 in shown.values() and all(truth[n] for n in concealed)
    attack, faults = Attack(grid, shown, set(concealed) if zeros else ()).holds(truth), []
    for node in attack.unknown:
        small = truth[node] < threshold
        if node not in listed and not small:
            continue
        if attack.follows(node):
            faults.append(("follows", node))
            continue
        need = 3 if node in listed else 1
        wide = lambda low, high: high - low >= need and not (node in listed and small and (low > 1 or high < threshold))
        low, high = attack.bounds(node, wide)
        if low == high:
            faults.append(("by bounds", node))
        elif high - low < need:
            faults.append(("narrow", node))
        elif not wide(low, high):
            faults.append(("revealed", node))
    return faults


def insiders(grid, truth, shown, threshold, d):
    """Faults of a pattern against each contributor, and each group with its contributors."""
    leaves = {c: grid.leaves(d, c) for c in grid.dimensions[d][1]}
    everyone, faults = set().union(*leaves.values()), []
    for who in leaves:
        if leaves[who] == everyone:
            continue
        own = {c for c in leaves if leaves[c] <= leaves[who]}
        known = dict(shown)
        known.update({n: truth[n] for n in grid.nodes if n[d] in own})
        attack = Attack(grid, known).holds(truth)
        for node in attack.unknown:
            if truth[node] >= threshold:
                continue
            if attack.follows(node):
                faults.append((f"{who} finds", node))
            else:
                low, high = attack.bounds(node, lambda low, high: high > low)
                if low == high:
                    faults.append((f"{who} finds by bounds", node))
    return faults
