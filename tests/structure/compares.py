#!/usr/bin/python3
"""Secrets, and what is derived from them, are compared in constant time: sodium_memcmp.
Bytes may be compared with memcmp only in the files below, each for a reason."""
import pathlib
import re
import sys

root = pathlib.Path(sys.argv[1])
PUBLIC = {
    "client/open/evidence.c": "a digest that stands in the receipt, offline",
    "lib/identifiers/person_number_find.c": "digits of a text that the sender wrote; a number looked for is looked for offline",
    "lib/jose/htu.c": "addresses",
    "lib/jose/replay.c": "SHA-256 of a proof's jti: whoever sends it can compute it",
    "lib/jose/replay_file.c": "a file's first bytes and its checksum, not keyed",
    "lib/jose/token_cache.c": "SHA-256 of a whole token: to come near another's, one must have it",
    "lib/seal/envelope.c": "names of public keys",
    "lib/seal/keyfile.c": "the frame around a key, the same in every file",
    "lib/trace/trace.c": "trace ids, asked for by the operator",
    "server/http/client.c": "network addresses",
    "server/http/negotiate.c": "media types",
    "server/http/route.c": "segments of addresses",
}
# What must not go through a comparison that stops at the first difference.
SECRET = r"\b(?:memcmp|bcmp|strn?cmp|strn?casecmp)\s*\([^;()]*\b\w*(?:secret|passphrase|password|fingerprint|commitment|private_key|_mac)\w*\b"

faults, met = [], set()
for folder in ("lib", "server", "client"):
    for path in sorted((root / folder).rglob("*.[ch]")):
        name, text = str(path.relative_to(root)), path.read_text()
        if re.search(r"(?<!sodium_)\b(?:memcmp|bcmp)\s*\(", text) and not name.startswith("lib/schema/"):
            met.add(name)
            if name not in PUBLIC:
                faults.append(f"{name}: memcmp. Is anything secret in it? sodium_memcmp; if not, say in {pathlib.Path(__file__).name} what it is")
        for found in re.findall(SECRET, text):
            faults.append(f"{name}: {found[:100]!r} compares a secret and stops at the first difference")
faults += [f"{name} no longer compares bytes: strike it from {pathlib.Path(__file__).name}" for name in sorted(set(PUBLIC) - met)]

print("\n".join(faults) or f"{len(met)} files compare public bytes, secrets go through sodium_memcmp")
sys.exit(bool(faults))
