#!/usr/bin/python3
"""What vardectl suppress does not take: exit status 2, nothing on standard output, the cell named."""

import json
import os
import subprocess
import tempfile
import unittest

from command import VARDECTL, cell, protect, refused, run

ORG = {"org": {"A": "all", "B": "all"}}


def table(*cells, **top):
    return {"cells": list(cells), "hierarchies": ORG, **top}


class Refusals(unittest.TestCase):
    def check(self, code, where, what, *args, **options):
        got = refused(*args, **options)
        self.assertEqual(got[:2], (code, where))
        self.assertIn(what, got[2])

    def test_json_that_is_none(self):
        for text, place in ((b"", "1:0"), (b'{"cells":[]', "1:11"), (b'{"cells":[],"cells":[]}', "1:19"),
                            (b'{"cells":[{"key":{"a":"x","a":"y"},"value":1}]}', None), (b'{"cells":[]} x', None),
                            (b'\xef\xbb\xbf{"cells":[]}', None), (b'{"cells":[],"\xff":1}', None), (b"{\0}", ""),
                            (b'{"cells":[{"key":{},"value":99999999999999999999}]}', None), (b"[" * 40 + b"]" * 40, "")):
            code, where, _ = refused(text)
            self.assertEqual(code, "invalid-json", text)
            if place is not None:
                self.assertEqual(where, place, text)
        self.check("invalid-json", "forced: 2:0", "", table(), forced=b'{"cells":\n')
        self.check("invalid-json", "known", "", table(), known=b"\0")

    def test_another_shape(self):
        for value in (None, 1, "cells", [], {}, {"cells": {}}, {"cells": None}):
            self.check("table-malformed", "", "cells", value)
        for text in (b"[]", b'{"audit":{}}'):
            self.check("table-malformed", "forced", "cells", table(), forced=text)

    def test_members_that_mean_nothing_are_named(self):
        self.check("table-malformed", "", '"hierarchy"', table(hierarchy={}))
        self.check("table-malformed", "", '"audit"', table(audit={}))
        self.check("table-malformed", "known", '"audit"', table(), known={"cells": [], "audit": {}})
        self.check("table-malformed", "forced", '"x"', table(), forced={"cells": [], "x": 1})
        self.assertEqual(protect(table(), forced={"cells": [], "audit": {}, "hierarchies": {}})["cells"], [])

    def test_cells_that_are_none(self):
        good = cell(9, org="A")
        for bad in (None, 7, "x", []):
            self.check("table-malformed", "cells[1]", "a cell is an object", table(good, bad))
        for bad in ({}, {"value": 3}, {"key": None, "value": 3}, {"key": "A", "value": 3}, {"key": [], "value": 3}):
            self.check("table-malformed", "cells[1]", '"key"', table(good, bad))
        for bad in (None, 1, True, ["A"], {}):
            self.check("table-malformed", f'cells[1] {{"org":{json.dumps(bad)}}}', '"org"', table(good, cell(3, org=bad)))

    def test_values_that_are_no_counts(self):
        for bad, what in ((None, "whole number"), ("7", "whole number"), (True, "whole number"), (1.5, "whole number"),
                          (5.0, "whole number"), ([], "whole number"), (-1, "negative"), (10**12 + 1, "more than"),
                          (2**63 - 1, "more than")):
            self.check("cell-value", 'cells[1] {"org":"B"}', what, table(cell(9, org="A"), cell(bad, org="B")))
        self.check("cell-value", 'cells[0] {"org":"A"}', "whole number", table({"key": {"org": "A"}}))
        self.check("cell-value", "not given: {}", "more than", table(cell(10**12, org="A"), cell(10**12, org="B")))

    def test_an_unknown_category(self):
        self.check("category-unknown", 'cells[1] {"org":"C"}', '"org"', table(cell(9, org="A"), cell(9, org="C")))
        self.check("category-unknown", 'forced: cells[0] {"org":"C"}', '"org"', table(cell(9, org="A")),
                   forced={"cells": [cell(9, org="C")]})
        self.check("dimension-unknown", 'known: cells[0] {"year":"2025"}', '"year"', table(cell(9, org="A")),
                   known={"cells": [cell(9, year="2025")]})
        self.check("dimension-unknown", "organisation", "", table(cell(9, org="A")), "--organisation", "hf")

    def test_one_cell_twice(self):
        self.check("cell-twice", 'cells[2] {"org":"A"}', "cells[0]", table(cell(9, org="A"), cell(9), cell(9, org="A")))
        self.check("cell-twice", 'cells[1] {"org":"all"}', "cells[0]", table(cell(9), cell(9, org="all")))
        self.check("cell-twice", 'known: cells[1] {}', "cells[0]", table(), known={"cells": [cell(9), cell(9)]})

    def test_an_output_is_no_input(self):
        output = protect(table(cell(2, org="A"), cell(9, org="B")))
        del output["audit"]
        self.check("table-malformed", 'cells[0] {"org":"A"}', "--forced", {**output, "hierarchies": ORG})
        for bad in ({"key": {}, "value": 7, "suppressed": True}, {"key": {}, "suppressed": True},
                    {"key": {}, "value": None}, {"key": {}, "value": None, "suppressed": False}):
            self.check("cell-value", "forced: cells[0] {}", "", table(), forced={"cells": [bad]})
        self.check("table-malformed", "forced: cells[0] {}", "true or false", table(),
                   forced={"cells": [{"key": {}, "value": None, "suppressed": 1}]})

    def test_what_was_said_before_was_another_figure(self):
        for name, what in (("forced", "published with another value"), ("known", "known with another value")):
            self.check("cell-differs", name + ': cells[0] {"org":"A"}', what, table(cell(9, org="A")),
                       **{name: {"cells": [cell(8, org="A")]}})

    def test_a_sum_that_is_none(self):
        self.check("sum-differs", "cells[2] {}", '"org"', table(cell(9, org="A"), cell(10, org="B"), cell(20)))
        self.check("sum-differs", "cells[0] {}", '"org"', table(cell(20), cell(9, org="A"), cell(10, org="B")))
        # More than the total already.
        self.check("sum-differs", 'cells[0] {"org":"all"}', '"org"', table(cell(8, org="all"), cell(9, org="A")))
        # Of a flat dimension, and of one table in two dimensions.
        flat = [cell(5, a=a, b=b) for a in "xy" for b in "pq"] + [cell(10, a="x"), cell(11, b="q")]
        self.check("sum-differs", 'cells[5] {"b":"q"}', '"a"', {"cells": flat})
        # Right in one dimension, wrong in the other.
        ways = [cell(20), cell(10, a="x"), cell(10, a="y"), cell(5, b="p"), cell(5, b="q")]
        self.check("sum-differs", "cells[0] {}", '"b"', {"cells": ways})
        # Known to be more than the whole.
        self.check("sum-differs", "cells[0] {}", '"org"', table(cell(20)), known={"cells": [cell(30, org="A")]})

    def test_hierarchies_that_are_none(self):
        for bad, where in (
                ([], "hierarchies"), (7, "hierarchies"), ({"org": []}, 'hierarchies: "org"'),
                ({"org": {"A": 1}}, 'hierarchies: "org": "A"'), ({"org": {"A": "all", "B": 2}}, 'hierarchies: "org": "B"'),
                ({"org": {"A": "all", "B": [["A"]]}}, 'hierarchies: "org": "B"'),
                ({"org": {"all": [["A"]], "B": "all"}}, 'hierarchies: "org": "B"'),
                ({"org": {"all": ["A", "B"]}}, 'hierarchies: "org": "all"'), ({"org": {"all": []}}, 'hierarchies: "org": "all"'),
                ({"org": {"all": [[]]}}, 'hierarchies: "org": "all"'), ({"org": {"all": [["A", 3]]}}, 'hierarchies: "org": "all"')):
            self.check("hierarchy-malformed", where, "", {"cells": [], "hierarchies": bad})

    def test_cycles_and_overlaps_name_the_category(self):
        for bad, code, culprits in (
                ({"A": "B", "B": "A"}, "hierarchy-cycle", "AB"), ({"A": "A"}, "hierarchy-cycle", "A"),
                ({"A": "B", "B": "C", "C": "D", "D": "B"}, "hierarchy-cycle", "BCD"),
                ({"P": [["A", "A"]]}, "hierarchy-overlap", "P"),
                ({"P": [["A", "B"]], "Q": [["P", "A"]]}, "hierarchy-overlap", "Q")):
            got = refused({"cells": [], "hierarchies": {"org": bad}})
            self.assertEqual(got[0], code)
            self.assertIn(got[1], [f'hierarchies: "org": "{c}"' for c in culprits])

    def test_what_would_be_too_large_is_not_begun(self):
        many = {"cells": [cell(5, **{f"d{d}": f"c{i}"}) for d in range(4) for i in range(40)]}
        self.check("table-too-large", '"d0": 41, "d1": 41, "d2": 41, "d3": 41', "1048576", many)
        names = {"cells": [cell(5, **{f"d{i}": "x" for i in range(13)})]}
        code, where, _ = refused(names)
        self.assertEqual((code, where[:8]), ("table-too-large", "cells[0]"))
        self.check("table-too-large", f'cells[19999] {{"a":"19999"}}', "19999", {"cells": [cell(5, a=str(i)) for i in range(20001)]})
        wide = {f"p{i}": [[str(j) for j in range(1000)]] for i in range(400)}
        self.check("table-too-large", '"a": 1401, "b": 201', "groupings",
                   {"cells": [cell(1, b=str(i)) for i in range(200)], "hierarchies": {"a": wide}})
        trusts = {"cells": [cell(9, org=str(i)) for i in range(2001)]}
        self.check("table-too-large", "organisation", "2000", trusts, "--organisation", "org")

    def test_names_cannot_steer_a_terminal_and_are_cut(self):
        done = run({"cells": [cell(-1, **{"a\x1b[2J\n": "b\r"})]})
        self.assertEqual(done.returncode, 2)
        self.assertNotIn(b"\x1b", done.stderr)
        self.assertEqual(done.stderr.count(b"\n"), 1)
        for n in range(60, 90):
            code, where, _ = refused({"cells": [cell(-1, org="å" * n + "x" * (n % 2))]})
            self.assertEqual(code, "cell-value")
            self.assertEqual(where[:20], 'cells[0] {"org":"' + "ååå")

    def test_usage(self):
        for words in (["--threshold", "2"], ["--threshold", "1001"], ["--threshold", "x"], ["--threshold", "-5"],
                      ["--wings"], ["table.json"], ["--forced"], ["--organisation"]):
            self.assertEqual(refused(table(), *words)[0], "usage", words)

    def test_files_that_cannot_be_read(self):
        for option in ("--forced", "--known"):
            code, where, _ = refused(table(), option, "/nowhere/at/all")
            self.assertEqual((code, where), ("file-unreadable", "/nowhere/at/all"))
            self.assertEqual(refused(table(), option, "/")[0], "file-unreadable")

    @unittest.skipUnless(os.path.exists("/dev/full"), "needs /dev/full")
    def test_a_full_disk_is_no_success(self):
        with open("/dev/full", "wb") as full:
            done = subprocess.run([VARDECTL, "suppress"], input=json.dumps(table(cell(9, org="A"))).encode(), stdout=full,
                                  stderr=subprocess.PIPE, timeout=60)
        self.assertEqual(done.returncode, 2)

    def test_more_than_is_read(self):
        with tempfile.TemporaryFile() as big:
            big.truncate((64 << 20) + 1)
            done = subprocess.run([VARDECTL, "suppress", "--json"], stdin=big, capture_output=True, timeout=120)
        self.assertEqual((done.returncode, json.loads(done.stderr)["error"]["code"]), (2, "table-too-large"))


if __name__ == "__main__":
    unittest.main()
