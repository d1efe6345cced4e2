#!/usr/bin/python3
"""Sends incident reports to Varde: a CSV export in, receipts out.

    row → document (varde_mapping.py) → signed JWS → POST /v1/submissions → receipt

Needs python3-jwcrypto and nothing else outside the standard library. First a dry
run, which stores nothing and shows every fault at once, then the real one:

    varde_send.py @settings.txt --validate export.csv
    varde_send.py @settings.txt export.csv

settings.txt holds options, one a line (--service=https://… and so on). Run it as
often as you like: what Varde already has is recognised and answered with the first
receipt, and a case that has changed becomes its next revision. A FILE that ends in
.json is one document, one that ends in .jsonl a document a line, sent as they are.

A whole history, of any length, goes in batches (varde_history.py): kill it whenever you
like, run it again, and it goes on where it was.

    varde_send.py @settings.txt --batch history.csv

Exit status: 0 every case was accepted; 1 some were refused, each is named, the rest
were accepted; 2 it could not start; 3 it stopped halfway: run it again.
"""
import argparse
import email.utils
import hashlib
import http.client
import json
import os
import pathlib
import shlex
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request

from jwcrypto import jwk, jws

import varde_mapping
import varde_minimise

SCHEMA = "incident-report/1.0"
TRY_AGAIN = (408, 429, 500, 502, 503, 504, 507)
CASE_REFUSED = (400, 409, 410, 413, 422)  # this case; anything else stops the run


class Stopped(Exception):
    """Nothing more can be sent now; what was acknowledged stays acknowledged."""


class Answer:
    def __init__(self, status, headers, raw):
        self.status, self.headers, self.raw = status, headers, raw
        self.json = json.loads(raw) if "json" in headers.get("Content-Type", "") else {}


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *args):
        return None  # a token goes to the address that was configured, nowhere else


_opener = urllib.request.build_opener(_NoRedirect)


def request(method, url, token, body=None, content_type=None, timeout=60, **more):
    """One HTTP request. Raises OSError or HTTPException when no answer came."""
    headers = {"Authorization": f"Bearer {token}", "Accept-Language": "nb", **more}
    if content_type:
        headers["Content-Type"] = content_type
    try:
        with _opener.open(urllib.request.Request(url, body, headers, method=method), timeout=timeout) as reply:
            return Answer(reply.status, reply.headers, reply.read())
    except urllib.error.HTTPError as reply:  # an answer as good as any: a problem document
        with reply:
            return Answer(reply.code, reply.headers, reply.read())


class Sender:
    """One data owner's connection to the service: its own, or its processor's, whose token
    and perhaps key it then is."""

    def __init__(self, service, audience, organisation, key, get_token, kid=None, alg=None, patience=600):
        self.service, self.audience, self.organisation = service.rstrip("/"), audience, organisation
        self.key = key
        self.kid = kid or key.thumbprint()  # RFC 7638: what the register calls a key unless told otherwise
        self.alg = alg or {"P-256": "ES256", "P-384": "ES384"}.get(key.get("crv"), "PS256")
        self.get_token, self.token = get_token, None
        self.patience = patience  # seconds to keep trying one request

    def sign(self, document, schema=SCHEMA):
        """The compact JWS that is posted and, byte for byte, what Varde seals."""
        header = {"alg": self.alg, "kid": self.kid, "typ": "varde+jws"}
        payload = {"iss": self.organisation, "aud": self.audience, "iat": int(time.time()), "schema": schema,
                   "document": document}
        token = jws.JWS(json.dumps(payload, ensure_ascii=False).encode())
        token.add_signature(self.key, None, json.dumps(header))
        return token.serialize(compact=True)

    def validate(self, document, schema=SCHEMA):
        """What a submission would be answered, and what of it stays clear. Nothing is kept."""
        body = json.dumps({"schema": schema, "document": document}, ensure_ascii=False).encode()
        return self.post(f"/v1/submissions/validate?organisation={self.organisation}", body, "application/json")

    def profile(self):
        """The data owner's minimisation profile: what it has chosen not to share."""
        answer = self.ask("GET", f"/v1/tenant?organisation={self.organisation}")
        profile = answer.json.get("profile") if answer.status == 200 else None
        if not profile or "kinds" not in profile:
            raise Stopped(f"minimeringsprofilen kan ikke hentes: svar {answer.status} {answer.json.get('code', '')}")
        return profile

    def submit(self, document):
        """Posts a document; where Varde has another version, the next revision of it."""
        answer = self.post("/v1/submissions", self.sign(document).encode(), "application/jose")
        if answer.status == 409 and "current_revision" in answer.json:
            document = next_revision(document, answer.json)
            answer = self.post("/v1/submissions", self.sign(document).encode(), "application/jose")
        return document, answer

    def post(self, path, body, content_type):
        return self.ask("POST", path, body, content_type)

    def ask(self, method, path, body=None, content_type=None):
        """The same bytes until there is an answer. Repeats are recognised, so a lost
        answer never makes a second report."""
        give_up, pause, renewed = time.monotonic() + self.patience, 1, False
        while True:
            self.token = self.token or self.get_token()
            try:
                answer = request(method, self.service + path, self.token, body, content_type)
            except (OSError, http.client.HTTPException) as fault:
                why, wait = f"ingen svar ({type(fault).__name__})", pause
            else:
                if answer.status == 401 and not renewed:
                    self.token, renewed = None, True
                    continue
                if answer.status not in TRY_AGAIN:
                    return answer
                why, wait = f"svar {answer.status}", max(pause, retry_after(answer.headers))
            if time.monotonic() + wait > give_up:
                raise Stopped(f"{self.service}{path}: {why}, gir opp etter {self.patience} s")
            print(f"{why}, prøver igjen om {wait:.0f} s", file=sys.stderr, flush=True)
            time.sleep(wait)
            pause = min(2 * pause, 60)


def digest(signed):
    """What the receipt of this JWS says, if it is the one that was stored."""
    return "sha-256:" + hashlib.sha256(signed.encode()).hexdigest()


def retry_after(headers):
    """Seconds that the service asks for, given as a number or as a date."""
    text = headers.get("Retry-After", "0")
    if text.isdigit():
        return int(text)
    try:
        return max(0, email.utils.parsedate_to_datetime(text).timestamp() - time.time())
    except ValueError:
        return 0


def next_revision(document, conflict):
    """Repairs a 409 in one step: it carries the current revision and its digest."""
    document = {**document, "revision": conflict["current_revision"] + 1}
    document.pop("supersedes", None)
    if conflict.get("digest"):
        document["supersedes"] = conflict["digest"]
    return document


class Receipts:
    """A folder with one file per accepted revision, and one file for all that went in
    batches: your proof, and the memory of which revision is current. Without it a
    changed case is still repaired, at the cost of one superfluous revision for a case
    that had several."""

    HISTORY = "history.jsonl"

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.newest = {}  # report → (revision, what it was sent as, or the file that tells)
        for file in self.folder.glob("*.*.json"):
            self._note(file.name.split(".")[0], int(file.suffixes[-2][1:]), file)
        self._read_history()

    def _read_history(self):
        history = self.folder / self.HISTORY
        if not history.exists():
            return
        with open(history, encoding="utf-8") as lines:
            for number, line in enumerate(lines, 1):
                if not line.endswith("\n"):
                    return  # still being written
                try:
                    self.note(json.loads(line))
                except (ValueError, KeyError, TypeError):
                    raise ValueError(f"{history}: linje {number} er skadet") from None

    def note(self, entry):
        """A line of the history."""
        self._note(entry["receipt"]["report_id"], entry["sent_as"]["revision"], entry["sent_as"])

    def _note(self, report_id, revision, sent_as):
        if revision >= self.newest.get(report_id, (0,))[0]:
            self.newest[report_id] = revision, sent_as

    def resume(self, document):
        """The document with the revision that was accepted last."""
        _, sent_as = self.newest.get(document["report_id"], (0, {}))
        if isinstance(sent_as, pathlib.Path):
            sent_as = json.loads(sent_as.read_text())["sent_as"]
        return {**document, **sent_as}

    def keep(self, document, receipt):
        file = self.folder / f"{document['report_id']}.{document['revision']}.json"
        sent_as = {name: document[name] for name in ("revision", "supersedes") if name in document}
        half = file.with_suffix(".half")
        half.write_text(json.dumps({"sent_as": sent_as, "receipt": receipt}, ensure_ascii=False, indent=2) + "\n")
        os.replace(half, file)
        self._note(document["report_id"], document["revision"], sent_as)


def send_case(sender, receipts, name, document, validate):
    """One case; True when it was accepted (or would be)."""
    if validate:
        answer = sender.validate(document)
    else:
        document, answer = sender.submit(receipts.resume(document))
    body = answer.json
    if answer.status in (200, 201) and validate:
        print(f"{name:12}  i orden        {len(body['sealed'])} felt vil bli forseglet")
    elif answer.status in (200, 201):
        receipts.keep(document, body)
        word = "mottatt" if answer.status == 201 else "kjent fra før"
        print(f"{name:12}  {word:13}  revisjon {body['revision']}  referanse {body['reference']}")
    elif answer.status in CASE_REFUSED:
        print(f"{name:12}  avvist         {body.get('code', answer.status)}: {body.get('title', '')}")
    else:
        raise Stopped(f"svar {answer.status} {body.get('code', '')}: {body.get('detail', '')}")
    for finding in body.get("errors", []) + body.get("warnings", []):
        print(f"{'':12}  {'feil' if 'errors' in body else 'varsel'} {finding['pointer']}: {finding['message']}")
    return answer.status in (200, 201)


def read_cases(path, organisation):
    """(name, document or MappingError) of every case in a file."""
    if path.endswith(".json"):
        yield pathlib.Path(path).name, json.loads(pathlib.Path(path).read_text(encoding="utf-8"))
        return
    if path.endswith(".jsonl"):
        yield from read_lines(path)
        return
    for row in varde_mapping.stream_rows(path):
        try:
            yield varde_mapping.case_number(row), varde_mapping.to_document(row, organisation)
        except varde_mapping.MappingError as fault:
            yield varde_mapping.case_number(row), fault


def read_lines(path):
    """As read_cases, of a file with a document a line."""
    with open(path, encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            name = f"linje {number}"
            try:
                document = json.loads(line)
            except ValueError:
                document = None
            if has_place(document):
                source = document.get("source")
                yield str(source.get("local_case_id", name) if isinstance(source, dict) else name), document
            else:
                yield name, varde_mapping.MappingError(f"{name} er ikke et dokument med report_id og revision")


def has_place(document):
    """Whether it says which report it is, and which revision."""
    return isinstance(document, dict) and isinstance(document.get("report_id"), str) and isinstance(document.get("revision"), int)


def token_source(args):
    if args.token_file:
        return lambda: pathlib.Path(args.token_file).read_text().strip()

    def run_command():
        try:
            return subprocess.check_output(shlex.split(args.token_command), text=True).strip()
        except (OSError, subprocess.CalledProcessError) as fault:
            raise Stopped(f"ingen token: {fault}") from None

    return run_command


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter,
                                     fromfile_prefix_chars="@")
    parser.add_argument("files", nargs="+", metavar="FILE", help="export.csv, document.json, documents.jsonl")
    parser.add_argument("--service", required=True, metavar="URL", help="base address of the service")
    parser.add_argument("--audience", required=True, help="the service's name, as GET /v1/tenant tells it")
    parser.add_argument("--organisation", required=True, metavar="ORGNR", help="the data owner")
    parser.add_argument("--key", required=True, metavar="PEM", help="private signing key, RSA or P-256 or P-384")
    parser.add_argument("--kid", help="what the register calls the key (default: RFC 7638 thumbprint)")
    parser.add_argument("--alg", help="PS256, RS256, ES256, ES384 (default: by the key)")
    token = parser.add_mutually_exclusive_group(required=True)
    token.add_argument("--token-command", metavar="COMMAND", help="prints an access token; run again on 401")
    token.add_argument("--token-file", metavar="FILE", help="holds an access token; read again on 401")
    parser.add_argument("--receipts", default="receipts", metavar="DIR", help="where receipts go (default: receipts)")
    parser.add_argument("--minimise", action="store_true",
                        help="leave out what the data owner's profile keeps back, as GET /v1/tenant tells it")
    parser.add_argument("--validate", action="store_true", help="dry run: show faults, store nothing")
    parser.add_argument("--print-jws", action="store_true", help="only print what would be posted, one a line")
    parser.add_argument("--batch", action="store_true", help="a whole history, in batches; goes on where it was")
    parser.add_argument("--batch-items", type=int, default=1000, metavar="N", help="documents in one batch (default: 1000)")
    args = parser.parse_args()
    if args.batch and (args.validate or args.print_jws):
        parser.error("--batch sends: it goes with neither --validate nor --print-jws")
    if not 1 <= args.batch_items <= 1000:
        parser.error("--batch-items is from 1 to 1000")
    address = urllib.parse.urlsplit(args.service)
    if address.scheme != "https" and address.hostname not in ("127.0.0.1", "::1", "localhost"):
        parser.error("--service must be https: tokens and reports are not for the open wire")
    return args


def run(args):
    key = jwk.JWK.from_pem(pathlib.Path(args.key).read_bytes())
    sender = Sender(args.service, args.audience, args.organisation, key, token_source(args), args.kid, args.alg)
    profile = sender.profile() if args.minimise else None
    if args.batch:
        import varde_history  # needs this module whole
        minimise = (lambda d: varde_minimise.minimise(profile, SCHEMA.split("/")[0], d, args.organisation)) if profile else None
        return varde_history.run(args, sender, minimise)
    cases = [case for path in args.files for case in read_cases(path, args.organisation)]
    receipts = None if args.validate or args.print_jws else Receipts(args.receipts)
    good = 0
    for name, document in cases:
        if isinstance(document, varde_mapping.MappingError):
            print(f"{name:12}  ikke sendt     {document}")
            continue
        if profile:
            document = varde_minimise.minimise(profile, SCHEMA.split("/")[0], document, args.organisation)
        if args.print_jws:
            print(sender.sign(document))
            good += 1
        else:
            good += send_case(sender, receipts, name, document, args.validate)
    if not args.print_jws:
        print(f"{good} av {len(cases)} {'i orden' if args.validate else 'mottatt'}")
    return 0 if good == len(cases) else 1


def main():
    args = parse_arguments()
    try:
        return run(args)
    except (Stopped, varde_minimise.NotShared) as why:
        print(f"varde_send: stoppet: {why}", file=sys.stderr)
        return 3
    except KeyboardInterrupt:
        print("varde_send: avbrutt; det som er kvittert for, står", file=sys.stderr)
        return 3
    except (OSError, ValueError) as fault:
        print(f"varde_send: {fault}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    import varde_send  # by its name, so that varde_history means the same module
    sys.exit(varde_send.main())
