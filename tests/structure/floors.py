#!/usr/bin/python3
"""Arrows point one way: a room of lib/ includes only its own or lower floors,
lib/ knows no program, programs do not know each other, and one room alone knows
libmicrohttpd and one libjwt."""
import pathlib
import re
import sys

root = pathlib.Path(sys.argv[1])
floors = {}
for line in (root / "lib/floors").read_text().splitlines():
    if line and not line.startswith("#"):
        floor, room = line.split()
        floors[room] = int(floor)

faults = []


def includes(path):
    return re.findall(r'^\s*#\s*include\s+([<"])([^>"]+)[>"]', path.read_text(), re.M)


def sources(folder):
    return sorted(p for p in (root / folder).rglob("*") if p.suffix in (".c", ".h"))


rooms = {p.name for p in (root / "lib").iterdir() if p.is_dir()}
for room in sorted(rooms ^ set(floors)):
    faults.append(f"lib/{room}: a room and its line in lib/floors go together")

for path in sources("lib"):
    room = path.relative_to(root / "lib").parts[0]
    for mark, name in includes(path):
        target = name.split("/")[0]
        if mark == '"' and target not in floors:
            faults.append(f"{path.relative_to(root)}: {name} is no room of lib/")
        elif mark == '"' and floors[target] > floors.get(room, 99):
            faults.append(f"{path.relative_to(root)}: floor {floors[room]} includes floor {floors[target]}, {name}")

allowed = {"server/http": {"http"}, "server/varded": {"http", "program", "varded"}, "server/statd": {"http", "program", "statd"},
           "server/program": {"http", "program"}, "server/ctl": {"ctl"}, "client/open": {"open"}}
for folder, own in allowed.items():
    for path in sources(folder):
        for mark, name in includes(path):
            target = name.split("/")[0]
            if mark == '"' and target not in floors and target not in own:
                faults.append(f"{path.relative_to(root)}: may not include {name}")

only = {"microhttpd.h": "server/http", "jwt.h": "lib/jose", "sqlite3.h": "lib/sqlite", "ini.h": "lib/config",
        "curl/curl.h": "lib/issuers/jwks_fetch."}
for path in sources("lib") + sources("server") + sources("client"):
    for _, name in includes(path):
        home = only.get(name)
        inside = str(path.relative_to(root))
        if home and not inside.startswith(home) and not (name == "sqlite3.h" and inside.startswith(("lib/store", "lib/control", "lib/migrate"))):
            faults.append(f"{inside}: only {home} knows {name}")

print("\n".join(faults) or f"{len(rooms)} rooms, arrows point one way")
sys.exit(bool(faults))
