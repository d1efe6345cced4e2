#!/usr/bin/python3
"""What is the same document, what follows it, what contradicts it; and many senders
of one report at once."""
import concurrent.futures
import contextlib
import copy
import json
import sqlite3
import time
import unittest
import uuid

from jwcrypto import jwk

from hostile import forge
from varde import Varde, compact, digest, example

MANY = 32


class Revisions(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.v = Varde()
        cls.v.start()

    @classmethod
    def tearDownClass(cls):
        try:
            cls.v.stop()
        finally:
            cls.v.remove()

    def submit(self, tenant, document, status, **more):
        answer = self.v.submit(tenant, document, **more)
        self.assertEqual(answer.status, status, answer)
        return answer

    def conflict(self, answer, code, current, current_digest):
        self.assertEqual((answer.status, answer.code), (409, code), answer)
        self.assertEqual(answer.json["current_revision"], current)
        self.assertEqual(answer.json.get("digest"), current_digest)

    def rows(self, tenant, report_id):
        with contextlib.closing(sqlite3.connect(f"file:{self.v.database(tenant.orgnr)}?mode=ro", uri=True)) as db:
            return db.execute("SELECT revision, seq FROM document WHERE report_id = ? ORDER BY seq", (report_id,)).fetchall()

    # --- sameness ------------------------------------------------------------------

    def test_same_however_signed(self):
        rsa = jwk.JWK.generate(kty="RSA", size=2048)
        for tenant in self.v.tenants[:2]:
            document = example("minimal-hf", tenant)
            first = self.submit(tenant, document, 201)
            for alg, key in (("RS256", rsa), ("PS256", rsa), ("ES256", jwk.JWK.generate(kty="EC", crv="P-256")),
                             ("ES384", jwk.JWK.generate(kty="EC", crv="P-384"))):
                kid = f"{tenant.orgnr}-{alg}"
                path = self.v.folder / (kid + ".json")
                path.write_text(json.dumps({**json.loads(key.export_public()), "kid": kid, "alg": alg}))
                self.v.ctl("key", "add", tenant.orgnr, "--jwk", str(path), "--unproven")
                body = forge({"alg": alg, "kid": kid, "typ": "varde+jws"}, self.v.payload(tenant, document), key)
                again = self.v.post("/v1/submissions", body, tenant)
                self.assertEqual((again.status, again.body), (200, first.body), (alg, again))
            later = self.submit(tenant, document, 200, iat=int(time.time()) - 86400)
            self.assertEqual(later.body, first.body)
            self.assertEqual(len(self.rows(tenant, document["report_id"])), 1)

    def test_same_however_written(self):
        tenant = self.v.tenants[0]
        document = example("full-hf", tenant)
        jws = self.v.sign(tenant, document)
        first = self.v.post("/v1/submissions", jws, tenant)
        self.assertEqual(first.status, 201, first)
        self.assertEqual(first.json["digest"], digest(jws))
        payload = self.v.payload(tenant, document)

        def backwards(value):
            if isinstance(value, dict):
                return {name: backwards(value[name]) for name in reversed(value)}
            return [backwards(item) for item in value] if isinstance(value, list) else value

        exported = copy.deepcopy(document)
        exported["source"]["exported_at"] = "2026-02-13T02:00:00Z"
        unsaid = copy.deepcopy(document)
        del unsaid["source"]["exported_at"]
        upper = json.dumps(payload, ensure_ascii=True)
        for what, text in (("indented", json.dumps(payload, indent=3)), ("compact", json.dumps(payload, separators=(",", ":"))),
                           ("other order", json.dumps(backwards(payload))), ("escaped", upper),
                           ("escaped slashes", json.dumps(payload).replace("/", "\\/")),
                           ("space around", "\r\n\t " + json.dumps(payload) + " \n"),
                           ("exported later", json.dumps({**payload, "document": exported})),
                           ("export unsaid", json.dumps({**payload, "document": unsaid}))):
            header = {"alg": tenant.alg, "kid": tenant.kid, "typ": "varde+jws"}
            again = self.v.post("/v1/submissions", compact(header, text.encode(), tenant.key), tenant)
            self.assertEqual((again.status, again.body), (200, first.body), (what, again))
        other = copy.deepcopy(document)
        other["narrative"]["description"] += "."
        self.conflict(self.v.submit(tenant, other), "revision-conflict", 1, first.json["digest"])
        accent = copy.deepcopy(document)
        accent["narrative"]["description"] = accent["narrative"]["description"].replace("Ø", "O\u0338", 1)
        self.conflict(self.v.submit(tenant, accent), "revision-conflict", 1, first.json["digest"])
        order = copy.deepcopy(document)
        order["contributing_factors"].reverse()
        self.conflict(self.v.submit(tenant, order), "revision-conflict", 1, first.json["digest"])

    # --- revisions -----------------------------------------------------------------

    def test_one_by_one(self):
        tenant = self.v.tenants[0]
        document = example("minimal-hf", tenant)
        later = {**document, "revision": 2}
        self.conflict(self.v.submit(tenant, later), "revision-skipped", 0, None)
        first = self.submit(tenant, document, 201)
        self.conflict(self.v.submit(tenant, {**document, "revision": 3}), "revision-skipped", 1, first.json["digest"])
        second = self.submit(tenant, later, 201)
        self.assertEqual(second.json["first_received_at"], first.json["received_at"])
        self.assertEqual(self.submit(tenant, document, 200).body, first.body)
        self.assertEqual(self.submit(tenant, later, 200).body, second.body)
        changed = copy.deepcopy(document)
        changed["harm"]["actual"] = "death" if document["harm"].get("actual") != "death" else "none"
        self.conflict(self.v.submit(tenant, changed), "revision-stale", 2, second.json["digest"])
        self.conflict(self.v.submit(tenant, {**changed, "revision": 2}), "revision-conflict", 2, second.json["digest"])
        self.submit(tenant, {**changed, "revision": 3}, 201)
        self.assertEqual([r for r, _ in self.rows(tenant, document["report_id"])], [1, 2, 3])

    def test_supersedes(self):
        tenant = self.v.tenants[1]
        document = example("minimal-hf", tenant)
        ahead = {**document, "supersedes": "sha-256:" + "0" * 64}
        self.conflict(self.v.submit(tenant, ahead), "supersedes-mismatch", 0, None)
        first = self.submit(tenant, document, 201).json["digest"]
        wrong = {**document, "revision": 2, "supersedes": "sha-256:" + "0" * 64}
        self.conflict(self.v.submit(tenant, wrong), "supersedes-mismatch", 1, first)
        second = self.submit(tenant, {**document, "revision": 2, "supersedes": first}, 201).json["digest"]
        self.conflict(self.v.submit(tenant, {**document, "revision": 3, "supersedes": first}), "supersedes-mismatch", 2, second)
        self.submit(tenant, {**document, "revision": 3, "supersedes": second}, 201)
        for bad in ("", second.upper(), second[8:], second + "0", "md5:" + "0" * 32):
            answer = self.v.submit(tenant, {**document, "revision": 4, "supersedes": bad})
            self.assertEqual((answer.status, answer.code), (422, "invalid-document"), answer)

    def test_a_refused_revision_is_not_used_up(self):
        tenant = self.v.tenants[0]
        document = example("minimal-hf", tenant)
        for _ in range(2):
            self.assertEqual(self.v.submit(tenant, {**document, "event_class": "x"}).status, 422)
            self.assertEqual(self.v.submit(tenant, document, iat=0).status, 400)
        self.submit(tenant, document, 201)
        self.assertEqual(self.v.submit(tenant, {**document, "revision": 2, "harm": {}}).status, 422)
        self.submit(tenant, {**document, "revision": 2}, 201)

    def test_upper_case_id_is_the_same_report(self):
        tenant = self.v.tenants[0]
        document = example("minimal-hf", tenant, report_id="ABCDEF12-3456-4ABC-8DEF-" + uuid.uuid4().hex[:12].upper())
        first = self.v.submit(tenant, document)
        if first.status == 422:  # the contract may ask for lower case, then it is one spelling too
            self.assertIn("/report_id", {p for p, _ in first.pointers()})
            return
        self.assertEqual(first.json["report_id"], document["report_id"].lower())
        again = self.submit(tenant, {**document, "report_id": document["report_id"].lower()}, 200)
        self.assertEqual(again.body, first.body)

    def test_twins_of_one_case(self):
        tenant = self.v.tenants[1]
        document = example("minimal-hf", tenant)
        twin = example("minimal-hf", tenant)
        twin["source"]["local_case_id"] = document["source"]["local_case_id"]
        plain = self.submit(tenant, document, 201)
        self.assertNotIn("possible-duplicate", {w["code"] for w in plain.json["warnings"]})
        warned = self.submit(tenant, twin, 201)
        self.assertIn("possible-duplicate", {w["code"] for w in warned.json["warnings"]})
        self.assertEqual(self.submit(tenant, twin, 200).body, warned.body)
        self.assertEqual(self.submit(tenant, document, 200).body, plain.body)
        next_one = self.submit(tenant, {**document, "revision": 2}, 201)
        self.assertIn("possible-duplicate", {w["code"] for w in next_one.json["warnings"]})
        other = example("minimal-hf", self.v.tenants[3])
        other["source"]["local_case_id"] = document["source"]["local_case_id"]
        theirs = self.submit(self.v.tenants[3], other, 201)
        self.assertNotIn("possible-duplicate", {w["code"] for w in theirs.json["warnings"]})

    # --- at once -------------------------------------------------------------------

    def at_once(self, tenant, bodies):
        headers = {"Content-Type": "application/jose", **self.v.bearer(tenant)}
        with concurrent.futures.ThreadPoolExecutor(len(bodies)) as pool:
            return list(pool.map(lambda body: self.v.request("POST", "/v1/submissions", body, headers), bodies))

    def test_parallel_retries_make_one_row(self):
        for tenant in self.v.tenants[:2]:
            document = example("minimal-hf", tenant)
            same = self.v.sign(tenant, document)
            for bodies in ([same] * MANY, [self.v.sign(tenant, document, iat=int(time.time()) - i) for i in range(MANY)]):
                answers = self.at_once(tenant, bodies)
                self.assertEqual(len({a.body for a in answers}), 1, answers)
            document["report_id"] = str(uuid.uuid4())
            answers = self.at_once(tenant, [self.v.sign(tenant, document, iat=int(time.time()) - i) for i in range(MANY)])
            self.assertEqual(sorted(a.status for a in answers), [200] * (MANY - 1) + [201])
            self.assertEqual(len({a.body for a in answers}), 1)
            self.assertEqual(len(self.rows(tenant, document["report_id"])), 1)

    def test_parallel_contradictions_make_one_row(self):
        tenant = self.v.tenants[0]
        document = example("minimal-hf", tenant)
        bodies = [self.v.sign(tenant, {**document, "narrative": {"description": f"Tekst {i}"}}) for i in range(MANY)]
        answers = self.at_once(tenant, bodies)
        self.assertEqual(sorted(a.status for a in answers), [201] + [409] * (MANY - 1))
        winner = next(a for a in answers if a.status == 201)
        for answer, body in zip(answers, bodies):
            if answer.status == 409:
                self.conflict(answer, "revision-conflict", 1, winner.json["digest"])
            else:
                self.assertEqual(answer.json["digest"], digest(body))
        self.assertEqual(len(self.rows(tenant, document["report_id"])), 1)
        bodies = [self.v.sign(tenant, {**document, "revision": 2, "narrative": {"description": f"Tekst {i}"}}) for i in range(MANY)]
        answers = self.at_once(tenant, bodies)
        self.assertEqual(sorted(a.status for a in answers), [201] + [409] * (MANY - 1))
        self.assertEqual([r for r, _ in self.rows(tenant, document["report_id"])], [1, 2])


if __name__ == "__main__":
    unittest.main()
