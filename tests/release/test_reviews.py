#!/usr/bin/python3
"""Reviews of notified events, from the real intake to the real API: where each stood on 31
March after the year of the event, whatever came later; the nation's share, and nobody's
own; what the completed ones say of factors."""
import collections
import contextlib
import json
import pathlib
import signal
import socket
import subprocess
import sys
import time
import unittest

HERE = pathlib.Path(__file__).parent
sys.path[:0] = [str(HERE.parent / "http"), str(HERE)]
from country import Country  # noqa: E402
from operator_client import call  # noqa: E402
from varde import BIN, Varde, about, example  # noqa: E402

BEFORE, AFTER, BUILD = "2025-03-20T06:00:00Z", "2025-04-02T06:00:00Z", "2025-04-20T06:00:00Z"
NOT_DUE = "2025-01-10"  # three months on is 10 April
LEVELS = ["management_unit", "work_people", "company", "government"]


def coded(*levels):
    return [{"factor": "task", "level": level} for level in levels]


def completed(day, factors=None, **more):
    return {"status": "completed-minimal", "started_date": "2024-12-01", "completed_date": day,
            **({"contributing_factors": factors} if factors else {}), **more}


STARTED = {"status": "started", "started_date": "2024-12-20"}
IN_TIME, LATE = "2025-02-15", "2025-02-16"  # three months after 15 November, and a day
# What each trust has: (how many, reviews before the cut-off, what must come out, more).
STORIES = [
    (4, [], ("overdue", ""), {}),
    (3, [STARTED], ("overdue", ""), {}),
    (2, [], ("none", ""), {"sent": NOT_DUE}),
    (3, [STARTED], ("started", ""), {"sent": NOT_DUE, "after": completed("2025-04-01")}),
    (2, [completed(IN_TIME)], ("completed_in_time", "not_coded"), {}),
    (2, [completed(IN_TIME), completed(IN_TIME, coded("work_people"))], ("completed_in_time", "levels_1"), {}),
    (2, [STARTED, completed(IN_TIME, coded("company", "work_people", "company", "unknown"))], ("completed_in_time", "levels_2"), {}),
    (2, [completed(IN_TIME, [{"factor": "none_found"}])], ("completed_in_time", "none_found"), {}),
    (3, [completed(LATE, coded(*LEVELS))], ("completed_late", "levels_3"), {}),
    # Done in time, but sent to the county governor after the day.
    (2, [completed(IN_TIME, coded("unknown"), report_sent_date=LATE)], ("completed_late", "levels_0"), {}),
    (2, [{"status": "not-carried-out", "decided_date": "2025-01-05"}], ("not_carried_out", ""), {}),
    (2, [completed(IN_TIME)], ("completed_in_time", "not_coded"), {"withdrawn": AFTER}),
    (1, [completed(IN_TIME)], None, {"withdrawn": BEFORE}),
    (1, [completed(IN_TIME)], None, {"sent": None}),          # a review, but no notification
    (1, [STARTED], None, {"revision": {"notification": {"notifiable": "no"}}}),
    (1, [STARTED], None, {"event": "2025-01-02", "sent": NOT_DUE}),
    (6, [], None, {"sent": None}),
]


class Reviews(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.v = Varde()
        cls.addClassCleanup(cls.v.__exit__, None, None, None)
        cls.v.at(BEFORE)
        cls.country = Country(cls.v)
        cls.country.cover("2024-01")
        cls.truth = collections.Counter()
        told = [cls.tell(trust) for trust in cls.country.trusts]
        cls.v.at(AFTER)
        for trust, later in zip(cls.country.trusts, told):
            cls.send(trust, later)
        cls.v.at(BUILD)

    @classmethod
    def send(cls, trust, documents):
        """(schema, document) in one batch, in their order."""
        body = json.dumps({"submissions": [cls.v.sign(trust, d, schema=schema) for schema, d in documents]})
        answer = cls.v.post("/v1/submissions/batch", body, trust, type="application/json")
        assert answer.status == 200 and {r["status"] for r in answer.json["results"]} <= {201}, answer

    @classmethod
    def tell(cls, trust):
        """Sends what a trust has by the cut-off; returns what comes after."""
        now, later = [], []
        for n, reviews, wanted, more in STORIES:
            for _ in range(n):
                report = cls.report(trust, **more)
                now.append(("incident-report/1.0", report))
                now += [("review/1.0", cls.review(trust, report, i, review)) for i, review in enumerate(reviews, 1)]
                if "revision" in more:
                    now.append(("incident-report/1.0", {**report, "revision": 2, **more["revision"]}))
                if "withdrawn" in more:
                    withdrawal = about("withdrawal/entered-in-error", trust, report)
                    (now if more["withdrawn"] == BEFORE else later).append(("withdrawal/1.0", withdrawal))
                if "after" in more:
                    later.append(("review/1.0", cls.review(trust, report, len(reviews) + 1, more["after"])))
                if wanted:
                    cls.truth[(trust.orgnr, *wanted)] += 1
        cls.send(trust, now)
        return later

    @staticmethod
    def report(trust, sent="2024-11-15", event="2024-11-03", **_):
        d = example("minimal-hf", trust)
        d["event"] = {**d["event"], "date": event}
        d["source"]["registered_at"] = f"{event}T12:00:00+01:00"
        d["harm"]["actual"] = "severe"
        if sent:
            d["notification"] = {"notifiable": "yes", "criteria": ["very_serious_harm"], "sent_date": sent}
        return d

    @staticmethod
    def review(trust, report, revision, says):
        says = dict(says)
        return about(f"review/{says.pop('status')}", trust, report, review_revision=revision, **says)

    def test_1_handed_over(self):
        """As of the cut-off, whenever it is asked for."""
        output, _ = call(self.v.demo / "data", "release base", as_of=BUILD, final_year=2024)
        found = collections.Counter()
        for row in map(json.loads, output.splitlines()):
            if row.get("clock") == "review":
                self.assertEqual((row["row"], row["period"], row["class"], row["municipality"]), ("counted", "2024", "incident", ""))
                found[row["org"], row["review"], row["factors"]] += row["n"]
        self.assertEqual(found, self.truth)

    def test_2_published(self):
        report = json.loads(self.v.ctl("release", "build", "--json", "--as-of", BUILD).stdout)
        self.assertTrue(report["safe"])
        self.assertEqual({t["id"]: t["clock"] for t in report["tables"] if t["id"] > "V4"},
                         {"V4010": "event", "V4011": "event", "V5010": "event", "V5011": "event"})
        words = self.v.ctl("release", "show", "2025K1").stdout
        self.assertIn("by review", words)
        self.v.ctl("release", "promote", "2025K1")
        self.start_statd()
        states, factors = self.cells("V4010"), self.cells("V4011")
        self.assertEqual(states.pop("00"), sum(self.truth.values()))
        wanted = collections.Counter()
        for (_, state, coding), n in self.truth.items():
            wanted[state] += n
            if coding:
                wanted[coding] += n
                wanted["completed"] += n
            if coding.startswith("levels"):
                wanted["coded"] += n
        # Many of each: none is hidden, and the reader finds the share of the overdue.
        self.assertEqual(states, {state: wanted[state] for state in states})
        self.assertEqual(set(states), {"none", "started", "overdue", "not_carried_out", "completed", "completed_in_time",
                                       "completed_late"})
        self.assertEqual(factors.pop("00"), wanted["completed"])
        self.assertEqual(factors, {coding: wanted[coding] for coding in factors})
        # A near miss that was notified there is none, and nobody sees that there is none.
        self.assertEqual(set(self.cells("V4010", "near_miss").values()), {":"})
        # Nor whether the municipalities, which are registered but sent nothing, notified anything.
        self.assertEqual(set(self.cells("V5010").values()), {":"})
        metadata = self.get("/api/v2/tables/V4010/metadata?lang=en")
        self.assertEqual(list(metadata["dimension"]["Region"]["category"]["index"]), ["NO"])
        self.assertEqual(metadata["dimension"]["Gjennomgang"]["category"]["child"]["completed"],
                         ["completed_in_time", "completed_late"])
        self.assertIn("31 March", " ".join(metadata["note"]))

    def start_statd(self):
        statd = subprocess.Popen([BIN / "varde-statd", "--config", self.v.conf], stderr=subprocess.DEVNULL)

        def end():
            statd.send_signal(signal.SIGTERM)
            self.assertEqual(statd.wait(30), 0)
        self.addCleanup(end)
        self.port = int(self.v.info["statistics"].rsplit(":", 1)[1])
        end_of_wait = time.monotonic() + 60
        while time.monotonic() < end_of_wait:
            with contextlib.suppress(ConnectionRefusedError), socket.create_connection(("127.0.0.1", self.port)):
                return
            time.sleep(0.05)  # polling a condition, bounded
        self.fail("statd does not listen")

    def get(self, path):
        answer = self.v.request("GET", path, port=self.port)
        self.assertEqual(answer.status, 200, answer)
        return answer.json

    def cells(self, table, event_class="incident"):
        """{code of the table's own dimension: figure or mark} of the nation in 2024."""
        name = "Gjennomgang" if table.endswith("0") else "Faktorer"
        data = self.get(f"/api/v2/tables/{table}/data?outputFormat=json-stat2&valuecodes[Hendelsesklasse]={event_class}"
                        f"&valuecodes[Tid]=2024&valuecodes[{name}]=*&valuecodes[ContentsCode]=*")
        own = data["dimension"][name]["category"]["index"]
        self.assertEqual(len(data["value"]), len(own))
        marks = data.get("status", {})
        return {code: marks.get(str(i), data["value"][i]) for code, i in own.items()}


if __name__ == "__main__":
    unittest.main()
