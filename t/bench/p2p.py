#!/usr/bin/env python3
"""Peers of WebRTC: connect time on loopback, memory of an idle one, throughput.

usage: p2p.py [--connects N] [--peers N] [--megabytes N] NAT PROGRAM

PROGRAM is t/bench/p2p: two peers in one process, signalling by calls. Throughput is of
nat host and nat join together, per second of CPU, through one channel; beside it goes
what two of our SCTP engines carry without sockets and seals (make sctp-bench).
"""

from __future__ import annotations

import argparse
import socket
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

MEDIAN, P99, BYTES = 10.0, 100.0, 16384


def cpu(pid: int) -> float:
    text = Path(f"/proc/{pid}/schedstat").read_text(encoding="ascii")
    return int(text.split()[0]) / 1e9


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


def started(mark: str, home: str, *words: str) -> tuple[subprocess.Popen[str], str]:
    it = subprocess.Popen([*words, "--admin", f"{home}/{words[1]}.sock"],
                          stderr=subprocess.PIPE, text=True)
    assert it.stderr
    for line in it.stderr:
        if mark in line:
            threading.Thread(target=it.stderr.read, daemon=True).start()
            return it, line
    raise SystemExit(f"p2p: {words[1]} does not start")


def throughput(nat: str, size: int) -> float:
    """MB per second of CPU, of host and join."""
    with tempfile.TemporaryDirectory() as home:
        one, line = started("ready on", home, nat, "signal", "--addr",
                            "127.0.0.1:0")
        url = f"ws://127.0.0.1:{line.rsplit(':', 1)[1].strip()}"
        two, _ = started("ready as", home, nat, "host", "--signal", url,
                         "--id", "x", f"s=tcp:127.0.0.1:{source(size)}")
        three, line = started("ready on", home, nat, "join", "--signal", url,
                              "--id", "x", "0=s")
        port = int(line.split(" for ")[0].rsplit(":", 1)[1])
        before, got = cpu(two.pid) + cpu(three.pid), 0
        with socket.create_connection(("127.0.0.1", port)) as s:
            while data := s.recv(1 << 20):
                got += len(data)
        spent = cpu(two.pid) + cpu(three.pid) - before
        for it in (one, two, three):
            it.terminate()
            it.wait()
        if got != size:
            raise SystemExit(f"p2p: {got} bytes of {size}")
        return size / spent / 1e6


def main() -> int:
    args = argparse.ArgumentParser(description=__doc__)
    args.add_argument("--connects", type=int, default=400)
    args.add_argument("--peers", type=int, default=500)
    args.add_argument("--megabytes", type=int, default=256)
    args.add_argument("nat")
    args.add_argument("program")
    a = args.parse_args()
    done = subprocess.run([a.program, str(a.connects), str(a.peers)], text=True,
                          stdout=subprocess.PIPE, check=True).stdout.split()
    median, p99, held = float(done[1]), float(done[2]), int(done[4])
    speed = throughput(a.nat, a.megabytes << 20)
    print(f"connect: median {median:.2f} ms, p99 {p99:.2f} ms of {a.connects},"
          f" both ends and their handshakes in one process")
    print(f"memory: {held} bytes of each of {a.peers} idle peers")
    print(f"throughput: {speed:.0f} MB per CPU-second of host and join")
    return 0 if median <= MEDIAN and p99 <= P99 and held <= BYTES else 1


if __name__ == "__main__":
    sys.exit(main())
