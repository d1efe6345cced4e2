"""The real varded behind a real proxy, with the configuration of deploy/proxy in which
only paths, ports and users are put in place.

    with Behind("haproxy") as b:
        answer = b.submit(b.tenants[0], document)      # over TLS, with a client certificate
"""
import grp
import http.client
import io
import json
import os
import pathlib
import pwd
import re
import socket
import ssl
import subprocess
import sys
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "http"))
from contract import contract  # noqa: E402
from varde import SOURCE, Answer, Varde  # noqa: E402

from certificates import Authority  # noqa: E402

SHIPPED = SOURCE / "deploy/proxy"
PATIENCE = 60
USER, GROUP = pwd.getpwuid(os.getuid()).pw_name, grp.getgrgid(os.getgid()).gr_name


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def substitute(text, changes):
    for old, new in changes.items():
        assert old in text, f"the shipped configuration no longer says: {old}"
        text = text.replace(old, str(new))
    return text


class Proxy:
    """One running proxy. `failures` is how many a sender has in a minute, `revoking` turns on the revocation list, `slow`
    shortens the times that a slow sender has, `lenient` takes all ciphers of old."""

    def __init__(self, folder, certificates, failures=None, revoking=False, slow=False, lenient=False):
        self.folder, self.certificates = folder, certificates
        self.failures, self.revoking, self.slow, self.lenient = failures, revoking, slow, lenient
        self.socket = folder / "intake.sock"
        self.log_path = folder / "proxy.log"
        self.process = None

    def start(self):
        for _ in range(5):  # somebody else may take the port in between
            self.port = free_port()
            self.write()
            with open(self.log_path, "ab") as log:
                self.process = subprocess.Popen(self.command(), stdout=log, stderr=log, cwd=self.folder)
            if self.listens():
                return
            if "in use" not in self.log() and "cannot bind" not in self.log():
                break
        raise AssertionError("the proxy did not start: " + self.log())

    def listens(self):
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end and self.process.poll() is None:
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
                return self.process.poll() is None
            except OSError:
                time.sleep(0.02)  # polling a condition, bounded
        return False

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.terminate()
            self.process.wait(PATIENCE)

    def log(self):
        return self.log_path.read_text()


class HAProxy(Proxy):
    name, program, needs = "haproxy", "/usr/sbin/haproxy", ["/usr/sbin/haproxy"]
    caps_connections = True  # by address; else requests on their way
    strangers_wait = True    # who has no certificate is charged too
    waits_for_body = True    # varded does not hear of a small one that is slow

    def write(self):
        changes = {
            "/etc/varde/proxy/problems": SHIPPED / "problems",
            "/etc/varde/proxy/server.pem": self.certificates.server,
            "/etc/varde/proxy/client-ca.pem": self.certificates.authority.certificate,
            "unix@/run/varde/intake.sock": f"unix@{self.socket}",
            "/run/haproxy/varde.sock": self.folder / "admin.sock",
            "bind :443": f"bind 127.0.0.1:{self.port}",
            "user haproxy": "user " + USER,
            "group varde": "group " + GROUP,
        }
        if self.revoking:
            changes["#crl-file /etc/varde/proxy/client-ca.crl"] = f"crl-file {self.certificates.crl}"
        if self.failures:
            changes["sc0_gpc0_rate gt 60"] = f"sc0_gpc0_rate gt {self.failures}"
        if self.lenient:
            changes["bind-ciphers ECDHE"] = "bind-ciphers ALL:@SECLEVEL=0:ECDHE"
        if self.slow:
            changes.update({"timeout http-request 10s": "timeout http-request 1s", "timeout server 40s": "timeout server 5s", "timeout client 20s": "timeout client 2s",
                            "timeout http-keep-alive 60s": "timeout http-keep-alive 1s", "wait-for-body time 10s": "wait-for-body time 1s"})
        (self.folder / "haproxy.cfg").write_text(substitute((SHIPPED / "haproxy.cfg").read_text(), changes))

    def command(self):
        return [self.program, "-db", "-f", self.folder / "haproxy.cfg"]


class Nginx(Proxy):
    name, program, needs = "nginx", "/usr/sbin/nginx", ["/usr/sbin/nginx", "/usr/lib/nginx/modules/ngx_http_lua_module.so"]
    caps_connections = strangers_wait = waits_for_body = False

    def write(self):
        changes = {
            "/etc/varde/proxy/problems": SHIPPED / "problems",
            "/etc/varde/proxy/server.pem": self.certificates.server,
            "/etc/varde/proxy/client-ca.pem": self.certificates.authority.certificate,
            "unix:/run/varde/intake.sock": f"unix:{self.socket}",
            "listen 443 ": f"listen 127.0.0.1:{self.port} ",
            "user www-data varde;": f"user {USER} {GROUP};",
            "pid /run/nginx.pid;": f"pid {self.folder}/nginx.pid;\ndaemon off;",
            "/var/log/nginx/error.log": self.log_path,
            "/var/log/nginx/varde.log": self.log_path,
            # Debian's own places for bodies, which the configuration must not use
            "http {": "http {\n" + "".join(f"    {kind}_temp_path {self.folder}/body;\n" for kind in (
                "client_body", "proxy", "fastcgi", "uwsgi", "scgi")),
        }
        if self.revoking:
            changes["#ssl_crl /etc/varde/proxy/client-ca.crl"] = f"ssl_crl {self.certificates.crl}"
        if self.failures:
            changes["> 60 then"] = f"> {self.failures} then"
        if self.lenient:
            changes["ssl_ciphers ECDHE"] = "ssl_ciphers ALL:@SECLEVEL=0:ECDHE"
        if self.slow:
            changes.update({"client_header_timeout 10s": "client_header_timeout 1s", "client_body_timeout 20s": "client_body_timeout 2s",
                            "keepalive_timeout 60s": "keepalive_timeout 1s", "proxy_read_timeout 40s": "proxy_read_timeout 5s"})
        (self.folder / "nginx.conf").write_text(substitute((SHIPPED / "nginx.conf").read_text(), changes))

    def command(self):
        return [self.program, "-e", self.log_path, "-c", self.folder / "nginx.conf"]


PROXIES = {p.name: p for p in (HAProxy, Nginx)}


def or_skip(name):
    """The proxy's class; ends the test as skipped where the machine has none."""
    for needed in PROXIES[name].needs:
        if not pathlib.Path(needed).exists():
            print(f"skipped: no {needed} on this machine (deploy/install-deps test)")
            sys.exit(77)
    return PROXIES[name]


def proxy_of(folder, certificates, **how):
    """The proxy that the command line names, not started."""
    return or_skip(PROXY)(folder, certificates, **how)


class Certificates:
    def __init__(self, folder):
        self.authority = Authority(folder, "Trusted CA")
        self.server = self.authority.issue("server", "server")
        self.good = self.authority.issue("good")
        self.other = self.authority.issue("other")
        self.revoked = self.authority.issue("revoked")
        self.crl = self.authority.revoke("revoked")


def answer_in(data):
    """The first answer in these bytes; None where they hold none."""
    class Socket(io.BytesIO):
        def makefile(self, _):
            return self

    if not data.startswith(b"HTTP/1."):
        return None
    response = http.client.HTTPResponse(Socket(data))
    response.begin()
    return Answer(response.status, response.headers, response.read())


def tls_context(certificates, client):
    context = ssl.create_default_context(cafile=certificates.authority.certificate)
    if client:
        context.load_cert_chain(client)
    return context


def tls_connection(proxy, client="", source="127.0.0.1", alpn=("http/1.1",)):
    """A connection that sends bytes as told; `client` is the file of a certificate, None for none."""
    context = tls_context(proxy.certificates, proxy.certificates.good if client == "" else client)
    context.set_alpn_protocols(list(alpn))
    plain = socket.create_connection(("127.0.0.1", proxy.port), timeout=PATIENCE, source_address=(source, 0))
    return context.wrap_socket(plain, server_hostname="localhost")


class Behind(Varde):
    """varded on a Unix socket; `request` goes through the proxy, as a sender would."""

    def __init__(self, name, conf="", dpop="", env=None, **proxy):
        kind = or_skip(name)
        super().__init__(env=env)
        self.certificates = Certificates(self.folder)
        self.proxy = kind(self.folder, self.certificates, **proxy)
        self.intake_conf, self.dpop_conf = conf, dpop

    def start(self):
        if not self.proxy.process:
            self.proxy.start()
            self.host, self.port = "127.0.0.1", self.proxy.port
            old, self.info["intake"] = self.info["intake"], f"https://localhost:{self.port}"
            text = self.conf.read_text().replace(f"external_url = {old}", f"external_url = {self.info['intake']}")
            text = text.replace(f"listen = {old.removeprefix('http://')}", f"listen = unix:{self.proxy.socket}\n{self.intake_conf}", 1)
            self.conf.write_text(text + (f"\n[dpop]\n{self.dpop_conf}" if self.dpop_conf else ""))
        super().start()

    def remove(self):
        self.proxy.stop()
        super().remove()

    def __exit__(self, kind, error, trace):
        if kind:
            print(self.proxy.log()[-4000:])
        super().__exit__(kind, error, trace)

    # --- as a sender ---------------------------------------------------------------

    # `certificate` is one of Certificates by name, a file, or None.

    def file_of(self, certificate):
        return getattr(self.certificates, certificate) if isinstance(certificate, str) else certificate

    def connection(self, certificate="good", source="127.0.0.1", timeout=PATIENCE):
        context = tls_context(self.certificates, self.file_of(certificate))
        return http.client.HTTPSConnection("localhost", self.port, timeout=timeout, context=context, source_address=(source, 0))

    def request(self, method, path, body=None, headers=None, port=None, timeout=PATIENCE, **how):
        if port not in (None, self.port):
            return super().request(method, path, body, headers, port, timeout)
        connection = self.connection(timeout=timeout, **how)
        try:
            return self.ask(connection, method, path, body, headers)
        finally:
            connection.close()

    def ask(self, connection, method, path, body=None, headers=None):
        """One request on a connection that stays."""
        connection.request(method, path, body=body, headers=headers or {})
        response = connection.getresponse()
        answer = Answer(response.status, response.headers, response.read())
        if self.check_contract:
            self.hold(method, path, answer)
        return answer

    def hold(self, method, path, answer):
        for name in ("Server", "Transfer-Encoding"):  # nginx's own
            del answer.headers[name]
        if answer.headers["Content-Language"] == "nb, en":
            contract().hold_proxy(answer.status, answer.headers, answer.body)
        else:
            contract().hold(method, path, answer.status, answer.headers, answer.body)

    def raw(self, certificate="good", **how):
        return tls_connection(self.proxy, self.file_of(certificate), **how)

    def curl(self, *words, certificate="good", body=None):
        """(status, HTTP version, body) by curl."""
        out = self.folder / "curl.out"
        command = ["curl", "-sS", "--cacert", self.certificates.authority.certificate, "-o", out, "-w", "%{http_code} %{http_version}"]
        if certificate:
            command += ["--cert", self.file_of(certificate)]
        if body is not None:
            data = self.folder / "curl.in"
            data.write_bytes(body if isinstance(body, bytes) else body.encode())
            command += ["--data-binary", f"@{data}"]
        out.unlink(missing_ok=True)
        run = subprocess.run([*command, *words], capture_output=True, text=True, timeout=PATIENCE)
        assert run.returncode == 0, (run.returncode, run.stderr)
        status, version = run.stdout.split()
        return int(status), version, out.read_bytes()

    @staticmethod
    def is_problem(status, body, want, code):
        """A problem of the proxy's own: the code's status and text, in both languages."""
        assert status == want, (status, body)
        problem = json.loads(body)
        assert (problem["status"], problem["code"], problem["type"]) == (want, code, "/problems/" + code), problem
        assert " / " in problem["title"] and " / " in problem["detail"], problem
        assert re.fullmatch("[0-9a-f]{32}", problem["trace_id"]), problem

    # --- logs --------------------------------------------------------------------------

    def requests(self):
        """varded's log lines of requests."""
        return [line for line in self.log() if line["event"] == "request"]

    def proxied(self):
        """The proxy's."""
        return [json.loads(line) for line in self.proxy.log().splitlines() if line.startswith("{")]

    @staticmethod
    def lines_of(trace_id, source):
        """Those of one request; waits, since they may come after the answer."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            lines = [line for line in source() if line.get("trace_id") == trace_id]
            if lines:
                return lines
            time.sleep(0.01)  # polling a condition, bounded
        return []

    def inside(self, trace_id):
        return self.lines_of(trace_id, self.requests)

    def outside(self, trace_id):
        return self.lines_of(trace_id, self.proxied)

    # --- for unittest ------------------------------------------------------------------

    @classmethod
    def started(cls, **how):
        """With the proxy that the command line names; the test skips where there is none."""
        b = cls(PROXY, **how)
        try:
            b.start()
        except BaseException:
            b.remove()
            raise
        return b

    def finish(self):
        try:
            if self.process.poll() is None:
                self.stop()
        finally:
            self.remove()


PROXY = "haproxy"


def main(name):
    """The end of each test program: test_X.py PROXY [unittest options]."""
    global PROXY
    if name != "__main__":
        return
    PROXY = sys.argv.pop(1)
    or_skip(PROXY)
    unittest.main(verbosity=2)
