"""Programs on npm packages, run by the tests' own Node (tests/node)."""
import functools
import os
import pathlib
import shutil
import subprocess
import sys

from varde import BIN, SOURCE


@functools.lru_cache(maxsize=None)
def installed():
    """The folder with bin/node and node_modules; exits 77 where they cannot be had."""
    run = subprocess.run([SOURCE / "tests/node/install"], stdout=subprocess.PIPE, text=True,
                         env={"VARDE_BUILD": str(BIN.parent), **os.environ})
    if run.returncode:
        sys.exit(run.returncode)
    return pathlib.Path(run.stdout.strip())


def command(script, place, *words):
    """What runs this script; place is a folder of the caller's for the time being,
    since Node looks for packages beside the script."""
    packages = pathlib.Path(place) / "node_modules"
    if not packages.is_symlink():
        packages.symlink_to(installed() / "node_modules")
    return [installed() / "bin/node", shutil.copy(script, place), *words]


def major():
    """Of the interpreter: 22 where tests/node can bring its own, else the system's."""
    run = subprocess.run([installed() / "bin/node", "--version"], stdout=subprocess.PIPE, text=True, check=True)
    return int(run.stdout[1:].split(".")[0])
