"""HelseID on loopback: npm's oidc-provider with HelseID's claims (provider.mjs), its
port, and the clients registered with it.

    with Surroundings(lambda provider, v: provider.register(v.tenants[0])) as here:
        Sender(here.v, here.provider, here.clients).submit(…)

Exit status 77 where npm's packages cannot be had, or only an interpreter that is too
old for the provider.
"""
import contextlib
import json
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time

from jwcrypto import jwk

sys.path.append(str(pathlib.Path(__file__).parents[1] / "http"))

import node  # noqa: E402
from varde import READ, SUBMIT, Varde, held_port  # noqa: E402

HERE = pathlib.Path(__file__).parent
AUDIENCE = "nhn:varde"  # prefix:shortname, as Norsk helsenett names its interfaces
JWKS = "/.well-known/openid-configuration/jwks"
NODE_MIN = 22  # what oidc-provider 9 asks for


def wait_for(condition, what, seconds=60):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "never happened: " + what
        time.sleep(0.05)  # polling a condition, bounded


class Client:
    """One registration: who may ask, with which key, for which organisation."""

    def __init__(self, client_id, entry, key):
        self.client_id, self.entry, self.key = client_id, entry, key
        self.alg = entry["token_endpoint_auth_signing_alg"]


class Provider:
    def __init__(self):
        node.installed()
        if node.major() < NODE_MIN:
            print(f"skipped: oidc-provider needs Node {NODE_MIN}", file=sys.stderr)
            sys.exit(77)
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="helseid-"))
        self.held, self.port = held_port()  # ours also while the provider is down
        self.issuer = f"http://127.0.0.1:{self.port}"
        self.clients, self.process, self.signing, self.fetched = [], None, {}, 0

    def register(self, tenant, token_alg="PS256", key=None, **more):
        """A client of the tenant's; its tokens are signed with token_alg."""
        key = key or jwk.JWK.generate(kty="EC", crv="P-256")
        client_id = f"client-{len(self.clients)}"
        claims = {} if "delegated" in more else {"orgnr_parent": tenant.orgnr}
        self.clients.append(Client(client_id, {
            "client_id": client_id, "client_label": tenant.name, "redirect_uris": [], "response_types": [],
            "grant_types": ["client_credentials"], "token_endpoint_auth_method": "private_key_jwt",
            "token_endpoint_auth_signing_alg": "PS256" if key["kty"] == "RSA" else "ES256",
            "dpop_bound_access_tokens": True, "jwks": {"keys": [json.loads(key.export_public())]},
            "scope": f"{SUBMIT} {READ}", "authorization_details_types": ["helseid_authorization"],
            "token_alg": token_alg, **claims, **more}, key))
        return self.clients[-1]

    def section(self, name, more=""):
        """Its section of varde.conf, with more lines."""
        return (f"\n[issuer {name}]\nprofile = helseid\nissuer = {self.issuer}\naudience = {AUDIENCE}\n"
                f"algorithms = PS256, ES256, RS256\njwks_url = {self.issuer}{JWKS}\nleeway_seconds = 0\n{more}\n")

    # --- the process -----------------------------------------------------------

    def start(self):
        settings = {"port": self.port, "audience": AUDIENCE, "scopes": [SUBMIT, READ],
                    "clients": [client.entry for client in self.clients]}
        path = self.folder / "settings.json"
        path.write_text(json.dumps(settings))
        self.log = open(self.folder / "log", "wb")
        self.process = subprocess.Popen(node.command(HERE / "provider.mjs", self.folder, path), text=True,
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.log)
        self.hear()

    def hear(self):
        for line in self.process.stdout:
            if line.startswith("{"):  # the library talks too
                said = json.loads(line)
                self.signing, self.fetched = said["signing"], said["fetched"]
                return
        raise AssertionError("the provider ended: " + (self.folder / "log").read_text())

    def tell(self, do, **more):
        """rotate (alg), retire (kid), down, up, or say: nothing but how it stands. When
        this returns it is so: `signing`, the kid of each algorithm, and `fetched`, how
        often somebody asked for the keys."""
        self.process.stdin.write(json.dumps({"do": do, **more}) + "\n")
        self.process.stdin.flush()
        self.hear()

    def stop(self):
        if self.process:
            with contextlib.suppress(BrokenPipeError):
                self.process.stdin.close()
            self.process.wait(30)
            self.process.stdout.close()
            self.log.close()
        self.held.close()
        shutil.rmtree(self.folder, ignore_errors=True)


class Surroundings:
    """The provider, and a varded that fetches its keys; register(provider, v) makes
    `clients`, `more` are lines of the issuer's section, and `conf` are other sections."""

    def __init__(self, register, more="", conf=""):
        self.provider = Provider()
        try:
            self.v = Varde(conf=conf + self.provider.section("nhn", more))
            self.clients = register(self.provider, self.v)
        except BaseException:
            self.provider.stop()
            raise

    def __enter__(self):
        try:
            self.provider.start()
            self.v.__enter__()
        except BaseException:
            self.provider.stop()
            self.v.remove()
            raise
        return self

    def __exit__(self, kind, error, trace):
        try:
            self.v.__exit__(kind, error, trace)
        finally:
            if kind:
                print((self.provider.folder / "log").read_text()[-3000:])
            self.provider.stop()
