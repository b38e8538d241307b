#!/usr/bin/env python3
"""Asks a name server of this machine: ask.py PORT NAME A|TXT

By UDP, three times at most, and by TCP when the answer is truncated (RFC 1035).
"""

from __future__ import annotations

import secrets
import socket
import struct
import sys

TYPES = {"A": 1, "TXT": 16}
TRUNCATED = 0x0200
HOST = "127.0.0.1"


def question(name: str, kind: int) -> bytes:
    labels = b"".join(bytes([len(p)]) + p.encode() for p in name.split("."))
    head = struct.pack(">6H", secrets.randbits(16), 0x0100, 1, 0, 0, 0)
    return head + labels + b"\0" + struct.pack(">2H", kind, 1)


def by_udp(port: int, query: bytes) -> bytes:
    with socket.socket(type=socket.SOCK_DGRAM) as asker:
        asker.settimeout(1)
        asker.connect((HOST, port))
        for _ in range(3):
            asker.send(query)
            try:
                return asker.recv(65535)
            except TimeoutError:
                continue
    raise SystemExit("ask: no answer")


def by_tcp(port: int, query: bytes) -> bytes:
    with socket.create_connection((HOST, port), 3) as asker:
        asker.sendall(struct.pack(">H", len(query)) + query)
        with asker.makefile("rb") as answer:
            (size,) = struct.unpack(">H", answer.read(2))
            return answer.read(size)


def shown(query: bytes, answer: bytes) -> str:
    """The first record; its name is a pointer to the question's."""
    number, flags, _, count = struct.unpack(">4H", answer[:8])
    if number != struct.unpack(">H", query[:2])[0]:
        return "another id"
    if flags & TRUNCATED:
        return "truncated"
    if flags & 15 or not count:
        return f"rcode {flags & 15}, {count} answers"
    record = answer[len(query) + 2 :]
    kind, _, _, size = struct.unpack(">2HIH", record[:10])
    data = record[10 : 10 + size]
    if kind == TYPES["A"]:
        return ".".join(map(str, data))
    return f"{len(data)} bytes, {data[1 : 1 + data[0]].decode()}"


def main() -> int:
    port, name, kind = sys.argv[1:]
    query = question(name, TYPES[kind])
    said = shown(query, by_udp(int(port), query))
    print(f"udp: {said}")
    if said == "truncated":
        print(f"tcp: {shown(query, by_tcp(int(port), query))}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
