#!/usr/bin/python3
"""An afternoon's connection: varde_key.py makes a key and its proof, the operator
registers them, varde_send.py sends with it; for oneself, and as a processor."""
import json
import os
import pathlib
import stat
import subprocess
import sys
import tempfile
import unittest

SOURCE = pathlib.Path(os.environ["VARDE_SOURCE"])
PYTHON = SOURCE / "client" / "python"
sys.path.insert(0, str(SOURCE / "tests" / "http"))
os.environ["no_proxy"] = "*"

from varde import Organisation, Varde, organisation_numbers  # noqa: E402


class Key(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.v, cls.numbers = Varde(), organisation_numbers()
        cls.v.start()
        cls.folder = pathlib.Path(tempfile.mkdtemp(dir=cls.v.folder))

    @classmethod
    def tearDownClass(cls):
        try:
            cls.v.stop()
        finally:
            cls.v.remove()

    def tool(self, *words, status=0):
        run = subprocess.run([sys.executable, "-B", PYTHON / "varde_key.py", *words, "--out", self.folder],
                             capture_output=True, text=True, timeout=120)
        self.assertEqual(run.returncode, status, run.stderr)
        return run

    def tenant(self, kind="hf"):
        """A tenant without a key."""
        one = Organisation(next(self.numbers), "Prøve", kind)
        self.v.ctl("tenant", "add", one.orgnr, one.name, "--kind", kind)
        self.v.ctl("tenant", "phase", one.orgnr, "active")
        return one

    def connect(self, one, *words):
        """Makes a key with the tool, registers it as the operator does. (private PEM, row of the register)."""
        private = self.folder / f"{one.orgnr}.pem"
        said = self.tool("--organisation", one.orgnr, "--new", private, *words).stdout.splitlines()
        jwk, proof = said[:2]
        row = json.loads(self.v.ctl("key", "add", one.orgnr, "--jwk", jwk, "--proof", proof, "--json").stdout)
        self.assertEqual((row["state"], row["proven"]), ("valid", "proof"))
        self.assertIn(json.loads(pathlib.Path(jwk).read_text())["kid"], said[2] + row["kid"])
        return private, row

    def send(self, caller, owner, private, kid, *words):
        """varde_send.py with the caller's token, for the owner."""
        token = self.folder / "token"
        token.write_text(self.v.token(caller))
        run = subprocess.run([sys.executable, "-B", PYTHON / "varde_send.py", "--service", self.v.info["intake"], "--audience",
                              self.v.info["audience"], "--organisation", owner.orgnr, "--key", private, "--kid", kid,
                              "--token-file", token, "--receipts", self.folder / owner.orgnr, *words, PYTHON / "example.csv"],
                             capture_output=True, text=True, timeout=300)
        return run.returncode, run.stdout + run.stderr

    def test_a_sender(self):
        one = self.tenant()
        private, row = self.connect(one)
        self.assertEqual(row["alg"], "ES256")
        self.assertEqual(stat.S_IMODE(private.stat().st_mode), 0o600)
        status, said = self.send(one, one, private, row["kid"])
        self.assertEqual(status, 0, said)
        self.assertIn(" mottatt ", said)
        self.assertEqual(self.send(one, one, private, row["kid"])[1].count("kjent fra før"), said.count("referanse"))

    def test_a_processor(self):
        company, owner, other = self.tenant("processor"), self.tenant(), self.tenant()
        private, row = self.connect(company, "--rsa", "--alg", "RS256", "--kid", "ikt-2026")
        self.assertEqual((row["kid"], row["alg"]), ("ikt-2026", "RS256"))
        self.v.ctl("processor", "add", owner.orgnr, company.orgnr)
        for words in (("--alg", "RS256", "--validate"), ("--alg", "RS256")):
            status, said = self.send(company, owner, private, row["kid"], *words)
            self.assertEqual(status, 0, said)
            self.assertEqual(self.send(company, other, private, row["kid"], *words)[0], 3)
        receipts = [json.loads(path.read_text())["receipt"] for path in (self.folder / owner.orgnr).iterdir()]
        self.assertEqual({(r["organisation"], r["sender"]) for r in receipts}, {(owner.orgnr, company.orgnr)})

    def test_a_key_that_is_there_already(self):
        one = self.tenant()
        private, row = self.connect(one, "--rsa")
        again = self.tool("--organisation", one.orgnr, "--key", private).stdout.splitlines()
        self.assertEqual(self.v.ctl("key", "add", one.orgnr, "--jwk", again[0], "--proof", again[1], check=False).returncode, 2)
        self.assertIn(row["kid"], again[2])
        self.tool("--organisation", one.orgnr, "--new", private, status=2)  # never over an old key
        self.tool("--organisation", one.orgnr, "--key", private, "--alg", "ES256", status=2)
        self.tool("--organisation", one.orgnr, "--key", "/nowhere", status=2)

    def test_anothers_proof_is_refused(self):
        one, other = self.tenant(), self.tenant()
        said = self.tool("--organisation", one.orgnr, "--new", self.folder / "mine.pem").stdout.splitlines()
        run = self.v.ctl("key", "add", other.orgnr, "--jwk", said[0], "--proof", said[1], check=False)
        self.assertEqual(run.returncode, 2)
        self.assertIn("key-proof-organisation", run.stderr)


if __name__ == "__main__":
    unittest.main()
