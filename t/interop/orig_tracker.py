#!/usr/bin/env python3
"""A tracker that answers as the original's G3 program does (three fields alone, no
cookie, nothing else), rebuilt from the description of its protocol. It prints
where it is, and each registration.
"""

from __future__ import annotations

import socket

JOIN = b"//51pwn/P2P&E2E/"


def answer(groups: dict[bytes, bytes], data: bytes, at: bytes) -> bytes | None:
    if data == b"//nat":
        return at
    if data == b"//tcksvr":
        return b"51pwn.com:43283"
    if not data.startswith(JOIN):
        return None
    parts = data[len(JOIN):].split(b"/")
    if len(parts) != 3:
        return None
    record = (at if parts[1] == b"0" else parts[1]) + b"," + parts[2]
    known = groups.get(parts[0], b"")
    if known:
        known = record + b"\n" + known.replace(record, b"")
    groups[parts[0]] = (known or record).replace(b"\n\n", b"\n")
    print("registered", record.decode(), flush=True)
    return groups[parts[0]]


def main() -> None:
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.bind(("127.0.0.1", 0))
    print("ready on {}:{}".format(*sock.getsockname()), flush=True)
    groups: dict[bytes, bytes] = {}
    while True:
        data, peer = sock.recvfrom(1500)
        said = answer(groups, data, "{}:{}".format(*peer).encode())
        if said is not None:
            sock.sendto(said, peer)


if __name__ == "__main__":
    main()
