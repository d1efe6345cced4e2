"""What the tests of this folder share: a daemon, tenants of each kind, days in Norway."""
import contextlib
import datetime
import json
import pathlib
import sqlite3
import sys
import unittest
import zoneinfo

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "http"))
from varde import Organisation, Varde, about, example, organisation_numbers  # noqa: E402,F401

VALIDATE, BATCH = "/v1/submissions/validate", "/v1/submissions/batch"
PROJECT = ("--decision", "TB2025-36", "--purpose", "Læring av uønskede hendelser", "--retention", "Til to år etter slutt")


def day(offset=0):
    """A day from today on, in Norway."""
    today = datetime.datetime.now(zoneinfo.ZoneInfo("Europe/Oslo")).date()
    return str(today + datetime.timedelta(days=offset))


class Base(unittest.TestCase):
    environment, conf = "test", ""

    @classmethod
    def setUpClass(cls):
        cls.v = Varde(conf=cls.conf)
        text = cls.v.conf.read_text()
        assert "environment = test" in text
        cls.v.conf.write_text(text.replace("environment = test", f"environment = {cls.environment}"))
        cls.numbers = organisation_numbers()
        cls.prepare()
        cls.v.start()

    @classmethod
    def prepare(cls):
        """Before the daemon starts."""

    @classmethod
    def tearDownClass(cls):
        try:
            cls.v.stop()
        finally:
            cls.v.remove()

    @classmethod
    def tenant(cls, kind="municipality", phase="active"):
        return cls.v.register(Organisation(next(cls.numbers), f"Prøve {kind}", kind), phase)

    @classmethod
    def ctl(cls, *words):
        return json.loads(cls.v.ctl(*words, "--json").stdout)

    def refused(self, answer, status, code, **members):
        self.assertEqual((answer.status, answer.code), (status, code), answer)
        for name in ("opens", "closed"):
            self.assertEqual(answer.json.get(name), members.get(name), answer)

    def stored(self, answer, *warnings):
        self.assertEqual(answer.status, 201, answer)
        self.assertEqual(sorted((w["pointer"], w["code"]) for w in answer.json["warnings"]), sorted(warnings))
        return answer.json

    def rows(self, tenant, query):
        with contextlib.closing(sqlite3.connect(f"file:{self.v.database(tenant.orgnr)}?mode=ro", uri=True)) as db:
            return db.execute(query).fetchall()

    def count(self, tenant):
        return self.rows(tenant, "SELECT count(*) FROM document")[0][0] if self.v.database(tenant.orgnr).exists() else 0

    def register_rows(self, query):
        with contextlib.closing(sqlite3.connect(f"file:{self.v.demo}/data/control.db?mode=ro", uri=True)) as db:
            return db.execute(query).fetchall()
