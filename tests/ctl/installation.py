"""A demonstration folder and vardectl on it, as the tests of vardectl use them."""

import json
import os
import shutil
import sqlite3
import subprocess
import tempfile
import time

from jwcrypto import jwk, jws

SOURCE = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BIN = os.environ.get("VARDE_BIN", os.path.join(SOURCE, "build/dev/bin"))
VARDECTL = os.path.join(BIN, "vardectl")


def vardectl(*args, env=None, stdin=b""):
    clean = {k: v for k, v in os.environ.items() if k != "VARDE_CONFIG"}
    clean.update(env or {})
    return subprocess.run([VARDECTL, *args], input=stdin, capture_output=True, timeout=120, env=clean)


def check_digit(eight):
    """The ninth digit of an organisation number, or None where there is none."""
    rest = sum(int(d) * w for d, w in zip(eight, (3, 2, 7, 6, 5, 4, 3, 2))) % 11
    return {0: "0", 1: None}.get(rest, str(11 - rest))


def organisation_numbers():
    """Synthetic ones, each time another."""
    n = 31100000
    while True:
        if check_digit(str(n)):
            yield str(n) + check_digit(str(n))
        n += 1


def key_proof(key, orgnr, alg=None, header=None, **members):
    """A key's own word for whose it is, as its owner makes it; None leaves a member out."""
    alg = alg or {"P-256": "ES256", "P-384": "ES384"}.get(json.loads(key.export_public()).get("crv"), "PS256")
    full = {"alg": alg, "typ": "varde-key+jws", **(header or {})}
    payload = {"organisation": orgnr, "date": time.strftime("%Y-%m-%d", time.gmtime()), "thumbprint": key.thumbprint(),
               **members}
    token = jws.JWS(json.dumps({k: v for k, v in payload.items() if v is not None}).encode())
    token.allowed_algs = ["RS256", "PS256", "ES256", "ES384"]
    token.add_signature(key, None, json.dumps({k: v for k, v in full.items() if v is not None}), None)
    return token.serialize(compact=True)


class Installation:
    """Made new for each test class; removed by close()."""

    def __init__(self):
        self.folder = tempfile.mkdtemp(prefix="varde-ctl-")
        self.dir = os.path.join(self.folder, "demo")
        made = vardectl("demo", self.dir)
        if made.returncode:
            raise AssertionError(made.stderr.decode())
        self.config = os.path.join(self.dir, "varde.conf")
        with open(os.path.join(self.dir, "demo.json"), encoding="utf-8") as f:
            self.demo = json.load(f)
        self.numbers = organisation_numbers()

    def close(self):
        shutil.rmtree(self.folder)

    def path(self, *parts):
        return os.path.join(self.dir, *parts)

    def write(self, name, text, mode=0o600):
        path = os.path.join(self.folder, name)
        with open(path, "wb") as f:
            f.write(text if isinstance(text, bytes) else text.encode())
        os.chmod(path, mode)
        return path

    def proof(self, private, orgnr):
        """The path of a new proof by the private key in this PEM file."""
        with open(private, "rb") as f:
            return self.write("key.proof", key_proof(jwk.JWK.from_pem(f.read()), orgnr))

    def run(self, *args):
        return vardectl("--config", self.config, *args)

    def json(self, *args, status=0):
        """The result of a command with --json, which must end with `status`."""
        result = self.run(*args, "--json")
        if result.returncode != status:
            raise AssertionError(f"{args}: {result.returncode}: {result.stderr.decode()}")
        return json.loads(result.stdout)

    def refused(self, *args):
        """The error of a command that must fail, as (code, where, text)."""
        result = self.run(*args, "--json")
        if result.returncode != 2:
            raise AssertionError(f"{args} was not refused: {result.stdout.decode()}")
        if result.stdout:
            raise AssertionError(f"{args} said something: {result.stdout.decode()}")
        error = json.loads(result.stderr)["error"]
        return error["code"], error["where"], error["text"]

    def tenant(self, *options, kind="hf"):
        """A new tenant's organisation number."""
        orgnr = next(self.numbers)
        self.json("tenant", "add", orgnr, "Prøve HF", "--kind", kind, *options)
        return orgnr

    def actions(self):
        return self.rows("control.db", "SELECT at, operator, uid, command, reason, detail FROM action ORDER BY id")

    def events(self, orgnr):
        return self.rows(f"tenants/{orgnr}.db", "SELECT seq, name, detail, operator, reason FROM event ORDER BY seq")

    def rows(self, name, query):
        database = sqlite3.connect(f"file:{self.path('data', name)}?mode=ro", uri=True)
        try:
            return database.execute(query).fetchall()
        finally:
            database.close()


def new_key(folder, name, *options):
    """Makes a key with the openssl command: paths of the private and the public PEM."""
    private, public = os.path.join(folder, name + ".pem"), os.path.join(folder, name + ".pub")
    options = options or ("-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256")
    subprocess.run(["openssl", "genpkey", *options, "-out", private], check=True, capture_output=True)
    subprocess.run(["openssl", "pkey", "-in", private, "-pubout", "-out", public], check=True, capture_output=True)
    return private, public
