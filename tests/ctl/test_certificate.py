"""Enterprise certificates: whose they are and for how long is read from them."""

import os
import subprocess
import sys
import unittest

from installation import Installation, new_key

CONFIG = """[req]
prompt = no
distinguished_name = dn
x509_extensions = ext
[dn]
C = NO
O = Prøve HF
{identifier}
CN = Prøve HF
[ext]
keyUsage = {usage}
"""

CA = """[ca]
default_ca = own
[own]
database = {folder}/index.txt
serial = {folder}/serial
new_certs_dir = {folder}
default_md = sha256
policy = any
[any]
countryName = optional
organizationName = optional
organizationIdentifier = optional
commonName = optional
"""


class Certificate(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.it = Installation()

    @classmethod
    def tearDownClass(cls):
        cls.it.close()

    def certificate(self, identifier, usage="critical, digitalSignature, nonRepudiation"):
        """The path of a new self-signed certificate in PEM."""
        private, _ = new_key(self.it.folder, "cert-key", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048")
        config = self.it.write("cert.conf", CONFIG.format(identifier=identifier, usage=usage))
        path = os.path.join(self.it.folder, "cert.pem")
        subprocess.run(["openssl", "req", "-x509", "-new", "-utf8", "-key", private, "-config", config, "-days", "365",
                        "-out", path], check=True, capture_output=True)
        return path

    def expired(self, identifier):
        """The path of a certificate that was good in 2020."""
        path = os.path.join(self.it.folder, "expired.pem")
        self.certificate(identifier)
        self.it.write("index.txt", "")
        self.it.write("serial", "01\n")
        ca = self.it.write("ca.conf", CA.format(folder=self.it.folder))
        request = os.path.join(self.it.folder, "request.pem")
        subprocess.run(["openssl", "req", "-new", "-utf8", "-key", f"{self.it.folder}/cert-key.pem", "-config",
                        f"{self.it.folder}/cert.conf", "-out", request], check=True, capture_output=True)
        subprocess.run(["openssl", "ca", "-config", ca, "-batch", "-selfsign", "-notext", "-utf8", "-preserveDN",
                        "-keyfile", f"{self.it.folder}/cert-key.pem", "-in", request, "-startdate", "20200101000000Z",
                        "-enddate", "20210101000000Z", "-out", path], check=True, capture_output=True)
        return path

    def test_number_and_dates_come_from_it(self):
        orgnr = self.it.tenant()
        path = self.certificate(f"organizationIdentifier = NTRNO-{orgnr}")
        key = self.it.json("key", "add", orgnr, "--cert", path)
        said = subprocess.run(["openssl", "x509", "-in", path, "-noout", "-dates", "-dateopt", "iso_8601"], check=True,
                              capture_output=True, text=True).stdout
        begin, end = (line.split("=")[1].replace(" ", "T") for line in said.splitlines())
        self.assertEqual((key["source"], key["alg"], key["state"]), ("cert", "PS256 RS256", "valid"))
        self.assertEqual(key["valid_from"], begin.replace("Z", ".000Z"))
        self.assertEqual(key["valid_to"][:16], end[:16])
        (evidence,) = self.it.rows("control.db", f"SELECT evidence FROM signing_key WHERE orgnr = '{orgnr}'")
        self.assertIn("BEGIN CERTIFICATE", evidence[0])

    def test_older_certificates_name_the_number_as_serial_number(self):
        orgnr = self.it.tenant()
        self.it.json("key", "add", orgnr, "--cert", self.certificate(f"serialNumber = {orgnr}"))

    def test_dates_can_be_narrowed_never_widened(self):
        orgnr = self.it.tenant()
        path = self.certificate(f"organizationIdentifier = NTRNO-{orgnr}")
        key = self.it.json("key", "add", orgnr, "--cert", path, "--from", "2020-01-01", "--to", "2125-12-31")
        self.assertGreater(key["valid_from"], "2026")
        self.assertLess(key["valid_to"], "2100")

    def test_somebody_elses_nobodys_expired_and_encrypting_ones_are_refused(self):
        orgnr, other = self.it.tenant(), self.it.tenant()
        code, where, text = self.it.refused("key", "add", orgnr, "--cert",
                                            self.certificate(f"organizationIdentifier = NTRNO-{other}"))
        self.assertEqual((code, where), ("certificate-organisation", "cert"))
        self.assertIn(other, text)
        self.assertEqual(self.it.refused("key", "add", orgnr, "--cert", self.certificate(""))[0],
                         "certificate-organisation")
        own = f"organizationIdentifier = NTRNO-{orgnr}"
        self.assertEqual(self.it.refused("key", "add", orgnr, "--cert", self.expired(own))[0], "key-expired")
        self.assertEqual(self.it.refused("key", "add", orgnr, "--cert",
                                         self.certificate(own, usage="critical, keyEncipherment"))[0], "cert-use")
        self.assertEqual(self.it.refused("key", "add", orgnr, "--cert", self.it.write("no.pem", "no"))[0],
                         "cert-malformed")
        self.assertEqual(self.it.json("key", "list", orgnr)["keys"], [])


if __name__ == "__main__":
    sys.exit(unittest.main())
