#!/usr/bin/python3
"""Markers and side channels: no slice, format, order, size, tag, header, error or time
tells one hidden figure from another."""
import itertools
import json
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from story import Story  # noqa: E402
import build  # noqa: E402
import channels  # noqa: E402

TOOL = sys.argv.pop(1)
CLEAR, SEEN, SAMPLES, ROUNDS = 0.12, 0.25, 300, 3


class Channels(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.story = Story(TOOL, "real", ["2024-03", "2024-06"], trusts=8, last="2024-06", reports=4000)
        cls.story.__enter__()
        cls.addClassCleanup(cls.story.__exit__, None, None, None)
        cls.story.run()
        cls.api, (_, cls.tables) = cls.story.api, cls.story.answers[-1]
        cls.truth = cls.story.attack()

    def true_value(self, table, key):
        """What the counts say of a cell of a hospital table."""
        by = dict(zip(table.dimensions, key))
        for s, x in zip(self.truth.systems, self.truth.truths):
            if s.family == "hospital" and s.event_class == by["Hendelsesklasse"]:
                cube = s.cubes[s.cube_for([d for d in table.dimensions if d != "Hendelsesklasse"])]
                return int(x[cube.columns(by)].sum())
        raise KeyError(key)

    def sorted_cells(self, table):
        """Keys by what stands there: shown, hidden small, hidden beside."""
        kinds = {"shown": [], "zero": [], "small": [], "beside": []}
        for key, value in table.cells.items():
            if isinstance(value, int):
                kinds["shown"].append(key)
            elif value == ":":
                true = self.true_value(table, key)
                kinds["zero" if true == 0 else "small" if true < 5 else "beside"].append(key)
        return kinds

    def test_marks(self):
        """One mark for what is hidden; a number or a mark in every place."""
        seen = {type(v) if isinstance(v, int) else v for t in self.tables.values() for v in t.cells.values()}
        self.assertLessEqual(seen, {int, ":", "..", "."})
        for table in self.tables.values():
            size = 1
            for d in table.dimensions:
                size *= len(table.codes[d])
            self.assertEqual(len(table.cells), size)

    def test_every_way_to_ask(self):
        """JSON, csv, POST, elimination, top: the same figures and marks, and no others."""
        compared = 0
        for table in self.tables.values():
            for how, chosen, figures in channels.slices(self.api, table, 3, table.id):
                got = channels.as_table(table, figures)
                self.assertEqual(got, channels.expected(table, chosen), (table.id, how))
                compared += len(got)
        print(f"{compared} figures asked for in slices", flush=True)

    def test_no_sum_when_asked(self):
        for id, table in self.tables.items():
            for more in ({"codelist[Region]": "agg_x"}, {"outputvalues[Region]": "aggregated"}):
                for key in list(table.cells)[:2]:
                    answer = channels.ask_cell(self.api, table, key, **more)
                    self.assertEqual(answer.status, 403, id)
                    self.assertEqual(json.loads(answer.body)["code"], "aggregation-refused")

    def test_order(self):
        """Codes stand in one order, whatever is counted."""
        first, second = (dict(tables) for _, tables in self.story.answers)
        for id, table in first.items():
            for d in table.dimensions:
                later = [c for c in second[id].codes[d] if c in table.codes[d]]
                self.assertEqual(later, table.codes[d])
        for order in {tuple(t.codes["Region"]) for t in self.tables.values()}:
            trusts = [c for c in order if c.isdigit()]
            self.assertEqual(trusts, sorted(trusts))

    def test_size_and_headers(self):
        """Hidden cells answer in equal sizes, whatever stands behind them."""
        compared = 0
        for table in self.tables.values():
            groups = {}
            for kind, keys in self.sorted_cells(table).items():
                for key in keys[:40]:
                    answer = channels.ask_cell(self.api, table, key)
                    headers = tuple(sorted((n, v) for n, v in answer.headers.items() if n not in channels.NEVER_ALIKE))
                    groups.setdefault(kind != "shown", set()).add((self.without_names(answer.body), headers))
                    compared += 1
            self.assertLessEqual(len(groups.get(True, ())), 1, (table.id, list(groups.get(True, ()))[:3]))
        self.assertGreater(compared, 100)

    @staticmethod
    def without_names(body):
        """An answer but for the codes and texts that were asked for, and how long they are."""
        dataset, names = json.loads(body), len(json.loads(body)["label"].encode())
        dataset["label"] = ""
        for d in dataset["dimension"].values():
            names += sum(2 * len(code.encode()) + len(label.encode()) for code, label in d["category"]["label"].items())
            d["category"] = len(d["category"]["index"])
        return json.dumps(dataset, sort_keys=True), len(body) - names

    def test_tags(self):
        """A tag tells the release and the question, and not whether figures changed."""
        (old, first), (new, _) = self.story.answers
        tags = {}
        for name in (old, new, old, new):  # the last promoted stays for the other tests
            self.story.service.promote(name)
            for table in first.values():
                asked = channels.query(dict(zip(table.dimensions, next(iter(table.cells)))), table.contents[0])
                answer = self.api.ask(f"/api/v2/tables/{table.id}/data", query=asked)
                tags.setdefault(name, []).append(answer.headers["ETag"])
        half = len(first)
        for name in (old, new):
            self.assertEqual(tags[name][:half], tags[name][half:])
            self.assertEqual(len(set(tags[name])), half)
            listed = self.api.json(f"/releases/{name}/api/v2/tables", query={"pageSize": "1000"})["tables"]
            self.assertEqual(len({t["updated"] for t in listed}), 1)
        self.assertFalse(set(tags[old]) & set(tags[new]))

    def test_errors(self):
        """What is wrong with a question is told without looking at figures."""
        for table in self.tables.values():
            answers = {}
            for kind, keys in self.sorted_cells(table).items():
                for key in keys[:3]:
                    by = dict(zip(table.dimensions, key))
                    for fault, change in (("unknown", {"Hendelsesklasse": "nobody"}), ("twice", {"Tid": "range(2030,1999)"}),
                                          ("mask", {"Region": "x*"})):
                        asked = channels.query({**by, **change}, table.contents[0])
                        answer = self.api.ask(f"/api/v2/tables/{table.id}/data", query=asked)
                        self.assertGreaterEqual(answer.status, 400)
                        body = json.loads(answer.body)
                        body.pop("trace_id", None)
                        answers.setdefault(fault, set()).add(json.dumps(body, sort_keys=True))
            for fault, bodies in answers.items():
                self.assertEqual(len(bodies), 1, (table.id, fault))

    def test_nothing_behind(self):
        """Other counts behind the same figures: the release has the same bytes."""
        rows, table = self.story.country.rows("2024-03"), self.story.answers[0][1]["V1050"]
        tried = 0
        for moved in self.moves(rows, table):
            path = self.story.folder / "moved.counts"
            self.story.country.write(path, "2024-03", moved)
            out = self.story.folder / f"moved-{tried}"
            out.mkdir()
            build.build(TOOL, "real", self.story.schemas, path, out, "2024-03")
            tried += 1
            if (out / "2024-03/public.db").read_bytes() == (self.story.service.published / "2024-03/public.db").read_bytes():
                mine = (out / "2024-03/manifest.json").read_bytes()
                self.assertEqual(mine, (self.story.service.published / "2024-03/manifest.json").read_bytes())
                print(f"the same release from other counts, after {tried} tries", flush=True)
                return
        self.fail(f"no other counts gave the same release in {tried} tries")

    def moves(self, rows, table, most=40):
        """Trusts of two regions exchange the type of as many reports, alike in all else: the
        sums of each region and of each type stay, only hidden cells change."""
        hidden = {key for key, value in table.cells.items() if value == ":"}
        region = {o[0]: o[2] for o in self.story.country.organisations}
        alike = {}
        for i, r in enumerate(rows):
            alike.setdefault(r._replace(org="", type=""), []).append(i)
        count = 0
        for i, k in itertools.chain.from_iterable(itertools.combinations(same, 2) for same in alike.values()):
            one, other = rows[i], rows[k]
            if region[one.org] == region[other.org] or one.type == other.type:
                continue
            cells = [self.key(table, region[r.org], r.class_, kind) for r in (one, other) for kind in (one.type, other.type)]
            if not all(c in hidden for c in cells):
                continue
            moved = list(rows)
            moved[i], moved[k] = one._replace(type=other.type), other._replace(type=one.type)
            yield moved
            count += 1
            if count == most:
                return

    @staticmethod
    def key(table, region, event_class, kind):
        by = {"Region": region, "Hendelsesklasse": event_class, "Hendelsestype": kind, "Tid": "2024K1"}
        return tuple(by[d] for d in table.dimensions)

    def test_time(self):
        """How long it takes does not depend on what stands behind a mark."""
        table = self.tables["V1050"]
        sorted_cells = self.sorted_cells(table)
        path = f"/api/v2/tables/{table.id}/data"
        kinds = {kind: [(path, channels.query(dict(zip(table.dimensions, key)), table.contents[0])) for key in keys]
                 for kind, keys in sorted_cells.items() if len(keys) > 5}
        largest = max(self.tables.values(), key=lambda t: len(t.cells))
        kinds["control"] = [(f"/api/v2/tables/{largest.id}/data", channels.query({d: "*" for d in largest.dimensions}, "*"))]
        self.assertLessEqual({"shown", "small", "beside"}, set(kinds))
        against = [("shown", "small"), ("small", "beside")] + [("zero", "small")] * ("zero" in kinds)
        for round in range(ROUNDS):
            took = channels.times(self.api, kinds, SAMPLES, round)
            seen = channels.effect(took["control"], took["small"])
            effects = {pair: channels.effect(took[pair[0]], took[pair[1]]) for pair in against}
            print(f"control {seen:.3f}, " + ", ".join(f"{a} against {b} {e:+.3f}" for (a, b), e in effects.items()), flush=True)
            if seen > SEEN and all(abs(e) < CLEAR for e in effects.values()):
                return
        self.fail("a difference in time in each round")


if __name__ == "__main__":
    unittest.main()
