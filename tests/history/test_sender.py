#!/usr/bin/python3
"""varde_send.py --batch hands over five years through the real door: killed, with the daemon
killed, in disorder, with duplicates and faults. What it says is held against the file."""
import json
import signal
import unittest

from handover import NO_RATES, Handover, Varde, example, new_town, new_trust, row, wait_for, write_csv

CASES, FEWER = 3000, 1200


class OneDaemon(unittest.TestCase):
    """One installation for all, a tenant for each."""

    @classmethod
    def setUpClass(cls):
        cls.v = Varde(NO_RATES)
        cls.addClassCleanup(cls.v.remove)
        cls.v.start()

    @classmethod
    def tearDownClass(cls):
        cls.v.stop()


class Killed(OneDaemon):
    def setUp(self):
        super().setUp()
        self.h = Handover(self.v, new_town(self.v), self.id())

    def write(self, cases):
        self.rows = [row(n, cases) for n in range(cases)]
        write_csv(self.h.export, self.rows)

    def test_the_sender_anywhere(self):
        """kill -9 as soon as so much is stored: some of it with no answer that arrived."""
        self.write(CASES)
        unheard = repeated = 0
        for enough in (1, 700, 701, 1500, 2200):
            sender = self.h.start("--batch-items=200")
            wait_for(lambda: self.h.count() >= enough, f"{enough} rows")
            sender.send_signal(signal.SIGKILL)
            sender.wait()
            _, now = self.h.new_and_repeated()
            self.assertLessEqual(now - repeated, unheard, "what was acknowledged went out again")
            unheard, repeated = self.h.count() - len(self.h.kept()), now
            self.assertGreaterEqual(unheard, 0, "a receipt for what is not stored")
        with open(self.h.journal, "ab") as journal:
            journal.write(b'{"place": "torn')
        said = self.h.run("--batch-items=200")
        self.assertIn(f"{CASES:7} saker lest", said)
        self.assertIn("      0 avvist", said)
        self.assertEqual(self.h.new_and_repeated(), (CASES, repeated + unheard))
        self.assertEqual(len(self.h.kept()), CASES)
        print(f"{repeated + unheard} were stored without an answer that arrived, and recognised", flush=True)
        # Once more: nothing is sent at all.
        before = self.v.log_path.read_text().count("/v1/submissions/batch")
        self.assertIn(f"{CASES:7} mottatt før, ikke sendt igjen", self.h.run())
        self.assertEqual(self.v.log_path.read_text().count("/v1/submissions/batch"), before)
        kept = self.h.check(self.h.ids(self.rows))
        self.assertEqual(len({(r["report_id"], r["revision"]) for r in kept}), CASES)

    def test_the_daemon_in_the_middle(self):
        self.write(FEWER)
        sender = self.h.start("--batch-items=150")
        for enough in (200, 700):
            wait_for(lambda: self.h.count() >= enough, f"{enough} rows")
            self.v.kill()
            acknowledged = {(l["receipt"]["report_id"], l["receipt"]["digest"]) for l in self.h.kept()}
            stored = {(r, "sha-256:" + bytes(d).hex()) for r, d in self.h.look("SELECT report_id, digest FROM document")}
            self.assertLessEqual(acknowledged, stored, "acknowledged and lost")
            self.v.start()
        self.assertEqual(sender.wait(120), 0, self.h.said.read_text())
        self.assertIn("prøver igjen", self.h.said.read_text())
        self.assertEqual(len(self.h.check(self.h.ids(self.rows))), FEWER)

    def test_suspended_in_between(self):
        self.write(FEWER)
        sender = self.h.start("--batch-items=100")
        wait_for(lambda: self.h.count() >= 300, "300 rows")
        self.v.ctl("tenant", "suspend", self.h.tenant.orgnr, "--reason", "øvelse")
        self.assertEqual(sender.wait(60), 3)
        self.assertIn("tenant-suspended", self.h.said.read_text())
        self.h.settle()
        lines = len(self.h.kept())
        self.assertLess(lines, FEWER)
        self.assertEqual(lines, self.h.count(), "every answer was looked at before it stopped")
        self.v.ctl("tenant", "resume", self.h.tenant.orgnr, "--reason", "øvelse")
        said = self.h.run()
        self.assertIn(f"{lines:7} mottatt før, ikke sendt igjen", said)
        self.assertIn(f"{FEWER - lines:7} mottatt nå", said)
        self.h.check(self.h.ids(self.rows))


class Told(OneDaemon):
    """What becomes of each, in words and in files."""

    def setUp(self):
        super().setUp()
        self.h = Handover(self.v, new_town(self.v), self.id())

    def codes(self):
        return [(line["case"], line["code"]) for line in self.h.refused()]

    def test_rows_refused_rows_twice_and_changed(self):
        rows = [row(n, 300) for n in range(300)]
        rows[17]["Hendelsesdato"] = "31.12.2090"             # refused by a rule
        rows[18]["Klokkeslett"] = "kvart over åtte"          # refused by the schema
        rows[40]["Klasse"] = "Kari Nordmann"                 # no table knows the word
        rows[50] = dict(rows[49])                            # the same row twice
        rows[60] = {**rows[59], "Strakstiltak": "Annet."}    # the same case, changed
        rows[61] = {**rows[59], "Strakstiltak": "Tredje."}   # and once more
        write_csv(self.h.export, rows)
        said = self.h.run(status=1)
        self.assertEqual(self.codes(), [(rows[40]["Saksnr"], "not-mapped"), (rows[17]["Saksnr"], "invalid-document"),
                                        (rows[18]["Saksnr"], "invalid-document")])
        self.assertIn("Klasse", self.h.refused()[0]["text"])
        self.assertIn("/event/date", {fault["pointer"] for fault in self.h.refused()[1]["errors"]})
        self.assertEqual({fault["pointer"] for fault in self.h.refused()[2]["errors"]}, {"/event/time"})
        self.assertNotIn("Nordmann", (self.h.receipts / "refused.jsonl").read_text() + said)
        self.assertNotIn("2090", (self.h.receipts / "refused.jsonl").read_text() + said)
        for line in ("    300 saker lest", "    296 mottatt nå", "      1 mottatt før, ikke sendt igjen",
                     "      2 av de nye er endringer", "      1 ikke sendt", "      2 avvist", "2 invalid-document: ", "1 not-mapped: "):
            self.assertIn(line, said)
        good = [one for n, one in enumerate(rows) if n not in (17, 18, 40, 50, 60, 61)]
        changed = self.h.ids([rows[59]])[0][0]
        # Again, put right: only what is missing goes, and nothing becomes another revision.
        rows[17]["Hendelsesdato"], rows[18]["Klokkeslett"], rows[40]["Klasse"] = "31.12.2020", "08:15", "Hendelse"
        write_csv(self.h.export, rows)
        said = self.h.run()
        self.assertIn("      3 mottatt nå", said)
        self.assertIn("    297 mottatt før", said)
        # A later export holds the case as it was first: that is its fourth revision.
        write_csv(self.h.export, [rows[59]])
        later = self.h.run()
        self.assertIn("      1 mottatt før", later)  # as the first row of this case, which it was
        write_csv(self.h.export, [{**rows[59], "Strakstiltak": "Fjerde."}])
        self.assertIn("      1 av de nye er endringer", self.h.run())
        self.h.check(self.h.ids(good) + self.h.ids([rows[17], rows[18], rows[40]]) + [(changed, n) for n in (2, 3, 4)])

    def test_possible_duplicates_are_counted(self):
        """The same case number under another id, as after a reinstallation."""
        trust = new_trust(self.v)
        documents = [example("minimal-hf", trust) for _ in range(4)]
        twin = {**example("minimal-hf", trust), "source": documents[0]["source"]}
        h = Handover(self.v, trust, "twins")
        path = h.folder / "twins.jsonl"
        path.write_text("".join(json.dumps(d) + "\n" for d in (*documents, twin)))
        self.assertIn("      1 mottatt med varsel possible-duplicate", h.run(files=[path]))

    def test_disorder_and_duplicates_are_told_apart(self):
        trust = new_trust(self.v)
        h = Handover(self.v, trust, "disorder")
        path, chains = h.folder / "history.jsonl", []
        for n in range(100):
            document = example("minimal-hf", trust)
            chains.append([{**document, "revision": r, "narrative": {"description": f"Utgave {r}."}} for r in (1, 2, 3)])
        lines = [d for chain in chains for d in chain]
        lines.sort(key=lambda d: (-d["revision"], d["report_id"]))   # all third ones first, then the second
        # The same revision with other content: of the newest, and of an older one.
        twice = {**chains[0][2], "narrative": {"description": "Noe annet."}}
        old = {**chains[1][0], "narrative": {"description": "Noe annet."}}
        orphan = example("minimal-hf", trust, revision=2)       # nobody has its first
        lines += [twice, old, dict(chains[2][2]), orphan]
        path.write_text("".join(json.dumps(d) + "\n" for d in lines) + "ikke JSON\n[]\n")
        said = h.run("--batch-items=70", files=[path], status=1)
        self.assertEqual({(line.get("report_id"), line["code"]) for line in h.refused()},
                         {(twice["report_id"], "revision-conflict"), (old["report_id"], "revision-stale"),
                          (orphan["report_id"], "revision-skipped"), (None, "not-mapped")})
        self.assertIn((orphan["source"]["local_case_id"], "revision-skipped"), [(l["case"], l["code"]) for l in h.refused()])
        words = {line["code"]: line["text"] for line in h.refused()}
        self.assertIn("dobbelt", words["revision-conflict"])
        self.assertIn("eldre versjon", words["revision-stale"])
        self.assertIn("revisjonen før er ikke mottatt", words["revision-skipped"])
        self.assertIn("    300 mottatt nå", said)
        self.assertIn("      2 ikke sendt", said)
        new, repeated = h.new_and_repeated()
        self.assertEqual(new, 300)
        # the same once more: already known here, or to Varde
        self.assertIn("      1 kjent fra før" if repeated else "      1 mottatt før", said)
        h.check([(d["report_id"], d["revision"]) for chain in chains for d in chain])

    def test_the_memory_serves_single_sending_too(self):
        rows = [row(n, 20) for n in range(20)]
        write_csv(self.h.export, rows)
        self.h.run()
        write_csv(self.h.export, [{**rows[3], "Forslag": "Nytt."}, rows[4]])
        self.h.run()
        import varde_send
        kept = varde_send.Receipts(self.h.receipts)
        changed, same = (report for report, _ in self.h.ids([rows[3], rows[4]]))
        self.assertEqual(kept.resume({"report_id": changed, "revision": 1})["revision"], 2)
        self.assertEqual(kept.resume({"report_id": same, "revision": 1}), {"report_id": same, "revision": 1})

    def test_without_memory_nothing_is_doubled(self):
        rows = [row(n, 50) for n in range(50)]
        rows[20] = {**rows[19], "Forslag": "Nytt."}
        write_csv(self.h.export, rows)
        self.h.run()
        self.h.journal.unlink()
        said = self.h.run()
        self.assertIn("      0 mottatt nå", said)
        self.assertIn("     50 kjent fra før", said)
        changed = self.h.ids([rows[19]])[0][0]
        self.h.check(self.h.ids([one for n, one in enumerate(rows) if n != 20]) + [(changed, 2)])


class Paced(unittest.TestCase):
    def test_it_waits_as_it_is_told(self):
        """RateLimit and Retry-After are kept: never a 429."""
        v = Varde("\n[limits]\nsubmissions_per_minute = 6000\nsubmissions_burst = 100\n")
        self.addCleanup(v.remove)
        v.start()
        h = Handover(v, new_town(v))
        rows = [row(n, 400) for n in range(400)]
        write_csv(h.export, rows)
        said = h.run("--batch-items=200")
        self.assertIn("slik tjenesten ber om", said)
        self.assertNotIn("429", said)
        self.assertFalse([line for line in v.log() if line.get("status") == 429])
        h.check(h.ids(rows))


if __name__ == "__main__":
    unittest.main()
