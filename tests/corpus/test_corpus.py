"""Every case of the corpus through the real daemon: /validate, alone, and in a batch
of another sender. Nothing is put into a database: all goes through HTTP. Afterwards
the SQLite files are looked into."""
import base64
import json
import pathlib
import sqlite3
import sys
import unittest

sys.path[:0] = [str(pathlib.Path(__file__).parent), str(pathlib.Path(__file__).parent.parent / "http")]
sys.dont_write_bytecode = True

try:
    from jwcrypto import jwk
except ImportError:
    sys.exit(77)

import corpus
import varde
import walk

SCHEMA = walk.report_schema()
BATCH = 200
BATCH_BYTES = 7 << 20


class Sender:
    """A tenant, what it has sent and what it got."""

    def __init__(self, tenant, other):
        self.tenant, self.other = tenant, other
        self.digests, self.documents, self.answers = {}, {}, {}

    def document(self, case):
        """Made once: @today may be another day the next time."""
        if case not in self.documents:
            previous = self.digests.get((case.theme, case.report), "sha-256:" + 64 * "0")
            self.documents[case] = case.document(self.tenant.orgnr, self.other.orgnr, previous)
        return self.documents[case]

    def sign(self, service, case):
        """The JWS; a new revision's digest is the next one's @previous."""
        signed = service.sign(self.tenant, self.document(case))
        if case.status == 201:
            self.digests[case.theme, case.report] = varde.digest(signed)
        return signed


def second_municipality(service):
    """The demonstration has one municipality; batches are sent by another."""
    key = jwk.JWK.generate(kty="EC", crv="P-256", use="sig", alg="ES256", kid="fjellvik-1")
    path, proof = service.folder / "fjellvik.jwk", service.folder / "fjellvik.proof"
    path.write_text(key.export_public())
    proof.write_text(varde.key_proof(key, "310000132"))
    service.ctl("tenant", "add", "310000132", "Fjellvik kommune", "--kind", "municipality", "--test")
    service.ctl("key", "add", "310000132", "--jwk", str(path), "--proof", str(proof))
    service.ctl("tenant", "phase", "310000132", "active")
    tenant = varde.Tenant.__new__(varde.Tenant)
    tenant.orgnr, tenant.name, tenant.kind = "310000132", "Fjellvik kommune", "municipality"
    tenant.kid, tenant.alg, tenant.key = "fjellvik-1", "ES256", key
    return tenant


def findings(listed):
    return {(f["pointer"], f["code"]) for f in listed}


def plain(answer, sender, mate):
    """An answer without what two senders' answers cannot share."""
    body = answer.get("receipt") or answer.get("problem")
    kept = {name: body[name] for name in ("report_id", "revision", "schema", "status", "code", "type", "title",
                                          "warnings", "errors", "current_revision") if name in body}
    text = json.dumps([answer["status"], kept], ensure_ascii=False)
    return text.replace(sender.tenant.orgnr, "OWN").replace(mate.tenant.orgnr, "OTHER")


class Corpus:
    """One environment, all of whose cases are sent before the tests look."""

    @classmethod
    def setUpClass(cls):
        cls.cases = corpus.cases(cls.folder)
        cls.service = varde.Varde()
        cls.addClassCleanup(cls.service.remove)
        text = cls.service.conf.read_text()
        cls.service.conf.write_text(text.replace("environment = test", f"environment = {cls.environment}"))
        cls.service.start()
        tenants = {t.orgnr: t for t in cls.service.tenants}
        first, second = [t for t in cls.service.tenants if t.kind == "hf"][:2]
        municipality = next(t for t in cls.service.tenants if t.kind == "municipality")
        other = second_municipality(cls.service)
        assert other.orgnr not in tenants
        cls.permit(municipality, other)
        cls.alone = {"hf": Sender(first, second), "municipality": Sender(municipality, other)}
        cls.batched = {"hf": Sender(second, first), "municipality": Sender(other, municipality)}
        cls.validated = {}
        for case in cls.cases:
            cls.send_alone(case)
        for kind in cls.batched:
            cls.send_batches(kind)

    @classmethod
    def permit(cls, *municipalities):
        """What the register must know before they send: a project, and which municipalities they name."""
        cls.service.ctl("project", "add", "pilot", "Pilot", "--decision", "TB2025-36", "--purpose", "Læring", "--retention",
                        "To år", "--from", "2025-01-01")
        for kind in ("hf", "municipality"):
            cls.service.ctl("project", "open", "pilot", kind, "--from", "2025-01-01")
        for tenant in municipalities:
            cls.service.ctl("tenant", "municipality", "add", tenant.orgnr, "5501", "--own")
            for number in ("3420", "0301", "1508"):
                cls.service.ctl("tenant", "municipality", "add", tenant.orgnr, number)

    @classmethod
    def send_alone(cls, case):
        sender = cls.alone[case.kind]
        cls.validated[case] = cls.service.validate(sender.tenant, sender.document(case))
        answer = cls.service.post("/v1/submissions", sender.sign(cls.service, case), sender.tenant)
        name = "receipt" if answer.status in (200, 201) else "problem"
        sender.answers[case] = {"status": answer.status, name: answer.json}

    @classmethod
    def send_batches(cls, kind):
        sender = cls.batched[kind]
        waiting = [case for case in cls.cases if case.kind == kind]
        while waiting:
            signed, size = [], 0
            while waiting[len(signed):] and len(signed) < BATCH and size < BATCH_BYTES - varde_jws_max():
                signed.append(sender.sign(cls.service, waiting[len(signed)]))
                size += len(signed[-1]) + 3
            answer = cls.service.post("/v1/submissions/batch", json.dumps({"submissions": signed}), sender.tenant,
                                      type="application/json")
            assert answer.status == 200, answer
            results = answer.json["results"]
            assert len(results) == len(signed)
            sender.answers.update(zip(waiting, results))
            waiting = waiting[len(signed):]

    def check(self, case, answer):
        self.assertEqual(answer["status"], case.status, answer)
        if case.status in (200, 201):
            self.assertEqual(findings(answer["receipt"]["warnings"]), case.warnings)
            return
        problem = answer["problem"]
        self.assertEqual(problem["code"], case.entry.get("code", "invalid-document"))
        self.assertEqual(findings(problem.get("errors", [])), case.errors)

    def test_each_alone_gets_its_answer(self):
        for sender in self.alone.values():
            for case, answer in sender.answers.items():
                with self.subTest(repr(case)):
                    self.check(case, answer)

    def test_each_in_a_batch_gets_its_answer(self):
        for sender in self.batched.values():
            for case, answer in sender.answers.items():
                with self.subTest(repr(case)):
                    self.check(case, answer)

    def test_batch_and_single_give_the_same_answers(self):
        for kind, sender in self.alone.items():
            mate = self.batched[kind]
            self.assertEqual(list(sender.answers), list(mate.answers))
            for case, answer in sender.answers.items():
                with self.subTest(repr(case)):
                    self.assertEqual(plain(answer, sender, mate), plain(mate.answers[case], mate, sender))

    def test_validate_says_what_a_submission_would(self):
        for case, answer in self.validated.items():
            with self.subTest(repr(case)):
                document = self.alone[case.kind].documents[case]
                if case.status == 422:
                    self.assertEqual((answer.status, answer.code), (422, "invalid-document"))
                    self.assertEqual(findings(answer.json["errors"]), case.errors)
                    continue
                clear, sealed = corpus.split(SCHEMA, document)
                self.assertEqual(answer.status, 200, answer)
                self.assertEqual(answer.json["clear"], clear)
                self.assertEqual(sorted(answer.json["sealed"]), sealed)
                stateless = {w for w in case.warnings if w[1] != "possible-duplicate"}
                if case.status != 409:
                    self.assertEqual(findings(answer.json["warnings"]), stateless)

    def test_findings_have_a_text_and_no_value_of_the_senders(self):
        for sender in self.alone.values():
            for case, answer in sender.answers.items():
                body = answer.get("receipt") or answer["problem"]
                for finding in body.get("errors", []) + body.get("warnings", []):
                    with self.subTest(repr(case)):
                        self.assertGreater(len(finding["message"]), 10)
                        self.assertNotIn("{detail}", finding["message"])
                        self.assertNotIn("[", finding["message"])

    # --- what is in the files ---------------------------------------------------------

    def rows(self, sender):
        database = sqlite3.connect(f"file:{self.service.database(sender.tenant.orgnr)}?mode=ro", uri=True)
        try:
            return {(row[0], row[1]): json.loads(row[2]) for row in
                    database.execute("SELECT report_id, revision, clear FROM document ORDER BY seq")}
        finally:
            database.close()

    def test_rows_reconcile_and_hold_exactly_the_clear_members(self):
        for sender in [*self.alone.values(), *self.batched.values()]:
            rows, expected = self.rows(sender), {}
            for case, answer in sender.answers.items():
                if case.status == 201:
                    document = sender.documents[case]
                    expected[document["report_id"], document["revision"]] = corpus.split(SCHEMA, document)[0]
            self.assertEqual(list(rows), list(expected), sender.tenant.name)
            for key, clear in expected.items():
                self.assertEqual(rows[key], clear)

    def test_each_row_has_its_sealed_part_and_numbers_have_no_gap(self):
        for sender in [*self.alone.values(), *self.batched.values()]:
            accepted = sum(case.status == 201 for case in sender.answers)
            database = sqlite3.connect(f"file:{self.service.database(sender.tenant.orgnr)}?mode=ro", uri=True)
            sealed = database.execute("SELECT count(*) FROM sealed JOIN document USING (seq)").fetchone()[0]
            taken = [row[0] for row in database.execute(
                "SELECT seq FROM document UNION SELECT seq FROM event ORDER BY 1")]
            database.close()
            self.assertEqual(sealed, accepted)
            self.assertEqual(taken, list(range(1, len(taken) + 1)))

    def secrets(self):
        """What was sent in members that are sealed, in accepted and refused reports."""
        clear, found = set(), set()
        for sender in [*self.alone.values(), *self.batched.values()]:
            for document in sender.documents.values():
                kept, sealed = corpus.split(SCHEMA, document)
                clear.add(json.dumps(kept, ensure_ascii=False))
                for pointer in sealed:
                    found |= set(texts(corpus.value_at(document, pointer)))
        everything_clear = "\n".join(clear)
        return {text for text in found if text not in everything_clear}

    def test_no_sealed_byte_in_any_file(self):
        secrets = self.secrets()
        self.assertGreater(len(secrets), self.secrets_at_least)
        forms = [form for text in secrets for form in written(text)]
        for path in sorted(self.service.folder.rglob("*")):
            if path.is_file():
                data = path.read_bytes()
                self.assertEqual([form for form in forms if form in data], [], path.name)

    def test_refused_reports_left_nothing(self):
        for sender in [*self.alone.values(), *self.batched.values()]:
            data = b"".join(p.read_bytes() for p in self.service.database(sender.tenant.orgnr).parent.glob(
                f"{sender.tenant.orgnr}.db*"))
            stored = {corpus_id for corpus_id, _ in self.rows(sender)}
            for case in sender.answers:
                refused = sender.documents[case].get("report_id")
                if isinstance(refused, str) and len(refused) == 36 and refused not in stored | self.related(sender):
                    self.assertNotIn(refused.encode(), data, case)

    @staticmethod
    def related(sender):
        return {r.get("report_id") for d in sender.documents.values() for r in d.get("related_reports", [])}

    @classmethod
    def tearDownClass(cls):
        cls.service.stop()


class Test(Corpus, unittest.TestCase):
    environment, folder, secrets_at_least = "test", "cases", 150

    def test_there_are_enough(self):
        self.assertGreaterEqual(len(self.cases), 300)
        self.assertGreaterEqual(sum(case.status == 201 for case in self.cases), 150)
        self.assertGreaterEqual(sum(case.status == 422 for case in self.cases), 100)

    def test_of_many_faults_a_hundred_are_told_in_order(self):
        sender = self.alone["hf"]
        document = self.cases[0].document(sender.tenant.orgnr)
        document["patients"] = [{}] * 100
        listed = self.service.validate(sender.tenant, document).json["errors"]
        told = [(int(f["pointer"].split("/")[2]), f["pointer"]) for f in listed]
        self.assertEqual(len(told), 100)
        self.assertEqual(told, sorted(told))

    def test_every_rule_has_a_case(self):
        """But for what depends on the data owner's profile: tests/profiles."""
        rules = {rule["code"] for rule in walk.load(walk.SCHEMAS / "rules.json")["rules"]
                 if "incident-report" in rule["applies"] and not rule["code"].startswith("profile-")}
        seen = {code for case in [*self.cases, *corpus.cases("production")] for _, code in case.errors | case.warnings}
        self.assertEqual(rules - seen, {"deprecated"})  # of a schema and not of a document: tests/evolve


class Production(Corpus, unittest.TestCase):
    environment, folder, secrets_at_least = "production", "production", 10


def varde_jws_max():
    return 512 << 10


def texts(value):
    """Strings long enough that none stands in a file by chance; of long ones a part."""
    if isinstance(value, dict):
        return [text for item in value.values() for text in texts(item)]
    if isinstance(value, list):
        return [text for item in value for text in texts(item)]
    return [value[:60]] if isinstance(value, str) and len(value.strip()) >= 8 else []


def written(text):
    """A text as it could stand in a file: plain, and base64 in its three alignments."""
    plain_text = text.encode("utf-8", "surrogatepass")
    forms = [plain_text, json.dumps(text)[1:-1].encode()]
    for skip in range(3):
        part = plain_text[skip:]
        part = part[:len(part) - len(part) % 3]
        if len(part) >= 9:
            forms.append(base64.b64encode(part))
            forms.append(base64.urlsafe_b64encode(part))
    return list(dict.fromkeys(forms))


if __name__ == "__main__":
    unittest.main()
