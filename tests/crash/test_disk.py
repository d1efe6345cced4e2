"""The disk is full, or fails, or the clock jumps, under the running daemon: 507 or
503 and never 201, reads go on, the neighbour notices nothing, and it mends itself."""

import json
import os
import pathlib
import shutil
import subprocess
import sys
import time
import unittest

FAULTY_DISK = sys.argv.pop(1) if __name__ == "__main__" else None
sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "http"))

try:
    from varde import Varde, example
    from test_crash import rows
except ImportError as missing:
    print(missing)
    sys.exit(77)


def wait_for(condition, what, seconds=40):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        value = condition()
        if value:
            return value
        time.sleep(0.02)  # polling a condition, bounded
    raise AssertionError("never happened: " + what)


class Bad(unittest.TestCase):
    """One daemon for each test; `acknowledged` is checked against the files at its end."""

    env = {}

    def setUp(self):
        self.v = Varde(env=self.env)
        self.addCleanup(self.v.remove)
        self.acknowledged = []
        self.refused = []
        self.a, self.b = self.v.tenants[:2]

    def document(self, tenant, size=20):
        return example("minimal-hf", tenant, narrative={"description": "Pasienten falt. " * size})

    def post(self, tenant, document=None, size=20):
        """Any answer but a receipt or a well-made refusal is a failure."""
        document = document or self.document(tenant, size)
        answer = self.v.submit(tenant, document)
        self.assertIn(answer.status, (200, 201, 503, 507), answer)
        if answer.status in (200, 201):
            self.acknowledged.append((tenant, document, answer.json))
        else:
            self.refused.append((tenant, document))
            self.assertGreater(int(answer.headers.get("Retry-After", 0)), 0, answer)
            self.assertEqual(answer.code, {507: "storage-full", 503: "storage-failed"}[answer.status])
        return answer.status

    def check_reads(self, tenant):
        kept = [(d, r) for t, d, r in self.acknowledged if t is tenant]
        page = self.v.get("/v1/reports?limit=5", tenant)
        self.assertEqual(page.status, 200, page)
        for document, receipt in kept[-2:]:
            answer = self.v.get(f"/v1/reports/{document['report_id']}/receipt", tenant)
            self.assertEqual((answer.status, answer.json), (200, receipt))

    def check_all(self):
        """What was refused is taken now; what was acknowledged is there, once and the same."""
        for tenant, document in self.refused[:]:
            self.assertIn(self.post(tenant, document), (200, 201))
        for tenant, document, receipt in self.acknowledged[-10:]:
            answer = self.v.submit(tenant, document)
            self.assertEqual((answer.status, answer.json), (200, receipt))
        self.v.stop()
        found = {t.orgnr: rows(self.v.database(t.orgnr)) for t in self.v.tenants}
        for tenant, document, receipt in self.acknowledged:
            self.assertEqual(found[tenant.orgnr][document["report_id"], 1][1], receipt["digest"])
        sent = {d["report_id"] for _, d, _ in self.acknowledged}
        self.assertEqual({key[0] for f in found.values() for key in f}, sent)

    def gauge(self, name):
        lines = [line.split() for line in self.v.admin("/metrics").body.decode().splitlines()]
        return sum(float(line[-1]) for line in lines if line and line[0].split("{")[0] == name)

    def quarantined(self):
        return json.loads(self.v.admin("/ready").body)["quarantined"]


class Full(Bad):
    """A small file system of its own, really full."""

    def setUp(self):
        super().setUp()
        self.data = self.v.demo / "data"
        aside = self.v.folder / "aside"
        self.data.rename(aside)
        self.data.mkdir(mode=0o700)
        mount = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=3m,mode=700", "tmpfs", self.data], capture_output=True)
        if mount.returncode:
            self.skipTest("nothing can be mounted here")
        self.addCleanup(subprocess.run, ["umount", "-l", self.data], check=True)
        shutil.copytree(aside, self.data, dirs_exist_ok=True)

    def fill(self):
        with open(self.data / "filler", "wb", buffering=0) as f:
            for size in 65536, 4096, 1:
                try:
                    while f.write(b"x" * size) == size:
                        pass
                except OSError:
                    pass

    def test_a_full_disk(self):
        v = self.v
        v.start()
        self.assertEqual(self.post(self.a), 201)
        self.fill()
        for tenant in self.a, self.b:  # a log may have some room left
            wait_for(lambda t=tenant: self.post(t, size=1500) == 507, "507 on a full disk")
        batch = [v.sign(self.a, self.document(self.a, 1500)) for _ in range(3)]
        answer = v.post("/v1/submissions/batch", json.dumps({"submissions": batch}), self.a, type="application/json")
        self.assertEqual([r["status"] for r in answer.json["results"]], [507] * 3)
        self.check_reads(self.a)
        self.assertEqual(v.get("/v1/tenant", self.b).status, 200)
        self.assertEqual(self.quarantined(), 0, "a full disk is no fault of the file")
        self.assertIn(v.ctl("status", check=False).returncode, (0, 1))
        (self.data / "filler").unlink()
        self.assertEqual(self.post(self.a, size=1500), 201)
        self.assertEqual(self.post(self.b, size=1500), 201)
        for jws in batch:
            self.assertEqual(v.post("/v1/submissions", jws, self.a).status, 201)
            self.acknowledged.append((self.a, json.loads(_payload(jws))["document"], v.post(
                "/v1/submissions", jws, self.a).json))
        self.check_all()

    def test_killed_and_started_on_a_full_disk(self):
        v = self.v
        v.start()
        self.assertEqual(self.post(self.a), 201)
        self.fill()
        wait_for(lambda: self.post(self.a, size=1500) == 507, "507 on a full disk")
        v.kill()
        v.start()
        self.check_reads(self.a)
        wait_for(lambda: self.post(self.a, size=1500) == 507, "507 on a full disk")
        (self.data / "filler").unlink()
        self.check_all()


def _payload(jws):
    import base64
    return base64.urlsafe_b64decode(jws.split(".")[1] + "==")


class Failing(Bad):
    """The preloaded library makes chosen operations on chosen files fail."""

    def setUp(self):
        options = os.environ.get("ASAN_OPTIONS", "")
        self.env = {"ASAN_OPTIONS": options + ":verify_asan_link_order=0"}
        super().setUp()
        self.control = self.v.folder / "faults"
        self.control.write_text("")
        self.v.env = {**self.v.env, "LD_PRELOAD": FAULTY_DISK, "FAULTY_DISK": str(self.control)}
        self.v.start()
        self.v.env.pop("LD_PRELOAD")
        for tenant in self.a, self.b:
            self.assertEqual(self.post(tenant), 201)

    def faults(self):
        counter = pathlib.Path(str(self.control) + ".n")
        return counter.stat().st_size if counter.exists() else 0

    def inject(self, line):
        """From the next call on; the file is replaced at once, never half written."""
        new = self.control.with_suffix(".new")
        new.write_text(line)
        new.rename(self.control)

    def part(self, tenant):
        return f"{tenant.orgnr}.db"

    def test_no_space_for_one_tenant(self):
        self.inject(f"write ENOSPC {self.part(self.a)}")
        before = len(self.acknowledged)
        self.assertEqual([self.post(self.a) for _ in range(5)], [507] * 5)
        self.assertEqual(len(self.acknowledged), before)
        self.assertGreater(self.faults(), 0)
        self.assertEqual(self.post(self.b), 201)
        self.check_reads(self.a)
        self.assertEqual(self.quarantined(), 0)
        self.inject("")
        self.assertEqual(self.post(self.a), 201)
        self.check_all()

    def quarantine(self, line):
        """After a failure of the file itself: one tenant is out, the others are not, and it comes back."""
        v = self.v
        self.inject(line)
        self.assertEqual(self.post(self.a), 503)
        self.assertGreater(self.faults(), 0)
        wait_for(lambda: self.quarantined() == 1, "quarantine")
        self.assertEqual(self.post(self.b), 201)
        self.check_reads(self.b)
        self.check_reads(self.a)
        self.assertEqual(v.admin("/ready").status, 200)
        self.assertEqual(self.gauge("varde_writer_quarantined_tenants"), 1)
        self.assertEqual(self.post(self.a), 503)
        doctor = v.ctl("doctor", "--json", check=False)
        self.assertNotEqual(doctor.returncode, 0, doctor.stdout)
        self.assertIn("1 tenants in quarantine", doctor.stdout)
        self.assertTrue([e for e in v.log() if e["event"] == "tenant-file-failed" and e["tenant"] == self.a.orgnr])
        self.inject("")
        wait_for(lambda: self.post(self.a) == 201, "the end of the quarantine")
        self.assertTrue([e for e in v.log() if e["event"] == "tenant-file-well" and e["tenant"] == self.a.orgnr])
        self.check_all()

    def test_failed_sync(self):
        self.quarantine(f"sync EIO {self.part(self.a)}")

    def test_failed_write(self):
        self.quarantine(f"write EIO {self.part(self.a)}-wal")

    def test_a_sync_that_failed_and_a_kill(self):
        self.inject(f"sync EIO {self.part(self.a)}")
        self.assertEqual(self.post(self.a), 503)
        self.v.kill()
        self.inject("")
        self.v.start()
        self.check_all()

    def test_stopping_while_the_disk_fails(self):
        self.inject(f"sync EIO {self.part(self.a)}")
        self.assertEqual(self.post(self.a), 503)
        self.v.stop()
        self.inject("")
        self.v.start()
        self.check_all()

    def test_the_clock_jumps(self):
        """Tokens of the true time are refused while it is wrong; what was received stays in order of seq."""
        for hours in -3, 3, -24 * 400:
            self.inject(f"clock {hours * 3600} -")
            self.assertEqual(self.v.submit(self.a, self.document(self.a)).status, 401, hours)
            self.assertEqual(self.v.admin("/ready").status, 200)
            self.inject("")
            self.assertEqual(self.post(self.a), 201)
        self.inject("clock -5 -")  # within the leeway: taken, and received before its elders
        self.assertEqual(self.post(self.a), 201)
        self.inject("")
        self.assertEqual(self.post(self.a), 201)
        page = self.v.get("/v1/reports?limit=100", self.a).json
        sequence = [r["seq"] for r in page["reports"]]
        self.assertEqual(sequence, sorted(sequence))
        self.assertEqual([r["report_id"] for r in page["reports"]],
                         [d["report_id"] for t, d, _ in self.acknowledged if t is self.a])
        self.check_all()

    def phase(self):
        return json.loads(self.v.ctl("tenant", "show", self.a.orgnr, "--json").stdout)["phase"]

    def suspend(self):
        return self.v.ctl("tenant", "suspend", self.a.orgnr, "--reason", "øvelse", "--json", check=False)

    def test_the_register_has_no_space(self):
        before = self.phase()
        self.inject("write ENOSPC control.db")
        run = self.suspend()
        self.assertEqual(run.returncode, 2, run)
        self.assertIn("code", json.loads(run.stderr)["error"])
        self.assertEqual(self.phase(), before)
        self.assertEqual(self.post(self.a), 201)
        self.inject("")
        self.assertEqual(self.suspend().returncode, 0)
        self.assertEqual(self.v.submit(self.a, self.document(self.a)).status, 403)
        self.v.ctl("tenant", "resume", self.a.orgnr, "--reason", "øvelse")
        self.check_all()

    def test_the_registers_sync_fails(self):
        """Whether the change was made nobody can know then: it was not acknowledged, and
        after a restart it either stands, and is logged, or neither."""
        v = self.v
        self.inject("sync EIO control.db")
        self.assertEqual(self.suspend().returncode, 2)
        self.assertEqual(self.post(self.a), 201)
        self.inject("")
        self.assertEqual(self.suspend().returncode, 2, "a register that failed takes no change")
        self.assertEqual(self.post(self.a), 201)
        v.stop()
        v.start()
        logged = subprocess.run(["/usr/bin/python3", "-c", "import sqlite3, sys; print(sqlite3.connect("
                                 "f'file:{sys.argv[1]}?mode=ro', uri=True).execute(\"SELECT count(*) FROM action "
                                 "WHERE command = 'tenant suspend'\").fetchone()[0])", v.demo / "data/control.db"],
                                capture_output=True, text=True)
        self.assertEqual(self.phase() == "suspended", logged.stdout.strip() == "1", logged)
        if self.phase() == "suspended":
            v.ctl("tenant", "resume", self.a.orgnr, "--reason", "øvelse")
        self.check_all()


if __name__ == "__main__":
    sys.exit(unittest.main(verbosity=2))
