#!/usr/bin/python3
"""Chunked bodies (RFC 9112 section 7.1): sizes, extensions and trailers. What is malformed
ends the connection; what a trailer says is nobody's head.

libmicrohttpd 0.9.75 takes a bare LF for the end of a chunk's line, which no handler can
see; a proxy in front writes the chunks anew."""
from probe import TEXT, Case, main, request

NEXT = b"GET /tagged HTTP/1.1\r\nHost: x\r\n\r\n"


class Chunks(Case):
    settings = {"drop": 1 << 20}

    def send(self, body, target="/echo", *headers):
        peer = self.probe.connect()
        self.addCleanup(peer.close)
        return peer.send(request(f"POST {target} HTTP/1.1", TEXT, "Transfer-Encoding: chunked", *headers) + body + NEXT)

    def malformed(self, body, statuses=(400, 413)):
        """An answer of libmicrohttpd's own or none, and what follows is no request."""
        peer = self.send(body)
        answer = peer.answer()
        self.assertTrue(answer is None or answer.status in statuses, body[:40])
        self.assertNotIn(b"static", peer.closed(), body[:40])

    def well(self, body, content=b"hello", target="/echo", *headers):
        """Read as told, and the next request is answered as one."""
        peer = self.send(body, target, *headers)
        answer = peer.answer()
        self.assertEqual((answer.status, answer.body), (200, content), body[:40])
        self.assertEqual(peer.answer().body, b"static")

    def test_sizes(self):
        for size in (b"5", b"05", b"0000000000000000005"):
            self.well(size + b"\r\nhello\r\n0\r\n\r\n")
        self.well(b"A\r\nhellohello\r\na\r\nworldworld\r\n00\r\n\r\n", b"hellohelloworldworld")
        self.well(b"0\r\n\r\n", b"")

    def test_malformed_sizes(self):
        for size in (b"zz", b"-5", b"+5", b"0x5", b" 5", b"5 ", b"", b"5,5", b"\xff", b"5\0", b"10000000000000005", b"ffffffffffffffffff"):
            self.malformed(size + b"\r\nhello\r\n0\r\n\r\n")

    def test_malformed_ends(self):
        for body in (b"5\r\nhelloX\r\n0\r\n\r\n", b"5\r\nhello0\r\n\r\n", b"5\rhello\r0\r\r", b"5\r\nhello\r0\r\n\r\n"):
            self.malformed(body)

    def test_larger_than_anything(self):
        """4 GiB and a little: a size of 32 bits would be taken for 5."""
        peer = self.send(b"100000005\r\n" + b"x" * (2 << 20))
        self.assertNotIn(b"200 OK", peer.closed())

    def test_extensions_are_passed_over(self):
        for extension in (b";a", b";a=b", b";a=\"b;c\"", b";" + b"a" * 20000, b";Transfer-Encoding: gzip"):
            self.well(b"5" + extension + b"\r\nhello\r\n0" + extension + b"\r\n\r\n")
        self.malformed(b"5;a\nxx\r\nhello\r\n0\r\n\r\n")
        self.malformed(b"5;" + b"a" * 100000 + b"\r\nhello\r\n0\r\n\r\n", (413, 431, 500))

    def test_trailers_say_nothing(self):
        for trailer in (b"X: y", b"Content-Length: 500", b"Transfer-Encoding: gzip", b"Host: other", b"Content-Type: a/b", b"Expect: 100-continue"):
            self.well(b"5\r\nhello\r\n0\r\n" + trailer + b"\r\n\r\n")

    def test_a_trailer_is_no_token(self):
        peer = self.send(b"5\r\nhello\r\n0\r\nAuthorization: Bearer x\r\n\r\n", "/secured")
        self.problem(peer.answer(), 401, "authentication-required")
        self.well(b"5\r\nhello\r\n0\r\nAuthorization: Bearer y\r\nAuthorization: Bearer z\r\n\r\n", b"hello", "/secured", "Authorization: Bearer x")

    def test_malformed_trailers(self):
        self.malformed(b"5\r\nhello\r\n0\r\nnonsense\r\n\r\n")
        self.malformed(b"5\r\nhello\r\n0\r\n" + b"X: y\r\n" * 20000 + b"\r\n", (413, 431))


main(__name__)
