#!/usr/bin/python3
"""What reaches the socket: here a listener stands in varded's place and keeps each head
as it came. The client's address is the proxy's word alone, and nothing that a sender
wrote passes for it."""
import pathlib
import shutil
import tempfile
import unittest

import h2
from behind import Certificates, main, proxy_of, tls_connection
from listener import Listener

class Head(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = pathlib.Path(tempfile.mkdtemp(prefix="varde-test-"))
        cls.certificates = Certificates(cls.folder)
        cls.proxy = proxy_of(cls.folder, cls.certificates)
        cls.listener = Listener(cls.proxy.socket)
        cls.proxy.start()

    @classmethod
    def tearDownClass(cls):
        cls.proxy.stop()
        cls.listener.close()
        shutil.rmtree(cls.folder)

    def passed(self, *lines, target="/v1/schemas", source="127.0.0.1"):
        """The head that came out for the one that went in: request line, and {name: [values]}."""
        tls = tls_connection(self.proxy, source=source)
        tls.sendall("\r\n".join([f"GET {target} HTTP/1.1", "Host: localhost", *lines]).encode("latin-1") + b"\r\n\r\n")
        answer = tls.recv(65536)
        tls.close()
        self.assertIn(b" 204 ", answer)
        return self.last()

    def last(self):
        first, *rest = self.listener.heads[-1]
        fields = {}
        for line in rest:
            name, value = line.split(":", 1)
            fields.setdefault(name.lower(), []).append(value.strip())
        return first, fields

    def test_address_is_set(self):
        for source in ("127.0.0.1", "127.0.0.40"):
            self.assertEqual(self.passed(source=source)[1]["x-forwarded-for"], [source])

    def test_address_cannot_be_forged(self):
        forged = "203.0.113.9"
        for lines in ((f"X-Forwarded-For: {forged}",), (f"X-Forwarded-For: {forged}", f"x-forwarded-for: {forged}, {forged}"),
                      (f"X_Forwarded_For: {forged}",), (f"Forwarded: for={forged}",), (f"X-Real-IP: {forged}",), (f"X-Forwarded-Host: {forged}",),
                      ("Connection: X-Forwarded-For", f"X-Forwarded-For: {forged}")):
            _, fields = self.passed(*lines, source="127.0.0.41")
            self.assertEqual(fields["x-forwarded-for"], ["127.0.0.41"], lines)
            self.assertNotIn(forged, str(self.listener.heads[-1]), lines)

    def test_address_over_http2(self):
        tls = tls_connection(self.proxy, source="127.0.0.42", alpn=("h2",))
        pairs = [(":method", "GET"), (":scheme", "https"), (":authority", "localhost"), (":path", "/v1/schemas"), ("x-forwarded-for", "203.0.113.9")]
        self.assertEqual(h2.outcome(tls, h2.request(pairs)), {1: "answered"})
        tls.close()
        first, fields = self.last()
        self.assertEqual((first, fields["x-forwarded-for"]), ("GET /v1/schemas HTTP/1.1", ["127.0.0.42"]))

    def test_path_is_unchanged(self):
        """DPoP's htu is compared with the path as the sender wrote it."""
        for target in ("/v1/reports/%41b%2Dc?since=1&limit=2", "/v1/reports/a%2fb", "//v1//x", "/v1/../x", "/v1/x?a=%20+b"):
            first, _ = self.passed(target=target)
            self.assertEqual(first, f"GET {target} HTTP/1.1")

    def test_what_varded_needs_comes_through(self):
        _, fields = self.passed("Authorization: DPoP abc", "DPoP: d.e.f", "Accept-Language: en", "Accept: application/jwt", 'If-None-Match: "x"')
        self.assertEqual([fields[name] for name in ("authorization", "dpop", "accept-language", "accept", "if-none-match")],
                         [["DPoP abc"], ["d.e.f"], ["en"], ["application/jwt"], ['"x"']])
        self.assertEqual(len(fields["host"]), 1)
        self.assertRegex(fields["traceparent"][0], "^00-[0-9a-f]{32}-[0-9a-f]{16}-01$")

    def test_of_two_tokens_none_is_chosen(self):
        """Either refused here, or both come through for varded to refuse."""
        before = len(self.listener.heads)
        tls = tls_connection(self.proxy)
        tls.sendall(b"GET /v1/schemas HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer a\r\nAuthorization: Bearer b\r\n\r\n")
        refused = b" 400 " in tls.recv(65536)
        tls.close()
        if refused:
            self.assertEqual(len(self.listener.heads), before)
        else:
            self.assertEqual(self.last()[1]["authorization"], ["Bearer a", "Bearer b"])

    def test_connection_fields_end_here(self):
        _, fields = self.passed("Connection: keep-alive, Keep-Alive", "Keep-Alive: timeout=5", "TE: trailers", "Proxy-Connection: keep-alive")
        self.assertEqual(fields.get("connection"), ["close"])
        self.assertNotIn("transfer-encoding", fields)

    def test_a_connection_for_each_request(self):
        """Bytes that pass for a second request have nobody's connection to lie in wait on."""
        before, connections = len(self.listener.heads), self.listener.connections
        tls = tls_connection(self.proxy)
        for _ in range(3):
            tls.sendall(b"GET /v1/schemas HTTP/1.1\r\nHost: localhost\r\n\r\n")
            self.assertIn(b" 204 ", tls.recv(65536))
        tls.close()
        self.assertEqual(len(self.listener.heads), before + 3)
        self.assertEqual(self.listener.connections, connections + 3)


main(__name__)
