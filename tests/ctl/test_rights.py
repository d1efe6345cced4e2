#!/usr/bin/python3
"""What a person may ask of the institute: what is held (varde-open find --person), who took it
out (vardectl access-log), and that it is corrected: a task in the sender's feed that comes
back as a revision. Real programs, real reports."""
import contextlib
import json
import os
import pathlib
import pty
import sqlite3
import subprocess
import sys
import unittest

sys.path.append(str(pathlib.Path(__file__).parents[1] / "http"))

from varde import BIN, Varde, example  # noqa: E402

PERSON, OTHER = "15898512379", "24823497168"
NAME = "Synnøve Testperson Ødegård"


class Rights(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.v = Varde("\n[statistics]\npublisher = Prøveinstituttet\ncontact = innsyn@institutt.example\n")
        cls.addClassCleanup(cls.v.remove)
        cls.v.start()
        cls.addClassCleanup(cls.v.stop)
        cls.own, cls.other = cls.v.tenants[:2]
        cls.key = cls.v.demo / cls.v.info["custodians"][0]["secret_key"]

    def send(self, tenant, document):
        answer = self.v.submit(tenant, document)
        self.assertEqual(answer.status, 201, answer)
        return document

    def export(self, tenant, name, *words):
        run = self.v.ctl("export-sealed", "--tenant", tenant.orgnr, "--purpose", "innsyn " + name, *words, check=False)
        self.assertIn(run.returncode, (0, 1), run.stderr)
        path = self.v.folder / (name + ".jsonl")
        path.write_text(run.stdout)
        return path

    def find(self, *words, person=PERSON + "\n", status=0):
        run = subprocess.run([BIN / "varde-open", "find", "--key", self.key, *words], input=person, capture_output=True,
                             text=True, timeout=120)
        self.assertEqual(run.returncode, status, (run.stdout, run.stderr))
        return run

    def log(self, report, *words, status=0):
        run = self.v.ctl("access-log", "--report", report, *words, "--json", check=False)
        self.assertEqual(run.returncode, status, run.stderr)
        return json.loads(run.stdout)


class Find(Rights):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        it = cls("setUp_")
        cls.patient = it.send(cls.own, example("full-hf", cls.own))
        two = example("full-hf", cls.own)
        two["patients"].append({"sequence": 2, "identifier": {"type": "fnr", "value": OTHER}, "name": "En Annen",
                                "age_band": "50_66", "sex": "male"})
        two["patients"].reverse()
        cls.two = it.send(cls.own, two)
        cls.revised = it.send(cls.own, {**two, "revision": 2})
        text = example("minimal-hf", cls.own)
        text["narrative"] = {"description": "Jeg ringte 15.89.85-12379 to ganger."}
        text["patients"][0].pop("identifier", None)
        cls.text = it.send(cls.own, text)
        cls.nothing = it.send(cls.own, example("minimal-hf", cls.own))
        cls.elsewhere = it.send(cls.other, example("full-hf", cls.other))
        cls.exports = [it.export(cls.own, "own"), it.export(cls.other, "other")]

    def setUp_(self):
        pass

    def held(self, *words, **kw):
        return json.loads(self.find("--person", *words, *map(str, self.exports), **kw).stdout)

    def test_every_place_and_nothing_else(self):
        answer = self.held()
        self.assertEqual((answer["varde_find"], answer["complete"], answer["searched"], answer["not_opened"]), (1, True, 6, 0))
        found = {(f["tenant"], f["report_id"], f["revision"]): f for f in answer["found"]}
        self.assertEqual(set(found), {(self.own.orgnr, self.patient["report_id"], 1), (self.own.orgnr, self.two["report_id"], 1),
                                      (self.own.orgnr, self.two["report_id"], 2), (self.own.orgnr, self.text["report_id"], 1),
                                      (self.other.orgnr, self.elsewhere["report_id"], 1)})
        first = found[(self.own.orgnr, self.patient["report_id"], 1)]
        self.assertEqual(first["matches"], [{"member": "/patients/0/identifier/value", "about": "patient", "how": "identifier"}])
        self.assertEqual(first["own"]["/patients/0"]["name"], NAME)
        self.assertEqual((first["signature"], first["doubtful"], first["tenant_name"]), ("valid", False, self.own.name))
        with self.v_rows(self.own) as rows:
            self.assertEqual(rows[first["report_id"], 1], first["seq"])
        second = found[(self.own.orgnr, self.two["report_id"], 1)]
        self.assertEqual(list(second["own"]), ["/patients/1"])
        self.assertNotIn("En Annen", json.dumps(answer, ensure_ascii=False))
        self.assertNotIn(OTHER, json.dumps(answer))
        text = found[(self.own.orgnr, self.text["report_id"], 1)]
        self.assertEqual(text["matches"], [{"member": "/narrative/description", "about": "text", "how": "text"}])
        self.assertEqual([(e["tenant"], e["opened"], e["not_opened"]) for e in answer["exports"]],
                         [(self.own.orgnr, 5, 0), (self.other.orgnr, 1, 0)])

    def v_rows(self, tenant):
        with contextlib.closing(sqlite3.connect(f"file:{self.v.database(tenant.orgnr)}?mode=ro", uri=True)) as db:
            rows = {(r[0], r[1]): r[2] for r in db.execute("SELECT report_id, revision, seq FROM document")}
        return contextlib.nullcontext(rows)

    def test_the_same_export_twice_counts_once(self):
        again = json.loads(self.find("--person", *map(str, self.exports + self.exports)).stdout)
        self.assertEqual((again["searched"], len(again["found"])), (6, 5))

    def test_staff_by_their_hpr_number(self):
        answer = self.held(person=OTHER + "\nhpr 222200068\n")
        places = {(m["member"], m["about"], m["how"]) for f in answer["found"] for m in f["matches"]}
        self.assertEqual(places, {("/reporter/hpr_number", "reporter", "hpr"), ("/involved_staff/0/hpr_number", "staff", "hpr"),
                                  ("/patients/0/identifier/value", "patient", "identifier")})
        self.assertEqual({f["own"]["/reporter"]["name"] for f in answer["found"]}, {"Bjørn Prøvesen"})
        self.assertEqual({p for f in answer["found"] for p in f["own"]}, {"/reporter", "/involved_staff/0", "/patients/0"})
        self.assertNotIn(NAME, json.dumps(answer, ensure_ascii=False))

    def test_letter(self):
        words = ("--letter", "--from", "Prøveinstituttet", "--contact", "innsyn@institutt.example")
        letter = self.find("--person", *words, *map(str, self.exports)).stdout
        for part in ("Prøveinstituttet\nDato: ", "Dette har vi:", self.own.name, self.other.name, self.patient["report_id"],
                     "Du står som: pasient eller bruker", "Navn: " + NAME, "Fødselsdato: 1985-09-15", "(dette er den siste av 2 utgaver)",
                     "nevnt i en fritekst", "10.02.2026", "Hva opplysningene brukes til", "Du kan klage til Datatilsynet",
                     "Spørsmål: innsyn@institutt.example", "bare er omtalt med navn"):
            self.assertIn(part, letter)
        for hidden in (PERSON, OTHER, "En Annen", "Bjørn Prøvesen", "morfin", "medication_blood", "18_49"):
            self.assertNotIn(hidden, letter)
        self.assertEqual(letter.count("Meldingens nummer: "), 4)
        nobody = self.find("--person", *words, *map(str, self.exports), person="01857512345\n").stdout
        self.assertIn("Vi fant ingen melding", nobody)
        self.assertNotIn("Dette har vi", nobody)

    def test_the_number_never_stands_on_the_command_line(self):
        for words in (("--person", PERSON, str(self.exports[0])), ("--person", str(self.exports[0]), PERSON)):
            run = self.find(*words, status=2)
            self.assertIn("does not belong on the command line", run.stderr)
            self.assertEqual(run.stdout, "")
        for bad in ("", "12345\n", "99999999999\n", PERSON + "1\n", PERSON + "\nname Ola\n", "\n" + PERSON):
            run = self.find("--person", str(self.exports[0]), person=bad, status=2)
            self.assertIn("person-number", run.stderr)
            self.assertNotIn("99999999999", run.stderr)

    def test_from_a_file_and_from_the_terminal(self):
        path = self.v.folder / "person"
        path.write_text("158985 12379\n")
        self.assertEqual(len(self.held("--person-file", str(path))["found"]), 5)
        child, terminal = pty.fork()
        if child == 0:
            os.execv(BIN / "varde-open", ["varde-open", "find", "--key", self.key, "--person", str(self.exports[1])])
        shown = b""
        while b"not shown): " not in shown:
            shown += os.read(terminal, 4096)
        os.write(terminal, PERSON.encode() + b"\n")
        try:
            while chunk := os.read(terminal, 4096):
                shown += chunk
        except OSError:
            pass  # the terminal's other end is gone
        os.close(terminal)
        self.assertEqual(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), 0, shown)
        self.assertIn(self.elsewhere["report_id"].encode(), shown)
        self.assertNotIn(PERSON.encode(), shown.split(b'"varde_find"')[0])

    def test_what_cannot_be_opened_is_told(self):
        lines = self.exports[0].read_text().splitlines()
        item = next(i for i, line in enumerate(lines) if line.startswith('{"item"'))
        broken = json.loads(lines[item])
        broken["item"]["revision"] = 9
        path = self.v.folder / "broken.jsonl"
        path.write_text("\n".join([*lines[:item], json.dumps(broken, separators=(",", ":")), *lines[item + 1:], ""]))
        run = self.find("--person", str(path), status=1)
        self.assertEqual([(a["complete"], a["not_opened"]) for a in [json.loads(run.stdout)]], [(False, 1)])
        letter = self.find("--person", "--letter", "--from", "P", "--contact", "C", str(path), status=1).stdout
        self.assertIn("1 innsendte meldinger eller endringer kunne vi ikke åpne", letter)
        path.write_text("\n".join(lines[:-1] + [""]))
        cut = self.find("--person", str(path), status=2)
        self.assertEqual(cut.stdout, "")
        self.assertIn("export-truncated", cut.stderr)

    def test_what_opens_in_another_export_is_found_there(self):
        lines = self.exports[0].read_text().splitlines()
        path = self.v.folder / "all-broken.jsonl"
        path.write_text("".join(line.replace('"revision":', '"revision":9') + "\n" for line in lines))
        alone = json.loads(self.find("--person", str(self.exports[0])).stdout)
        self.assertTrue(alone["found"])
        for order in ((path, self.exports[0]), (self.exports[0], path)):
            both = json.loads(self.find("--person", *map(str, order), status=1).stdout)
            self.assertEqual((both["found"], both["searched"], both["not_opened"], both["complete"]),
                             (alone["found"], alone["searched"], 0, False))

    def test_many_persons_as_a_list(self):
        path = self.v.folder / "persons"
        path.write_text(f"# reservert\n{OTHER}\n01857512345\n")
        run = self.find("--persons", str(path), *map(str, self.exports))
        lines = [json.loads(line) for line in run.stdout.splitlines()]
        self.assertEqual([(entry["tenant"], entry["report_id"], entry["revision"]) for entry in lines],
                         [(self.own.orgnr, self.two["report_id"], 1), (self.own.orgnr, self.two["report_id"], 2)])
        with self.v_rows(self.own) as rows:
            self.assertEqual([rows[entry["report_id"], entry["revision"]] for entry in lines], [entry["seq"] for entry in lines])
        self.assertNotIn(OTHER, run.stdout + run.stderr)
        path.write_text(f"{OTHER}\n1234\n")
        self.assertIn("line 2", self.find("--persons", str(path), str(self.exports[0]), status=2).stderr)


class AccessLog(Rights):
    def test_exports_that_held_the_report_and_no_others(self):
        report, before = (self.send(self.own, example("full-hf", self.own)) for _ in range(2))
        id = report["report_id"]
        seq = self.log(id)["reports"][0]["rows"][0]["seq"]
        self.assertEqual(self.log(id)["exports"], [])
        ids, others = self.v.folder / "ids", self.v.folder / "others"
        ids.write_text(id.upper() + "\n")
        others.write_text(before["report_id"] + "\n")
        self.export(self.own, "alle", "--operator", "Kari Nordmann", "--reason", "sak 26/1")
        self.export(self.own, "etter", "--since", str(seq))
        self.export(self.own, "valgt", "--reports", str(ids))
        self.export(self.own, "andre", "--reports", str(others))
        self.export(self.other, "annen")
        self.send(self.own, {**report, "revision": 2})
        self.export(self.own, "begge")
        log = self.log(id)
        self.assertEqual([(e["purpose"], len(e["seqs"]), e["certain"], e["tenant"]) for e in log["exports"]],
                         [("innsyn alle", 1, True, self.own.orgnr), ("innsyn valgt", 1, True, self.own.orgnr),
                          ("innsyn begge", 2, True, self.own.orgnr)])
        self.assertEqual((log["exports"][0]["operator"], log["exports"][0]["reason"]), ("Kari Nordmann", "sak 26/1"))
        self.assertEqual([e["purpose"] for e in self.log(before["report_id"], "--tenant", self.own.orgnr)["exports"]],
                         ["innsyn alle", "innsyn etter", "innsyn andre", "innsyn begge"])
        self.assertEqual(self.log(id, "--tenant", self.other.orgnr, status=1)["reports"], [])
        # what the log says is what the file held
        held = (self.v.folder / "valgt.jsonl").read_text()
        self.assertEqual([json.loads(line)["item"]["seq"] for line in held.splitlines() if line.startswith('{"item"')], [seq])

        letter = self.v.ctl("access-log", "--report", id, "--letter").stdout
        for part in ("Prøveinstituttet\nDato: ", id, self.own.name, "av Kari Nordmann\n", "Formål: innsyn alle", "Formål: innsyn begge",
                     "klage til Datatilsynet", "Spørsmål: innsyn@institutt.example"):
            self.assertIn(part, letter)
        for absent in ("innsyn andre", "innsyn annen", "innsyn etter", PERSON, NAME):
            self.assertNotIn(absent, letter)

    def test_unknown_ones(self):
        run = self.v.ctl("access-log", "--report", "0191e9a4-0000-7000-8000-000000000001", "--letter", check=False)
        self.assertEqual(run.returncode, 1)
        self.assertIn("Vi har ingen melding med dette nummeret", run.stdout)
        self.assertEqual(self.v.ctl("access-log", "--report", PERSON, check=False).returncode, 2)
        self.assertEqual(self.v.ctl("access-log", "--report", "0191e9a4-0000-7000-8000-000000000001", "--tenant", "310000019",
                                    "--letter", "--json", check=False).returncode, 2)


class OldLog(Rights):
    def test_an_older_log_that_named_no_reports_is_not_sure(self):
        report = self.send(self.own, example("full-hf", self.own))
        self.v.stop()
        with contextlib.closing(sqlite3.connect(self.v.demo / "data/control.db")) as db, db:
            at = db.execute("SELECT max(at) + 10000000 FROM action").fetchone()[0]
            for detail in ({"reports": 3}, {}):
                db.execute("INSERT INTO action (at, operator, uid, command, detail) VALUES (?, 'før', 0, 'export-sealed', ?)",
                           (at, json.dumps({"tenant": self.own.orgnr, "purpose": "gammelt", "since": 0, **detail})))
        self.v.start()
        self.assertEqual([(e["purpose"], e["certain"]) for e in self.log(report["report_id"])["exports"]],
                         [("gammelt", False)] * 2)
        self.assertIn("sier ikke sikkert", self.v.ctl("access-log", "--report", report["report_id"], "--letter").stdout)


class Rectification(Rights):
    def add(self, report, *words, code="wrong_identifier", check=True, tenant=None):
        return self.v.ctl("task", "add", "--tenant", (tenant or self.own).orgnr, "--report", report["report_id"], "--kind", "rectification",
                          "--text-code", code, *words, "--json", check=check)

    def feed(self, tenant, since=0, limit=100, lang="nb"):
        answer = self.v.get(f"/v1/reports?since={since}&limit={limit}", tenant, headers={"Accept-Language": lang})
        self.assertEqual(answer.status, 200, answer)
        return answer.json

    def test_the_whole_circle(self):
        report = self.send(self.own, example("full-hf", self.own))
        before = self.feed(self.own)["next"]
        self.assertNotIn("tasks", self.feed(self.own, before))
        task = json.loads(self.add(report, "--members", "/patients/0/identifier,/patients/0/name", "--reason", "brev fra Ola").stdout)
        page = self.feed(self.own, before)
        self.assertEqual((page["reports"], page["next"], len(page["tasks"])), ([], task["seq"], 1))
        shown = page["tasks"][0]
        self.assertEqual((shown["seq"], shown["kind"], shown["report_id"], shown["code"], shown["state"], shown["members"]),
                         (task["seq"], "rectification", report["report_id"], "wrong_identifier", "open",
                          ["/patients/0/identifier", "/patients/0/name"]))
        self.assertIn("Rett det", shown["text"])
        self.assertIn("Correct it", self.feed(self.own, before, lang="en")["tasks"][0]["text"])
        self.assertNotIn("Ola", json.dumps(page))
        self.assertEqual(self.feed(self.own, page["next"]), {"reports": [], "next": page["next"]})
        self.assertEqual(self.v.get(f"/v1/reports/{report['report_id']}", self.own).json["tasks"], [shown])
        self.assertNotIn("tasks", self.feed(self.other))

        event = self.rows(self.own, "SELECT seq, name, detail FROM event ORDER BY seq")[-1]
        self.assertEqual(event[:2], (task["seq"], "task-added"))
        self.assertEqual(json.loads(event[2]), {"report_id": report["report_id"], "kind": "rectification", "code": "wrong_identifier",
                                                "members": ["/patients/0/identifier", "/patients/0/name"], "revision": 1})
        # a repeat of what is wrong is no answer
        self.assertEqual(self.v.submit(self.own, report).status, 200)
        self.assertEqual(self.feed(self.own, before)["tasks"][0]["state"], "open")
        corrected = json.loads(json.dumps(report))
        corrected["revision"] = 2
        corrected["patients"][0]["identifier"]["value"] = OTHER
        self.send(self.own, corrected)
        whole = self.v.get(f"/v1/reports/{report['report_id']}", self.own).json
        self.assertNotIn("tasks", whole)
        page = self.feed(self.own, before)
        self.assertEqual((page["tasks"][0]["state"], page["tasks"][0]["done"]["revision"], page["tasks"][0]["done"]["kind"]),
                         ("done", 2, "incident-report"))
        self.assertEqual(page["tasks"][0]["done"]["seq"], page["reports"][0]["seq"])
        listed = json.loads(self.v.ctl("task", "list", "--tenant", self.own.orgnr, "--report", report["report_id"], "--json").stdout)
        self.assertEqual([t["state"] for t in listed["tasks"]], ["done"])
        actions = [a for a in self.control("SELECT command, reason FROM action") if a[0] == "task add"]
        self.assertEqual(actions[-1], ("task add", "brev fra Ola"))

    def rows(self, tenant, query):
        with contextlib.closing(sqlite3.connect(f"file:{self.v.database(tenant.orgnr)}?mode=ro", uri=True)) as db:
            return db.execute(query).fetchall()

    def control(self, query):
        with contextlib.closing(sqlite3.connect(f"file:{self.v.demo / 'data/control.db'}?mode=ro", uri=True)) as db:
            return db.execute(query).fetchall()

    def test_pages_lose_neither_documents_nor_tasks(self):
        since = self.feed(self.own, limit=1000)["next"]
        sent, added = [], []
        for i in range(6):
            sent.append(self.send(self.own, example("minimal-hf", self.own))["report_id"])
            if i % 2:
                added += [json.loads(self.add({"report_id": sent[-1]}, code=code).stdout)["seq"] for code in ("incomplete", "not_needed")]
        for limit in (1, 2, 3, 4, 5, 6, 7, 1000):
            at, reports, tasks = since, [], []
            for _ in range(20):
                page = self.feed(self.own, at, limit)
                self.assertLessEqual(len(page["reports"]), limit)
                if page["next"] == at:
                    break
                # whoever knows only documents stops at an empty page, and must then have all
                if not page["reports"]:
                    self.assertEqual(len(reports), len(sent))
                self.assertTrue(all(at < t["seq"] <= page["next"] for t in page.get("tasks", [])))
                reports += [r["report_id"] for r in page["reports"]]
                tasks += [t["seq"] for t in page.get("tasks", [])]
                at = page["next"]
            self.assertEqual((reports, tasks), (sent, added), limit)

    def test_taken_back(self):
        report = self.send(self.own, example("minimal-hf", self.own))
        task = json.loads(self.add(report).stdout)["seq"]
        words = ("task", "end", "--tenant", self.own.orgnr, str(task))
        self.assertEqual(self.v.ctl(*words, check=False).returncode, 2)  # without a reason
        self.v.ctl(*words, "--reason", "trukket")
        self.assertEqual(self.v.ctl(*words, "--reason", "trukket", check=False).returncode, 2)
        self.assertEqual([t["state"] for t in self.feed(self.own, task - 1)["tasks"] if t["seq"] == task], ["ended"])
        self.assertNotIn("tasks", self.v.get(f"/v1/reports/{report['report_id']}", self.own).json)

    def test_nothing_personal_can_be_put_into_a_task(self):
        report = self.send(self.own, example("minimal-hf", self.own))
        for words in (("--members", "/Ola Nordmann"), ("--members", f"/patients/0/{PERSON}"), ("--members", "patients"), ("--members", "/patients/x"),
                      ("--members", "/patients/0/identifier," + PERSON), ("--members", f"/patients/{PERSON}")):
            run = self.add(report, *words, check=False)
            self.assertEqual((run.returncode, json.loads(run.stderr)["error"]["where"]), (2, "members"), words)
            self.assertNotIn(words[1], run.stderr)
        self.assertEqual(self.add(report, code="Ola ringte", check=False).returncode, 2)
        unknown = self.add({"report_id": "0191e9a4-0000-7000-8000-000000000001"}, check=False)
        self.assertEqual(json.loads(unknown.stderr)["error"]["code"], "report-unknown")
        theirs = self.add(report, check=False, tenant=self.other)
        self.assertEqual(json.loads(theirs.stderr)["error"]["code"], "report-unknown")


if __name__ == "__main__":
    unittest.main()
