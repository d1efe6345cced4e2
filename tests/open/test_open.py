"""varde-open as a custodian meets it: key ceremony, passphrases, a sealed export
with real signatures (jwcrypto), and exports that somebody has been at."""

import base64
import copy
import hashlib
import json
import os
import pty
import select
import stat
import subprocess
import sys
import tempfile
import unittest

try:
    from jwcrypto import jwk, jws
except ImportError:
    sys.exit(77)

VARDE_OPEN, MAKE_EXPORT = sys.argv[1:3]
TENANT, OTHER = "910000004", "910000012"
SCHEMA = "incident-report/1.0"
IAT = 1763840000


def run(*args, stdin=b""):
    return subprocess.run([VARDE_OPEN, *args], input=stdin, capture_output=True, timeout=120)


def objects(result):
    return [json.loads(line) for line in result.stdout.splitlines()]


def signed(key, report_id, revision=1, iss=TENANT, schema=SCHEMA, **members):
    document = {"report_id": report_id, "revision": revision, **members}
    payload = {"iss": iss, "aud": "varde", "iat": IAT, "schema": schema, "document": document}
    token = jws.JWS(json.dumps(payload, ensure_ascii=False).encode())
    header = {"alg": "PS256" if key["kty"] == "RSA" else "ES256", "kid": key.key_id, "typ": "varde+jws"}
    token.add_signature(key, None, json.dumps(header), None)
    return token.serialize(compact=True)


def report(number):
    return f"0191e9a4-0000-7000-8000-{number:012d}"


class Installation:
    """Two custodians, two senders' keys, and the means to seal."""

    def __init__(self, folder):
        self.folder = folder
        self.passphrase = self.write("passphrase", "en god natt på vakt\n")
        self.keygen("a", "--no-passphrase")
        self.keygen("b", "--passphrase-file", self.passphrase, "--effort", "interactive")
        self.rsa = jwk.JWK.generate(kty="RSA", size=2048, kid="hf-rsa")
        self.ec = jwk.JWK.generate(kty="EC", crv="P-256", kid="hf-ec")
        self.unknown = jwk.JWK.generate(kty="EC", crv="P-256", kid="gone")

    def path(self, name):
        return os.path.join(self.folder, name)

    def write(self, name, text):
        with open(self.path(name), "w", encoding="utf-8") as out:
            out.write(text)
        return self.path(name)

    def keygen(self, name, *args):
        result = run("keygen", "--out", self.path(name), "--public", self.path(name + ".pub"), *args)
        assert result.returncode == 0, result.stderr
        return result

    def key(self, key, owner=TENANT):
        return {"key": {"kid": key.key_id, "owner": owner, "from": 1700000000000, "to": 0, "revoked": 0,
                        "jwk": key.export_public(as_dict=True)}}

    def group(self, *custodians, **more):
        return {"group": {"recipients": [self.path(c + ".pub") for c in custodians], **more}}

    def item(self, seq, key, report_id=None, **members):
        token = members.pop("jws", None) or signed(key, report_id or report(seq), **members)
        return {"item": {"seq": seq, "report_id": report_id or report(seq), "revision": members.get("revision", 1),
                         "schema": members.get("schema", SCHEMA), "received": IAT * 1000 + seq, "sender": TENANT,
                         "kid": key.key_id, "jws": token}}

    def export(self, *lines, tenant=TENANT, end=True):
        lines = [{"header": {"tenant": tenant, "purpose": "Læring av fall på post"}}, *lines]
        lines += [{"end": {}}] if end else []
        text = "".join(json.dumps(line) + "\n" for line in lines)
        made = subprocess.run([MAKE_EXPORT], input=text.encode(), capture_output=True, timeout=60)
        assert made.returncode == 0, made.stderr
        return made.stdout.decode().splitlines()

    def open(self, lines, *args, key="a"):
        text = "".join(line + "\n" for line in lines).encode()
        return run("--key", self.path(key), "--passphrase-file", self.passphrase, *args, stdin=text)


def changed(line, path, value):
    """The line with one member replaced, or mapped when `value` is a function."""
    whole = json.loads(line)
    at = whole
    for name in path[:-1]:
        at = at[name]
    at[path[-1]] = value(at[path[-1]]) if callable(value) else value
    return json.dumps(whole, separators=(",", ":"))


def flipped(text, at=300):
    raw = bytearray(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    raw[at % len(raw)] ^= 4
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


class Opening(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.temporary = tempfile.TemporaryDirectory()
        cls.at = Installation(cls.temporary.name)
        at = cls.at
        cls.export = at.export(
            at.key(at.rsa), at.key(at.ec),
            at.group("a", "b"),
            at.item(1, at.rsa, narrative="Pasienten Åse falt", patient={"name": "Åse Øy", "ages": [81, 82]}),
            at.item(2, at.ec, narrative="Feil dose"),
            at.group("a", "b"),
            at.item(5, at.ec, report_id=report(1), revision=2, narrative="Rettet"))
        # 0 header, 1-2 keys, 3 group, 4-5 items, 6 group, 7 item, 8 end

    @classmethod
    def tearDownClass(cls):
        cls.temporary.cleanup()

    def errors(self, result):
        return [line["error"] for line in objects(result)[:-1] if "error" in line]

    def assert_counts(self, result, opened, failed, reconciled=True):
        last = objects(result)[-1]
        self.assertEqual((last["counts"]["opened"], last["counts"]["failed"], last["reconciled"]),
                         (opened, failed, reconciled), result.stderr)

    def test_all_opens_for_each_custodian(self):
        for key in "a", "b":
            result = self.at.open(self.export, key=key)
            self.assertEqual(result.returncode, 0, result.stderr)
            self.assertEqual(result.stderr, b"")
            head, first, second, third, last = objects(result)
            self.assertEqual(head["purpose"], "Læring av fall på post")
            self.assertEqual(head["tenant"], TENANT)
            self.assertEqual(first["members"]["patient"], {"name": "Åse Øy", "ages": [81, 82]})
            self.assertEqual({k: first[k] for k in ("tenant", "report_id", "revision", "schema", "received_at", "seq",
                                                    "sender", "kid", "signature", "key_owner", "key_in_force",
                                                    "digest_check", "context_check")},
                             {"tenant": TENANT, "report_id": report(1), "revision": 1, "schema": SCHEMA,
                              "received_at": "2025-11-22T19:33:20.001Z", "seq": 1, "sender": TENANT, "kid": "hf-rsa",
                              "signature": "valid", "key_owner": TENANT, "key_in_force": True,
                              "digest_check": "match", "context_check": "match"})
            self.assertEqual((second["kid"], second["signature"]), ("hf-ec", "valid"))
            self.assertEqual((third["revision"], third["seq"], third["signature"]), (2, 5, "valid"))
            self.assertEqual(last["counts"]["said"], {"keys": 2, "groups": 2, "items": 3})
            self.assert_counts(result, 3, 0)

    def test_digest_is_that_of_the_whole_jws(self):
        token = signed(self.at.ec, report(9))
        export = self.at.export(self.at.key(self.at.ec), self.at.group("a"), self.at.item(9, self.at.ec, jws=token))
        line = objects(self.at.open(export))[1]
        self.assertEqual(line["digest"], "sha-256:" + hashlib.sha256(token.encode()).hexdigest())

    def test_members(self):
        result = self.at.open(self.export, "--members", "/narrative,/patient/ages/1,/patient/ages/01,/nothing")
        lines = objects(result)
        self.assertEqual(lines[1]["members"], {"/narrative": "Pasienten Åse falt", "/patient/ages/1": 82})
        self.assertEqual(lines[2]["members"], {"/narrative": "Feil dose"})
        self.assertNotIn("Øy", result.stdout.decode())
        bad = self.at.open(self.export, "--members", "narrative")
        self.assertEqual((bad.returncode, bad.stdout), (2, b""))

    def test_altered_item_is_named_and_the_rest_goes_on(self):
        lines = copy.copy(self.export)
        lines[4] = changed(lines[4], ["item", "sealed"], flipped)
        result = self.at.open(lines)
        self.assertEqual((result.returncode, self.errors(result)), (1, ["envelope-altered"]))
        self.assertIn(b"line 5: envelope-altered", result.stderr)
        self.assert_counts(result, 2, 1)

    def test_moved_items_are_named(self):
        moves = {
            "report": (4, ["item", "report_id"], report(2)),
            "revision": (4, ["item", "revision"], 2),
            "schema": (4, ["item", "schema"], "review/1.0"),
            "time": (4, ["item", "received_at"], "2025-11-22T19:33:20.002Z"),
            "seq": (4, ["item", "seq"], 3),
            "content": (4, ["item", "sealed"], json.loads(self.export[5])["item"]["sealed"]),
        }
        for name, (number, path, value) in moves.items():
            with self.subTest(name):
                lines = copy.copy(self.export)
                lines[number] = changed(lines[number], path, value)
                result = self.at.open(lines)
                self.assertEqual((result.returncode, self.errors(result)), (1, ["envelope-moved"]))
                self.assert_counts(result, 2, 1)

    def test_item_under_another_group(self):
        lines = self.export[:4] + [self.export[5], self.export[6], self.export[4]] + self.export[7:]
        result = self.at.open(lines)
        self.assertEqual((result.returncode, self.errors(result)), (1, ["envelope-moved"]))
        self.assert_counts(result, 2, 1)

    def test_altered_groups_take_their_items_only(self):
        alterations = [
            (["group", "commitment"], flipped, "envelope-commitment"),
            (["group", "id"], flipped, "envelope-moved"),
            (["group", "created"], "2025-11-22T19:33:20.002Z", "envelope-moved"),
            (["group", "version"], 2, "envelope-version"),
            (["group", "wraps"], lambda wraps: [dict(wraps[0], box=flipped(wraps[0]["box"]))], "envelope-altered"),
            (["group", "wraps"], lambda wraps: wraps[1:], "envelope-not-for-this-key"),
        ]
        for path, value, code in alterations:
            with self.subTest(code):
                lines = copy.copy(self.export)
                lines[3] = changed(lines[3], path, value)
                result = self.at.open(lines)
                self.assertEqual((result.returncode, self.errors(result)), (1, [code, code]))
                self.assert_counts(result, 1, 2)

    def test_foreign_groups(self):
        at = self.at
        export = at.export(at.key(at.ec), at.group("b"), at.item(1, at.ec), at.group("a", tenant=OTHER),
                           at.item(2, at.ec), at.group("a"), at.item(3, at.ec))
        result = at.open(export)
        self.assertEqual(self.errors(result), ["envelope-not-for-this-key", "envelope-moved"])
        self.assert_counts(result, 1, 2)

    def test_export_of_another_tenant_does_not_pass_as_this_ones(self):
        lines = copy.copy(self.export)
        lines[0] = changed(lines[0], ["tenant"], OTHER)
        result = self.at.open(lines)
        self.assertEqual(self.errors(result), ["envelope-moved"] * 3)

    def test_signatures(self):
        at = self.at
        good = signed(at.ec, report(3))
        head, body, signature = good.split(".")
        forged = ".".join([head, signed(at.ec, report(3), extra=1).split(".")[1], signature])
        export = at.export(at.key(at.ec), at.group("a"), at.item(1, at.unknown), at.item(2, at.ec),
                           at.item(3, at.ec, jws=forged))
        result = at.open(export)
        self.assertEqual([line["signature"] for line in objects(result)[1:4]], ["key-unknown", "valid", "invalid"])
        self.assertEqual(result.returncode, 1)
        self.assertEqual(objects(result)[-1]["counts"]["doubtful"], 1)
        unknown_only = at.open(at.export(at.group("a"), at.item(1, at.unknown)))
        self.assertEqual(unknown_only.returncode, 0)

    def test_key_not_in_force(self):
        at = self.at
        late = at.key(at.ec)
        late["key"]["from"] = IAT * 1000 + 1
        result = at.open(at.export(late, at.group("a"), at.item(1, at.ec)))
        self.assertEqual((objects(result)[1]["signature"], objects(result)[1]["key_in_force"]), ("valid", False))

    def test_digest_and_context_of_what_was_sealed(self):
        at = self.at
        lines = at.export(at.key(at.ec), at.group("a"), at.item(1, at.ec),
                          at.item(2, at.ec, jws=signed(at.ec, report(7))),
                          at.item(3, at.ec, jws=signed(at.ec, report(3), iss=OTHER)),
                          at.item(4, at.ec, jws=signed(at.ec, report(4), revision=3)))
        lines[3] = changed(lines[3], ["item", "digest"], "sha-256:" + "00" * 32)
        result = at.open(lines)
        self.assertEqual([(line["digest_check"], line["context_check"]) for line in objects(result)[1:5]],
                         [("mismatch", "match")] + [("match", "mismatch")] * 3)
        self.assertEqual(result.returncode, 1)

    def test_sealed_rubbish_is_named(self):
        result = self.at.open(self.at.export(self.at.group("a"), self.at.item(1, self.at.ec, jws="not a jws")))
        self.assertEqual((result.returncode, self.errors(result)), (1, ["payload-malformed"]))

    def test_twice_the_same_item(self):
        lines = self.export[:5] + [self.export[4]] + self.export[5:]
        result = self.at.open(lines)
        self.assertEqual((result.returncode, self.errors(result)), (1, ["export-duplicate"]))
        self.assert_counts(result, 3, 1, reconciled=False)

    def test_lost_item_shows_in_the_counts(self):
        result = self.at.open(self.export[:5] + self.export[6:])
        self.assertEqual(result.returncode, 1)
        self.assert_counts(result, 2, 0, reconciled=False)

    def test_truncated_exports(self):
        for n in range(1, len(self.export)):
            result = self.at.open(self.export[:n])
            last = objects(result)[-1]
            self.assertEqual((result.returncode, last["error"], last["reconciled"]), (1, "export-truncated", False))

    def test_damaged_lines(self):
        lines = copy.copy(self.export)
        lines[4] = lines[4][:-1]
        result = self.at.open(lines)
        self.assertEqual(self.errors(result), ["export-line"])
        self.assert_counts(result, 2, 1)
        lines = copy.copy(self.export)
        lines[3] = "{" + lines[3]
        result = self.at.open(lines)
        self.assertEqual(self.errors(result), ["export-line", "export-order", "export-order"])
        self.assert_counts(result, 1, 2, reconciled=False)
        lines = copy.copy(self.export)
        lines[6] = "{" + lines[6]  # its item must not be tried under the group before
        result = self.at.open(lines)
        self.assertEqual(self.errors(result), ["export-line", "export-order"])

    def test_unusable(self):
        for lines in ([], ["rubbish"], ["{}"], ['{"varde_export":2}'], self.export[1:]):
            result = self.at.open(lines)
            self.assertEqual((result.returncode, result.stdout), (2, b""))
        self.assertEqual(self.at.open(self.export, key="nowhere").returncode, 2)
        self.assertEqual(self.at.open(self.export, key="a.pub").returncode, 2)
        for args in ([], ["--key"], ["keygen"], ["--nonsense"], ["keygen", "--out", "x", "--effort", "none"]):
            self.assertEqual(run(*args).returncode, 2)

    def test_wrong_passphrase(self):
        wrong = self.at.write("wrong", "en god natt på vakt!\n")
        result = run("--key", self.at.path("b"), "--passphrase-file", wrong, stdin=b"")
        self.assertEqual((result.returncode, result.stdout), (2, b""))
        self.assertIn(b"passphrase", result.stderr)

    def test_a_key_in_clear_must_be_private(self):
        with open(self.at.path("a"), "rb") as key:
            loose = self.at.write("loose", key.read().decode())
        os.chmod(loose, 0o644)
        result = self.at.open(self.export, key="loose")
        self.assertEqual(result.returncode, 2)
        self.assertIn(b"key-file-permissions", result.stderr)

    def test_key_files(self):
        self.assertEqual(stat.S_IMODE(os.stat(self.at.path("a")).st_mode), 0o600)
        self.assertEqual(stat.S_IMODE(os.stat(self.at.path("b")).st_mode), 0o600)
        with open(self.at.path("a")) as key:
            self.assertTrue(key.read().startswith("-----BEGIN PRIVATE KEY-----\n"))
        with open(self.at.path("b")) as key:
            self.assertEqual(json.load(key)["kdf"]["name"], "argon2id")
        again = run("keygen", "--out", self.at.path("a"), "--no-passphrase")
        self.assertEqual(again.returncode, 2)
        self.assertIn(b"key-file-exists", again.stderr)

    def test_no_secret_is_printed(self):
        result = self.at.keygen("c", "--no-passphrase")
        with open(self.at.path("c")) as key:
            body = key.read().splitlines()[1]
        seed = base64.b64decode(body)[-32:]
        for shape in (seed, seed.hex().encode(), base64.urlsafe_b64encode(seed)[:-1], base64.b64encode(seed)[:-1]):
            self.assertNotIn(shape, result.stdout + result.stderr)
        with open(self.at.path("c.pub"), "rb") as public:
            self.assertNotIn(base64.urlsafe_b64encode(seed)[:-1], public.read())


class Terminal(unittest.TestCase):
    """keygen asks twice, without echo; the second answer must open the file."""

    def ceremony(self, folder, answers):
        out = os.path.join(folder, "key")
        pid, tty = pty.fork()
        if pid == 0:
            os.execv(VARDE_OPEN, [VARDE_OPEN, "keygen", "--out", out, "--public", out + ".pub",
                                  "--effort", "interactive"])
        seen = b""
        for answer in answers:
            while not seen.rstrip(b" ").endswith(b":"):
                select.select([tty], [], [], 60)
                seen += os.read(tty, 4096)
            os.write(tty, answer)
            seen += b"\n"
        while True:
            try:
                more = os.read(tty, 4096)
            except OSError:
                break
            if not more:
                break
            seen += more
        return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), out, seen

    def test_same_answer_twice(self):
        with tempfile.TemporaryDirectory() as folder:
            status, out, seen = self.ceremony(folder, [b"korrekt hest\n", b"korrekt hest\n"])
            self.assertEqual(status, 0, seen)
            self.assertNotIn(b"korrekt", seen)
            self.assertTrue(os.path.exists(out + ".pub"))

    def test_another_answer_leaves_no_key(self):
        with tempfile.TemporaryDirectory() as folder:
            status, out, seen = self.ceremony(folder, [b"korrekt hest\n", b"korrekt hett\n"])
            self.assertEqual(status, 2, seen)
            self.assertEqual(os.listdir(folder), [])


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1], verbosity=1)
