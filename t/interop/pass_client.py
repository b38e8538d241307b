#!/usr/bin/env python3
"""A client of natpass as np-cli is one, of generation N5, N6 or N7: asked for tcp
or udp it dials (as v0.6.2 does) and passes on; with --forward it listens and asks.

usage: pass_client.py --server HOST:PORT --id ID --secret TEXT [--gen N7] [--tls]
           [--forward ID=HOST:PORT] [--connections 3]
"""

from __future__ import annotations

import argparse
import asyncio
import secrets
import ssl

from natpass import (
    ANSWERED,
    ASKED,
    BENCH,
    DATA_OF,
    DISCONNECT,
    FORWARD,
    GENERATIONS,
    KEEPALIVE,
    REQUEST,
    RESPONSE,
    TCP,
    UDP,
    Message,
    Wire,
    number,
    text,
)

CHUNK = 16384


class Link:
    def __init__(self, client: Client, wire: Wire, name: bytes, to: bytes):
        self.client, self.wire, self.name, self.to = client, wire, name, to
        self.to_idx = 0
        self.answer: asyncio.Future[str] = asyncio.Future()
        self.writer: asyncio.StreamWriter | None = None
        self.datagrams: asyncio.DatagramTransport | None = None

    async def say(self, kind: int, payload: int = 0, body: bytes = b"") -> None:
        message = Message(kind, to=self.to, link=self.name, payload=payload)
        message.body = body
        message.to_idx = self.to_idx if self.wire.idx else 0
        await self.wire.say(message)

    async def pump(self, reader: asyncio.StreamReader) -> None:
        while data := await reader.read(CHUNK):
            await self.say(FORWARD, DATA_OF, text(1, data))
        if self.client.links.pop(self.name, None):
            await self.say(DISCONNECT)
            self.close()

    def close(self) -> None:
        if self.writer:
            self.writer.close()
        if self.datagrams:
            self.datagrams.close()


class Datagrams(asyncio.DatagramProtocol):
    def __init__(self, link: Link) -> None:
        self.link = link

    def datagram_received(self, data: bytes, _: object) -> None:
        say = self.link.say(FORWARD, DATA_OF, text(1, data))
        self.link.client.tasks.add(asyncio.ensure_future(say))


class Client:
    def __init__(self, options: argparse.Namespace) -> None:
        self.options = options
        self.links: dict[bytes, Link] = {}
        self.wires: list[Wire] = []
        self.tasks: set[asyncio.Future[None]] = set()

    async def connect(self, idx: int) -> None:
        options = self.options
        host, _, port = options.server.rpartition(":")
        context = None
        if options.tls:
            context = ssl._create_unverified_context()
        streams = await asyncio.open_connection(host, int(port), ssl=context)
        wire = Wire(*streams)
        await wire.shake(
            options.gen, options.id.encode(), options.secret.encode(), idx
        )
        self.wires.append(wire)
        self.tasks.add(asyncio.ensure_future(self.serve(wire)))

    async def serve(self, wire: Wire) -> None:
        try:
            while True:
                await self.hear(wire, await wire.hear())
        except asyncio.IncompleteReadError:
            print("closed", flush=True)

    async def hear(self, wire: Wire, m: Message) -> None:
        link = self.links.get(m.link)
        if m.kind == KEEPALIVE:
            print("keepalive", flush=True)
        elif m.kind == REQUEST:
            await self.asked(wire, m)
        elif link and m.kind == RESPONSE:
            link.to_idx = m.sender_idx
            why = m.body_field(2) if not m.body_field(1) else b""
            link.answer.set_result(bytes(why or b"").decode())
        elif link and m.kind == FORWARD:
            await self.take(link, bytes(m.body_field(1) or b""))
        elif link and m.kind == DISCONNECT:
            self.links.pop(m.link).close()
            print("disconnected", flush=True)
        elif not link:
            print(f"other {m.kind} from {m.sender.decode()}", flush=True)

    async def take(self, link: Link, data: bytes) -> None:
        if link.datagrams:
            link.datagrams.sendto(data)
        elif link.writer:
            link.writer.write(data)
            await link.writer.drain()

    async def asked(self, wire: Wire, m: Message) -> None:
        link = Link(self, wire, m.link, m.sender)
        link.to_idx = m.sender_idx
        kind = m.body_field(2) or TCP
        print(f"asked for {kind} by {m.sender.decode()}", flush=True)
        try:
            if kind in (TCP, UDP):
                await self.dial(link, kind == UDP, m)
            elif kind != BENCH:
                return
        except OSError as why:
            await link.say(RESPONSE, ANSWERED, text(2, str(why).encode()))
            return

    async def dial(self, link: Link, udp: bool, m: Message) -> None:
        caddr = Message(0, body=bytes(m.body_field(10) or b""))
        host = bytes(caddr.body_field(1) or b"").decode()
        port = int(caddr.body_field(2) or 0)
        self.links[link.name] = link
        loop = asyncio.get_running_loop()
        if udp:
            link.datagrams, _ = await loop.create_datagram_endpoint(
                lambda: Datagrams(link), remote_addr=(host, port)
            )
        else:
            reader, link.writer = await asyncio.open_connection(host, port)
        await link.say(RESPONSE, ANSWERED, number(1, 1))
        if not udp:
            self.tasks.add(asyncio.ensure_future(link.pump(reader)))

    # ---- controlling ----

    async def come(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        to, _, where = self.options.forward.partition("=")
        host, _, port = where.rpartition(":")
        name = secrets.token_hex(8).encode()
        wire = self.wires[len(self.links) % len(self.wires)]
        link = self.links[name] = Link(self, wire, name, to.encode())
        link.writer = writer
        caddr = text(1, host.encode()) + number(2, int(port))
        await link.say(REQUEST, ASKED, text(1, b"rule") + text(10, caddr))
        why = await link.answer
        if why:
            print(f"refused: {why}", flush=True)
            self.links.pop(name)
            writer.close()
            return
        await link.pump(reader)

    async def run(self) -> None:
        many = self.options.connections if self.options.gen == "N5" else 1
        for idx in range(1, many + 1):
            await self.connect(idx)
        print("shaken", flush=True)
        if self.options.forward:
            server = await asyncio.start_server(self.come, "127.0.0.1", 0)
            port = server.sockets[0].getsockname()[1]
            print(f"listens on {port}", flush=True)
        await asyncio.Event().wait()


def main() -> None:
    parser = argparse.ArgumentParser()
    add = parser.add_argument
    add("--server", required=True)
    add("--id", required=True)
    add("--secret", required=True)
    add("--gen", choices=GENERATIONS, default="N7")
    add("--tls", action="store_true")
    add("--forward")
    add("--connections", type=int, default=3)
    asyncio.run(Client(parser.parse_args()).run())


if __name__ == "__main__":
    main()
