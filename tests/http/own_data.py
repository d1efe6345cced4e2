"""A trust's year for tests of the own view: reports over several months, sub-units, classes
and clocks, revisions that change what is counted, another tenant's reports, and the release
that stands beside them; and the same counted by a program of the test's own."""
import collections
import itertools
import json
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "statd"))
import release  # noqa: E402
from varde import SOURCE, example  # noqa: E402

UNITS = {"310000213": "Medisinsk klinikk", "310000221": "Kirurgisk klinikk"}
NO_UNIT = "UTEN_ENHET"
CLASSES = ("incident", "near_miss", "hazard")
NAMES = {"incident": "minimal-hf", "near_miss": "near-miss-without-patient", "hazard": "hazard"}
RHF = "983658725", "helse_vest"


def codes(name):
    return ["00"] + [c["code"] for c in json.loads((SOURCE / f"schemas/codes/{name}.json").read_text())["codes"]]


TYPES, HARMS = codes("event_type"), codes("harm")


def month_of(written):
    """12 * year + month - 1 of "2026-11", as the daemon writes the running month: it is Norway's."""
    return int(written[:4]) * 12 + int(written[5:7]) - 1


def text(month, form="{:04d}-{:02d}"):
    return form.format(month // 12, month % 12 + 1)


def code(month, period="month"):
    year = month // 12
    return {"month": text(month, "{:04d}M{:02d}"), "quarter": f"{year}K{month % 12 // 3 + 1}", "year": str(year)}[period]


def report(tenant, kind, registered, event=None, unit=None, type="fall_accident", harm="mild", day=10):
    """`registered` and `event` are months; `event` may be a text."""
    document = example(NAMES[kind], tenant, event_type=type)
    document["source"]["registered_at"] = f"{text(registered)}-{day:02d}T12:00:00+01:00"
    if isinstance(event, str):
        document["event"] = {"date": event, "precision": {4: "year", 7: "month"}[len(event)]}
    else:
        document["event"] = {"date": f"{text(registered if event is None else event)}-05", "precision": "day"}
    document["harm"] = {**document["harm"], "actual" if kind == "incident" else "potential": harm}
    if unit:
        document["organisation"]["unit_number"] = unit
    return document


def months_of(document):
    """(of registration, of the event or None)."""
    def month(t):
        return int(t[:4]) * 12 + int(t[5:7]) - 1 if len(t) >= 7 else None
    return month(document["source"]["registered_at"]), month(document["event"].get("date", ""))


def submit(v, tenant, document):
    answer = v.submit(tenant, document)
    assert answer.status == 201, answer
    return document


def fill(v, tenant, other, now):
    """Sends everything; returns the newest revision of each of the tenant's reports."""
    first, second = UNITS
    plan = [report(tenant, "incident", now - 9),  # before the coverage starts
            report(tenant, "incident", now - 6, unit=first), report(tenant, "incident", now - 6, unit=first, harm="moderate"),
            report(tenant, "incident", now - 6, now - 8, unit=second, type="medication_blood"),
            report(tenant, "near_miss", now - 5, unit=second, type="medication_blood", harm="severe"),
            report(tenant, "hazard", now - 5, type="medical_device", harm="moderate"),
            report(tenant, "incident", now - 3, now - 4, unit="310000248", type="infection"),  # a unit that is not registered
            report(tenant, "incident", now - 3, text(now - 4), harm="none"), report(tenant, "incident", now - 3, str((now - 14) // 12)),
            report(tenant, "incident", now - 1, day=1), report(tenant, "incident", now - 1, day=28, unit=first)]
    for document in plan:
        submit(v, tenant, document)
    # A revision that changes class, type, severity and unit; and one that changes the event's month alone.
    changed = {**report(tenant, "incident", now - 5, now - 6, unit=first, type="diagnostics", harm="severe"),
               "report_id": plan[4]["report_id"], "revision": 2}
    moved = {**plan[1], "revision": 2, "event": {"date": f"{text(now - 7)}-05", "precision": "day"}}
    plan[4], plan[1] = submit(v, tenant, changed), submit(v, tenant, moved)
    for _ in range(3):
        submit(v, other, report(other, "incident", now - 3))
    return plan


def expected(documents, own, start, clock="registration", period="month", first=None, last=None, by=()):
    """{codes: value or mark} of the organisation's own cells, in the order of the dataset's dimensions."""
    size = {"month": 1, "quarter": 3, "year": 12}[period]
    times = list(range(first, last + 1, size))
    counts, seen = collections.Counter(), collections.Counter()
    for d in documents:
        month = months_of(d)[clock == "event"]
        if month is None or month < start or not first <= month < times[-1] + size:
            continue
        seen[month // size] += 1
        harm = d["harm"].get("actual" if d["event_class"] == "incident" else "potential", "unknown")
        unit = d["organisation"].get("unit_number")
        places = [own] + ([unit if unit in UNITS else NO_UNIT] if "unit" in by else [])
        for key in itertools.product(places, [d["event_class"]], ["00", d["event_type"]] if "type" in by else [None],
                                     ["00", harm] if "severity" in by else [None], [month // size]):
            counts[key] += 1
    cells = {}
    for key in itertools.product([own, *UNITS, NO_UNIT] if "unit" in by else [own], CLASSES, TYPES if "type" in by else [None],
                                 HARMS if "severity" in by else [None], times):
        value = counts[(*key[:-1], key[-1] // size)] if key[-1] >= start else ".."
        named = tuple(k for k in key[:-1] if k is not None)
        cells[(*named, "Meldinger", code(key[-1], period))] = value
    return cells


# --- what is published beside it --------------------------------------------------------------

def figure(where):
    return release.figure(where)


def tables(now):
    """Quarters and months of hospitals by region; quarters by type and by severity, and of the nation by both;
    years by event; tables of the sector that must not be shown."""
    def times(period, n):
        size = {"month": 1, "quarter": 3, "year": 12}[period]
        last = (now - now % size) - size
        return [(code(last - size * i, period), None) + 2 * (code(last - size * i, period),) for i in reversed(range(n))]
    regions = [("NO", None, "Hele landet", "Norway"), ("helse_vest", "NO", "Helse Vest RHF", "Western Norway")]
    kinds = [release.dimension("Hendelsestype", "plain", "00", "hendelsestype", "event type",
                               [(c, None if c == "00" else "00", c, c) for c in TYPES])]
    harms = [release.dimension("Alvorlighet", "plain", "00", "alvorlighetsgrad", "severity",
                               [(c, None if c == "00" else "00", c, c) for c in HARMS])]
    counties = [("NO", None, "Hele landet, kommuner", "Norway"), ("34", "NO", "Innlandet", "Innlandet")]
    final = release.table("V3010", "public", regions, kinds, times("year", 2), figure, unit="Annual")
    final["clock"] = "event"
    return [release.table("V1010", "public", regions, [], times("quarter", 4), figure),
            release.table("V1011", "public", regions, [], times("month", 6), figure, unit="Monthly"),
            release.table("V1020", "sector", regions + [("310000019", "helse_vest", "A", "A")], [], times("month", 6),
                          lambda c: 7, unit="Monthly"),
            release.table("V1061", "sector", regions, harms, times("year", 2), lambda c: 7, unit="Annual"),
            release.table("V1040", "public", regions[:1], kinds + harms, times("quarter", 4), figure),
            release.table("V1050", "public", regions, kinds, times("quarter", 4), figure),
            release.table("V1060", "public", regions, harms, times("quarter", 4), figure), final,
            release.table("V2010", "public", counties, kinds, times("year", 2), figure, unit="Annual")]


def publish(v, now, name="2026K3", sequence=1):
    folder = v.demo / "published"
    return release.point(folder, sequence, name, release.write(folder, name, tables(now)))
