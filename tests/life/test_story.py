#!/usr/bin/python3
"""One event from the first report to the completed review, seen by a municipality and a
health trust: through the real daemon, and at each step a look at what lies in the files.

Åse is sent home from hospital with an old list of medicines. The nursing home sees it
first; the trust reports it too, learns that it was severe, notifies, reviews, and is late."""
import collections
import itertools
import json
import subprocess
import unittest

from life import Life, about, days_ago, example
from varde import BIN

SECRETS = ("Åse Utenvirkelig", "gammel legemiddelliste", "Farmasøyten var ikke på vakt")


def cells(dataset):
    """{codes: value} of a JSON-stat dataset."""
    lists = [sorted(d["category"]["index"], key=d["category"]["index"].get)
             for d in (dataset["dimension"][name] for name in dataset["id"])]
    return dict(zip(itertools.product(*lists), dataset["value"]))


class Story(Life):
    def documents(self, tenant, report):
        """(kind, revision, erased) of a report, as they lie in the tenant's file."""
        return self.rows(tenant, "SELECT kind, revision, clear IS NULL FROM document WHERE report_id = ? ORDER BY seq",
                         report["report_id"])

    def feed(self, tenant):
        page = self.v.get("/v1/reports?limit=1000", tenant)
        self.assertEqual(page.status, 200)
        return [(row["kind"], row["report_id"], row["revision"]) for row in page.json["reports"]]

    def own(self, tenant):
        """{severity: incidents} that the organisation sees of itself."""
        answer = self.v.get("/v1/statistics/own?period=year&by=severity&from=2025-01", tenant)
        self.assertEqual(answer.status, 200, answer)
        found = collections.Counter()
        for key, value in cells(answer.json).items():
            place = dict(zip(answer.json["id"], key))
            if isinstance(value, int) and place["Hendelsesklasse"] == "incident" and place["Alvorlighet"] != "00":
                found[place["Alvorlighet"]] += value
        return {severity: n for severity, n in found.items() if n}

    def clean(self, *tenants):
        """Nothing that identifies stands in clear in any file."""
        for tenant in tenants:
            for secret in SECRETS:
                self.assertFalse(self.on_disk(tenant, secret), secret)

    def test_the_whole_life_of_an_event(self):
        hf, town = self.hf, self.town

        # The nursing home registers what it sees, and its quality system sends it.
        theirs = example("municipality-same-event-as-hospital", town, related_reports=[])
        theirs["event"]["date"] = days_ago(170)
        theirs["source"]["registered_at"] = days_ago(169) + "T10:00:00Z"
        theirs["narrative"] = {"description": f"{SECRETS[0]} kom hjem med {SECRETS[1]}."}
        first = self.submit(town, theirs).json
        self.assertEqual(self.documents(town, theirs), [("incident-report", 1, 0)])

        # The hospital registers it too. Each names the other's report, neither reads it.
        mine = example("minimal-hf", hf, event_type="documentation_information",
                       related_reports=[{"organisation": town.orgnr, "report_id": theirs["report_id"]}])
        mine["event"] = {"date": days_ago(170), "precision": "day"}
        mine["source"]["registered_at"] = days_ago(168) + "T08:00:00Z"
        mine["narrative"] = {"description": f"Utskrevet med {SECRETS[1]}."}
        self.submit(hf, mine)
        self.assertEqual(self.get(theirs, town)["linked_by"], [{"organisation": hf.orgnr, "report_id": mine["report_id"]}])
        self.get(theirs, hf, 404)
        self.get(mine, town, 404)

        # It was severe: the next revision says so, and that the notification was sent.
        severe = {**mine, "revision": 2, "harm": {"actual": "severe"},
                  "notification": {"notifiable": "yes", "criteria": ["very_serious_harm"], "unexpected": "yes",
                                   "sent_date": days_ago(160), "recipients": ["statsforvalter", "ukom"]}}
        self.submit(hf, severe)
        found = self.get(mine)
        self.assertEqual((found["revision"], found["review"]["state"]), (2, "overdue"))
        self.assertLess(found["review"]["due"], days_ago(60))
        self.assertEqual(self.documents(hf, mine), [("incident-report", 1, 0), ("incident-report", 2, 0)])

        # The review begins, and is completed after it was due: taken, and marked.
        self.review(mine, started_date=days_ago(100))
        self.assertEqual(self.get(mine)["review"]["state"], "overdue")
        done = about("review/completed-full", hf, mine, review_revision=2, started_date=days_ago(100),
                     completed_date=days_ago(5), report_sent_date=days_ago(4))
        done["narrative"]["possible_causes"] = SECRETS[2]
        self.submit(hf, done, schema="review/1.0")
        review = self.get(mine)["review"]
        self.assertEqual((review["state"], review["late"]), ("completed", True))
        self.assertEqual((review["systems_view"]["factors"], review["systems_view"]["levels"]), (3, 3))
        self.assertNotIn("narrative", review["clear"])
        self.assertNotIn("review", [kind for kind, _, _ in self.feed(town)])

        # A colleague had registered it once more: that report is withdrawn, and counts no longer.
        twice = example("minimal-hf", hf)
        twice["source"]["registered_at"] = days_ago(167) + "T08:00:00Z"
        self.submit(hf, twice)
        before = self.own(hf)
        self.withdraw(twice, "duplicate", duplicate_of={"organisation": hf.orgnr, "report_id": mine["report_id"]})
        after = self.own(hf)
        self.assertEqual(sum(after.values()), sum(before.values()) - 1, (before, after))
        self.assertEqual(after.get("severe"), 1, after)
        self.assertEqual(self.own(town), {"mild": 1})

        # Each one's feed tells its own story, in order.
        self.assertEqual(self.feed(hf)[-6:], [
            ("incident-report", mine["report_id"], 1), ("incident-report", mine["report_id"], 2), ("review", mine["report_id"], 1),
            ("review", mine["report_id"], 2), ("incident-report", twice["report_id"], 1), ("withdrawal", twice["report_id"], 1)])
        self.assertEqual(self.feed(town)[-1], ("incident-report", theirs["report_id"], 1))
        self.clean(hf, town)

        # Only the custodian, offline, reads what was written: of the report and of its review.
        texts = self.opened(hf)
        self.assertTrue(any(SECRETS[2] in text for text in texts))
        self.assertTrue(any(SECRETS[1] in text for text in texts))

        # The patient has the nursing home's report erased. The order stays, the words are gone for all.
        self.withdraw(theirs, "legal_erasure", tenant=town)
        self.assertEqual(self.documents(town, theirs), [("incident-report", 1, 1), ("withdrawal", 1, 0)])
        self.assertEqual(self.submit(town, theirs, 410).code, "erased")
        self.assertFalse(any(SECRETS[0] in text for text in self.opened(town)))
        self.assertEqual(self.own(town), {})
        gone = self.get(theirs, town)
        self.assertEqual((gone["state"], gone["clear"], gone["revisions"][0]["digest"]), ("erased", None, first["digest"]))
        self.assertEqual(self.get(mine)["review"]["state"], "completed")

    def opened(self, tenant):
        """What the custodian reads of a tenant's documents."""
        export = self.v.ctl("export-sealed", "--tenant", tenant.orgnr, "--purpose", "a test")
        key = self.v.demo / self.v.info["custodians"][0]["secret_key"]
        run = subprocess.run([BIN / "varde-open", "--key", key], input=export.stdout, capture_output=True, text=True,
                             env=self.v.env)
        self.assertEqual(run.returncode, 0, run.stderr)
        return [json.dumps(json.loads(line), ensure_ascii=False) for line in run.stdout.splitlines() if line.startswith("{")]


if __name__ == "__main__":
    unittest.main(verbosity=2)
