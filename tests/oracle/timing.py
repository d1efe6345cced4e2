"""How long kinds of requests take, beside each other.

Requests of all kinds of a question go over one quiet connection in random order, so
that the machine's noise meets them alike. Between two kinds the effect is the chance
that one of the first takes longer than one of the second, less a half (Mann-Whitney's
U / nm - 0.5): 0 is none, 0.5 is always; its error is about 0.29 sqrt(2 / n). The control
differs by what a careless program would do besides: only where the measurement sees that
does it say anything about the rest. A question has `name`, `kinds` {name: [(method, path,
headers, body)]}, the names of those that must be `alike`, and the `control`."""
import pathlib
import statistics
import subprocess
import sys
import tempfile

from varde import BIN

SAMPLES = 1200
CLEAR = 0.07  # 6 times the error at 1200 samples of each kind
SEEN = 0.105  # the least effect of a control
ROUNDS = 3


def wire(v, request):
    method, path, headers, body = request
    head = f"{method} {path} HTTP/1.1\r\nHost: {v.host}:{v.port}\r\n"
    head += "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    if body:
        head += f"Content-Length: {len(body)}\r\n"
    return head.encode() + b"\r\n" + body


def measure(v, question, samples):
    """{kind: microseconds}, as they came."""
    with tempfile.TemporaryDirectory() as folder:
        paths = []
        for kind, requests in question.kinds.items():
            paths.append(pathlib.Path(folder) / kind)
            with open(paths[-1], "wb") as f:
                for request in requests:
                    data = wire(v, request)
                    f.write(b"%d\n" % len(data) + data)
        run = subprocess.run([BIN / "oracle_interleave", v.host, str(v.port), str(samples * len(paths)), *paths],
                             stdout=subprocess.PIPE, text=True, check=True)
    took = {kind: [] for kind in question.kinds}
    names, statuses = list(took), {}
    for line in run.stdout.splitlines():
        kind, status, ns = line.split()
        took[names[int(kind)]].append(int(ns) / 1000)
        statuses.setdefault(names[int(kind)], set()).add(int(status))
    alike = [statuses[kind] for kind in question.alike]
    assert all(one == alike[0] and len(one) == 1 for one in alike), statuses
    return took


def effect(a, b):
    """P(a > b) - 1/2, ties counted as a half."""
    ranked = sorted([(t, 0) for t in a] + [(t, 1) for t in b])
    ranks, i = 0.0, 0
    while i < len(ranked):
        j = i
        while j < len(ranked) and ranked[j][0] == ranked[i][0]:
            j += 1
        ranks += (i + 1 + j) / 2 * sum(1 for k in range(i, j) if ranked[k][1] == 0)
        i = j
    return (ranks - len(a) * (len(a) + 1) / 2) / (len(a) * len(b)) - 0.5


def distance(a, b):
    """Kolmogorov and Smirnov's: the largest gap between the two distributions."""
    a, b, i, j, most = sorted(a), sorted(b), 0, 0, 0.0
    while i < len(a) and j < len(b):
        if a[i] <= b[j]:
            i += 1
        else:
            j += 1
        most = max(most, abs(i / len(a) - j / len(b)))
    return most


def effects(question, took):
    """Of each kind against the first."""
    first = took[question.alike[0]]
    return {kind: effect(times, first) for kind, times in took.items() if kind != question.alike[0]}


def settle(v, question):
    """What a question came to: "alike", "leaks …" or "too noisy"."""
    suspects, seen = set(question.alike[1:]), []
    for _ in range(ROUNDS):
        found = effects(question, measure(v, question, SAMPLES))
        seen.append({kind: round(value, 3) for kind, value in found.items()})
        if abs(found[question.control]) < SEEN:
            continue
        suspects &= {kind for kind, value in found.items() if abs(value) >= CLEAR}
        if not suspects:
            return "alike", seen[-1]
    controls = [abs(one[question.control]) >= SEEN for one in seen]
    return ("leaks" if all(controls) else "too noisy"), seen


def bench(v, questions, samples):
    print(f"{'question':32} {'kind':12} {'p10':>8} {'median':>8} {'p90':>8} {'effect':>8} {'K-S':>6}   (us, {samples} samples a kind)")
    for question in questions:
        took = measure(v, question, samples)
        first = took[question.alike[0]]
        for kind, times in took.items():
            tenths = statistics.quantiles(times, n=10)
            against = f"{effect(times, first):8.3f} {distance(times, first):6.3f}" if times is not first else f"{'-':>8} {'-':>6}"
            control = "   control" if kind == question.control else ""
            print(f"{question.name:32} {kind:12} {tenths[0]:8.1f} {tenths[4]:8.1f} {tenths[8]:8.1f} {against}{control}")


def judge(v, questions):
    """Prints what each question came to; the exit status of a test."""
    results = {question.name: settle(v, question) for question in questions}
    for name, (what, seen) in results.items():
        print(f"{name}: {what} {seen}")
    outcomes = [what for what, _ in results.values()]
    if "leaks" in outcomes:
        return 1
    if all(what == "too noisy" for what in outcomes):
        print("skipped: not even the controls can be told apart on this machine now", file=sys.stderr)
        return 77
    return 0


def run(v, questions):
    """The command line of both: nothing, or --bench N."""
    if len(sys.argv) == 3 and sys.argv[1] == "--bench":
        bench(v, questions, int(sys.argv[2]))
        return 0
    return judge(v, questions)
