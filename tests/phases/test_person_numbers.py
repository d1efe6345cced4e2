#!/usr/bin/python3
"""Which person numbers are taken: synthetic ones in a test environment or from who tests,
real ones only in production from who is active. Each of the four combinations, each kind of
number, through every way in."""
import json
import unittest

from phases import BATCH, PROJECT, Base, day, example

SYNTHETIC = {"fnr": "15898512379", "dnr": "65898512333"}
# The tax administration's published example; the D-number computed from an impossible person's date.
REAL = {"fnr": "02013299997"}


def weights(digits, w):
    return -sum(int(d) * f for d, f in zip(digits, w)) % 11


def with_check_digits(nine):
    k1 = weights(nine, (3, 7, 6, 1, 8, 9, 4, 5, 2))
    k2 = weights(f"{nine}{k1}", (5, 4, 3, 2, 7, 6, 5, 4, 3, 2))
    return f"{nine}{k1}{k2}" if k1 < 10 and k2 < 10 else None


REAL["dnr"] = next(filter(None, (with_check_digits(f"420132{n}") for n in range(999, 900, -1))))
UNDATED = "81234567802"  # a common auxiliary number: neither one nor the other


class Combination:
    """Of an environment and a phase: which numbers are taken, and the code for the others."""
    phase = taken = refusal = None

    @classmethod
    def prepare(cls):
        cls.owner = cls.tenant("municipality", cls.phase)
        cls.ctl("project", "add", "pilot", "Pilot", *PROJECT, "--from", day(0))
        cls.ctl("project", "open", "pilot", "municipality", "--from", day(0))

    def document(self, kind, number):
        document = example("municipality", self.owner)
        document["patients"][0]["identifier"] = {"type": kind, "value": number}
        return document

    def test_numbers(self):
        pointer = "/patients/0/identifier/value"
        for numbers in (SYNTHETIC, REAL):
            for kind, number in numbers.items():
                document = self.document(kind, number)
                before = self.count(self.owner)
                answers = [self.v.validate(self.owner, document), self.v.submit(self.owner, document)]
                jws = self.v.sign(self.owner, document)
                (item,) = self.v.post(BATCH, json.dumps({"submissions": [jws]}), self.owner,
                                      type="application/json").json["results"]
                if numbers is self.taken:
                    self.assertEqual([a.status for a in answers] + [item["status"]], [200, 201, 200], (kind, answers))
                    self.assertEqual(self.count(self.owner), before + 1)
                    continue
                for answer in answers:
                    self.assertEqual((answer.status, answer.pointers()), (422, {(pointer, self.refusal)}), kind)
                    self.assertNotIn(number, answer.body.decode())
                self.assertEqual((item["status"], item["problem"]["errors"][0]["code"]), (422, self.refusal))
                self.assertEqual(self.count(self.owner), before)

    def test_one_without_a_date_and_none_at_all(self):
        self.stored(self.v.submit(self.owner, self.document("fhnr", UNDATED)))
        document = self.document("none", None)
        del document["patients"][0]["identifier"]
        self.stored(self.v.submit(self.owner, document))

    def test_a_reporters_as_well(self):
        for numbers in (SYNTHETIC, REAL):
            document = self.document("fhnr", UNDATED)
            document["reporter"]["identifier"] = {"type": "fnr", "value": numbers["fnr"]}
            answer = self.v.submit(self.owner, document)
            if numbers is self.taken:
                self.stored(answer)
            else:
                self.assertEqual((answer.status, answer.pointers()),
                                 (422, {("/reporter/identifier/value", self.refusal)}))


class TestEnvironmentTestPhase(Combination, Base):
    phase, taken, refusal = "test", SYNTHETIC, "person-number-real"


class TestEnvironmentActive(Combination, Base):
    phase, taken, refusal = "active", SYNTHETIC, "person-number-real"


class ProductionTestPhase(Combination, Base):
    environment, phase, taken, refusal = "production", "test", SYNTHETIC, "person-number-real"


class ProductionActive(Combination, Base):
    environment, phase, taken, refusal = "production", "active", REAL, "person-number-synthetic"


class TheMove(Base):
    """In production the same tenant's numbers change with its phase, at once."""
    environment = "production"

    def test_from_test_to_active(self):
        self.ctl("project", "add", "pilot", "Pilot", *PROJECT, "--from", day(0))
        self.ctl("project", "open", "pilot", "municipality", "--from", day(0))
        owner = self.tenant("municipality", "test")
        for phase, good, bad in (("test", SYNTHETIC, REAL), ("active", REAL, SYNTHETIC)):
            self.ctl("tenant", "phase", owner.orgnr, phase)
            for numbers, status in ((good, 201), (bad, 422)):
                document = example("municipality", owner)
                document["patients"][0]["identifier"]["value"] = numbers["fnr"]
                self.assertEqual(self.v.submit(owner, document).status, status, (phase, numbers))


if __name__ == "__main__":
    unittest.main()
