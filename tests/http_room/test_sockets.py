#!/usr/bin/python3
"""server/http over raw sockets: what it refuses, how, and what survives.

    test_sockets.py PROBE [unittest options]

PROBE is http_probe. Nothing here sleeps and hopes: each wait is for an answer,
for the end of a connection, or for a line of the probe.
"""
import json
import os
import re
import socket
import subprocess
import sys
import tempfile
import threading
import time
import unittest

PROBE = None
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


class HeaderGate(Case):
    """Nothing after the refused head may be taken for a second request."""

    SMUGGLED = b"GET /tagged HTTP/1.1\r\nHost: x\r\n\r\n"

    def smuggle(self, *headers, body=b"hello"):
        self.refused(request("POST /echo HTTP/1.1", TEXT, *headers) + body + self.SMUGGLED)

    def test_two_lengths(self):
        self.smuggle("Content-Length: 5", "Content-Length: 40")
        self.smuggle("Content-Length: 5", "content-length: 5")

    def test_length_and_chunked(self):
        self.smuggle("Content-Length: 5", "Transfer-Encoding: chunked", body=b"0\r\n\r\n")
        self.smuggle("Transfer-Encoding: chunked", "Content-Length: 5", body=b"0\r\n\r\n")

    def test_transfer_encoding_other_than_chunked(self):
        for coding in ("gzip, chunked", "gzip", "identity", "xchunked", "chunked, chunked", "chunked;q=1"):
            self.smuggle("Transfer-Encoding: " + coding, body=b"0\r\n\r\n")
        self.smuggle("Transfer-Encoding: chunked", "Transfer-Encoding: chunked", body=b"0\r\n\r\n")

    def test_length_that_is_no_number(self):
        # libmicrohttpd 0.9.75 refuses these before the gate, with a body of its own
        # and the head of its answer sent twice; what counts is that it closes.
        for length in ("+5", "-5", "5 5", "5,5", "0x5", "", "5.0", "five"):
            peer = self.probe.connect()
            peer.send(request("POST /echo HTTP/1.1", TEXT, "Content-Length: " + length) + b"hello" + self.SMUGGLED)
            answer = peer.answer()
            self.assertEqual(answer.status, 400, length)
            self.assertNotIn(b"200 OK", answer.body + peer.closed())
            peer.close()

    def test_host(self):
        self.refused(b"GET /tagged HTTP/1.1\r\nHost: x\r\nHost: x\r\n\r\n")
        peer = self.probe.connect()
        answer = peer.send(b"GET /tagged HTTP/1.1\r\nA: b\r\n\r\n").answer()
        self.assertEqual(answer.status, 400)
        peer.close()
        self.refused(b"GET /tagged HTTP/1.0\r\nA: b\r\n\r\n")

    def test_headers_that_occur_once(self):
        for name in ("Authorization", "DPoP", "Content-Type", "Expect"):
            self.refused(request("GET /tagged HTTP/1.1", f"{name}: a", f"{name.upper()}: a"))

    def test_names(self):
        for name in ("Bad[name]", "Bad@name", "Bad\xe5name"):
            self.refused(request("GET /tagged HTTP/1.1", f"{name}: a"))

    def test_name_with_space_before_colon(self):
        peer = self.probe.connect()
        answer = peer.send(request("POST /echo HTTP/1.1", TEXT, "Content-Length : 5") + b"hello" + self.SMUGGLED).answer()
        self.assertTrue(answer is None or answer.status == 400)
        self.assertEqual(peer.closed(), b"")
        peer.close()

    def test_control_characters_in_values(self):
        self.refused(request("GET /tagged HTTP/1.1", "X-A: a\x01b"))
        self.refused(request("GET /tagged HTTP/1.1", "X-A: a\x7fb"))

    def test_nul(self):
        for data in (request("GET /tagged HTTP/1.1", "X-A: a\0b", "X-B: c"),
                     request("GET /tagged HTTP/1.1", "X-A: a", "X-B: c\0d"),
                     request("GET /tagged\0x HTTP/1.1")):
            peer = self.probe.connect()
            answer = peer.send(data).answer()
            self.assertTrue(answer is None or answer.status == 400, answer and answer.status)
            peer.close()

    def test_bare_line_feeds(self):
        self.refused(b"GET /tagged HTTP/1.1\nHost: x\r\n\r\n")
        self.refused(b"GET /tagged HTTP/1.1\r\nHost: x\nA: b\r\n\r\n")
        self.refused(b"GET /tagged HTTP/1.1\r\nHost: x\n\r\n")
        self.refused(b"GET /tagged HTTP/1.1\r\nHost: x\r\n\n")

    def test_folded_line(self):
        self.refused(b"GET /tagged HTTP/1.1\r\nHost: x\r\nA: b\r\n c\r\nB: d\r\n\r\n")
        self.refused(b"GET /tagged HTTP/1.1\r\nHost: x\r\nA: b\r\n c\r\n\r\n")

    def test_spaces_in_request_line(self):
        for line in (b"GET  /tagged HTTP/1.1", b"GET /tagged  HTTP/1.1", b"GET /tag ged HTTP/1.1", b"GET /tagged HTTP/1.1 "):
            peer = self.probe.connect()
            answer = peer.send(line + b"\r\nHost: x\r\n\r\n").answer()
            self.assertTrue(answer is None or answer.status in (400, 505), line)
            peer.close()

    def test_ordinary_heads_pass(self):
        for extra in ((), ("A:b",), ("A:    b",), ("A: ",), ("A:",), ("A: b  ",), ("A: b", "A: c"), ("Cookie: a=b; c",)):
            answer = self.ask(request("GET /tagged HTTP/1.1", *extra))
            self.assertEqual(answer.status, 200, extra)
        answer = self.ask(request("GET /tagged?a=b&c HTTP/1.1"))
        self.assertEqual(answer.status, 200)

    def test_token_in_query(self):
        self.refused(request("GET /tagged?access_token=x HTTP/1.1"))

    def test_long_token_headers(self):
        for name in ("Authorization", "DPoP"):
            answer = self.ask(request("GET /tagged HTTP/1.1", f"{name}: {'a' * 16385}"))
            self.problem(answer, 401, "invalid-token")
            self.assertIn("www-authenticate", answer.headers)
        both = [f"{name}: {'a' * 16384}" for name in ("Authorization", "DPoP")]
        self.assertEqual(self.ask(request("GET /tagged HTTP/1.1", *both)).status, 200)

    def test_head_beyond_memory(self):
        peer = self.probe.connect()
        try:
            peer.send(request("GET /tagged HTTP/1.1", "X: " + "a" * 100000))
        except ConnectionError:
            pass
        answer = peer.answer()
        self.assertTrue(answer is None or answer.status in (413, 414, 431))
        peer.close()


class Routing(Case):
    def test_unknown(self):
        for path in ("/", "/ech", "/echoo", "/echo/", "//echo", "/echo/x", "/things//part", "/things/1", "/THINGS/1/part"):
            self.problem(self.ask(request(f"GET {path} HTTP/1.1")), 404, "not-found")

    def test_refusal_keeps_the_connection(self):
        peer = self.probe.connect()
        for _ in range(3):
            peer.send(request("GET /nowhere HTTP/1.1"))
            self.problem(peer.answer(), 404, "not-found")
        peer.close()

    def test_method(self):
        answer = self.ask(request("DELETE /echo HTTP/1.1"))
        self.problem(answer, 405, "method-not-allowed")
        self.assertEqual(answer.headers["allow"], "POST, OPTIONS")
        answer = self.ask(request("BREW /tagged HTTP/1.1"))
        self.problem(answer, 405, "method-not-allowed")
        self.assertEqual(answer.headers["allow"], "GET, HEAD, OPTIONS")

    def test_options(self):
        answer = self.ask(request("OPTIONS /tagged HTTP/1.1"))
        self.assertEqual((answer.status, answer.headers["allow"]), (204, "GET, HEAD, OPTIONS"))
        self.problem(self.ask(request("OPTIONS /nowhere HTTP/1.1")), 404, "not-found")

    def test_head(self):
        peer = self.probe.connect()
        answer = peer.send(request("HEAD /tagged HTTP/1.1")).answer(head=True)
        self.assertEqual((answer.status, answer.headers["content-length"]), (200, "6"))
        answer = peer.send(request("HEAD /things/1/part HTTP/1.1")).answer(head=True)
        self.assertEqual(answer.status, 200)
        self.assertEqual(peer.send(request("GET /tagged HTTP/1.1")).answer().body, b"static")
        peer.close()

    def test_parameters(self):
        doc = self.ask(request("GET /things/a%20b%C3%A6/part?q=1%2B2+3 HTTP/1.1")).json()
        self.assertEqual((doc["id"], doc["q"], doc["first"]), ("a bæ", "1+2+3", "q"))
        self.assertEqual(doc["path"], "/things/a%20b%C3%A6/part")
        doc = self.ask(request("GET http://other.example/things/1/part HTTP/1.1")).json()
        self.assertEqual((doc["id"], doc["q"]), ("1", None))
        self.assertEqual(self.ask(request("GET /%74agged HTTP/1.1")).status, 200)

    def test_targets_that_two_readers_read_differently(self):
        for target in ("/things/%/part", "/things/%2/part", "/things/%zz/part", "/things/%00/part",
                       "/things/%0a/part", "/things/%2F/part", "/things/%5c/part", "/things/../part",
                       "/things/%2e%2e/part", "/things/./part", "/things/%C3/part", "/things/%C0%AF/part",
                       "/things/%ED%A0%80/part", "/tagged#x", "/tagged?a=1&a=2", "/tagged?a=1&%61=2",
                       "/tagged?a=%00", "/tagged?=1", "/tagged?a=1&", "/tagged?a=1&&b=2", "/tagged\\x",
                       "/tagged?a=%C3", "/tagg\xe5d", "*x", "tagged", "/" + "a/" * 20):
            self.refused(request(f"GET {target} HTTP/1.1"))
        self.refused(request("GET /tagged?" + "&".join(f"a{i}=1" for i in range(33)) + " HTTP/1.1"))

    def test_not_acceptable(self):
        self.problem(self.ask(request("GET /choose HTTP/1.1", "Accept: text/html")), 406, "not-acceptable")
        self.assertEqual(self.ask(request("GET /choose HTTP/1.1", "Accept: application/jwt")).body, b"jwt")
        self.assertEqual(self.ask(request("GET /choose HTTP/1.1")).json(), {"type": "application/json"})
        two = ("Accept: application/json;q=0.1", "Accept: application/jwt;q=0.2")
        self.assertEqual(self.ask(request("GET /choose HTTP/1.1", *two)).body, b"jwt")

    def test_etag(self):
        answer = self.ask(request("GET /tagged HTTP/1.1", 'If-None-Match: "x", W/"abc"'))
        self.assertEqual((answer.status, answer.headers["etag"]), (304, '"abc"'))
        answer = self.ask(request("GET /tagged HTTP/1.1", 'If-None-Match: "x"'))
        self.assertEqual(answer.status, 200)
        self.assertEqual(answer.headers["cache-control"], "max-age=60")
        self.assertNotIn("injected", answer.headers)

    def test_language_and_trace(self):
        trace = "0af7651916cd43dd8448eb211c80319c"
        parent = f"traceparent: 00-{trace}-b7ad6b7169203331-01"
        doc = self.problem(self.ask(request("GET /nowhere HTTP/1.1", "Accept-Language: en-GB, nb;q=0.5", parent)), 404, "not-found")
        self.assertEqual((doc["title"], doc["trace_id"]), ("Not found", trace))
        doc = self.problem(self.ask(request("GET /nowhere HTTP/1.1", "Accept-Language: fr")), 404, "not-found")
        self.assertEqual(doc["title"], "Finnes ikke")

    def test_problem_pages(self):
        listed = self.ask(request("GET /problems HTTP/1.1", "Accept: application/json")).json()["problems"]
        self.assertGreater(len(listed), 10)
        for kind in listed:
            for language, title in kind["title"].items():
                answer = self.ask(request(f"GET {kind['type']} HTTP/1.1", "Accept: text/html", "Accept-Language: " + language))
                text = answer.body.decode()
                self.assertEqual(answer.status, 200)
                self.assertIn(f'<html lang="{language}">', text)
                self.assertIn(f"<h1>{title}</h1>", text)
                self.assertIn(kind["explanation"][language], text)
        self.assertIn("<table>", self.ask(request("GET /problems HTTP/1.1")).body.decode())
        self.problem(self.ask(request("GET /problems/nonsense HTTP/1.1")), 404, "not-found")

    def test_two_servers_in_one_process(self):
        peer = self.probe.connect(self.probe.admin_port)
        self.assertEqual(peer.send(request("GET /live HTTP/1.1")).answer().body, b"live\n")
        self.problem(peer.send(request("GET /tagged HTTP/1.1")).answer(), 404, "not-found")
        peer.close()


class Bodies(Case):
    settings = {"drop": 16 << 20}

    def chunked(self, target, *chunks, headers=(TEXT,)):
        data = request(f"POST {target} HTTP/1.1", "Transfer-Encoding: chunked", *headers)
        for chunk in chunks:
            data += b"%x\r\n%s\r\n" % (len(chunk), chunk)
        return data + b"0\r\n\r\n"

    def test_echo(self):
        for size in (0, 1, 1000, 65536, 1 << 20):
            body = os.urandom(size)
            data = request("POST /echo HTTP/1.1", TEXT, f"Content-Length: {size}") + body
            self.assertEqual(self.ask(data).body, body)

    def test_chunked(self):
        for target in ("/echo", "/deferred"):
            answer = self.ask(self.chunked(target, b"a" * 1000, b"b", b"c" * 30000))
            self.assertEqual(answer.body, b"a" * 1000 + b"b" + b"c" * 30000)

    def test_media_types(self):
        for header in ("Content-Type: application/json", "Content-Type: application/jose+json", "Content-Type: ", "X: y",
                       "Content-Type: text/plain; charset=latin1", "Content-Type: text/plainx"):
            self.problem(self.ask(request("POST /echo HTTP/1.1", header, body=b"hello")), 415, "unsupported-media-type")
        for header in ("Content-Type: TEXT/plain", "Content-Type: text/plain;charset=UTF-8", "Content-Type: application/jose"):
            self.assertEqual(self.ask(request("POST /echo HTTP/1.1", header, body=b"hello")).body, b"hello")

    def test_compressed(self):
        for coding in ("gzip", "br", "deflate"):
            data = request("POST /echo HTTP/1.1", TEXT, "Content-Encoding: " + coding, body=b"hello")
            self.problem(self.ask(data), 415, "unsupported-media-type")

    def test_token_needed(self):
        answer = self.ask(request("POST /secured HTTP/1.1", TEXT, body=b"hello"))
        self.problem(answer, 401, "authentication-required")
        self.assertEqual(answer.headers["www-authenticate"], "Bearer, DPoP")
        data = request("POST /secured HTTP/1.1", TEXT, "Authorization: Bearer x", body=b"hello")
        self.assertEqual(self.ask(data).body, b"hello")

    def test_refusal_of_a_large_body_reaches_a_client_that_sends_it_all_first(self):
        for _ in range(10):
            peer = self.probe.connect()
            peer.send(request("POST /echo HTTP/1.1", TEXT, body=b"x" * (9 << 20)))
            self.problem(peer.answer(), 413, "content-too-large")
            self.assertEqual(peer.send(request("GET /tagged HTTP/1.1")).answer().body, b"static")
            peer.close()

    def test_each_early_refusal_drops_the_body_first(self):
        big = b"x" * (1 << 20)
        for target, header, status, code in (
                ("/secured", TEXT, 401, "authentication-required"), ("/nowhere", TEXT, 404, "not-found"),
                ("/tagged", TEXT, 405, "method-not-allowed"), ("/echo", "Content-Type: a/b", 415, "unsupported-media-type")):
            peer = self.probe.connect()
            peer.send(request(f"POST {target} HTTP/1.1", header, body=big))
            self.problem(peer.answer(), status, code)
            peer.close()

    def test_large_chunked(self):
        data = self.chunked("/echo", *[b"x" * 65536] * 64)
        self.problem(self.ask(data), 413, "content-too-large")

    def test_body_on_get(self):
        self.problem(self.ask(request("GET /tagged HTTP/1.1", body=b"hello")), 413, "content-too-large")
        data = self.chunked("/x", b"hello").replace(b"POST /x", b"GET /tagged", 1)
        self.problem(self.ask(data), 413, "content-too-large")

    def test_beyond_what_is_dropped(self):
        # Declared: answered at once and closed. Chunked without end: closed.
        peer = self.probe.connect()
        peer.send(request("POST /echo HTTP/1.1", TEXT, f"Content-Length: {17 << 20}"))
        self.problem(peer.answer(), 413, "content-too-large")
        self.assertEqual(peer.closed(), b"")
        peer.close()
        peer = self.probe.connect()
        peer.send(request("POST /echo HTTP/1.1", TEXT, "Transfer-Encoding: chunked"))
        sent = 0
        with self.assertRaises(ConnectionError):
            while sent < 64 << 20:
                peer.send(b"10000\r\n" + b"x" * 65536 + b"\r\n")
                sent += 65536
        self.assertGreater(sent, 16 << 20)
        peer.close()

    def test_malformed_chunks(self):
        for tail in (b"zz\r\nhello\r\n", b"-5\r\nhello\r\n", b"5\r\nhelloX\r\n", b"ffffffffffffffffff\r\n"):
            peer = self.probe.connect()
            answer = peer.send(request("POST /echo HTTP/1.1", TEXT, "Transfer-Encoding: chunked") + tail).answer()
            self.assertTrue(answer is None or answer.status in (400, 413), tail)
            self.assertEqual(peer.closed(), b"")
            peer.close()

    def test_expect_refused_at_once(self):
        peer = self.probe.connect()
        peer.send(request("POST /echo HTTP/1.1", TEXT, "Expect: 100-continue", "Content-Length: 5000000"))
        self.problem(peer.answer(), 413, "content-too-large")
        self.assertEqual(peer.closed(), b"")
        peer.close()

    def test_expect_continues(self):
        peer = self.probe.connect()
        peer.send(request("POST /echo HTTP/1.1", TEXT, "Expect: 100-continue", "Content-Length: 5"))
        self.assertEqual(peer.answer().status, 100)
        self.assertEqual(peer.send(b"hello").answer().body, b"hello")
        peer.close()

    def test_pipeline(self):
        peer = self.probe.connect()
        data = b"".join(request("POST /" + target + " HTTP/1.1", TEXT, body=b"%d" % i) + request("GET /nowhere HTTP/1.1")
                        for i, target in enumerate(["echo", "deferred"] * 50))
        peer.send(data)
        for i in range(100):
            self.assertEqual(peer.answer().body, b"%d" % i)
            self.assertEqual(peer.answer().status, 404)
        peer.close()

    def test_bytes_one_by_one(self):
        peer = self.probe.connect()
        for byte in request("POST /echo HTTP/1.1", TEXT, body=b"hello"):
            peer.send(bytes([byte]))
        self.assertEqual(peer.answer().body, b"hello")
        peer.close()

    def test_shorter_body_than_declared(self):
        peer = self.probe.connect()
        peer.send(request("POST /echo HTTP/1.1", TEXT, "Content-Length: 10") + b"hello")
        peer.sock.shutdown(socket.SHUT_WR)
        self.assertEqual(peer.closed(), b"")
        peer.close()


class Deadlines(Case):
    settings = {"deadline": 400, "idle": 300, "workers": 1, "drop": 1 << 20}

    def drip(self, start, data):
        """Sends byte by byte, far from any inactivity, until the server has had enough."""
        peer = self.probe.connect()
        peer.send(start)
        began = time.monotonic()
        try:
            while time.monotonic() - began < PATIENCE:
                peer.send(data)
                peer.sock.settimeout(0.02)
                try:
                    if not peer.more():
                        break
                except socket.timeout:
                    pass
        except ConnectionError:
            pass
        took = time.monotonic() - began
        peer.close()
        self.assertLess(took, 20)
        return peer.rest

    def test_slow_request_line(self):
        self.assertEqual(self.drip(b"GET /", b"a"), b"")

    def test_slow_headers(self):
        self.assertEqual(self.drip(b"GET /tagged HTTP/1.1\r\nHost: x\r\n", b"A: b\r\n"), b"")

    def test_slow_body(self):
        self.assertEqual(self.drip(request("POST /echo HTTP/1.1", TEXT, "Content-Length: 50000"), b"x"), b"")

    def test_slow_dropped_body(self):
        self.assertEqual(self.drip(request("POST /nowhere HTTP/1.1", TEXT, "Content-Length: 50000"), b"x"), b"")

    def test_slow_second_request(self):
        rest = self.drip(request("GET /tagged HTTP/1.1") + b"GET /", b"a")
        self.assertTrue(rest.startswith(b"HTTP/1.1 200"))
        self.assertEqual(rest.count(b"HTTP/1.1"), 1)

    def test_idle_connection_is_closed(self):
        peer = self.probe.connect()
        self.assertEqual(peer.send(request("GET /tagged HTTP/1.1")).answer().status, 200)
        self.assertEqual(peer.closed(), b"")
        peer.close()

    def test_silent_connection_is_closed(self):
        peer = self.probe.connect()
        self.assertEqual(peer.closed(), b"")
        peer.close()

    def test_handler_that_does_not_answer(self):
        peer = self.probe.connect()
        answer = peer.send(request("GET /park HTTP/1.1")).answer()
        self.problem(answer, 503, "busy")
        self.assertEqual(answer.headers["retry-after"], "1")
        # The late answer is dropped, the connection goes on.
        self.assertEqual(peer.send(request("GET /tagged HTTP/1.1")).answer().status, 200)
        self.assertEqual(self.probe.command("release"), "released")
        self.assertEqual(peer.send(request("GET /tagged HTTP/1.1")).answer().status, 200)
        peer.close()

    def test_job_that_waits_too_long(self):
        holder = self.probe.connect().send(request("GET /hold HTTP/1.1"))
        self.probe.command("parked 1")
        waiting = self.probe.connect().send(request("GET /tagged HTTP/1.1"))
        self.problem(waiting.answer(), 503, "busy")
        self.problem(holder.answer(), 503, "busy")
        self.probe.command("release")
        self.assertEqual(waiting.send(request("GET /tagged HTTP/1.1")).answer().status, 200)
        holder.close()
        waiting.close()

    def test_reader_that_does_not_read(self):
        peer = self.probe.connect()
        peer.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        peer.send(request("GET /big HTTP/1.1"))
        self.probe.wait_for("the stuck answer is cut", lambda c: c["connections"] == 0)
        peer.close()


class Waiting(Case):
    settings = {"deadline": 60000}

    def test_client_that_leaves(self):
        peers = [self.probe.connect().send(request("GET /park HTTP/1.1")) for _ in range(20)]
        self.probe.command("parked 20")
        for peer in peers[:10]:
            peer.close()
        self.probe.command("release")
        for peer in peers[10:]:
            self.assertEqual(peer.answer().body, b"parked")
            peer.close()
        self.probe.wait_for("all are gone", lambda c: c["requests"] == 0 and c["connections"] == 0)

    def test_client_gone_is_seen(self):
        peer = self.probe.connect().send(request("GET /park HTTP/1.1"))
        self.probe.command("parked 1")
        peer.sock.shutdown(socket.SHUT_WR)
        # The loopback delivers the end before this answer to the command.
        self.probe.command("release")
        answer = peer.answer()
        self.assertTrue(answer is None or answer.body == b"gone")
        peer.close()

    def test_client_that_resets_while_its_worker_runs(self):
        peer = self.probe.connect().send(request("GET /hold HTTP/1.1"))
        self.probe.command("parked 1")
        peer.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        peer.close()
        self.probe.command("release")
        self.probe.wait_for("the request ends", lambda c: c["requests"] == 0)

    def test_many_at_once(self):
        failures = []

        def client(n):
            try:
                peer = self.probe.connect()
                for i in range(40):
                    target = ("/deferred", "/echo")[(n + i) % 2]
                    body = b"%d-%d" % (n, i)
                    answer = peer.send(request(f"POST {target} HTTP/1.1", TEXT, body=body)).answer()
                    if answer is None or (answer.status, answer.body) != (200, body) and answer.status != 503:
                        failures.append((n, i, answer and answer.status))
                peer.close()
            except Exception as problem:
                failures.append(problem)

        threads = [threading.Thread(target=client, args=(n,)) for n in range(32)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(failures, [])


class FullQueue(Case):
    settings = {"workers": 2, "queue": 4, "deadline": 60000}

    def test_full_queue(self):
        holders = [self.probe.connect().send(request("GET /hold HTTP/1.1")) for _ in range(2)]
        self.probe.command("parked 2")
        queued = []
        for n in range(1, 5):
            queued.append(self.probe.connect().send(request("GET /tagged HTTP/1.1")))
            self.probe.wait_for("the job is queued", lambda c, n=n: c["queued"] == n)
        peer = self.probe.connect()
        answer = peer.send(request("GET /tagged HTTP/1.1")).answer()
        self.problem(answer, 503, "busy")
        self.assertEqual(answer.headers["retry-after"], "1")
        self.assertGreaterEqual(self.probe.counts()["busy"], 1)
        # Refusals need no worker.
        self.problem(peer.send(request("GET /nowhere HTTP/1.1")).answer(), 404, "not-found")
        self.probe.command("release")
        for other in holders + queued:
            self.assertEqual(other.answer().status, 200)
            other.close()
        peer.close()


class Drain(unittest.TestCase):
    def tearDown(self):
        self.probe.stop()

    def test_in_flight_is_answered(self):
        self.probe = Probe(workers=1)
        peer = self.probe.connect().send(request("GET /hold HTTP/1.1"))
        self.probe.command("parked 1")
        queued = self.probe.connect().send(request("GET /tagged HTTP/1.1"))
        self.probe.wait_for("the job is queued", lambda c: c["queued"] == 1)
        late = self.probe.connect().send(b"POST /echo HTTP/1.1\r\nHost: x\r\n")
        self.probe.wait_for("all have begun", lambda c: c["requests"] == 3)
        self.probe.tell("drain 60000")
        with self.assertRaises(ConnectionError):
            end = time.monotonic() + PATIENCE
            while time.monotonic() < end:
                self.probe.connect().close()
        late.send(TEXT.encode() + b"\r\nContent-Length: 0\r\n\r\n")
        answer = late.answer()
        self.assertEqual((answer.status, answer.json()["code"]), (503, "shutting-down"))
        self.assertEqual(answer.headers["connection"].lower(), "close")
        self.probe.tell("release")
        self.assertEqual(peer.answer().body, b"held")
        self.assertEqual(queued.answer().body, b"static")
        for other in (peer, queued, late):
            self.assertEqual(other.closed(), b"")
            other.close()
        heard = sorted(self.probe.hear().split()[0] for _ in range(2))
        self.assertEqual(heard, ["ok", "released"])

    def test_limit(self):
        self.probe = Probe(workers=2, deadline=600000)
        parked = [self.probe.connect().send(request("GET /park HTTP/1.1")) for _ in range(8)]
        self.probe.command("parked 8")
        slow = self.probe.connect().send(request("POST /echo HTTP/1.1", TEXT, "Content-Length: 100"))
        self.probe.wait_for("all have begun", lambda c: c["requests"] == 9)
        rc, took = self.probe.command("drain 300").split()
        self.assertEqual(rc, "limit")
        self.assertLess(int(took), 10000)
        for peer in parked:
            answer = peer.answer()
            self.assertEqual((answer.status, answer.json()["code"]), (503, "shutting-down"))
            self.assertEqual(peer.closed(), b"")
            peer.close()
        self.assertEqual(slow.closed(), b"")
        slow.close()
        # What the handlers say now is dropped.
        self.assertEqual(self.probe.command("release"), "released")

    def test_idle(self):
        self.probe = Probe(threads=2)
        peers = [self.probe.connect() for _ in range(5)]
        for peer in peers[1:]:
            self.assertEqual(peer.send(request("GET /tagged HTTP/1.1")).answer().status, 200)
        rc, took = self.probe.command("drain 10000").split()
        self.assertEqual(rc, "ok")
        self.assertLess(int(took), 5000)
        for peer in peers:
            self.assertEqual(peer.closed(), b"")
            peer.close()

    def test_end_without_drain(self):
        self.probe = Probe(deadline=600000)
        peer = self.probe.connect().send(request("GET /park HTTP/1.1"))
        self.probe.command("parked 1")
        self.probe.process.stdin.close()
        self.assertIn(peer.answer().status, (200, 503))
        peer.close()


class Listening(unittest.TestCase):
    def test_unix_socket(self):
        with tempfile.TemporaryDirectory() as folder:
            path = folder + "/http.sock"
            abandoned = socket.socket(socket.AF_UNIX)
            abandoned.bind(path)
            abandoned.close()
            probe = Probe("unix:" + path)
            self.assertEqual(os.stat(path).st_mode & 0o777, 0o660)
            peer = probe.connect()
            self.assertEqual(peer.send(request("GET /tagged HTTP/1.1")).answer().status, 200)
            with self.assertRaisesRegex(RuntimeError, "listen-failed"):
                Probe("unix:" + path)
            peer.close()
            probe.stop()
            self.assertFalse(os.path.exists(path))

    def test_bad_addresses(self):
        for listen in ("", "8080", "localhost:1", "127.0.0.1", "127.0.0.1:", "127.0.0.1:99999", "::1:1", "unix:", "127.0.0.1:8x"):
            with self.assertRaisesRegex(RuntimeError, "listen-invalid", msg=listen):
                Probe(listen)

    def test_port_taken(self):
        first = Probe()
        with self.assertRaisesRegex(RuntimeError, "listen-failed"):
            Probe(f"127.0.0.1:{first.port}")
        first.stop()

    def test_connection_limit(self):
        probe = Probe(connections=3)
        peers = [probe.connect() for _ in range(3)]
        for peer in peers:
            self.assertEqual(peer.send(request("GET /tagged HTTP/1.1")).answer().status, 200)
        fourth = probe.connect().send(request("GET /tagged HTTP/1.1"))
        peers[0].close()
        self.assertEqual(fourth.answer().status, 200)
        for peer in peers[1:] + [fourth]:
            peer.close()
        probe.stop()


class LogAndMetrics(unittest.TestCase):
    def test_lines(self):
        probe = Probe()
        peer = probe.connect()
        peer.send(request("GET /things/secret-id/part?q=secret-query HTTP/1.1")).answer()
        peer.send(request("POST /echo HTTP/1.1", TEXT, body=b"secret-body")).answer()
        peer.send(request("GET /secret-path HTTP/1.1")).answer()
        peer.close()
        probe.wait_for("all ended", lambda c: c["requests"] == 0)
        admin = probe.connect(probe.admin_port)
        answer = admin.send(request("GET /metrics HTTP/1.1")).answer()
        admin.close()
        lines = [line for line in probe.lines() if line["event"] == "request"]
        text = probe.stop()
        self.assertNotIn("secret", text)
        self.assertEqual([(line["method"], line.get("route"), line["status"]) for line in lines],
                         [("GET", "/things/{id}/part", 200), ("POST", "/echo", 200), ("GET", None, 404)])
        self.assertEqual(lines[1]["tenant"], "999999999")
        self.assertEqual((lines[1]["bytes_in"], lines[1]["bytes_out"]), (11, 11))
        self.assertEqual(lines[2]["code"], "not-found")
        for line in lines:
            self.assertRegex(line["trace_id"], "^[0-9a-f]{32}$")
            self.assertGreater(line["us"], 0)
        self.metrics(answer)

    def metrics(self, answer):
        self.assertEqual(answer.headers["content-type"], "text/plain; version=0.0.4; charset=utf-8")
        text = answer.body.decode()
        self.assertIn('probe_http_requests_total{operation="thing",status="200"} 1\n', text)
        self.assertIn('probe_http_requests_total{operation="none",status="404"} 1\n', text)
        self.assertIn('probe_http_request_duration_seconds_bucket{operation="echo",le="+Inf"} 1\n', text)
        self.assertIn('probe_problems_total{code="not-found"} 1\n', text)
        self.assertIn("# TYPE probe_up gauge\nprobe_up 1\n", text)
        for line in text.splitlines():
            self.assertRegex(line, re.compile(r'^# (HELP|TYPE) [a-z_]+ .+$|^[a-z_]+(\{[^}]*\})? [0-9.e+-]+$'))


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit("usage: test_sockets.py PROBE")
    PROBE = sys.argv.pop(1)
    unittest.main(verbosity=2)
