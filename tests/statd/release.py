"""Releases as the institute publishes them, written by a program that shares nothing
with ours: SQLite, hashlib and Ed25519 from Python's own libraries."""
import hashlib
import json
import pathlib
import sqlite3

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

SOURCE = pathlib.Path(__file__).parents[2]
SEED = bytes(range(32))
KEY = Ed25519PrivateKey.from_private_bytes(SEED)
PUBLIC_HEX = KEY.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw).hex()

REGIONS = [("NO", None, "Hele landet", "Norway"), ("helse_vest", "NO", "Helse Vest RHF", "Western Norway"),
           ("helse_nord", "NO", "Helse Nord RHF", "Northern Norway")]
TRUSTS = REGIONS + [("310000019", "helse_vest", "Helse Demo Nord HF", "Helse Demo Nord HF"),
                    ("310000078", "helse_nord", "Helse Demo Sør HF", "Helse Demo Sør HF")]
CLASSES = [("incident", None, "uønsket hendelse", "incident"), ("near_miss", None, "nesten-hendelse", "near miss"),
           ("hazard", None, "risikoforhold", "hazard")]
TYPES = [("00", None, "I alt", "Total"), ("fall_accident", "00", "fall og andre uhell", "falls and other accidents"),
         ("medication_blood", "00", "legemidler \"og\" blodprodukter; o.a.", "medicines, blood")]
CONTENTS = [("Meldinger", None, "meldinger", "reports")]


def quarters(first, n):
    return [(f"{first + i // 4}K{i % 4 + 1}", None, f"{first + i // 4}K{i % 4 + 1}", f"{first + i // 4}K{i % 4 + 1}")
            for i in range(n)]


def dimension(code, role, total, nb, en, categories):
    return {"code": code, "role": role, "total": total, "label": (nb, en), "categories": categories}


NOTES = [("", "", 1, "Meldinger, ikke hendelser", "Reports, not events")]


def table(id, audience, regions, extra, times, value, unit="Quarterly", label=("Meldinger", "Reports"), notes=NOTES,
          clock="registration", time=("kvartal", "quarter")):
    """`value(codes)` is a number, or a mark: ":", "..", ".". Notes: (dimension, category, mandatory, nb, en)."""
    dimensions = [dimension("Region", "geo", "NO", "region", "region", regions),
                  dimension("Hendelsesklasse", "plain", None, "hendelsesklasse", "event class", CLASSES), *extra,
                  dimension("ContentsCode", "metric", None, "statistikkvariabel", "contents", CONTENTS),
                  dimension("Tid", "time", None, *time, times)]
    return {"id": id, "audience": audience, "unit": unit, "label": label, "dimensions": dimensions, "value": value,
            "notes": notes, "clock": clock}


def places(dimensions):
    """Codes of every cell, the last dimension fastest."""
    if not dimensions:
        yield ()
        return
    for category in dimensions[0]["categories"]:
        for rest in places(dimensions[1:]):
            yield (category[0], *rest)


def fill(db, tables):
    db.executescript((SOURCE / "migrations/release/0001_public.sql").read_text())
    db.execute("PRAGMA application_id = 1448232016")  # 0x56524450, "VRDP"
    db.execute("PRAGMA user_version = 1")
    for position, t in enumerate(tables):
        db.execute("INSERT INTO statistic_table VALUES (?,?,?,?,?,?,?,?,?)",
                   (t["id"], position, t["audience"], t.get("clock", "registration"), t["unit"], *t["label"], "Om", "About"))
        for i, d in enumerate(t["dimensions"]):
            db.execute("INSERT INTO dimension VALUES (?,?,?,?,?,?,?)",
                       (t["id"], i, d["code"], d["role"], d["total"], *d["label"]))
            for j, (code, parent, nb, en) in enumerate(d["categories"]):
                db.execute("INSERT INTO category VALUES (?,?,?,?,?,?,?)", (t["id"], i, j, code, parent, nb, en))
        db.executemany("INSERT INTO note VALUES (?,?,?,?,?,?,?)", [(t["id"], i, *note) for i, note in enumerate(t["notes"])])
        for i, codes in enumerate(places(t["dimensions"])):
            value = t["value"](codes)
            number = isinstance(value, int)
            db.execute("INSERT INTO cell VALUES (?,?,?,?)",
                       (t["id"], i, value if number else None, None if number else value))
    db.commit()


def sign(purpose, data):
    return KEY.sign(purpose.encode() + b"\0" + data).hex()


def write(folder, name, tables, as_of="2026-04-20T00:00:00.000Z", **more):
    """FOLDER/NAME with its three files; returns the hash of the manifest."""
    path = pathlib.Path(folder) / name
    path.mkdir(parents=True)
    db = sqlite3.connect(path / "public.db")
    fill(db, tables)
    db.close()
    data = (path / "public.db").read_bytes()
    manifest = json.dumps({"varde_release": 1, "release": name, "as_of": as_of, "threshold": 5,
                           "publisher": {"name": {"nb": "Instituttet", "en": "The Institute"},
                                         "contact": {"nb": "post@instituttet.example", "en": "post@instituttet.example"}},
                           "public": {"file": "public.db", "bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()},
                           **more}).encode()
    (path / "manifest.json").write_bytes(manifest)
    (path / "manifest.sig").write_text(sign("varde-manifest", manifest) + "\n")
    return hashlib.sha256(manifest).hexdigest()


def point(folder, sequence, name, manifest_hash, withdrawn=()):
    """Every other release in the folder that is not withdrawn may be asked for by name."""
    published = sorted(p.name for p in pathlib.Path(folder).iterdir()
                       if p.is_dir() and p.name not in withdrawn and not p.name.startswith("unpublished"))
    current = json.dumps({"sequence": sequence, "release": name, "manifest_sha256": manifest_hash,
                          "at": "2026-04-21T08:00:00.000Z", "published": published, "withdrawn": list(withdrawn)},
                         sort_keys=True, separators=(",", ":"))
    new = pathlib.Path(folder) / "current.json.tmp"
    new.write_text('{"current":%s,"signature":"%s"}\n' % (current, sign("varde-current", current.encode())))
    new.rename(pathlib.Path(folder) / "current.json")


def figure(codes):
    """A number of its own for each cell; some hidden, some not there."""
    seed = int(hashlib.sha256("/".join(codes).encode()).hexdigest(), 16)
    if seed % 7 == 0:
        return ":"
    if codes[0] == "helse_nord" and codes[-1] < "2024K3":
        return ".."
    return 5 + seed % 900


def standard(periods=10):
    times = quarters(2024, periods)
    types = [dimension("Hendelsestype", "plain", "00", "hendelsestype", "event type", TYPES)]
    return [table("V1010", "public", REGIONS, [], times, figure,
                  label=("Meldinger etter region og kvartal", "Reports by region and quarter")),
            table("V1030", "public", REGIONS, types, times, figure,
                  label=("Meldinger etter region, hendelsestype og kvartal", "Reports by region, event type and quarter")),
            table("V1050", "sector", TRUSTS, types, times, figure,
                  label=("Meldinger etter helseforetak og kvartal", "Reports by health trust and quarter"))]


# --- as the institute's own look -------------------------------------------------------

RHF = [("NO", None, "Hele landet, spesialisthelsetjenesten", "Norway, specialist health care"),
       ("helse_sor_ost", "NO", "Helse Sør-Øst RHF", "Southern and Eastern Norway RHA"),
       ("helse_vest", "NO", "Helse Vest RHF", "Western Norway RHA"),
       ("helse_midt", "NO", "Helse Midt-Norge RHF", "Central Norway RHA"),
       ("helse_nord", "NO", "Helse Nord RHF", "Northern Norway RHA")]
COUNTIES = [("NO", None, "Hele landet, kommuner i prosjektet", "Norway, municipalities of the project")] + [
    (code, "NO", name, name) for code, name in (("03", "Oslo"), ("11", "Rogaland"), ("15", "Møre og Romsdal"), ("18", "Nordland"),
                                                ("32", "Akershus"), ("34", "Innlandet"), ("46", "Vestland"), ("50", "Trøndelag"))]
KINDS = [("00", None, "I alt", "Total")] + [(f"t{i}", "00", nb, en) for i, (nb, en) in enumerate((
    ("fall og andre uhell", "falls and other accidents"), ("legemidler og blodprodukter", "medicines and blood products"),
    ("medisinsk utstyr", "medical devices"), ("infeksjon", "infection"), ("diagnostikk", "diagnosis"),
    ("kirurgi og andre prosedyrer", "surgery and other procedures"), ("fødsel og barsel", "birth and maternity"),
    ("samhandling og overføring av ansvar", "handover between services"), ("selvskading", "self-harm"),
    ("dokumentasjon", "documentation"), ("annet", "other")))]
SEVERITIES = [("00", None, "I alt", "Total")] + [(f"s{i}", "00", nb, en) for i, (nb, en) in enumerate((
    ("ingen skade", "no harm"), ("mild skade", "mild harm"), ("moderat skade", "moderate harm"), ("alvorlig skade", "severe harm"),
    ("død", "death")))]
LONG = [
    ("", "", 1, "Tallene viser hva som er meldt, ikke hvor ofte noe skjer. Flere meldinger kan bety en bedre meldekultur.",
     "The figures show what was reported, not how often something happens. More reports may mean a better reporting culture."),
    ("", "", 1, "«:» betyr at tallet er skjult av hensyn til personvern.", "\":\" means that the figure is hidden to protect persons."),
    ("", "", 0, "Dekning: 18 av 20 helseforetak leverte i siste periode.", "Coverage: 18 of 20 health trusts delivered in the last period."),
    ("Region", "helse_nord", 0, "Brudd i serien: to helseforetak kom med fra 2024K3.", "Break in the series: two health trusts joined from 2024K3."),
]


def skewed(codes):
    """Large sums, small parts, small ones hidden, a late start in the north."""
    seed = int(hashlib.sha256("/".join(codes).encode()).hexdigest(), 16)
    region, event_class = codes[0], codes[1]
    if region == "helse_nord" and codes[-1] < "2024K3" and len(codes[-1]) > 4:
        return ".."
    if region == "34" and codes[-1] == "2024":
        return "."
    size = 9000 if region == "NO" else 400 + 900 * (sum(map(ord, region)) % 5)
    size *= {"incident": 1, "near_miss": .35, "hazard": .15}[event_class]
    for code in codes[2:-2]:
        if code != "00":
            size *= .02 + .05 * (sum(map(ord, code)) % 4)
    size = int(size * (.85 + seed % 300 / 1000) * (.3 if "M" in codes[-1] else 1))
    return size if size >= 5 else ":"


def national():
    """Tables of every unit of time, shape and audience, as dense as a real programme's."""
    months = [(f"{2023 + i // 12}M{i % 12 + 1:02}", None) + 2 * (f"{2023 + i // 12}M{i % 12 + 1:02}",) for i in range(39)]
    years = [(str(y), None, str(y), str(y)) for y in range(2023, 2026)]
    windows = [("2023-2025", None, "2023-2025", "2023-2025")]
    kinds = dimension("Hendelsestype", "plain", "00", "hendelsestype", "event type", KINDS)
    severities = dimension("Alvorlighet", "plain", "00", "alvorlighetsgrad", "severity", SEVERITIES)
    return [
        table("V1010", "public", RHF, [], quarters(2023, 13), skewed, notes=LONG,
              label=("Meldinger etter region, hendelsesklasse og kvartal", "Reports by region, event class and quarter")),
        table("V1011", "public", RHF, [], months, skewed, unit="Monthly", time=("måned", "month"), notes=LONG,
              label=("Meldinger etter region, hendelsesklasse og måned", "Reports by region, event class and month")),
        table("V1031", "public", RHF, [kinds, severities], years, skewed, unit="Annual", time=("år", "year"), notes=LONG,
              label=("Meldinger etter region, hendelsestype, alvorlighetsgrad, hendelsesklasse og år",
                     "Reports by region, event type, severity, event class and year")),
        table("V1041", "public", RHF, [kinds], months, skewed, unit="Monthly", time=("måned", "month"),
              label=("Meldinger etter region, hendelsestype og måned", "Reports by region, event type and month")),
        table("V1050", "sector", TRUSTS, [kinds], quarters(2024, 9), skewed,
              label=("Meldinger etter helseforetak og kvartal", "Reports by health trust and quarter")),
        table("V2010", "public", COUNTIES, [kinds], windows, skewed, unit="Other", time=("periode", "period"),
              label=("Meldinger fra kommuner etter fylke, hendelsestype, hendelsesklasse og treårsperiode",
                     "Reports from municipalities by county, event type, event class and three-year period")),
        table("V3010", "public", RHF, [kinds], years[:2], skewed, unit="Annual", clock="event", time=("år", "year"),
              label=("Endelige tall: meldinger etter region, hendelsestype, hendelsesklasse og hendelsesår",
                     "Final figures: reports by region, event type, event class and year of event"))]
