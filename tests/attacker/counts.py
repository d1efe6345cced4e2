"""A small country that reports: frozen counts, release after release, as the intake's
host keeps them (count/counted.h), from a seed. Late reports, revisions that raise the
severity, withdrawals, organisations that join one by one."""
import collections
import json

import numpy

CLASSES = ["incident", "near_miss", "hazard"]
REGIONS = ["helse_sor_ost", "helse_vest", "helse_midt", "helse_nord"]
FIELDS = "clock org period registered_year late linked class_ type severity place stage municipality".split()
Row = collections.namedtuple("Row", FIELDS + ["n", "review", "factors"], defaults=("", ""))
STATES = {"none": 0.08, "started": 0.08, "overdue": 0.2, "not_carried_out": 0.05, "completed_in_time": 0.4, "completed_late": 0.19}
FACTORS = {"not_coded": 0.4, "none_found": 0.1, "levels_0": 0.05, "levels_1": 0.2, "levels_2": 0.15, "levels_3": 0.1}
NOTIFIED = 0.15  # of incidents


def month(text):
    year, number = text.split("-")
    return 12 * int(year) + int(number) - 1


def month_text(m):
    return f"{m // 12}-{m % 12 + 1:02d}"


def read_rows(path):
    """The rows of such a file."""
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    rows = [line for line in lines if line.get("row") == "counted"]
    return [Row(r["clock"], r["org"], month(r["period"]) if r["clock"] == "registration" else int(r["period"]),
                r["registered_year"], r["late"], r["linked"], r["class"], r["type"], r["severity"], r["place"],
                r["stage"], r["municipality"], r["n"], r.get("review", ""), r.get("factors", "")) for r in rows]


def read_coverage(path):
    """Who reports since when; of a municipality, by its number."""
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    number = {line["org"]: line["municipality"] for line in lines if "row" in line}
    return {number.get(o["organisation"]) or o["organisation"]: month(o["coverage_start"] or "2999-12")
            for o in lines if "organisation" in o}


class Country:
    """`lists`: codes by list; `joined`: month of the first report per trust, cyclically;
    `reports`: of hospitals, `municipal`: of municipalities, over all the time."""

    def __init__(self, seed, lists, trusts=8, regions=4, first="2024-01", last="2024-12", reports=4000,
                 municipalities=(), municipal=0, joined=()):
        self.random = random = numpy.random.default_rng(seed)
        self.lists, self.first, self.last = lists, month(first), month(last)
        sizes = random.lognormal(0, 0.7, trusts)
        self.organisations = []
        for i in range(trusts):
            start = month(joined[i % len(joined)]) if joined else self.first
            self.organisations.append((f"9100000{i:02d}", "hf", REGIONS[i * regions // trusts], "", start, sizes[i]))
        weights = random.lognormal(0, 1, len(municipalities))
        for i, number in enumerate(municipalities):
            self.organisations.append((f"9200{number}0", "municipality", "", number, self.first, weights[i]))
        self.hospital = self.draw([o for o in self.organisations if o[1] == "hf"], reports)
        self.other = self.draw([o for o in self.organisations if o[1] != "hf"], municipal)
        self.random = numpy.random.default_rng((seed, 1))
        for reports in (self.hospital, self.other):
            self.review(reports)

    def codes(self, name, n, skew):
        """Some codes are common and some are rare."""
        names = self.lists[name]
        share = 1 / (1 + numpy.arange(len(names))) ** skew
        return numpy.array(names, dtype=object)[self.random.choice(len(names), n, p=share / share.sum())]

    def draw(self, organisations, n):
        if not organisations:
            return None
        random = self.random
        share = numpy.array([o[5] for o in organisations])
        who = random.choice(len(organisations), n, p=share / share.sum())
        return {"org": numpy.array([o[0] for o in organisations], dtype=object)[who],
                "municipality": numpy.array([o[3] for o in organisations], dtype=object)[who],
                "start": numpy.array([o[4] for o in organisations])[who],
                "registered": random.integers(self.first, self.last + 1, n),
                "lag": random.choice(5, n, p=[0.6, 0.25, 0.08, 0.05, 0.02]),
                "quarters_late": random.choice(3, n, p=[0.93, 0.05, 0.02]),
                "class": numpy.array(CLASSES, dtype=object)[random.choice(3, n, p=[0.7, 0.2, 0.1])],
                "type": self.codes("event_type", n, 0.9), "severity": self.codes("harm", n, 1.2),
                "place": self.codes("place", n, 0.8), "stage": self.codes("process_stage", n, 0.8),
                "raised": random.random(n) < 0.08, "withdrawn": random.random(n) < 0.02, "linked": random.random(n) < 0.04}

    def review(self, reports):
        """Which are notified, where their review stands in the end, and what it says."""
        n = len(reports["org"]) if reports else 0
        if n:
            reports["notified"] = (self.random.random(n) < NOTIFIED) & (reports["class"] == "incident")
            for name, table in (("review", STATES), ("factors", FACTORS)):
                reports[name] = self.random.choice(numpy.array(list(table), dtype=object), n, p=list(table.values()))

    # --- what is counted ----------------------------------------------------------------

    def registered(self, reports, closed, counter):
        """By month of registration: late ones in the first open month, three months on at most."""
        first_open = (reports["registered"] // 3 + reports["quarters_late"]) * 3
        late = reports["quarters_late"] > 0
        period = numpy.where(late, first_open, reports["registered"])
        counts = (reports["quarters_late"] < 2) & (reports["registered"] >= reports["start"]) & (period <= closed)
        for i in numpy.flatnonzero(counts):
            counter["registration", reports["org"][i], int(period[i]), 0, bool(late[i]), bool(reports["linked"][i]),
                    reports["class"][i], reports["type"][i], reports["severity"][i], reports["place"][i], reports["stage"][i],
                    reports["municipality"][i]] += 1

    def final_of(self, reports, year):
        """Of events in the year, as of 31 March of the next."""
        event = reports["registered"] - reports["lag"]
        arrived = reports["registered"] + 3 * reports["quarters_late"]
        return numpy.flatnonzero((event // 12 == year) & (arrived <= 12 * year + 14) & ~reports["withdrawn"])

    def reviews(self, reports, year, counter):
        """Once more those that were notified."""
        for i in self.final_of(reports, year):
            if reports["notified"][i]:
                state = reports["review"][i]
                counter["review", reports["org"][i], year, 0, False, False, reports["class"][i], "", "", "", "",
                        reports["municipality"][i], state, reports["factors"][i] if state.startswith("completed") else ""] += 1

    def final(self, year, counter):
        reports, names = self.hospital, self.lists["harm"]
        for i in self.final_of(reports, year):
            severity = reports["severity"][i]
            if reports["raised"][i]:
                severity = names[min(names.index(severity) + 1, len(names) - 1)]
            counter["event", reports["org"][i], year, int(reports["registered"][i]) // 12, False, False,
                    reports["class"][i], reports["type"][i], severity, reports["place"][i], reports["stage"][i], ""] += 1

    def rows(self, closed):
        """Frozen rows of the release that closes `closed`; final years come with the first quarter."""
        counter, reviews, closed = collections.Counter(), collections.Counter(), month(closed)
        self.registered(self.hospital, closed, counter)
        if self.other:
            self.registered(self.other, closed, counter)
        for year in range(self.first // 12, self.last // 12):
            if closed >= 12 * year + 14:
                self.final(year, counter)
                for reports in (self.hospital, self.other):
                    if reports:
                        self.reviews(reports, year, reviews)
        return [Row(*key, n) for key, n in sorted(counter.items())] + \
            [Row(*key[:-2], n, *key[-2:]) for key, n in sorted(reviews.items())]

    def coverage(self):
        """Who reports since when: public knowledge."""
        return {o[3] or o[0]: o[4] for o in self.organisations}

    def write(self, path, closed, rows):
        lines = [{"varde_counts": 1, "as_of": "2029-01-01T00:00:00.000Z", "closed": closed, "reviews_from": self.first // 12}]
        for orgnr, kind, region, _, start, _ in self.organisations:
            joined = start <= month(closed)
            lines.append({"organisation": orgnr, "name": f"Virksomhet {orgnr}", "kind": kind, "region": region,
                          "coverage_start": month_text(start) if joined else "", "active": True, "upto_seq": 0})
        for r in rows:
            lines.append({"row": "counted", "clock": r.clock, "org": r.org,
                          "period": month_text(r.period) if r.clock == "registration" else str(r.period),
                          "registered_year": r.registered_year, "late": r.late, "linked": r.linked, "class": r.class_,
                          "type": r.type, "severity": r.severity, "place": r.place, "stage": r.stage,
                          "municipality": r.municipality, "n": r.n,
                          **({"review": r.review, "factors": r.factors} if r.review else {})})
        lines.append({"end": sum(r.n for r in rows), "organisations": len(self.organisations), "rows": len(rows)})
        path.write_text("".join(json.dumps(line, separators=(",", ":")) + "\n" for line in lines))
