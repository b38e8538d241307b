#!/usr/bin/env python3
"""An HTTP service with all the manners that a gateway may meet: origin.py NAME,
or by TLS: origin.py NAME CERT KEY, files of PEM. It says its port, each request that it
hears, and who is named before the first by the PROXY protocol (version 1), on standard
output.
"""

from __future__ import annotations

import asyncio
import ssl
import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from hashlib import sha256

BLOCK = 64 * 1024


@dataclass
class Request:
    method: str
    target: str
    head: str
    fields: dict[str, str]
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    trailers: list[str] = field(default_factory=list)

    async def pieces(self):
        """The body as it comes."""
        if "chunked" in self.fields.get("transfer-encoding", ""):
            while size := int(await self.line(), 16):
                yield await self.reader.readexactly(size)
                await self.line()
            while trailer := await self.line():
                self.trailers.append(trailer)
            return
        left = int(self.fields.get("content-length", "0"))
        while left:
            data = await self.reader.read(min(left, BLOCK))
            if not data:
                raise EOFError
            left -= len(data)
            yield data

    async def line(self) -> str:
        return (await self.reader.readline()).decode("latin-1").strip("\r\n")

    def say(self, status: str, *fields: str, body: bytes = b"") -> None:
        head = "\r\n".join([f"HTTP/1.1 {status}", *fields]) + "\r\n\r\n"
        self.writer.write(head.encode("latin-1") + body)

    def chunk(self, data: bytes) -> None:
        self.writer.write(b"%x\r\n%s\r\n" % (len(data), data))

    def text(self, text: str, *fields: str) -> None:
        body = b"" if self.method == "HEAD" else text.encode("latin-1")
        self.say("200 OK", f"Content-Length: {len(text)}", *fields, body=body)


async def who(r: Request, name: str) -> None:
    """What was heard, so that a test sees it."""
    async for _ in r.pieces():
        pass
    r.text(f"{name}\n{r.head}")


async def echo(r: Request, name: str) -> None:
    if "content-length" in r.fields:
        r.say("200 OK", f"Content-Length: {r.fields['content-length']}")
        async for data in r.pieces():
            r.writer.write(data)
            await r.writer.drain()
        return
    r.say("200 OK", "Transfer-Encoding: chunked")
    async for data in r.pieces():
        r.chunk(data)
    r.writer.write(b"0\r\n")
    for trailer in r.trailers:
        r.writer.write(f"{trailer}\r\n".encode())
    r.writer.write(b"\r\n")


async def digest(r: Request, name: str) -> None:
    if r.fields.get("expect"):
        r.say("100 Continue")
    total, of = 0, sha256()
    async for data in r.pieces():
        total += len(data)
        of.update(data)
    r.text(f"{total} {of.hexdigest()}\n")


async def late(r: Request, name: str) -> None:
    """Takes its time before it reads."""
    await asyncio.sleep(2)
    await digest(r, name)


async def many(r: Request, name: str) -> None:
    total = int(r.target.rsplit("/", 1)[1])
    r.say("200 OK", f"Content-Length: {total}")
    while total:
        n = min(total, BLOCK)
        r.writer.write(bytes(n))
        await r.writer.drain()
        total -= n


async def chunks(r: Request, name: str) -> None:
    r.say("200 OK", "Transfer-Encoding: chunked", "Trailer: X-Sum")
    r.writer.write(b'5;ext="a"\r\nhello\r\n1\r\n,\r\n6\r\n world\r\n'
                   b"0\r\nX-Sum: 3\r\n\r\n")


async def until_close(r: Request, name: str) -> None:
    r.say("200 OK", "Connection: close", body=b"until the end")
    raise EOFError


async def events(r: Request, name: str) -> None:
    r.say("200 OK", "Content-Type: text/event-stream",
          "Transfer-Encoding: chunked")
    r.chunk(b"data: one\n\n")
    await r.line()  # the visitor sends a line when it has heard
    r.chunk(b"data: two\n\n")
    r.writer.write(b"0\r\n\r\n")


async def upgrade(r: Request, name: str) -> None:
    r.say("101 Switching Protocols", "Connection: Upgrade", "Upgrade: echo",
          body=b"welcome\n")
    while data := await r.reader.read(BLOCK):
        r.writer.write(data)
        await r.writer.drain()
    raise EOFError


async def interim(r: Request, name: str) -> None:
    r.say("103 Early Hints", "Link: </a>")
    r.text("later")


async def cut(r: Request, name: str) -> None:
    r.say("200 OK", "Content-Length: 100", body=b"only this")
    raise EOFError


async def early(r: Request, name: str) -> None:
    r.say("413 Content Too Large", "Content-Length: 0", "Connection: close")
    raise EOFError


async def silent(r: Request, name: str) -> None:
    await asyncio.sleep(60)


async def gone(r: Request, name: str) -> None:
    raise EOFError


async def once(r: Request, name: str) -> None:
    """An idle connection that is no more when the next request comes."""
    r.text("once")
    await r.writer.drain()
    raise EOFError


async def bad(r: Request, name: str) -> None:
    r.say("200 OK", "Content-Length: 3", "Content-Length: 4", body=b"abcd")


async def more(r: Request, name: str) -> None:
    """A body behind an answer that has none."""
    r.say("200 OK", "Content-Length: 4", body=b"evil")


async def empty(r: Request, name: str) -> None:
    r.say("204 No Content", "X-Own: 1")


Answer = Callable[[Request, str], Awaitable[None]]
ANSWERS: dict[str, Answer] = {
    "/echo": echo, "/digest": digest, "/many": many, "/chunks": chunks,
    "/close": until_close, "/events": events, "/upgrade": upgrade,
    "/interim": interim, "/cut": cut, "/early": early, "/silent": silent,
    "/gone": gone, "/once": once, "/bad": bad, "/empty": empty,
    "/more": more, "/late": late,
}


async def hear(reader: asyncio.StreamReader,
               writer: asyncio.StreamWriter) -> Request:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    if head.startswith("PROXY "):
        line, _, head = head.partition("\r\n")
        print(f"{line}", flush=True)
    lines = head.strip().split("\r\n")
    method, target, _ = lines[0].split(" ")
    pairs = (line.partition(":") for line in lines[1:])
    fields = {name.lower(): value.strip() for name, _, value in pairs}
    return Request(method, target, head, fields, reader, writer)


async def serve(name: str, reader: asyncio.StreamReader,
                writer: asyncio.StreamWriter) -> None:
    print(f"{name}: somebody has come", flush=True)
    try:
        while True:
            request = await hear(reader, writer)
            print(f"{name}: {request.method} {request.target}", flush=True)
            first = "/" + request.target.split("/")[1].split("?")[0]
            await ANSWERS.get(first, who)(request, name)
            await writer.drain()
    except (EOFError, OSError, ValueError):
        print(f"{name}: gone", flush=True)
    finally:
        writer.close()


def sealed_by(*files: str) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*files)
    return context


async def main(name: str, *files: str) -> None:
    server = await asyncio.start_server(
        lambda r, w: serve(name, r, w), "127.0.0.1", 0,
        ssl=sealed_by(*files) if files else None)
    print(f"{name}: ready on {server.sockets[0].getsockname()[1]}", flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
