#!/usr/bin/env python3
"""A small relay of the extended protocol that can misbehave, to try a client.

Says every object that comes, `got {...}`, and `published NAME PORT`. Faults:
    none      works
    proof     its welcome carries a wrong proof: it does not know the token
    garbage   answers the hello with something else than JSON
    huge      answers the hello with an object that does not end
    version   refuses the hello, speaks version 9 only
    hangup    closes after the hello
    silent    never answers
    chatty    works, and says things between that want an answer or none
    stranger  after the login asks for a service that was never published
    split     sends byte by byte
    resets    resets a visitor's first data connection, and tells of it again
"""

from __future__ import annotations

import argparse
import asyncio
import json
from contextlib import suppress

from fastnat import VERSION, Control, Login, Message, copy, nonce

HOST = "127.0.0.1"
HUGE = b'{"command":"' + b"x" * 70000
FAULTS = (
    "none proof garbage huge version hangup silent chatty stranger split"
    " resets".split()
)


class Splitter:
    """Every byte in a segment of its own, as far as the kernel lets them."""

    def __init__(self, writer: asyncio.StreamWriter) -> None:
        self.queue: asyncio.Queue[bytes] = asyncio.Queue()
        self.task = asyncio.create_task(self._run(writer))

    def write(self, data: bytes) -> None:
        self.queue.put_nowait(data)

    async def _run(self, writer: asyncio.StreamWriter) -> None:
        while True:
            for byte in await self.queue.get():
                writer.write(bytes([byte]))
                await asyncio.sleep(0.0005)


class Relay:
    def __init__(self, args: argparse.Namespace) -> None:
        self.args = args
        self.port = 0
        self.waiting: dict[str, asyncio.Future[tuple[object, object]]] = {}
        self.told: dict[str, Message] = {}

    async def run(self) -> None:
        server = await asyncio.start_server(
            self.accepted, HOST, self.args.listen, backlog=1024
        )
        self.port = server.sockets[0].getsockname()[1]
        print(f"relay: ready on {HOST}:{self.port}", flush=True)
        await server.serve_forever()

    async def accepted(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        control = Control(reader, writer)
        first = await control.hear()
        if first and "outId" in first:
            if self.args.fault == "resets" and first["outId"] in self.told:
                await self.reset(first["outId"], writer)
                return
            self.data(first, reader, writer)
            return
        if self.args.fault == "split":
            control.writer = Splitter(writer)
        with suppress(SystemExit, OSError):
            if first and await self.greet(control, first):
                await self.serve(control)
        writer.close()

    async def reset(self, out_id: str, writer: asyncio.StreamWriter) -> None:
        """While the client still has the link, and when it knows."""
        again = self.told.pop(out_id)
        self.control.say("start_proxy", **again)
        writer.transport.abort()
        print("reset one", flush=True)
        await asyncio.sleep(0.3)
        self.control.say("start_proxy", **again)

    def data(
        self,
        header: Message,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
    ) -> None:
        future = self.waiting.pop(header["outId"], None)
        if future and header["mac"] == self.login.data_mac(header["outId"]):
            future.set_result((reader, writer))
        else:
            writer.close()

    async def greet(self, control: Control, hello: Message) -> bool:
        """The login; false when a fault has ended it."""
        match self.args.fault:
            case "garbage":
                control.writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
                return False
            case "huge":
                control.writer.write(HUGE)
                await control.hear()
                return False
            case "version":
                control.say("error", error="no such version", versions=[9])
                return False
            case "hangup":
                return False
            case "silent":
                await control.reader.read()
                return False
        return await self.log_in(control, hello)

    async def log_in(self, control: Control, hello: Message) -> bool:
        login = Login(
            self.args.token, hello["nonce"], nonce(), hello["name"]
        )
        control.say("challenge", version=VERSION, nonce=login.server_nonce)
        answer = await control.hear_command("login")
        if answer["proof"] != login.proof("client"):
            control.say("error", error="wrong token")
            return False
        proof = login.proof("relay")
        control.say(
            "welcome",
            id=nonce(),
            intPort=self.port,
            heartbeat=20000,
            proof="0" * 64 if self.args.fault == "proof" else proof,
        )
        self.login = login
        return True

    async def serve(self, control: Control) -> None:
        if self.args.fault == "stranger":
            self.start_proxy(control, "never-published", 1)
        if self.args.fault == "chatty":
            self.chat(control)
        servers = []
        while message := await control.hear():
            if message["command"] == "publish":
                servers.append(await self.publish(control, message))
            if message["command"] == "ping":
                control.say("pong")
            if message["command"] == "pong":
                print("ponged", flush=True)
        for server in servers:
            server.close()

    def chat(self, control: Control) -> None:
        control.say("ping")
        control.say("command-of-a-later-version", number=[1, {}])
        control.say("pong")
        control.say("published", service="never-asked", outPort=1)
        control.say("refused", service="never-asked", error="no", retry=1)

    async def publish(
        self, control: Control, message: Message
    ) -> asyncio.Server:
        async def visited(
            reader: asyncio.StreamReader, writer: asyncio.StreamWriter
        ) -> None:
            await self.visited(control, message["service"], reader, writer)

        server = await asyncio.start_server(
            visited, HOST, message["outPort"], backlog=1024
        )
        port = server.sockets[0].getsockname()[1]
        control.say("published", service=message["service"], outPort=port)
        print(f"published {message['service']} {port}", flush=True)
        return server

    def start_proxy(
        self, control: Control, service: str, port: int
    ) -> asyncio.Future[tuple[object, object]]:
        out_id = nonce()
        future = asyncio.get_running_loop().create_future()
        self.waiting[out_id] = future
        self.control = control
        self.told[out_id] = {
            "id": "x",
            "intPort": self.port,
            "outPort": port,
            "outId": out_id,
            "protocol": "TCP",
            "service": service,
            "from": "127.0.0.1:1",
        }
        control.say("start_proxy", **self.told[out_id])
        return future

    async def visited(
        self,
        control: Control,
        service: str,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
    ) -> None:
        port = writer.get_extra_info("sockname")[1]
        inner, outer = await self.start_proxy(control, service, port)
        await asyncio.gather(copy(reader, outer), copy(inner, writer))
        writer.close()
        outer.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--listen", type=int, default=0, help="port")
    parser.add_argument("--token", default="")
    parser.add_argument("--fault", choices=FAULTS, default="none")
    relay = Relay(parser.parse_args())
    with suppress(KeyboardInterrupt):
        asyncio.run(relay.run())


if __name__ == "__main__":
    main()
