"""steady - requests and visits without a pause, each of which must be served.

usage: steady.py HTTP HOST TCP [SECONDS] [tls:PORT:NAME...]
Browsers with connections that stay and with new ones at the port HTTP for HOST, and by
TLS at each PORT for NAME; visitors at the port TCP of something that echoes; until
SIGTERM or so long. Then it says how many it was, and what failed.
A connection that ends under a request is a failure, as is one that is refused, also
where a browser would try again; one that had ended before it is not asked.
"""

from __future__ import annotations

import asyncio
import select
import signal
import ssl
import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

LOCAL = "127.0.0.1"
PATIENCE = 20.0  # seconds for one answer
PAUSE = 0.01
STAYING, NEW, VISITS = 6, 3, 4  # how many of each at once


class Load:
    def __init__(self, tcp: int) -> None:
        self.tcp = tcp
        self.over = False
        self.done = {"requests": 0, "visits": 0}
        self.failed: list[str] = []
        self.slowest = 0.0

    async def repeat(
        self, kind: str, step: Callable[[], Awaitable[None]]
    ) -> None:
        clock = asyncio.get_running_loop().time
        while not self.over:
            begun = clock()
            try:
                await asyncio.wait_for(step(), PATIENCE)
                self.done[kind] += 1
            except (OSError, EOFError, ValueError, TimeoutError,
                    asyncio.TimeoutError) as why:
                self.fail(kind, why)
            self.slowest = max(self.slowest, clock() - begun)
            await asyncio.sleep(PAUSE)

    def fail(self, kind: str, why: Exception) -> None:
        self.failed.append(f"{kind}: {why!r}")
        print(f"failed: {kind}: {why!r}", flush=True)


async def answer(reader: asyncio.StreamReader) -> tuple[int, bool]:
    """The status, and whether the connection stays."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
    lines = head.split("\r\n")
    fields = dict(line.split(": ", 1) for line in lines[1:] if line)
    await reader.readexactly(int(fields["content-length"]))
    return int(lines[0].split()[1]), fields.get("connection") != "close"


def anybody() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


@dataclass(frozen=True)
class Site:
    port: int
    host: str
    tls: ssl.SSLContext | None = None

    async def connect(
        self,
    ) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        name = self.host if self.tls else None
        return await asyncio.open_connection(LOCAL, self.port, ssl=self.tls,
                                             server_hostname=name)


class Browser:
    """One connection, for as long as it is kept."""

    def __init__(self, site: Site, stays: bool) -> None:
        self.site, self.stays = site, stays
        self.wire: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None
        self.wire = None

    async def look(self) -> None:
        """Who was starved has not heard of an end that has come."""
        if self.wire is None:
            return
        reader, writer = self.wire
        here = select.poll()
        here.register(writer.get_extra_info("socket"), select.POLLIN)
        for _ in range(3):
            if here.poll(0):
                await asyncio.sleep(0)
        if reader.at_eof() or writer.is_closing():
            self.hang_up()

    async def ask(self) -> None:
        await self.look()
        if self.wire is None:
            self.wire = await self.site.connect()
        reader, writer = self.wire
        close = "" if self.stays else "Connection: close\r\n"
        writer.write(f"GET /x HTTP/1.1\r\nHost: {self.site.host}\r\n{close}\r\n"
                     .encode())
        try:
            status, stays = await answer(reader)
        except BaseException:
            self.hang_up()
            raise
        if not stays:
            self.hang_up()
        if status != 200:
            raise ValueError(f"status {status}")

    def hang_up(self) -> None:
        if self.wire:
            self.wire[1].close()
        self.wire = None


async def visit(load: Load) -> None:
    reader, writer = await asyncio.open_connection(LOCAL, load.tcp)
    try:
        writer.write(b"0123456789" * 50)
        if len(await reader.readexactly(500)) != 500:
            raise ValueError("half an echo")
    finally:
        writer.close()


async def bear(load: Load, sites: list[Site], seconds: float | None) -> None:
    loop = asyncio.get_running_loop()
    end = asyncio.Event()
    loop.add_signal_handler(signal.SIGTERM, end.set)
    browsers = [Browser(site, i < STAYING)
                for site in sites for i in range(STAYING + NEW)]
    work = [load.repeat("requests", one.ask) for one in browsers]
    work += [load.repeat("visits", lambda: visit(load)) for _ in range(VISITS)]
    tasks = [asyncio.ensure_future(one) for one in work]
    print("steady: begun", flush=True)
    try:
        await asyncio.wait_for(end.wait(), seconds)
    except (TimeoutError, asyncio.TimeoutError):
        pass
    load.over = True
    await asyncio.gather(*tasks)


def main(argv: list[str]) -> int:
    load = Load(int(argv[3]))
    sites = [Site(int(argv[1]), argv[2])]
    seconds = None
    for word in argv[4:]:
        if word.startswith("tls:"):
            _, port, name = word.split(":")
            sites.append(Site(int(port), name, anybody()))
        else:
            seconds = float(word)
    asyncio.run(bear(load, sites, seconds))
    print(f"steady: {load.done['requests']} requests, {load.done['visits']} "
          f"visits, {len(load.failed)} failed, slowest {load.slowest:.3f} s",
          flush=True)
    return bool(load.failed) or not all(load.done.values())


if __name__ == "__main__":
    sys.exit(main(sys.argv))
