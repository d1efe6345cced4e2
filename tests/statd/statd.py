"""The real varde-statd on a folder of releases, and a client of its own. Every answer
is held to PxAPI-2.yml where that is at hand."""
import json
import os
import pathlib
import subprocess
import sys
import time
import urllib.parse

sys.path[:0] = [str(pathlib.Path(__file__).parents[1] / "http"), str(pathlib.Path(__file__).parent)]
import release  # noqa: E402
from daemon import Daemon  # noqa: E402
from specification import hold  # noqa: E402
from varde import Issuer, compact  # noqa: E402

SOURCE = pathlib.Path(os.environ.get("VARDE_SOURCE", pathlib.Path(__file__).parents[2]))
BIN = pathlib.Path(os.environ.get("VARDE_BIN", SOURCE / "build/dev/bin"))


READ = "varde:statistics.read"


def bearer(s, scope=READ, **more):
    """Authorization of an analyst of the sector; `more` are claims."""
    issuer = Issuer(s.demo, next(i for i in s.info["issuers"] if i["profile"] == "maskinporten"))
    now = int(time.time())
    claims = {"iss": issuer.iss, "aud": s.info["audience"], "iat": now, "exp": now + 100, "scope": scope, "jti": "x",
              "client_id": "analyst", "consumer": {"authority": "iso6523-actorid-upis", "ID": "0192:310000019"}, **more}
    return {"Authorization": "Bearer " + compact({"alg": issuer.alg, "kid": issuer.kid, "typ": "JWT"}, claims, issuer.key)}


class Statd(Daemon):
    program = BIN / "varde-statd"

    def __init__(self, conf="", **settings):
        super().__init__()
        self.published = self.folder / "published"
        self.published.mkdir()
        self.demo = self.folder / "demo"
        run = subprocess.run([BIN / "vardectl", "demo", self.demo], capture_output=True, text=True)
        assert run.returncode == 0, run.stderr
        self.info = json.loads((self.demo / "demo.json").read_text())
        self.url = f"http://127.0.0.1:{self.port}"
        (self.folder / "release-key.pub").write_text(release.PUBLIC_HEX + "\n")
        settings = {"listen": f"127.0.0.1:{self.port}", "admin_listen": f"127.0.0.1:{self.admin_port}",
                    "external_url": self.url, "published": self.published,
                    "release_key": f"{self.folder}/release-key.pub", "calls": 100000, **settings}
        self.conf = self.demo / "statd.conf"
        self.conf.write_text(self.plain_conf() + "\n[statistics]\n" + "".join(f"{k} = {v}\n" for k, v in settings.items())
                             + conf)

    def plain_conf(self):
        """The demonstration's own configuration, without a section of statistics."""
        text = (self.demo / "varde.conf").read_text()
        before, found, after = text.partition("[statistics]")
        return before + (after[after.index("\n["):] if found and "\n[" in after else "")

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
        return self.admin("/ready").json["release"]

    def hold(self, method, path, answer):
        hold(method, path, answer)

    def get(self, path, headers=None, **query):
        """GET below the API; parameters as StatBank's guide writes them."""
        text = urllib.parse.urlencode(query, safe="[](),*?")
        return self.request("GET", path if path.startswith("/") else "/api/v2/" + path + ("?" + text if text else ""),
                            headers=headers)

    def data(self, table, headers=None, **query):
        return self.get(f"tables/{table}/data", headers, **query)
