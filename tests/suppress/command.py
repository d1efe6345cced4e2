"""vardectl suppress, as its tests call it."""

import json
import os
import subprocess
import tempfile

SOURCE = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
VARDECTL = os.path.join(os.environ.get("VARDE_BIN", os.path.join(SOURCE, "build/dev/bin")), "vardectl")


def run(table, *options, forced=None, known=None):
    """The finished process. Tables and lists are Python values, or bytes as they are."""
    def raw(value):
        return value if isinstance(value, bytes) else json.dumps(value).encode()

    with tempfile.TemporaryDirectory(prefix="varde-suppress-") as folder:
        words = list(options)
        for name, value in (("forced", forced), ("known", known)):
            if value is None:
                continue
            path = os.path.join(folder, name)
            with open(path, "wb") as f:
                f.write(raw(value))
            words += ["--" + name, path]
        clean = {k: v for k, v in os.environ.items() if k != "VARDE_CONFIG"}
        return subprocess.run([VARDECTL, "suppress", *words], input=raw(table), capture_output=True, timeout=300,
                              env=clean, cwd=folder)


def protect(table, *options, **lists):
    """The output of a run that must succeed."""
    done = run(table, *options, **lists)
    if done.returncode or done.stderr:
        raise AssertionError(f"{done.returncode}: {done.stderr.decode()}")
    return json.loads(done.stdout)


def refused(table, *options, status=2, **lists):
    """The error of a run that must fail, as (code, where, text)."""
    done = run(table, "--json", *options, **lists)
    if done.returncode != status or done.stdout:
        raise AssertionError(f"{done.returncode}: {done.stdout.decode()[:500]} {done.stderr.decode()}")
    error = json.loads(done.stderr)["error"]
    return error["code"], error["where"], error["text"]


def cell(value, **key):
    return {"key": key, "value": value}


def hidden(output):
    """The keys of hidden cells."""
    return [c["key"] for c in output["cells"] if c.get("suppressed")]


def square(rows, **top):
    """{"a": {"x": 1, …}, …} as a table of dimensions r and c, with all margins."""
    cells = [cell(n, r=r, c=c) for r, row in rows.items() for c, n in row.items()]
    cells += [cell(sum(row.values()), r=r) for r, row in rows.items()]
    cells += [cell(sum(row[c] for row in rows.values()), c=c) for c in next(iter(rows.values()))]
    return {"cells": cells + [cell(sum(sum(row.values()) for row in rows.values()))], **top}
