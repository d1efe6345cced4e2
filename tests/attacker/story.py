"""Releases one after the other of a small country, with all answers of all of them."""
import pathlib
import shutil
import sys
import tempfile

try:
    import numpy  # noqa: F401
    import scipy.optimize  # noqa: F401
except ImportError:
    print("python3-numpy and python3-scipy are not at hand: nothing was attacked")
    sys.exit(77)

import attack
import build
import counts
import read


class Story:
    """`quarters`: what is released; `withdrawn`: of these, what is taken back after the next
    one, in which the counts of one organisation stand twice by mistake."""

    def __init__(self, tool, mode, quarters, seed=1, short=4, withdrawn=(), **country):
        self.tool, self.mode, self.quarters, self.withdrawn = tool, mode, quarters, withdrawn
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="attacker-"))
        self.schemas = build.short_schemas(self.folder, short) if short else build.SOURCE / "schemas"
        self.country = counts.Country(seed, build.codes(self.schemas), **country)
        self.answers, self.gone, self.said, self.rows = [], [], [], []

    def __enter__(self):
        try:
            self.service = build.Service()
            self.service.__enter__()
            self.api = read.Api(self.service.url, self.service.reader())
        except BaseException:
            shutil.rmtree(self.folder)
            raise
        return self

    def __exit__(self, *error):
        self.api.connection.close()
        self.service.__exit__(*error)
        shutil.rmtree(self.folder)

    def almost_final(self, late=2):
        """Next to nothing changes between the two clocks: all is reported at once, but for some."""
        reports = self.country.hospital
        for name in ("lag", "quarters_late", "raised", "withdrawn"):
            reports[name][:] = 0
        reports["withdrawn"][:late] = True
        return self

    def almost_all_notified(self, but=2):
        """Of the incidents all but a few: a year's reports less the notified ones are few."""
        reports = self.country.hospital
        reports["notified"][:] = reports["class"] == "incident"
        final = self.country.final_of(reports, self.country.first // 12)
        reports["notified"][final[reports["notified"][final]][:but]] = False
        return self

    def names(self):
        """Releases in order; one that will be withdrawn comes before the right one of its quarter."""
        for quarter in self.quarters:
            if quarter in self.withdrawn:
                yield quarter + "-wrong", quarter
            yield quarter, quarter

    def run(self):
        for name, quarter in self.names():
            self.release(name, quarter)
        return self

    def release(self, name, quarter):
        rows = self.country.rows(quarter)
        wrong = name != quarter
        if wrong:
            last = max(r.period for r in rows if r.clock == "registration")
            org = self.country.organisations[0][0]
            rows = [r._replace(n=2 * r.n) if r.org == org and r.period == last else r for r in rows]
        else:
            self.rows = rows
        path = self.folder / f"{name}.counts"
        self.country.write(path, quarter, rows)
        earlier = [("-" if n in self.gone else "") + str(self.service.published / n) for n, _ in self.answers]
        self.said.append((name, build.build(self.tool, self.mode, self.schemas, path, self.service.published, name, earlier)))
        self.service.promote(name, self.gone)
        self.answers.append((name, read.crawl(self.api)))
        if wrong:
            self.gone.append(name)

    def attack(self, exact=True):
        return attack.Attack(self.answers, self.country.coverage(), self.rows, exact, withdrawn=self.gone)


def tell(what, findings):
    print(f"{what}: {findings.summary()}", flush=True)
    return findings
