"""vardectl while varded works on the folder: the same commands through its socket,
acting at once, and a sealed export that the custodian opens."""

import json
import os
import pathlib
import socket
import stat
import subprocess
import sys
import threading
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "http"))

try:
    from varde import BIN, Varde, example
except ImportError as missing:
    print(missing)
    sys.exit(77)

from installation import new_key, organisation_numbers


class Daemon(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.v = Varde()
        cls.v.start()
        cls.data = cls.v.demo / "data"
        cls.numbers = organisation_numbers()

    @classmethod
    def tearDownClass(cls):
        try:
            if cls.v.process.poll() is None:
                cls.v.stop()
        finally:
            cls.v.remove()

    def json(self, *words):
        return json.loads(self.v.ctl(*words, "--json").stdout)

    def refused(self, *words):
        run = self.v.ctl(*words, "--json", check=False)
        self.assertEqual((run.returncode, run.stdout), (2, ""), words)
        return json.loads(run.stderr)["error"]["code"]

    def connect(self):
        """A connection to the socket, by its folder: the path may be long."""
        folder = os.open(self.data, os.O_PATH)
        s = socket.socket(socket.AF_UNIX)
        s.settimeout(30)
        s.connect(f"/proc/self/fd/{folder}/operator.sock")
        os.close(folder)
        return s

    def say(self, text):
        """Sends the bytes, ends, and returns the whole answer."""
        with self.connect() as s:
            s.sendall(text)
            s.shutdown(socket.SHUT_WR)
            return self.read(s)

    @staticmethod
    def read(s):
        answer = b""
        while chunk := s.recv(65536):
            answer += chunk
        return answer

    def test_the_socket_is_private(self):
        mode = os.stat(self.data / "operator.sock").st_mode
        self.assertTrue(stat.S_ISSOCK(mode))
        self.assertEqual(stat.S_IMODE(mode), 0o600)

    @unittest.skipIf(os.geteuid(), "needs to be root")
    def test_another_user_is_refused_even_with_the_socket_open_to_it(self):
        folders = [self.v.folder, self.v.demo, self.data]
        os.chmod(self.data / "operator.sock", 0o666)
        for folder in folders:
            os.chmod(folder, 0o711)
        try:
            code = ("import os, socket, sys; os.setgid(65534); os.setuid(65534); s = socket.socket(socket.AF_UNIX);"
                    "s.connect(sys.argv[1]); print(s.recv(4096))")
            said = subprocess.run([sys.executable, "-c", code, str(self.data / "operator.sock")], timeout=60,
                                  capture_output=True, text=True)
        finally:
            for folder in folders:
                os.chmod(folder, 0o700)
            os.chmod(self.data / "operator.sock", 0o600)
        self.assertIn("operator-forbidden", said.stdout, said.stderr)
        self.assertNotIn("tenants", said.stdout)

    def test_a_second_daemon_is_refused_and_names_the_folder(self):
        second = subprocess.run([BIN / "varded", "--config", self.v.conf], capture_output=True, text=True, timeout=60)
        self.assertNotEqual(second.returncode, 0)
        event = json.loads(second.stderr.splitlines()[-1])
        self.assertEqual((event["code"], event["where"]), ("folder-locked", str(self.data)))
        self.assertEqual(self.v.ctl("tenant", "list").returncode, 0)

    def test_status_and_doctor_speak_of_the_running_daemon(self):
        status = self.json("status")
        self.assertIs(status["running"], True)
        self.assertIsNotNone(status["started_at"])
        run = self.v.ctl("doctor", "--json", check=False)
        checks = {c["name"]: c["level"] for c in json.loads(run.stdout)["checks"]}
        self.assertEqual(checks["daemon"], "fine")
        self.assertIn(run.returncode, (0, 1))

    def test_a_change_acts_at_once(self):
        tenant = self.v.tenants[1]
        self.assertEqual(self.v.submit(tenant, example("minimal-hf", tenant)).status, 201)
        self.json("tenant", "suspend", tenant.orgnr, "--reason", "prøve")
        self.assertEqual(self.v.submit(tenant, example("minimal-hf", tenant)).status, 403)
        self.json("tenant", "resume", tenant.orgnr)
        self.assertEqual(self.v.submit(tenant, example("minimal-hf", tenant)).status, 201)

    def test_refusals_come_through_whole(self):
        taken = self.v.tenants[0].orgnr
        self.assertEqual(self.refused("tenant", "add", taken, "N", "--kind", "hf"), "tenant-exists")
        self.assertEqual(self.refused("tenant", "suspend", taken), "reason-missing")
        self.assertEqual(self.refused("tenant", "show", next(self.numbers)), "tenant-unknown")

    def test_a_key_is_taken_and_revoked_in_the_running_service(self):
        tenant = self.v.tenants[3]
        private, public = new_key(str(self.v.folder), "fresh")
        kid = self.json("key", "add", tenant.orgnr, "--pem", public, "--unproven")["kid"]
        from jwcrypto import jwk
        old = tenant.key, tenant.kid, tenant.alg
        with open(private, "rb") as f:
            tenant.key, tenant.kid, tenant.alg = jwk.JWK.from_pem(f.read()), kid, "ES256"
        try:
            self.assertEqual(self.v.submit(tenant, example("minimal-hf", tenant)).status, 201)
            self.json("key", "revoke", kid, "--reason", "prøve")
            self.assertEqual(self.v.submit(tenant, example("minimal-hf", tenant)).status, 400)
        finally:
            tenant.key, tenant.kid, tenant.alg = old
        self.assertEqual(self.v.submit(tenant, example("minimal-hf", tenant)).status, 201)

    def opened(self, export):
        secret = self.v.demo / self.v.info["custodians"][0]["secret_key"]
        run = subprocess.run([BIN / "varde-open", "--key", secret], input=export, capture_output=True, timeout=120)
        return run.returncode, [json.loads(line) for line in run.stdout.splitlines()]

    def export(self, *words):
        run = subprocess.run([BIN / "vardectl", "--config", self.v.conf, "export-sealed", *words, "--json"],
                             capture_output=True, timeout=120)
        return run.returncode, run.stdout, json.loads(run.stderr)

    def test_a_sealed_export_opens_with_the_custodians_key(self):
        tenant = self.v.tenants[0]
        documents = [example("full-hf", tenant) for _ in range(3)]
        for document in documents:
            answer = self.v.submit(tenant, document)
            self.assertEqual(answer.status, 201, answer)
        status, export, counts = self.export("--tenant", tenant.orgnr, "--purpose", "læring")
        self.assertEqual((status, counts["items"], counts["keys"]), (0, 3, 1))
        self.assertNotIn(documents[0]["narrative"]["description"][:20].encode(), export)
        status, lines = self.opened(export)
        self.assertEqual(status, 0, lines)
        found = json.dumps(lines, ensure_ascii=False)
        for document in documents:
            self.assertIn(document["report_id"], found)
        self.assertIn(json.dumps(documents[0]["narrative"]["description"], ensure_ascii=False)[1:20], found)
        self.assertEqual(found.count('"signature": "valid"'), 3)

        seqs = [json.loads(line)["item"]["seq"] for line in export.splitlines() if line.startswith(b'{"item"')]
        later = self.export("--tenant", tenant.orgnr, "--purpose", "læring", "--since", str(seqs[1]))
        self.assertEqual((later[0], later[2]["items"]), (0, 1))
        one = self.v.folder / "one"
        one.write_text(documents[1]["report_id"].upper() + "\n# and one that is not there\n"
                       "00000000-0000-4000-8000-000000000000\n")
        status, export, counts = self.export("--tenant", tenant.orgnr, "--purpose", "læring", "--reports", one)
        self.assertEqual((status, counts["items"], counts["missing"]), (1, 1, 1))
        self.assertIn(documents[1]["report_id"].encode(), export)

    def test_hostile_callers_get_an_end_and_hurt_nobody(self):
        for text in (b"", b"\n", b"GET / HTTP/1.1\r\n\r\n", b"[]\n", b"{}\n", b"\0" * 100, b"{" * 5000 + b"\n",
                     b'{"varde":1,"function":"nonsense","args":{},"operator":"x","reason":null}\n',
                     b'{"varde":1,"function":"tenant show","args":{"orgnr":"1"},"operator":"x","reason":null}\n',
                     b'{"varde":1,"function":"tenant show","args":{"orgnr":"310000019","more":1},"operator":"x",'
                     b'"reason":null}\n',
                     b'{"varde":1,"function":"tenant list","args":{},"operator":"","reason":null}\n'):
            answer = self.say(text)
            self.assertTrue(answer.startswith(b"E"), (text, answer))
            self.assertTrue(answer.endswith(b"X\0\0\0\1\2"), (text, answer))
        gone = self.connect()
        gone.sendall(b'{"varde":1,"function":"tenant list","args":{},"operator":"x","reason":null}\n')
        gone.close()
        self.assertEqual(self.v.ctl("tenant", "list").returncode, 0)
        self.assertIsNone(self.v.process.poll())

    def test_many_operators_at_once(self):
        orgnrs = [next(self.numbers) for _ in range(8)]
        results = []

        def add(orgnr):
            results.append(self.v.ctl("tenant", "add", orgnr, "Samtidig HF", "--kind", "hf", check=False).returncode)

        threads = [threading.Thread(target=add, args=(orgnr,)) for orgnr in orgnrs]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(results, [0] * len(orgnrs))
        listed = {t["orgnr"] for t in self.json("tenant", "list")["tenants"]}
        self.assertLessEqual(set(orgnrs), listed)

    def test_calls_are_logged_without_their_arguments(self):
        orgnr = next(self.numbers)
        self.v.ctl("tenant", "add", orgnr, "Hemmelig HF", "--kind", "hf", "--operator", "Kari")
        event = [e for e in self.v.log() if e["event"] == "operator-call"][-1]
        self.assertEqual((event["command"], event["operator"], event["code"]), ("tenant add", "Kari", "ok"))
        self.assertNotIn("Hemmelig", self.v.log_path.read_text())
        self.assertNotIn(orgnr, self.v.log_path.read_text())


class Stopping(unittest.TestCase):
    def test_a_stop_cuts_waiting_callers_and_the_folder_is_free_again(self):
        with Varde() as v:
            waiting = [socket.socket(socket.AF_UNIX) for _ in range(3)]
            folder = os.open(v.demo / "data", os.O_PATH)
            for s in waiting:
                s.connect(f"/proc/self/fd/{folder}/operator.sock")
            os.close(folder)
            v.stop()
            for s in waiting:
                s.close()
            self.assertFalse((v.demo / "data/operator.sock").exists())
            self.assertFalse(json.loads(v.ctl("status", "--json").stdout)["running"])

    def test_after_a_kill_vardectl_works_on_the_folder(self):
        with Varde() as v:
            tenant = v.tenants[0]
            self.assertEqual(v.submit(tenant, example("minimal-hf", tenant)).status, 201)
            v.kill()
            self.assertTrue((v.demo / "data/operator.sock").exists())
            status = json.loads(v.ctl("status", "--json").stdout)
            self.assertEqual((status["running"], status["documents"]), (False, 1))
            run = v.ctl("export-sealed", "--tenant", tenant.orgnr, "--purpose", "etter strømbrudd")
            self.assertIn('"items":1', run.stdout.splitlines()[-1])
            v.start()
            self.assertTrue(json.loads(v.ctl("status", "--json").stdout)["running"])


if __name__ == "__main__":
    sys.exit(unittest.main())
