"""vardectl demo: what it writes, with which permissions, and when it refuses."""

import json
import os
import stat
import sys
import tempfile
import unittest
import urllib.parse

from installation import Installation, check_digit, vardectl


class Demo(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.it = Installation()

    @classmethod
    def tearDownClass(cls):
        cls.it.close()

    def test_demo_json_has_exactly_its_members(self):
        demo = self.it.demo
        self.assertEqual(list(demo), ["intake", "statistics", "audience", "scopes", "issuers", "tenants",
                                      "custodians"])
        self.assertEqual(demo["scopes"], ["varde:submissions.write", "varde:reports.read", "varde:statistics.read"])
        for issuer in demo["issuers"]:
            self.assertEqual(list(issuer), ["issuer", "profile", "private_key", "kid", "alg"])
        for tenant in demo["tenants"]:
            self.assertEqual(list(tenant), ["orgnr", "name", "kind", "kid", "alg", "signing_key"])
        for custodian in demo["custodians"]:
            self.assertEqual(list(custodian), ["kid", "secret_key"])

    def test_issuers_and_tenants_stand_in_their_order(self):
        demo = self.it.demo
        self.assertEqual([(i["profile"], i["alg"]) for i in demo["issuers"]],
                         [("maskinporten", "RS256"), ("helseid", "ES256")])
        self.assertEqual([t["kind"] for t in demo["tenants"]][:3], ["hf", "hf", "municipality"])
        self.assertGreater(len({t["alg"] for t in demo["tenants"]}), 2)
        for tenant in demo["tenants"]:
            self.assertIn(tenant["orgnr"][0], "23")
            self.assertEqual(check_digit(tenant["orgnr"][:8]), tenant["orgnr"][8])

    def test_the_register_says_the_same(self):
        tenants = {t["orgnr"]: t for t in self.it.json("tenant", "list")["tenants"]}
        keys = {k["kid"]: k for k in self.it.json("key", "list")["keys"]}
        custodians = {c["kid"] for c in self.it.json("custodian", "list")["custodians"]}
        for tenant in self.it.demo["tenants"]:
            row, key = tenants[tenant["orgnr"]], keys[tenant["kid"]]
            self.assertEqual((row["name"], row["kind"], row["phase"]), (tenant["name"], tenant["kind"], "active"))
            self.assertEqual((key["orgnr"], key["alg"], key["state"]), (tenant["orgnr"], tenant["alg"], "valid"))
        self.assertEqual({c["kid"] for c in self.it.demo["custodians"]}, custodians)
        self.assertEqual(self.it.json("status")["environment"], "test")

    def test_every_file_is_private_and_every_path_leads_somewhere(self):
        for folder, folders, files in os.walk(self.it.dir):
            for name in folders:
                self.assertEqual(stat.S_IMODE(os.stat(os.path.join(folder, name)).st_mode), 0o700, name)
            for name in files:
                self.assertEqual(stat.S_IMODE(os.stat(os.path.join(folder, name)).st_mode), 0o600, name)
        for path in ([i["private_key"] for i in self.it.demo["issuers"]] +
                     [t["signing_key"] for t in self.it.demo["tenants"]] +
                     [c["secret_key"] for c in self.it.demo["custodians"]]):
            self.assertFalse(os.path.isabs(path))
            with open(self.it.path(path), encoding="ascii") as f:
                self.assertEqual(f.readline(), "-----BEGIN PRIVATE KEY-----\n")

    def test_issuers_key_sets_hold_public_keys_only(self):
        for issuer in self.it.demo["issuers"]:
            with open(self.it.path("issuers", issuer["profile"] + ".jwks.json"), encoding="utf-8") as f:
                (key,) = json.load(f)["keys"]
            self.assertEqual((key["kid"], key["alg"]), (issuer["kid"], issuer["alg"]))
            self.assertFalse({"d", "p", "q", "dp", "dq", "qi"} & set(key))

    def test_ports_are_free_ones_or_those_given(self):
        with tempfile.TemporaryDirectory() as folder:
            made = vardectl("demo", folder, "--intake-port", "18111", "--statistics-port=18112", "--json")
            self.assertEqual(made.returncode, 0, made.stderr)
            demo = json.loads(made.stdout)
        self.assertEqual((demo["intake"], demo["statistics"]), ("http://127.0.0.1:18111", "http://127.0.0.1:18112"))
        ports = {urllib.parse.urlsplit(self.it.demo[name]).port for name in ("intake", "statistics")}
        self.assertEqual(len(ports), 2)

    def test_a_folder_with_something_in_it_is_left_alone(self):
        with tempfile.TemporaryDirectory() as folder:
            with open(os.path.join(folder, "mine"), "w", encoding="ascii") as f:
                f.write("precious")
            made = vardectl("demo", folder)
            self.assertEqual(made.returncode, 2)
            self.assertIn(folder.encode(), made.stderr)
            self.assertIn(b"folder-not-empty", made.stderr)
            self.assertEqual(os.listdir(folder), ["mine"])

    def test_bad_words_are_refused(self):
        for args in (["demo"], ["demo", "a", "b"], ["demo", "/nowhere/at/all"], ["demo", "x", "--intake-port", "0"],
                     ["demo", "x", "--intake-port", "65536"], ["demo", "x", "--intake-port", "-1"],
                     ["demo", "x", "--intake-port", "8a"], ["demo", "x", "--colour", "red"]):
            made = vardectl(*args)
            self.assertEqual(made.returncode, 2, args)
            self.assertFalse(os.path.exists("x"), args)


if __name__ == "__main__":
    sys.exit(unittest.main())
