#!/usr/bin/python3
"""Whole integrations against the real daemon: python3-jwcrypto and npm's oauth4webapi with
jose get a token from a HelseID stand-in, send a signed report, keep its receipt, read it
back and repair a 401; one after another, and all at once beside Maskinporten."""
import concurrent.futures
import contextlib
import json
import pathlib
import sqlite3
import subprocess
import tempfile
import unittest

from jwcrypto import jwk, jws

from sender import Sender
from stand_in import AUDIENCE, HERE, Surroundings, node, wait_for
from varde import READ, SUBMIT, compact, digest, example

TOKENS = ("PS256", "ES256", "RS256")


class Dance(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.here = cls.enterClassContext(Surroundings(cls.register))
        cls.v, cls.provider = cls.here.v, cls.here.provider

    @classmethod
    def register(cls, provider, v):
        cls.clients = {(t.orgnr, alg): provider.register(t, alg) for t in v.tenants for alg in TOKENS}
        cls.rsa = provider.register(v.tenants[0], key=jwk.JWK.generate(kty="RSA", size=2048))
        cls.brief = provider.register(v.tenants[0], token_ttl=3)
        cls.several = provider.register(v.tenants[0], delegated=[t.orgnr for t in v.tenants[:2]], orgnr_supplier=v.tenants[3].orgnr)

    def document(self, tenant):
        return example("municipality-minimal" if tenant.kind == "municipality" else "minimal-hf", tenant)

    def receipt_in(self, token, **wanted):
        """The receipt in a JWT of the service's, verified with its published keys."""
        check = jws.JWS()
        check.allowed_algs = ["ES256"]
        check.deserialize(token)
        keys = jwk.JWKSet.from_json(self.v.get("/.well-known/jwks.json").body.decode())
        check.verify(keys.get_key(check.jose_header["kid"]))
        claims = json.loads(check.payload)
        self.assertEqual({name: claims[name] for name in wanted}, wanted)
        return claims["receipt"]

    # --- jwcrypto --------------------------------------------------------------------

    def dance(self, tenant, sender, by=None):
        """Sends, repeats, and reads everything back; the document. `by` is who is to stand
        as its sender, where that is not the tenant itself."""
        document = self.document(tenant)
        body = self.v.sign(tenant, document)
        first = sender.submit(body)
        self.assertEqual(first.status, 201, first)
        receipt = first.json
        self.assertEqual(receipt["digest"], digest(body))
        self.assertEqual((receipt["organisation"], receipt["sender"]), (tenant.orgnr, (by or tenant).orgnr))
        again = sender.submit(self.v.sign(tenant, document))
        self.assertEqual((again.status, again.body), (200, first.body))
        path = "/v1/reports/" + document["report_id"]
        self.assertEqual(sender.call("GET", path + "/receipt").json, receipt)
        signed = sender.call("GET", path + "/receipt", headers={"Accept": "application/jwt"})
        self.assertEqual(self.receipt_in(signed.body.decode(), iss=self.v.info["audience"], sub=tenant.orgnr), receipt)
        report = sender.call("GET", path).json
        self.assertEqual((report["report_id"], report["revisions"][0]["digest"]), (document["report_id"], receipt["digest"]))
        self.assertEqual(sender.call("GET", "/v1/tenant").json["number"], tenant.orgnr)
        return document

    def test_jwcrypto(self):
        for tenant in self.v.tenants:
            for alg in TOKENS:
                with self.subTest(tenant=tenant.alg, token=alg):
                    sender = Sender(self.v, self.provider, self.clients[tenant.orgnr, alg])
                    self.dance(tenant, sender)
                    self.assertEqual(header_of(sender.token)["alg"], alg)
                    self.assertEqual(sender.repairs, [])

    def test_rsa_keys_for_assertion_and_proof(self):
        sender = Sender(self.v, self.provider, self.rsa, "PS256")
        self.dance(self.v.tenants[0], sender)
        self.assertEqual(sender.repairs, [])

    def test_repair_of_a_used_proof(self):
        tenant = self.v.tenants[0]
        sender = Sender(self.v, self.provider, self.clients[tenant.orgnr, "PS256"])
        sender.fetch_token()
        proof = sender.proof("POST", self.v.info["intake"] + "/v1/submissions", sender.token)
        document = self.document(tenant)
        jose = {"Content-Type": "application/jose"}
        first = sender.call("POST", "/v1/submissions", self.v.sign(tenant, document), jose, proof)
        again = sender.call("POST", "/v1/submissions", self.v.sign(tenant, document), jose, proof)
        self.assertEqual((first.status, again.status, again.body), (201, 200, first.body))
        self.assertEqual(sender.repairs, ["invalid-dpop-proof"])

    def test_repair_of_an_expired_token(self):
        sender = Sender(self.v, self.provider, self.brief)
        token = sender.fetch_token()
        wait_for(lambda: sender.once("GET", "/v1/tenant").status == 401, "the end of a token that lives for 3 s")
        self.assertEqual(sender.call("GET", "/v1/tenant").status, 200)
        self.assertEqual(sender.repairs, ["invalid-token"])
        self.assertNotEqual(sender.token, token)

    def test_scopes(self):
        tenant = self.v.tenants[1]
        sender = Sender(self.v, self.provider, self.clients[tenant.orgnr, "ES256"])
        sender.fetch_token((SUBMIT,))
        document = self.document(tenant)
        self.assertEqual(sender.submit(self.v.sign(tenant, document)).status, 201)
        refused = sender.call("GET", "/v1/reports/" + document["report_id"])
        self.assertEqual((refused.status, refused.code), (403, "insufficient-scope"))
        sender.fetch_token((READ,))
        self.assertEqual(sender.call("GET", "/v1/reports/" + document["report_id"]).status, 200)
        self.assertEqual(sender.repairs, [])

    def test_client_of_several_organisations(self):
        """HelseID checks whom such a client may name as parent; the sub-unit is ours to check."""
        sender = Sender(self.v, self.provider, self.several)
        for tenant in self.v.tenants[:2]:
            unit = {"310000019": "310000213", "310000078": "310000221"}[tenant.orgnr]
            self.v.ctl("tenant", "unit", "add", tenant.orgnr, unit)
            for child in (tenant.orgnr, unit):
                sender.fetch_token(organisation=(tenant.orgnr, child))
                self.dance(tenant, sender, by=self.v.tenants[3])
        for organisation, code in (((self.v.tenants[0].orgnr, "310000221"), "tenant-mismatch"),
                                   ((self.v.tenants[0].orgnr, self.v.tenants[1].orgnr), "tenant-mismatch"),
                                   ((self.v.tenants[2].orgnr, self.v.tenants[2].orgnr), "unknown-tenant")):
            sender.fetch_token(organisation=organisation)
            answer = sender.call("GET", "/v1/tenant")
            self.assertEqual((answer.status, answer.code), (403, code), organisation)

    def test_processor(self):
        """A company with tokens of its own, through both issuers, for an owner that lets it."""
        owner, company = self.v.tenants[0], self.v.tenants[3]
        bound = Sender(self.v, self.provider, self.clients[company.orgnr, "ES256"])
        jose = {"Content-Type": "application/jose"}

        def post(kind, signer, document):
            header = {"alg": signer.alg, "kid": signer.kid, "typ": "varde+jws"}
            body = compact(header, self.v.payload(owner, document), signer.key)
            return bound.submit(body) if kind == "helseid" else self.v.post("/v1/submissions", body, headers={**self.v.bearer(company), **jose})

        for kind in ("helseid", "maskinporten"):
            for signer in (owner, company):
                refused = post(kind, signer, self.document(owner))
                self.assertEqual((refused.status, refused.code), (403, "tenant-mismatch"), refused)
            self.v.ctl("processor", "add", owner.orgnr, company.orgnr, "--rights", "send,read")
            for signer in (owner, company):
                document = self.document(owner)
                answer = post(kind, signer, document)
                self.assertEqual((answer.status, answer.json["organisation"], answer.json["sender"]), (201, owner.orgnr, company.orgnr), answer)
                path = f"/v1/reports/{document['report_id']}/receipt?organisation={owner.orgnr}"
                self.assertEqual(bound.call("GET", path).json, answer.json)
                self.assertEqual(self.v.get(path, company).json, answer.json)
            self.v.ctl("processor", "end", owner.orgnr, company.orgnr, "--reason", "prøve")
        self.assertEqual(bound.repairs, [])

    # --- npm ---------------------------------------------------------------------------

    def npm(self, place, tenant, client, documents):
        """The command that sends these documents as this client."""
        own = next(t for t in self.v.info["tenants"] if t["orgnr"] == tenant.orgnr)
        task = {"issuer": self.provider.issuer, "client_id": client.client_id, "client_alg": client.alg,
                "client_key": client.key.export_private(as_dict=True), "intake": self.v.info["intake"], "audience": AUDIENCE,
                "scope": f"{SUBMIT} {READ}", "service": self.v.info["audience"],
                "tenant": {**own, "signing_key": str(self.v.demo / own["signing_key"])}, "documents": documents}
        path = pathlib.Path(place) / f"{client.client_id}.json"
        path.write_text(json.dumps(task))
        return node.command(HERE / "sender.mjs", place, path)

    def check_npm(self, output, documents):
        lines = [json.loads(line) for line in output.splitlines()]
        self.assertEqual([line["report_id"] for line in lines], [d["report_id"] for d in documents])
        for line in lines:
            self.assertEqual((line["first"], line["again"], line["same"]), (201, 200, True), line)
            self.assertEqual(line["verified"], line["receipt"])
            self.assertEqual(line["receipt"]["digest"], line["digest"])
            self.assertEqual(line["report"]["report_id"], line["report_id"])
            self.assertEqual((line["replayed"], line["refusal"]), (401, "invalid-dpop-proof"), line)
            self.assertTrue(line["challenge"].startswith('DPoP error="invalid_dpop_proof"'), line)

    def test_npm(self):
        with tempfile.TemporaryDirectory() as place:
            for tenant, alg in zip(self.v.tenants, (*TOKENS, "PS256")):
                documents = [self.document(tenant) for _ in range(2)]
                command = self.npm(place, tenant, self.clients[tenant.orgnr, alg], documents)
                run = subprocess.run(command, stdout=subprocess.PIPE, text=True, timeout=120)
                self.assertEqual(run.returncode, 0)
                self.check_npm(run.stdout, documents)

    # --- all at once -------------------------------------------------------------------

    def rows(self, tenant):
        with contextlib.closing(sqlite3.connect(f"file:{self.v.database(tenant.orgnr)}?mode=ro", uri=True)) as db:
            return {row[0] for row in db.execute("SELECT report_id FROM document")}

    def bearer(self, tenant):
        """Through Maskinporten, where a supplier has the token for its customer."""
        supplier = {"authority": "iso6523-actorid-upis", "ID": "0192:" + self.v.tenants[3].orgnr}
        headers = self.v.bearer(tenant, supplier=supplier, delegation_source="https://altinn.example")
        document = self.document(tenant)
        first = self.v.post("/v1/submissions", self.v.sign(tenant, document), headers=headers)
        self.assertEqual((first.status, first.json["sender"]), (201, self.v.tenants[3].orgnr), first)
        self.assertEqual(self.v.get("/v1/reports/" + document["report_id"] + "/receipt", headers=headers).json, first.json)
        return document

    def test_all_at_once(self):
        """Both kinds of token and both clients, for the same tenants at the same time."""
        sent = {tenant.orgnr: set() for tenant in self.v.tenants}
        before = {tenant.orgnr: self.rows(tenant) for tenant in self.v.tenants}

        def bound(tenant, alg):
            sender = Sender(self.v, self.provider, self.clients[tenant.orgnr, alg])
            done = [self.dance(tenant, sender) for _ in range(3)]
            self.assertEqual(sender.repairs, [])
            return tenant, done

        def plain(tenant, _):
            return tenant, [self.bearer(tenant) for _ in range(4)]

        with tempfile.TemporaryDirectory() as place, concurrent.futures.ThreadPoolExecutor(16) as pool:
            peers = []
            for tenant in self.v.tenants[:2]:
                documents = [self.document(tenant) for _ in range(4)]
                command = self.npm(place, tenant, self.clients[tenant.orgnr, "PS256"], documents)
                peers.append((tenant, documents, subprocess.Popen(command, stdout=subprocess.PIPE, text=True)))
            jobs = [pool.submit(work, tenant, alg) for alg in TOKENS for tenant in self.v.tenants for work in (bound, plain)]
            for job in jobs:
                tenant, documents = job.result()
                sent[tenant.orgnr] |= {d["report_id"] for d in documents}
            for tenant, documents, process in peers:
                output, _ = process.communicate(timeout=120)
                self.assertEqual(process.returncode, 0)
                self.check_npm(output, documents)
                sent[tenant.orgnr] |= {d["report_id"] for d in documents}
        for tenant in self.v.tenants:
            self.assertEqual(self.rows(tenant) - before[tenant.orgnr], sent[tenant.orgnr], "each is in its owner's file, and nowhere else")


def header_of(token):
    parsed = jws.JWS()
    parsed.deserialize(token)
    return parsed.jose_header


if __name__ == "__main__":
    unittest.main()
