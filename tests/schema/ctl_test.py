#!/usr/bin/python3
"""vardectl schema check on real files: its lines, its exit status, remotes,
input that is not JSON; then the official suite through it."""
import json
import os
import subprocess
import sys
import tempfile
import unittest

CTL = sys.argv.pop(1)
SOURCE = os.environ.get("VARDE_SOURCE", os.path.join(os.path.dirname(__file__), "..", ".."))
DATA = os.environ.get("VARDE_TEST_DATA", os.path.join(SOURCE, "..", "shared"))
SUITE = os.path.join(DATA, "json-schema-test-suite")


def run(*args):
    done = subprocess.run([CTL, "schema", "check", *args], capture_output=True, text=True, timeout=120)
    return done.returncode, done.stdout, done.stderr


class Folder(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)

    def put(self, name, content):
        path = os.path.join(self.folder.name, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as f:
            f.write(content if isinstance(content, bytes) else json.dumps(content).encode())
        return path


class Command(Folder):
    def test_one_line_per_instance_in_order(self):
        schema = self.put("s.json", {"properties": {"n": {"type": "integer"}}, "required": ["m"]})
        good, bad = self.put("good file.json", {"m": 1}), self.put("bad.json", {"n": "secret"})
        code, out, err = run(schema, good, bad, good)
        self.assertEqual((code, out), (1, f"valid {good}\ninvalid {bad}\nvalid {good}\n"))
        self.assertIn(f"{bad}: /n type schema-type", err)
        self.assertIn(f"{bad}: /m required schema-required", err)
        self.assertNotIn("secret", err)
        self.assertEqual(run(schema, good), (0, f"valid {good}\n", ""))

    def test_what_cannot_be_read_is_invalid(self):
        schema = self.put("s.json", True)
        for name, content in [("cut.json", b'{"a":'), ("empty.json", b""), ("two.json", b"1 2"),
                              ("deep.json", b"[" * 100000), ("utf.json", b'"\xff"'), ("huge.json", b"1e400"),
                              ("bom.json", b'\xef\xbb\xbf1')]:
            path = self.put(name, content)
            self.assertEqual(run(schema, path)[:2], (1, f"invalid {path}\n"), name)
        absent = os.path.join(self.folder.name, "absent.json")
        self.assertEqual(run(schema, absent)[:2], (1, f"invalid {absent}\n"))

    def test_plain_json_is_taken(self):
        schema = self.put("s.json", {"properties": {"a": {"const": 2}}})
        for content in [b'{"a":1,"a":2}', b'"a\\u0000b"', b"12", b"123456789012345678901234567890", b"null"]:
            path = self.put("i.json", content)
            self.assertEqual(run(schema, path)[:2], (0, f"valid {path}\n"), content)
        integer = self.put("i.json", {"type": "integer", "minimum": 1e29})
        self.assertEqual(run(integer, self.put("j.json", b"123456789012345678901234567890"))[0], 0)

    def test_unusable_schema(self):
        instance = self.put("i.json", 1)
        for content in [b"{", b"[]", b"7", {"type": "what"}, {"$ref": "#/x"}, {"pattern": "("},
                        {"$ref": "http://localhost:1234/x.json"},
                        {"$schema": "http://json-schema.org/draft-07/schema#"}, {"$schema": "what"}]:
            code, out, err = run(self.put("s.json", content), instance)
            self.assertEqual((code, out), (2, ""), content)
            self.assertTrue(err)
        self.assertEqual(run(os.path.join(self.folder.name, "absent"), instance)[:2], (2, ""))

    def test_words(self):
        schema = self.put("s.json", True)
        for words in [[], [schema], ["--remotes"], ["--what", schema, schema], ["--remotes", schema]]:
            code, out, err = run(*words)
            self.assertEqual((code, out), (2, ""), words)
            self.assertIn("usage: vardectl schema check [--remotes DIR]", err)
        absent = os.path.join(self.folder.name, "absent")
        self.assertEqual(run("--remotes", absent, schema, schema)[:2], (2, ""))

    def test_remotes_ids_and_metaschemas(self):
        remotes = os.path.dirname(self.put("r/a.json", {"type": "integer"}))
        self.put("r/sub/b.json", {"$ref": "../a.json"})
        self.put("r/c.json", {"$id": "urn:x:c", "$defs": {"d": {"$id": "urn:x:d", "const": 4}}})
        self.put("r/meta.json", {"$id": "urn:x:meta", "$vocabulary": {
            "https://json-schema.org/draft/2020-12/vocab/core": True,
            "https://json-schema.org/draft/2020-12/vocab/applicator": True}})
        self.put("r/needs.json", {"$vocabulary": {"urn:x:unknown": True}})
        self.put("r/old.json", {"$schema": "http://json-schema.org/draft-07/schema#"})
        self.put("r/broken.json", b"{")
        self.put("r/notes.txt", b"not a schema")
        one, four = self.put("1.json", 1), self.put("4.json", 4)
        for schema, code in [({"$ref": "http://localhost:1234/sub/b.json"}, 0), ({"$ref": "urn:x:d"}, 1),
                             ({"$schema": "urn:x:meta", "maximum": 0}, 0),
                             ({"$schema": "http://localhost:1234/meta.json", "maximum": 0}, 0),
                             ({"$schema": "http://localhost:1234/needs.json"}, 2),
                             ({"$ref": "http://localhost:1234/old.json"}, 2),
                             ({"$ref": "http://localhost:1234/broken.json"}, 2)]:
            self.assertEqual(run("--remotes", remotes, self.put("s.json", schema), one, four)[0], code, schema)

    def test_format_only_when_asked(self):
        schema, instance = self.put("s.json", {"format": "date"}), self.put("i.json", "x")
        self.assertEqual(run(schema, instance)[0], 0)
        self.assertEqual(run("--format", schema, instance)[0], 1)


class Suite(Folder):
    def groups(self, path, *options):
        with open(path, encoding="utf-8") as f:
            groups = json.load(f)
        for group in groups:
            schema = self.put("schema.json", group["schema"])
            tests = group["tests"]
            paths = [self.put(f"{i}.json", test["data"]) for i, test in enumerate(tests)]
            code, out, err = run(*options, schema, *paths)
            with self.subTest(file=path, group=group["description"]):
                want = "".join(f"{'valid' if t['valid'] else 'invalid'} {p}\n" for t, p in zip(tests, paths))
                self.assertEqual((code, out), (0 if all(t["valid"] for t in tests) else 1, want), err)

    @unittest.skipUnless(os.path.isdir(SUITE), "the official suite is not here")
    def test_official_suite(self):
        draft = os.path.join(SUITE, "draft2020-12")
        for name in sorted(os.listdir(draft)):
            if name.endswith(".json"):
                self.groups(os.path.join(draft, name), "--remotes", os.path.join(SUITE, "remotes"))
        for name in sorted(os.listdir(os.path.join(draft, "optional", "format"))):
            self.groups(os.path.join(draft, "optional", "format", name), "--format")


if __name__ == "__main__":
    unittest.main()
