"""Fills a demonstration installation (`vardectl demo DIR`) with a country: health trusts and
municipalities that do not exist, years of reports, through the running varded.

    fill --config DIR/varde.conf --reports 20000 --seed 1 --until 2026-10

What is sent follows from the numbers alone, so two installations can be given the same.
Run it again after an interruption: it goes on where it was. Where the installation's
clock is set (`[varde] clock`), years are played in waves: set the clock to a day, start
varded, and

    fill --config DIR/varde.conf --sent-by now

sends what had become ready by then: late reports and revisions come with later waves,
and organisations are registered when they join. The plan is kept in DIR/national, so
its numbers are said once."""
import argparse
import datetime
import json
import pathlib
import re
import sys
import time

import country
import plan
import register
import send
import truth

BUILT = pathlib.Path(__file__).resolve().parents[2] / "build/release/bin"
NUMBERS = {"reports": 20000, "seed": 1, "until": None, "months": 36, "joining": "national", "trusts": 20, "towns": 50,
           "municipal": 0.14}


class Impossible(Exception):
    """What was asked for cannot be done."""


FAULTS = (Impossible, register.Refused, send.Stopped, send.varde_send.Stopped, OSError, ValueError)


class Clock:
    """The installation's time, which need not be the machine's."""

    def __init__(self, text):
        self.ahead = seconds(text) - time.time()

    def __call__(self):
        return time.time() + self.ahead

    def today(self):
        return datetime.datetime.fromtimestamp(self(), datetime.timezone.utc).date()


def seconds(text):
    """Of RFC 3339, or of the start of a date in UTC."""
    moment = datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))
    return (moment if moment.tzinfo else moment.replace(tzinfo=datetime.timezone.utc)).timestamp()


def month(text):
    if not re.fullmatch(r"(19|20)\d\d-(0[1-9]|1[0-2])", text):
        raise argparse.ArgumentTypeError("a month is YYYY-MM")
    return text


def count(text):
    if not text.isdigit() or int(text) < 1:
        raise argparse.ArgumentTypeError("a number from 1")
    return int(text)


def share(text):
    if not 0 <= float(text) <= 1:
        raise argparse.ArgumentTypeError("a share lies between 0 and 1")
    return float(text)


def make_plan(numbers):
    year, number = map(int, numbers["until"].split("-"))
    return plan.Plan(**{**numbers, "until": (year, number)})


def numbers_of(options, folder, today):
    """What was said, else what the installation was begun with, else what is usual. One
    installation holds one country."""
    said = {name: value for name in NUMBERS if (value := getattr(options, name)) is not None}
    kept = folder / "plan.json"
    if kept.exists():
        begun = json.loads(kept.read_text())
        if {**begun, **said} != begun:
            raise Impossible(f"{folder} was begun with other numbers: {begun}")
        return begun
    last = country.month_after((today.year, today.month), -1)
    return {**NUMBERS, "until": country.month_text(last), **said}


def check_dates(the_plan, clock, sent_by):
    """A service takes nothing from the future."""
    if sent_by is None and plan.midnight(the_plan.end_day) > clock():
        raise Impossible(f"the plan runs to the end of {the_plan.about['until']} and the installation's clock shows "
                         f"{clock.today()}: say an earlier --until, or --sent-by now")
    if sent_by is not None and sent_by > clock() + 1:
        raise Impossible(f"--sent-by lies after the installation's clock, which shows {clock.today()}")


def joined(the_plan, sent_by):
    return [one for one in the_plan.organisations
            if sent_by is None or plan.midnight(country.first_day(one.joined).toordinal()) <= sent_by]


def report_progress(documents):
    """A line now and then."""
    began, state = time.monotonic(), {"done": 0, "said": time.monotonic()}

    def said(more):
        state["done"] += more
        now = time.monotonic()
        if now - state["said"] > 5:
            state["said"] = now
            print(f"  {state['done']} of about {documents} documents, {state['done'] / (now - began):.0f}/s", flush=True)
    return said


def fill(config, programs=None, sent_by=None, **said):
    """As the program does, for Python: returns (plan, counts). `sent_by` is "now", a time, or
    None for everything; other members are the plan's numbers."""
    installation = pathlib.Path(config).resolve().parent
    folder = installation / "national"
    operator = register.Operator(str(config), programs or (BUILT if BUILT.exists() else None))
    status = operator.run("status")
    if not status["running"] or status["environment"] != "test" or not (installation / "demo.json").exists():
        raise Impossible("this needs a demonstration installation and its varded running")
    clock = Clock(status["clock"])
    numbers = numbers_of(argparse.Namespace(**{**dict.fromkeys(NUMBERS), **said}), folder, clock.today())
    the_plan = make_plan(numbers)
    when = clock() if sent_by == "now" else seconds(sent_by) if sent_by else None
    check_dates(the_plan, clock, when)
    folder.mkdir(mode=0o700, exist_ok=True)
    (folder / "plan.json").write_text(json.dumps(the_plan.about))
    here = joined(the_plan, when)
    began = time.monotonic()
    new = register.register(operator, folder, here, clock.today().isoformat())
    print(f"{len(here)} organisations, {new} of them new: {time.monotonic() - began:.1f} s", flush=True)
    began = time.monotonic()
    documents = sum(len(r.versions) + len(r.later) for one in here for r in the_plan.reports[one.orgnr])
    counts = send.Sending(the_plan, installation, folder, clock, report_progress(documents)).run(here, when)
    took = time.monotonic() - began
    counts.update(organisations=new, seconds=round(took, 1))
    print(f"{counts['new']} documents new, {counts['repeated']} known, {counts['batches']} batches, {counts['again']} of them "
          f"in part again: {took:.1f} s, {(counts['new'] + counts['repeated']) / max(took, 0.001):.0f}/s", flush=True)
    return the_plan, counts


def add_arguments(parser):
    """The plan's numbers, and where the programs are."""
    parser.add_argument("--bin", metavar="FOLDER", help="where the programs are (default: the release build, else on the path)")
    parser.add_argument("--reports", type=count, metavar="N", help="how many, revisions not counted (20000)")
    parser.add_argument("--seed", type=int, metavar="N", help="another country of the same size (1)")
    parser.add_argument("--until", type=month, metavar="YYYY-MM", help="the last month (the last whole one)")
    parser.add_argument("--months", type=count, metavar="N", help="how many until then (36)")
    parser.add_argument("--joining", choices=sorted(country.JOINING), help="how they come in: most at the start, or a pilot that "
                        "grows from 3 to 7 to 20 trusts and from 1 to 3 to 8 municipalities (national)")
    parser.add_argument("--trusts", type=count, metavar="N", help="only so many: 3 lie in two regions, 7 in three (20)")
    parser.add_argument("--municipalities", dest="towns", type=int, metavar="N", help="only so many (50)")
    parser.add_argument("--municipal", type=share, metavar="SHARE", help="of all reports (0.14)")


def parse_arguments():
    parser = argparse.ArgumentParser(prog="fill", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--config", required=True, metavar="FILE", help="varde.conf of the demonstration")
    add_arguments(parser)
    parser.add_argument("--sent-by", metavar="TIME", help="only what was ready by then: a date, a time, or now")
    parser.add_argument("--truth", metavar="FILE", help="write the true counts of the whole plan, as JSON")
    return parser.parse_args()


def main():
    options = parse_arguments()
    try:
        the_plan, _ = fill(options.config, options.bin, options.sent_by, **{name: getattr(options, name) for name in NUMBERS})
        if options.truth:
            pathlib.Path(options.truth).write_text(json.dumps(truth.as_json(the_plan), ensure_ascii=False))
    except FAULTS as fault:
        print(f"fill: {fault}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("fill: interrupted; the same command goes on", file=sys.stderr)
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
