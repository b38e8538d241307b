"""Datagrams: a service that sends each back, and visitors that compare."""

from __future__ import annotations

import asyncio
import os
import random
import socket
from contextlib import suppress
from typing import Any

from proc import Transcript
from script import Failed
from serve import BLOCK

HOST = "127.0.0.1"
ROOM = 1 << 20
AGAIN = 0.5  # seconds until a lost datagram is sent again
MOST = 65507


def sending(transport: asyncio.BaseTransport) -> socket.socket:
    """The socket itself: transports do not send what is empty."""
    sock = transport.get_extra_info("socket")
    for name in (socket.SO_RCVBUF, socket.SO_SNDBUF):
        sock.setsockopt(socket.SOL_SOCKET, name, ROOM)
    return socket.socket(fileno=os.dup(sock.fileno()))


class Echo(asyncio.DatagramProtocol):
    """The service; each new peer is told in the transcript."""

    def __init__(self, name: str, log: Transcript) -> None:
        self.name = name
        self._log = log
        self._peers: set[Any] = set()
        self._sock: Any = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._sock = sending(transport)

    def connection_lost(self, exc: Exception | None) -> None:
        self._sock.close()

    def datagram_received(self, data: bytes, addr: Any) -> None:
        if addr not in self._peers:
            self._peers.add(addr)
            self._log.say(self.name, "log", f"peer {len(self._peers)}")
        self._sock.sendto(data, addr)


class Visitor(asyncio.DatagramProtocol):
    """One socket; what has come waits."""

    def __init__(self) -> None:
        self.got: asyncio.Queue[bytes] = asyncio.Queue()
        self.transport: Any = None
        self._sock: Any = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport
        self._sock = sending(transport)

    def connection_lost(self, exc: Exception | None) -> None:
        self._sock.close()

    def error_received(self, exc: Exception) -> None:
        """A refusal is a loss like another."""

    def datagram_received(self, data: bytes, addr: Any) -> None:
        self.got.put_nowait(data)

    async def exchange(self, data: bytes) -> None:
        """Until it comes back: datagrams may be lost, but not changed."""
        while True:
            with suppress(OSError):
                self._sock.send(data)
            try:
                async with asyncio.timeout(AGAIN):
                    while (back := await self.got.get()) != data:
                        if len(back) == len(data):
                            raise Failed(f"another datagram of {len(data)}")
                return
            except TimeoutError:
                continue


async def visitor(port: int, home: str | None = None) -> Visitor:
    loop = asyncio.get_running_loop()
    _, protocol = await loop.create_datagram_endpoint(
        Visitor,
        local_addr=(home, 0) if home else None,
        remote_addr=(HOST, port),
    )
    return protocol


async def silence(port: int, time: float, home: str | None) -> None:
    """Nothing comes back for that long."""
    protocol = await visitor(port, home)
    try:
        async with asyncio.timeout(time):
            await protocol.exchange(b"is anybody there?")
        raise Failed("a datagram came back")
    except TimeoutError:
        return
    finally:
        protocol.transport.close()


async def echo(protocol: Visitor, sizes: list[int]) -> None:
    for total in sizes:
        at = random.Random(total).randrange(len(BLOCK) - MOST)
        await protocol.exchange(BLOCK[at : at + total])


async def crowd(
    port: int, count: int, sizes: list[int], home: str | None
) -> None:
    """So many visitors at once, each with all of the sizes."""

    async def one() -> None:
        protocol = await visitor(port, home)
        try:
            await echo(protocol, sizes)
        finally:
            protocol.transport.close()

    tasks = [asyncio.create_task(one()) for _ in range(count)]
    try:
        await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
