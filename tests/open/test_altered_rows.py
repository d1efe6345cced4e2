#!/usr/bin/python3
"""Input 46: somebody with the disk alters what a tenant's file holds, rows of real reports
that the real daemon sealed. The custodian's program names each, and opens the rest."""
import contextlib
import json
import pathlib
import shutil
import sqlite3
import subprocess
import sys
import unittest
import uuid

sys.path.append(str(pathlib.Path(__file__).parents[1] / "http"))

import rows  # noqa: E402
from varde import BIN, Varde, example  # noqa: E402

OTHER_ID = str(uuid.UUID(int=7))


class Altered(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.v = Varde()
        cls.addClassCleanup(cls.v.remove)
        cls.v.start()
        cls.own, cls.other = cls.v.tenants[:2]
        for tenant in (cls.own, cls.other):
            for _ in range(2):  # each a group of its own
                assert cls.v.submit(tenant, example("minimal-hf", tenant)).status == 201
            jws = [cls.v.sign(tenant, example("minimal-hf", tenant)) for _ in range(2)]
            body = json.dumps({"submissions": jws})
            assert cls.v.post("/v1/submissions/batch", body, tenant, type="application/json").status == 200
        cls.v.stop()
        cls.file = cls.v.database(cls.own.orgnr)
        cls.untouched = cls.v.folder / "untouched.db"
        shutil.copy(cls.file, cls.untouched)
        with contextlib.closing(sqlite3.connect(cls.file)) as db:
            cls.seqs = [row[0] for row in db.execute("SELECT seq FROM sealed ORDER BY seq")]
        cls.rows = []

    def setUp(self):
        shutil.copy(self.untouched, self.file)

    @classmethod
    def tearDownClass(cls):
        rows.keep(cls.rows)

    def alter(self, *statements):
        with contextlib.closing(sqlite3.connect(self.file)) as db, db:
            db.execute("ATTACH ? AS other", (str(self.v.database(self.other.orgnr)),))
            triggers = db.execute("SELECT name, sql FROM main.sqlite_schema WHERE type = 'trigger'").fetchall()
            for name, _ in triggers:  # they keep honest programs from it
                db.execute(f"DROP TRIGGER main.{name}")
            for sql in statements:
                assert db.execute(sql).rowcount > 0, sql
            for _, sql in triggers:
                db.execute(sql)

    def open(self):
        """What the custodian reads: (exit status, {seq: line}, all lines)."""
        export = self.v.ctl("export-sealed", "--tenant", self.own.orgnr, "--purpose", "prøve")
        key = self.v.demo / self.v.info["custodians"][0]["secret_key"]
        run = subprocess.run([BIN / "varde-open", "--key", key, "--members", "/report_id"], input=export.stdout,
                             capture_output=True, text=True, timeout=120)
        lines = [json.loads(line) for line in run.stdout.splitlines()]
        return run.returncode, {line["seq"]: line for line in lines if "seq" in line}, lines

    def check(self, what, code, failed, *statements):
        """After these statements exactly the items `failed` do not open, for this reason."""
        with self.subTest(what):
            shutil.copy(self.untouched, self.file)
            self.alter(*(sql.format(*self.seqs) for sql in statements))
            status, items, lines = self.open()
            self.assertEqual(status, 1, lines)
            self.assertEqual({seq: line["error"] for seq, line in items.items() if "error" in line},
                             {self.seqs[i]: code for i in failed}, lines)
            self.assertEqual(len(items), 4, lines)
            self.rows.append((46, what, "open fails", code))

    def test_untouched(self):
        status, items, lines = self.open()
        self.assertEqual((status, sorted(items)), (0, self.seqs), lines)

    def test_ciphertext(self):
        self.check("ciphertext changed", "envelope-altered", [0],
                   "UPDATE sealed SET ciphertext = CAST(substr(hex(ciphertext), 1, 100) || 'ff' AS BLOB) WHERE seq = {0}")
        self.check("ciphertext of another report of the group", "envelope-moved", [2],
                   "UPDATE sealed SET ciphertext = (SELECT ciphertext FROM sealed WHERE seq = {3}) WHERE seq = {2}")
        self.check("ciphertext and group of another report", "envelope-moved", [0],
                   "UPDATE sealed SET (ciphertext, group_ref) = (SELECT ciphertext, group_ref FROM sealed WHERE seq = {1}) WHERE seq = {0}")
        self.check("ciphertext of another tenant", "envelope-moved", [0],
                   "UPDATE sealed SET ciphertext = (SELECT ciphertext FROM other.sealed ORDER BY seq LIMIT 1) WHERE seq = {0}")
        self.check("report put into another group", "envelope-moved", [0],
                   "UPDATE sealed SET group_ref = (SELECT group_ref FROM sealed WHERE seq = {1}) WHERE seq = {0}")

    def test_what_it_stands_under(self):
        for what, change in (("another report id", f"report_id = '{OTHER_ID}'"), ("another revision", "revision = 2"),
                             ("another schema", "schema = 'review/1.0'"), ("another time", "received_at = received_at + 1")):
            self.check("envelope under " + what, "envelope-moved", [1], f"UPDATE document SET {change} WHERE seq = {{1}}")

    def test_group(self):
        group = "WHERE group_ref = (SELECT group_ref FROM sealed WHERE seq = {2})"
        theirs = "(SELECT {} FROM other.{} ORDER BY group_ref LIMIT 1)".format
        self.check("commitment changed", "envelope-commitment", [2, 3], f"UPDATE sealing_group SET commitment = zeroblob(32) {group}")
        self.check("group id changed", "envelope-moved", [2, 3], f"UPDATE sealing_group SET group_id = zeroblob(16) {group}")
        self.check("box changed", "envelope-altered", [2, 3], f"UPDATE wrap SET box = zeroblob(length(box)) {group}")
        self.check("box of another group", "envelope-moved", [2, 3],
                   "UPDATE wrap SET box = (SELECT box FROM wrap JOIN sealed USING (group_ref) WHERE seq = {0}) " + group)
        self.check("box of another tenant's group", "envelope-moved", [2, 3], f"UPDATE wrap SET box = {theirs('box', 'wrap')} {group}")
        self.check("box under another kid", "envelope-not-for-this-key", [2, 3], f"UPDATE wrap SET kid = 'another' {group}")
        self.check("a whole group and its report from another tenant", "envelope-moved", [0],
                   "UPDATE sealing_group SET (group_id, created_at, version, commitment) = (SELECT group_id, created_at, version, commitment "
                   "FROM other.sealing_group ORDER BY group_ref LIMIT 1) WHERE group_ref = (SELECT group_ref FROM sealed WHERE seq = {0})",
                   f"UPDATE wrap SET (kid, box) = {theirs('kid, box', 'wrap')} WHERE group_ref = (SELECT group_ref FROM sealed WHERE seq = {{0}})",
                   "UPDATE sealed SET ciphertext = (SELECT ciphertext FROM other.sealed ORDER BY seq LIMIT 1) WHERE seq = {0}")

    def test_digest(self):
        """The receipt's digest is not part of the envelope: it opens, and is not what was sent."""
        self.alter(f"UPDATE document SET digest = zeroblob(32) WHERE seq = {self.seqs[0]}")
        status, items, lines = self.open()
        checks = {seq: line["digest_check"] for seq, line in items.items()}
        self.assertEqual((status, checks.pop(self.seqs[0]), set(checks.values())), (1, "mismatch", {"match"}), lines)
        self.rows.append((46, "digest changed", "opened, doubtful", "digest-mismatch"))


if __name__ == "__main__":
    unittest.main()
