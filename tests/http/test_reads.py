#!/usr/bin/python3
"""What a tenant reads back: everything once, receipts in both forms, methods, paths."""
import base64
import json
import unittest
import uuid

from jwcrypto import jwk, jwt

from hostile import CANARY, problem_faults
from varde import Varde, example


class Reads(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.v = Varde()
        cls.v.start()
        cls.own = cls.v.tenants[1]
        cls.documents = []
        batch = []
        for i in range(40):
            document = example("minimal-hf", cls.own)
            cls.documents.append(document)
            batch.append(cls.v.sign(cls.own, document))
            if i % 4 == 0:
                cls.documents.append({**document, "revision": 2})
                batch.append(cls.v.sign(cls.own, cls.documents[-1]))
        answer = cls.v.post("/v1/submissions/batch", json.dumps({"submissions": batch}), cls.own, type="application/json")
        cls.receipts = [r["receipt"] for r in answer.json["results"]]

    @classmethod
    def tearDownClass(cls):
        try:
            cls.v.stop()
        finally:
            cls.v.remove()

    def refused(self, answer, status, code):
        self.assertEqual(list(problem_faults(answer, status, code)), [], answer)

    def pages(self, limit):
        headers, since, seen = self.v.bearer(self.own), 0, []
        for _ in range(200):
            answer = self.v.get(f"/v1/reports?since={since}&limit={limit}", headers=headers)
            self.assertEqual(answer.status, 200, answer)
            if not answer.json["reports"]:
                self.assertEqual(answer.json["next"], since)
                return seen
            self.assertLessEqual(len(answer.json["reports"]), limit)
            self.assertEqual(answer.json["next"], answer.json["reports"][-1]["seq"])
            seen += answer.json["reports"]
            since = answer.json["next"]
        self.fail("paging does not end")

    def test_everything_once(self):
        for limit in (1, 7, 49, 50, 51, 1000):
            seen = self.pages(limit)
            self.assertEqual([(r["report_id"], r["revision"]) for r in seen],
                             [(d["report_id"], d["revision"]) for d in self.documents], limit)
            self.assertEqual([r["receipt"] for r in seen], self.receipts)
            self.assertEqual(sorted(r["seq"] for r in seen), [r["seq"] for r in seen])
        whole = self.v.get("/v1/reports", self.own).json
        self.assertEqual(len(whole["reports"]), 50)
        self.assertNotIn("narrative", json.dumps([r["clear"] for r in whole["reports"]]))
        nobody = self.v.get("/v1/reports", self.v.tenants[3])
        self.assertEqual(nobody.json, {"reports": [], "next": 0})

    def test_bad_queries(self):
        headers = self.v.bearer(self.own)
        for query in ("since=", "since=-1", "since=x", "since=1.0", "since=1e2", "since=9223372036854775808", "since=%201", "limit=0", "limit=-1",
                      "limit=1001", "limit=", "limit=abc", "since=0x1", f"since={CANARY}", "limit=99999999999999999999999"):
            self.refused(self.v.get("/v1/reports?" + query, headers=headers), 400, "invalid-query")
        for query in ("since=1&since=2", "limit=%zz", "limit=%00", "=1", "a=%ff", f"access_token={CANARY}"):
            self.refused(self.v.get("/v1/reports?" + query, headers=headers), 400, "invalid-request")
        far = self.v.get("/v1/reports?since=9223372036854775807", headers=headers)
        self.assertEqual(far.json, {"reports": [], "next": 2**63 - 1})

    def test_one_report(self):
        document = self.documents[0]
        answer = self.v.get("/v1/reports/" + document["report_id"], self.own).json
        self.assertEqual((answer["revision"], answer["schema"], answer["report_id"]), (2, "incident-report/1.0", document["report_id"]))
        self.assertEqual(answer["revisions"], self.receipts[:2])
        upper = self.v.get("/v1/reports/" + document["report_id"].upper(), self.own)
        self.assertEqual(upper.json, answer)
        for revision, receipt in ((None, self.receipts[1]), (1, self.receipts[0]), (2, self.receipts[1])):
            path = f"/v1/reports/{document['report_id']}/receipt" + (f"?revision={revision}" if revision else "")
            self.assertEqual(self.v.get(path, self.own).json, receipt)

    def test_receipt_as_jwt(self):
        keys = self.v.get("/.well-known/jwks.json").json
        self.assertTrue(all("d" not in key for key in keys["keys"]))
        for i in (0, 1, 5):
            path = f"/v1/reports/{self.documents[i]['report_id']}/receipt?revision={self.documents[i]['revision']}"
            plain = self.v.get(path, self.own)
            signed = self.v.get(path, self.own, headers={"Accept": "application/jwt"})
            self.assertEqual(signed.headers["Content-Type"], "application/jwt")
            header = json.loads(base64.urlsafe_b64decode(signed.body.split(b".")[0] + b"=="))
            self.assertEqual(header["alg"], "ES256")
            key = jwk.JWK(**next(k for k in keys["keys"] if k["kid"] == header["kid"]))
            token = jwt.JWT(jwt=signed.body.decode(), key=key, algs=["ES256"])
            claims = json.loads(token.claims)
            self.assertEqual(claims["receipt"], plain.json)
            self.assertEqual(claims["iss"], self.v.info["audience"])
            self.assertEqual(claims.get("sub", claims.get("aud")), self.own.orgnr)

    def test_accept(self):
        path = f"/v1/reports/{self.documents[0]['report_id']}/receipt"
        for accept, type in ((None, "application/json"), ("*/*", "application/json"), ("application/*", "application/json"),
                             ("application/jwt", "application/jwt"), ("application/jwt;q=0.5, application/json", "application/json"),
                             ("application/json;q=0.1, application/jwt", "application/jwt"), ("text/html, */*;q=0.1", "application/json")):
            answer = self.v.get(path, self.own, headers={"Accept": accept} if accept else {})
            self.assertEqual((answer.status, answer.headers["Content-Type"]), (200, type), accept)
        for accept in ("text/html", "application/json;q=0, text/*", CANARY + "/x"):
            self.refused(self.v.get(path, self.own, headers={"Accept": accept}), 406, "not-acceptable")

    def test_unknown_receipts(self):
        own = self.documents[0]["report_id"]
        for path in (f"{uuid.uuid4()}/receipt", f"{own}/receipt?revision=3", f"{own}/receipt?revision=0", f"{own}/receipt?revision=-1",
                     f"{own}/receipt?revision=x", f"{own}/receipt?revision=99999999999999999999", f"{own}/receipt?revision=", f"{CANARY}/receipt",
                     f"{own}x/receipt", f"{own}/receipts", f"{own}/receipt/x", f"{{{own}}}", "%2e%2e%2fcontrol.db"):
            answer = self.v.get("/v1/reports/" + path, self.own)
            self.assertIn((answer.status, answer.code), ((404, "not-found"), (400, "invalid-request"), (400, "invalid-query")), path)
            self.refused(answer, answer.status, answer.code)

    def test_methods_and_paths(self):
        routes = {"/v1/submissions": "POST", "/v1/submissions/validate": "POST", "/v1/submissions/batch": "POST", "/v1/reports": "GET",
                  f"/v1/reports/{uuid.uuid4()}": "GET", f"/v1/reports/{uuid.uuid4()}/receipt": "GET", "/v1/tenant": "GET",
                  "/v1/schemas": "GET", "/v1/schemas/incident-report/1.0": "GET", "/v1/codes": "GET", "/v1/codes/harm": "GET",
                  "/.well-known/jwks.json": "GET", "/openapi.yaml": "GET"}
        for path, method in routes.items():
            for other in ("GET", "POST", "PUT", "DELETE", "PATCH", "TRACE", "FOO"):
                if other == method:
                    continue
                answer = self.v.request(other, path, headers=self.v.bearer(self.own))
                self.refused(answer, 405, "method-not-allowed")
                self.assertIn(method, answer.headers["Allow"].split(", "))
            options = self.v.request("OPTIONS", path)
            self.assertEqual((options.status, method in options.headers["Allow"]), (204, True), path)
        for path in ("/", "/v1", "/v1/", "/v1/reports/", "/v1/Reports", "//v1/reports", "/v1/submissions/", "/v2/reports", "/metrics", "/ready",
                     "/v1/schemas/incident-report/9.9", "/v1/schemas/incident-report", "/v1/codes/" + CANARY, "/problems/" + CANARY,
                     "/v1/schemas/%2e%2e/rules", "/v1/schemas/x/" + "9" * 500):
            answer = self.v.get(path, self.own)
            self.assertIn(answer.status, (400, 404), path)
            self.refused(answer, answer.status, "not-found" if answer.status == 404 else "invalid-request")
        for path in ("/v1/reports/..", "/v1/./reports", "/v1/%zz", "/v1/%00", "/v1/a%2fb", "/v1/reports\\x"):
            self.refused(self.v.get(path, self.own), 400, "invalid-request")

    def test_public_without_token(self):
        for path in ("/v1/schemas", "/v1/schemas/incident-report/1.0", "/v1/codes", "/v1/codes/harm", "/.well-known/jwks.json", "/openapi.yaml"):
            self.assertEqual(self.v.get(path).status, 200, path)
        index = self.v.get("/v1/codes").json
        self.assertTrue(index)
        schema = self.v.get("/v1/schemas").json["schemas"]
        self.assertIn({"schema": "incident-report/1.0", "open": True}, [{k: s[k] for k in ("schema", "open")} for s in schema])

    def test_head(self):
        path = f"/v1/reports/{self.documents[0]['report_id']}"
        whole = self.v.get(path, self.own)
        head = self.v.request("HEAD", path, headers=self.v.bearer(self.own))
        self.assertEqual((head.status, head.body), (200, b""))
        self.assertEqual(head.headers["Content-Length"], str(len(whole.body)))
        self.assertEqual(self.v.request("HEAD", path).status, 401)

    def test_validate_signed_and_unsigned(self):
        document = example("full-hf", self.own)
        plain = self.v.validate(self.own, document)
        signed = self.v.post("/v1/submissions/validate", self.v.sign(self.own, document), self.own)
        self.assertEqual((plain.status, signed.status), (200, 200), (plain, signed))
        self.assertEqual(plain.json, signed.json)
        self.assertEqual(self.v.get("/v1/reports/" + document["report_id"], self.own).status, 404)
        clear = json.dumps(plain.json["clear"], ensure_ascii=False)
        for secret in ("Synnøve", "Prøvesen", "15898512379", "morfin", "222200068", "SN-88-1234"):
            self.assertNotIn(secret, clear)
        self.assertIn("/narrative/description", plain.json["sealed"])
        for body, type, status, code in (("{}", "application/json", 400, "invalid-payload"), ("", "application/json", 400, "invalid-json"),
                                         (json.dumps({"schema": "x", "document": {}}), "application/json", 422, "schema-unknown"),
                                         (json.dumps({"schema": "incident-report/1.0", "document": []}), "application/json", 400, "invalid-payload"),
                                         (json.dumps({"document": {}}), "application/json", 400, "invalid-payload"),
                                         (json.dumps({"schema": "incident-report/1.0", "document": {}, CANARY: 1}), "application/json", 400, "invalid-payload"),
                                         (json.dumps({"schema": "incident-report/1.0", "document": {}}), "application/jose", 400, "signature-malformed"),
                                         ("{}", "text/json", 415, "unsupported-media-type")):
            self.refused(self.v.post("/v1/submissions/validate", body, self.own, type=type), status, code)
        self.refused(self.v.post("/v1/submissions/validate", self.v.sign(self.own, document, iat=1), self.own), 400, "signature-expired")

    def test_languages(self):
        texts = {}
        for lang in ("nb", "en", "nn", "se"):
            answer = self.v.get("/v1/reports/x", self.own, headers={"Accept-Language": lang})
            texts[lang] = (answer.json["title"], answer.headers["Content-Language"])
        self.assertEqual(texts["nb"], ("Finnes ikke", "nb"))
        self.assertEqual(texts["en"], ("Not found", "en"))
        self.assertEqual(texts["nn"], texts["nb"])
        self.assertEqual(texts["se"], texts["nb"])


if __name__ == "__main__":
    unittest.main()
