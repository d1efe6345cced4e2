"""Every command of vardectl on a folder at rest: what it does, what it refuses and
with which status, and what it leaves in the log."""

import fcntl
import json
import os
import pwd
import sys
import time
import unittest

from installation import Installation, new_key, vardectl


class Base(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.it = Installation()

    @classmethod
    def tearDownClass(cls):
        cls.it.close()


class Usage(Base):
    def test_help_lists_every_command_and_each_has_its_own(self):
        text = vardectl("--help").stdout.decode()
        commands = [line[2:28].strip() for line in text.splitlines() if line.startswith("  ")]
        for name in ("tenant add", "tenant list", "tenant show", "tenant suspend", "tenant resume", "tenant unit add",
                     "processor add", "processor list", "processor end", "key add", "key list", "key revoke", "custodian add", "custodian list", "schema list",
                     "schema check", "status", "doctor", "export-sealed", "access-log", "task add", "task list", "task end", "reservation add", "reservation clear", "reservation count", "erase", "demo"):
            self.assertIn(name, commands)
        for name in commands:
            if name == "schema check" or name.startswith("vardectl"):
                continue
            own = vardectl(*name.split(), "--help")
            self.assertEqual((own.returncode, own.stderr), (0, b""), name)
            self.assertTrue(own.stdout.startswith(b"usage: vardectl " + name.encode()), name)

    def test_nonsense_is_refused(self):
        for args in ([], ["nonsense"], ["tenant"], ["tenant", "fly"], ["--wings", "tenant", "list"]):
            self.assertEqual(vardectl(*args).returncode, 2, args)

    def test_words_that_do_not_belong(self):
        orgnr = self.it.demo["tenants"][0]["orgnr"]
        for args in (["tenant", "list", "more"], ["tenant", "list", "--colour", "red"], ["tenant", "show"],
                     ["tenant", "show", orgnr, orgnr], ["tenant", "show", orgnr, "--json=yes"],
                     ["tenant", "add", orgnr, "N"], ["tenant", "add", orgnr, "N", "--kind"],
                     ["tenant", "add", orgnr, "N", "--kind", "hf", "--kind", "hf"],
                     ["export-sealed", "--tenant", orgnr], ["export-sealed", "--tenant", orgnr, "--purpose", "p",
                                                           "--since", "two"]):
            self.assertEqual(self.it.refused(*args)[0], "usage", args)

    def test_the_configuration_comes_by_option_or_environment(self):
        self.assertEqual(vardectl("tenant", "list", env={"VARDE_CONFIG": self.it.config}).returncode, 0)
        self.assertEqual(vardectl("tenant", "list", f"--config={self.it.config}").returncode, 0)
        none = vardectl("tenant", "list")
        self.assertEqual(none.returncode, 2)
        self.assertIn(b"--config", none.stderr)
        missing = vardectl("tenant", "list", "--config", "/nowhere/varde.conf")
        self.assertEqual(missing.returncode, 2)
        self.assertIn(b"/nowhere/varde.conf", missing.stderr)

    def test_an_unknown_key_of_the_configuration_is_named_with_its_line(self):
        with open(self.it.config, encoding="utf-8") as f:
            text = f.read()
        path = self.it.path("other.conf")
        with open(path, "w", encoding="utf-8") as f:
            f.write(text + "colour = red\n")
        result = vardectl("tenant", "list", "--config", path)
        os.unlink(path)
        self.assertEqual(result.returncode, 2)
        self.assertIn(f"other.conf:{text.count(chr(10)) + 1}".encode(), result.stderr)
        self.assertIn(b"colour", result.stderr)


class Folder(Base):
    def test_a_folder_somebody_works_on_is_refused_by_name(self):
        with open(self.it.path("data", "lock"), "r+", encoding="ascii") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            code, where, _ = self.it.refused("tenant", "list")
        self.assertEqual((code, where), ("folder-locked", self.it.path("data")))
        self.assertEqual(self.it.run("tenant", "list").returncode, 0)

    def test_a_socket_that_a_dead_daemon_left_is_no_obstacle(self):
        import socket
        left = socket.socket(socket.AF_UNIX)
        here = os.getcwd()
        os.chdir(self.it.path("data"))
        left.bind("operator.sock")
        os.chdir(here)
        left.close()
        self.assertEqual(self.it.run("tenant", "list").returncode, 0)
        os.unlink(self.it.path("data", "operator.sock"))

    def test_a_secret_that_others_can_read_is_refused_by_name(self):
        path = self.it.path("credentials", "fingerprint-key")
        for mode in (0o644, 0o640, 0o606):
            os.chmod(path, mode)
            code, where, _ = self.it.refused("tenant", "list")
            self.assertEqual((code, where), ("secret-permissions", path))
        os.rename(path, path + "-away")
        self.assertEqual(self.it.refused("tenant", "list")[:2], ("secret-missing", path))
        os.rename(path + "-away", path)
        os.chmod(path, 0o600)
        self.assertEqual(self.it.run("tenant", "list").returncode, 0)

    @unittest.skipIf(os.geteuid(), "needs to be root")
    def test_root_makes_no_files_in_somebody_elses_folder(self):
        nobody = pwd.getpwnam("nobody")
        os.chown(self.it.path("data"), nobody.pw_uid, nobody.pw_gid)
        code, where, text = self.it.refused("tenant", "list")
        os.chown(self.it.path("data"), 0, 0)
        self.assertEqual((code, where), ("folder-owner", self.it.path("data")))
        self.assertIn("nobody", text)


class Tenants(Base):
    def test_add_list_show(self):
        parent, orgnr = self.it.tenant(kind="rhf"), next(self.it.numbers)
        added = self.it.json("tenant", "add", orgnr, "Prøve Sør HF", "--kind", "hf", "--parent", parent, "--contact",
                             "kvalitet@prove.example")
        self.assertEqual(added["phase"], "invited")
        shown = self.it.json("tenant", "show", orgnr)
        self.assertEqual((shown["name"], shown["parent"], shown["contact"]),
                         ("Prøve Sør HF", parent, "kvalitet@prove.example"))
        self.assertEqual((shown["units"], shown["keys"], shown["stored"]["last_seq"]), ([], [], 1))
        self.assertIn(orgnr, [t["orgnr"] for t in self.it.json("tenant", "list")["tenants"]])
        self.assertIn("Prøve Sør HF", self.it.run("tenant", "list").stdout.decode())
        self.assertIn("kvalitet@prove.example", self.it.run("tenant", "show", orgnr).stdout.decode())
        self.assertEqual([e[1] for e in self.it.events(orgnr)], ["tenant-added"])

    def test_with_test_it_is_in_test(self):
        self.assertEqual(self.it.json("tenant", "show", self.it.tenant("--test"))["phase"], "test")

    def test_what_cannot_be_a_tenant(self):
        good, taken = next(self.it.numbers), self.it.tenant()
        wrong = good[:8] + str((int(good[8]) + 1) % 10)
        for code, args in (("tenant-exists", [taken, "N", "--kind", "hf"]),
                           ("organisation-number", [wrong, "N", "--kind", "hf"]),
                           ("organisation-number", ["31000001", "N", "--kind", "hf"]),
                           ("organisation-number", [good + "0", "N", "--kind", "hf"]),
                           ("organisation-number", [good, "N", "--kind", "hf", "--parent", wrong]),
                           ("kind-unknown", [good, "N", "--kind", "castle"]),
                           ("argument-value", [good, "", "--kind", "hf"]),
                           ("argument-value", [good, "two\nlines", "--kind", "hf"]),
                           ("argument-value", [good, "bell\a", "--kind", "hf"]),
                           ("argument-value", [good, "c1 \u0085", "--kind", "hf"]),
                           ("argument-value", [good, "x" * 201, "--kind", "hf"]),
                           ("argument-value", [good, "N", "--kind", "hf", "--contact", "\x1b[31m"])):
            self.assertEqual(self.it.refused("tenant", "add", *args)[0], code, args)
        self.assertEqual(self.it.refused("tenant", "show", good)[0], "tenant-unknown")

    def test_phases(self):
        orgnr = self.it.tenant("--test")
        self.assertEqual(self.it.refused("tenant", "suspend", orgnr)[:2], ("reason-missing", "reason"))
        self.assertEqual(self.it.refused("tenant", "phase", orgnr, "closed")[0], "reason-missing")
        self.assertEqual(self.it.refused("tenant", "resume", orgnr)[0], "phase-move")
        self.assertEqual(self.it.json("tenant", "suspend", orgnr, "--reason", "keys lost")["phase"], "suspended")
        self.assertEqual(self.it.refused("tenant", "phase", orgnr, "active")[0], "phase-move")
        self.assertEqual(self.it.json("tenant", "resume", orgnr)["phase"], "test")
        self.assertEqual(self.it.json("tenant", "phase", orgnr, "active")["phase"], "active")
        self.assertEqual(self.it.json("tenant", "phase", orgnr, "active")["phase"], "active")
        self.assertEqual(self.it.refused("tenant", "phase", orgnr, "invited")[0], "phase-move")
        self.assertEqual(self.it.refused("tenant", "phase", orgnr, "retired")[0], "argument-value")
        self.assertEqual(self.it.json("tenant", "phase", orgnr, "closed", "--reason", "merged")["phase"], "closed")
        events = [(e[1], json.loads(e[2]).get("phase"), e[4]) for e in self.it.events(orgnr)]
        self.assertEqual(events, [("tenant-added", "test", None), ("tenant-phase", "suspended", "keys lost"),
                                  ("tenant-phase", "test", None), ("tenant-phase", "active", None),
                                  ("tenant-phase", "closed", "merged")])

    def test_units(self):
        orgnr, unit = self.it.tenant(), next(self.it.numbers)
        self.it.json("tenant", "unit", "add", orgnr, unit, "--name", "Sengepost 3")
        shown = self.it.json("tenant", "show", orgnr)
        self.assertEqual([(u["orgnr"], u["name"]) for u in shown["units"]], [(unit, "Sengepost 3")])
        self.assertEqual(self.it.refused("tenant", "unit", "add", orgnr, unit)[0], "unit-exists")
        self.assertEqual(self.it.refused("tenant", "unit", "add", self.it.tenant(), unit)[0], "unit-exists")
        self.assertEqual(self.it.refused("tenant", "unit", "add", orgnr, orgnr)[0], "argument-value")
        self.assertEqual(self.it.refused("tenant", "unit", "add", next(self.it.numbers), unit)[0], "tenant-unknown")
        other = self.it.tenant()
        self.assertEqual(self.it.refused("tenant", "unit", "remove", orgnr, unit)[0], "reason-missing")
        self.assertEqual(self.it.refused("tenant", "unit", "remove", other, unit, "--reason", "r")[0], "unit-unknown")
        (removed,) = self.it.json("tenant", "unit", "remove", orgnr, unit, "--reason", "lagt ned")["units"]
        self.assertEqual((removed["orgnr"], removed["removed_at"] is None), (unit, False))
        self.assertEqual(self.it.refused("tenant", "unit", "remove", orgnr, unit, "--reason", "r")[0], "unit-unknown")
        self.it.json("tenant", "unit", "add", orgnr, unit)
        self.assertEqual([(e[1], e[4]) for e in self.it.events(orgnr)],
                         [("tenant-added", None), ("unit-added", None), ("unit-removed", "lagt ned"), ("unit-added", None)])


class Keys(Base):
    def test_pem_gets_its_thumbprint_as_kid(self):
        orgnr = self.it.tenant()
        _, public = new_key(self.it.folder, "pem")
        key = self.it.json("key", "add", orgnr, "--pem", public, "--unproven")
        self.assertEqual((len(key["kid"]), key["alg"], key["source"], key["state"]), (43, "ES256", "pem", "valid"))
        self.assertEqual(key["valid_from"], time.strftime("%Y-%m-%dT00:00:00.000Z", time.gmtime()))
        self.assertIsNone(key["valid_to"])
        self.assertEqual(self.it.refused("key", "add", orgnr, "--pem", public, "--unproven")[0], "kid-exists")
        self.assertEqual(self.it.refused("key", "add", self.it.tenant(), "--pem", public, "--unproven")[0], "kid-exists")
        self.assertIn(key["kid"], self.it.run("key", "list", orgnr).stdout.decode())

    def test_a_kid_can_be_given_and_is_unique(self):
        orgnr = self.it.tenant()
        _, first = new_key(self.it.folder, "first", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048")
        _, second = new_key(self.it.folder, "second", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-384")
        key = self.it.json("key", "add", orgnr, "--pem", first, "--unproven", "--kid", "hf-2026")
        self.assertEqual((key["kid"], key["alg"]), ("hf-2026", "PS256 RS256"))
        self.assertEqual(self.it.refused("key", "add", orgnr, "--pem", second, "--unproven", "--kid", "hf-2026")[0], "kid-exists")
        self.assertEqual(self.it.json("key", "add", orgnr, "--pem", second, "--unproven")["alg"], "ES384")

    def test_jwk_with_its_kid_and_algorithm(self):
        with open(self.it.path("issuers", "helseid.jwks.json"), encoding="utf-8") as f:
            (jwk,) = json.load(f)["keys"]
        jwk["kid"] = "from-jwk"
        key = self.it.json("key", "add", self.it.tenant(), "--jwk", self.it.write("jwk.json", json.dumps(jwk)),
                           "--unproven")
        self.assertEqual((key["kid"], key["alg"], key["source"]), ("from-jwk", "ES256", "jwk"))
        key = self.it.json("key", "add", self.it.tenant(), "--jwk", self.it.write("jwk.json", json.dumps(jwk)),
                           "--unproven", "--kid", "mine")
        self.assertEqual(key["kid"], "mine")

    def test_dates_are_days_both_included(self):
        _, public = new_key(self.it.folder, "dated")
        orgnr = self.it.tenant()
        for args in (["--from", "2126-01-01", "--to", "2125-12-31"], ["--to", "2020-01-01"]):
            self.assertIn(self.it.refused("key", "add", orgnr, "--pem", public, "--unproven", *args)[0], ("key-dates", "key-expired"))
        for day in ("2026-02-30", "tomorrow", "2026-1-1"):
            self.assertEqual(self.it.refused("key", "add", orgnr, "--pem", public, "--unproven", "--from", day)[:2],
                             ("argument-value", "from"))
        key = self.it.json("key", "add", orgnr, "--pem", public, "--unproven", "--from", "2125-01-01", "--to", "2125-12-31")
        self.assertEqual((key["valid_from"], key["valid_to"], key["state"]),
                         ("2125-01-01T00:00:00.000Z", "2126-01-01T00:00:00.000Z", "future"))

    def test_what_is_no_public_key_of_ours(self):
        orgnr = self.it.tenant()
        private, public = new_key(self.it.folder, "private")
        _, short = new_key(self.it.folder, "short", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:1024")
        _, edwards = new_key(self.it.folder, "edwards", "-algorithm", "ED25519")
        symmetric = self.it.write("oct.json", '{"kty":"oct","k":"AAAA"}')
        for code, args in (("key-malformed", ["--pem", private]), ("key-weak", ["--pem", short]),
                           ("key-unsupported", ["--pem", edwards]), ("key-symmetric", ["--jwk", symmetric]),
                           ("invalid-json", ["--jwk", public]), ("argument-missing", []),
                           ("argument-missing", ["--pem", public, "--jwk", symmetric]),
                           ("file-unreadable", ["--pem", "/nowhere/key.pem"]),
                           ("file-unreadable", ["--pem", self.it.write("nul", b"a\0b")]),
                           ("argument-value", ["--pem", public, "--kid", "a\tb"])):
            self.assertEqual(self.it.refused("key", "add", orgnr, *args)[0], code, args)
        self.assertEqual(self.it.refused("key", "add", next(self.it.numbers), "--pem", public, "--unproven")[0], "tenant-unknown")
        self.assertEqual(self.it.json("key", "list", orgnr)["keys"], [])

    def test_a_revoked_key_is_shown_and_stays_revoked(self):
        orgnr = self.it.tenant()
        _, public = new_key(self.it.folder, "revoked")
        kid = self.it.json("key", "add", orgnr, "--pem", public, "--unproven", "--kid", "-dashed")["kid"]
        self.assertEqual(self.it.refused("key", "revoke", kid)[0], "reason-missing")
        revoked = self.it.json("key", "revoke", kid, "--reason", "laptop stolen")
        self.assertEqual((revoked["state"], revoked["revoke_reason"]), ("revoked", "laptop stolen"))
        (row,) = self.it.json("key", "list", orgnr)["keys"]
        self.assertEqual((row["kid"], row["state"], row["revoke_reason"]), (kid, "revoked", "laptop stolen"))
        self.assertEqual(self.it.refused("key", "revoke", kid, "--reason", "again")[0], "already-revoked")
        self.assertEqual(self.it.refused("key", "add", orgnr, "--pem", public, "--unproven", "--kid", kid)[0], "kid-exists")
        self.assertEqual(self.it.refused("key", "revoke", "unheard-of", "--reason", "r")[0], "kid-unknown")
        self.assertEqual([e[1] for e in self.it.events(orgnr)], ["tenant-added", "key-added", "key-revoked"])


class Custodians(Base):
    def public_file(self):
        with open(self.it.path("custodian", "public-key.json"), encoding="utf-8") as f:
            return json.load(f)

    def institutes(self):
        return [c for c in self.it.json("custodian", "list")["custodians"] if not c["orgnr"]]

    def test_only_with_a_proof(self):
        file = self.public_file()
        broken = dict(file, proof=dict(file["proof"], signature="A" * 86))
        without = {k: v for k, v in file.items() if k != "proof"}
        for content in (broken, without, {}, []):
            path = self.it.write("custodian.json", json.dumps(content))
            self.assertIn(self.it.refused("custodian", "add", path)[0], ("custodian-proof", "custodian-file"))
        self.assertEqual(len(self.institutes()), 1)

    def test_once_only_and_shown(self):
        path = self.it.path("custodian", "public-key.json")
        self.assertEqual(self.it.refused("custodian", "add", path)[0], "kid-exists")
        (row,) = self.institutes()
        self.assertEqual((row["kid"], row["state"], row["orgnr"]), (self.public_file()["kid"], "serving", None))

    def test_a_data_owners_own(self):
        other = Installation()
        try:
            orgnr = self.it.tenant()
            path = other.path("custodian", "public-key.json")
            added = self.it.json("custodian", "add", path, "--tenant", orgnr, "--label", "Prøve HF")
            self.assertEqual((added["orgnr"], added["label"]), (orgnr, "Prøve HF"))
            self.assertEqual([e[1] for e in self.it.events(orgnr)], ["tenant-added", "custodian-added"])
            self.assertEqual(self.it.refused("custodian", "add", path)[0], "kid-exists")
            self.assertEqual(self.it.refused("custodian", "add", path, "--tenant", next(self.it.numbers))[0],
                             "tenant-unknown")
        finally:
            other.close()


class Health(Base):
    def test_schemas(self):
        rows = {s["schema"]: s["open"] for s in self.it.json("schema", "list")["schemas"]}
        self.assertIs(rows["incident-report/1.0"], True)

    def test_status(self):
        status = self.it.json("status")
        self.assertEqual((status["running"], status["documents"], status["custodians"]), (False, 0, 1))
        self.assertGreater(status["disk_free_bytes"], 0)
        self.assertIn(b"environment", self.it.run("status").stdout)

    def test_doctor_ends_as_its_worst_finding(self):
        result = self.it.run("doctor", "--json")
        said = json.loads(result.stdout)
        levels = {c["name"]: c["level"] for c in said["checks"]}
        self.assertEqual(levels["daemon"], "warning")
        self.assertEqual(levels["custodians"], "fine")
        self.assertEqual(levels["keys"], "fine")
        order = ["fine", "warning", "broken"]
        self.assertEqual(said["verdict"], order[max(order.index(level) for level in levels.values())])
        self.assertEqual(result.returncode, order.index(said["verdict"]))
        self.assertLessEqual(len(self.it.run("doctor").stdout.splitlines()), 24)

    def test_doctor_sees_keys_that_run_out(self):
        orgnr = self.it.tenant("--test")
        _, public = new_key(self.it.folder, "ending")
        soon = time.strftime("%Y-%m-%d", time.gmtime(time.time() + 20 * 86400))
        self.it.json("key", "add", orgnr, "--pem", public, "--unproven", "--to", soon)
        checks = {c["name"]: c for c in json.loads(self.it.run("doctor", "--json").stdout)["checks"]}
        self.assertEqual(checks["keys"]["level"], "warning")
        self.assertIn("1 run out", checks["keys"]["text"])
        _, lasting = new_key(self.it.folder, "lasting")
        self.it.json("key", "add", orgnr, "--pem", lasting, "--unproven")
        checks = {c["name"]: c for c in json.loads(self.it.run("doctor", "--json").stdout)["checks"]}
        self.assertEqual(checks["keys"]["level"], "fine")

    def test_doctor_sees_data_owners_that_nobody_signs_for(self):
        def keys():
            return {c["name"]: c for c in json.loads(self.it.run("doctor", "--json").stdout)["checks"]}["keys"]

        company, orgnr = self.it.tenant("--test", kind="processor"), self.it.tenant("--test")
        for one in (company, orgnr):
            self.it.json("tenant", "phase", one, "active")
        self.assertEqual((keys()["level"], "1 active data owners" in keys()["text"]), ("warning", True))
        self.it.json("processor", "add", orgnr, company)
        self.assertEqual(keys()["level"], "warning")
        _, public = new_key(self.it.folder, "company")
        self.it.json("key", "add", company, "--pem", public, "--unproven")
        self.assertEqual(keys()["level"], "fine")
        self.it.json("processor", "end", orgnr, company, "--reason", "oppsagt")
        self.assertEqual(keys()["level"], "warning")
        self.it.json("tenant", "suspend", orgnr, "--reason", "a test")

    def test_doctor_sees_a_damaged_file(self):
        orgnr = self.it.tenant()
        with open(self.it.path("data", "tenants", orgnr + ".db"), "r+b") as f:
            f.write(b"not a database, not at all")
        result = self.it.run("doctor", "--json")
        self.assertEqual(result.returncode, 2)
        checks = {c["name"]: c for c in json.loads(result.stdout)["checks"]}
        self.assertEqual(checks["files"]["level"], "broken")
        self.assertIn("error", self.it.json("tenant", "show", orgnr)["stored"])
        os.unlink(self.it.path("data", "tenants", orgnr + ".db"))


class Log(Base):
    def test_every_change_and_export_is_logged_and_nothing_else(self):
        before = len(self.it.actions())
        orgnr = next(self.it.numbers)
        who = ["--operator", "Kari Nordmann", "--reason", "sak 26/117"]
        self.it.json("tenant", "add", orgnr, "Logget HF", "--kind", "hf", *who)
        self.it.json("tenant", "list")
        self.it.json("status")
        self.it.run("doctor")
        self.it.refused("tenant", "add", orgnr, "Logget HF", "--kind", "hf", *who)
        export = self.it.run("export-sealed", "--tenant", orgnr, "--purpose", "tilsyn", "--since", "3", *who)
        self.assertEqual(export.returncode, 0)
        rows = self.it.actions()[before:]
        self.assertEqual([(r[1], r[2], r[3], r[4]) for r in rows],
                         [("Kari Nordmann", os.getuid(), "tenant add", "sak 26/117"),
                          ("Kari Nordmann", os.getuid(), "export-sealed", "sak 26/117")])
        self.assertEqual(json.loads(rows[1][5]), {"tenant": orgnr, "purpose": "tilsyn", "since": 3, "upto": 1})
        self.assertLess(abs(rows[0][0] / 1000 - time.time()), 60)

    def test_the_operator_is_the_login_name_unless_said(self):
        self.it.tenant()
        self.assertEqual(self.it.actions()[-1][1], os.environ.get("SUDO_USER") or pwd.getpwuid(os.getuid()).pw_name)
        for operator in ("", "x" * 65, "two\nlines"):
            self.assertEqual(self.it.refused("tenant", "list", "--operator", operator)[0], "operator-missing")
        self.assertEqual(self.it.refused("tenant", "list", "--reason", "x" * 501)[0], "argument-value")


class Export(Base):
    def test_nothing_stored_is_an_export_of_nothing(self):
        orgnr = self.it.demo["tenants"][0]["orgnr"]
        result = self.it.run("export-sealed", "--tenant", orgnr, "--purpose", "prøve", "--json")
        lines = [json.loads(line) for line in result.stdout.splitlines()]
        self.assertEqual((lines[0]["varde_export"], lines[0]["tenant"], lines[0]["purpose"]), (1, orgnr, "prøve"))
        self.assertEqual(lines[1:], [{"end": {"keys": 0, "groups": 0, "items": 0}}])
        self.assertEqual(json.loads(result.stderr), {"items": 0, "groups": 0, "keys": 0, "missing": 0})

    def test_reports_asked_for_and_not_there_are_counted(self):
        orgnr = self.it.demo["tenants"][0]["orgnr"]
        ids = self.it.write("ids", "# wanted\n\n3ceaaf30-8142-48ea-91d9-3080f9b439fc\n")
        result = self.it.run("export-sealed", "--tenant", orgnr, "--purpose", "p", "--reports", ids, "--json")
        self.assertEqual(result.returncode, 1)
        self.assertEqual(json.loads(result.stderr)["missing"], 1)
        bad = self.it.write("ids", "3ceaaf30-8142-48ea-91d9-3080f9b439fc\n12345678901\n")
        code, where, text = self.it.refused("export-sealed", "--tenant", orgnr, "--purpose", "p", "--reports", bad)
        self.assertEqual((code, where), ("argument-value", "reports"))
        self.assertNotIn("12345678901", text)

    def test_an_unknown_tenant_and_an_empty_purpose(self):
        self.assertEqual(self.it.refused("export-sealed", "--tenant", next(self.it.numbers), "--purpose", "p")[0],
                         "tenant-unknown")
        self.assertEqual(self.it.refused("export-sealed", "--tenant", next(self.it.numbers), "--purpose", "")[0],
                         "argument-value")

    @unittest.skipUnless(os.path.exists("/dev/full"), "needs /dev/full")
    def test_a_full_disk_is_no_success(self):
        import subprocess
        from installation import VARDECTL
        with open("/dev/full", "wb") as full:
            result = subprocess.run([VARDECTL, "--config", self.it.config, "tenant", "list"], stdout=full,
                                    stderr=subprocess.PIPE, timeout=60)
        self.assertEqual(result.returncode, 2)


if __name__ == "__main__":
    sys.exit(unittest.main())
