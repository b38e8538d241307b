"""The rows of interop.py: what is tried, against whom, what must be seen.

In every one both sides show a certificate and ours is judged by fingerprint; each
says a text and hears the other's.
"""

from __future__ import annotations

import hashlib
import re
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import product
from pathlib import Path

from peers import HOST, Absent, Program, Wrong, check, running, same

OURS, THEIRS = "said by us", "said by them"
SYSTEM_PYTHON = "/usr/bin/python3"  # Debian's modules are its own
LABEL = "EXPORTER-nat-login"
PATIENCE = 25.0
_lock, _ports = threading.Lock(), iter(range(27000, 29000))


@dataclass(frozen=True)
class Identity:
    cert: Path
    key: Path

    def fingerprint(self, hash_name: str) -> str:
        der = subprocess.run(["openssl", "x509", "-in", self.cert, "-outform",
                              "der"], capture_output=True, check=True).stdout
        return hashlib.new(hash_name, der).hexdigest()


class World:
    """What all rows share."""

    def __init__(self, home: Path, cat: str) -> None:
        self.home, self.cat = home, cat
        self.ids = {kind: self.make(kind, how) for kind, how in {
            "p256": ["ec", "-pkeyopt", "ec_paramgen_curve:P-256"],
            "rsa": ["rsa:2048"],
        }.items()}

    def make(self, kind: str, how: list[str]) -> Identity:
        one = Identity(self.home / f"{kind}.crt", self.home / f"{kind}.key")
        subprocess.run(["openssl", "req", "-x509", "-newkey", *how, "-nodes",
                        "-keyout", one.key, "-out", one.cert, "-subj",
                        "/CN=peer", "-days", "30"],
                       capture_output=True, check=True)
        return one

    def settings(self, way: Way) -> list[str]:
        """Of ours: whom to believe, what to say and wait for."""
        theirs = self.ids[way.theirs].fingerprint(way.hash)
        mine = self.ids[way.ours] if way.ours != "made" else None
        return [f"peer={theirs}", f"text={OURS}", f"want={len(THEIRS)}",
                *([f"id={mine.cert},{mine.key}"] if mine else []),
                *way.settings]


@dataclass(frozen=True)
class Way:
    theirs: str = "p256"  # certificates
    ours: str = "made"
    suite: str = ""  # as openssl spells it; nothing: the first
    group: str = ""
    hash: str = "sha256"
    settings: tuple[str, ...] = ()
    words: tuple[str, ...] = ()  # of theirs
    refused: str = ""  # what ours says then

    @property
    def openssl(self) -> list[str]:
        cipher = ["-cipher", self.suite] if self.suite else []
        # A key of P-256 wants that group in the list too.
        group = {"x25519": "X25519:P-256", "p256": "P-256"}.get(self.group)
        return [*cipher, *(["-groups", group] if group else []), *self.words]


@dataclass(frozen=True)
class Row:
    name: str
    run: Callable[[World], None]
    short: bool = False  # part of make check


# ---- who talks ----


def udp_port() -> int:
    with _lock:
        for port in _ports:
            with socket.socket(type=socket.SOCK_DGRAM) as probe:
                try:
                    probe.bind((HOST, port))
                    return port
                except OSError:
                    continue
    raise Wrong("no free port")


def until(done: Callable[[], object], program: Program, what: str) -> None:
    deadline = time.monotonic() + PATIENCE
    while not done():
        if time.monotonic() > deadline:
            raise Wrong(f"{what}: {program.text()[-600:]!r}")
        time.sleep(0.02)


def bound(port: int) -> bool:
    form = re.compile(rf"^\s*\d+: \w+:{port:04X} ", re.M)
    return any(form.search(Path(f"/proc/net/{table}").read_text())
               for table in ("udp", "udp6"))


@contextmanager
def our_server(w: World, way: Way) -> Iterator[tuple[Program, int]]:
    port = udp_port()
    argv = [w.cat, "server", f"{HOST}:{port}", *w.settings(way)]
    with running(argv) as us:
        until(lambda: b"ready" in us.out, us, "never ready")
        yield us, port


@contextmanager
def our_client(w: World, way: Way, port: int) -> Iterator[Program]:
    with running([w.cat, "client", f"{HOST}:{port}",
                  *w.settings(way)]) as us:
        yield us


def judge(us: Program, way: Way, them: Program | None = None) -> None:
    """Ours has ended, and both have heard what was said."""
    status = us.wait(PATIENCE)
    text = us.out.decode(errors="replace")
    if way.refused:
        check(way.refused in text and status == 1, "not refused:", text)
        return
    check(f"got {THEIRS}" in text and status == 0,
          "we have said:", us.text(), "they:", them.text()[-600:] if them
          else "")
    opened = re.findall(r"^open .*$", text, re.M)
    check(way.group in opened[0], "group:", opened[0])
    if them:
        until(lambda: OURS in them.text(), them, "they did not hear")


# ---- openssl ----


def s_client(w: World, way: Way) -> None:
    one = w.ids[way.theirs]
    with our_server(w, way) as (us, port):
        argv = ["openssl", "s_client", "-dtls1_2", "-connect",
                f"{HOST}:{port}", "-key", one.key, "-cert", one.cert,
                "-quiet", "-nocommands", *way.openssl]
        with running(argv, THEIRS.encode() + b"\n") as it:
            judge(us, way, it)


def s_server(w: World, way: Way) -> None:
    one, port = w.ids[way.theirs], udp_port()
    argv = ["openssl", "s_server", "-dtls1_2", "-accept", f"{HOST}:{port}",
            "-key", one.key, "-cert", one.cert, "-Verify", "1", "-quiet",
            *way.openssl]
    with running(argv, None) as it:
        until(lambda: bound(port), it, "never ready")
        with our_client(w, way, port) as us:
            if not way.refused:
                until(lambda: b"open" in us.out, us, "never open")
            it.say(THEIRS.encode() + b"\n")
            judge(us, way, it)


# ---- gnutls ----


def gnutls_client(w: World, way: Way) -> None:
    one = w.ids[way.theirs]
    with our_server(w, way) as (us, port):
        argv = ["gnutls-cli", "--udp", "--insecure", "--logfile=/dev/null",
                "--port", port, "--x509certfile", one.cert, "--x509keyfile",
                one.key, *way.words, HOST]
        with running(argv, None) as it:
            until(lambda: b"open" in us.out, us, "never open")
            it.say(THEIRS.encode() + b"\n")
            judge(us, way, it)


def gnutls_server(w: World, way: Way) -> None:
    """It echoes: what we say comes back."""
    one, port = w.ids[way.theirs], udp_port()
    argv = ["gnutls-serv", "--udp", "--echo", "--quiet", "--port", port,
            "--x509certfile", one.cert, "--x509keyfile", one.key,
            "--require-client-cert", *way.words]
    with running(argv) as it:
        until(lambda: bound(port), it, "never ready")
        with our_client(w, Way(**{**vars(way), "settings": (
                *way.settings, f"text={THEIRS}")}), port) as us:
            judge(us, way)


# ---- aiortc ----


def aiortc(role: str) -> Callable[[World, Way], None]:
    return lambda w, way: beside_aiortc(w, way, role)


def line_of(program: Program, word: str) -> str:
    found = re.search(rf"^{word} (\S+)$", program.text(), re.M)
    return found.group(1) if found else ""


def beside_aiortc(w: World, way: Way, role: str) -> None:
    """Each is told the other's fingerprint; both export the same."""
    if subprocess.run([SYSTEM_PYTHON, "-c", "import aiortc"],
                      capture_output=True).returncode:
        raise Absent("no python3-aiortc here")
    port, ours = udp_port(), "client" if role == "server" else "server"
    script = Path(__file__).with_name("aio.py")
    with running([SYSTEM_PYTHON, script, role, port, "-", THEIRS],
                 None) as it:
        until(lambda: line_of(it, "me"), it, "no fingerprint")
        argv = [w.cat, ours, f"{HOST}:{port}", *w.settings(way),
                f"peer={line_of(it, 'me')}"]
        with running(argv) as us:
            until(lambda: line_of(us, "me"), us, "no fingerprint")
            it.say(line_of(us, "me").encode() + b"\n")
            judge(us, way, it)
            until(lambda: line_of(it, "export"), it, "nothing exported")
            check(f"export={line_of(it, 'export')}" in us.text(),
                  "exported:", us.text(), it.text())


# ---- the rows ----

SUITES = ("AES128-GCM-SHA256", "AES256-GCM-SHA384", "CHACHA20-POLY1305")
GROUPS = ("x25519", "p256")
CIPHERS = ("AES-128-GCM", "AES-256-GCM", "CHACHA20-POLY1305")


def row(name: str, run: Callable[[World, Way], None], way: Way,
        short: bool = False) -> Row:
    return Row(name, lambda w: run(w, way), short)


def openssl_rows() -> Iterator[Row]:
    kinds = (("s_client", s_client), ("s_server", s_server))
    for (peer, run), suite, group, theirs, ours in product(
            kinds, SUITES, GROUPS, ("p256", "rsa"), ("made", "rsa")):
        kind = ours if peer == "s_client" else theirs
        auth = "RSA" if kind == "rsa" else "ECDSA"
        way = Way(theirs, ours, f"ECDHE-{auth}-{suite}", group)
        yield row(f"openssl {peer} {way.suite} {group} {theirs} ours {ours}",
                  run, way)


ODD = {
    "first": Way(),
    "sha-384": Way(hash="sha384"),
    "sha-512": Way(hash="sha512", theirs="rsa"),
    "theirs in pieces of 256": Way(theirs="rsa", words=("-mtu", "256")),
    "ours in pieces of 256": Way(ours="rsa", settings=("mtu=256",)),
    "both in pieces": Way("rsa", "rsa", settings=("mtu=300",),
                          words=("-mtu", "300")),
    "200 of 1000 lost": Way(settings=("loss=200", "rtt=5")),
    "a stranger": Way(settings=("peer=" + "00" * 32,),
                      refused="not the one that was announced"),
}


def odd_rows() -> Iterator[Row]:
    for (peer, run), (name, way) in product(
            (("s_client", s_client), ("s_server", s_server)), ODD.items()):
        yield row(f"openssl {peer} {name}", run, way, name == "first")
    yield row("openssl s_client sends a cookie back", s_client,
              Way(settings=("verify=1",)), True)
    yield row("openssl s_server asks for a cookie", s_server,
              Way(words=("-listen",)))


def gnutls_rows() -> Iterator[Row]:
    for (peer, run), cipher, theirs in product(
            (("gnutls-cli", gnutls_client), ("gnutls-serv", gnutls_server)),
            CIPHERS, ("p256", "rsa")):
        words = ("--priority", f"NORMAL:-CIPHER-ALL:+{cipher}")
        yield row(f"{peer} {cipher} {theirs}", run,
                  Way(theirs=theirs, words=words),
                  (cipher, theirs) == ("AES-128-GCM", "p256"))


def every() -> list[Row]:
    return [*odd_rows(), *openssl_rows(), *gnutls_rows(),
            *(row(f"aiortc {role} {settings}", aiortc(role),
                  Way(settings=settings), settings == ())
              for role, settings in product(
                  ("client", "server"), ((), ("mtu=256",), ("loss=200",))))]
