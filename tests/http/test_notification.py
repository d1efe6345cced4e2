"""The notification helper: off until a data owner turns it on, then in the answer of
/validate and nowhere else: not in rows, receipts, feed, logs, metrics, traces, figures,
and not in how long an answer was."""
import json
import re
import sqlite3
import unittest

from varde import Organisation, Varde, example, organisation_numbers

WORDS = (b"notification_duty", b"cannot_tell", b"outcome-", b"expectation-", b"sender-says", b"virkedager", b"working_days",
         b"\"earliest\"", b"cause-service")


def notified(**members):
    return {"notifiable": "undecided", **members}


def cases(owner):
    """{assessment: documents}, all of them sound."""
    def dead(link, **notification):
        document = example("minimal-hf", owner, harm={"actual": "death"}, notification=notified(**notification))
        document["patients"][0].update(harm_physical="death", causal_link=link)
        return document

    return {"likely": [dead("caused", unexpected="yes", sent_date="2026-02-03"), dead("unknown", criteria=["patient_harmed_other"], unexpected="yes")],
            "possible": [dead("caused"), example("minimal-hf", owner, harm={"actual": "severe"})],
            "unlikely": [dead("unrelated"), dead("caused", unexpected="no", notifiable="yes"), example("minimal-hf", owner, harm={"actual": "mild"}),
                         example("near-miss-without-patient", owner)],
            "cannot_tell": [example("minimal-hf", owner, harm={"actual": "unknown"})]}


class Help(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.v = Varde()
        cls.v.__enter__()
        cls.addClassCleanup(cls.v.__exit__, None, None, None)
        cls.numbers = organisation_numbers()

    def setUp(self):
        self.own = self.v.register(Organisation(next(self.numbers), "Varsel HF"), "test")

    def turn(self, to, owner=None):
        return self.v.ctl("tenant", "set", (owner or self.own).orgnr, "--notification-help", to)

    def test_is_off_until_it_is_turned_on(self):
        document = cases(self.own)["likely"][0]
        self.assertFalse(self.v.get("/v1/tenant", self.own).json["notification_help"])
        self.assertNotIn("notification_duty", self.v.validate(self.own, document).json)
        self.turn("on")
        self.assertTrue(self.v.get("/v1/tenant", self.own).json["notification_help"])
        self.assertEqual(self.v.validate(self.own, document).json["notification_duty"]["assessment"], "likely")
        self.assertNotIn("notification_duty", self.v.validate(self.v.tenants[0], example("minimal-hf", self.v.tenants[0])).json)
        self.turn("off")
        self.assertNotIn("notification_duty", self.v.validate(self.own, document).json)
        self.assertIn("(argument-value)", self.v.ctl("tenant", "set", self.own.orgnr, "--notification-help", "yes", check=False).stderr)

    def test_what_it_says(self):
        self.turn("on")
        for assessment, documents in cases(self.own).items():
            for document in documents:
                told = {lang: self.v.validate(self.own, document, lang=lang).json["notification_duty"] for lang in ("nb", "en")}
                for lang, duty in told.items():
                    self.assertEqual(duty["assessment"], assessment, document)
                    self.assertEqual(duty["deadlines"] is None, assessment == "unlikely")
                    self.assertTrue(duty["reasons"])
                self.assertEqual([(r["code"], r["pointer"]) for r in told["nb"]["reasons"]], [(r["code"], r["pointer"]) for r in told["en"]["reasons"]])
                for nb, en in zip(told["nb"]["reasons"], told["en"]["reasons"]):
                    self.assertNotEqual(nb["message"], en["message"])
                # a signed document is told the same
                signed = self.v.post("/v1/submissions/validate", self.v.sign(self.own, document), self.own, lang="nb")
                self.assertEqual(signed.json["notification_duty"], told["nb"])

    def test_deadlines(self):
        self.turn("on")
        document = cases(self.own)["likely"][0]
        for event, sent, earliest, report in (({"date": "2025-11-03", "precision": "day"}, "2025-11-30", "2025-11-08", "2026-02-28"),
                                              ({"date": "2025-11", "precision": "month"}, "2025-11-07", None, "2026-02-07"),
                                              ({"precision": "unknown"}, None, None, None)):
            document["event"], document["notification"]["sent_date"] = event, sent
            if not sent:
                del document["notification"]["sent_date"]
            deadlines = self.v.validate(self.own, document).json["notification_duty"]["deadlines"]
            self.assertEqual((deadlines["notification"]["earliest"], deadlines["report"]["date"], deadlines["report"]["from"]), (earliest, report, sent))

    def test_a_refused_document_gets_none(self):
        self.turn("on")
        answer = self.v.validate(self.own, {**cases(self.own)["likely"][0], "unknown": 1})
        self.assertEqual(answer.status, 422)
        self.assertNotIn(b"notification_duty", answer.body)

    def test_it_is_the_data_owners_choice(self):
        company = self.v.register(Organisation(next(self.numbers), "Sender AS", "processor"), "test")
        self.v.ctl("processor", "add", self.own.orgnr, company.orgnr, "--rights", "send")
        document = cases(self.own)["likely"][0]
        path, body = f"/v1/submissions/validate?organisation={self.own.orgnr}", json.dumps({"schema": "incident-report/1.0", "document": document})
        self.turn("on", company)
        self.assertNotIn("notification_duty", self.v.post(path, body, company, type="application/json").json)
        self.turn("on")
        self.assertIn("notification_duty", self.v.post(path, body, company, type="application/json").json)
        self.assertIn("notification_duty", self.v.post("/v1/submissions/validate", self.v.sign(self.own, document), company).json)

    def test_the_length_tells_nothing(self):
        """The log says how long answers are: with help all are longer by the same."""
        documents = [d for listed in cases(self.own).values() for d in listed]
        for lang in ("nb", "en"):
            self.turn("off")
            plain = [len(self.v.validate(self.own, d, lang=lang).body) for d in documents]
            self.turn("on")
            helped = [len(self.v.validate(self.own, d, lang=lang).body) for d in documents]
            self.assertEqual({b - a for a, b in zip(plain, helped)}, {4096}, lang)


def sent(v, documents):
    """Everything that a sender does with them; the answers, without what differs each time."""
    owner = v.tenants[0]
    answers = []
    for document in documents:
        answers += [v.submit(owner, document), v.submit(owner, document)]
    items = [v.sign(owner, {**d, "revision": 2}) for d in documents]
    answers.append(v.post("/v1/submissions/batch", json.dumps({"submissions": items}), owner, type="application/json"))
    answers += [v.get("/v1/reports", owner), v.get("/v1/statistics/own?by=severity", owner)]
    for document in documents:
        answers += [v.get(f"/v1/reports/{document['report_id']}", owner), v.get(f"/v1/reports/{document['report_id']}/receipt", owner)]
    return answers


def masked(text):
    """Without times, digests, references and trace ids."""
    text = re.sub(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z", "TIME", text)
    text = re.sub(r"sha-256:[0-9a-f]{64}", "DIGEST", text)
    text = re.sub(r'"reference":"[0-9A-Z]{5}-[0-9A-Z]{5}"', "REFERENCE", text)
    text = re.sub(r'"received_at":\d+|"(?:us|microseconds)": ?\d+|"kid":"[^"]*"', "", text)
    return re.sub(r"\b[0-9a-f]{32}\b", "TRACE", text)


def rows(v):
    """The tenant's file, all columns but those that no two runs share."""
    chance = {"received_at", "first_received_at", "digest", "fingerprint", "salt", "signing_kid", "commitment", "created_at", "group_id",
              "ciphertext", "box", "kid", "at", "group_ref"}
    with sqlite3.connect(f"file:{v.database(v.tenants[0].orgnr)}?mode=ro", uri=True) as db:
        db.row_factory = sqlite3.Row
        tables = [name for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")]
        found = {t: [{c: masked(str(row[c])) for c in row.keys() if c not in chance} for row in db.execute(f'SELECT * FROM "{t}"')] for t in tables}
        found["lengths"] = [tuple(r) for r in db.execute("SELECT seq, length(ciphertext) FROM sealed")]
        found["event"] = [row for row in found["event"] if row["name"] != "tenant-set"]
        return found


def figures(v):
    """The metrics, all but durations and what the machine does."""
    text = v.admin("/metrics").body.decode()
    return [line for line in text.splitlines() if not re.search(r"seconds|memory|_bytes|time", line)]


class Nowhere(unittest.TestCase):
    """The same documents with help off and with help on: nothing is told apart."""

    def run_with(self, help_on, documents):
        with Varde() as v:
            owner = v.tenants[0]
            # the command itself is in the register and the sequence either way
            v.ctl("tenant", "set", owner.orgnr, "--notification-help", "on" if help_on else "off")
            for assessed, document in documents:
                duty = v.validate(owner, document).json.get("notification_duty")
                self.assertEqual(duty and duty["assessment"], assessed if help_on else None)
            answers = sent(v, [document for _, document in documents])
            trace = [masked(v.ctl("trace", a.headers["Trace-Id"], "--json").stdout) for a in answers]
            counted = figures(v)
            v.stop()
            # sorted: a line is written when its answer has left, and the next may overtake it
            log = [masked(json.dumps(line)) for line in v.log() if line["event"] == "request" and line.get("route") != "/v1/submissions/validate"]
            checks = [masked(json.dumps({k: x for k, x in line.items() if k != "bytes_out"}))
                      for line in v.log() if line.get("route") == "/v1/submissions/validate"]
            for path in v.folder.rglob("*"):
                if path.is_file() and "schemas" not in path.parts:
                    for word in WORDS:
                        self.assertNotIn(word, path.read_bytes(), f"{path} holds {word}")
            for answer in answers:
                for word in WORDS:
                    self.assertNotIn(word, answer.body)
            return {"answers": [(a.status, masked(a.body.decode())) for a in answers], "rows": rows(v), "figures": counted,
                    "log": sorted(log), "checks": sorted(checks), "trace": trace}

    def test_nothing_is_kept(self):
        class Demo:
            orgnr = "310000019"

        documents = [(assessed, d) for assessed, listed in cases(Demo).items() for d in listed]
        off, on = (self.run_with(help_on, documents) for help_on in (False, True))
        self.assertEqual({status for status, _ in off["answers"]}, {200, 201})
        for part in off:
            self.assertEqual(off[part], on[part], part)
        self.assertGreater(len(off["figures"]), 20)
        self.assertEqual(len(off["rows"]["document"]), 2 * len(documents))


if __name__ == "__main__":
    unittest.main()
