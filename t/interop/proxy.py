#!/usr/bin/env python3
"""A proxy as a client meets one: proxy.py [--user USER:PASSWORD] [--refuse]
[--slow]. CONNECT of HTTP and SOCKS5 on one port, told by the first byte. It says
its port, and on a line each where somebody goes, or why not.
"""

from __future__ import annotations

import argparse
import asyncio
import base64
import socket
from asyncio import StreamReader, StreamWriter

REPLY = b"\x05%c\x00\x01\x00\x00\x00\x00\x00\x00"
TARGET_LENGTH = {1: 4, 4: 16}


def say(line: str) -> None:
    print(f"proxy: {line}", flush=True)


class No(Exception):
    """What the client is told before it is closed."""

    def __init__(self, answer: bytes, why: str) -> None:
        super().__init__(why)
        self.answer = answer


async def http(args: argparse.Namespace, first: bytes, r: StreamReader) -> str:
    head = (first + await r.readuntil(b"\r\n\r\n")).decode("latin-1")
    lines = head.split("\r\n")
    method, target, _ = lines[0].split(" ")
    fields = dict(line.lower().split(": ", 1) for line in lines[1:] if line)
    if args.user:
        known = base64.b64encode(args.user.encode()).decode()
        said = [line for line in lines if line.startswith("Proxy-Auth")]
        if said != [f"Proxy-Authorization: Basic {known}"]:
            raise No(
                b"HTTP/1.1 407 Who?\r\nProxy-Authenticate: Basic realm=x\r\n"
                b"Content-Length: 3\r\n\r\nno\n",
                "who?",
            )
    if args.refuse or method != "CONNECT" or fields["host"] != target.lower():
        raise No(b"HTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n", "refused")
    return target


async def login(args: argparse.Namespace, r: StreamReader, w: StreamWriter) -> None:
    methods = await r.readexactly((await r.readexactly(1))[0])
    method = 2 if args.user else 0
    if method not in methods:
        raise No(b"\x05\xff", "who?")
    w.write(bytes([5, method]))
    if not args.user:
        return
    await r.readexactly(1)
    user = await r.readexactly((await r.readexactly(1))[0])
    password = await r.readexactly((await r.readexactly(1))[0])
    if user + b":" + password != args.user.encode():
        raise No(b"\x01\x01", "wrong password")
    w.write(b"\x01\x00")


async def socks(args: argparse.Namespace, r: StreamReader, w: StreamWriter) -> str:
    await login(args, r, w)
    _, command, _, kind = await r.readexactly(4)
    if kind == 3:
        host = (await r.readexactly((await r.readexactly(1))[0])).decode()
    else:
        family = socket.AF_INET if kind == 1 else socket.AF_INET6
        host = socket.inet_ntop(family, await r.readexactly(TARGET_LENGTH[kind]))
    port = int.from_bytes(await r.readexactly(2), "big")
    if args.refuse or command != 1:
        raise No(REPLY % 2, "refused")
    return f"{host}:{port}"


async def drip(w: StreamWriter, data: bytes, slow: bool) -> None:
    for byte in data if slow else ():
        w.write(bytes([byte]))
        await w.drain()
        await asyncio.sleep(0.002)
    if not slow:
        w.write(data)


async def carry(r: StreamReader, w: StreamWriter) -> None:
    try:
        while data := await r.read(65536):
            w.write(data)
            await w.drain()
        w.write_eof()
    except OSError:
        w.transport.abort()


async def lead(args: argparse.Namespace, r: StreamReader, w: StreamWriter) -> None:
    first = await r.readexactly(1)
    is_socks = first == b"\x05"
    target = await socks(args, r, w) if is_socks else await http(args, first, r)
    host, port = target.rsplit(":", 1)
    say(f"{'socks5' if is_socks else 'connect'} to {target}")
    host = "127.0.0.1" if host == "relay.test" else host.strip("[]")
    there, out = await asyncio.open_connection(host, int(port))
    yes = REPLY % 0 if is_socks else b"HTTP/1.1 200 Go\r\nVia: x\r\n\r\n"
    await drip(w, yes, args.slow)
    await asyncio.gather(carry(r, out), carry(there, w))
    out.close()


async def serve(args: argparse.Namespace, r: StreamReader, w: StreamWriter) -> None:
    try:
        await lead(args, r, w)
    except No as no:
        say(str(no))
        w.write(no.answer)
    except (OSError, EOFError):
        pass
    w.close()


async def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--user")
    parser.add_argument("--refuse", action="store_true")
    parser.add_argument("--slow", action="store_true")
    args = parser.parse_args()
    server = await asyncio.start_server(
        lambda r, w: serve(args, r, w), "127.0.0.1", 0
    )
    say(f"ready on {server.sockets[0].getsockname()[1]}")
    await server.serve_forever()


asyncio.run(main())
