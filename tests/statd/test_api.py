#!/usr/bin/python3
"""PxWebApi 2.0: metadata, figures cell by cell, formats, caching, audiences, releases
that come and go. Every answer is held to the specification (specification.py)."""
import csv
import io
import sys
import threading
import time
import unittest

import release
import specification
from statd import READ, Statd, bearer


def cells(dataset):
    """{codes: value or mark} of a JSON-stat dataset, read by the book."""
    orders = [sorted(dataset["dimension"][d]["category"]["index"], key=dataset["dimension"][d]["category"]["index"].get)
              for d in dataset["id"]]
    status = dataset.get("status", {})
    out, i = {}, 0

    def walk(prefix, rest):
        nonlocal i
        if not rest:
            value = dataset["value"][i]
            out[prefix] = status[str(i)] if value is None else value
            i += 1
            return
        for code in rest[0]:
            walk((*prefix, code), rest[1:])

    walk((), orders)
    assert i == len(dataset["value"])
    return out


class Api(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.s = Statd()
        cls.addClassCleanup(cls.s.__exit__, None, None, None)
        cls.s.__enter__()
        cls.s.publish("2026K1", release.standard())

    # --- what there is -----------------------------------------------------------------

    def test_tables(self):
        answer = self.s.get("tables")
        self.assertEqual([t["id"] for t in answer.json["tables"]], ["V1010", "V1030"])
        table = answer.json["tables"][0]
        self.assertEqual((table["firstPeriod"], table["lastPeriod"], table["timeUnit"]), ("2024K1", "2026K2", "Quarterly"))
        self.assertEqual(answer.json["language"], "no")
        self.assertEqual(self.s.get("tables", lang="en").json["tables"][0]["label"], "Reports by region and quarter")
        self.assertEqual(len(self.s.get("tables", query="hendelsestype KVARTAL").json["tables"]), 1)
        self.assertEqual(len(self.s.get("tables", query="legevakt").json["tables"]), 0)
        page = self.s.get("tables", pageSize="1", PAGENUMBER="2").json
        self.assertEqual([t["id"] for t in page["tables"]], ["V1030"])
        self.assertEqual(page["page"], {"pageNumber": 2, "pageSize": 1, "totalElements": 2, "totalPages": 2})
        self.assertEqual(self.s.get("tables", pastDays="1").json["tables"], [])
        for link in table["links"]:
            self.assertEqual(self.s.get(link["href"][len(self.s.url):]).status, 200)

    def test_metadata(self):
        meta = self.s.get("tables/V1030/metadata").json
        self.assertEqual(meta["id"], ["Region", "Hendelsesklasse", "Hendelsestype", "ContentsCode", "Tid"])
        self.assertEqual(meta["size"], [3, 3, 3, 1, 10])
        self.assertEqual(meta["role"], {"time": ["Tid"], "geo": ["Region"], "metric": ["ContentsCode"]})
        region = meta["dimension"]["Region"]
        self.assertEqual(region["category"]["child"], {"NO": ["helse_vest", "helse_nord"]})
        self.assertTrue(region["extension"]["elimination"])
        self.assertEqual(region["extension"]["eliminationValueCode"], "NO")
        self.assertFalse(meta["dimension"]["Hendelsesklasse"]["extension"]["elimination"])
        self.assertEqual(meta["note"], ["Meldinger, ikke hendelser"])
        self.assertEqual(meta["extension"]["noteMandatory"], {"0": True})
        self.assertFalse(meta["extension"]["px"]["aggregallowed"])
        self.assertEqual(self.s.get("tables/v1030/metadata", lang="en").json["note"], ["Reports, not events"])

    def test_notes(self):
        """Of the table, and of the categories that are shown."""
        with Statd() as s:
            s.publish("2026K1", release.national())
            full = {"valuecodes[Hendelsesklasse]": "*", "valuecodes[ContentsCode]": "*", "valuecodes[Tid]": "top(1)"}
            both = s.data("V1010", lang="en", **full, **{"valuecodes[Region]": "*"}).json
            self.assertEqual(both["note"], [n[4] for n in release.LONG if not n[0]])
            self.assertEqual(both["extension"]["noteMandatory"], {"0": True, "1": True})
            self.assertEqual(both["dimension"]["Region"]["category"]["note"], {"helse_nord": [release.LONG[3][4]]})
            without = s.data("V1010", lang="en", **full, **{"valuecodes[Region]": "NO"}).json
            self.assertNotIn("note", without["dimension"]["Region"]["category"])
            self.assertEqual(s.get("tables/V1010/metadata").json["dimension"]["Region"]["category"]["note"],
                             {"helse_nord": [release.LONG[3][3]]})

    def test_every_cell(self):
        for table in release.standard()[:2]:
            wishes = {f"valuecodes[{d['code']}]": "*" for d in table["dimensions"]}
            got = cells(self.s.data(table["id"], **wishes).json)
            self.assertEqual(got, {codes: table["value"](codes) for codes in release.places(table["dimensions"])})

    def test_default(self):
        default = self.s.get("tables/V1030/defaultselection").json
        chosen = {s["variableCode"]: s["valueCodes"] for s in default["selection"]}
        self.assertEqual(chosen["Hendelsesklasse"], ["incident"])
        self.assertEqual(chosen["Hendelsestype"], ["00"])
        self.assertEqual(len(chosen["Tid"]), 8)
        by_hand = self.s.data("V1030", **{f"valuecodes[{k}]": ",".join(v) for k, v in chosen.items()}).json
        self.assertEqual(cells(self.s.data("V1030").json), cells(by_hand))

    def test_elimination(self):
        answer = self.s.data("V1030", **{"valuecodes[Hendelsesklasse]": "incident", "valuecodes[Tid]": "2026K1",
                                         "valuecodes[ContentsCode]": "*"}).json
        self.assertEqual(answer["id"], ["Hendelsesklasse", "ContentsCode", "Tid"])
        self.assertEqual(cells(answer), {("incident", "Meldinger", "2026K1"):
                                         release.figure(("NO", "incident", "00", "Meldinger", "2026K1"))})

    def test_guide(self):
        """The patterns of StatBank's published guide."""
        base = {"valueCodes[Region]": "NO", "valueCodes[Hendelsesklasse]": "incident", "valueCodes[ContentsCode]": "Meldinger"}
        for expression, periods in (("2025K1", ["2025K1"]), ("2025k1", ["2025K1"]), ("top(2)", ["2026K1", "2026K2"]),
                                    ("TOP(1,1)", ["2026K1"]), ("2025*", ["2025K1", "2025K2", "2025K3", "2025K4"]),
                                    ("202?K1", ["2024K1", "2025K1", "2026K1"]), ("from(2026K1)", ["2026K1", "2026K2"]),
                                    ("[range(2025K4,2026K1)]", ["2025K4", "2026K1"]), ("2024K1,2026K2", ["2024K1", "2026K2"])):
            for name in ("valueCodes[Tid]", "valuecodes[tid]", "VALUECODES[TID]"):
                dataset = self.s.data("V1010", lang="no", **base, **{name: expression}).json
                self.assertEqual(list(dataset["dimension"]["Tid"]["category"]["index"]), periods, (name, expression))

    def test_post(self):
        body = ('{"selection":[{"variableCode":"Region","valueCodes":["helse_*"]},'
                '{"variableCode":"hendelsesklasse","valueCodes":["hazard"]},{"variableCode":"ContentsCode","valueCodes":["*"]},'
                '{"variableCode":"Tid","valueCodes":["top(3)"]}]}')
        answer = self.s.request("POST", "/api/v2/tables/V1010/data?outputFormat=json-stat2", body,
                                {"Content-Type": "application/json"})
        self.assertEqual(answer.json["size"], [2, 1, 1, 3])
        self.assertEqual(self.s.request("POST", "/api/v2/tables/V1010/data", b"", {"Content-Type": "application/json"}).json["size"],
                         [3, 1, 1, 8])

    def test_csv(self):
        query = {"valuecodes[Region]": "*", "valuecodes[Hendelsesklasse]": "incident", "valuecodes[Hendelsestype]": "*",
                 "valuecodes[ContentsCode]": "*", "valuecodes[Tid]": "top(2)", "outputFormat": "csv"}
        answer = self.s.data("V1030", outputFormatParams="UseTexts,SeparatorSemicolon", **query)
        self.assertEqual(answer.headers["Content-Type"], "text/csv; charset=utf-8")
        self.assertTrue(answer.body.startswith(b"\xef\xbb\xbf"))
        rows = list(csv.reader(io.StringIO(answer.body.decode("utf-8-sig"), newline=""), delimiter=";"))
        self.assertIn('rel="license"', answer.headers["Link"])
        self.assertEqual(rows[0], ["region", "hendelsesklasse", "hendelsestype", "meldinger 2026K1", "meldinger 2026K2"])
        self.assertEqual(len(rows), 1 + 9)
        self.assertEqual(rows[3][2], 'legemidler "og" blodprodukter; o.a.')
        codes = list(csv.reader(io.StringIO(self.s.data("V1030", outputFormatParams="UseCodes", **query).body.decode())))
        for text, code in zip(rows[1:], codes[1:]):
            for i, period in enumerate(("2026K1", "2026K2")):
                want = str(release.figure((code[0], code[1], code[2], "Meldinger", period)))
                self.assertEqual((text[3 + i], code[3 + i]), (want, want))
        both = self.s.data("V1030", outputFormatParams="UseCodesAndTexts,IncludeTitle,SeparatorTab", **query).body.decode()
        self.assertIn("NO Hele landet", both)
        self.assertTrue(both.startswith('"Meldinger etter region, hendelsestype og kvartal"\r\n\r\n'))
        self.assertEqual(self.s.data("V1030", **query).body[:3], b'"re')  # a comma: no mark of the encoding
        turned = self.s.data("V1030", heading="Hendelsestype", outputFormatParams="UseCodes", **query).body.decode()
        self.assertEqual(turned.splitlines()[0], '"Region","Hendelsesklasse","ContentsCode","Tid","00","fall_accident","medication_blood"')

    def test_config(self):
        config = self.s.get("config").json
        self.assertEqual((config["maxDataCells"], config["maxCallsPerTimeWindow"]), (100000, 100000))
        self.assertEqual(config["sourceReferences"][0]["text"], "Instituttet")
        self.assertEqual(config["license"], "https://creativecommons.org/licenses/by/4.0/")
        self.assertEqual(config["dataFormats"], ["json-stat2", "csv"])

    # --- HTTP ---------------------------------------------------------------------------------

    def test_caching(self):
        first = self.s.data("V1010")
        tag = first.headers["ETag"]
        self.assertEqual(self.s.data("V1010").headers["ETag"], tag)
        again = self.s.data("V1010", headers={"If-None-Match": tag})
        self.assertEqual((again.status, again.body), (304, b""))
        for other in ({"lang": "en"}, {"outputFormat": "csv"}):
            self.assertNotEqual(self.s.data("V1010", **other).headers["ETag"], tag)
        self.assertIn("max-age=300", first.headers["Cache-Control"])
        pinned = self.s.get("/releases/2026K1/api/v2/tables/V1010/data")
        self.assertIn("immutable", pinned.headers["Cache-Control"])
        self.assertEqual(cells(pinned.json), cells(first.json))
        head = self.s.request("HEAD", "/api/v2/tables/V1010/data")
        self.assertEqual((head.status, head.headers["ETag"], head.body), (200, tag, b""))
        self.assertEqual(self.s.data("V1010", headers={"If-None-Match": f'"other", W/{tag}'}).status, 304)
        self.assertEqual(self.s.data("V1010", headers={"If-None-Match": '"other"'}).status, 200)
        listed = self.s.get("tables")
        self.assertEqual(self.s.get("tables", {"If-None-Match": listed.headers["ETag"]}).status, 304)
        self.assertEqual(self.s.get("config", {"If-None-Match": self.s.get("config").headers["ETag"]}).status, 304)

    def test_cross_origin(self):
        """Scripts of any page may read every answer, refusals too, and send a token or a POST."""
        page = {"Origin": "https://dashboard.example"}
        for answer in (self.s.get("tables", page), self.s.get("tables/none", page), self.s.get("/nothing", page),
                       self.s.data("V1010", page, **{"valuecodes[x]": "1"}), self.s.get("config", {**page, "Authorization": "Bearer x"}),
                       self.s.request("DELETE", "/api/v2/tables", headers=page)):
            self.assertEqual(answer.headers["Access-Control-Allow-Origin"], "*", answer)
            self.assertNotIn("Access-Control-Allow-Credentials", answer.headers)
            for name in ("ETag", "RateLimit", "Retry-After"):
                self.assertIn(name, answer.headers["Access-Control-Expose-Headers"])
        ask = {**page, "Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization, content-type"}
        preflight = self.s.request("OPTIONS", "/api/v2/tables/V1010/data", headers=ask)
        self.assertEqual((preflight.status, preflight.body), (204, b""))
        self.assertEqual(preflight.headers["Access-Control-Allow-Origin"], "*")
        self.assertIn("POST", preflight.headers["Access-Control-Allow-Methods"])
        allowed = preflight.headers["Access-Control-Allow-Headers"].lower().split(", ")
        self.assertLessEqual({"authorization", "content-type", "if-none-match", "dpop"}, set(allowed))
        self.assertNotIn("Access-Control-Allow-Methods", self.s.get("tables").headers)

    def test_sector(self):
        # Without a token it is not there: the answer of a table that never was, byte for byte.
        for path in ("tables/{}", "tables/{}/metadata", "tables/{}/defaultselection", "tables/{}/data"):
            for bring in ({}, {"Accept-Language": "en"}):
                mine, none = (self.s.get(path.format(id), bring) for id in ("V1050", "V9999"))
                self.assertEqual((mine.status, mine.code), (404, "table-unknown"))
                for vary in ("Trace-Id", "Date", "RateLimit"):
                    del mine.headers[vary], none.headers[vary]
                self.assertEqual(sorted(mine.headers.items()), sorted(none.headers.items()))
                self.assertEqual({**mine.json, "trace_id": ""}, {**none.json, "trace_id": ""})
        self.assertEqual(self.s.get("tables", query="helseforetak").json["page"]["totalElements"], 0)
        self.assertNotIn("V1050", self.s.get("tables").body.decode())
        token = bearer(self.s)
        self.assertEqual([t["id"] for t in self.s.get("tables", token).json["tables"]], ["V1010", "V1030", "V1050"])
        answer = self.s.data("V1050", token)
        self.assertEqual(answer.status, 200)
        self.assertIn("private", answer.headers["Cache-Control"])
        self.assertEqual(answer.json["dimension"]["Region"]["category"]["child"]["helse_vest"], ["310000019"])
        wrong = self.s.data("V1050", bearer(self.s, "varde:reports.read"))
        self.assertEqual((wrong.status, wrong.code), (403, "insufficient-scope"))
        self.assertIn(READ, wrong.headers["WWW-Authenticate"])
        for bad in (bearer(self.s, aud="other"), {"Authorization": "Bearer x"}, bearer(self.s, exp=1)):
            self.assertEqual(self.s.data("V1010", bad).code, "invalid-token")

    def test_metrics(self):
        self.s.data("V1010")
        text = self.s.request("GET", "/metrics", port=self.s.admin_port).body.decode()
        self.assertIn('varde_statd_http_requests_total{operation="GetTableData"', text)
        self.assertIn('varde_statd_issuer_keys{issuer="', text)
        self.assertEqual(self.s.request("GET", "/metrics").status, 404)


class Releases(unittest.TestCase):
    def setUp(self):
        self.s = Statd()
        self.addCleanup(self.s.__exit__, None, None, None)
        self.s.__enter__()

    def test_life(self):
        s = self.s
        answer = s.get("tables")
        self.assertEqual((answer.status, answer.code), (503, "no-release"))
        first = s.publish("2025K4", release.standard(8))
        old = s.data("V1010").json
        s.publish("2026K1", release.standard(9), sequence=2)
        new = s.data("V1010").json
        self.assertEqual(new["dimension"]["Tid"]["category"]["index"].get("2026K1"), 7)
        self.assertNotIn("2026K1", old["dimension"]["Tid"]["category"]["index"])
        self.assertEqual(s.get("/releases/2025K4/api/v2/tables/V1010/data").json["value"], old["value"])
        self.assertEqual(s.get("/releases/2024K1/api/v2/tables").code, "release-unknown")
        release.write(s.published, "unpublished", release.standard(9))  # whole and signed, but nobody has promoted it
        self.assertEqual(s.get("/releases/unpublished/api/v2/tables").code, "release-unknown")
        self.assertEqual(s.get("/releases/..%2f2025K4/api/v2/tables").status, 400)
        # Somebody puts the old pointer back: it is not followed.
        release.point(s.published, 1, "2025K4", first)
        time.sleep(1.2)  # two looks of the watcher, in which nothing may happen
        self.assertEqual(s.served(), "2026K1")
        # Withdrawn: gone by name too, and the one before serves again.
        release.point(s.published, 3, "2025K4", first, ["2026K1"])
        s.wait_for("2025K4")
        self.assertEqual(s.get("/releases/2026K1/api/v2/tables").code, "release-withdrawn")
        self.assertEqual(s.data("V1010").json["value"], old["value"])

    def test_altered(self):
        s = self.s
        s.publish("2025K4", release.standard(8))
        digest = release.write(s.published, "2026K1", release.standard(9))
        db = s.published / "2026K1/public.db"
        data = bytearray(db.read_bytes())
        data[-10] ^= 1
        db.write_bytes(data)
        release.point(s.published, 2, "2026K1", digest)
        end = time.monotonic() + 30
        while not any(e["event"] == "release-unusable" for e in s.log()):
            self.assertLess(time.monotonic(), end)
            time.sleep(0.05)  # polling a condition, bounded
        self.assertEqual(s.served(), "2025K4")
        self.assertEqual(s.data("V1010").status, 200)
        current = (s.published / "current.json").read_text()
        (s.published / "current.json").write_text(current.replace('"sequence":2', '"sequence":9'))
        time.sleep(1.2)
        self.assertEqual(s.served(), "2025K4")

    def test_promotion_drops_no_request(self):
        """Under load of every kind: each answer is whole, and of one release alone."""
        s = self.s
        s.publish("2026P0", release.standard(8))
        releases = {f"2026P{i}": release.standard(8 + i % 2) for i in range(7)}
        failures, answered, done = [], {}, threading.Event()
        asks = [("tables/V1010/data", {}), ("tables/V1030/data", {"outputFormat": "csv"}), ("tables/V1010/metadata", {}), ("tables", {}),
                ("/releases/2026P0/api/v2/tables/V1010/data", {})]

        def ask(n):
            while not done.is_set():
                path, query = asks[n % len(asks)]
                n += 1
                answer = s.get(path, **query)
                whole = answer.status == 200
                if whole and path == "tables/V1010/data":
                    name = answer.json["extension"]["varde"]["release"]
                    periods = [c[0] for c in releases[name][0]["dimensions"][-1]["categories"]][-8:]
                    whole = list(answer.json["dimension"]["Tid"]["category"]["index"]) == periods
                    answered[name] = answered.get(name, 0) + 1
                if not whole:
                    failures.append((path, answer))

        threads = [threading.Thread(target=ask, args=(n,)) for n in range(4)]
        for t in threads:
            t.start()
        for i in range(1, 7):
            s.publish(f"2026P{i}", releases[f"2026P{i}"], sequence=1 + i)
            end = time.monotonic() + 30
            while not answered.get(f"2026P{i}") and time.monotonic() < end:
                time.sleep(0.01)  # polling a condition, bounded
        done.set()
        for t in threads:
            t.join()
        self.assertEqual(failures, [])
        self.assertEqual(len(answered), 7, answered)
        print(f"{sum(answered.values())} answers of data while seven releases were promoted")


if __name__ == "__main__":
    outcome = unittest.main(exit=False).result
    print(f"answers held to the specification: {sum(specification.HELD.values())}"
          if specification.SPEC else "PxAPI-2.yml is not at hand: answers were not held to it")
    sys.exit(not outcome.wasSuccessful())
