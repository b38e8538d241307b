#!/usr/bin/env python3
"""Measures what an idle visitor costs relay and client in memory.

The difference of RssAnon of each process over so many visitors, each of which
has had one small exchange, some seconds after the last byte (budget: 512 bytes
each). Nothing here fails by a number.
"""

from __future__ import annotations

import argparse
import resource
import socket
import sys
import time

from bench import BUILD, TOP, compile_tools, running, tunnel

SPARE = 64  # descriptors for other things
QUIET = 5.0  # seconds after the last byte
BUDGET = 512
BATCH = 100


def raise_limit() -> int:
    """All descriptors that we may have; children inherit it."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    return hard


def visit(port: int) -> socket.socket:
    return socket.create_connection(("127.0.0.1", port), 10)


def exchange(visitors: list[socket.socket]) -> None:
    for visitor in visitors:
        visitor.sendall(b"x")
    for visitor in visitors:
        if visitor.recv(1) != b"x":
            raise SystemExit("idle: a visitor was not served")


def gather(port: int, count: int) -> list[socket.socket]:
    visitors: list[socket.socket] = []
    while len(visitors) < count:
        some = min(BATCH, count - len(visitors))
        batch = [visit(port) for _ in range(some)]
        exchange(batch)
        visitors += batch
    return visitors


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--nat", default=str(TOP / "nat"))
    parser.add_argument("--visitors", type=int, default=2000)
    parser.add_argument("--quiet", type=float, default=QUIET, help="seconds")
    args = parser.parse_args()
    compile_tools()
    # relay and client hold two descriptors for each visitor
    count = min(args.visitors, (raise_limit() - SPARE) // 2)
    options = ["--max-visitors", str(count + SPARE)]
    with running([str(BUILD / "flow"), "echo"]) as echo:
        with tunnel(args.nat, int(echo.line()), options) as way:
            first = gather(way.port, 10)
            time.sleep(args.quiet)
            before = [program.memory() for program in way.middle]
            visitors = gather(way.port, count)
            time.sleep(args.quiet)
            after = [program.memory() for program in way.middle]
    print(f"idle visitors, {count} of them, {args.quiet:g} s after a byte")
    for name, was, now in zip(("relay", "client"), before, after):
        each = (now - was) / count
        print(
            f"  {name:8} {each:6.0f} bytes each (budget {BUDGET});"
            f" process {now >> 10} KiB"
        )
    for visitor in first + visitors:
        visitor.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
