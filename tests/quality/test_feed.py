#!/usr/bin/python3
"""The feed with wishes: exactly the documents that answer to them, in order, each once, and
each call looks at no more than a stretch."""
import json
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "life"))

from life import Life, about  # noqa: E402
from varde import Organisation, example, organisation_numbers  # noqa: E402

STRETCH = 2000


class Feed(Life):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.tenant = cls.v.register(Organisation(next(organisation_numbers(32300000)), "Et sykehus"))
        cls.v.ctl("tenant", "set", cls.tenant.orgnr, "--submissions-per-minute", "100000", "--reads-per-minute", "100000")
        cls.documents = [example("minimal-hf", cls.tenant) for _ in range(6)]
        cls.send(cls.documents)
        first, second, *_ = cls.documents
        cls.send([{**first, "revision": 2}, {**first, "revision": 3}])
        cls.send([about("review/started", cls.tenant, second)], "review/1.0")
        twin = example("minimal-hf", cls.tenant)
        twin["source"]["local_case_id"] = second["source"]["local_case_id"]
        cls.send([twin])
        cls.documents.append(twin)
        filling = [example("minimal-hf", cls.tenant) for _ in range(2 * STRETCH)]
        for at in range(0, len(filling), 1000):
            cls.send(filling[at:at + 1000])
        cls.send([about("withdrawal/entered-in-error", cls.tenant, cls.documents[5])], "withdrawal/1.0")
        uri = "SELECT seq, kind, schema, report_id, revision, local_case_id FROM document ORDER BY seq"
        cls.table = cls.rows(cls, cls.tenant, uri)

    @classmethod
    def send(cls, documents, schema="incident-report/1.0"):
        items = [cls.v.sign(cls.tenant, d, schema=schema) for d in documents]
        answer = cls.v.post("/v1/submissions/batch", json.dumps({"submissions": items}), cls.tenant, type="application/json")
        assert all(r["status"] == 201 for r in answer.json["results"]), answer.json["results"][:3]

    def page(self, **query):
        text = "&".join(f"{k}={v}" for k, v in query.items())
        answer = self.v.get("/v1/reports?" + text, self.tenant)
        self.assertEqual(answer.status, 200, answer)
        return answer.json

    def all(self, limit=1000, **query):
        """(seqs, how many calls)"""
        found, since, calls = [], 0, 0
        while True:
            page = self.page(since=since, limit=limit, **query)
            found, calls = found + [d["seq"] for d in page["reports"]], calls + 1
            self.assertLessEqual(len(page["reports"]), limit)
            if "more" not in page:
                return found, calls
            self.assertGreater(page["next"], since)
            since = page["next"]

    def expected(self, wanted):
        return [row[0] for row in self.table if wanted(*row)]

    def test_each_wish(self):
        first, second = self.documents[:2]
        newest = {}
        for seq, kind, _, report, _, _ in self.table:
            newest[kind, report] = seq
        for query, wanted in (
                ({}, lambda *_: True),
                ({"kind": "review"}, lambda s, kind, *_: kind == "review"),
                ({"kind": "incident-report"}, lambda s, kind, *_: kind == "incident-report"),
                ({"schema": "withdrawal/1.0"}, lambda s, k, schema, *_: schema == "withdrawal/1.0"),
                ({"report_id": first["report_id"]}, lambda s, k, c, report, *_: report == first["report_id"]),
                ({"report_id": first["report_id"].upper()}, lambda s, k, c, report, *_: report == first["report_id"]),
                ({"report_id": second["report_id"], "kind": "review"},
                 lambda s, kind, c, report, *_: (kind, report) == ("review", second["report_id"])),
                ({"local_case_id": second["source"]["local_case_id"]},
                 lambda s, k, c, r, n, local: local == second["source"]["local_case_id"]),
                ({"current": "true"}, lambda s, k, c, r, n, local: newest[k, r] == s),
                ({"current": "true", "report_id": first["report_id"]},
                 lambda s, k, c, r, n, local: r == first["report_id"] and n == 3),
                ({"kind": "nothing"}, lambda *_: False),
                ({"local_case_id": "' OR 1=1 --".replace(" ", "%20")}, lambda *_: False)):
            with self.subTest(query):
                found, _ = self.all(**query)
                self.assertEqual(found, self.expected(wanted))
        self.assertEqual(self.all(limit=1, report_id=first["report_id"])[0],
                         self.expected(lambda s, k, c, r, *_: r == first["report_id"]))

    def test_a_rare_wish_is_looked_for_in_stretches(self):
        found, calls = self.all(kind="withdrawal")
        self.assertEqual(len(found), 1)
        self.assertEqual(calls, 3)
        page = self.page(kind="withdrawal")
        self.assertEqual(page, {"reports": [], "next": STRETCH, "more": True})
        # what an index finds, is found at once, wherever it stands
        last = self.documents[5]["report_id"]
        found, calls = self.all(report_id=last)
        self.assertEqual((len(found), calls), (2, 1))

    def test_a_mirror_misses_nothing_that_comes_later(self):
        page = self.page(kind="review", since=self.table[-1][0])
        self.assertEqual(page, {"reports": [], "next": self.table[-1][0]})
        self.send([about("review/started", self.tenant, self.documents[3])], "review/1.0")
        (new,) = self.page(kind="review", since=page["next"])["reports"]
        self.assertEqual(new["report_id"], self.documents[3]["report_id"])
        self.assertEqual(self.page(kind="withdrawal", since=page["next"])["next"], new["seq"])
        type(self).table = self.rows(self.tenant, "SELECT seq, kind, schema, report_id, revision, local_case_id "
                                                  "FROM document ORDER BY seq")

    def test_wishes_that_cannot_be(self):
        for query in ("kind=", "report_id=x", "current=yes", "current=", "schema=" + "x" * 61, "unit=310000213", "Kind=review"):
            self.assertEqual(self.v.get("/v1/reports?" + query, self.tenant).code, "invalid-query", query)


if __name__ == "__main__":
    unittest.main()
