#!/usr/bin/python3
"""vardectl own: the same figures by socket and alone, as JSON, text and a page; the page holds
what it shows, fetches nothing, and says what the figures say."""
import base64
import html.parser
import json
import pathlib
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import unittest

sys.path[:0] = [str(pathlib.Path(__file__).parents[1] / name) for name in ("http", "statd")]
import own_data  # noqa: E402
import release  # noqa: E402
from own_data import RHF, UNITS, report, text  # noqa: E402
from varde import SOURCE, Organisation, Varde, organisation_numbers  # noqa: E402

# Incidents of sixteen months that are over: below the median, then above it; near misses that go up and up.
INCIDENTS = [1, 2, 1, 2, 1, 2, 1, 2, 5, 6, 5, 6, 5, 6, 5, 6]
NEAR_MISSES = [1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 2, 3, 4, 5, 5]
MONTHS = ["januar", "februar", "mars", "april", "mai", "juni", "juli", "august", "september", "oktober", "november", "desember"]


class Page(html.parser.HTMLParser):
    """What a page consists of: elements with attributes, texts, tables as rows of cells, whether it nests."""

    def __init__(self, source):
        super().__init__()
        self.elements, self.open, self.tables, self.svgs, self.words, self.faults = [], [], [], [], [], []
        self.feed(source)
        self.close()
        if self.open:
            self.faults.append(f"not closed: {self.open}")

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        self.elements.append((tag, attrs))
        if tag == "table":
            self.tables.append([])
        if tag == "tr":
            self.tables[-1].append([])
        if tag in ("td", "th"):
            self.tables[-1][-1].append("")
        if tag == "svg":
            self.svgs.append({"points": [], "texts": [], "title": "", "desc": "", **attrs})
        if tag in ("circle", "rect") and self.svgs and attrs.get("class") in ("dot", "open", "mark"):
            y = int(attrs["cy"]) if tag == "circle" else int(attrs["y"]) + 4
            self.svgs[-1]["points"].append((attrs["class"], y))
        if tag not in ("meta", "br"):
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        self.handle_endtag(tag)

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.faults.append(f"</{tag}> closes something else")

    def handle_data(self, data):
        if "style" in self.open:
            return
        self.words.append(data)
        if "td" in self.open or "th" in self.open:
            self.tables[-1][-1][-1] += data
        if self.svgs and self.open and self.open[-1] in ("title", "desc") and "svg" in self.open:
            self.svgs[-1][self.open[-1]] += data
        if self.svgs and self.open and self.open[-1] == "text":
            self.svgs[-1]["texts"].append(data)


class Own(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.v = v = Varde()
        (v.demo / "release-key.pub").write_text(release.PUBLIC_HEX + "\n")
        cls.addClassCleanup(v.__exit__, None, None, None)
        v.__enter__()
        cls.own = v.tenants[0]
        cls.now = own_data.month_of(json.loads(v.ctl("own", "--tenant", cls.own.orgnr, "--json").stdout)["months"][-1])
        cls.start = cls.now - len(INCIDENTS)
        v.ctl("tenant", "set", cls.own.orgnr, "--coverage-start", text(cls.start), "--parent", RHF[0],
              "--name", "Helse <Nord> & \"Sør\" HF")
        for unit, name in UNITS.items():
            v.ctl("tenant", "unit", "add", cls.own.orgnr, unit, "--name", name)
        cls.documents = []
        for kind, counts in (("incident", INCIDENTS), ("near_miss", NEAR_MISSES)):
            for i, n in enumerate(counts):
                cls.documents += [report(cls.own, kind, cls.start + i, cls.start + i - (k > 3), unit=list(UNITS)[0] if k % 2 else None,
                                         harm="severe" if k == 0 else "mild") for k in range(n)]
        cls.documents += [report(cls.own, "incident", cls.now - 1, "2020"), report(cls.own, "incident", cls.start - 2),
                          report(cls.own, "hazard", cls.start - 3)]
        body = json.dumps({"submissions": [v.sign(cls.own, d) for d in cls.documents]})
        answer = v.post("/v1/submissions/batch", body, cls.own, type="application/json")
        assert {r["status"] for r in answer.json["results"]} == {201}, answer
        own_data.submit(v, v.tenants[1], report(v.tenants[1], "incident", cls.now - 1))
        own_data.publish(v, cls.now)
        cls.report = json.loads(v.ctl("own", "--tenant", cls.own.orgnr, "--json").stdout)
        cls.html = v.ctl("own", "--tenant", cls.own.orgnr, "--html").stdout
        cls.page = Page(cls.html)

    def chart(self, name):
        return next(c for c in self.report["charts"] if c["id"] == name)

    # --- figures ---------------------------------------------------------------------------

    def test_figures(self):
        r = self.report
        self.assertEqual((r["months"][0], r["months"][-1]), (text(self.start), text(self.now)))
        last = INCIDENTS[:-1] + [INCIDENTS[-1] + 1]  # one more that does not say when it happened
        self.assertEqual(self.chart("incidents")["values"], last + [0])
        self.assertEqual(self.chart("near-misses")["values"], NEAR_MISSES + [0])
        self.assertEqual(self.chart("hazards")["values"], [0] * 17)
        self.assertEqual(self.chart("serious")["values"], [1] * 16 + [0])
        moved = [max(n - 4, 0) for n in INCIDENTS]
        by_event = [n - m + (moved[i + 1] if i + 1 < len(moved) else 0) for i, (n, m) in enumerate(zip(INCIDENTS, moved))]
        self.assertEqual(self.chart("incidents-by-event")["values"], by_event + [0])
        self.assertEqual((r["not_dated"], r["before_coverage"], r["release"]["name"], r["release_missing"]), (1, 2, "2026K3", None))
        year = last[-12:]
        self.assertEqual((r["year"]["from"], r["year"]["to"]), (text(self.now - 12), text(self.now - 1)))
        total = next(t for t in r["types"] if t["code"] == "00")
        self.assertEqual((total["total"], total["harms"]["severe"], sum(total["harms"].values())), (sum(year), 12, sum(year)))
        self.assertEqual(sum(u["incident"] for u in r["units"]), sum(year))
        self.assertEqual(r["units"][0]["incident"], sum(n // 2 for n in INCIDENTS[-12:]))

    def test_published_beside(self):
        for name, kind in (("incidents", "incident"), ("near-misses", "near_miss"), ("hazards", "hazard")):
            beside = self.chart(name)["beside"]
            self.assertEqual([b["code"] for b in beside], [RHF[1], "NO"])
            for b in beside:
                shown = [own_data.figure((b["code"], kind, "Meldinger", own_data.code(m))) if self.now - 6 <= m < self.now else ".."
                         for m in range(self.start, self.now + 1)]
                self.assertEqual(b["values"], shown)
        self.assertEqual(self.chart("serious")["beside"], [])

    def test_run_charts(self):
        run = self.chart("incidents")["run"]
        self.assertEqual((run["points"], run["median"], run["verdict"]), (16, 3.5, "signal"))
        self.assertEqual(run["signals"], [{"kind": "shift-below", "first": 0, "last": 7, "points": 8},
                                          {"kind": "shift-above", "first": 8, "last": 15, "points": 8}])
        run = self.chart("near-misses")["run"]
        self.assertEqual(run["signals"], [{"kind": "trend-up", "first": 9, "last": 14, "points": 6}])
        run = self.chart("serious")["run"]
        self.assertEqual((run["median"], run["verdict"], run["signals"]), (1, "quiet", []))
        # The last three months of events still grow, and are not judged.
        self.assertEqual((self.chart("incidents")["settled"], self.chart("incidents-by-event")["settled"]), (16, 13))
        few = json.loads(self.v.ctl("own", "--tenant", self.own.orgnr, "--json", "--from", text(self.now - 11)).stdout)
        run = next(c for c in few["charts"] if c["id"] == "incidents")["run"]
        self.assertEqual((run["points"], run["median"], run["verdict"], run["signals"]), (11, None, "too-few", []))

    # --- the page -----------------------------------------------------------------------------

    def test_whole_in_itself(self):
        self.assertEqual(self.page.faults, [])
        self.assertTrue(self.html.startswith("<!DOCTYPE html>\n<html lang=\"nb\">"))
        tags = {tag for tag, _ in self.page.elements}
        self.assertFalse(tags & {"script", "link", "img", "iframe", "object", "embed", "a", "form", "image", "use", "base"}, tags)
        for tag, attrs in self.page.elements:
            self.assertFalse({"href", "src", "srcset", "xlink:href", "action", "style"} & set(attrs), (tag, attrs))
            self.assertFalse([a for a in attrs if a.startswith("on")], (tag, attrs))
        self.assertIsNone(re.search(r"url\(|@import|https?:|//", self.html))
        policy = [a["content"] for tag, a in self.page.elements if a.get("http-equiv") == "Content-Security-Policy"]
        self.assertEqual(policy, ["default-src 'none'; style-src 'unsafe-inline'"])
        self.assertIn("@media print", self.html)

    def test_no_row_and_no_secret(self):
        for out in (self.html, json.dumps(self.report), self.v.ctl("own", "--tenant", self.own.orgnr).stdout):
            for document in self.documents:
                self.assertNotIn(document["report_id"], out)
                self.assertNotIn(document["source"]["local_case_id"], out)
            self.assertNotIn(self.v.tenants[1].orgnr, out)

    def test_names_are_text(self):
        words = "".join(self.page.words)
        self.assertIn('Egne tall: Helse <Nord> & "Sør" HF', words)
        self.assertIn("Bare til bruk i virksomheten", words)
        self.assertIn("Skifte 1:", words)
        self.assertIn(f"8 måneder under medianen, fra {MONTHS[self.start % 12]} {self.start // 12}", words)
        self.assertIn("6 måneder på rad oppover", words)
        self.assertIn("Median 3,5 i måneden", words)
        self.assertIn("Perla, Provost og Murray", words)

    def matrix(self, caption):
        """The months of the table with this caption, in order, without empty cells."""
        at = self.html.index(f"<caption>{caption}</caption>")
        table = Page(self.html[self.html.rindex("<table", 0, at):self.html.index("</table>", at) + 8]).tables[0]
        return [cell for row in table[1:] for cell in row[1:] if cell]

    def test_tables_say_what_the_figures_say(self):
        for chart in self.report["charts"]:
            self.assertEqual(self.matrix(chart["label"]["nb"]), [str(v) for v in chart["values"]])
            for b in chart["beside"]:
                self.assertEqual(self.matrix(f"{chart['label']['nb']}, publisert: {b['label']['nb']}"), [str(v) for v in b["values"]])
        types = next(t for t in self.page.tables if t[0][0] == "Type hendelse")
        self.assertEqual(types[-1][-1], str(next(t for t in self.report["types"] if t["code"] == "00")["total"]))
        self.assertEqual(len(types), 1 + len(self.report["types"]))

    def test_charts_draw_what_the_figures_say(self):
        drawn = iter(self.page.svgs)
        for chart in self.report["charts"]:
            lines = [(chart["label"]["nb"], chart["values"], chart)] + [(b["label"]["nb"], b["values"], None) for b in chart["beside"]]
            for label, values, run in lines:
                svg = next(drawn)
                self.assertEqual((svg["role"], svg["title"]), ("img", label))
                ids = [a["id"] for tag, a in self.page.elements if tag in ("title", "desc") and "id" in a]
                self.assertTrue(set(svg["aria-labelledby"].split()) <= set(ids))
                numbers = [v for v in values if isinstance(v, int)]
                self.assertEqual(len(svg["points"]), len(numbers), label)
                self.assertEqual(svg["texts"].count(":"), values.count(":"))
                # Pixels go with the figures: the same straight line for all, one pixel of rounding aside.
                ys = [y for _, y in svg["points"]]
                low, high = numbers.index(min(numbers)), numbers.index(max(numbers))
                for n, y in zip(numbers, ys):
                    if numbers[high] != numbers[low]:
                        want = ys[low] + (ys[high] - ys[low]) * (n - numbers[low]) / (numbers[high] - numbers[low])
                        self.assertAlmostEqual(y, want, delta=1.01)
                if run:
                    counted = set()
                    for s in run["run"]["signals"]:
                        counted |= {i for i in range(s["first"], s["last"] + 1)
                                    if not (s["kind"].startswith("shift") and values[i] == run["run"]["median"])}
                    kinds = ["mark" if i in counted else "dot" if i < run["settled"] else "open" for i in range(len(values))]
                    self.assertEqual([k for k, _ in svg["points"]], kinds, label)
        self.assertIsNone(next(drawn, None))

    def test_accessible(self):
        """npm axe-core in headless Chromium, where the test packages have it."""
        run = subprocess.run([SOURCE / "tests/node/install"], capture_output=True, text=True)
        axe = pathlib.Path(run.stdout.strip() or "/nonexistent") / "node_modules/axe-core/axe.min.js"
        chromium = shutil.which("chromium")
        if not axe.exists() or not chromium:
            self.skipTest("no axe-core or no Chromium here")
        say = ("<script>axe.run().then(r => { const p = document.createElement('pre'); p.id = 'axe'; p.textContent = "
               "btoa(unescape(encodeURIComponent(JSON.stringify({violations: r.violations.map(v => [v.id, v.nodes.map(n => n.html)]), "
               "passes: r.passes.length})))); document.body.replaceChildren(p); })</script>")
        page = re.sub(r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", self.html)
        script = "<script>" + axe.read_text().replace("</script>", "<\\/script>") + "</script>"
        with tempfile.TemporaryDirectory(prefix="varde-own-") as folder:
            path = pathlib.Path(folder) / "page.html"
            path.write_text(page.replace("</body>", script + say + "</body>"))
            dom = subprocess.run([chromium, "--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={folder}/profile",
                                  "--virtual-time-budget=30000", "--dump-dom", path.as_uri()], capture_output=True, text=True,
                                 timeout=300).stdout
        found = re.search(r'<pre id="axe">([^<]+)', dom)
        self.assertIsNotNone(found, dom[-2000:])
        result = json.loads(base64.b64decode(found[1]))
        self.assertEqual(result["violations"], [])
        self.assertGreater(result["passes"], 20)

    # --- the command -----------------------------------------------------------------------------

    def test_text(self):
        out = self.v.ctl("own", "--tenant", self.own.orgnr).stdout
        self.assertIn("NOT PROTECTED", out)
        self.assertIn("Beside them: release 2026K3", out)
        self.assertIn(f"pattern: 8 months below the median, {text(self.start)} to {text(self.start + 7)}", out)
        row = next(line for line in out.splitlines() if line.startswith(text(self.now - 1)))
        self.assertEqual(row.split(), [text(self.now - 1), "7"] + [str(b["values"][-2]) for b in self.chart("incidents")["beside"]])

    def test_alone_as_by_socket(self):
        self.v.stop()
        try:
            alone = json.loads(self.v.ctl("own", "--tenant", self.own.orgnr, "--json").stdout)
        finally:
            self.v.start()
        self.assertEqual({**alone, "as_of": ""}, {**self.report, "as_of": ""})

    def test_without_a_release(self):
        published = self.v.demo / "published"
        pointer = (published / "current.json").read_bytes()
        try:
            release.point(published, 2, "", "", withdrawn=["2026K3"])
            alone = json.loads(self.v.ctl("own", "--tenant", self.own.orgnr, "--json").stdout)
            page = self.v.ctl("own", "--tenant", self.own.orgnr, "--html").stdout
            (published / "current.json").write_bytes(pointer.replace(b"2026K3", b"2026K4"))
            broken = json.loads(self.v.ctl("own", "--tenant", self.own.orgnr, "--json").stdout)
        finally:
            release.point(published, 3, "2026K3", json.loads(pointer)["current"]["manifest_sha256"])
        self.assertEqual((alone["release"], alone["release_missing"]), (None, "release-none"))
        self.assertEqual((broken["release"], broken["release_missing"]), (None, "release-unusable"))
        self.assertEqual([c["beside"] for c in alone["charts"]], [[]] * 5)
        self.assertEqual([c["values"] for c in alone["charts"]], [c["values"] for c in self.report["charts"]])
        self.assertIn("Uten publiserte tall: det finnes ingen gjeldende utgivelse", page)
        self.assertNotIn("Publiserte tall til sammenlikning", page)

    def test_logged(self):
        self.v.ctl("own", "--tenant", self.own.orgnr, "--to", text(self.now - 1), "--operator", "ola", "--reason", "årsrapport")
        rows = sqlite3.connect(f"file:{self.v.demo}/data/control.db?mode=ro", uri=True).execute(
            "SELECT operator, reason, detail FROM action WHERE command = 'own' ORDER BY id DESC LIMIT 1").fetchall()
        self.assertEqual(rows[0][:2], ("ola", "årsrapport"))
        self.assertEqual(json.loads(rows[0][2]), {"tenant": self.own.orgnr, "to": text(self.now - 1)})

    def test_nothing_yet(self):
        numbers = organisation_numbers()
        trust = self.v.register(Organisation(next(numbers), "Nytt HF"))
        empty = json.loads(self.v.ctl("own", "--tenant", trust.orgnr, "--json").stdout)
        self.assertEqual({v for c in empty["charts"] for v in c["values"]}, {".."})
        self.assertEqual({c["run"]["verdict"] for c in empty["charts"]}, {"too-few"})
        page = self.v.ctl("own", "--tenant", trust.orgnr, "--html").stdout
        self.assertEqual(Page(page).faults, [])
        self.assertIn("For få måneder", page)

    def test_refused(self):
        company = self.v.register(Organisation("310000248", "Regional IKT AS", "processor"))
        for words, code in ((["--tenant", "310000018"], "organisation-number"), (["--tenant", "310000221"], "tenant-unknown"),
                            (["--tenant", company.orgnr], "tenant-not-owner"), ([], "usage"),
                            (["--tenant", self.own.orgnr, "--from", "2026"], "argument-value"),
                            (["--tenant", self.own.orgnr, "--to", "2999-01"], "argument-value"),
                            (["--tenant", self.own.orgnr, "--html", "--json"], "usage")):
            run = self.v.ctl("own", *words, *([] if "--json" in words else ["--json"]), check=False)
            self.assertEqual((run.returncode, run.stdout), (2, ""), words)
            self.assertEqual(json.loads(run.stderr)["error"]["code"], code, words)


if __name__ == "__main__":
    unittest.main()
