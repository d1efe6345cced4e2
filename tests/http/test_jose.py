#!/usr/bin/python3
"""The same contract through npm's jose: tokens of both issuers, DPoP, all four
algorithms, and the service's receipt verified with its published keys."""
import json
import pathlib
import subprocess
import tempfile

import node
from varde import EXAMPLES, Varde

HERE = pathlib.Path(__file__).parent


def main():
    node.installed()
    with Varde() as v, tempfile.TemporaryDirectory() as place:
        client = node.command(HERE / "jose_client.mjs", place, v.demo, EXAMPLES)
        run = subprocess.run(client, stdout=subprocess.PIPE, text=True, timeout=120)
        assert run.returncode == 0, run.returncode
        lines = [json.loads(line) for line in run.stdout.splitlines()]
        assert len(lines) == len(v.tenants) * len(v.issuers), lines
        assert {line["alg"] for line in lines} == {"PS256", "RS256", "ES256", "ES384"}
        for line in lines:
            print(line["orgnr"], line["alg"], line["profile"], line["first"], line["again"])
            assert (line["first"], line["again"], line["same"]) == (201, 200, True), line
            assert line["receipt"]["digest"] == line["digest"], line
            assert line["verified"] == line["receipt"] and line["subject"] == line["orgnr"], line
            tenant = next(t for t in v.tenants if t.orgnr == line["orgnr"])
            other = next(t for t in v.tenants if t.orgnr != line["orgnr"])
            assert v.get("/v1/reports/" + line["report_id"], tenant).status == 200
            assert v.get("/v1/reports/" + line["report_id"], other).status == 404


if __name__ == "__main__":
    main()
