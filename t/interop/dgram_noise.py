#!/usr/bin/env python3
"""A stranger at the relay's UDP port: garbage, and carriers with wrong macs of
flow numbers near those that are in use. Prints how many answers came.
"""

from __future__ import annotations

import argparse
import random
import socket


def noise(rng: random.Random) -> bytes:
    kind = rng.randrange(3)
    if kind == 0:
        return rng.randbytes(rng.randrange(40))
    flow = 0 if kind == 1 else rng.randrange(1 << 32)
    return flow.to_bytes(4, "big") + rng.randbytes(rng.choice([12, 20, 1000]))


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    args = parser.parse_args()
    rng = random.Random(5)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.settimeout(1)
        for _ in range(5000):
            sock.sendto(noise(rng), ("127.0.0.1", args.port))
        answers = 0
        try:
            while sock.recv(65536):
                answers += 1
        except TimeoutError:
            pass
    print(f"answers: {answers}")


if __name__ == "__main__":
    main()
