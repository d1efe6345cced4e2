#!/usr/bin/python3
"""No answer's time tells what its caller may not know.

    test_time.py              a ctest: fails where a difference shows in three rounds
    test_time.py --bench N    prints a table of N samples a kind, fails never

How it is measured is in timing.py. A control differs by a look into a tenant's file, or by
a few more members to check."""
import sys

from cases import Installation
from timing import run


def main():
    with Installation() as v:
        return run(v, v.questions())


if __name__ == "__main__":
    sys.exit(main())
