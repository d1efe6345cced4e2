"""What is reported, and when: every report of the country with its revisions, made from
a few numbers alone. The same numbers give the same plan, on any machine.

A plan knows nothing of how it is sent. fill asks it for documents (document.py), tests
ask it for the counts that must come out (truth.py).

Skew: trusts differ by a factor of twenty, types and severities as quality systems see
them, each organisation a little in its own way. Time: fewer reports at weekends and in
July, falls and infections in winter, more every year, a slow start after joining. Late:
some are registered long after the event, some sent long after they were registered.
"""
import bisect
import datetime
import functools
import itertools
import random
import uuid
import zoneinfo

import country

OSLO = zoneinfo.ZoneInfo("Europe/Oslo")
DAY_S = 86400
EPOCH = datetime.date(1970, 1, 1).toordinal()
SENT_AFTER_END_DAYS = 5  # the plan ends then; what would be sent later is sent by then

WEEKDAYS = (1.12, 1.10, 1.05, 1.02, 0.95, 0.28, 0.22)
MONTHS = (1.05, 1.00, 1.08, 0.97, 1.00, 1.00, 0.72, 0.95, 1.05, 1.08, 1.10, 0.92)
GROWTH_A_YEAR = 0.05
FIRST_MONTHS = (0.6, 0.8, 0.9)
BEFORE_JOINING = 0.7

CLASSES = {"hf": {"incident": 71, "near_miss": 20, "hazard": 9}, "municipality": {"incident": 82, "near_miss": 11, "hazard": 7}}
TYPES = {
    "hf": {"treatment_care": 21, "medication_blood": 17, "fall_accident": 13, "documentation_information": 11,
           "patient_administration": 9, "diagnostics": 8, "patient_behaviour": 7, "medical_device": 5, "infection": 4,
           "other": 3, "blood_cells_organs": 1, "unknown": 1},
    "municipality": {"fall_accident": 30, "medication_blood": 28, "treatment_care": 12, "documentation_information": 10,
                     "patient_behaviour": 9, "patient_administration": 4, "medical_device": 3, "infection": 2, "diagnostics": 1,
                     "other": 0.6, "unknown": 0.3, "blood_cells_organs": 0.1},
}
WINTER = {"fall_accident": 1.35, "infection": 1.6}  # in December to February
HARM = {"none": 40, "mild": 33, "moderate": 19, "severe": 5, "death": 0.6, "unknown": 2.4}
HARM_OF_TYPE = {  # where it differs
    "fall_accident": {"none": 34, "mild": 42, "moderate": 16, "severe": 7, "death": 0.5, "unknown": 1},
    "diagnostics": {"none": 28, "mild": 27, "moderate": 27, "severe": 12, "death": 1.8, "unknown": 4},
    "infection": {"none": 12, "mild": 38, "moderate": 38, "severe": 9, "death": 1, "unknown": 2},
    "documentation_information": {"none": 66, "mild": 21, "moderate": 9, "severe": 1.2, "death": 0.1, "unknown": 2},
    "patient_administration": {"none": 62, "mild": 23, "moderate": 11, "severe": 2, "death": 0.2, "unknown": 2},
}
POTENTIAL = {"mild": 25, "moderate": 40, "severe": 27, "death": 5, "unknown": 3}
WORSE = {"none": "mild", "mild": "moderate", "moderate": "severe", "severe": "death", "unknown": "severe"}
PLACES = {
    "hf": {"ward": 42, "outpatient": 11, "psychiatry": 11, "emergency": 9, "theatre": 8, "laboratory_imaging": 6, "intensive": 5,
           "maternity": 4, "addiction": 1.5, "ambulance": 1.5, "patient_home": 0.4, "other": 0.4, "unknown": 0.2},
    "municipality": {"nursing_home_long": 41, "home_nursing": 27, "nursing_home_short": 12, "assisted_living": 7,
                     "practical_assistance": 3, "mental_health_addiction": 3, "emergency_primary_care": 3, "rehabilitation": 1,
                     "health_station": 1, "gp": 0.8, "dental": 0.5, "other": 0.5, "unknown": 0.2},
}
STAGES = {"": 20, "treatment": 26, "monitoring": 15, "planning_prescribing": 9, "assessment": 8, "referral_transfer": 7,
          "diagnosis_decision": 5, "admission": 4, "discharge": 3, "support": 2, "access": 0.5, "self_care": 0.3, "unknown": 0.2}
PRECISIONS = {"day": 93, "month": 5, "year": 1, "unknown": 1}

# Days from event to registration, from registration to sending: weight and range.
REGISTERED_AFTER = ((55, 0, 0), (25, 1, 1), (12, 2, 7), (6, 8, 60), (2, 61, 500))
SENT_AFTER = ((95.4, 0, 0), (4, 20, 110), (0.6, 111, 400))
REVISED, REVISED_TWICE = 0.12, 0.02
REVISED_AFTER_DAYS = (10, 150)
RAISED, RECLASSIFIED, REACHED_AFTER_ALL = 0.40, 0.20, 0.03  # of revisions; the others change nothing that is counted
WITHDRAWN = 0.008
WITHDRAWN_AFTER_DAYS = (1, 200)  # after the newest revision
WITHDRAWAL_REASONS = {"duplicate": 45, "entered_in_error": 30, "not_patient_event": 20, "wrong_organisation": 5}
NOTIFIED = 0.7  # of incidents that ended in death or severe harm
REVIEW_STARTED, REVIEW_ENDED, REVIEW_GIVEN_UP = 0.85, 0.85, 0.03
REVIEW_STARTED_AFTER_DAYS, REVIEW_ENDED_AFTER_DAYS = (5, 45), (30, 90)
LINKED = 0.03  # of the municipalities' reports
LINKED_BACK = 0.7


class Version:
    """One revision, as it will be sent. `sent` is seconds since 1970."""

    __slots__ = ("sent", "event_class", "event_type", "actual", "potential")

    def __init__(self, sent, event_class, event_type, actual, potential):
        self.sent, self.event_class, self.event_type = sent, event_class, event_type
        self.actual, self.potential = actual, potential

    @property
    def severity(self):
        return self.actual if self.event_class == "incident" else self.potential


class Later:
    """A document about a report: "review" or "withdrawal", with its revision and what it says
    (the status, the reason)."""

    __slots__ = ("sent", "kind", "revision", "says")

    def __init__(self, sent, kind, revision, says):
        self.sent, self.kind, self.revision, self.says = sent, kind, revision, says


class Report:
    """`day` and `event_day` are ordinals of the local date, `second` of the local day."""

    __slots__ = ("organisation", "number", "report_id", "day", "second", "event_day", "precision", "place", "stage",
                 "versions", "links", "notified", "later")

    def __init__(self, organisation, number, report_id, day, second):
        self.organisation, self.number, self.report_id, self.day, self.second = organisation, number, report_id, day, second
        self.links, self.notified, self.later = (), False, []

    @property
    def withdrawn(self):
        """When its withdrawal is sent, or None."""
        return next((later.sent for later in self.later if later.kind == "withdrawal"), None)


class Picker:
    """Draws a key of a table of weights."""

    def __init__(self, table):
        self.keys = list(table)
        self.sums = list(itertools.accumulate(table.values()))

    def pick(self, rng):
        return self.keys[bisect.bisect_right(self.sums, rng.random() * self.sums[-1])]


@functools.cache
def _picker_of(table):
    return Picker(dict(table))


def picker(table):
    return _picker_of(tuple(table.items()))


def between(rng, low, high):
    """A whole number from low to high. random() alone is the same in every version of Python."""
    return low + int(rng.random() * (high - low + 1))


def days_of(rng, ranges):
    low, high = picker({(low, high): weight for weight, low, high in ranges}).pick(rng)
    return between(rng, low, high)


@functools.cache
def midnight(day):
    """Seconds since 1970 when a local day begins, by its offset at noon."""
    date = datetime.date.fromordinal(day)
    offset = datetime.datetime(date.year, date.month, date.day, 12, tzinfo=OSLO).utcoffset()
    return (day - EPOCH) * DAY_S - int(offset.total_seconds())


@functools.cache
def month_of(day):
    date = datetime.date.fromordinal(day)
    return date.year, date.month


class Plan:
    """`until` is the last month as (year, month). Reports are per organisation, in order
    of registration: `reports[orgnr]`."""

    def __init__(self, reports, seed=1, until=(2026, 10), months=36, joining="national", trusts=20, towns=50, municipal=0.14):
        self.about = {"reports": reports, "seed": seed, "until": f"{until[0]}-{until[1]:02}", "months": months,
                      "joining": joining, "trusts": trusts, "towns": towns, "municipal": municipal}
        self.municipalities = country.Municipalities()
        self.until, self.start = until, country.month_after(until, 1 - months)
        self.end_day = country.first_day(country.month_after(until, 1)).toordinal()
        self.end = midnight(self.end_day + SENT_AFTER_END_DAYS)
        self.organisations = country.organisations(self.municipalities, self.start, months, joining, trusts, towns)
        self.by_orgnr = {one.orgnr: one for one in self.organisations}
        self.seed = seed
        days = {one.orgnr: self._days(one) for one in self.organisations}
        counts = self._share(reports, days, municipal)
        self.reports = {}
        for one in self.organisations:
            self.reports[one.orgnr] = self._reports_of(one, counts[one.orgnr], *days[one.orgnr])
        self._link()

    # --- how many, and on which days ------------------------------------------------

    def _days(self, one):
        """(days, running sums of their weights) of an organisation."""
        joined = country.first_day(one.joined).toordinal()
        first = country.first_day(country.month_after(one.joined, -one.before)).toordinal()
        origin = country.first_day(self.start).toordinal()
        weights = []
        for day in range(first, self.end_day):
            date = datetime.date.fromordinal(day)
            weight = WEEKDAYS[date.weekday()] * MONTHS[date.month - 1] * max(0.5, 1 + GROWTH_A_YEAR * (day - origin) / 365)
            if day < joined:
                weight *= BEFORE_JOINING
            else:
                months = (date.year - one.joined[0]) * 12 + date.month - one.joined[1]
                weight *= FIRST_MONTHS[months] if months < len(FIRST_MONTHS) else 1
            weights.append(weight)
        return range(first, self.end_day), list(itertools.accumulate(weights))

    def _share(self, reports, days, municipal):
        """Whole numbers that sum to `reports`, by largest remainder."""
        raw = {one.orgnr: one.size * days[one.orgnr][1][-1] for one in self.organisations}
        of_kind = {kind: sum(raw[o.orgnr] for o in self.organisations if o.kind == kind) for kind in ("hf", "municipality")}
        part = {"hf": 1 - municipal, "municipality": municipal}
        if not all(of_kind.values()):
            part = dict.fromkeys(part, 1)
        exact = {o.orgnr: reports * part[o.kind] * raw[o.orgnr] / of_kind[o.kind] for o in self.organisations}
        counts = {orgnr: int(number) for orgnr, number in exact.items()}
        rest = reports - sum(counts.values())
        for orgnr in sorted(exact, key=lambda orgnr: (counts[orgnr] - exact[orgnr], orgnr))[:rest]:
            counts[orgnr] += 1
        return counts

    # --- one organisation -------------------------------------------------------------

    def _habits(self, one, rng):
        """Its own tables: what it sees more or less of than others."""
        def bent(table, low, high):
            return {key: weight * (low + (high - low) * rng.random()) for key, weight in table.items()}
        types = bent(TYPES[one.kind], 0.6, 1.5)
        winter = {key: weight * WINTER.get(key, 1) for key, weight in types.items()}
        return (Picker(bent(CLASSES[one.kind], 0.7, 1.4)), Picker(types), Picker(winter), Picker(bent(PLACES[one.kind], 0.5, 1.7)))

    def _reports_of(self, one, count, days, sums):
        rng = random.Random(f"{self.seed}/{one.orgnr}")
        classes, types, winter, places = self._habits(one, rng)
        joined_s = midnight(country.first_day(one.joined).toordinal()) + 3 * DAY_S
        chosen = sorted(days[bisect.bisect_right(sums, rng.random() * sums[-1])] for _ in range(count))
        found = []
        for number, day in enumerate(chosen, 1):
            report_id = str(uuid.UUID(int=rng.getrandbits(128) | 1 << 127, version=4))  # never begins with zeros
            second = int((7 + 4 * rng.random() + 4 * rng.random()) * 3600)
            report = Report(one, number, report_id, day, second)
            month = month_of(day)[1]
            event_class = classes.pick(rng)
            event_type = (winter if month in (12, 1, 2) else types).pick(rng)
            self._event(report, rng)
            report.place, report.stage = places.pick(rng), picker(STAGES).pick(rng)
            actual, potential = "none", picker(POTENTIAL).pick(rng)
            if event_class == "incident":
                actual = picker(HARM_OF_TYPE.get(event_type, HARM)).pick(rng)
            sent = self._first_sent(one, day, joined_s, rng)
            report.versions = [Version(sent, event_class, event_type, actual, potential)]
            self._revise(report, types, rng)
            self._follow(report)
            found.append(report)
        return found

    def _event(self, report, rng):
        lag = days_of(rng, REGISTERED_AFTER)
        if not lag and datetime.date.fromordinal(report.day).weekday() == 0 and rng.random() < 0.4:
            lag = between(rng, 1, 2)  # Monday's reports tell of the weekend
        report.precision = picker(PRECISIONS).pick(rng)
        report.event_day = report.day - lag

    def _first_sent(self, one, day, joined_s, rng):
        """The large ones send every night, small municipalities on Sundays."""
        day += days_of(rng, SENT_AFTER) + 1
        if one.size < 1:
            day += -datetime.date.fromordinal(day).weekday() % 7
        return min(max(midnight(day) + 2 * 3600 + int(1800 * rng.random()), joined_s), self.end)

    def _revise(self, report, types, rng):
        """Later knowledge."""
        chance = rng.random()
        for _ in range((chance < REVISED) + (chance < REVISED_TWICE)):
            last = report.versions[-1]
            new = Version(last.sent, last.event_class, last.event_type, last.actual, last.potential)
            new.sent = min(new.sent + between(rng, *REVISED_AFTER_DAYS) * DAY_S, self.end)
            self._change(new, types, rng)
            report.versions.append(new)

    def _change(self, version, types, rng):
        what = rng.random()
        if version.event_class != "incident" and what < REACHED_AFTER_ALL:
            version.event_class, version.actual = "incident", "mild"
        elif what < RAISED:
            if version.event_class == "incident":
                version.actual = WORSE.get(version.actual, version.actual)
            else:
                version.potential = WORSE.get(version.potential, version.potential)
        elif what < RAISED + RECLASSIFIED:
            version.event_type = types.pick(rng)

    def _follow(self, report):
        """The review that the law asks for, and the end of what should not have been reported. A
        report is withdrawn after all else that is said of it. Drawn by the report's own
        id: nothing else of the plan depends on it."""
        rng = random.Random(f"{report.report_id}/later")
        last = report.versions[-1]
        if last.event_class == "incident" and last.actual in ("severe", "death") and rng.random() < NOTIFIED:
            report.notified = True
            self._review(report, rng)
        if rng.random() < WITHDRAWN:
            after = max([last.sent] + [later.sent for later in report.later])
            sent = min(after + between(rng, *WITHDRAWN_AFTER_DAYS) * DAY_S, self.end)
            report.later.append(Later(sent, "withdrawal", 1, picker(WITHDRAWAL_REASONS).pick(rng)))

    def _review(self, report, rng):
        sent, chance = report.versions[-1].sent, rng.random()
        for revision, (limit, days) in enumerate(((REVIEW_STARTED, REVIEW_STARTED_AFTER_DAYS),
                                                  (REVIEW_STARTED * REVIEW_ENDED, REVIEW_ENDED_AFTER_DAYS)), 1):
            if chance >= limit:
                return
            sent = min(sent + between(rng, *days) * DAY_S, self.end)
            given_up = revision == 2 and rng.random() < REVIEW_GIVEN_UP
            report.later.append(Later(sent, "review", revision,
                                      "started" if revision == 1 else "not_carried_out" if given_up else "completed"))

    # --- events that both levels report --------------------------------------------------

    def _link(self):
        """Some of the municipalities' reports tell of the same event as a trust's of those
        days. Each names the other, or the municipality alone does."""
        rng = random.Random(f"{self.seed}/links")
        trusts = sorted((r for o in self.organisations if o.kind == "hf" for r in self.reports[o.orgnr]),
                        key=lambda r: (r.day, r.report_id))
        days = [report.day for report in trusts]
        for one in self.organisations:
            if one.kind != "municipality" or not trusts:
                continue
            for report in self.reports[one.orgnr]:
                if rng.random() >= LINKED:
                    continue
                at = bisect.bisect_left(days, report.day - 3)
                other = trusts[min(at + between(rng, 0, 20), len(trusts) - 1)]
                if other.links or other.event_day > report.day or other.day > report.day + 60:
                    continue
                report.event_day, report.precision = other.event_day, other.precision
                report.links = (other,)
                if rng.random() < LINKED_BACK:
                    other.links = (report,)

    # --- sending ---------------------------------------------------------------------------

    def sends(self, orgnr):
        """(when, report, which) of all that an organisation sends, in order; `which` is the number
        of a revision, or a Later. A revision never comes before the one that it changes."""
        found = [(version.sent, report.number, revision, report, revision) for report in self.reports[orgnr]
                 for revision, version in enumerate(report.versions, 1)]
        found += [(later.sent, report.number, len(report.versions) + place, report, later)
                  for report in self.reports[orgnr] for place, later in enumerate(report.later, 1)]
        found.sort(key=lambda send: send[:3])
        return [(sent, report, which) for sent, _, _, report, which in found]
