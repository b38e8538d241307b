#!/usr/bin/env python3
"""Many RSA keys of 2048 bits at once, for simulations: each is the product of two of
a few primes, so they are no secret from one another.

usage: keys.py COUNT FILE       one PKCS #8 in base64 a line
"""

from __future__ import annotations

import base64
import itertools
import random
import sys
from pathlib import Path

SMALL = [p for p in range(3, 2000) if all(p % q for q in range(2, int(p**0.5) + 1))]
E = 65537


def is_prime(n: int, chance: random.Random) -> bool:
    if any(n % p == 0 for p in SMALL):
        return False
    odd, twos = n - 1, 0
    while odd % 2 == 0:
        odd, twos = odd // 2, twos + 1
    for _ in range(8):
        x = pow(chance.randrange(2, n - 1), odd, n)
        if x in (1, n - 1):
            continue
        for _ in range(twos - 1):
            x = x * x % n
            if x == n - 1:
                break
        else:
            return False
    return True


def prime(chance: random.Random) -> int:
    """Of 1024 bits, the two highest set, and none that e divides less one."""
    while True:
        p = chance.getrandbits(1024) | 3 << 1022 | 1
        if (p - 1) % E and is_prime(p, chance):
            return p


def der(tag: int, body: bytes) -> bytes:
    n = len(body)
    size = n.to_bytes((n.bit_length() + 7) // 8, "big")
    head = bytes([n]) if n < 128 else bytes([0x80 | len(size)]) + size
    return bytes([tag]) + head + body


def integer(n: int) -> bytes:
    return der(2, n.to_bytes(n.bit_length() // 8 + 1, "big"))


def pkcs8(p: int, q: int) -> bytes:
    p, q = max(p, q), min(p, q)
    d = pow(E, -1, (p - 1) * (q - 1))
    values = (0, p * q, E, d, p, q, d % (p - 1), d % (q - 1), pow(q, -1, p))
    inner = der(0x30, b"".join(map(integer, values)))
    rsa = bytes.fromhex("300d06092a864886f70d0101010500")
    return der(0x30, integer(0) + rsa + der(4, inner))


def main(count: int, path: str) -> None:
    chance, primes = random.Random(1), list[int]()
    while len(primes) * (len(primes) - 1) // 2 < count:
        primes.append(prime(chance))
    pairs = itertools.islice(itertools.combinations(primes, 2), count)
    text = "".join(base64.b64encode(pkcs8(p, q)).decode() + "\n" for p, q in pairs)
    Path(path).write_text(text, encoding="ascii")


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2])
