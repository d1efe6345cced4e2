#!/usr/bin/python3
"""[dpop] of varde.conf: nonces (RFC 9449 section 9), the window of iat, and how many used
proofs are remembered."""
import base64
import concurrent.futures
import json
import time
import unittest

from hostile import HelseId, problem_faults
from varde import Varde, example

PATH = "/v1/tenant"


class WithNonces(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.v = Varde(conf="\n[dpop]\nnonce = on\n")
        cls.v.start()
        cls.client = HelseId(cls.v, cls.v.tenants[0])

    @classmethod
    def tearDownClass(cls):
        try:
            cls.v.stop()
        finally:
            cls.v.remove()

    def get(self, **more):
        return self.client.get(PATH, proof=self.client.proof("GET", PATH, **more))

    def asked(self, answer):
        """The nonce that a 401 asks for."""
        self.assertEqual(list(problem_faults(answer, 401, "use-dpop-nonce")), [], answer)
        self.assertRegex(answer.headers["WWW-Authenticate"], '^DPoP error="use_dpop_nonce", algs=')
        self.assertEqual(answer.headers["Cache-Control"], "no-store")
        self.assertRegex(answer.headers["DPoP-Nonce"], "^[A-Za-z0-9_-]{24}$")
        return answer.headers["DPoP-Nonce"]

    def fresh(self):
        return self.asked(self.get())

    def test_a_request_is_sent_round_once(self):
        nonce = self.fresh()
        answer = self.get(nonce=nonce)
        self.assertEqual(answer.status, 200, answer)
        self.assertNotEqual(answer.headers.get("DPoP-Nonce"), nonce)
        self.assertEqual(self.get(nonce=nonce).status, 200, "a nonce serves for more than one proof")
        tenant = self.v.tenants[0]
        body, path = self.v.sign(tenant, example("minimal-hf", tenant)), "/v1/submissions"
        nonce = self.asked(self.client.post(path, body))
        answer = self.client.post(path, body, proof=self.client.proof("POST", path, nonce=nonce))
        self.assertEqual(answer.status, 201, answer)

    def test_what_is_no_nonce_of_ours(self):
        nonce = self.fresh()
        for other in ("", "x", nonce[:-1], nonce + "A", nonce.swapcase(), "A" * 24, 7, [nonce], {"nonce": nonce}, None):
            self.asked(self.get(nonce=other))

    def test_the_refused_proof_is_not_used_up_and_the_taken_one_is(self):
        nonce = self.fresh()
        jti = "j-" + nonce
        self.asked(self.get(jti=jti))
        proof = self.client.proof("GET", PATH, jti=jti, nonce=nonce)
        self.assertEqual(self.client.get(PATH, proof=proof).status, 200)
        again = self.client.get(PATH, proof=proof)
        self.assertEqual((again.status, again.code), (401, "invalid-dpop-proof"))

    def test_who_is_not_let_in_anyway_is_not_asked(self):
        """No nonce for a stranger; and no second round for a proof that is wrong anyway."""
        stranger = HelseId(self.v, self.v.tenants[0])
        stranger.token = stranger.token[:-4] + "AAAA"
        answer = stranger.get(PATH)
        self.assertEqual((answer.code, answer.headers.get("DPoP-Nonce")), ("invalid-token", None))
        for more in ({"htm": "PUT"}, {"iat": int(time.time()) - 600}, {"ath": "x"}):
            self.assertEqual(self.get(**more).code, "invalid-dpop-proof")
        bearer = self.v.get(PATH, self.v.tenants[0])
        self.assertEqual((bearer.status, bearer.headers.get("DPoP-Nonce")), (200, None))

    def test_many_clients_at_once(self):
        clients = [HelseId(self.v, tenant) for tenant in self.v.tenants]

        def dance(i):
            client = clients[i % len(clients)]
            nonce = self.asked(client.get(PATH))
            return client.get(PATH, proof=client.proof("GET", PATH, nonce=nonce)).status

        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            self.assertEqual(set(pool.map(dance, range(40))), {200})

    def test_a_crash_needs_no_waiting(self):
        """Proofs of before have a nonce that nobody takes any more; new ones are taken at once."""
        nonce = self.fresh()
        unused = self.client.proof("GET", PATH, nonce=nonce)
        self.v.kill()
        self.v.start()
        self.asked(self.client.get(PATH, proof=unused))
        self.assertEqual(self.get(nonce=self.fresh()).status, 200)

    def test_operators_see_why(self):
        answer = self.get(nonce="x")
        shown = json.loads(self.v.ctl("trace", answer.headers["Trace-Id"], "--json").stdout)["requests"][0]
        self.assertEqual((shown["code"], shown["reason"]), ("use-dpop-nonce", "proof-nonce-other"))


class Window(unittest.TestCase):
    def test_the_window_is_the_configured_one(self):
        with Varde(conf="\n[dpop]\nmax_age_seconds = 300\nskew_seconds = 60\n") as v:
            client = HelseId(v, v.tenants[0])
            for shift, status in ((-290, 200), (50, 200), (-400, 401), (90, 401)):
                proof = client.proof("GET", PATH, iat=int(time.time()) + shift)
                self.assertEqual(client.get(PATH, proof=proof).status, status, shift)

    def test_a_wider_window_after_a_restart_lets_nothing_through_that_was_forgotten(self):
        conf = "\n[dpop]\nmax_age_seconds = 1\nskew_seconds = 1\n"
        with Varde(conf=conf) as v:
            client = HelseId(v, v.tenants[0])
            proof = client.proof("GET", PATH)
            self.assertEqual(client.get(PATH, proof=proof).status, 200)
            made = json.loads(base64.urlsafe_b64decode(proof.split(".")[1] + "=="))["iat"]
            while time.time() < made + 5:
                time.sleep(0.1)  # polling a condition: the proof is forgotten
            v.stop()
            v.conf.write_text(v.conf.read_text().replace(conf, "\n[dpop]\nmax_age_seconds = 600\n"))
            v.start()
            answer = client.get(PATH, proof=proof)
            self.assertEqual((answer.status, answer.code), (401, "invalid-dpop-proof"))
            self.assertEqual(client.get(PATH).status, 200)


class Remembered(unittest.TestCase):
    """A full memory refuses, tells the operator, never forgets what still counts, and recovers.
    One organisation fills a quarter of it at most."""

    def gauge(self, v, name):
        lines = v.admin("/metrics").body.decode().splitlines()
        return float(next(line for line in lines if line.startswith(name + " ")).split()[1])

    def test_full(self):
        with Varde(conf="\n[dpop]\nremembered = 64\nmax_age_seconds = 4\nskew_seconds = 1\n") as v:
            client, calm = HelseId(v, v.tenants[0]), HelseId(v, v.tenants[1])
            taken, refused = [], []
            for _ in range(40):
                proof = client.proof("GET", PATH)
                answer = client.get(PATH, proof=proof)
                (taken if answer.status == 200 else refused).append((proof, answer))
            self.assertTrue(taken and refused)
            self.assertLessEqual(len(taken), 16)
            for proof, answer in refused[:3]:
                self.assertEqual(list(problem_faults(answer, 503, "busy")), [], answer)
            self.assertEqual((self.gauge(v, "varde_dpop_proofs"), self.gauge(v, "varde_dpop_proofs_room")), (len(taken), 64))
            self.assertIn("proof-share-full", [e["reason"] for e in v.log() if e.get("code") == "busy"])
            self.assertIn(200, [calm.get(PATH).status for _ in range(4)], "another organisation is let in")
            for proof, _ in taken:
                self.assertNotEqual(client.get(PATH, proof=proof).status, 200)
            self.assertEqual(v.get(PATH, v.tenants[0]).status, 200, "Bearer needs no memory")
            end = time.monotonic() + 30
            while client.get(PATH).status != 200:
                assert time.monotonic() < end
                time.sleep(0.2)  # polling a condition, bounded
            for proof, _ in taken:
                self.assertNotEqual(client.get(PATH, proof=proof).status, 200)


if __name__ == "__main__":
    unittest.main()
