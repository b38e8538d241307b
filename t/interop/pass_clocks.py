#!/usr/bin/env python3
"""Proofs to a natpass server: by clocks that are off, said again, kept for later.

usage: pass_clocks.py clocks|replay PORT
       pass_clocks.py record|again PORT FILE
Its secrets: `of-all`, `box:of-box`. The protocol cannot tell who says a proof, so
whoever heard one is let in as long as it is good (docs/protocol/natpass.md 2): N7's
for the minute before and after, MD5 for ever. record keeps handshakes of each
generation, and one of N7 that was heard two minutes ago.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

from natpass import GENERATIONS, HANDSHAKE, PROOF_OF, Message, proof, text
from pass_rules import Client, Wrong, same

FAR = (-2, 2, -3, 3, -60, 60, -1440, 1440, -27_000_000, 1 << 30)


def steady() -> None:
    """Not across the end of a minute."""
    late = time.time() % 60 - 54
    if late > 0:
        time.sleep(6 - late + 0.1)


def handshake(
    gen: str, me: str, minutes: int = 0, secret: bytes = b"of-all"
) -> bytes:
    enc = text(1, proof(gen, secret, minutes))
    m = Message(HANDSHAKE, me.encode(), payload=PROOF_OF, body=enc)
    m.sender_idx = 1 if gen == "N5" else 0
    return m.frame()


def come(port: int, whole: bytes, me: str, gen: str = "N7") -> Client:
    one = Client(port, me, gen, 1 if gen == "N5" else 0)
    one.sock.sendall(whole)
    return one


def clocks(port: int) -> None:
    for minutes in FAR:
        steady()
        bad = come(port, handshake("N7", "clock", minutes), "clock")
        same(f"{minutes} minutes off", bad.is_closed(), True)
        near = minutes % 3 - 1  # and is forgiven
        come(port, handshake("N7", "clock", near), "clock").here()
    for gen in ("N5", "N6"):  # know no clock
        come(port, handshake(gen, "clock", 1 << 30), "clock", gen).here()


def replay(port: int) -> None:
    for gen in GENERATIONS:
        steady()
        said = handshake(gen, "first")
        first = come(port, said, "first", gen).here()
        again = come(port, said, "first", gen).here()
        same(f"{gen}: the first gives way", first.is_closed(), True)
        again.sock.sendall(said)  # nobody listens to it a second time
        again.here()
        as_box = handshake(gen, "box")
        same(
            f"{gen}: for an id with a secret of its own",
            come(port, as_box, "box", gen).is_closed(),
            True,
        )
        cut = said[:-1] + bytes([said[-1] ^ 1])
        bad = come(port, cut * 12, "first", gen)
        same(f"{gen}: damaged", bad.is_closed(), True)
        come(port, said, "first", gen).here()


def record(port: int, path: str) -> None:
    steady()
    kept = {gen: handshake(gen, f"old{gen}") for gen in GENERATIONS}
    for gen, whole in kept.items():
        come(port, whole, f"old{gen}", gen).here()
    kept["late"] = handshake("N7", "oldN7", -2)
    lines = [f"{name} {whole.hex()}" for name, whole in kept.items()]
    Path(path).write_text("\n".join(lines))


def again(port: int, path: str) -> None:
    """What was heard before the server began anew, and is sent to it now."""
    lines = Path(path).read_text().splitlines()
    kept = {n: bytes.fromhex(v) for n, v in (line.split() for line in lines)}
    late = come(port, kept["late"], "oldN7")
    same("two minutes later", late.is_closed(), True)
    for gen in GENERATIONS:
        come(port, kept[gen], f"old{gen}", gen).here()


def main() -> None:
    rules = {"clocks": clocks, "replay": replay}
    kept = {"record": record, "again": again}
    what, port = sys.argv[1], int(sys.argv[2])
    try:
        if what in rules:
            rules[what](port)
        else:
            kept[what](port, sys.argv[3])
    except (Wrong, OSError) as why:
        print(f"wrong: {why}")
        sys.exit(1)
    print("good")


if __name__ == "__main__":
    main()
