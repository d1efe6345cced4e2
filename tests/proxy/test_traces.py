#!/usr/bin/python3
"""What the proxy leaves behind: log lines that name neither token nor report, and nothing
of a body on disk, not even in a file that is deleted at once."""
import os
import pathlib
import shutil
import tempfile
import time
import unittest

from behind import PATIENCE, Behind, Certificates, main, proxy_of, tls_connection
from hostile import CANARY, HelseId
from listener import Listener

FIELDS = {"time", "event", "trace_id", "client", "certificate", "verify", "tls", "method", "version", "status", "bytes_in", "bytes_out"}


def pids(parent):
    """A process and its children."""
    yield parent
    for entry in pathlib.Path("/proc").glob("[0-9]*/stat"):
        try:
            pid, rest = int(entry.parent.name), entry.read_text().rsplit(")", 1)[1].split()
        except (FileNotFoundError, ProcessLookupError):
            continue
        if int(rest[1]) == parent:
            yield from pids(pid)


def files_of(process):
    """Regular files that it has open for writing a body, the deleted ones too."""
    found = []
    for pid in pids(process.pid):
        for fd in pathlib.Path(f"/proc/{pid}/fd").iterdir():
            try:
                target = os.readlink(fd)
            except FileNotFoundError:
                continue
            if target.startswith("/") and not target.startswith(("/dev/", "/memfd:", "/proc/")) and not target.endswith(".log"):
                found.append(target)
    return found


class Log(unittest.TestCase):
    def setUp(self):
        self.b = Behind.started(slow=True)
        self.own = self.b.tenants[1]

    def tearDown(self):
        self.b.finish()

    def test_log(self):
        headers = {name: CANARY for name in ("DPoP", "Cookie", "User-Agent", "Referer", "X-Other", "traceparent", "X-Forwarded-For")}
        path = f"/v1/reports/{CANARY}?since={CANARY}"
        for method in ("GET", "POST", "PUT", "OPTIONS", CANARY):
            self.b.request(method, path, CANARY * 1000 if method == "POST" else None, {**headers, "Authorization": "Bearer " + CANARY})
        self.assertEqual(self.b.get(path, self.own).status, 400)
        self.assertEqual(self.b.get(f"/v1/{CANARY}").status, 404)
        self.b.request("GET", path, headers=headers, certificate=None)
        client = HelseId(self.b, self.own)
        self.assertEqual(client.get("/v1/tenant").status, 200)
        for broken in (f"GET {path} {CANARY}\r\n\r\n", f"GET {path} HTTP/1.1\r\nHost: {CANARY}\r\n{CANARY}\r\n\r\n",
                       f"{CANARY} {CANARY}\r\n\r\n", f"GET {path} HTTP/1.1\r\nAuthorization: {CANARY}\r\nContent-Length: {CANARY}\r\n\r\n"):
            tls = self.b.raw()
            tls.sendall(broken.encode())
            while tls.recv(65536):
                pass
            tls.close()
        self.b.kill()
        self.b.request("POST", path, CANARY * 1000, {**headers, "Authorization": "Bearer " + CANARY})
        self.b.start()
        last = self.b.get("/v1/schemas").headers["Trace-Id"]
        self.b.outside(last)
        for line in self.b.proxied():
            self.assertLessEqual(FIELDS, line.keys())
            self.assertRegex(line["time"], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[.0-9]*(Z|\+00:00)$")
        self.assertEqual({200, 404, 401, 403, 503} - {line["status"] for line in self.b.proxied()}, set())
        text = self.b.proxy.log()
        for secret in (CANARY, client.token, client.token.split(".")[2], "/v1/", "since="):
            self.assertNotIn(secret.lower(), text.lower())

    def test_body_of_a_request(self):
        tls = self.b.raw()
        tls.sendall(f"POST /v1/submissions/batch HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 8000000\r\n"
                    f"Authorization: {self.b.bearer(self.own)['Authorization']}\r\n\r\n".encode() + b"x" * 6000000)
        self.assertEqual(files_of(self.b.proxy.process), [])
        tls.close()
        for line in self.b.proxy.folder.rglob("*"):
            if line.is_file() and self.b.demo not in line.parents:
                self.assertNotIn(b"xxxxxxxx", line.read_bytes(), line)


class BodyOfAnAnswer(unittest.TestCase):
    def test_reader_that_does_not_read(self):
        folder = pathlib.Path(tempfile.mkdtemp(prefix="varde-test-"))
        self.addCleanup(shutil.rmtree, folder)
        proxy = proxy_of(folder, Certificates(folder))
        body = b"y" * (8 << 20)
        listener = Listener(proxy.socket, b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s" % (len(body), body), after=1)
        self.addCleanup(listener.close)
        self.addCleanup(proxy.stop)
        proxy.start()
        tls = tls_connection(proxy)
        tls.sendall(b"GET /v1/schemas HTTP/1.1\r\nHost: localhost\r\n\r\n")
        got = tls.recv(1)  # the answer has begun
        for _ in range(5):
            self.assertEqual(files_of(proxy.process), [])
            time.sleep(0.01)
        end = time.monotonic() + PATIENCE
        while len(got) < len(body) and time.monotonic() < end:
            got += tls.recv(1 << 20)
        self.assertGreaterEqual(len(got), len(body))
        tls.close()


main(__name__)
