#!/usr/bin/python3
"""Tokens that name a supplier (leverandør): the organisation delegates in Altinn, the
issuer vouches for that, and the supplier is who acts. Both kinds of token."""
import contextlib
import sqlite3
import unittest

from hostile import HelseId, problem_faults
from varde import Organisation, Varde, compact, example, organisation_numbers

SUBMISSIONS = "/v1/submissions"
KINDS = ("maskinporten", "helseid")
SUPPLIER = "helseid://claims/client/claims/orgnr_supplier"


class Suppliers(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.v, cls.numbers = Varde(), organisation_numbers()
        cls.v.start()
        cls.owner, cls.other = cls.v.tenants[1], cls.v.tenants[0]

    @classmethod
    def tearDownClass(cls):
        try:
            cls.v.stop()
        finally:
            cls.v.remove()

    def company(self, phase="active"):
        return self.v.register(Organisation(next(self.numbers), "Leverandør AS", "processor"), phase)

    def refused(self, answer, status, code):
        self.assertEqual(list(problem_faults(answer, status, code)), [], answer)

    def post(self, kind, organisation, supplier, body):
        """With a token of the organisation that names the supplier."""
        if kind == "helseid":
            return HelseId(self.v, organisation, **{SUPPLIER: supplier}).post(SUBMISSIONS, body)
        actor = {"authority": "iso6523-actorid-upis", "ID": "0192:" + supplier}
        return self.v.post(SUBMISSIONS, body, headers=self.v.bearer(organisation, supplier=actor))

    def body(self, owner, signer, document=None):
        header = {"alg": signer.alg, "kid": signer.kid, "typ": "varde+jws"}
        return compact(header, self.v.payload(owner, document or example("minimal-hf", owner)), signer.key)

    def row(self, owner, report_id):
        with contextlib.closing(sqlite3.connect(f"file:{self.v.database(owner.orgnr)}?mode=ro", uri=True)) as db:
            return db.execute("SELECT sender, signing_kid FROM document WHERE report_id = ?", (report_id,)).fetchone()

    def test_a_stranger_with_the_owners_key(self):
        """The delegation is enough; the register need not know the supplier."""
        for kind in KINDS:
            supplier, document = next(self.numbers), example("minimal-hf", self.owner)
            answer = self.post(kind, self.owner, supplier, self.body(self.owner, self.owner, document))
            self.assertEqual(answer.status, 201, answer)
            self.assertEqual((answer.json["organisation"], answer.json["sender"]), (self.owner.orgnr, supplier))
            self.assertEqual(self.row(self.owner, document["report_id"]), (supplier, self.owner.kid))
            again = self.v.submit(self.owner, document)
            self.assertEqual((again.status, again.json), (200, answer.json))

    def test_its_own_key_needs_the_owners_registration(self):
        for kind in KINDS:
            supplier, document = self.company(), example("minimal-hf", self.owner)
            body = self.body(self.owner, supplier, document)
            self.refused(self.post(kind, self.owner, supplier.orgnr, body), 403, "tenant-mismatch")
            self.v.ctl("processor", "add", self.owner.orgnr, supplier.orgnr, "--rights", "read")
            self.refused(self.post(kind, self.owner, supplier.orgnr, body), 403, "tenant-mismatch")
            self.v.ctl("processor", "add", self.other.orgnr, supplier.orgnr)
            self.refused(self.post(kind, self.owner, supplier.orgnr, body), 403, "tenant-mismatch")
            self.v.ctl("processor", "add", self.owner.orgnr, supplier.orgnr)
            answer = self.post(kind, self.owner, supplier.orgnr, body)
            self.assertEqual((answer.status, answer.json["sender"]), (201, supplier.orgnr), answer)
            self.assertEqual(self.row(self.owner, document["report_id"]), (supplier.orgnr, supplier.kid))
            self.v.ctl("processor", "end", self.owner.orgnr, supplier.orgnr, "--reason", "a test")
            self.refused(self.post(kind, self.owner, supplier.orgnr, body), 403, "tenant-mismatch")

    def test_the_organisation_stays_the_tokens(self):
        """A registration of the supplier opens nothing but its key: it is not who the token is for."""
        for kind in KINDS:
            supplier = self.company()
            self.v.ctl("processor", "add", self.owner.orgnr, supplier.orgnr, "--rights", "send,read")
            for signer in (supplier, self.owner, self.other):
                self.refused(self.post(kind, self.other, supplier.orgnr, self.body(self.owner, signer)), 403, "tenant-mismatch")
            self.assertEqual(self.post(kind, supplier, self.other.orgnr, self.body(self.owner, supplier)).status, 201)

    def test_a_processors_supplier(self):
        for kind in KINDS:
            processor, sub = self.company(), self.company()
            self.v.ctl("processor", "add", self.owner.orgnr, processor.orgnr)
            for signer, status in ((processor, 201), (self.owner, 201), (sub, 403)):
                answer = self.post(kind, processor, sub.orgnr, self.body(self.owner, signer))
                self.assertEqual(answer.status, status, answer)
                if status == 201:
                    self.assertEqual((answer.json["organisation"], answer.json["sender"]), (self.owner.orgnr, sub.orgnr))
            self.v.ctl("processor", "add", self.owner.orgnr, sub.orgnr)
            self.assertEqual(self.post(kind, processor, sub.orgnr, self.body(self.owner, sub)).status, 201)

    def test_a_suspended_or_closed_supplier_does_not_come_back(self):
        for kind in KINDS:
            supplier = self.company()
            body = self.body(self.owner, self.owner)
            self.v.ctl("tenant", "suspend", supplier.orgnr, "--reason", "a test")
            self.refused(self.post(kind, self.owner, supplier.orgnr, body), 403, "tenant-suspended")
            self.v.ctl("tenant", "phase", supplier.orgnr, "closed", "--reason", "a test")
            self.refused(self.post(kind, self.owner, supplier.orgnr, body), 403, "tenant-not-open")
            invited = self.company("invited")
            self.v.ctl("processor", "add", self.owner.orgnr, invited.orgnr)
            self.refused(self.post(kind, self.owner, invited.orgnr, self.body(self.owner, invited)), 403, "tenant-mismatch")
            self.assertEqual(self.post(kind, self.owner, invited.orgnr, body).status, 201)

    def test_itself_and_nonsense(self):
        for kind in KINDS:
            answer = self.post(kind, self.owner, self.owner.orgnr, self.body(self.owner, self.owner))
            self.assertEqual((answer.status, answer.json["sender"]), (201, self.owner.orgnr))
            self.refused(self.post(kind, self.owner, "310000018", self.body(self.owner, self.owner)), 403, "unknown-tenant")

    def test_reads_are_the_organisations(self):
        for kind in KINDS:
            supplier = self.company()
            actor = {"authority": "iso6523-actorid-upis", "ID": "0192:" + supplier.orgnr}
            if kind == "helseid":
                def read(path):
                    return HelseId(self.v, self.owner, **{SUPPLIER: supplier.orgnr}).get(path)
            else:
                def read(path):
                    return self.v.get(path, headers=self.v.bearer(self.owner, supplier=actor))
            self.assertEqual(read("/v1/tenant").json["number"], self.owner.orgnr)
            self.assertEqual(read("/v1/reports").json, self.v.get("/v1/reports", self.owner).json)
            self.refused(read("/v1/reports?organisation=" + self.other.orgnr), 403, "tenant-mismatch")


if __name__ == "__main__":
    unittest.main()
