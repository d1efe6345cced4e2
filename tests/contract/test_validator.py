#!/usr/bin/python3
"""The validator that every HTTP test leans on sees what it should: one sound
answer, and one fault at a time."""
import copy
import email.message
import json
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "http"))
from contract import Broken, Contract  # noqa: E402

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
COMMON = {"Trace-Id": TRACE, "Cache-Control": "no-store", "Date": "x"}
JSON = {**COMMON, "Content-Type": "application/json"}
PROBLEM = {**COMMON, "Content-Type": "application/problem+json", "Content-Language": "nb"}
RECEIPT = {"organisation": "310000019", "sender": "310000019",
           "report_id": "3ceaaf30-8142-48ea-91d9-3080f9b439fc", "revision": 1, "schema": "incident-report/1.0",
           "reference": "B3KNQ-9VXYE", "received_at": "2026-03-04T09:00:00.205Z",
           "first_received_at": "2026-03-04T09:00:00.205Z", "digest": "sha-256:" + "0" * 64, "status": "accepted",
           "warnings": []}
BUSY = {"type": "/problems/busy", "title": "t", "status": 503, "detail": "d", "code": "busy", "trace_id": TRACE,
        "retry_after": 1}
NOT_FOUND = {"type": "/problems/not-found", "title": "t", "status": 404, "detail": "d", "code": "not-found",
             "trace_id": TRACE}
contract = Contract()


def message(headers):
    found = email.message.Message()
    for name, value in headers.items():
        found[name] = value
    return found


def hold(method, target, status, headers, body):
    contract.hold(method, target, status, message(headers), body if isinstance(body, bytes) else json.dumps(body).encode())


def without(headers, name):
    return {k: v for k, v in headers.items() if k != name}


def refuses(*answer):
    try:
        hold(*answer)
    except Broken:
        return
    raise AssertionError(f"passed: {answer}")


def test_sound():
    hold("POST", "/v1/submissions", 201, JSON, RECEIPT)
    hold("POST", "/v1/submissions?x=1", 503, {**PROBLEM, "Retry-After": "1"}, BUSY)
    hold("GET", "/v1/reports/x/receipt", 404, PROBLEM, NOT_FOUND)
    hold("GET", "http://host/nowhere", 404, PROBLEM, NOT_FOUND)
    hold("HEAD", "/v1/schemas", 200, JSON, b"")
    hold("OPTIONS", "/v1/schemas", 204, {**COMMON, "Allow": "GET, HEAD, OPTIONS"}, b"")
    hold("GET", "/x", 431, {"Content-Type": "text/html"}, b"<html>")


def test_heads():
    refuses("POST", "/v1/submissions", 202, JSON, RECEIPT)
    refuses("GET", "/v1/tenant", 404, PROBLEM, NOT_FOUND)
    refuses("GET", "/nowhere", 200, JSON, {})
    refuses("OPTIONS", "/v1/schemas", 204, COMMON, b"")
    refuses("HEAD", "/v1/schemas", 200, JSON, b"x")
    for name in COMMON.keys() - {"Date"}:
        refuses("POST", "/v1/submissions", 201, without(JSON, name), RECEIPT)
    refuses("POST", "/v1/submissions", 201, {**JSON, "Trace-Id": "1"}, RECEIPT)
    refuses("POST", "/v1/submissions", 201, {**JSON, "ETag": '"1"'}, RECEIPT)
    refuses("POST", "/v1/submissions", 201, without(JSON, "Content-Type"), RECEIPT)
    refuses("POST", "/v1/submissions", 201, {**JSON, "Content-Type": "text/html"}, RECEIPT)
    refuses("POST", "/v1/submissions", 503, PROBLEM, BUSY)
    refuses("POST", "/v1/submissions", 503, {**PROBLEM, "Retry-After": "0"}, BUSY)
    refuses("GET", "/v1/tenant", 401, PROBLEM, {**NOT_FOUND, "status": 401, "code": "invalid-token"})


def test_bodies():
    for name in RECEIPT:
        refuses("POST", "/v1/submissions", 201, JSON, without(RECEIPT, name))
    for change in ({"more": 1}, {"revision": "1"}, {"digest": "0"}, {"received_at": "2026-03-04T09:00:00Z"},
                   {"report_id": RECEIPT["report_id"].upper()}, {"status": "stored"}, {"warnings": [{}]}):
        refuses("POST", "/v1/submissions", 201, JSON, {**RECEIPT, **change})
    for name in NOT_FOUND:
        refuses("GET", "/v1/reports/x", 404, PROBLEM, without(NOT_FOUND, name))
    for change in ({"code": "busy"}, {"code": "unheard-of"}, {"status": 403}, {"more": 1}, {"errors": []}):
        refuses("GET", "/v1/reports/x", 404, PROBLEM, {**NOT_FOUND, **change})
    refuses("GET", "/v1/reports/x/receipt", 200, {**COMMON, "Content-Type": "application/jwt"}, b"e30.e30.AA")
    refuses("GET", "/problems", 200, {**COMMON, "Content-Type": "text/html; charset=utf-8"}, b"plain")


def test_description():
    """A changed description is another contract."""
    changed = Contract()
    changed.spec = copy.deepcopy(changed.spec)
    del changed.spec["paths"]["/v1/tenant"]
    assert contract.template("/v1/tenant") == "/v1/tenant" and changed.template("/v1/tenant") is None
    assert contract.template("/v1/submissions/batch") == "/v1/submissions/batch"
    assert contract.template("/v1/reports/") is None


for test in (test_sound, test_heads, test_bodies, test_description):
    test()
print("the validator sees every fault")
