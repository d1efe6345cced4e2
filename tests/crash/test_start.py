"""What keeps varded from starting, and that it says which: exit status 2, one line
with a stable code and the file's name, and nothing half-made. And SIGHUP."""

import json
import os
import pathlib
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "http"))

try:
    from jwcrypto import jwk
    from varde import BIN, SOURCE, Varde, compact, example
    from test_disk import wait_for
except ImportError as missing:
    print(missing)
    sys.exit(77)


def snapshot(folder):
    """What is there, but for what SQLite keeps beside its files, and the proofs that
    every stop writes down."""
    return {p.relative_to(folder): p.read_bytes() if p.is_file() else None for p in folder.rglob("*")
            if not p.name.endswith(("-wal", "-shm", "dpop-proofs"))}


class Start(unittest.TestCase):
    def setUp(self):
        self.v = Varde()
        self.addCleanup(self.v.remove)
        self.data = self.v.demo / "data"
        self.credentials = self.v.demo / "credentials"

    def refused(self, code, name, same=True, user=None):
        """Starts and is refused for this reason; the folder stays as it was."""
        before = snapshot(self.v.demo) if same else None
        run = subprocess.run([BIN / "varded", "--config", self.v.conf], capture_output=True, text=True, timeout=60,
                             env=self.v.env, user=user)
        lines = [json.loads(line) for line in run.stderr.splitlines() if line.startswith("{")]
        self.assertEqual(run.returncode, 2, run.stderr)
        self.assertNotIn("Sanitizer", run.stderr)
        self.assertEqual([(line["event"], line["level"]) for line in lines], [("varded-refused", "error")], run.stderr)
        self.assertEqual(lines[0]["code"], code, lines)
        self.assertIn(name, lines[0]["where"], lines)
        self.assertTrue(lines[0]["text"])
        self.assertEqual(run.stdout, "")
        if same:
            self.assertEqual(snapshot(self.v.demo), before)
        self.assertFalse((self.data / "operator.sock").exists() and not self.v.process, "a socket was left behind")
        return lines[0]

    def starts(self):
        """And with the cause away it starts."""
        self.v.start()
        self.assertEqual(self.v.submit(self.v.tenants[0], example("minimal-hf", self.v.tenants[0])).status, 201)
        self.v.stop()

    def change_conf(self, old, new):
        text = self.v.conf.read_text()
        self.assertIn(old, text)
        self.v.conf.write_text(text.replace(old, new, 1))

    def sql(self, path, *statements):
        db = sqlite3.connect(path)
        for statement in statements:
            db.execute(statement)
        db.commit()
        db.close()

    # --- one at a time -----------------------------------------------------------

    def test_a_second_daemon_on_the_folder(self):
        v = self.v
        v.start()
        self.refused("folder-locked", "data", same=False)
        self.assertTrue((self.data / "operator.sock").exists())
        self.assertTrue(json.loads(v.ctl("status", "--json").stdout)["running"])
        v.ctl("tenant", "list")
        tenant = v.tenants[0]
        self.assertEqual(v.submit(tenant, example("minimal-hf", tenant)).status, 201)
        v.kill()  # the lock dies with its holder
        self.starts()

    def test_ports_taken(self):
        for part, section in (("intake", "[intake]"), ("admin", "[admin]")):
            with self.subTest(part), socket.socket() as s:
                port = self.v.port if part == "intake" else self.v.admin_port
                s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                s.bind(("127.0.0.1", port))
                s.listen()
                line = self.refused("listen-failed", str(port), same=False)
                self.assertIn("use", line["text"])
        self.starts()

    # --- secrets ---------------------------------------------------------------------

    def test_secrets(self):
        names = sorted(p.name for p in self.credentials.iterdir())
        self.assertEqual(names, ["fingerprint-key", "receipt-key.pem", "release-key"])
        names.remove("release-key")  # read when a release is signed, not at the start
        for name in names:
            path = self.credentials / name
            good = path.read_bytes()
            with self.subTest(name + " is missing"):
                path.unlink()
                self.refused("secret-missing", name)
                path.write_bytes(good)
            for mode in 0o644, 0o640, 0o604, 0o620, 0o666:
                with self.subTest(f"{name} has mode {mode:o}"):
                    path.chmod(mode)
                    self.refused("secret-permissions", name)
            path.chmod(0o600)
            for bad in b"", b"zz", b"\xff" * 40000, b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n":
                with self.subTest(f"{name} is malformed", bad=bad[:8]):
                    path.write_bytes(bad)
                    self.refused("secret-malformed", name)
            path.write_bytes(good)
            with self.subTest(f"{name} is a link"):
                path.rename(self.credentials / "aside")
                path.symlink_to("aside")
                self.refused("secret-unreadable", name)
                path.unlink()
                (self.credentials / "aside").rename(path)
            with self.subTest(f"{name} is a folder"):
                path.unlink()
                path.mkdir()
                self.refused("secret-permissions", name)
                path.rmdir()
                path.write_bytes(good)
                path.chmod(0o600)
        self.starts()

    # --- files of the configuration -----------------------------------------------------

    def test_configuration(self):
        good = self.v.conf.read_text()
        for bad, code in (("[intake]\nlisten = 127.0.0.1:1\nfarge = blå\n", "config-"), ("[farge]\nblå = ja\n", "config-"),
                          ("[intake]\nworkers = mange\n", "config-"), ("[intake]\nworkers = 0\n", "config-"),
                          ("[varde]\nenvironment = maybe\n", "config-"), ("tull\n", "config-")):
            with self.subTest(bad):
                self.v.conf.write_text(good + bad)
                run = subprocess.run([BIN / "varded", "--config", self.v.conf], capture_output=True, text=True, timeout=60)
                line = json.loads(run.stderr.splitlines()[0])
                self.assertEqual((run.returncode, line["event"]), (2, "varded-refused"))
                self.assertTrue(line["code"].startswith(code), line)
                self.assertRegex(line["where"], r"varde\.conf(:\d+)?$")
        self.v.conf.unlink()
        self.refused("config-missing", "varde.conf")
        self.v.conf.write_text(good)
        self.starts()

    def test_jwks(self):
        path = self.v.demo / "issuers/maskinporten.jwks.json"
        good = path.read_text()
        for bad in None, "", "{", "[]", '{"keys":{}}', '{"keys":[]}', '{"keys":[{"kty":"RSA","kid":"x","n":"AQ","e":"AQ"}]}':
            with self.subTest(bad):
                path.unlink() if bad is None else path.write_text(bad)
                line = self.refused_any(path.name)
                self.assertNotEqual(line["code"], "")
                path.write_text(good)
        self.starts()

    def refused_any(self, name):
        run = subprocess.run([BIN / "varded", "--config", self.v.conf], capture_output=True, text=True, timeout=60)
        lines = [json.loads(line) for line in run.stderr.splitlines() if line.startswith("{")]
        self.assertEqual((run.returncode, len(lines)), (2, 1), run.stderr)
        self.assertIn(name, lines[0]["where"], lines)
        return lines[0]

    def test_schemas(self):
        copy = self.v.folder / "schemas"
        shutil.copytree(SOURCE / "schemas", copy)
        self.change_conf("[intake]", f"schemas = {copy}\n[intake]")
        self.starts()
        for name in "incident-report/1.0.json", "rules.json", "codes":
            with self.subTest(name):
                (copy / name).rename(copy / "aside")
                self.refused_any(name.split("/")[-1] if name != "codes" else "codes")
                (copy / "aside").rename(copy / name)
        for name in "incident-report/1.0.json", "rules.json":
            with self.subTest(name + " is broken"):
                good = (copy / name).read_text()
                (copy / name).write_text(good[:-20])
                self.refused_any(name.split("/")[-1])
                (copy / name).write_text(good)
        self.starts()

    # --- files of the data folder ----------------------------------------------------------

    def test_the_register(self):
        path = self.data / "control.db"
        good = path.read_bytes()
        for code, spoil in (("database-newer", lambda: self.sql(path, "PRAGMA user_version = 99")),
                            ("database-kind", lambda: self.sql(path, "PRAGMA application_id = 7")),
                            ("database", lambda: path.write_bytes(b"Dette er ikke en database. " * 400))):
            with self.subTest(code):
                spoil()
                self.refused(code, path.name)
                path.write_bytes(good)
        path.unlink()
        path.mkdir()
        self.refused("database", path.name)
        path.rmdir()
        path.write_bytes(good)
        path.chmod(0o600)
        self.starts()

    def test_a_tenants_file_of_a_newer_program(self):
        path = self.v.database(self.v.tenants[0].orgnr)
        self.starts()
        good = path.read_bytes()
        self.sql(path, "PRAGMA user_version = 99")
        self.assertIn("99", self.refused("database-newer", path.name)["text"])
        path.write_bytes(good)
        self.v.start()
        self.v.stop()

    def test_a_tenants_file_that_is_none(self):
        """That tenant is out, and the log says which and why; the others notice nothing. With the
        file back all is well."""
        v, (a, b) = self.v, self.v.tenants[:2]
        path, other = v.database(a.orgnr), v.database(b.orgnr)
        good = path.read_bytes()
        for code, spoil in (("database-owner", lambda: path.write_bytes(other.read_bytes())),
                            ("database-kind", lambda: self.sql(path, "PRAGMA application_id = 7")),
                            ("database", lambda: path.write_bytes(b"Dette er ikke en database. " * 400))):
            with self.subTest(code):
                v.log_path.unlink(missing_ok=True)
                spoil()
                spoiled = path.read_bytes()
                v.start()
                self.assertEqual(v.submit(a, example("minimal-hf", a)).status, 503)
                self.assertEqual(v.submit(b, example("minimal-hf", b)).status, 201)
                failed = [(e["tenant"], e["code"]) for e in v.log() if e["event"] == "tenant-file-failed"]
                self.assertEqual(failed, [(a.orgnr, code)])
                self.assertEqual(path.read_bytes(), spoiled, "what is not ours was changed")
                v.kill()
                path.write_bytes(good)
                for suffix in "-wal", "-shm":
                    path.with_name(path.name + suffix).unlink(missing_ok=True)
                v.start()
                self.assertEqual(v.submit(a, example("minimal-hf", a)).status, 201)
                v.stop()
                good = path.read_bytes()

    @unittest.skipIf(os.geteuid() != 0, "needs to be root to become nobody")
    def test_a_folder_that_cannot_be_written(self):
        """As somebody who may read the configuration and no more."""
        for path in [self.v.folder, *self.v.folder.rglob("*")]:
            os.chown(path, 65534, 65534)
        self.data.chmod(0o500)
        for name in "lock", "control.db":
            (self.data / name).chmod(0o400)
        self.refused("folder-unusable", "data", user=65534)
        self.data.chmod(0o700)
        (self.data / "lock").chmod(0o600)
        self.refused("database", "control.db", user=65534)
        (self.data / "control.db").chmod(0o600)
        for path in [self.v.folder, *self.v.folder.rglob("*")]:
            os.chown(path, 0, 0)
        self.starts()

    def test_a_data_folder_that_cannot_be_made(self):
        self.change_conf("data = data", "data = nowhere/below/data")
        self.refused("folder-unusable", "nowhere/below/data")
        self.change_conf("data = nowhere/below/data", "data = demo.json")
        self.refused("folder-unusable", "demo.json")


class Reload(unittest.TestCase):
    """SIGHUP takes new keys of an issuer; broken files leave the old ones in force, and it says so."""

    def events(self, name):
        return [e for e in self.v.log() if e["event"] == name]

    def hang_up(self, event):
        before = len(self.events(event))
        self.v.process.send_signal(signal.SIGHUP)
        wait_for(lambda: len(self.events(event)) > before, event)
        return self.events(event)[-1]

    def token(self, key, kid):
        return {"Authorization": "Bearer " + compact({"alg": "RS256", "kid": kid, "typ": "JWT"},
                                                     self.v.claims(self.v.tenants[0]), key)}

    def status(self, headers):
        return self.v.get("/v1/tenant", headers=headers).status

    def test_keys_of_an_issuer(self):
        with Varde() as self.v:
            v = self.v
            path = v.demo / "issuers/maskinporten.jwks.json"
            good = json.loads(path.read_text())
            new = jwk.JWK.generate(kty="RSA", size=2048, kid="new", use="sig", alg="RS256")
            issuer = v.issuers["maskinporten"]
            self.assertEqual(self.status(self.token(issuer.key, issuer.kid)), 200)
            self.assertEqual(self.status(self.token(new, "new")), 401)
            path.write_text(json.dumps({"keys": good["keys"] + [new.export_public(as_dict=True)]}))
            self.hang_up("reloaded")
            self.assertEqual(self.status(self.token(new, "new")), 200)
            for bad in "{", '{"keys":[]}', None:
                path.unlink() if bad is None else path.write_text(bad)
                event = self.hang_up("reload-failed")
                self.assertEqual(event["level"], "error")
                self.assertIn(path.name, event["where"])
                for key, kid in (new, "new"), (issuer.key, issuer.kid):
                    self.assertEqual(self.status(self.token(key, kid)), 200)
            path.write_text(json.dumps({"keys": [new.export_public(as_dict=True)]}))
            old = self.token(issuer.key, issuer.kid)
            self.assertEqual(self.status(old), 200)
            self.hang_up("reloaded")
            self.assertEqual(self.status(old), 401, "a key that was withdrawn still works")
            self.assertEqual(self.status(self.token(new, "new")), 200)


if __name__ == "__main__":
    sys.exit(unittest.main(verbosity=2))
