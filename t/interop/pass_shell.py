#!/usr/bin/env python3
"""Shells as np-cli has them: asked for one it runs exec, or bash, on a pty; with
--ask it asks ID for one, types TEXT and prints what comes.

usage: pass_shell.py --server HOST:PORT --id ID --secret TEXT [--gen N7]
           [--ask ID [--exec PROGRAM] [--size ROWSxCOLUMNS] --type TEXT]
"""

from __future__ import annotations

import argparse
import asyncio
import fcntl
import os
import pty
import secrets
import signal
import struct
import sys
import termios

from natpass import (
    ANSWERED,
    ASKED,
    DISCONNECT,
    GENERATIONS,
    REQUEST,
    RESIZE,
    RESPONSE,
    SHELL,
    SHELL_DATA,
    SHELL_OF,
    SIZE_OF,
    Message,
    Wire,
    fields,
    number,
    text,
)
from pass_client import CHUNK, Client, Link


class Pty:
    """A program on a terminal; as the original, which takes no arguments."""

    def __init__(self, program: str, env: list[str]) -> None:
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            os.environ.update(dict(e.split("=", 1) for e in env))
            os.execlp(program, program)

    def resize(self, rows: int, columns: int) -> None:
        size = struct.pack("HHHH", rows, columns, 0, 0)
        fcntl.ioctl(self.fd, termios.TIOCSWINSZ, size)

    def end(self) -> None:
        os.kill(self.pid, signal.SIGKILL)


class Shells(Client):
    def __init__(self, options: argparse.Namespace) -> None:
        super().__init__(options)
        self.ptys: dict[bytes, Pty] = {}
        self.asking: Link | None = None

    # ---- asked ----

    async def asked(self, wire: Wire, m: Message) -> None:
        link = Link(self, wire, m.link, m.sender)
        link.to_idx = m.sender_idx
        if m.body_field(2) != SHELL:
            return
        asked = list(fields(bytes(m.body_field(11) or b"")))
        program = b"".join(bytes(v) for n, v in asked if n == 1).decode()
        env = [bytes(v).decode() for n, v in asked if n == 2]
        others = sorted(n for n, _ in asked if n > 2)
        print(f"shell for {m.sender.decode()}: {program} {env} {others}", flush=True)
        self.links[m.link] = link
        self.ptys[m.link] = Pty(program or "bash", env)
        await link.say(RESPONSE, ANSWERED, number(1, 1))
        loop = asyncio.get_running_loop()
        task = loop.create_task(self.carry(link, self.ptys[m.link]))
        self.tasks.add(task)

    async def carry(self, link: Link, shell: Pty) -> None:
        loop = asyncio.get_running_loop()
        while True:
            try:
                data = await loop.run_in_executor(None, os.read, shell.fd, CHUNK)
            except OSError:  # how a terminal ends
                data = b""
            if not data:
                break
            await link.say(SHELL_DATA, SHELL_OF, text(1, data))
        os.waitpid(shell.pid, 0)
        await link.say(DISCONNECT)
        await link.say(DISCONNECT)

    # ---- both ----

    async def hear(self, wire: Wire, m: Message) -> None:
        shell = self.ptys.get(m.link)
        if m.kind == SHELL_DATA and shell:
            os.write(shell.fd, bytes(m.body_field(1) or b""))
        elif m.kind == SHELL_DATA:
            sys.stdout.buffer.write(bytes(m.body_field(1) or b""))
            sys.stdout.flush()
        elif m.kind == RESIZE and shell:
            rows, columns = m.body_field(1), m.body_field(2)
            print(f"size {rows}x{columns}", flush=True)
            shell.resize(int(rows or 0), int(columns or 0))
        elif m.kind == DISCONNECT and shell:
            shell.end()
            print("shell disconnected", flush=True)
        elif m.kind == DISCONNECT:
            print("disconnected", flush=True)
        else:
            await super().hear(wire, m)

    # ---- asking ----

    async def ask(self) -> None:
        name = secrets.token_hex(8).encode()
        options = self.options
        link = Link(self, self.wires[0], name, options.ask.encode())
        self.links[name] = link
        shell = text(1, (options.exec or "").encode()) + text(2, b"TERM=xterm")
        body = text(1, b"shell") + number(2, SHELL) + text(11, shell)
        await link.say(REQUEST, ASKED, body)
        why = await link.answer
        if why:
            print(f"refused: {why}", flush=True)
            return
        if options.size:
            rows, columns = map(int, options.size.split("x"))
            size = number(1, rows) + number(2, columns)
            await link.say(RESIZE, SIZE_OF, size)
        typed = options.type.replace("|", "\n").encode()
        await link.say(SHELL_DATA, SHELL_OF, text(1, typed))

    async def live(self) -> None:
        many = self.options.connections if self.options.gen == "N5" else 1
        for idx in range(1, many + 1):
            await self.connect(idx)
        print("shaken", flush=True)
        if self.options.ask:
            await self.ask()
        await asyncio.Event().wait()


def main() -> None:
    parser = argparse.ArgumentParser()
    add = parser.add_argument
    add("--server", required=True)
    add("--id", required=True)
    add("--secret", required=True)
    add("--gen", choices=GENERATIONS, default="N7")
    add("--ask")
    add("--exec")
    add("--size")
    add("--type", default="")
    parser.set_defaults(tls=False, connections=3, forward=None)
    asyncio.run(Shells(parser.parse_args()).live())


if __name__ == "__main__":
    main()
