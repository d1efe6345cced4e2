"""A report of the plan as the document that its sender writes. What is counted comes
from the plan; the rest (persons, texts, medicines) is made up from the report's id, so
that the same plan is the same documents. Nobody in them exists: person numbers have 80
added to the month, as Skatteetaten's test persons have."""
import datetime
import random
import uuid

import plan

SCHEMAS = {"incident-report": "incident-report/1.0", "review": "review/1.0", "withdrawal": "withdrawal/1.0"}
KINDS = {"hf": "hf", "municipality": "municipality"}
SYSTEMS = {"hf": ("synergi_life", "tqm", "eqs", "achilles"), "municipality": ("compilo", "kvalitetslosen", "tqm", "inosa")}
WITH_PATIENT = 0.6  # of what reached nobody
AGES = {"0_27d": 1, "28d_11m": 1, "1_4": 2, "5_9": 1, "10_15": 2, "16_17": 1, "18_49": 24, "50_66": 22, "67_79": 26, "80_89": 16,
        "90_plus": 4}
AGES_TOWN = {"18_49": 8, "50_66": 9, "67_79": 25, "80_89": 38, "90_plus": 20}
YEARS = {"0_27d": 0, "28d_11m": 0, "1_4": 3, "5_9": 7, "10_15": 13, "16_17": 16, "18_49": 35, "50_66": 58, "67_79": 73, "80_89": 85,
         "90_plus": 93}
SEXES = {"female": 52, "male": 47, "unknown": 1}
ROLES = {"nurse": 48, "health_worker": 17, "physician": 13, "allied": 7, "midwife": 3, "manager": 4, "student": 2, "pharmacist": 2,
         "administrative": 2, "technical": 1, "unknown": 1}
FACTORS = ("team_communication", "staffing_workload", "procedures_system", "competence_training", "coordination_handover",
           "technology_tools", "physical_environment", "patient", "not_yet_known")
ATC = ("B01AF02", "N02AA01", "A10AB05", "C07AB02", "N05CF01", "J01CR05", "B01AB", "N02BE01")
ERRORS = ("too_much", "too_little", "wrong", "omitted", "wrong_time", "wrong_person")
FIRST = ("Ragnhild", "Asbjørn", "Turid", "Sindre", "Åse", "Øystein", "Solveig", "Torgeir", "Ingrid", "Kåre")
LAST = ("Utenvirkelig", "Påskudd", "Eksempel", "Prøvdal", "Luftslott", "Oppspinn", "Skrøne", "Tenkthaug")
TEXTS = (
    "Det ble oppdaget ved vaktskiftet at {first} hadde fått feil. Lege ble varslet og tiltak satt i verk.",
    "{first} ble funnet på gulvet ved sengen tidlig på morgenen. Alarmen var ikke koblet til.",
    "Opplysningene om {first} fulgte ikke med ved overflyttingen, og prøven ble tatt to ganger.",
    "Utstyret var ikke kontrollert før bruk. {first} måtte vente mens et annet ble hentet.",
    "Henvisningen ble liggende ubehandlet i en arbeidsflyt som ingen fulgte med på.",
)
LATER = "Saken er gjennomgått i enheten, og vurderingen er endret."


def person_number(rng, year, woman):
    """Eleven digits with right control digits, of a synthetic person."""
    while True:
        date = f"{plan.between(rng, 1, 28):02}{80 + plan.between(rng, 1, 12)}{year % 100:02}"
        number = 2 * (plan.between(rng, 0, 249) if year < 2000 else plan.between(rng, 250, 499)) + (not woman)
        digits = [int(d) for d in f"{date}{number:03}"]
        first = -sum(d * w for d, w in zip(digits, (3, 7, 6, 1, 8, 9, 4, 5, 2))) % 11
        second = -sum(d * w for d, w in zip(digits + [first], (5, 4, 3, 2, 7, 6, 5, 4, 3, 2))) % 11
        if first < 10 and second < 10:
            return "".join(map(str, digits)) + f"{first}{second}"


def local_time(day, second):
    """RFC 3339 with Norway's offset of the day."""
    hours = ((day - plan.EPOCH) * plan.DAY_S - plan.midnight(day)) // 3600
    date = datetime.date.fromordinal(day).isoformat()
    return f"{date}T{second // 3600:02}:{second // 60 % 60:02}:{second % 60:02}+0{hours}:00"


def event_date(report):
    """As coarse as the sender knows it; None where it is not known."""
    date = datetime.date.fromordinal(report.event_day).isoformat()
    return {"day": date, "month": date[:7], "year": date[:4], "unknown": None}[report.precision]


def municipality_number(the_plan, report):
    """As it was called when the event happened."""
    return the_plan.municipalities.number_on(report.organisation.municipality,
                                             datetime.date.fromordinal(report.event_day).isoformat())


def _event(report, rng):
    date = event_date(report)
    return {**({"date": date} if date else {}), "precision": report.precision,
            "time_bracket": plan.picker({"day": 5, "evening": 3, "night": 2}).pick(rng)}


def _patient(report, rng, actual):
    town = report.organisation.kind == "municipality"
    age, sex = plan.picker(AGES_TOWN if town else AGES).pick(rng), plan.picker(SEXES).pick(rng)
    patient = {"sequence": 1, "age_band": age, "sex": sex}
    first = FIRST[plan.between(rng, 0, len(FIRST) - 1)]
    if rng.random() < 0.8:
        patient["identifier"] = {"type": "fnr", "value": person_number(rng, plan.month_of(report.day)[0] - YEARS[age], sex == "female")}
        patient["name"] = f"{first} {LAST[plan.between(rng, 0, len(LAST) - 1)]}"
    if actual != "unknown":
        patient["harm_physical"] = actual
    return first, patient


def is_notified(report, version):
    """Whether a revision tells of a notification: on the day that the event was registered."""
    return report.notified and version.actual in ("severe", "death")


def _content(document, report, rng, revision):
    """What no table counts."""
    version = report.versions[revision - 1]
    chance = rng.random()
    first, patient = _patient(report, rng, version.actual)
    document["patients"] = [patient] if version.event_class == "incident" or chance < WITH_PATIENT else []
    document["narrative"] = {"description": TEXTS[plan.between(rng, 0, len(TEXTS) - 1)].format(first=first)}
    document["reporter"] = {"role": plan.picker(ROLES).pick(rng)}
    if rng.random() < 0.5:
        document["contributing_factors"] = [FACTORS[plan.between(rng, 0, len(FACTORS) - 1)]]
    medicine = {"atc": ATC[plan.between(rng, 0, len(ATC) - 1)], "stage": "administer",
                "error": ERRORS[plan.between(rng, 0, len(ERRORS) - 1)]}
    if version.event_type == "medication_blood":
        document["medications"] = [medicine]
    if version.event_type == "medical_device":
        document["devices"] = [{"problem": "damaged_unfit"}]
    if is_notified(report, version):
        document["notification"] = {"notifiable": "yes", "unexpected": "yes", "recipients": ["statsforvalter", "ukom"],
                                    "criteria": ["death" if version.actual == "death" else "very_serious_harm"],
                                    "sent_date": datetime.date.fromordinal(report.day).isoformat()}
    if revision > 1:
        document["narrative"]["consequence"] = f"{LATER} ({revision})"


METHODS = {"simplified": 50, "hendelsesanalyse": 30, "seips": 6, "london_protocol": 5, "rca": 5, "fram": 2, "accimap": 2}
LEVELS = {"management_unit": 40, "work_people": 30, "company": 15, "equipment_surroundings": 10, "regulator_region": 4, "government": 1}
HOW = {"informed": 40, "interviewed": 25, "not_contacted": 15, "unknown": 20}
MEASURES = {"procedure": 35, "training": 30, "it_change": 8, "staffing": 7, "equipment": 7, "checklist": 6, "forcing_function": 4, "other": 3}


def _date_before(sent, days):
    return datetime.date.fromordinal(plan.EPOCH + sent // plan.DAY_S - days).isoformat()


def _completed(report, later, rng):
    """What a review says once it is done: half of them code their factors, and many see one
    factor only."""
    started = next(l for l in report.later if l.kind == "review")
    review = {"method": plan.picker(METHODS).pick(rng), "started_date": _date_before(started.sent, 2),
              "completed_date": _date_before(later.sent, 1),
              "narrative": {"event_summary": "Hendelsen er gjennomgått.", "learning_points": "Se tiltakene."},
              "involvement": [{"party": "next_of_kin" if rng.random() < 0.4 else "patient", "how": [plan.picker(HOW).pick(rng)]},
                              {"party": "staff_involved", "how": [plan.picker(HOW).pick(rng)]}]}
    factors = plan.days_of(rng, ((45, 0, 0), (25, 1, 1), (30, 2, 5)))
    if factors:
        review["contributing_factors"] = [
            {"sequence": i + 1, "factor": FACTORS[plan.between(rng, 0, len(FACTORS) - 2)], "level": plan.picker(LEVELS).pick(rng)}
            for i in range(factors)]
    if rng.random() < 0.7:
        review["measures"] = [{"kind": plan.picker(MEASURES).pick(rng), "status": "planned"}]
    return review


def _later(report, later):
    rng = random.Random(f"{report.report_id}/{later.kind}/{later.revision}")
    written = {"schema_version": "1.0", "report_id": report.report_id, f"{later.kind}_revision": later.revision,
               "organisation": {"number": report.organisation.orgnr}}
    if later.kind == "withdrawal":
        return {**written, "reason": later.says}
    written["status"] = later.says
    if later.says == "started":
        return {**written, "started_date": _date_before(later.sent, 2)}
    if later.says == "not_carried_out":
        return {**written, "reason_code": "insufficient_information", "decided_date": _date_before(later.sent, 1)}
    return {**written, **_completed(report, later, rng)}


def schema(which):
    """Of what plan.sends() calls `which`."""
    return SCHEMAS[which.kind if isinstance(which, plan.Later) else "incident-report"]


def revision(which):
    return which.revision if isinstance(which, plan.Later) else which


def document(the_plan, report, which):
    """Revision 1, 2, … of a report, or what is said of it later."""
    return _later(report, which) if isinstance(which, plan.Later) else _report(the_plan, report, which)


def _report(the_plan, report, revision):
    one, version = report.organisation, report.versions[revision - 1]
    rng = random.Random(uuid.UUID(report.report_id).int)
    town = one.kind == "municipality"
    year = plan.month_of(report.day)[0]
    written = {
        "schema_version": "1.0",
        "report_id": report.report_id,
        "revision": revision,
        "report_kind": KINDS[one.kind],
        "source": {"system_name": SYSTEMS[one.kind][int(one.orgnr[-2:]) % 4], "local_case_id": f"{year}/{report.number}",
                   "registered_at": local_time(report.day, report.second)},
        "organisation": {"number": one.orgnr, **({"municipality_number": municipality_number(the_plan, report)} if town else {})},
        "event_class": version.event_class,
        "event_type": version.event_type,
        "event": _event(report, rng),
        "service" if town else "place": report.place,
        "harm": {"actual": version.actual, "potential": version.potential},
    }
    if report.stage:
        written["process_stage"] = report.stage
    if report.links:
        written["related_reports"] = [{"organisation": other.organisation.orgnr, "report_id": other.report_id}
                                      for other in report.links]
        written["cross_level"] = "from_hospital"
    _content(written, report, rng, revision)
    return written
