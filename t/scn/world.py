"""What a running scenario knows: variables, processes, services, visitors."""

from __future__ import annotations

import asyncio
import random
import re
import secrets
import shlex
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from apart import Apart
from dgrams import Visitor
from names import NameServer
from proc import STOP_TIME, Node, Transcript
from script import Failed, fill
from serve import Service
from visit import Wire

TOP = Path(__file__).resolve().parents[2]
# Below what the kernel gives to outgoing connections: a port that a scenario
# names must not be taken by a visitor of another one.
PORTS = range(10000, 29000)
BLOCK = 8  # ports that a scenario takes at once
SERVING = ("relay", "client", "forward", "run", "tracker", "peer", "signal", "host", "join")

Answer = TypeVar("Answer")


@dataclass
class Product:
    """What is tested, asked once for all scenarios."""

    argv: list[str]  # the binary, behind what it is run by
    unconfined: bool
    parts: list[str]  # of MODULES

    @classmethod
    def of(cls, prefix: list[str], binary: Path) -> Product:
        said = subprocess.run([binary, "version"], stdout=subprocess.PIPE,
                              text=True, check=True).stdout
        there = said.partition(" with ")[2].strip()
        argv = [*prefix, str(binary)]
        return cls(argv, instrumented(argv), there.split(","))


class World:
    def __init__(
        self, product: Product, home: Path, patience: float
    ) -> None:
        self.product = product.argv
        self.unconfined = product.unconfined
        self.parts = product.parts
        self.home = home
        self.patience = patience  # factor of all waiting
        self.log = Transcript()
        self.nodes: dict[str, Node] = {}
        self.services: dict[str, Service | NameServer] = {}
        self.wires: dict[str, Wire] = {}
        self.transports: dict[str, asyncio.BaseTransport] = {}
        self.locks: list[socket.socket | None] = []
        self.senders: dict[str, Visitor] = {}
        self.apart: Apart | None = None
        self.scope = {
            "dir": str(home),
            "nat": product.argv[-1],
            "top": str(TOP),
            "token": secrets.token_hex(16),
        }

    # ---- waiting ----

    async def until(
        self, ask: Callable[[], Answer | None], within: float, what: str
    ) -> Answer:
        """Asks again at all news until there is an answer."""
        clock = asyncio.get_running_loop().time
        deadline = clock() + within * self.patience
        while True:
            self.log.news.clear()
            if (answer := ask()) is not None:
                return answer
            self.check_nodes()
            left = deadline - clock()
            if left <= 0:
                raise Failed(f"{what}: not seen within {within:g}s")
            waiting = asyncio.create_task(self.log.news.wait())
            await asyncio.wait([waiting], timeout=left)
            waiting.cancel()

    def check_nodes(self) -> None:
        for node in self.nodes.values():
            if fault := node.fault():
                raise Failed(fault)

    # ---- processes ----

    def unlock(self, text: str) -> str:
        """What serves keeps all its rights when something looks into it."""
        if not self.unconfined:
            return text
        nat = rf"(^nat|{re.escape(self.product[-1])}) ({'|'.join(SERVING)})\b"
        return re.sub(nat, r"\g<0> --no-sandbox", text)

    def command(self, text: str) -> list[str]:
        """The words of it; nat is the tested binary, python3 what runs us."""
        argv = shlex.split(self.unlock(text))
        if argv and argv[0] == "nat":
            argv[:1] = self.product
        if argv and argv[0] == "python3":
            argv[0] = sys.executable
        return argv

    def is_ours(self, argv: list[str]) -> bool:
        return argv[: len(self.product)] == self.product

    async def launch(
        self, name: str, argv: list[str], ours: bool, env: dict[str, str]
    ) -> Node:
        former = self.nodes.get(name)
        if former and not former.ended:
            raise Failed(f"{name} is still running")
        self.log.retire(name)
        node = self.nodes[name] = Node(name, self.log, ours)
        await node.start(argv, self.home, env)
        self.scope[f"{name}_pid"] = str(node.pid)
        return node

    def node(self, name: str) -> Node:
        if name not in self.nodes:
            raise Failed(f"no node {name}")
        return self.nodes[name]

    def wire(self, name: str) -> Wire:
        if name not in self.wires:
            raise Failed(f"no connection {name}")
        return self.wires[name]

    # ---- ports ----

    def free_ports(self, count: int) -> int:
        """The first of so many neighbouring ports, free and this scenario's own:
        no other that runs on this machine gets one of them."""
        for _ in range(200):
            first = random.choice(PORTS[::BLOCK])
            locks = [lock(b) for b in range(first, first + count, BLOCK)]
            if all(locks) and all(port_free(first + i) for i in range(count)):
                self.locks += locks
                return first
            for held in filter(None, locks):
                held.close()
        raise Failed(f"no {count} free ports in a row")

    def fill(self, text: str) -> str:
        return fill(text, self.scope)

    # ---- the end ----

    async def finish(self, stop_time: float = STOP_TIME) -> str | None:
        """Ends everything; the first thing that was wrong, or None."""
        for wire in self.wires.values():
            wire.abandon()
        for sender in self.senders.values():
            sender.transport.close()
        for transport in self.transports.values():
            transport.close()
        running = [n for n in self.nodes.values() if not n.ended]
        for node in running:
            node.may_end |= not node.ours
        faults = await asyncio.gather(
            *(n.finish(stop_time * self.patience) for n in self.nodes.values())
        )
        for service in self.services.values():
            await service.stop()
        if self.apart:
            self.apart.end()
        return next((fault for fault in faults if fault), None)


def instrumented(product: list[str]) -> bool:
    """A sanitizer, gcov and valgrind do what no server needs: they trace the
    process, and they write files when it ends."""
    binary = Path(product[-1]).read_bytes()
    marks = (b"__asan_init", b"libgcov")
    return len(product) > 1 or any(mark in binary for mark in marks)


def lock(block: int) -> socket.socket | None:
    """Held as long as it is open; the kernel forgets it with the process."""
    held = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    try:
        held.bind(f"\0nat-scn-{block}")
    except OSError:
        held.close()
        return None
    return held


def port_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("", port))
        except OSError:
            return False
    return True


def signal_number(name: str) -> int:
    try:
        return signal.Signals[f"SIG{name}"]
    except KeyError:
        raise Failed(f"no signal {name}") from None
