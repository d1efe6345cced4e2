"""An issuer's key server that can be good or hostile, and the Varde that fetches from it.

    server = KeyServer()                     # http on a free port of 127.0.0.1
    server.publish(key, …)                   # what /jwks answers from now on
    server.answers["/jwks"] = server.drip    # or how: a handler of the request
    server.fetches("/jwks")                  # how often it was asked
"""
import datetime
import http.server
import ipaddress
import json
import pathlib
import socket
import ssl
import sys
import threading
import time
import uuid
import warnings

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from jwcrypto import jwk

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "http"))

from varde import Varde, compact  # noqa: E402

BIG = 256 * 1024


def wait_for(condition, what, seconds=60):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        value = condition()
        if value:
            return value
        time.sleep(0.02)  # polling a condition, bounded
    raise AssertionError("never happened: " + what)


def new_key(kid, kind="EC"):
    shape = {"crv": "P-256"} if kind == "EC" else {"size": 2048}
    return jwk.JWK.generate(kty=kind, kid=kid, use="sig", alg="ES256" if kind == "EC" else "RS256", **shape)


def public(key):
    return json.loads(key.export_public())


class KeyServer:
    def __init__(self, tls=None, port=0):
        self.body, self.bodies = b'{"keys":[]}', {}
        self.answers, self.asked, self.times, self.headers = {}, [], [], []
        self.closing = threading.Event()
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", port), self.handler())
        self.server.daemon_threads = True
        self.server.block_on_close = False
        if tls:
            self.server.socket = tls.wrap_socket(self.server.socket, server_side=True, do_handshake_on_connect=False)
        self.port = self.server.server_address[1]
        self.scheme = "https" if tls else "http"
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def url(self, path="/jwks", host="127.0.0.1"):
        return f"{self.scheme}://{host}:{self.port}{path}"

    def handler(self):
        owner = self

        class Handler(http.server.BaseHTTPRequestHandler):
            timeout = 30

            def do_GET(self):
                owner.times.append(datetime.datetime.now(datetime.timezone.utc))
                owner.asked.append(self.path)
                owner.headers.append(dict(self.headers))
                try:
                    owner.answers.get(self.path, KeyServer.good)(owner, self)
                except OSError:
                    pass

            def log_message(self, *_):
                pass

            def handle(self):
                try:
                    super().handle()
                except OSError:
                    pass

        return Handler

    def publish(self, *keys, path=None):
        """Keys as jwcrypto's or as members; at one path, or wherever there are no others."""
        body = json.dumps({"keys": [public(k) if isinstance(k, jwk.JWK) else k for k in keys]}).encode()
        if path:
            self.bodies[path] = body
        else:
            self.body = body

    def fetches(self, path="/jwks"):
        return self.asked.count(path)

    def close(self):
        self.closing.set()
        self.server.shutdown()
        self.server.server_close()

    # --- how a request may be answered -----------------------------------------------

    def say(self, request, status, body=b"", headers=()):
        request.send_response(status)
        for name, value in headers:
            request.send_header(name, value)
        request.send_header("Content-Length", str(len(body)))
        request.end_headers()
        request.wfile.write(body)

    def good(self, request):
        body = self.bodies.get(request.path, self.body)
        self.say(request, 200, body, [("Content-Type", "application/jwk-set+json")])

    def missing(self, request):
        self.say(request, 404, self.body)

    def failing(self, request):
        self.say(request, 500, self.body)

    def redirect(self, request):
        self.say(request, 302, self.body, [("Location", self.url("/elsewhere"))])

    def redirect_to_file(self, request):
        self.say(request, 302, b"", [("Location", "file:///etc/hostname")])

    def not_modified(self, request):
        self.say(request, 304)

    def empty(self, request):
        self.say(request, 200)

    def page(self, request):
        self.say(request, 200, b"<!DOCTYPE html><title>Innlogging</title>")

    def cut(self, request):
        request.send_response(200)
        request.send_header("Content-Length", str(len(self.body) + 100))
        request.end_headers()
        request.wfile.write(self.body)

    def endless(self, request):
        request.send_response(200)
        request.end_headers()
        while not self.closing.is_set():
            request.wfile.write(b" " * 65536)

    def said_to_be_long(self, request):
        request.send_response(200)
        request.send_header("Content-Length", str(1 << 40))
        request.end_headers()
        self.closing.wait(20)

    def one_too_many(self, request):
        self.say(request, 200, self.body + b" " * (BIG + 1 - len(self.body)))

    def just_fits(self, request):
        self.say(request, 200, self.body + b" " * (BIG - len(self.body)))

    def drip(self, request):
        request.send_response(200)
        request.send_header("Content-Length", str(len(self.body)))
        request.end_headers()
        for byte in self.body:
            if self.closing.wait(0.2):
                break
            request.wfile.write(bytes([byte]))

    def hang(self, request):
        self.closing.wait(60)

    def compressed(self, request):
        import gzip
        self.say(request, 200, gzip.compress(self.body), [("Content-Encoding", "gzip")])

    def not_http(self, request):
        request.wfile.write(b"SSH-2.0-OpenSSH_9.2p1\r\n")


class Authority:
    """A certificate authority and what it signs, as files of a folder."""

    def __init__(self, folder, name="Test CA"):
        self.folder, self.name = pathlib.Path(folder), x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.file = self.folder / f"{uuid.uuid4()}.pem"
        certificate = self.build(self.name, self.key.public_key(), ca=True)
        self.file.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))

    def build(self, subject, key, ca, names=(), days=(-1, 30)):
        now = datetime.datetime.utcnow()
        builder = (x509.CertificateBuilder().subject_name(subject).issuer_name(self.name).public_key(key)
                   .serial_number(x509.random_serial_number())
                   .not_valid_before(now + datetime.timedelta(days=days[0]))
                   .not_valid_after(now + datetime.timedelta(days=days[1]))
                   .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True))
        if names:
            builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
        return builder.sign(self.key, hashes.SHA256())

    def server(self, ip="127.0.0.1", days=(-1, 30), maximum=None):
        """The TLS settings of a server with a certificate for that address."""
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "keys")])
        certificate = self.build(subject, key.public_key(), False, [x509.IPAddress(ipaddress.ip_address(ip))], days)
        path = self.folder / f"{uuid.uuid4()}.pem"
        path.write_bytes(certificate.public_bytes(serialization.Encoding.PEM) + key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()))
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(path)
        if maximum:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", DeprecationWarning)
                tls.minimum_version, tls.maximum_version = ssl.TLSVersion.TLSv1, maximum
            tls.set_ciphers("ALL:@SECLEVEL=0")
        return tls


def section(name, url, **more):
    keys = {"profile": "maskinporten", "issuer": f"https://{name}.demo.example/", "algorithms": "ES256, RS256",
            "jwks_url": url, "refresh_seconds": 3600, **more}
    return f"\n[issuer {name}]\n" + "".join(f"{k} = {v}\n" for k, v in keys.items() if v is not None)


class Fetching(Varde):
    """A Varde whose configuration ends with these sections."""

    def bearer_of(self, key, issuer="remote", kid=None, tenant=None, alg=None, typ="JWT", **claims):
        header = {"alg": alg or key["alg"], "kid": kid or key["kid"], "typ": typ}
        header = {name: value for name, value in header.items() if value is not None}
        claims = self.claims(tenant or self.tenants[0], **{"iss": f"https://{issuer}.demo.example/", **claims})
        return {"Authorization": "Bearer " + compact(header, claims, key)}

    def ask(self, key, **more):
        return self.get("/v1/tenant", headers=self.bearer_of(key, **more))

    def events(self, name, issuer="remote"):
        return [e for e in self.log() if e["event"] == name and e.get("issuer") == issuer]

    def metric(self, name, issuer="remote"):
        for line in self.admin("/metrics").body.decode().splitlines():
            if line.startswith(f'varde_{name}{{issuer="{issuer}"}} '):
                return float(line.split()[1])
        raise AssertionError("no metric " + name)

    def kept(self, issuer="remote"):
        return self.demo / "data/issuers" / f"{issuer}.jwks.json"

    def status_of(self, issuer="remote"):
        status = json.loads(self.ctl("status", "--json").stdout)
        return next(i for i in status["issuers"] if i["name"] == issuer)

    def doctor_of(self, issuer="remote"):
        run = self.ctl("doctor", "--json", check=False)
        return next(c for c in json.loads(run.stdout)["checks"] if c["name"] == "issuer " + issuer)


def closed_port():
    """A port of this machine where nobody listens."""
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]
