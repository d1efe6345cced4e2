"""Senders that never stop: several threads that post single documents, batches,
retries and revisions for several tenants, and remember what was acknowledged.

Nothing here waits for time: who wants to strike at a moment asks for a number of
requests begun or answered (Load.wait)."""

import collections
import copy
import http.client
import json
import random
import sys
import pathlib
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "http"))

from varde import example  # noqa: E402

EXAMPLES = ("minimal-hf", "full-hf", "near-miss-without-patient", "device")
TOKEN_S = 60


class Sent:
    """One document, as it was signed, and the receipt once it was acknowledged."""

    def __init__(self, tenant, document, signed):
        self.tenant, self.document, self.signed = tenant, document, [signed]
        self.receipt = None

    @property
    def key(self):
        return self.tenant.orgnr, self.document["report_id"], self.document["revision"]


class Load:
    """`wrong` holds every broken promise seen, in words."""

    def __init__(self, v, tenants, threads_each=2, seed=1):
        self.v = v
        self.lock = threading.Condition()
        self.begun = self.answered = 0
        self.statuses = collections.Counter()
        self.sent = []          # all, in the order in which they were first sent
        self.unverified = []    # since the last take()
        self.wrong = []
        self.unanswered = 0     # connections that broke
        self.stopping = False
        self.tokens = {}
        shared = {t.orgnr: collections.deque(maxlen=8) for t in tenants}
        self.workers = [Worker(self, t, shared[t.orgnr], random.Random(f"{seed}-{t.orgnr}-{i}"))
                        for t in tenants for i in range(threads_each)]

    def start(self):
        self.stopping = False
        self.threads = [threading.Thread(target=w.run, name=f"load-{i}") for i, w in enumerate(self.workers)]
        for t in self.threads:
            t.start()

    def stop(self):
        with self.lock:
            self.stopping = True
            self.lock.notify_all()
        for t in self.threads:
            t.join(60)
            assert not t.is_alive(), "a sender hangs"

    def wait(self, begun=0, answered=0, seconds=60):
        """Until so many more requests were begun and answered."""
        with self.lock:
            begun, answered = self.begun + begun, self.answered + answered
            assert self.lock.wait_for(lambda: self.begun >= begun and self.answered >= answered, seconds), \
                ("no progress", self.begun, self.answered, self.statuses)

    def count(self, answered=None):
        with self.lock:
            if answered is None:
                self.begun += 1
            else:
                self.answered += 1
                self.statuses[answered] += 1
            self.lock.notify_all()

    def blame(self, text):
        with self.lock:
            self.wrong.append(text)

    def remember(self, sent):
        with self.lock:
            self.sent.append(sent)
            self.unverified.append(sent)

    def take(self):
        with self.lock:
            taken, self.unverified = self.unverified, []
        return taken

    def token(self, tenant):
        made, header = self.tokens.get(tenant.orgnr, (0, None))
        if time.monotonic() - made > TOKEN_S or not header:
            header = self.v.bearer(tenant)
            self.tokens[tenant.orgnr] = (time.monotonic(), header)
        return header

    def acknowledge(self, sent, status, receipt):
        """What 201 or 200 said is remembered and compared; anything but a passing refusal is wrong."""
        if status in (200, 201):
            if (receipt["report_id"], receipt["revision"]) != sent.key[1:]:
                self.blame(f"a receipt of another document: {sent.key} {receipt}")
            if sent.receipt is None:
                sent.receipt = receipt
            elif sent.receipt != receipt:
                self.blame(f"two receipts for {sent.key}: {sent.receipt} {receipt}")
            elif status == 201:
                self.blame(f"stored twice: {sent.key}")
        elif status not in (503, 507):
            self.blame(f"{status} for {sent.key}: {receipt}")


class Worker:
    def __init__(self, load, tenant, shared, rng):
        self.load, self.tenant, self.shared, self.rng = load, tenant, shared, rng
        self.connection = None
        self.chains = []   # last document of each of this thread's own reports

    def run(self):
        actions = [self.single] * 4 + [self.revision] * 3 + [self.again] * 2 + [self.twin] + [self.batch] * 2
        while not self.load.stopping:
            try:
                self.rng.choice(actions)()
            except (OSError, http.client.HTTPException):
                with self.load.lock:
                    self.load.unanswered += 1
                self.drop()
                with self.load.lock:  # the daemon is away: until it is back, nothing to do
                    self.load.lock.wait(0.05)
        self.drop()

    def drop(self):
        if self.connection:
            self.connection.close()
        self.connection = None

    # --- what it sends -----------------------------------------------------------

    def new(self):
        return self.sign(example(self.rng.choice(EXAMPLES), self.tenant))

    def sign(self, document):
        sent = Sent(self.tenant, document, self.load.v.sign(self.tenant, document))
        self.load.remember(sent)
        return sent

    def next_of(self, sent):
        document = copy.deepcopy(sent.document)
        document["revision"] += 1
        document.pop("supersedes", None)
        document.setdefault("narrative", {})["description"] = f"Rettet, utgave {document['revision']}."
        if self.rng.random() < 0.5:
            document["supersedes"] = sent.receipt["digest"]
        return self.sign(document)

    def single(self):
        sent = self.new()
        self.shared.append(sent)
        self.send(sent)
        self.chains = (self.chains + [sent])[-6:]

    def revision(self):
        ready = [c for c in self.chains if c.receipt]
        if not ready:
            return self.single()
        old = self.rng.choice(ready)
        sent = self.next_of(old)
        self.chains[self.chains.index(old)] = sent
        self.send(sent)

    def again(self):
        """The same report once more, acknowledged or not, as it was or signed anew."""
        if not self.chains:
            return self.single()
        sent = self.rng.choice(self.chains)
        if self.rng.random() < 0.3:
            sent.signed.append(self.load.v.sign(self.tenant, sent.document))
        self.send(sent)

    def twin(self):
        """What another thread of the same tenant may be sending right now."""
        sent = self.shared[-1] if self.shared else None
        if sent:
            self.post("/v1/submissions", sent.signed[0], "application/jose",
                      lambda status, answer: self.heard_twin(sent, status, answer))

    def batch(self):
        first = self.new()
        list_ = [first, self.new(), first, self.new(), self.new()]
        list_ += [c for c in self.chains[-2:]]
        self.chains = (self.chains + [first])[-6:]
        body = json.dumps({"submissions": [s.signed[-1] for s in list_]})
        self.post("/v1/submissions/batch", body, "application/json",
                  lambda status, answer: self.heard_batch(list_, status, answer))

    # --- and what it hears -----------------------------------------------------------

    def heard_twin(self, sent, status, answer):
        """It may have been revised meanwhile, or be the first to arrive: no blame for 201 after a race."""
        if status == 409 and answer["code"] == "revision-stale":
            self.load.blame(f"its own older revision refused as stale: {sent.key}")
        elif status == 201 and sent.receipt:
            if sent.receipt != answer:
                self.load.blame(f"two receipts for {sent.key}")
        else:
            self.load.acknowledge(sent, status, answer)

    def heard_batch(self, list_, status, answer):
        if status in (503, 507):
            return
        if status != 200 or len(answer["results"]) != len(list_):
            self.load.blame(f"batch: {status}")
            return
        for sent, result in zip(list_, answer["results"]):
            self.load.acknowledge(sent, result["status"], result.get("receipt") or result.get("problem"))

    def send(self, sent):
        self.post("/v1/submissions", sent.signed[-1], "application/jose",
                  lambda status, answer: self.heard(sent, status, answer))

    def heard(self, sent, status, answer):
        with self.load.lock:
            raced = status == 201 and sent.receipt == answer  # the twin's 200 was read first
        if not raced:
            self.load.acknowledge(sent, status, answer)

    def post(self, path, body, type_, heard):
        if not self.connection:
            self.connection = http.client.HTTPConnection(self.load.v.host, self.load.v.port, timeout=60)
        self.load.count()
        self.connection.request("POST", path, body, {"Content-Type": type_, **self.load.token(self.tenant)})
        response = self.connection.getresponse()
        data = response.read()
        if response.headers.get("Connection", "").lower() == "close":
            self.drop()
        heard(response.status, json.loads(data))
        self.load.count(answered=response.status)
