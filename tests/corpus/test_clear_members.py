"""A person's name and a person number in every text member and number of the schema,
through the front door: each is refused, or it is sealed. Nothing of either reaches a
file, a log or an answer."""
import copy
import json
import pathlib
import sys
import unittest

sys.path[:0] = [str(pathlib.Path(__file__).parent), str(pathlib.Path(__file__).parent.parent / "http")]
sys.dont_write_bytecode = True

try:
    import jwcrypto  # noqa: F401
except ImportError:
    sys.exit(77)

import corpus
import varde
import walk

SCHEMA = walk.report_schema()
EXAMPLES = walk.examples()
MEMBERS = [(path, schema, sealed) for path, schema, sealed in walk.members(SCHEMA)
           if schema.get("type") in ("string", "integer", "boolean") or "const" in schema]

# Both synthetic; the number's check digits hold, so does its date.
NAME = "Ragnfríðr Åsgjerd Prøvdalseid"
NUMBER = "24835511088"
# As people write them where there is no room for them. Without its blanks each is
# found again by NEEDLES.
NAMES = [NAME, NAME.upper(), "Prøvdalseid, Ragnfríðr", "Prøvdalseid"]
NUMBERS = [NUMBER, "248355 11088", "248355-11088", "24.83.55-11088"]
NEEDLES = [text.encode() for text in [*NAMES, *NUMBERS, "Ragnfríðr"]]
NEEDLES += [json.dumps(text)[1:-1].encode() for text in NAMES]


def homes():
    """For each member an example that has it, and where."""
    for path, schema, sealed in MEMBERS:
        for name, document in EXAMPLES.items():
            places = walk.places(document, path)
            if places:
                yield path, schema, sealed, name, places[0]
                break
        else:
            raise AssertionError(f"no example has {path}")


class ClearMembers(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.service = varde.Varde()
        cls.addClassCleanup(cls.service.remove)
        cls.service.start()
        cls.hf = cls.service.tenants[0]
        cls.municipality = next(t for t in cls.service.tenants if t.kind == "municipality")
        cls.answers = b""
        cls.count = 0

    def send(self, name, pointer, value):
        """The answer to an example with this value there; a report of its own."""
        base = EXAMPLES[name]
        tenant = self.municipality if base["report_kind"] == "municipality" else self.hf
        document = copy.deepcopy(varde.example(name, tenant))
        document["revision"] = 1
        document.pop("supersedes", None)
        type(self).count += 1
        document["source"]["local_case_id"] = f"N-2026/{self.count}"
        corpus.place(document, pointer, value)
        answer = self.service.submit(tenant, document)
        type(self).answers += answer.body
        return answer

    def test_refused_or_sealed(self):
        found = list(homes())
        self.assertGreater(sum(not sealed for _, _, sealed, _, _ in found), 70)
        self.assertGreater(sum(sealed for _, _, sealed, _, _ in found), 18)
        for path, schema, sealed, name, pointer in found:
            for value in [*NAMES, *NUMBERS, int(NUMBER)]:
                with self.subTest(f"{path}: {type(value).__name__} {[*NAMES, *NUMBERS, int(NUMBER)].index(value)}"):
                    answer = self.send(name, pointer, value)
                    if sealed:
                        self.assertIn(answer.status, (201, 422), answer)
                        continue
                    self.assertEqual(answer.status, 422, answer)
                    self.assertEqual(answer.code, "invalid-document")
                    self.assertIn(pointer, {where for where, _ in answer.pointers()})

    def test_free_text_takes_both_and_seals_them(self):
        taken = 0
        for path, schema, sealed, name, pointer in homes():
            if sealed and "enum" not in schema and "pattern" not in schema:
                for value in (NAME, NUMBER):
                    with self.subTest(path):
                        self.assertEqual(self.send(name, pointer, value).status, 201)
                        taken += 1
        self.assertGreater(taken, 20)

    def test_as_the_name_of_a_member(self):
        """In every object of the schema: the pointer is the parent's."""
        for path, schema, sealed in walk.members(SCHEMA):
            if schema.get("type") != "object":
                continue
            name, places = next((n, walk.places(d, path)) for n, d in EXAMPLES.items() if walk.places(d, path))
            for member in (NAME, NUMBER, "248355 11088"):
                with self.subTest(path):
                    answer = self.send(name, f"{places[0]}/{member}", 1)
                    self.assertEqual(answer.status, 422, answer)
                    self.assertIn((places[0], "schema-additional-properties"), answer.pointers())

    @classmethod
    def tearDownClass(cls):
        """Runs after every post: in no answer, file or log, up or stopped."""
        cls.look()
        cls.service.stop()
        cls.look()

    @classmethod
    def look(cls):
        assert not [n for n in NEEDLES if n in cls.answers], "an answer says what the sender wrote"
        for path in sorted(cls.service.folder.rglob("*")):
            if path.is_file():
                data = path.read_bytes()
                assert not [n for n in NEEDLES if n in data], path.name
        assert cls.count > 500


if __name__ == "__main__":
    unittest.main()
