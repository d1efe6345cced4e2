"""What the tests of server/http share: the probe (http_probe.c) as a process, and a
client that sends bytes as told and reads answers strictly. Nothing sleeps and hopes:
each wait is for an answer, for the end of a connection, or for a line of the probe.
"""
import json
import socket
import subprocess
import sys
import tempfile
import threading
import time
import unittest

PROBE = None  # the program; main() sets it
PATIENCE = 60  # seconds until a test says that nothing came


class Probe:
    """One running daemon. Commands go in by standard input, see http_probe.c."""

    def __init__(self, listen="127.0.0.1:0", **settings):
        self.errors = tempfile.TemporaryFile("w+")
        self.process = subprocess.Popen(
            [PROBE, listen] + [f"{key}={value}" for key, value in settings.items()],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.errors, text=True)
        self.listen = listen
        words = self.hear().split()
        if not words:
            self.process.wait(PATIENCE)
            self.process.stdin.close()
            self.process.stdout.close()
            with self.errors:
                raise RuntimeError("the probe did not start: " + self.log())
        self.port, self.admin_port = int(words[1]), int(words[2])

    def tell(self, line):
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()

    def hear(self):
        """The probe's next line; a probe that says nothing is killed."""
        timer = threading.Timer(PATIENCE, self.process.kill)
        timer.start()
        try:
            return self.process.stdout.readline().strip()
        finally:
            timer.cancel()

    def command(self, line):
        self.tell(line)
        return self.hear()

    def counts(self):
        names = ("connections", "requests", "queued", "busy", "lingering", "made_room", "held", "turns")
        return dict(zip(names, map(int, self.command("counts").split())))

    def wait_for(self, what, is_so):
        end = time.monotonic() + PATIENCE
        while not is_so(self.counts()):
            if time.monotonic() > end:
                raise AssertionError(f"never came: {what}: {self.counts()}")
            time.sleep(0.005)

    def connect(self, port=None):
        if self.listen.startswith("unix:"):
            s = socket.socket(socket.AF_UNIX)
            s.connect(self.listen[5:])
        else:
            s = socket.create_connection(("127.0.0.1", port or self.port))
            s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        s.settimeout(PATIENCE)
        return Peer(s)

    def log(self):
        self.errors.seek(0)
        return self.errors.read()

    def lines(self):
        return [json.loads(line) for line in self.log().splitlines() if line.startswith("{")]

    def stop(self):
        """Ends the probe; its exit status tells of leaks and races too."""
        try:
            self.process.stdin.close()
        except BrokenPipeError:
            pass
        status = self.process.wait(PATIENCE)
        self.process.stdout.close()
        text = self.log()
        self.errors.close()
        if status:
            raise AssertionError(f"the probe ended with {status}:\n{text[-4000:]}")
        return text


class Answer:
    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body

    def json(self):
        return json.loads(self.body)


class Peer:
    """A client that sends bytes as told and reads answers strictly."""

    def __init__(self, sock):
        self.sock, self.rest = sock, b""

    def send(self, data):
        self.sock.sendall(data)
        return self

    def more(self):
        got = self.sock.recv(65536)
        self.rest += got
        return bool(got)

    def answer(self, head=False):
        """The next answer, or None when the connection ends first."""
        try:
            while b"\r\n\r\n" not in self.rest:
                if not self.more():
                    return None
            raw, self.rest = self.rest.split(b"\r\n\r\n", 1)
            lines = raw.decode("latin-1").split("\r\n")
            status = int(lines[0].split()[1])
            headers = {}
            for line in lines[1:]:
                name, value = line.split(": ", 1)
                headers[name.lower()] = value
            length = 0 if head or status in (100, 204, 304) else int(headers.get("content-length", 0))
            while len(self.rest) < length:
                if not self.more():
                    raise AssertionError("the answer is cut")
            body, self.rest = self.rest[:length], self.rest[length:]
            return Answer(status, headers, body)
        except ConnectionError:
            return None

    def closed(self):
        """Reads to the end; what came before it."""
        try:
            while self.more():
                pass
        except ConnectionError:
            pass
        return self.rest

    def close(self):
        self.sock.close()


def request(line, *headers, body=b"", length=True):
    head = [line, "Host: x"] + list(headers)
    if body and length:
        head.append(f"Content-Length: {len(body)}")
    return "\r\n".join(head).encode("latin-1") + b"\r\n\r\n" + body


TEXT = "Content-Type: text/plain"


class Case(unittest.TestCase):
    settings = {}

    @classmethod
    def setUpClass(cls):
        cls.probe = Probe(**cls.settings)

    @classmethod
    def tearDownClass(cls):
        cls.probe.stop()

    def ask(self, data, head=False):
        peer = self.probe.connect()
        try:
            return peer.send(data).answer(head)
        finally:
            peer.close()

    def problem(self, answer, status, code):
        self.assertIsNotNone(answer, "closed without an answer")
        self.assertEqual(answer.status, status, answer.body)
        self.assertEqual(answer.headers["content-type"], "application/problem+json")
        doc = answer.json()
        self.assertEqual(doc["code"], code)
        self.assertEqual(doc["status"], status)
        self.assertEqual(doc["type"], "/problems/" + code)
        self.assertRegex(doc["trace_id"], "^[0-9a-f]{32}$")
        self.assertEqual(doc["trace_id"], answer.headers["trace-id"])
        return doc

    def refused(self, data, status=400, code="invalid-request", closes=True):
        peer = self.probe.connect()
        answer = peer.send(data).answer()
        self.problem(answer, status, code)
        if closes:
            self.assertEqual(peer.closed(), b"", "a second answer")
        peer.close()
        return answer


def main(name):
    """The end of each test program: test_X.py PROBE [unittest options]."""
    global PROBE
    if name != "__main__":
        return
    if len(sys.argv) < 2:
        sys.exit(f"usage: {sys.argv[0]} PROBE")
    PROBE = sys.argv.pop(1)
    unittest.main(verbosity=2)
