"""Sockets as the original programs have them: one data event for each read, no
half-close (the end of input ends the output too), pipes with backpressure.
"""

from __future__ import annotations

import asyncio
import os
import random
import string
import traceback
from collections.abc import Callable
from typing import Any

ALPHABET = string.ascii_lowercase + string.digits + string.ascii_uppercase
BACKLOG = 511


def new_id() -> str:
    return "".join(random.choices(ALPHABET, k=8))


class Socket(asyncio.Protocol):
    """Raw bytes go to the socket it is piped to; until then to on_data."""

    def __init__(
        self,
        on_data: Callable[[bytes], None] | None = None,
        on_open: Callable[[Socket], None] | None = None,
    ) -> None:
        self.transport: Any = None
        self.closed = False
        self._on_data = on_data
        self._on_open = on_open
        self._to: Socket | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport
        if self._on_open:  # later: Debian's asyncio reads on if paused in here
            asyncio.get_running_loop().call_soon(self._on_open, self)

    def data_received(self, data: bytes) -> None:
        if self._to:
            self._to.transport.write(data)
        elif self._on_data:
            self._on_data(data)

    def eof_received(self) -> bool:
        return False  # the transport closes itself

    def connection_lost(self, exc: Exception | None) -> None:
        self.closed = True
        if self._to:
            self._to.transport.close()

    def pause_writing(self) -> None:
        if self._to and not self._to.closed:
            self._to.transport.pause_reading()

    def resume_writing(self) -> None:
        if self._to and not self._to.closed:
            self._to.transport.resume_reading()

    def pipe(self, other: Socket) -> None:
        """Both ways; what either one misses ends the other."""
        self._to, other._to = other, self
        if self.closed:
            other.transport.close()
        if other.closed:
            self.transport.close()


def die(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """An uncaught error ends the process, as in node."""
    if error := context.get("exception"):
        traceback.print_exception(error)
    else:
        print(context["message"], flush=True)
    os._exit(1)


async def listen(
    make: Callable[[], Socket], host: str, port: int
) -> asyncio.Server:
    loop = asyncio.get_running_loop()
    return await loop.create_server(make, host, port, backlog=BACKLOG)


async def connect(make: Callable[[], Socket], host: str, port: int) -> Socket:
    _, socket = await asyncio.get_running_loop().create_connection(
        make, host, port
    )
    return socket
