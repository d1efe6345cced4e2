#!/usr/bin/python3
"""Who comes in through the real daemon: strangers bring no byte in, fill no place of
those who are known and keep no newcomer out; a tenant has so many places and no more;
and whose address it is that counts."""
import concurrent.futures
import http.client
import json
import pathlib
import re
import socket
import time
import unittest

import rows
from hostile import forge
from varde import Answer, Varde, b64, example

PATH, BATCH = "/v1/submissions", "/v1/submissions/batch"
PATIENCE = 60


class Raw:
    """A connection from an address of the caller's choice that sends as told."""

    def __init__(self, v, source="127.0.0.1"):
        self.sock = socket.create_connection((v.host, v.port), timeout=PATIENCE, source_address=(source, 0))
        self.file = self.sock.makefile("rb")

    def send(self, *parts):
        try:
            self.sock.sendall(b"".join(p if isinstance(p, bytes) else p.encode() for p in parts))
        except ConnectionError:
            pass  # refused and closed; the answer may be there
        return self

    def answer(self):
        line = self.file.readline()
        if not line:
            return None
        headers = http.client.parse_headers(self.file)
        return Answer(int(line.split()[1]), headers, self.file.read(int(headers["Content-Length"] or 0)))

    def close(self):
        self.file.close()
        self.sock.close()


def head(authorization, length, *more, path=PATH, type="application/jose"):
    return "\r\n".join([f"POST {path} HTTP/1.1", "Host: x", "Authorization: " + authorization, "Content-Type: " + type,
                        f"Content-Length: {length}", *more]) + "\r\n\r\n"


class Door(unittest.TestCase):
    conf = ""

    @classmethod
    def setUpClass(cls):
        cls.v = Varde(cls.conf)
        cls.v.start()
        cls.tenant, cls.other = cls.v.tenants[:2]

    @classmethod
    def tearDownClass(cls):
        try:
            cls.v.stop()
        finally:
            cls.v.remove()

    def setUp(self):
        self.raws = []

    def tearDown(self):
        for raw in self.raws:
            raw.close()
        self.wait_for("all have left", lambda: self.metric("intake_connections") == 0)

    def raw(self, *parts, source="127.0.0.1"):
        self.raws.append(Raw(self.v, source))
        return self.raws[-1].send(*parts)

    def known(self, tenant):
        """An Authorization that was used before."""
        headers = self.v.bearer(tenant)
        self.assertEqual(self.v.get("/v1/tenant", headers=headers).status, 200)
        return headers["Authorization"]

    def submit(self, tenant, authorization, source="127.0.0.1"):
        body = self.v.sign(tenant, example("minimal-hf", tenant))
        raw = self.raw(head(authorization, len(body)), body, source=source)
        return raw.answer()

    def refused(self, answer, status, code):
        self.assertIsNotNone(answer, "closed without an answer")
        self.assertEqual((answer.status, answer.code), (status, code), answer)

    def metric(self, name):
        text = self.v.admin("/metrics").body.decode()
        return sum(float(value) for value in re.findall(rf"^varde_{name}(?:\{{[^}}]*\}})? (\S+)$", text, re.M))

    def wait_for(self, what, is_so):
        end = time.monotonic() + PATIENCE
        while not is_so():
            self.assertLess(time.monotonic(), end, "never came: " + what)
            time.sleep(0.01)

    def lines(self, status):
        return [line for line in self.v.log() if line.get("event") == "request" and line["status"] == status]


class Strangers(Door):
    conf = "\n[intake]\nconnections = 80\n"  # so 20 places for strangers, 5 for each address

    def test_slow_bodies_of_strangers_keep_nobody_out(self):
        authorization = self.known(self.tenant)
        for source in range(1, 7):
            for _ in range(25):  # twice as many as there are connections
                self.raw(head("Bearer nobody", 8 << 20, path=BATCH, type="application/json"), b"x" * 1000, source=f"127.0.0.{source}")
        self.wait_for("all places for the refused are taken", lambda: self.metric("intake_lingering_requests") == 20)
        # who is known
        self.assertEqual(self.submit(self.tenant, authorization).status, 201)
        # a newcomer, also where the attack comes from
        for source in ("127.0.0.99", "127.0.0.1"):
            answer = self.submit(self.other, self.v.bearer(self.other)["Authorization"], source)
            self.assertEqual(answer.status, 201, answer)
        self.assertEqual(self.metric("intake_lingering_requests"), 20)
        self.assertEqual(self.metric("unauthenticated_requests"), 0)
        # beyond them the answer leaves without the body being waited for
        self.refused(self.raw(head("Bearer nobody", 8 << 20, path=BATCH, type="application/json")).answer(), 401, "invalid-token")

    def test_silence_keeps_nobody_out(self):
        authorization = self.known(self.tenant)
        for i in range(200):
            self.raw(("GET /v1/tenant HTTP/1.1\r\nHost: x\r\n" if i % 2 else "GET")[:i])
        for _ in range(5):
            self.assertEqual(self.submit(self.tenant, authorization).status, 201)
            self.assertEqual(self.submit(self.other, self.v.bearer(self.other)["Authorization"], "127.0.0.99").status, 201)
        self.assertGreater(self.metric("intake_connections_cut_total"), 100)

    def test_a_body_where_none_is_taken_is_not_waited_for(self):
        raw = self.raw("GET /v1/schemas HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n")
        self.wait_for("it is refused", lambda: self.metric("intake_lingering_requests") == 1)
        self.assertEqual(self.metric("unauthenticated_requests"), 0)
        self.refused(raw.send("0\r\n\r\n").answer(), 413, "content-too-large")

    def test_refused_before_the_body(self):
        """100-continue shows when the decision was made."""
        expect = "Expect: 100-continue"
        for authorization, status in (("Bearer nobody", 401), (self.known(self.tenant), 100), (self.v.bearer(self.tenant)["Authorization"], 100)):
            self.assertEqual(self.raw(head(authorization, 1000, expect)).answer().status, status)
        token = self.known(self.other)
        self.v.ctl("tenant", "suspend", self.other.orgnr, "--reason", "a test")
        self.refused(self.raw(head(token, 1000, expect)).answer(), 403, "tenant-suspended")
        self.v.ctl("tenant", "resume", self.other.orgnr, "--reason", "a test")
        self.assertEqual(self.raw(head(token, 1000, expect)).answer().status, 100)


class Memory(Door):
    conf = "\n[limits]\nconcurrent_bytes = 1000000000\n"

    def rss(self):
        return int(re.search(r"VmRSS:\s+(\d+)", pathlib.Path(f"/proc/{self.v.process.pid}/status").read_text()).group(1)) / 1024

    def test_strangers_bring_no_byte_in(self):
        size, n = 6 << 20, 16
        grown = {}
        for who, authorization in (("strangers", "Bearer nobody"), ("known", self.known(self.tenant))):
            before, raws = self.rss(), []
            for _ in range(n):
                raws.append(self.raw(head(authorization, 8 << 20, path=BATCH, type="application/json"), b"x" * size))
            self.wait_for("all of it was read", lambda: all(self.unsent(r) == 0 for r in raws))
            grown[who] = self.rss() - before
        print(f"{n} bodies of {size >> 20} MiB on their way: strangers' took {grown['strangers']:.0f} MiB, those of a known tenant {grown['known']:.0f} MiB")
        self.assertGreater(grown["known"], n * size >> 21)
        self.assertLess(grown["strangers"], n * size >> 22)

    @staticmethod
    def unsent(raw):
        import fcntl
        import struct
        import termios
        return struct.unpack("i", fcntl.ioctl(raw.sock, termios.TIOCOUTQ, b"\0" * 4))[0]


class Crowd(Door):
    conf = "\n[intake]\nworkers = 1\n[limits]\nunauthenticated = 6\nunauthenticated_per_address = 2\n"

    def costly(self, tenant):
        header = {"alg": "ES384", "kid": tenant.kid, "typ": "varde+jws"}
        start = forge(header, self.v.payload(tenant, example("minimal-hf", tenant)), tenant.key).rsplit(".", 1)[0]
        return json.dumps({"submissions": [start + "." + b64(bytes([1]) * 96)] * 800})

    def busy_worker(self):
        """One worker, and a batch that it works on in pieces: a stranger waits for one of them."""
        hostile = next(t for t in self.v.tenants if t.alg == "ES384")
        body = self.costly(hostile)
        return self.raw(head(self.known(hostile), len(body), path=BATCH, type="application/json"), body)

    def burst(self, sources):
        """All heads at once, each with a token of its own; how they were answered."""
        raws = [(self.raw(source=source), self.v.bearer(self.tenant)["Authorization"]) for source in sources]
        for raw, authorization in raws:
            raw.send(f"GET /v1/tenant HTTP/1.1\r\nHost: x\r\nAuthorization: {authorization}\r\n\r\n")
        return [raw.answer() for raw, _ in raws]

    def provoke(self, sources, reason):
        for _ in range(30):
            batch = self.busy_worker()
            answers = self.burst(sources)
            for answer in answers:
                if answer.status != 200:
                    self.refused(answer, 503, "busy")
                    self.assertEqual(answer.headers["Retry-After"], "1")
            self.assertEqual(batch.answer().status, 200)
            if any(line.get("reason") == reason for line in self.lines(503)):
                rows.add(47, f"unknown callers beyond their places: {reason}", 503, "busy", reason)
                return answers
        self.fail("never refused: " + reason)

    def test_so_many_of_one_address(self):
        self.provoke(["127.0.0.7"] * 20, "address-full")
        self.assertEqual({line["client"] for line in self.lines(503) if line["reason"] == "address-full"}, {"127.0.0.7"})
        self.assertGreater(self.metric("door_refusals_total"), 0)
        # the same again, one by one, is taken
        for answer in (self.burst(["127.0.0.7"]) for _ in range(5)):
            self.assertEqual(answer[0].status, 200)
        self.assertEqual(self.metric("unauthenticated_requests"), 0)

    def test_so_many_of_all(self):
        self.provoke([f"127.0.0.{i}" for i in range(10, 40)], "unauthenticated-full")


class Places(Door):
    conf = "\n[limits]\nconcurrent_requests = 3\nconcurrent_bytes = 1500000\n"

    def slow(self, authorization, length=100, **kw):
        raw = self.raw(head(authorization, length, "Expect: 100-continue", **kw))
        answer = raw.answer()
        return raw if answer.status == 100 else answer

    def test_so_many_at_once(self):
        own = self.known(self.tenant)
        held = [self.slow(own) for _ in range(3)]
        for send in (lambda: self.slow(own), lambda: self.submit(self.tenant, own), lambda: self.v.get("/v1/tenant", headers={"Authorization": own}),
                     lambda: self.submit(self.tenant, self.v.bearer(self.tenant)["Authorization"])):
            answer = send()
            self.refused(answer, 429, "concurrency-limited")
            rows.add(47, "more at once than an organisation may", answer.status, answer.code)
            self.assertEqual(answer.headers["Retry-After"], "1")
        self.assertEqual({(line["tenant"], line["client"]) for line in self.lines(429)}, {(self.tenant.orgnr, "127.0.0.1")})
        # another's places are another's
        self.assertEqual(self.submit(self.other, self.known(self.other)).status, 201)
        # and one that is given back can be had
        self.refused(held.pop().send("x" * 100).answer(), 400, "signature-malformed")
        self.assertEqual(self.submit(self.tenant, own).status, 201)
        self.assertEqual(self.v.get("/v1/tenant", self.tenant).json["limits"]["concurrent_requests"], 3)

    def test_so_many_bytes_at_once(self):
        own = self.known(self.tenant)
        held = [self.slow(own, 500000) for _ in range(2)]
        self.assertIsInstance(held[1], Raw)
        self.refused(self.slow(own, 510000), 429, "concurrency-limited")
        self.refused(self.raw(head(own, 0).replace("Content-Length: 0", "Transfer-Encoding: chunked")).send("0\r\n\r\n").answer(),
                     429, "concurrency-limited")
        self.assertEqual(self.submit(self.tenant, own).status, 201)
        self.refused(held.pop().send("x" * 500000).answer(), 400, "signature-malformed")
        self.refused(held.pop().send("x" * 500000).answer(), 400, "signature-malformed")
        # what is larger than all of it comes in alone
        body = json.dumps({"submissions": ["x"], "x": "y" * 2000000})
        answer = self.v.post(BATCH, body, headers={"Authorization": own}, type="application/json")
        self.assertEqual(answer.code, "invalid-payload")

    def test_many_of_one_tenant_and_nothing_is_lost(self):
        """Who is refused and comes again after Retry-After gets its receipt in the end."""
        authorization = self.known(self.tenant)

        def send(_):
            body = self.v.sign(self.tenant, example("minimal-hf", self.tenant))
            for _ in range(200):
                answer = self.v.post(PATH, body, headers={"Authorization": authorization})
                if answer.status == 201:
                    return answer.json["report_id"]
                assert (answer.status, answer.code) == (429, "concurrency-limited"), answer
            raise AssertionError("never taken")

        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            ids = list(pool.map(send, range(40)))
        self.assertEqual(len(set(ids)), 40)
        for report_id in ids:
            self.assertEqual(self.v.get("/v1/reports/" + report_id, self.tenant).status, 200)


class Address(Door):
    def told(self, *headers):
        self.raw(head("Bearer nobody", 1, *headers), "x").answer()
        self.wait_for("its line", lambda: self.lines(401))
        return self.lines(401)[-1]["client"]


class Untrusted(Address):
    def test_a_header_that_anybody_can_write(self):
        self.assertEqual(self.told("X-Forwarded-For: 203.0.113.5"), "127.0.0.1")


class Trusted(Address):
    conf = "\n[intake]\ntrusted_proxies = 127.0.0.1, ::1\nconnections = 80\n"

    def test_the_proxy_is_believed(self):
        self.assertEqual(self.told("X-Forwarded-For: 198.51.100.1, 203.0.113.5"), "203.0.113.5")
        # each client has its share, though all come from the proxy
        slow = head("Bearer nobody", 1000)
        for i in range(5):
            self.raw(slow.replace("\r\n\r\n", "\r\nX-Forwarded-For: 203.0.113.5\r\n\r\n"))
        self.wait_for("they linger", lambda: self.metric("intake_lingering_requests") == 5)
        self.refused(self.raw(slow.replace("\r\n\r\n", "\r\nX-Forwarded-For: 203.0.113.5\r\n\r\n")).answer(), 401, "invalid-token")
        self.raw(slow.replace("\r\n\r\n", "\r\nX-Forwarded-For: 203.0.113.6\r\n\r\n"))
        self.wait_for("another's lingers", lambda: self.metric("intake_lingering_requests") == 6)


if __name__ == "__main__":
    unittest.main()
