#!/usr/bin/env python3
"""A client of the extended protocol that can misbehave, to try a relay.

Says every object that comes, `got {...}`, and what became of data connections.
It serves visitors by echo itself. What --data does with a visitor:
    echo      as it should be
    wrong     a mac of zeros
    replay    serves it, then presents the same header again
    unknown   a well-signed outId that nobody has given out
    late      waits --delay before it presents the header
    failed    reports that the service refused
    ignore    does nothing
    second    serves it when it is told of it again
What --park opens ahead, and does when it is told of a visitor there:
    echo      answers and serves it
    silent    nothing
    garbage   answers something else
    closes    closes
    twice     opens two with one number, of which the second is closed
What --visit does, of a private service, OWNER/SERVICE; `visit ...` says what came:
    good      as it should be, with bytes before the answer
    wrong     a mac of zeros
    other     the mac of another service
    replay    the same header again, once the first is served
    foreign   the id of nobody, or of --id
    late      an n that is 1,024 behind
"""

from __future__ import annotations

import argparse
import asyncio
import json
from collections.abc import Awaitable, Callable, Coroutine

from fastnat import (
    VERSION,
    Control,
    Login,
    Message,
    copy,
    first_object,
    nonce,
)


class Client:
    def __init__(self, args: argparse.Namespace) -> None:
        self.args = args
        self.host, _, port = args.relay.rpartition(":")
        self.port = int(port)
        self.tasks: set[asyncio.Task[None]] = set()
        self.told: set[str] = set()

    async def run(self) -> None:
        control = Control(
            *await asyncio.open_connection(self.host, self.port)
        )
        self.login = await self.log_in(control)
        for word in self.args.publish:
            service, _, port = word.partition("=")
            where: dict[str, int] = {"outPort": 0}
            if port == "private":
                where = {"private": 1}
            elif port:
                where = {"outPort": int(port)}
            control.say(
                "publish",
                service=service,
                protocol=self.args.protocol,
                **where,
                **({"deny": self.args.deny} if self.args.deny else {}),
            )
        if self.args.visit:
            self.keep(VISITS[self.args.visit_as](self))
        if self.args.park:
            self.keep(self.park(welcome_id=self.id))
            if self.args.park == "twice":
                self.keep(self.park(welcome_id=self.id))
        while message := await control.hear():
            self.act(control, message)

    def keep(self, coroutine: Coroutine[None, None, None]) -> None:
        task = asyncio.ensure_future(coroutine)
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    async def park(self, welcome_id: str) -> None:
        reader, writer = await asyncio.open_connection(self.host, self.port)
        mac = self.login.session_mac("park", welcome_id, "1")
        header = {"outId": "", "id": welcome_id, "n": 1, "mac": mac}
        writer.write(json.dumps(header).encode() + b"\n")
        told, early = await first_object(reader, writer)
        if not told:
            print("parked closed", flush=True)
            return
        print(f"parked told of {told['service']}", flush=True)
        try:
            await self.answer(told["outId"], early, reader, writer)
        except ConnectionResetError:
            print("parked reset", flush=True)
        writer.close()

    async def answer(
        self,
        out_id: str,
        early: bytes,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
    ) -> None:
        if self.args.park in ("silent", "closes"):
            if self.args.park == "silent":
                await reader.read()
            return
        if self.args.park == "garbage":
            out_id = "0" * 32
        answer = json.dumps({"outId": out_id, "ok": 1})
        writer.write(answer.encode() + early)
        await copy(reader, writer)

    def visit_header(self, n: int = 1, **other: str) -> Message:
        owner, _, service = self.args.visit.partition("/")
        welcome_id = other.get("id", self.id)
        signed = other.get("signed", service)
        mac = self.login.session_mac(
            "visit", welcome_id, str(n), owner, signed
        )
        return {
            "command": "visit",
            "id": welcome_id,
            "n": n,
            "name": owner,
            "service": service,
            "mac": other.get("mac", mac),
        }

    async def visit(self, header: Message, what: str) -> None:
        """Says 5 bytes behind the header and expects them to come back."""
        reader, writer = await asyncio.open_connection(self.host, self.port)
        writer.write(json.dumps(header).encode() + b"hello")
        answer, rest = await first_object(reader, writer)
        print(f"visit {what}: answer {json.dumps(answer)}", flush=True)
        if answer.get("ok") == 1:
            while len(rest) < 5 and (data := await reader.read(64)):
                rest += data
            print(f"visit {what}: bytes {rest.decode()}", flush=True)
        writer.close()

    async def visit_good(self) -> None:
        await self.visit(self.visit_header(), "good")

    async def visit_wrong(self) -> None:
        await self.visit(self.visit_header(mac="0" * 64), "wrong")

    async def visit_other(self) -> None:
        await self.visit(self.visit_header(signed="other"), "other")

    async def visit_replay(self) -> None:
        await self.visit(self.visit_header(), "first")
        await self.visit(self.visit_header(), "replay")

    async def visit_foreign(self) -> None:
        await self.visit(self.visit_header(id=self.args.id), "foreign")

    async def visit_late(self) -> None:
        await self.visit(self.visit_header(n=1025), "first")
        await self.visit(self.visit_header(n=2), "second")
        await self.visit(self.visit_header(n=1), "late")

    def is_guest(self) -> bool:
        only_visits = self.args.visit and not self.args.publish
        return bool(self.args.guest or only_visits)

    async def log_in(self, control: Control) -> Login:
        mine = nonce()
        control.say(
            "hello",
            version=VERSION,
            name=self.args.name,
            instance=nonce(),
            nonce=mine,
            **({"guest": 1} if self.is_guest() else {}),
        )
        challenge = await control.hear_command("challenge")
        login = Login(
            self.args.token, mine, challenge["nonce"], self.args.name
        )
        control.say("login", proof=login.proof("client"))
        welcome = await control.hear_command("welcome")
        good = welcome["proof"] == login.proof("relay")
        print(f"relay's proof {'right' if good else 'wrong'}", flush=True)
        self.port = welcome["intPort"]
        self.id = welcome["id"]
        return login

    def act(self, control: Control, message: Message) -> None:
        command = message.get("command")
        if command == "ping" and not self.args.deaf:
            control.say("pong")
        if command == "start_proxy":
            coroutine = DATA[self.args.data](self, control, message["outId"])
            self.keep(coroutine)

    async def present(self, out_id: str, mac: str, what: str) -> None:
        """One data connection: header, then echo until the end."""
        reader, writer = await asyncio.open_connection(self.host, self.port)
        header = {"outId": out_id, "mac": mac}
        text = json.dumps(header, separators=(",", ":"))
        writer.write(text.encode() + b"\n")
        try:
            if data := await reader.read(1 << 16):
                print(f"{what} carries data", flush=True)
                writer.write(data)
                await copy(reader, writer)
            print(f"{what} ended", flush=True)
        except OSError:
            print(f"{what} ended by reset", flush=True)
        writer.close()

    async def echo(self, control: Control, out_id: str) -> None:
        await self.present(out_id, self.login.data_mac(out_id), "data")

    async def wrong(self, control: Control, out_id: str) -> None:
        await self.present(out_id, "0" * 64, "wrong")

    async def replay(self, control: Control, out_id: str) -> None:
        first = asyncio.create_task(self.echo(control, out_id))
        await asyncio.sleep(0.2)
        await self.present(out_id, self.login.data_mac(out_id), "replay")
        await first

    async def unknown(self, control: Control, out_id: str) -> None:
        other = nonce()
        await self.present(other, self.login.data_mac(other), "unknown")

    async def late(self, control: Control, out_id: str) -> None:
        await asyncio.sleep(self.args.delay)
        await self.present(out_id, self.login.data_mac(out_id), "late")

    async def failed(self, control: Control, out_id: str) -> None:
        control.say("failed", outId=out_id, error="the service refused")

    async def second(self, control: Control, out_id: str) -> None:
        if out_id in self.told:
            await self.echo(control, out_id)
        self.told.add(out_id)

    async def ignore(self, control: Control, out_id: str) -> None:
        return


Data = Callable[[Client, Control, str], Awaitable[None]]
DATA: dict[str, Data] = {
    "echo": Client.echo,
    "wrong": Client.wrong,
    "replay": Client.replay,
    "unknown": Client.unknown,
    "late": Client.late,
    "failed": Client.failed,
    "ignore": Client.ignore,
    "second": Client.second,
}


Visit = Callable[[Client], Coroutine[None, None, None]]
VISITS: dict[str, Visit] = {
    "good": Client.visit_good,
    "wrong": Client.visit_wrong,
    "other": Client.visit_other,
    "replay": Client.visit_replay,
    "foreign": Client.visit_foreign,
    "late": Client.visit_late,
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--relay", required=True, help="HOST:PORT")
    parser.add_argument("--token", default="")
    parser.add_argument("--name", default="ext")
    parser.add_argument("--protocol", default="TCP")
    parser.add_argument(
        "--publish", action="append", default=[], metavar="SERVICE[=PORT]"
    )
    parser.add_argument("--deny", help="networks that must not visit")
    parser.add_argument("--data", choices=DATA, default="echo")
    parser.add_argument(
        "--park", choices=("echo", "silent", "garbage", "closes", "twice")
    )
    parser.add_argument("--visit", metavar="OWNER/SERVICE")
    parser.add_argument("--visit-as", choices=VISITS, default="good")
    parser.add_argument("--id", default="nobody00", help="of foreign")
    parser.add_argument("--guest", action="store_true")
    parser.add_argument("--delay", type=float, default=11, help="of late, s")
    parser.add_argument(
        "--deaf", action="store_true", help="do not answer pings"
    )
    asyncio.run(Client(parser.parse_args()).run())


if __name__ == "__main__":
    main()
