"""Who talks: our tlscat, and other people's programs, each on a port of its own."""

from __future__ import annotations

import hashlib
import random
import re
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

HOST = "127.0.0.1"
PATIENCE = 40.0
_first = random.randrange(18000, 27000)
_ports = iter(range(_first, _first + 4000))
_lock = threading.Lock()


class Wrong(Exception):
    """A row is not as it should be; the text says how."""


class Absent(Exception):
    """A peer is not here."""


def free_port() -> int:
    with _lock:
        for port in _ports:
            with socket.socket() as probe, suppress(OSError):
                probe.bind((HOST, port))
                return port
    raise Wrong("no free port")


def listening(port: int) -> bool:
    """By /proc: a try would use up the one connection that is served."""
    form = re.compile(rf"^\s*\d+: \w+:{port:04X} \w+:0000 0A", re.M)
    tables = (Path("/proc/net/tcp"), Path("/proc/net/tcp6"))
    return any(form.search(t.read_text()) for t in tables if t.exists())


@dataclass
class Program:
    """A child whose output is kept; ended with the row."""

    argv: list[str]
    stdin: bytes | None = b""
    out: bytes = b""
    err: bytes = b""
    child: subprocess.Popen[bytes] = field(init=False)

    def __post_init__(self) -> None:
        if not shutil.which(self.argv[0]):
            raise Absent(f"no {Path(self.argv[0]).name} here")
        pipe = subprocess.PIPE
        self.child = subprocess.Popen(self.argv, stdin=pipe, stdout=pipe,
                                      stderr=pipe)
        self._threads = [
            threading.Thread(target=job, daemon=True)
            for job in (self._feed, self._hear_out, self._hear_err)
        ]
        for thread in self._threads:
            thread.start()

    def _feed(self) -> None:
        if self.stdin is None or not self.child.stdin:
            return
        with suppress(OSError):
            self.child.stdin.write(self.stdin)
            self.child.stdin.flush()

    def say(self, text: bytes) -> None:
        assert self.child.stdin
        with suppress(OSError):
            self.child.stdin.write(text)
            self.child.stdin.flush()

    def _hear_out(self) -> None:
        assert self.child.stdout
        while more := self.child.stdout.read1(1 << 16):  # type: ignore
            self.out += more

    def _hear_err(self) -> None:
        assert self.child.stderr
        while more := self.child.stderr.read1(1 << 16):  # type: ignore
            self.err += more

    def text(self) -> str:
        return (self.out + self.err).decode(errors="replace")

    def wait(self, patience: float = PATIENCE) -> int:
        try:
            status = self.child.wait(patience)
        except subprocess.TimeoutExpired:
            self.stop()
            raise Wrong(f"{Path(self.argv[0]).name} does not end:"
                        f" {self.text()[-300:]!r}") from None
        for thread in self._threads[1:]:
            thread.join(2)
        return status

    def wait_listening(self, port: int) -> None:
        deadline = time.monotonic() + PATIENCE
        while not listening(port):
            if self.child.poll() is not None or time.monotonic() > deadline:
                raise Wrong(f"{self.argv[0]} does not listen: {self.text()}")
            time.sleep(0.01)

    def stop(self) -> None:
        with suppress(OSError):
            self.child.kill()
        self.child.wait()
        for thread in self._threads:
            thread.join(2)
        for pipe in (self.child.stdin, self.child.stdout, self.child.stderr):
            with suppress(OSError):
                if pipe:
                    pipe.close()


@contextmanager
def running(argv: list[object], stdin: bytes | None = b"") -> Iterator[Program]:
    program = Program([str(word) for word in argv], stdin)
    try:
        yield program
    finally:
        program.stop()


# ---- our own ----


@dataclass
class Told:
    """What tlscat has printed of its connections."""

    opened: list[str]
    sent: list[tuple[int, str]]
    got: list[tuple[int, str]]
    ends: list[str]

    @staticmethod
    def of(text: str) -> Told:
        rows = re.findall(r"^sent (\d+) (\w+) got (\d+) (\w+) (.*)$", text,
                          re.M)
        return Told(
            re.findall(r"^open (.*)$", text, re.M),
            [(int(n), sha) for n, sha, *_ in rows],
            [(int(n), sha) for _, _, n, sha, _ in rows],
            [end for *_, end in rows],
        )


@contextmanager
def cat_server(cat: str, *settings: str) -> Iterator[tuple[Program, int]]:
    port = free_port()
    with running([cat, "server", f"{HOST}:{port}", *settings]) as p:
        p.wait_listening(port)
        yield p, port


def cat_client(cat: str, port: int, *settings: str) -> tuple[int, Told]:
    with running([cat, "client", f"{HOST}:{port}", *settings]) as p:
        status = p.wait()
        return status, told(p)


def told(p: Program) -> Told:
    found = Told.of(p.out.decode(errors="replace"))
    if not found.ends:
        raise Wrong(f"tlscat has said: {p.text()!r}")
    return found


# ---- checks ----


def sum_of(data: bytes) -> tuple[int, str]:
    return len(data), hashlib.sha256(data).hexdigest()


def check(good: bool, *what: object) -> None:
    if not good:
        raise Wrong(" ".join(map(str, what)))


def same(ours: object, theirs: object, what: str) -> None:
    check(ours == theirs, f"{what}: {ours!r}, not {theirs!r}")
