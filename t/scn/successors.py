"""successors - a relay, and one after the other who takes its place.

usage: successors.py NAT CONF N RELOADS    Starts the first one; at SIGUSR1 the N
others, each of which is told to reload so many times, as is the client whose process
client.pid names. At SIGTERM the last one ends. Exits 0 if all have ended well.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

PATIENCE = 20.0


def start(argv: list[str], log: str) -> subprocess.Popen[bytes]:
    with open(log, "wb") as to:
        return subprocess.Popen(argv, stderr=to)


def until_said(log: str, words: str) -> None:
    end = time.monotonic() + PATIENCE
    while words not in Path(log).read_text():
        if time.monotonic() > end:
            sys.exit(f"{log}: no {words!r}: {Path(log).read_text()}")
        time.sleep(0.02)


def reload(relay: subprocess.Popen[bytes], times: int) -> None:
    client = int(Path("client.pid").read_text())
    for _ in range(times):
        relay.send_signal(signal.SIGHUP)
        os.kill(client, signal.SIGHUP)
        time.sleep(0.25)


def main(nat: str, conf: str, count: int, reloads: int) -> int:
    go, end = threading.Event(), threading.Event()
    signal.signal(signal.SIGUSR1, lambda *_: go.set())
    signal.signal(signal.SIGTERM, lambda *_: end.set())
    relays = [start([nat, "relay", "-c", conf], "relay0.log")]
    until_said("relay0.log", "ready on")
    print("successors: the first", flush=True)
    go.wait()
    for i in range(1, count + 1):
        log = f"relay{i}.log"
        relays.append(start([nat, "relay", "--takeover", "-c", conf], log))
        until_said(log, "has taken over")
        print(f"successors: number {i}", flush=True)
        reload(relays[-1], reloads)
    print("successors: all", flush=True)
    end.wait()
    relays[-1].terminate()
    codes = [one.wait(PATIENCE * 2) for one in relays]
    print(f"successors: ended {codes}", flush=True)
    return any(codes)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])))
