#!/usr/bin/python3
"""Who reserves is nowhere: not in what a sender gets, not in what is kept; and what was sealed
before is found offline and destroyed. The real daemon, in each mode."""
import contextlib
import hashlib
import json
import sqlite3
import unittest
import uuid

from reserved import FREE, RESERVED, Reserving, numbers
from varde import SOURCE

OF_THE_ROW = ("report_id", "reference", "digest", "received_at", "first_received_at", "local_case_id", "seq", "trace_id", "supersedes")


def keyed(key, number):
    return hashlib.blake2b(b"\x01" + number.encode(), key=key, digest_size=32).digest()


def plain(value):
    """Without what differs from row to row."""
    if isinstance(value, dict):
        return {k: "*" if k in OF_THE_ROW else plain(v) for k, v in value.items()}
    return [plain(v) for v in value] if isinstance(value, list) else value


def shape(answer):
    headers = [(name, value) for name, value in answer.headers.items() if name.lower() not in ("date", "trace-id", "ratelimit")]
    return answer.status, headers, plain(answer.json), len(answer.body)


class Mode:
    """What holds in either mode."""
    mode = None

    @classmethod
    def setUpClass(cls):
        cls.v = Reserving(cls.mode)
        cls.addClassCleanup(cls.v.remove)
        cls.v.start()
        cls.own, cls.other = cls.v.tenants[:2]
        assert cls.v.reserve(RESERVED, *numbers(300)) == 301

    @classmethod
    def tearDownClass(cls):
        if cls.v.process.poll() is None:
            cls.v.stop()

    def pair(self, do):
        """The same done with a reserved person and with another; neither is to be told apart."""
        answers = [do(number) for number in (RESERVED, FREE)]
        self.assertEqual(shape(answers[0]), shape(answers[1]))
        return answers

    def sent(self, number, tenant=None, **more):
        tenant = tenant or self.own
        document = self.v.document(tenant, number, **more)
        answer = self.v.submit(tenant, document)
        self.assertEqual(answer.status, 201, answer)
        return document

    def test_answers_are_alike(self):
        kept = {}

        def submit(number):
            kept[number] = self.v.document(self.own, number)
            return self.v.submit(self.own, kept[number])

        self.pair(submit)
        again = self.pair(lambda number: self.v.submit(self.own, kept[number]))
        self.assertEqual(again[0].status, 200)
        self.pair(lambda number: self.v.submit(self.own, {**kept[number], "event_class": "near_miss"}))
        self.pair(lambda number: self.v.submit(self.own, {**kept[number], "revision": 3}))
        second = {number: {**kept[number], "revision": 2, "supersedes": again[i].json["digest"]} for i, number in enumerate((RESERVED, FREE))}
        self.pair(lambda number: self.v.submit(self.own, second[number]))
        self.pair(lambda number: self.v.validate(self.own, kept[number]))
        self.pair(lambda number: self.v.post("/v1/submissions/validate", self.v.sign(self.own, kept[number]), self.own))
        self.pair(lambda number: self.v.get(f"/v1/reports/{kept[number]['report_id']}", self.own))
        self.pair(lambda number: self.v.get(f"/v1/reports/{kept[number]['report_id']}/receipt", self.own))
        self.pair(lambda number: self.v.get(f"/v1/reports/{kept[number]['report_id']}/receipt?revision=1", self.own))
        twice = {number: {**self.v.document(self.own, number), "source": kept[number]["source"]} for number in kept}
        answers = self.pair(lambda number: self.v.submit(self.own, twice[number]))
        self.assertEqual([w["code"] for w in answers[0].json["warnings"] if "dup" in w["code"]], ["possible-duplicate"])

    def test_feed_and_batch_are_alike(self):
        since = self.v.get("/v1/reports?limit=1000", self.own).json["next"]
        jws = [self.v.sign(self.own, self.v.document(self.own, number)) for number in (RESERVED, FREE, RESERVED, FREE)]
        batch = self.v.post("/v1/submissions/batch", json.dumps({"submissions": jws}), self.own, type="application/json").json["results"]
        self.assertEqual([plain(r) for r in batch], [plain(batch[0])] * 4)
        page = self.v.get(f"/v1/reports?since={since}", self.own).json
        self.assertEqual([plain(r) for r in page["reports"]], [plain(page["reports"][0])] * 4)

    def test_rows_are_of_the_same_sizes(self):
        ids = [self.sent(number)["report_id"] for number in (RESERVED, FREE)]
        sizes = {id: self.v.rows(self.own, "SELECT length(clear), length(ciphertext), length(salt), length(fingerprint), length(digest), warnings, "
                                 "schema, possible_duplicate, typeof(erased_at) FROM document JOIN sealed USING (seq) WHERE report_id = ?", id)
                 for id in ids}
        self.assertEqual(sizes[ids[0]], sizes[ids[1]])

    def test_opening_says_only_that_something_was_dropped(self):
        dropped, kept = self.sent(RESERVED, self.other), self.sent(FREE, self.other)
        several = self.v.document(self.other, FREE)
        several["patients"].append({"sequence": 2, "identifier": {"type": "fnr", "value": RESERVED}, "age_band": "50_66", "sex": "male"})
        self.assertEqual(self.v.submit(self.other, several).status, 201)
        export = self.v.export(self.other, "opening")
        run = self.v.open(stdin=export.read_text())
        lines = {entry.get("report_id"): entry for entry in map(json.loads, run.stdout.splitlines())}
        self.assertEqual(lines[dropped["report_id"]]["error"], "dropped-by-reservation")
        self.assertEqual(lines[several["report_id"]]["error"], "dropped-by-reservation")
        self.assertEqual(lines[kept["report_id"]]["members"]["patients"][0]["identifier"]["value"], FREE)
        counts = lines[None]["counts"]
        self.assertEqual((counts["dropped"], counts["failed"], lines[None]["reconciled"]), (2, 0, True))
        found = json.loads(self.v.open("find", "--person", export, stdin=RESERVED).stdout)
        self.assertEqual((found["found"], found["complete"]), ([], True))

    def test_a_review_of_it_is_dropped_too(self):
        ids = {number: self.sent(number)["report_id"] for number in (RESERVED, FREE)}
        review = json.loads((SOURCE / "schemas/review/examples/completed-full.json").read_text())
        review["organisation"]["number"] = self.own.orgnr
        review["review_revision"] = 1
        review.pop("supersedes")
        reviews = self.pair(lambda number: self.v.submit(self.own, {**review, "report_id": ids[number]}, schema="review/1.0"))
        self.assertEqual(reviews[0].status, 201, reviews[0])
        self.pair(lambda number: self.v.get(f"/v1/reports/{ids[number]}", self.own))
        lines = [json.loads(line) for line in self.v.open(stdin=self.v.export(self.own, "reviews").read_text()).stdout.splitlines()]
        self.assertEqual([("error" in entry) for number in (RESERVED, FREE) for entry in lines
                          if entry.get("report_id") == ids[number] and entry["schema"] == "review/1.0"], [True, False])

    def test_a_review_in_the_same_batch_is_dropped_too(self):
        """The report that it is about is not stored yet when the review is read."""
        review = json.loads((SOURCE / "schemas/review/examples/completed-full.json").read_text())
        review["organisation"]["number"] = self.own.orgnr
        review["review_revision"] = 1
        review.pop("supersedes")
        ids = {}

        def send(number):
            document = self.v.document(self.own, number)
            ids[number] = document["report_id"]
            jws = [self.v.sign(self.own, document), self.v.sign(self.own, {**review, "report_id": ids[number]}, schema="review/1.0")]
            answer = self.v.post("/v1/submissions/batch", json.dumps({"submissions": jws}), self.own, type="application/json")
            self.assertEqual([r["status"] for r in answer.json["results"]], [201, 201], answer)
            return answer

        self.pair(send)
        lines = [json.loads(line) for line in self.v.open(stdin=self.v.export(self.own, "batched").read_text()).stdout.splitlines()]
        self.assertEqual([("error" in entry) for number in (RESERVED, FREE) for entry in lines
                          if entry.get("report_id") == ids[number] and entry["schema"] == "review/1.0"], [True, False])
        clear = {number: self.v.rows(self.own, "SELECT clear FROM document WHERE kind = 'review' AND report_id = ?", ids[number])[0][0]
                 for number in ids}
        self.assertEqual(len(clear[RESERVED]), len(clear[FREE]))
        self.assertEqual(clear[RESERVED].startswith("{} "), self.mode == "refuse")

    def test_nothing_of_the_person_is_in_any_file(self):
        hidden = [RESERVED.encode(), b"Testperson", "Ødegård".encode(), keyed(self.v.hash_key, RESERVED).hex().encode(), self.v.hash_key,
                  self.v.hash_key.hex().encode()]
        self.sent(RESERVED)
        for path, text in {**self.v.files(), self.v.log_path: self.v.log_path.read_bytes()}.items():
            for secret in hidden:
                self.assertNotIn(secret, text, path)
            if path.name not in ("control.db", "control.db-wal"):
                self.assertNotIn(keyed(self.v.hash_key, RESERVED), text, path)
        actions = sqlite3.connect(f"file:{self.v.demo / 'data/control.db'}?mode=ro", uri=True)
        details = [json.loads(d) for (d,) in actions.execute("SELECT detail FROM action WHERE command LIKE 'reservation %'")]
        actions.close()
        self.assertIn({"numbers": 301}, details)
        self.assertTrue(all(set(d) == {"numbers"} for d in details))


class DropSealed(Mode, unittest.TestCase):
    mode = "drop-sealed"

    def test_the_coded_row_is_kept_and_counted(self):
        before = self.total()
        document = self.sent(RESERVED)
        self.assertEqual(self.total(), before + 1)
        report = self.v.get(f"/v1/reports/{document['report_id']}", self.own).json
        self.assertEqual(report["clear"]["event_type"], "medication_blood")

    def total(self):
        answer = self.v.get("/v1/statistics/own?from=2026-01", self.own)
        self.assertEqual(answer.status, 200, answer)
        return sum(v for v in answer.json["value"] if isinstance(v, int))


class Refuse(Mode, unittest.TestCase):
    mode = "refuse"

    def test_no_content_is_kept_and_nothing_given_back(self):
        ids = [self.sent(number)["report_id"] for number in (RESERVED, FREE)]
        clear = [self.v.rows(self.own, "SELECT clear FROM document WHERE report_id = ?", id)[0][0] for id in ids]
        self.assertEqual(clear[0].rstrip(" "), "{}")
        self.assertEqual(json.loads(clear[1])["event_type"], "medication_blood")
        for id in ids:
            report = self.v.get(f"/v1/reports/{id}", self.own).json
            self.assertEqual((report["clear"], report["state"]), (None, "accepted"))
        own = self.v.get("/v1/statistics/own", self.own)
        self.assertEqual((own.status, own.json["code"]), (404, "not-found"))
        self.assertEqual(self.v.ctl("own", "--tenant", self.own.orgnr, check=False).returncode, 2)
        quality = self.v.get("/v1/quality", self.own)
        self.assertEqual((quality.status, quality.json["code"]), (404, "not-found"))
        quality = json.loads(self.v.ctl("quality", "--json").stdout)
        self.assertEqual(quality["organisations"], [])
        self.assertIn("Persons who have reserved: 301.", [line["en"] for line in quality["about"]])


class NotCounted(unittest.TestCase):
    def test_what_was_refused_is_in_no_figure(self):
        with Reserving("refuse") as v:
            own = v.tenants[0]
            v.reserve(RESERVED)
            for number in (RESERVED, FREE, RESERVED, FREE, FREE):
                self.assertEqual(v.submit(own, v.document(own, number)).status, 201)
            v.stop()
            v.set_mode("off")
            v.start()
            listed = v.get("/v1/reports", own).json["reports"]
            self.assertEqual([r["clear"] for r in listed], [None] * 5, "the empty ones would show")
            self.assertEqual(v.get("/v1/statistics/own?from=2026-01", own).status, 404)
            self.assertEqual(v.get("/v1/quality?from=2026-01", own).status, 404)
            self.assertEqual(json.loads(v.ctl("quality", "--json").stdout)["organisations"], [])
            v.stop()
            with contextlib.closing(sqlite3.connect(v.demo / "data/control.db")) as db, db:  # so that figures are given
                db.execute("DELETE FROM setting WHERE name = 'reservation-refused'")
            v.start()
            self.assertEqual(v.get("/v1/quality", own).json["reports"], 3)
            answer = v.get("/v1/statistics/own?from=2026-01", own).json
            self.assertEqual(sum(n for n in answer["value"] if isinstance(n, int)), 3)


class Configuration(unittest.TestCase):
    def refused(self, v):
        run = v.ctl("status", check=False)
        self.assertEqual(run.returncode, 2, run.stdout)
        return run.stderr

    def test_what_must_be_there(self):
        v = Reserving("drop-sealed", key=False)
        self.addCleanup(v.remove)
        self.assertIn("secret-missing", self.refused(v))
        v.write_key(v.hash_key)
        self.assertEqual(v.reserve(RESERVED), 1)
        self.assertEqual(v.reserve(RESERVED), 0)
        self.assertEqual(v.reserve(FREE, verb="remove"), 0)
        self.assertIn("drop-sealed", v.ctl("reservation", "count").stdout)
        v.write_key(bytes(32))
        self.assertIn("reservation-key-changed", self.refused(v))
        v.write_key(v.hash_key)
        v.key_path.chmod(0o644)
        self.assertIn("secret-permissions", self.refused(v))
        v.key_path.chmod(0o600)
        text = v.conf.read_text()
        v.conf.write_text(text.replace("decision = ", "# decision = "))
        self.assertIn("[reservation] mode needs decision", self.refused(v))
        v.conf.write_text(text.replace("mode = drop-sealed", "mode = on"))
        self.assertIn("[reservation] mode", self.refused(v))

    def test_a_lost_key_is_not_the_end(self):
        v = Reserving("drop-sealed")
        self.addCleanup(v.remove)
        self.assertEqual(v.reserve(RESERVED, FREE), 2)
        kept = keyed(v.hash_key, RESERVED)
        v.key_path.unlink()
        self.assertIn("secret-missing", self.refused(v))
        v.set_mode("off")
        self.assertEqual(v.ctl("reservation", "clear", check=False).returncode, 2)  # without a reason
        self.assertEqual(json.loads(v.ctl("reservation", "clear", "--reason", "nøkkelen er tapt", "--json").stdout), {"persons": None})
        self.assertNotIn(kept, b"".join(v.files().values()))
        v.set_mode("drop-sealed")
        v.write_key(bytes(range(32)))
        self.assertEqual(v.reserve(RESERVED), 1)
        self.assertIn("drop-sealed", v.ctl("reservation", "count").stdout)

    def test_numbers_that_are_none(self):
        v = Reserving("off")
        self.addCleanup(v.remove)
        for bad in ("", "12345", "15898512370", RESERVED + "1", "Ola Nordmann"):
            run = v.ctl("reservation", "add", check=False, input=FREE + "\n" + bad + "\n" if bad else "")
            self.assertEqual(run.returncode, 2, bad)
            self.assertNotIn(bad or "\0", run.stderr)
        self.assertEqual(v.reserve(FREE), 1)  # none of the failed lists was taken in part
        self.assertEqual(v.ctl("reservation", "add", RESERVED, check=False).returncode, 2)

    def test_counts_below_five_are_not_told(self):
        with Reserving("drop-sealed") as v:
            own = v.tenants[0]
            persons = numbers(5)

            def counts():
                return json.loads(v.ctl("reservation", "count", "--json").stdout)

            for told, person in zip((None, None, None, None, 5), persons):
                v.reserve(person)
                self.assertEqual(v.submit(own, v.document(own, person)).status, 201)
                self.assertEqual(v.submit(own, v.document(own, FREE)).status, 201)
                self.assertEqual(counts(), {"mode": "drop-sealed", "decision": "Prop. 12 L, vedtak 3", "persons": told, "documents": told})
            self.assertIn("documents  5", v.ctl("reservation", "count").stdout)

    def test_who_is_removed_is_kept_from_then_on_and_gone_from_the_file(self):
        with Reserving("drop-sealed") as v:
            own = v.tenants[0]
            v.reserve(RESERVED, FREE)
            v.reserve(RESERVED, verb="remove")
            hashed = keyed(v.hash_key, RESERVED)
            self.assertIn(keyed(v.hash_key, FREE), b"".join(v.files().values()))
            self.assertNotIn(hashed, b"".join(v.files().values()))
            document = v.document(own, RESERVED)
            v.submit(own, document)
            self.assertIn(RESERVED, v.open(stdin=v.export(own, "kept").read_text()).stdout)


class Backwards(unittest.TestCase):
    def test_old_envelopes_are_found_and_destroyed(self):
        with Reserving("drop-sealed") as v:
            own, other = v.tenants[:2]
            documents = {}
            for tenant in (own, other):
                for number in (RESERVED, FREE, RESERVED):
                    document = v.document(tenant, number)
                    self.assertEqual(v.submit(tenant, document).status, 201)
                    documents.setdefault((tenant.orgnr, number), []).append(document["report_id"])
            persons = v.folder / "persons"
            persons.write_text(RESERVED + "\n")
            exports = [v.export(tenant, tenant.orgnr) for tenant in (own, other)]
            found = v.open("find", "--persons", persons, *exports).stdout
            entries = [json.loads(line) for line in found.splitlines()]
            self.assertEqual(sorted(e["report_id"] for e in entries), sorted(documents[own.orgnr, RESERVED] + documents[other.orgnr, RESERVED]))
            listed = v.folder / "list"
            ciphertexts = {tenant.orgnr: dict(v.rows(tenant, "SELECT report_id, ciphertext FROM sealed JOIN document USING (seq)")) for tenant in (own, other)}
            before = [v.get(f"/v1/reports/{documents[own.orgnr, RESERVED][0]}", own), v.get("/v1/reports", own)]

            wrong = {**entries[0], "report_id": str(uuid.uuid4())}
            before_all = {**entries[0], "seq": -2**63}  # one less is no number
            for text, code in ((json.dumps(before_all, separators=(",", ":")) + "\n", "argument-value"), (json.dumps(wrong, separators=(",", ":")) + "\n" + found, "list-mismatch"), ("{}\n", "argument-value"), ("\n", "argument-value")):
                listed.write_text(text)
                run = v.ctl("erase", "--sealed-only", "--from", listed, "--reason", "reservasjon", "--json", check=False)
                self.assertEqual((run.returncode, json.loads(run.stderr)["error"]["code"]), (2, code))
            self.assertEqual(v.rows(own, "SELECT count(*) FROM sealed"), [(3,)])
            listed.write_text(found)
            self.assertEqual(v.ctl("erase", "--sealed-only", "--from", listed, check=False).returncode, 2)  # without a reason
            self.assertEqual(v.ctl("erase", "--from", listed, "--reason", "r", check=False).returncode, 2)
            done = json.loads(v.ctl("erase", "--sealed-only", "--from", listed, "--reason", "reservasjon 26/4", "--json").stdout)
            self.assertEqual(done, {"listed": 4, "erased": 4, "tenants": 2})

            after = [v.get(f"/v1/reports/{documents[own.orgnr, RESERVED][0]}", own), v.get("/v1/reports", own)]
            self.assertEqual([a.json for a in after], [{**b.json, **({"next": a.json["next"]} if "next" in b.json else {})} for a, b in zip(after, before)])
            own_count = v.get("/v1/statistics/own?from=2026-01", own).json
            self.assertEqual(sum(n for n in own_count["value"] if isinstance(n, int)), 3)
            opened = v.open(stdin=v.export(own, "after").read_text()).stdout
            self.assertNotIn(RESERVED, opened)
            self.assertIn(FREE, opened)
            self.assertEqual(v.rows(own, "SELECT name, reason FROM event ORDER BY seq DESC LIMIT 1"), [("erased", "reservasjon 26/4")])
            self.wiped(v, ciphertexts, documents)
            v.stop()
            v.start()
            self.assertIn(v.ctl("doctor", check=False).returncode, (0, 1))

    def wiped(self, v, ciphertexts, documents):
        """No stretch of what was erased stands in the file or its log; what was not, does."""
        import time
        end = time.monotonic() + 30
        while True:  # the log is wiped as soon as nobody reads
            text = b"".join(v.files().values())
            left = [id for (orgnr, number), ids in documents.items() if number == RESERVED for id in ids
                    if any(ciphertexts[orgnr][id][at:at + 64] in text for at in range(0, 1024, 64))]
            if not left or time.monotonic() > end:
                break
            time.sleep(0.05)
        self.assertEqual(left, [])
        for (orgnr, number), ids in documents.items():
            for id in ids if number == FREE else ():
                self.assertIn(ciphertexts[orgnr][id][:64], text)


if __name__ == "__main__":
    unittest.main()
