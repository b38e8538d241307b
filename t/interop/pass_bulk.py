#!/usr/bin/env python3
"""Sends MIB MiB to an echo at PORT, in pieces of sizes at random, and reads them
back in such; both are compared by hash.

usage: pass_bulk.py PORT MIB [SEED]
"""

from __future__ import annotations

import hashlib
import random
import socket
import sys
import threading

SIZES = (1, 7, 100, 1400, 4096, 16384, 16385, 65535, 200000)


def send(sock: socket.socket, total: int, rng: random.Random) -> bytes:
    told = hashlib.sha256()
    block = rng.randbytes(1 << 20)
    left = total
    while left:
        size = min(left, rng.randint(1, rng.choice(SIZES)))
        at = rng.randrange(len(block) - size)
        told.update(block[at : at + size])
        sock.sendall(block[at : at + size])
        left -= size
    return told.digest()


def main() -> None:
    port, mib = int(sys.argv[1]), int(sys.argv[2])
    rng = random.Random(int(sys.argv[3]) if len(sys.argv) > 3 else 1)
    sock = socket.create_connection(("127.0.0.1", port))
    total, told = mib << 20, []
    sender = threading.Thread(
        target=lambda: told.append(send(sock, total, rng))
    )
    sender.start()
    heard, left = hashlib.sha256(), total
    reads = random.Random(2)
    while left and (data := sock.recv(reads.choice(SIZES))):
        heard.update(data)
        left -= len(data)
    sender.join()
    good = left == 0 and told == [heard.digest()]
    print(f"{mib} MiB: {'good' if good else f'bad, {left} bytes are missing'}")
    sys.exit(not good)


if __name__ == "__main__":
    main()
