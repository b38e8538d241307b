#!/usr/bin/env python3
"""A STUN server that wants to know who asks (RFC 8489 9.2), written from the RFC.

usage: stun_server.py MANNER [USER PASSWORD]

    old       MD5 and SHA-1, as RFC 5389 has it
    new       SHA-256, names of users hidden, a nonce that says so
    md5       PASSWORD-ALGORITHMS with MD5 alone
    stale     new, and each first nonce is stale
    stripped  new, but somebody has taken PASSWORD-ALGORITHMS out
    forged    new, but what it answers is signed with another key
    mute      old, but says 401 for ever

It prints where it is, and who has asked.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import socket
import struct
import sys

MAGIC = b"\x21\x12\xa4\x42"
REALM = b"example.org"
MD5, SHA256 = 1, 2
Attrs = dict[int, bytes]


def attribute(code: int, value: bytes) -> bytes:
    return struct.pack("!HH", code, len(value)) + value + bytes(
        -len(value) % 4)


def message(kind: int, ident: bytes, body: bytes) -> bytes:
    return struct.pack("!HH", kind, len(body)) + MAGIC + ident + body


def read(data: bytes) -> tuple[Attrs, dict[int, int]]:
    found: Attrs = {}
    places: dict[int, int] = {}
    at = 20
    while at + 4 <= len(data):
        code, n = struct.unpack_from("!HH", data, at)
        found.setdefault(code, data[at + 4:at + 4 + n])
        places.setdefault(code, at)
        at += 4 + n + -n % 4
    return found, places


def integrity(before: bytes, key: bytes, strong: bool) -> bytes:
    size, name = (32, "sha256") if strong else (20, "sha1")
    text = before[:2] + struct.pack("!H", len(before) - 20 + 4 + size)
    return hmac.new(key, text + before[4:], name).digest()


def sign(text: bytes, key: bytes, strong: bool) -> bytes:
    value = attribute(0x1C if strong else 8, integrity(text, key, strong))
    n = len(text) - 20 + len(value)
    return text[:2] + struct.pack("!H", n) + text[4:] + value


def algorithm_list(*codes: int) -> bytes:
    return b"".join(struct.pack("!HH", code, 0) for code in codes)


class Server:
    def __init__(self, manner: str, user: bytes, password: bytes) -> None:
        self.manner, self.user, self.password = manner, user, password
        self.offers = {"old": b"", "mute": b"", "stripped": b"",
                       "md5": algorithm_list(MD5)}.get(
                           manner, algorithm_list(9, SHA256, MD5))
        bits = {"old": "", "mute": "", "md5": "gAAA"}.get(manner, "wAAA")
        cookie = f"obMatJos2{bits}" if bits else ""
        self.nonces = [(cookie + os.urandom(8).hex()).encode()
                       for _ in range(2)]
        self.now = 0  # which nonce is good
        self.algorithm = MD5 if manner in ("old", "mute", "md5") else SHA256

    def key(self) -> bytes:
        text = b":".join((self.user, REALM, self.password))
        make = hashlib.md5 if self.algorithm == MD5 else hashlib.sha256
        return make(text).digest()

    def question(self, ident: bytes, error: int) -> bytes:
        body = attribute(9, bytes((0, 0, error // 100, error % 100)))
        body += attribute(0x14, REALM)
        body += attribute(0x15, self.nonces[self.now])
        if self.offers:
            body += attribute(0x8002, self.offers)
        return message(0x0111, ident, body)

    def is_known(self, found: Attrs) -> bool:
        if self.nonces[0].startswith(b"obMatJos2w"):
            hidden = hashlib.sha256(self.user + b":" + REALM).digest()
            return found.get(0x1E) == hidden and 6 not in found
        return found.get(6) == self.user and 0x1E not in found

    def is_signed(self, data: bytes, found: Attrs,
                  places: dict[int, int]) -> bool:
        strong = bool(self.offers)
        code = 0x1C if strong else 8
        if code not in found or (8 if strong else 0x1C) in found:
            return False
        if strong and (found.get(0x8002) != self.offers or found.get(0x1D)
                       != struct.pack("!HH", self.algorithm, 0)):
            return False
        before = data[:places[code]]
        return found[code] == integrity(before, self.key(), strong)

    def answer(self, data: bytes, peer: tuple[str, int]) -> bytes | None:
        ident = data[8:20]
        found, places = read(data)
        if self.manner == "mute" or not {8, 0x1C} & found.keys():
            return self.question(ident, 401)
        if not self.is_known(found) or not self.is_signed(data, found, places):
            print("refused", sorted(map(hex, found)), flush=True)
            return self.question(ident, 401)
        if self.manner == "stale" and self.now == 0:
            self.now = 1
        if found[0x15] != self.nonces[self.now]:
            return self.question(ident, 438)
        print("knows", self.user.decode(), flush=True)
        ip = bytes(a ^ b for a, b in zip(socket.inet_aton(peer[0]), MAGIC))
        body = struct.pack("!HH", 1, peer[1] ^ 0x2112) + ip
        text = message(0x0101, ident, attribute(0x20, body))
        key = b"another" if self.manner == "forged" else self.key()
        return sign(text, key, bool(self.offers))


def main() -> None:
    manner, *who = sys.argv[1:]
    user, password = (who or ["ada", "lovelace"])[:2]
    server = Server(manner, user.encode(), password.encode())
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.bind(("127.0.0.1", 0))
    print("ready on {}:{}".format(*sock.getsockname()), flush=True)
    while True:
        data, peer = sock.recvfrom(2048)
        if len(data) >= 20 and data[:2] == b"\0\1" and data[4:8] == MAGIC:
            said = server.answer(data, peer)
            if said:
                sock.sendto(said, peer)


if __name__ == "__main__":
    main()
