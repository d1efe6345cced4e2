"""Documents in which every sealed member is full of bytes that exist nowhere else."""

import copy
import pathlib
import random
import string
import sys
import uuid

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "schemas"))
sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "http"))

import walk  # noqa: E402
from varde import example  # noqa: E402

SEALED = [(path, schema) for path, schema, sealed in walk.members(walk.report_schema())
          if sealed and schema.get("type") == "string"]
rng = random.SystemRandom()


def digits(n):
    return "".join(rng.choice(string.digits) for _ in range(n))


def letters(n):
    return "".join(rng.choice(string.ascii_letters) for _ in range(n))


def person_number():
    """A synthetic one (month + 80), with a possible date and most likely wrong check digits."""
    return f"{rng.randint(10, 28)}{rng.randint(81, 92)}{rng.randint(40, 99)}{digits(5)}"


def words(n=1):
    return " ".join(f"Åse {letters(12)} Ødegård-Bjørnsrå/{letters(6)} «{digits(8)}»" for _ in range(n))


def value_for(path):
    """(value, canaries in it) for a sealed member."""
    last = path.rsplit("/", 1)[1]
    if path.endswith("/identifier/value"):
        value = person_number()
    elif last == "type":
        return "fnr", []
    elif last == "hpr_number":
        value = str(rng.randint(1, 9)) + digits(8)
    elif last == "birth_date":
        value = f"{rng.randint(1880, 1899)}-{rng.randint(1, 12):02}-{rng.randint(1, 28):02}"
    elif last == "melde_reference":
        value = rng.choice("UV") + letters(15)
    elif last == "phone":
        value = f"+47 {digits(3)} {digits(2)} {digits(9)}"
    elif last == "email":
        value = f"{letters(10)}.{letters(10)}@sykehus.example"
    elif last == "udi_di":
        value = digits(14)
    elif path.startswith("/narrative/"):
        parts = [words(), words(), letters(24)]
        value = f"{parts[0]} {'lang fortelling ' * 400}{parts[1]}\n{'og mer ' * 300}{parts[2]}"
        return value, parts
    else:
        value = words()
    return value, [value]


def put(document, path, value):
    """Sets the member that a schema path names, making what is above it; '*' is every item."""
    steps = path.split("/")[1:]
    here = [document]
    for step, below in zip(steps, steps[1:] + [None]):
        deeper = []
        for at in here:
            if below is None:
                at[step] = value
            elif step == "*":
                deeper += at
            else:
                deeper.append(at.setdefault(step, [{}] if below == "*" else {}))
        here = deeper


class Canaries:
    """name → canaries; `documents` are made with fresh ones each."""

    def __init__(self):
        self.all = {}
        self.case_ids = []

    def note(self, name, canary):
        self.all.setdefault(canary, name)
        return canary

    def document(self, tenant, label):
        """A valid full document whose every sealed member is a canary."""
        document = example("full-hf", tenant)
        document["source"]["local_codes"] = [{"code_system": "category", "code": "L12"}]
        document["related_reports"] = []
        for path, _ in SEALED:
            value, parts = value_for(path)
            put(document, path, value)
            for part in parts:
                self.note(f"{label}: {path}", part)
        case_id = f"KLAR-{digits(10)}"
        document["source"]["local_case_id"] = case_id
        self.case_ids.append(case_id)
        return document

    def wrong(self, tenant, label):
        """Refused documents: the same secrets, and more where they do not belong."""
        base = self.document(tenant, label)
        name = self.note(f"{label}: a name instead of a code", words())
        number = self.note(f"{label}: a number in a clear member", person_number())
        member = self.note(f"{label}: a member's name", letters(20))

        def changed(**more):
            document = copy.deepcopy(base)
            document["report_id"] = str(uuid.uuid4())
            document.update(more)
            return document

        yield changed(event_type=name)
        yield changed(event_type=number)
        yield changed(**{member: name})
        yield changed(place=[name], specialty_code=number)
        yield changed(organisation={"number": number})
        yield changed(source={**base["source"], "local_case_id": number})
        yield changed(event={**base["event"], member: {name: number}})
        yield changed(report_id=name)
        yield changed(event={"date": "2999-01-01", "precision": "day"})
        yield changed(narrative={"description": words(3000)})
        yield name
        yield [base]


def sealed_count():
    return len(SEALED)
