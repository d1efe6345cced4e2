#!/usr/bin/python3
"""Bad queries: a clear problem each, no value sent back, the same cost for hidden and
shown cells; limits on cells and calls."""
import json
import statistics
import time
import unittest

import release
from statd import Statd

CANARY = "Kanarifugl7Qx"
FULL = {"valuecodes[Hendelsesklasse]": "incident", "valuecodes[ContentsCode]": "*", "valuecodes[Tid]": "*"}


class Queries(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.s = Statd(max_cells=300)
        cls.addClassCleanup(cls.s.__exit__, None, None, None)
        cls.s.__enter__()
        cls.s.publish("2026K1", release.standard())

    def refused(self, answer, status, code, variable=None):
        self.assertEqual((answer.status, answer.code), (status, code), answer)
        self.assertEqual(answer.json.get("variable"), variable)
        self.assertTrue(answer.json["title"] and answer.json["detail"])
        self.assertNotIn(CANARY.encode(), answer.body)

    def ask(self, status, code, variable=None, table="V1010", **query):
        answer = self.s.data(table, **{**FULL, **query})
        self.refused(answer, status, code, variable)
        return answer

    def test_unknown(self):
        self.refused(self.s.data(CANARY), 404, "table-unknown")
        self.refused(self.s.get(f"tables/{CANARY}/metadata"), 404, "table-unknown")
        self.refused(self.s.get(f"codelists/{CANARY}"), 404, "codelist-unknown")
        self.ask(400, "variable-unknown", **{f"valuecodes[{CANARY}]": "*"})
        self.ask(400, "value-unknown", "Region", **{"valuecodes[Region]": CANARY})
        self.ask(400, "value-unknown", "Region", **{"valuecodes[Region]": "NO," + CANARY})
        self.ask(400, "value-unknown", "Region", **{"valuecodes[Region]": CANARY + "*"})
        self.ask(400, "format-unknown", outputFormat=CANARY)
        self.ask(400, "format-unknown", outputFormat="px")
        self.ask(400, "format-unknown", outputFormat="csv", outputFormatParams="UseTexts,UseCodes")
        self.ask(400, "format-unknown", outputFormat="csv", outputFormatParams="SeparatorTab,SeparatorSemicolon")
        self.ask(400, "language-unknown", lang="sv")
        self.ask(400, "invalid-query", **{CANARY: "1"})
        self.ask(400, "invalid-query", access="1")
        self.refused(self.s.get("tables", pageSize="0"), 400, "invalid-query")
        self.refused(self.s.get("tables", pageSize="99999999999"), 400, "invalid-query")
        self.refused(self.s.get("tables", includeDiscontinued=CANARY), 400, "invalid-query")

    def test_selections(self):
        for text in ("top(0)", "top(x)", "top(1", "range(2024K1)", "sum(NO)", "", "NO,", "((NO))", "top(1),,NO"):
            self.ask(400, "selection-malformed", "Region" if text not in ("top(1", "((NO))") else None,
                     **{"valuecodes[Region]": text})
        self.ask(400, "variable-twice", "Tid", **{"valuecodes[TID]": "2024K1"})
        self.refused(self.s.data("V1010", **{"valuecodes[Tid]": "*"}), 400, "variable-missing", "Hendelsesklasse")
        codes = ",".join(["NO"] * 10000)
        self.assertEqual(self.post([("Region", codes.split(",")), ("Hendelsesklasse", ["*"]), ("ContentsCode", ["*"]),
                                    ("Tid", ["top(1)"])]).status, 200)
        self.refused(self.post([("Region", [CANARY] * 10000), ("Hendelsesklasse", ["*"]), ("ContentsCode", ["*"]), ("Tid", ["*"])]),
                     400, "value-unknown", "Region")

    def post(self, selection=None, body=None):
        body = body if body is not None else json.dumps(
            {"selection": [{"variableCode": v, "valueCodes": c} for v, c in selection]})
        return self.s.request("POST", "/api/v2/tables/V1010/data", body, {"Content-Type": "application/json"})

    def test_bodies(self):
        for body in ("[]", "{", "1", '{"selection":1}', '{"selection":[1]}', '{"selection":[{"variableCode":"Region"}]}',
                     '{"selection":[{"variableCode":"Region","valueCodes":[1]}]}', '{"selection":[],"selection":[]}', "[" * 50):
            self.refused(self.post(body=body), 400, "invalid-json")
        self.refused(self.post([("Region", ["NO"]), ("region", ["NO"])]), 400, "variable-twice")
        answer = self.s.request("POST", "/api/v2/tables/V1010/data", "x" * (2 << 20), {"Content-Type": "application/json"})
        self.refused(answer, 413, "content-too-large")
        answer = self.s.request("POST", "/api/v2/tables/V1010/data", "{}", {"Content-Type": "text/plain"})
        self.refused(answer, 415, "unsupported-media-type")

    def test_nothing_is_summed(self):
        for query in ({"codelist[Region]": "agg_" + CANARY}, {"outputvalues[Region]": "aggregated"}):
            answer = self.ask(403, "aggregation-refused", "Region", **query)
            self.assertEqual(answer.json["total"], "NO")
        answer = self.s.get("tables/V1010/metadata", **{"codelist[Region]": "vs_x"})
        self.refused(answer, 403, "aggregation-refused", "Region")
        self.assertEqual(self.s.data("V1010", **{**FULL, "codelist[Region]": "", "outputvalues[Region]": "single"}).status, 200)

    def test_too_many_cells(self):
        answer = self.s.data("V1030", **{"valuecodes[Region]": "*", "valuecodes[Hendelsesklasse]": "*",
                                         "valuecodes[Hendelsestype]": "*", "valuecodes[ContentsCode]": "*", "valuecodes[Tid]": "*"})
        self.assertEqual(answer.status, 200)  # 270 of 300
        small = Statd(max_cells=269)
        with small as s:
            s.publish("2026K1", release.standard())
            answer = s.data("V1030", **{"valuecodes[Region]": "*", "valuecodes[Hendelsesklasse]": "*",
                                        "valuecodes[Hendelsestype]": "*", "valuecodes[ContentsCode]": "*", "valuecodes[Tid]": "*"})
            self.refused(answer, 403, "too-many-cells")

    def test_calls(self):
        with Statd(calls=5, window_seconds=10) as s:
            s.publish("2026K1", release.standard())
            answers = [s.get("config") for _ in range(7)]
            refused = [a for a in answers if a.status == 429]
            self.assertTrue(refused)
            self.refused(refused[0], 429, "rate-limited")
            wait = int(refused[0].headers["Retry-After"])
            self.assertLessEqual(wait, 10)
            time.sleep(wait)  # what the answer says, and no more
            self.assertEqual(s.get("config").status, 200)

    def test_hidden_costs_what_shown_costs(self):
        """Same size but for the value itself, no trace in headers, same errors."""
        times = [t[0] for t in release.quarters(2024, 10)]
        hidden = [t for t in times if release.figure(("NO", "incident", "Meldinger", t)) == ":"]
        shown = [t for t in times if isinstance(release.figure(("NO", "incident", "Meldinger", t)), int)]
        self.assertTrue(hidden and shown)

        def one(period):
            return self.s.data("V1010", **{"valuecodes[Region]": "NO", "valuecodes[Hendelsesklasse]": "incident",
                                           "valuecodes[ContentsCode]": "*", "valuecodes[Tid]": period})

        a, b = one(hidden[0]), one(shown[0])
        self.assertEqual(sorted(a.headers), sorted(b.headers))
        self.assertEqual(a.json["value"], [None])
        self.assertEqual(a.json["status"], {"0": ":"})
        spans = {"hidden": [], "shown": []}
        for _ in range(60):
            for name, periods in (("hidden", hidden), ("shown", shown)):
                begin = time.perf_counter()
                one(periods[0])
                spans[name].append(time.perf_counter() - begin)
        medians = {name: statistics.median(s) * 1e6 for name, s in spans.items()}
        print("median microseconds:", {name: round(m) for name, m in medians.items()})


if __name__ == "__main__":
    unittest.main()
