"""What follows a report: its review, who else saw the event, and the end of a report
whose content is erased by law."""
import datetime
import time
import uuid

import reports
import show

WIPED_S = 30


def days_ago(n):
    return (datetime.date.today() - datetime.timedelta(days=n)).isoformat()


def review(report, revision, **more):
    return {"schema_version": "1.0", "report_id": report["report_id"], "review_revision": revision,
            "organisation": report["organisation"], **more}


def completed(report):
    return review(
        report, 2, status="completed", method="seips", started_date=days_ago(60), completed_date=days_ago(2),
        narrative={"event_summary": "Ragnhild fikk to doser ved flytting mellom poster.",
                   "learning_points": "Samstemming før flytting."},
        involvement=[{"party": "next_of_kin", "how": ["informed", "commented_draft"]},
                     {"party": "staff_involved", "how": ["interviewed"]}],
        contributing_factors=[
            {"sequence": 1, "factor": "coordination_handover", "level": "management_unit",
             "interaction_with": [{"sequence": 2}]},
            {"sequence": 2, "factor": "technology_tools", "level": "equipment_surroundings"}])


class Followed:
    """`story` sends and asks; `report` is one that it has sent, with revision 2 the newest."""

    def __init__(self, story, tenant, other, report):
        self.story, self.tenant, self.other, self.report = story, tenant, other, report
        self.path = f"/v1/reports/{report['report_id']}"

    def reviewed(self):
        show.say("Varselet ble sendt for 130 dager siden; fristen for gjennomgangen er tre måneder etter.")
        changed = reports.changed(self.report, actual="death")
        changed.update(revision=3, notification={"notifiable": "yes", "criteria": ["death"], "unexpected": "yes",
                                                 "sent_date": days_ago(130), "recipients": ["statsforvalter", "ukom"]})
        self.send(changed, 201)
        found = self.story.ask(self.tenant, "GET", self.path, only=("state", "review"))
        self.story.expect("gjennomgangen er over fristen", found.json["review"]["state"] == "overdue")
        self.send(review(self.report, 1, status="started", started_date=days_ago(60)), 201, "review/1.0")
        self.send(completed(self.report), 201, "review/1.0")
        found = self.story.ask(self.tenant, "GET", self.path, only=("state", "review"))
        said = found.json["review"]
        self.story.expect("fullført, for sent, og tatt imot", (said["state"], said["late"]) == ("completed", True))
        self.story.expect("faktorene er sett fra to nivåer", said["systems_view"]["levels"] == 2)
        self.story.expect("teksten er forseglet", "narrative" not in said["clear"])

    def erased(self):
        show.say("En pasient får sin melding slettet etter loven. Raden og rekkefølgen står, innholdet er borte:")
        report = reports.good(self.other["orgnr"])
        report["source"]["local_case_id"] = f"SL-{uuid.uuid4().int % 10**8}"
        mark = report["source"]["local_case_id"]
        self.send(report, 201, tenant=self.other, only=("reference", "digest"))
        self.story.expect("saksnummeret står i filen", self.on_disk(mark))
        withdrawal = {"schema_version": "1.0", "report_id": report["report_id"], "withdrawal_revision": 1,
                      "organisation": report["organisation"], "reason": "legal_erasure"}
        self.send(withdrawal, 201, "withdrawal/1.0", self.other, ("schema", "reference", "status"))
        end = time.monotonic() + WIPED_S
        while self.on_disk(mark) and time.monotonic() < end:
            time.sleep(0.05)
        self.story.expect("ikke en byte igjen", not self.on_disk(mark))
        show.say("Søk i filen og loggen etter saksnummeret: ingen treff. Samme melding en gang til:")
        answer = self.send(report, 410, tenant=self.other)
        self.story.expect("410 erased", answer.json["code"] == "erased")

    def send(self, document, status, schema="incident-report/1.0", tenant=None, only=("schema", "revision", "reference")):
        tenant = tenant or self.tenant
        answer = self.story.submit(tenant, document, only if status < 300 else None, schema=schema)
        self.story.expect(f"{status}, ikke {answer.status}: {answer.json}", answer.status == status)
        return answer

    def on_disk(self, text):
        folder = self.story.place.data / "tenants"
        return any(text.encode() in path.read_bytes() for path in folder.glob(self.other["orgnr"] + ".db*"))
