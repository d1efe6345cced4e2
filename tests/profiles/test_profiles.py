"""Each profile through the real daemon: documents that keep to it are taken and nothing
that it forbids is in the row; each thing that it forbids is refused where it stands,
everything at once, and nothing is stored."""
import contextlib
import copy
import json
import sqlite3
import unittest
import uuid

import shared
import varde_minimise
from varde import Organisation, Varde, example, organisation_numbers

PROFILES = shared.profiles()
KIND = "incident-report"
REVISIONS = {KIND: "revision", "review": "review_revision", "withdrawal": "withdrawal_revision"}


class Through(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.v = Varde()
        cls.v.__enter__()
        cls.addClassCleanup(cls.v.__exit__, None, None, None)
        numbers = organisation_numbers()
        cls.trust = cls.v.register(Organisation(next(numbers), "Profil HF"), "test")
        cls.town = cls.v.register(Organisation(next(numbers), "Profil kommune", "municipality"), "test")
        cls.units = {o.orgnr: next(numbers) for o in (cls.trust, cls.town)}
        for owner, unit in cls.units.items():
            cls.v.ctl("tenant", "unit", "add", owner, unit)

    def choose(self, owner, name):
        self.v.ctl("tenant", "profile", owner.orgnr, name, "--reason", "en prøve")

    def of_kind(self, kind):
        """(name, owner, document) of every example, as a fresh one of a sub-unit."""
        for name, document in shared.examples(kind).items():
            owner = self.town if document.get("report_kind") == "municipality" else self.trust
            document["report_id"], document[REVISIONS[kind]] = str(uuid.uuid4()), 1
            document.pop("supersedes", None)
            if kind == KIND:
                document["source"]["local_case_id"] = f"T-{uuid.uuid4().int % 10**8}"
            document["organisation"]["number"] = self.units[owner.orgnr]
            yield name, owner, document

    def documents(self):
        """Reports that the client's own default schema fits."""
        return (d for d in self.of_kind(KIND) if d[2]["schema_version"] == "1.0")

    def of_all_kinds(self):
        """The same, with the kind, of all kinds."""
        for kind in REVISIONS:
            for name, owner, document in self.of_kind(kind):
                yield kind, f"{kind} {name}", owner, document

    def report_for(self, profile, owner, document):
        """A stored report that a document of another kind can be about."""
        report = varde_minimise.minimise(profile, KIND, example("minimal-hf", owner, report_id=document["report_id"]), owner.orgnr)
        self.assertEqual(self.v.submit(owner, report).status, 201)

    def rows(self, owner):
        """{(kind, report_id): clear}"""
        with contextlib.closing(sqlite3.connect(f"file:{self.v.database(owner.orgnr)}?mode=ro", uri=True)) as db:
            return {(kind, report): clear for kind, report, clear in db.execute("SELECT kind, report_id, clear FROM document")}

    def test_what_keeps_to_a_profile_is_taken(self):
        for name, profile in PROFILES.items():
            for owner in (self.trust, self.town):
                self.choose(owner, name)
            for kind, what, owner, document in self.of_all_kinds():
                if kind != KIND:
                    self.report_for(profile, owner, document)
                kept = varde_minimise.minimise(profile, kind, document, owner.orgnr)
                answer = self.v.submit(owner, kept, schema=f"{kind}/{document['schema_version']}")
                self.assertEqual(answer.status, 201, f"{name} {what}: {answer}")
                clear = json.loads(self.rows(owner)[kind, document["report_id"]])
                self.assertEqual(shared.breaches(profile, kind, clear, owner.orgnr), set(), f"{name} {what}")
                counted = {KIND: "harm", "review": "status", "withdrawal": "reason"}[kind]
                self.assertEqual(clear[counted], document[counted], "what counts is still there")

    def test_what_does_not_is_refused_everywhere_at_once(self):
        for name, profile in PROFILES.items():
            for owner in (self.trust, self.town):
                self.choose(owner, name)
            for kind, what, owner, document in self.of_all_kinds():
                expected = shared.breaches(profile, kind, document, owner.orgnr)
                if expected and kind != KIND:
                    self.report_for(profile, owner, document)
                before = self.rows(owner) if expected else None
                answers = [self.v.validate(owner, document, schema=f"{kind}/{document['schema_version']}")]
                if expected:
                    jws = self.v.sign(owner, document, schema=f"{kind}/{document['schema_version']}")
                    answers += [self.v.post("/v1/submissions", jws, owner), self.v.post("/v1/submissions/validate", jws, owner)]
                for answer in answers:
                    if not expected:
                        self.assertEqual(answer.status, 200, f"{name} {what}: {answer}")
                        continue
                    self.assertEqual((answer.status, answer.code), (422, "not-permitted"), f"{name} {what}: {answer}")
                    self.assertEqual(answer.pointers(), expected, f"{name} {what}")
                if expected:
                    self.assertEqual(self.rows(owner), before, f"{name} {what}: something was stored")

    def test_each_single_demand(self):
        """Every path of every profile, alone: the document that keeps to all others."""
        for name, profile in PROFILES.items():
            for owner in (self.trust, self.town):
                self.choose(owner, name)
            for kind, lists in profile["kinds"].items():
                for path in [path for paths in lists.values() for path in paths]:
                    self.single(profile, kind, path)

    def single(self, profile, kind, path):
        rest = {"name": profile["name"], "kinds": {kind: {a: [p for p in ps if p != path] for a, ps in profile["kinds"][kind].items()}}}
        tried = 0
        for what, owner, document in self.of_kind(kind):
            kept = varde_minimise.minimise(rest, kind, document, owner.orgnr)
            expected = shared.breaches(profile, kind, kept, owner.orgnr)
            if not expected or tried == 2:
                continue
            tried += 1
            answer = self.v.validate(owner, kept, schema=f"{kind}/{document['schema_version']}")
            self.assertEqual((answer.status, answer.code, answer.pointers()), (422, "not-permitted", expected), f"{profile['name']} {path} {what}")
        self.assertGreater(tried, 0, f"{profile['name']} {kind} {path}")

    def test_messages_in_two_languages_and_no_values(self):
        self.choose(self.trust, "minimum")
        document = next(d for name, _, d in self.documents() if name == "full-hf")
        seen = set()
        for lang in ("nb", "en"):
            answer = self.v.validate(self.trust, document, lang=lang)
            for error in answer.json["errors"]:
                self.assertEqual(set(error), {"pointer", "rule", "code", "message"})
                self.assertIn("minimum", error["message"])
                seen.add((error["code"], error["message"]))
            for value in (document["narrative"]["description"], document["patients"][0]["name"], document["event"]["date"]):
                self.assertNotIn(value.encode(), answer.body)
        self.assertEqual({code for code, _ in seen}, {"profile-member", "profile-month", "profile-owner"})
        self.assertEqual(len(seen), 6, "a text of its own for each rule and language")

    def test_with_other_faults_all_is_said_in_one_answer(self):
        self.choose(self.trust, "minimum")
        document = next(d for name, _, d in self.documents() if name == "full-hf")
        document["harm"]["actual"] = "terrible"
        document["unknown"] = 1
        document["event"]["discovered_date"] = "2125-01-01"
        answer = self.v.submit(self.trust, document)
        self.assertEqual((answer.status, answer.code), (422, "not-permitted"))
        expected = shared.breaches(PROFILES["minimum"], KIND, document, self.trust.orgnr)
        self.assertEqual(answer.pointers(), expected | {("/harm/actual", "schema-enum"), ("", "schema-additional-properties"),
                                                       ("/event/discovered_date", "date-in-future")})
        # without the breaches the same is an invalid-document, and still all of it
        self.choose(self.trust, "full")
        answer = self.v.submit(self.trust, document)
        self.assertEqual((answer.status, answer.code), (422, "invalid-document"))
        self.assertEqual(answer.pointers(), {("/harm/actual", "schema-enum"), ("", "schema-additional-properties"),
                                             ("/event/discovered_date", "date-in-future")})

    def test_faults_do_not_crowd_out_breaches(self):
        """Of hundreds of faults the first hundred are told, and the breaches are among them."""
        self.choose(self.trust, "no-narrative")
        document = next(d for name, _, d in self.documents() if name == "full-hf")
        document["patients"] = [{"sequence": "x", "age_band": 1, "sex": 2} for _ in range(100)]
        document["zzz"] = document["narrative"]
        answer = self.v.submit(self.trust, document)
        self.assertEqual((answer.status, answer.code, len(answer.json["errors"])), (422, "not-permitted", 100))
        self.assertLessEqual(shared.breaches(PROFILES["no-narrative"], KIND, document, self.trust.orgnr), answer.pointers())

    def test_odd_shapes(self):
        """Where a document is not shaped as the schema says, the profile finds what is there."""
        self.choose(self.trust, "minimum")
        base = varde_minimise.minimise(PROFILES["minimum"], KIND, next(d for n, _, d in self.documents() if n == "full-hf"), self.trust.orgnr)
        for change, pointer in (({"narrative": None}, "/narrative"), ({"narrative": {}}, "/narrative"), ({"narrative": []}, "/narrative"),
                                ({"specialty_code": ""}, "/specialty_code"), ({"related_reports": []}, "/related_reports"),
                                ({"patients": {"0": {"diagnosis": 1}}}, None), ({"patients": [[{"diagnosis": 1}]]}, None),
                                ({"patients": "x"}, None), ({"organisation": 5}, None), ({"event": {"date": 20251103}}, None)):
            answer = self.v.validate(self.trust, {**copy.deepcopy(base), **change})
            self.assertEqual(answer.status, 422, change)
            told = {p for p, code in answer.pointers() if code.startswith("profile-")}
            self.assertEqual(told, {pointer} if pointer else set(), change)
            self.assertEqual(answer.code, "not-permitted" if pointer else "invalid-document", change)

    def test_in_a_batch_each_for_itself(self):
        self.choose(self.trust, "no-narrative")
        documents = [d for _, owner, d in self.documents() if owner is self.trust]
        items = [self.v.sign(self.trust, d) for d in documents]
        answer = self.v.post("/v1/submissions/batch", json.dumps({"submissions": items}), self.trust, type="application/json")
        stored = self.rows(self.trust)
        refused = 0
        for document, result in zip(documents, answer.json["results"]):
            expected = shared.breaches(PROFILES["no-narrative"], KIND, document, self.trust.orgnr)
            refused += bool(expected)
            self.assertEqual(result["status"], 422 if expected else 201, result)
            self.assertEqual((KIND, document["report_id"]) in stored, not expected)
            if expected:
                problem = result["problem"]
                self.assertEqual((problem["code"], {(e["pointer"], e["code"]) for e in problem["errors"]}), ("not-permitted", expected))
        self.assertTrue(0 < refused < len(documents), refused)

    def test_nothing_of_a_refused_document_is_anywhere(self):
        """Not in the files of the installation, not in the log."""
        self.choose(self.trust, "no-narrative")
        document = next(d for name, _, d in self.documents() if name == "full-hf")
        words = "skjermet" + uuid.uuid4().hex
        document["narrative"]["description"] = words
        for path in ("/v1/submissions", "/v1/submissions/validate"):
            answer = self.v.post(path, self.v.sign(self.trust, document), self.trust)
            self.assertEqual(answer.code, "not-permitted")
            self.assertNotIn(words.encode(), answer.body)
        # its revision was not used up
        del document["narrative"]
        kept = varde_minimise.minimise(PROFILES["no-narrative"], KIND, document, self.trust.orgnr)
        self.assertEqual(self.v.submit(self.trust, kept).status, 201)
        for path in self.v.folder.rglob("*"):
            if path.is_file():
                self.assertNotIn(words.encode(), path.read_bytes(), path)


if __name__ == "__main__":
    unittest.main()
