#!/usr/bin/env python3
"""A client in the shape of the original FAST NAT client_proxy.js.

Its faults are kept: it sends nothing on the control connection; it parses each
read as one JSON object and dies of two in one read or of a split one; it tells
nobody when the target refuses; it writes its header and what the target has
said already in one go; it knows no half-close; it ends when the server does.
Written from docs/protocol/fastnat.md, not from the original's source.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import time

from nodelike import Socket, connect, die


# Here the original is still busy, so that a greeting meets the header.
GREETING = 0.005


class Client:
    def __init__(self, args: argparse.Namespace) -> None:
        self.host, _, port = args.server.rpartition(":")
        self.port = int(port)
        self.target_host, _, port = args.target.rpartition(":")
        self.target_port = int(port)
        self.think = args.think / 1000
        self.tasks: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        control = await connect(
            lambda: Socket(on_data=self.heard), self.host, self.port
        )
        print("connected", flush=True)
        while not control.closed:
            await asyncio.sleep(0.02)
        print("the server is gone", flush=True)

    def heard(self, data: bytes) -> None:
        message = json.loads(data)  # an error here is the end
        print(data.decode(), flush=True)
        time.sleep(self.think)  # a busy client does nothing else either
        if message["command"] != "start_proxy":
            return
        task = asyncio.create_task(self.proxy(message))
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    async def proxy(self, message: dict[str, object]) -> None:
        early: list[bytes] = []
        try:
            target = await connect(
                lambda: Socket(on_data=early.append),
                self.target_host,
                self.target_port,
            )
        except OSError as why:
            print(f"target: {why}", flush=True)
            return
        try:
            inner = await connect(Socket, self.host, int(message["intPort"]))
        except OSError as why:
            print(f"int port: {why}", flush=True)
            target.transport.close()
            return
        await asyncio.sleep(GREETING)
        header = json.dumps({"outId": message["outId"]}, separators=(",", ":"))
        inner.transport.write(header.encode() + b"".join(early))
        inner.pipe(target)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--server", required=True, help="HOST:PORT")
    parser.add_argument("--target", required=True, help="HOST:PORT")
    parser.add_argument(
        "--think", type=float, default=0, help="ms spent on each object"
    )
    client = Client(parser.parse_args())

    async def body() -> None:
        asyncio.get_running_loop().set_exception_handler(die)
        await client.run()

    try:
        asyncio.run(body())
    except OSError as why:
        print(f"server: {why}", flush=True)


if __name__ == "__main__":
    main()
