"""A demonstration installation and the daemon on it, from nothing to nothing."""
import configparser
import json
import pathlib
import shlex
import shutil
import signal
import subprocess
import tempfile
import time
import urllib.error
import urllib.request

READY_S = 60
STOP_S = 30  # varded drains within 10; a sanitizer build looks for leaks after that
PORT_TRIES = 3


class Trouble(Exception):
    """The installation cannot be made, started or stopped."""


class Installation:
    """Made by `vardectl demo`; `with` it, and nothing is left behind: the daemon is
    stopped and the folder removed, unless the caller named the folder."""

    def __init__(self, programs, folder=None):
        self.programs = pathlib.Path(programs).resolve()
        self.keep = folder is not None
        self.folder = pathlib.Path(folder).resolve() if folder else None
        self.daemon = self.statistics = None

    def __enter__(self):
        if not self.keep:
            self.folder = pathlib.Path(tempfile.mkdtemp(prefix="varde-demo-"))
        try:
            self._make_and_start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)  # tidying up is not interrupted
        for daemon in (self.daemon, self.statistics):
            if daemon and daemon.poll() is None:
                daemon.terminate()
                try:
                    daemon.wait(STOP_S)
                except subprocess.TimeoutExpired:
                    daemon.kill()
                    daemon.wait()
        if not self.keep and self.folder:
            shutil.rmtree(self.folder, ignore_errors=True)

    def _make_and_start(self):
        """Free ports are found before the daemon takes them; should another program be
        faster, an untouched installation is made anew."""
        for left in reversed(range(PORT_TRIES)):
            done = self.run("vardectl", "demo", str(self.folder))
            if done.returncode:
                raise Trouble(done.stderr.strip())
            self.about = json.loads((self.folder / "demo.json").read_text(encoding="utf-8"))
            try:
                self.start()
                return
            except Trouble:
                if not left or "listen-failed" not in self.log_path.read_text():
                    raise
            for path in self.folder.iterdir():
                shutil.rmtree(path) if path.is_dir() else path.unlink()

    def run(self, program, *arguments, **more):
        """A program of the build, to its end."""
        return subprocess.run([self.programs / program, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                              text=True, check=False, **more)

    def vardectl(self, *arguments):
        return self.run("vardectl", "--config", str(self.config_path), *arguments)

    @property
    def config_path(self):
        return self.folder / "varde.conf"

    @property
    def log_path(self):
        return self.folder / "varded.log"

    @property
    def data(self):
        return self.folder / "data"

    @property
    def url(self):
        return self.about["intake"]

    @property
    def admin_url(self):
        config = configparser.ConfigParser()
        config.read(self.config_path, encoding="utf-8")
        return "http://" + config["admin"]["listen"]

    def start(self):
        """Starts varded and returns the seconds until it says that it is ready."""
        began = time.monotonic()
        with open(self.log_path, "ab") as log:
            self.daemon = subprocess.Popen([self.programs / "varded", "--config", self.config_path], stderr=log)
        while not self._is_ready():
            if self.daemon.poll() is not None:
                raise Trouble("varded startet ikke:\n" + self.log_path.read_text()[-2000:])
            if time.monotonic() - began > READY_S:
                raise Trouble(f"varded ble ikke klar på {READY_S} s")
            time.sleep(0.05)
        return time.monotonic() - began

    def start_statistics(self):
        with open(self.folder / "statd.log", "ab") as log:
            self.statistics = subprocess.Popen([self.programs / "varde-statd", "--config", self.config_path], stderr=log)

    def _is_ready(self):
        try:
            with urllib.request.urlopen(self.admin_url + "/ready", timeout=5) as reply:
                return reply.status == 200
        except OSError:
            return False

    def stop(self):
        """SIGTERM; returns the seconds that the orderly end took."""
        began = time.monotonic()
        self.daemon.terminate()
        try:
            status = self.daemon.wait(STOP_S)
        except subprocess.TimeoutExpired:
            raise Trouble(f"varded stanset ikke på {STOP_S} s") from None
        if status:
            raise Trouble(f"varded endte med {status}:\n" + self.log_path.read_text()[-4000:])
        return time.monotonic() - began

    def tenant(self, kind, number=0):
        """The tenant of that kind, in the order of demo.json."""
        return [tenant for tenant in self.about["tenants"] if tenant["kind"] == kind][number]

    def settings(self, tenant, token_program):
        """The options file of varde_send.py for one tenant, as an integrator writes one."""
        path = self.folder / f"settings-{tenant['orgnr']}.txt"
        path.write_text("\n".join([
            f"--service={self.url}",
            f"--audience={self.about['audience']}",
            f"--organisation={tenant['orgnr']}",
            f"--key={self.folder / tenant['signing_key']}",
            f"--kid={tenant['kid']}",
            f"--alg={tenant['alg']}",
            f"--token-command={shlex.quote(str(token_program))} {shlex.quote(str(self.folder))} {tenant['orgnr']}",
            f"--receipts={self.folder / 'receipts' / tenant['orgnr']}",
        ]) + "\n", encoding="utf-8")
        return path
