#!/usr/bin/python3
"""A tenant's own view: every cell as it was submitted, beside what is published; for itself and
who may read for it, and nobody else."""
import csv
import io
import itertools
import json
import os
import pathlib
import re
import subprocess
import unittest

import own_data
import release
from hostile import CANARY, problem_faults
from own_data import CLASSES, HARMS, RHF, TYPES, UNITS, code, expected, text
from varde import SOURCE, SUBMIT, Organisation, Varde, example, organisation_numbers

PATH = "/v1/statistics/own"


def cells(dataset):
    """{codes: value or mark} of a JSON-stat dataset, by the letter of the format."""
    lists = [sorted(d["category"]["index"], key=d["category"]["index"].get)
             for d in (dataset["dimension"][name] for name in dataset["id"])]
    assert [len(x) for x in lists] == dataset["size"]
    status = dataset.get("status", {})
    return {key: status.get(str(i), dataset["value"][i]) if dataset["value"][i] is None else dataset["value"][i]
            for i, key in enumerate(itertools.product(*lists))}


class Own(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.v = v = Varde()
        (v.demo / "release-key.pub").write_text(release.PUBLIC_HEX + "\n")
        cls.addClassCleanup(v.__exit__, None, None, None)
        v.__enter__()
        cls.own, cls.other = v.tenants[0], v.tenants[1]
        cls.numbers = organisation_numbers()
        # Before anything is there: nothing published, no coverage, no file.
        cls.empty = v.get(PATH, cls.own)
        cls.now = own_data.month_of(cls.empty.json["extension"]["varde"]["running"])
        cls.start = cls.now - 7
        v.ctl("tenant", "set", cls.own.orgnr, "--coverage-start", text(cls.start), "--parent", RHF[0])
        for unit, name in UNITS.items():
            v.ctl("tenant", "unit", "add", cls.own.orgnr, unit, "--name", name)
        cls.documents = own_data.fill(v, cls.own, cls.other, cls.now)
        cls.alone = v.get(PATH, cls.own)
        own_data.publish(v, cls.now)

    def refused(self, answer, status, code, parameter=None):
        self.assertEqual(list(problem_faults(answer, status, code)), [], answer)
        self.assertEqual(answer.json.get("parameter"), parameter)

    def view(self, query="", tenant=None, **headers):
        answer = self.v.get(PATH + query, tenant or self.own, headers)
        self.assertEqual(answer.status, 200, answer)
        return answer

    def test_nothing_yet(self):
        self.assertEqual(self.empty.status, 200, self.empty)
        got = cells(self.empty.json)
        self.assertEqual(len(got), 3 * 24)
        self.assertEqual(set(got.values()), {".."})
        about = self.empty.json["extension"]["varde"]
        self.assertEqual((about["release"], about["release_missing"], about["coverage_start"]), (None, "release-none", None))

    def test_without_a_release(self):
        about = self.alone.json["extension"]["varde"]
        self.assertEqual((about["release"], about["release_missing"]), (None, "release-none"))
        self.assertEqual(list(self.alone.json["dimension"]["Region"]["category"]["index"]), [self.own.orgnr])
        self.assertIn("ingen gjeldende utgivelse", " ".join(self.alone.json["note"]))

    def published(self, table, region, got, dimensions):
        """Every cell of the region, or the nation, is the published one, or none."""
        where = {d["code"]: [c[0] for c in d["categories"]] for d in table["dimensions"]}
        shown = 0
        for key, value in got.items():
            if key[0] != region:
                continue
            named = dict(zip(dimensions, key))
            full = tuple(named.get(d["code"], d["total"]) for d in table["dimensions"])
            known = all(c in where[d["code"]] for c, d in zip(full, table["dimensions"]))
            self.assertEqual(value, table["value"](full) if known else "..", key)
            shown += known
        self.assertTrue(shown)

    def test_every_cell(self):
        spans = {"month": (self.now - 10, self.now), "quarter": (self.now - 10, self.now), "year": (self.now - 14, self.now)}
        beside = {t["id"]: t for t in own_data.tables(self.now)}
        # Of several tables of the shape the programme's first that has the region; none has a region's types by severity.
        published = {("registration", "month", ()): ("V1011", "V1011"), ("registration", "quarter", ()): ("V1010", "V1010"),
                     ("registration", "quarter", ("unit",)): ("V1010", "V1010"),
                     ("registration", "quarter", ("type",)): ("V1040", "V1050"),
                     ("registration", "quarter", ("severity",)): ("V1040", "V1060"),
                     ("registration", "quarter", ("type", "severity")): ("V1040", None),
                     ("registration", "quarter", ("unit", "type", "severity")): ("V1040", None),
                     ("registration", "month", ("unit",)): ("V1011", "V1011"),
                     ("event", "year", ()): ("V3010", "V3010"), ("event", "year", ("unit",)): ("V3010", "V3010"),
                     ("event", "year", ("type",)): ("V3010", "V3010")}
        seen = set()
        for clock, period in itertools.product(("registration", "event"), spans):
            size = {"month": 1, "quarter": 3, "year": 12}[period]
            first, last = spans[period]
            for by in ((), ("unit",), ("type",), ("severity",), ("type", "severity"), ("unit", "type", "severity")):
                query = f"?clock={clock}&period={period}&from={text(first)}&to={text(last)}" + ("&by=" + ",".join(by) if by else "")
                dataset = self.view(query).json
                got = cells(dataset)
                want = expected(self.documents, self.own.orgnr, self.start, clock, period, first - first % size,
                                last + size - 1 - last % size, by)
                self.assertEqual({k: v for k, v in got.items() if k[0] not in ("NO", RHF[1])}, want, query)
                for region, table in zip(("NO", RHF[1]), published.get((clock, period, by), (None, None))):
                    if table:
                        self.published(beside[table], region, got, dataset["id"])
                        seen.add(table)
                    else:
                        self.assertNotIn(region, {k[0] for k in got}, query)
        self.assertEqual(seen, {"V1010", "V1011", "V1040", "V1050", "V1060", "V3010"})

    def test_hidden_stay_hidden(self):
        got = cells(self.view().json)
        beside = {k: v for k, v in got.items() if k[0] in ("NO", RHF[1])}
        self.assertIn(":", beside.values())

    def test_sector_tables_are_not_shown(self):
        """V1020 has the organisation itself by month, V1061 the regions by year and severity: for whom agreed to it."""
        months = cells(self.view().json)
        self.assertNotIn(7, {v for k, v in months.items() if k[0] == self.own.orgnr})
        dataset = self.view("?period=year&by=severity").json
        self.assertEqual(list(dataset["dimension"]["Region"]["category"]["index"]), [self.own.orgnr])
        self.assertIn("ingen tabell med denne inndelingen", " ".join(dataset["note"]))

    def test_default_span_and_about(self):
        dataset = self.view().json
        times = list(dataset["dimension"]["Tid"]["category"]["index"])
        self.assertEqual((times[0], times[-1], len(times)), (code(self.now - 23), code(self.now), 24))
        about = dataset["extension"]["varde"]
        self.assertEqual(about, {**about, "audience": "own", "organisation": self.own.orgnr, "release": "2026K3",
                                 "release_missing": None, "coverage_start": text(self.start), "running": text(self.now),
                                 "not_dated": 0, "before_coverage": 1, "clock": "registration"})
        event = self.view("?clock=event").json["extension"]["varde"]
        self.assertEqual((event["not_dated"], event["before_coverage"]), (1, 2))
        regions = dataset["dimension"]["Region"]["category"]
        self.assertEqual(list(regions["index"]), [self.own.orgnr, RHF[1], "NO"])
        self.assertEqual(regions["child"], {RHF[1]: [self.own.orgnr], "NO": [RHF[1]]})

    def test_languages(self):
        nb = self.view("?by=type", **{"Accept-Language": "nb"}).json
        en = self.view("?by=type", **{"Accept-Language": "en"}).json
        self.assertEqual(nb["value"], en["value"])
        self.assertEqual(nb["dimension"]["Hendelsestype"]["category"]["label"]["infection"], "infeksjon")
        self.assertEqual(en["dimension"]["Hendelsestype"]["category"]["label"]["infection"], "infection")
        self.assertIn("kan røpe personer", nb["note"][0])
        self.assertIn("not protected", en["note"][0])
        self.assertTrue(all(x.strip() for x in nb["note"] + en["note"]))

    def test_csv(self):
        answer = self.view("?by=unit", Accept="text/csv")
        self.assertEqual(answer.headers["Content-Type"], "text/csv; charset=utf-8")
        self.assertTrue(answer.body.startswith(b"\xef\xbb\xbf"))
        rows = list(csv.reader(io.StringIO(answer.body.decode("utf-8-sig"), newline=""), delimiter=";"))
        dataset = self.view("?by=unit").json
        labels = {name: dataset["dimension"][name]["category"]["label"] for name in dataset["id"]}
        want = {(labels["Region"][k[0]], labels["Hendelsesklasse"][k[1]], "meldinger " + k[3]): str(v)
                for k, v in cells(dataset).items()}
        got = {(row[0], row[1], head): value for row in rows[1:] for head, value in zip(rows[0][2:], row[2:])}
        self.assertEqual(got, want)
        english = self.view(**{"Accept": "text/csv", "Accept-Language": "en"}).body.decode("utf-8-sig")
        self.assertIn('"event class"', english.splitlines()[0])
        self.refused(self.v.get(PATH, self.own, {"Accept": "text/html"}), 406, "not-acceptable")

    def test_kept_nowhere(self):
        answer = self.view()
        self.assertEqual(answer.headers["Cache-Control"], "no-store")
        self.assertIsNone(answer.headers["ETag"])
        head = self.v.request("HEAD", PATH, headers=self.v.bearer(self.own))
        self.assertEqual((head.status, head.body), (200, b""))
        log = self.v.log_path.read_text()
        self.assertIn('"/v1/statistics/own"', log)
        self.assertNotIn("clock=", log)

    def test_only_ones_own(self):
        theirs = cells(self.view("", self.other).json)
        self.assertEqual(sum(v for v in theirs.values() if isinstance(v, int) and v < 5), 3)
        self.assertEqual({k[0] for k, v in theirs.items() if v == 3}, {self.other.orgnr})
        # outside of the regional authorities there is the nation alone
        self.assertEqual({k[0] for k in theirs}, {self.other.orgnr, "NO"})
        # without a coverage start nothing is said of months without reports
        self.assertEqual({v for k, v in theirs.items() if k[0] == self.other.orgnr and k[3] != code(self.now - 3)}, {".."})
        self.refused(self.v.get(f"{PATH}?organisation={self.other.orgnr}", self.own), 403, "tenant-mismatch")
        self.refused(self.v.get(PATH), 401, "authentication-required")
        self.refused(self.v.get(PATH, headers=self.v.bearer(self.own, scopes=(SUBMIT,))), 403, "insufficient-scope")

    def test_processors(self):
        company = self.v.register(Organisation(next(self.numbers), "Regional IKT AS", "processor"))
        query = f"?organisation={self.own.orgnr}"
        self.refused(self.v.get(PATH + query, company), 403, "tenant-mismatch")
        self.refused(self.v.get(PATH, company), 403, "tenant-not-owner")
        self.v.ctl("processor", "add", self.own.orgnr, company.orgnr, "--rights", "send")
        self.refused(self.v.get(PATH + query, company), 403, "tenant-mismatch")
        self.v.ctl("processor", "end", self.own.orgnr, company.orgnr, "--reason", "test")
        self.v.ctl("processor", "add", self.own.orgnr, company.orgnr, "--rights", "read")
        self.assertEqual(self.view(query, company).json["value"], self.view().json["value"])
        self.v.ctl("processor", "end", self.own.orgnr, company.orgnr, "--reason", "test")
        self.refused(self.v.get(PATH + query, company), 403, "tenant-mismatch")

    def test_suspended(self):
        trust = self.v.register(Organisation(next(self.numbers), "Stengt HF"))
        self.view("", trust)
        self.v.ctl("tenant", "suspend", trust.orgnr, "--reason", "test")
        self.refused(self.v.get(PATH, trust), 403, "tenant-suspended")

    def test_municipality(self):
        """Beside a municipality stand its county and the municipalities, by year; never what hospitals reported."""
        town = next(t for t in self.v.tenants if t.kind == "municipality")
        self.assertEqual(list(self.view("?period=year", town).json["dimension"]["Region"]["category"]["index"]), [town.orgnr, "NO"])
        document = example("municipality", town)
        document["source"]["registered_at"] = f"{text(self.now - 1)}-10T12:00:00+01:00"
        document["event"] = {**document["event"], "date": f"{text(self.now - 1)}-05", "precision": "day"}
        own_data.submit(self.v, town, document)
        beside = next(t for t in own_data.tables(self.now) if t["id"] == "V2010")
        for query, by in (("?period=year", ()), ("?period=year&by=type", ("type",))):
            dataset = self.view(query, town).json
            labels = dataset["dimension"]["Region"]["category"]["label"]
            self.assertEqual(list(labels), [town.orgnr, "34", "NO"])
            self.assertEqual((labels["34"], labels["NO"]), ("Innlandet", "Hele landet, kommuner i prosjektet"))
            got = cells(dataset)
            for key in (k for k in got if k[0] in ("34", "NO")):
                full = (*key[:2], *(key[2:3] if by else ("00",)), *key[-2:])
                known = key[-1] in [c[0] for c in beside["dimensions"][-1]["categories"]]
                self.assertEqual(got[key], beside["value"](full) if known else "..", key)
        self.assertEqual(list(self.view("", town).json["dimension"]["Region"]["category"]["index"]), [town.orgnr])
        self.assertEqual(list(self.view("?period=year&clock=event", town).json["dimension"]["Region"]["category"]["index"]), [town.orgnr])

    def test_bad_parameters(self):
        headers = self.v.bearer(self.own)
        for query, parameter in (
                ("clock=other", "clock"), ("clock=", "clock"), ("period=week", "period"), ("from=2026", "from"), ("from=2026-13", "from"),
                ("from=x", "from"), ("to=2026-1", "to"), ("to=2999-01", "to"), (f"from={text(self.now)}&to={text(self.now - 1)}", "from"),
                (f"from={text(self.now - 120)}", "from"), ("by=", "by"), ("by=place", "by"), ("by=type,type", "by"), ("by=type,", "by"),
                (f"by={CANARY}", "by")):
            self.refused(self.v.get(f"{PATH}?{query}", headers=headers), 400, "invalid-query", parameter)
        for query in ("klokke=event", f"{CANARY}=1", "Clock=event", "limit=1", "outputFormat=csv"):
            self.refused(self.v.get(f"{PATH}?{query}", headers=headers), 400, "invalid-query")
        for query in ("clock=event&clock=event", "clock=%zz"):
            self.refused(self.v.get(f"{PATH}?{query}", headers=headers), 400, "invalid-request")
        self.refused(self.v.get(f"{PATH}?organisation=1", headers=headers), 400, "invalid-query")
        for query in (f"from={text(self.now - 119)}", f"from={text(self.now)}", f"to={text(self.now - 500)}"):
            self.assertEqual(self.v.get(f"{PATH}?{query}", headers=headers).status, 200, query)

    def test_too_many_cells(self):
        trust = self.v.register(Organisation(next(self.numbers), "Mange Klinikker HF"))
        for _ in range(5):
            self.v.ctl("tenant", "unit", "add", trust.orgnr, next(self.numbers), "--name", "En klinikk")
        query = f"{PATH}?by=unit,type,severity&from={text(self.now - 119)}"
        self.refused(self.v.get(query, trust), 400, "too-many-cells", "by")
        self.assertEqual(self.v.get(query + "&period=year", trust).status, 200)
        two_years = f"{PATH}?by=unit,type,severity"
        self.assertEqual(self.v.get(two_years, trust).status, 200)

    def test_more_than_one_piece(self):
        """A thousand documents are counted in pieces; a report whose newest revision lies in another counts once."""
        trust = self.v.register(Organisation(next(self.numbers), "Store Tall HF"))
        self.v.ctl("tenant", "set", trust.orgnr, "--coverage-start", text(self.start))
        reports = [own_data.report(trust, "incident", self.now - 2 - i % 3, type=TYPES[1 + i % 4]) for i in range(700)]
        again = [{**d, "revision": 2, "event_type": "infection", "source": {**d["source"], "registered_at":
                  f"{text(self.now - 1)}-03T08:00:00+01:00"}} for d in reports[:600:2]]
        both = reports + again
        for at in range(0, len(both), 500):
            body = json.dumps({"submissions": [self.v.sign(trust, d) for d in both[at:at + 500]]})
            answer = self.v.post("/v1/submissions/batch", body, trust, type="application/json")
            self.assertEqual({r["status"] for r in answer.json["results"]}, {201})
        newest = {d["report_id"]: d for d in both}
        answer = self.view(f"?by=type&from={text(self.now - 5)}", trust)
        got = cells(answer.json)
        want = expected(newest.values(), trust.orgnr, self.start, first=self.now - 5, last=self.now, by=("type",))
        self.assertEqual({k: v for k, v in got.items() if k[0] == trust.orgnr}, want)
        # One read for each hundred documents; a few come back while it counts.
        left = int(re.search(r'"reads";r=(\d+)', answer.headers["RateLimit"])[1])
        quota = int(re.search(r'"reads";q=(\d+)', answer.headers["RateLimit-Policy"])[1])
        self.assertLessEqual(left, quota - 5)

    def test_toolkit(self):
        run = subprocess.run([SOURCE / "tests/node/install"], capture_output=True, text=True)
        if run.returncode:
            self.skipTest(run.stderr)
        node = pathlib.Path(run.stdout.strip())
        (node / "toolkit.mjs").write_text((SOURCE / "tests/statd/toolkit.mjs").read_text())
        datasets = [self.view(q).json for q in ("", "?by=unit,severity&clock=event", "?by=type&period=quarter")]
        read = subprocess.run([node / "bin/node", node / "toolkit.mjs"], input=json.dumps(datasets), text=True,
                              capture_output=True, timeout=300, env={**os.environ, "NODE_OPTIONS": ""})
        self.assertEqual(read.returncode, 0, read.stderr)
        for dataset, rows in zip(datasets, json.loads(read.stdout)):
            self.assertEqual({tuple(r[:-2]): r[-1] if r[-2] is None else r[-2] for r in rows}, cells(dataset))


class Releases(unittest.TestCase):
    """Which release stands beside, as it comes, goes and breaks."""

    def test_life(self):
        v = Varde()
        self.addCleanup(v.__exit__, None, None, None)
        (v.demo / "release-key.pub").write_text(release.PUBLIC_HEX + "\n")
        v.__enter__()
        own, published = v.tenants[0], v.demo / "published"

        def about():
            return v.get(PATH, own).json["extension"]["varde"]
        self.assertEqual(about()["release_missing"], "release-none")
        now = own_data.month_of(about()["running"])
        own_data.publish(v, now, "first", 1)
        self.assertEqual(about()["release"], "first")
        pointer = (published / "current.json").read_bytes()
        own_data.publish(v, now, "second", 2)
        self.assertEqual(about()["release"], "second")
        # An older pointer is not followed, a broken one is no release.
        (published / "current.json").write_bytes(pointer)
        self.assertEqual(about()["release"], "second")
        (published / "current.json").write_bytes(pointer.replace(b"first", b"third"))
        self.assertEqual((about()["release"], about()["release_missing"]), (None, "release-unusable"))
        # A release whose figures were touched is none; nor one that was withdrawn.
        digest = release.write(published, "fourth", own_data.tables(now))
        data = bytearray((published / "fourth/public.db").read_bytes())
        data[-1] ^= 1
        (published / "fourth/public.db").write_bytes(data)
        release.point(published, 4, "fourth", digest)
        self.assertEqual(about()["release_missing"], "release-unusable")
        self.assertIn("release-unusable", v.log_path.read_text())
        release.point(published, 5, "", "", withdrawn=["fourth"])
        self.assertEqual(about()["release_missing"], "release-none")
        (published / "current.json").write_bytes(pointer)  # nor does an older pointer bring one back
        self.assertEqual(about()["release_missing"], "release-none")
        own_data.publish(v, now, "fifth", 6)
        self.assertEqual(about()["release"], "fifth")


if __name__ == "__main__":
    unittest.main()
