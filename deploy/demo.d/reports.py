"""The synthetic reports of the story. Nobody in them exists; person numbers have 80
added to the month, as Skatteetaten's test persons have."""
import copy
import datetime
import uuid


def good(organisation):
    """A medication incident in a hospital, with all that a quality system knows of it."""
    return {
        "schema_version": "1.0",
        "report_id": str(uuid.uuid4()),
        "revision": 1,
        "report_kind": "hf",
        "source": {"system_name": "synergi_life", "local_case_id": "AVV-2025/1187",
                   "registered_at": "2025-02-11T07:46:03+01:00"},
        "organisation": {"number": organisation},
        "event_class": "incident",
        "event_type": "medication_blood",
        "event": {"date": "2025-02-10", "precision": "day", "time": "02:40"},
        "place": "ward",
        "harm": {"actual": "moderate", "potential": "death"},
        "patients": [{"sequence": 1, "identifier": {"type": "fnr", "value": "25895021620"},
                      "name": "Ragnhild Utenvirkelig", "age_band": "67_79", "sex": "female",
                      "municipality_number": "4601"}],
        "narrative": {"description": "Ragnhild fikk dobbel dose av blodfortynnende etter overflytting. "
                                     "Sykepleier Geir Påskudd så det ved vaktskiftet.",
                      "suggestion": "Samme legemiddelkurve på begge poster."},
        "reporter": {"role": "nurse", "name": "Geir Påskudd", "phone": "+47 400 00 017"},
        "medications": [{"atc": "B01AF02", "stage": "administer", "error": "too_much"}],
        "patient_informed": "yes",
    }


def careless(organisation):
    """What a first attempt often looks like: a fault of nearly every kind."""
    report = good(organisation)
    report["report_id"] = report["report_id"].upper()
    report["source"]["local_case_id"] = "25895021620"
    report["event"] = {"date": "2025-02-30", "precision": "day", "discovered_date": coming_day()}
    report["event_type"] = "Legemiddel"
    report["pasientnavn"] = "Ragnhild Utenvirkelig"
    report["patients"][0]["age_band"] = 74
    del report["place"]
    del report["reporter"]
    return report


def unsafe(organisation):
    """A near miss that must not be taken: well-formed, and still wrong."""
    report = good(organisation)
    report["event_class"] = "near_miss"
    report["organisation"]["number"] = "310000021"  # wrong check digit
    report["event"]["date"] = coming_day()
    report["harm"] = {"actual": "none"}
    report["patients"] = []
    report["reporter"]["identifier"] = {"type": "fnr", "value": "12436022350"}
    return report


def changed(report, **harm):
    """The same case, known better."""
    report = copy.deepcopy(report)
    report["harm"].update(harm)
    report["narrative"]["consequence"] = "Ragnhild døde tre døgn senere av hjerneblødning."
    return report


def coming_day():
    return (datetime.date.today() + datetime.timedelta(days=2)).isoformat()
