#!/usr/bin/python3
"""SIGHUP reads schemas, code lists, rules and what is accepted: a new schema is a file and a line,
and what is broken stops nothing else."""
import json
import os
import threading
import unittest

from evolving import NEW, OLD, Evolving, report
from hostile import problem_faults

NEXT = "incident-report/1.2"


class Reload(unittest.TestCase):
    def setUp(self):
        self.v = Evolving()
        self.addCleanup(self.v.__exit__, None, None, None)
        self.v.configure()
        self.v.__enter__()
        self.own = self.v.tenants[0]

    def send(self, version, status=201, **changes):
        answer = self.v.submit(self.own, report(self.own, version, **changes), schema=f"incident-report/{version}")
        self.assertEqual(answer.status, status, answer)
        return answer

    def write_next(self, text=None):
        """1.2: takes a member that 1.1 does not know."""
        made = json.loads((self.v.schemas / f"{NEW}.json").read_text())
        made["$id"] = made["$id"].replace("1.1", "1.2")
        made["properties"]["schema_version"]["const"] = "1.2"
        made["properties"]["event"] = {"title": "Tid", "x-varde-title-en": "Time", "$ref": "#/$defs/event"}
        made["properties"]["night_shift"] = {"title": "Nattevakt", "x-varde-title-en": "Night shift", "type": "boolean"}
        (self.v.schemas / f"{NEXT}.json").write_text(text if text is not None else json.dumps(made))

    def doctor(self):
        run = self.v.ctl("doctor", "--json", check=False)
        return run.returncode, [c for c in json.loads(run.stdout)["checks"] if c["name"] == "schemas"]

    def faults(self):
        line = next(x for x in self.v.admin("/metrics").body.decode().splitlines() if x.startswith("varde_schema_faults"))
        return int(line.split()[-1])

    def test_what_is_no_file_is_broken_and_not_waited_for(self):
        swapped = ("review/1.0.json", "rules.json", "codes/role.json", "profiles/full.json", "statistics/programme.json")
        for name in swapped:
            (self.v.schemas / name).unlink()
            os.mkfifo(self.v.schemas / name)
        link = self.v.schemas / f"{NEW}.json"
        link.unlink()
        link.symlink_to("/dev/zero")
        _, broken = self.v.hup()
        named = " ".join(f["where"] for f in broken)
        for name in ("review/1.0", "rules.json", "role", "profiles", "programme", NEW):
            self.assertIn(name, named, broken)
        self.send("1.0")
        self.send("1.1")

    def test_a_new_schema_is_a_file_and_a_line(self):
        pid = self.v.process.pid
        self.write_next()
        self.assertEqual(self.send("1.2", 422).code, "schema-unknown")  # nothing is read by itself
        read, broken = self.v.hup()
        self.assertEqual((read["schemas"], read["faults"], broken), (5, 0, []))
        self.assertEqual(self.send("1.2", 403).code, "schema-not-open")
        self.assertEqual(self.v.states(), {OLD: "open", NEW: "open", NEXT: "closed"})
        self.v.configure(accept=(OLD, NEW, NEXT))
        self.v.hup()
        document = report(self.own, "1.2", night_shift=True)
        self.assertEqual(self.v.submit(self.own, document, schema=NEXT).status, 201)
        schema, _, clear, _ = self.v.row(self.own, document["report_id"])
        self.assertEqual((schema, clear["night_shift"]), (NEXT, True))
        for version in ("1.0", "1.1"):
            self.send(version)
        self.v.configure(accept=(NEXT,))
        self.v.hup()
        self.assertEqual(self.send("1.0", 403).code, "schema-not-open")
        self.assertEqual(self.v.get("/v1/tenant", self.own).json["schemas"], [NEXT])
        self.assertEqual(self.v.process.pid, pid)

    def broken_schema(self, text, code):
        """1.1 is broken on disk: it goes on as it was, and so does everything else."""
        path = self.v.schemas / f"{NEW}.json"
        good = path.read_text()
        if text is None:
            path.unlink()
        else:
            path.write_text(text)
        read, broken = self.v.hup()
        self.assertEqual([(b["code"], b["level"]) for b in broken], [(code, "error")])
        self.assertIn(NEW, broken[0]["where"])
        self.assertEqual(read["faults"], 1)
        self.assertEqual(self.v.states(), {OLD: "open", NEW: "open"})
        self.send("1.0")
        document = report(self.own, "1.1", event={"date": "2026-03-03", "precision": "day", "detected_by": "nurse"})
        self.assertEqual(self.v.submit(self.own, document, schema=NEW).status, 201)
        self.assertEqual(self.v.get(f"/v1/schemas/{NEW}").body.decode(), good)
        status, lines = self.doctor()
        self.assertEqual((status, [line["level"] for line in lines]), (2, ["broken"]))
        self.assertIn(code, lines[0]["text"])
        self.assertEqual(self.faults(), 1)
        listed = json.loads(self.v.ctl("schema", "list", "--json").stdout)
        self.assertEqual([s["schema"] for s in listed["schemas"] if s["kept"]], [NEW])
        self.assertEqual([f["code"] for f in listed["faults"]], [code])
        self.assertEqual([f["code"] for f in json.loads(self.v.ctl("status", "--json").stdout)["schema_faults"]], [code])
        # again, and it is still the same last good one
        self.v.hup()
        self.send("1.1")
        path.write_text(good)
        read, broken = self.v.hup()
        self.assertEqual((read["faults"], broken, self.faults()), (0, [], 0))
        self.assertEqual([line["level"] for line in self.doctor()[1]], ["fine"])
        self.send("1.1")

    def test_a_broken_schema_keeps_its_last_good_form(self):
        good = (self.v.schemas / f"{NEW}.json").read_text()
        self.broken_schema(good[:len(good) // 2], "invalid-json")
        self.broken_schema(good.replace('"maximum": 9999', '"maximum": "many"', 1), "schema-invalid")
        self.broken_schema(good.replace('"alarm"', '"hunch"', 1), "codes-unknown")
        self.broken_schema(None, "schema-unreadable")

    def test_a_new_schema_that_is_broken_never_comes(self):
        self.write_next("{")
        self.v.configure(accept=(OLD, NEW, NEXT, "unheard-of/1.0"))
        _, broken = self.v.hup()
        self.assertEqual({b["code"] for b in broken}, {"invalid-json", "schema-unreadable"})
        self.assertEqual(self.send("1.2", 422).code, "schema-unknown")
        self.send("1.0")
        self.send("1.1")
        self.assertEqual(self.v.states(), {OLD: "open", NEW: "open"})

    def test_broken_code_lists_leave_the_old_ones(self):
        path = self.v.schemas / "codes/detection_point.json"
        good = path.read_text()
        before = self.v.get("/v1/codes/detection_point").body
        for bad, code in (("{", "codes-invalid"), (good.replace('"since": "1.1"', '"since": "2.0"'), "codes-invalid"),
                          (good.replace('"since": "1.1"', '"since": "new"'), "codes-invalid")):
            self.assertNotEqual(bad, good)
            path.write_text(bad)
            _, broken = self.v.hup()
            self.assertEqual([b["code"] for b in broken], [code])
            self.assertIn("detection_point.json", broken[0]["where"])
            self.assertEqual(self.v.get("/v1/codes/detection_point").body, before)
            self.send("1.0")
            self.send("1.1")
        # a list that no longer knows a code that 1.1 uses leaves 1.1 as it was
        path.write_text(good.replace('"alarm"', '"hunch"'))
        _, broken = self.v.hup()
        self.assertEqual([(b["code"], "1.1" in b["where"]) for b in broken], [("codes-unknown", True)])
        self.send("1.0")
        path.write_text(good)
        self.assertEqual(self.v.hup()[1], [])

    def test_a_new_label_is_served_at_once(self):
        path = self.v.schemas / "codes/detection_point.json"
        path.write_text(path.read_text().replace("before care", "ahead of care"))
        self.v.hup()
        self.assertIn("ahead of care", [row["en"] for row in self.v.get("/v1/codes/detection_point").json["codes"]])

    def test_rules_change_and_break(self):
        path = self.v.schemas / "rules.json"
        good = path.read_text()
        late = {"event": {"date": "2099-01-01", "precision": "day"}}
        path.write_text(good.replace("Datoen ligger fram i tid.", "Datoen har ikke vært ennå."))
        self.assertEqual(self.v.hup()[1], [])
        messages = [e["message"] for e in self.send("1.0", 422, **late).json["errors"]]
        self.assertIn("Datoen har ikke vært ennå.", messages)
        for bad in ("[", good.replace('"code": "date-in-future"', '"code": "date-in-past"')):
            self.assertNotEqual(bad, good)
            path.write_text(bad)
            _, broken = self.v.hup()
            self.assertEqual([b["code"] for b in broken], ["rules-invalid"])
            self.assertIn("Datoen har ikke vært ennå.",
                          [e["message"] for e in self.send("1.1", 422, **late).json["errors"]])
            self.send("1.1")

    def test_a_broken_configuration_leaves_what_was_accepted(self):
        self.v.configure(ending=self.v.end(-5, 30))
        self.v.hup()
        text = self.v.conf.read_text()
        for bad in (text + "\n[schema incident-report/1.1]\nsunset = 2030-01-01\n", text + "\nnonsense\n",
                    text.replace("successor", "follower")):
            self.v.conf.write_text(bad)
            _, broken = self.v.hup()
            self.assertEqual([b["code"].split("-")[0] for b in broken], ["config"], broken)
            self.assertEqual(self.v.states(), {OLD: "deprecated", NEW: "open"})
            self.send("1.0")
        self.v.conf.write_text(text.replace(f"successor = {NEW}", "successor = incident-report/7.0"))
        _, broken = self.v.hup()
        self.assertEqual([(b["code"], b["where"]) for b in broken], [("schema-missing", "incident-report/7.0")])
        self.send("1.0")

    def test_under_load_no_request_fails(self):
        """Senders all the while, and every state between good and broken: each request sees one."""
        stop, seen, wrong = threading.Event(), [], []
        path, codes = self.v.schemas / f"{NEW}.json", self.v.schemas / "codes/detection_point.json"
        good, good_codes = path.read_text(), codes.read_text()

        def send(version):
            schema = f"incident-report/{version}"
            while not stop.is_set():
                document = report(self.own, version)
                if version == "1.1":
                    document["event"]["detection_point"] = "alarm"
                one = self.v.submit(self.own, document, schema=schema)
                trial = self.v.validate(self.own, document, schema=schema)
                many = self.v.post("/v1/submissions/batch", json.dumps({"submissions": [
                    self.v.sign(self.own, report(self.own, version), schema=schema) for _ in range(5)]}), self.own,
                    type="application/json")
                read = self.v.get("/v1/codes/detection_point")
                seen.append([one.status, trial.status, read.status, *[r["status"] for r in many.json.get("results", [])]])
                if seen[-1] != [201, 200, 200] + 5 * [201]:
                    wrong.append((one, trial, many))

        threads = [threading.Thread(target=send, args=(version,)) for version in ("1.0", "1.1", "1.0", "1.1")]
        for thread in threads:
            thread.start()
        try:
            for turn in range(12):
                path.write_text(good if turn % 2 else good[:1000 + turn])
                codes.write_text("{" if turn % 3 == 1 else good_codes.replace("before care", f"before care {turn}"))
                self.v.configure(ending=self.v.end(-1, 5) if turn % 2 else "")
                self.v.hup()
        finally:
            stop.set()
            for thread in threads:
                thread.join()
        self.assertEqual(wrong, [])
        self.assertGreater(len(seen), 20)
        self.assertEqual(self.v.count(self.own), 6 * len(seen))

    def test_a_broken_schema_is_not_started_with(self):
        """At start there is no last good one, and senders rely on what is accepted."""
        path = self.v.schemas / f"{NEW}.json"
        good = path.read_text()
        self.v.stop()
        path.write_text(good[:1000])
        self.v.start_refused()
        path.write_text(good)
        self.v.start()
        self.send("1.1")

    def test_one_that_is_not_accepted_may_be_broken_at_start(self):
        self.write_next("{")
        self.v.stop()
        self.v.start()
        self.assertEqual([b["code"] for b in self.v.events("schemas-broken")], ["invalid-json"])
        self.send("1.1")
        self.assertEqual(self.doctor()[0], 2)
        self.assertEqual(list(problem_faults(self.send("1.2", 422), 422, "schema-unknown")), [])


if __name__ == "__main__":
    unittest.main()
