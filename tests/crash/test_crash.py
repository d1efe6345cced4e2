"""kill -9 under load, at many moments, and then the count: everything that was
acknowledged is there once, with the receipt that was given; what was not is taken
or known when it is sent again. And SIGTERM under load: everyone gets an answer."""

import json
import pathlib
import random
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
    from varde import BIN, Varde, digest, example
    from load import Load
except ImportError as missing:
    print(missing)
    sys.exit(77)

ROUNDS_MIN, ROUNDS_MAX = 6, 60
ROUNDS_S = 25  # no new round after so long: a slower machine makes fewer
DRAIN_S = 10


def rows(path):
    """(report_id, revision) → (seq, digest) of a closed file, and all sequence numbers."""
    db = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    try:
        check = db.execute("PRAGMA integrity_check").fetchall()
        assert check == [("ok",)], (path, check)
        assert not db.execute("PRAGMA foreign_key_check").fetchall()
        documents = db.execute("SELECT report_id, revision, seq, digest FROM document").fetchall()
        events = [seq for (seq,) in db.execute("SELECT seq FROM event")]
        unsealed = db.execute("SELECT count(*) FROM document LEFT JOIN sealed USING (seq) "
                              "WHERE sealed.seq IS NULL").fetchone()[0]
    finally:
        db.close()
    assert not unsealed, "a row without its sealed part"
    found = {(r, n): (seq, "sha-256:" + d.hex()) for r, n, seq, d in documents}
    assert len(found) == len(documents), "a key twice"
    sequence = sorted([seq for _, _, seq, _ in documents] + events)
    assert sequence == list(range(1, len(sequence) + 1)), "the sequence has a gap"
    return found


class Crash(unittest.TestCase):
    def setUp(self):
        self.v = Varde()
        self.addCleanup(self.v.remove)
        self.tenants = self.v.tenants[:2] + [self.v.tenants[3]]
        self.random = random.Random(20251122)

    def check_files(self, load, folder):
        """Holds the files against what was acknowledged."""
        found = {t.orgnr: rows(folder / f"{t.orgnr}.db") for t in self.tenants}
        for sent in load.sent:
            orgnr, report_id, revision = sent.key
            row = found[orgnr].get((report_id, revision))
            if sent.receipt:
                self.assertIsNotNone(row, f"acknowledged and lost: {sent.key}")
                self.assertEqual(row[1], sent.receipt["digest"], sent.key)
            if row:
                self.assertIn(row[1], [digest(s) for s in sent.signed], sent.key)
        known = {s.key for s in load.sent}
        for orgnr, documents in found.items():
            for report_id, revision in documents:
                self.assertIn((orgnr, report_id, revision), known, "stored, but never sent")
        return found

    def copy_files(self):
        """The folder as the kill left it, logs and all; reading the copy changes nothing."""
        copy = self.v.folder / "copy"
        shutil.rmtree(copy, ignore_errors=True)
        shutil.copytree(self.v.demo / "data/tenants", copy)
        return copy

    def check_answers(self, load, taken):
        """Receipts again, and every unacknowledged document again."""
        for sent in taken:
            tenant = sent.tenant
            if sent.receipt:
                path = f"/v1/reports/{sent.key[1]}/receipt?revision={sent.key[2]}"
                answer = self.v.get(path, headers=load.token(tenant))
                self.assertEqual(answer.status, 200, (sent.key, answer))
                self.assertEqual(answer.json, sent.receipt)
            else:
                answer = self.v.post("/v1/submissions", sent.signed[0], headers=load.token(tenant))
                self.assertIn(answer.status, (200, 201), (sent.key, answer))
                sent.receipt = answer.json
            if self.random.random() < 0.2:
                answer = self.v.post("/v1/submissions", sent.signed[-1], headers=load.token(tenant))
                self.assertEqual((answer.status, answer.json), (200, sent.receipt), sent.key)
        self.assertEqual(load.wrong, [])

    def check_export(self, load):
        """The custodian opens every row that stands in the files."""
        for tenant in self.tenants:
            export = subprocess.run([BIN / "vardectl", "--config", self.v.conf, "export-sealed", "--tenant",
                                     tenant.orgnr, "--purpose", "øvelse"], capture_output=True, timeout=120)
            self.assertEqual(export.returncode, 0, export.stderr)
            key = self.v.demo / self.v.info["custodians"][0]["secret_key"]
            opened = subprocess.run([BIN / "varde-open", "--key", key, "--members", "/report_id"], input=export.stdout,
                                    capture_output=True, timeout=120)
            self.assertEqual(opened.returncode, 0, opened.stderr)
            lines = [json.loads(line) for line in opened.stdout.splitlines()]
            self.assertTrue(lines[-1]["reconciled"])
            items = {(i["report_id"], i["revision"]): i for i in lines if "signature" in i}
            sent = {s.key[1:]: s for s in load.sent if s.tenant is tenant}
            self.assertEqual(set(items), set(sent))
            for key, item in items.items():
                self.assertEqual((item["signature"], item["digest"], item["members"]["/report_id"]),
                                 ("valid", sent[key].receipt["digest"], key[0]))

    # --- the moments ---------------------------------------------------------------------

    def strike(self, load, number):
        """Kills at one of several kinds of moment; how far into the load differs each time."""
        if number % 4 == 0:      # as soon as there is something to lose
            load.wait(begun=1 + number // 4)
        elif number % 4 == 1:    # in the middle of many answers
            load.wait(answered=self.random.randint(3, 60))
        elif number % 4 == 2:    # while it drains
            load.wait(answered=self.random.randint(5, 30))
            self.v.process.send_signal(signal.SIGTERM)
            if self.random.random() < 0.5:
                self.wait_for_log('"varded-stopping"')
        else:                    # right after an answer that somebody waits for
            load.wait(begun=self.random.randint(5, 40), answered=1)
        self.v.kill()

    def wait_for_log(self, text, seconds=20):
        end = time.monotonic() + seconds
        while text not in self.v.log_path.read_text():
            if self.v.process.poll() is not None or time.monotonic() > end:
                return
            time.sleep(0.002)

    def kill_while_starting(self):
        """Between the folder's lock and the first request, with logs to recover."""
        socket_path = self.v.demo / "data/operator.sock"
        socket_path.unlink(missing_ok=True)
        with open(self.v.log_path, "ab") as log:
            process = subprocess.Popen([BIN / "varded", "--config", self.v.conf], stderr=log, env=self.v.env)
        end = time.monotonic() + 30
        while not socket_path.exists() and process.poll() is None and time.monotonic() < end:
            time.sleep(0.002)
        process.kill()
        process.wait()

    def test_kill_loses_nothing_acknowledged_and_doubles_nothing(self):
        load = Load(self.v, self.tenants)
        self.v.start()
        begin, rounds = time.monotonic(), 0
        while rounds < ROUNDS_MIN or (rounds < ROUNDS_MAX and time.monotonic() - begin < ROUNDS_S):
            load.start()
            self.strike(load, rounds)
            load.stop()
            rounds += 1
            self.check_files(load, self.copy_files())
            if rounds % 5 == 0:
                self.kill_while_starting()
                self.check_files(load, self.copy_files())
            self.v.start()
            self.check_answers(load, load.take())
        self.v.stop()
        found = self.check_files(load, self.v.demo / "data/tenants")
        acknowledged = sum(1 for s in load.sent if s.receipt)
        self.assertEqual(sum(len(f) for f in found.values()), len(load.sent))
        self.assertEqual(acknowledged, len(load.sent))
        self.check_export(load)
        self.assertGreater(load.unanswered, rounds, "no request was ever cut off: the kills came too late")
        self.assertGreater(load.statuses[201] + load.statuses[200], 50)
        print(f"{rounds} kills, {len(load.sent)} documents, {load.answered} answers, "
              f"{load.unanswered} cut off or refused a connection")

    # --- going down in good order ----------------------------------------------------------

    def half_sent(self, tenant):
        """A request whose head the daemon has answered (100 Continue) and whose body is on its way."""
        jws = self.v.sign(tenant, example("minimal-hf", tenant)).encode()
        s = socket.create_connection((self.v.host, self.v.port), timeout=30)
        head = (f"POST /v1/submissions HTTP/1.1\r\nHost: {self.v.host}:{self.v.port}\r\n"
                f"Authorization: {self.v.bearer(tenant)['Authorization']}\r\nContent-Type: application/jose\r\n"
                f"Content-Length: {len(jws)}\r\nExpect: 100-continue\r\n\r\n").encode()
        s.sendall(head)
        interim = s.recv(4096)
        self.assertIn(b"100 Continue", interim)
        s.sendall(jws[:200])
        return s, jws

    def test_a_drain_answers_those_who_wait(self):
        for round_ in range(2):
            load = Load(self.v, self.tenants, seed=round_)
            self.v.start()
            waiting = [self.half_sent(t) for t in self.tenants]
            load.start()
            load.wait(answered=20 + 15 * round_)
            begin = time.monotonic()
            self.v.process.send_signal(signal.SIGTERM)
            for s, jws in waiting:
                s.sendall(jws[200:])
                answer = b""
                while chunk := s.recv(65536):
                    answer += chunk
                    if b"\r\n\r\n" in answer and answer.rstrip().endswith(b"}"):
                        break
                s.close()
                self.assertRegex(answer[:13], rb"HTTP/1.1 (201|503)", "an accepted request got no answer")
                if answer.startswith(b"HTTP/1.1 503"):
                    self.assertIn(b"Retry-After", answer)
            self.v.process.wait(20)
            took = time.monotonic() - begin
            load.stop()
            self.v.stop()
            self.assertEqual(self.v.process.returncode, 0)
            self.assertLess(took, DRAIN_S)
            self.assertFalse([e for e in self.v.log() if e.get("event") == "drain-cut-short"])
            self.assertEqual(load.wrong, [])
            found = {t.orgnr: rows(self.v.database(t.orgnr)) for t in self.tenants}
            for sent in load.sent:
                if sent.receipt:
                    self.assertEqual(found[sent.key[0]][sent.key[1:]][1], sent.receipt["digest"])
            for t in self.tenants:  # closed in order: nothing is left in a log
                wal = self.v.database(t.orgnr).with_suffix(".db-wal")
                self.assertFalse(wal.exists() and wal.stat().st_size)
            print(f"drained in {took:.2f} s after {load.answered} answers, {load.unanswered} unanswered")


if __name__ == "__main__":
    sys.exit(unittest.main(verbosity=2))
