#!/usr/bin/env python3
"""Looks into the real file, with another program's SQLite: what is there, what is not.

Usage: look_inside.py MAKE_FILE   (MAKE_FILE makes a tenant's file, see make_file.c)
"""
import glob
import os
import signal
import sqlite3
import subprocess
import sys
import tempfile


def make(program, path, how):
    child = subprocess.Popen([program, path, *how], stdout=subprocess.PIPE, text=True)
    assert child.stdout.readline() == "ready\n"
    if not how:
        child.send_signal(signal.SIGKILL)
    child.wait()
    child.stdout.close()


def look(folder, path):
    for name in glob.glob(folder + "/*"):
        assert os.stat(name).st_mode & 0o777 == 0o600, name
        with open(name, "rb") as f:
            content = f.read()
        for secret in (b"SECRET", b"eyJ."):
            assert secret not in content, (name, secret)

    db = sqlite3.connect(path)
    one = lambda sql: db.execute(sql).fetchone()[0]
    rows = lambda sql: db.execute(sql).fetchall()
    assert one("PRAGMA journal_mode") == "wal"
    assert one("PRAGMA page_size") == 4096
    assert one("PRAGMA application_id") == 0x56524454
    assert one("PRAGMA user_version") >= 1
    assert one("PRAGMA integrity_check") == "ok"
    assert rows("PRAGMA foreign_key_check") == []
    assert rows("SELECT name FROM pragma_table_list WHERE schema = 'main' AND NOT strict "
                "AND type = 'table' AND name NOT LIKE 'sqlite%'") == []
    assert rows("SELECT orgnr FROM owner") == [("999000001",)]
    assert rows("SELECT seq, substr(report_id, -1), revision, possible_duplicate FROM document "
                "ORDER BY seq") == [(1, "1", 1, 0), (2, "2", 1, 1), (3, "1", 2, 1)]
    assert rows("SELECT seq, name FROM event") == [(4, "opened")]
    assert one("SELECT clear FROM document WHERE seq = 1") == '{"report":1,"content":"a"}'
    assert one("SELECT count(DISTINCT salt) FROM document WHERE length(salt) = 16") == 3
    assert one("SELECT count(*) FROM sealing_group") == 3  # none for the repeat, the conflict
    assert one("SELECT count(*) FROM wrap") == 6
    assert one("SELECT count(*) FROM sealed JOIN document USING (seq)") == 3
    sealed = bytes(255 - b for b in one("SELECT ciphertext FROM sealed WHERE seq = 3"))
    assert sealed == b"eyJ.SECRET-1-2-c.sig", sealed
    for sql in ("DELETE FROM document", "DELETE FROM event",
                "UPDATE document SET digest = zeroblob(32)",
                "UPDATE document SET salt = NULL",
                "INSERT INTO document SELECT seq + 9, kind, report_id, revision, schema, received_at,"
                " first_received_at, supersedes, digest, fingerprint, salt, signing_kid, sender,"
                " code_set, warnings, local_case_id, possible_duplicate, clear, erased_at FROM document"):
        try:
            db.execute(sql)
        except sqlite3.IntegrityError:
            db.rollback()
        else:
            raise AssertionError(sql + " was let through")
    db.close()


def main():
    for how in (["close"], []):
        with tempfile.TemporaryDirectory() as folder:
            path = folder + "/t.db"
            make(sys.argv[1], path, how)
            look(folder, path)


if __name__ == "__main__":
    main()
