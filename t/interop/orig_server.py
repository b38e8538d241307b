#!/usr/bin/env python3
"""A server in the shape of the original FAST NAT server_proxy.js.

Its faults are kept: it is silent until a visitor comes; it writes one JSON
object a visitor with nothing between; ports are drawn at random; the first read
of an int connection must be the header and nothing else, and an outId must be
known, or the process dies; the visitor's end ends both directions; ports stay
open when their client has gone. Unlike the original it draws again when a port
is in use.
Written from docs/protocol/fastnat.md, not from the original's source.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random

from nodelike import Socket, die, listen, new_id

RANDOM_PORTS = range(30000, 65536)
HOST = "127.0.0.1"


class Server:
    """visitors is one table for all sessions, as in the original."""

    def __init__(self) -> None:
        self.visitors: dict[str, Socket] = {}
        self.listeners: list[asyncio.Server] = []
        self.tasks: set[asyncio.Task[None]] = set()

    async def run(self, port: int) -> None:
        control = await listen(
            lambda: Socket(on_open=self.accepted), HOST, port
        )
        self.listeners.append(control)
        real = control.sockets[0].getsockname()[1]
        print(f"listening on {HOST}:{real}", flush=True)
        await asyncio.Event().wait()

    def accepted(self, control: Socket) -> None:
        control.transport.pause_reading()  # it never reads there
        task = asyncio.create_task(self.session(control))
        self.tasks.add(task)

    async def session(self, control: Socket) -> None:
        session = {"id": new_id(), "intPort": 0, "outPort": 0}

        def visited(visitor: Socket) -> None:
            self.visited(session, control, visitor)

        session["intPort"] = await self.draw(self.int_socket)
        session["outPort"] = await self.draw(lambda: Socket(on_open=visited))
        print(
            f"session {session['id']}: intPort {session['intPort']}"
            f" outPort {session['outPort']}",
            flush=True,
        )

    async def draw(self, make: object) -> int:
        while True:
            port = random.choice(RANDOM_PORTS)
            try:
                self.listeners.append(await listen(make, HOST, port))
            except OSError:
                continue
            return port

    def visited(
        self, session: dict[str, object], control: Socket, visitor: Socket
    ) -> None:
        visitor.transport.pause_reading()
        out_id = new_id()
        self.visitors[out_id] = visitor
        message = session | {"command": "start_proxy", "outId": out_id}
        text = json.dumps(message, separators=(",", ":"))
        control.transport.write(text.encode())

    def int_socket(self) -> Socket:
        def header(data: bytes) -> None:
            message = json.loads(data)  # an error here is the end
            visitor = self.visitors.pop(message["outId"])  # so it is here
            visitor.pipe(inner)
            if not visitor.closed:
                visitor.transport.resume_reading()

        inner = Socket(on_data=header)
        return inner


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--listen", type=int, default=8888, help="0: any")
    args = parser.parse_args()

    async def body() -> None:
        asyncio.get_running_loop().set_exception_handler(die)
        await Server().run(args.listen)

    asyncio.run(body())


if __name__ == "__main__":
    main()
