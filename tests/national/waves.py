"""A country played through a real varded, day by day of its own clock. For every test
that needs years of reports:

    with Varde() as v:
        country = Waves(v, reports=2000, until="2026-10")
        as_of = country.play("2024-04-20T06:00:00Z")
        …                                              # build a release as of `as_of`
        counts = country.truth.registration(seconds(as_of))
"""
import io
import contextlib
import os
import pathlib
import sys

SOURCE = pathlib.Path(os.environ.get("VARDE_SOURCE", pathlib.Path(__file__).parents[2]))
sys.path[:0] = [str(SOURCE / "deploy/national"), str(SOURCE / "tests/http"), str(SOURCE / "tests/release"), str(SOURCE / "tests/national")]
import fill  # noqa: E402
import register  # noqa: E402
import truth  # noqa: E402
from fill import seconds  # noqa: E402,F401
from varde import BIN  # noqa: E402


class Waves:
    """`numbers` are the plan's (deploy/national/fill --help)."""

    def __init__(self, varde, **numbers):
        self.varde, self.numbers, self.moments = varde, numbers, []
        self.plan, self.counts = None, None

    def play(self, moment):
        """Sets the clock to `moment` and sends what is ready by then. Returns a time
        after the last of it was received."""
        self.varde.at(moment)
        with contextlib.redirect_stdout(io.StringIO()):
            self.plan, self.counts = fill.fill(self.varde.conf, BIN, moment, **self.numbers)
        self.moments.append(seconds(moment))
        return register.Operator(self.varde.conf, BIN).run("status")["clock"]

    @property
    def truth(self):
        """Of what was played so far."""
        return truth.Truth(self.plan, self.moments)
