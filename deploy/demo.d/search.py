"""Looks for texts in files the way they may hide: plain, in base64 and base64url at
every alignment, in hex of either case, in UTF-16, as escaped JSON."""
import base64
import json
import pathlib


def forms(text):
    """Every byte string that would give `text` away."""
    raw = text.encode()
    found = {raw, text.encode("utf-16-le"), text.encode("utf-16-be"), raw.hex().encode(), raw.hex().upper().encode(),
             json.dumps(text)[1:-1].encode()}
    for shift in range(3):
        coded = base64.b64encode(b"\0" * shift + raw)
        first = (shift * 8 + 5) // 6  # characters that also hold bits of what stands before
        last = (shift + len(raw)) * 8 // 6  # and of what follows
        inner = coded[first:last]
        found |= {inner, inner.replace(b"+", b"-").replace(b"/", b"_")}
    return found


class Search:
    def __init__(self, texts):
        self.texts = sorted(set(texts))
        self.forms = {form: text for text in self.texts for form in forms(text)}

    def in_bytes(self, raw):
        """The texts found."""
        return {text for form, text in self.forms.items() if form in raw}

    def in_files(self, paths):
        """([(path, texts)] of files that hold any, number of files, number of bytes)."""
        hits, files, size = [], 0, 0
        for path in paths:
            raw = pathlib.Path(path).read_bytes()
            files, size = files + 1, size + len(raw)
            found = self.in_bytes(raw)
            if found:
                hits.append((path, found))
        return hits, files, size


def sealed_texts(document, schema):
    """Every text of a document at a member that its schema marks x-varde-sealed: what
    must not be found. Short ones (a house number, a type) would be found by chance."""
    definitions = schema["$defs"]

    def walk(value, rule, sealed):
        while "$ref" in rule:
            sealed = sealed or rule.get("x-varde-sealed", False)
            rule = definitions[rule["$ref"].rsplit("/", 1)[1]]
        sealed = sealed or rule.get("x-varde-sealed", False)
        if isinstance(value, dict):
            for name, member in value.items():
                yield from walk(member, rule.get("properties", {}).get(name, {}), sealed)
        elif isinstance(value, list):
            for member in value:
                yield from walk(member, rule.get("items", {}), sealed)
        elif sealed and isinstance(value, str) and len(value) >= 6:
            yield value

    return set(walk(document, schema, False))
