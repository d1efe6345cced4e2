"""A whole history handed over in batches: what `varde_send.py --batch` does.

    rows → batches (1000 documents, 8 MiB at most) → POST /v1/submissions/batch → a result for each

Everything that was acknowledged stands in one file, receipts/history.jsonl: a line for
each, on disk before the next batch goes. So it may be killed at any point and run again:
what stands there is not sent again, what was sent without an answer is recognised by Varde.

What is refused stands in receipts/refused.jsonl, a line for each with the case, the code and
where in the document, never a value; the file is of the last run alone.

Rows of a CSV file have no revisions of their own: the first row of a case is its first
revision, and each later row (or the same row in a later export) that says something else the
next. Documents of .json and .jsonl files have theirs, and so have rows where
varde_mapping.NUMBERED says so: these may come in any order, none is ever renumbered.
"""
import collections
import hashlib
import json
import os
import re
import sys
import time

import varde_mapping
import varde_send
from varde_send import Stopped

try:
    import fcntl
except ImportError:  # Windows: nothing holds off a second run
    fcntl = None

ITEMS, BYTES = 1000, 8 << 20  # of one batch
DOCUMENT_BYTES = 512 << 10
WAITING = 1000  # rows of cases that the batch has already, before it goes as it is
REPAIRS = 3

WORDS = {
    "revision-conflict": "dobbelt: samme revisjon er mottatt med annet innhold",
    "revision-stale": "eldre versjon: Varde har en nyere revisjon av saken, og en annen utgave av denne",
    "revision-skipped": "i utakt: revisjonen før er ikke mottatt",
    "not-mapped": "raden kan ikke bli et dokument",
}


class Item:
    """One document on its way. `place` is what it is known by in the next run: its revision,
    or which of its case's rows it is."""

    def __init__(self, name, document, numbered, nth):
        self.name, self.document, self.numbered = name, document, numbered
        self.report_id = document["report_id"]
        self.place = f"{self.report_id}@{document['revision']}" if numbered else f"{self.report_id}#{nth}"
        self.content = self.text = None
        self.repairs, self.held, self.last_try = 0, False, False


class Journal(varde_send.Receipts):
    """receipts/history.jsonl, and what it says. One run at a time."""

    def __init__(self, folder, key_file):
        # Keyed, so that whoever has the receipts alone cannot test guesses of person numbers.
        self.key = hashlib.blake2b(key_file, digest_size=32, person=b"varde receipts").digest()
        self.contents = {}  # place → content
        self.current = {}   # report → (revision, digest, content or None) accepted last
        folder = varde_send.pathlib.Path(folder)
        folder.mkdir(parents=True, exist_ok=True)
        self.file = open(folder / self.HISTORY, "a+b")  # closed with the process, and the lock with it
        try:
            if fcntl:
                fcntl.flock(self.file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise ValueError(f"{folder}: en annen kjøring holder på") from None
        self._cut_half_line()
        super().__init__(folder)

    def _cut_half_line(self):
        """What a kill in the middle of a write left: it was not acknowledged to anyone."""
        size, tail = self.file.seek(0, os.SEEK_END), b""
        while len(tail) < size and b"\n" not in tail:
            self.file.seek(max(0, size - len(tail) - (1 << 16)))
            tail = self.file.read(size - self.file.tell())
        if tail and not tail.endswith(b"\n"):
            self.file.truncate(size - len(tail) + tail.rfind(b"\n") + 1)

    def note(self, entry):
        super().note(entry)
        receipt, content = entry["receipt"], entry.get("content")
        self.contents[entry["place"]] = content
        if receipt["revision"] >= self.current.get(receipt["report_id"], (0,))[0]:
            self.current[receipt["report_id"]] = receipt["revision"], receipt["digest"], content

    def content(self, document):
        """A sum of what the document says, whichever revision it goes as."""
        said = {name: value for name, value in document.items() if name not in ("revision", "supersedes")}
        if isinstance(said.get("source"), dict):
            said["source"] = {name: value for name, value in said["source"].items() if name != "exported_at"}
        text = json.dumps(said, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        return hashlib.blake2b(text.encode(), key=self.key, digest_size=16).hexdigest()

    def add(self, entries):
        """Returns when they are on disk."""
        self.file.write(b"".join(json.dumps(entry, ensure_ascii=False).encode() + b"\n" for entry in entries))
        self.file.flush()
        os.fsync(self.file.fileno())
        for entry in entries:
            self.note(entry)


class History:
    """One run: `run` takes cases as varde_send.read_cases gives them, with whether they
    have revisions of their own."""

    def __init__(self, sender, journal, items=ITEMS):
        self.sender, self.journal, self.items = sender, journal, items
        self.waiting = collections.deque()          # these go before anything else is read
        self.held = collections.defaultdict(list)   # (report, revision) → what came before its predecessor
        self.nth, self.read = collections.Counter(), 0
        self.counts, self.warnings, self.codes = collections.Counter(), collections.Counter(), {}
        self.refused = open(journal.folder / "refused.jsonl", "w", encoding="utf-8")
        self.progress = time.monotonic()

    def run(self, cases):
        cases = iter(cases)
        while True:
            batch = self._fill(cases)
            if batch:
                self._send(batch)
            elif self.held:
                self._last_try()
            elif not self.waiting:
                return

    # --- what goes next ---------------------------------------------------------------

    def _fill(self, cases):
        """The next batch, signed. Of a case without revisions of its own one row at a time."""
        batch, size, there, later = [], 0, set(), []
        while len(batch) < self.items and len(later) < WAITING:
            item = self.waiting.popleft() if self.waiting else self._next(cases)
            if not item:
                break
            if not item.numbered and item.report_id in there:
                later.append(item)
                continue
            if not self._prepare(item):
                continue
            if batch and size + len(item.text) + 3 > BYTES - 100:
                self.waiting.appendleft(item)
                break
            there.add(item.report_id)
            batch.append(item)
            size += len(item.text) + 3
        self.waiting.extendleft(reversed(later))
        return batch

    def _next(self, cases):
        """The next case that was not acknowledged before, or None at the end."""
        for name, document, numbered in cases:
            self.read += 1
            if isinstance(document, varde_mapping.MappingError):
                self._refuse(name, None, {"code": "not-mapped", "title": str(document)}, "unsent")
                continue
            self.nth[document["report_id"]] += 1
            item = Item(name, document, numbered, self.nth[document["report_id"]])
            item.content = self.journal.content(document)
            if self.journal.contents.get(item.place) != item.content:
                return item
            self.counts["known"] += 1
        return None

    def _prepare(self, item):
        """Signs it, as the revision that it will be. False: there is nothing to send."""
        if not item.numbered and not item.repairs:
            revision, digest, content = self.journal.current.get(item.report_id, (0, None, None))
            if content == item.content:
                self.counts["known"] += 1
                return False
            if content:
                item.document = varde_send.next_revision(item.document, {"current_revision": revision, "digest": digest})
            else:
                item.document = self.journal.resume(item.document)
        item.text = self.sender.sign(item.document)
        if len(item.text) <= DOCUMENT_BYTES:
            return True
        self._refuse(item.name, item.document, {"code": "content-too-large", "title": "Dokumentet er for stort"})
        return False

    def _last_try(self):
        """Everything is read: what still waits for a predecessor is asked about once more."""
        for _, items in sorted(self.held.items()):
            for item in items:
                item.last_try = True
                self.waiting.append(item)
        self.held.clear()

    # --- what came of it -----------------------------------------------------------------

    def _send(self, batch):
        body = json.dumps({"submissions": [item.text for item in batch]}).encode()
        answer = self.sender.post("/v1/submissions/batch", body, "application/json")
        if answer.status != 200:
            raise Stopped(f"svar {answer.status} {answer.json.get('code', '')}: {answer.json.get('detail', '')}")
        results = answer.json.get("results")
        if not isinstance(results, list) or len(results) != len(batch) or not all(isinstance(one, dict) for one in results):
            raise Stopped(f"ikke ett resultat for hver av {len(batch)}")
        entries, pause, stop, delayed = [], 0, None, set()
        for item, result in zip(batch, results):
            status, problem = result.get("status"), result.get("problem", {})
            if status in (200, 201):
                entries.append(self._accepted(item, status, result.get("receipt", {})))
            elif status in varde_send.TRY_AGAIN:
                self.waiting.append(item)
                delayed.add(item.report_id)
                pause = max(pause, problem.get("retry_after", 1))
            elif problem.get("code") == "revision-skipped" and item.report_id in delayed:
                self.waiting.append(item)  # its predecessor was not taken for now
            elif status in varde_send.CASE_REFUSED:
                self._repair_or_refuse(item, problem)
            else:
                stop = stop or f"svar {status} {problem.get('code', '')}: {problem.get('detail', '')}"
        self.journal.add(entries)
        for entry in entries:
            self.waiting.extend(self.held.pop((entry["receipt"]["report_id"], entry["receipt"]["revision"] + 1), ()))
        self.refused.flush()
        self._tell(batch, results)
        if not stop and all(result.get("status") == 400 for result in results):
            stop = f"alle i en sending ble avvist: {results[0].get('problem', {}).get('code', '')}"
        if stop:
            raise Stopped(stop)
        self._pause(max(pause, used_up(answer.headers)), len(delayed) < len(batch))

    def _accepted(self, item, status, receipt):
        if (receipt.get("report_id"), receipt.get("revision")) != (item.report_id, item.document["revision"]) or (
                status == 201 and receipt.get("digest") != varde_send.digest(item.text)):
            raise Stopped(f"{item.name}: kvitteringen gjelder noe annet enn det som ble sendt")
        self.counts["new" if status == 201 else "repeated"] += 1
        self.counts["changed"] += status == 201 and not item.numbered and item.document["revision"] > 1
        self.warnings.update(warning["code"] for warning in receipt.get("warnings", []))
        sent_as = {name: item.document[name] for name in ("revision", "supersedes") if name in item.document}
        return {"place": item.place, "content": item.content, "case": item.name, "status": status, "sent_as": sent_as,
                "receipt": receipt}

    def _repair_or_refuse(self, item, problem):
        code = problem.get("code")
        if code == "revision-skipped" and item.numbered and not item.last_try:
            self.counts["out of order"] += not item.held
            item.held = True
            self.held[item.report_id, item.document["revision"]].append(item)
        elif code in ("revision-skipped", "revision-conflict") and not item.numbered and item.repairs < REPAIRS:
            item.repairs += 1
            item.document = varde_send.next_revision(item.document, problem)
            self.waiting.append(item)
        else:
            self._refuse(item.name, item.document, problem)

    def _refuse(self, name, document, problem, count="refused"):
        code = problem.get("code", "")
        words = WORDS.get(code, problem.get("title", ""))
        line = {"case": name, "code": code, "text": problem["title"] if code == "not-mapped" else words}
        if document:
            line.update(report_id=document["report_id"], revision=document["revision"])
        for member in ("status", "current_revision", "trace_id"):
            if member in problem:
                line[member] = problem[member]
        if problem.get("errors"):
            line["errors"] = [{member: fault.get(member) for member in ("pointer", "code", "message")}
                              for fault in problem["errors"]]
        self.refused.write(json.dumps(line, ensure_ascii=False) + "\n")
        self.counts[count] += 1
        self.codes.setdefault(code, [words, 0])[1] += 1

    def _pause(self, seconds, progress):
        """As long as the service asks for; gives up where nothing was taken for long."""
        now = time.monotonic()
        self.progress = now if progress or not seconds else self.progress
        if now + seconds - self.progress > self.sender.patience:
            raise Stopped(f"tjenesten tar ikke imot mer, gir opp etter {self.sender.patience} s")
        if seconds >= 1:
            print(f"venter {seconds:.0f} s, slik tjenesten ber om", file=sys.stderr, flush=True)
        time.sleep(seconds)

    # --- words ------------------------------------------------------------------------------

    def _tell(self, batch, results):
        found = collections.Counter(result.get("status") for result in results)
        again = sum(found[status] for status in varde_send.TRY_AGAIN)
        print(f"sending på {len(batch):4}: {found[201]:4} nye, {found[200]} kjent fra før, "
              f"{len(batch) - found[201] - found[200] - again} ikke tatt imot, {again} må vente  "
              f"({self.read} saker lest)", flush=True)

    def summary(self):
        """What became of everything; True when nothing is missing."""
        lines = (("new", "mottatt nå"), ("repeated", "kjent fra før: Varde hadde dem"),
                 ("known", "mottatt før, ikke sendt igjen"), ("changed", "av de nye er endringer, sendt som neste revisjon"),
                 ("out of order", "kom før revisjonen foran, sendt igjen etter den"), ("unsent", "ikke sendt"),
                 ("refused", "avvist"))
        print(f"{self.read:7} saker lest")
        for name, words in lines:
            if self.counts[name] or name in ("new", "refused"):
                print(f"{self.counts[name]:7} {words}")
        for code, (words, number) in sorted(self.codes.items(), key=lambda one: -one[1][1]):
            print(f"{number:15} {code}: {words}")
        for code, number in self.warnings.most_common():
            words = " (mulig dobbeltmelding)" if code == "possible-duplicate" else ""
            print(f"{number:7} mottatt med varsel {code}{words}")
        if self.codes:
            print(f"Hver av dem står i {self.refused.name}")
        return not self.codes


def used_up(headers):
    """Seconds until the next document may be sent, where the answer says that none is left now."""
    left = re.search(r'"submissions";r=(\d+);t=(\d+)', headers.get("RateLimit", ""))
    return int(left[2]) if left and left[1] == "0" else 0


def cases_of(paths, organisation, minimise):
    for path in paths:
        numbered = path.endswith((".json", ".jsonl")) or varde_mapping.NUMBERED
        for name, document in varde_send.read_cases(path, organisation):
            if isinstance(document, varde_mapping.MappingError):
                yield name, document, numbered
            elif varde_send.has_place(document):
                yield name, minimise(document) if minimise else document, numbered
            else:
                yield name, varde_mapping.MappingError(f"{name} har ikke report_id og revision"), numbered


def run(args, sender, minimise=None):
    """`minimise` makes of each document what may leave the house."""
    with open(args.key, "rb") as file:
        journal = Journal(args.receipts, file.read())
    history = History(sender, journal, args.batch_items)
    try:
        history.run(cases_of(args.files, args.organisation, minimise))
    except (OSError, ValueError) as fault:
        raise Stopped(str(fault)) from None
    finally:
        history.refused.flush()
        complete = history.summary()
    return 0 if complete else 1
