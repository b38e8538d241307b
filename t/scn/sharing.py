#!/usr/bin/env python3
"""sharing - browsers who ask all at once, over connections that stay.

usage: sharing.py PORT HOST COUNT TIMES [SECONDS]
COUNT connections; over each TIMES requests, or again and again for so many SECONDS.
Each path is asked for by one of them alone, and its answer must tell that path. Says
how many were answered and the slowest, in ms. Exits 1 if one was not.
"""

from __future__ import annotations

import asyncio
import sys
import time

LOCAL = "127.0.0.1"
PATIENCE = 30.0  # seconds for one answer


class Crowd:
    def __init__(self, port: int, host: str) -> None:
        self.port, self.host = port, host
        self.answered, self.slowest = 0, 0.0

    async def ask(self, reader: asyncio.StreamReader,
                  writer: asyncio.StreamWriter, path: str) -> None:
        begun = time.monotonic()
        writer.write(f"GET {path} HTTP/1.1\r\nHost: {self.host}\r\n\r\n".encode())
        head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
        assert " 200 " in head.split("\r\n")[0], head
        size = int(head.split("content-length: ")[1].split("\r\n")[0])
        body = (await reader.readexactly(size)).decode()
        assert f"GET {path} " in body, (path, body)
        self.answered += 1
        self.slowest = max(self.slowest, time.monotonic() - begun)

    async def browser(self, number: int, times: int, until: float) -> None:
        reader, writer = await asyncio.open_connection(LOCAL, self.port)
        turn = 0
        while turn < times or time.monotonic() < until:
            path = f"/{number}/{turn}"
            await asyncio.wait_for(self.ask(reader, writer, path), PATIENCE)
            turn += 1
        writer.close()


async def main(port: int, host: str, count: int, times: int,
               seconds: float) -> None:
    crowd = Crowd(port, host)
    until = time.monotonic() + seconds
    await asyncio.gather(*(crowd.browser(i, times, until)
                           for i in range(count)))
    print(f"sharing: {crowd.answered} answered, "
          f"the slowest in {crowd.slowest * 1e3:.0f} ms", flush=True)


if __name__ == "__main__":
    at, name, many, each = sys.argv[1:5]
    lasts = float(sys.argv[5]) if len(sys.argv) > 5 else 0.0
    asyncio.run(main(int(at), name, int(many), int(each), lasts))
