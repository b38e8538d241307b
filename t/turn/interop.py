#!/usr/bin/env python3
"""TURN with coturn: turncat's allocations, permissions, channels, refreshes.

usage: interop.py [--short] TURNCAT
A line for each row, and how many were good; skipped with the reason.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import itertools
import queue
import random
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

PATIENCE = 20.0                 # s, by the clock: the machine may be busy
STARTS = 4                      # a port may be another's by then
USER, PASSWORD, SECRET = "alice", "wonderland", "north"


class Wrong(Exception):
    """A row does not hold."""


def free_port() -> int:
    """Below those that the kernel hands out, which may linger in TIME-WAIT."""
    for port in random.sample(range(10000, 32000), 100):
        with socket.socket() as s:
            try:
                s.bind(("127.0.0.1", port))
                return port
            except OSError:
                pass
    raise Wrong("no port is free")


class Coturn:
    """A server of its own, with words of its own."""

    def __init__(self, home: Path, *words: str) -> None:
        for _ in range(STARTS):
            self.start(home, *words)
            if self.starts():
                return
            self.close()
        raise Wrong(f"turnserver does not start: {self.log.read_text()}")

    def start(self, home: Path, *words: str) -> None:
        self.port, self.tls = free_port(), free_port()
        self.log = home / f"{self.port}.log"
        self.run = subprocess.Popen(
            ["turnserver", "-n", "-L", "127.0.0.1", "-L", "::1", "-p",
             str(self.port), "--tls-listening-port", str(self.tls), "--cert",
             str(home / "cert.pem"), "--pkey", str(home / "key.pem"),
             "--allow-loopback-peers", "--no-cli", "-m", "1", "-r", "test",
             "--cli-password=x", "-v", "--log-file", str(self.log),
             "--simple-log", "--pidfile", str(home / f"{self.port}.pid"),
             *words], cwd=home,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def starts(self) -> bool:
        end = time.monotonic() + PATIENCE / STARTS
        while time.monotonic() < end:
            with socket.socket() as s:
                if s.connect_ex(("127.0.0.1", self.tls)) == 0:
                    return True
            time.sleep(0.05)
        return False

    def close(self) -> None:
        self.run.terminate()
        self.run.wait()


class Cat:
    """turncat, in lines."""

    def __init__(self, *words: str) -> None:
        self.run = subprocess.Popen(words, stdin=subprocess.PIPE, text=True,
                                    stdout=subprocess.PIPE)
        self.said: queue.Queue[str] = queue.Queue()
        threading.Thread(target=self.listen, daemon=True).start()

    def listen(self) -> None:
        assert self.run.stdout
        for line in self.run.stdout:
            self.said.put(line.rstrip("\n"))

    def tell(self, line: str) -> None:
        assert self.run.stdin
        self.run.stdin.write(line + "\n")
        self.run.stdin.flush()

    def hear(self, word: str) -> str:
        try:
            line = self.said.get(timeout=PATIENCE)
        except queue.Empty:
            raise Wrong(f"no {word!r} is said") from None
        if not line.startswith(word):
            raise Wrong(f"{line!r}, not {word!r}")
        return line

    def close(self) -> None:
        assert self.run.stdin
        self.run.stdin.close()
        try:
            self.run.wait(5)
        except subprocess.TimeoutExpired:
            self.run.kill()


class Peer:
    """Somebody out there, with a socket."""

    def __init__(self, host: str = "127.0.0.1") -> None:
        self.s = socket.socket(
            socket.AF_INET6 if ":" in host else socket.AF_INET,
            socket.SOCK_DGRAM)
        self.s.bind((host, 0))
        self.s.settimeout(PATIENCE)
        at = self.s.getsockname()
        self.at = f"[{at[0]}]:{at[1]}" if ":" in host else f"{at[0]}:{at[1]}"

    def hear(self, text: str) -> tuple[str, int]:
        try:
            data, sender = self.s.recvfrom(65536)
        except TimeoutError:
            raise Wrong(f"{text!r} does not arrive") from None
        if data.decode() != text:
            raise Wrong(f"{data!r} arrives, not {text!r}")
        return sender

    def say(self, text: str, to: tuple[str, int]) -> None:
        self.s.sendto(text.encode(), to)


def open_cat(cat: str, way: str, server: Coturn, *who: str) -> Cat:
    port = server.tls if way == "tls" else server.port
    name, password = who[:2] or (USER, PASSWORD)
    return Cat(cat, way, f"127.0.0.1:{port}", name, password, *who[2:])


def exchange(cat: Cat, peer: Peer, words: str) -> None:
    """Data both ways."""
    cat.tell(f"send {peer.at} ping {words}")
    relayed = peer.hear(f"ping {words}")
    peer.say(f"pong {words}", relayed)
    cat.hear(f"data {peer.at} pong {words}")


def whole(path: str, way: str, server: Coturn) -> None:
    cat, peer, other = open_cat(path, way, server), Peer(), Peer()
    try:
        cat.hear("relayed 127.0.0.1:")
        exchange(cat, peer, "by permission")
        cat.tell(f"bind {peer.at}")
        time.sleep(0.3)
        for text in ("a", "ab", "abc", "abcd", "x" * 1200):
            exchange(cat, peer, text)
        exchange(cat, other, "a second one")
        if not re.search(r"CHANNEL_BIND processed, success",
                         server.log.read_text()):
            raise Wrong("the server knows of no channel")
        cat.tell("close")
        cat.hear("over ECLOSED")
    finally:
        cat.close()


def stale(path: str, way: str, server: Coturn) -> None:
    """Nonces of a second; coturn looks at them when something is refreshed."""
    cat = open_cat(path, way, server)
    try:
        cat.hear("relayed ")
        for i in range(4):
            time.sleep(1.2)
            peer = Peer()
            cat.tell(f"peer {peer.at}")
            time.sleep(0.3)
            exchange(cat, peer, f"after {i}")
        cat.tell("close")
        cat.hear("over ECLOSED 0")
        if "stale" not in server.log.read_text().lower():
            raise Wrong("no nonce was stale")
    finally:
        cat.close()


def refresh(path: str, way: str, server: Coturn) -> None:
    """An allocation of 4 s, kept for 9, of both families."""
    cat, peer, six = open_cat(path, way, server), Peer(), Peer("::1")
    try:
        line = cat.hear("relayed ")
        if not line.endswith("for 4"):
            raise Wrong(f"{line}: not the lifetime that is tried")
        time.sleep(9)
        exchange(cat, peer, "later")
        exchange(cat, six, "later, over IPv6")
    finally:
        cat.close()


def refused(*words: str) -> Callable[[str, str, Coturn], None]:
    says, who = words[0], words[1:]

    def row(path: str, way: str, server: Coturn) -> None:
        cat = open_cat(path, way, server, *who)
        try:
            cat.hear(says)
        finally:
            cat.close()
    return row


def rest(path: str, way: str, server: Coturn) -> None:
    """name = time:user, password = base64 HMAC-SHA1(secret, name)."""
    name = f"{int(time.time()) + 600}:{USER}"
    mac = hmac.new(SECRET.encode(), name.encode(), hashlib.sha1).digest()
    refused("relayed ", name, base64.b64encode(mac).decode())(
        path, way, server)


def quota(path: str, way: str, server: Coturn) -> None:
    first = open_cat(path, way, server)
    try:
        first.hear("relayed ")
        refused("over ELIMIT 486")(path, way, server)
        first.tell("close")
        first.hear("over ECLOSED")
    finally:
        first.close()


def six(path: str, way: str, server: Coturn) -> None:
    cat, peer = open_cat(path, way, server, USER, PASSWORD, "6"), Peer("::1")
    try:
        cat.hear("relayed [::1]:")
        exchange(cat, peer, "over IPv6")
        cat.tell(f"bind {peer.at}")
        time.sleep(0.3)
        exchange(cat, peer, "by channel")
        cat.tell(f"peer {Peer().at}")
        cat.hear("refused ENOTSUP")
    finally:
        cat.close()


def both(path: str, way: str, server: Coturn) -> None:
    """Two addresses of one allocation, each for its own family."""
    cat = open_cat(path, way, server)
    try:
        line = cat.hear("relayed 127.0.0.1:")
        if " also [::1]:" not in line:
            raise Wrong(f"{line}: no address of IPv6 beside it")
        for peer in (Peer(), Peer("::1")):
            exchange(cat, peer, "by permission")
            cat.tell(f"bind {peer.at}")
            time.sleep(0.3)
            exchange(cat, peer, "by channel")
        cat.tell("close")
        cat.hear("over ECLOSED")
    finally:
        cat.close()


def alone(has: str, lacks: str) -> Callable[[str, str, Coturn], None]:
    """A server that has addresses of one family."""
    def row(path: str, way: str, server: Coturn) -> None:
        cat = open_cat(path, way, server)
        try:
            if " also " in cat.hear("relayed "):
                raise Wrong("two addresses, of a server that has one")
            exchange(cat, Peer(has), "of its family")
            cat.tell(f"peer {Peer(lacks).at}")
            cat.hear("refused ENOTSUP")
        finally:
            cat.close()
    return row


LONG = ("-a", "-u", f"{USER}:{PASSWORD}")
EVERY = ("udp", "tcp", "tls")
ROWS: list[tuple[str, tuple[str, ...], tuple[str, ...],
                 Callable[[str, str, Coturn], None], bool]] = [
    ("all of it", LONG, EVERY, whole, True),
    ("wrong password", LONG, EVERY,
     refused("over EAUTH 401", USER, "rabbit"), True),
    ("unknown user", LONG, ("udp",),
     refused("over EAUTH 401", "bob", PASSWORD), False),
    ("IPv6", LONG, ("udp", "tls"), six, False),
    ("both families", LONG, EVERY, both, True),
    ("IPv4 alone", (*LONG, "-E", "127.0.0.1"), ("udp",),
     alone("127.0.0.1", "::1"), False),
    ("IPv6 alone", (*LONG, "-E", "::1"), ("udp",),
     alone("::1", "127.0.0.1"), False),
    ("a stale nonce", (*LONG, "--stale-nonce=1"), EVERY, stale, False),
    ("refresh", (*LONG, "--max-allocate-lifetime=4"), ("udp", "tcp"), refresh,
     False),
    ("REST", ("--use-auth-secret", "--static-auth-secret", SECRET), ("udp",),
     rest, True),
    ("over quota", (*LONG, "--user-quota=1"), ("udp",), quota, False),
]


def make_certificate(home: Path) -> None:
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
         "ec_paramgen_curve:P-256", "-nodes", "-keyout", "key.pem", "-out",
         "cert.pem", "-subj", "/CN=turn"], cwd=home, check=True,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def run(home: Path, path: str, short: bool) -> list[bool]:
    good: list[bool] = []
    chosen = [row for row in ROWS if row[4] or not short]
    for words, rows in itertools.groupby(chosen, lambda row: row[1]):
        server = Coturn(home, *words)
        for name, way, row in [(r[0], w, r[3]) for r in rows for w in r[2]]:
            try:
                row(path, way, server)
                good.append(True)
            except Wrong as why:
                good.append(False)
                print(f"FAILED: {name} over {way}: {why}", flush=True)
            else:
                print(f"good: {name} over {way}", flush=True)
        server.close()
    return good


def main() -> int:
    short, path = "--short" in sys.argv, str(Path(sys.argv[-1]).resolve())
    for tool in ("turnserver", "openssl"):
        if not shutil.which(tool):
            print(f"turn: skipped: no {tool} here")
            return 0
    with tempfile.TemporaryDirectory(prefix="nat-turn-") as home:
        make_certificate(Path(home))
        good = run(Path(home), path, short)
    print(f"turn: {sum(good)} of {len(good)} good")
    return 0 if all(good) else 1


if __name__ == "__main__":
    sys.exit(main())
