#!/usr/bin/python3
"""How long it takes does not tell who has reserved: new documents, repeats, and /validate of a
reserved person, beside those of two others. The control differs by what a careless program
might save itself: the sealing of what it throws away (a document of a larger bucket)."""
import pathlib
import random
import socket
import sys
import time

sys.path.append(str(pathlib.Path(__file__).parents[1] / "http"))
sys.path.append(str(pathlib.Path(__file__).parents[1] / "oracle"))

from reserved import FREE, RESERVED, Reserving, numbers  # noqa: E402
from timing import effect, judge  # noqa: E402

PERSONS = 2000
ALSO_FREE = "01825050120"
NEW = 300  # of each kind and round
CLEAR = 0.14  # 6 times the error of a rank test at 300
SEEN = 0.2
ROUNDS = 3


class Question:
    """Of timing.py."""

    def __init__(self, name, kinds):
        self.name, self.kinds = name, kinds
        self.alike, self.control = ["free", "reserved", "also-free"], "control"


def documents(v, tenant, kind):
    if kind == "control":
        document = v.document(tenant, FREE)
        document["narrative"] = {"description": "Mer. " * 5900, "immediate_actions": "Mer. " * 1900, "consequence": "Mer. " * 1900,
                                 "suggestion": "Mer. " * 1900}
        return document
    return v.document(tenant, {"free": FREE, "reserved": RESERVED, "also-free": ALSO_FREE}[kind])


def requests(v, path, n, stored):
    """{kind: [request]} of n documents each, each signed once; stored ones are sent first."""
    tenant, found = v.tenants[0], {}
    headers = {**v.bearer(tenant, exp=int(time.time()) + 3000), "Content-Type": "application/jose"}
    for kind in ("free", "reserved", "also-free", "control"):
        found[kind] = []
        for _ in range(n):
            body = v.sign(tenant, documents(v, tenant, kind))
            if stored:
                assert v.post("/v1/submissions", body, tenant).status == 201
            found[kind].append(("POST", path, headers, body.encode()))
    return found


def ask(connection, v, request):
    """Microseconds of one request over a connection that stays open; it must be stored now."""
    method, path, headers, body = request
    head = f"{method} {path} HTTP/1.1\r\nHost: {v.host}:{v.port}\r\n" + "".join(f"{n}: {w}\r\n" for n, w in headers.items())
    data = (head + f"Content-Length: {len(body)}\r\n\r\n").encode() + body
    began = time.perf_counter_ns()
    connection.sendall(data)
    answer = connection.recv(65536)
    took = time.perf_counter_ns() - began
    while b"\r\n\r\n" not in answer or len(answer.split(b"\r\n\r\n", 1)[1]) < int(answer.lower().split(b"content-length: ")[1].split(b"\r")[0]):
        answer += connection.recv(65536)
    assert answer.startswith(b"HTTP/1.1 201 "), answer
    return took / 1000


def settle_new(v):
    """What new documents came to, as timing.settle() says it of what may be asked again."""
    suspects, seen = {"reserved", "also-free"}, []
    for _ in range(ROUNDS):
        kinds = requests(v, "/v1/submissions", NEW, stored=False)
        order = [(kind, request) for kind, list_ in kinds.items() for request in list_]
        random.Random(1).shuffle(order)
        took = {kind: [] for kind in kinds}
        with socket.create_connection((v.host, v.port)) as connection:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            for kind, request in order:
                took[kind].append(ask(connection, v, request))
        found = {kind: effect(times, took["free"]) for kind, times in took.items() if kind != "free"}
        seen.append({kind: round(value, 3) for kind, value in found.items()})
        if abs(found["control"]) < SEEN:
            continue
        suspects &= {kind for kind, value in found.items() if abs(value) >= CLEAR}
        if not suspects:
            return "alike", seen[-1]
    return ("leaks" if all(abs(one["control"]) >= SEEN for one in seen) else "too noisy"), seen


def main():
    with Reserving("refuse") as v:  # where more is put in another's place than with drop-sealed
        v.reserve(RESERVED, *numbers(PERSONS - 1))
        what, seen = settle_new(v)
        print("new documents:", what, seen)
        status = judge(v, [Question("repeats", requests(v, "/v1/submissions", 20, stored=True)),
                           Question("validate", requests(v, "/v1/submissions/validate", 20, stored=False))])
        return 1 if what == "leaks" else status


if __name__ == "__main__":
    sys.exit(main())
