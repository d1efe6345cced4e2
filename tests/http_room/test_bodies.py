#!/usr/bin/python3
"""Bodies: declared, in chunks, too large, of the wrong kind, and refusals that reach who
sends all of it first."""
import os
import socket

from probe import TEXT, Case, main, request


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


main(__name__)
