#!/usr/bin/python3
"""Who gets in: a client certificate of the configured authority, valid now, over TLS 1.2
or later. Everybody else is told why and never reaches varded."""
import json
import socket
import ssl
import subprocess
import unittest

from behind import PATIENCE, Behind, main, proxy_of
from certificates import Authority

PAST, BEFORE, AHEAD = "20240101000000Z", "20240201000000Z", "20491231000000Z"


class Certificates(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.b = Behind.started(revoking=True, failures=10**6)
        cls.own, cls.foreign = cls.b.certificates.authority, Authority(cls.b.folder, "Foreign CA")

    @classmethod
    def tearDownClass(cls):
        cls.b.finish()

    def refused(self, what, certificate, code):
        before = len(self.b.requests())
        for version in ("--http1.1", "--http2"):
            for body in (None, b"x" * 2000):
                status, got, answer = self.b.curl(version, self.b.info["intake"] + "/v1/schemas", certificate=certificate, body=body)
                self.assertEqual(got, version.removeprefix("--http"))
                self.b.is_problem(status, answer, 403, code)
        self.assertEqual(len(self.b.requests()), before, "varded heard of it")

    def test_good(self):
        for version in ("--http1.1", "--http2"):
            status, got, _ = self.b.curl(version, self.b.info["intake"] + "/v1/schemas")
            self.assertEqual((status, got), (200, version.removeprefix("--http")))

    def test_none(self):
        self.refused("none", None, "client-certificate-required")

    def test_foreign(self):
        self.refused("foreign", self.foreign.issue("stranger"), "client-certificate-invalid")
        self.refused("of itself", self.foreign.itself("alone"), "client-certificate-invalid")

    def test_dates(self):
        self.refused("expired", self.own.issue("expired", start=PAST, end=BEFORE), "client-certificate-invalid")
        self.refused("not yet valid", self.own.issue("early", start=AHEAD[:2] + "48" + AHEAD[4:], end=AHEAD), "client-certificate-invalid")

    def test_purpose(self):
        self.refused("a server's", self.own.issue("another", "server"), "client-certificate-invalid")

    def test_revoked(self):
        self.refused("revoked", self.b.certificates.revoked, "client-certificate-invalid")

    def test_each_connection_shows_its_certificate(self):
        """No session is taken up again, so none outlives its certificate."""
        session = self.b.folder / "session"
        words = ["openssl", "s_client", "-connect", f"127.0.0.1:{self.b.port}", "-cert", self.b.certificates.good]
        ask = b"GET /v1/schemas HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
        for version in ("-tls1_2", "-tls1_3"):
            for keep in ("-sess_out", "-sess_in"):
                run = subprocess.run([*words, version, "-ign_eof", keep, session], input=ask, capture_output=True, timeout=PATIENCE)
                self.assertIn(b"HTTP/1.1 200", run.stdout, run.stderr)
                self.assertIn(b"New, TLSv1", run.stdout)
                self.assertNotIn(b"Reused, ", run.stdout)
                if not session.exists():
                    break  # nothing to take up
            session.unlink(missing_ok=True)

    # --- TLS -----------------------------------------------------------------------

    def handshake(self, port, *words):
        run = subprocess.run(["openssl", "s_client", "-connect", f"127.0.0.1:{port}", "-cert", self.b.certificates.good, *words],
                             stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=PATIENCE)
        return "Cipher is (NONE)" not in run.stdout and run.returncode == 0

    def test_versions(self):
        """By what the configuration says of versions, even where the system would let weaker ones in."""
        folder = self.b.folder / "lenient"
        folder.mkdir()
        lenient = proxy_of(folder, self.b.certificates, lenient=True)
        self.addCleanup(lenient.stop)
        lenient.start()
        for port in (self.b.port, lenient.port):
            for version, taken in (("-tls1", False), ("-tls1_1", False), ("-tls1_2", True), ("-tls1_3", True)):
                self.assertEqual(self.handshake(port, version, "-cipher", "ALL:@SECLEVEL=0"), taken, version)

    def test_ciphers(self):
        for cipher, taken in (("ECDHE-ECDSA-AES128-GCM-SHA256", True), ("ECDHE-ECDSA-AES256-SHA", False), ("AES128-GCM-SHA256", False),
                              ("ECDHE-ECDSA-AES128-SHA256", False), ("aNULL", False)):
            self.assertEqual(self.handshake(self.b.port, "-tls1_2", "-cipher", cipher + ":@SECLEVEL=0"), taken, cipher)

    def test_no_tls(self):
        with socket.create_connection(("127.0.0.1", self.b.port), timeout=PATIENCE) as plain:
            plain.sendall(b"GET /v1/schemas HTTP/1.1\r\nHost: x\r\n\r\n")
            try:
                got = plain.recv(65536)
            except ConnectionError:
                got = b""
        self.assertNotIn(b" 200 ", got)

    def test_the_server_shows_its_own(self):
        context = ssl.create_default_context(cafile=self.foreign.certificate)
        with self.assertRaises(ssl.SSLCertVerificationError):
            with socket.create_connection(("127.0.0.1", self.b.port), timeout=PATIENCE) as plain:
                context.wrap_socket(plain, server_hostname="localhost")

    def test_log(self):
        """The operator sees which certificate was refused."""
        _, _, answer = self.b.curl(self.b.info["intake"] + "/v1/schemas", certificate=self.foreign.issue("seen"))
        line = self.b.outside(json.loads(answer)["trace_id"])[0]
        self.assertEqual((line["status"], line["client"]), (403, "127.0.0.1"))
        self.assertEqual(line["certificate"].lower(), self.foreign.serial("seen").lower())
        self.assertTrue(line["verify"])


main(__name__)
