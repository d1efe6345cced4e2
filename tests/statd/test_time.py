#!/usr/bin/python3
"""What is hidden costs what is shown costs, and what is not there costs what is not yours.

    test_time.py              a ctest: fails where a difference shows in three rounds
    test_time.py --bench N    prints a table of N samples a kind, fails never

A hidden cell says so (':' where digits stood), so an answer's length may differ by that and
by nothing else; no header but those of the length and of the question tells of it. The
control of each question does somewhat more work, as a server would that looked at what a
cell holds before it answers. How it is measured is in tests/oracle/timing.py."""
import pathlib
import sys
import urllib.parse

import release
from statd import Statd

sys.path.append(str(pathlib.Path(__file__).parents[1] / "oracle"))
from timing import run  # noqa: E402

PERIODS = 40
OWN = {"Date", "Trace-Id", "RateLimit", "Content-Length", "ETag"}  # of the request, or of its words


class Question:
    def __init__(self, name, **kinds):
        self.name, self.kinds = name, kinds
        self.control = list(kinds)[-1]
        self.alike = list(kinds)[:-1]


def value(codes):
    """One region is shown throughout, its twin hidden throughout; three digits each."""
    return {"helse_vest": 100 + len(codes[-1]) + int(codes[-1][3]) * 10, "helse_nord": ":"}.get(codes[0], 999)


def path(table="V1010", region="NO", periods=None, **more):
    query = {"valuecodes[Region]": region, "valuecodes[Hendelsesklasse]": "incident", "valuecodes[ContentsCode]": "*",
             "valuecodes[Tid]": periods or "*", **more}
    return f"/api/v2/tables/{table}/data?" + urllib.parse.urlencode(query, safe="[](),*?")


def get(*paths):
    return [("GET", p, {}, b"") for p in paths]


def known(s, region, times):
    """Requests of one who has each answer already."""
    for t in times:
        p = path(region=region, periods=t)
        yield "GET", p, {"If-None-Match": s.request("GET", p).headers["ETag"]}, b""


def questions(s, times, whole):
    """`whole`: also slices whose answers hold 40 marks or none. There the marks themselves take
    time to write, which tells no more than the marks do: for the bench's table alone."""
    shown, hidden = "helse_vest", "helse_nord"
    for form in ("json-stat2", "csv"):
        yield Question(f"one cell, {form}", shown=get(*(path(region=shown, periods=t, outputFormat=form) for t in times)),
                       hidden=get(*(path(region=hidden, periods=t, outputFormat=form) for t in times)),
                       control=get(path(region=f"{shown},{hidden}", outputFormat=form)))
        if whole:
            yield Question(f"{PERIODS} cells, {form}", shown=get(path(region=shown, outputFormat=form)),
                           hidden=get(path(region=hidden, outputFormat=form)), control=get(path(region=f"{shown},{hidden}", outputFormat=form)))
    yield Question("an answer that is known", shown=list(known(s, shown, times)), hidden=list(known(s, hidden, times)),
                   control=get(*(path(region=shown, periods=t) for t in times)))
    yield Question("a refusal beside them", shown=get(path(region=shown + ",unknown00")), hidden=get(path(region=hidden + ",unknown00")),
                   control=get(path(region=shown)))
    yield Question("a table of the sector", none=get(path("V9999")), sector=get(path("V1050")), control=get(path()))


def hold_alike(s, times):
    """Headers but for the words of the question; the length but for the mark itself."""
    for form, mark in (("json-stat2", len("null") + len('"status":{"0":":"},') - 3), ("csv", len('":"') - 3)):
        a, b = (s.request("GET", path(region=r, periods=times[0], outputFormat=form)) for r in ("helse_vest", "helse_nord"))
        # The codes and the names of both regions are of one length.
        assert {k: v for k, v in a.headers.items() if k not in OWN} == {k: v for k, v in b.headers.items() if k not in OWN}, (a, b)
        assert sorted(a.headers) == sorted(b.headers)
        assert len(b.body) - len(a.body) == mark, (form, a.body, b.body)
        tags = [s.request("GET", path(region=r, periods=times[0], outputFormat=form), headers={"If-None-Match": answer.headers["ETag"]})
                for r, answer in (("helse_vest", a), ("helse_nord", b))]
        assert [t.status for t in tags] == [304, 304]
        assert sorted(tags[0].headers) == sorted(tags[1].headers)


def main():
    with Statd(calls=1000000, window_seconds=1) as s:
        periods = release.quarters(2014, PERIODS)
        times = [t[0] for t in periods]
        tables = [release.table("V1010", "public", release.REGIONS, [], periods, value),
                  release.table("V1050", "sector", release.REGIONS, [], periods, value)]
        s.publish("2026K1", tables)
        hold_alike(s, times)
        return run(s, list(questions(s, times, "--bench" in sys.argv)))


if __name__ == "__main__":
    sys.exit(main())
