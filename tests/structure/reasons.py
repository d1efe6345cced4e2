#!/usr/bin/python3
"""Every refusal can be explained to an operator: each problem code and each reason has
its row in lib/trace/advice.c, and no row is there for nothing."""
import pathlib
import re
import sys

root = pathlib.Path(sys.argv[1])
WORD = r'"([a-z][a-z0-9_-]*)"'


def text(path):
    return (root / path).read_text()


rows = re.findall(r"^\t\{ " + WORD, text("lib/trace/advice.c"), re.M)
codes = re.findall(r'\{\s*"([a-z0-9-]+)",\s*\d{3},', text("server/http/problem_table.c") + text("server/varded/problems.c"))
assert len(rows) > 50 and codes, "cannot read the tables"

used = {}  # word: where it is said
for folder in ("lib/intake", "server/http", "server/varded"):
    for path in sorted((root / folder).glob("*.c")):
        source = path.read_text()
        for pattern in (r"refuse_because\([^;]*?,\s*" + WORD + r"\s*\)", r"\.reason = " + WORD,
                        r"\b(?:fault|broken_framing)\(\s*" + WORD, r'"busy", ' + WORD, r"\breturn " + WORD + ";",
                        r'\? ' + WORD + r' : ' + WORD):
            for found in re.findall(pattern, source):
                for word in [found] if isinstance(found, str) else found:
                    if not pattern.startswith((r"\breturn", r"\?")) or word in rows:
                        used[word] = str(path.relative_to(root))

# What lib/jose calls `where` becomes a reason with a prefix.
jws = set(re.findall(r"malformed\(\s*" + WORD, text("lib/jose/jws.c"))) | {"alg", "typ"}
parts = {
    "token": jws | {"jws", "kid", "client_id", "jti"} | set(
        re.findall(r"refuse\(\s*" + WORD, text("lib/jose/token.c") + text("lib/jose/token_claims.c"))),
    "proof": jws | {"jws"} | set(re.findall(r"refuse\(\s*" + WORD, text("lib/jose/dpop.c"))) - {"token"} | set(
        re.findall(r'"(?:invalid-dpop-proof|use-dpop-nonce|replay-full)",\s*' + WORD, text("lib/jose/dpop.c"))),
    "jws": jws | {"form"},
    "key": {"alg"},
}
for prefix, names in parts.items():
    for name in names:
        used[f"{prefix}-{name.replace('_', '-')}"] = f"lib/jose, as {prefix}"

faults = [f"twice in lib/trace/advice.c: {word}" for word in sorted({w for w in rows if rows.count(w) > 1})]
faults += [f"lib/trace/advice.c has no row for the problem code {code}" for code in codes if code not in rows]
faults += [f"lib/trace/advice.c has no row for {word}, said by {where}" for word, where in sorted(used.items()) if word not in rows]
faults += [f"lib/trace/advice.c explains {word}, which nobody says" for word in rows if word not in used and word not in codes]
faults += [f"lib/trace/advice.c: {word} is not in kebab-case" for word in rows if "_" in word]

print("\n".join(faults) or f"{len(rows)} words, each said and explained")
sys.exit(bool(faults))
