#!/usr/bin/python3
"""Who fails too often must wait: by address and certificate, charging failures only. The
limits are the shipped ones."""
import unittest

from behind import Behind, main
from hostile import HelseId
from varde import example

PATH = "/v1/submissions"
LIMIT = 60
BAD = {"Authorization": "Bearer x.y.z"}


class Failures(unittest.TestCase):
    """Each test comes from addresses of its own, so that none pays for another's."""

    @classmethod
    def setUpClass(cls):
        cls.b = Behind.started(dpop="nonce = on\n")
        cls.own = cls.b.tenants[1]
        cls.good = cls.b.bearer(cls.own)

    @classmethod
    def tearDownClass(cls):
        cls.b.finish()

    def connection(self, source, certificate="good"):
        connection = self.b.connection(certificate, source)
        self.addCleanup(connection.close)
        return connection

    def ask(self, connection, headers, path="/v1/tenant", method="GET", body=None):
        return self.b.ask(connection, method, path, body, {"Content-Type": "application/jose", **headers})

    def fail_until_told(self, source, certificate="good"):
        connection = self.connection(source, certificate)
        statuses = []
        while len(statuses) < 2 * LIMIT and (not statuses or statuses[-1] == 401):
            statuses.append(self.ask(connection, BAD).status)
        self.assertEqual(statuses[-1], 429, statuses)
        return connection, len(statuses) - 1

    def test_only_failures_count(self):
        connection = self.connection("127.0.0.10")
        for _ in range(100):
            self.assertEqual(self.ask(connection, self.good).status, 200)
        connection, failures = self.fail_until_told("127.0.0.10")
        self.assertAlmostEqual(failures, LIMIT, delta=2)

    def test_what_they_are_told(self):
        connection, _ = self.fail_until_told("127.0.0.11")
        before = len(self.b.requests())
        for headers in (BAD, self.good):  # good ones too: the proxy cannot tell before varded looks
            for body in (b"x" * 3000, b"x" * 30000):
                answer = self.ask(connection, headers, PATH, "POST", body)
                self.b.is_problem(answer.status, answer.body, 429, "too-many-failures")
                self.assertEqual(answer.headers["Content-Type"], "application/problem+json")
                self.assertEqual((answer.headers["Retry-After"], answer.json["retry_after"]), ("60", 60))
                self.assertEqual(answer.headers["Trace-Id"], answer.json["trace_id"])
                self.assertEqual(answer.headers["Cache-Control"], "no-store")
        self.assertEqual(len(self.b.requests()), before, "varded heard of it")
        self.assertEqual(self.b.outside(answer.headers["Trace-Id"])[0]["status"], 429)

    def test_over_http2(self):
        self.fail_until_told("127.0.0.12")
        words = ["--interface", "127.0.0.12", "--http2", self.b.info["intake"] + PATH]
        for size in (10, 3000, 30000):
            status, _, answer = self.b.curl(*words, body=b"x" * size)
            self.b.is_problem(status, answer, 429, "too-many-failures")

    def test_neighbours_go_on(self):
        self.fail_until_told("127.0.0.13")
        another_address = self.connection("127.0.0.14")
        another_certificate = self.connection("127.0.0.13", "other")
        for connection in (another_address, another_certificate):
            self.assertEqual(self.ask(connection, self.good).status, 200)
        self.assertEqual(self.ask(self.connection("127.0.0.13"), self.good).status, 429)

    def test_without_certificate(self):
        """Whoever has none cannot use up the share of those who have."""
        connection = self.connection("127.0.0.15", None)
        statuses = [self.ask(connection, {}).status for _ in range(LIMIT + 5)]
        self.assertEqual((statuses[0], statuses[-1]), (403, 429 if self.b.proxy.strangers_wait else 403))
        self.assertEqual(self.ask(self.connection("127.0.0.15"), self.good).status, 200)

    def test_honest_questions_are_free(self):
        """Unknown reports, faulty documents, conflicts: no reason to wait."""
        connection = self.connection("127.0.0.16")
        document = example("minimal-hf", self.own)
        body = self.b.sign(self.own, document)
        conflict = self.b.sign(self.own, {**document, "place": "unknown"})
        faulty = self.b.sign(self.own, example("minimal-hf", self.own, harm={}))
        self.assertEqual(self.ask(connection, self.good, PATH, "POST", body).status, 201)
        for _ in range(LIMIT // 2):
            self.assertEqual(self.ask(connection, self.good, "/v1/reports/unknown").status, 404)
            self.assertEqual(self.ask(connection, self.good, PATH, "POST", conflict).status, 409)
            self.assertEqual(self.ask(connection, self.good, PATH, "POST", faulty).status, 422)
        self.assertEqual(self.ask(connection, self.good).status, 200)

    def test_nonces_are_free(self):
        """Being asked for one is no failure: many clients may begin at the same time."""
        client = HelseId(self.b, self.own)
        connection = self.connection("127.0.0.24")
        for _ in range(LIMIT + 5):
            answer = self.ask(connection, client.headers("GET", "/v1/tenant"))
            self.assertEqual((answer.status, answer.code), (401, "use-dpop-nonce"))

    def test_charged(self):
        """Each of these counts."""
        body = self.b.sign(self.own, example("minimal-hf", self.own))
        cases = ((400, PATH, "POST", body[:-4], self.good), (401, PATH, "POST", body, BAD), (405, PATH, "PUT", None, self.good),
                 (403, PATH, "POST", body, self.b.bearer(self.own, scopes=())), (415, PATH, "POST", body, {**self.good, "Content-Type": "a/b"}))
        connection = self.connection("127.0.0.17")
        for _ in range(LIMIT // len(cases) + 1):
            for status, path, method, data, headers in cases:
                last = self.ask(connection, headers, path, method, data).status
                self.assertIn(last, (status, 429))
        self.assertEqual(self.ask(connection, self.good).status, 429)

    def test_the_address_that_varded_knows(self):
        """It is the sender's own, whatever the sender writes about it."""
        forged = "203.0.113.9"
        for source, headers in (("127.0.0.20", {}), ("127.0.0.21", {"X-Forwarded-For": forged}), ("127.0.0.22", {"Forwarded": "for=" + forged}),
                                ("127.0.0.23", {"X-Forwarded-For": f"{forged}, 127.0.0.1"})):
            answer = self.b.request("GET", "/v1/tenant", headers={**BAD, **headers}, source=source)
            line = self.b.inside(answer.headers["Trace-Id"])[0]
            self.assertEqual((line["status"], line["client"]), (401, source))

    def test_cap_of_one_address(self):
        """200 of an address, and another address is served all the same."""
        half = b"POST /v1/submissions HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n" + f"Authorization: {self.good['Authorization']}\r\n\r\n".encode()
        for _ in range(200):
            tls = self.b.raw(source="127.0.0.18")
            self.addCleanup(tls.close)
            tls.sendall(half)
        if self.b.proxy.caps_connections:
            with self.assertRaises(OSError):
                self.b.raw(source="127.0.0.18")
        else:
            answer = self.ask(self.connection("127.0.0.18"), self.good)
            self.b.is_problem(answer.status, answer.body, 503, "busy")
        self.assertEqual(self.ask(self.connection("127.0.0.19"), self.good).status, 200)


main(__name__)
