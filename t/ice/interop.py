#!/usr/bin/env python3
"""ICE with others: icecat with itself and with aioice, both roles, over UDP.

usage: interop.py ICECAT
A line for each row, and how many were good; skipped with the reason.
"""

from __future__ import annotations

import queue
import shutil
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

SYSTEM = "/usr/bin/python3"     # Debian's, which has Debian's packages
HERE = Path(__file__).parent
PATIENCE = 20.0                 # s, by the clock: the machine may be busy


class Wrong(Exception):
    """A row does not hold."""


class Peer:
    """A program that signals in lines."""

    def __init__(self, *words: str) -> None:
        self.run = subprocess.Popen(words, stdin=subprocess.PIPE, text=True,
                                    stdout=subprocess.PIPE)
        self.said: queue.Queue[str] = queue.Queue()
        threading.Thread(target=self.listen, daemon=True).start()

    def listen(self) -> None:
        assert self.run.stdout
        for line in self.run.stdout:
            self.said.put(line.rstrip("\n"))

    def tell(self, line: str) -> None:
        assert self.run.stdin
        self.run.stdin.write(line + "\n")
        self.run.stdin.flush()

    def close(self) -> None:
        assert self.run.stdin
        self.run.stdin.close()
        try:
            self.run.wait(5)
        except subprocess.TimeoutExpired:
            self.run.kill()


SIGNALS = ("ufrag ", "pwd ", "candidate:", "end")


def pass_on(a: Peer, b: Peer, seen: list[str]) -> None:
    """What a signals goes to b; what else a says goes to seen."""
    while True:
        try:
            line = a.said.get_nowait()
        except queue.Empty:
            return
        if line.startswith(SIGNALS):
            b.tell(line)
        else:
            seen.append(line)


def until(a: Peer, b: Peer, seen: tuple[list[str], list[str]],
          word: str) -> None:
    """Both have said it."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        pass_on(a, b, seen[0])
        pass_on(b, a, seen[1])
        if any(line.startswith("failed") for s in seen for line in s):
            break
        if all(any(line.startswith(word) for line in s) for s in seen):
            return
        time.sleep(0.005)
    raise Wrong(f"no {word!r} of both: {seen[0]} and {seen[1]}")


def talk(a: Peer, b: Peer, again: bool) -> str:
    seen: tuple[list[str], list[str]] = ([], [])
    until(a, b, seen, "path")
    path = next(line for line in (*seen[0], *seen[1])
                if line.startswith("path "))
    for round_ in range(2 if again else 1):
        if round_:
            seen = ([], [])
            a.tell("restart")
            until(b, a, (seen[1], seen[0]), "path")
        seen = ([], [])
        a.tell(f"data ping{round_}")
        b.tell(f"data pong{round_}")
        until(b, a, (seen[1], seen[0]), "data ")
        if seen != ([f"data pong{round_}"], [f"data ping{round_}"]):
            raise Wrong(f"other data came: {seen}")
    return path


def run(name: str, a: list[str], b: list[str], again: bool = False) -> bool:
    peers = Peer(*a), Peer(*b)
    try:
        print(f"good: {name}: {talk(*peers, again)}", flush=True)
        return True
    except Wrong as why:
        print(f"FAILED: {name}: {why}", flush=True)
        return False
    finally:
        for peer in peers:
            peer.close()


def has_aioice() -> bool:
    if not shutil.which(SYSTEM):
        return False
    return subprocess.run([SYSTEM, "-c", "import aioice"], check=False,
                          stderr=subprocess.DEVNULL).returncode == 0


def own_address() -> str | None:
    """One that is not the loopback, which aioice does not use."""
    try:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
            s.connect(("192.0.2.1", 9))
            return str(s.getsockname()[0])
    except OSError:
        return None


def main() -> int:
    cat = sys.argv[1]
    good = [run("itself", [cat, "--controlling", "127.0.0.1"],
                [cat, "127.0.0.1"], again=True),
            run("itself, both controlling", [cat, "--controlling", "127.0.0.1"],
                [cat, "--controlling", "127.0.0.1"]),
            run("itself, one lite", [cat, "--controlling", "127.0.0.1"],
                [cat, "--lite", "127.0.0.1"]),
            run("itself, IPv6", [cat, "--controlling", "::1", "127.0.0.1"],
                [cat, "::1", "127.0.0.1"])]
    address = own_address()
    peer = [SYSTEM, str(HERE / "aiopeer.py")]
    if not has_aioice():
        print("skipped: aioice: no python3-aioice here")
    elif address is None:
        print("skipped: aioice: no address but the loopback here")
    else:
        good += [run("aioice is controlled", [cat, "--controlling", address],
                     peer),
                 run("aioice controls", [cat, address],
                     [*peer, "--controlling"]),
                 run("aioice, both control", [cat, "--controlling", address],
                     [*peer, "--controlling"]),
                 run("aioice, none controls", [cat, address], peer)]
    print(f"ice: {sum(good)} of {len(good)} good")
    return 0 if all(good) else 1


if __name__ == "__main__":
    sys.exit(main())
