#!/usr/bin/python3
"""RateLimit-Policy and RateLimit, read by npm's structured-headers: a sender that goes by
them is never refused, and one that does not is taken after the wait that it is told."""
import json
import pathlib
import subprocess
import tempfile

import node
from varde import Varde, example

HERE = pathlib.Path(__file__).parent
BURST = 4
CONF = f"\n[limits]\nsubmissions_per_minute = 60\nsubmissions_burst = {BURST}\n"


def send(v, tenant, place, n, pace):
    job = pathlib.Path(place) / "job.json"
    job.write_text(json.dumps({"url": f"http://{v.host}:{v.port}", "token": v.token(tenant), "pace": pace,
                               "documents": [v.sign(tenant, example("minimal-hf", tenant)) for _ in range(n)]}))
    run = subprocess.run(node.command(HERE / "pacing_client.mjs", place, job), stdout=subprocess.PIPE, text=True, timeout=120)
    assert run.returncode == 0, run.returncode
    answers = [json.loads(line) for line in run.stdout.splitlines()]
    for answer in answers:
        assert answer["policy"] == [["submissions", {"q": BURST, "w": BURST}],
                                    ["concurrent", {"q": 256, "qu": "concurrent-requests"}]], answer
        (name, left), = answer["limit"]
        assert name == "submissions" and set(left) == {"r", "t"} and 0 <= left["r"] < BURST and left["t"] >= 1, answer
    return answers


def main():
    node.installed()
    with Varde(CONF) as v, tempfile.TemporaryDirectory() as place:
        answers = send(v, v.tenants[0], place, 3 * BURST, True)
        assert [a["status"] for a in answers] == [201] * (3 * BURST), answers
        assert any(a["limit"][0][1]["r"] == 0 for a in answers), "it never had to wait"
        paced = len(answers)

        answers = send(v, v.tenants[1], place, 3 * BURST, False)
        refused = [i for i, a in enumerate(answers) if a["status"] == 429]
        assert refused, "it was never refused"
        for i in refused:
            assert answers[i]["limit"][0][1] == {"r": 0, "t": answers[i]["retryAfter"]}, answers[i]
            assert answers[i + 1]["status"] == 201, (answers[i], answers[i + 1])
        assert sum(a["status"] == 201 for a in answers) == 3 * BURST, answers
        print(f"{paced} documents by pace and none refused; without it {len(refused)} refused, each taken after its wait")


if __name__ == "__main__":
    main()
