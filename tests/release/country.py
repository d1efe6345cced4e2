"""A small country in the real intake: health trusts in four regions that report month
by month, and what a release must therefore count."""
import collections
import json
import random
import sys
import pathlib

sys.path[:0] = [str(pathlib.Path(__file__).parents[1] / "http")]
from varde import Organisation, example, organisation_numbers  # noqa: E402

REGIONS = {"helse_sor_ost": "991324968", "helse_vest": "983658725", "helse_midt": "983658776",
           "helse_nord": "883658752"}
TYPES = ["fall_accident", "medication_blood", "infection"]
HARMS = ["none", "mild", "moderate", "severe"]
CLASSES = ["incident", "near_miss"]


class Country:
    def __init__(self, varde, trusts=8, seed=1):
        self.v, self.random = varde, random.Random(seed)
        self.truth = collections.Counter()  # (orgnr, month, class, type) of first revisions
        self.trusts, self.region = [], {}
        numbers = organisation_numbers()
        for i in range(trusts):
            trust = self.v.register(Organisation(next(numbers), f"Helse Prøve {i + 1} HF"))
            self.region[trust.orgnr] = list(REGIONS)[i % 4]
            self.trusts.append(trust)

    def cover(self, start):
        for trust in self.trusts:
            self.v.ctl("tenant", "set", trust.orgnr, "--coverage-start", start, "--parent",
                       REGIONS[self.region[trust.orgnr]])

    def document(self, trust, month):
        kind = self.random.choices(CLASSES, (4, 1))[0]
        d = example("minimal-hf" if kind == "incident" else "near-miss-without-patient", trust)
        d["event_type"] = self.random.choices(TYPES, (6, 3, 1))[0]
        if kind == "incident":
            d["harm"]["actual"] = self.random.choices(HARMS, (5, 4, 2, 1))[0]
        day = self.random.randint(1, 28)
        d["event"] = {**d["event"], "date": f"{month}-{day:02}"}
        d["source"]["registered_at"] = f"{month}-{day:02}T12:00:00+01:00"
        return d

    def report(self, trust, month, n):
        """Submits n reports that were registered in that month, as one batch."""
        documents = [self.document(trust, month) for _ in range(n)]
        body = json.dumps({"submissions": [self.v.sign(trust, d) for d in documents]})
        answer = self.v.post("/v1/submissions/batch", body, trust, type="application/json")
        assert answer.status == 200, answer
        for d, result in zip(documents, answer.json["results"]):
            assert result["status"] == 201, result
            self.truth[trust.orgnr, month, d["event_class"], d["event_type"]] += 1

    def fill(self, months, size):
        """Unequal trusts: the first report most, the last a few."""
        for i, trust in enumerate(self.trusts):
            for month in months:
                self.report(trust, month, max(1, int(size / (1 + i) * self.random.uniform(0.6, 1.4))))

    def sum(self, region="NO", months=None, event_class="incident", event_type=None):
        return sum(n for (orgnr, month, kind, type), n in self.truth.items()
                   if region in ("NO", orgnr, self.region[orgnr]) and (not months or month in months) and
                   kind == event_class and event_type in (None, type))
