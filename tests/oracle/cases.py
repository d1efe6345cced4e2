"""The questions whose answers must not tell what the caller may not know: for each, kinds
of requests that must be alike in content and in time, and a control that must not be.

A control does a little more or less work than the others, as a careless check would:
where the measurement cannot see that, it proves nothing.

A withdrawn report will be a further kind of `report` and `receipt`; another
organisation's `kid` is none, since the contract tells it from an unknown one (403, 400)."""
import json
import pathlib
import sys
import time
import uuid

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "http"))

from varde import Varde, compact, example  # noqa: E402

LIMITS = "\n[limits]\nsubmissions_per_minute = 1000000\nsubmissions_burst = 1000000\nreads_per_minute = 1000000\nreads_burst = 1000000\n"
STRANGER = "974760673"  # a valid number that no demonstration registers
MANY = 100


class Question:
    """kinds: {name: [(method, path, headers, body)]}; the last one is the control."""

    def __init__(self, name, **kinds):
        self.name, self.kinds = name, kinds
        self.control = list(kinds)[-1]
        self.alike = list(kinds)[:-1]


def fill(v, tenant):
    """Reports of the tenant's; their ids."""
    documents = [example("municipality-minimal" if tenant.kind == "municipality" else "minimal-hf", tenant) for _ in range(MANY)]
    body = json.dumps({"submissions": [v.sign(tenant, d) for d in documents]})
    answer = v.post("/v1/submissions/batch", body, tenant, type="application/json")
    assert [r["status"] for r in answer.json["results"]] == [201] * MANY, answer
    return [d["report_id"] for d in documents]


class Installation(Varde):
    """Tenant 0 asks; 1 has reports, 2 is suspended, 3 has never sent anything."""

    def __init__(self):
        super().__init__(conf=LIMITS)

    def questions(self):
        own, other, suspended, empty = self.tenants
        fill(self, own)
        theirs = fill(self, other)
        self.ctl("tenant", "suspend", suspended.orgnr, "--reason", "prøve")
        unknown = [str(uuid.uuid4()) for _ in range(MANY)]
        malformed = [text[:-1] + "x" for text in unknown]
        bearer, newcomer = self.bearer(own, exp=self.later()), self.bearer(empty, exp=self.later())

        def get(path, ids, headers=bearer):
            return [("GET", path % i, headers, b"") for i in ids]

        def of(orgnr, path="/v1/reports?organisation=%s"):
            return get(path, [orgnr])

        page = "/v1/reports?organisation=%s&limit=1"  # a look into a tenant's file

        yield Question("report", theirs=get("/v1/reports/%s", theirs), unknown=get("/v1/reports/%s", unknown),
                       malformed=get("/v1/reports/%s", malformed))
        yield Question("receipt", theirs=get("/v1/reports/%s/receipt?revision=1", theirs),
                       unknown=get("/v1/reports/%s/receipt?revision=1", unknown),
                       malformed=get("/v1/reports/%s/receipt?revision=1", malformed))
        yield Question("report, asked by who has none", theirs=get("/v1/reports/%s", theirs, newcomer),
                       unknown=get("/v1/reports/%s", unknown, newcomer), malformed=get("/v1/reports/%s", malformed, newcomer))
        yield Question("organisation", existing=of(other.orgnr), suspended=of(suspended.orgnr), empty=of(empty.orgnr),
                       unknown=of(STRANGER), own=of(own.orgnr, page))
        yield Question("iss", existing=self.signed(own, other.orgnr), suspended=self.signed(own, suspended.orgnr),
                       unknown=self.signed(own, STRANGER), own=self.signed(own, own.orgnr, place="nowhere"))
        yield Question("sub-unit", existing=self.in_unit(own, other.orgnr), unknown=self.in_unit(own, STRANGER),
                       longer=self.in_unit(own, STRANGER, patients=9))

    def later(self):
        """The end of a token that outlives the measurement."""
        return int(time.time()) + 3000

    def submit_of(self, tenant, body):
        headers = {**self.bearer(tenant, exp=self.later()), "Content-Type": "application/jose"}
        return [("POST", "/v1/submissions", headers, body.encode())]

    def signed(self, tenant, iss, **changes):
        """A sound document of the tenant's in which it writes as another: 403."""
        document = example("minimal-hf", tenant, **changes)
        header = {"alg": tenant.alg, "kid": tenant.kid, "typ": "varde+jws"}
        return self.submit_of(tenant, compact(header, {**self.payload(tenant, document), "iss": iss}, tenant.key))

    def in_unit(self, tenant, number, patients=1):
        """A document about a sub-unit that is not the tenant's: 422."""
        document = example("minimal-hf", tenant)
        document["patients"] = [{**document["patients"][0], "sequence": n + 1} for n in range(patients)]
        document["organisation"] = {"number": number}
        return self.submit_of(tenant, self.sign(tenant, document))
