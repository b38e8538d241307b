"""Sample services that scenarios publish.

    echo             sends back what comes; at end of input ends its output
    greet TEXT       says TEXT first, then echoes
    sink             counts; at end of input says "BYTES SHA256\\n" and ends
    source SIZE      sends SIZE bytes of the pattern, then ends; reads on
    reset            resets the connection after the first bytes
    hangup           closes as soon as somebody connects
    mute             takes bytes and never answers
    refuse           a port where nothing listens, held so that nobody takes it

Each connection is told in the transcript: open, end after N, reset after N.
"""

from __future__ import annotations

import asyncio
import hashlib
import random
import socket
import struct
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress

from proc import Transcript
from script import Args, Failed, size, unescape

CHUNK = 1 << 18
BACKLOG = 4096
# A length without common factors with buffers, so that displaced bytes show.
BLOCK = random.Random(7).randbytes((1 << 20) + 7919)


async def bytes_of(total: int) -> AsyncIterator[bytes]:
    """The pattern, total bytes of it, in pieces."""
    while total > 0:
        piece = BLOCK[: min(total, len(BLOCK))]
        yield piece
        total -= len(piece)


def pattern_hash(total: int) -> str:
    whole, rest = divmod(total, len(BLOCK))
    digest = hashlib.sha256()
    for _ in range(whole):
        digest.update(BLOCK)
    digest.update(BLOCK[:rest])
    return digest.hexdigest()


def make_reset(transport: asyncio.WriteTransport) -> None:
    """Ends the connection by RST, whatever is on its way."""
    linger = struct.pack("ii", 1, 0)
    sock = transport.get_extra_info("socket")
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
    transport.abort()


class Visit:
    """One connection to a service."""

    def __init__(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self.reader = reader
        self.writer = writer
        self.got = 0

    async def read(self) -> bytes:
        data = await self.reader.read(CHUNK)
        self.got += len(data)
        return data

    async def send(self, data: bytes) -> None:
        self.writer.write(data)
        await self.writer.drain()


async def echo(visit: Visit, args: list[str]) -> None:
    while data := await visit.read():
        await visit.send(data)


async def greet(visit: Visit, args: list[str]) -> None:
    await visit.send(unescape(args[0]))
    await echo(visit, args)


async def sink(visit: Visit, args: list[str]) -> None:
    digest = hashlib.sha256()
    while data := await visit.read():
        digest.update(data)
    await visit.send(f"{visit.got} {digest.hexdigest()}\n".encode())


async def source(visit: Visit, args: list[str]) -> None:
    async for piece in bytes_of(size(args[0])):
        await visit.send(piece)
    visit.writer.write_eof()
    await mute(visit, args)


async def reset(visit: Visit, args: list[str]) -> None:
    await visit.read()
    make_reset(visit.writer.transport)


async def hangup(visit: Visit, args: list[str]) -> None:
    return


async def mute(visit: Visit, args: list[str]) -> None:
    while await visit.read():
        pass


Handler = Callable[[Visit, list[str]], Awaitable[None]]

# kind: how it serves, how many words it takes
KINDS: dict[str, tuple[Handler, int]] = {
    "echo": (echo, 0),
    "greet": (greet, 1),
    "sink": (sink, 0),
    "source": (source, 1),
    "reset": (reset, 0),
    "hangup": (hangup, 0),
    "mute": (mute, 0),
}


class Service:
    """A listener on a free port (or the one asked for, or a unix socket)."""

    def __init__(self, name: str, log: Transcript) -> None:
        self.name = name
        self.kind = ""
        self.where = ""  # the port, or the socket's path
        self._log = log
        self._server: asyncio.Server | None = None
        self._held: socket.socket | None = None
        self._open: set[asyncio.StreamWriter] = set()
        self._serve: tuple[Handler, list[str]] = (echo, [])

    async def start(self, args: Args) -> None:
        port = int(args.clause("on") or 0)
        path = args.clause("unix")
        kind = self.kind = args.next("the kind of service")
        if kind == "refuse":
            self._hold(port)
        elif kind not in KINDS:
            raise Failed(f"no service {kind}; there are {' '.join(KINDS)}")
        else:
            handler, count = KINDS[kind]
            self._serve = handler, [args.next("a word") for _ in range(count)]
            await self._listen(port, path)
        args.done()

    def _hold(self, port: int) -> None:
        self._held = socket.socket()
        self._held.bind(("127.0.0.1", port))
        self.where = str(self._held.getsockname()[1])

    async def _listen(self, port: int, path: str | None) -> None:
        if path:
            self._server = await asyncio.start_unix_server(
                self._visited, path, backlog=BACKLOG, limit=CHUNK
            )
            self.where = path
            return
        self._server = await asyncio.start_server(
            self._visited, "127.0.0.1", port, backlog=BACKLOG, limit=CHUNK
        )
        self.where = str(self._server.sockets[0].getsockname()[1])

    async def _visited(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self._log.say(self.name, "log", "open")
        self._open.add(writer)
        visit = Visit(reader, writer)
        handler, args = self._serve
        try:
            await handler(visit, args)
            self._log.say(self.name, "log", f"end after {visit.got}")
        except ConnectionError:
            self._log.say(self.name, "log", f"reset after {visit.got}")
        finally:
            self._open.discard(writer)
            with suppress(OSError):
                writer.close()

    async def stop(self) -> None:
        if self._held:
            self._held.close()
        if self._server:
            self._server.close()
        for writer in list(self._open):
            writer.transport.abort()
        await asyncio.sleep(0)
