#!/usr/bin/python3
"""vardectl trace: a sender quotes the trace_id of an answer, and the operator is told
which check failed, what to say and what to run. Never a value that the sender wrote."""
import json
import pathlib
import sys
import time
import unittest
import uuid

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "http"))

from jwcrypto import jwk  # noqa: E402

from hostile import CANARY, HelseId, forge  # noqa: E402
from varde import SUBMIT, Varde, compact, example  # noqa: E402

STRANGER, INVITED = "974760673", "910000004"


class Trace(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.v = Varde()
        cls.v.start()
        cls.own, cls.other = cls.v.tenants[0], cls.v.tenants[1]
        cls.shown = []

    @classmethod
    def tearDownClass(cls):
        try:
            cls.v.stop()
            shown = "\n".join(cls.shown).lower()
            assert CANARY.lower() not in shown, "a sent value is shown to the operator"
            assert CANARY.lower() not in cls.v.log_path.read_text().lower(), "a sent value is in the log"
        finally:
            cls.v.remove()

    def ctl(self, *words, status=0):
        run = self.v.ctl("trace", *words, check=False)
        self.assertEqual(run.returncode, status, (words, run.stdout, run.stderr))
        self.shown.append(run.stdout + run.stderr)
        return run.stdout

    def trace(self, trace_id):
        return json.loads(self.ctl(trace_id, "--json"))

    def request(self, answer):
        """The one request with this answer's trace_id; its log line says the same."""
        trace_id = answer.headers["Trace-Id"]
        result = self.trace(trace_id)
        self.assertEqual((len(result["requests"]), result["found"]), (1, 1), result)
        request = result["requests"][0]
        line = [e for e in self.v.log() if e.get("trace_id") == trace_id][0]
        for member in ("code", "reason", "tenant", "owner", "sender", "status", "operation", "method"):
            self.assertEqual(line.get(member), request[member], member)
        self.assertEqual(request["status"], answer.status)
        return request

    def explained(self, answer, code, reason=None, tenant=None):
        self.assertEqual(answer.code, code, answer)
        request = self.request(answer)
        self.assertEqual((request["code"], request["reason"], request["tenant"]), (code, reason, tenant))
        self.assertTrue(request["meaning"] and (request["tell"] or request["next"]), request)
        if reason and code != "invalid-document":
            self.assertNotIn(reason, str(answer.body) + str(answer.headers), "reasons are not for senders")
        text = self.ctl(answer.headers["Trace-Id"])
        for part in (code, request["meaning"], request["tell"], request["next"], tenant):
            self.assertIn(part or "", text)
        self.assertNotIn("ORGNR", text if tenant else "")
        return request

    # --- who is calling -------------------------------------------------------------------

    def bearer(self, reason, header=None, key=None, text=None, code="invalid-token", tenant=None, **claims):
        issuer = self.v.issuers["maskinporten"]
        full = {"alg": issuer.alg, "kid": issuer.kid, "typ": "JWT", **(header or {})}
        all_claims = {**self.v.claims(self.own, client_id=CANARY, jti=CANARY), **claims}
        token = text or forge(full, {n: c for n, c in all_claims.items() if c is not None}, key or issuer.key, issuer.alg)
        self.explained(self.v.get("/v1/tenant", headers={"Authorization": "Bearer " + token}), code, reason, tenant)

    def test_tokens(self):
        now = int(time.time())
        self.explained(self.v.get("/v1/tenant"), "authentication-required")
        self.explained(self.v.get("/v1/tenant", headers={"Authorization": "Basic " + CANARY}), "invalid-token", "token-scheme")
        self.bearer("token-scheme", text=HelseId(self.v, self.own).token)
        self.bearer("token-jws", text=CANARY)
        self.bearer("token-too-long", text=CANARY * 2000)
        self.bearer("token-header", header={CANARY: 1})
        self.bearer("token-typ", header={"typ": CANARY})
        self.bearer("token-alg", header={"alg": CANARY})
        self.bearer("token-kid", header={"kid": CANARY})
        self.bearer("token-signature", key=jwk.JWK.generate(kty="RSA", size=2048))
        self.bearer("token-iss", iss="https://" + CANARY)
        self.bearer("token-aud", aud=CANARY)
        self.bearer("token-aud", aud=[self.v.info["audience"], CANARY])
        self.bearer("token-exp", exp=CANARY)
        self.bearer("token-expired", exp=now - 600, iat=now - 700)
        self.bearer("token-lifetime", exp=now + 10**6)
        self.bearer("token-nbf", nbf=CANARY)
        self.bearer("token-not-yet-valid", nbf=now + 600)
        self.bearer("token-iat", iat=CANARY)
        self.bearer("token-issued-ahead", iat=now + 600, exp=now + 700)
        self.bearer("token-client-id", client_id={CANARY: 1})
        self.bearer("token-scope", scope=[{CANARY: 1}])
        self.bearer("token-cnf", cnf={"jkt": CANARY})
        self.bearer("token-supplier", supplier={"ID": CANARY})
        self.bearer("token-organisation", code="unknown-tenant", consumer={"ID": CANARY})
        actor = {"authority": "iso6523-actorid-upis", "ID": "0192:123456789"}
        self.bearer("organisation-number", code="unknown-tenant", tenant="123456789", consumer=actor)

    def test_proofs(self):
        client, path, now = HelseId(self.v, self.own), "/v1/tenant", int(time.time())
        other = jwk.JWK.generate(kty="EC", crv="P-256")

        def refused(reason, proof):
            answer = client.get(path, proof=proof)
            self.explained(answer, "invalid-dpop-proof", reason, self.own.orgnr)

        def made(**more):
            return client.proof("GET", path, **more)

        answer = self.v.get(path, headers={"Authorization": "DPoP " + client.token})
        self.explained(answer, "invalid-dpop-proof", "proof-missing", self.own.orgnr)
        refused("proof-jws", CANARY)
        refused("proof-header", made(header={CANARY: 1}))
        refused("proof-typ", made(header={"typ": CANARY}))
        refused("proof-alg", made(header={"alg": CANARY}))
        refused("proof-jwk", made(header={"jwk": {"kty": CANARY}}))
        refused("proof-key", made(header={"jwk": json.loads(other.export_public())}, key=other))
        refused("proof-signature", made(key=other))
        refused("proof-htm", made(htm=CANARY))
        refused("proof-htu", made(htu="https://" + CANARY))
        refused("proof-iat", made(iat=now - 600))
        refused("proof-ath", made(ath=CANARY))
        refused("proof-jti", made(jti=CANARY * 100))
        proof = made()
        self.assertEqual(client.get(path, proof=proof).status, 200)
        refused("proof-replayed", proof)
        unbound = client.make_token(cnf={"x5t#S256": CANARY})
        self.explained(client.get(path, token=unbound), "invalid-dpop-proof", "token-cnf")
        two = {"Authorization": "DPoP " + client.token, "DPoP": made() + "," + made()}
        self.explained(self.v.get(path, headers=two), "invalid-request", "proof-list")

    def test_organisations(self):
        v, own = self.v, self.own

        def of(orgnr):
            return v.bearer(own, consumer={"authority": "iso6523-actorid-upis", "ID": "0192:" + orgnr}, client_id=CANARY)

        request = self.explained(v.get("/v1/tenant", headers=of(STRANGER)), "unknown-tenant", "organisation-unknown", STRANGER)
        self.assertIn("tenant add " + STRANGER, request["next"])
        v.ctl("tenant", "add", INVITED, "Invited", "--kind", "hf")
        request = self.explained(v.get("/v1/tenant", headers=of(INVITED)), "tenant-not-open", "phase-invited", INVITED)
        self.assertEqual(request["tenant_name"], "Invited")
        v.ctl("tenant", "phase", INVITED, "closed", "--reason", "prøve")
        self.explained(v.get("/v1/tenant", headers=of(INVITED)), "tenant-not-open", "phase-closed", INVITED)
        third = v.tenants[3]
        v.ctl("tenant", "suspend", third.orgnr, "--reason", "prøve")
        request = self.explained(v.get("/v1/tenant", third), "tenant-suspended", None, third.orgnr)
        self.assertIn("tenant resume " + third.orgnr, request["next"])
        v.ctl("tenant", "resume", third.orgnr, "--reason", "prøve")
        self.explained(v.get("/v1/tenant", headers=v.bearer(own, scopes=(SUBMIT,))), "insufficient-scope", None, own.orgnr)
        client = HelseId(v, own, **{"helseid://claims/client/claims/orgnr_child": STRANGER})
        self.explained(client.get("/v1/tenant"), "tenant-mismatch", "unit-unregistered", own.orgnr)

    def test_processors_and_suppliers(self):
        v, processor, owner = self.v, self.v.tenants[1], self.v.tenants[2]
        v.ctl("processor", "add", owner.orgnr, processor.orgnr, "--rights", "send,read")
        document = example("municipality-minimal" if owner.kind == "municipality" else "minimal-hf", owner)
        body = v.sign(owner, document)
        supplier = {"authority": "iso6523-actorid-upis", "ID": "0192:" + STRANGER}
        for answer, code in ((v.post("/v1/submissions", body, processor), None),
                             (v.post("/v1/submissions", v.sign(owner, {**document, "harm": {}}), processor), "invalid-document"),
                             (v.get("/v1/reports?organisation=" + owner.orgnr, processor), None)):
            request = self.request(answer)
            self.assertEqual([request[n] for n in ("code", "tenant", "owner", "sender")], [code, processor.orgnr, owner.orgnr, None])
            self.assertEqual((request["tenant_name"], request["owner_name"]), (processor.name, owner.name))
        request = self.request(v.get("/v1/tenant", headers=v.bearer(owner, supplier=supplier)))
        self.assertEqual([request[n] for n in ("tenant", "owner", "sender", "sender_name")], [owner.orgnr, None, STRANGER, None])

    # --- what they send --------------------------------------------------------------------

    def submit(self, body, code, reason=None, tenant=None, path="/v1/submissions", type="application/jose"):
        who = tenant or self.own
        return self.explained(self.v.post(path, body, who, type=type), code, reason, who.orgnr)

    def test_documents(self):
        v, own, other = self.v, self.own, self.other
        document = example("full-hf", own)
        document["narrative"]["description"] = CANARY
        good = v.sign(own, document)
        now = int(time.time())
        self.submit(CANARY, "signature-malformed", "jws-form")
        self.submit(v.sign(own, document, {"jku": CANARY}), "signature-malformed", "jws-header")
        self.submit(v.sign(own, document, {"typ": CANARY}), "signature-malformed", "jws-typ")
        self.submit(v.sign(own, document, {"kid": "\n" + CANARY}), "signature-malformed", "jws-kid")
        self.submit(good + "=", "signature-malformed", "jws-signature")
        self.submit(good.replace(".", ".=", 1), "signature-malformed", "jws-payload")
        self.submit(forge({"alg": "HS256", "kid": own.kid, "typ": "varde+jws"}, b"{}", b"x" * 32), "signature-algorithm", "jws-alg")
        self.submit(v.sign(own, document, {"kid": CANARY}), "signature-key-unknown")
        self.submit(good[:-8] + "AAAAAAAA", "signature-invalid")
        self.submit(v.sign(own, document, iat=now + 600), "signature-expired", "iat-ahead")
        self.submit(v.sign(own, document, iat=now - 30 * 86400), "signature-expired", "iat-too-old")
        self.submit(v.sign(own, document, aud=CANARY), "signature-audience")
        self.submit(v.sign(own, document, schema=CANARY), "schema-unknown")
        self.submit(v.sign(own, document, more=CANARY), "invalid-payload")
        self.submit(compact({"alg": own.alg, "kid": own.kid, "typ": "varde+jws"}, b'{"a":1,"a":2}', own.key), "invalid-json")
        self.submit(v.sign(own, document), "tenant-mismatch", "no-processor", other)
        theirs = v.payload(own, document)
        self.submit(compact({"alg": other.alg, "kid": other.kid, "typ": "varde+jws"}, theirs, other.key), "tenant-mismatch",
                    "key-of-another")
        request = self.submit(v.sign(own, {**document, "harm": {}, CANARY: CANARY}), "invalid-document", "schema-additional-properties")
        self.assertEqual(request["operation"], "submit")
        self.submit(json.dumps({"schema": "incident-report/1.0", "document": {}}), "invalid-document", "schema-required",
                    path="/v1/submissions/validate", type="application/json")
        # before anyone looked at the token
        self.explained(v.post("/v1/submissions", "x" * (512 * 1024 + 1), own), "content-too-large")
        self.explained(v.post("/v1/submissions", good, own, type="text/" + CANARY), "unsupported-media-type")

    def test_keys_and_their_days(self):
        v, tenant = self.v, self.v.tenants[2]
        key = jwk.JWK.generate(kty="EC", crv="P-256")
        path = v.folder / "key.json"
        now = int(time.time())
        day = time.strftime("%Y-%m-%d", time.gmtime(now))

        def sign(kid, iat):
            return forge({"alg": "ES256", "kid": kid, "typ": "varde+jws"}, v.payload(tenant, example("minimal-hf", tenant), iat=iat), key)

        path.write_text(json.dumps({**json.loads(key.export_public()), "kid": "later"}))
        v.ctl("key", "add", tenant.orgnr, "--jwk", path, "--unproven", "--kid", "later", "--from", day)
        self.submit(sign("later", now - 3 * 86400), "signature-key-expired", "key-not-yet-valid", tenant)
        v.ctl("key", "revoke", "later", "--reason", "prøve")
        request = self.submit(sign("later", now), "signature-key-expired", "key-revoked", tenant)
        self.assertIn("key list " + tenant.orgnr, request["next"])

    def test_stored_and_refused(self):
        v, tenant = self.v, self.v.tenants[3]
        document = example("full-hf", tenant)
        document["narrative"]["description"] = CANARY
        body = v.sign(tenant, document)
        first, again = v.post("/v1/submissions", body, tenant), v.post("/v1/submissions", body, tenant)
        self.assertEqual((first.status, again.status), (201, 200))
        for answer, counts in ((first, (1, 0)), (again, (0, 1))):
            request = self.request(answer)
            self.assertEqual((request["new"], request["repeated"], request["refused"]), (*counts, 0))
            self.assertEqual((request["tenant"], request["code"]), (tenant.orgnr, None))
            self.assertGreater(request["seq"], 0)
            self.assertGreater(request["microseconds"], 0)
            self.assertEqual(request["bytes_in"], len(body))
            self.assertEqual(request["bytes_out"], len(answer.body))
        self.assertEqual(self.request(first)["seq"], self.request(again)["seq"])
        changed = {**document, "place": "unknown"}
        self.submit(v.sign(tenant, changed), "revision-conflict", None, tenant)
        self.submit(v.sign(tenant, {**document, "revision": 9}), "revision-skipped", None, tenant)
        bodies = [body, v.sign(tenant, example("minimal-hf", tenant)), v.sign(tenant, changed), CANARY, 7]
        answer = v.post("/v1/submissions/batch", json.dumps({"submissions": bodies[:4]}), tenant, type="application/json")
        request = self.request(answer)
        self.assertEqual([request[n] for n in ("new", "repeated", "refused", "seq")], [1, 1, 2, None])
        self.assertIn(request["code"], ("signature-malformed", "revision-conflict"))
        shown = self.ctl(answer.headers["Trace-Id"])
        self.assertIn("1 new, 1 here before, 2 refused", shown)
        for secret in (document["report_id"], document["source"]["local_case_id"]):
            self.assertNotIn(secret, shown + self.ctl(first.headers["Trace-Id"]))

    # --- addresses and ids -----------------------------------------------------------------

    def test_addresses(self):
        v, own = self.v, self.own
        self.explained(v.get("/" + CANARY), "not-found")
        self.explained(v.get("/v1/reports/" + str(uuid.uuid4()), own), "not-found", None, own.orgnr)
        self.explained(v.get("/v1/reports/" + CANARY, own), "not-found", "id-form", own.orgnr)
        self.explained(v.get("/v1/tenant?x=" + CANARY, own), "invalid-query", "query-unknown", own.orgnr)
        self.explained(v.request("DELETE", "/v1/tenant"), "method-not-allowed")
        self.explained(v.get("/v1/tenant?access_token=" + CANARY), "invalid-request", "token-in-address")
        self.explained(v.get("/v1/%00" + CANARY), "invalid-request", "target-form")
        fine = self.request(v.get("/v1/tenant", own))
        self.assertEqual((fine["code"], fine["reason"], fine["operation"]), (None, None, "getTenant"))

    def test_a_trace_of_several_requests(self):
        trace_id = uuid.uuid4().hex
        parent = f"00-{trace_id}-00f067aa0ba902b7-01"
        for headers in ({}, self.v.bearer(self.own), self.v.bearer(self.own, scopes=(SUBMIT,))):
            answer = self.v.get("/v1/tenant", headers={**headers, "traceparent": parent})
            self.assertEqual(answer.headers["Trace-Id"], trace_id)
        for asked in (trace_id, trace_id.upper(), parent):
            self.assertEqual([r["status"] for r in self.trace(asked)["requests"]], [401, 200, 403])
        for _ in range(100):
            self.v.get("/v1/codes", headers={"traceparent": parent})
        result = self.trace(trace_id)
        self.assertEqual((result["found"], len(result["requests"])), (103, 100))
        self.assertIn("103 requests", self.ctl(trace_id))

    def test_ids_that_are_not_there(self):
        unknown = uuid.uuid4().hex
        result = json.loads(self.ctl(unknown, "--json", status=1))
        self.assertEqual((result["requests"], result["found"], result["running"]), ([], 0, True))
        self.assertIn(f"grep {unknown}", self.ctl(unknown, status=1))
        for bad in (CANARY, "x" * 32, "0" * 31, "0" * 33, f"00-{unknown}", "../" * 10):
            run = self.v.ctl("trace", bad, check=False)
            self.assertEqual((run.returncode, run.stdout), (2, ""))
            self.assertIn("argument-value", run.stderr)
            self.assertNotIn(CANARY, run.stderr)

    def test_words_of_the_log(self):
        self.assertIn("meant for another service", self.ctl("token-aud"))
        self.assertIn("suspended", json.loads(self.ctl("tenant-suspended", "--json"))["meaning"])


class AtRest(unittest.TestCase):
    def test_a_stopped_daemon_has_forgotten_but_its_words_are_explained(self):
        with Varde() as v:
            answer = v.get("/v1/tenant")
            v.stop()
            run = v.ctl("trace", answer.headers["Trace-Id"], check=False)
            self.assertEqual(run.returncode, 1)
            self.assertIn("does not run", run.stdout)
            self.assertEqual(v.ctl("trace", "authentication-required").returncode, 0)


if __name__ == "__main__":
    unittest.main()
