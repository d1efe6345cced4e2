"""All that the API answers, of every release that may be asked for. HTTP and JSON-stat
by Python's own library; nothing here knows how the releases were made."""
import collections
import http.client
import json
import urllib.parse

Answer = collections.namedtuple("Answer", "status headers body")


class Api:
    """One connection that is kept, and how often it was used."""

    def __init__(self, url, headers=None):
        where = urllib.parse.urlsplit(url)
        self.host, self.headers, self.asked = where.netloc, headers or {}, 0
        self.connection = http.client.HTTPConnection(self.host, timeout=120)

    def ask(self, path, method="GET", body=None, headers=None, query=None):
        if query:
            path += "?" + urllib.parse.urlencode(query, safe="[](),*?")
        self.asked += 1
        sent = {**self.headers, **(headers or {})}
        try:
            self.connection.request(method, path, body=body, headers=sent)
            response = self.connection.getresponse()
        except (ConnectionError, http.client.RemoteDisconnected):  # it was idle for long
            self.connection.close()
            self.connection.request(method, path, body=body, headers=sent)
            response = self.connection.getresponse()
        return Answer(response.status, dict(response.getheaders()), response.read())

    def json(self, path, **more):
        answer = self.ask(path, **more)
        assert answer.status == 200, (path, answer.status, answer.body[:300])
        return json.loads(answer.body)


class Table:
    """One table of one release: codes and children of its dimensions, figures by codes."""

    def __init__(self, id, metadata):
        self.id = id
        self.dimensions = [d for d in metadata["id"] if d != "ContentsCode"]
        self.contents = list(metadata["dimension"]["ContentsCode"]["category"]["index"])
        self.codes, self.parent = {}, {}
        for d in self.dimensions:
            category = metadata["dimension"][d]["category"]
            self.codes[d] = sorted(category["index"], key=category["index"].get)
            self.parent[d] = {c: p for p, children in category.get("child", {}).items() for c in children}
        self.cells = {}


def figures(dataset):
    """{((dimension, code), …): number or mark} of a JSON-stat answer."""
    names = dataset["id"]
    orders = [sorted(dataset["dimension"][d]["category"]["index"], key=dataset["dimension"][d]["category"]["index"].get)
              for d in names]
    values, status, cells = dataset["value"], dataset.get("status", {}), {}
    size = 1
    for order in orders:
        size *= len(order)
    assert size == len(values), "the answer is not dense"
    for i, value in enumerate(values):
        rest, key = i, []
        for name, order in zip(reversed(names), reversed(orders)):
            rest, at = divmod(rest, len(order))
            if name != "ContentsCode":
                key.append((name, order[at]))
        cells[tuple(reversed(key))] = status[str(i)] if value is None else value
    return cells


def crawl(api, release=None):
    """Every table of a release ("" the current one), every cell."""
    base = f"/releases/{release}/api/v2" if release else "/api/v2"
    tables = {}
    for entry in api.json(base + "/tables", query={"pageSize": "1000"})["tables"]:
        id = entry["id"]
        table = Table(id, api.json(f"{base}/tables/{id}/metadata"))
        everything = {f"valuecodes[{d}]": "*" for d in table.dimensions + ["ContentsCode"]}
        cells = figures(api.json(f"{base}/tables/{id}/data", query=everything))
        for key, value in cells.items():
            by = dict(key)
            table.cells[tuple(by[d] for d in table.dimensions)] = value
        tables[id] = table
    return tables
