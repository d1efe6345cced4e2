"""One row of a quality system's CSV export becomes one incident-report/1.0 document.

This is the part you rewrite for your own export: the columns and the tables of
words below. They are those of a made-up system, as Norwegian ones write: semicolons,
dd.mm.yyyy, local time, Windows-1252 or UTF-8. What Varde takes, with labels in
Norwegian and English: GET /v1/schemas/incident-report/1.0 and GET /v1/codes.

Rules worth keeping:
- report_id is made of the data owner and its own case number, so the same case
  has the same id in every export and after every reinstallation.
- Sex and age are taken from their own columns, never from the person number.
- A word that no table knows stops the case and names the column; guessing would
  make wrong statistics. Only a local event type may fall back to `other`, with the
  local word beside it (it is free text, so it is sealed).
"""
import codecs
import csv
import datetime
import re
import uuid
import zoneinfo

OSLO = zoneinfo.ZoneInfo("Europe/Oslo")

# True where your export has a row for each version of a case and to_document sets `revision`.
NUMBERED = False

# Any UUID will do, as long as it is never changed.
REPORT_IDS = uuid.UUID("5d0a3b52-7c1e-4f7b-9b0e-2f6f1c1f9a10")

CLASS = {"hendelse": "incident", "nestenhendelse": "near_miss", "risikoforhold": "hazard"}
EVENT_TYPE = {
    "pasientadministrasjon": "patient_administration",
    "diagnostikk": "diagnostics",
    "behandling og pleie": "treatment_care",
    "fall": "fall_accident",
    "dokumentasjon": "documentation_information",
    "infeksjon": "infection",
    "legemiddel": "medication_blood",
    "medisinsk utstyr": "medical_device",
    "pasientatferd": "patient_behaviour",
}
PLACE = {
    "sengepost": "ward", "akuttmottak": "emergency", "intensiv": "intensive", "operasjon": "theatre",
    "poliklinikk": "outpatient", "føde/barsel": "maternity", "psykisk helsevern": "psychiatry",
    "rus": "addiction", "lab/røntgen": "laboratory_imaging", "ambulanse": "ambulance",
    "pasientens hjem": "patient_home", "annet": "other", "": "unknown",
}
SERVICE = {
    "sykehjem langtid": "nursing_home_long", "sykehjem korttid": "nursing_home_short",
    "hjemmesykepleie": "home_nursing", "omsorgsbolig": "assisted_living",
    "legevakt": "emergency_primary_care", "fastlege": "gp", "helsestasjon": "health_station",
    "annet": "other", "": "unknown",
}
HARM = {
    "ingen": "none", "lett": "mild", "moderat": "moderate", "betydelig": "severe", "død": "death",
    "ukjent": "unknown", "": "unknown",
}
SEX = {"kvinne": "female", "mann": "male", "ikke spesifisert": "not_specified", "": "unknown"}
ROLE = {
    "lege": "physician", "sykepleier": "nurse", "jordmor": "midwife", "helsefagarbeider": "health_worker",
    "farmasøyt": "pharmacist", "leder": "manager", "student": "student", "annen": "other", "": "unknown",
}
DRUG_PROBLEM = {
    "for mye": "too_much", "for lite": "too_little", "feil legemiddel": "wrong", "utelatt": "omitted",
    "feil tidspunkt": "wrong_time", "feil pasient": "wrong_person", "": "unknown",
}
INFORMED = {"ja": "yes", "nei": "no", "ikke aktuelt": "not_applicable", "": "unknown"}
AGE_BANDS = [  # whole years: below one, they cannot tell a newborn from an infant
    (0, "unknown"), (1, "1_4"), (5, "5_9"), (10, "10_15"), (16, "16_17"), (18, "18_49"), (50, "50_66"),
    (67, "67_79"), (80, "80_89"), (90, "90_plus"),
]


class MappingError(ValueError):
    """A row that cannot become a document; says the column, never its value."""


def read_rows(path):
    """The rows of a CSV file as dictionaries. UTF-8, or else Windows-1252."""
    return list(stream_rows(path))


def stream_rows(path):
    """The same one by one, of a file of any length."""
    csv.field_size_limit(1 << 20)
    with open(path, encoding=_encoding(path), newline="") as file:
        try:
            yield from csv.DictReader(file, delimiter=";")
        except csv.Error as fault:
            raise ValueError(f"{path}: {fault}") from None


def _encoding(path):
    decoder = codecs.getincrementaldecoder("utf-8")()
    with open(path, "rb") as file:
        try:
            while piece := file.read(1 << 20):
                decoder.decode(piece)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return "cp1252"
    return "utf-8-sig"


def case_number(row):
    return (row.get("Saksnr") or "").strip()


def to_document(row, organisation):
    """The row as a document of the data owner `organisation` (nine digits)."""
    kind = "municipality" if "Tjeneste" in row else "hf"
    case = case_number(row)
    if not case:
        raise MappingError("kolonnen «Saksnr» er tom")
    document = {
        "schema_version": "1.0",
        "report_id": str(uuid.uuid5(REPORT_IDS, f"{organisation}/{case}")),
        "revision": 1,  # the sender raises it when Varde says that the case has changed
        "report_kind": kind,
        "source": _source(row, case),
        "organisation": {"number": organisation},
        "event_class": _code(row, "Klasse", CLASS),
        "event_type": EVENT_TYPE.get(_text(row, "Type").casefold(), "other"),
        "event": _event(row),
        "harm": {"actual": _code(row, "Faktisk skade", HARM), "potential": _code(row, "Mulig skade", HARM)},
        "patients": _patients(row),
        "narrative": _filled(description=_text(row, "Hva skjedde"), immediate_actions=_text(row, "Strakstiltak"),
                             suggestion=_text(row, "Forslag")),
        "reporter": _filled(role=_code(row, "Melders rolle", ROLE), name=_text(row, "Melder")),
        "medications": _medications(row),
        "patient_informed": _code(row, "Pasient informert", INFORMED),
    }
    if kind == "hf":
        document["place"] = _code(row, "Sted", PLACE)
    else:
        document["service"] = _code(row, "Tjeneste", SERVICE)
    for optional in ("narrative", "medications"):
        if not document[optional]:
            del document[optional]
    return document


def _source(row, case):
    word = _text(row, "Type")
    return _filled(
        system_name="own_system",  # GET /v1/codes/source_system
        local_case_id=case,
        registered_at=_local_time(row, "Registrert"),
        local_codes=[] if word.casefold() in EVENT_TYPE else [{"code_system": "category", "label": word}],
    )


def _event(row):
    """A day, a month, a year or nothing: as coarse as the source knows it."""
    text = _text(row, "Hendelsesdato")
    parts = text.split(".") if text else []
    if not all(re.fullmatch(r"[0-9]+", part) for part in parts) or len(parts) > 3:
        raise MappingError("kolonnen «Hendelsesdato» er ikke dd.mm.åååå, mm.åååå eller åååå")
    precision = ("unknown", "year", "month", "day")[len(parts)]
    date = "-".join(part.zfill(2) for part in reversed(parts))
    return _filled(date=date, precision=precision, time=_text(row, "Klokkeslett"))


def _patients(row):
    number = _text(row, "Fødselsnummer").replace(" ", "")
    name, age, sex = _text(row, "Pasient"), _text(row, "Alder"), _text(row, "Kjønn")
    if not (number or name or age or sex) and _code(row, "Klasse", CLASS) != "incident":
        return []
    return [_filled(
        sequence=1,
        identifier={"type": _number_type(number), "value": number} if number else None,
        name=name,
        age_band=_age_band(age),
        sex=_code(row, "Kjønn", SEX),
        municipality_number=_text(row, "Bostedskommune"),
    )]


def _number_type(number):
    """D-numbers have 40 added to the day, common auxiliary numbers begin with 8 or 9."""
    return "dnr" if number[0] in "4567" else "fhnr" if number[0] in "89" else "fnr"


def _age_band(text):
    if not text:
        return "unknown"
    if not re.fullmatch(r"[0-9]{1,3}", text):
        raise MappingError("kolonnen «Alder» er ikke et helt antall år")
    return [band for start, band in AGE_BANDS if start <= int(text)][-1]


def _medications(row):
    atc = _text(row, "ATC-kode")
    return [{"atc": atc, "error": _code(row, "Legemiddelfeil", DRUG_PROBLEM)}] if atc else []


def _local_time(row, column):
    """«12.03.2025 14:05», Norwegian time, as RFC 3339 with its offset (+01:00 or +02:00)."""
    try:
        time = datetime.datetime.strptime(_text(row, column), "%d.%m.%Y %H:%M")
    except ValueError:
        raise MappingError(f"kolonnen «{column}» er ikke dd.mm.åååå tt:mm") from None
    return time.replace(tzinfo=OSLO).isoformat()


def _code(row, column, table):
    try:
        return table[_text(row, column).casefold()]
    except KeyError:
        raise MappingError(f"kolonnen «{column}» har et ord som tabellen ikke kjenner") from None


def _text(row, column):
    return (row.get(column) or "").strip()


def _filled(**members):
    """Members that hold something; empty ones are left out, never sent as null."""
    return {name: value for name, value in members.items() if value not in (None, "", [], {})}
