"""Who reports: health trusts in the four regions and municipalities in the fifteen
counties. None of them exists: names are made of words from tales, organisation numbers
are synthetic. Only the codes are real, since reports are checked against them: the
regional health authorities' numbers and the numbers of municipalities."""
import datetime
import json
import pathlib

CODES = pathlib.Path(__file__).resolve().parents[2] / "schemas" / "codes"
WINDOW = 36  # months that the joining below is laid out over
HISTORY_MONTHS = 60

# Size against the others, and the region. In the order in which they come in when
# not all do: the first three lie in two regions, the first seven in three.
TRUSTS = [
    (9.5, "helse_vest"), (8.0, "helse_sor_ost"), (2.2, "helse_sor_ost"), (3.2, "helse_vest"), (7.0, "helse_midt"),
    (15.0, "helse_sor_ost"), (2.0, "helse_midt"), (6.0, "helse_nord"), (9.0, "helse_sor_ost"), (5.0, "helse_sor_ost"),
    (1.6, "helse_nord"), (5.5, "helse_sor_ost"), (4.5, "helse_sor_ost"), (1.4, "helse_vest"), (3.5, "helse_midt"),
    (3.8, "helse_sor_ost"), (1.2, "helse_nord"), (0.6, "helse_sor_ost"), (0.9, "helse_vest"), (0.8, "helse_nord"),
]
WITH_HISTORY = 2  # the trust that hands over five years from before it joined

COUNTIES = {"46": 5, "50": 4, "03": 1, "34": 5, "15": 4, "11": 4, "18": 4, "32": 4, "42": 3, "33": 3, "55": 3, "40": 3, "56": 3,
            "31": 2, "39": 2}
ALWAYS = {"15": ["1508"]}  # made by a split: its older reports cannot be compared

# When they join, in months from the start of the window: (how many have joined, month).
JOINING = {
    "national": {"hf": [(12, 0), (13, 2), (14, 3), (15, 5), (16, 6), (17, 8), (18, 9), (19, 11), (20, 14)],
                 "municipality": [(30, 0), *((31 + k, 1 + k * 23 // 19) for k in range(20))]},
    "pilot": {"hf": [(3, 0), (7, 6), (20, 15)], "municipality": [(1, 0), (3, 6), (8, 15)]},
}

WORDS = ("Trolle", "Prøve", "Dikte", "Eventyr", "Sagn")
TRUST_ENDS = ("haug", "elv", "skog", "heim")
PLACE_ENDS = ("dal", "vik", "fjord", "nes", "sund", "berg", "li", "mo", "ås", "bygd")


class Organisation:
    """One that reports. `joined` is its first month (year, month), which its coverage starts
    with; `before` how many months of older reports it hands over then."""

    def __init__(self, orgnr, name, kind, size, parent=None, municipality=None):
        self.orgnr, self.name, self.kind, self.size, self.parent = orgnr, name, kind, size, parent
        self.municipality = municipality
        self.joined, self.before = None, 0


def organisation_numbers(base=31100000):
    """Synthetic organisation numbers with a right control digit (modulus 11), each once."""
    while True:
        rest = sum(int(digit) * weight for digit, weight in zip(str(base), (3, 2, 7, 6, 5, 4, 3, 2))) % 11
        if rest != 1:
            yield f"{base}{-rest % 11}"
        base += 7


def names(ends, kind):
    for end in ends:
        for word in WORDS:
            yield f"{word}{end} {kind}"


def regions():
    """The regional health authorities' own numbers by code."""
    rows = json.loads((CODES / "organisation.json").read_text(encoding="utf-8"))["codes"]
    return {row["code"]: row["number"] for row in rows if row["kind"] == "rhf"}


class Municipalities:
    """The numbers of municipalities through time."""

    def __init__(self):
        content = json.loads((CODES / "municipality.json").read_text(encoding="utf-8"))
        self.changes = content["changes"]
        self.first, self.last = {}, {}
        for row in content["codes"]:
            self.first[row["code"]] = row["valid_from"]
            self.last[row["code"]] = row.get("valid_to", "9999-12-31")

    def chosen(self, county, count):
        """Some of a county's, from all over it."""
        own = [code for code in sorted(self.first) if code[:2] == county and self.last[code] == "9999-12-31"]
        always = ALWAYS.get(county, [])
        spread = [code for k in range(count) if (code := own[(2 * k + 1) * len(own) // (2 * count)]) not in always]
        return (always + spread)[:count]

    def number_on(self, code, day):
        """What the municipality of today's `code` was called on a day; where it was made of
        several, the first of them."""
        while self.first[code] > day:
            older = sorted(c["from"] for c in self.changes if c["to"] == code and c["date"] == self.first[code])
            if not older:
                break  # the list begins here
            code = older[0]
        return code

    def compared_on(self, code, day):
        """What a number of any time is counted as on a day: "15?" where it became several."""
        found = {code}
        for _ in self.changes:
            moved = set()
            for one in found:
                if self.last[one] < day:
                    moved |= {c["to"] for c in self.changes if c["from"] == one}
                elif self.first[one] > day:
                    moved |= {c["from"] for c in self.changes if c["to"] == one and c["date"] == self.first[one]}
                else:
                    moved.add(one)
            if moved == found:
                break
            found = moved
        if len(found) == 1:
            return found.pop()
        counties = {one[:2] for one in found}
        return (counties.pop() if len(counties) == 1 else "") + "?"


def _trusts():
    numbers, called, parents = organisation_numbers(31100000), names(TRUST_ENDS, "sykehus HF"), regions()
    return [Organisation(next(numbers), next(called), "hf", size, parent=parents[region]) for size, region in TRUSTS]


def _towns(municipalities):
    """One of each county in turn; the larger come first."""
    numbers, called = organisation_numbers(31200000), names(PLACE_ENDS, "kommune")
    queues = [municipalities.chosen(county, count) for county, count in COUNTIES.items()]
    codes = [queue[k] for k in range(max(map(len, queues))) for queue in queues if k < len(queue)]
    return [Organisation(next(numbers), next(called), "municipality", 10 / (place + 2) ** 0.8, municipality=code)
            for place, code in enumerate(codes)]


def month_after(start, more):
    month = start[0] * 12 + start[1] - 1 + more
    return month // 12, month % 12 + 1


def organisations(municipalities, start, months, joining="national", trusts=20, towns=50):
    """Those of a country whose window begins in month `start` (year, month). Whoever
    joins later hands over two months from before, one trust five years."""
    found = []
    for kind, all_of, wanted in (("hf", _trusts(), trusts), ("municipality", _towns(municipalities), towns)):
        steps = JOINING[joining][kind]
        for place, organisation in enumerate(all_of[:min(wanted, steps[-1][0])]):
            later = next(month for count, month in steps if place < count) * months // WINDOW
            organisation.joined = month_after(start, later)
            organisation.before = 2 if later else 0
            if kind == "hf" and place == WITH_HISTORY:
                organisation.before = HISTORY_MONTHS
            found.append(organisation)
    return found


def first_day(month):
    return datetime.date(month[0], month[1], 1)


def month_text(month):
    return f"{month[0]}-{month[1]:02}"
