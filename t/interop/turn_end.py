#!/usr/bin/env python3
"""All allocations of a coturn are ended by its console, as an administrator does.

usage: turn_end.py PORT PASSWORD    how many there were
"""

from __future__ import annotations

import re
import socket
import sys


def ask(s: socket.socket, line: str) -> str:
    """What it says to that, up to where it wants more."""
    s.sendall(line.encode() + b"\r\n")
    said = b""
    while not said.endswith(b"> "):
        more = s.recv(65536)
        if not more:
            raise SystemExit("the console is closed")
        said += more
    return said.decode(errors="replace")


def main() -> None:
    with socket.create_connection(("127.0.0.1", int(sys.argv[1])), 5) as s:
        s.settimeout(5)
        ask(s, sys.argv[2])
        ids = re.findall(r"id=(\d+)", ask(s, "ps"))
        for session in ids:
            ask(s, f"cs {session}")
    print(len(ids), "ended")


if __name__ == "__main__":
    main()
