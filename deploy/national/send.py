"""Documents go out as senders send them: signed with each organisation's own key, with its
own token, in batches; every receipt is looked at, what was not taken for now is sent
again. How far each organisation has come is kept, so that the next run goes on there; if
that is lost, or a batch behind, the service knows what it has, and nothing is doubled."""
import base64
import concurrent.futures
import json
import os
import pathlib
import sys
import threading
import time

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, utils
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from jwcrypto import jwk

import document

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "client" / "python"))
import demo_token  # noqa: E402
import varde_send  # noqa: E402

BATCH = 250
AT_ONCE = 4  # organisations; each one's batches go in turn, since revisions follow each other
TRIES = 100


class Stopped(Exception):
    """Nothing more can be sent; what was acknowledged stays."""


def b64(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


class Signer:
    """Compact JWS with ES256, as fast as OpenSSL does it."""

    def __init__(self, path):
        pem = path.read_bytes()
        self.key, thumbprint = load_pem_private_key(pem, None), jwk.JWK.from_pem(pem).thumbprint()
        self.head = b64(json.dumps({"alg": "ES256", "kid": thumbprint, "typ": "varde+jws"}).encode())

    def sign(self, payload):
        text = f"{self.head}.{b64(json.dumps(payload, ensure_ascii=False, separators=(',', ':')).encode())}"
        r, s = utils.decode_dss_signature(self.key.sign(text.encode(), ec.ECDSA(hashes.SHA256())))
        return f"{text}.{b64(r.to_bytes(32, 'big') + s.to_bytes(32, 'big'))}"


class Progress:
    """How many of an organisation's documents, in the plan's order, were acknowledged."""

    def __init__(self, folder, orgnr):
        self.path = folder / f"{orgnr}.sent"
        self.done = int(self.path.read_text()) if self.path.exists() else 0

    def set(self, done):
        half = self.path.with_suffix(".half-sent")
        half.write_text(str(done))
        os.replace(half, self.path)
        self.done = done


class Sending:
    """One run. `clock` tells the installation's time in seconds; `said(documents)` is called after
    each batch with how many it brought."""

    def __init__(self, the_plan, installation, folder, clock, said=lambda documents: None):
        self.plan, self.installation, self.folder, self.clock, self.said = the_plan, installation, folder, clock, said
        self.about = json.loads((installation / "demo.json").read_text(encoding="utf-8"))
        self.counts, self.lock = {"new": 0, "repeated": 0, "batches": 0, "again": 0}, threading.Lock()
        self.stop = threading.Event()

    def run(self, organisations, sent_by=None):
        """Sends what of these was ready by `sent_by` (None: all). Returns the counts."""
        largest_first = sorted(organisations, key=lambda one: -len(self.plan.reports[one.orgnr]))
        with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
            tasks = [pool.submit(self._send, one, sent_by) for one in largest_first]
            try:
                for task in concurrent.futures.as_completed(tasks):
                    task.result()
            except BaseException:
                self.stop.set()
                raise
        return self.counts

    def _send(self, one, sent_by):
        sends = self.plan.sends(one.orgnr)
        if sent_by is not None:
            sends = [send for send in sends if send[0] <= sent_by]
        progress = Progress(self.folder, one.orgnr)
        if progress.done >= len(sends):
            return
        signer = Signer(self.folder / f"{one.orgnr}.pem")
        sender = varde_send.Sender(self.about["intake"], self.about["audience"], one.orgnr, signer, kid="of the signer",
                                   alg="ES256", get_token=lambda: demo_token.bearer(self.installation, one.orgnr, now=self.clock()))
        while progress.done < len(sends) and not self.stop.is_set():
            batch = sends[progress.done:progress.done + BATCH]
            self._post(sender, [self._sign(signer, one, report, which) for _, report, which in batch], batch)
            progress.set(progress.done + len(batch))
            self.said(len(batch))

    def _sign(self, signer, one, report, which):
        return signer.sign({"iss": one.orgnr, "aud": self.about["audience"], "iat": int(self.clock()),
                            "schema": document.schema(which), "document": document.document(self.plan, report, which)})

    def _post(self, sender, signed, batch):
        """Until each of the batch has its receipt. After one that was not taken for now
        all that follow go again: what came in nevertheless is a repeat."""
        for _ in range(TRIES):
            answer = sender.post("/v1/submissions/batch", json.dumps({"submissions": signed}).encode(), "application/json")
            if answer.status != 200:
                raise Stopped(f"the batch was answered {answer.status} {answer.json.get('code', '')}")
            results = answer.json["results"]
            if len(results) != len(signed):
                raise Stopped(f"{len(results)} results for {len(signed)} documents")
            taken = self._take(results, signed, batch)
            with self.lock:
                self.counts["batches"] += 1
                self.counts["again"] += taken < len(signed)
            if taken == len(signed):
                return
            signed, batch = signed[taken:], batch[taken:]
            time.sleep(max(0.2, varde_send.retry_after(answer.headers)))
        raise Stopped("the service takes nothing more")

    def _take(self, results, signed, batch):
        """How many from the start were acknowledged."""
        for at, (result, text, (_, report, which)) in enumerate(zip(results, signed, batch)):
            schema, revision = document.schema(which), document.revision(which)
            if result["status"] in varde_send.TRY_AGAIN:
                return at
            if result["status"] not in (200, 201):
                problem = result["problem"]
                raise Stopped(f"{report.organisation.orgnr} report {report.report_id} {schema} revision {revision} was answered "
                              f"{result['status']} {problem['code']} {problem.get('errors', '')}")
            receipt = result["receipt"]
            if (receipt["report_id"], receipt["schema"], receipt["revision"]) != (report.report_id, schema, revision) or (
                    result["status"] == 201 and receipt["digest"] != varde_send.digest(text)):
                raise Stopped(f"a receipt of another document came for report {report.report_id}")
            with self.lock:
                self.counts["new" if result["status"] == 201 else "repeated"] += 1
        return len(results)
