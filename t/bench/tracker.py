#!/usr/bin/env python3
"""Datagrams a second of nat tracker beside a bare echo loop (datagrams.c) and,
where they are installed, coturn and opentracker; bytes a member of a million. Rounds alternate; the
table has medians and ratios, by answers a second and by CPU time an answer.

usage: tracker.py [--rounds N] [--seconds S] [--members N] NAT
"""

from __future__ import annotations

import argparse
import os
import shutil
import socket
import statistics
import subprocess
import time
from collections import defaultdict
from pathlib import Path

HERE = Path(__file__).parent
TOOL = HERE.parent.parent / "build" / "bench" / "datagrams"
TICKS = os.sysconf("SC_CLK_TCK")
PAGE = 1024


def free_port() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def cpu_of(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def memory_of(pid: int) -> int:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("RssAnon:"):
            return int(line.split()[1]) * PAGE
    return 0


class Server:
    def __init__(self, name: str, argv: list[str], port: int) -> None:
        self.name, self.port = name, port
        self.process = subprocess.Popen(argv, stdout=subprocess.DEVNULL,
                                        stderr=subprocess.DEVNULL)

    def load(self, what: str, seconds: float,
             members: int) -> tuple[float, float]:
        """Answers a second, and microseconds of CPU an answer."""
        words = [str(TOOL), "load", str(self.port), what, str(seconds)]
        if what == "join":
            words.append(str(members))
        before = cpu_of(self.process.pid)
        said = subprocess.run(words, stdout=subprocess.PIPE, text=True,
                              check=True)
        rate = float(said.stdout)
        used = cpu_of(self.process.pid) - before
        return rate, used / max(rate * seconds, 1) * 1e6


def servers(args: argparse.Namespace) -> list[Server]:
    echo, ours = free_port(), free_port()
    found = [
        Server("echo", [str(TOOL), "echo", str(echo)], echo),
        Server("nat", [args.nat, "tracker", "--listen", f"127.0.0.1:{ours}",
                       "--max-members", str(args.members + 1000),
                       "--max-groups", str(args.members // 10 + 1000),
                       "--admin", f"/tmp/bench-{ours}.sock"], ours),
    ]
    if shutil.which("turnserver"):
        port = free_port()
        found.append(Server("coturn", [
            "turnserver", "-n", "-S", "-L", "127.0.0.1", "-p", str(port),
            "-m", "1", "--no-cli", "--log-file", "/dev/null", "--pidfile",
            f"/tmp/bench-{port}.pid"], port))
    if shutil.which("opentracker"):
        port = free_port()
        found.append(Server("opentracker", [
            "opentracker", "-i", "127.0.0.1", "-P", str(port),
            "-p", str(port)], port))
    time.sleep(1)
    return found


def fill(nat: Server, members: int) -> float:
    """Registers them all, and says what a member takes."""
    before = memory_of(nat.process.pid)
    for _ in range(2):  # some are lost under way
        nat.load("join", 0, members)
    return (memory_of(nat.process.pid) - before) / members


def ask_all(args: argparse.Namespace, found: list[Server], what: str,
            names: tuple[str, ...]) -> dict[str, tuple[float, float]]:
    return {server.name: server.load(what, args.seconds, args.members)
            for server in found if server.name in names}


def measure(args: argparse.Namespace, found: list[Server]) -> None:
    kinds = {"nat": ("echo", "nat"), "stun": ("echo", "nat", "coturn"),
             "join": ("echo", "nat"), "bt": ("echo", "opentracker")}
    rates: dict[tuple[str, str], list[tuple[float, float]]] = defaultdict(list)
    there = {server.name for server in found}
    for _ in range(args.rounds):
        for what, names in kinds.items():
            if what == "bt" and "opentracker" not in there:
                continue
            for name, sample in ask_all(args, found, what, names).items():
                rates[what, name].append(sample)
    print("| request | server | answers/s | ratio | CPU us an answer | ratio |")
    print("|---|---|---|---|---|---|")
    for (what, name), samples in rates.items():
        rate, cpu = (statistics.median(s[i] for s in samples)
                     for i in (0, 1))
        base = rates[what, "echo"]
        bare, bare_cpu = (statistics.median(s[i] for s in base)
                          for i in (0, 1))
        print(f"| {what} | {name} | {rate:,.0f} | {rate / bare:.2f} |"
              f" {cpu:.2f} | {bare_cpu / max(cpu, 0.01):.2f} |")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=1.0)
    parser.add_argument("--members", type=int, default=1_000_000)
    parser.add_argument("nat")
    args = parser.parse_args()
    TOOL.parent.mkdir(parents=True, exist_ok=True)
    subprocess.run(["cc", "-O2", "-Wall", "-o", str(TOOL),
                    str(HERE / "datagrams.c")], check=True)
    found = servers(args)
    try:
        each = fill(found[1], args.members)
        print(f"{args.members:,} members, {each:.0f} bytes of memory each")
        measure(args, found)
    finally:
        for server in found:
            server.process.terminate()
            server.process.wait()


if __name__ == "__main__":
    main()
