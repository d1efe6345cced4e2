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

CODES = walk.code_lists()


class Kind:
    """One schema with what the tests look at."""

    def __init__(self, name):
        self.name, self.kind = name, name.split("/")[0]
        self.schema = walk.schema(name)
        self.members = list(walk.members(self.schema))
        self.examples = walk.examples(name)
        self.validator = jsonschema.Draft202012Validator(self.schema, format_checker=jsonschema.FormatChecker())

    def errors(self, document):
        """(pointer, keyword) as our own validator names them: a missing member where it
        would stand, an unknown one at its parent."""
        found = set()
        for error in self.validator.iter_errors(document):
            pointer = "".join(f"/{step}" for step in error.absolute_path)
            if error.validator == "required":
                missing = [name for name in error.validator_value if name not in error.instance]
                found |= {(f"{pointer}/{name}", "required") for name in missing}
            else:
                found.add((pointer, error.validator or "false"))
        return found


KINDS = [Kind(name) for name in walk.schema_names()]
REPORT = next(kind for kind in KINDS if kind.name == "incident-report/1.0")


class Each(unittest.TestCase):
    """A test that looks at every schema."""

    def each(self):
        for kind in KINDS:
            with self.subTest(kind.name):
                yield kind

# What a data owner's minimisation profile may forbid (design, intake).
FORBIDDABLE = [
    "/narrative", "/narrative/description", "/organisation/unit_number", "/organisation/unit_resh_id",
    "/event/date", "/event/time", "/event/time_bracket", "/patients/*/municipality_number",
    "/patients/*/identifier", "/patients/*/name", "/patients/*/birth_date", "/patients/*/address",
    "/reporter/name", "/reporter/email", "/reporter/phone", "/reporter/hpr_number", "/reporter/identifier",
    "/involved_staff", "/source/local_codes", "/specialty_code", "/patients/*/diagnosis", "/notification",
]

# What is sealed of a report.
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


class Structure(Each):
    def test_there_are_three_kinds(self):
        self.assertEqual(walk.kinds(), ["incident-report", "review", "withdrawal"])

    def test_is_a_2020_12_schema(self):
        for kind in self.each():
            self.assertEqual(kind.schema["$schema"], "https://json-schema.org/draft/2020-12/schema")
            jsonschema.Draft202012Validator.check_schema(kind.schema)

    def test_every_object_is_closed(self):
        for kind in self.each():
            for path, schema, _ in kind.members:
                if schema.get("type") == "object":
                    self.assertIs(schema.get("additionalProperties"), False, path)

    def test_every_member_has_a_type_and_no_real_numbers(self):
        for kind in self.each():
            for path, schema, _ in kind.members:
                self.assertIn(schema.get("type", "const" if "const" in schema else None),
                              ["object", "array", "string", "integer", "boolean", "const"], path)

    def test_everything_has_an_end(self):
        for kind in self.each():
            for path, schema, _ in kind.members:
                if schema.get("type") == "string":
                    self.assertTrue("enum" in schema or "maxLength" in schema, path)
                if schema.get("type") == "array":
                    self.assertIn("maxItems", schema, path)
                if schema.get("type") == "integer":
                    self.assertTrue("minimum" in schema and "maximum" in schema, path)

    def test_titles_in_norwegian_and_english(self):
        for kind in self.each():
            for path, schema, _ in kind.members:
                self.assertTrue(schema.get("title") and schema.get("x-varde-title-en"), path)
                self.assertEqual("description" in schema, "x-varde-description-en" in schema, path)

    def test_marks_stand_only_where_the_walker_finds_them(self):
        for kind in self.each():
            reached = sum("x-varde-sealed" in s or "x-varde-transport" in s for s in self.reachable(kind.schema))
            written = str(kind.schema).count("'x-varde-sealed'") + str(kind.schema).count("'x-varde-transport'")
            self.assertEqual(reached, written)

    @staticmethod
    def reachable(root):
        """Subschemas, each once, by properties, items and $ref."""
        found, waiting = {}, [root]
        while waiting:
            schema = waiting.pop()
            if id(schema) in found:
                continue
            found[id(schema)] = schema
            waiting += [one for one in schema.get("properties", {}).values() if one is not False]
            waiting += [schema["items"]] if "items" in schema else []
            waiting += [root["$defs"][schema["$ref"].removeprefix("#/$defs/")]] if "$ref" in schema else []
        return list(found.values())

    def test_every_definition_is_used(self):
        for kind in self.each():
            used = set(re.findall(r"#/\$defs/(\w+)", str(kind.schema)))
            self.assertEqual(used, set(kind.schema["$defs"]))

    def test_only_the_export_time_is_transport(self):
        for kind in self.each():
            marked = [path for path, schema, _ in kind.members if schema.get("x-varde-transport")]
            self.assertEqual(marked, ["/source/exported_at"] if kind.name.startswith("incident-report") else [])


class Codes(Each):
    def test_every_enum_equals_a_version_of_its_code_list(self):
        """And the newest schema of each kind has the newest of each."""
        for kind in self.each():
            newest = kind.name == f"{kind.kind}/{walk.versions(kind.kind)[-1]}"
            for path, schema, _ in kind.members:
                if "enum" not in schema:
                    self.assertNotIn("x-varde-codes", schema, path)
                    continue
                document = CODES[schema["x-varde-codes"]]
                known = {row.get("since", "1.0") for row in document["codes"]} | {document["version"]}
                if newest:
                    known = {document["version"]}
                self.assertIn(schema["enum"], [walk.codes_of_version(document, v) for v in known], path)


class Versions(unittest.TestCase):
    """What a minor version may change: a report of the one before stays a report."""

    def test_each_minor_version_only_adds(self):
        versions = walk.versions()
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
        for name, document in REPORT.examples.items():
            self.assertEqual(list(newer.iter_errors({**document, "schema_version": "1.1"})), [], name)
            self.assertEqual([e.json_path for e in newer.iter_errors(document)], ["$.schema_version"], name)

    def test_what_1_1_adds(self):
        added = {path for path, _, _ in walk.members(walk.report_schema("1.1"))} - {path for path, _, _ in REPORT.members}
        self.assertEqual(added, {"/event/detected_by"})
        examples = walk.examples("incident-report/1.1")
        newer = jsonschema.Draft202012Validator(walk.report_schema("1.1"), format_checker=jsonschema.FormatChecker())
        self.assertTrue(any("detected_by" in document["event"] for document in examples.values()))
        self.assertTrue(any(document["event"].get("detection_point") == "alarm" for document in examples.values()))
        for name, document in examples.items():
            self.assertEqual(list(newer.iter_errors(document)), [], name)
            self.assertNotEqual(list(REPORT.validator.iter_errors({**document, "schema_version": "1.0"})), [], name)


class Sealing(Each):
    def test_free_text_is_sealed(self):
        for kind in self.each():
            for path, schema, sealed in kind.members:
                if schema.get("type") == "string" and not sealed:
                    self.assertTrue("enum" in schema or "pattern" in schema, path)

    def test_what_identifies_is_sealed(self):
        marked = {path for path, schema, _ in REPORT.members if schema.get("x-varde-sealed")}
        self.assertEqual(marked - {"/patients/*/identifier/value", "/reporter/identifier/value"}, set(SEALED))

    def test_clear_members_refuse_names_and_person_numbers(self):
        for kind in self.each():
            for path, schema, sealed in kind.members:
                if sealed or schema.get("type") not in ("string", "integer"):
                    continue
                validator = jsonschema.Draft202012Validator({**schema, "$defs": kind.schema["$defs"]})
                for text in IDENTIFYING:
                    self.assertFalse(validator.is_valid(text), f"{path} takes {text}")
                self.assertFalse(validator.is_valid(15898512379), path)

    def test_clear_members_refuse_them_in_a_whole_document(self):
        tried = set()
        for kind in self.each():
            for name, document in kind.examples.items():
                for path, schema, sealed in kind.members:
                    if sealed or schema.get("type") not in ("string", "integer") and "const" not in schema:
                        continue
                    for pointer in walk.places(document, path)[:1]:
                        tried.add(kind.name + path)
                        for text in ("Kari Nordmann", "15898512379"):
                            changed = copy.deepcopy(document)
                            walk.put(changed, pointer, text)
                            self.assertIn(pointer, {where for where, _ in kind.errors(changed)}, f"{name} {text}")
        self.assertGreater(len(tried), 90)


class Leniency(unittest.TestCase):
    def test_nothing_is_required_that_a_profile_may_forbid(self):
        required = {f"{path}/{name}" for path, schema, _ in REPORT.members for name in schema.get("required", [])}
        self.assertEqual(required & set(FORBIDDABLE), set())
        known = {path for path, _, _ in REPORT.members}
        self.assertEqual(set(FORBIDDABLE) - known, set())

    def test_sealed_members_may_all_be_left_out(self):
        for name, document in REPORT.examples.items():
            bare = copy.deepcopy(document)
            for path in SEALED:
                for pointer in walk.places(bare, path):
                    walk.put(bare, pointer, ...)
            self.assertEqual(REPORT.errors(bare), set(), name)


class Examples(Each):
    def test_examples_are_valid(self):
        self.assertGreaterEqual(len(REPORT.examples), 25)
        for kind in self.each():
            self.assertTrue(kind.examples)
            for name, document in kind.examples.items():
                self.assertEqual(kind.errors(document), set(), name)

    def test_examples_use_every_member(self):
        for kind in self.each():
            if kind.name.endswith("/1.0"):  # a later version has examples of what it adds
                unused = [path for path, _, _ in kind.members
                          if path and not any(walk.places(document, path) for document in kind.examples.values())]
                self.assertEqual(unused, [])

    def test_report_ids_differ(self):
        ids = [document["report_id"] for name, document in REPORT.examples.items()]
        self.assertEqual(len(set(ids)), len(ids) - 1, "only the two revisions share an id")

    def test_invalid_documents_are_refused_where_they_are_wrong(self):
        cases = walk.load(pathlib.Path(__file__).parent / "invalid.json")
        self.assertGreaterEqual(len(cases), 40)
        for case in cases:
            kind = next(k for k in KINDS if k.name == case.get("schema", REPORT.name))
            document = copy.deepcopy(kind.examples[case["base"]])
            for pointer, value in case.get("set", {}).items():
                if isinstance(value, dict) and "repeat" in value:
                    value = value["repeat"] * value["times"]
                walk.put(document, pointer, value)
            for pointer in case.get("remove", []):
                walk.put(document, pointer, ...)
            self.assertEqual(kind.errors(document), {tuple(pair) for pair in case["errors"]}, case["name"])


if __name__ == "__main__":
    unittest.main()
