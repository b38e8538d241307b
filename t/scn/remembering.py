#!/usr/bin/env python3
"""Asks trackers that remember their members elsewhere.

    join PORT NAME...     registers members of one group, from addresses of their own
    known PORT NAME...    they are in its list, and nobody else but who asks
    unknown PORT NAME...  none of them is
    soon PORT NAME...     they are, within a while
    damage FILE           one bit of its first record is another one
"""

from __future__ import annotations

import socket
import sys
import time
import zlib
from collections.abc import Callable
from pathlib import Path

PATIENCE = 10.0
HEAD = 14  # bytes of a journal before its first record


class Wrong(Exception):
    """It does not remember as it should."""


def ask(port: int, name: str, group: str = "kept") -> list[str]:
    """Registers a member, whose LAN field all can see."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        host = f"127.0.8.{zlib.crc32(name.encode()) % 250 + 1}"
        sock.bind((host, 0))
        sock.settimeout(PATIENCE / 5)
        request = f"//51pwn/P2P&E2E/{group}/0/lan-{name}".encode()
        for _ in range(5):
            sock.sendto(request, ("127.0.0.1", port))
            try:
                return sock.recv(65536).decode().split("\n")
            except TimeoutError:
                continue
    raise Wrong(f"no answer to {name}")


def names(port: int) -> set[str]:
    said = {line.partition(",lan-")[2] for line in ask(port, "who-asks")}
    return said - {"who-asks"}


def do_join(port: int, *who: str) -> None:
    for name in who:
        ask(port, name)


def do_known(port: int, *who: str) -> None:
    if (got := names(port)) != set(who):
        raise Wrong(f"{sorted(got)}, not {sorted(who)}")


def do_unknown(port: int, *who: str) -> None:
    if got := names(port) & set(who):
        raise Wrong(f"{sorted(got)} are known")


def do_soon(port: int, *who: str) -> None:
    end = time.monotonic() + PATIENCE
    while not set(who) <= names(port):
        if time.monotonic() > end:
            raise Wrong(f"not all of {who} come")
        time.sleep(0.1)


def do_damage(file: Path) -> None:
    text = bytearray(file.read_bytes())
    text[HEAD + 20] ^= 4
    file.write_bytes(text)


PORTS: dict[str, Callable[..., None]] = {
    "join": do_join, "known": do_known, "unknown": do_unknown, "soon": do_soon,
}


def main() -> int:
    word, at, *rest = sys.argv[1:]
    try:
        if word == "damage":
            do_damage(Path(at))
        else:
            PORTS[word](int(at), *rest)
    except (Wrong, OSError) as why:
        print(f"{word}: {why}")
        return 1
    print(f"{word}: good")
    return 0


if __name__ == "__main__":
    sys.exit(main())
