#!/usr/bin/python3
"""Large batches on a bad day: a result for each document, exactly as if it had been sent alone,
also in disorder, where the queue has no room, where the organisation is suspended meanwhile, and
what a kill in the middle leaves."""
import collections
import concurrent.futures
import contextlib
import http.client
import json
import os
import random
import signal
import sqlite3
import sys
import unittest

from handover import NO_RATES, Organisation, Varde, example, organisation_numbers, wait_for

FAULTY_DISK = sys.argv.pop(1) if __name__ == "__main__" else None
PATH = "/v1/submissions/batch"


def chain(tenant, length):
    """Revisions 1, 2, … of one report."""
    first = example("minimal-hf", tenant)
    return [{**first, "revision": n, "narrative": {"description": f"Utgave {n}."}} for n in range(1, length + 1)]


def expected(order):
    """What the rule says of documents in this order: status and code of each."""
    current, content, found = {}, {}, []
    for document in order:
        report, revision, text = document["report_id"], document["revision"], json.dumps(document)
        known = current.get(report, 0)
        if revision == known + 1:
            current[report], content[report, revision] = revision, text
            found.append((201, None))
        elif revision > known:
            found.append((409, "revision-skipped"))
        elif content[report, revision] == text:
            found.append((200, None))
        else:
            found.append((409, "revision-conflict" if revision == known else "revision-stale"))
    return found


class Batches(unittest.TestCase):
    conf = ""

    def setUp(self):
        self.v = Varde(NO_RATES + self.conf)
        self.addCleanup(self.v.remove)
        self.prepare()
        self.tenant = self.v.register(Organisation(next(organisation_numbers()), "Tenkt helseforetak"))

    def prepare(self):
        self.v.start()

    def sign_all(self, documents):
        return [self.v.sign(self.tenant, document) for document in documents]

    def send(self, signed):
        answer = self.v.post(PATH, json.dumps({"submissions": signed}), self.tenant, type="application/json")
        self.assertEqual(answer.status, 200, answer)
        results = answer.json["results"]
        self.assertEqual(len(results), len(signed))
        return results

    def rows(self):
        if not self.v.database(self.tenant.orgnr).exists():
            return {}
        with contextlib.closing(sqlite3.connect(f"file:{self.v.database(self.tenant.orgnr)}?mode=ro", uri=True)) as db:
            rows = db.execute("SELECT report_id, revision, seq FROM document").fetchall()
        found = {(report, revision): seq for report, revision, seq in rows}
        self.assertEqual(len(found), len(rows))
        return found

    @staticmethod
    def codes(results):
        return [(r["status"], r.get("problem", {}).get("code")) for r in results]


class Disorder(Batches):
    def test_a_thousand_as_if_alone(self):
        rng = random.Random(20)
        documents = [d for _ in range(200) for d in chain(self.tenant, 4)]
        twins = rng.sample(documents, 100)
        documents += twins + [{**d, "narrative": {"description": "Annet."}} for d in rng.sample(documents, 100)]
        rng.shuffle(documents)
        signed = self.sign_all(documents)
        results = self.send(signed)
        self.assertEqual(self.codes(results), expected(documents))
        stored = self.rows()
        current = collections.Counter()
        for document, result in zip(documents, results):
            key = document["report_id"], document["revision"]
            if result["status"] in (200, 201):
                self.assertEqual((result["receipt"]["report_id"], result["receipt"]["revision"]), key)
                current[key[0]] = max(current[key[0]], key[1])
            elif result["problem"]["code"] == "revision-skipped":
                self.assertEqual(result["problem"]["current_revision"], current[key[0]])
        self.assertEqual(set(stored), {(r["receipt"]["report_id"], r["receipt"]["revision"]) for r in results if "receipt" in r})
        # Sent on until nothing is out of order any more, everything that can be taken is.
        for _ in range(4):
            results = self.send(signed)
        left = collections.Counter(code for status, code in self.codes(results) if status != 200)
        self.assertEqual(set(left), {"revision-conflict", "revision-stale"})
        self.assertEqual(set(self.rows()), {(d["report_id"], d["revision"]) for d in documents})


class NoRoom(Batches):
    conf = "[writer]\nqueue_items = 1000\n"

    def prepare(self):
        """The preloaded library holds back the disk while the test says so."""
        self.control = self.v.folder / "faults"
        self.control.write_text("")
        options = os.environ.get("ASAN_OPTIONS", "")
        self.v.env.update(ASAN_OPTIONS=options + ":verify_asan_link_order=0", LD_PRELOAD=FAULTY_DISK, FAULTY_DISK=str(self.control))
        self.v.start()
        self.v.env.pop("LD_PRELOAD")

    def test_some_are_told_to_wait_and_none_is_lost(self):
        """While the disk is slow, more comes than the queue holds: what has no room is told so, each item
        of it, at once; what was queued is answered when the disk has it."""
        documents = [[example("minimal-hf", self.tenant) for _ in range(400)] for _ in range(4)]
        signed = [self.sign_all(part) for part in documents]
        self.control.write_text(f"sync HOLD {self.tenant.orgnr}.db")
        with concurrent.futures.ThreadPoolExecutor(4) as pool:
            sending = [pool.submit(self.send, part) for part in signed]
            concurrent.futures.wait(sending, return_when=concurrent.futures.FIRST_COMPLETED, timeout=60)
            refused = [part.result() for part in sending if part.done()]
            self.assertTrue(refused)
            for result in refused[0]:
                self.assertEqual((result["status"], result["problem"]["code"]), (503, "busy"))
                self.assertGreater(result["problem"]["retry_after"], 0)
            self.control.write_text("")
            answers = [part.result() for part in sending]
        told = [{r["status"] for r in results} for results in answers]
        self.assertGreaterEqual(told.count({201}), 2)
        self.assertEqual(told.count({201}) + told.count({503}), 4, told)
        self.assertEqual(len(self.rows()), 400 * told.count({201}))
        for part, before in zip(signed, told):
            self.assertEqual({r["status"] for r in self.send(part)}, {200} if before == {201} else {201})
        self.assertEqual(set(self.rows()), {(d["report_id"], 1) for part in documents for d in part})

    def test_suspended_meanwhile(self):
        """A batch is judged by one moment: it is taken or refused whole, and each is told."""
        signed = self.sign_all([example("minimal-hf", self.tenant) for _ in range(1000)])
        with concurrent.futures.ThreadPoolExecutor(1) as pool:
            sending = pool.submit(self.v.post, PATH, json.dumps({"submissions": signed}), self.tenant, "application/json")
            self.v.ctl("tenant", "suspend", self.tenant.orgnr, "--reason", "øvelse")
            answer = sending.result()
        if answer.status == 200:
            self.assertEqual(collections.Counter(self.codes(answer.json["results"])), {(201, None): 1000})
            self.assertEqual(len(self.rows()), 1000)
        else:
            self.assertEqual((answer.status, answer.code), (403, "tenant-suspended"))
            self.assertEqual(self.rows(), {})
        again = self.v.post(PATH, json.dumps({"submissions": signed}), self.tenant, "application/json")
        self.assertEqual((again.status, again.code), (403, "tenant-suspended"))
        self.v.ctl("tenant", "resume", self.tenant.orgnr, "--reason", "øvelse")
        self.assertLessEqual({r["status"] for r in self.send(signed)}, {200, 201})
        self.assertEqual(len(self.rows()), 1000)


class Killed(Batches):
    def test_in_the_middle_of_a_thousand(self):
        """What a kill leaves is whole groups in order; sent again, each is known or new, and once."""
        for _ in range(3):
            documents = [d for _ in range(250) for d in chain(self.tenant, 4)]
            signed, before = self.sign_all(documents), len(self.rows())
            connection = http.client.HTTPConnection(self.v.host, self.v.port, timeout=60)
            connection.request("POST", PATH, json.dumps({"submissions": signed}),
                               {**self.v.bearer(self.tenant), "Content-Type": "application/json"})
            wait_for(lambda: len(self.rows()) > before, "a first group")
            self.v.process.send_signal(signal.SIGKILL)
            self.v.process.wait()
            connection.close()
            left = self.rows()
            here = [d for d in documents if (d["report_id"], d["revision"]) in left]
            self.assertEqual(here, documents[:len(here)], "a hole in what was kept")
            seqs = [left[d["report_id"], d["revision"]] for d in here]
            self.assertEqual(seqs, sorted(seqs))
            self.v.start()
            self.assertEqual([r["status"] for r in self.send(signed)], [200] * len(here) + [201] * (1000 - len(here)))
            print(f"killed with {len(here)} of 1000 stored", flush=True)
        self.v.stop()
        self.assertEqual(len(self.rows()), 3000)


if __name__ == "__main__":
    unittest.main()
