#!/usr/bin/python3
"""Every code that the intake refuses with stands in the problem table, every row
of the table is used by someone (the proxy's pages too), and openapi.yaml lists
exactly these."""
import pathlib
import re
import sys

import yaml

root = pathlib.Path(sys.argv[1])
TABLES = ("problem_table.c", "problems.c")
table = [code for path in ("server/http/problem_table.c", "server/varded/problems.c")
         for code in re.findall(r'\{\s*"([a-z0-9-]+)",\s*\d{3},', (root / path).read_text())]
assert table, "cannot read the problem table"
faults = [f"twice in the table: {code}" for code in sorted({c for c in table if table.count(c) > 1})]

used = set()
for folder in ("lib/intake", "server/http", "server/varded"):
    for path in (root / folder).rglob("*.[ch]"):
        if path.name not in TABLES:
            used |= set(re.findall(r'"([a-z][a-z0-9-]+)"', path.read_text())) & set(table)
        if folder == "lib/intake":
            for code in re.findall(r'\b(?:refuse|conflict)\([^;]*?"([a-z0-9-]+)"', path.read_text()):
                if code not in table:
                    faults.append(f"{path.relative_to(root)}: {code} is not in the problem table")
for page in (root / "deploy/proxy/problems").iterdir():
    used |= set(re.findall(r'"code": "([a-z-]+)"', page.read_text()))
faults += [f"nobody answers {code}" for code in table if code not in used]

contract = yaml.safe_load((root / "openapi.yaml").read_text())
listed = contract["components"]["schemas"]["ProblemCode"]["enum"]
faults += [f"openapi.yaml lacks {code}" for code in table if code not in listed]
faults += [f"openapi.yaml has {code}, the table has not" for code in listed if code not in table]

print("\n".join(faults) or f"{len(table)} problem codes, all used and documented")
sys.exit(bool(faults))
