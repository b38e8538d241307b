#!/usr/bin/env python3
"""Peers of WebRTC: connect time on loopback, memory of an idle one, throughput.

usage: p2p.py [--connects N] [--peers N] [--megabytes N] [--rounds N] NAT PROGRAM

PROGRAM is t/bench/p2p: two peers in one process, signalling by calls. Throughput is of
a host and a client together, per second of CPU of both processes, through one data
channel on loopback, in turn: nat host and nat join, and those of other libraries that
t/bench/rivals.sh has built (t/interop/pion.go, t/interop/datachannel.c), each with
itself. nat has TCP at both ends beside, which they have not: they make the bytes in
the process and throw them away. Who is absent is named.
"""

from __future__ import annotations

import argparse
import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time

MEDIAN, P99, BYTES, RATIO = 10.0, 100.0, 16384, 1.5
RIVALS = "/opt/rivals/bin"
OTHERS = ("pion", "datachannel")


def cpu(pid: int) -> float:
    """Of all threads, those that have ended too."""
    return time.clock_gettime(~pid << 3 | 2)


def source(size: int) -> int:
    """A port where anybody gets that many bytes."""
    at = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        block = bytes(1 << 16)
        while True:
            to = at.accept()[0]
            for _ in range(size >> 16):
                to.sendall(block)
            to.close()

    threading.Thread(target=serve, daemon=True).start()
    return int(at.getsockname()[1])


def started(mark: str, *words: str) -> tuple[subprocess.Popen[str], str]:
    it = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          text=True)
    assert it.stdout
    for line in it.stdout:
        if mark in line:
            threading.Thread(target=it.stdout.read, daemon=True).start()
            return it, line
    raise SystemExit(f"p2p: {' '.join(words)} does not start")


def over(*those: subprocess.Popen[str]) -> None:
    for it in those:
        it.terminate()
        it.wait()


def ours(nat: str, url: str, size: int) -> float:
    """CPU seconds of nat host and nat join."""
    with tempfile.TemporaryDirectory() as home:
        host, _ = started("ready as", nat, "host", "--signal", url, "--id", "x",
                          "--admin", f"{home}/host.sock",
                          f"s=tcp:127.0.0.1:{source(size)}")
        join, line = started("ready on", nat, "join", "--signal", url, "--id", "x",
                             "--admin", f"{home}/join.sock", "0=s")
        port = int(line.split(" for ")[0].rsplit(":", 1)[1])
        before, got = cpu(host.pid) + cpu(join.pid), 0
        with socket.create_connection(("127.0.0.1", port)) as s:
            while data := s.recv(1 << 20):
                got += len(data)
        spent = cpu(host.pid) + cpu(join.pid) - before
        over(host, join)
    if got != size:
        raise SystemExit(f"p2p: {got} bytes of {size}")
    return spent


def theirs(program: str, url: str, size: int) -> float:
    """CPU seconds of a host and a client, which count from their start."""
    host, _ = started("ready", program, "host", url, "y", str(size))
    take = subprocess.Popen([program, "take", url, "y"], stdout=subprocess.PIPE,
                            text=True)
    assert take.stdout
    said = take.stdout.read()
    _, status, used = os.wait4(take.pid, 0)
    take.returncode = status
    spent = cpu(host.pid) + used.ru_utime + used.ru_stime
    over(host)
    if status or f"{size} bytes" not in said:
        raise SystemExit(f"p2p: {program}: {said}")
    return spent


def has(name: str) -> str | None:
    return shutil.which(name, path=f"{RIVALS}:{os.environ['PATH']}")


def throughput(nat: str, megabytes: int, rounds: int) -> dict[str, float]:
    """MB per second of CPU, medians; everybody in turn."""
    size = megabytes << 20
    all_: dict[str, list[float]] = {"nat": []}
    signal, line = started("ready on", nat, "signal", "--addr", "127.0.0.1:0")
    url = f"ws://127.0.0.1:{line.rsplit(':', 1)[1].strip()}"
    for _ in range(rounds):
        all_["nat"].append(ours(nat, url, size))
        for name in OTHERS:
            if path := has(name):
                all_.setdefault(name, []).append(theirs(path, url, size))
    over(signal)
    return {name: size / statistics.median(one) / 1e6 for name, one in all_.items()}


def compare(speeds: dict[str, float]) -> bool:
    """Says what each carries; whether we carry enough more than each."""
    well = True
    print("throughput, MB per CPU-second of both ends, one data channel:")
    print(f"  {'nat':12} {speeds['nat']:6.0f}")
    for name in OTHERS:
        if name not in speeds:
            print(f"  {name:12} absent (t/bench/rivals.sh)")
            continue
        ratio = speeds["nat"] / speeds[name]
        well &= ratio >= RATIO
        print(f"  {name:12} {speeds[name]:6.0f}   nat has {ratio:.2f} times as many")
    return well


def main() -> int:
    args = argparse.ArgumentParser(description=__doc__)
    args.add_argument("--connects", type=int, default=400)
    args.add_argument("--peers", type=int, default=500)
    args.add_argument("--megabytes", type=int, default=256)
    args.add_argument("--rounds", type=int, default=3)
    args.add_argument("nat")
    args.add_argument("program")
    a = args.parse_args()
    done = subprocess.run([a.program, str(a.connects), str(a.peers)], text=True,
                          stdout=subprocess.PIPE, check=True).stdout.split()
    median, p99, held = float(done[1]), float(done[2]), int(done[4])
    print(f"connect: median {median:.2f} ms, p99 {p99:.2f} ms of {a.connects},"
          f" both ends and their handshakes in one process")
    print(f"memory: {held} bytes of each of {a.peers} idle peers", flush=True)
    well = compare(throughput(a.nat, a.megabytes, a.rounds))
    return 0 if well and median <= MEDIAN and p99 <= P99 and held <= BYTES else 1


if __name__ == "__main__":
    sys.exit(main())
