"""Strangers at a control port: many connections that say nothing, nonsense, half
of something or too little; each notes when it was closed.
"""

from __future__ import annotations

import asyncio
import ssl
from contextlib import suppress
from typing import Any

from script import Args, Failed
from world import World

HOST = "127.0.0.1"
HOMES = 30  # addresses that they come from
DRIBBLE = 0.5  # seconds between two bytes
HELLO = (
    b'{"command":"hello","version":2,"name":"mallory",'
    b'"instance":"00112233445566778899aabbccddeeff",'
    b'"nonce":"ffeeddccbbaa99887766554433221100"}\n'
)
SAY = (
    b"",
    b"GET / HTTP/1.1\r\nHost: relay\r\n\r\n",
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(64),
    b'{"command":"hel',
    HELLO,
    b'{"outId":"00112233445566778899aabbccddeeff",',
    b"{" + b" " * 3000,
)


def client_hello() -> bytes:
    """As OpenSSL says it."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    heard, said = ssl.MemoryBIO(), ssl.MemoryBIO()
    with suppress(ssl.SSLWantReadError):
        context.wrap_bio(heard, said, server_hostname="relay").do_handshake()
    return said.read()


def say_tls() -> tuple[bytes, ...]:
    """Whole ones, which then say nothing more, and others."""
    hello = client_hello()
    return (
        hello,
        hello[:40],
        hello + b"\x16\x03\x03\x00\x10" + bytes(16),
        hello[:3] + b"\xff\xff" + hello[5:],
        hello[:9] + bytes(len(hello) - 9),
        hello[:1],
    )


class Stranger(asyncio.Protocol):
    def __init__(self, number: int, say: tuple[bytes, ...]) -> None:
        """Number 0 and others say nothing."""
        self.say = say[number % len(say)]
        self.dribbles = number % (2 * len(say)) == 3  # half of the halves
        self.took = 0.0  # seconds until it was closed
        self.open = False
        self.transport: Any = None
        self._loop = asyncio.get_running_loop()
        self._since = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport
        self.open = True
        self._since = self._loop.time()
        self.transport.write(self.say)
        if self.dribbles:
            self._loop.call_later(DRIBBLE, self._dribble)

    def _dribble(self) -> None:
        if self.open:
            self.transport.write(b" ")
            self._loop.call_later(DRIBBLE, self._dribble)

    def eof_received(self) -> None:
        """Closed by the relay: that is the end of it."""

    def connection_lost(self, exc: Exception | None) -> None:
        self.open = False
        self.took = self._loop.time() - self._since


class Strangers:
    def __init__(self, say: tuple[bytes, ...]) -> None:
        self.say = say
        self.all: list[Stranger] = []

    async def come(self, port: int, number: int, home: str) -> None:
        loop = asyncio.get_running_loop()
        with suppress(OSError):  # turned away before it could speak
            _, one = await loop.create_connection(
                lambda: Stranger(number, self.say), HOST, port, local_addr=(home, 0)
            )
            self.all.append(one)

    def close(self) -> None:
        for one in self.all:
            one.transport.abort()


async def strangers(world: World, args: Args) -> None:
    count = int(args.next("a count"))
    kind = args.next_is("silent", "tls")
    args.need("to")
    port = int(args.next("a port"))
    home = args.clause("from")
    args.done()
    crowd = world.transports.setdefault("strangers", Strangers(SAY))
    crowd.say = say_tls() if kind == "tls" else SAY
    for i in range(count):
        from_ = home or f"127.0.1.{i % HOMES + 1}"
        await crowd.come(port, 0 if kind == "silent" else i, from_)


async def expect_gone(world: World, args: Args) -> None:
    """All of them, each so soon after it has come."""
    within = args.time("within", 12) * world.patience
    args.need("strangers")
    args.done()
    crowd = world.transports["strangers"]
    clock = asyncio.get_running_loop().time
    deadline = clock() + within
    while any(one.open for one in crowd.all) and clock() < deadline:
        world.check_nodes()
        await asyncio.sleep(0.05)
    late = [one for one in crowd.all if one.open or one.took > within]
    if late:
        raise Failed(f"{len(late)} strangers still there: {late[0].say!r}")
