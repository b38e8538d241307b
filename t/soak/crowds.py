"""Many visitors at once, many one after another, and strangers among them."""

from __future__ import annotations

import select
import socket
import subprocess
import time
from contextlib import ExitStack, closing, suppress

from pair import SETTLED, Pair, descriptors, own_memory
from pair import round_trip, until, visit
from programs import BUILD, Trouble

CROWD = 9900
WARM = 100
MILLION = 1_000_000
AT_ONCE = 8
STRANGERS = 600
HOMES = 30  # addresses that they come from
GONE = 12.0  # seconds until the last of them is
QUIET = 4.0  # seconds of visits that tell the usual
SAY = (b"", b"GET / HTTP/1.1\r\n\r\n", b'{"command":"hel', b"\x16\x03\x01")


def crowd(pair: Pair) -> str:
    relay, client, _, port = pair.both()
    both = (relay, client)
    with ExitStack() as stack:
        visitors = [come(stack, port) for _ in range(WARM)]
        time.sleep(SETTLED)
        before = [own_memory(p) for p in both]
        visitors += [come(stack, port) for _ in range(CROWD - WARM)]
        time.sleep(SETTLED)
        more = CROWD - WARM
        each = [(own_memory(p) - b) / more for p, b in zip(both, before)]
        for i, visitor in enumerate(visitors):
            round_trip(visitor, b"number %d" % i)
        held = [descriptors(p) for p in both]
    for p in both:
        until(lambda: descriptors(p) < 100, 20, "descriptors given back")
    return (
        f"{CROWD} visitors echo; bytes of each idle one: relay {each[0]:.0f},"
        f" client {each[1]:.0f}; descriptors {held[0]} and {held[1]}"
    )


def come(stack: ExitStack, port: int) -> socket.socket:
    visitor = stack.enter_context(closing(visit(port)))
    round_trip(visitor, b"hello")
    return visitor


def dial(port: int, count: int) -> None:
    argv = [BUILD / "flow", "dial", str(port), str(count), str(AT_ONCE)]
    done = subprocess.run(argv, capture_output=True, text=True)
    if done.returncode:
        raise Trouble(f"a visitor was lost: {done.stderr.strip()}")


def million(pair: Pair) -> str:
    relay, client, _, port = pair.both()
    both = (relay, client)
    dial(port, MILLION // 100)
    time.sleep(SETTLED)
    before = [(own_memory(p), descriptors(p)) for p in both]
    start = time.monotonic()
    dial(port, MILLION)
    took = time.monotonic() - start
    time.sleep(SETTLED)
    after = [(own_memory(p), descriptors(p)) for p in both]
    grown = [a[0] - b[0] for a, b in zip(after, before)]
    fds = [a[1] - b[1] for a, b in zip(after, before)]
    if max(grown) > 65536 or max(fds) > AT_ONCE:
        raise Trouble(f"leaked: {grown} bytes, {fds} descriptors")
    return (
        f"{MILLION} visitors, {MILLION / took:.0f}/s; grown since the first"
        f" {MILLION // 100}: bytes {grown}, descriptors {fds}"
    )


# ---- strangers ----


def latencies(port: int, seconds: float) -> list[float]:
    """Of visits one after another: connect, a round trip, close."""
    found, end = [], time.monotonic() + seconds
    while (start := time.monotonic()) < end:
        with visit(port) as visitor:
            round_trip(visitor, b"x")
        found.append(time.monotonic() - start)
        time.sleep(0.002)
    return sorted(found)


def p99(found: list[float]) -> float:
    return found[len(found) * 99 // 100] * 1000


def stranger(i: int, port: int) -> socket.socket:
    home = (f"127.0.1.{1 + i % HOMES}", 0)
    one = socket.create_connection(("127.0.0.1", port), 5, home)
    with suppress(OSError):
        one.sendall(SAY[i % len(SAY)])
    one.setblocking(False)
    return one


def left(strangers: list[socket.socket]) -> list[socket.socket]:
    """Those that are not closed yet."""
    poll = select.poll()
    by_fd = {one.fileno(): one for one in strangers}
    for fd in by_fd:
        poll.register(fd, select.POLLIN)
    for fd, _ in poll.poll(0):
        with suppress(BlockingIOError):
            gone = b"x"
            with suppress(ConnectionError):
                while gone:
                    gone = by_fd[fd].recv(4096)
            by_fd.pop(fd).close()
    return list(by_fd.values())


def strangers(pair: Pair) -> str:
    _, _, control, port = pair.both()
    latencies(port, 1)
    usual = latencies(port, QUIET)
    start = time.monotonic()
    there = [stranger(i, control) for i in range(STRANGERS)]
    meanwhile: list[float] = []
    while there and time.monotonic() - start < 2 * GONE:
        meanwhile += latencies(port, 0.5)
        there = left(there)
    took = time.monotonic() - start
    quiet, busy = p99(usual), p99(sorted(meanwhile))
    if there or took > GONE:
        raise Trouble(f"{len(there)} strangers are there after {took:.1f} s")
    return (
        f"{STRANGERS} strangers gone in {took:.1f} s; p99 of visits"
        f" {busy:.2f} ms, {busy / quiet:.2f} x the quiet {quiet:.2f} ms"
    )
