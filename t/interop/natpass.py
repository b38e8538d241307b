"""natpass - frames and messages of natpass as its programs write them, from the
description of the protocol alone; nothing here knows our code.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import struct
import time
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field

HANDSHAKE, KEEPALIVE, REQUEST, RESPONSE, DISCONNECT, FORWARD = range(1, 7)
RESIZE, SHELL_DATA = 10, 11
TCP, UDP, SHELL, VNC, BENCH, CODE = range(6)
PROOF_OF, ASKED, ANSWERED, DATA_OF, SIZE_OF, SHELL_OF = 10, 11, 12, 13, 20, 21
GENERATIONS = ("N5", "N6", "N7")


# ---- protobuf ----


def varint(value: int) -> bytes:
    value &= (1 << 64) - 1
    out = bytearray()
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    out.append(value)
    return bytes(out)


def number(field_no: int, value: int) -> bytes:
    return varint(field_no << 3) + varint(value) if value else b""


def text(field_no: int, value: bytes, always: bool = False) -> bytes:
    if not value and not always:
        return b""
    return varint(field_no << 3 | 2) + varint(len(value)) + value


def fields(data: bytes) -> Iterator[tuple[int, int | bytes]]:
    at = 0

    def read() -> int:
        nonlocal at
        shift = value = 0
        while True:
            byte = data[at]
            at += 1
            value |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                return value

    while at < len(data):
        tag = read()
        if tag & 7 == 0:
            yield tag >> 3, read()
        elif tag & 7 == 2:
            size = read()
            yield tag >> 3, data[at : at + size]
            at += size
        else:
            raise ValueError(f"wire type {tag & 7}")


# ---- messages ----


@dataclass
class Message:
    kind: int
    sender: bytes = b""
    to: bytes = b"server"
    link: bytes = b""
    sender_idx: int = 0
    to_idx: int = 0
    payload: int = 0
    body: bytes = b""
    others: list[tuple[int, int | bytes]] = field(default_factory=list)

    def encode(self) -> bytes:
        out = number(1, self.kind) + text(2, self.sender)
        out += number(3, self.sender_idx) + text(4, self.to)
        out += number(5, self.to_idx) + text(6, self.link)
        if self.payload:
            out += text(self.payload, self.body, always=True)
        return out

    def body_field(self, wanted: int) -> int | bytes:
        found: int | bytes = b""
        for field_no, value in fields(self.body):
            if field_no == wanted:
                found = value
        return found


    def frame(self) -> bytes:
        return frame(self.encode())


@dataclass
class Raw:
    """A message of which the envelope is known, and the rest stands as it came."""

    kind: int
    to: bytes
    to_idx: int
    link: bytes
    idxs: list[tuple[int, int]]
    rest: bytes

    def passed(self, sender: bytes, idx: int | None, to_idx: int | None) -> bytes:
        """By a server: who sends is overwritten; None: it knows no index."""
        known = dict(self.idxs)
        out = number(1, self.kind) + text(2, sender)
        out += number(3, known.get(3, 0) if idx is None else idx)
        out += text(4, self.to)
        out += number(5, known.get(5, 0) if to_idx is None else to_idx)
        return frame(out + text(6, self.link) + self.rest)


def decode_raw(data: bytes) -> Raw:
    m = Raw(0, b"", 0, b"", [], b"")
    for field_no, value in fields(data):
        if field_no == 1 and isinstance(value, int):
            m.kind = value
        elif field_no == 4 and isinstance(value, bytes):
            m.to = value
        elif field_no == 6 and isinstance(value, bytes):
            m.link = value
        elif field_no in (3, 5) and isinstance(value, int):
            m.idxs.append((field_no, value))
            m.to_idx = value if field_no == 5 else m.to_idx
        elif isinstance(value, int):
            m.rest += number(field_no, value)
        elif field_no != 2:
            m.rest += text(field_no, value, always=True)
    return m


NAMES = {1: "kind", 2: "sender", 3: "sender_idx", 4: "to", 5: "to_idx"}


def decode(data: bytes) -> Message:
    found = Message(0, to=b"")
    for field_no, value in fields(data):
        if field_no in NAMES:
            setattr(found, NAMES[field_no], value)
        elif field_no == 6 and isinstance(value, bytes):
            found.link = value
        elif isinstance(value, bytes):
            found.payload, found.body = field_no, value
        else:
            found.others.append((field_no, value))
    return found


def frame(payload: bytes) -> bytes:
    return struct.pack(">HI", len(payload), zlib.crc32(payload)) + payload


def proof(generation: str, secret: bytes, minutes: int = 0) -> bytes:
    if generation != "N7":
        return hashlib.md5(secret).digest()
    now = int(time.time()) // 60 + minutes
    return hmac.digest(secret, struct.pack(">Q", now), "sha512")


# ---- a connection ----


class Wire:
    """One connection of a client, or to one."""

    def __init__(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self.reader, self.writer = reader, writer
        self.me = b""
        self.idx = 0

    async def payload(self) -> bytes:
        head = await self.reader.readexactly(6)
        size, crc = struct.unpack(">HI", head)
        payload = await self.reader.readexactly(size)
        if zlib.crc32(payload) != crc:
            raise ValueError("CRC")
        return payload

    async def hear(self) -> Message:
        return decode(await self.payload())

    async def hear_raw(self) -> Raw:
        return decode_raw(await self.payload())

    async def say(self, message: Message) -> None:
        message.sender = message.sender or self.me
        message.sender_idx = message.sender_idx or self.idx
        self.writer.write(frame(message.encode()))
        await self.writer.drain()

    async def shake(
        self, generation: str, me: bytes, secret: bytes, idx: int
    ) -> None:
        self.me = me
        self.idx = idx if generation == "N5" else 0
        enc = text(1, proof(generation, secret))
        await self.say(Message(HANDSHAKE, payload=PROOF_OF, body=enc))
