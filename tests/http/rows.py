"""Rows of the table of hostile inputs (tests/inputs), left in the build folder by each test
that has some: (number, input, status, code, reason). The code is "taken" for what is right;
the reason is the log's, which check refused, or "" where there is none."""
import atexit
import json
import os
import pathlib
import sys

BUILD = pathlib.Path(os.environ.get("VARDE_BUILD", pathlib.Path(__file__).parents[2] / "build/dev"))


added = []


def file_of(test):
    return BUILD / "inputs" / (test.replace("/", ".") + ".json")


def reasons(v):
    """{trace id: reason} of all that this daemon has refused."""
    return {line["trace_id"]: line["reason"] for line in v.log() if "trace_id" in line and line.get("reason")}


def add(number, what, status, code, reason=""):
    """For a test of something else that meets one of the inputs: kept when it ends."""
    if not added:
        atexit.register(keep, added)
    row = (number, what, status, code, reason)
    if row not in added:
        added.append(row)


def keep(rows, test=None):
    """Called at the end of a test that has passed; the name is as ctest has it."""
    program = pathlib.Path(sys.argv[0]).resolve()
    path = file_of(test or f"{program.parent.name}/{program.stem.removeprefix('test_')}")
    path.parent.mkdir(exist_ok=True)
    padded = [(*row, "")[:5] for row in rows]
    path.write_text(json.dumps(sorted(padded, key=lambda row: row[0]), ensure_ascii=False, indent=0))
