"""Every form in which a string could lie on a disk, and the search for them."""

import base64
import hashlib
import os
import pathlib
import re
import stat


def aligned_base64(data, alphabet):
    """What is sure to stand in the base64 of any text that holds `data`, for each of
    the three places where it can begin: the characters that no neighbour reaches."""
    for before in range(3):
        text = alphabet(b"\0" * before + data)
        first = -(-before * 8 // 6)
        last = (before + len(data)) * 8 // 6
        yield text[first:last]


def texts(canary):
    """The string as bytes: UTF-8, Latin-1, and as JSON writes it with escapes."""
    forms = {canary.encode()}
    try:
        forms.add(canary.encode("latin-1"))
    except UnicodeEncodeError:
        pass
    escaped = "".join(c if c < "\x7f" else "".join(f"\\u{u:04x}" for u in utf16(c)) for c in canary)
    forms |= {escaped.encode(), re.sub(r"\\u....", lambda m: "\\u" + m[0][2:].upper(), escaped).encode()}
    forms |= {f.replace(b"/", b"\\/") for f in forms}
    return forms


def utf16(c):
    raw = c.encode("utf-16-be")
    return [int.from_bytes(raw[i:i + 2], "big") for i in range(0, len(raw), 2)]


def forms_of_bytes(data):
    yield data
    for alphabet in base64.b64encode, base64.urlsafe_b64encode:
        yield from aligned_base64(data, alphabet)
    yield data.hex().encode()
    yield data.hex().upper().encode()


def forms(canary):
    """All forms of a string that may not be found."""
    found = set()
    for text in texts(canary):
        found |= set(forms_of_bytes(text))
    for coding in "utf-16-le", "utf-16-be":
        found |= set(forms_of_bytes(canary.encode(coding)))
    percent = "".join(f"%{b:02X}" if b > 0x7e or b in b' /%"' else chr(b) for b in canary.encode())
    found |= {percent.encode(), re.sub("%..", lambda m: m[0].lower(), percent).encode()}
    return {f for f in found if len(f) >= PREFIX}


def oracles(secret):
    """Hashes without a key: who can guess the string would know it by these."""
    data = secret if isinstance(secret, bytes) else secret.encode()
    found = set()
    for name in "md5", "sha1", "sha256", "sha384", "sha512", "blake2b":
        found |= set(forms_of_bytes(hashlib.new(name, data).digest()))
    found |= set(forms_of_bytes(hashlib.blake2b(data, digest_size=32).digest()))
    return found


PREFIX = 8  # bytes; no form is shorter


class Needles:
    """What to search for: form → the name of what it gives away."""

    def __init__(self):
        self.names = {}
        self.begins = {}  # first bytes → forms

    def add(self, name, found):
        for form in found:
            if form not in self.names:
                self.names[form] = name
                self.begins.setdefault(form[:PREFIX], []).append(form)

    def join(self, other):
        for form, name in other.names.items():
            self.add(name, (form,))

    def find(self, data):
        """Names and forms found in bytes; one pass, however many forms there are."""
        begins = self.begins
        places = [i for i in range(len(data) - PREFIX + 1) if data[i:i + PREFIX] in begins]
        return {(self.names[form], form[:60]) for i in places for form in begins[data[i:i + PREFIX]]
                if data.startswith(form, i)}


def regular_files(folder):
    for root, _, names in os.walk(folder):
        for name in names:
            path = pathlib.Path(root, name)
            try:
                if stat.S_ISREG(path.lstat().st_mode):
                    yield path
            except FileNotFoundError:
                pass


def process_files(pid):
    """What a process has open or mapped, also when it has no name any more; not
    the programs and libraries that were there before it."""
    proc = pathlib.Path("/proc", str(pid))
    seen = set()
    for link in [*proc.glob("fd/*"), *proc.glob("map_files/*")]:
        try:
            info, target = link.stat(), os.readlink(link)
        except OSError:
            continue
        system = target.startswith(("/usr/", "/lib", "/etc/", "/dev/", "/proc/")) or os.access(target, os.X_OK)
        if stat.S_ISREG(info.st_mode) and not system and (info.st_dev, info.st_ino) not in seen:
            seen.add((info.st_dev, info.st_ino))
            yield link, target


def names_of(folder):
    """File names leak too."""
    return "\n".join(str(p.relative_to(folder)) for p in pathlib.Path(folder).rglob("*")).encode()


def read(path):
    try:
        return path.read_bytes()
    except OSError:
        return b""
