#!/usr/bin/env python3
"""WebSocket by Debian's python3-websockets: ws_echo.py serve | ask URL | crowd N URL |
bridge PORT | knock URL. URLs lead to 127.0.0.1 whatever their host is. bridge is a relay's
front, by somebody else: messages are bytes, an empty one is the end. knock is a
stranger at a relay, who speaks as it likes it and as it does not.
"""

from __future__ import annotations

import asyncio
import os
import sys
from urllib.parse import urlsplit

sys.path.append("/usr/lib/python3/dist-packages")
try:
    import websockets
except ImportError:
    sys.exit("no python3-websockets here")

SIZES = (0, 1, 125, 126, 127, 65535, 65536, 1 << 20)
TEXTS = ("", "hello", "\u00b5\u4e16\U0001f600", "x" * 70000)
PATIENCE = {"open_timeout": 60, "ping_timeout": 60, "close_timeout": 30}


def say(line: str) -> None:
    print(line, flush=True)


async def echo(ws, path: str = "/") -> None:
    try:
        async for message in ws:
            if message == "close 4000":
                await ws.close(4000, "as you say")
            else:
                await ws.send(message)
    except websockets.ConnectionClosed:
        pass
    say(f"closed {ws.close_code}")


async def serve() -> None:
    server = await websockets.serve(echo, "127.0.0.1", 0, max_size=4 << 20)
    say(f"ready on {server.sockets[0].getsockname()[1]}")
    await asyncio.Future()


def connect(url: str, **more):
    port = urlsplit(url).port
    return websockets.connect(
        url, host="127.0.0.1", port=port, max_size=4 << 20, **PATIENCE, **more
    )


async def ask(url: str) -> None:
    async with connect(url) as ws:
        for message in (*TEXTS, *(os.urandom(n) for n in SIZES)):
            await ws.send(message)
            assert await ws.recv() == message
        await ws.send([b"in ", b"three ", b"fragments"])
        assert await ws.recv() == b"in three fragments"
        await (await ws.ping(b"are you there"))
        await ws.send("close 4000")
        await ws.wait_closed()
        assert (ws.close_code, ws.close_reason) == (4000, "as you say")
    say(f"all {len(TEXTS) + len(SIZES)} came back, closed 4000")


async def crowd(n: int, url: str) -> None:
    crowded = [await connect(url) for _ in range(n)]
    say(f"{n} open at once")
    for turn in range(3):
        await asyncio.gather(*(ws.send(f"{turn} {i}") for i, ws in enumerate(crowded)))
        for i, ws in enumerate(crowded):
            assert await ws.recv() == f"{turn} {i}"
    await asyncio.gather(*(ws.close() for ws in crowded))
    assert all(ws.close_code == 1000 for ws in crowded)
    say(f"{n} closed well")


async def to_tcp(ws, out: asyncio.StreamWriter) -> None:
    async for message in ws:
        if message:
            out.write(message)
            await out.drain()
        else:
            out.write_eof()


async def to_ws(there: asyncio.StreamReader, ws) -> None:
    while data := await there.read(50000):
        half = len(data) // 2
        await ws.send([data[:half], data[half:]] if half else data)
    await ws.send(b"")


async def bridge(port: int) -> None:
    async def lead(ws, path: str) -> None:
        say(f"asked for {path} as {ws.subprotocol}")
        there, out = await asyncio.open_connection("127.0.0.1", port)
        try:
            await asyncio.gather(to_tcp(ws, out), to_ws(there, ws))
        except (OSError, websockets.ConnectionClosed):
            pass
        out.close()

    server = await websockets.serve(
        lead, "127.0.0.1", 0, subprotocols=["nat"], max_size=None
    )
    say(f"ready on {server.sockets[0].getsockname()[1]}")
    await asyncio.Future()


HELLO = (
    b'{"command":"hello","version":2,"name":"x","instance":"%s","nonce":"%s"}\n'
    % (b"0" * 32, b"1" * 32)
)


async def knock(url: str) -> None:
    async with connect(url, subprotocols=["chat", "nat"]) as ws:
        assert ws.subprotocol == "nat" and not ws.extensions
        await ws.send([HELLO[:10], b"", HELLO[10:11], HELLO[11:]])
        await (await ws.ping(b"x" * 125))
        assert b'"challenge"' in await ws.recv()
    assert ws.close_code == 1000, ws.close_code
    async with connect(url, subprotocols=["nat"]) as ws:
        await ws.send("text")
        await ws.wait_closed()
    assert ws.close_code == 1003, ws.close_code
    try:
        async with connect(url):
            raise AssertionError("no subprotocol")
    except websockets.InvalidStatusCode as no:
        assert no.status_code == 400
    say("knocked well")


def main() -> None:
    what, *rest = sys.argv[1:]
    if what == "serve":
        asyncio.run(serve())
    elif what == "ask":
        asyncio.run(ask(rest[0]))
    elif what == "knock":
        asyncio.run(knock(rest[0]))
    elif what == "crowd":
        asyncio.run(crowd(int(rest[0]), rest[1]))
    else:
        asyncio.run(bridge(int(rest[0])))


main()
