"""A certificate authority as the health sector has it, made by openssl: one that the
proxy trusts, one that it does not, and certificates of both."""
import pathlib
import subprocess


def openssl(*words, cwd, text=None):
    run = subprocess.run(["openssl", *words], cwd=cwd, input=text, capture_output=True, text=True)
    assert run.returncode == 0, (words, run.stderr)
    return run.stdout


class Authority:
    """Issues EC certificates into its own folder; keeps what openssl ca needs."""

    def __init__(self, folder, name):
        self.folder = pathlib.Path(folder) / name.replace(" ", "-")
        self.folder.mkdir()
        (self.folder / "index.txt").touch()
        (self.folder / "serial").write_text("1000\n")
        (self.folder / "crlnumber").write_text("01\n")
        (self.folder / "ca.cnf").write_text(
            "[ca]\ndefault_ca = own\n[own]\ndatabase = index.txt\nserial = serial\ncrlnumber = crlnumber\n"
            "new_certs_dir = .\ncertificate = ca.pem\nprivate_key = ca.key\ndefault_md = sha256\n"
            "default_days = 30\ndefault_crl_days = 30\npolicy = any\nunique_subject = no\ncopy_extensions = none\n"
            "[any]\ncommonName = supplied\norganizationName = optional\n"
            "[server]\nsubjectAltName = DNS:localhost,IP:127.0.0.1\nextendedKeyUsage = serverAuth\n"
            "[client]\nbasicConstraints = CA:FALSE\nextendedKeyUsage = clientAuth\n")
        self.make_key("ca")
        openssl("req", "-x509", "-new", "-key", "ca.key", "-out", "ca.pem", "-days", "30", "-subj", f"/O=Test/CN={name}",
                cwd=self.folder)

    @property
    def certificate(self):
        return self.folder / "ca.pem"

    def make_key(self, name):
        openssl("ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", f"{name}.key", cwd=self.folder)

    def issue(self, name, kind="client", start=None, end=None):
        """A file with the key and the certificate; `start`, `end` as openssl ca takes them."""
        self.make_key(name)
        openssl("req", "-new", "-key", f"{name}.key", "-out", f"{name}.csr", "-subj", f"/O=Test/CN={name}", cwd=self.folder)
        dates = (["-startdate", start] if start else []) + (["-enddate", end] if end else [])
        openssl("ca", "-batch", "-config", "ca.cnf", "-extensions", kind, "-in", f"{name}.csr", "-out", f"{name}.crt", "-notext",
                *dates, cwd=self.folder)
        return self.joined(name)

    def joined(self, name):
        both = self.folder / f"{name}.pem"
        both.write_text((self.folder / f"{name}.crt").read_text() + (self.folder / f"{name}.key").read_text())
        return both

    def itself(self, name):
        """A certificate that nobody but its own key has signed."""
        self.make_key(name)
        openssl("req", "-x509", "-new", "-key", f"{name}.key", "-out", f"{name}.crt", "-subj", f"/CN={name}", cwd=self.folder)
        return self.joined(name)

    def serial(self, name):
        return openssl("x509", "-in", f"{name}.crt", "-noout", "-serial", cwd=self.folder).strip().removeprefix("serial=")

    def revoke(self, name):
        """Revokes, and writes the list of what is revoked."""
        openssl("ca", "-config", "ca.cnf", "-revoke", f"{name}.crt", cwd=self.folder)
        openssl("ca", "-config", "ca.cnf", "-gencrl", "-out", "crl.pem", cwd=self.folder)
        return self.folder / "crl.pem"
