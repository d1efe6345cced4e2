#!/usr/bin/python3
"""Over https, from the right server, by no detour; and what a configuration may not say."""
import json
import ssl
import subprocess
import sys
import tempfile
import unittest

from key_server import Authority, Fetching, KeyServer, closed_port, new_key, section
from varde import BIN

PROXY = f"http://127.0.0.1:{closed_port()}"


class Transport(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="varde-ca-")
        self.addCleanup(folder.cleanup)
        self.ca, self.other = Authority(folder.name), Authority(folder.name, "Other CA")
        self.key = new_key("remote-1")

    def server(self, *args, **more):
        server = KeyServer(*args, **more)
        self.addCleanup(server.close)
        server.publish(self.key)
        return server

    def test_who_the_server_is(self):
        good = self.server(self.ca.server())
        cases = (("remote", good, self.ca.file, None),
                 ("wrongca", good, self.other.file, "jwks-certificate"),
                 ("systemca", good, None, "jwks-certificate"),
                 ("wronghost", self.server(self.ca.server(ip="127.0.0.2")), self.ca.file, "jwks-certificate"),
                 ("expired", self.server(self.ca.server(days=(-30, -1))), self.ca.file, "jwks-certificate"),
                 ("oldtls", self.server(self.ca.server(maximum=ssl.TLSVersion.TLSv1_1)), self.ca.file, "jwks-unreachable"))
        conf = "".join(section(name, server.url(), jwks_ca=ca) for name, server, ca, _ in cases)
        # nothing of the environment leads it elsewhere, or makes it believe others
        env = {"SSL_CERT_FILE": str(self.ca.file), "CURL_CA_BUNDLE": str(self.ca.file),
               **{name: PROXY for name in ("http_proxy", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY")}}
        with Fetching(conf=conf, env=env) as v:
            for name, _, _, code in cases:
                with self.subTest(name):
                    events = v.events("issuer-refresh-failed", name)
                    self.assertEqual(events[0]["code"] if events else None, code, events)
                    self.assertEqual(v.ask(self.key, issuer=name).status, 200 if code is None else 401)
                    self.assertEqual(v.metric("issuer_keys", name), code is None)
            self.assertEqual({s.port: s.fetches() > 0 for _, s, _, _ in cases},
                             {s.port: s is good for _, s, _, _ in cases})

    def test_https_to_a_server_that_speaks_http(self):
        server = self.server()
        with Fetching(conf=section("remote", server.url().replace("http:", "https:"))) as v:
            self.assertEqual(v.ask(self.key).status, 503)
            self.assertEqual(v.events("issuer-refresh-failed")[0]["code"], "jwks-unreachable")
            self.assertEqual(server.fetches(), 0)

    def test_by_no_proxy_of_the_environment(self):
        server = self.server()
        with Fetching(conf=section("remote", server.url()), env={"http_proxy": PROXY, "ALL_PROXY": PROXY}) as v:
            self.assertEqual(v.ask(self.key).status, 200)


class Refused(unittest.TestCase):
    """What varded does not start with; it says which key of which section."""

    @classmethod
    def setUpClass(cls):
        cls.v = Fetching()
        cls.addClassCleanup(cls.v.remove)
        cls.good = cls.v.conf.read_text()
        (cls.v.demo / "no-certificate.pem").write_text("Dette er ikke et sertifikat.\n")

    def refused(self, text, code, *words):
        self.v.conf.write_text(text)
        run = subprocess.run([BIN / "varded", "--config", self.v.conf], capture_output=True, text=True, timeout=60)
        line = self.one_line(run)
        self.assertEqual((run.returncode, line["event"], line["code"]), (2, "varded-refused", code), run.stderr)
        for word in words:
            self.assertIn(word, line["where"] + " " + line["text"])

    def one_line(self, run):
        lines = [json.loads(line) for line in run.stderr.splitlines() if line.startswith("{")]
        self.assertEqual(len(lines), 1, run.stderr)
        return lines[0]

    def test_settings(self):
        url = "https://127.0.0.1:1/jwks"
        for more, code, *words in (
                ({"jwks": "a.json"}, "config-value", "[issuer remote]", "jwks_url"),
                ({"jwks_url": None}, "config-missing-key", "[issuer remote]", "jwks_url"),
                ({"jwks_url": None, "jwks": "a.json", "jwks_ca": "ca.pem"}, "config-value", "[issuer remote]", "jwks_ca"),
                ({"jwks_url": None, "jwks": "missing.json"}, "jwks-unreadable", "missing.json"),
                ({"jwks_ca": "missing.pem"}, "jwks-ca", "missing.pem"),
                ({"jwks_ca": "no-certificate.pem"}, "jwks-ca", "no-certificate.pem"),
                ({"jwks_url": "http://keys.example/jwks"}, "jwks-url", "http://keys.example/jwks"),
                ({"jwks_url": "file:///etc/passwd"}, "jwks-url", "https"),
                ({"jwks_url": "https://me:hemmelig@keys.example/"}, "jwks-url", "password"),
                ({"refresh_seconds": 9}, "config-value", "[issuer] refresh_seconds"),
                ({"refresh_seconds": 86401}, "config-value", "[issuer] refresh_seconds"),
                ({"stale_days": 0}, "config-value", "[issuer] stale_days"),
                ({"stale_days": 31}, "config-value", "[issuer] stale_days"),
                ({"types": "at+jwt, dpop+jwt"}, "config-value", "[issuer remote]", "types"),
                ({"algorithms": "HS256"}, "config-value", "[issuer remote]", "algorithms"),
                ({"profile": "difi"}, "config-value", "[issuer remote]", "profile")):
            with self.subTest(more):
                self.refused(self.good + section("remote", more.pop("jwks_url", url), **more), code, *words)
        for name in "a b", "../remote", "remote/../x", "ø", 'a"b', "x" * 41:
            with self.subTest(name):
                self.refused(self.good + section(name, url), "config-value", "name")

    def test_plain_http_in_production(self):
        conf = self.good + section("remote", "http://127.0.0.1:1/jwks")
        self.assertIn("environment = test", conf)
        self.refused(conf.replace("environment = test", "environment = production"), "jwks-url", "http://127.0.0.1:1/jwks")


if __name__ == "__main__":
    sys.exit(unittest.main(verbosity=2))
