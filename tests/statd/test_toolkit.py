#!/usr/bin/python3
"""Datasets read back cell by cell with npm jsonstat-toolkit, the library that JSON-stat
dashboards use."""
import json
import os
import pathlib
import subprocess
import sys

import release
from statd import SOURCE, Statd


def main():
    run = subprocess.run([SOURCE / "tests/node/install"], capture_output=True, text=True)
    if run.returncode:
        print(run.stderr)
        return 77
    node = pathlib.Path(run.stdout.strip())
    (node / "toolkit.mjs").write_text((SOURCE / "tests/statd/toolkit.mjs").read_text())
    with Statd() as s:
        s.publish("2026K1", release.standard())
        tables = release.standard()[:2]
        datasets = [s.data(t["id"], lang=lang, **{f"valuecodes[{d['code']}]": "*" for d in t["dimensions"]}).json
                    for t in tables for lang in ("no", "en")]
        read = subprocess.run([node / "bin/node", node / "toolkit.mjs"], input=json.dumps(datasets), text=True,
                              capture_output=True, timeout=300, env={**os.environ, "NODE_OPTIONS": ""})
        assert read.returncode == 0, read.stderr
        cells = 0
        for table, rows in zip([t for t in tables for _ in range(2)], json.loads(read.stdout)):
            got = {tuple(row[:-2]): row[-1] if row[-2] is None else row[-2] for row in rows}
            want = {codes: table["value"](codes) for codes in release.places(table["dimensions"])}
            assert got == want, table["id"]
            cells += len(got)
    print(f"{cells} cells read back")
    return 0


if __name__ == "__main__":
    sys.exit(main())
