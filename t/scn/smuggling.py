"""smuggling - every head of t/unit/test_http1.c, sent to a relay: at once, and byte by
byte. What is wrong must be answered by its status, and the service must hear none of it.

usage: smuggling.py HTTP    Is the service itself, published as a.x: says its port, waits
until it is reached by the port HTTP, and says how many were answered as they should be.
"""

from __future__ import annotations

import ast
import asyncio
import re
import sys
from dataclasses import dataclass
from pathlib import Path

TABLE = Path(__file__).parents[1] / "unit" / "test_http1.c"
ROW = re.compile(r"^\t\{ (.*), (\w+) \},(?: /\*.*\*/)?$", re.M)
LITERAL = re.compile(r'("(?:[^"\\]|\\.)*")')
MACROS = {"HOST": '"Host: a.x\\r\\n"', "END": '"\\r\\n"',
          "GET": '"GET / HTTP/1.1\\r\\n" HOST',
          "POST": '"POST / HTTP/1.1\\r\\n" HOST',
          "CHUNKED": '"Transfer-Encoding: chunked\\r\\n"'}
TARGET = re.compile(rb"//a(?=[/? ].*\r\nHost: a\.x\r)", re.I | re.S)
LOCAL, PATIENCE, TOGETHER = "127.0.0.1", 10.0, 16
SERVED = {200, 404, 405}  # "a" is nobody's name here, CONNECT not ours
LEAST = 120


@dataclass(frozen=True)
class Case:
    text: bytes
    status: int  # 200: it is good


def expanded(text: str) -> str:
    parts = LITERAL.split(text)
    for i in range(0, len(parts), 2):
        for name, meaning in MACROS.items():
            parts[i] = re.sub(rf"\b{name}\b", lambda _: meaning, parts[i])
    done = "".join(parts)
    return done if done == text else expanded(done)


def cases() -> list[Case]:
    found = []
    for text, status in ROW.findall(TABLE.read_text()):
        literals = LITERAL.findall(expanded(text))
        whole = b"".join(ast.literal_eval("b" + one) for one in literals)
        whole = TARGET.sub(rb"\g<0>.x", whole)
        if status != "MORE":
            found.append(Case(whole, 200 if status == "GOOD" else int(status)))
    return found


class Service:
    """Answers whatever comes, once for each connection."""

    def __init__(self) -> None:
        self.heard: list[bytes] = []

    async def serve(self, reader: asyncio.StreamReader,
                    writer: asyncio.StreamWriter) -> None:
        try:
            self.heard.append(await reader.readuntil(b"\r\n\r\n"))
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n"
                         b"Connection: close\r\n\r\n")
            await writer.drain()
        except (EOFError, OSError):
            pass
        writer.close()


async def send(writer: asyncio.StreamWriter, text: bytes, each: int) -> None:
    for at in range(0, len(text), each):
        writer.write(text[at:at + each])
        await writer.drain()
        await asyncio.sleep(0.0005 if each == 1 else 0)


async def ask(port: int, text: bytes, each: int) -> int:
    """The status of the first answer; 0: there was none."""
    reader, writer = await asyncio.open_connection(LOCAL, port)
    try:
        sending = asyncio.ensure_future(send(writer, text, each))
        line = await asyncio.wait_for(reader.readline(), PATIENCE)
        await asyncio.gather(sending, return_exceptions=True)
        return int(line.split()[1]) if line.startswith(b"HTTP/1.1 ") else 0
    except (OSError, ValueError, asyncio.TimeoutError):
        return 0
    finally:
        writer.close()


async def reached(port: int) -> None:
    while await ask(port, b"GET / HTTP/1.1\r\nHost: a.x\r\n\r\n", 99) != 200:
        await asyncio.sleep(0.05)


async def all_of(port: int, each: int, table: list[Case]) -> int:
    room = asyncio.Semaphore(TOGETHER)
    wrong = 0

    async def one(case: Case) -> None:
        nonlocal wrong
        async with room:
            got = await ask(port, case.text, each)
        if got not in (SERVED if case.status == 200 else {case.status}):
            wrong += 1
            print(f"smuggling: {got}, not {case.status}: {case.text!r}")

    await asyncio.gather(*(one(case) for case in table))
    return wrong


async def main(port: int) -> int:
    service, table = Service(), cases()
    server = await asyncio.start_server(service.serve, LOCAL, 0)
    print(f"ready on {server.sockets[0].getsockname()[1]}", flush=True)
    await reached(port)
    bad = [case for case in table if case.status != 200]
    good = [case for case in table if case.status == 200]
    service.heard.clear()
    wrong = await all_of(port, 1 << 20, bad) + await all_of(port, 1, bad)
    heard = len(service.heard)
    wrong += await all_of(port, 1 << 20, good) + await all_of(port, 1, good)
    print(f"smuggling: {len(bad)} bad and {len(good)} good, twice each, {wrong} "
          f"wrong, {heard} heard, {len(service.heard)} served", flush=True)
    return bool(wrong or heard or len(bad) < LEAST or not service.heard)


if __name__ == "__main__":
    sys.exit(asyncio.run(main(int(sys.argv[1]))))
