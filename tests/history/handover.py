"""What the tests of a history share: an export of any length, the sender as a program, and
a look into the file that it all ends in."""
import contextlib
import csv
import datetime
import json
import os
import pathlib
import sqlite3
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "http"))
os.environ["no_proxy"] = "*"

try:
    from varde import SOURCE, Organisation, Varde, example, organisation_numbers  # noqa: F401
except ImportError as missing:
    print(missing)
    sys.exit(77)

PYTHON = SOURCE / "client/python"
sys.path.insert(0, str(PYTHON))
import varde_mapping  # noqa: E402

NO_RATES = "\n[limits]\nsubmissions_per_minute = 1000000\nsubmissions_burst = 1000000\n"
NUMBERS = organisation_numbers()
FIRST_DAY, DAYS = datetime.date(2020, 1, 1), 5 * 365
ROW = varde_mapping.read_rows(PYTHON / "example-kommune.csv")[0]


def row(number, of=3000, **changes):
    """One case of five years."""
    day = FIRST_DAY + datetime.timedelta(DAYS * number // of)
    return {**ROW, "Saksnr": f"{day.year}-{number}", "Registrert": f"{day:%d.%m.%Y} 14:05", "Hendelsesdato": f"{day:%d.%m.%Y}",
            "Hva skjedde": f"Sak nummer {number}.", **changes}


def write_csv(path, rows):
    with open(path, "w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, ROW.keys(), delimiter=";")
        writer.writeheader()
        writer.writerows(rows)


def new_town(v):
    """A municipality with a key that signs fast."""
    return v.register(Organisation(next(NUMBERS), "Tenkt kommune", "municipality"))


def new_trust(v):
    return v.register(Organisation(next(NUMBERS), "Tenkt helseforetak"))


def wait_for(condition, what, seconds=60):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        value = condition()
        if value:
            return value
        time.sleep(0.005)  # polling a condition, bounded
    raise AssertionError("never happened: " + what)


class Handover:
    """A tenant's files: what it hands over, its receipts, its rows in the service."""

    def __init__(self, v, tenant, name="history"):
        self.v, self.tenant = v, tenant
        self.folder = v.folder / name
        self.folder.mkdir()
        self.receipts, self.journal = self.folder / "receipts", self.folder / "receipts/history.jsonl"
        self.key = self.folder / "signing.pem"
        self.key.write_bytes(tenant.key.export_to_pem(private_key=True, password=None))
        self.export = self.folder / "history.csv"

    def start(self, *more, files=None):
        words = [sys.executable, "-B", PYTHON / "varde_send.py", f"--service=http://{self.v.host}:{self.v.port}",
                 f"--audience={self.v.info['audience']}", f"--organisation={self.tenant.orgnr}", f"--key={self.key}",
                 f"--kid={self.tenant.kid}", f"--alg={self.tenant.alg}", f"--receipts={self.receipts}",
                 f"--token-command={sys.executable} -B {PYTHON}/demo_token.py {self.v.demo} {self.tenant.orgnr}", "--batch",
                 *more, *(files or [self.export])]
        # Into a file: a killed sender has nobody who reads.
        self.said = self.folder / "said"
        with open(self.said, "w", encoding="utf-8") as said:
            return subprocess.Popen(words, stdout=said, stderr=subprocess.STDOUT)

    def run(self, *more, files=None, status=0):
        code = self.start(*more, files=files).wait(300)
        said = self.said.read_text(encoding="utf-8")
        assert code == status, (code, said)
        return said

    def kept(self):
        """The receipts' lines; a torn last one is none."""
        if not self.journal.exists():
            return []
        return [json.loads(line) for line in self.journal.read_text(encoding="utf-8").splitlines(True) if line.endswith("\n")]

    def refused(self):
        return [json.loads(line) for line in (self.receipts / "refused.jsonl").read_text(encoding="utf-8").splitlines()]

    def count(self):
        if not self.v.database(self.tenant.orgnr).exists():
            return 0
        return self.look("SELECT count(*) FROM document")[0][0]

    def look(self, sql):
        with contextlib.closing(sqlite3.connect(f"file:{self.v.database(self.tenant.orgnr)}?mode=ro", uri=True)) as db:
            return db.execute(sql).fetchall()

    def check(self, expected):
        """Every (report, revision) of `expected` is in the file once, nothing else is, the order has no
        gap, and every receipt that was ever kept is of the row that stands there."""
        self.settle()
        assert self.look("PRAGMA integrity_check") == [("ok",)]
        rows = self.look("SELECT report_id, revision, digest FROM document")
        found = {(report, revision): "sha-256:" + bytes(stored).hex() for report, revision, stored in rows}
        assert len(found) == len(rows), "stored twice"
        assert set(found) == set(expected), (len(found), len(expected))
        order = [seq for (seq,) in self.look("SELECT seq FROM document UNION ALL SELECT seq FROM event ORDER BY 1")]
        assert order == list(range(1, len(order) + 1)), "a gap in seq"
        kept = [line["receipt"] for line in self.kept()]
        for receipt in kept:
            assert found[receipt["report_id"], receipt["revision"]] == receipt["digest"], ("acknowledged as another", receipt)
        return kept

    def ids(self, rows):
        """(report, 1) of each row."""
        return [(varde_mapping.to_document(one, self.tenant.orgnr)["report_id"], 1) for one in rows]

    def new_and_repeated(self):
        """How many documents the daemon's log says it took of this tenant."""
        self.settle()
        lines = [line for line in self.v.log() if line.get("tenant") == self.tenant.orgnr and "new" in line]
        return sum(line["new"] for line in lines), sum(line["repeated"] for line in lines)

    def settle(self):
        """Until the service is done with what was sent, also by who is dead."""
        wait_for(lambda: b"varde_intake_connections 0\n" in self.v.admin("/metrics").body, "no connection")
