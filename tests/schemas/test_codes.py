"""The code lists are whole: labels, validity, parents, counts of municipalities."""

import collections
import datetime
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))

import walk

CODES = walk.code_lists()
HEAD = ["list", "version", "valid_from", "source", "title", "codes"]
DAY = datetime.timedelta(days=1)


def rows(name):
    return CODES[name]["codes"]


def date(text):
    return datetime.date.fromisoformat(text)


class Lists(unittest.TestCase):
    def test_heads(self):
        for name, document in CODES.items():
            self.assertEqual(document["list"], name)
            self.assertEqual([member for member in document if member in HEAD], HEAD, name)
            self.assertRegex(document["version"], r"^[0-9]+\.[0-9]+$", name)
            for row in document["codes"]:
                self.assertLessEqual(walk.version_key(row.get("since", "1.0")), walk.version_key(document["version"]), row)
            self.assertEqual(set(document["title"]), {"nb", "en"}, name)

    def test_codes_are_words_with_labels(self):
        for name in CODES:
            seen = [row["code"] for row in rows(name)]
            self.assertEqual(len(seen), len(set(seen)), name)
            for row in rows(name):
                self.assertRegex(row["code"], r"^[a-z0-9][a-z0-9_-]*$", name)
                label = row.get("name") or (row["nb"] and row["en"])
                self.assertTrue(label and label.strip() == label, row)
                self.assertNotIn("?", label, row)
                self.assertLessEqual(date(row["valid_from"]), date(row.get("valid_to", "9999-12-31")), row)

    def test_factors_are_seen_through_three_lenses(self):
        for row in rows("contributing_factor"):
            known = row["code"] not in ("none_found", "not_yet_known")
            for lens in ("seips", "london_protocol", "accimap"):
                self.assertEqual(bool(row[lens]), known, row)


class Organisations(unittest.TestCase):
    def test_parents_and_kinds(self):
        kinds = {row["code"] for row in rows("organisation_kind")}
        by_code = {row["code"]: row for row in rows("organisation")}
        for row in by_code.values():
            self.assertIn(row["kind"], kinds)
            self.assertEqual("parent" in row, row["kind"] != "rhf", row)
            if "parent" in row:
                self.assertEqual(by_code[row["parent"]]["kind"], "rhf")

    def test_counts(self):
        kinds = collections.Counter(row["kind"] for row in rows("organisation"))
        self.assertEqual((kinds["rhf"], kinds["hf"], kinds["hospital_pharmacy"]), (4, 20, 4))

    def test_numbers(self):
        numbers = [row["number"] for row in rows("organisation") if "number" in row]
        self.assertEqual(len(numbers), len(set(numbers)))
        for number in numbers:
            self.assertRegex(number, "^[89][0-9]{8}$")
            total = sum(int(digit) * weight for digit, weight in zip(number, (3, 2, 7, 6, 5, 4, 3, 2, 1)))
            self.assertEqual(total % 11, 0, number)


class Municipalities(unittest.TestCase):
    CHANGES = CODES["municipality"]["changes"]
    BY_CODE = {row["code"]: row for row in rows("municipality")}

    @classmethod
    def on(cls, day):
        return {row["code"] for row in rows("municipality")
                if row["valid_from"] <= day <= row.get("valid_to", "9999-12-31")}

    def test_counts(self):
        for day, count in (("2017-12-31", 426), ("2018-01-01", 422), ("2019-01-01", 422), ("2019-12-31", 422),
                           ("2020-01-01", 356), ("2023-12-31", 356), ("2024-01-01", 357), ("2026-01-01", 357)):
            self.assertEqual(len(self.on(day)), count, day)

    def test_numbers_and_counties(self):
        for row in rows("municipality"):
            self.assertRegex(row["code"], "^[0-9]{4}$")
            self.assertEqual(row["county"], row["code"][:2])

    def test_numbers_change_only_at_new_year(self):
        starts = {row["valid_from"] for row in rows("municipality")}
        self.assertEqual(starts, {"2017-01-01", "2018-01-01", "2019-01-01", "2020-01-01", "2024-01-01"})

    def test_every_number_that_ended_has_successors_and_every_new_one_predecessors(self):
        ends = {(row["code"], str(date(row["valid_to"]) + DAY)) for row in rows("municipality") if "valid_to" in row}
        begins = {(row["code"], row["valid_from"]) for row in rows("municipality")
                  if row["valid_from"] > CODES["municipality"]["covers"]["from"]}
        self.assertEqual(ends, {(change["from"], change["date"]) for change in self.CHANGES})
        reached = {(change["to"], change["date"]) for change in self.CHANGES}
        self.assertEqual(begins - reached, set())

    def test_kinds_of_change(self):
        out = collections.Counter((change["date"], change["from"]) for change in self.CHANGES)
        into = collections.Counter((change["date"], change["to"]) for change in self.CHANGES)
        for change in self.CHANGES:
            stays = self.BY_CODE[change["to"]]["valid_from"] < change["date"]
            split = out[change["date"], change["from"]] > 1
            merged = into[change["date"], change["to"]] > 1 or stays
            self.assertEqual(change["kind"], "split" if split else "merged" if merged else "renumbered", change)

    def test_facts_worth_knowing(self):
        changes = {(change["date"][:4], change["from"], change["to"], change["kind"]) for change in self.CHANGES}
        for fact in (("2018", "1601", "5001", "renumbered"), ("2019", "1567", "5061", "renumbered"),
                     ("2020", "0219", "3024", "renumbered"), ("2024", "3024", "3201", "renumbered"),
                     ("2020", "1850", "1806", "split"), ("2020", "1850", "1875", "split"),
                     ("2024", "1507", "1508", "split"), ("2024", "1507", "1580", "split")):
            self.assertIn(fact, changes)
        self.assertEqual(len({change["to"] for change in self.CHANGES if change["date"] == "2024-01-01"}), 115)


if __name__ == "__main__":
    unittest.main()
