#!/usr/bin/python3
"""Where it listens, and how many it takes at once."""
import os
import socket
import tempfile
import unittest

from probe import Probe, main, request


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


main(__name__)
