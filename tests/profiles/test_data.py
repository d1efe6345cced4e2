"""Every profile against every schema: it names each kind, forbids nothing that is needed,
and what it leaves of the examples is valid."""
import copy
import sys
import unittest

try:
    import jsonschema
except ImportError:
    sys.exit(77)

import shared
import varde_minimise
import walk

PROFILES = shared.profiles()
SCHEMAS = shared.schemas()
OWNER = "310000019"


def required(root, schema=None, path=""):
    """Paths of all that some version of a document must have, conditions included."""
    here = walk.resolve(root, root if schema is None else schema)
    for name in here.get("required", []):
        yield f"{path}/{name}"
    for name, below in here.get("properties", {}).items():
        if isinstance(below, dict):
            yield from required(root, below, f"{path}/{name}")
    if "items" in here:
        yield from required(root, here["items"], f"{path}/*")
    for condition in here.get("allOf", []):
        for word in ("then", "else"):
            yield from required(root, condition.get(word, {}), path)


class Profiles(unittest.TestCase):
    def each(self):
        for name, profile in PROFILES.items():
            for kind, schemas in SCHEMAS.items():
                yield name, profile, kind, schemas

    def test_the_promised_ones_are_there(self):
        self.assertLessEqual({"full", "no-narrative", "coarse-dates", "no-sub-unit", "minimum"}, set(PROFILES))

    def test_form(self):
        for name, profile in PROFILES.items():
            self.assertEqual(list(profile), ["name", "version", "title", "explanation", "kinds"], name)
            self.assertEqual(profile["name"], name)
            for member in ("title", "explanation"):
                self.assertEqual(set(profile[member]), {"nb", "en"}, name)
                self.assertNotEqual(profile[member]["nb"], profile[member]["en"], name)

    def test_every_profile_considers_every_kind(self):
        for name, profile in PROFILES.items():
            self.assertEqual(set(profile["kinds"]), set(SCHEMAS), name)

    def test_full_keeps_nothing_back(self):
        self.assertEqual(set(map(str, PROFILES["full"]["kinds"].values())), {"{}"})

    def test_nothing_needed_is_forbidden(self):
        for name, profile, kind, schemas in self.each():
            needed = {path for schema in schemas for path in required(schema)}
            self.assertIn("/report_id", needed, kind)
            self.assertEqual(needed & set(profile["kinds"][kind].get("forbid", [])), set(), f"{name} {kind}")

    def test_a_month_is_taken_where_one_is_asked_for(self):
        for name, profile, kind, schemas in self.each():
            for path in profile["kinds"][kind].get("month", []):
                places = [s for schema in schemas for p, s, _ in walk.members(schema) if p == path]
                self.assertTrue(places, f"{name} {path}")
                for place in places:
                    self.assertTrue(jsonschema.Draft202012Validator(place).is_valid("2025-11"), f"{name} {path}")

    def test_no_path_twice_nor_below_a_forbidden_one(self):
        for name, profile, kind, _ in self.each():
            paths = [path for listed in profile["kinds"][kind].values() for path in listed]
            self.assertEqual(len(paths), len(set(paths)), name)
            for path in profile["kinds"][kind].get("forbid", []):
                self.assertEqual([p for p in paths if p.startswith(path + "/")], [], f"{name} {path}")

    def test_what_is_left_of_the_examples_is_valid(self):
        for name, profile, kind, schemas in self.each():
            validators = {s["properties"]["schema_version"]["const"]: jsonschema.Draft202012Validator(
                s, format_checker=jsonschema.FormatChecker()) for s in schemas if "schema_version" in s["properties"]}
            for example, document in shared.examples(kind).items():
                before = copy.deepcopy(document)
                left = varde_minimise.minimise(profile, kind, document, OWNER)
                where = f"{name} {kind} {example}"
                self.assertEqual(document, before, f"{where}: the document given was changed")
                self.assertEqual(shared.breaches(profile, kind, left, OWNER), set(), where)
                self.assertEqual(varde_minimise.minimise(profile, kind, left, OWNER), left, where)
                if not shared.breaches(profile, kind, document, OWNER):
                    self.assertEqual(left, document, where)
                if document.get("schema_version") in validators:
                    self.assertEqual([e.message for e in validators[document["schema_version"]].iter_errors(left)], [], where)

    def test_every_breach_can_be_shown(self):
        """Some example breaks each single demand: so the tests of the program try all."""
        for name, profile, kind, _ in self.each():
            for asked, paths in profile["kinds"][kind].items():
                for path in paths:
                    one = {"name": name, "kinds": {kind: {asked: [path]}}}
                    met = [e for e, d in shared.examples(kind).items() if shared.breaches(one, kind, d, "974760673")]
                    self.assertTrue(met, f"{name} {asked} {path}: no example of {kind} breaks it")

    def test_coarse_dates_coarsen_the_event(self):
        for name in ("coarse-dates", "minimum"):
            self.assertEqual(PROFILES[name]["kinds"]["incident-report"]["month"], ["/event/date", "/event/discovered_date"])

    def test_nothing_of_the_sort_is_forgotten(self):
        """Also not what a schema gets later: sub-units, free text, exact dates, all that is
        sealed; but for what a schema requires, and what may stand for a text that it does."""
        units = ("unit_number", "unit_resh_id", "district_number")

        def is_date(schema):
            return schema.get("format") == "date" or schema.get("pattern", "").startswith("^(18|19|20|21)") and schema["maxLength"] == 10

        for kind, schemas in SCHEMAS.items():
            members = [member for schema in schemas for member in walk.members(schema)]
            needed = {path for schema in schemas for path in required(schema)} | {"/archive_reference"}
            for path, schema, sealed in members:
                if path in needed:
                    continue
                last = path.rsplit("/", 1)[-1]
                text = sealed and schema.get("type") == "string" and schema.get("maxLength", 0) >= 1000
                for name, meant in (("no-sub-unit", last in units), ("no-narrative", text), ("coarse-dates", not sealed and (is_date(schema) or last == "time")),
                                    ("minimum", sealed or last in (*units, "time") or is_date(schema))):
                    asked = PROFILES[name]["kinds"][kind]
                    kept_back = any(path == p or path.startswith(p + "/") for p in asked.get("forbid", []) + asked.get("month", []))
                    self.assertTrue(kept_back or not meant, f"{name} lets {kind} {path} through")


if __name__ == "__main__":
    unittest.main()
