"""What follows by additions and subtractions alone: a sum of unknowns is determined when
it is 0 for every vector of the kernel of A. Exact, modulo a prime: blocks of rows are
reduced, and subtracted from the rest as one matrix product in doubles, in which nothing
is rounded (19-bit numbers, sums of fewer than 2^15 of their products).

Two random vectors of the kernel decide: a sum that is 0 in both is 0 in all, but for a
chance of 4 in 10^12 for each. `project` is the same in floating point, for systems too large
for this: what it finds is a suspicion, to be confirmed."""
import numpy
from scipy.sparse import bmat, csgraph
from scipy.sparse.linalg import lsmr

P = 2 ** 19 - 1
BLOCK = 32
WIDTH_MAX = 2 ** 15


def components(a):
    """Rows and columns that hang together, as pairs of index arrays."""
    rows, columns = a.shape
    graph = bmat([[None, a], [a.T, None]]).tocsr() if rows else None
    if graph is None:
        return [(numpy.array([], dtype=int), numpy.arange(columns))]
    n, label = csgraph.connected_components(graph, directed=False)
    order = numpy.argsort(label, kind="stable")
    parts = numpy.split(order, numpy.cumsum(numpy.bincount(label, minlength=n))[:-1])
    return [(part[part < rows], part[part >= rows] - rows) for part in parts]


def reduce_block(block):
    """Gauss-Jordan within a few rows; those that are left, and their pivots' columns."""
    kept, pivots = 0, []
    for i in range(len(block)):
        where = numpy.flatnonzero(block[i])
        if not len(where):
            continue
        pivot = int(where[-1])
        block[i] = block[i] * pow(int(block[i, pivot]), -1, P) % P
        others = block[:, pivot].copy()
        others[i] = 0
        hit = numpy.flatnonzero(others)
        block[hit] = (block[hit] - numpy.outer(others[hit], block[i])) % P
        if kept != i:
            block[[kept, i]] = block[[i, kept]]
        kept += 1
        pivots.append(pivot)
    return block[:kept], pivots


def kernel_of(dense, random, vectors):
    """Random vectors of the kernel of one matrix, as columns."""
    rest, done = dense % P, []
    assert rest.shape[1] < WIDTH_MAX, "too wide for exact doubles"
    while len(rest):
        block, pivots = reduce_block(rest[:BLOCK].copy())
        rest = rest[BLOCK:]
        if not pivots:
            continue
        hit = numpy.flatnonzero(rest[:, pivots].any(axis=1))
        rest[hit] = (rest[hit] - rest[numpy.ix_(hit, pivots)] @ block) % P
        done.append((block, pivots))
    x = random.integers(0, P, (dense.shape[1], vectors)).astype(float)
    for block, pivots in reversed(done):
        x[pivots] = 0
        x[pivots] = -(block @ x) % P
    return x


def kernel(a, seed=1, vectors=2):
    """Random vectors of the kernel of a sparse matrix, one a row, in integers modulo P."""
    random = numpy.random.default_rng(seed)
    x = numpy.zeros((a.shape[1], vectors), dtype=numpy.int64)
    a = a.tocsr()
    for rows, columns in components(a):
        part = a[rows][:, columns].toarray()
        x[columns] = kernel_of(part, random, vectors).astype(numpy.int64)
    check = (a.astype(numpy.int64) @ x) % P
    assert not check.any(), "not a vector of the kernel"
    return x.T


def project(a, seed=1, vectors=2):
    """The same in floating point, by least squares."""
    random = numpy.random.default_rng(seed)
    x = []
    for _ in range(vectors):
        r = random.standard_normal(a.shape[1])
        for _ in range(3):  # each pass takes off what is left of the rows
            r -= a.T @ lsmr(a.T, r, atol=1e-13, btol=1e-13, maxiter=4000)[0]
        x.append(r)
    return numpy.array(x)


def zeros(system, x, cube, tolerance=None):
    """Which of a cube's sums are 0 in all vectors."""
    found = True
    for v in x:
        grid = system.spread(v, cube)
        found = found & ((grid % P == 0) if tolerance is None else (numpy.abs(grid) < tolerance))
    return found
