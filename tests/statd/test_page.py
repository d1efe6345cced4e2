#!/usr/bin/python3
"""The first page in a headless Chromium (page.mjs), with axe-core; its headers and files."""
import json
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

import release
from statd import SOURCE, Statd

from node import command, major

HIDDEN = "table=V1031&Region=*&Hendelsesklasse=hazard&Hendelsestype=*&Alvorlighet=*&ContentsCode=*&Tid=*"
VIEWS = ["table=V1010", "table=V1011&Hendelsesklasse=*&Region=*&ContentsCode=*&Tid=*", HIDDEN, "table=V2010", "table=V3010"]


def rows():
    """The view of V1010 that page.mjs compares: label and figures of each region, incidents alone."""
    table = release.national()[0]
    times = [c[0] for c in table["dimensions"][-1]["categories"]]
    return [[label] + [str(release.skewed((code, "incident", "Meldinger", time))) for time in times]
            for code, _, label, _ in release.RHF]


def check_files(s):
    """A strict policy, a tag that holds, a name for every file that the page asks for."""
    page = s.request("GET", "/")
    assert page.status == 200 and page.headers["Content-Type"] == "text/html; charset=utf-8", page
    policy = page.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy and "unsafe" not in policy and "*" not in policy, policy
    assert not re.search(rb"<script(?![^>]*src=)|<style|style=|\son\w+=|https?://[^\"]*\.(js|css)", page.body)
    again = s.request("GET", "/", headers={"If-None-Match": page.headers["ETag"]})
    assert (again.status, again.body) == (304, b""), again
    folder = SOURCE / "server/statd/page"
    for path in folder.iterdir():
        answer = s.request("GET", "/page/" + path.name)
        assert answer.status == 200 and answer.body == path.read_bytes(), path
        assert answer.headers["Content-Type"] != "application/octet-stream", path
        assert b"http://" not in answer.body.replace(b"http://www.w3.org/2000/svg", b""), path
        assert s.request("GET", "/releases/2026K1/page/" + path.name).body == answer.body
    assert s.request("GET", "/page/..%2fmain.c").status in (400, 404)
    assert s.request("GET", "/page/none.js").code == "not-found"
    moved = s.request("GET", "/releases/2026K1")
    assert (moved.status, moved.headers["Location"]) == (308, "/releases/2026K1/"), moved
    assert s.request("GET", "/releases/2026K1/").body == page.body
    assert s.request("HEAD", "/").status == 200


def main():
    chromium = shutil.which("chromium")
    with Statd() as s, Statd() as empty, Statd(calls=2) as slow, tempfile.TemporaryDirectory() as place:
        s.publish("2026K1", release.national())
        slow.publish("2026K1", release.standard())
        check_files(s)
        if not chromium or major() < 22:
            print("skipped: no chromium here, or no Node 22 to talk to it; the page's files were looked at, and it was not shown",
                  file=sys.stderr)
            return 77
        data = pathlib.Path(place) / "data.json"
        data.write_text(json.dumps({"views": VIEWS, "rows": rows(), "hidden": HIDDEN}))
        shutil.copy(SOURCE / "tests/statd/browser.mjs", place)
        node = subprocess.Popen(command(SOURCE / "tests/statd/page.mjs", place, chromium, s.url, empty.url, slow.url, data))
        try:
            return node.wait(500)
        finally:
            node.terminate()  # it takes its browser with it
            node.wait(30)


if __name__ == "__main__":
    sys.exit(main())
