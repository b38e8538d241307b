#!/usr/bin/env python3
"""Many WebSockets at once, by Debian's python3-websockets: sockets.py PORT COUNT
serves; sockets.py URL COUNT visits, with so many connections at a time, 5 echoes
each, then all close. It says `N sockets, M echoes`.
"""

from __future__ import annotations

import asyncio
import resource
import ssl
import sys

import websockets  # of /usr/bin/python3

ECHOES = 5
COMING = 100  # at a time: a busy machine keeps nobody waiting
PATIENCE = 120


async def echo(ws, path=None) -> None:
    async for text in ws:
        await ws.send(text)


async def serve(count: int) -> None:
    async with websockets.serve(echo, "127.0.0.1", 0, backlog=4096,
                                ping_interval=None) as server:
        port = server.sockets[0].getsockname()[1]
        print(f"ready on {port}", flush=True)
        await asyncio.Future()


def anybody() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def way(url: str) -> dict:
    """To this machine, whatever the name; a context costs more than a visit."""
    name, _, port = url.split("/")[2].rpartition(":")
    options = {"host": "127.0.0.1", "port": int(port)}
    if url.startswith("wss"):
        options |= {"ssl": anybody(), "server_hostname": name}
    return options


async def visit(url: str, options: dict, n: int,
                all_there: asyncio.Barrier) -> int:
    async with options["door"]:
        ws = await websockets.connect(url, open_timeout=PATIENCE,
                                      ping_interval=None, **options["way"])
    await all_there.wait()
    for i in range(ECHOES):
        text = f"{n} {i} " + "x" * (n % 300)
        await ws.send(text)
        if await ws.recv() != text:
            raise SystemExit("another echo")
    await all_there.wait()
    await ws.close()
    return ECHOES


async def crowd(url: str, count: int) -> None:
    all_there = asyncio.Barrier(count)
    options = {"door": asyncio.Semaphore(COMING), "way": way(url)}
    async with asyncio.timeout(PATIENCE):
        done = await asyncio.gather(
            *(visit(url, options, n, all_there) for n in range(count)))
    print(f"{count} sockets, {sum(done)} echoes", flush=True)


if __name__ == "__main__":
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    where, many = sys.argv[1], int(sys.argv[2])
    asyncio.run(serve(many) if where == "serve" else crowd(where, many))
