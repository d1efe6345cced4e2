"""An authority for enterprise certificates (virksomhetssertifikat), made with the
openssl command: a root, issuing authorities below it, and what they issue."""

import os
import subprocess

CONFIG = """
[ca]
default_ca = own
[own]
database = {folder}/index.txt
serial = {folder}/serial
new_certs_dir = {folder}
certificate = {certificate}
private_key = {key}
default_md = sha256
unique_subject = no
rand_serial = yes
policy = any
[any]
countryName = optional
organizationName = optional
organizationIdentifier = optional
serialNumber = optional
commonName = optional
"""

REQUEST = """
[req]
prompt = no
distinguished_name = dn
[dn]
C = NO
O = Prøve HF
{subject}
CN = Prøve HF
"""

AUTHORITY = "basicConstraints = critical, CA:TRUE\nkeyUsage = critical, keyCertSign, cRLSign\n"
LEAF = "basicConstraints = critical, CA:FALSE\nkeyUsage = {usage}\n"
SIGNING = "critical, digitalSignature, nonRepudiation"
RSA, SHORT, P256 = ("RSA", "rsa_keygen_bits:2048"), ("RSA", "rsa_keygen_bits:1024"), ("EC", "ec_paramgen_curve:P-256")


def openssl(*words):
    return subprocess.run(["openssl", *words], check=True, capture_output=True, text=True).stdout


class Certificate:
    """A key, its certificate, and who issued it. Paths of PEM files."""

    count = 0

    def __init__(self, folder, subject, extensions, issuer=None, begin=None, end=None, key=P256, digest="sha256"):
        Certificate.count += 1
        self.folder = os.path.join(folder, f"cert-{Certificate.count}")
        os.mkdir(self.folder)
        self.issuer = issuer
        self.key, self.path = os.path.join(self.folder, "key.pem"), os.path.join(self.folder, "cert.pem")
        openssl("genpkey", "-algorithm", key[0], "-pkeyopt", key[1], "-out", self.key)
        self._write("request.conf", REQUEST.format(subject=subject))
        self._write("extensions.conf", extensions)
        self._write("ca.conf", CONFIG.format(folder=self.folder, key=(issuer or self).key, certificate=(issuer or self).path))
        self._write("index.txt", "")
        openssl("req", "-new", "-utf8", "-key", self.key, "-config", self._at("request.conf"), "-out", self._at("request.pem"))
        openssl("ca", "-config", self._at("ca.conf"), "-batch", "-notext", "-utf8", "-preserveDN", "-md", digest,
                "-in", self._at("request.pem"), "-extfile", self._at("extensions.conf"), "-out", self.path,
                "-startdate", begin or "20250101000000Z", "-enddate", end or "20991231235959Z",
                *(() if issuer else ("-selfsign",)))

    def _at(self, name):
        return os.path.join(self.folder, name)

    def _write(self, name, text):
        with open(self._at(name), "w", encoding="utf-8") as f:
            f.write(text)

    @property
    def pem(self):
        with open(self.path, encoding="ascii") as f:
            return f.read()

    def chain(self):
        """The certificate and those above it, without the root: what a sender hands over."""
        return self.pem + (self.issuer.chain() if self.issuer and self.issuer.issuer else "")

    def below(self, subject="", extensions=AUTHORITY, **more):
        """What this one issues."""
        return Certificate(os.path.dirname(self.folder), subject, extensions, self, **more)

    def leaf(self, subject, usage=SIGNING, more="", **kw):
        return self.below(subject, LEAF.format(usage=usage) + more, **kw)


def root(folder, **kw):
    return Certificate(folder, "", AUTHORITY, **kw)
