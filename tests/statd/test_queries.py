#!/usr/bin/python3
"""Bad queries: a clear problem each, no value sent back; limits on cells and calls, as
/config tells them. The table below is the list: what is asked, status, code, and the
variable that the problem names."""
import json
import time
import unittest

import release
from statd import Statd

CANARY = "Kanarifugl7Qx"
FULL = {"valuecodes[Hendelsesklasse]": "incident", "valuecodes[ContentsCode]": "*", "valuecodes[Tid]": "*"}
MAX_CELLS = 300


def data(status, code, variable=None, table="V1010", base=FULL, **query):
    return "GET", f"tables/{table}/data", {**base, **query}, status, code, variable


def get(path, status, code, variable=None, **query):
    return "GET", path, query, status, code, variable


def post(body, status, code, variable=None, type="application/json"):
    return "POST", body, type, status, code, variable


def selection(*pairs, **more):
    return json.dumps({"selection": [{"variableCode": v, "valueCodes": c} for v, c in pairs], **more})


REST = [("Hendelsesklasse", ["*"]), ("ContentsCode", ["*"]), ("Tid", ["*"])]
ALL = {f"valuecodes[{c}]": "*" for c in ("Region", "Hendelsesklasse", "Hendelsestype", "ContentsCode", "Tid")}

BAD = {
    # what there is not
    "unknown table": data(404, "table-unknown", table=CANARY),
    "unknown table, metadata": get(f"tables/{CANARY}/metadata", 404, "table-unknown"),
    "unknown table, default selection": get(f"tables/{CANARY}/defaultselection", 404, "table-unknown"),
    "table of the sector": data(404, "table-unknown", table="V1050"),
    "unknown code list": get(f"codelists/{CANARY}", 404, "codelist-unknown"),
    "unknown release": get(f"/releases/{CANARY}/api/v2/tables", 404, "release-unknown"),
    "unknown path": get(f"/{CANARY}", 404, "not-found"),
    "unknown variable": data(400, "variable-unknown", **{f"valuecodes[{CANARY}]": "*"}),
    "unknown variable, more than a table may have": data(400, "variable-unknown", base={f"valuecodes[{CANARY}{i}]": "*" for i in range(20)}),
    "unknown code": data(400, "value-unknown", "Region", **{"valuecodes[Region]": CANARY}),
    "unknown code beside a known one": data(400, "value-unknown", "Region", **{"valuecodes[Region]": "NO," + CANARY}),
    "unknown code of time": data(400, "value-unknown", "Tid", base={**FULL, "valuecodes[Tid]": "1999K1"}),
    "unknown code in a range": data(400, "value-unknown", "Tid", base={**FULL, "valuecodes[Tid]": "range(1999K1,2024K1)"}),
    "unknown format": data(400, "format-unknown", outputFormat=CANARY),
    "format of others": data(400, "format-unknown", outputFormat="px"),
    "unknown option of a format": data(400, "format-unknown", outputFormat="csv", outputFormatParams=CANARY),
    "unknown language": data(400, "language-unknown", lang="sv"),
    "unknown language, tables": get("tables", 400, "language-unknown", lang=CANARY),
    "unknown parameter": data(400, "invalid-query", **{CANARY: "1"}),
    "parameter of another endpoint": data(400, "invalid-query", pageSize="5"),
    "a saved query, which there is not": get("tables/V1010/metadata", 400, "invalid-query", savedQuery=CANARY),
    # masks over what is not listed
    "mask that meets nothing": data(400, "value-unknown", "Region", **{"valuecodes[Region]": CANARY + "*"}),
    "mask of the sector's codes": data(400, "value-unknown", "Region", **{"valuecodes[Region]": "3100*"}),
    "mask of one sign": data(400, "value-unknown", "Region", **{"valuecodes[Region]": "?"}),
    "mask of periods to come": data(400, "value-unknown", "Tid", base={**FULL, "valuecodes[Tid]": "2027*"}),
    "mask of signs and stars": data(400, "value-unknown", "Region", **{"valuecodes[Region]": "*q" * 500}),
    "skipped past the end": data(400, "value-unknown", "Tid", base={**FULL, "valuecodes[Tid]": "top(1,999)"}),
    # contradictions
    "variable twice, in another case": data(400, "variable-twice", "Tid", **{"valuecodes[TID]": "2024K1"}),
    "range that runs backwards": data(400, "selection-malformed", "Tid", base={**FULL, "valuecodes[Tid]": "range(2025K1,2024K1)"}),
    "in heading and stub": data(400, "variable-twice", "Tid", heading="Tid", stub="Region,tid"),
    "in the heading twice": data(400, "variable-twice", "Tid", heading="Tid,TID", outputFormat="csv"),
    "heading that is no variable": data(400, "variable-unknown", heading=CANARY),
    "stub that is no variable": data(400, "variable-unknown", stub=CANARY),
    "two kinds of names": data(400, "format-unknown", outputFormat="csv", outputFormatParams="UseTexts,UseCodes"),
    "two separators": data(400, "format-unknown", outputFormat="csv", outputFormatParams="SeparatorTab,SeparatorSemicolon"),
    "a variable without total left out": data(400, "variable-missing", "Hendelsesklasse", base={"valuecodes[Tid]": "*"}),
    "the same parameter twice": get("tables?lang=no&lang=en", 400, "invalid-request"),
    # sums
    "code list that sums": data(403, "aggregation-refused", "Region", **{"codelist[Region]": "agg_" + CANARY}),
    "summed output": data(403, "aggregation-refused", "Region", **{"outputvalues[Region]": "aggregated"}),
    "summed output, by case": data(403, "aggregation-refused", "Region", **{"OUTPUTVALUES[region]": "Aggregated"}),
    "code list in the metadata": get("tables/V1010/metadata", 403, "aggregation-refused", "Region", **{"codelist[Region]": "vs_x"}),
    "expression that sums": data(400, "selection-malformed", "Region", **{"valuecodes[Region]": "sum(NO)"}),
    "code list in a body": post(json.dumps({"selection": [{"variableCode": "Region", "codelist": "agg_" + CANARY, "valueCodes": ["*"]}]}),
                                403, "aggregation-refused", "Region"),
    # selections that cannot be read
    **{f"selection {text!r}": data(400, "selection-malformed", None if text in ("top(1", "((NO))", "NO)") else "Region",
                                   **{"valuecodes[Region]": text})
       for text in ("", ",", "NO,", "top(0)", "top(-1)", "top(x)", "top(1.5)", "top(1", "NO)", "top(9999999)", "top()", "top(1,2,3)", "range(2024K1)",
                    "from()", "[NO", "((NO))", "top(1),,NO", "bottom(1)x")},
    # malformed parameters
    "variable without a name": data(400, "invalid-query", **{"valuecodes[]": "NO"}),
    "variable without its bracket": data(400, "invalid-query", **{"valuecodes[Region": "NO"}),
    "selection of nothing": data(400, "invalid-query", **{"valuecodes": "NO"}),
    "output values of a third kind": data(400, "invalid-query", **{"outputvalues[Region]": CANARY}),
    "page 0": get("tables", 400, "invalid-query", pageNumber="0"),
    "page -1": get("tables", 400, "invalid-query", pageNumber="-1"),
    "pages of nothing": get("tables", 400, "invalid-query", pageSize="0"),
    "pages too large": get("tables", 400, "invalid-query", pageSize="99999999999"),
    "days that are none": get("tables", 400, "invalid-query", pastDays=CANARY),
    "neither true nor false": get("tables", 400, "invalid-query", includeDiscontinued=CANARY),
    "broken escape": get("tables?lang=%zz", 400, "invalid-request"),
    "not UTF-8": get("tables/V1010/data?valuecodes[Region]=%ff", 400, "invalid-request"),
    "NUL": get("tables/V1010/data?valuecodes[Region]=N%00O", 400, "invalid-request"),
    "too many parameters": get("tables?" + "&".join(f"p{i}=1" for i in range(40)), 400, "invalid-request"),
    # bodies
    **{f"body {text[:40]!r}": post(text, 400, "invalid-json")
       for text in ("[]", "{", "1", '{"selection":1}', '{"selection":[1]}', '{"selection":[{"variableCode":"Region"}]}', "{}",
                    '{"selection":[{"variableCode":"Region","valueCodes":"NO"}]}', '{"selection":[{"variableCode":"Region","valueCodes":[1]}]}',
                    '{"selection":[],"selection":[]}', "[" * 50, "\ufeff{}")},
    "body, variable twice": post(selection(("Region", ["NO"]), ("region", ["NO"])), 400, "variable-twice"),
    "body, variable unknown": post(selection((CANARY, ["NO"])), 400, "variable-unknown"),
    "body, no value": post(selection(("Region", []), *REST), 400, "selection-malformed", "Region"),
    "body, placed twice": post(selection(("Region", ["NO"]), *REST, placement={"heading": ["Tid"], "stub": ["Tid"]}), 400, "variable-twice", "Tid"),
    "body, too long": post("x" * (2 << 20), 413, "content-too-large"),
    "body of another kind": post("{}", 415, "unsupported-media-type", type="text/plain"),
    "body, 10 000 unknown codes": post(selection(("Region", [CANARY + str(i) for i in range(10000)]), *REST), 400, "value-unknown", "Region"),
    "body, 30 000 codes": post(selection(("Region", ["NO"] * 30000), *REST), 400, "selection-malformed"),
    # too much
    "one cell too many": data(403, "too-many-cells", table="V1031", base=ALL),
}


class Queries(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.s = Statd(max_cells=MAX_CELLS)
        cls.addClassCleanup(cls.s.__exit__, None, None, None)
        cls.s.__enter__()
        tables = release.standard()
        types = [d for d in tables[1]["dimensions"] if d["code"] == "Hendelsestype"]
        # 3 regions, 3 classes, 3 types: 27 cells a period, and the 12th is beyond 300.
        tables.append(release.table("V1031", "public", release.REGIONS, types, release.quarters(2024, 12), release.figure))
        cls.s.publish("2026K1", tables)

    def ask(self, case, lang=None):
        headers = {"Accept-Language": lang} if lang else {}
        if case[0] == "POST":
            return self.s.request("POST", "/api/v2/tables/V1010/data", case[1].encode(), {"Content-Type": case[2], **headers})
        return self.s.get(case[1], headers, **case[2])

    def test_bad(self):
        for name, case in BAD.items():
            with self.subTest(name):
                answer = self.ask(case)
                self.refused(answer, *case[3:])
                english = self.ask(case, "en").json
                self.assertNotEqual(english["title"], answer.json["title"])
        print(f"{len(BAD)} bad queries, each with its problem")

    def refused(self, answer, status, code, variable=None):
        self.assertEqual((answer.status, answer.code), (status, code), answer)
        self.assertEqual(answer.headers["Content-Type"], "application/problem+json")
        problem = answer.json
        self.assertEqual((problem["status"], problem["type"], problem.get("variable")), (status, "/problems/" + code, variable))
        self.assertTrue(problem["title"] and problem["detail"] and problem["trace_id"])
        self.assertNotIn(CANARY.lower().encode(), answer.body.lower())
        self.assertNotIn(CANARY, str(answer.headers))
        self.assertEqual(answer.headers["Access-Control-Allow-Origin"], "*")

    def test_explained(self):
        """Each code has its page."""
        for code in {case[4] for case in BAD.values()}:
            page = self.s.request("GET", "/problems/" + code, headers={"Accept": "text/html"})
            self.assertEqual(page.status, 200, code)
            self.assertIn(code.encode(), page.body)

    def test_refused_sums_name_the_total(self):
        for name in ("code list that sums", "summed output", "code list in a body", "code list in the metadata"):
            self.assertEqual(self.ask(BAD[name]).json["total"], "NO", name)
        none = self.s.data("V1010", **FULL, **{"outputvalues[Hendelsesklasse]": "aggregated"})
        self.refused(none, 403, "aggregation-refused", "Hendelsesklasse")
        self.assertNotIn("total", none.json)  # that variable has none: its values are never summed
        self.assertEqual(self.s.data("V1010", **FULL, **{"codelist[Region]": "", "outputvalues[Region]": "single"}).status, 200)

    def test_much(self):
        """Ten thousand codes are a question like any other, and end soon."""
        codes = ["NO", "helse_*", "?O", "top(1)"] * 2500
        begin = time.monotonic()
        answer = self.ask(post(selection(("Region", codes), *REST), 200, None))
        self.assertEqual((answer.status, answer.json["size"]), (200, [3, 3, 1, 10]))
        self.assertEqual(self.s.data("V1010", **FULL, **{"valuecodes[Region]": ",".join(["NO"] * 10000)}).status, 200)
        self.assertLess(time.monotonic() - begin, 20)  # milliseconds; a sanitizer's patience

    def test_cells(self):
        self.assertEqual(self.s.get("config").json["maxDataCells"], MAX_CELLS)
        eleven = self.s.data("V1031", **{**ALL, "valuecodes[Tid]": "top(11)"})
        self.assertEqual((eleven.status, len(eleven.json["value"])), (200, 297))
        for more in ({}, {"outputFormat": "csv"}, {"valuecodes[Tid]": "top(12)"}):
            self.refused(self.s.data("V1031", **{**ALL, **more}), 403, "too-many-cells")

    def test_log_holds_no_value(self):
        for case in BAD.values():
            self.ask(case)
        self.assertNotIn(CANARY, self.s.log_path.read_text())

    def test_calls(self):
        """Per client address, as the proxy in front names it."""
        with Statd(calls=5, window_seconds=10, conf="\n[intake]\ntrusted_proxies = 127.0.0.1\n") as s:
            s.publish("2026K1", release.standard())
            self.assertEqual({k: v for k, v in s.get("config", {"X-Forwarded-For": "192.0.2.9"}).json.items() if k in ("maxCallsPerTimeWindow", "timeWindow")},
                             {"maxCallsPerTimeWindow": 5, "timeWindow": 10})
            first, other = ({"X-Forwarded-For": a} for a in ("192.0.2.1", "192.0.2.2"))
            answers = [s.get("tables", first)]
            while answers[-1].status == 200 and len(answers) < 200:  # a slow machine gets some more meanwhile
                answers.append(s.get("tables", first))
            self.assertGreaterEqual(len(answers), 6)
            self.assertIn("q=5", answers[0].headers["RateLimit-Policy"])
            self.refused(answers[-1], 429, "rate-limited")
            wait = int(answers[-1].headers["Retry-After"])
            self.assertTrue(1 <= wait <= 10)
            self.assertEqual(s.get("tables", other).status, 200)
            self.assertEqual(s.request("GET", "/", headers=first).status, 200)  # the page itself can say what happened
            time.sleep(wait)  # what the answer says, and no more
            self.assertEqual(s.get("tables", first).status, 200)


if __name__ == "__main__":
    unittest.main()
