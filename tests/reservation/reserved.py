"""An installation with a right to reserve, and documents that differ in who they are about."""
import contextlib
import json
import pathlib
import secrets
import sqlite3
import subprocess
import sys

sys.path.append(str(pathlib.Path(__file__).parents[1] / "http"))

from varde import BIN, Varde, example  # noqa: E402

RESERVED = "15898512379"
FREE = "29820050124"
ROOM = "\n[limits]\nsubmissions_per_minute = 1000000\nsubmissions_burst = 1000000\nreads_per_minute = 1000000\nreads_burst = 1000000\n"


def check_digits(nine):
    digits = [int(d) for d in nine]
    first = -sum(d * w for d, w in zip(digits, (3, 7, 6, 1, 8, 9, 4, 5, 2))) % 11
    second = -sum(d * w for d, w in zip([*digits, first], (5, 4, 3, 2, 7, 6, 5, 4, 3, 2))) % 11
    return None if first == 10 or second == 10 else f"{first}{second}"


def numbers(n, start=0):
    """Synthetic person numbers, none of them those above."""
    found, i = [], start
    while len(found) < n:
        nine = f"{1 + i % 28:02}{81 + i // 28 % 12:02}{i // 336 % 100:02}{100 + i // 33600:03}"
        if check_digits(nine):
            found.append(nine + check_digits(nine))
        i += 1
    return found


class Reserving(Varde):
    def __init__(self, mode, conf=ROOM, key=True):
        super().__init__(f"\n[reservation]\nmode = {mode}\ndecision = Prop. 12 L, vedtak 3\n" + conf)
        self.key_path = self.demo / "credentials/reservation-key"
        self.hash_key = secrets.token_bytes(32)
        if key:
            self.write_key(self.hash_key)

    def write_key(self, key):
        self.key_path.write_text(key.hex() + "\n")
        self.key_path.chmod(0o600)

    def set_mode(self, mode):
        text = self.conf.read_text()
        for old in ("off", "drop-sealed", "refuse"):
            text = text.replace(f"mode = {old}\n", f"mode = {mode}\n")
        self.conf.write_text(text)

    def reserve(self, *persons, verb="add"):
        run = self.ctl("reservation", verb, "--json", input="\n".join(persons) + "\n")
        return json.loads(run.stdout)["changed"]

    def document(self, tenant, number, name="full-hf", **changes):
        """Of the same length whoever it is about."""
        document = example(name, tenant, **changes)
        document["patients"][0]["identifier"] = {"type": "fnr", "value": number}
        document["source"]["local_case_id"] = f"T-{secrets.randbelow(10**8):08}"
        return document

    def rows(self, tenant, query, *values):
        with contextlib.closing(sqlite3.connect(f"file:{self.database(tenant.orgnr)}?mode=ro", uri=True)) as db:
            return db.execute(query, values).fetchall()

    def export(self, tenant, name):
        path = self.folder / name
        path.write_text(self.ctl("export-sealed", "--tenant", tenant.orgnr, "--purpose", "prøve").stdout)
        return path

    def open(self, *words, stdin="", check=True):
        key = self.demo / self.info["custodians"][0]["secret_key"]
        mode = words[:1] if words[:1] == ("find",) else ()
        run = subprocess.run([BIN / "varde-open", *mode, "--key", key, *map(str, words[len(mode):])], input=stdin, capture_output=True,
                             text=True, timeout=120)
        assert not check or run.returncode == 0, (run.returncode, run.stdout, run.stderr)
        return run

    def files(self):
        """The bytes of everything in the data folder, credentials not among them."""
        return {path: path.read_bytes() for path in (self.demo / "data").rglob("*") if path.is_file()}
