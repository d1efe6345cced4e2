"""A daemon under test: started in the foreground, waited for, stopped with a look at what
its sanitizers say, and gone afterwards with its folder."""
import http.client
import json
import pathlib
import shutil
import signal
import socket
import subprocess
import tempfile
import time


def held_port():
    """(socket, port) of 127.0.0.1: bound and never listening, so that the kernel gives the
    port to nobody who asks for any, while a server with SO_REUSEADDR may listen on it, end,
    and listen again. Where it does not, connections are refused."""
    holder = socket.socket()
    holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    holder.bind(("127.0.0.1", 0))
    return holder, holder.getsockname()[1]


class Answer:
    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body

    @property
    def json(self):
        return json.loads(self.body)

    @property
    def code(self):
        return self.json.get("code")

    def pointers(self):
        return {(e["pointer"], e["code"]) for e in self.json.get("errors", [])}

    def __repr__(self):
        return f"<{self.status} {self.body[:400]!r}>"


class Daemon:
    """A subclass says which `program` and `conf`, and holds its answers to a contract."""

    program = conf = None
    host = "127.0.0.1"

    def __init__(self, folder=None, env=None):
        self.folder = pathlib.Path(folder or tempfile.mkdtemp(prefix="varde-test-"))
        self.env, self.process = env, None
        (self.held, self.port), (self.admin_held, self.admin_port) = held_port(), held_port()
        self.log_path = self.folder / "daemon.log"

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
                print(self.log_path.read_text()[-6000:])
            self.remove()

    def remove(self):
        if self.process and self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        self.held.close()
        self.admin_held.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def start(self):
        with open(self.log_path, "ab") as log:
            self.process = subprocess.Popen([self.program, "--config", self.conf], stderr=log, env=self.env)
        end = time.monotonic() + 60
        while time.monotonic() < end:
            assert self.process.poll() is None, f"{self.program} ended: " + self.log_path.read_text()
            try:
                if self.admin("/ready").status == 200:
                    return
            except OSError:
                pass
            time.sleep(0.02)  # polling a condition, bounded
        raise AssertionError(f"{self.program} is not ready: " + self.log_path.read_text())

    def stop(self, sig=signal.SIGTERM, status=0):
        self.process.send_signal(sig)
        code = self.process.wait(30)
        log = self.log_path.read_text()
        assert "ERROR: AddressSanitizer" not in log and "runtime error" not in log and "LeakSanitizer" not in log, log
        if status is not None:
            assert code == status, (code, log[-2000:])

    def kill(self):
        self.process.kill()
        self.process.wait()

    def log(self):
        return [json.loads(line) for line in self.log_path.read_text().splitlines() if line.startswith("{")]

    def hold(self, method, path, answer):
        """An answer of the main listener, to a contract. Raises where it is not kept."""

    def request(self, method, path, body=None, headers=None, port=None, timeout=60):
        connection = http.client.HTTPConnection(self.host, port or self.port, timeout=timeout)
        try:
            connection.request(method, path, body=body, headers=headers or {})
            response = connection.getresponse()
            answer = Answer(response.status, response.headers, response.read())
        finally:
            connection.close()
        if port in (None, self.port):
            self.hold(method, path, answer)
        return answer

    def admin(self, path):
        return self.request("GET", path, port=self.admin_port, timeout=10)
