"""Relay or client killed, and a link that goes up and down."""

from __future__ import annotations

import os
import secrets
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager, suppress

from pair import Pair, descriptors, published, round_trip, served, until, visit
from programs import BUILD, Program, Trouble, free_port

CLIENTS = 100
EACH = 10  # visitors of each
DOWN = (0.0, 3.0, 10.0)  # seconds that the relay stays away
BACK = 5.0  # seconds after its restart
FLAPS = 50
LONG = 5.0  # seconds that each tenth flap lasts, the others less than one
SPARES_GO = 15.0  # seconds until parked connections are as few as before
RANGE = ("--ports", "30000-32000")


def kill(program: Program) -> None:
    os.kill(program.child.pid, signal.SIGKILL)
    program.child.wait()


def relay_killed(pair: Pair) -> str:
    port, service, took = free_port(), pair.echo(), []
    relay = pair.relay(port, "--max-visitors-address", 0, *RANGE)
    clients = [
        pair.client(port, "--name", f"c{i}", f"x=tcp:{service}")
        for i in range(CLIENTS)
    ]
    ports = [published(client, "x") for client in clients]
    for down in DOWN:
        with ExitStack() as stack:
            crowd = [
                stack.enter_context(closing(visit(p)))
                for p in ports * EACH
            ]
            for visitor in crowd:
                round_trip(visitor, b"here")
            kill(relay)
            time.sleep(down)
            relay = pair.relay(port, "--max-visitors-address", 0, *RANGE)
            took.append(all_served(ports, BACK))
    said = ", ".join(f"{t:.1f} s" for t in took)
    return (
        f"{CLIENTS} clients, {CLIENTS * EACH} visitors; all served again"
        f" {said} after a restart that took {', '.join(map(str, DOWN))} s"
    )


def all_served(ports: list[int], patience: float) -> float:
    start = time.monotonic()
    for port in ports:
        rest = patience - (time.monotonic() - start)
        until(lambda: served(port), rest, f"port {port} served again")
    return time.monotonic() - start


def client_killed(pair: Pair) -> str:
    """Its successor, of the same name, has its port at once."""
    port, service = free_port(), pair.echo()
    pair.relay(port)
    words = ("--name", "one", f"x=tcp:{service}")
    client, took = pair.client(port, *words), []
    public = published(client, "x")
    for _ in range(10):
        kill(client)
        start = time.monotonic()
        client = pair.client(port, *words)
        if published(client, "x") != public:
            raise Trouble("the successor has another port")
        until(lambda: served(public), BACK, "served by the successor")
        took.append(time.monotonic() - start)
    return f"10 successors; port {public} served within {max(took):.2f} s"


# ---- a link that goes up and down ----


def ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True, capture_output=True)


@contextmanager
def link() -> Iterator[tuple[str, str]]:
    """A namespace at 10.99.0.2 and our end of its link, at 10.99.0.1."""
    tag = secrets.token_hex(3)
    space, ours, theirs = f"soak{tag}", f"so{tag}a", f"so{tag}b"
    ip("netns", "add", space)
    try:
        ip("link", "add", ours, "type", "veth", "peer", "name", theirs)
        ip("link", "set", theirs, "netns", space)
        ip("addr", "add", "10.99.0.1/24", "dev", ours)
        ip("link", "set", ours, "up")
        inside = ("-n", space)
        ip(*inside, "addr", "add", "10.99.0.2/24", "dev", theirs)
        ip(*inside, "link", "set", theirs, "up")
        ip(*inside, "link", "set", "lo", "up")
        yield space, ours
    finally:
        ip("netns", "del", space)


def flaps(pair: Pair) -> str:
    """The client is behind the link; visitors come through it all."""
    if os.geteuid():
        return "skipped: only root can make a link"
    port = free_port()
    with link() as (space, ours):
        relay = pair.relay(port, *RANGE, host="10.99.0.1")
        inside = ("ip", "netns", "exec", space)
        service = pair.run(*inside, BUILD / "flow", "echo")
        target = int(service.wait_out(r"^(\d+)\n"))
        client = pair.run(
            *(*inside, pair.nat, "client", "--relay", f"10.99.0.1:{port}"),
            *(*pair.common(), f"x=tcp:{target}"),
        )
        public = published(client, "x")
        before = settled(relay, client, public)
        took = []
        for i in range(FLAPS):
            with suppress(OSError), visit(public, 1, "10.99.0.1") as visitor:
                visitor.sendall(b"on the way")
                ip("link", "set", ours, "down")
                time.sleep(LONG if i % 10 == 9 else 0.1 * (i % 10))
                ip("link", "set", ours, "up")
            took.append(until(lambda: back(public), 30, f"flap {i}: served"))
        after = settled(relay, client, public)
        pair.stop()
    if max(a - b for a, b in zip(after, before)) > 0:
        raise Trouble(f"descriptors {before} before, {after} after")
    return (
        f"{FLAPS} flaps; served again within {max(took):.1f} s, half within"
        f" {sorted(took)[FLAPS // 2]:.1f} s; descriptors {before} before,"
        f" {after} after"
    )


def back(port: int) -> bool:
    return served(port, "10.99.0.1")


def settled(relay: Program, client: Program, port: int) -> list[int]:
    """Descriptors once visits are over and spares are parked."""
    until(lambda: back(port), 10, "served")
    time.sleep(SPARES_GO)
    return [descriptors(relay), descriptors(client)]
