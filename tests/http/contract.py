"""Holds what the daemon answers to openapi.yaml: the operation, the status, every
header, the media type, the body. tests/http/varde.py asks it about each answer
that it sees, so a test of anything is a test of the contract as well."""
import base64
import email.message
import functools
import json
import os
import pathlib
import urllib.parse

import jsonschema
import yaml

SOURCE = pathlib.Path(os.environ.get("VARDE_SOURCE", pathlib.Path(__file__).parents[2]))

# What HTTP itself brings, and the standing refusals to browsers.
UNDECLARED = {"date", "content-type", "content-length", "connection", "x-content-type-options",
              "content-security-policy", "referrer-policy"}
# libmicrohttpd's own answers to a head that it cannot read (info.description, "Refusals").
LIBRARY = {400, 413, 414, 431, 505}
METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")


class Broken(AssertionError):
    """The daemon and its contract differ."""


class Pointers:
    """Resolves "#/…" within one document, all that openapi.yaml uses."""

    def __init__(self, document):
        self.document, self.known = document, {}

    def resolve(self, ref):
        if ref not in self.known:
            target = self.document
            for part in ref.removeprefix("#/").split("/"):
                target = target[part.replace("~1", "/").replace("~0", "~")]
            self.known[ref] = target
        return "", self.known[ref]

    def push_scope(self, scope):
        pass

    def pop_scope(self):
        pass


class Contract:
    def __init__(self, path=SOURCE / "openapi.yaml"):
        self.spec = yaml.load(path.read_text(), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
        self.resolver = Pointers(self.spec)
        self.validators = {}

    # --- finding things in the description -------------------------------------

    def follow(self, node):
        while "$ref" in node:
            node = self.resolver.resolve(node["$ref"])[1]
        return node

    def operations(self):
        """(method, path template, operation) of each."""
        for template, item in self.spec["paths"].items():
            for method in METHODS:
                if method in item:
                    yield method.upper(), template, item[method]

    def template(self, target):
        """The path template that a request target falls under, or None."""
        if target.lower().startswith(("http://", "https://")):
            target = "/" + target.split("://", 1)[1].partition("/")[2]
        segments = target.split("?")[0].split("/")
        found = []
        for template in self.spec["paths"]:
            parts = template.split("/")
            if len(parts) == len(segments) and all(
                    (p.startswith("{") and s) or p == urllib.parse.unquote(s) for p, s in zip(parts, segments)):
                found.append(template)
        return min(found, key=lambda t: t.count("{"), default=None)

    def check(self, schema, instance, where):
        validator = self.validators.get(id(schema))
        if validator is None:
            validator = jsonschema.Draft202012Validator(
                schema, resolver=self.resolver, format_checker=jsonschema.FormatChecker(["date", "uuid"]))
            self.validators[id(schema)] = validator
        for error in validator.iter_errors(instance):
            raise Broken(f"{where}: {error.message} (at {'/'.join(map(str, error.absolute_path))})")

    # --- one answer -----------------------------------------------------------------

    def response(self, method, target, status, where):
        """What openapi.yaml says of this status at this address; None for OPTIONS."""
        template = self.template(target)
        item = self.spec["paths"].get(template, {})
        operation = item.get(method.lower()) or (item.get("get") if method == "HEAD" else None)
        if operation:
            responses = operation["responses"]
        elif method == "OPTIONS" and item and status == 204:
            return None
        else:
            responses = self.spec["x-varde-no-operation"]
        if str(status) not in responses:
            raise Broken(f"{where}: openapi.yaml has no such status here")
        return self.follow(responses[str(status)])

    def check_headers(self, declared, headers, where):
        for name, header in declared.items():
            header = self.follow(header)
            value = headers.get(name)
            if value is None:
                if header.get("required"):
                    raise Broken(f"{where}: lacks the header {name}")
                continue
            if header["schema"].get("type") == "integer":
                value = int(value)
            self.check(header["schema"], value, f"{where}: header {name}")
        known = {name.lower() for name in declared} | UNDECLARED
        for name in headers.keys():
            if name.lower() not in known:
                raise Broken(f"{where}: openapi.yaml knows no header {name} here")

    def check_body(self, content, headers, body, where):
        full = headers.get("Content-Type")
        if full is None:
            raise Broken(f"{where}: no Content-Type")
        message = email.message.Message()
        message["Content-Type"] = full
        kind = message.get_content_type()
        if kind not in content:
            raise Broken(f"{where}: openapi.yaml has no {kind} here")
        schema = content[kind]["schema"]
        if body is None:
            return
        instance = json.loads(body) if kind.endswith("json") else body.decode()
        self.check(schema, instance, f"{where}: body")
        inner = self.follow(schema).get("contentSchema")
        if inner:  # a compact JWS: its header and payload
            parts = instance.split(".")[:2]
            decoded = [json.loads(base64.urlsafe_b64decode(p + "=" * (-len(p) % 4))) for p in parts]
            self.check(inner, decoded, f"{where}: inside of the body")

    def hold(self, method, target, status, headers, body):
        """Raises Broken where the answer is not as openapi.yaml says."""
        where = f"{method} {target.split('?')[0]} {status}"
        if status in LIBRARY and headers.get("Trace-Id") is None and headers.get("Content-Type") == "text/html":
            return
        response = self.response(method, target, status, where)
        if response is None:
            if body or headers.get("Allow") is None:
                raise Broken(f"{where}: OPTIONS answers 204 with Allow and no body")
            return
        self.check_headers(response.get("headers", {}), headers, where)
        if method == "HEAD" and body:
            raise Broken(f"{where}: HEAD has no body")
        self.check_body(response.get("content", {}), headers, None if method == "HEAD" else body, where)


    def hold_proxy(self, status, headers, body):
        """The same of an answer that the proxy gave by itself."""
        where = f"proxy {status}"
        response = self.spec["x-varde-proxy"].get(str(status))
        if response is None:
            raise Broken(f"{where}: openapi.yaml has no such status of the proxy")
        self.check_headers(response["headers"], headers, where)
        self.check_body(response["content"], headers, body, where)


@functools.lru_cache(maxsize=None)
def contract():
    """The one contract; read once per process."""
    return Contract()
