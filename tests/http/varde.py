"""A real varded for tests: a demo installation in a folder of its own, the daemon
on free ports, and an independent client over python3-jwcrypto and http.client.

    with Varde() as v:
        answer = v.submit(v.tenants[0], document)
        assert answer.status == 201
"""
import base64
import datetime
import hashlib
import json
import os
import pathlib
import re
import subprocess
import time
import uuid

from jwcrypto import jwk, jws

from contract import contract
from daemon import Answer, Daemon, held_port  # noqa: F401 - for whoever imports them from here

SOURCE = pathlib.Path(os.environ.get("VARDE_SOURCE", pathlib.Path(__file__).parents[2]))
BIN = pathlib.Path(os.environ.get("VARDE_BIN", SOURCE / "build/dev/bin"))
EXAMPLES = SOURCE / "schemas/incident-report/examples"
SUBMIT, READ = "varde:submissions.write", "varde:reports.read"


def b64(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def compact(header, payload, key):
    """A compact JWS with exactly this header; payload is bytes or JSON."""
    if not isinstance(payload, bytes):
        payload = json.dumps(payload, ensure_ascii=False).encode()
    token = jws.JWS(payload)
    token.allowed_algs = ["RS256", "PS256", "ES256", "ES384"]
    token.add_signature(key, None, json.dumps(header), None)
    return token.serialize(compact=True)


def key_proof(key, orgnr, date=None, header=None, **more):
    """A private key's own word for whose it is, as its owner makes it offline."""
    alg = {"P-256": "ES256", "P-384": "ES384"}.get(json.loads(key.export_public()).get("crv"), "PS256")
    payload = {"organisation": orgnr, "date": date or time.strftime("%Y-%m-%d", time.gmtime()),
               "thumbprint": key.thumbprint(), **more}
    return compact({"alg": alg, "typ": "varde-key+jws", **(header or {})}, payload, key)


class Tenant:
    def __init__(self, folder, entry):
        self.orgnr, self.name, self.kind = entry["orgnr"], entry["name"], entry["kind"]
        self.kid, self.alg = entry["kid"], entry["alg"]
        self.key = jwk.JWK.from_pem((folder / entry["signing_key"]).read_bytes())


class Organisation:
    """One that a test registers itself, with a key of its own. Usable as a Tenant."""

    def __init__(self, orgnr, name, kind="hf"):
        self.orgnr, self.name, self.kind = orgnr, name, kind
        self.key, self.alg = jwk.JWK.generate(kty="EC", crv="P-256"), "ES256"
        self.kid = self.key.thumbprint()


def organisation_numbers(start=32000000):
    """Synthetic organisation numbers, each once."""
    for n in range(start, start + 100000):
        rest = sum(int(d) * w for d, w in zip(str(n), (3, 2, 7, 6, 5, 4, 3, 2))) % 11
        if rest != 1:
            yield f"{n}{-rest % 11}"


class Issuer:
    def __init__(self, folder, entry):
        self.iss, self.profile = entry["issuer"], entry["profile"]
        self.kid, self.alg = entry["kid"], entry["alg"]
        self.key = jwk.JWK.from_pem((folder / entry["private_key"]).read_bytes())


class Varde(Daemon):
    """The daemon and its demo installation; everything is gone afterwards.

    Each answer of the intake is held to openapi.yaml (contract.py)."""

    check_contract = True
    ahead = 0  # seconds that its clock is before ours

    program = BIN / "varded"

    def __init__(self, conf="", env=None, folder=None):
        super().__init__(folder, {**os.environ, **(env or {})})
        self.demo = self.folder / "demo"
        run = subprocess.run([BIN / "vardectl", "demo", self.demo, "--intake-port", str(self.port)], capture_output=True,
                             text=True, env=self.env)
        assert run.returncode == 0, run.stderr
        self.conf = self.demo / "varde.conf"
        text = re.sub(r"(\[admin\]\nlisten = 127.0.0.1:)\d+", rf"\g<1>{self.admin_port}", self.conf.read_text())
        self.conf.write_text(text + conf)
        self.info = json.loads((self.demo / "demo.json").read_text())
        self.tenants = [Tenant(self.demo, t) for t in self.info["tenants"]]
        self.issuers = {i["profile"]: Issuer(self.demo, i) for i in self.info["issuers"]}

    def hold(self, method, path, answer):
        if self.check_contract:
            contract().hold(method, path, answer.status, answer.headers, answer.body)

    def at(self, moment):
        """Starts it anew, with a clock that shows `moment` ("2024-04-20T06:00:00Z")."""
        if self.process and self.process.poll() is None:
            self.stop()
        text = re.sub(r"\nclock = .*", "", self.conf.read_text())
        self.conf.write_text(text.replace("[varde]", f"[varde]\nclock = {moment}", 1))
        self.start()
        self.ahead = int(datetime.datetime.fromisoformat(moment.replace("Z", "+00:00")).timestamp() - time.time())

    def now(self):
        """By its clock, in seconds."""
        return int(time.time()) + self.ahead

    def ctl(self, *words, check=True, **kw):
        run = subprocess.run([BIN / "vardectl", *words, "--config", self.conf], capture_output=True, text=True,
                             env=self.env, **kw)
        if check:
            assert run.returncode == 0, (words, run.returncode, run.stderr)
        return run

    def add_key(self, organisation, *words, key=None, kid=None):
        """Registers the key (or another one) of an organisation."""
        key = key or organisation.key
        path, proof = self.folder / "new-key.json", self.folder / "new-key.proof"
        path.write_text(json.dumps({**json.loads(key.export_public()), "kid": kid or organisation.kid}))
        date = time.strftime("%Y-%m-%d", time.gmtime(self.now()))
        proof.write_text(key_proof(key, organisation.orgnr, date) + "\n")
        self.ctl("key", "add", organisation.orgnr, "--jwk", str(path), "--proof", str(proof), *words)

    def register(self, organisation, phase="active"):
        """Makes it a tenant with its key, in that phase. Returns it."""
        self.ctl("tenant", "add", organisation.orgnr, organisation.name, "--kind", organisation.kind)
        self.add_key(organisation)
        if phase != "invited":
            self.ctl("tenant", "phase", organisation.orgnr, phase, "--reason", "a test")
        return organisation

    def database(self, orgnr):
        return self.demo / "data/tenants" / f"{orgnr}.db"

    # --- tokens and signatures -----------------------------------------------------

    def claims(self, tenant, scopes=(SUBMIT, READ), **more):
        now = self.now()
        return {"iss": self.issuers["maskinporten"].iss, "aud": self.info["audience"], "iat": now, "exp": now + 119,
                "scope": " ".join(scopes), "client_id": "test-client", "jti": str(uuid.uuid4()),
                "consumer": {"authority": "iso6523-actorid-upis", "ID": "0192:" + tenant.orgnr}, **more}

    def token(self, tenant, scopes=(SUBMIT, READ), **more):
        issuer = self.issuers["maskinporten"]
        header = {"alg": issuer.alg, "kid": issuer.kid, "typ": "JWT"}
        return compact(header, self.claims(tenant, scopes, **more), issuer.key)

    def bearer(self, tenant, **more):
        return {"Authorization": "Bearer " + self.token(tenant, **more)}

    def payload(self, tenant, document, schema="incident-report/1.0", **more):
        return {"iss": tenant.orgnr, "aud": self.info["audience"], "iat": self.now(), "schema": schema,
                "document": document, **more}

    def sign(self, tenant, document, header=None, **more):
        full = {"alg": tenant.alg, "kid": tenant.kid, "typ": "varde+jws", **(header or {})}
        return compact(full, self.payload(tenant, document, **more), tenant.key)

    # --- requests ----------------------------------------------------------------------

    def post(self, path, body, tenant=None, type="application/jose", headers=None, lang=None):
        all_headers = {"Content-Type": type, **(self.bearer(tenant) if tenant else {}), **(headers or {})}
        if lang:
            all_headers["Accept-Language"] = lang
        return self.request("POST", path, body, all_headers)

    def submit(self, tenant, document, **more):
        return self.post("/v1/submissions", self.sign(tenant, document, **more), tenant)

    def validate(self, tenant, document, schema="incident-report/1.0", lang=None):
        body = json.dumps({"schema": schema, "document": document})
        return self.post("/v1/submissions/validate", body, tenant, type="application/json", lang=lang)

    def get(self, path, tenant=None, headers=None):
        return self.request("GET", path, headers={**(self.bearer(tenant) if tenant else {}), **(headers or {})})


def example(name, tenant=None, **changes):
    """An example document with a fresh id, made the tenant's own."""
    document = json.loads((EXAMPLES / f"{name}.json").read_text())
    document["report_id"] = str(uuid.uuid4())
    document["source"]["local_case_id"] = "T-" + str(uuid.uuid4().int % 10**8)
    if tenant:
        document["organisation"]["number"] = tenant.orgnr
        document["organisation"].pop("unit_number", None)
    document.update(changes)
    return document


def about(name, tenant, report=None, **changes):
    """An example document about a report ("review/started"), made the tenant's own."""
    kind, name = name.split("/")
    document = json.loads((SOURCE / "schemas" / kind / "examples" / f"{name}.json").read_text())
    document["report_id"] = report["report_id"] if report else str(uuid.uuid4())
    document["organisation"] = {"number": tenant.orgnr}
    document[f"{kind}_revision"] = 1
    document.pop("supersedes", None)
    document.update(changes)
    return document


def digest(jws_text):
    return "sha-256:" + hashlib.sha256(jws_text.encode()).hexdigest()
