#!/usr/bin/python3
"""A batch answers for each item as if it had been sent alone, in order, none missing."""
import contextlib
import json
import sqlite3
import time
import unittest
import uuid

from hostile import forge, problem_faults
from varde import Varde, example

PATH = "/v1/submissions/batch"


class Batch(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.v = Varde()
        cls.v.start()
        cls.own, cls.other = cls.v.tenants[1], cls.v.tenants[0]  # ES256 signs fastest

    @classmethod
    def tearDownClass(cls):
        try:
            cls.v.stop()
        finally:
            cls.v.remove()

    def send(self, items, tenant=None, **members):
        return self.v.post(PATH, json.dumps({"submissions": items, **members}), tenant or self.own, type="application/json")

    def results(self, items, tenant=None):
        answer = self.send(items, tenant)
        self.assertEqual(answer.status, 200, answer)
        self.assertEqual(list(answer.json), ["results"])
        results = answer.json["results"]
        self.assertEqual(len(results), len(items))
        for result in results:
            self.assertEqual(set(result), {"status", "receipt"} if result["status"] in (200, 201) else {"status", "problem"})
            if "problem" in result:
                self.assertEqual(result["problem"]["status"], result["status"])
        return results

    def fresh(self, **changes):
        return example("minimal-hf", self.own, **changes)

    def sign(self, document, **more):
        header = {"alg": self.own.alg, "kid": self.own.kid, "typ": "varde+jws"}
        return forge(header, self.v.payload(self.own, document, **more), self.own.key)

    def hostile(self):
        """(name, JWS) of one of each fault, and good ones between."""
        good, stored = self.fresh(), self.fresh()
        self.assertEqual(self.v.submit(self.own, stored).status, 201)
        theirs = self.v.sign(self.other, example("minimal-hf", self.other))
        malformed = self.sign(good)[:-1] + "!"
        header = {"alg": "ES256", "kid": self.own.kid, "typ": "varde+jws"}
        return [("new", self.sign(good)), ("not a JWS", "x"), ("empty", ""), ("again", self.sign(good)), ("malformed", malformed),
                ("other content", self.sign({**stored, "narrative": {"description": "Annet"}})),
                ("stored before", self.sign(stored)), ("another tenant's", theirs), ("unknown key", forge(
                    {**header, "kid": "nobody"}, self.v.payload(self.own, good), self.own.key)),
                ("wrong signature", self.sign(good)[:-8] + "AAAAAAAA"), ("expired", self.sign(self.fresh(), iat=1)),
                ("bad JSON", forge(header, b"{", self.own.key)), ("no payload", forge(header, b"{}", self.own.key)),
                ("bad document", self.sign(self.fresh(event_class="x", harm={}))), ("unknown schema", self.sign(self.fresh(), schema="x/1.0")),
                ("skipped", self.sign(self.fresh(revision=2))), ("next", self.sign({**good, "revision": 2})),
                ("stale", self.sign({**good, "narrative": {"description": "Sent"}})), ("new too", self.sign(self.fresh()))]

    def test_as_if_sent_alone(self):
        items = self.hostile()
        together = self.results([jws for _, jws in items])
        got = {name: (r["status"], r.get("problem", {}).get("code")) for (name, _), r in zip(items, together)}
        self.assertEqual(got, {
            "new": (201, None), "not a JWS": (400, "signature-malformed"), "empty": (400, "signature-malformed"),
            "again": (200, None), "malformed": (400, "signature-malformed"), "other content": (409, "revision-conflict"),
            "stored before": (200, None), "another tenant's": (403, "tenant-mismatch"), "unknown key": (400, "signature-key-unknown"),
            "wrong signature": (400, "signature-invalid"), "expired": (400, "signature-expired"), "bad JSON": (400, "invalid-json"),
            "no payload": (400, "invalid-payload"), "bad document": (422, "invalid-document"), "unknown schema": (422, "schema-unknown"),
            "skipped": (409, "revision-skipped"), "next": (201, None), "stale": (409, "revision-stale"), "new too": (201, None)})
        self.assertEqual(together[0]["receipt"], together[3]["receipt"])
        # Sent alone afterwards each gets the same, but that what was new is known now.
        for (name, jws), result in zip(items, together):
            alone = self.v.post("/v1/submissions", jws, self.own)
            if "receipt" in result:
                self.assertEqual((alone.status, alone.json), (200, result["receipt"]), name)
            else:
                self.assertEqual(list(problem_faults(alone, result["status"], result["problem"]["code"])), [], name)
                whole = {k: value for k, value in alone.json.items() if k != "trace_id"}
                self.assertEqual(whole, {k: value for k, value in result["problem"].items() if k != "trace_id"}, name)

    def test_revisions_in_one_batch(self):
        document = self.fresh()
        chain = [self.sign({**document, "revision": n}) for n in range(1, 9)]
        self.assertEqual([r["status"] for r in self.results(chain)], [201] * 8)
        self.assertEqual([r["status"] for r in self.results(list(reversed(chain)))], [200] * 8)
        document = self.fresh()
        backwards = [self.sign({**document, "revision": n}) for n in (3, 2, 1, 2, 3)]
        got = [(r["status"], r.get("problem", {}).get("code"), r.get("problem", {}).get("current_revision")) for r in self.results(backwards)]
        self.assertEqual(got, [(409, "revision-skipped", 0), (409, "revision-skipped", 0), (201, None, None), (201, None, None), (201, None, None)])

    def test_items_of_a_wrong_type(self):
        good = self.sign(self.fresh())
        results = self.results([1, good, None, True, "", "\u00e6", good + "\n"])
        self.assertEqual([r["status"] for r in results], [400, 201, 400, 400, 400, 400, 400])
        for result in results[2:]:
            self.assertEqual(result["problem"]["code"], "signature-malformed")
        for items in ([[good]], [{"jws": good}]):
            answer = self.send(items)
            self.assertIn(answer.status, (200, 400), answer)
            if answer.status == 200:
                self.assertEqual(answer.json["results"][0]["problem"]["code"], "signature-malformed")

    def test_not_a_batch(self):
        for body, code in (("", "invalid-json"), ("[]", "invalid-payload"), ("{}", "invalid-payload"), ('{"submissions":[]}', "invalid-payload"),
                           ('{"submissions":{}}', "invalid-payload"), ('{"submissions":null}', "invalid-payload"),
                           ('{"submissions":["x"],"x":1}', "invalid-payload"), ('{"submissions":["x"],"submissions":["y"]}', "invalid-json"),
                           ('{"submissions":["x"]}x', "invalid-json"), ('{"submissions":[' + "[" * 1000 + "]" * 1000 + "]}", "invalid-json"),
                           ('{"submissions":["\\u0000"]}', "invalid-json"), ('{"submissions":["\\ud800"]}', "invalid-json")):
            answer = self.v.post(PATH, body, self.own, type="application/json")
            self.assertEqual(list(problem_faults(answer, 400, code)), [], body[:60])
        answer = self.v.post(PATH, self.sign(self.fresh()), self.own)
        self.assertEqual(list(problem_faults(answer, 415, "unsupported-media-type")), [])

    def test_thousand(self):
        """A thousand at once, and one more that is refused whole."""
        template = self.fresh()
        documents = []
        for i in range(1000):
            document = {**template, "report_id": str(uuid.uuid4()), "source": {**template["source"], "local_case_id": f"T-{uuid.uuid4().int % 10**8}"}}
            documents.append(document)
        items = [self.sign(document) for document in documents]
        began = time.monotonic()
        results = self.results(items)
        took = time.monotonic() - began
        self.assertEqual({r["status"] for r in results}, {201})
        self.assertEqual([r["receipt"]["report_id"] for r in results], [d["report_id"] for d in documents])
        print(f"1000 in one batch: {took:.2f} s", flush=True)
        self.assertEqual({r["status"] for r in self.results(items)}, {200})
        with contextlib.closing(sqlite3.connect(f"file:{self.v.database(self.own.orgnr)}?mode=ro", uri=True)) as db:
            seqs = dict(db.execute("SELECT report_id, seq FROM document").fetchall())
            order = [seqs[d["report_id"]] for d in documents]
            self.assertEqual(order, sorted(order))
            every = [seq for (seq,) in db.execute("SELECT seq FROM document UNION ALL SELECT seq FROM event ORDER BY 1")]
            self.assertEqual(every, list(range(1, len(every) + 1)), "a gap in seq")
        answer = self.send(items + [items[0]])
        self.assertEqual(list(problem_faults(answer, 413, "content-too-large")), [])
        # bad ones all over a full batch
        mixed = ["x" if i % 3 else items[i] for i in range(1000)]
        self.assertEqual([r["status"] for r in self.results(mixed)], [400 if i % 3 else 200 for i in range(1000)])

    def test_sizes(self):
        """Eight mebibytes are read, one byte more is not; an item has a cap of its own."""
        good = self.sign(self.fresh())
        frame = len(json.dumps({"submissions": [good, ""]}))
        for size, status in ((8 << 20, 200), ((8 << 20) + 1, 413)):
            answer = self.send([good, "x" * (size - frame)])
            self.assertEqual(answer.status, status, answer)
            if status == 200:
                self.assertEqual([r["status"] for r in answer.json["results"]], [201, 413])
                self.assertEqual(answer.json["results"][1]["problem"]["code"], "content-too-large")
            else:
                self.assertEqual(list(problem_faults(answer, 413, "content-too-large")), [])
        alone = self.v.post("/v1/submissions", "x" * (512 * 1024 + 1), self.own)
        self.assertEqual(list(problem_faults(alone, 413, "content-too-large")), [])
        alone = self.v.post("/v1/submissions", "x" * (512 * 1024), self.own)
        self.assertEqual(list(problem_faults(alone, 400, "signature-malformed")), [])

    def test_languages(self):
        bad = self.sign(self.fresh(event_class="x"))
        texts = []
        for lang in ("nb", "en"):
            answer = self.v.post(PATH, json.dumps({"submissions": [bad]}), self.own, type="application/json", lang=lang)
            texts.append((answer.json["results"][0]["problem"]["title"], answer.json["results"][0]["problem"]["errors"][0]["message"]))
        self.assertNotEqual(texts[0][0], texts[1][0])
        self.assertNotEqual(texts[0][1], texts[1][1])


if __name__ == "__main__":
    unittest.main()
