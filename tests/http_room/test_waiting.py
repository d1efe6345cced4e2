#!/usr/bin/python3
"""Handlers that answer later, clients that do not wait for it, and a queue that is full."""
import socket
import threading

from probe import TEXT, Case, main, request


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


main(__name__)
