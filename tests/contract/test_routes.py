#!/usr/bin/python3
"""The route table, the daemon and openapi.yaml: the same addresses, methods and
names, in every direction."""
import pathlib
import re
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "http"))
from contract import METHODS, contract  # noqa: E402
from varde import SOURCE, Varde  # noqa: E402

TABLE = (SOURCE / "server/varded/routes.c").read_text().split("varded_routes_len")[0]
PAGES = (SOURCE / "server/http/problem_page.h").read_text()
# Neither these nor anything else is served beside the table.
ELSEWHERE = ("/", "/v1", "/v1/", "/v2/submissions", "/v1/submissions/", "/v1/submissions/unknown", "/v1/reports/",
             "/v1/statistics", "/v1/statistics/own/", "/v1/reports/3ceaaf30-8142-48ea-91d9-3080f9b439fc/unknown", "/live", "/ready",
             "/metrics", "/openapi.json", "/.well-known", "/index.html", "/problems/busy/nb")


def types_of(name):
    found = re.search(r"\*const %s\[\] = \{(.*?), NULL" % name, TABLE)
    return set(re.findall(r'"([^"]+)"', found[1])) if found else set()


def table():
    """{(method, path): (operation, needs a token, media types)} as routes.c has it."""
    rows = re.findall(r'\{\s*"([A-Z]+)",\s*"([^"]+)",\s*\w+,\s*(\w+),\s*(\w+),\s*(\w+),\s*"(\w+)"\s*\}', TABLE)
    routes = {(m, p): (op, flags == "HTTP_NEEDS_TOKEN", types_of(types)) for m, p, flags, _, types, op in rows}
    assert "PROBLEM_PAGE_ROUTES" in TABLE
    # two rows over several lines, in designated form
    pages = re.findall(r'\.method = "(\w+)",.*?\.pattern = "([^"]+)",.*?\.operation = "(\w+)"', PAGES, re.S)
    routes.update({(m, p): (op, False, set()) for m, p, op in pages})
    lines = len(re.findall(r'^\t\{\s*"', TABLE, re.M))
    assert len(rows) == lines and len(pages) == 2 and len(routes) == lines + 2, "a row of the table was not understood"
    return routes


def described():
    c = contract()
    return {(method, path): (operation["operationId"], bool(operation.get("security", c.spec["security"])),
                             set(operation.get("requestBody", {}).get("content", {})))
            for method, path, operation in c.operations()}


def filled(path):
    """The path with the description's own examples in place of its parameters."""
    c = contract()
    for item in c.spec["paths"][path].values():
        for parameter in map(c.follow, item.get("parameters", [])):
            if parameter["in"] == "path":
                path = path.replace("{" + parameter["name"] + "}", str(parameter["example"]))
    assert "{" not in path, path
    return path


def test_table():
    ours, theirs = table(), described()
    assert ours == theirs, {k: (ours.get(k), theirs.get(k)) for k in ours.keys() | theirs.keys()
                            if ours.get(k) != theirs.get(k)}


def test_daemon(v):
    spec = contract().spec
    for path, item in spec["paths"].items():
        methods = {m.upper() for m in METHODS if m in item}
        allow = methods | {"OPTIONS"} | ({"HEAD"} if "GET" in methods else set())
        for method in [m.upper() for m in METHODS] + ["PROPFIND"]:
            if method in ("OPTIONS", "HEAD"):
                continue
            answer = v.request(method, filled(path))
            if method not in methods:
                assert answer.status == 405 and answer.code == "method-not-allowed", (method, path, answer)
                assert set(answer.headers["Allow"].split(", ")) == allow, (path, answer.headers["Allow"])
                continue
            needs = bool(item[method.lower()].get("security", spec["security"]))
            assert answer.status == (401 if needs else 200), (method, path, answer)
        options = v.request("OPTIONS", filled(path))
        assert options.status == 204 and set(options.headers["Allow"].split(", ")) == allow, (path, options)
        head = v.request("HEAD", filled(path))
        assert (head.status in (200, 401)) == ("GET" in methods), (path, head)


def test_elsewhere(v):
    for path in ELSEWHERE:
        for method in ("GET", "POST", "OPTIONS"):
            answer = v.request(method, path)
            assert answer.status == 404 and answer.code == "not-found", (method, path, answer)


def test_description_served(v):
    answer = v.get("/openapi.yaml")
    assert answer.status == 200 and answer.body == (SOURCE / "openapi.yaml").read_bytes()


def main():
    test_table()
    with Varde() as v:
        test_daemon(v)
        test_elsewhere(v)
        test_description_served(v)
    print(f"{len(described())} operations: table, daemon and description agree")


if __name__ == "__main__":
    main()
