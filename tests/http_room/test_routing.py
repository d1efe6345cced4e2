#!/usr/bin/python3
"""Targets, methods, parameters, formats, languages: what comes of a head that is well-formed."""
from probe import Case, main, request


class Routing(Case):
    def test_unknown(self):
        for path in ("/", "/ech", "/echoo", "/echo/", "//echo", "/echo/x", "/things//part", "/things/1", "/THINGS/1/part"):
            self.problem(self.ask(request(f"GET {path} HTTP/1.1")), 404, "not-found")

    def test_refusal_keeps_the_connection(self):
        peer = self.probe.connect()
        for _ in range(3):
            peer.send(request("GET /nowhere HTTP/1.1"))
            self.problem(peer.answer(), 404, "not-found")
        peer.close()

    def test_method(self):
        answer = self.ask(request("DELETE /echo HTTP/1.1"))
        self.problem(answer, 405, "method-not-allowed")
        self.assertEqual(answer.headers["allow"], "POST, OPTIONS")
        answer = self.ask(request("BREW /tagged HTTP/1.1"))
        self.problem(answer, 405, "method-not-allowed")
        self.assertEqual(answer.headers["allow"], "GET, HEAD, OPTIONS")

    def test_options(self):
        answer = self.ask(request("OPTIONS /tagged HTTP/1.1"))
        self.assertEqual((answer.status, answer.headers["allow"]), (204, "GET, HEAD, OPTIONS"))
        self.problem(self.ask(request("OPTIONS /nowhere HTTP/1.1")), 404, "not-found")

    def test_head(self):
        peer = self.probe.connect()
        answer = peer.send(request("HEAD /tagged HTTP/1.1")).answer(head=True)
        self.assertEqual((answer.status, answer.headers["content-length"]), (200, "6"))
        answer = peer.send(request("HEAD /things/1/part HTTP/1.1")).answer(head=True)
        self.assertEqual(answer.status, 200)
        self.assertEqual(peer.send(request("GET /tagged HTTP/1.1")).answer().body, b"static")
        peer.close()

    def test_parameters(self):
        doc = self.ask(request("GET /things/a%20b%C3%A6/part?q=1%2B2+3 HTTP/1.1")).json()
        self.assertEqual((doc["id"], doc["q"], doc["first"]), ("a bæ", "1+2+3", "q"))
        self.assertEqual(doc["path"], "/things/a%20b%C3%A6/part")
        doc = self.ask(request("GET http://other.example/things/1/part HTTP/1.1")).json()
        self.assertEqual((doc["id"], doc["q"]), ("1", None))
        self.assertEqual(self.ask(request("GET /%74agged HTTP/1.1")).status, 200)

    def test_targets_that_two_readers_read_differently(self):
        for target in ("/things/%/part", "/things/%2/part", "/things/%zz/part", "/things/%00/part",
                       "/things/%0a/part", "/things/%2F/part", "/things/%5c/part", "/things/../part",
                       "/things/%2e%2e/part", "/things/./part", "/things/%C3/part", "/things/%C0%AF/part",
                       "/things/%ED%A0%80/part", "/tagged#x", "/tagged?a=1&a=2", "/tagged?a=1&%61=2",
                       "/tagged?a=%00", "/tagged?=1", "/tagged?a=1&", "/tagged?a=1&&b=2", "/tagged\\x",
                       "/tagged?a=%C3", "/tagg\xe5d", "*x", "tagged", "/" + "a/" * 20):
            self.refused(request(f"GET {target} HTTP/1.1"))
        self.refused(request("GET /tagged?" + "&".join(f"a{i}=1" for i in range(33)) + " HTTP/1.1"))

    def test_not_acceptable(self):
        self.problem(self.ask(request("GET /choose HTTP/1.1", "Accept: text/html")), 406, "not-acceptable")
        self.assertEqual(self.ask(request("GET /choose HTTP/1.1", "Accept: application/jwt")).body, b"jwt")
        self.assertEqual(self.ask(request("GET /choose HTTP/1.1")).json(), {"type": "application/json"})
        two = ("Accept: application/json;q=0.1", "Accept: application/jwt;q=0.2")
        self.assertEqual(self.ask(request("GET /choose HTTP/1.1", *two)).body, b"jwt")

    def test_etag(self):
        answer = self.ask(request("GET /tagged HTTP/1.1", 'If-None-Match: "x", W/"abc"'))
        self.assertEqual((answer.status, answer.headers["etag"]), (304, '"abc"'))
        answer = self.ask(request("GET /tagged HTTP/1.1", 'If-None-Match: "x"'))
        self.assertEqual(answer.status, 200)
        self.assertEqual(answer.headers["cache-control"], "max-age=60")
        self.assertNotIn("injected", answer.headers)

    def test_language_and_trace(self):
        trace = "0af7651916cd43dd8448eb211c80319c"
        parent = f"traceparent: 00-{trace}-b7ad6b7169203331-01"
        doc = self.problem(self.ask(request("GET /nowhere HTTP/1.1", "Accept-Language: en-GB, nb;q=0.5", parent)), 404, "not-found")
        self.assertEqual((doc["title"], doc["trace_id"]), ("Not found", trace))
        doc = self.problem(self.ask(request("GET /nowhere HTTP/1.1", "Accept-Language: fr")), 404, "not-found")
        self.assertEqual(doc["title"], "Finnes ikke")

    def test_problem_pages(self):
        listed = self.ask(request("GET /problems HTTP/1.1", "Accept: application/json")).json()["problems"]
        self.assertGreater(len(listed), 10)
        for kind in listed:
            for language, title in kind["title"].items():
                answer = self.ask(request(f"GET {kind['type']} HTTP/1.1", "Accept: text/html", "Accept-Language: " + language))
                text = answer.body.decode()
                self.assertEqual(answer.status, 200)
                self.assertIn(f'<html lang="{language}">', text)
                self.assertIn(f"<h1>{title}</h1>", text)
                self.assertIn(kind["explanation"][language], text)
        self.assertIn("<table>", self.ask(request("GET /problems HTTP/1.1")).body.decode())
        self.problem(self.ask(request("GET /problems/nonsense HTTP/1.1")), 404, "not-found")

    def test_two_servers_in_one_process(self):
        peer = self.probe.connect(self.probe.admin_port)
        self.assertEqual(peer.send(request("GET /live HTTP/1.1")).answer().body, b"live\n")
        self.problem(peer.send(request("GET /tagged HTTP/1.1")).answer(), 404, "not-found")
        peer.close()


main(__name__)
