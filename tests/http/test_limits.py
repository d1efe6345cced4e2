#!/usr/bin/python3
"""What one organisation may send and read per minute: the burst, the wait that is
told and is enough, a batch's price, and that nobody else pays."""
import json
import re
import time
import unittest

import rows
from varde import READ, Varde, example

BURST = 10
PER_SECOND = 2
CONF = f"""
[limits]
submissions_per_minute = {60 * PER_SECOND}
submissions_burst = {BURST}
reads_per_minute = 600
reads_burst = 7
"""


def limit(answer):
    """r and t of the RateLimit field."""
    return tuple(map(int, re.fullmatch(r'"[a-z]+";r=(\d+);t=(\d+)', answer.headers["RateLimit"]).groups()))


class Rates(unittest.TestCase):
    def setUp(self):
        self.v = Varde(CONF)
        self.addCleanup(self.v.remove)
        self.v.start()
        self.tenant, self.other = self.v.tenants[:2]

    def tearDown(self):
        self.v.stop()

    def submit(self, tenant=None):
        tenant = tenant or self.tenant
        return self.v.submit(tenant, example("minimal-hf", tenant))

    def batch(self, n):
        body = json.dumps({"submissions": [self.v.sign(self.tenant, example("minimal-hf", self.tenant)) for _ in range(n)]})
        return self.v.post("/v1/submissions/batch", body, self.tenant, type="application/json")

    def refused(self, answer):
        self.assertEqual((answer.status, answer.code), (429, "rate-limited"), answer)
        rows.add(47, "documents or reads above an organisation's rate", answer.status, answer.code)
        wait = int(answer.headers["Retry-After"])
        self.assertEqual(answer.json["retry_after"], wait)
        self.assertEqual(limit(answer), (0, wait))
        return wait

    def spend(self, send=None, status=201, burst=BURST, per_second=PER_SECOND, since=None):
        """Sends until it is refused; how long to wait. What it got is its burst and what came in
        meanwhile, or since an earlier refusal."""
        send, n, began = send or self.submit, 0, since or time.monotonic()
        while (answer := send()).status == status:
            n += 1
            self.assertLessEqual(n, burst + 1 + (time.monotonic() - began) * per_second)
        self.assertGreaterEqual(n, burst)
        return self.refused(answer)

    def test_a_burst_then_a_wait_that_is_enough(self):
        first = self.submit()
        self.assertEqual(first.headers["RateLimit-Policy"],
                         f'"submissions";q={BURST};w={BURST // PER_SECOND}, "concurrent";q=256;qu="concurrent-requests"')
        self.assertEqual(limit(first), (BURST - 1, 1))
        wait = self.spend(burst=BURST - 1)
        for _ in range(3):
            refused = time.monotonic()
            time.sleep(wait)
            self.assertEqual(self.submit().status, 201, f"after the {wait} s that it was told")
            wait = self.spend(burst=0, since=refused)
            self.assertEqual(wait, 1)

    def test_a_refusal_stores_and_costs_nothing(self):
        self.spend()
        document = example("minimal-hf", self.tenant)
        for _ in range(5):
            wait = self.refused(self.v.submit(self.tenant, document))
        self.assertEqual(self.v.get("/v1/reports/" + document["report_id"], self.tenant).status, 404)
        time.sleep(wait)
        self.assertEqual(self.v.submit(self.tenant, document).status, 201)

    def test_a_batch_costs_what_it_holds(self):
        began = time.monotonic()
        answer = self.batch(BURST - 4)
        self.assertEqual({r["status"] for r in answer.json["results"]}, {201})
        self.assertIn(limit(answer)[0], (4, 5))
        # one that is larger than what is left, and than a burst, is taken whole and paid for afterwards
        answer = self.batch(BURST + 5)
        self.assertEqual([r["status"] for r in answer.json["results"]], [201] * (BURST + 5))
        left, wait = limit(answer)
        owed = BURST + 5 - 4 + 1  # until there is one again
        self.assertEqual(left, 0)
        self.assertLessEqual(wait, owed / PER_SECOND + 1)
        self.assertGreaterEqual(wait, owed / PER_SECOND - (time.monotonic() - began))
        for send in (self.submit, lambda: self.batch(1), lambda: self.v.validate(self.tenant, example("minimal-hf"))):
            self.assertLessEqual(self.refused(send()), wait)
        # who waits less is told the rest, and it was the truth
        time.sleep(2)
        rest = self.refused(self.submit())
        self.assertLess(rest, wait)
        time.sleep(rest)
        self.assertEqual(self.submit().status, 201)

    def test_what_is_refused_for_another_reason_counts(self):
        """A sender cannot have signatures checked without end."""
        body = self.v.sign(self.tenant, example("minimal-hf", self.tenant))[:-4]
        self.spend(lambda: self.v.post("/v1/submissions", body, self.tenant), 400)
        answer = self.v.post("/v1/submissions", self.v.sign(self.tenant, example("minimal-hf", self.tenant)), self.other)
        self.assertEqual((answer.status, answer.code), (403, "tenant-mismatch"))
        self.assertEqual(limit(answer)[0], BURST - 1)

    def test_no_token_no_charge(self):
        for _ in range(BURST + 5):
            answer = self.v.post("/v1/submissions", "x", headers=self.v.bearer(self.tenant, exp=int(time.time()) - 99))
            self.assertEqual((answer.status, answer.headers["RateLimit"]), (401, None))
            answer = self.v.post("/v1/submissions", "x", headers=self.v.bearer(self.tenant, scopes=(READ,)))
            self.assertEqual((answer.status, answer.headers["RateLimit"]), (403, None))
        self.assertEqual(limit(self.submit()), (BURST - 1, 1))

    def test_each_organisation_and_kind_has_its_own(self):
        self.spend()
        self.assertEqual(limit(self.submit(self.other)), (BURST - 1, 1))
        answer = self.v.get("/v1/tenant", self.tenant)
        self.assertEqual(answer.status, 200)
        self.assertTrue(answer.headers["RateLimit-Policy"].startswith('"reads";q=7;w=1, '), answer.headers)
        self.assertIn(limit(answer)[0], (6, 7))
        limits = answer.json["limits"]
        self.assertEqual({k: limits[k] for k in ("submissions_per_minute", "submissions_burst", "reads_per_minute", "reads_burst")},
                         {"submissions_per_minute": 60 * PER_SECOND, "submissions_burst": BURST, "reads_per_minute": 600, "reads_burst": 7})
        self.assertEqual((limits["concurrent_requests"], limits["concurrent_bytes"]), (256, 64 << 20))
        wait = self.spend(lambda: self.v.get("/v1/reports", self.tenant), 200, burst=6, per_second=10)
        time.sleep(wait)
        self.assertEqual(self.v.get("/v1/reports", self.tenant).status, 200)
        for path in ("/v1/schemas", "/v1/codes", "/problems/rate-limited"):
            self.assertIsNone(self.v.get(path).headers["RateLimit"])

    def test_a_page_costs_by_what_it_holds(self):
        self.assertEqual({r["status"] for r in self.batch(101).json["results"]}, {201})
        for pages, cost in (("limit=100", 1), ("limit=101", 2), ("since=100&limit=1000", 1)):
            answer = self.v.get("/v1/reports?" + pages, self.tenant)
            self.assertEqual(answer.status, 200)
            self.assertLessEqual(limit(answer)[0], 7 - cost)
            time.sleep(0.7)  # the burst of seven is full again

    def test_one_of_its_own(self):
        """What the register says of a tenant is in force at once, and for nobody else."""
        self.spend()
        self.v.ctl("tenant", "set", self.tenant.orgnr, "--submissions-per-minute", "600000", "--reads-per-minute", "6")
        shown = json.loads(self.v.ctl("tenant", "show", self.tenant.orgnr, "--json").stdout)
        self.assertEqual((shown["submissions_per_minute"], shown["reads_per_minute"]), (600000, 6))
        answer = self.submit()
        self.assertEqual(answer.status, 201)
        burst = BURST * 600000 // (60 * PER_SECOND)
        self.assertTrue(answer.headers["RateLimit-Policy"].startswith(f'"submissions";q={burst};w={BURST // PER_SECOND}, '), answer.headers)
        answer = self.v.get("/v1/tenant", self.tenant)
        self.assertTrue(answer.headers["RateLimit-Policy"].startswith('"reads";q=1;w=10, '), answer.headers)
        self.assertEqual({k: v for k, v in answer.json["limits"].items() if "minute" in k or "burst" in k},
                         {"submissions_per_minute": 600000, "submissions_burst": burst, "reads_per_minute": 6, "reads_burst": 1})
        self.refused(self.v.get("/v1/tenant", self.tenant))
        self.assertTrue(self.submit(self.other).headers["RateLimit-Policy"].startswith(f'"submissions";q={BURST};'))
        self.v.ctl("tenant", "set", self.tenant.orgnr, "--submissions-per-minute", "0")
        self.assertTrue(self.submit().headers["RateLimit-Policy"].startswith(f'"submissions";q={BURST};'))
        self.assertNotEqual(self.v.ctl("tenant", "set", self.tenant.orgnr, "--reads-per-minute", "1000000001", check=False).returncode, 0)


if __name__ == "__main__":
    unittest.main()
