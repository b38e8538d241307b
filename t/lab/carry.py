#!/usr/bin/env python3
"""What signed peers carry through NATs: OpenSSH and iperf3, straight to a public peer,
punched through two NATs that look at ports (T3), and by the proxy between two that are
symmetric (T4). Every byte is compared, and what it costs the peers is counted.

usage: carry.py [--write] NAT
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from nets import Absent, fits
from peers import Trial

PAGE = Path(__file__).parents[2] / "docs" / "peers.md"
MARK = "<!-- printed by make lab-carry -->\n"
SSHD = Path(__file__).parents[1] / "interop" / "sshd.py"
IPERF, SSH, SECONDS, SIZE = 5201, 2222, 3, 8 << 20
# A path: what the log calls it, who asks, whose services they are.
PATHS = {"direct": ("direct: ", "at3", "inet"), "punched": ("punched: ", "at3", "bt3"),
         "proxy": ("proxy: ", "at4", "bt4")}
Process = subprocess.Popen[str]


def cpu(it: Process) -> float:
    fields = Path(f"/proc/{it.pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@dataclass
class Carried:
    path: str
    ssh: float    # MB/s
    tcp: float    # Mbit/s
    each: float   # MB a CPU-second of all peers
    udp: float    # Mbit/s
    lost: float   # %


class Carry(Trial):
    def __init__(self, nat: str) -> None:
        super().__init__(nat, ["t3", "t4"])
        self.peers: dict[str, Process] = {}

    def serve(self, space: str) -> None:
        """What is to be reached there."""
        for words in (["iperf3", "-s", "-p", str(IPERF)],
                      ["/usr/sbin/sshd", "-D", "-f", f"{self.home.name}/sshd_config"]):
            self.running.append(subprocess.Popen(
                [*self.lab.inside(space), *words], text=True, stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL))

    def owner(self, space: str, name: str, *words: str) -> None:
        allowed = [f"{self.ids[x]}:{x}" for x in ("ssh", "tcp", "udp")]
        open_to = [w for x in (*allowed, self.ids["bt3"], self.ids["bt4"])
                   for w in ("--allow", x)]
        self.serve(space)
        self.peer(space, name, *words, *open_to, f"ssh=tcp:127.0.0.1:{SSH}",
                  f"tcp=tcp:127.0.0.1:{IPERF}", f"udp=udp:127.0.0.1:{IPERF}")
        self.peers[space] = self.running[-1]

    def reach(self, path: str, what: str, local: str) -> Process:
        said, space, whose = PATHS[path]
        whom = self.ids["t" if whose == "inet" else whose]
        it = subprocess.Popen(
            [*self.lab.inside(space), self.nat, "peer", "--key", self.key(what),
             "--introducer", self.introducer(), "--admin",
             f"{self.home.name}/{path}{what}", "reach", f"{whom}:{what}", "--local",
             local], text=True, stderr=subprocess.PIPE)
        self.running.append(it)
        assert it.stderr
        for line in it.stderr:
            if said in line:
                return it
        raise Absent(f"{path}: no {what}")

    def inside(self, space: str, *words: str, text: bytes = b"") -> bytes:
        done = subprocess.run([*self.lab.inside(space), *words], input=text,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
        if done.returncode != 0:
            raise Absent(f"{words[0]}: {done.stderr.decode()} {done.stdout.decode()}")
        return done.stdout

    def iperf(self, space: str, *words: str) -> dict[str, float]:
        said = self.inside(space, "iperf3", "-J", "-c", "127.0.0.1", "-p", str(IPERF),
                           "-t", str(SECONDS), *words)
        end = json.loads(said)["end"]
        got: dict[str, float] = end["sum" if "-u" in words else "sum_received"]
        return got

    def ssh(self, space: str) -> float:
        text = os.urandom(SIZE)
        began = time.monotonic()
        said = self.inside(space, "ssh", "-F", f"{self.home.name}/ssh_config", "-p",
                           str(SSH), "tunnel", "sha256sum", text=text)
        took = time.monotonic() - began
        if said.split()[0].decode() != hashlib.sha256(text).hexdigest():
            raise Absent("ssh: other bytes came")
        return SIZE / took / 1e6

    def carry(self, path: str) -> Carried:
        _, space, whose = PATHS[path]
        asker = self.reach(path, "tcp", f"127.0.0.1:{IPERF}")
        more = [self.reach(path, "udp", f"udp:127.0.0.1:{IPERF}"),
                self.reach(path, "ssh", f"127.0.0.1:{SSH}")]
        ends = {asker, self.peers[whose]}
        if path == "proxy":
            ends.add(self.peers["inet"])
        fast = self.ssh(space)
        before = sum(map(cpu, ends))
        tcp = self.iperf(space)
        spent = sum(map(cpu, ends)) - before
        udp = self.iperf(space, "-u", "-b", "20M", "-l", "1100")
        for it in (asker, *more):
            it.terminate()
            it.wait()
        return Carried(path, fast, tcp["bits_per_second"] / 1e6,
                       tcp["bytes"] / 1e6 / max(spent, 0.01),
                       udp["bits_per_second"] / 1e6, udp["lost_percent"])

    def all(self) -> list[Carried]:
        try:
            with self.lab:
                self.build()
                subprocess.run([sys.executable, SSHD, self.home.name, str(SSH)], check=True)
                for name in ("t", "ssh", "tcp", "udp", "bt3", "bt4"):
                    self.key(name)
                self.owner("inet", "t", "--public")
                for name in ("bt3", "bt4"):
                    self.owner(name, name, "--introducer", self.introducer())
                time.sleep(2)
                return [self.carry(path) for path in PATHS]
        finally:
            for it in self.running:
                it.terminate()
                it.wait()
            self.home.cleanup()


def table(found: list[Carried]) -> str:
    lines = ["| path | ssh, MB/s | iperf3 TCP, Mbit/s | MB a CPU-second of all peers"
             " | iperf3 UDP of 20 Mbit/s, lost |", "|---|---|---|---|---|"]
    lines += [f"| {c.path} | {c.ssh:.1f} | {c.tcp:.0f} | {c.each:.0f} | {c.udp:.1f},"
              f" {c.lost:.2f} % |" for c in found]
    return "\n".join(lines) + "\n"


def main() -> int:
    args = [a for a in sys.argv[1:] if a != "--write"]
    lacks = [x for x in ("iperf3", "ssh", "/usr/sbin/sshd") if not shutil.which(x)]
    why = f"no {' '.join(lacks)}" if lacks else fits()
    if why:
        print(f"lab-carry: skipped: {why}")
        return 0
    text = table(Carry(args[0]).all())
    print(text, end="")
    if "--write" in sys.argv:
        page = re.sub(f"({re.escape(MARK)}\n).*?(\n<!-- end -->)",
                      lambda m: m[1] + text.rstrip("\n") + m[2], PAGE.read_text(), flags=re.S)
        PAGE.write_text(page)
    return 0


if __name__ == "__main__":
    sys.exit(main())
