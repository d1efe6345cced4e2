#!/usr/bin/python3
"""The sending of a country against a service that answers badly: what was not taken for
now goes again from there on, what is refused stops it, no receipt is taken on trust."""
import base64
import contextlib
import hashlib
import http.server
import io
import json
import pathlib
import tempfile
import threading
import unittest

import waves  # noqa: F401  (finds what follows)
import document
import register
import send
from jwcrypto import jwk, jws
from plan import Plan


def payload_of(text):
    body = text.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))


class Service(http.server.ThreadingHTTPServer):
    """Takes everything, but for what `faults` says of the nth request (from 0): a status
    for all of it, or {place: status} in a batch. `altered` may change a receipt."""

    def __init__(self, faults=(), altered=lambda receipt: receipt):
        super().__init__(("127.0.0.1", 0), Handler)
        self.faults, self.altered, self.requests, self.kept = dict(faults), altered, [], {}


class Handler(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        server = self.server
        texts = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["submissions"]
        fault = server.faults.get(len(server.requests), {})
        server.requests.append(texts)
        if isinstance(fault, int):
            self.answer(fault, {"code": "rate-limited"})
        else:
            self.answer(200, {"results": [self.result(text, fault.get(place)) for place, text in enumerate(texts)]})

    def result(self, text, status):
        if status:
            return {"status": status, "problem": {"code": "busy"}}
        payload = payload_of(text)
        document, kind = payload["document"], payload["schema"].split("/")[0]
        key = (document["report_id"], payload["schema"], document.get("revision") or document[f"{kind}_revision"])
        status = 200 if key in self.server.kept else 201
        digest = self.server.kept.setdefault(key, "sha-256:" + hashlib.sha256(text.encode()).hexdigest())
        receipt = {"report_id": key[0], "schema": key[1], "revision": key[2], "digest": digest}
        return {"status": status, "receipt": self.server.altered(receipt)}

    def answer(self, status, content):
        body = json.dumps(content).encode()
        self.send_response(status)
        for name, value in (("Content-Type", "application/json"), ("Content-Length", str(len(body))), ("Retry-After", "0")):
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


class Sending(unittest.TestCase):
    def setUp(self):
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.folder = pathlib.Path(scratch.name)
        self.plan = Plan(40, 1, (2026, 9), trusts=1, towns=0)
        self.one = self.plan.organisations[0]
        self.key = register._new_key(self.folder / f"{self.one.orgnr}.pem")
        issuer = jwk.JWK.generate(kty="RSA", size=2048)
        (self.folder / "issuer.pem").write_bytes(issuer.export_to_pem(private_key=True, password=None))

    def send(self, faults=(), **more):
        service = Service(faults, **more)
        thread = threading.Thread(target=service.serve_forever)
        thread.start()
        about = {"intake": f"http://127.0.0.1:{service.server_port}", "audience": "test", "scopes": [],
                 "issuers": [{"profile": "maskinporten", "issuer": "i", "private_key": "issuer.pem", "kid": "k", "alg": "RS256"}]}
        (self.folder / "demo.json").write_text(json.dumps(about))
        send.demo_token._issuer.cache_clear()
        try:
            with contextlib.redirect_stderr(io.StringIO()):
                counts = send.Sending(self.plan, self.folder, self.folder, lambda: 1.8e9).run([self.one])
        finally:
            service.shutdown()
            thread.join()
            service.server_close()
        return service, counts

    def all(self):
        return [(report.report_id, document.schema(which), document.revision(which))
                for _, report, which in self.plan.sends(self.one.orgnr)]

    def test_each_is_signed_with_the_key_of_its_organisation(self):
        service, counts = self.send()
        self.assertEqual(list(service.kept), self.all())
        self.assertEqual(counts, {"new": len(self.all()), "repeated": 0, "batches": 1, "again": 0})
        token = jws.JWS()
        token.deserialize(service.requests[0][0], self.key)
        self.assertEqual((token.jose_header["kid"], json.loads(token.payload)["iss"]), (self.key.thumbprint(), self.one.orgnr))

    def test_from_the_first_that_was_not_taken_on(self):
        service, counts = self.send({0: {3: 503, 7: 507}})
        self.assertEqual(service.requests[1], service.requests[0][3:])
        self.assertEqual(sorted(service.kept), sorted(self.all()))
        self.assertEqual(counts["again"], 1)
        self.assertEqual(counts["new"] + counts["repeated"], len(self.all()))

    def test_a_whole_batch_waits_as_it_is_told(self):
        service, _ = self.send({0: 429, 1: 503})
        self.assertEqual(service.requests[0], service.requests[2])
        self.assertEqual(list(service.kept), self.all())

    def test_a_refusal_stops_and_says_which(self):
        with self.assertRaises(send.Stopped) as stopped:
            self.send({0: {5: 422}})
        self.assertIn(self.all()[5][0], str(stopped.exception))
        # What is behind is not lost: nothing was noted as sent.
        self.assertEqual(list(self.send()[0].kept), self.all())

    def test_a_whole_refusal_stops(self):
        with self.assertRaises(send.Stopped):
            self.send({0: 403})

    def test_a_receipt_for_something_else_stops(self):
        for wrong in ({"revision": 9}, {"report_id": "x"}, {"digest": "sha-256:" + "0" * 64}):
            with self.assertRaises(send.Stopped, msg=wrong):
                self.send(altered=lambda receipt, wrong=wrong: {**receipt, **wrong})

    def test_goes_on_where_it_was(self):
        (self.folder / f"{self.one.orgnr}.sent").write_text("10")
        service, counts = self.send()
        self.assertEqual(list(service.kept), self.all()[10:])
        self.assertEqual(counts["new"], len(self.all()) - 10)


if __name__ == "__main__":
    unittest.main()
