"""The real varde-statd on a folder of releases, and a client of its own. Every answer
is held to PxAPI-2.yml where that is at hand."""
import http.client
import json
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.parse

sys.path[:0] = [str(pathlib.Path(__file__).parents[1] / "http"), str(pathlib.Path(__file__).parent)]
import release  # noqa: E402
from specification import hold  # noqa: E402
from varde import Answer  # noqa: E402

SOURCE = pathlib.Path(os.environ.get("VARDE_SOURCE", pathlib.Path(__file__).parents[2]))
BIN = pathlib.Path(os.environ.get("VARDE_BIN", SOURCE / "build/dev/bin"))


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Statd:
    def __init__(self, conf="", **limits):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="statd-test-"))
        self.published = self.folder / "published"
        self.published.mkdir()
        demo = self.folder / "demo"
        run = subprocess.run([BIN / "vardectl", "demo", demo], capture_output=True, text=True)
        assert run.returncode == 0, run.stderr
        self.demo = demo
        self.info = json.loads((demo / "demo.json").read_text())
        self.port, self.admin_port = free_port(), free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        (self.folder / "release-key.pub").write_text(release.PUBLIC_HEX + "\n")
        limits = {"calls": 100000, **limits}
        self.conf = demo / "statd.conf"
        self.conf.write_text(self.plain_conf() + f"\n[statistics]\nlisten = 127.0.0.1:{self.port}\n"
                             f"admin_listen = 127.0.0.1:{self.admin_port}\nexternal_url = {self.url}\n"
                             f"published = {self.published}\nrelease_key = {self.folder}/release-key.pub\n"
                             + "".join(f"{k} = {v}\n" for k, v in limits.items()) + conf)
        self.log_path = self.folder / "statd.log"
        self.process = None

    def plain_conf(self):
        """The demonstration's own configuration, without a section of statistics."""
        text = (self.demo / "varde.conf").read_text()
        before, found, after = text.partition("[statistics]")
        return before + (after[after.index("\n["):] if found and "\n[" in after else "")

    def __enter__(self):
        try:
            self.start()
        except BaseException:
            self.remove()
            raise
        return self

    def __exit__(self, kind, error, trace):
        try:
            if self.process and self.process.poll() is None:
                self.stop()
        finally:
            if kind and self.log_path.exists():
                print(self.log_path.read_text()[-4000:])
            self.remove()

    def remove(self):
        if self.process and self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

    def start(self):
        with open(self.log_path, "ab") as log:
            self.process = subprocess.Popen([BIN / "varde-statd", "--config", self.conf], stderr=log)
        end = time.monotonic() + 60
        while time.monotonic() < end:
            assert self.process.poll() is None, self.log_path.read_text()
            try:
                if self.request("GET", "/ready", port=self.admin_port).status == 200:
                    return
            except OSError:
                pass
            time.sleep(0.02)  # polling a condition, bounded
        raise AssertionError("varde-statd is not ready: " + self.log_path.read_text())

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(30)
        log = self.log_path.read_text()
        assert "Sanitizer" not in log and "runtime error" not in log, log
        assert code == 0, (code, log[-2000:])

    def log(self):
        return [json.loads(line) for line in self.log_path.read_text().splitlines() if line.startswith("{")]

    def publish(self, name, tables, sequence=1, withdrawn=(), **more):
        digest = release.write(self.published, name, tables, **more)
        release.point(self.published, sequence, name, digest, withdrawn)
        self.wait_for(name)
        return digest

    def wait_for(self, name):
        end = time.monotonic() + 30
        while time.monotonic() < end:
            if self.served() == name:
                return
            time.sleep(0.02)  # polling a condition, bounded
        raise AssertionError(f"{name} is not served: " + self.log_path.read_text()[-2000:])

    def served(self):
        return self.request("GET", "/ready", port=self.admin_port).json["release"]

    def request(self, method, path, body=None, headers=None, port=None):
        connection = http.client.HTTPConnection("127.0.0.1", port or self.port, timeout=60)
        try:
            connection.request(method, path, body=body, headers=headers or {})
            response = connection.getresponse()
            answer = Answer(response.status, response.headers, response.read())
        finally:
            connection.close()
        if port is None:
            hold(method, path, answer)
        return answer

    def get(self, path, headers=None, **query):
        """GET below the API; parameters as StatBank's guide writes them."""
        text = urllib.parse.urlencode(query, safe="[](),*?")
        return self.request("GET", path if path.startswith("/") else "/api/v2/" + path + ("?" + text if text else ""),
                            headers=headers)

    def data(self, table, headers=None, **query):
        return self.get(f"tables/{table}/data", headers, **query)
