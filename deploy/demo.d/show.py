"""Prints what is asked and what is answered, as it is, in a hundred columns."""
import json
import os
import sys
import textwrap

WIDTH = 98
_bold = sys.stdout.isatty() and "NO_COLOR" not in os.environ


def _strong(text):
    return f"\033[1m{text}\033[0m" if _bold else text


def step(number, title, gloss):
    print(f"\n{_strong(f'{number}. {title}')}\n   {gloss}\n", flush=True)


def say(text):
    print(textwrap.fill(text, WIDTH), flush=True)


def command(text):
    """A command line; continued lines are written as a shell takes them."""
    print(_strong(f"$ {text}"), flush=True)


def output(text):
    """What a program printed; long lines go on under their own beginning."""
    for line in text.rstrip("\n").split("\n"):
        indent = " " * (len(line) - len(line.lstrip()))
        print(textwrap.fill(line.strip(), WIDTH, initial_indent="  " + indent, subsequent_indent="      " + indent,
                            break_long_words=False, break_on_hyphens=False)
              if len(line) > WIDTH - 2 else ("  " + line).rstrip())
    sys.stdout.flush()


def cut(line):
    """The beginning of a line that nobody reads to its end."""
    print("  " + line[: WIDTH - 3] + "…", flush=True)


def request(method, path, content_type=None, who=None, body=None):
    print(_strong(f"→ {method} {path}"))
    if who:
        print(f"  Authorization: Bearer <token: {who}>")
    if content_type:
        print(f"  Content-Type: {content_type}")
    if isinstance(body, str):  # a JWS: long, and no more to read in its middle
        print(f"  {body[:60]}…{body[-20:]}  ({len(body)} tegn)")
    elif body is not None:
        document(body)
    sys.stdout.flush()


def answer(reply, only=None):
    """`only` picks members of the answer; that others were left out is said."""
    print(_strong(f"← {reply.status}") + f"  Content-Type: {reply.headers.get('Content-Type', '')}")
    body = reply.json
    if only:
        body = {name: body[name] for name in only if name in body}
        rest = [name for name in reply.json if name not in body]
        body.update({"…": f"og {', '.join(rest)}"} if rest else {})
    document(body)
    sys.stdout.flush()


def document(value):
    """JSON, indented and wrapped."""
    for line in pretty(value):
        indent = len(line) - len(line.lstrip())
        print(textwrap.fill(line, WIDTH, initial_indent="  ", subsequent_indent=" " * (indent + 6),
                            break_long_words=False, break_on_hyphens=False, drop_whitespace=True)
              if len(line) > WIDTH - 2 else "  " + line)


def pretty(value, indent=0, lead="", tail=""):
    """JSON with everything on one line that fits there."""
    flat = json.dumps(value, ensure_ascii=False)
    if indent + len(lead) + len(flat) <= WIDTH - 4 or not isinstance(value, (dict, list)) or not value:
        return [" " * indent + lead + flat + tail]
    is_object = isinstance(value, dict)
    rows = list(value.items()) if is_object else [(None, one) for one in value]
    lines = [" " * indent + lead + ("{" if is_object else "[")]
    for i, (name, one) in enumerate(rows):
        label = json.dumps(name, ensure_ascii=False) + ": " if is_object else ""
        lines += pretty(one, indent + 2, label, "" if i + 1 == len(rows) else ",")
    return lines + [" " * indent + ("}" if is_object else "]") + tail]
