#!/usr/bin/env python3
"""A server of natpass as np-svr is one, of generation N5, N6 or N7: relays by `to`
and link, overwrites who sends, says keepalives, tolerates no clock but its own, and
sends what it does not know untouched. It has the original's queue: a message that
finds no room within a second is lost, and counted.

usage: pass_orig.py --secret TEXT [--gen N7] [--minutes N] [--once]
--minutes: its clock is so many off. --once: it closes who comes first, unheard.
"""

from __future__ import annotations

import argparse
import asyncio

from natpass import (
    DISCONNECT,
    GENERATIONS,
    HANDSHAKE,
    KEEPALIVE,
    REQUEST,
    Message,
    Raw,
    Wire,
    proof,
)

QUEUE = 1024


class Client:
    def __init__(self, server: Server, wire: Wire, me: bytes, idx: int) -> None:
        self.server, self.wire, self.me, self.idx = server, wire, me, idx
        self.queue: asyncio.Queue[bytes] = asyncio.Queue(QUEUE)

    async def send(self, whole: bytes) -> None:
        try:
            await asyncio.wait_for(self.queue.put(whole), 1)
        except TimeoutError:
            self.server.lost += 1
            print(f"lost {self.server.lost}", flush=True)

    async def write(self) -> None:
        while True:
            self.wire.writer.write(await self.queue.get())
            await self.wire.writer.drain()

    async def keep_alive(self) -> None:
        while True:
            await asyncio.sleep(10)
            m = Message(KEEPALIVE, b"server", self.me)
            await self.send(m.frame())


class Server:
    def __init__(self, options: argparse.Namespace) -> None:
        self.options = options
        self.clients: dict[tuple[bytes, int], Client] = {}
        self.links: dict[bytes, tuple[Client, Client]] = {}
        self.lost = 0
        self.once = options.once

    def proven(self, m: Message) -> bool:
        o = self.options
        right = proof(o.gen, o.secret.encode(), o.minutes)
        return bytes(m.body_field(1) or b"") == right

    async def come(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        wire = Wire(reader, writer)
        try:
            m = await asyncio.wait_for(wire.hear(), 5)
            if self.once or m.kind != HANDSHAKE or not self.proven(m):
                self.once = False
                print(f"refused {m.sender.decode()}", flush=True)
                return
            await self.serve(wire, m)
        except (asyncio.IncompleteReadError, ConnectionError, ValueError):
            pass
        finally:
            writer.close()

    async def serve(self, wire: Wire, m: Message) -> None:
        idx = m.sender_idx if self.options.gen == "N5" else 0
        me = Client(self, wire, m.sender, idx)
        self.clients[m.sender, idx] = me
        print(f"in {m.sender.decode()} {idx}", flush=True)
        tasks = [asyncio.ensure_future(me.write())]
        tasks.append(asyncio.ensure_future(me.keep_alive()))
        try:
            while True:
                await self.hear(me, await wire.hear_raw())
        finally:
            for task in tasks:
                task.cancel()
            await self.leave(me)

    async def leave(self, me: Client) -> None:
        if self.clients.get((me.me, me.idx)) is me:
            del self.clients[me.me, me.idx]
        for link, ends in list(self.links.items()):
            if me not in ends:
                continue
            del self.links[link]
            for end in ends:
                m = Message(DISCONNECT, b"server", end.me, link)
                if end is not me:
                    await end.send(m.frame())

    def receiver(self, me: Client, m: Raw) -> Client | None:
        ends = self.links.get(m.link)
        for end in ends or ():
            if end.me == m.to and (end.idx == m.to_idx or not end.idx):
                return end
        if ends and self.options.gen == "N5":
            return None
        mine = [c for (name, _), c in self.clients.items() if name == m.to]
        return mine[0] if mine else None

    async def hear(self, me: Client, m: Raw) -> None:
        if m.kind == KEEPALIVE:
            return
        to = self.receiver(me, m)
        if not to:
            print(f"nobody {m.to.decode()} for {m.kind}", flush=True)
            return
        if m.kind == REQUEST:
            self.links[m.link] = (me, to)
        if m.kind == DISCONNECT:
            self.links.pop(m.link, None)
        five = self.options.gen == "N5"
        idx, to_idx = (me.idx, to.idx) if five else (None, None)
        await to.send(m.passed(me.me, idx, to_idx))


async def run(options: argparse.Namespace) -> None:
    server = Server(options)
    sock = await asyncio.start_server(server.come, "127.0.0.1", 0)
    port = sock.sockets[0].getsockname()[1]
    print(f"listens on {port}", flush=True)
    await asyncio.Event().wait()


def main() -> None:
    parser = argparse.ArgumentParser()
    add = parser.add_argument
    add("--secret", required=True)
    add("--gen", choices=GENERATIONS, default="N7")
    add("--minutes", type=int, default=0)
    add("--once", action="store_true")
    asyncio.run(run(parser.parse_args()))


if __name__ == "__main__":
    main()
