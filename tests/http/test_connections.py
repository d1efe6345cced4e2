#!/usr/bin/python3
"""Bodies and connections through the real daemon: inputs 31 and 32, the header gate in
front of what matters, keep-alive, pipelines, and many clients of all kinds at once."""
import concurrent.futures
import gzip
import http.client
import json
import select
import socket
import unittest
import uuid

import rows
from hostile import CANARY, problem_faults
from varde import Answer, Varde, example

PATH = "/v1/submissions"
PATIENCE = 60


class Raw:
    """A connection that sends bytes as told."""

    def __init__(self, v):
        self.sock = socket.create_connection((v.host, v.port), timeout=PATIENCE)
        self.file = self.sock.makefile("rb")

    def send(self, *parts):
        """All in one piece, so that a server that closes early has read it."""
        self.sock.sendall(b"".join(p if isinstance(p, bytes) else p.encode("latin-1") for p in parts))
        return self

    def answer(self):
        """The next answer, None at the end of the connection."""
        line = self.file.readline()
        if not line:
            return None
        headers = http.client.parse_headers(self.file)
        return Answer(int(line.split()[1]), headers, self.file.read(int(headers["Content-Length"] or 0)))

    def ended(self):
        try:
            return self.file.read() == b""
        except ConnectionError:
            return True

    def close(self):
        self.file.close()
        self.sock.close()


class Connections(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.v = Varde()
        cls.v.start()
        cls.own = cls.v.tenants[1]
        cls.authorization = cls.v.bearer(cls.own)["Authorization"]
        cls.rows = []

    @classmethod
    def tearDownClass(cls):
        try:
            cls.v.stop()
            rows.keep(cls.rows)
        finally:
            cls.v.remove()

    def refused(self, answer, status, code, number=None, what=None):
        """Where it has a number in the list of hostile inputs, a row of its table."""
        self.assertIsNotNone(answer, "closed without an answer")
        self.assertEqual(list(problem_faults(answer, status, code)), [], answer)
        if number:
            self.rows.append((number, what, status, code))

    def signed(self):
        document = example("minimal-hf", self.own)
        return document["report_id"], self.v.sign(self.own, document).encode()

    def head(self, *headers, method="POST", path=PATH, length=None):
        lines = [f"{method} {path} HTTP/1.1", "Host: x", "Authorization: " + self.authorization, *headers]
        if length is not None:
            lines.append(f"Content-Length: {length}")
        return "\r\n".join(lines) + "\r\n\r\n"

    def ask(self, *parts):
        raw = Raw(self.v)
        try:
            return raw.send(*parts).answer()
        finally:
            raw.close()

    # --- bodies --------------------------------------------------------------------

    def test_media_types(self):
        _, body = self.signed()
        for type in ("application/json", "text/plain", "application/jose+json", "application/josephine", "application/", "*/*", "application/jwt",
                     "application/jose; charset=latin-1", "multipart/form-data", CANARY + "/x", "application/jose, application/jose", ""):
            self.refused(self.v.post(PATH, body, self.own, type=type), 415, "unsupported-media-type",
                         31, "Content-Type " + (type or "empty").replace(CANARY, "x"))
        self.refused(self.ask(self.head(length=len(body)), body), 415, "unsupported-media-type", 31, "no Content-Type")
        for type in ("APPLICATION/JOSE", "application/jose;charset=utf-8", "application/jose ; charset=\"UTF-8\""):
            self.assertIn(self.v.post(PATH, body, self.own, type=type).status, (200, 201), type)

    def test_encodings(self):
        _, body = self.signed()
        packed = gzip.compress(body)
        for coding in ("gzip", "deflate", "br", "zstd", "identity, gzip", CANARY):
            answer = self.v.post(PATH, packed, self.own, headers={"Content-Encoding": coding})
            self.refused(answer, 415, "unsupported-media-type", 32, "Content-Encoding " + coding.replace(CANARY, "x"))
        self.assertEqual(self.v.post(PATH, body, self.own, headers={"Content-Encoding": "identity"}).status, 201)

    def test_lengths(self):
        report_id, body = self.signed()
        jose = "Content-Type: application/jose"
        cases = (("two lengths", [jose, "Content-Length: 5", f"Content-Length: {len(body)}"], True),
                 ("length and chunks", [jose, f"Content-Length: {len(body)}", "Transfer-Encoding: chunked"], True),
                 ("other coding", [jose, "Transfer-Encoding: gzip, chunked"], True), ("name with a space", [jose, "Content-Length : 5"], True),
                 ("folded", [jose, "X: 1\r\n 2", f"Content-Length: {len(body)}"], True))
        for what, headers, closes in cases:
            raw = Raw(self.v)
            answer = raw.send(self.head(*headers), body, self.head(method="GET", path="/v1/tenant")).answer()
            self.refused(answer, 400, "invalid-request", 32, what)
            self.assertEqual(raw.ended(), closes, what)
            raw.close()
        for what, value in (("negative", "-1"), ("a word", "abc"), ("hexadecimal", "0x10"), ("beyond 64 bits", "9" * 30)):
            answer = self.ask(self.head(jose, f"Content-Length: {value}"), body)
            self.assertIn(answer.status, (400, 413), what)  # libmicrohttpd's own page, but a refusal
        raw = Raw(self.v)
        raw.send(self.head(jose, length=len(body) + 10), body)
        raw.sock.shutdown(socket.SHUT_WR)
        self.assertTrue(raw.ended(), "an answer to half a body")
        self.rows.append((32, "Content-Length above what comes", "closed", "unanswered"))
        raw.close()
        self.assertEqual(self.v.get("/v1/reports/" + report_id, self.own).status, 404)
        # shorter than what is sent: the rest is no request
        raw = Raw(self.v)
        self.refused(raw.send(self.head(jose, length=len(body) - 10), body).answer(), 400, "signature-invalid",
                     32, "Content-Length below what comes")
        raw.close()
        chunks = b"".join(b"%x\r\n%s\r\n" % (len(body[i:i + 97]), body[i:i + 97]) for i in range(0, len(body), 97)) + b"0\r\n\r\n"
        self.assertEqual(self.ask(self.head(jose, "Transfer-Encoding: chunked"), chunks).status, 201)

    def test_caps(self):
        jose = "Content-Type: application/jose"
        for size in (512 * 1024 + 1, 4 << 20, 15 << 20):
            self.refused(self.v.post(PATH, b"x" * size, self.own), 413, "content-too-large", 32, f"body of {size} bytes")
        chunk = b"10000\r\n" + b"x" * 65536 + b"\r\n"
        self.refused(self.ask(self.head(jose, "Transfer-Encoding: chunked"), chunk * 9, b"0\r\n\r\n"), 413, "content-too-large", 32, "chunks above the cap")
        self.assertLess(self.endless(self.head(jose, "Transfer-Encoding: chunked"), chunk), 32 << 20)
        self.rows.append((32, "chunks without end", "closed", "unanswered"))
        raw = Raw(self.v)  # the refusal comes instead of 100
        self.refused(raw.send(self.head(jose, "Expect: 100-continue", length=1 << 20)).answer(), 413, "content-too-large")
        raw.close()
        raw = Raw(self.v)
        self.refused(raw.send("POST /v1/submissions HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 9\r\n\r\n").answer(), 401,
                     "authentication-required")
        raw.close()
        refused_with_body = self.v.post(PATH, b"x" * (3 << 20), headers={"Authorization": "Bearer " + CANARY})
        self.assertIn(refused_with_body.status, (401, 413))

    def endless(self, head, chunk):
        """How many bytes go out before the server ends it."""
        raw = Raw(self.v).send(head)
        sent = 0
        try:
            while not select.select([raw.sock], [raw.sock], [], PATIENCE)[0]:
                raw.send(chunk)
                sent += len(chunk)
        except ConnectionError:
            pass
        raw.close()
        return sent

    def test_a_tenant_cannot_smuggle(self):
        """What follows a refused head is not taken for another's request."""
        report_id, body = self.signed()
        hidden = self.head("Content-Type: application/jose", length=len(body)).encode() + body
        for headers in (["Content-Length: 5", "Transfer-Encoding: chunked"], ["Transfer-Encoding: xchunked"],
                        ["Transfer-Encoding: chunked", "Transfer-Encoding: identity"], ["Content-Length: 0", f"Content-Length: {len(hidden)}"]):
            raw = Raw(self.v)
            answer = raw.send(self.head("Content-Type: application/jose", *headers), b"0\r\n\r\n", hidden).answer()
            self.assertEqual(answer.status, 400, headers)
            self.assertTrue(raw.ended(), headers)
            raw.close()
        self.assertEqual(self.v.get("/v1/reports/" + report_id, self.own).status, 404)

    # --- connections -----------------------------------------------------------------

    def test_keep_alive(self):
        connection = http.client.HTTPConnection(self.v.host, self.v.port, timeout=PATIENCE)
        headers = {"Authorization": self.authorization, "Content-Type": "application/jose"}
        local = None
        for i in range(20):
            report_id, body = self.signed()
            for method, path, data, want in (("POST", PATH, body, 201), ("POST", PATH, body[:-4], 400), ("GET", "/v1/reports/" + report_id, None, 200),
                                             ("POST", PATH, body, 200), ("GET", "/v1/reports/x", None, 404), ("PUT", PATH, b"x" * 5000, 405)):
                connection.request(method, path, body=data, headers=headers)
                answer = connection.getresponse()
                text = answer.read()
                self.assertEqual(answer.status, want, (i, method, path, text))
                if want == 200 and method == "GET":
                    self.assertEqual(json.loads(text)["report_id"], report_id)
            local = local or connection.sock.getsockname()
            self.assertEqual(connection.sock.getsockname(), local, "the connection was closed in between")
        connection.close()

    def test_pipeline(self):
        jose = "Content-Type: application/jose"
        reports = [self.signed() for _ in range(8)]
        raw = Raw(self.v)
        for report_id, body in reports:
            raw.send(self.head(jose, length=len(body)), body, self.head(method="GET", path=f"/v1/reports/{report_id}/receipt"))
        for report_id, body in reports:
            first, receipt = raw.answer(), raw.answer()
            self.assertEqual((first.status, receipt.status), (201, 200))
            self.assertEqual(first.json["report_id"], report_id)
            self.assertEqual(first.json, receipt.json)
        raw.close()

    def test_client_that_leaves(self):
        """Whoever does not wait for its receipt may have one later."""
        left = []
        for _ in range(20):
            report_id, body = self.signed()
            raw = Raw(self.v)
            raw.send(self.head("Content-Type: application/jose", length=len(body)), body)
            raw.close()
            left.append(body)
        for body in left:
            self.assertIn(self.v.post(PATH, body, self.own).status, (200, 201))

    def test_many_of_all_kinds(self):
        tenants = [t for t in self.v.tenants if t.kind == "hf"]
        authorizations = {t.orgnr: self.v.bearer(t) for t in tenants}

        def work(n):
            tenant = tenants[n % len(tenants)]
            headers = {**authorizations[tenant.orgnr], "Content-Type": "application/jose"}
            document = example("minimal-hf", tenant)
            body = self.v.sign(tenant, document)
            connection = http.client.HTTPConnection(self.v.host, self.v.port, timeout=PATIENCE)

            def ask(method, path, data=None, want=200, more=None):
                connection.request(method, path, body=data, headers={**headers, **(more or {})})
                answer = connection.getresponse()
                text = answer.read()
                assert answer.status == want, (n, method, path, answer.status, text[:300])
                return json.loads(text)

            receipt = ask("POST", PATH, body, 201)
            for _ in range(2):
                assert ask("POST", PATH, body) == receipt
                ask("POST", PATH, body[:-3], 400)
                ask("POST", PATH + "/validate", body)
                ask("POST", PATH, b"x" * 540000, 413)
                ask("GET", "/v1/reports/" + str(uuid.uuid4()), None, 404)
                assert ask("GET", f"/v1/reports/{document['report_id']}/receipt") == receipt
                results = ask("POST", PATH + "/batch", json.dumps({"submissions": [body, "x"]}), 200, {"Content-Type": "application/json"})
                assert [r["status"] for r in results["results"]] == [200, 400]
                ask("GET", "/v1/tenant", None, 401, {"Authorization": "Bearer " + CANARY})
            connection.close()
            return tenant.orgnr

        with concurrent.futures.ThreadPoolExecutor(64) as pool:
            done = list(pool.map(work, range(64)))
        self.assertEqual(len(done), 64)
        self.assertEqual(self.v.admin("/ready").status, 200)


if __name__ == "__main__":
    unittest.main()
