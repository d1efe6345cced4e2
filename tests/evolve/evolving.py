"""A varded whose schemas folder is its own, to be changed while it runs."""
import datetime
import json
import pathlib
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import time

sys.path[:0] = [str(pathlib.Path(__file__).parents[1] / "http"), str(pathlib.Path(__file__).parents[1] / "release")]
from varde import SOURCE, Varde, example  # noqa: E402

OLD, NEW = "incident-report/1.0", "incident-report/1.1"


def day(offset):
    """A date so many days from today, UTC."""
    return (datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=offset)).date()


class Evolving(Varde):
    def __init__(self, **more):
        super().__init__(**more)
        self.schemas = self.folder / "schemas"
        shutil.copytree(SOURCE / "schemas", self.schemas)
        self.conf.write_text(self.conf.read_text().replace("[varde]\n", f"[varde]\nschemas = {self.schemas}\n", 1))
        self.plain = self.conf.read_text()

    def configure(self, accept=(OLD, NEW), ending=""):
        text = re.sub(r"\n\[reports\]\naccept = .*\n", "\n", self.plain)
        assert "[reports]" not in text
        self.conf.write_text(text + f"\n[reports]\naccept = {', '.join(accept)}\n{ending}")

    def end(self, deprecated, sunset=None, schema=OLD, successor=NEW):
        """The lines that put an end to a schema, by days from today."""
        lines = [f"[schema {schema}]", f"deprecated = {day(deprecated)}"]
        lines += [f"sunset = {day(sunset)}"] if sunset is not None else []
        lines += [f"successor = {successor}"] if successor else []
        return "\n".join(lines) + "\n"

    def events(self, name):
        lines = self.log_path.read_text().splitlines()
        return [json.loads(line) for line in lines if f'"event":"{name}"' in line]

    def hup(self):
        """SIGHUP, and what it logged of schemas: (schemas-read, [schemas-broken])."""
        read, broken = len(self.events("schemas-read")), len(self.events("schemas-broken"))
        done = len(self.events("reloaded")) + len(self.events("reload-failed"))
        self.process.send_signal(signal.SIGHUP)
        end = time.monotonic() + 60
        while len(self.events("reloaded")) + len(self.events("reload-failed")) == done:
            assert time.monotonic() < end and self.process.poll() is None
            time.sleep(0.01)  # polling a condition, bounded
        assert len(self.events("schemas-read")) == read + 1
        return self.events("schemas-read")[-1], self.events("schemas-broken")[broken:]

    def start_refused(self):
        """Starts it, and it ends by itself, saying why."""
        with open(self.log_path, "ab") as log:
            self.process = subprocess.Popen([self.program, "--config", self.conf], stderr=log, env=self.env)
        assert self.process.wait(60) == 2
        return self.events("varded-refused")[-1]

    def listed(self):
        """The incident report's schemas, as senders see them."""
        return [s for s in self.get("/v1/schemas").json["schemas"] if s["kind"] == "incident-report"]

    def states(self):
        return {s["schema"]: s["state"] for s in self.listed()}

    def row(self, tenant, report_id, revision=1):
        """(schema, code list versions, clear part, warnings) as they are in the real file."""
        database = sqlite3.connect(f"file:{self.database(tenant.orgnr)}?mode=ro", uri=True)
        try:
            schema, versions, clear, warnings = database.execute(
                "SELECT schema, versions, clear, warnings FROM document JOIN code_set USING (code_set)"
                " WHERE report_id = ? AND revision = ?", (report_id, revision)).fetchone()
        finally:
            database.close()
        return schema, json.loads(versions), json.loads(clear), json.loads(warnings)

    def count(self, tenant):
        path = self.database(tenant.orgnr)
        if not path.exists():
            return 0
        database = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
        try:
            return database.execute("SELECT count(*) FROM document").fetchone()[0]
        finally:
            database.close()


def report(tenant, version="1.0", **changes):
    return example("minimal-hf", tenant, schema_version=version, **changes)
