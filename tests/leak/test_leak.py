"""Sealed means sealed: documents full of distinctive bytes go in, well-formed and
not, and then every file the daemon could have written is searched for them, in
every form, with the daemon up, killed, started again and stopped."""

import base64
import json
import os
import pathlib
import resource
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "http"))

try:
    from varde import BIN, SOURCE, Varde, b64, compact, example
except ImportError as missing:
    print(missing)
    sys.exit(77)

from canaries import Canaries, SEALED, digits, letters, person_number, words
from forms import Needles, forms, names_of, oracles, process_files, read, regular_files

RELEASE = SOURCE / "build/release/bin"


def release_is_current():
    """A release build lies beside this one, and is no older than what it is made of."""
    if RELEASE == BIN or not (RELEASE / "varded").exists():
        return False
    sources = [p for room in ("lib", "server", "migrations") for p in (SOURCE / room).rglob("*") if p.is_file()]
    return (RELEASE / "varded").stat().st_mtime > max(p.stat().st_mtime for p in sources)


class Search(unittest.TestCase):
    """The search itself: what it cannot find proves nothing."""

    def test_every_form_is_found_wherever_it_stands(self):
        canary = "Åse Ødegård/«12345678»"
        needles = Needles()
        needles.add("x", forms(canary))
        for plain in (canary.encode(), canary.encode("latin-1"), json.dumps(canary).encode(), canary.encode("utf-16-le"),
                      json.dumps(canary, ensure_ascii=False).encode().replace(b"/", b"\\/")):
            for around in range(4):
                text = b"Z" * around + plain + b"Y" * around
                for coded in (text, base64.b64encode(text), base64.urlsafe_b64encode(text), text.hex().encode(),
                              text.hex().upper().encode()):
                    self.assertTrue(needles.find(b"\x00\xff" + coded + b"\n"), (plain, around, coded))
        self.assertFalse(needles.find(os.urandom(100000)))


class Leak(unittest.TestCase):
    bin = BIN

    def setUp(self):
        self.v = Varde()
        self.addCleanup(self.v.remove)
        self.canaries = Canaries()
        self.answers = []       # bodies and heads of all answers
        self.sealed = []        # canaries of accepted documents, with the tenant
        self.extra = Needles()  # forms that are no plain string's

    def start(self):
        """The daemon, free to leave a core, with folders of its own for whatever it might spill."""
        v = self.v
        for name in "cwd", "home", "tmp":
            (v.folder / name).mkdir(exist_ok=True)
        v.env = {**v.env, "HOME": str(v.folder / "home"), "TMPDIR": str(v.folder / "tmp"),
                 "SQLITE_TMPDIR": str(v.folder / "tmp")}
        hard = resource.getrlimit(resource.RLIMIT_CORE)[1]
        with open(v.log_path, "ab") as log:
            v.process = subprocess.Popen([self.bin / "varded", "--config", v.conf], stderr=log, stdout=log, env=v.env,
                                         cwd=v.folder / "cwd",
                                         preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_CORE, (hard, hard)))
        end = time.monotonic() + 60
        while time.monotonic() < end:
            assert v.process.poll() is None, v.log_path.read_text()
            try:
                if v.admin("/ready").status == 200:
                    return
            except OSError:
                pass
            time.sleep(0.02)  # polling a condition, bounded
        raise AssertionError(v.log_path.read_text())

    # --- what goes in ----------------------------------------------------------------

    def note(self, name, canary):
        return self.canaries.note(name, canary)

    def heard(self, answer):
        self.answers.append(str(answer.headers).encode() + answer.body)
        return answer

    def post(self, path, body, tenant=None, status=None, **more):
        answer = self.heard(self.v.post(path, body, tenant, **more))
        if status:
            self.assertIn(answer.status, status if isinstance(status, tuple) else (status,), answer)
        return answer

    def signed(self, tenant, document, ascii_=False, **more):
        """The signed document; its signature and payload hash must not show either."""
        payload = json.dumps(self.v.payload(tenant, document, **more), ensure_ascii=ascii_).encode()
        jws = compact({"alg": tenant.alg, "kid": tenant.kid, "typ": "varde+jws"}, payload, tenant.key)
        signature = jws.rsplit(".", 1)[1]
        raw = base64.urlsafe_b64decode(signature + "==")
        self.extra.add("a signature", {signature.encode(), raw, base64.b64encode(raw).rstrip(b"="), raw.hex().encode()})
        self.extra.add("a payload's hash", oracles(payload) | oracles(b64(payload)))
        return jws

    def accept(self, tenant, label):
        before = set(self.canaries.all)
        document = self.canaries.document(tenant, label)
        self.sealed.append((tenant, document, [c for c in self.canaries.all if c not in before]))
        return document

    def post_accepted(self):
        for tenant in self.v.tenants[:2]:
            document = self.accept(tenant, "accepted")
            jws = self.signed(tenant, document, ascii_=tenant is self.v.tenants[1])
            self.post("/v1/submissions", jws, tenant, 201)
            self.post("/v1/submissions", jws, tenant, 200)
            self.post("/v1/submissions", self.signed(tenant, document), tenant, 200)
            other = {**document, "narrative": {"description": self.note("conflict", words())}}
            self.post("/v1/submissions", self.signed(tenant, other), tenant, 409)
            self.post("/v1/submissions", self.signed(tenant, {**other, "revision": 7}), tenant, 409)
            second = {**self.accept(tenant, "revision"), "report_id": document["report_id"], "revision": 2}
            self.sealed[-1] = (tenant, second, self.sealed[-1][2])
            self.post("/v1/submissions", self.signed(tenant, second), tenant, 201)
            batch = [self.signed(tenant, self.accept(tenant, "batch")) for _ in range(2)]
            body = json.dumps({"submissions": [batch[0], batch[0], batch[1] + "AAAA", "x." + letters(9), batch[1]]})
            answer = self.post("/v1/submissions/batch", body, tenant, 200, type="application/json")
            self.assertEqual([r["status"] for r in answer.json["results"]], [201, 200, 400, 400, 201])

    def post_validated(self):
        tenant = self.v.tenants[0]
        document = self.canaries.document(tenant, "validated")
        self.heard(self.v.validate(tenant, document))
        self.post("/v1/submissions/validate", self.signed(tenant, document), tenant, 200)
        for document in self.canaries.wrong(tenant, "validated, wrong"):
            body = json.dumps({"schema": "incident-report/1.0", "document": document}, ensure_ascii=False).encode()
            self.post("/v1/submissions/validate", body, tenant, (400, 413, 422), type="application/json")
            self.post("/v1/submissions/validate", body[:-30], tenant, (400, 413), type="application/json", lang="en")
            self.post("/v1/submissions/validate", body, None, (401, 413), type="application/json")

    def post_refused(self):
        v, tenant, stranger = self.v, self.v.tenants[0], self.v.tenants[2]
        for document in self.canaries.wrong(tenant, "refused"):
            self.post("/v1/submissions", self.signed(tenant, document), tenant, (400, 403, 413, 422))
        document = self.canaries.document(tenant, "malformed")
        jws, secret = self.signed(tenant, document), self.note("malformed", words())
        plain = json.dumps(document, ensure_ascii=False).encode()
        large = (self.note("too large", words()) * 20000).encode()
        self.post("/v1/submissions", jws, stranger, 403)
        self.post("/v1/submissions", jws, None, 401)
        self.post("/v1/submissions", jws[:-9], tenant, 400)
        self.post("/v1/submissions", jws + "=", tenant, 400)
        self.post("/v1/submissions", plain, tenant, 415, type="application/json")
        self.post("/v1/submissions", plain, tenant, 400)
        self.post("/v1/submissions", plain, tenant, 415, type="text/plain; note=" + letters(9))
        self.post("/v1/submissions", large, tenant, 413)
        self.post("/v1/submissions/batch", large, tenant, (400, 413), type="application/json")
        self.post("/v1/submissions/batch", plain, tenant, 400, type="application/json")
        for items, status in ([plain.decode(), {}, jws[:99]], 200), ([jws, document], 400):
            self.post("/v1/submissions/batch", json.dumps({"submissions": items}), tenant, status,
                      type="application/json")
        self.post("/v1/submissions", self.signed(tenant, document, schema=secret), tenant, (400, 422))
        self.post("/v1/submissions", self.signed(tenant, document, note=secret), tenant, 400)
        self.post("/v1/submissions", self.signed(tenant, document, aud=secret), tenant, 400)
        self.post("/v1/submissions", v.sign(tenant, document, {"kid": secret}), tenant, 400)
        self.post("/v1/submissions", v.sign(tenant, document, {"typ": secret}), tenant, 400)
        twice = plain.replace(b'"revision": 1', b'"revision": 1, "revision": 1')
        for payload in (plain, twice, plain + b"\0", b"\xff" + plain, b"[" * 200 + plain):
            self.post("/v1/submissions", compact({"alg": tenant.alg, "kid": tenant.kid, "typ": "varde+jws"}, payload,
                                                 tenant.key), tenant, 400)

    def post_around(self):
        """Where a careless client might put them: addresses, fields, tokens."""
        v, tenant = self.v, self.v.tenants[0]
        token = v.bearer(tenant)
        name, number, ascii_ = self.note("address", words()), self.note("address", person_number()), letters(16)
        self.note("address", ascii_)
        quoted = "".join(f"%{b:02X}" for b in name.encode())
        for path in (f"/v1/reports/{number}", f"/v1/reports?since={ascii_}", f"/v1/reports?{ascii_}={number}",
                     f"/v1/reports/{quoted}/receipt", f"/v1/codes/{ascii_}", f"/{number}/{ascii_}", f"/?navn={quoted}",
                     f"/v1/schemas/{ascii_}/{number}", f"/problems/{ascii_}", f"/v1/tenant?organisation={number}"):
            for headers in token, {}:
                self.heard(v.get(path, headers=headers))
        fields = {"X-Pasient": number, "User-Agent": ascii_, "Referer": f"http://x.example/{ascii_}", "Cookie": ascii_,
                  "traceparent": ascii_, "Accept-Language": ascii_, "X-Request-Id": ascii_, "Accept": ascii_ + "/json",
                  "Forwarded": f"for={ascii_}", ascii_: number}
        for field, value in fields.items():
            self.heard(v.get("/v1/tenant", headers={**token, field: value}))
        for value in ascii_, "Bearer " + ascii_, "DPoP " + ascii_, f"Basic {b64(name.encode())}", "Bearer " + 20000 * "x":
            self.heard(v.get("/v1/tenant", headers={"Authorization": value, "DPoP": b64(name.encode())}))
        for claims in ({"client_id": name}, {"pid": number}, {"scope": name}, {"iss": name}, {"aud": name},
                       {"consumer": {"authority": name, "ID": "0192:" + number}}, {"exp": name}):
            self.heard(v.get("/v1/tenant", headers={"Authorization": "Bearer " + v.token(tenant, **claims)}))

    def raw(self, data, abort=False, whole=False):
        """Bytes as they are, and away: an abort resets the connection instead of closing
        it. Who asked a whole question waits for the answer and its end."""
        with socket.create_connection((self.v.host, self.v.port), timeout=30) as s:
            if abort:
                s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            s.sendall(data)
            if whole and not abort:
                answer = b""
                try:
                    while chunk := s.recv(65536):
                        answer += chunk
                except ConnectionError:
                    pass
                self.answers.append(answer)

    def post_broken(self):
        """Requests that end midway, or are none."""
        v, tenant = self.v, self.v.tenants[0]
        name = self.note("raw", words())
        document = self.canaries.document(tenant, "aborted")
        body = self.signed(tenant, document).encode()
        plain = json.dumps(document).encode()
        head = (f"POST /v1/submissions HTTP/1.1\r\nHost: {v.host}\r\nAuthorization: {v.bearer(tenant)['Authorization']}"
                f"\r\nContent-Type: application/jose\r\nContent-Length: {len(body)}\r\n\r\n").encode()
        for abort in False, True:
            self.raw(head + body[:len(body) // 2], abort)
            self.raw(head + plain[:len(body) // 2], abort)
            self.raw(head[:-60], abort)
            self.raw(b"GET /v1/" + name.encode() + b" HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", abort,
                     True)
            self.raw(name.replace(" ", "").encode() + b" / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", abort,
                     True)
            self.raw(b"GET / HTTP/1.1\r\nHost: " + name.encode() + b"\r\n" + name.encode() + b"\r\n\r\n", abort,
                     True)
            self.raw(plain, abort)
            self.raw(head.replace(b"Content-Length", b"Transfer-Encoding: chunked\r\nX") + b"40;" + name.encode()
                     + b"\r\n" + plain[:64] + b"\r\n0\r\nX-Navn: " + name.encode() + b"\r\n\r\n", abort)
        with socket.create_connection((v.host, v.port), timeout=30) as s:
            s.sendall(head + body)  # accepted, and nobody waits for the answer
        self.note_accepted_maybe(tenant, document)

    def note_accepted_maybe(self, tenant, document):
        """What an abandoned request left behind is the same as if it had waited."""
        answer = self.v.submit(tenant, document)
        self.assertIn(answer.status, (200, 201), answer)
        canaries = [c for c, name in self.canaries.all.items() if name.startswith("aborted")]
        self.sealed.append((tenant, document, canaries))

    def ask_around(self):
        """What operators and monitoring are shown."""
        v = self.v
        for path in "/metrics", "/ready", "/live":
            self.heard(v.admin(path))
        for path in "/problems", "/problems/invalid-document", "/openapi.yaml", "/.well-known/jwks.json":
            self.heard(v.get(path))
        tenant = v.tenants[0].orgnr
        for command in (["status"], ["doctor"], ["tenant", "list"], ["tenant", "show", tenant], ["key", "list"],
                        ["custodian", "list"], ["schema", "list"]):
            for words_ in command, command + ["--json"]:
                run = v.ctl(*words_, check=False)
                self.assertIn(run.returncode, (0, 1), run.stderr)
                self.answers.append((run.stdout + run.stderr).encode())
        refused = [event["trace_id"] for event in v.log() if event.get("code") and event.get("trace_id")]
        self.assertGreater(len(refused), 50)
        for trace_id in refused[::len(refused) // 25]:
            run = v.ctl("trace", trace_id, check=False)
            self.assertEqual(run.returncode, 0, run.stdout)
            self.answers.append((run.stdout + run.stderr).encode())

    # --- and must not come out ----------------------------------------------------------

    def needles(self):
        needles = Needles()
        for canary, name in self.canaries.all.items():
            needles.add(name, forms(canary))
            if len(canary) < 60:
                needles.add(name + " (its hash)", oracles(canary))
        needles.join(self.extra)
        return needles

    def search(self, when):
        """All files of the daemon; the clear case numbers show that the search sees what is there."""
        v = self.v
        demo_keys = {v.demo / "demo.json", v.conf}
        found, everything, size = set(), [], 0
        files = [(p, str(p)) for p in regular_files(v.folder)]
        if v.process.poll() is None:
            files += list(process_files(v.process.pid))
        for folder in {tempfile.gettempdir(), "/tmp", "/var/tmp", "/dev/shm", os.getcwd()}:
            for p in pathlib.Path(folder).iterdir():
                if p.is_file() and not p.is_symlink() and p.lstat().st_mtime >= self.began and p.stat().st_size < 1 << 26:
                    files.append((p, str(p)))
        for path, name in files:
            data = read(path)
            size += len(data)
            everything.append((name, data))
            if path not in demo_keys:
                found |= {(when, name, *f) for f in self.now.find(data)}
        found |= {(when, "file names", *f) for f in self.now.find(names_of(v.folder))}
        self.assertFalse(found, sorted(found)[:20])
        stored = [d["source"]["local_case_id"].encode() for _, d, _ in self.sealed]
        for case_id in stored:
            self.assertTrue(any(case_id in data for name, data in everything if "/tenants/" in name),
                            "the search does not see what is there")
        self.assertFalse([n for n, _ in everything if pathlib.Path(n).name.startswith("core")], "a core was left")
        print(f"{when}: {len(files)} files, {size >> 10} KiB, {len(self.now.names)} forms")

    def check_answers(self):
        for answer in self.answers:
            found = self.now.find(answer)
            self.assertFalse(found, answer[:2000])

    def check_export(self):
        """Sealed for everyone, open for the custodian."""
        v = self.v
        key = v.demo / v.info["custodians"][0]["secret_key"]
        for tenant in v.tenants[:2]:
            export = subprocess.run([self.bin / "vardectl", "--config", v.conf, "export-sealed", "--tenant", tenant.orgnr,
                                     "--purpose", "øvelse"], capture_output=True, timeout=120)
            self.assertEqual(export.returncode, 0, export.stderr)
            self.assertFalse(self.now.find(export.stdout) | self.now.find(export.stderr))
            opened = subprocess.run([self.bin / "varde-open", "--key", key], input=export.stdout, capture_output=True,
                                    timeout=120)
            self.assertEqual(opened.returncode, 0, opened.stderr)
            items = [json.loads(line) for line in opened.stdout.splitlines()]
            seen = json.dumps([i for i in items if "signature" in i], ensure_ascii=False).replace("\\n", "\n")
            for owner, document, canaries in self.sealed:
                for canary in canaries if owner is tenant else []:
                    self.assertIn(canary, seen, self.canaries.all[canary])

    def look(self, when):
        self.now = self.needles()
        self.search(when)

    def run_all(self):
        self.began = time.time()
        self.start()
        self.post_accepted()
        self.post_validated()
        self.post_refused()
        self.post_around()
        self.post_broken()
        self.ask_around()
        self.look("up")
        self.check_answers()
        self.check_export()
        self.v.kill()
        self.look("killed")
        self.start()
        self.post_accepted()
        self.look("up again")
        self.v.process.send_signal(signal.SIGABRT)
        self.v.process.wait(30)
        self.assertNotEqual(self.v.process.returncode, 0)
        self.look("aborted")
        self.start()
        self.v.stop()
        self.look("stopped")

    def test_nothing_sealed_is_ever_in_clear(self):
        self.assertGreater(len(SEALED), 20)
        self.run_all()

    @unittest.skipUnless(release_is_current(), "no release build of these sources")
    def test_nothing_sealed_is_ever_in_clear_from_the_release_build(self):
        self.bin = RELEASE
        self.run_all()


class Symbols(unittest.TestCase):
    """What a program does not contain, no attacker can call in it."""

    def names(self, program):
        run = subprocess.run(["nm", BIN / program], capture_output=True, text=True)
        if run.returncode or not run.stdout:
            self.skipTest("no nm, or stripped")
        return {line.split()[-1].split("@")[0] for line in run.stdout.splitlines()}

    def opening(self, names):
        starts = ("seal_open_", "seal_key_", "lockbox_", "keyfile_", "export_read", "crypto_box_seal_open",
                  "crypto_box_open", "crypto_secretbox_open", "crypto_pwhash")
        return sorted(n for n in names if n.startswith(starts) or n.endswith("_decrypt") and "crypto_aead" in n)

    def test_varded_cannot_open(self):
        names = self.names("varded")
        self.assertIn("crypto_box_seal", names)
        self.assertEqual(self.opening(names), [])

    def test_vardectl_opens_no_envelope(self):
        self.assertEqual([n for n in self.opening(self.names("vardectl")) if n.startswith(("seal_open_", "export_read"))],
                         [])

    def test_the_list_would_show_them(self):
        found = self.opening(self.names("varde-open"))
        for name in "seal_open_item", "seal_key_read", "lockbox_read", "crypto_box_seal_open", "crypto_pwhash":
            self.assertIn(name, found)


if __name__ == "__main__":
    sys.exit(unittest.main(verbosity=2))
