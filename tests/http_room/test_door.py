#!/usr/bin/python3
"""server/http over raw sockets: the door, turns, the client's address, and how many
may wait or be turned away slowly at the same time.
"""
import os
import socket
import unittest

from probe import PATIENCE, TEXT, Case, Peer, Probe, main, request

BODY = b"x" * 60000


def post(*authorization, target="/secured", body=BODY, **kw):
    return request(f"POST {target} HTTP/1.1", TEXT, *(f"Authorization: {a}" for a in authorization), body=body, **kw)


def head_of(data):
    return data[:data.index(b"\r\n\r\n") + 4]


class Door(Case):
    settings = {"door": 1, "workers": 3, "deadline": 60000}

    def tearDown(self):
        self.probe.wait_for("all is given back", lambda c: c["requests"] == 0 and c["held"] == 0 and c["lingering"] == 0)

    def test_who_comes_in(self):
        peer = self.probe.connect()
        for word in ("known", "check"):
            for body in (BODY, b"x", b""):
                extra = [] if body else ["Content-Length: 0"]
                answer = peer.send(request("POST /secured HTTP/1.1", TEXT, f"Authorization: {word} a", *extra, body=body)).answer()
                self.assertEqual((answer.status, answer.body), (200, body), word)
            chunks = request("POST /secured HTTP/1.1", TEXT, f"Authorization: {word} a", "Transfer-Encoding: chunked")
            answer = peer.send(chunks + b"5\r\nhello\r\n5\r\nworld\r\n0\r\n\r\n").answer()
            self.assertEqual((answer.status, answer.body), (200, b"helloworld"))
            self.assertEqual(peer.send(request("GET /tagged HTTP/1.1", f"Authorization: {word} a")).answer().body, b"static")
        peer.close()

    def test_who_does_not(self):
        peer = self.probe.connect()
        for word, status, code in (("wrong", 401, "invalid-token"), ("full", 429, "concurrency-limited")):
            for body in (BODY, b"x"):
                self.problem(peer.send(post(word + " a", body=body)).answer(), status, code)
            self.problem(peer.send(request("GET /tagged HTTP/1.1", f"Authorization: {word} a")).answer(), status, code)
        # the connection went on through all of it
        self.assertEqual(peer.send(post("known a")).answer().status, 200)
        peer.close()

    def test_pipeline_through_the_door(self):
        peer = self.probe.connect()
        peer.send(b"".join(post(word + " a", body=b"%d" % i) for i, word in enumerate(("check", "wrong", "known", "check"))))
        self.assertEqual([(a.status, a.body) for a in (peer.answer(),)], [(200, b"0")])
        self.problem(peer.answer(), 401, "invalid-token")
        self.assertEqual([peer.answer().body for _ in range(2)], [b"2", b"3"])
        peer.close()

    def test_no_byte_is_asked_for_before(self):
        """Whoever waits for 100 is told of the refusal, or that it may go on, after it was verified."""
        def expecting(word):
            return head_of(post(word + " a")).replace(b"\r\n\r\n", b"\r\nExpect: 100-continue\r\n\r\n")

        peer = self.probe.connect()
        self.problem(peer.send(expecting("wrong")).answer(), 401, "invalid-token")
        self.assertEqual(peer.closed(), b"")
        peer.close()
        peer = self.probe.connect()
        self.assertEqual(peer.send(expecting("check")).answer().status, 100)
        self.assertEqual(peer.send(BODY).answer().status, 200)
        peer.close()

    def test_while_it_is_being_verified(self):
        slow = [self.probe.connect().send(post("slow a")) for _ in range(2)]
        self.probe.command("parked 2")
        self.assertEqual(self.probe.counts()["held"], 2)
        other = self.probe.connect()
        self.assertEqual(other.send(post("known b")).answer().status, 200)
        other.close()
        slow[0].close()  # libmicrohttpd does not see it go while it is suspended
        self.probe.command("release")
        self.assertEqual(slow[1].answer().status, 200)
        slow[1].close()


class Leaving(Case):
    settings = {"door": 1, "workers": 2, "deadline": 1000}

    def test_a_client_that_leaves_in_between(self):
        """libmicrohttpd 0.9.75 may see it go only at the deadline."""
        for cut in (0, 1, 30000):
            for word in ("check", "wrong", "known", "full"):
                peer = self.probe.connect().send(head_of(post(word + " a")) + BODY[:cut])
                peer.close()
        self.probe.wait_for("all is given back", lambda c: c["requests"] == 0 and c["held"] == 0 and c["lingering"] == 0)


class Deadlines(Case):
    settings = {"door": 1, "workers": 2, "deadline": 400, "head": 400}

    def test_verified_too_late(self):
        peer = self.probe.connect().send(post("slow a"))
        self.probe.command("parked 1")
        self.problem(peer.answer(), 503, "busy")
        self.assertEqual(self.probe.counts()["held"], 1)
        self.probe.command("release")
        self.probe.wait_for("its place is given back", lambda c: c["held"] == 0)
        peer.close()

    def test_slow_body_of_a_refused_request(self):
        peer = self.probe.connect().send(head_of(post("wrong a")) + b"x")
        self.probe.wait_for("it lingers", lambda c: c["lingering"] == 1)
        self.assertEqual(peer.closed(), b"")
        self.probe.wait_for("its place is given back", lambda c: c["lingering"] == 0)
        peer.close()


class SlowHeads(Case):
    settings = {"deadline": 600000, "idle": 600000, "head": 300}

    def test_a_head_has_less_time_than_a_request(self):
        for begin in (b"", b"GET /tag", b"GET /tagged HTTP/1.1\r\nHost: x\r\n", request("GET /tagged HTTP/1.1") + b"GET /tagged HTTP/1.1\r\n"):
            peer = self.probe.connect().send(begin)
            rest = peer.closed()  # PATIENCE would end sooner than the deadline
            self.assertIn(rest.count(b"HTTP/1.1 "), (0, 1))
            peer.close()

    def test_a_body_has_all_of_it(self):
        body = b"x" * 30
        peer = self.probe.connect().send(head_of(request("POST /echo HTTP/1.1", TEXT, body=body)))
        for other in range(3):  # three heads come too late meanwhile
            silent = self.probe.connect()
            silent.closed()
            silent.close()
            peer.send(body[:10])
        self.assertEqual(peer.answer().body, body)
        peer.close()


class Lingering(unittest.TestCase):
    def setUp(self):
        self.probe = Probe(door=1, lingering=3, lingering_each=2, deadline=60000, workers=2)
        self.addCleanup(self.probe.stop)

    def connect(self, address):
        s = socket.create_connection(("127.0.0.1", self.probe.port), source_address=(address, 0))
        s.settimeout(PATIENCE)
        return Peer(s)

    def test_so_many_of_each_and_of_all(self):
        slow = [self.connect("127.0.0.1").send(head_of(post("wrong a"))) for _ in range(2)]
        self.probe.wait_for("two linger", lambda c: c["lingering"] == 2)
        third = self.connect("127.0.0.1").send(head_of(post("wrong a")))
        self.assertEqual(third.answer().json()["code"], "invalid-token", "at once, without its body")
        self.assertEqual(third.closed(), b"")
        third.close()
        slow.append(self.connect("127.0.0.2").send(head_of(post("wrong a"))))
        self.probe.wait_for("another's lingers", lambda c: c["lingering"] == 3)
        fourth = self.connect("127.0.0.3").send(head_of(post("nobody")))
        self.assertEqual(fourth.answer().status, 401)
        fourth.close()
        # all of that keeps nobody out
        for word in ("known b", "check c"):
            peer = self.connect("127.0.0.1").send(post(word))
            self.assertEqual(peer.answer().status, 200)
            peer.close()
        for peer in slow:
            self.assertEqual(peer.send(BODY).answer().status, 401)
            peer.close()
        self.probe.wait_for("none lingers", lambda c: c["lingering"] == 0)

    def test_a_fault_that_shows_in_the_body(self):
        """A refusal in the middle of a body cannot leave at once."""
        slow = [self.connect("127.0.0.1").send(head_of(post("wrong a"))) for _ in range(2)]
        self.probe.wait_for("two linger", lambda c: c["lingering"] == 2)
        head = request("POST /secured HTTP/1.1", TEXT, "Authorization: known a", "Transfer-Encoding: chunked")
        peer = self.connect("127.0.0.1").send(head + b"11000\r\n" + b"x" * 0x11000 + b"\r\n")
        self.assertEqual(peer.closed(), b"")
        peer.close()
        other = self.connect("127.0.0.2").send(head + b"11000\r\n" + b"x" * 0x11000 + b"\r\n0\r\n\r\n")
        self.assertEqual(other.answer().json()["code"], "content-too-large")
        for peer in slow + [other]:
            peer.close()


class Turns(unittest.TestCase):
    def test_long_work_lets_others_have_theirs(self):
        """One worker, and one request that is never done with it."""
        probe = Probe(door=1, workers=1, deadline=60000)
        self.addCleanup(probe.stop)
        long = [probe.connect().send(request("GET /pieces HTTP/1.1", "Authorization: known a")) for _ in range(3)]
        probe.command("parked 3")
        for name in ("known b", "known a", "check c"):
            before = probe.counts()["turns"]
            peer = probe.connect().send(request("GET /tagged HTTP/1.1", "Authorization: " + name))
            self.assertEqual(peer.answer().body, b"static", name)
            peer.close()
            probe.wait_for("the long ones go on", lambda c: c["turns"] > before)
        probe.command("release")
        for peer in long:
            self.assertEqual(peer.answer().body, b"pieces")
            peer.close()

    def test_one_flow_never_has_all_workers(self):
        probe = Probe(door=1, workers=3, deadline=60000)
        self.addCleanup(probe.stop)
        hold = request("GET /hold HTTP/1.1", "Authorization: known a")
        held = [probe.connect().send(hold) for _ in range(6)]
        probe.command("parked 2")
        probe.wait_for("the others wait", lambda c: c["queued"] == 4)
        for name in ("known b", "check c"):
            peer = probe.connect().send(post(name))
            self.assertEqual(peer.answer().status, 200)
            peer.close()
        self.assertEqual(probe.counts()["queued"], 4)
        for left in (4, 2, 0):
            probe.command("release")
            probe.wait_for("two are answered", lambda c, left=left: c["requests"] == left)
            probe.command(f"parked {min(left, 2)}")
        for peer in held:
            self.assertEqual(peer.answer().body, b"held")
            peer.close()

    def test_drain_ends_long_work(self):
        probe = Probe(door=1, workers=1, deadline=600000)
        long = probe.connect().send(request("GET /pieces HTTP/1.1", "Authorization: known a"))
        probe.command("parked 1")
        slow = probe.connect().send(post("slow b"))
        probe.command("parked 2")
        probe.tell("drain 200")
        for peer in (long, slow):
            answer = peer.answer()
            self.assertTrue(answer is None or answer.json()["code"] == "shutting-down")
        probe.tell("release")
        self.assertEqual(sorted(probe.hear().split()[0] for _ in range(2)), ["limit", "released"])
        for peer in (long, slow):
            peer.close()
        probe.stop()


class Room(unittest.TestCase):
    def test_who_waits_makes_room(self):
        probe = Probe(connections=32, deadline=600000, idle=600000, head=600000)
        self.addCleanup(probe.stop)
        used = probe.connect()
        self.assertEqual(used.send(request("GET /tagged HTTP/1.1")).answer().status, 200)
        busy = probe.connect().send(head_of(request("POST /echo HTTP/1.1", TEXT, body=b"hello")))
        probe.wait_for("it is read", lambda c: c["requests"] == 1)
        silent = [probe.connect().send(b"GET /tag"[:i % 9]) for i in range(60)]
        slow = [probe.connect().send(b"GET /tagged HTTP/1.1\r\nHost: x\r\n") for _ in range(60)]
        for _ in range(5):  # newcomers come through
            peer = probe.connect()
            self.assertEqual(peer.send(request("GET /tagged HTTP/1.1")).answer().status, 200)
            peer.close()
        self.assertGreaterEqual(probe.counts()["made_room"], 60)
        self.assertEqual(silent[0].closed(), b"")
        # who sent a request, or has one on its way, was left alone
        self.assertEqual(busy.send(b"hello").answer().body, b"hello")
        self.assertEqual(used.send(request("GET /tagged HTTP/1.1")).answer().status, 200)
        for peer in silent + slow + [used, busy]:
            peer.close()


class Address(unittest.TestCase):
    def seen(self, *headers, listen="127.0.0.1:0", proxies=None, header=None):
        """What the daemon takes for the client's address and its net."""
        environment = {"PROBE_PROXIES": proxies, "PROBE_HEADER": header}
        os.environ.update({k: v for k, v in environment.items() if v})
        try:
            probe = Probe(listen)
        finally:
            for name in environment:
                os.environ.pop(name, None)
        try:
            peer = probe.connect()
            doc = peer.send(request("GET /things/1/part HTTP/1.1", *headers)).answer().json()
            peer.close()
        finally:
            probe.stop()
        return doc["client"], doc["net"]

    def test_only_the_proxy_is_believed(self):
        told = "X-Forwarded-For: 192.0.2.7"
        self.assertEqual(self.seen(told), ("127.0.0.1", "127.0.0.1"))
        self.assertEqual(self.seen(told, proxies="10.0.0.0/8, 127.0.0.2"), ("127.0.0.1", "127.0.0.1"))
        self.assertEqual(self.seen(told, proxies="127.0.0.1"), ("192.0.2.7", "192.0.2.7"))
        self.assertEqual(self.seen(told, proxies="::1, 127.0.0.0/8"), ("192.0.2.7", "192.0.2.7"))
        self.assertEqual(self.seen("X-Real-IP: 2001:db8:1:2:3::4", told, proxies="127.0.0.1", header="X-Real-IP"),
                         ("2001:db8:1:2:3::4", "2001:db8:1:2::"))

    def test_behind_a_unix_socket(self):
        path = f"/tmp/varde-door-{os.getpid()}.sock"
        listen = "unix:" + path
        self.assertEqual(self.seen("X-Forwarded-For: 192.0.2.7", listen=listen), ("192.0.2.7", "192.0.2.7"))
        self.assertEqual(self.seen(listen=listen), ("local", "local"))

    def test_proxies_that_are_none(self):
        for wrong in ("127.0.0.1/33", "proxy.example", "127.0.0.1/-1", "::1/129", "10.0.0.0/", "1.2.3", ",".join(["::1"] * 17)):
            with self.assertRaisesRegex(RuntimeError, "trusted-proxies"):
                self.seen(proxies=wrong)

    def test_whose_address_is_logged(self):
        probe = Probe(door=1, workers=2)
        peer = probe.connect()
        for word in ("known", "check", "wrong", "full"):
            peer.send(post(word + " a", body=b"x")).answer()
        peer.close()
        probe.wait_for("all ended", lambda c: c["requests"] == 0)
        lines = [line for line in probe.lines() if line["event"] == "request"]
        self.assertEqual([(line["status"], line.get("client")) for line in lines],
                         [(200, None), (200, None), (401, "127.0.0.1"), (429, "127.0.0.1")])
        probe.stop()


main(__name__)
