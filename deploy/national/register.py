"""The country's organisations become tenants of an installation, as an operator makes
them: vardectl, one by one, each with its own key and the key's proof."""
import concurrent.futures
import datetime
import json
import os
import subprocess
import sys
import pathlib

from jwcrypto import jwk

import country

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "client" / "python"))
import varde_key  # noqa: E402

PER_MINUTE = "600000"  # years are handed over in minutes
AT_ONCE = 4


class Refused(Exception):
    """vardectl did not do it."""

    def __init__(self, words, run):
        try:
            error = json.loads(run.stderr)["error"]
        except ValueError:
            error = {"code": None, "text": run.stderr.strip()}
        super().__init__(f"vardectl {' '.join(words[:3])}: {error['code']} {error['text']}")
        self.code = error["code"]


class Operator:
    """vardectl on one installation."""

    def __init__(self, config, programs=None):
        self.config = config
        self.program = pathlib.Path(programs) / "vardectl" if programs else "vardectl"

    def run(self, *words, unless=None):
        """The result; None where it was refused with the code `unless`."""
        run = subprocess.run([self.program, "--config", self.config, "--operator", "national", "--json", *words],
                             capture_output=True, text=True, check=False)
        if not run.returncode:
            return json.loads(run.stdout)
        refused = Refused(words, run)
        if unless and refused.code == unless:
            return None
        raise refused


def register(operator, folder, organisations, today):
    """Makes tenants of those that are none yet. Their private keys are in `folder`, in
    ORGNR.pem once all is done; what was interrupted is taken up again. Returns how many
    are new."""
    new = [one for one in organisations if not (folder / f"{one.orgnr}.pem").exists()]
    with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
        for done in [pool.submit(_add, operator, folder, one, today) for one in new]:
            done.result()
    return len(new)


def _add(operator, folder, one, today):
    half = folder / f"{one.orgnr}.half"
    if half.exists():
        key = jwk.JWK.from_pem(half.read_bytes())
    else:
        key = _new_key(half)
    public, proof = folder / f"{one.orgnr}-key.json", folder / f"{one.orgnr}-key.proof"
    public.write_text(json.dumps(varde_key.public_key(key)))
    proof.write_text(varde_key.proof(key, one.orgnr, date=datetime.date.fromisoformat(today)) + "\n")
    operator.run("tenant", "add", one.orgnr, one.name, "--kind", one.kind, *(["--parent", one.parent] if one.parent else []),
                 unless="tenant-exists")
    operator.run("tenant", "set", one.orgnr, "--coverage-start", country.month_text(one.joined), "--submissions-per-minute",
                 PER_MINUTE)
    operator.run("key", "add", one.orgnr, "--jwk", str(public), "--proof", str(proof), unless="kid-exists")
    operator.run("tenant", "phase", one.orgnr, "active")
    public.unlink()
    proof.unlink()
    os.replace(half, folder / f"{one.orgnr}.pem")


def _new_key(path):
    """Written whole or not at all."""
    making = path.with_suffix(".making")
    making.unlink(missing_ok=True)
    key = varde_key.make_key(making, rsa=False)
    os.replace(making, path)
    return key
