#!/usr/bin/python3
"""varded is away, dies, is silent or talks nonsense: the sender gets a problem that says
that sending again is safe, and what was acknowledged is there afterwards."""
import json
import pathlib
import shutil
import tempfile
import threading
import time
import unittest

from behind import PATIENCE, SHIPPED, Behind, Certificates, answer_in, main, proxy_of, tls_connection
from contract import contract
from listener import Listener
from varde import example

PATH = "/v1/submissions"


def everything(tls):
    """What comes until the end of the connection, or until nothing more is said."""
    got = b""
    with tls:
        tls.settimeout(10)
        try:
            while more := tls.recv(65536):
                got += more
        except TimeoutError:
            pass
    return got


class Outage(unittest.TestCase):
    def setUp(self):
        self.b = Behind.started()
        self.own = self.b.tenants[1]

    def tearDown(self):
        if self.b.process.poll() is None:
            self.b.stop()
        self.b.remove()

    def test_away(self):
        for end in (self.b.stop, self.b.kill):  # the socket is gone; it is there and nobody listens
            end()
            answer = self.b.get("/v1/schemas")
            self.b.is_problem(answer.status, answer.body, 503, "shutting-down")
            self.assertEqual((answer.headers["Retry-After"], answer.json["retry_after"]), ("5", 5))
            for version in ("--http1.1", "--http2"):
                status, _, body = self.b.curl(version, self.b.info["intake"] + PATH, body=b"x" * 3000)
                self.b.is_problem(status, body, 503, "shutting-down")
            self.b.start()
            self.assertEqual(self.b.get("/v1/schemas").status, 200)

    def open_requests(self):
        text = self.b.admin("/metrics").body.decode()
        return int(float(next(line.split()[1] for line in text.splitlines() if line.startswith("varde_intake_connections "))))

    def test_dies_in_the_middle(self):
        tls = self.b.raw()
        tls.sendall(f"POST {PATH} HTTP/1.1\r\nHost: x\r\nContent-Type: application/jose\r\nContent-Length: 400000\r\n"
                    f"Authorization: {self.b.bearer(self.own)['Authorization']}\r\nConnection: close\r\n\r\n".encode() + b"x" * 200000)
        end = time.monotonic() + PATIENCE
        while not self.open_requests() and time.monotonic() < end:
            time.sleep(0.01)  # polling a condition, bounded
        self.b.kill()
        got = everything(tls)
        # HAProxy says nothing where it was still passing the body on, which a test cannot time.
        if got or self.b.proxy.name != "haproxy":
            answer = answer_in(got)
            self.b.is_problem(answer.status, answer.body, 502, "bad-gateway")
        self.b.start()
        self.assertEqual(self.b.get("/v1/schemas").status, 200)

    def test_restart_under_traffic(self):
        kept, ending, failures = [], threading.Event(), []

        def send(n):
            tenant = self.b.tenants[n % 2]
            headers = {"Content-Type": "application/jose", **self.b.bearer(tenant)}
            while not ending.is_set():
                document = example("minimal-hf", tenant)
                body = self.b.sign(tenant, document)
                while True:  # as every sender should: the same again until it is taken
                    try:
                        answer = self.b.request("POST", PATH, body, headers)
                    except OSError as error:
                        failures.append(("no answer", str(error)))
                        continue
                    if answer.status in (200, 201):
                        kept.append((tenant, document["report_id"], answer.json))
                        break
                    if answer.status not in (502, 503):
                        failures.append((answer.status, answer.body))
                        return
                    time.sleep(0.02)

        threads = [threading.Thread(target=send, args=(n,)) for n in range(4)]
        for thread in threads:
            thread.start()
        for end in (self.b.stop, self.b.kill, self.b.stop):
            before, until = len(kept), time.monotonic() + PATIENCE
            while len(kept) < before + 20 and time.monotonic() < until:
                time.sleep(0.01)  # polling a condition, bounded
            end()
            self.b.start()
        before = len(kept)
        while len(kept) < before + 20 and time.monotonic() < until + PATIENCE:
            time.sleep(0.01)
        ending.set()
        for thread in threads:
            thread.join()
        self.assertEqual(failures, [], "a request had neither an answer nor a problem")
        self.assertGreaterEqual(len(kept), 80)
        for tenant, report_id, receipt in kept:
            self.assertEqual(self.b.get(f"/v1/reports/{report_id}/receipt", tenant).json, receipt)
        print(f"{len(kept)} acknowledged over three restarts, all there")


class BadAnswers(unittest.TestCase):
    """Without varded: what the proxy makes of a server that fails it."""

    @classmethod
    def setUpClass(cls):
        cls.made = pathlib.Path(tempfile.mkdtemp(prefix="varde-test-"))
        cls.addClassCleanup(shutil.rmtree, cls.made)
        cls.certificates = Certificates(cls.made)

    def ask(self, answer, status, code):
        folder = pathlib.Path(tempfile.mkdtemp(prefix="varde-test-"))
        self.addCleanup(shutil.rmtree, folder)
        proxy = proxy_of(folder, self.certificates, slow=True)
        listener = Listener(proxy.socket, answer, after=1)
        self.addCleanup(listener.close)
        self.addCleanup(proxy.stop)
        proxy.start()
        tls = tls_connection(proxy)
        tls.sendall(b"GET /v1/schemas HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        got = answer_in(everything(tls))
        Behind.is_problem(got.status, got.body, status, code)

    def test_silent(self):
        self.ask(None, 504, "gateway-timeout")

    def test_nonsense(self):
        self.ask(b"HTTP/1.1 200 OK\r\nX: " + b"y" * 200000, 502, "bad-gateway")

    def test_closes(self):
        self.ask(b"", 502, "bad-gateway")


class Texts(unittest.TestCase):
    def test_texts(self):
        """The proxy's pages say what the problem table says, in both languages."""
        b = Behind.started()
        self.addCleanup(b.finish)
        table = {p["code"]: p for p in b.get("/problems", headers={"Accept": "application/json"}).json["problems"]}
        own = {code for r in contract().spec["x-varde-proxy"].values()
               for code in r["content"]["application/problem+json"]["schema"]["properties"]["code"]["enum"]}
        seen = set()
        for path in (SHIPPED / "problems").iterdir():
            page = json.loads(path.read_text())
            kind = table[page["code"]]
            seen.add(page["code"])
            self.assertEqual((page["status"], path.name[:3]), (kind["status"], str(kind["status"])))
            self.assertEqual((page["type"], page["title"]), (kind["type"], f"{kind['title']['nb']} / {kind['title']['en']}"))
            if page["code"] != "invalid-request":  # here the explanation points to a detail that there is none of
                self.assertEqual(page["detail"], f"{kind['explanation']['nb']} / {kind['explanation']['en']}")
        self.assertEqual(seen, own)


main(__name__)
