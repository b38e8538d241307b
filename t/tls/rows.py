"""The rows of interop.py: what is tried, against whom, what must be seen.

A row is a function of a World that raises Wrong, or Absent. Those of the matrix
are made, the others stand in tables at the end.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import product
from pathlib import Path

from peers import HOST, Program, Told, Wrong, cat_client, cat_server
from peers import check, free_port, running, same, sum_of, told
from pki import EXPIRED, NAME, Identity, Pki

SOME = b"".join(b"%08d: what is said\n" % i for i in range(900))


class World:
    """What all rows share."""

    def __init__(self, home: Path, cat: str) -> None:
        self.home, self.cat = home, cat
        self.pki = Pki(home)
        make = self.pki.identity
        self.ids: dict[str, Identity] = {
            "p256": make("p256", "p256"),
            "rsa": make("rsa", "rsa"),
            "p256 chain": make("p256-chain", "p256", "middle"),
            "rsa chain": make("rsa-chain", "rsa", "middle"),
            "p384": make("p384", "p384"),
            "p256 by p384": make("by-p384", "p256", "middle-p384"),
            "rsa by rsa": make("by-rsa", "rsa", "middle-rsa"),
            "late": make("late", "p256", when=EXPIRED),
            "stranger": make("lone", "p256", "stranger"),
            "second": make("second", "p256", form="second"),
            "user": make("user", "p256", form="client"),
            "user rsa": make("user-rsa", "rsa", "middle", form="client"),
            "user p384": make("user-p384", "p384", form="client"),
            "user stranger": make("user-lone", "p256", "stranger", "client"),
        }

    def id_of(self, name: str) -> str:
        one = self.ids[name]
        return f"id={one.cert},{one.key}"

    @property
    def ca(self) -> str:
        return f"ca={self.pki.ca}"


@dataclass(frozen=True)
class Row:
    name: str
    run: Callable[[World], None]
    short: bool = False  # part of make check


# ---- the matrix: versions, suites, groups, certificates ----


@dataclass(frozen=True)
class Way:
    version: str  # "1.2" or "1.3"
    suite: str  # as IANA spells it
    group: str
    kind: str  # of certificate

    @property
    def openssl_suite(self) -> str:
        if self.version == "1.3":
            return self.suite
        short = self.suite.removeprefix("TLS_").replace("_WITH_", "-")
        short = short.replace("AES_", "AES").replace("_", "-")
        return short.removesuffix("-SHA256") if "CHACHA" in short else short

    @property
    def openssl(self) -> list[str]:
        which = "-ciphersuites" if self.version == "1.3" else "-cipher"
        # A key of P-256 wants that group in the list too, in 1.2.
        group = {"x25519": "X25519:P-256" if self.version == "1.2" else
                 "X25519", "p256": "P-256"}[self.group]
        return [f"-tls{self.version.replace('.', '_')}", which,
                self.openssl_suite, "-groups", group]

    @property
    def gnutls(self) -> str:
        """Its words for them."""
        cipher = next(
            theirs for ours, theirs in GNUTLS_CIPHERS.items()
            if ours in self.suite
        )
        group = {"x25519": "X25519", "p256": "SECP256R1"}[self.group]
        return (f"NORMAL:-VERS-ALL:+VERS-TLS{self.version}:-CIPHER-ALL:"
                f"+{cipher}:-GROUP-ALL:+GROUP-{group}")

    def told(self, said: Told) -> None:
        check(len(said.opened) > 0, "never open:", said.ends)
        for word in (f"TLS{self.version}", self.suite, self.group):
            check(word in said.opened[0].split(), word, "is not in",
                  said.opened[0])


GNUTLS_CIPHERS = {
    "AES_128_GCM": "AES-128-GCM",
    "AES_256_GCM": "AES-256-GCM",
    "CHACHA20": "CHACHA20-POLY1305",
}
BULKS = ("AES_128_GCM_SHA256", "AES_256_GCM_SHA384",
         "CHACHA20_POLY1305_SHA256")
GROUPS = ("x25519", "p256")
KINDS = ("p256", "rsa", "p256 chain", "rsa chain")


def ways() -> Iterator[Way]:
    for bulk, group, kind in product(BULKS, GROUPS, KINDS):
        yield Way("1.3", f"TLS_{bulk}", group, kind)
        auth = "RSA" if "rsa" in kind else "ECDSA"
        yield Way("1.2", f"TLS_ECDHE_{auth}_WITH_{bulk}", group, kind)


def openssl_client(w: World, way: Way) -> None:
    """s_client against us: both send, and what arrives is what was sent."""
    settings = (w.id_of(way.kind), "send=20000", f"want={len(SOME)}",
                "pieces=1")
    with cat_server(w.cat, *settings) as (us, port):
        argv = ["openssl", "s_client", "-connect", f"{HOST}:{port}", "-quiet",
                "-nocommands", "-CAfile", w.pki.ca, "-verify_return_error",
                "-verify_hostname", NAME, *way.openssl]
        with running(argv, SOME) as it:
            it.wait()
            status = us.wait()
            end(us, it.out, status)
    way.told(told(us))


def end(us: Program, received: bytes, status: int) -> None:
    said = told(us)
    same(said.got[0], sum_of(SOME), "what came")
    same(sum_of(received), said.sent[0], "what went out")
    same(status, 0, f"exit ({said.ends})")


def openssl_server(w: World, way: Way) -> None:
    port, one = free_port(), w.ids[way.kind]
    argv = ["openssl", "s_server", "-accept", f"{HOST}:{port}", "-quiet",
            "-naccept", "1", "-key", one.key, "-cert", one.cert,
            "-cert_chain", one.cert, *way.openssl]
    with running(argv, SOME) as it:
        it.wait_listening(port)
        status, said = cat_client(w.cat, port, w.ca, f"name={NAME}",
                                  "send=20000", f"want={len(SOME)}")
        it.wait()
    way.told(said)
    check("verified" in said.opened[0], "not verified")
    same(said.got[0], sum_of(SOME), "what came")
    same(sum_of(it.out), said.sent[0], "what went out")
    same(status, 0, f"exit ({said.ends})")


def gnutls_client(w: World, way: Way) -> None:
    settings = (w.id_of(way.kind), "echo=1")
    with cat_server(w.cat, *settings) as (us, port):
        argv = ["gnutls-cli", "--logfile=/dev/null", "--port", port,
                "--x509cafile", w.pki.ca, "--verify-hostname", NAME,
                "--sni-hostname", NAME, "--priority", way.gnutls, HOST]
        with running(argv, SOME) as it:
            wait_out(it, len(SOME))
            assert it.child.stdin
            it.child.stdin.close()
            same(it.wait(), 0, "gnutls-cli's exit")
        us.wait()
    way.told(told(us))
    same(sum_of(it.out), sum_of(SOME), "the echo")


def wait_out(it: Program, n: int) -> None:
    deadline = time.monotonic() + 10
    while len(it.out) < n:
        if time.monotonic() > deadline or it.child.poll() is not None:
            raise Wrong(f"{len(it.out)} of {n} came: {it.err[-300:]!r}")
        time.sleep(0.01)


def gnutls_server(w: World, way: Way) -> None:
    port, one = free_port(), w.ids[way.kind]
    argv = ["gnutls-serv", "--quiet", "--echo", "--port", port,
            "--x509certfile", one.cert, "--x509keyfile", one.key,
            "--priority", way.gnutls]
    text = "A line that comes back.\n"
    with running(argv) as it:
        it.wait_listening(port)
        status, said = cat_client(w.cat, port, w.ca, f"name={NAME}",
                                  f"text={text}", f"want={len(text)}")
    way.told(said)
    check("verified" in said.opened[0], "not verified")
    same(said.got[0], sum_of(text.encode()), "the echo")
    same(status, 0, f"exit ({said.ends})")


def bind(run: Callable[[World, Way], None], way: Way) -> Callable[[World],
                                                                  None]:
    return lambda w: run(w, way)


MATRIX = (("openssl s_client", openssl_client),
          ("openssl s_server", openssl_server),
          ("gnutls-cli", gnutls_client),
          ("gnutls-serv", gnutls_server))


def matrix() -> Iterator[Row]:
    for (peer, run), way in product(MATRIX, ways()):
        name = f"{peer} {way.version} {way.suite} {way.group} {way.kind}"
        first = "AES_128" in way.suite and way.group == "x25519"
        yield Row(name, bind(run, way), first and way.kind == "p256")
