"""ajv (draft 2020-12, formats asserted) and our validator agree, document by document,
on the corpus, on the examples, and on thousands of mutations of both.

What is not compared, and why:
- Lone surrogates ("\\ud800"). They are no text (RFC 8259 section 8.2, RFC 3629): our
  reader refuses them as malformed before any schema is asked, JSON.parse takes them.
- Whole numbers beyond 64 bits, and 1e400. Ours reads them as doubles or not at all;
  intake refuses every number that is not a 64-bit integer. Covered by unit tests.
- One name twice in an object: intake refuses it, JSON.parse keeps the last.
None of these is a question about the schema. They are not generated; there is no
list of disagreements that are let pass.
"""
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

sys.path[:0] = [str(pathlib.Path(__file__).parent)]
sys.dont_write_bytecode = True

import corpus
import mutate
import walk

SOURCE = pathlib.Path(os.environ.get("VARDE_SOURCE", pathlib.Path(__file__).parents[2]))
BIN = pathlib.Path(os.environ.get("VARDE_BIN", SOURCE / "build/dev/bin"))
SCHEMA = SOURCE / "schemas/incident-report/1.0.json"
MUTATIONS = 6000
AT_ONCE = 500


def node():
    """(interpreter, folder with the packages), or the end of this test."""
    run = subprocess.run([SOURCE / "tests/node/install"], stdout=subprocess.PIPE, text=True,
                         env={"VARDE_BUILD": str(BIN.parent), **os.environ})
    if run.returncode:
        sys.exit(run.returncode)
    folder = run.stdout.strip()
    return f"{folder}/bin/node", folder


def by_ajv(texts):
    interpreter, folder = node()
    run = subprocess.run([interpreter, pathlib.Path(__file__).with_name("ajv.mjs"), SCHEMA], check=True,
                         input="\n".join(texts), capture_output=True, text=True, env={**os.environ, "VARDE_NODE": folder})
    return run.stdout.split()


def by_varde(texts):
    answers = []
    with tempfile.TemporaryDirectory(prefix="varde-differential-") as folder:
        paths = []
        for i, text in enumerate(texts):
            paths.append(pathlib.Path(folder) / f"{i}.json")
            paths[-1].write_text(text, encoding="utf-8")
        for i in range(0, len(paths), AT_ONCE):
            run = subprocess.run([BIN / "vardectl", "schema", "check", "--format", SCHEMA, *paths[i:i + AT_ONCE]],
                                 capture_output=True, text=True, errors="replace")
            assert run.returncode in (0, 1), run.stderr[-2000:]
            lines = run.stdout.splitlines()
            assert [line.split()[1] for line in lines] == [str(p) for p in paths[i:i + AT_ONCE]]
            answers += [line.split()[0] for line in lines]
    return answers


def compact(document, escaped=False):
    """JSON on one line; escaped: all but ASCII as \\u, beyond the BMP in surrogate pairs."""
    return json.dumps(document, ensure_ascii=escaped, separators=(",", ":"))


class Differential(unittest.TestCase):
    def compare(self, documents):
        """Both answers for each; the test fails where they differ."""
        texts = [compact(document, i % 2 == 1) for i, document in enumerate(documents)]
        ours, theirs = by_varde(texts), by_ajv(texts)
        self.assertEqual((len(ours), len(theirs)), (len(texts), len(texts)))
        differ = [(a, b, t[:600]) for a, b, t in zip(ours, theirs, texts) if a != b]
        self.assertEqual(differ[:5], [], f"{len(differ)} of {len(texts)}: (ours, ajv's, document)")
        return ours

    def test_corpus_and_examples(self):
        cases, examples = corpus.cases(), list(walk.examples().values())
        answers = self.compare([case.document() for case in cases] + examples)
        self.assertEqual(set(answers[len(cases):]), {"valid"})
        for case, answer in zip(cases, answers):
            by_schema = any(code.startswith("schema-") for _, code in case.errors)
            self.assertEqual(answer, "invalid" if by_schema else "valid", case)

    def test_mutations(self):
        origins = [d for d in [case.document() for case in corpus.cases()] + list(walk.examples().values())
                   if len(compact(d)) < 20000]
        each = -(-MUTATIONS // len(origins))
        documents = [m for i, d in enumerate(origins) for m in mutate.mutations(d, each, 20261122 + i)]
        self.assertGreaterEqual(len(documents), 5000)
        answers = self.compare(documents)
        for answer in ("valid", "invalid"):
            self.assertGreater(answers.count(answer), len(answers) // 10, "the mutations are too mild or too wild")

    def test_lone_surrogates_are_left_out_for_this_reason(self):
        document = walk.examples()["full-hf"]
        document["narrative"]["description"] = "\ud83d"
        text = compact(document, escaped=True)
        self.assertEqual((by_varde([text]), by_ajv([text])), (["invalid"], ["valid"]))

    def test_the_same_mutations_every_time(self):
        document = walk.examples()["full-hf"]
        first, second = (list(mutate.mutations(document, 50, 7)) for _ in range(2))
        self.assertEqual(first, second)


if __name__ == "__main__":
    node()  # where it is not to be had, the whole test is skipped, before unittest makes it a fault
    unittest.main()
