#!/usr/bin/python3
"""Requests that two HTTP parsers could read differently, sent to the real proxy with a
good certificate. What is hidden behind each is a request of its own; varded's log says
whether it ever arrived."""
import re
import unittest

import h2
from behind import Behind, main

HIDDEN = "/v1/codes"  # nothing else here asks for it
SMUGGLED = f"GET {HIDDEN} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode()
SUBMIT = "POST /v1/submissions HTTP/1.1"
CHUNKED = "Transfer-Encoding: chunked"
NO_CHUNKS = b"0\r\n\r\n"


def head(*headers, line=SUBMIT, host="Host: localhost"):
    lines = [line, *([host] if host else []), *headers]
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n"


class Smuggling(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.b = Behind.started(failures=10**6, conf="deadline_seconds = 2\n")

    @classmethod
    def tearDownClass(cls):
        cls.b.finish()

    def send(self, data):
        """All answers' statuses, until the proxy has no more to say."""
        tls = self.b.raw()
        try:
            tls.sendall(data)
            tls.settimeout(3)
            got = b""
            while more := tls.recv(65536):
                got += more
        except (TimeoutError, ConnectionError):
            pass
        finally:
            tls.close()
        return [int(status) for status in re.findall(rb"HTTP/1\.[01] (\d{3}) ", got)]

    def settled(self, before):
        """varded's new lines, once a request that was sent last has its own."""
        last = self.b.get("/v1/schemas").headers["Trace-Id"]
        lines = []
        while not any(line.get("trace_id") == last for line in lines):
            lines = self.b.requests()[before:]
        return [line for line in lines if line.get("trace_id") != last]

    def refused(self, what, data):
        """No success, at most one request inside, and never what is hidden."""
        before = len(self.b.requests())
        statuses = self.send(data + SMUGGLED)
        inside = self.settled(before)
        with self.subTest(what):
            self.assertTrue(all(400 <= s < 500 for s in statuses), statuses)
            self.assertLessEqual(len(statuses), 1)
            self.assertLessEqual(len(inside), 1, inside)
            self.assertEqual([line for line in inside if line.get("route") == HIDDEN], [])

    def test_lengths(self):
        self.refused("two lengths", head("Content-Length: 5", "Content-Length: 60") + b"hello")
        self.refused("two lengths, the longer first", head("Content-Length: 60", "Content-Length: 5") + b"hello")
        self.refused("a list", head("Content-Length: 5, 60") + b"hello")
        for length in ("+5", "-5", "5 5", "0x5", "5.0", "five", "5;", "99999999999999999999"):
            self.refused("length " + length, head("Content-Length: " + length) + b"hello")

    def test_length_and_chunks(self):
        self.refused("length, then chunks", head("Content-Length: 5", CHUNKED) + NO_CHUNKS)
        self.refused("chunks, then length", head(CHUNKED, "Content-Length: 5") + NO_CHUNKS)
        self.refused("length 0 and chunks", head("Content-Length: 0", CHUNKED) + NO_CHUNKS)
        self.refused("length of all that follows", head(f"Content-Length: {5 + len(SMUGGLED)}", CHUNKED) + NO_CHUNKS)
        self.refused("HTTP/1.0 with chunks", head(CHUNKED, line="POST /v1/submissions HTTP/1.0") + NO_CHUNKS)

    def test_codings(self):
        for coding in ("gzip, chunked", "xchunked", "identity", "chunked, identity", "chunked;q=1", "\x0bchunked", "chunked\x00", "\"chunked\""):
            self.refused(repr(coding), head("Transfer-Encoding: " + coding) + NO_CHUNKS)
        self.refused("two codings", head(CHUNKED, "Transfer-Encoding: identity") + NO_CHUNKS)

    def test_lines(self):
        self.refused("space before the colon", head("Content-Length : 5") + b"hello")
        self.refused("space before the colon of the coding", head("Transfer-Encoding : chunked") + NO_CHUNKS)
        self.refused("CR alone", head("X: y\rTransfer-Encoding: chunked", "Content-Length: 5") + NO_CHUNKS)
        self.refused("two hosts", head("Host: elsewhere", line="GET /v1/schemas HTTP/1.1"))
        self.refused("no version", head(line="GET /v1/schemas"))

    def test_chunks(self):
        for tail in (b"zz\r\nhello\r\n", b"-5\r\nhello\r\n", b"0x5\r\nhello\r\n", b"5\r\nhelloX\r\n", b"10000000000000005\r\nhello\r\n",
                     b"5;a\nxx\r\nhello\r\n"):
            self.refused(tail, head(CHUNKED) + tail + NO_CHUNKS)

    def once(self, what, data, want=None):
        """Either refused, or made unambiguous: then varded sees both requests as the proxy did."""
        before = len(self.b.requests())
        statuses = self.send(data + SMUGGLED)
        inside = self.settled(before)
        with self.subTest(what):
            seen = [line["status"] for line in inside]
            self.assertTrue(statuses == seen or (len(seen) <= 1 and all(400 <= s < 500 for s in statuses)), (statuses, inside))

    def test_what_is_put_in_order(self):
        """Lenient spellings: refused, or sent on in the one strict spelling."""
        self.once("a folded line", head("X: a\r\n Transfer-Encoding: chunked", "Content-Length: 5") + b"hello")
        self.once("bare LF", head("Content-Length: 5").replace(b"\r\n", b"\n") + b"hello")
        self.once("LF in the head", head("X: y\nContent-Length: 5") + b"hello")
        self.once("NUL", head("X: a\0b", "Content-Length: 5") + b"hello")
        self.once("no host", head(line="GET /v1/schemas HTTP/1.1", host=None))
        self.once("same length twice", head("Content-Length: 5", "Content-Length: 5") + b"hello")
        self.once("LF in chunks", head(CHUNKED) + b"5\nhello\n0\n\n")
        self.once("chunk extension", head(CHUNKED) + b"5;a=b\r\nhello\r\n0\r\n\r\n")
        self.once("trailers", head(CHUNKED) + b"5\r\nhello\r\n0\r\nContent-Length: 60\r\nAuthorization: x\r\n\r\n")
        self.once("a name with a bracket", head("Bad[name]: x"))
        self.once("a line without a colon", head("nonsense"))
        self.once("another authority", head(line="GET http://elsewhere/v1/schemas HTTP/1.1"))
        self.once("a fragment", head(line="GET /v1/schemas#x HTTP/1.1"))
        self.once("h2c", head("Connection: Upgrade, HTTP2-Settings", "Upgrade: h2c", "HTTP2-Settings: AAMAAABkAAQAAP__", line="GET /v1/schemas HTTP/1.1"))
        self.once("CONNECT", head(line="CONNECT localhost:443 HTTP/1.1"))
        self.once("body of a GET", head(f"Content-Length: {len(SMUGGLED)}", line="GET /v1/schemas HTTP/1.1"))

    # --- HTTP/2, where nothing may become HTTP/1.1 syntax --------------------------------

    def h2_refused(self, what, pairs, *data):
        pseudo = [(":method", "POST"), (":scheme", "https"), (":authority", "localhost"), (":path", "/v1/submissions")]
        if pairs and pairs[0][0].startswith(":"):
            pseudo, pairs = pairs, []
        before = len(self.b.requests())
        tls = self.b.raw(alpn=("h2",))
        self.assertEqual(tls.selected_alpn_protocol(), "h2")
        h2.outcome(tls, h2.request([*pseudo, *pairs], *data))
        tls.close()
        inside = self.settled(before)
        with self.subTest(what):
            self.assertEqual([line for line in inside if 0 < line["status"] < 400 or line.get("route") == HIDDEN], [])
            self.assertLessEqual(len(inside), 1)

    def test_h2_connection_fields(self):
        self.h2_refused("transfer-encoding", [("transfer-encoding", "chunked")], NO_CHUNKS + SMUGGLED)
        self.h2_refused("connection", [("connection", "close")], b"hello")
        self.h2_refused("upgrade", [("upgrade", "h2c")], b"hello")
        self.h2_refused("upper case", [("Content-Length", "5")], b"hello" + SMUGGLED)

    def test_h2_lengths(self):
        self.h2_refused("length too small", [("content-length", "5")], b"hello" + SMUGGLED)
        self.h2_refused("length 0", [("content-length", "0")], SMUGGLED)
        self.h2_refused("length too large", [("content-length", "500")], SMUGGLED)
        self.h2_refused("two lengths", [("content-length", "5"), ("content-length", str(5 + len(SMUGGLED)))], b"hello" + SMUGGLED)
        self.h2_refused("a list", [("content-length", "5, 5")], b"hello" + SMUGGLED)

    def test_h2_injection(self):
        self.h2_refused("CRLF in a value", [("x", b"y\r\nTransfer-Encoding: chunked")], NO_CHUNKS + SMUGGLED)
        self.h2_refused("LF in a value", [("x", b"y\n\n" + SMUGGLED)], b"hello")
        self.h2_refused("NUL in a value", [("x", b"y\0z")], b"hello")
        self.h2_refused("colon in a name", [("x: y\r\ntransfer-encoding", "chunked")], NO_CHUNKS + SMUGGLED)
        self.h2_refused("space in a name", [("transfer-encoding ", "chunked")], NO_CHUNKS + SMUGGLED)
        for name, value in ((":path", f"{HIDDEN} HTTP/1.1\r\nHost: x\r\n\r\nGET {HIDDEN}"), (":path", f"/v1/schemas HTTP/1.1\r\nx: {HIDDEN}"),
                            (":method", f"GET {HIDDEN} HTTP/1.1\r\nX: y"), (":authority", f"x\r\n\r\n{SMUGGLED.decode()}")):
            fine = {":method": "GET", ":scheme": "https", ":authority": "localhost", ":path": "/v1/submissions"}
            self.h2_refused(f"in {name}", [*{**fine, name: value}.items()])


main(__name__)
