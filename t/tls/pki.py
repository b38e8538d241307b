"""Keys and certificates for the rows of interop.py, made by openssl."""

from __future__ import annotations

import base64
import hashlib
import subprocess
from dataclasses import dataclass
from pathlib import Path

NAME = "relay.example.net"
KINDS = ("p256", "rsa")
EXPIRED = ("20200101000000Z", "20210101000000Z")
VALID = ("20200101000000Z", "20490101000000Z")


@dataclass(frozen=True)
class Identity:
    cert: Path  # with what stands between it and the CA
    key: Path
    pin: str


def openssl(home: Path, *words: object) -> bytes:
    argv = ["openssl", *map(str, words)]
    done = subprocess.run(argv, cwd=home, capture_output=True)
    if done.returncode:
        raise RuntimeError(f"{argv}: {done.stderr.decode()}")
    return done.stdout


class Pki:
    """A CA, one behind it, and who they have signed."""

    def __init__(self, home: Path) -> None:
        self.home = home
        (home / "index.txt").touch()
        (home / "ca.cnf").write_text(CONFIG)
        self.ca = self.make_ca("ca")
        self.other_ca = self.make_ca("stranger")
        self.between = {
            "middle": self.sign("middle", "p256", "ca", "middle"),
            "middle-p384": self.sign("middle-p384", "p384", "ca", "middle"),
            "middle-rsa": self.sign("middle-rsa", "rsa", "ca", "middle"),
        }

    def make_key(self, name: str, kind: str) -> Path:
        path = self.home / f"{name}.key"
        how = {
            "p256": ["-algorithm", "EC", "-pkeyopt",
                     "ec_paramgen_curve:P-256"],
            "p384": ["-algorithm", "EC", "-pkeyopt",
                     "ec_paramgen_curve:P-384"],
            "rsa": ["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"],
        }[kind]
        openssl(self.home, "genpkey", *how, "-out", path)
        return path

    def make_ca(self, name: str) -> Path:
        key, path = self.make_key(name, "p256"), self.home / f"{name}.crt"
        openssl(self.home, "req", "-x509", "-new", "-key", key, "-out", path,
                "-days", 3650, "-subj", f"/CN={name}",
                "-config", "ca.cnf", "-extensions", "root")
        return path

    def sign(self, name: str, kind: str, ca: str, form: str,
             when: tuple[str, str] = VALID) -> Path:
        """name.crt, signed by ca."""
        key = self.make_key(name, kind)
        request, path = f"{name}.csr", self.home / f"{name}.crt"
        openssl(self.home, "req", "-new", "-key", key, "-subj",
                f"/CN={name}", "-out", request, "-config", "ca.cnf")
        openssl(self.home, "ca", "-batch", "-notext", "-config", "ca.cnf",
                "-cert", f"{ca}.crt", "-keyfile", f"{ca}.key", "-in", request,
                "-out", path, "-extensions", form,
                "-md", "sha384" if "p384" in ca else "sha256",
                "-startdate", when[0], "-enddate", when[1])
        return path

    def identity(self, name: str, kind: str, ca: str = "ca",
                 form: str = "server",
                 when: tuple[str, str] = VALID) -> Identity:
        path = self.sign(name, kind, ca, form, when)
        if ca in self.between:
            with path.open("a") as f:
                f.write(self.between[ca].read_text())
        key = self.home / f"{name}.key"
        return Identity(path, key, self.pin(key))

    def pin(self, key: Path) -> str:
        der = openssl(self.home, "pkey", "-in", key, "-pubout", "-outform",
                      "der")
        return base64.b64encode(hashlib.sha256(der).digest()).decode()


CONFIG = f"""[ca]
default_ca = us
[us]
database = index.txt
new_certs_dir = .
default_md = sha256
unique_subject = no
rand_serial = yes
policy = any
[any]
commonName = supplied
[req]
distinguished_name = name
[name]
[root]
basicConstraints = critical,CA:TRUE
keyUsage = critical,keyCertSign
[middle]
basicConstraints = critical,CA:TRUE,pathlen:0
keyUsage = critical,keyCertSign
[server]
basicConstraints = CA:FALSE
keyUsage = critical,digitalSignature
extendedKeyUsage = serverAuth
subjectAltName = DNS:{NAME},IP:127.0.0.1
[second]
basicConstraints = CA:FALSE
keyUsage = critical,digitalSignature
subjectAltName = DNS:second.example.net
[client]
basicConstraints = CA:FALSE
keyUsage = critical,digitalSignature
extendedKeyUsage = clientAuth
"""
