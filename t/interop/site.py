#!/usr/bin/env python3
"""A web site whose page tries what browsers can: site.py NAME [CERT KEY].

Its script fetches both ways, listens to events and echoes over a WebSocket, then
reports; each report is a line on standard output: `NAME: report ...`.
"""

from __future__ import annotations

import asyncio
import base64
import ssl
import sys
from hashlib import sha1, sha256
from urllib.parse import unquote

LARGE = 1 << 20
GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"  # RFC 6455 1.3
PAGE = """<!doctype html><title>site</title><script src="/script"></script>
<p id="p">nothing yet"""
SCRIPT = """
const said = [];
async function fetching() {
    const body = new Uint8Array(%d).fill(7);
    const up = await fetch("/digest", { method: "POST", body });
    const down = await fetch("/large");
    const size = (await down.arrayBuffer()).byteLength;
    return "fetch " + (await up.text()) + " " + size;
}
function events() {
    return new Promise((done, fail) => {
        const source = new EventSource("/events");
        let sum = "";
        source.onmessage = e => {
            sum += e.data;
            if (sum.length < 3) return;
            source.close();
            done("events " + sum);
        };
        source.onerror = () => fail("no events");
    });
}
function socket() {
    return new Promise((done, fail) => {
        const url = location.href.replace(/^http/, "ws") + "ws";
        const ws = new WebSocket(url);
        let n = 0;
        ws.onopen = () => ws.send("hello 0");
        ws.onmessage = e => {
            if (e.data !== "hello " + n) fail("other words: " + e.data);
            if (++n < 20) ws.send("hello " + n);
            else ws.close(1000, "enough");
        };
        ws.onclose = e => done("socket " + n + " " + e.code);
        ws.onerror = () => fail("no socket");
    });
}
Promise.all([fetching(), events(), socket()])
    .then(all => all.join(", "), why => "failed: " + why)
    .then(text => {
        document.getElementById("p").textContent = text;
        fetch("/report?" + encodeURIComponent(location.protocol + " " + text));
    });
""" % LARGE

Reader, Writer = asyncio.StreamReader, asyncio.StreamWriter


def answer(writer: Writer, kind: str, body: bytes) -> None:
    writer.write(
        f"HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\n"
        f"Content-Length: {len(body)}\r\n\r\n".encode() + body
    )


async def events(writer: Writer) -> None:
    writer.write(
        b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"
        b"Connection: close\r\n\r\n"
    )
    for word in "abc":
        writer.write(f"data: {word}\n\n".encode())
        await writer.drain()
        await asyncio.sleep(0.1)
    raise EOFError


# ---- RFC 6455, as much as an echo needs ----


async def frame(reader: Reader) -> tuple[int, bytes]:
    first, second = await reader.readexactly(2)
    size = second & 127
    if size > 125:
        wide = await reader.readexactly(2 if size == 126 else 8)
        size = int.from_bytes(wide, "big")
    mask = await reader.readexactly(4)
    data = await reader.readexactly(size)
    return first & 15, bytes(b ^ mask[i % 4] for i, b in enumerate(data))


async def socket(reader: Reader, writer: Writer, key: str) -> None:
    digest = sha1((key + GUID).encode()).digest()
    writer.write(
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
        b"Connection: Upgrade\r\nSec-WebSocket-Accept: "
        + base64.b64encode(digest) + b"\r\n\r\n"
    )
    kind = 0
    while kind != 8:
        kind, data = await frame(reader)
        size = (bytes([len(data)]) if len(data) < 126
                else b"\x7e" + len(data).to_bytes(2, "big"))
        writer.write(bytes([0x80 | kind]) + size + data)
        await writer.drain()
    raise EOFError


# ---- requests ----


async def one(name: str, reader: Reader, writer: Writer) -> None:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    lines = head.strip().split("\r\n")
    pairs = (line.partition(":") for line in lines[1:])
    fields = {k.lower(): v.strip() for k, _, v in pairs}
    body = await reader.readexactly(int(fields.get("content-length", "0")))
    path, _, query = lines[0].split(" ")[1].partition("?")
    match path:
        case "/script":
            answer(writer, "text/javascript", SCRIPT.encode())
        case "/digest":
            text = f"{len(body)} {sha256(body).hexdigest()[:8]}"
            answer(writer, "text/plain", text.encode())
        case "/large":
            answer(writer, "application/octet-stream", bytes(LARGE))
        case "/events":
            await events(writer)
        case "/ws":
            await socket(reader, writer, fields["sec-websocket-key"])
        case "/report":
            print(f"{name}: report {unquote(query)}", flush=True)
            answer(writer, "text/plain", b"thanks")
        case _:
            answer(writer, "text/html", PAGE.encode())
    await writer.drain()


async def serve(name: str, reader: Reader, writer: Writer) -> None:
    try:
        while True:
            await one(name, reader, writer)
    except (EOFError, OSError):
        pass
    finally:
        writer.close()


async def main(name: str, *files: str) -> None:
    context = None
    if files:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*files)
    server = await asyncio.start_server(
        lambda r, w: serve(name, r, w), "127.0.0.1", 0, ssl=context
    )
    print(f"{name}: ready on {server.sockets[0].getsockname()[1]}", flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
