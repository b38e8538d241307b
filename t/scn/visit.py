"""Visitors of published ports: single ones that a scenario leads step by step,
crowds that echo, and bulk that is compared by hash.
"""

from __future__ import annotations

import asyncio
import json
import random
import ssl
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

from proc import Transcript
from script import Failed
from serve import BLOCK, CHUNK, bytes_of, make_reset, pattern_hash

HOST = "127.0.0.1"
SHOWN = 200  # most bytes of a connection's input shown in a complaint


class Wire(asyncio.Protocol):
    """One connection; what has come waits in got until it is expected."""

    def __init__(self, name: str, log: Transcript) -> None:
        self.name = name
        self.got = bytearray()
        self.sent = bytearray()
        self.ended = False
        self.down = False
        self.error: Exception | None = None
        self.transport: Any = None
        self._log = log

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport
        if tls := transport.get_extra_info("ssl_object"):
            self._log.say(
                self.name,
                "net",
                f"{tls.version()} {tls.selected_alpn_protocol()}",
            )

    def data_received(self, data: bytes) -> None:
        self.got += data
        self._log.news.set()

    def eof_received(self) -> bool:
        self.ended = True
        self._log.say(self.name, "net", "end")
        # our own output stays open, but TLS has no half-close
        return self.transport.get_extra_info("ssl_object") is None

    def connection_lost(self, exc: Exception | None) -> None:
        self.down = True
        self.error = exc
        self._log.say(self.name, "net", f"down {exc or ''}")

    def send(self, data: bytes) -> None:
        transport = self.open()
        self.sent += data
        self._log.say(self.name, "net", f"sends {len(data)} {data[:SHOWN]!r}")
        transport.write(data)

    def open(self) -> Any:
        """The transport, while there is one."""
        if self.down:
            raise Failed(f"{self.name}: connection is down: {self.error}")
        return self.transport

    def reset(self) -> None:
        make_reset(self.open())

    def abandon(self) -> None:
        if self.transport:
            self.transport.abort()

    def shown(self) -> str:
        state = "down" if self.down else "ended" if self.ended else "open"
        return f"{state}, {len(self.got)} bytes {bytes(self.got[:SHOWN])!r}"

    def take_object(self) -> dict[str, Any] | None:
        """The next whole JSON object of the input, or None."""
        text = self.got.decode("utf-8", "replace")
        start = len(text) - len(text.lstrip())
        try:
            found, end = json.JSONDecoder().raw_decode(text, start)
        except ValueError:
            return None
        if not isinstance(found, dict):
            raise Failed(f"{self.name}: no JSON object: {self.shown()}")
        self._log.say(self.name, "net", f"gets {text[start:end]}")
        del self.got[: len(text[:end].encode())]
        return found


def local(home: str | None) -> tuple[str, int] | None:
    """Where to come from, as asyncio wants it."""
    return (home, 0) if home else None


@dataclass
class Tls:
    """How a connection of TLS begins; a name of "-": none is asked for."""

    name: str
    ca: Path | None = None  # whom to believe; None: anybody
    protocols: list[str] = field(default_factory=list)

    def options(self) -> dict[str, Any]:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        if self.ca:
            context.load_verify_locations(self.ca)
        else:
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
        if self.protocols:
            context.set_alpn_protocols(self.protocols)
        name = "" if self.name == "-" else self.name
        return {"ssl": context, "server_hostname": name}


async def dial(
    name: str,
    port: int,
    log: Transcript,
    home: str | None = None,
    tls: Tls | None = None,
) -> Wire:
    """A new connection; one that broke before it could be used is down."""
    wire = Wire(name, log)
    loop = asyncio.get_running_loop()
    options = tls.options() if tls else {}
    try:
        await loop.create_connection(
            lambda: wire, HOST, port, local_addr=local(home), **options
        )
    except (ConnectionResetError, ssl.SSLError) as why:
        wire.connection_lost(why)
    except OSError as why:
        raise Failed(f"{name}: cannot connect to port {port}: {why}") from None
    return wire


async def port_open(port: int) -> bool:
    """Does somebody listen there?"""
    try:
        _, writer = await asyncio.open_connection(HOST, port)
    except OSError:
        return False
    writer.close()
    return True


class Echo:
    """What each visitor of a crowd does: send, end, read all, compare."""

    def __init__(
        self,
        port: int,
        total: int,
        banner: bytes,
        half: bool,
        home: str | None,
    ) -> None:
        self.port = port
        self.total = total
        self.banner = banner
        self.half = half
        self.home = home
        self.come = 0  # visitors that have connected

    async def visit(self, number: int) -> None:
        reader, writer = await asyncio.open_connection(
            HOST, self.port, limit=CHUNK, local_addr=local(self.home)
        )
        self.come += 1
        try:
            sender = asyncio.create_task(self._send(writer, number))
            if await reader.readexactly(len(self.banner)) != self.banner:
                raise Failed(f"visitor {number}: another greeting")
            await self._compare(reader, number)
            await sender
            if not self.half:
                writer.write_eof()
            if await reader.read(1):
                raise Failed(f"visitor {number}: more came than was sent")
        except asyncio.IncompleteReadError as short:
            raise Failed(
                f"visitor {number}: ended after {len(short.partial)} bytes"
            ) from None
        except OSError as why:
            raise Failed(f"visitor {number}: {why}") from None
        finally:
            writer.close()

    async def _send(self, writer: asyncio.StreamWriter, number: int) -> None:
        async for piece in self._pieces(number):
            writer.write(piece)
            await writer.drain()
        if self.half:
            writer.write_eof()

    async def _pieces(self, number: int) -> Any:
        """Each visitor's bytes start elsewhere in the pattern."""
        at = random.Random(number).randrange(len(BLOCK))
        first = BLOCK[at : at + self.total]
        yield first
        async for piece in bytes_of(self.total - len(first)):
            yield piece

    async def _compare(
        self, reader: asyncio.StreamReader, number: int
    ) -> None:
        done = 0
        async for piece in self._pieces(number):
            view = memoryview(piece)
            while view:
                data = await reader.read(min(len(view), CHUNK))
                if not data:
                    raise Failed(f"visitor {number}: ended after {done} bytes")
                if bytes(view[: len(data)]) != data:
                    raise Failed(f"visitor {number}: other bytes near {done}")
                view = view[len(data) :]
                done += len(data)


async def crowd(count: int, echo: Echo) -> None:
    """All at once; the first that fails ends the rest."""
    tasks = [asyncio.create_task(echo.visit(n)) for n in range(count)]
    try:
        await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def upload(port: int, total: int) -> None:
    """To a sink, which answers with what it has counted."""
    reader, writer = await asyncio.open_connection(HOST, port)
    try:
        async for piece in bytes_of(total):
            writer.write(piece)
            await writer.drain()
        writer.write_eof()
        answer = (await reader.read()).decode().strip()
    finally:
        writer.close()
    if answer != (wanted := f"{total} {pattern_hash(total)}"):
        raise Failed(f"the sink says {answer!r}, not {wanted!r}")


async def download(port: int, total: int) -> None:
    """From a source; counted and hashed here."""
    reader, writer = await asyncio.open_connection(HOST, port, limit=CHUNK)
    digest = sha256()
    count = 0
    try:
        while data := await reader.read(CHUNK):
            count += len(data)
            digest.update(data)
    finally:
        writer.close()
    if (count, digest.hexdigest()) != (total, pattern_hash(total)):
        raise Failed(f"{count} of {total} bytes, or other ones")


async def timed(work: Awaitable[None], within: float, what: str) -> None:
    try:
        async with asyncio.timeout(within):
            await work
    except TimeoutError:
        raise Failed(f"{what}: not done within {within:g}s") from None
    except OSError as why:  # of which TimeoutError is one
        raise Failed(f"{what}: {why}") from None


Bulk = Callable[[int, int], Awaitable[None]]
