"""Who knows counts of their own: each organisation, and each region with all of its own.
They know them as they are, shown, hidden or never published, and look for others'."""
import numpy
from scipy import sparse

import linear

SMALL = 5


def insiders(system):
    """{code: leaves of the region axis} of all that are not everyone."""
    axis = next((c.axes["Region"] for c in system.cubes), None)
    if axis is None or len(axis.leaves) < 2:
        return {}
    return {code: below for code, below in axis.below.items() if len(below) < len(axis.leaves)}


def own_columns(system, leaves):
    """Unknowns that are this insider's own counts."""
    own = numpy.zeros(system.columns, dtype=bool)
    for cube in system.cubes:
        if len(cube.axes["Region"].leaves) > 1:
            columns = cube.index[leaves].ravel()
            own[columns[columns >= 0]] = True
    return own


def vectors(system, leaves, a, solve=linear.kernel):
    """Vectors that fit all it knows: nothing in them of its own."""
    columns = numpy.flatnonzero(~own_columns(system, leaves))
    x = solve(a[:, columns])
    whole = numpy.zeros((len(x), system.columns), dtype=x.dtype)
    whole[:, columns] = x
    return whole


def follows(system, leaves, x, cube, tolerance=None):
    """Which of a cube's counts follow, of those that others have a part in."""
    others = system.spread((~own_columns(system, leaves)).astype(float), cube) > 0
    return linear.zeros(system, x, cube, tolerance) & others


def told(system, leaves, truth, x, cube, tolerance=None):
    """These counts, by family, class, names and codes."""
    codes, value = system.codes_of(cube), system.spread(truth, cube)
    return {(system.family, system.event_class, system.cubes[cube].names, tuple(c[j] for c, j in zip(codes, at))): int(value[at])
            for at in zip(*numpy.nonzero(follows(system, leaves, x, cube, tolerance)))}


def attack(system, leaves, truth, x, tolerance=None):
    """What an insider computes exactly of others: [(cube, codes, others' count, is a cell)].

    Of each count, whether a table shows it or not, it takes off its own part. What is left
    belongs to others: found, when it follows and is small."""
    own = own_columns(system, leaves)
    found = []
    for i in range(len(system.cubes)):
        others = system.spread(truth * ~own, i)
        whole = system.spread(truth, i)
        codes = system.codes_of(i)
        for at in zip(*numpy.nonzero(follows(system, leaves, x, i, tolerance) & (others < SMALL))):
            key = tuple(c[j] for c, j in zip(codes, at))
            found.append((i, key, int(others[at]), bool(whole[at] < SMALL)))
    return found


def program(system, leaves, truth, a, b):
    """The same insider's linear program: equations over what it does not know."""
    own = own_columns(system, leaves)
    columns = numpy.flatnonzero(~own)
    return sparse.csr_matrix(a[:, columns]), b - a @ (truth * own), columns
