#!/usr/bin/env python3
"""Signed requests that a nat peer verifies per second of CPU, beside openssl.

usage: peer.py [--messages N] [--rounds N] NAT

Each is a 0x123 of 440 bytes of data or of 2, signed ahead by t/interop's second
implementation, that the peer as a proxy checks and passes on: receiving, JSON,
RSA, sending. CPU time is the scheduler's; openssl speed runs between the rounds.
"""

from __future__ import annotations

import argparse
import base64
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "interop"))
from chainpeer import Peer, join  # noqa: E402
from showchain import Key, Message, encode  # noqa: E402

AIM = 0.25
BURST = 20


def cpu(pid: int) -> float:
    text = Path(f"/proc/{pid}/schedstat").read_text(encoding="ascii")
    return int(text.split()[0]) / 1e9


def openssl_verifies() -> float:
    done = subprocess.run(["openssl", "speed", "-seconds", "1", "rsa2048"],
                          capture_output=True, text=True, check=True)
    found = re.findall(r"^rsa\s+2048 bits.*\s([\d.]+)$", done.stdout, re.M)
    return float(found[-1])


def started(nat: str, home: Path) -> tuple[subprocess.Popen[str], str]:
    server = subprocess.Popen(
        [nat, "peer", "--key", str(home / "t.pem"), "--public", "--listen",
         "127.0.0.1:0", "--max-rate", "100000"],
        stderr=subprocess.PIPE, text=True)
    id = port = ""
    assert server.stderr
    while not port:
        line = server.stderr.readline()
        id = id or (line.split()[2] if line.startswith("peer: id") else "")
        if line.startswith("peer: ready"):
            port = line.rsplit(":", 1)[1].strip()
    return server, f"{id}@127.0.0.1:{port}"


def session(one: Peer, two: Peer, place: str) -> tuple[Message, tuple[str, int]]:
    via = join(one, place)
    join(two, place)
    one.send_signed({"op_code": 289, "target": two.key.id}, via.at)
    token = one.wait_for(290)["session"]
    data: Message = {"op_code": 291, "target": two.key.id, "data": "", "session": token}
    one.send_signed(data, via.at)
    two.until(lambda: bool(two.of(292)))
    return data, via.at


def passed(two: Peer, most: int) -> int:
    two.sock.settimeout(0.2)
    for n in range(most):
        try:
            two.sock.recv(2048)
        except TimeoutError:
            return n
    return most


def measure(pid: int, one: Peer, two: Peer, to: tuple[str, int], m: Message,
            count: int) -> float:
    """Messages a second of CPU; each burst is signed ahead."""
    took, came = 0.0, 0
    for _ in range(count // BURST):
        ready = [encode(one.key.sign(one.numbered(m))) for _ in range(BURST)]
        one.tick()
        two.tick()
        before = cpu(pid)
        for message in ready:
            one.sock.sendto(message, to)
        came += passed(two, BURST)
        took += cpu(pid) - before
    if came < count * 0.9:
        raise SystemExit(f"peer.py: only {came} of {count} were passed on")
    return came / took


def rounds(nat: str, home: Path, count: int, messages: int) -> list[tuple[float, ...]]:
    for name in "tab":
        subprocess.run([nat, "keygen", "--key", "rsa", "-o", home / f"{name}.pem"],
                       check=True, stdout=subprocess.DEVNULL)
    server, place = started(nat, home)
    one, two = (Peer(Key.of_file(home / f"{name}.pem")) for name in "ab")
    try:
        data, to = session(one, two, place)
        found = []
        for _ in range(count):
            row = []
            for size in (2, 440):
                full = data | {"data": base64.b64encode(bytes(size)).decode()}
                row.append(measure(server.pid, one, two, to, full, messages))
            found.append((*row, openssl_verifies()))
        return found
    finally:
        server.terminate()
        server.wait()


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("nat")
    parser.add_argument("--messages", type=int, default=600)
    parser.add_argument("--rounds", type=int, default=3)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as home:
        found = rounds(args.nat, Path(home), args.rounds, args.messages)
    small, large, theirs = (median(column) for column in zip(*found))
    print(f"{time.strftime('%F')} signed requests, per second of CPU")
    for what, ours in (("2 bytes", small), ("440 bytes", large)):
        print(f"  {what:>9}: {ours:8,.0f} /s  openssl {theirs:8,.0f} /s  "
              f"ratio {ours / theirs:.2f} (aim {AIM})")
    return 0 if large / theirs >= AIM else 1


if __name__ == "__main__":
    sys.exit(main())
