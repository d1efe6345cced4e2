#!/usr/bin/python3
"""Slow clients and slow handlers: each connection ends in time."""
import socket
import time

from probe import PATIENCE, TEXT, Case, main, request


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


main(__name__)
