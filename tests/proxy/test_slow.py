#!/usr/bin/python3
"""Slow senders (slowloris): a head or a body that comes byte by byte is cut, and holds
nothing of varded's meanwhile. Only here the configured times are shortened."""
import socket
import time
import unittest

from behind import PATIENCE, Behind, answer_in, main

SUBMIT = b"POST /v1/submissions HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/jose\r\n"
LONG = 20  # seconds; all that is cut is cut well before


class Slow(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.b = Behind.started(slow=True, conf="deadline_seconds = 2\n")
        cls.authorization = b"Authorization: " + cls.b.bearer(cls.b.tenants[1])["Authorization"].encode() + b"\r\n"

    @classmethod
    def tearDownClass(cls):
        cls.b.finish()

    def drip(self, start, byte=b"x", tls=None):
        """Sends byte by byte until the proxy has had enough; what it answered."""
        tls = tls or self.b.raw()
        began, got = time.monotonic(), b""
        try:
            tls.sendall(start)
            tls.settimeout(0.05)
            while time.monotonic() - began < PATIENCE:
                try:
                    more = tls.recv(65536)
                    got += more
                    if not more:
                        break
                except TimeoutError:
                    tls.sendall(byte)
        except OSError:
            pass
        took = time.monotonic() - began
        tls.close()
        self.assertLess(took, LONG)
        self.assertGreater(took, 0.5, "cut before it was slow")
        return got

    def nobody_inside(self):
        return [line for line in self.b.requests() if line.get("route") == "/v1/submissions"]

    def status(self, got):
        answer = answer_in(got)
        return answer and answer.status

    def test_head(self):
        before = self.nobody_inside()
        for start, byte in ((b"GET /v1/", b"a"), (SUBMIT, b"A: b\r\n"), (SUBMIT + b"X: ", b"y")):
            self.assertIn(self.status(self.drip(start, byte)), (None, 408), start)
        self.assertEqual(self.nobody_inside(), before)

    def test_handshake(self):
        plain = socket.create_connection(("127.0.0.1", self.b.port), timeout=PATIENCE)
        began = time.monotonic()
        self.assertEqual(plain.recv(1), b"")
        self.assertLess(time.monotonic() - began, LONG)
        plain.close()

    def test_small_body(self):
        got = self.drip(SUBMIT + self.authorization + b"Content-Length: 3000\r\n\r\n")
        self.slow_body(got, small=True)

    def test_chunked_body(self):
        got = self.drip(SUBMIT + self.authorization + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n")
        self.slow_body(got, small=True)

    def test_large_body(self):
        """More than the proxy keeps: varded's own deadline ends it."""
        got = self.drip(SUBMIT + self.authorization + b"Content-Length: 400000\r\n\r\n" + b"x" * 200000)
        self.slow_body(got)

    def slow_body(self, got, small=False):
        answer = answer_in(got)
        if answer:
            codes = {408: "request-timeout", 502: "bad-gateway"}
            self.assertIn(answer.status, codes)
            self.b.is_problem(answer.status, answer.body, answer.status, codes[answer.status])
        self.assertEqual([line for line in self.nobody_inside() if line["status"] in (200, 201)], [])
        if small and self.b.proxy.waits_for_body:
            self.assertEqual(answer.status, 408)

    def test_others_meanwhile(self):
        """As many slow ones as an address may have keep nobody else waiting."""
        slow = []
        for n in range(100):
            tls = self.b.raw(source="127.0.0.30")
            tls.sendall(SUBMIT + (b"X: " if n % 2 else b"Content-Length: 3000\r\n\r\nx"))
            slow.append(tls)
        began = time.monotonic()
        for _ in range(10):
            self.assertEqual(self.b.get("/v1/schemas").status, 200)
        self.assertLess(time.monotonic() - began, LONG)
        for tls in slow:
            tls.close()

    def test_idle_connection(self):
        tls = self.b.raw()
        tls.sendall(b"GET /v1/schemas HTTP/1.1\r\nHost: localhost\r\n\r\n")
        began, got = time.monotonic(), b""
        while more := tls.recv(65536):
            got += more
        self.assertEqual(self.status(got), 200)
        self.assertLess(time.monotonic() - began, LONG)
        tls.close()


main(__name__)
