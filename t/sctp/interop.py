#!/usr/bin/env python3
"""SCTP beside other people's: sctpcat with aiortc, usrsctp and itself.

usage: interop.py [--short] [--only WORD] [--verbose] CAT [USRCAT]
A line for each row that fails or is skipped, and how many were good.
"""

from __future__ import annotations

import argparse
import socket
import subprocess
import sys
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

RTC = ["/usr/bin/python3", str(Path(__file__).with_name("rtc.py"))]
PATIENCE_S = 240
MOST = 100_000_000


@dataclass
class Row:
    name: str
    one: str                # who begins: ours, rtc or usr
    other: str              # who waits
    does: str               # settings of one
    answers: str            # of other
    exact: bool = True      # all that was sent has come
    short: bool = False


class Absent(Exception):
    """What a row needs is not here."""


class Wrong(Exception):
    """What a row found."""


def rows() -> list[Row]:
    back = "echo=1 stay=1"
    out = []
    for peer, most in (("ours", MOST), ("usr", MOST), ("rtc", 10_000_000)):
        pairs = [("ours", peer)] + ([] if peer == "ours" else [(peer, "ours")])
        for one, other in pairs:
            name = f"{one} to {other}"
            out += [
                Row(f"{name}: messages of every size, back", one, other,
                    "channels=3 bytes=3000000 want=3000000 close=1", back,
                    short=True),
                Row(f"{name}: {most // 1_000_000} MB", one, other,
                    f"channels=1 size=16384 bytes={most}",
                    f"stay=1 want={most}"),
                Row(f"{name}: 100 channels, closed", one, other,
                    "channels=100 size=1000 bytes=1000000 want=1000000 "
                    "close=1", back),
                Row(f"{name}: unordered", one, other,
                    "channels=2 type=128 bytes=2000000 want=2000000", back),
                Row(f"{name}: at most once again, lossy", one, other,
                    "channels=2 type=129 limit=1 size=3000 bytes=1000000",
                    "stay=1", exact=False),
                Row(f"{name}: 50 ms, lossy", one, other,
                    "channels=2 type=2 limit=50 size=3000 bytes=1000000",
                    "stay=1", exact=False),
                Row(f"{name}: lossy, all the same", one, other,
                    "channels=2 bytes=1000000 want=1000000", back),
            ]
    out.append(Row("ours to ours: both begin", "ours", "ours",
                   "channels=5 bytes=2000000 want=2000000 close=1",
                   "connect=1 echo=1 stay=1", short=True))
    return out


def port_pair() -> list[int]:
    socks = [socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in "ab"]
    for s in socks:
        s.bind(("127.0.0.1", 0))
    ports = [int(s.getsockname()[1]) for s in socks]
    for s in socks:
        s.close()
    return ports


class World:
    def __init__(self, cat: str, usr: str | None) -> None:
        self.cat, self.usr = cat, usr

    def program(self, who: str) -> list[str]:
        if who == "ours":
            return [self.cat]
        if who == "usr":
            if not self.usr:
                raise Absent("no usrsctp (libusrsctp-dev)")
            return [self.usr]
        if subprocess.run([*RTC[:1], "-c", "import aiortc"],
                          capture_output=True, check=False).returncode:
            raise Absent("no aiortc (python3-aiortc)")
        return RTC

    def start(self, who: str, ports: list[int],
              settings: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [*self.program(who), *map(str, ports), *settings.split()],
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def ended(p: subprocess.Popen[str]) -> dict[str, str]:
    try:
        said, _ = p.communicate(timeout=PATIENCE_S)
    except subprocess.TimeoutExpired:
        p.kill()
        said, _ = p.communicate()
        raise Wrong(f"hangs: {said[-300:]}") from None
    for line in said.splitlines():
        if line.startswith("end "):
            return dict(w.split("=", 1) for w in line.split()[1:])
    raise Wrong(f"did not end well: {said[-300:]}")


def setting(settings: str, name: str) -> str:
    return dict(w.split("=", 1) for w in settings.split())[name]


def judge(row: Row, a: dict[str, str], b: dict[str, str]) -> None:
    if a["sent"] != setting(row.does, "bytes"):
        raise Wrong(f"{a['sent']} bytes were sent")
    if row.exact and a["out"] != b["in"]:
        raise Wrong(f"what was sent is not what came: {a} {b}")
    if "want=" in row.does and b["out"] != a["in"]:
        raise Wrong(f"what came back is not what was sent: {a} {b}")
    if not row.exact and not 0 < int(b["got"]) <= int(a["sent"]):
        raise Wrong(f"{b['got']} bytes of {a['sent']} came")
    if "close=1" in row.does:
        n = setting(row.does, "channels")
        if a["closed"] != n:
            raise Wrong(f"{a['closed']} channels of {n} closed")


def run(world: World, row: Row) -> str:
    ports = port_pair()
    loss = " lose=30" if "lossy" in row.name else ""
    answers, does = row.answers, row.does
    if row.other == "ours":
        answers += loss
    else:
        does += loss
    if row.one != "rtc":        # whose client has odd channels
        answers += " odd=1"
    b = world.start(row.other, ports, answers)
    try:
        world.program(row.one)
        time.sleep(0.6 if row.other == "rtc" else 0.1)
        a = world.start(row.one, ports[::-1], does + " connect=1")
        first = ended(a)
        if first["err"] != "0":  # the other may be told by ABORT that it ends
            raise Wrong(f"ended in trouble: {first}")
        second = ended(b)
    finally:
        b.kill()
    judge(row, first, second)
    return (f"{int(first['sent']) / 1e6:.1f} MB in {first['ms']} ms, "
            f"got {second['got']}")


def main() -> int:
    args = argparse.ArgumentParser()
    args.add_argument("--short", action="store_true")
    args.add_argument("--only", default="")
    args.add_argument("--verbose", action="store_true")
    args.add_argument("cat")
    args.add_argument("usr", nargs="?")
    opt = args.parse_args()
    world = World(opt.cat, opt.usr)
    count: Counter[str] = Counter()
    for row in rows():
        if opt.only not in row.name or (opt.short and not row.short):
            continue
        verdict, why = "good", ""
        try:
            why = run(world, row)
        except Absent as e:
            verdict, why = "skipped", str(e)
        except Wrong as e:
            verdict, why = "FAILED", str(e)
        count[verdict] += 1
        if verdict != "good" or opt.verbose:
            print(f"{verdict}: {row.name}: {why}", flush=True)
    print("sctp:", ", ".join(f"{n} {v}" for v, n in count.items()))
    return 1 if count["FAILED"] else 0


if __name__ == "__main__":
    sys.exit(main())
