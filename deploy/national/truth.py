"""The counts that must come out, from the plan alone: nothing of lib/count, no answer of
any program goes into them. Rows have the names that `release base` and a release's
frozen counts use, without their n: {row: n}.

A document has been received once it was handed over: `received(sent)` is the time of that
for what was ready to be sent at `sent`, both in seconds since 1970. Everything at once:

    Truth(plan).registration()                 first revisions by month, as reports say
    Truth(plan).events(2025)                   newest revisions by event year
    Truth(plan).reviews(2025)                  those notified, by where their review stood

Played in waves, each at a time T that the installation's clock showed when it came:

    truth = Truth(plan, waves=[T1, T2, …])
    truth.released([(as_of, "2024-03"), …])    what each release freezes, in order
"""
import bisect
import calendar
import collections
import datetime

import document

LATE_MONTHS = 3
COLUMNS = ("row", "clock", "org", "period", "registered_year", "late", "linked", "class", "type", "severity", "place", "stage",
           "municipality", "review", "factors")
Row = collections.namedtuple("Row", [name if name != "class" else "event_class" for name in COLUMNS], defaults=("", ""))


def row_of(line):
    """A row as the programs write it; only those of reviews tell the last two."""
    return Row(*(line[name] for name in COLUMNS[:-2]), line.get("review", ""), line.get("factors", ""))


def month_text(month):
    return f"{month // 12}-{month % 12 + 1:02}"


def month_number(text):
    return int(text[:4]) * 12 + int(text[5:7]) - 1


class Truth:
    """`waves` are the times at which everything ready by then was sent; None: all was sent,
    at no matter what time."""

    def __init__(self, plan, waves=None):
        self.plan = plan
        self.waves = sorted(waves) if waves is not None else None

    def received(self, sent):
        """When a document came, 0 if that does not matter; None when it did not yet."""
        if self.waves is None:
            return 0
        at = bisect.bisect_left(self.waves, sent)
        return self.waves[at] if at < len(self.waves) else None

    def came_by(self, sent, as_of):
        at = self.received(sent)
        return at is not None and (as_of is None or at <= as_of)

    def reports(self):
        for organisation in self.plan.organisations:
            yield from self.plan.reports[organisation.orgnr]

    def documents(self, as_of=None):
        """(reports, documents) of each organisation that have been received."""
        found = {}
        for one in self.plan.organisations:
            came = [sum(self.came_by(v.sent, as_of) for v in r.versions + r.later) for r in self.plan.reports[one.orgnr]]
            found[one.orgnr] = (sum(1 for n in came if n), sum(came))
        return found

    def withdrawn_by(self, report, as_of):
        return report.withdrawn is not None and self.came_by(report.withdrawn, as_of)

    # --- rows -------------------------------------------------------------------------

    def _row(self, report, version, clock, day, **more):
        one = report.organisation
        number = document.municipality_number(self.plan, report) if one.kind == "municipality" else None
        row = {"row": "counted", "clock": clock, "org": one.orgnr, "registered_year": 0, "late": False,
               "linked": bool(report.links), "event_class": version.event_class, "type": version.event_type,
               "severity": version.severity, "place": report.place, "stage": report.stage,
               "municipality": self.plan.municipalities.compared_on(number, day) if number else ""}
        return Row(**{**row, **more})

    def _day(self, as_of):
        """The date that municipalities are compared on."""
        if as_of is None:
            return "9999-12-31"
        return datetime.datetime.fromtimestamp(as_of, datetime.timezone.utc).date().isoformat()

    @staticmethod
    def _month(report):
        """Of registration, as the sender writes it."""
        return month_number(datetime.date.fromordinal(report.day).isoformat())

    def _event_year(self, report):
        """Where its date is not known, the year that it was registered in."""
        date = document.event_date(report)
        return int(date[:4]) if date else self._month(report) // 12

    def registration(self, as_of=None, since=None):
        """First revisions that came by `as_of` (and after `since`), by the month that they say; but
        not of reports that were withdrawn by then."""
        day = self._day(as_of)
        return collections.Counter(self._row(r, r.versions[0], "registration", day, period=month_text(self._month(r)))
                                   for r in self.reports()
                                   if self.came_by(r.versions[0].sent, as_of) and not self.withdrawn_by(r, as_of)
                                   and (since is None or not self.came_by(r.versions[0].sent, since)))

    def events(self, year, as_of=None, compared=None):
        """Newest revisions that came by `as_of`, of events in that year; those of unknown
        date stand in the year that they were registered in. `compared` is the cut-off of the
        whole, when it is later."""
        counts, day = collections.Counter(), self._day(compared if compared is not None else as_of)
        for report in self.reports():
            come = [v for v in report.versions if self.came_by(v.sent, as_of)]
            if not come or self._event_year(report) != year or self.withdrawn_by(report, as_of):
                continue
            state = "counted" if document.event_date(report) else "no-year"
            counts[self._row(report, come[-1], "event", day, row=state, period=str(year),
                             registered_year=self._month(report) // 12)] += 1
        return counts

    # --- reviews ------------------------------------------------------------------------

    @staticmethod
    def _due(day):
        """Three months after a notification, on the last day of a shorter month."""
        date = datetime.date.fromordinal(day)
        month = date.year * 12 + date.month - 1 + 3
        year, month = month // 12, month % 12 + 1
        return datetime.date(year, month, min(date.day, calendar.monthrange(year, month)[1]))

    def _review(self, report, as_of, last_day):
        """(state, factors) of a notified report, at the end of `last_day`."""
        come = [later for later in report.later if later.kind == "review" and self.came_by(later.sent, as_of)]
        newest, due = come[-1] if come else None, self._due(report.day)
        if newest and newest.says == "not_carried_out":
            return "not_carried_out", ""
        if not newest or newest.says != "completed":
            return "overdue" if last_day > due else newest.says if newest else "none", ""
        written = document.document(self.plan, report, newest)
        late = datetime.date.fromisoformat(written["completed_date"]) > due
        levels = {factor["level"] for factor in written.get("contributing_factors", [])}
        return "completed_late" if late else "completed_in_time", f"levels_{min(len(levels), 3)}" if levels else "not_coded"

    def reviews(self, year, as_of=None, compared=None):
        """Once more what events() has, if it was notified: by where its review stood on 31 March
        after the year, or when everything has come."""
        counts, day = collections.Counter(), self._day(compared if compared is not None else as_of)
        last_day = datetime.date(year + 1, 3, 31)
        for report in self.reports():
            come = [v for v in report.versions if self.came_by(v.sent, as_of)]
            if not come or self._event_year(report) != year or self.withdrawn_by(report, as_of):
                continue
            if not document.is_notified(report, come[-1]):
                continue
            state, factors = self._review(report, as_of, last_day)
            number = document.municipality_number(self.plan, report) if report.organisation.kind == "municipality" else None
            counts[Row(row="counted" if document.event_date(report) else "no-year", clock="review", org=report.organisation.orgnr,
                       period=str(year), registered_year=0, late=False, linked=False, event_class=come[-1].event_class, type="",
                       severity="", place="", stage="",
                       municipality=self.plan.municipalities.compared_on(number, day) if number else "", review=state,
                       factors=factors)] += 1
        return counts

    # --- releases -----------------------------------------------------------------------

    def released(self, releases):
        """What each of successive releases (as_of, last month that it closes) has by the
        registration clock: yields a Counter of rows. A report counts in its own month if
        that was open when it came; else in the first open month, as late, within three
        months; else not at all. Before coverage it never does, and what a release does not
        close yet waits. What was withdrawn before a release first saw it is not there; later
        it stays, since frozen counts are never counted again."""
        counted, waiting = collections.Counter(), [(report, None) for report in self.reports()]
        closed = 0  # the last month that an earlier release closed
        for as_of, closing in releases:
            closing, pending, still = month_number(closing), collections.Counter(), []
            for report, day in waiting:
                if not self.came_by(report.versions[0].sent, as_of):
                    still.append((report, None))
                    continue
                if not day and self.withdrawn_by(report, as_of):
                    continue
                day = day or self._day(as_of)  # a municipality stays what it was at the first cut-off
                state, period = self._place(report, closed, closing)
                row = self._row(report, report.versions[0], "registration", day, row=state, period=month_text(period),
                                late=state == "counted" and period != self._month(report))
                if state == "pending":
                    still.append((report, day))
                    pending[row] += 1
                else:
                    counted[row] += 1
            yield counted + pending
            waiting, closed = still, closing

    def _place(self, report, closed, closing):
        month, joined = self._month(report), report.organisation.joined
        if month > closing:
            return "pending", month
        if month < joined[0] * 12 + joined[1] - 1:
            return "before-coverage", month
        if month > closed:
            return "counted", month
        if closed + 1 > closing:
            return "pending", month
        return ("counted", closed + 1) if closed + 1 - month <= LATE_MONTHS else ("too-late", month)


def table(counts):
    """Rows as JSON has them, sorted."""
    return [{**dict(zip(COLUMNS, row)), "n": n} for row, n in sorted(counts.items())]


def as_json(plan):
    """All of a plan that was sent at once."""
    truth = Truth(plan)
    years = sorted({truth._event_year(report) for report in truth.reports()})
    return {
        "plan": plan.about,
        "organisations": [{"organisation": o.orgnr, "name": o.name, "kind": o.kind, "parent": o.parent,
                           "municipality": o.municipality, "coverage_start": f"{o.joined[0]}-{o.joined[1]:02}",
                           "reports": reports, "documents": documents}
                          for o, (reports, documents) in zip(plan.organisations, truth.documents().values())],
        "registration": table(truth.registration()),
        "events": [row for year in years for row in table(truth.events(year))],
        "reviews": [row for year in years for row in table(truth.reviews(year))],
    }

