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


def table(id, audience, regions, extra, times, value, unit="Quarterly", label=("Meldinger", "Reports")):
    """`value(codes)` is a number, or a mark: ":", "..", "."."""
    dimensions = [dimension("Region", "geo", "NO", "region", "region", regions),
                  dimension("Hendelsesklasse", "plain", None, "hendelsesklasse", "event class", CLASSES), *extra,
                  dimension("ContentsCode", "metric", None, "statistikkvariabel", "contents", CONTENTS),
                  dimension("Tid", "time", None, "kvartal", "quarter", times)]
    return {"id": id, "audience": audience, "unit": unit, "label": label, "dimensions": dimensions, "value": value}


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
        db.execute("INSERT INTO note VALUES (?,0,'','',1,'Meldinger, ikke hendelser','Reports, not events')", (t["id"],))
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
