"""A relay, clients and an echo service, and what /proc says of them."""

from __future__ import annotations

import os
import re
import secrets
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from programs import BUILD, HOST, Program, Trouble, free_port

SETTLED = 5.0  # seconds after the last byte, when memory is looked at


@dataclass
class Pair:
    nat: str
    home: Path
    token: str = field(default_factory=lambda: secrets.token_hex(16))
    programs: list[Program] = field(default_factory=list)

    def run(self, *argv: object) -> Program:
        program = Program([str(word) for word in argv], self.home)
        self.programs.append(program)
        return program

    def echo(self) -> int:
        program = self.run(BUILD / "flow", "echo")
        return int(program.wait_out(r"^(\d+)\n"))

    def common(self) -> list[object]:
        return ["--token", self.token, "--state-dir", self.home]

    def relay(self, port: int, *more: object, host: str = HOST) -> Program:
        where = f"{host}:{port}"
        relay = self.run(
            *(self.nat, "relay", "--listen", where, *self.common(), *more)
        )
        relay.wait_err(rf"ready on ({re.escape(where)})")
        return relay

    def client(self, port: int, *more: object) -> Program:
        where = f"{HOST}:{port}"
        return self.run(
            *(self.nat, "client", "--relay", where, *self.common(), *more)
        )

    def both(self, *of_relay: object) -> tuple[Program, Program, int, int]:
        """Relay, client, the relay's port and the published one."""
        port = free_port()
        relay = self.relay(port, "--max-visitors-address", 0, *of_relay)
        most = ("--max-visitors", 10000)
        client = self.client(port, *most, f"x=tcp:{self.echo()}")
        return relay, client, port, published(client, "x")

    def stop(self) -> None:
        for program in reversed(self.programs):
            program.stop()


def published(client: Program, name: str) -> int:
    return int(client.wait_out(rf"(?m)^{name} tcp \S+:(\d+) -> "))


# ---- what /proc says ----


def own_memory(program: Program) -> int:
    """Bytes, RssAnon."""
    text = Path(f"/proc/{program.child.pid}/status").read_text()
    match = re.search(r"^RssAnon:\s+(\d+) kB", text, re.M)
    return int(match[1]) << 10 if match else 0


def descriptors(program: Program) -> int:
    return len(os.listdir(f"/proc/{program.child.pid}/fd"))


# ---- visitors ----


def visit(port: int, patience: float = 10, host: str = HOST) -> socket.socket:
    return socket.create_connection((host, port), patience)


def round_trip(visitor: socket.socket, text: bytes) -> None:
    visitor.sendall(text)
    got = b""
    while len(got) < len(text):
        more = visitor.recv(len(text) - len(got))
        if not more:
            raise Trouble(f"closed after {len(got)} bytes of {len(text)}")
        got += more
    if got != text:
        raise Trouble("other bytes came back")


def served(port: int, host: str = HOST) -> bool:
    try:
        with visit(port, 1, host) as visitor:
            round_trip(visitor, b"served?")
    except (OSError, Trouble):
        return False
    return True


def until(true: Callable[[], bool], patience: float, what: str) -> float:
    """Seconds until it was true."""
    start = time.monotonic()
    while not true():
        if time.monotonic() - start > patience:
            raise Trouble(f"{what}: not within {patience:g} s")
        time.sleep(0.02)
    return time.monotonic() - start
