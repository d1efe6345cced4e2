"""What the tests of a report's life share: the daemon, documents about a report, rows."""
import contextlib
import datetime
import pathlib
import re
import sqlite3
import sys
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "http"))

from varde import SUBMIT, READ, Varde, about, example  # noqa: E402,F401


def days_ago(n):
    return (datetime.datetime.now(datetime.timezone.utc).date() - datetime.timedelta(days=n)).isoformat()


class Life(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.v = Varde()
        cls.addClassCleanup(cls.v.remove)
        cls.v.start()

    @classmethod
    def tearDownClass(cls):
        if cls.v.process.poll() is None:
            cls.v.stop()

    def setUp(self):
        self.hf = self.v.tenants[0]
        self.town = next(t for t in self.v.tenants if t.kind == "municipality")

    def submit(self, tenant, document, status=201, schema="incident-report/1.0"):
        answer = self.v.submit(tenant, document, schema=schema)
        self.assertEqual(answer.status, status, answer)
        return answer

    def report(self, tenant=None, base="minimal-hf", **changes):
        """A stored report."""
        tenant = tenant or self.hf
        document = example(base, tenant, **changes)
        self.submit(tenant, document)
        return document

    def review(self, report, base="started", status=201, tenant=None, **changes):
        tenant = tenant or self.hf
        return self.submit(tenant, about(f"review/{base}", tenant, report, **changes), status, "review/1.0")

    def withdraw(self, report, reason="entered_in_error", status=201, tenant=None, **changes):
        tenant = tenant or self.hf
        document = about("withdrawal/entered-in-error", tenant, report, reason=reason, **changes)
        return self.submit(tenant, document, status, "withdrawal/1.0")

    def get(self, report, tenant=None, status=200):
        answer = self.v.get(f"/v1/reports/{report['report_id']}", tenant or self.hf)
        self.assertEqual(answer.status, status, answer)
        return answer.json

    def rows(self, tenant, sql, *args):
        uri = f"file:{self.v.database(tenant.orgnr)}?mode=ro"
        with contextlib.closing(sqlite3.connect(uri, uri=True)) as db:
            return db.execute(sql, args).fetchall()

    def control(self, sql, *args):
        uri = f"file:{self.v.demo / 'data/control.db'}?mode=ro"
        with contextlib.closing(sqlite3.connect(uri, uri=True)) as db:
            return db.execute(sql, args).fetchall()

    def wait(self, condition, what, seconds=60):
        end = time.monotonic() + seconds
        while not condition():
            self.assertLess(time.monotonic(), end, what)
            time.sleep(0.02)  # polling a condition, bounded

    def metric(self, name):
        text = self.v.admin("/metrics").body.decode()
        return float(re.search(rf"^varde_{name} (\S+)$", text, re.M)[1])

    def on_disk(self, tenant, text):
        """Whether the bytes stand in the tenant's file or its log."""
        path = self.v.database(tenant.orgnr)
        return any(text.encode() in p.read_bytes() for p in path.parent.glob(path.name + "*"))
