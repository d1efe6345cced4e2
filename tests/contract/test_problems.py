#!/usr/bin/python3
"""Every problem code: provoked through the real daemon, explained on a page in
bokmål and English, listed in openapi.yaml with its status and a line.

A code that only a fault provokes is named below with the test that does."""
import json
import pathlib
import re
import shutil
import sys
import time
import uuid

from jwcrypto import jwk

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "http"))
from contract import contract  # noqa: E402
from hostile import HelseId  # noqa: E402
from varde import about, READ, SOURCE, SUBMIT, Organisation, Varde, compact, example, organisation_numbers  # noqa: E402

# Not provoked here: code, and why.
ELSEWHERE = {
    "rate-limited": "tests/http/test_limits.py",
    "concurrency-limited": "tests/http/test_limits.py",
    "use-dpop-nonce": "only where varde.conf asks for nonces; tests/http/test_nonce.py",
    "busy": "a full queue; needs more load than a test of words makes",
    "shutting-down": "only while the daemon stops",
    "storage-failed": "a failing disk",
    "issuer-unavailable": "an issuer that cannot be reached; tests/issuers",
    "storage-full": "a full disk",
    "profile-unavailable": "a file that is missing; tests/profiles",
    "internal-error": "memory that runs out, or our own mistake",
    **{code: "answered by the proxy: tests/proxy" for code in (
        "client-certificate-required", "client-certificate-invalid", "request-timeout", "too-many-failures", "bad-gateway",
        "gateway-timeout")},
}
STRANGER = "974760673"  # a valid number that no demonstration registers
INVITED = "910000004"


class Provoker:
    """One method per code; each returns the answer that should have it."""

    def __init__(self, v):
        self.v, self.tenant, self.other = v, v.tenants[0], v.tenants[1]

    def submit(self, jws, headers=None, tenant=None):
        return self.v.post("/v1/submissions", jws, tenant or self.tenant, headers=headers)

    def signed(self, key=None, header=None, **payload):
        t = self.tenant
        full = {"alg": t.alg, "kid": t.kid, "typ": "varde+jws", **(header or {})}
        return compact(full, {**self.v.payload(t, example("minimal-hf", t)), **payload}, key or t.key)

    def invalid_request(self):
        return self.v.get("/v1/schemas?access_token=x")

    def invalid_query(self):
        for query in ("limit=0", "limit=1001", "limit=", "since=-1", "since=9223372036854775808", "organisation=310000018"):
            last = self.v.get("/v1/reports?" + query, self.tenant)
            assert last.code == "invalid-query", (query, last)
        for path in (f"/v1/reports/{uuid.uuid4()}/receipt?revision=0", f"/v1/reports/{uuid.uuid4()}?revision=1",
                     "/v1/tenant?organisation=31000001"):
            last = self.v.get(path, self.tenant)
            assert last.code == "invalid-query", (path, last)
        return last

    def not_found(self):
        return self.v.get(f"/v1/reports/{uuid.uuid4()}", self.tenant)

    def method_not_allowed(self):
        return self.v.request("DELETE", "/v1/reports")

    def not_acceptable(self):
        return self.v.get("/problems", headers={"Accept": "image/png"})

    def content_too_large(self):
        many = json.dumps({"submissions": ["x"] * 1001})
        assert self.v.post("/v1/submissions/batch", many, self.tenant, type="application/json").status == 413
        return self.submit("x" * (512 * 1024 + 1))

    def unsupported_media_type(self):
        return self.v.post("/v1/submissions", "{}", self.tenant, type="application/json")

    def authentication_required(self):
        return self.v.get("/v1/tenant")

    def invalid_token(self):
        return self.v.get("/v1/tenant", headers=self.v.bearer(self.tenant, exp=int(time.time()) - 600))

    def invalid_dpop_proof(self):
        token = HelseId(self.v, self.tenant).token
        answer = self.v.get("/v1/tenant", headers={"Authorization": "DPoP " + token})
        assert "algs=" in answer.headers["WWW-Authenticate"], answer.headers
        return answer

    def insufficient_scope(self):
        answer = self.v.get("/v1/tenant", headers=self.v.bearer(self.tenant, scopes=(SUBMIT,)))
        assert READ in answer.headers["WWW-Authenticate"], answer.headers
        return answer

    def consumer(self, orgnr):
        actor = {"authority": "iso6523-actorid-upis", "ID": "0192:" + orgnr}
        return self.v.get("/v1/tenant", headers=self.v.bearer(self.tenant, consumer=actor))

    def unknown_tenant(self):
        return self.consumer(STRANGER)

    def tenant_suspended(self):
        self.v.ctl("tenant", "suspend", self.other.orgnr, "--reason", "a test")
        try:
            return self.v.get("/v1/tenant", self.other)
        finally:
            self.v.ctl("tenant", "resume", self.other.orgnr, "--reason", "a test")

    def tenant_not_open(self):
        self.v.ctl("tenant", "add", INVITED, "Invited", "--kind", "hf")
        return self.consumer(INVITED)

    def tenant_not_owner(self):
        company = self.v.register(Organisation("310000248", "Regional IKT AS", "processor"))
        return self.v.get("/v1/reports", company)

    def tenant_mismatch(self):
        for orgnr in (self.other.orgnr, STRANGER):
            last = self.v.get("/v1/reports?organisation=" + orgnr, self.tenant)
            assert last.code == "tenant-mismatch", (orgnr, last)
        return self.submit(self.signed(), tenant=self.other)

    def project(self, *words):
        """With one project in force that is open to no kind of organisation but hospitals."""
        if not json.loads(self.v.ctl("project", "list", "--json").stdout)["projects"]:
            self.v.ctl("project", "add", "pilot", "Pilot", "--decision", "TB2025-36", "--purpose", "Læring", "--retention",
                       "To år", "--from", "2025-01-01")
        self.v.ctl("project", *words)

    def phase_not_open(self):
        self.project("open", "pilot", self.tenant.kind, "--from", "2126-03-01")
        try:
            answer = self.submit(self.signed())
            assert (answer.json["opens"], answer.json.get("closed")) == ("2126-03-01", None), answer
            return answer
        finally:
            self.project("open", "pilot", self.tenant.kind, "--from", "2025-01-01")

    def no_legal_basis(self):
        self.project("set", "pilot", "--to", "2025-12-31")
        try:
            answer = self.submit(self.signed())
            assert (answer.json["closed"], answer.json.get("opens")) == ("2025-12-31", None), answer
            return answer
        finally:
            self.project("set", "pilot", "--no-end")

    def signature_malformed(self):
        for text in ("x", "a.b", "e30.e30.e30", self.signed() + "\n", self.signed(header={"typ": "JWT"})):
            last = self.submit(text)
            assert last.code == "signature-malformed", (text, last)
        return last

    def signature_invalid(self):
        head, payload, signature = self.signed().split(".")
        return self.submit(".".join((head, payload, ("A" if signature[0] != "A" else "B") + signature[1:])))

    def signature_algorithm(self):
        key = jwk.JWK.generate(kty="EC", crv="P-256")
        return self.submit(self.signed(key, {"alg": "ES256"}))  # the register has an RSA key for this kid

    def signature_key_unknown(self):
        return self.submit(self.signed(header={"kid": "unknown"}))

    def signature_key_expired(self):
        self.v.ctl("key", "revoke", self.v.tenants[3].kid, "--reason", "a test")
        t = self.v.tenants[3]
        return self.submit(self.v.sign(t, example("minimal-hf", t)), tenant=t)

    def signature_audience(self):
        return self.submit(self.signed(aud="https://another.example"))

    def signature_expired(self):
        now = int(time.time())
        assert self.submit(self.signed(iat=now + 600)).code == "signature-expired"
        return self.submit(self.signed(iat=now - 8 * 86400))

    def invalid_json(self):
        t = self.tenant
        header = {"alg": t.alg, "kid": t.kid, "typ": "varde+jws"}
        return self.submit(compact(header, b'{"iss":"1","iss":"1"}', t.key))

    def invalid_payload(self):
        for body in ({"submissions": []}, {"submissions": {}}, {"reports": []}, {"submissions": ["x"], "more": 1}):
            answer = self.v.post("/v1/submissions/batch", json.dumps(body), self.tenant, type="application/json")
            assert answer.code == "invalid-payload", (body, answer)
        return self.submit(self.signed(jti="1"))

    def schema_unknown(self):
        return self.submit(self.signed(schema="incident-report/9.9"))

    def schema_not_open(self):
        return self.submit(self.signed(schema="incident-report/9.1"))

    def schema_retired(self):
        answer = self.submit(self.signed(schema="incident-report/9.0"))
        assert answer.json["successor"] == "incident-report/1.0", answer
        return answer

    def invalid_document(self):
        return self.v.submit(self.tenant, example("minimal-hf", self.tenant, harm={}))

    def not_permitted(self):
        self.v.ctl("tenant", "profile", self.other.orgnr, "no-narrative", "--reason", "a test")
        try:
            told = {"description": "Pasienten falt."}
            return self.v.submit(self.other, example("minimal-hf", self.other, narrative=told))
        finally:
            self.v.ctl("tenant", "profile", self.other.orgnr, "full", "--reason", "a test")

    def revised(self, first, second, **more):
        document = example("minimal-hf", self.tenant)
        for revision in range(1, first + 1):
            assert self.v.submit(self.tenant, {**document, "revision": revision}).status == 201
        answer = self.v.submit(self.tenant, {**document, "revision": second, "place": "unknown", **more})
        assert answer.json["current_revision"] == first, answer
        return answer

    def revision_conflict(self):
        return self.revised(1, 1)

    def revision_stale(self):
        return self.revised(2, 1)

    def revision_skipped(self):
        unseen = self.v.submit(self.tenant, example("minimal-hf", self.tenant, revision=2))
        assert unseen.json["current_revision"] == 0 and unseen.json["digest"] is None, unseen
        return self.revised(1, 3)

    def supersedes_mismatch(self):
        return self.revised(1, 2, supersedes="sha-256:" + "0" * 64)

    def report_unknown(self):
        return self.v.submit(self.tenant, about("review/started", self.tenant), schema="review/1.0")

    def withdrawn(self, reason):
        document = example("minimal-hf", self.tenant)
        assert self.v.submit(self.tenant, document).status == 201
        withdrawal = about("withdrawal/entered-in-error", self.tenant, document, reason=reason)
        assert self.v.submit(self.tenant, withdrawal, schema="withdrawal/1.0").status == 201
        return self.v.submit(self.tenant, {**document, "revision": 2})

    def report_withdrawn(self):
        return self.withdrawn("entered_in_error")

    def erased(self):
        return self.withdrawn("legal_erasure")

    def too_many_cells(self):
        numbers = organisation_numbers(33000000)
        trust = self.v.register(Organisation(next(numbers), "Mange Klinikker HF"))
        for _ in range(5):
            self.v.ctl("tenant", "unit", "add", trust.orgnr, next(numbers), "--name", "En klinikk")
        now = time.gmtime()
        return self.v.get(f"/v1/statistics/own?by=unit,type,severity&from={now.tm_year - 9}-{now.tm_mon:02d}", trust)


def add_other_schemas(v):
    """Two more versions of the schema: one that [reports] accept does not name, one that has had its time."""
    folder = v.folder / "schemas"
    shutil.copytree(SOURCE / "schemas", folder)
    text = (folder / "incident-report/1.0.json").read_text()
    for version in ("9.0", "9.1"):
        (folder / f"incident-report/{version}.json").write_text(text.replace("incident-report/1.0", f"incident-report/{version}"))
    ending = "\n[schema incident-report/9.0]\ndeprecated = 2025-01-01\nsunset = 2026-01-01\nsuccessor = incident-report/1.0\n"
    v.conf.write_text(v.conf.read_text().replace("[varde]\n", f"[varde]\nschemas = {folder}\n") + ending)


def check_provoked(v, codes):
    provoker = Provoker(v)
    for code in codes:
        if code in ELSEWHERE:
            continue
        answer = getattr(provoker, code.replace("-", "_"))()
        assert answer.code == code, (code, answer)
        assert answer.json["status"] == answer.status and answer.json["type"] == "/problems/" + code, answer
        assert answer.json["trace_id"] == answer.headers["Trace-Id"], answer


def check_pages(v, codes):
    """Each code has its page in both languages, as JSON too, with the words of the refusals."""
    listed = v.get("/problems", headers={"Accept": "application/json"}).json["problems"]
    assert [p["code"] for p in listed] == codes, "the list has the order of the enumeration"
    for kind in listed:
        path = kind["type"]
        assert v.get(path, headers={"Accept": "application/json"}).json == kind
        pages = {lang: v.get(path, headers={"Accept-Language": lang, "Accept": "text/html"}) for lang in ("nb", "en")}
        for lang, page in pages.items():
            text = page.body.decode()
            assert page.headers["Content-Language"] == lang and f'<html lang="{lang}">' in text, (path, page.headers)
            assert kind["title"][lang] in text and kind["explanation"][lang] in text, (path, lang)
        assert kind["title"]["nb"] != kind["title"]["en"] and pages["nb"].body != pages["en"].body, path
    for lang in ("nb", "en"):
        index = v.get("/problems", headers={"Accept-Language": lang}).body.decode()
        assert all(f'href="/problems/{code}"' in index for code in codes), lang
    return {p["code"]: p["status"] for p in listed}


def check_description(statuses):
    """The table in ProblemCode, the statuses, and that some operation answers each code."""
    c = contract()
    schema = c.spec["components"]["schemas"]["ProblemCode"]
    rows = dict(re.findall(r"^\| `([a-z-]+)` \| (\d+) \| .+ \|$", schema["description"], re.M))
    assert {code: int(status) for code, status in rows.items()} == statuses, rows
    answered = set()
    responses = [r for _, _, operation in c.operations() for r in operation["responses"].items()]
    for status, response in responses + [*c.spec["x-varde-no-operation"].items(), *c.spec["x-varde-proxy"].items()]:
        content = c.follow(response).get("content", {})
        if "application/problem+json" not in content:
            continue
        own = content["application/problem+json"]["schema"]["properties"]
        assert own["status"]["const"] == int(status)
        for code in own["code"]["enum"]:
            assert statuses[code] == int(status), (code, status)
            answered.add(code)
    assert answered == set(statuses), answered ^ set(statuses)


def main():
    codes = contract().spec["components"]["schemas"]["ProblemCode"]["enum"]
    assert set(ELSEWHERE) <= set(codes), "no longer a code"
    v = Varde()
    add_other_schemas(v)
    with v:
        check_description(check_pages(v, codes))
        check_provoked(v, codes)
    print(f"{len(codes)} codes, {len(codes) - len(ELSEWHERE)} provoked")


if __name__ == "__main__":
    main()
