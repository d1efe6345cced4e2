#!/usr/bin/python3
"""Well-signed payloads and documents that must be refused: inputs 37 to 40 and 45,
and what else a registered tenant can put into JSON."""
import json
import sys
import time

from hostile import CANARY, Table, forge
from varde import Varde, example


class Cases:
    def __init__(self, v):
        self.v, self.table, self.tenant = v, Table(v), v.tenants[0]

    def fresh(self, **changes):
        return example("minimal-hf", self.tenant, **changes)

    def send(self, payload):
        header = {"alg": self.tenant.alg, "kid": self.tenant.kid, "typ": "varde+jws"}
        return self.v.post("/v1/submissions", forge(header, payload, self.tenant.key), self.tenant)

    def text(self, document=None):
        return json.dumps(self.v.payload(self.tenant, document or self.fresh()), ensure_ascii=False)

    def refuse(self, number, what, payload, code="invalid-json", status=400):
        self.table.refused(number, what, self.send(payload), status, code)

    def spliced(self, old, new, document=None):
        """The payload with one piece of text replaced, where JSON libraries would not write it."""
        text = self.text(document)
        assert old in text, old
        return text.replace(old, new, 1).encode("utf-8", "surrogatepass")

    def findings(self, number, what, document, *wanted):
        """Refused as a document, unsigned and signed alike, with these pointers and codes."""
        answer = self.send(self.v.payload(self.tenant, document))
        self.table.refused(number, what, answer, 422, "invalid-document")
        if answer.status == 422:
            for pair in wanted:
                self.table.true(f"{what}: {pair} in {answer.pointers()}", pair in answer.pointers())
        tried = self.v.validate(self.tenant, document)
        self.table.true(f"{what}: validate says {tried}", tried.status == 422 and tried.json["errors"] == answer.json.get("errors"))
        return answer

    # --- the cases -----------------------------------------------------------------

    def duplicates(self):
        self.refuse(37, "iss twice", self.spliced('{"iss"', '{"iss": "x", "iss"'))
        self.refuse(37, "number twice in the document", self.spliced('"number"', f'"number": "{CANARY}", "number"'))
        self.refuse(37, "number twice, once escaped", self.spliced('"number"', f'"\\u006eumber": "{CANARY}", "number"'))
        self.refuse(37, "an unknown member twice, deep", self.spliced('"source": {', '"source": {"a":{"b":[{"c":1,"c":2}]},'))
        self.refuse(37, "the empty name twice", self.spliced('"source": {', '"source": {"":1,"":2,'))

    def framing(self):
        good = self.text().encode()
        for what, payload in (("NUL and another object", good + b"\0{}"), ("two objects", good + good), ("a NUL after", good + b"\0"),
                              ("a BOM before", b"\xef\xbb\xbf" + good), ("a comma after", good + b","), ("nothing", b""),
                              ("only space", b"  "), ("cut off", good[:-9]), ("a trailing comma", good[:-1] + b",}"),
                              ("a comment", b"/* x */" + good), ("UTF-16", good.decode().encode("utf-16")),
                              ("single quotes", good.replace(b'"', b"'"))):
            self.refuse(38, what, payload)
        for what, payload in (("an array", b"[" + good + b"]"), ("a text", b'"x"'), ("a number", b"1"), ("null", b"null"), ("an empty object", b"{}")):
            self.refuse(38, what, payload, "invalid-payload")
        for what, document in (("an array", []), ("a text", CANARY), ("null", None), ("a JWS", self.v.sign(self.tenant, self.fresh()))):
            self.refuse(38, "document " + what, {**self.v.payload(self.tenant, {}), "document": document}, "invalid-payload")
        self.refuse(38, "a member more", {**self.v.payload(self.tenant, self.fresh()), CANARY: 1}, "invalid-payload")
        self.refuse(38, "jti, as others have it", {**self.v.payload(self.tenant, self.fresh()), "jti": CANARY}, "invalid-payload")
        for name in ("iss", "aud", "iat", "schema", "document"):
            payload = self.v.payload(self.tenant, self.fresh())
            del payload[name]
            self.refuse(38, "without " + name, payload, "invalid-payload")
            self.refuse(38, f"{name} an array", {**payload, name: [CANARY]}, "invalid-payload")

    def characters(self):
        case = '"local_case_id": "'
        for what, bad in (("invalid UTF-8", b"\xff"), ("an overlong slash", b"\xc0\xaf"), ("a surrogate in UTF-8", b"\xed\xa0\x80"),
                          ("above U+10FFFF", b"\xf4\x90\x80\x80"), ("a cut sequence", b"\xe2\x82"), ("a raw NUL", b"\0"), ("a raw newline", b"\n"),
                          ("a raw tab", b"\t")):
            good = self.text().encode()
            self.refuse(39, what, good.replace(case.encode(), case.encode() + bad, 1))
        for what, bad in (("a lone surrogate escaped", "\\ud800"), ("a low one first", "\\udc00\\ud800"), ("\\u0000", "\\u0000"),
                          ("an unknown escape", "\\x41"), ("a short escape", "\\u12")):
            self.refuse(39, what, self.spliced(case, case + bad))
        self.refuse(39, "\\u0000 in a member's name", self.spliced('"source": {', '"source": {"a\\u0000b": 1, '))

    def numbers(self):
        for what, number in (("NaN", "NaN"), ("Infinity", "Infinity"), ("1e999", "1e999"), ("above 2^63", "9223372036854775808"),
                             ("30 digits", "1" * 30), ("-1e999", "-1e999"), ("leading zero", "01"), ("plus sign", "+1"),
                             ("hexadecimal", "0x1"), ("leading point", ".5"), ("trailing point", "1."), ("bare minus", "-")):
            self.refuse(39, "revision " + what, self.spliced('"revision": 1', '"revision": ' + number))
        for what, number in (("0", "0"), ("-1", "-1"), ("-0", "-0"), ("10000", "10000"), ("2^63 - 1", str(2**63 - 1)), ("1.5", "1.5"),
                             ("a text", '"1"'), ("true", "true"), ("null", "null"), ("1e-7", "1e-7"), ("1e300", "1e300"), ("an array", "[1]")):
            self.refuse(39, "revision " + what, self.spliced('"revision": 1', '"revision": ' + number), "invalid-document", 422)
        document = example("full-hf", self.tenant)
        first = self.send(self.v.payload(self.tenant, document))
        self.table.taken(39, "revision 1", first, 201)
        for number in ("1.0", "1e0", "10e-1", "1E+0"):
            answer = self.send(self.spliced('"revision": 1', '"revision": ' + number, document))
            self.table.taken(39, f"revision {number}, the same number", answer)
            self.table.true("the first receipt", answer.body == first.body)
        answer = self.send(self.spliced('"sequence": 1', '"sequence": 1.0', document))
        self.table.taken(39, "a patient's sequence 1.0", answer)
        answer = self.send(self.spliced('"sequence": 1', '"sequence": 1e2', document))
        self.table.refused(39, "a patient's sequence 1e2", answer, 409, "revision-conflict")
        self.refuse(39, "revision 1e2", self.spliced('"revision": 1', '"revision": 1e2'), "revision-skipped", 409)
        text = json.dumps({"schema": "incident-report/1.0", "document": document}).replace('"revision": 1', '"revision": 1.0')
        answer = self.v.post("/v1/submissions/validate", text, self.tenant, type="application/json")
        self.table.taken(39, "validate: revision 1.0", answer)

    def sizes(self):
        deep = lambda n: "[" * n + "]" * n  # noqa: E731
        for depth in (31, 40, 2000, 100000):
            self.refuse(40, f"depth {depth}", self.spliced('"source": {', f'"source": {{"x": {deep(depth)}, '))
        self.refuse(40, "objects 2000 deep", self.spliced('"source": {', '"source": {"x": ' + '{"a":' * 2000 + "1" + "}" * 2000 + ", "))
        self.refuse(40, "brackets within a text are not depth", self.spliced('"source": {', '"source": {"x": "' + "[" * 500 + '", '),
                    "invalid-document", 422)
        began = time.monotonic()
        many = ",".join(f'"{CANARY[:1]}{i:x}":0' for i in range(30000))
        self.refuse(40, "30 000 unknown members", self.spliced('{"schema_version"', "{" + many + ',"schema_version"'), "invalid-document", 422)
        self.refuse(40, "30 000 unknown members in 'source'", self.spliced('"source": {', '"source": {' + many + ","), "invalid-document", 422)
        answer = self.send(self.spliced('"patients": [', '"patients": [' + ",".join(["{}"] * 9000) + ","))
        self.table.refused(40, "9 000 patients", answer, 422, "invalid-document")
        self.table.true("findings are capped at 100", len(answer.json["errors"]) <= 100)
        self.refuse(40, "10^5 members", self.spliced('"source": {', '"source": {' + ",".join(f'"{i:x}":0' for i in range(10**5)) + ","), "content-too-large", 413)
        self.refuse(40, "1 MB of text", self.spliced('"local_case_id": "', '"local_case_id": "' + "x" * 2**20), "content-too-large", 413)
        self.refuse(40, "300 KB of text in a known member", self.spliced('"local_case_id": "', '"local_case_id": "' + "x" * 300000),
                    "invalid-document", 422)
        self.refuse(40, "a narrative above its length", self.v.payload(self.tenant, self.fresh(narrative={"description": "ø" * 30001})),
                    "invalid-document", 422)
        self.table.true(f"large documents take no time: {time.monotonic() - began:.1f} s", time.monotonic() - began < 30)

    def schemas(self):
        for what, name, status, code in (("unknown", "incident-report/9.9", 422, "schema-unknown"), ("a path", "../../incident-report/1.0", 422, "schema-unknown"),
                                         ("of another kind", CANARY + "/1.0", 422, "schema-unknown"), ("empty", "", 422, "schema-unknown"),
                                         ("with a space", "incident-report/1.0 ", 422, "schema-unknown"), ("upper case", "INCIDENT-REPORT/1.0", 422, "schema-unknown"),
                                         ("5000 long", "x" * 5000, 422, "schema-unknown")):
            self.refuse(45, "schema " + what, self.v.payload(self.tenant, self.fresh(), schema=name), code, status)
        self.findings(45, "schema_version of another", self.fresh(schema_version="1.1"), ("/schema_version", "schema-const"))
        unknown = self.findings(45, "an unknown member", {**self.fresh(), CANARY: CANARY})
        self.table.true(f"its parent is pointed at: {unknown.pointers()}", "" in {p for p, _ in unknown.pointers()})
        deep = self.fresh()
        deep["source"][CANARY] = {CANARY: CANARY}
        answer = self.findings(45, "an unknown member further down", deep)
        self.table.true(f"/source is pointed at: {answer.pointers()}", "/source" in {p for p, _ in answer.pointers()})

    def values(self):
        """The canary in each member in turn: refused where it is no text, and never said back."""
        full = example("full-hf", self.tenant)
        full["organisation"]["number"] = self.tenant.orgnr

        def places(value, path=()):
            if isinstance(value, dict):
                for name, inner in value.items():
                    yield from places(inner, path + (name,))
            elif isinstance(value, list):
                for i, inner in enumerate(value):
                    yield from places(inner, path + (i,))
            yield path

        count = 0
        for path in places(full):
            for value in (CANARY, [CANARY], {CANARY: CANARY}):
                document = json.loads(json.dumps(full))
                if not path:
                    continue
                place = document
                for step in path[:-1]:
                    place = place[step]
                place[path[-1]] = value
                answer = self.v.validate(self.tenant, document, lang="en" if count % 2 else "nb")
                count += 1
                clear = answer.json.get("clear") if answer.status == 200 else None
                shown = "/" + "/".join(map(str, path))
                if answer.status == 200:
                    self.table.true(f"{shown}: a name in clear", CANARY not in json.dumps(clear) and value == CANARY)
                else:
                    self.table.true(f"{shown}: {answer}", answer.status == 422 and answer.code == "invalid-document")
                    self.table.true(f"{shown}: echo", CANARY.encode() not in answer.body)
        self.table.rows.append((45, f"a text in each of {count} places: refused, or sealed", 422, "invalid-document"))

    def person_numbers(self):
        """A person number that hides in a clear member."""
        for what, path, value in (("a case id", ("source", "local_case_id"), "15898512379"), ("with a dash", ("source", "local_case_id"), "158985-12379"),
                                  ("with spaces", ("source", "local_case_id"), "158985 12379"), ("within words", ("source", "local_case_id"), "sak15898512379x"),
                                  ("a local code", ("source", "local_codes"), [{"code_system": "category", "code": "15898512379"}]),
                                  ("the report's id", ("report_id",), "15898512-3790-4000-8000-000000000000")):
            document = self.fresh()
            place = document
            for step in path[:-1]:
                place = place[step]
            place[path[-1]] = value
            answer = self.v.validate(self.tenant, document)
            kept = answer.status == 200 and value in json.dumps(answer.json["clear"]) if isinstance(value, str) else answer.status == 200
            print("person number as", what, answer.status, sorted(answer.pointers()) if answer.status != 200 else "", file=sys.stderr)
            if what != "the report's id":
                self.table.true(f"person number as {what} stays clear: {answer}", not kept)
            self.table.rows.append((45, "person number in the clear: " + what, answer.status, answer.json.get("code", "taken")))

    def languages(self):
        bad = self.fresh(event_class=CANARY)
        seen = {}
        for lang in ("nb", "nb-NO,nn;q=0.8", "en", "en-GB,en;q=0.9,nb;q=0.1", "de", "*", "", "x" * 8000, "en;q=0", CANARY, "nb;q=0.5,en;q=0.6", ",;q=,,en"):
            answer = self.v.validate(self.tenant, bad, lang=lang or " ")
            english = answer.headers["Content-Language"] == "en"
            seen[lang[:20]] = english
            message = answer.json["errors"][0]["message"]
            self.table.true(f"language {lang[:30]}: {message}", answer.status == 422 and CANARY not in message)
        self.table.true(f"languages: {seen}", [seen[k] for k in ("nb", "en", "de", "*", "nb;q=0.5,en;q=0.6")] == [False, True, False, False, True])


def main():
    with Varde() as v:
        cases = Cases(v)
        cases.duplicates()
        cases.framing()
        cases.characters()
        cases.numbers()
        cases.sizes()
        cases.schemas()
        cases.values()
        cases.person_numbers()
        cases.languages()
        cases.table.end()


if __name__ == "__main__":
    main()
