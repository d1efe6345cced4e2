#!/usr/bin/python3
"""One line for each request, counted in the metrics, and no word of the sender in either."""
import re
import unittest

from probe import TEXT, Probe, main, request


class LogAndMetrics(unittest.TestCase):
    def test_lines(self):
        probe = Probe()
        peer = probe.connect()
        peer.send(request("GET /things/secret-id/part?q=secret-query HTTP/1.1")).answer()
        peer.send(request("POST /echo HTTP/1.1", TEXT, body=b"secret-body")).answer()
        peer.send(request("GET /secret-path HTTP/1.1")).answer()
        peer.close()
        probe.wait_for("all ended", lambda c: c["requests"] == 0)
        admin = probe.connect(probe.admin_port)
        answer = admin.send(request("GET /metrics HTTP/1.1")).answer()
        admin.close()
        lines = [line for line in probe.lines() if line["event"] == "request"]
        text = probe.stop()
        self.assertNotIn("secret", text)
        self.assertEqual([(line["method"], line.get("route"), line["status"]) for line in lines],
                         [("GET", "/things/{id}/part", 200), ("POST", "/echo", 200), ("GET", None, 404)])
        self.assertEqual(lines[1]["tenant"], "999999999")
        self.assertEqual((lines[1]["bytes_in"], lines[1]["bytes_out"]), (11, 11))
        self.assertEqual(lines[2]["code"], "not-found")
        for line in lines:
            self.assertRegex(line["trace_id"], "^[0-9a-f]{32}$")
            self.assertGreater(line["us"], 0)
        self.metrics(answer)

    def metrics(self, answer):
        self.assertEqual(answer.headers["content-type"], "text/plain; version=0.0.4; charset=utf-8")
        text = answer.body.decode()
        self.assertIn('probe_http_requests_total{operation="thing",status="200"} 1\n', text)
        self.assertIn('probe_http_requests_total{operation="none",status="404"} 1\n', text)
        self.assertIn('probe_http_request_duration_seconds_bucket{operation="echo",le="+Inf"} 1\n', text)
        self.assertIn('probe_problems_total{code="not-found"} 1\n', text)
        self.assertIn("# TYPE probe_up gauge\nprobe_up 1\n", text)
        for line in text.splitlines():
            self.assertRegex(line, re.compile(r'^# (HELP|TYPE) [a-z_]+ .+$|^[a-z_]+(\{[^}]*\})? [0-9.e+-]+$'))


main(__name__)
