#!/usr/bin/python3
"""One tenant never sees, or acts for, another."""
import json
import unittest
import uuid

from jwcrypto import jwk

from hostile import HelseId, forge, problem_faults
from varde import READ, SUBMIT, Varde, example


class Ownership(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.v = Varde()
        cls.v.start()
        cls.own, cls.other = cls.v.tenants[0], cls.v.tenants[1]

    @classmethod
    def tearDownClass(cls):
        try:
            cls.v.stop()
        finally:
            cls.v.remove()

    def refused(self, answer, status, code):
        self.assertEqual(list(problem_faults(answer, status, code)), [])

    def stored(self, tenant, **changes):
        document = example("minimal-hf", tenant, **changes)
        self.assertEqual(self.v.submit(tenant, document).status, 201)
        return document

    def test_anothers_id_is_an_unknown_one(self):
        theirs = self.stored(self.other)["report_id"]
        self.stored(self.own)
        unknown = str(uuid.uuid4())
        for path in ("/v1/reports/%s", "/v1/reports/%s/receipt", "/v1/reports/%s/receipt?revision=1"):
            self.assertEqual(self.v.get(path % theirs, self.other).status, 200)
            seen = []
            for report_id in (theirs, unknown, theirs.upper(), "x", "0" * 36):
                answer = self.v.get(path % report_id, self.own)
                self.refused(answer, 404, "not-found")
                seen.append({**answer.json, "trace_id": ""})
                self.assertEqual(sorted(answer.headers.keys()), sorted(self.v.get(path % unknown, self.own).headers.keys()))
            self.assertTrue(all(problem == seen[0] for problem in seen), seen)

    def test_one_id_at_two_tenants(self):
        document = self.stored(self.own)
        twin = example("minimal-hf", self.other, report_id=document["report_id"])
        answer = self.v.submit(self.other, {**twin, "revision": 2})
        self.assertEqual((answer.status, answer.code, answer.json["current_revision"]), (409, "revision-skipped", 0))
        self.assertNotIn("digest", {k for k, value in answer.json.items() if value})
        self.assertEqual(self.v.submit(self.other, twin).status, 201)
        for tenant in (self.own, self.other):
            self.assertEqual(self.v.get("/v1/reports/" + document["report_id"], tenant).json["clear"]["organisation"]["number"],
                             tenant.orgnr)

    def test_crossed_tokens_and_signatures(self):
        for caller, signer in ((self.own, self.other), (self.other, self.own)):
            document = example("minimal-hf", signer)
            body = self.v.sign(signer, document)
            self.refused(self.v.post("/v1/submissions", body, caller), 403, "tenant-mismatch")
            self.refused(self.v.post("/v1/submissions/validate", body, caller), 403, "tenant-mismatch")
            self.refused(HelseId(self.v, caller).post("/v1/submissions", body), 403, "tenant-mismatch")
            batch = self.v.post("/v1/submissions/batch", json.dumps({"submissions": [body]}), caller, type="application/json")
            self.assertEqual([(r["status"], r["problem"]["code"]) for r in batch.json["results"]], [(403, "tenant-mismatch")])
            self.assertEqual(self.v.get("/v1/reports/" + document["report_id"], signer).status, 404)
            self.assertEqual(HelseId(self.v, signer).post("/v1/submissions", body).status, 201)

    def test_units(self):
        unit, foreign = "310000213", "310000221"
        number = lambda value: {"organisation": {"number": value}}  # noqa: E731

        def fault(document, pointer):
            answer = self.v.submit(self.own, document)
            self.assertEqual((answer.status, answer.code), (422, "invalid-document"), answer)
            self.assertIn(pointer, {p for p, _ in answer.pointers()}, answer)

        with_unit = {"organisation": {"number": self.own.orgnr, "unit_number": unit}}
        before = self.v.submit(self.own, example("minimal-hf", self.own, **number(unit)))
        self.assertEqual(before.status, 422, before)
        self.v.ctl("tenant", "unit", "add", self.own.orgnr, unit, "--name", "Prøveklinikken")
        self.assertEqual(self.v.submit(self.own, example("minimal-hf", None, **number(unit))).status, 201)
        self.assertEqual(self.v.submit(self.own, example("minimal-hf", None, **with_unit)).status, 201)
        fault(example("minimal-hf", None, **number(self.other.orgnr)), "/organisation/number")
        fault(example("minimal-hf", None, **number(foreign)), "/organisation/number")
        fault(example("minimal-hf", None, **number("310000018")), "/organisation/number")
        theirs = self.v.submit(self.other, example("minimal-hf", None, **number(unit)))
        self.assertEqual(theirs.status, 422, theirs)

    def test_kind_of_report(self):
        municipality = next(t for t in self.v.tenants if t.kind == "municipality")
        for tenant, name, warned in ((self.own, "municipality-minimal", True), (self.own, "minimal-hf", False),
                                     (municipality, "municipality-minimal", False), (municipality, "minimal-hf", True)):
            answer = self.v.submit(tenant, example(name, tenant))
            self.assertEqual(answer.status, 201, answer)
            self.assertEqual("report-kind-unexpected" in {w["code"] for w in answer.json["warnings"]}, warned, answer)

    def test_scopes(self):
        document = example("minimal-hf", self.own)
        body = self.v.sign(self.own, document)
        reader, writer = self.v.bearer(self.own, scopes=(READ,)), self.v.bearer(self.own, scopes=(SUBMIT,))
        for path in ("/v1/submissions", "/v1/submissions/validate"):
            self.refused(self.v.post(path, body, headers=reader), 403, "insufficient-scope")
        self.refused(self.v.post("/v1/submissions/batch", "{}", type="application/json", headers=reader), 403, "insufficient-scope")
        self.assertEqual(self.v.post("/v1/submissions", body, headers=writer).status, 201)
        for path in ("/v1/reports", "/v1/tenant", "/v1/reports/" + document["report_id"], f"/v1/reports/{document['report_id']}/receipt"):
            answer = self.v.get(path, headers=writer)
            self.refused(answer, 403, "insufficient-scope")
            self.assertIn(READ, answer.headers["WWW-Authenticate"])
            self.assertEqual(self.v.get(path, headers=reader).status, 200)

    def test_suspended_and_resumed_at_once(self):
        tenant = self.v.tenants[3]
        document = self.stored(tenant)
        headers = self.v.bearer(tenant)
        body = self.v.sign(tenant, document)
        self.v.ctl("tenant", "suspend", tenant.orgnr, "--reason", "prøve")
        for answer in (self.v.post("/v1/submissions", body, headers=headers), self.v.get("/v1/reports", headers=headers),
                       self.v.post("/v1/submissions/validate", body, headers=headers),
                       self.v.post("/v1/submissions/batch", json.dumps({"submissions": [body]}), headers=headers, type="application/json")):
            self.refused(answer, 403, "tenant-suspended")
        self.assertEqual(self.v.submit(self.own, example("minimal-hf", self.own)).status, 201)
        self.v.ctl("tenant", "resume", tenant.orgnr, "--reason", "prøve")
        self.assertEqual(self.v.post("/v1/submissions", body, headers=headers).status, 200)

    def test_revoked_at_once(self):
        tenant = self.v.tenants[3]
        path = self.v.folder / "second.json"
        key = jwk.JWK.generate(kty="EC", crv="P-256")
        path.write_text(json.dumps({**json.loads(key.export_public()), "kid": "second"}))
        document = example("minimal-hf", tenant)
        body = forge({"alg": "ES256", "kid": "second", "typ": "varde+jws"}, self.v.payload(tenant, document), key)
        self.refused(self.v.post("/v1/submissions", body, tenant), 400, "signature-key-unknown")
        self.v.ctl("key", "add", tenant.orgnr, "--jwk", str(path), "--unproven")
        self.assertEqual(self.v.post("/v1/submissions", body, tenant).status, 201)
        self.v.ctl("key", "revoke", "second", "--reason", "prøve")
        self.refused(self.v.post("/v1/submissions", body, tenant), 400, "signature-key-expired")
        self.assertEqual(self.v.submit(tenant, document).status, 200)


if __name__ == "__main__":
    unittest.main()
