#!/usr/bin/python3
"""The private report of a release, as its officer and its director get it: figures that
agree with the tables, sentences that agree with the figures, a page that agrees with both."""
import collections
import html.parser
import json
import pathlib
import re
import sqlite3
import sys
import unittest

HERE = pathlib.Path(__file__).parent
sys.path[:0] = [str(HERE.parent / "http"), str(HERE)]
from country import Country  # noqa: E402
from varde import Organisation, Varde, organisation_numbers  # noqa: E402

NAME = 'Sykehuset <b>"Nord"</b> & \'Sør\' HF'
VOID = {"meta", "br"}
SHAPES = {"rect", "line", "path"}
CLASSES = ["incident", "near_miss", "hazard"]
LEVELS = ["nation", "rhf", "hf", "county", "municipality"]


class Page(html.parser.HTMLParser):
    """Elements in order, with their text; fails on what is not closed in turn."""

    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.open, self.ids, self.links, self.tags = [], collections.Counter(), [], collections.Counter()
        self.tables, self.texts, self.headings, self.labels, self.images, self.lang = {}, [], [], [], 0, None
        self.attributes, self.regions = [], []
        self.feed(text)
        self.close()
        assert self.open == [], self.open

    def handle_starttag(self, tag, attributes):
        a = dict(attributes)
        assert len(a) == len(attributes), (tag, attributes)
        self.tags[tag] += 1
        self.attributes += a.items()
        if tag == "html":
            self.lang = a["lang"]
        if "id" in a:
            self.ids[a["id"]] += 1
        if tag == "a":
            self.links.append(a["href"])
        if tag == "svg":
            assert a["role"] == "img" and a["aria-label"], a
        if a.get("role") == "region":
            self.regions.append(a["aria-label"])
        if tag == "table":
            self.table = self.tables[a["id"]] = []
        if tag == "tr":
            self.table.append([])
        if tag in ("td", "th"):
            assert tag == "td" or a["scope"] in ("row", "col"), a
            self.table[-1].append("")
        if re.fullmatch("h[1-6]", tag):
            self.headings.append(int(tag[1]))
        if tag not in VOID | SHAPES:
            self.open.append(tag)

    def handle_startendtag(self, tag, attributes):
        assert tag in SHAPES, tag
        self.tags[tag] += 1
        self.attributes += attributes

    def handle_endtag(self, tag):
        assert self.open and self.open[-1] == tag, (tag, self.open)
        self.open.pop()

    def handle_data(self, data):
        if "style" in self.open:
            self.style = data
            return
        self.texts.append(data)
        if self.open and ("td" in self.open or "th" in self.open):
            self.table[-1][-1] += data

    @property
    def text(self):
        return re.sub(r"[ \n]+", " ", "".join(self.texts))

    def rows(self, id):
        """{first cell: the others} of a table."""
        rows = {r[0]: r[1:] for r in self.tables[id][1:]}
        assert len(rows) == len(self.tables[id]) - 1
        return rows


def share(part, whole, lang="nb"):
    """A share with one decimal, by a rule of our own: never 0 or 100 unless it is."""
    if not whole:
        return "–"
    tenths = int(1000 * part / whole + 0.5)
    if part and tenths == 0:
        tenths = 1
    if part < whole and tenths == 1000:
        tenths = 999
    text = f"{tenths // 10}.{tenths % 10}"
    return f"{text}%" if lang == "en" else text.replace(".", ",") + "\u00a0%"


def percent(part, whole):
    """The same in whole percents, without the sign."""
    if not whole:
        return "–"
    return str(min(99, max(1, int(100 * part / whole + 0.5))) if 0 < part < whole else 100 * part // whole)


class Report:
    """What the tests of any release ask of its report."""

    def outputs(self):
        self.show = self.v.ctl("release", "show", self.release, "--json").stdout
        self.report = json.loads(self.show)
        self.page = Page(self.v.ctl("release", "show", self.release, "--html").stdout)

    def words(self, about, lang="nb"):
        return [w[lang].replace("\u00a0", " ") for w in self.report["words"] if w["about"] == about]

    def table(self, id):
        return next(t for t in self.report["tables"] if t["id"] == id)

    def test_same_bytes_each_time(self):
        self.assertEqual(self.v.ctl("release", "show", self.release, "--json").stdout, self.show)
        self.assertEqual(self.v.ctl("release", "audit", self.release, "--json").stdout, self.show)
        pages = {self.v.ctl("release", verb, self.release, "--html", "--lang", "en").stdout for verb in ("show", "audit")}
        self.assertEqual(len(pages), 1)

    def test_forms_exclude_each_other(self):
        for words, where in ((("--html", "--lang", "sv"), "lang"), (("--html", "--json"), "html"), (("--lang", "en"), "lang")):
            for verb in ("show", "audit"):
                run = self.v.ctl("release", verb, self.release, *words, check=False)
                self.assertEqual((run.returncode, run.stdout), (2, ""), words)
                self.assertIn("argument-value", run.stderr)
                self.assertIn(where, run.stderr)

    def test_figures_add_up(self):
        r = self.report
        self.assertIs(r["safe"], True)
        for c in r["classes"]:
            f = c["figures"]
            self.assertEqual(f["shown"] + f["hidden"], f["cells"])
            self.assertEqual(c["primary"] + c["secondary"] + c["held"], f["hidden"])
            self.assertLessEqual(f["hidden_value"], f["value"])
            self.assertEqual([b["figure"] for b in c["bars"]], [c["small_shown"]] + [c["audit"][k] for k in (
                "recoverable", "single", "narrow", "revealed", "insiders_succeed", "not_additive")])
            self.assertTrue(all(b["kept"] for b in c["bars"]))
        for t in r["tables"]:
            def total(list, key):
                return sum(x[key] for x in list)
            for key in ("cells", "shown", "hidden", "missing", "value", "hidden_value"):
                self.assertEqual(t["figures"][key], total(t["levels"].values(), key), t["id"])
                self.assertEqual(t["figures"][key], total((t["classes"][c]["figures"] for c in CLASSES), key), t["id"])
                for c in CLASSES:
                    k = t["classes"][c]
                    self.assertEqual(k["figures"][key], total(k["levels"].values(), key), t["id"])
            for d in t["dimensions"]:
                for c in CLASSES:
                    for key in ("cells", "hidden"):
                        self.assertEqual(t["classes"][c]["figures"][key],
                                         total((k["classes"][c] for k in d["categories"]), key), (t["id"], d["code"]))

    def test_figures_are_those_of_the_published_file(self):
        path = self.v.demo / "data/releases" / self.release / "public/public.db"
        db = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
        found = collections.defaultdict(collections.Counter)
        for id, mark in db.execute("SELECT table_id, ifnull(mark, '') FROM cell"):
            found[id][mark] += 1
        db.close()
        self.assertEqual(sorted(found), sorted(t["id"] for t in self.report["tables"]))
        for t in self.report["tables"]:
            self.assertEqual(found[t["id"]][":"], t["figures"]["hidden"], t["id"])
            self.assertEqual(found[t["id"]][""], t["figures"]["shown"], t["id"])
            self.assertEqual(found[t["id"]][".."] + found[t["id"]]["."], t["figures"]["missing"], t["id"])

    def test_page_is_whole_in_itself(self):
        p = self.page
        self.assertEqual(p.lang, "nb")
        self.assertEqual(set(p.tags) & {"script", "link", "img", "iframe", "object", "embed", "image", "use", "base", "form"}, set())
        self.assertEqual({n for n in p.ids.values()}, {1})
        self.assertTrue(all(href.startswith("#") and href[1:] in p.ids for href in p.links), p.links)
        self.assertEqual([v for k, v in p.attributes if k.startswith("on") or re.search("https?:|//|url\\(|javascript:", v or "")], [])
        self.assertEqual(re.findall(r"@import|url\(|https?:", p.style), [])
        self.assertIn(("content", "default-src 'none'; style-src 'unsafe-inline'"), p.attributes)
        self.assertEqual(p.headings[0], 1)
        self.assertTrue(all(b <= a + 1 for a, b in zip(p.headings, p.headings[1:])), p.headings)
        self.assertEqual(len(set(p.regions)), len(p.tables), p.regions)
        for id in p.tables:
            self.assertEqual(len({len(row) for row in p.tables[id]}), 1, id)

    def test_page_says_every_sentence(self):
        for lang in ("nb", "en"):
            page = Page(self.v.ctl("release", "show", self.release, "--html", "--lang", lang).stdout)
            self.assertEqual(page.lang, lang)
            for w in self.report["words"]:
                self.assertIn(w[lang], page.text)
                self.assertRegex(w[lang], r"^[A-ZÆØÅ0-9].*\.$")
                self.assertNotIn("  ", w[lang])

    def test_numbers_of_the_page_are_those_of_the_report(self):
        r, p = self.report, self.page
        bars = p.tables["bars-table"][1:]
        self.assertEqual(len(bars), len(r["classes"][0]["bars"]))
        for i, row in enumerate(bars):
            self.assertEqual(row[1:4], [f"{c['bars'][i]['figure']} av {c['bars'][i]['of']}" for c in r["classes"]])
            self.assertEqual(row[0], r["classes"][0]["bars"][i]["nb"])
            self.assertEqual(row[5], "✓ holdt")
        for row, c in zip(p.tables["cost-table"][1:], r["classes"], strict=True):
            f = c["figures"]
            self.assertEqual(row[1:], [str(f["cells"]), str(f["shown"]), str(f["hidden"]), share(f["hidden"], f["cells"]),
                                       str(c["primary"]), str(c["secondary"]), str(c["held"]),
                                       share(f["hidden_value"], f["value"])])
        levels = p.rows("levels-table")
        self.assertEqual(list(levels), [t["id"] for t in r["tables"]])
        for t in r["tables"]:
            cells = [t["classes"]["incident"]["levels"].get(level, {"hidden": 0, "cells": 0}) for level in LEVELS]
            cells += [t["classes"]["incident"]["figures"], t["figures"]]
            cells += [t["previous"] or {"hidden": 0, "cells": 0}] if r["previous"] else []
            self.assertEqual(levels[t["id"]][1:], [share(c["hidden"], c["cells"]) for c in cells], t["id"])
            self.assertTrue(levels[t["id"]][0].startswith(t["label_nb"]))
        quarters = p.rows("coverage-table")
        self.assertEqual(list(quarters), [q["quarter"] for q in r["quarters"]])
        for q in r["quarters"]:
            self.assertEqual(quarters[q["quarter"]], [str(q[k]) for k in ("hospitals", "hospitals_of", "municipalities",
                                                                          "municipalities_of")] + ["brudd" if q["break"] else ""])
        for row, c in zip(p.tables["reports-table"][1:], r["classes"]):
            self.assertEqual(row[1:], [str(c["reports"][k]) for k in ("counted", "pending", "before_coverage", "too_late", "no_year")])
        self.assertEqual([row[0:3] for row in p.tables["regions-table"][1:]],
                         [[x["label_nb"], str(x["contributors"]), str(x["of"])] for x in r["regions"]])

    def test_thin_is_shown_by_table_and_category(self):
        shown = [t for t in self.report["tables"] if t["figures"]["cells"]]
        dimensions = {d["code"] for t in shown for d in t["dimensions"][:-1]}
        self.assertEqual(dimensions, {id[5:] for id in self.page.tables if id.startswith("thin-")})
        for code in dimensions:
            table = self.page.tables[f"thin-{code}"]
            for row in table[1:]:
                for id, text in zip(table[0][1:], row[1:], strict=True):
                    categories = next(d for d in self.table(id)["dimensions"] if d["code"] == code)["categories"]
                    cells = next((k["classes"]["incident"] for k in categories if k["label_nb"] == row[0]),
                                 {"cells": 0, "hidden": 0})
                    self.assertEqual(text, percent(cells["hidden"], cells["cells"]), (code, id, row[0]))
        for thin in self.report["thin"]:
            self.assertGreater(2 * thin["hidden"], thin["cells"])
            same = [k["classes"]["incident"] for t in shown for d in t["dimensions"] if d["code"] == thin["dimension"]
                    for k in d["categories"] if k["code"] == thin["code"] and not k["total"]]
            self.assertEqual((sum(c["cells"] for c in same), sum(c["hidden"] for c in same)), (thin["cells"], thin["hidden"]))

    def test_text_begins_with_the_verdict(self):
        text = self.v.ctl("release", "show", self.release).stdout
        self.assertEqual(text.splitlines()[2], "SAFE: " + self.words("verdict", "en")[0])
        for about in ("overview", "start", "later", "thin"):
            for sentence in self.words(about, "en"):
                self.assertIn("- " + sentence, text.replace("\u00a0", " "))


class Made(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.v = Varde()
        cls.addClassCleanup(cls.v.__exit__, None, None, None)
        cls.v.__enter__()
        cls.make()
        cls.outputs(cls)


class SmallStart(Report, Made):
    """Three trusts in two regions, since July."""
    release = "2026K3"

    @classmethod
    def make(cls):
        country = Country(cls.v, trusts=2)
        third = cls.v.register(Organisation(next(organisation_numbers(33000000)), NAME))
        country.trusts.append(third)
        country.region = dict(zip((t.orgnr for t in country.trusts), ("helse_vest", "helse_vest", "helse_nord")))
        country.fill(["2026-07", "2026-08", "2026-09"], 25)
        country.cover("2026-07")
        run = cls.v.ctl("release", "build", "--json")
        assert json.loads(run.stdout)["release"] == cls.release

    def test_says_what_a_small_start_may_publish_and_why(self):
        start = self.words("start")
        self.assertEqual(start[0], "Starten er liten: 3 helseforetak i 2 regioner rapporterer.")
        self.assertRegex(start[1], "^Dette vises nå så godt som i sin helhet: ")
        self.assertRegex(start[2], "^Dette er for det meste skjult, fordi hver melder for lite: månedstall etter helseforetak; "
                         ".*kvartalstall for landet og regionene etter hendelsestype")
        self.assertEqual(start[3], "Helse Nord RHF: bare ett helseforetak rapporterer, så tallene er dette foretakets egne og "
                         "vises aldri under 5.")
        self.assertRegex(start[4], "^Helse Vest RHF: bare to helseforetak rapporterer, og hver kan trekke sine egne tall fra summen")
        self.assertEqual(len(start), 5)
        self.assertEqual(self.words("later"), ["Tall for hele år fra sykehusene kommer når året 2027 er over."])

    def test_what_is_called_visible_and_hidden_is(self):
        listed = {True: self.words("start", "en")[1], False: self.words("start", "en")[2]}
        names = {"V1010": "quarterly figures for the country and the regions", "V1020": "monthly figures by health trust",
                 "V1050": "quarterly figures for the country and the regions by event type",
                 "V1060": "quarterly figures for the country and the regions by severity",
                 "V1040": "quarterly figures for the country by event type and severity"}
        for id, name in names.items():
            levels = self.table(id)["classes"]["incident"]["levels"]
            cells = [levels["hf"]] if "hf" in levels else levels.values()
            hidden = sum(c["hidden"] for c in cells) / sum(c["cells"] for c in cells)
            members = {k: re.split("; |: |\\.", text) for k, text in listed.items()}
            self.assertEqual(name in members[True], hidden < 0.1, (id, hidden, listed))
            self.assertEqual(name in members[False], hidden >= 0.5, (id, hidden, listed))

    def test_who_contributes(self):
        regions = {(r["code"], r["municipal"]): (r["contributors"], r["of"]) for r in self.report["regions"]}
        hospitals = sum(t.kind != "municipality" for t in self.v.tenants) + 3
        self.assertEqual(regions["NO", False], (3, hospitals))
        self.assertEqual(regions["helse_vest", False], (2, 2))
        self.assertEqual(regions["helse_nord", False], (1, 1))
        self.assertEqual([(q["quarter"], q["hospitals"], q["hospitals_of"], q["break"]) for q in self.report["quarters"]],
                         [("2026K3", 3, hospitals, False)])
        self.assertIn(f"Gjennom hele 3. kvartal 2026 rapporterte 3 av {hospitals} helseforetak og andre sykehus.",
                      self.words("overview"))
        self.assertIsNone(self.report["previous"])

    def test_a_name_is_text_and_no_markup(self):
        self.assertIn(NAME, self.page.text)
        self.assertEqual(self.page.tags["b"], 0)


class SecondRelease(Report, Made):
    """A small country whose first release was withdrawn and made again with late reports."""
    release = "2026K3-2"

    @classmethod
    def make(cls):
        country = Country(cls.v, trusts=8)
        country.fill([f"2026-{m:02}" for m in range(4, 10)], 24)
        country.cover("2026-04")
        cls.v.ctl("tenant", "set", country.trusts[4].orgnr, "--coverage-start", "2026-07")
        cls.first = json.loads(cls.v.ctl("release", "build", "--json").stdout)
        cls.v.ctl("release", "promote", "2026K3")
        cls.v.ctl("release", "withdraw", "2026K3", "--reason", "reports came late")
        for _ in range(2):
            country.report(country.trusts[0], "2026-09", 1)
        cls.v.ctl("release", "build", "--name", cls.release)
        cls.v.ctl("release", "promote", cls.release)

    def test_a_withdrawn_release_is_examined_as_it_stood(self):
        self.assertEqual(json.loads(self.v.ctl("release", "audit", "2026K3", "--json").stdout), self.first)

    def test_is_compared_with_the_one_before(self):
        self.assertEqual(self.report["previous"], "2026K3")
        before = {t["id"]: t["figures"] for t in self.first["tables"]}
        now = collections.Counter()
        for t in self.report["tables"]:
            if t["previous"]:
                self.assertEqual(t["previous"], {k: before[t["id"]][k] for k in ("cells", "shown", "hidden")})
            now.update({k: t["figures"][k] for k in ("cells", "hidden")})
        then = {k: sum(f[k] for f in before.values()) for k in ("cells", "hidden")}
        self.assertIn(f"Forrige utgivelse, 2026K3, skjulte {round(100 * then['hidden'] / then['cells'])} % av det som står i "
                      f"tabellene; denne skjuler {round(100 * now['hidden'] / now['cells'])} %.", self.words("overview"))
        self.assertEqual(self.page.tables["levels-table"][0][-1], "2026K3")
        # What differs by two from a figure that people have seen is hidden on that account.
        self.assertGreater(sum(c["held"] for c in self.report["classes"]), 0)

    def test_a_trust_that_joined_is_a_break(self):
        self.assertEqual([(q["quarter"], q["hospitals"], q["break"]) for q in self.report["quarters"]],
                         [("2026K2", 7, False), ("2026K3", 8, True)])

    def test_table_sentences_agree_with_the_figures(self):
        for id, subject, unit, of in (("V1050", "For the country and the regions by event type", "quarterly", ("nation", "rhf")),
                                      ("V1060", "For the country and the regions by severity", "quarterly", ("nation", "rhf")),
                                      ("V1020", "By health trust", "monthly", ("hf",))):
            levels = self.table(id)["classes"]["incident"]["levels"]
            hidden, cells = (sum(levels[level][k] for level in of) for k in ("hidden", "cells"))
            sentence, = (w for w in self.words("tables", "en") if re.match(f"{subject} (nearly all|all|most) {unit} figures", w))
            self.assertIn(f"({percent(hidden, cells)}%" if 0 < hidden < cells else " all ", sentence)
            self.assertIn("hidden" if 2 * hidden >= cells else "visible", sentence)


if __name__ == "__main__":
    unittest.main(verbosity=2)
