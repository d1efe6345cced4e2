"""What an answer tells beside its figures: ways to ask, and ways to compare answers."""
import csv
import io
import json
import random
import time

import read

NEVER_ALIKE = {"ETag", "Content-Length", "Date", "Trace-Id", "RateLimit"}


def query(by, contents):
    """Parameters for one value or some of each dimension."""
    asked = {f"valuecodes[{d}]": v if isinstance(v, str) else ",".join(v) for d, v in by.items()}
    return {**asked, "valuecodes[ContentsCode]": contents}


def ask_cell(api, table, key, **more):
    by = dict(zip(table.dimensions, key))
    return api.ask(f"/api/v2/tables/{table.id}/data", query={**query(by, table.contents[0]), **more})


def slices(api, table, count, seed):
    """Some of a table asked for in every way: yields (how, codes chosen, {key: figure})."""
    chance = random.Random(seed)
    path = f"/api/v2/tables/{table.id}/data"
    for _ in range(count):
        chosen = {d: sorted(chance.sample(table.codes[d], chance.randint(1, len(table.codes[d]))), key=table.codes[d].index)
                  for d in table.dimensions}
        asked = query(chosen, table.contents[0])
        yield "get", chosen, read.figures(api.json(path, query=asked))
        body = {"selection": [{"variableCode": d, "valueCodes": v} for d, v in [*chosen.items(), ("ContentsCode", ["*"])]]}
        yield "post", chosen, read.figures(api.json(path, method="POST", body=json.dumps(body),
                                                    headers={"Content-Type": "application/json"}))
        answer = api.ask(path, query={**asked, "outputFormat": "csv", "outputFormatParams": "UseCodes"})
        assert answer.status == 200, answer
        yield "csv", chosen, csv_figures(answer.body, table)
        some = {d: v for d, v in chosen.items() if d in ("Hendelsesklasse", "Registreringsaar", "Tid")}
        yield "elimination", some, read.figures(api.json(path, query=query(some, table.contents[0])))
        first = chance.randint(1, len(table.codes["Tid"]))
        cut = {**some, "Tid": table.codes["Tid"][-first:]}
        yield "top", cut, read.figures(api.json(path, query={**query(some, table.contents[0]), "valuecodes[Tid]": f"top({first})"}))


def csv_figures(body, table):
    rows = list(csv.reader(io.StringIO(body.decode("utf-8-sig"), newline="")))
    head, cells = rows[0], {}
    before = [i for i, name in enumerate(head) if name in table.dimensions]
    for row in rows[1:]:
        for i in range(len(before), len(head)):
            time_code = head[i].split()[-1]
            key = tuple((head[j], row[j]) for j in before) + (("Tid", time_code),)
            cells[key] = row[i] if not row[i].lstrip("-").isdigit() else int(row[i])
    return cells


def expected(table, chosen):
    """The same slice of what was crawled: {codes in the table's order: figure}."""
    total = {d: "NO" if d == "Region" else "00" for d in table.dimensions}
    wanted = [set(chosen.get(d) or [total[d]]) for d in table.dimensions]
    return {key: value for key, value in table.cells.items() if all(k in w for k, w in zip(key, wanted))}


def as_table(table, figures):
    """A slice's figures under full keys; what is not named is the total."""
    total = {d: "NO" if d == "Region" else "00" for d in table.dimensions}
    return {tuple(dict(key).get(d, total[d]) for d in table.dimensions): value for key, value in figures.items()}


def effect(a, b):
    """The chance that one of a is greater than one of b, less a half (Mann-Whitney)."""
    from scipy.stats import rankdata
    ranks = rankdata(a + b)[:len(a)].sum()
    return (ranks - len(a) * (len(a) + 1) / 2) / (len(a) * len(b)) - 0.5


def times(api, kinds, samples, seed):
    """{kind: seconds} of asking, in random order; kinds: {name: [(table, key)]}."""
    chance, took = random.Random(seed), {kind: [] for kind in kinds}
    order = [kind for kind in kinds for _ in range(samples)]
    chance.shuffle(order)
    for kind in order:
        path, asked = chance.choice(kinds[kind])
        start = time.perf_counter()
        assert api.ask(path, query=asked).status == 200
        took[kind].append(time.perf_counter() - start)
    return took
