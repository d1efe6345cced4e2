#!/usr/bin/python3
"""No answer tells what its caller may not know: byte for byte the same but for the trace,
the clock and the caller's own rate. And who is not yet known learns a code, nothing else."""
import json
import time
import unittest
import uuid

from jwcrypto import jwk

from cases import Installation, STRANGER
from hostile import HelseId, forge
from varde import READ, SUBMIT, compact, example

OF_THE_REQUEST = {"date", "trace-id", "ratelimit"}


def known_alike(answer):
    """Everything of an answer that must not differ."""
    trace = answer.headers["Trace-Id"].encode()
    headers = [(name, value) for name, value in answer.headers.items() if name.lower() not in OF_THE_REQUEST]
    return answer.status, headers, answer.body.replace(trace, b"TRACE")


class Answers(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.v = Installation()
        cls.v.start()
        cls.questions = list(cls.v.questions())
        cls.own, cls.other = cls.v.tenants[0], cls.v.tenants[1]

    @classmethod
    def tearDownClass(cls):
        try:
            cls.v.stop()
        finally:
            cls.v.remove()

    def alike(self, what, answers):
        first, *rest = [known_alike(a) for a in answers]
        for other in rest:
            self.assertEqual(first, other, what)
        return answers[0]

    def test_questions(self):
        asked = 0
        for question in self.questions:
            for lang in "nb", "en":
                for method in {"GET": ("GET", "HEAD")}.get(question.kinds[question.control][0][0], ("POST",)):
                    answers = [self.v.request(method, path, body or None, {**headers, "Accept-Language": lang})
                               for kind in question.alike for _, path, headers, body in question.kinds[kind][:3]]
                    answer = self.alike((question.name, method, lang), answers)
                    self.assertGreaterEqual(answer.status, 400)
                    asked += len(answers)
            control = question.kinds[question.control][0]
            self.assertLess(self.v.request(*control[:2], control[3] or None, control[2]).status, 500)
        print(len(self.questions), "questions,", asked, "answers alike")

    def test_receipts_in_every_form(self):
        theirs = next(q for q in self.questions if q.name == "receipt")
        for form in "application/json", "application/jwt":
            self.alike(form, [self.v.request("GET", kind[0][1], headers={**kind[0][2], "Accept": form})
                              for kind in (theirs.kinds["theirs"], theirs.kinds["unknown"])])

    def test_a_batch(self):
        """Its items too, which have no head of their own."""
        question = next(q for q in self.questions if q.name == "iss")
        bodies = [question.kinds[kind][0][3].decode() for kind in question.alike]
        answer = self.v.post("/v1/submissions/batch", json.dumps({"submissions": bodies}), self.own, type="application/json")
        first, *rest = answer.json["results"]
        self.assertEqual(first["problem"]["code"], "tenant-mismatch")
        for other in rest:
            self.assertEqual(first, other)

    def test_anothers_report_is_not_in_the_way(self):
        """Sending under an id or a case number that another has used tells nothing of it."""
        theirs = next(q for q in self.questions if q.name == "report").kinds["theirs"][-1][1].rsplit("/", 1)[1]
        document = example("minimal-hf", self.own, report_id=theirs)
        answers = [self.v.submit(self.own, {**document, "report_id": i, "revision": 2}) for i in (theirs, str(uuid.uuid4()))]
        self.assertEqual(answers[0].json["current_revision"], 0)
        self.alike("a revision of what is not there", answers)
        case = example("minimal-hf", self.other)
        self.assertEqual(self.v.submit(self.other, case).status, 201)
        mine = example("minimal-hf", self.own)
        mine["source"]["local_case_id"] = case["source"]["local_case_id"]
        self.assertEqual(self.v.submit(self.own, mine).json["warnings"], [])

    # --- who is not yet known ------------------------------------------------------------

    def tokens(self):
        """Bearer tokens that fail, each for a reason of its own."""
        v, now = self.v, int(time.time())
        issuer = v.issuers["maskinporten"]
        header = {"alg": issuer.alg, "kid": issuer.kid, "typ": "JWT"}
        stranger = {"consumer": {"authority": "iso6523-actorid-upis", "ID": "0192:" + STRANGER}}

        def token(key=None, header_more=(), **claims):
            return forge({**header, **dict(header_more)}, {**v.claims(self.own), **claims}, key or issuer.key, issuer.alg)

        false_key = jwk.JWK.generate(kty="RSA", size=2048)
        yield "x"
        yield token(false_key)
        yield token(false_key, **stranger)                       # nor whether an organisation is known
        yield token(false_key, scope="varde:nothing")            # nor which scope is missing
        yield token(false_key, exp=now - 9999)
        yield token(header_more={"kid": "x"}.items())
        yield token(header_more={"typ": "x"}.items())
        yield token(aud="x")
        yield token(iss="x")
        yield token(exp=now - 600, iat=now - 700)
        yield token(exp=now - 600, iat=now - 700, scope="", **stranger)
        yield token(nbf=now + 600)
        yield HelseId(v, self.own).token                         # nor that another scheme would do

    def test_one_answer_for_all_that_is_wrong_with_a_token(self):
        """Also where the address would not exist for the caller, or the body be too much."""
        for path, accept in (("/v1/tenant", "nb"), ("/v1/reports", "en"), ("/v1/reports/" + str(uuid.uuid4()), "nb")):
            answers = [self.v.get(path, headers={"Authorization": "Bearer " + t, "Accept-Language": accept}) for t in self.tokens()]
            answer = self.alike(path, answers)
            self.assertEqual((answer.status, answer.code), (401, "invalid-token"))
            for word in ("scope", SUBMIT, READ, "realm", self.own.orgnr, self.own.name):
                self.assertNotIn(word, str(answer.headers) + answer.body.decode())
        bodies = (self.v.sign(self.own, example("minimal-hf", self.own)), "x", "")
        answers = [self.v.post("/v1/submissions", body, headers={"Authorization": "Bearer " + t}) for t in self.tokens() for body in bodies]
        self.assertEqual(self.alike("submissions", answers).status, 401)

    def test_one_answer_for_all_that_is_wrong_with_a_proof(self):
        client = HelseId(self.v, self.own, scopes=())
        other = jwk.JWK.generate(kty="EC", crv="P-256")
        proofs = [client.proof("GET", "/v1/tenant", **more) for more in (
            {"key": other}, {"htm": "PUT"}, {"htu": "x"}, {"ath": "x"}, {"iat": 1}, {"jti": ""}, {"header": {"typ": "x"}},
            {"header": {"jwk": json.loads(other.export_public())}})]
        self.assertEqual(client.get("/v1/tenant").code, "insufficient-scope")  # the token is sound, the scope comes after the proof
        answers = [client.get("/v1/tenant", proof=proof) for proof in (*proofs, "x", "a.b.c")]
        answers.append(self.v.get("/v1/tenant", headers={"Authorization": "DPoP " + client.token}))
        answer = self.alike("proofs", answers)
        self.assertEqual((answer.status, answer.code), (401, "invalid-dpop-proof"))
        self.assertNotIn("scope", answer.headers["WWW-Authenticate"])

    def test_without_a_token_nothing_is_told(self):
        answers = [self.v.get(path) for path in ("/v1/tenant", "/v1/reports", "/v1/reports/x", "/v1/reports?organisation=" + self.other.orgnr,
                                                 "/v1/reports/" + str(uuid.uuid4()) + "/receipt", "/v1/tenant?x=1")]
        answer = self.alike("no token", answers)
        self.assertEqual(answer.headers["WWW-Authenticate"], "Bearer, DPoP")

    def test_a_key_of_another(self):
        """The contract tells an unknown kid (400) from another's (403); of the key no more is told."""
        document = example("minimal-hf", self.own)
        their_key = compact({"alg": self.other.alg, "kid": self.other.kid, "typ": "varde+jws"},
                            self.v.payload(self.own, document), self.other.key)
        answer = self.v.post("/v1/submissions", their_key, self.own)
        self.assertEqual((answer.status, answer.code), (403, "tenant-mismatch"))
        for word in (self.other.orgnr, self.other.name, self.other.kid):
            self.assertNotIn(word, answer.body.decode())


if __name__ == "__main__":
    unittest.main()
