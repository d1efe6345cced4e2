#!/usr/bin/python3
"""Heads that two HTTP parsers could read differently (RFC 9112 sections 5 and 6.3), and
heads that this service never takes: refused, and nothing after them is a request."""
from probe import TEXT, Case, main, request


class HeaderGate(Case):
    """Nothing after the refused head may be taken for a second request."""

    SMUGGLED = b"GET /tagged HTTP/1.1\r\nHost: x\r\n\r\n"

    def smuggle(self, *headers, body=b"hello"):
        self.refused(request("POST /echo HTTP/1.1", TEXT, *headers) + body + self.SMUGGLED)

    def test_two_lengths(self):
        self.smuggle("Content-Length: 5", "Content-Length: 40")
        self.smuggle("Content-Length: 5", "content-length: 5")

    def test_length_and_chunked(self):
        self.smuggle("Content-Length: 5", "Transfer-Encoding: chunked", body=b"0\r\n\r\n")
        self.smuggle("Transfer-Encoding: chunked", "Content-Length: 5", body=b"0\r\n\r\n")

    def test_transfer_encoding_other_than_chunked(self):
        for coding in ("gzip, chunked", "gzip", "identity", "xchunked", "chunked, chunked", "chunked;q=1", "chunked,", "chunked ", "", "\x0bchunked"):
            self.smuggle("Transfer-Encoding: " + coding, body=b"0\r\n\r\n")
        self.smuggle("Transfer-Encoding: chunked", "Transfer-Encoding: chunked", body=b"0\r\n\r\n")

    def test_length_that_is_no_number(self):
        # libmicrohttpd 0.9.75 refuses these before the gate, with a body of its own
        # and the head of its answer sent twice; what counts is that it closes.
        for length in ("+5", "-5", "5 5", "5,5", "5, 5", "0x5", "", "5.0", "five", "5;"):
            peer = self.probe.connect()
            peer.send(request("POST /echo HTTP/1.1", TEXT, "Content-Length: " + length) + b"hello" + self.SMUGGLED)
            answer = peer.answer()
            self.assertEqual(answer.status, 400, length)
            self.assertNotIn(b"200 OK", answer.body + peer.closed())
            peer.close()

    def test_host(self):
        self.refused(b"GET /tagged HTTP/1.1\r\nHost: x\r\nHost: x\r\n\r\n")
        peer = self.probe.connect()
        answer = peer.send(b"GET /tagged HTTP/1.1\r\nA: b\r\n\r\n").answer()
        self.assertEqual(answer.status, 400)
        peer.close()
        self.refused(b"GET /tagged HTTP/1.0\r\nA: b\r\n\r\n")

    def test_host_that_is_no_host(self):
        for host in ("", " ", "a b", "a/b", "a@b", "a?b", "a#b", "a\\b", "a,b", "<a>", "a\xe5", "a\tb"):
            self.refused(f"GET /tagged HTTP/1.1\r\nHost: {host}\r\n\r\n".encode("latin-1") + self.SMUGGLED)
        for host in ("x", "x:443", "127.0.0.1:8480", "[::1]:443", "xn--bt-xia.example", "a_b", "a%20b"):
            self.assertEqual(self.ask(f"GET /tagged HTTP/1.1\r\nHost: {host}\r\n\r\n".encode()).status, 200, host)

    def test_forms_of_target(self):
        """Of the four of RFC 9112 section 3.2 the first two are served."""
        self.assertEqual(self.ask(request("GET http://elsewhere.example:8080/tagged HTTP/1.1")).body, b"static")
        self.assertEqual(self.ask(request("GET HTTPS://elsewhere.example/tagged HTTP/1.1")).body, b"static")
        for line in ("CONNECT localhost:443 HTTP/1.1", "GET localhost:443 HTTP/1.1", "OPTIONS * HTTP/1.1", "GET * HTTP/1.1",
                     "GET ftp://x/tagged HTTP/1.1", "GET http:///tagged HTTP/1.1", "GET http://a@x/tagged HTTP/1.1",
                     "GET http://a:b@x/tagged HTTP/1.1", "GET http:/tagged HTTP/1.1"):
            self.refused(request(line) + self.SMUGGLED)
        self.refused(b"GET http://x/tagged HTTP/1.1\r\n\r\n" + self.SMUGGLED)  # an authority does not stand for Host

    def test_method_that_is_no_token(self):
        for method in ("GE{T", "G\x01T", "GET,", "\"GET\"", "G\xc5T", "@"):
            self.refused(request(f"{method} /tagged HTTP/1.1") + self.SMUGGLED)

    def test_versions(self):
        peer = self.probe.connect()
        self.assertEqual(peer.send(request("GET /tagged HTTP/1.0")).answer().status, 200)
        self.assertEqual(peer.closed(), b"")
        peer.close()
        for line in ("GET /tagged HTTP/2.0", "GET /tagged HTTP/1.1x", "GET /tagged http/1.1", "GET /tagged HTTP/11", "GET /tagged",
                     "PRI * HTTP/2.0"):
            peer = self.probe.connect()
            answer = peer.send(request(line) + self.SMUGGLED).answer()
            self.assertIn(answer.status, (400, 505), line)  # libmicrohttpd's own page
            self.assertEqual(peer.closed(), b"", line)
            peer.close()

    def test_chunks_of_http_1_0(self):
        """RFC 9112 section 6.1: its framing is faulty, even where a connection header promises more."""
        for extra in ((), ("Connection: keep-alive",)):
            self.refused(request("POST /echo HTTP/1.0", TEXT, "Transfer-Encoding: chunked", *extra) + b"5\r\nhello\r\n0\r\n\r\n" + self.SMUGGLED)

    def test_no_other_protocol(self):
        for extra in (("Connection: Upgrade, HTTP2-Settings", "Upgrade: h2c", "HTTP2-Settings: AAMAAABkAAQAAP__"),
                      ("Connection: Upgrade", "Upgrade: websocket")):
            peer = self.probe.connect()
            self.assertEqual(peer.send(request("GET /tagged HTTP/1.1", *extra)).answer().status, 200)
            self.assertEqual(peer.send(request("GET /tagged HTTP/1.1")).answer().status, 200, "still HTTP/1.1")
            peer.close()

    def test_headers_that_occur_once(self):
        for name in ("Authorization", "DPoP", "Content-Type", "Expect"):
            self.refused(request("GET /tagged HTTP/1.1", f"{name}: a", f"{name.upper()}: a"))

    def test_names(self):
        for name in ("Bad[name]", "Bad@name", "Bad\xe5name"):
            self.refused(request("GET /tagged HTTP/1.1", f"{name}: a"))

    def test_name_with_space_before_colon(self):
        peer = self.probe.connect()
        answer = peer.send(request("POST /echo HTTP/1.1", TEXT, "Content-Length : 5") + b"hello" + self.SMUGGLED).answer()
        self.assertTrue(answer is None or answer.status == 400)
        self.assertEqual(peer.closed(), b"")
        peer.close()

    def test_control_characters_in_values(self):
        self.refused(request("GET /tagged HTTP/1.1", "X-A: a\x01b"))
        self.refused(request("GET /tagged HTTP/1.1", "X-A: a\x7fb"))

    def test_nul(self):
        for data in (request("GET /tagged HTTP/1.1", "X-A: a\0b", "X-B: c"),
                     request("GET /tagged HTTP/1.1", "X-A: a", "X-B: c\0d"),
                     request("GET /tagged\0x HTTP/1.1")):
            peer = self.probe.connect()
            answer = peer.send(data).answer()
            self.assertTrue(answer is None or answer.status == 400, answer and answer.status)
            peer.close()

    def test_bare_line_feeds(self):
        self.refused(b"GET /tagged HTTP/1.1\nHost: x\r\n\r\n")
        self.refused(b"GET /tagged HTTP/1.1\r\nHost: x\nA: b\r\n\r\n")
        self.refused(b"GET /tagged HTTP/1.1\r\nHost: x\n\r\n")
        self.refused(b"GET /tagged HTTP/1.1\r\nHost: x\r\n\n")

    def test_folded_line(self):
        self.refused(b"GET /tagged HTTP/1.1\r\nHost: x\r\nA: b\r\n c\r\nB: d\r\n\r\n")
        self.refused(b"GET /tagged HTTP/1.1\r\nHost: x\r\nA: b\r\n c\r\n\r\n")

    def test_spaces_in_request_line(self):
        for line in (b"GET  /tagged HTTP/1.1", b"GET /tagged  HTTP/1.1", b"GET /tag ged HTTP/1.1", b"GET /tagged HTTP/1.1 "):
            peer = self.probe.connect()
            answer = peer.send(line + b"\r\nHost: x\r\n\r\n").answer()
            self.assertTrue(answer is None or answer.status in (400, 505), line)
            peer.close()

    def test_ordinary_heads_pass(self):
        for extra in ((), ("A:b",), ("A:    b",), ("A: ",), ("A:",), ("A: b  ",), ("A: b", "A: c"), ("Cookie: a=b; c",)):
            answer = self.ask(request("GET /tagged HTTP/1.1", *extra))
            self.assertEqual(answer.status, 200, extra)
        answer = self.ask(request("GET /tagged?a=b&c HTTP/1.1"))
        self.assertEqual(answer.status, 200)

    def test_token_in_query(self):
        self.refused(request("GET /tagged?access_token=x HTTP/1.1"))

    def test_long_token_headers(self):
        for name in ("Authorization", "DPoP"):
            answer = self.ask(request("GET /tagged HTTP/1.1", f"{name}: {'a' * 16385}"))
            self.problem(answer, 401, "invalid-token")
            self.assertIn("www-authenticate", answer.headers)
        both = [f"{name}: {'a' * 16384}" for name in ("Authorization", "DPoP")]
        self.assertEqual(self.ask(request("GET /tagged HTTP/1.1", *both)).status, 200)

    def test_head_beyond_memory(self):
        for data in (request("GET /tagged HTTP/1.1", "X: " + "a" * 100000), request("GET /tagged HTTP/1.1", *["X: y"] * 20000),
                     request("GET /tagged?" + "a" * 100000 + " HTTP/1.1")):
            peer = self.probe.connect()
            try:
                peer.send(data + self.SMUGGLED)
            except ConnectionError:
                pass
            answer = peer.answer()
            self.assertTrue(answer is None or answer.status in (413, 414, 431))
            self.assertNotIn(b"static", peer.closed())
            peer.close()

    def test_many_fields(self):
        self.assertEqual(self.ask(request("GET /tagged HTTP/1.1", *[f"X{i}: y" for i in range(500)])).status, 200)

    def test_line_without_colon(self):
        for line in ("nonsense", ": value", ":"):
            peer = self.probe.connect()
            answer = peer.send(request("GET /tagged HTTP/1.1", line) + self.SMUGGLED).answer()
            self.assertEqual(answer.status, 400, line)
            self.assertEqual(peer.closed(), b"")
            peer.close()


main(__name__)
