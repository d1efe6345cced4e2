"""The incident report's schema keeps what the design promises of it."""

import copy
import pathlib
import re
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))

try:
    import jsonschema
except ImportError:
    sys.exit(77)

import walk

SCHEMA = walk.report_schema()
CODES = walk.code_lists()
EXAMPLES = walk.examples()
MEMBERS = list(walk.members(SCHEMA))
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA, format_checker=jsonschema.FormatChecker())

# What a data owner's minimisation profile may forbid (design, intake).
FORBIDDABLE = [
    "/narrative", "/narrative/description", "/organisation/unit_number", "/organisation/unit_resh_id",
    "/event/date", "/event/time", "/event/time_bracket", "/patients/*/municipality_number",
    "/patients/*/identifier", "/patients/*/name", "/patients/*/birth_date", "/patients/*/address",
    "/reporter/name", "/reporter/email", "/reporter/phone", "/reporter/hpr_number", "/reporter/identifier",
    "/involved_staff", "/source/local_codes", "/specialty_code", "/patients/*/diagnosis", "/notification",
]

SEALED = [
    "/patients/*/identifier", "/patients/*/name", "/patients/*/birth_date", "/patients/*/address",
    "/narrative/description", "/narrative/immediate_actions", "/narrative/consequence", "/narrative/suggestion",
    "/reporter/name", "/reporter/email", "/reporter/phone", "/reporter/hpr_number", "/reporter/identifier",
    "/involved_staff/*/name", "/involved_staff/*/hpr_number", "/devices/*/serial", "/devices/*/lot",
    "/devices/*/udi_di", "/source/local_codes/*/label", "/notification/melde_reference",
]

# What somebody could put where a code or a number belongs.
IDENTIFYING = [
    "Kari Nordmann", "KARI NORDMANN", "kari", "Kari", "KARI", "Nordmann", "ØYVIND", "kari.nordmann@sykehus.example",
    "Nordmann, Kari", "KariNordmann", "kari_nordmann", "KN-Nordmann", "1 Kari", "2026-Kari", "Kari 482913",
    "15898512379", "158985 12379", "158985-12379", "15.89.85 12379", "AVV-15898512379", "AVV 158985-12379",
    "2026/15898512379", "15898512379.1", "v15898512379", "00015898512379", "+4740000000",
    "00000000-0000-0000-0000-015898512379", "2026-03-04T08:12:40.15898512379+01:00",
]


def errors(document):
    """(pointer, keyword) as our own validator names them: a missing member where it
    would stand, an unknown one at its parent."""
    found = set()
    for error in VALIDATOR.iter_errors(document):
        pointer = "".join(f"/{step}" for step in error.absolute_path)
        if error.validator == "required":
            missing = [name for name in error.validator_value if name not in error.instance]
            found |= {(f"{pointer}/{name}", "required") for name in missing}
        else:
            found.add((pointer, error.validator or "false"))
    return found


class Structure(unittest.TestCase):
    def test_is_a_2020_12_schema(self):
        self.assertEqual(SCHEMA["$schema"], "https://json-schema.org/draft/2020-12/schema")
        jsonschema.Draft202012Validator.check_schema(SCHEMA)

    def test_every_object_is_closed(self):
        for path, schema, _ in MEMBERS:
            if schema.get("type") == "object":
                self.assertIs(schema.get("additionalProperties"), False, path)

    def test_every_member_has_a_type_and_no_real_numbers(self):
        for path, schema, _ in MEMBERS:
            self.assertIn(schema.get("type", "const" if "const" in schema else None),
                          ["object", "array", "string", "integer", "boolean", "const"], path)

    def test_everything_has_an_end(self):
        for path, schema, _ in MEMBERS:
            if schema.get("type") == "string":
                self.assertTrue("enum" in schema or "maxLength" in schema, path)
            if schema.get("type") == "array":
                self.assertIn("maxItems", schema, path)
            if schema.get("type") == "integer":
                self.assertTrue("minimum" in schema and "maximum" in schema, path)

    def test_titles_in_norwegian_and_english(self):
        for path, schema, _ in MEMBERS:
            self.assertTrue(schema.get("title") and schema.get("x-varde-title-en"), path)
            self.assertEqual("description" in schema, "x-varde-description-en" in schema, path)

    def test_marks_stand_only_where_the_walker_finds_them(self):
        reached = sum("x-varde-sealed" in s or "x-varde-transport" in s for s in self.reachable())
        written = str(SCHEMA).count("'x-varde-sealed'") + str(SCHEMA).count("'x-varde-transport'")
        self.assertEqual(reached, written)

    @staticmethod
    def reachable():
        """Subschemas, each once, by properties, items and $ref."""
        found, waiting = {}, [SCHEMA]
        while waiting:
            schema = waiting.pop()
            if id(schema) in found:
                continue
            found[id(schema)] = schema
            waiting += schema.get("properties", {}).values()
            waiting += [schema["items"]] if "items" in schema else []
            waiting += [SCHEMA["$defs"][schema["$ref"].removeprefix("#/$defs/")]] if "$ref" in schema else []
        return list(found.values())

    def test_every_definition_is_used(self):
        used = set(re.findall(r"#/\$defs/(\w+)", str(SCHEMA)))
        self.assertEqual(used, set(SCHEMA["$defs"]))

    def test_only_the_export_time_is_transport(self):
        marked = [path for path, schema, _ in MEMBERS if schema.get("x-varde-transport")]
        self.assertEqual(marked, ["/source/exported_at"])


class Codes(unittest.TestCase):
    def test_every_enum_equals_a_version_of_its_code_list(self):
        """And the newest schema has the newest of each."""
        versions = walk.report_versions()
        for version in versions:
            for path, schema, _ in walk.members(walk.report_schema(version)):
                if "enum" not in schema:
                    self.assertNotIn("x-varde-codes", schema, path)
                    continue
                document = CODES[schema["x-varde-codes"]]
                known = {row.get("since", "1.0") for row in document["codes"]} | {document["version"]}
                if version == versions[-1]:
                    known = {document["version"]}
                self.assertIn(schema["enum"], [walk.codes_of_version(document, v) for v in known], (version, path))


class Versions(unittest.TestCase):
    """What a minor version may change: a report of the one before stays a report."""

    def test_each_minor_version_only_adds(self):
        versions = walk.report_versions()
        self.assertGreaterEqual(len(versions), 2)
        for before, after in zip(versions, versions[1:]):
            if before.split(".")[0] != after.split(".")[0]:
                continue
            older = {path: (schema, sealed) for path, schema, sealed in walk.members(walk.report_schema(before))}
            newer = {path: (schema, sealed) for path, schema, sealed in walk.members(walk.report_schema(after))}
            self.assertEqual(set(older) - set(newer), set(), after)
            for path, (schema, sealed) in older.items():
                now, sealed_now = newer[path]
                self.assertEqual(sealed_now, sealed, path)
                self.assertEqual(now.get("required"), schema.get("required"), path)
                if path != "/schema_version":
                    for keyword in ("type", "pattern", "maxLength", "minimum", "maximum", "maxItems", "format", "const"):
                        self.assertEqual(now.get(keyword), schema.get(keyword), (path, keyword))
                self.assertLessEqual(set(schema.get("enum", [])), set(now.get("enum", schema.get("enum", []))), path)

    def test_reports_of_1_0_are_reports_of_1_1(self):
        newer = jsonschema.Draft202012Validator(walk.report_schema("1.1"), format_checker=jsonschema.FormatChecker())
        for name, document in EXAMPLES.items():
            self.assertEqual(list(newer.iter_errors({**document, "schema_version": "1.1"})), [], name)
            self.assertEqual([e.json_path for e in newer.iter_errors(document)], ["$.schema_version"], name)

    def test_what_1_1_adds(self):
        added = {path for path, _, _ in walk.members(walk.report_schema("1.1"))} - {path for path, _, _ in MEMBERS}
        self.assertEqual(added, {"/event/detected_by"})
        examples = walk.examples("1.1")
        newer = jsonschema.Draft202012Validator(walk.report_schema("1.1"), format_checker=jsonschema.FormatChecker())
        self.assertTrue(any("detected_by" in document["event"] for document in examples.values()))
        self.assertTrue(any(document["event"].get("detection_point") == "alarm" for document in examples.values()))
        for name, document in examples.items():
            self.assertEqual(list(newer.iter_errors(document)), [], name)
            self.assertNotEqual(list(VALIDATOR.iter_errors({**document, "schema_version": "1.0"})), [], name)


class Sealing(unittest.TestCase):
    def test_free_text_is_sealed(self):
        for path, schema, sealed in MEMBERS:
            if schema.get("type") == "string" and not sealed:
                self.assertTrue("enum" in schema or "pattern" in schema, path)

    def test_what_identifies_is_sealed(self):
        marked = {path for path, schema, _ in MEMBERS if schema.get("x-varde-sealed")}
        self.assertEqual(marked - {"/patients/*/identifier/value", "/reporter/identifier/value"}, set(SEALED))

    def test_clear_members_refuse_names_and_person_numbers(self):
        for path, schema, sealed in MEMBERS:
            if sealed or schema.get("type") not in ("string", "integer"):
                continue
            validator = jsonschema.Draft202012Validator({**schema, "$defs": SCHEMA["$defs"]})
            for text in IDENTIFYING:
                self.assertFalse(validator.is_valid(text), f"{path} takes {text}")
            self.assertFalse(validator.is_valid(15898512379), path)

    def test_clear_members_refuse_them_in_a_whole_document(self):
        tried = set()
        for name, document in EXAMPLES.items():
            for path, schema, sealed in MEMBERS:
                if sealed or schema.get("type") not in ("string", "integer") and "const" not in schema:
                    continue
                for pointer in walk.places(document, path)[:1]:
                    tried.add(path)
                    for text in ("Kari Nordmann", "15898512379"):
                        changed = copy.deepcopy(document)
                        walk.put(changed, pointer, text)
                        self.assertIn(pointer, {where for where, _ in errors(changed)}, f"{name} {text}")
        self.assertGreater(len(tried), 60)


class Leniency(unittest.TestCase):
    def test_nothing_is_required_that_a_profile_may_forbid(self):
        required = {f"{path}/{name}" for path, schema, _ in MEMBERS for name in schema.get("required", [])}
        self.assertEqual(required & set(FORBIDDABLE), set())
        known = {path for path, _, _ in MEMBERS}
        self.assertEqual(set(FORBIDDABLE) - known, set())

    def test_what_a_later_version_adds_is_clear_and_narrow(self):
        """Every rule about clear members holds for the newest version as well."""
        newest = walk.report_schema(walk.report_versions()[-1])
        for path, schema, sealed in walk.members(newest):
            if sealed or schema.get("type") not in ("string", "integer"):
                continue
            validator = jsonschema.Draft202012Validator({**schema, "$defs": newest["$defs"]})
            for text in IDENTIFYING:
                self.assertFalse(validator.is_valid(text), f"{path} takes {text}")

    def test_sealed_members_may_all_be_left_out(self):
        for name, document in EXAMPLES.items():
            bare = copy.deepcopy(document)
            for path in SEALED:
                for pointer in walk.places(bare, path):
                    walk.put(bare, pointer, ...)
            self.assertEqual(errors(bare), set(), name)


class Examples(unittest.TestCase):
    def test_examples_are_valid(self):
        self.assertGreaterEqual(len(EXAMPLES), 25)
        for name, document in EXAMPLES.items():
            self.assertEqual(errors(document), set(), name)

    def test_examples_use_every_member(self):
        unused = [path for path, _, _ in MEMBERS
                  if path and not any(walk.places(document, path) for document in EXAMPLES.values())]
        self.assertEqual(unused, [])

    def test_report_ids_differ(self):
        ids = [document["report_id"] for name, document in EXAMPLES.items()]
        self.assertEqual(len(set(ids)), len(ids) - 1, "only the two revisions share an id")

    def test_invalid_documents_are_refused_where_they_are_wrong(self):
        cases = walk.load(pathlib.Path(__file__).parent / "invalid.json")
        self.assertGreaterEqual(len(cases), 25)
        for case in cases:
            document = copy.deepcopy(EXAMPLES[case["base"]])
            for pointer, value in case.get("set", {}).items():
                if isinstance(value, dict) and "repeat" in value:
                    value = value["repeat"] * value["times"]
                walk.put(document, pointer, value)
            for pointer in case.get("remove", []):
                walk.put(document, pointer, ...)
            self.assertEqual(errors(document), {tuple(pair) for pair in case["errors"]}, case["name"])


if __name__ == "__main__":
    unittest.main()
