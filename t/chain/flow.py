#!/usr/bin/env python3
"""What data costs by each path of signed peers, beside host and join: megabytes per
second of processor time, both ends (and a proxy) counted, interleaved.

usage: flow.py NAT [MEGABYTES [ROUNDS]]
"""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import tempfile
import threading
import time

LEAST = 0.9  # of host and join's, on a straight path
CHUNK = b"a" * 65536
Process = subprocess.Popen[str]


def cpu(it: Process) -> float:
    with open(f"/proc/{it.pid}/stat", encoding="ascii") as f:
        fields = f.read().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def swallow(link: socket.socket) -> None:
    while link.recv(1 << 20):
        pass
    link.sendall(b"x")
    link.close()


def sink() -> int:
    s = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            threading.Thread(target=swallow, args=(s.accept()[0],), daemon=True).start()

    threading.Thread(target=serve, daemon=True).start()
    return int(s.getsockname()[1])


class Bench:
    def __init__(self, nat: str, home: str) -> None:
        self.nat, self.home = os.path.abspath(nat), home
        self.running: list[Process] = []
        self.ids = {name: self.key(name) for name in "tab"}

    def key(self, name: str) -> str:
        said = subprocess.run(
            [self.nat, "keygen", "--key", "rsa", "-o", f"{self.home}/{name}.pem"],
            text=True, stdout=subprocess.PIPE, check=True).stdout
        return said.split("\nid ")[1].strip()

    def start(self, form: str, *words: str) -> tuple[Process, str]:
        """The process, and what its log says in the group of form."""
        it = subprocess.Popen(
            [self.nat, *words, "--admin", f"{self.home}/{len(self.running)}"],
            stderr=subprocess.PIPE, text=True)
        self.running.append(it)
        assert it.stderr
        for line in it.stderr:
            found = re.search(form, line)
            if found:
                threading.Thread(target=it.stderr.read, daemon=True).start()
                return it, found[1]
        raise SystemExit(f"flow: nat {words[0]} does not start")

    def signalled(self, to: int) -> tuple[list[Process], int]:
        _, port = self.start(r"ready on \S+:(\d+)", "signal", "--addr", "127.0.0.1:0")
        at = f"ws://127.0.0.1:{port}"
        host, _ = self.start(r"(ready as)", "host", "--signal", at, "--id", "x",
                             f"up=tcp:127.0.0.1:{to}")
        join, got = self.start(r"ready on \S+:(\d+)", "join", "--signal", at, "--id",
                               "x", "127.0.0.1:0=up")
        return [host, join], int(got)

    def peer(self, name: str, to: int, *words: str) -> tuple[Process, str]:
        return self.start(
            r"ready on \S+:(\d+)", "peer", "--key", f"{self.home}/{name}.pem",
            "--allow", f"{self.ids['a']}:up", "--allow", self.ids["b"], *words,
            f"up=tcp:127.0.0.1:{to}")

    def reach(self, whom: str, via: str, path: str) -> tuple[Process, int]:
        it, port = self.start(
            r"up on \S+:(\d+)", "peer", "--key", f"{self.home}/a.pem", "-i", via,
            "--path", path, "--local", "127.0.0.1:0", "reach", f"{self.ids[whom]}:up")
        return it, int(port)


def push(port: int, megabytes: int) -> None:
    with socket.create_connection(("127.0.0.1", port)) as link:
        for _ in range(megabytes * 16):
            link.sendall(CHUNK)
        link.shutdown(socket.SHUT_WR)
        link.recv(1)


def measure(name: str, ends: list[Process], port: int, megabytes: int) -> float:
    before, began = sum(map(cpu, ends)), time.monotonic()
    push(port, megabytes)
    took = time.monotonic() - began
    each = megabytes / max(sum(map(cpu, ends)) - before, 0.01)
    print(f"{name:12} {megabytes / took:6.1f} MB/s {each:7.1f} MB a CPU-second",
          flush=True)
    return each


def run(b: Bench, megabytes: int, rounds: int) -> bool:
    to, best = sink(), 0.0
    pair, by_signal = b.signalled(to)
    t, port = b.peer("t", to, "--public", "--listen", "127.0.0.1:0")
    via = f"{b.ids['t']}@127.0.0.1:{port}"
    h, _ = b.peer("b", to, "--introducer", via)
    time.sleep(1)
    direct, one = b.reach("t", via, "direct")
    punched, two = b.reach("b", via, "introduced")
    for _ in range(rounds):
        theirs = measure("host, join", pair, by_signal, megabytes)
        ours = measure("direct", [t, direct], one, megabytes)
        measure("punched", [h, punched], two, megabytes)
        best = max(best, ours / theirs)
    punched.terminate()
    punched.wait()
    proxied, three = b.reach("b", via, "proxy")
    measure("proxy", [h, t, proxied], three, max(megabytes // 8, 1))
    print(f"direct: {best:.2f} of host and join's in the best round,"
          f" at least {LEAST}")
    return best >= LEAST


def main(args: list[str]) -> int:
    megabytes = int(args[1]) if len(args) > 1 else 96
    with tempfile.TemporaryDirectory() as home:
        bench = Bench(args[0], home)
        try:
            good = run(bench, megabytes, int(args[2]) if len(args) > 2 else 3)
        finally:
            for it in bench.running:
                it.terminate()
                it.wait()
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
