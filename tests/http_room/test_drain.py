#!/usr/bin/python3
"""Going down: what is on its way is answered, nothing new is taken."""
import time
import unittest

from probe import PATIENCE, TEXT, Probe, main, request


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


main(__name__)
