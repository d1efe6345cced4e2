"""The story's last part: the counts of all reports, protected, published and asked for,
as an analyst would ask. Nothing here needs a token."""
import csv
import io
import json
import time
import urllib.error
import urllib.request

import show
from installation import Trouble

SHOWN_LINES = 12
SERVED_S = 30


class Counted:
    def __init__(self, place, expect):
        self.place, self.expect = place, expect

    @property
    def url(self):
        return self.place.about["statistics"]

    def vardectl(self, *words, lines=SHOWN_LINES):
        show.command("vardectl --config varde.conf " + " ".join(words))
        done = self.place.vardectl(*words)
        told = (done.stdout + done.stderr).rstrip("\n").split("\n")
        show.output("\n".join(told[:lines] + (["…"] if len(told) > lines else [])))
        print()
        self.expect(f"vardectl {words[0]} {words[1]} endte med {done.returncode}", done.returncode == 0)

    def get(self, path):
        with urllib.request.urlopen(self.url + path, timeout=10) as reply:
            return reply.read().decode()

    def wait_served(self):
        end = time.monotonic() + SERVED_S
        while time.monotonic() < end:
            try:
                return self.get("/api/v2/tables")
            except (urllib.error.HTTPError, OSError):
                time.sleep(0.05)  # until the promoted release is seen, bounded
        raise Trouble("varde-statd viser ingen utgivelse")

    def ask(self, table, **chosen):
        parts = [f"valuecodes[{name}]={codes}" for name, codes in chosen.items()]
        query = "&".join(parts)
        # A line for each: between quotes a shell joins lines that end so.
        show.command(f'curl -g "$STATISTICS/api/v2/tables/{table}/data?' + "\\\n&".join(parts) + '"')
        return self.get(f"/api/v2/tables/{table}/data?{query}&outputFormat=csv&outputFormatParams=UseTexts,SeparatorSemicolon")

    def release(self):
        """Returns its name."""
        show.say("vardectl teller alt som har kommet, skjuler hvert tall under fem og det som ellers kunne regnes "
                 "ut, og undersøker det ferdige én gang til: regning, grenser, og hvert foretak som kjenner sine egne.")
        self.vardectl("release", "build")
        name = json.loads(self.place.vardectl("release", "list", "--json").stdout)["releases"][-1]["name"]
        self.vardectl("release", "promote", name)
        return name

    def query(self):
        show.say("varde-statd svarer som Statistisk sentralbyrås StatBank. Uønskede hendelser per kvartal:")
        text = self.ask("V1010", Region="*", Hendelsesklasse="incident", ContentsCode="*", Tid="top(4)")
        show.output(text.lstrip("\ufeff"))
        print()
        rows = list(csv.reader(io.StringIO(text.lstrip("\ufeff")), delimiter=";"))
        self.expect("tall for hele landet", any(cell.isdigit() for cell in rows[1]))

    def hidden(self):
        """A row with hidden and shown figures: what is missing cannot be subtracted out."""
        text = self.ask("V1040", Region="NO", Hendelsesklasse="incident", Hendelsestype="*", Alvorlighet="*",
                        ContentsCode="*", Tid="top(1)")
        rows = [row for row in csv.reader(io.StringIO(text.lstrip("\ufeff")), delimiter=";") if row]
        show.output("\n".join(";".join(row) for row in rows[:SHOWN_LINES]))
        print()
        self.expect("noe er skjult og noe vist", any(":" in row for row in rows) and
                    any(row[-1].isdigit() for row in rows[1:]))
        show.say("«:» er skjult. Ett skjult tall i en rad fulgte av summen minus de andre; derfor er alltid flere "
                 "skjult, så mange at summen av dem ikke røper noen, heller ikke for den som kjenner sine egne. "
                 "Tegnet er det samme enten tallet er lite eller skjult for et annets skyld.")
