"""A new demonstration installation with a country whose years have been played: quarter by
quarter, by a clock of its own, so that reports lie there as received when they would
have been. Releases can then be built as of any of those times.

    play DIR --reports 205000 --seed 1 --until 2026-09

Documents come on the 20th after each quarter, and on 31 March, from 06:00 UTC on: a
release as of 07:00 that day has them all. Without --until the years end two months ago.
Nothing runs afterwards; `varded --config DIR/varde.conf` starts it, with the machine's
clock."""
import argparse
import os
import pathlib
import re
import sys
import time

import country
import fill

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "demo.d"))
from installation import Installation, Trouble  # noqa: E402


def moments(start, until):
    """From the first month's quarter to the last month's, and after the last month."""
    found, month = [], start
    while month <= until:
        later = country.month_after(month, 1)
        if month[1] == 3:
            found.append(f"{country.month_text(month)}-31T06:00:00Z")
        if month[1] % 3 == 0 or month == until:
            found.append(f"{country.month_text(later)}-20T06:00:00Z")
        month = later
    return found


def set_clock(path, moment):
    """None: the machine's."""
    text = re.sub(r"\nclock = .*", "", path.read_text(encoding="utf-8"))
    path.write_text(text.replace("[varde]", f"[varde]\nclock = {moment}", 1) if moment else text, encoding="utf-8")


def play(place, wanted, **numbers):
    for moment in wanted:
        place.stop()
        set_clock(place.config_path, moment)
        place.start()
        print(moment, flush=True)
        fill.fill(place.config_path, place.programs, moment, **numbers)
    place.stop()
    set_clock(place.config_path, None)


def parse_arguments():
    parser = argparse.ArgumentParser(prog="play", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", metavar="DIR", help="empty or not there yet")
    fill.add_arguments(parser)
    return parser.parse_args()


def main():
    options = parse_arguments()
    numbers = {**fill.NUMBERS, **{name: value for name in fill.NUMBERS if (value := getattr(options, name)) is not None}}
    numbers["until"] = numbers["until"] or country.month_text(country.month_after(time.gmtime()[:2], -2))
    until = tuple(map(int, numbers["until"].split("-")))
    wanted = moments(country.month_after(until, 1 - numbers["months"]), until)
    now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    if not wanted or wanted[-1] > now:
        print(f"play: the last documents would come on {wanted[-1:]}, now is {now}: say an earlier --until", file=sys.stderr)
        return 1
    os.environ["no_proxy"] = "*"  # loopback is reached directly
    try:
        with Installation(options.bin or fill.BUILT, options.folder) as place:
            play(place, wanted, **numbers)
    except (Trouble, *fill.FAULTS) as fault:
        print(f"play: {fault}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
