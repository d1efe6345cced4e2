#!/usr/bin/python3
"""What a sender does through the proxy, by curl and http.client, over HTTP/1.1 and 2:
tokens of both kinds, large bodies that are refused, and one trace id for all."""
import json
import sqlite3
import unittest

from behind import Behind, main
from hostile import HelseId, problem_faults
from varde import example

PATH = "/v1/submissions"


class Submission(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.b = Behind.started()
        cls.own = cls.b.tenants[1]

    @classmethod
    def tearDownClass(cls):
        cls.b.finish()

    def signed(self):
        document = example("minimal-hf", self.own)
        return document["report_id"], self.b.sign(self.own, document)

    def curl(self, version, headers, path, body=None, type="application/jose"):
        words = [version, self.b.info["intake"] + path]
        for name, value in {"Content-Type": type, **headers}.items():
            words += ["-H", f"{name}: {value}"]
        status, got, answer = self.b.curl(*words, body=body)
        self.assertEqual(got, version.removeprefix("--http"))
        return status, json.loads(answer)

    def stored(self, report_id):
        with sqlite3.connect(f"file:{self.b.database(self.own.orgnr)}?mode=ro", uri=True) as db:
            return db.execute("SELECT count(*) FROM document WHERE report_id = ?", (report_id,)).fetchone()[0]

    def test_bearer(self):
        for version in ("--http1.1", "--http2"):
            report_id, jws = self.signed()
            status, receipt = self.curl(version, self.b.bearer(self.own), PATH, jws)
            self.assertEqual((status, receipt["report_id"]), (201, report_id))
            self.assertEqual(self.stored(report_id), 1)

    def test_dpop(self):
        """The address that the sender signed in its proof is the one that varded compares."""
        client = HelseId(self.b, self.own)
        for version in ("--http1.1", "--http2"):
            report_id, jws = self.signed()
            status, receipt = self.curl(version, client.headers("POST", PATH), PATH, jws)
            self.assertEqual((status, receipt["report_id"]), (201, report_id))
            # the path reaches varded as it was written
            path = f"/v1/reports/{report_id.replace('-', '%2D', 1)}/receipt"
            status, again = self.curl(version, client.headers("GET", path), path + "?revision=1")
            self.assertEqual((status, again), (200, receipt))
            proof = client.proof("POST", PATH, htu=f"http://localhost:{self.b.port}{PATH}")
            status, problem = self.curl(version, client.headers("POST", PATH, proof=proof), PATH, jws)
            self.assertEqual((status, problem["code"]), (401, "invalid-dpop-proof"))

    def test_batch(self):
        many = [self.signed()[1] for _ in range(200)]
        for version in ("--http1.1", "--http2"):
            status, answer = self.curl(version, self.b.bearer(self.own), PATH + "/batch", json.dumps({"submissions": many}), "application/json")
            self.assertEqual(status, 200)
            self.assertEqual({r["status"] for r in answer["results"]}, {201} if version == "--http1.1" else {200})

    def test_one_connection(self):
        connection = self.b.connection()
        headers = {"Content-Type": "application/jose", **self.b.bearer(self.own)}
        for _ in range(10):
            report_id, jws = self.signed()
            self.assertEqual(self.b.ask(connection, "POST", PATH, jws, headers).status, 201)
            socket = connection.sock
            self.assertEqual(self.b.ask(connection, "POST", PATH, jws[:-4], headers).status, 400)
            self.assertEqual(self.b.ask(connection, "GET", "/v1/reports/" + report_id, headers=headers).status, 200)
            self.assertIs(connection.sock, socket, "the connection was closed in between")
        connection.close()

    def test_long_tokens(self):
        """varded itself tells what is too long; the proxy lets both fields through."""
        headers = {"Authorization": "DPoP " + "a" * 16300, "DPoP": "b" * 16300}
        self.assertEqual(self.b.get("/v1/tenant", headers=headers).code, "invalid-token")
        self.assertEqual(self.curl("--http2", headers, "/v1/tenant")[1]["code"], "invalid-token")

    # --- refusals of what is large ---------------------------------------------------

    def test_refusal_of_9_mb(self):
        body = b"x" * (9 << 20)
        for path, status, code in ((PATH, 413, "content-too-large"), (PATH + "/nowhere", 404, "not-found")):
            answer = self.b.post(path, body, self.own)  # a client that writes all before it reads
            self.assertEqual(list(problem_faults(answer, status, code)), [], answer)
            for version in ("--http1.1", "--http2"):
                got, problem = self.curl(version, {**self.b.bearer(self.own), "Expect": ""}, path, body)
                self.assertEqual((got, problem["code"]), (status, code))
            got, problem = self.curl("--http1.1", {**self.b.bearer(self.own), "Expect": "100-continue"}, path, body)
            self.assertEqual((got, problem["code"]), (status, code))
        for version in ("--http1.1", "--http2"):
            got, problem = self.curl(version, {"Authorization": "Bearer x.y.z", "Expect": ""}, PATH, body[:500000])
            self.assertEqual((got, problem["code"]), (401, "invalid-token"))

    def test_beyond_what_varded_reads(self):
        """Whoever asks first is told before it has sent anything."""
        body = b"x" * (20 << 20)
        status, problem = self.curl("--http1.1", {**self.b.bearer(self.own), "Expect": "100-continue"}, PATH, body)
        self.assertEqual((status, problem["code"]), (413, "content-too-large"))

    # --- what is seen from outside -----------------------------------------------------

    def test_trace(self):
        trace = "4bf92f3577b34da6a3ce929d0e0e4736"
        for parent, want in ((f"00-{trace}-00f067aa0ba902b7-01", trace), ("00-" + "0" * 32 + "-00f067aa0ba902b7-01", None),
                             (f"00-{trace}-zz", None), (None, None)):
            answer = self.b.get("/v1/reports/x", self.own, headers={"traceparent": parent} if parent else {})
            got = answer.headers["Trace-Id"]
            self.assertRegex(got, "^[0-9a-f]{32}$")
            self.assertEqual(got, want or got)
            self.assertEqual(answer.json["trace_id"], got)
            self.assertEqual([line["status"] for line in self.b.inside(got)], [404])
            self.assertEqual([line["status"] for line in self.b.outside(got)], [404])

    def test_nothing_inside_shows(self):
        for path in ("/metrics", "/live", "/ready", "/haproxy?stats", "/stats", "/nginx_status", "/problems/../metrics", "//metrics"):
            self.assertIn(self.b.get(path).status, (400, 404), path)
        answer = self.b.get("/v1/schemas")
        for name in ("Server", "Via", "X-Powered-By"):
            self.assertNotIn(name, answer.headers)


main(__name__)
