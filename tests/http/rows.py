"""Rows of the table of hostile inputs (tests/inputs), left in the build folder by each
test that has some: (number, input, status, code), with code "taken" for what is right."""
import json
import os
import pathlib
import sys

BUILD = pathlib.Path(os.environ.get("VARDE_BUILD", pathlib.Path(__file__).parents[2] / "build/dev"))


def file_of(test):
    return BUILD / "inputs" / (test.replace("/", ".") + ".json")


def keep(rows, test=None):
    """Called at the end of a test that has passed; the name is as ctest has it."""
    program = pathlib.Path(sys.argv[0]).resolve()
    path = file_of(test or f"{program.parent.name}/{program.stem.removeprefix('test_')}")
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(sorted(rows, key=lambda row: row[0]), ensure_ascii=False, indent=0))
