#!/usr/bin/python3
"""Who may read the sector's tables: a token of a configured issuer, for this service, with the
scope varde:statistics.read, by the scheme of its issuer; and with it every way to the table."""
import time
import types
import unittest
import uuid

import release
from statd import READ, Statd, bearer

from hostile import HelseId
from varde import Issuer, Organisation

PATH = "/api/v2/tables/V1050/data"


class Sector(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.s = Statd(conf="\n[dpop]\nskew_seconds = 0\n")
        cls.addClassCleanup(cls.s.__exit__, None, None, None)
        cls.s.__enter__()
        cls.s.publish("2026K1", release.standard())
        issuers = {i["profile"]: Issuer(cls.s.demo, i) for i in cls.s.info["issuers"]}
        cls.as_intake = types.SimpleNamespace(issuers=issuers, info={**cls.s.info, "intake": cls.s.url})

    def client(self, scopes=(READ,), **claims):
        return HelseId(self.as_intake, Organisation("310000019", "Helse Demo Nord HF"), scopes=scopes, **claims)

    def get(self, headers, path=PATH):
        return self.s.get(path, headers)

    def test_dpop(self):
        """HelseID's tokens with a proof each, used once, for this address."""
        client = self.client()
        end = time.monotonic() + 30  # proofs from before the start may have been used: they are refused
        while self.get(client.headers("GET", PATH)).status != 200 and time.monotonic() < end:
            time.sleep(0.05)  # polling a condition, bounded
        headers = client.headers("GET", PATH)
        self.assertEqual(self.get(headers).status, 200)
        self.assertEqual(self.get(headers).code, "invalid-dpop-proof")  # again
        for proof in (client.proof("POST", PATH), client.proof("GET", "/api/v2/tables"), client.proof("GET", PATH, ath="x"),
                      client.proof("GET", PATH, key=self.client().key), client.proof("GET", PATH, iat=int(time.time()) - 100),
                      client.proof("GET", PATH, htu="https://other.example" + PATH), "x"):
            answer = self.get(client.headers("GET", PATH, proof=proof))
            self.assertEqual((answer.status, answer.code), (401, "invalid-dpop-proof"))
        self.assertEqual(self.get({"Authorization": "DPoP " + client.token}).code, "invalid-dpop-proof")
        other = self.client(scopes=("varde:reports.read",))
        self.assertEqual(self.get(other.headers("GET", PATH)).code, "insufficient-scope")

    def test_schemes(self):
        """A token of the one issuer is never taken by the other's scheme."""
        client = self.client()
        self.assertEqual(self.get({"Authorization": "Bearer " + client.token}).code, "invalid-token")
        token = bearer(self.s)["Authorization"].split()[1]
        self.assertEqual(self.get({"Authorization": "DPoP " + token, "DPoP": client.proof("GET", PATH, token=token)}).code, "invalid-token")
        for word in ("Basic " + token, token, "Bearer", ""):
            answer = self.get({"Authorization": word})
            self.assertEqual((answer.status, answer.code), (401, "invalid-token"), word)

    def test_tokens(self):
        now = int(time.time())
        for bad in ({"aud": "other"}, {"exp": now - 60}, {"nbf": now + 600}, {"iss": "https://other.example"}, {"exp": now + 99999999}):
            answer = self.get(bearer(self.s, **bad))
            self.assertEqual((answer.status, answer.code), (401, "invalid-token"), bad)
            self.assertIn("WWW-Authenticate", answer.headers)
        for scope in ("", "varde:reports.read", "varde:statistics.read.not", "VARDE:STATISTICS.READ"):
            answer = self.get(bearer(self.s, scope))
            self.assertEqual((answer.status, answer.code), (403, "insufficient-scope"), scope)
        self.assertEqual(self.get(bearer(self.s, "a " + READ + " b")).status, 200)

    def test_every_way(self):
        """With the token each way leads to the table, and nobody between may keep it."""
        token = bearer(self.s)
        for path in ("/api/v2/tables/V1050", "/api/v2/tables/V1050/metadata", "/api/v2/tables/V1050/defaultselection", PATH,
                     PATH + "?outputFormat=csv", "/releases/2026K1" + PATH):
            self.assertEqual(self.get({}, path).code, "table-unknown", path)
            answer = self.get(token, path)
            self.assertEqual(answer.status, 200, path)
            self.assertEqual(answer.headers["Cache-Control"], "private, no-store", path)
            self.assertIn("Authorization", answer.headers["Vary"])
            # A tag learnt with a token tells nothing without one.
            self.assertEqual(self.get({"If-None-Match": answer.headers["ETag"]}, path).status, 404)
        body, kind = '{"selection":[]}', {"Content-Type": "application/json"}
        self.assertEqual(self.s.request("POST", PATH, body, kind).code, "table-unknown")
        self.assertEqual(self.s.request("POST", PATH, body, {**kind, **token}).status, 200)

    def test_nothing_of_a_token_is_logged(self):
        mark = str(uuid.uuid4())
        self.get(bearer(self.s, client_id=mark))
        self.get({"Authorization": "Bearer " + mark})
        self.assertNotIn(mark, self.s.log_path.read_text())


if __name__ == "__main__":
    unittest.main()
