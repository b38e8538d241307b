#!/usr/bin/env python3
"""Kills a tracker that keeps its members in a file, again and again, and looks for
those whom it has forgotten.

usage: killing.py NAT PORT FILE ROUNDS SECONDS

In each round it is started, must know who registered ten seconds before it was
killed or stood in its file then, and is killed at a moment that chance chooses,
within so many seconds, while others register; each tenth time it lives for more
than ten. At last it has ten seconds to write down who came.
"""

from __future__ import annotations

import random
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

IN_GROUP = 100
LONG = 10  # every so many rounds
PAUSE = 0.002  # so that all of them find a place
PROMISE = 10.0  # seconds of registrations that may be lost
JOIN = "//51pwn/P2P&E2E/{group}/0/{name}/{name}"


class Wrong(Exception):
    """It has not kept its promise."""


class Tracker:
    def __init__(self, nat: str, port: int, file: Path) -> None:
        self.file = file
        self.argv = [nat, "tracker", "--listen", f"127.0.0.1:{port}",
                     "--state", str(file), "--trust", "127.0.0.0/8",
                     "--max-address", "65000", "--max-group", "200",
                     "--admin", str(file.parent / f"{port}.sock")]
        self.sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.sock.settimeout(0.5)
        self.sock.connect(("127.0.0.1", port))
        self.said: list[str] = []

    def start(self) -> None:
        self.process = subprocess.Popen(self.argv, text=True,
                                        stderr=subprocess.PIPE)
        assert self.process.stderr
        for line in self.process.stderr:
            self.said.append(line.strip())
            if "ready on" in line:
                return
        raise Wrong(f"it does not start: {self.said[-3:]}")

    def kill(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        self.process.communicate()

    def join(self, group: str, name: str) -> set[str]:
        """Whom it knows; an answer begins with who asked."""
        for _ in range(10):
            self.sock.send(JOIN.format(group=group, name=name).encode())
            try:
                while True:
                    lines = self.sock.recv(65536).decode().split("\n")
                    if lines[0].endswith(f";{name}"):
                        return {line.partition(";")[2] for line in lines}
            except TimeoutError:
                continue
        raise Wrong("no answer")

    def written(self) -> bytes:
        return self.file.read_bytes() if self.file.exists() else b""


class Book:
    """Who has registered, and when."""

    def __init__(self) -> None:
        self.when: dict[str, float] = {}  # what it may not know yet
        self.owed: set[str] = set()
        self.came = 0

    def group(self, name: str) -> str:
        return f"g{int(name[1:]) // IN_GROUP}"

    def register(self, tracker: Tracker, until: float) -> None:
        while time.monotonic() < until:
            self.register_one(tracker)
            time.sleep(PAUSE)

    def register_one(self, tracker: Tracker) -> str:
        name = f"m{self.came:07}"
        self.came += 1
        tracker.join(self.group(name), name)
        self.when[name] = time.monotonic()
        return name

    def note(self, killed: float, written: bytes) -> None:
        """It is killed now: whom must it know afterwards?"""
        self.owed |= {name for name, at in self.when.items()
                      if at < killed - PROMISE or name.encode() in written}
        self.when.clear()

    def check(self, tracker: Tracker) -> None:
        known: dict[str, set[str]] = {}
        for name in self.owed:
            group = self.group(name)
            if group not in known:
                known[group] = tracker.join(group, f"asks-{group}")
            if name not in known[group]:
                raise Wrong(f"{name} is forgotten; {tracker.said[-3:]}")


def last_words(tracker: Tracker, book: Book) -> None:
    name = book.register_one(tracker)
    end = time.monotonic() + PROMISE
    while name.encode() not in tracker.written():
        if time.monotonic() > end:
            raise Wrong("it is not written down")
        time.sleep(0.05)


def main() -> int:
    nat, port, file, rounds, seconds = sys.argv[1:]
    tracker, book = Tracker(nat, int(port), Path(file)), Book()
    chance = random.Random(7)
    try:
        for turn in range(1, int(rounds) + 1):
            tracker.start()
            book.check(tracker)
            more = PROMISE if turn % LONG == 0 else 0
            book.register(tracker, time.monotonic() + more
                          + chance.uniform(0.05, float(seconds)))
            tracker.kill()
            book.note(time.monotonic(), tracker.written())
        tracker.start()
        last_words(tracker, book)
        tracker.kill()
        book.note(time.monotonic(), tracker.written())
        tracker.start()
        book.check(tracker)
        tracker.kill()
    except Wrong as why:
        tracker.kill()
        print(why)
        return 1
    torn = sum("torn" in line for line in tracker.said)
    print(f"good: {book.came} came, {len(book.owed)} were owed and are "
          f"there, {torn} torn ends")
    return 0


if __name__ == "__main__":
    sys.exit(main())
