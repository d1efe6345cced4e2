#!/usr/bin/python3
"""A regional IT company sends and reads for its trusts, and for nobody else: rights,
dates, ends, keys, both kinds of token, mixed batches, and what the rows say."""
import concurrent.futures
import contextlib
import json
import os
import pathlib
import sqlite3
import subprocess
import tempfile
import time
import unittest
import uuid

from jwcrypto import jwk, jwt

from hostile import HelseId, problem_faults
from varde import BIN, Organisation, Varde, compact, example, organisation_numbers

BATCH, SUBMISSIONS, VALIDATE = "/v1/submissions/batch", "/v1/submissions", "/v1/submissions/validate"
DAY = 86400
TRUSTS = 11


def day(offset):
    return time.strftime("%Y-%m-%d", time.gmtime(time.time() + offset * DAY))


class Base(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.v = Varde()
        cls.numbers = organisation_numbers()
        cls.v.start()
        cls.company = cls.registered("Regional IKT AS", "processor")

    @classmethod
    def tearDownClass(cls):
        try:
            cls.v.stop()
        finally:
            cls.v.remove()

    @classmethod
    def registered(cls, name, kind="hf", phase="active"):
        return cls.v.register(Organisation(next(cls.numbers), name, kind), phase)

    @classmethod
    def let(cls, owner, processor, *words):
        cls.v.ctl("processor", "add", owner.orgnr, processor.orgnr, *words)

    def refused(self, answer, status, code):
        self.assertEqual(list(problem_faults(answer, status, code)), [], answer)

    def signed(self, owner, document=None, signer=None, **more):
        """The owner's document under the signer's key."""
        header = {"alg": (signer or owner).alg, "kid": (signer or owner).kid}
        full = {**header, "typ": "varde+jws"}
        return compact(full, self.v.payload(owner, document or example("minimal-hf", owner), **more),
                       (signer or owner).key)

    def send(self, caller, owner, document=None, signer=None, **more):
        return self.v.post(SUBMISSIONS, self.signed(owner, document, signer, **more), caller)

    def rows(self, owner, query="SELECT report_id, sender, signing_kid FROM document ORDER BY seq"):
        with contextlib.closing(sqlite3.connect(f"file:{self.v.database(owner.orgnr)}?mode=ro", uri=True)) as db:
            return db.execute(query).fetchall()


class Region(Base):
    """One company, eleven trusts."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.trusts = [cls.registered(f"Sykehuset {i} HF") for i in range(TRUSTS)]
        for trust in cls.trusts:
            cls.let(trust, cls.company)

    def test_sends_for_each_with_its_own_key_and_with_theirs(self):
        for n, trust in enumerate(self.trusts):
            for signer in (self.company, trust):
                document = example("minimal-hf", trust)
                body = self.signed(trust, document, signer)
                helseid = HelseId(self.v, self.company)
                answer = helseid.post(SUBMISSIONS, body) if n % 2 else self.v.post(SUBMISSIONS, body, self.company)
                self.assertEqual(answer.status, 201, answer)
                receipt = answer.json
                self.assertEqual((receipt["organisation"], receipt["sender"]), (trust.orgnr, self.company.orgnr))
                self.assertIn((document["report_id"], self.company.orgnr, signer.kid), self.rows(trust))
                self.assertEqual(self.v.get("/v1/reports/" + document["report_id"], trust).json["revisions"], [receipt])
        self.assertEqual(self.rows(self.company), [], "the company's own file has no reports")

    def test_one_batch_for_all(self):
        stranger, suspended = self.registered("Annet HF"), self.registered("Stengt HF")
        self.let(suspended, self.company)
        self.v.ctl("tenant", "suspend", suspended.orgnr, "--reason", "a test")
        owners = [trust for trust in self.trusts for _ in range(3)]
        owners[5:5], owners[17:17], owners[20:20] = [stranger], [suspended], [self.company]
        documents = [example("minimal-hf", owner) for owner in owners]
        items = [self.signed(owner, document, self.company) for owner, document in zip(owners, documents)]
        items[9] = "x"
        answer = self.v.post(BATCH, json.dumps({"submissions": items}), self.company, type="application/json")
        self.assertEqual(answer.status, 200, answer)
        results, wrong = answer.json["results"], {stranger: "tenant-mismatch", suspended: "tenant-suspended",
                                                  self.company: "tenant-not-owner"}
        self.assertEqual(len(results), len(items))
        for i, (owner, document, result) in enumerate(zip(owners, documents, results)):
            if i == 9:
                self.assertEqual((result["status"], result["problem"]["code"]), (400, "signature-malformed"))
            elif owner in wrong:
                self.assertEqual((result["status"], result["problem"]["code"]), (403, wrong[owner]))
            else:
                self.assertEqual(result["status"], 201, result)
                receipt = result["receipt"]
                self.assertEqual((receipt["organisation"], receipt["sender"], receipt["report_id"]),
                                 (owner.orgnr, self.company.orgnr, document["report_id"]))
                self.assertIn((document["report_id"], self.company.orgnr, self.company.kid), self.rows(owner))
        for trust in self.trusts:
            every = self.rows(trust, "SELECT seq FROM document UNION ALL SELECT seq FROM event ORDER BY 1")
            self.assertEqual([seq for (seq,) in every], list(range(1, len(every) + 1)), "a gap in seq")
        again = self.v.post(BATCH, json.dumps({"submissions": items}), self.company, type="application/json")
        self.assertEqual([r.get("receipt") for r in again.json["results"]], [r.get("receipt") for r in results])
        self.assertEqual({r["status"] for r in again.json["results"]}, {200, 400, 403})

    def test_a_full_queue_is_one_owners(self):
        """Two owners in one batch: the large share of one cannot crowd out the other's."""
        a, b = self.trusts[:2]
        items = [self.signed(a, None, self.company) for _ in range(300)] + [self.signed(b, None, self.company)]
        answer = self.v.post(BATCH, json.dumps({"submissions": items}), self.company, type="application/json")
        self.assertEqual({r["status"] for r in answer.json["results"]}, {201})

    def test_the_same_document_by_either_is_one(self):
        trust = self.trusts[0]
        for first, second in ((self.company, trust), (trust, self.company)):
            document = example("minimal-hf", trust)
            one = self.send(first, trust, document, first)
            two = self.send(second, trust, document, second)
            self.assertEqual((one.status, two.status), (201, 200), (one, two))
            self.assertEqual(two.json, one.json)
            self.assertEqual(one.json["sender"], first.orgnr)
            change = {**document, "revision": 2, "supersedes": one.json["digest"]}
            three = self.send(second, trust, change, second)
            self.assertEqual((three.status, three.json["sender"]), (201, second.orgnr), three)

    def test_the_same_document_by_both_at_once(self):
        trust = self.trusts[1]
        for _ in range(5):
            document = example("minimal-hf", trust)
            calls = [(caller, self.signed(trust, document, caller)) for caller in (self.company, trust) * 4]
            with concurrent.futures.ThreadPoolExecutor(8) as pool:
                answers = list(pool.map(lambda call: self.v.post(SUBMISSIONS, call[1], call[0]), calls))
            self.assertEqual(sorted(a.status for a in answers), [200] * 7 + [201])
            self.assertTrue(all(a.json == answers[0].json for a in answers))

    def test_the_owners_phase_units_and_kind_count(self):
        municipality = self.registered("Prøve kommune", "municipality")
        self.let(municipality, self.company)
        answer = self.send(self.company, municipality, example("municipality-minimal", municipality), self.company)
        self.assertEqual((answer.status, answer.json["warnings"]), (201, []), answer)
        trust, unit = self.trusts[2], next(self.numbers)
        document = example("minimal-hf", None, organisation={"number": unit})
        self.refused(self.send(self.company, trust, document, self.company), 422, "invalid-document")
        self.v.ctl("tenant", "unit", "add", trust.orgnr, unit)
        self.assertEqual(self.send(self.company, trust, document, self.company).status, 201)

    def test_the_owner_must_be_open(self):
        for phase, code in (("invited", "tenant-not-open"), ("suspended", "tenant-suspended"), ("closed", "tenant-not-open")):
            owner = self.registered("Ikke åpent HF", phase="invited" if phase == "invited" else "active")
            self.let(owner, self.company, "--rights", "send,read")
            if phase != "invited":
                self.v.ctl("tenant", "phase", owner.orgnr, phase, "--reason", "a test")
            for answer in (self.send(self.company, owner, None, self.company), self.send(self.company, owner),
                           self.v.get(f"/v1/reports?organisation={owner.orgnr}", self.company)):
                self.refused(answer, 403, code)

    def test_keys(self):
        trust, other = self.trusts[3], self.trusts[4]
        spare = Organisation(self.company.orgnr, "")
        self.v.add_key(self.company, "--to", day(1), key=spare.key, kid=spare.kid)
        self.assertEqual(self.send(self.company, trust, None, spare).status, 201)
        self.refused(self.send(self.company, trust, None, other), 403, "tenant-mismatch")  # another client's key
        self.refused(self.send(trust, trust, None, self.company), 403, "tenant-mismatch")  # the owner has its own
        self.refused(self.send(other, trust, None, self.company), 403, "tenant-mismatch")
        self.refused(self.send(self.company, trust, None, Organisation("", "")), 400, "signature-key-unknown")
        old = int(time.time()) - 2 * DAY
        self.refused(self.send(self.company, trust, None, spare, iat=old), 400, "signature-key-expired")
        self.v.ctl("key", "revoke", spare.kid, "--reason", "a test")
        self.refused(self.send(self.company, trust, None, spare), 400, "signature-key-expired")
        self.assertEqual(self.send(self.company, trust, None, self.company).status, 201)

    def test_an_export_names_the_processors_key(self):
        trust = self.trusts[5]
        self.assertEqual(self.send(self.company, trust, None, self.company).status, 201)
        self.assertEqual(self.send(trust, trust).status, 201)
        export = subprocess.run([BIN / "vardectl", "--config", self.v.conf, "export-sealed", "--tenant", trust.orgnr,
                                 "--purpose", "a test"], capture_output=True, check=True).stdout
        keys = {k["kid"]: k["owner"] for k in (json.loads(line).get("key") for line in export.splitlines()) if k}
        self.assertEqual(keys, {self.company.kid: self.company.orgnr, trust.kid: trust.orgnr})
        secret = self.v.demo / self.v.info["custodians"][0]["secret_key"]
        run = subprocess.run([BIN / "varde-open", "--key", secret], input=export, capture_output=True, timeout=120)
        self.assertEqual(run.returncode, 0, run.stderr)
        items = [line for line in map(json.loads, run.stdout.splitlines()) if "report_id" in line]
        self.assertEqual({(i["sender"], i["key_owner"], i["signature"], i["key_in_force"], i["context_check"]) for i in items},
                         {(s.orgnr, s.orgnr, "valid", True, "match") for s in (self.company, trust)})


class Rights(Base):
    """What one registration gives, from when to when, and what it does not."""

    def test_each_right_alone_and_both(self):
        for rights, may_send, may_read in (("send", True, False), ("read", False, True), ("send,read", True, True)):
            owner = self.registered("Prøve HF")
            own = self.send(owner, owner).json
            self.let(owner, self.company, "--rights", rights)
            answer = self.send(self.company, owner, None, self.company)
            self.assertEqual(answer.status == 201, may_send, answer)
            if not may_send:
                self.refused(answer, 403, "tenant-mismatch")
                self.refused(self.send(self.company, owner), 403, "tenant-mismatch")
            for path in ("/v1/reports", f"/v1/reports/{own['report_id']}", "/v1/tenant"):
                answer = self.v.get(f"{path}?organisation={owner.orgnr}", self.company)
                if may_read:
                    self.assertEqual(answer.json, self.v.get(path, owner).json)
                else:
                    self.refused(answer, 403, "tenant-mismatch")
            trial = json.dumps({"schema": "incident-report/1.0", "document": example("minimal-hf", owner)})
            answer = self.v.post(f"{VALIDATE}?organisation={owner.orgnr}", trial, self.company, type="application/json")
            self.assertEqual(answer.status, 200 if may_send else 403, answer)

    def test_the_default_is_to_send(self):
        owner = self.registered("Prøve HF")
        self.let(owner, self.company)
        (row,) = json.loads(self.v.ctl("processor", "list", owner.orgnr, "--json").stdout)["processors"]
        self.assertEqual((row["owner"], row["processor"], row["rights"], row["state"], row["valid_to"]),
                         (owner.orgnr, self.company.orgnr, "send", "valid", None))

    def test_a_registration_is_one_way_and_for_one(self):
        owner, other = self.registered("Prøve HF"), self.registered("Annet HF")
        self.let(owner, other, "--rights", "send,read")
        self.assertEqual(self.send(other, owner, None, other).status, 201)
        self.refused(self.send(owner, other, None, owner), 403, "tenant-mismatch")
        self.refused(self.send(self.company, owner, None, self.company), 403, "tenant-mismatch")
        self.refused(self.v.get(f"/v1/reports?organisation={other.orgnr}", owner), 403, "tenant-mismatch")
        self.assertEqual(self.send(other, other).status, 201)  # and keeps its own

    def test_days(self):
        for words, good in ((("--from", day(0)), True), (("--from", day(1)), False), (("--to", day(0)), True),
                            (("--from", day(-9), "--to", day(9)), True)):
            owner = self.registered("Prøve HF")
            self.let(owner, self.company, *words)
            self.assertEqual(self.send(self.company, owner, None, self.company).status, 201 if good else 403, words)

    def test_ended_at_once_and_registered_anew(self):
        owner = self.registered("Prøve HF")
        self.let(owner, self.company, "--rights", "send,read")
        document = example("minimal-hf", owner)
        self.assertEqual(self.send(self.company, owner, document, self.company).status, 201)
        self.v.ctl("processor", "end", owner.orgnr, self.company.orgnr, "--reason", "avtalen er sagt opp")
        for signer in (self.company, owner):
            self.refused(self.send(self.company, owner, document, signer), 403, "tenant-mismatch")
        self.refused(self.v.get(f"/v1/reports?organisation={owner.orgnr}", self.company), 403, "tenant-mismatch")
        (report,) = self.v.get("/v1/reports", owner).json["reports"]
        self.assertEqual(report["receipt"]["sender"], self.company.orgnr)
        self.assertEqual(self.send(owner, owner, document).json, report["receipt"])
        self.let(owner, self.company)
        self.assertEqual(self.send(self.company, owner, document, self.company).status, 200)
        rows = json.loads(self.v.ctl("processor", "list", owner.orgnr, "--json").stdout)["processors"]
        self.assertEqual([(r["state"], r["end_reason"]) for r in rows], [("ended", "avtalen er sagt opp"), ("valid", None)])

    def test_a_suspended_processor_does_nothing(self):
        owner, company = self.registered("Prøve HF"), self.registered("Stengt IKT AS", "processor")
        self.let(owner, company)
        self.v.ctl("tenant", "suspend", company.orgnr, "--reason", "a test")
        self.refused(self.send(company, owner, None, company), 403, "tenant-suspended")
        self.refused(self.send(company, owner), 403, "tenant-suspended")
        self.v.ctl("tenant", "resume", company.orgnr)
        self.assertEqual(self.send(company, owner, None, company).status, 201)

    def test_without_reports_of_its_own(self):
        self.refused(self.send(self.company, self.company), 403, "tenant-not-owner")
        for path in ("/v1/reports", f"/v1/reports/{uuid.uuid4()}", f"/v1/reports/{uuid.uuid4()}/receipt"):
            self.refused(self.v.get(path, self.company), 403, "tenant-not-owner")
        trial = json.dumps({"schema": "incident-report/1.0", "document": {}})
        self.refused(self.v.post(VALIDATE, trial, self.company, type="application/json"), 403, "tenant-not-owner")
        for query in ("", "?organisation=" + self.company.orgnr):
            about = self.v.get("/v1/tenant" + query, self.company).json
            self.assertEqual((about["kind"], [k["kid"] for k in about["keys"]][:1]), ("processor", [self.company.kid]))

    def test_the_operator_learns_why(self):
        owner, closed = self.registered("Prøve HF"), self.registered("Stengt HF")
        for one in (owner, closed):
            self.let(one, self.company)
        self.v.ctl("tenant", "suspend", closed.orgnr, "--reason", "a test")
        for answer, reason in ((self.send(self.company, owner, None, closed), "key-of-another"),
                               (self.send(owner, closed, None, owner), "no-processor"),
                               (self.send(self.company, closed, None, self.company), "owner-not-open"),
                               (self.v.get("/v1/reports?organisation=x", owner), "query-organisation")):
            lines = [line for line in self.v.log() if line.get("trace_id") == answer.json["trace_id"]]
            self.assertEqual([line["reason"] for line in lines], [reason])

    def test_both_sides_see_it(self):
        owner, company = self.registered("Prøve HF"), self.registered("Annet IKT AS", "processor")
        self.let(owner, company, "--rights", "read", "--from", day(2), "--to", day(3))
        self.let(owner, company)
        ended = self.registered("Gammelt IKT AS", "processor")
        self.let(owner, ended)
        self.v.ctl("processor", "end", owner.orgnr, ended.orgnr, "--reason", "a test")
        theirs, ours = self.v.get("/v1/tenant", owner).json, self.v.get("/v1/tenant", company).json
        self.assertEqual([(p["number"], p["name"], p["rights"]) for p in theirs["processors"]],
                         [(company.orgnr, company.name, ["read"]), (company.orgnr, company.name, ["send"])])
        self.assertEqual([(p["number"], p["name"], p["rights"]) for p in ours["acts_for"]],
                         [(owner.orgnr, owner.name, ["read"]), (owner.orgnr, owner.name, ["send"])])
        self.assertEqual((theirs["processors"][0]["valid_from"], theirs["processors"][0]["valid_to"]),
                         (day(2) + "T00:00:00.000Z", day(4) + "T00:00:00.000Z"))
        self.assertEqual((theirs["acts_for"], ours["processors"]), ([], []))


class Reads(Base):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.owner, cls.other = cls.registered("Prøve HF"), cls.registered("Annet HF")
        cls.sender, cls.reader = cls.registered("Sender AS", "processor"), cls.registered("Leser AS", "processor")
        cls.let(cls.owner, cls.sender)
        cls.let(cls.owner, cls.reader, "--rights", "read")

    def test_a_reader_reads_as_the_owner_does(self):
        own = self.send(self.owner, self.owner).json
        sent = self.send(self.sender, self.owner, None, self.sender).json
        for path in ("/v1/reports", "/v1/tenant", *(f"/v1/reports/{r['report_id']}{tail}" for r in (own, sent)
                                                    for tail in ("", "/receipt"))):
            query = f"?organisation={self.owner.orgnr}"
            expected = self.v.get(path, self.owner).json
            self.assertEqual(self.v.get(path + query, self.reader).json, expected)
            self.assertEqual(HelseId(self.v, self.reader).get(path + query).json, expected)
            self.assertEqual(self.v.get(path + query, self.owner).json, expected)
        page = self.v.get(f"/v1/reports?since=0&limit=1&organisation={self.owner.orgnr}", self.reader).json
        self.assertEqual(len(page["reports"]), 1)

    def test_a_sender_gets_the_receipts_of_what_it_sent(self):
        sent, own = self.send(self.sender, self.owner, None, self.sender).json, self.send(self.owner, self.owner).json
        path, query = "/v1/reports/%s/receipt", f"?organisation={self.owner.orgnr}"
        self.assertEqual(self.v.get(path % sent["report_id"] + query, self.sender).json, sent)
        signed = self.v.get(path % sent["report_id"] + query, self.sender, {"Accept": "application/jwt"}).body.decode()
        keys = jwk.JWKSet.from_json(self.v.get("/.well-known/jwks.json").body.decode())
        claims = json.loads(jwt.JWT(jwt=signed, key=keys, algs=["ES256"]).claims)
        self.assertEqual((claims["sub"], claims["receipt"]), (self.owner.orgnr, sent))
        unknown = self.v.get(path % uuid.uuid4() + query, self.sender)
        theirs = self.v.get(path % own["report_id"] + query, self.sender)
        self.refused(unknown, 404, "not-found")
        self.refused(theirs, 404, "not-found")
        self.assertEqual({**theirs.json, "trace_id": ""}, {**unknown.json, "trace_id": ""})
        self.refused(self.v.get(path % sent["report_id"], self.sender), 403, "tenant-not-owner")
        self.refused(self.v.get(f"/v1/reports/{sent['report_id']}{query}", self.sender), 403, "tenant-mismatch")

    def wrong(self):
        """(what, organisation number) that the reader may not read for."""
        return (("not registered", "974760673"), ("another tenant", self.other.orgnr), ("its sender", self.sender.orgnr),
                ("the demonstration's", self.v.tenants[0].orgnr))

    def test_without_the_right_there_is_nobody(self):
        report = self.send(self.other, self.other).json["report_id"]
        for path in ("/v1/reports", "/v1/tenant", f"/v1/reports/{report}", f"/v1/reports/{report}/receipt"):
            seen = []
            for _, orgnr in self.wrong():
                answer = self.v.get(f"{path}?organisation={orgnr}", self.reader)
                self.refused(answer, 403, "tenant-mismatch")
                seen.append(({**answer.json, "trace_id": ""}, sorted(answer.headers.keys())))
            self.assertTrue(all(one == seen[0] for one in seen), seen)
        for bad in ("", "31000001", "3100000190", "310000018", "NO310000019", "31000001x"):
            self.refused(self.v.get(f"/v1/reports?organisation={bad}", self.reader), 400, "invalid-query")
        self.refused(self.v.post(f"{VALIDATE}?organisation={self.owner.orgnr}", self.signed(self.owner), self.owner), 400,
                     "invalid-query")

    def test_nor_is_its_file_touched(self):
        """Whose file cannot be read is answered as everybody else's."""
        spoilt = self.registered("Ødelagt HF")
        path = self.v.database(spoilt.orgnr)
        for part in ("", "-wal", "-shm"):
            pathlib.Path(f"{path}{part}").unlink(missing_ok=True)
        path.write_bytes(b"not a database, not at all")
        self.assertEqual(self.v.get("/v1/reports", spoilt).status, 503)
        self.refused(self.v.get(f"/v1/reports?organisation={spoilt.orgnr}", self.reader), 403, "tenant-mismatch")


@unittest.skipUnless(os.environ.get("FAULTY_DISK_LIBRARY"), "needs the library that moves the clock")
class Midnight(unittest.TestCase):
    """The edges of the days, with the daemon's clock moved there."""

    def test_edges(self):
        v = Varde(env={"ASAN_OPTIONS": os.environ.get("ASAN_OPTIONS", "") + ":verify_asan_link_order=0"})
        control = pathlib.Path(tempfile.mkdtemp(dir=v.folder)) / "clock"
        control.write_text("")
        v.env = {**v.env, "LD_PRELOAD": os.environ["FAULTY_DISK_LIBRARY"], "FAULTY_DISK": str(control)}
        with v:
            v.env.pop("LD_PRELOAD")
            numbers = organisation_numbers()
            owner = v.register(Organisation(next(numbers), "Prøve HF"))
            company = v.register(Organisation(next(numbers), "IKT AS", "processor"))
            v.ctl("processor", "add", owner.orgnr, company.orgnr, "--from", day(2), "--to", day(3))
            midnight = int(time.time()) // DAY * DAY
            for at, status in ((2 * DAY - 20, 403), (2 * DAY + 1, 201), (4 * DAY - 20, 201), (4 * DAY + 1, 403)):
                now = midnight + at
                new = control.with_suffix(".new")
                new.write_text(f"clock {now - int(time.time())} -")
                new.rename(control)
                headers = v.bearer(company, iat=now, exp=now + 100)
                header = {"alg": company.alg, "kid": company.kid, "typ": "varde+jws"}
                body = compact(header, v.payload(owner, example("minimal-hf", owner), iat=now), company.key)
                self.assertEqual(v.post(SUBMISSIONS, body, headers=headers).status, status, at)


if __name__ == "__main__":
    unittest.main()
