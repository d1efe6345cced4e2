"""Makes releases with weak_release and serves them with the real varde-statd."""
import json
import pathlib
import shutil
import subprocess
import sys
import time

sys.path[:0] = [str(pathlib.Path(__file__).parents[1] / part) for part in ("statd", "http")]
import release  # noqa: E402  (signing key and current.json, from tests/statd)
from statd import Statd  # noqa: E402
from varde import Issuer, compact  # noqa: E402

SOURCE = release.SOURCE
LISTS = ("event_type", "harm", "place", "process_stage")


class Refused(Exception):
    pass


def codes(schemas):
    return {name: [c["code"] for c in json.loads((schemas / f"codes/{name}.json").read_text())["codes"]] for name in LISTS}


def short_schemas(folder, keep=4):
    """The product's schemas with shorter lists of codes: the same programme in small."""
    schemas = folder / "schemas"
    shutil.copytree(SOURCE / "schemas", schemas, dirs_exist_ok=True)
    for name in LISTS:
        path = schemas / f"codes/{name}.json"
        text = json.loads(path.read_text())
        text["codes"] = text["codes"][:keep - 1] + [c for c in text["codes"] if c["code"] == "unknown"]
        path.write_text(json.dumps(text))
    return schemas


def municipalities(n, per_county=4):
    """Numbers that stand today and since 2024, some of each county."""
    found = {}
    for c in json.loads((SOURCE / "schemas/codes/municipality.json").read_text())["codes"]:
        if not c.get("valid_to") and len(found.setdefault(c["county"], [])) < per_county:
            found[c["county"]].append(c["code"])
    return [code for codes in found.values() for code in codes][:n]


def build(tool, mode, schemas, counts, out, name, earlier=()):
    """What weak_release says, or Refused with its reason."""
    run = subprocess.run([tool, mode, schemas, counts, release.SEED.hex(), out, name, *earlier], capture_output=True, text=True)
    if run.returncode == 1 and "Sanitizer" not in run.stderr:
        raise Refused(run.stderr.strip())
    assert run.returncode == 0, run.stderr
    return run.stdout.strip()


class Service(Statd):
    """varde-statd, releases in its folder promoted one after the other."""

    def __init__(self):
        super().__init__(max_cells=1000000)
        self.sequence = 0

    def promote(self, name, withdrawn=(), current=None):
        self.sequence += 1
        current = current or name
        digest = release.hashlib.sha256((self.published / current / "manifest.json").read_bytes()).hexdigest()
        release.point(self.published, self.sequence, current, digest, withdrawn)
        self.wait_for(current)

    def reader(self):
        """Headers of someone in the sector."""
        entry = next(i for i in self.info["issuers"] if i["profile"] == "maskinporten")
        issuer, now = Issuer(self.demo, entry), int(time.time())
        claims = {"iss": issuer.iss, "aud": self.info["audience"], "iat": now, "exp": now + 3000, "scope": "varde:statistics.read",
                  "jti": "x", "client_id": "analyst", "consumer": {"authority": "iso6523-actorid-upis", "ID": "0192:310000019"}}
        return {"Authorization": "Bearer " + compact({"alg": issuer.alg, "kid": issuer.kid, "typ": "JWT"}, claims, issuer.key)}
