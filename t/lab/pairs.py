#!/usr/bin/env python3
"""Which path do nat host and nat join find through each pair of NATs, and how soon?

Both have a STUN server and coturn. Each pair carries 2 MiB by hash; the last rows take
an address away in mid-transfer. The table stands in docs/lab.md (--write).

usage: pairs.py [--write] NAT [A-B...]      A, B of t1 t2 t3 t4 blocked; move-host, ...
"""

from __future__ import annotations

import hashlib
import itertools
import os
import queue
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from nets import SERVERS, Absent, Lab, fits

PAGE = Path(__file__).parents[2] / "docs" / "lab.md"
MARK = "<!-- printed by make lab-pairs -->\n"
KINDS = ("t1", "t2", "t3", "t4", "blocked")
RELAYED = {("t3", "t4"), ("t4", "t4")}
PATIENCE = 20.0
SIZE, PORT, TURN, TLS = 2 << 20, 8080, 3478, 5349
TOKEN = "0123456789abcdef0123456789abcdef"
MOVES = ("move-host", "move-join")
# Sends SIZE bytes, slowly if it is told to, and a service on the host's side.
SERVE = """
import socket, time
block = bytes(i * 7 & 255 for i in range(65536))
s = socket.create_server(("127.0.0.1", 7000))
print("ready", flush=True)
while True:
    c = s.accept()[0]
    for _ in range({size} // 65536):
        c.sendall(block)
        time.sleep({pause})
    c.close()
"""
FETCH = """
import hashlib, socket, sys, time
s = socket.create_connection(("127.0.0.1", 7001), 60)
h, n, gap, last = hashlib.sha256(), 0, 0, time.monotonic()
while (b := s.recv(65536)):
    now = time.monotonic()
    gap, last, n = max(gap, now - last), now, n + len(b)
    h.update(b)
    if n == len(b):
        print("begun", flush=True)
print(n, h.hexdigest(), round(gap * 1000), flush=True)
"""


@dataclass
class Row:
    pair: str
    path: str = ""
    connect: float = 0.0  # ms
    gap: int = 0          # ms without a byte
    wrong: str = ""


class Run:
    """A process and what it says."""

    def __init__(self, words: list[str], home: Path) -> None:
        self.it = subprocess.Popen(words, text=True, cwd=home,
                                   stdout=subprocess.PIPE,
                                   stderr=subprocess.STDOUT)
        self.said: queue.Queue[str] = queue.Queue()
        self.all = ""
        threading.Thread(target=self.listen, daemon=True).start()

    def listen(self) -> None:
        assert self.it.stdout
        for line in self.it.stdout:
            self.all += line
            self.said.put(line)

    def hear(self, form: str) -> re.Match[str]:
        end = time.monotonic() + PATIENCE
        while (left := end - time.monotonic()) > 0:
            try:
                found = re.search(form, self.said.get(timeout=left))
            except queue.Empty:
                break
            if found:
                return found
        raise RuntimeError(f"not seen: {form}")

    def close(self) -> None:
        self.it.kill()
        self.it.wait()


@dataclass
class Trial:
    nat: str
    pair: str
    number: int
    home: Path
    running: list[Run] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.lab = Lab(f"lab{os.getpid()}-p{self.number}")

    def start(self, node: str, *words: str) -> Run:
        it = Run([*self.lab.inside(node), *words], self.home)
        self.running.append(it)
        return it

    def servers(self) -> None:
        # coturn ends an allocation whose peer has no route, as few machines lack.
        self.lab.ip("inet", "route add default dev br0")
        signal = self.start("inet", self.nat, "signal", "--token", TOKEN, "--addr",
                            f"{SERVERS[0]}:{PORT}", *self.socket("signal"))
        signal.hear("ready on")
        self.start("inet", "turnserver", "-n", "-L", SERVERS[1], "-p",
                   str(TURN), "--tls-listening-port", str(TLS), "--cert",
                   str(self.home / "cert.pem"), "--pkey",
                   str(self.home / "key.pem"), "--no-cli", "-m", "1", "-r",
                   "lab", "--lt-cred-mech", "--user", "ada:lovelace",
                   "--log-file", "/dev/null", "--pidfile",
                   f"/tmp/{self.lab.name}-turn")
        for _ in range(100):
            said = subprocess.run([*self.lab.inside("inet"), "ss", "-lnt"],
                                  text=True, stdout=subprocess.PIPE,
                                  check=False).stdout
            if f":{TLS} " in said:
                return
            time.sleep(0.1)
        raise RuntimeError("turnserver does not start")

    def socket(self, who: str) -> list[str]:
        return ["--admin", f"/tmp/{self.lab.name}-{who}.sock"]

    def words(self, kind: str, side: str) -> list[str]:
        """UDP blocked: one side by TCP, the other by TLS."""
        turn = f"turn:{SERVERS[1]}:{TURN}"
        if kind == "blocked":
            turn = (turn + "?transport=tcp" if side == "host" else
                    f"turns:{SERVERS[1]}:{TLS}")
        return ["--no-sandbox", *self.socket(side), "--token", TOKEN, "--signal",
                f"ws://{SERVERS[0]}:{PORT}", "--id", "home", "--turn", turn,
                "--turn-user", "ada", "--turn-password", "lovelace",
                "--turn-ca", str(self.home / "cert.pem")]

    def fetch(self, row: Row, moves: str) -> None:
        it = self.start("b", sys.executable, "-c", FETCH)
        it.hear("begun")
        if moves:
            self.move("a" if moves == "move-host" else "b")
        size = SIZE * (4 if moves else 1)
        found = it.hear(r"^(\d+) (\w+) (\d+)$")
        block = bytes(i * 7 & 255 for i in range(65536))
        right = hashlib.sha256(block * (size // 65536)).hexdigest()
        row.gap = int(found[3])
        if found[2] != right:
            row.wrong = f"{found[1]} bytes of {size}, not as they were sent"

    def move(self, node: str) -> None:
        """Another address on the same link, a little later, as by DHCP."""
        above = "home" if node == "a" else "other"
        net = self.lab.lans[above]
        old = subprocess.run(
            [*self.lab.inside(node), "ip", "-4", "-o", "addr", "show", "wan"],
            text=True, stdout=subprocess.PIPE, check=True).stdout.split()[3]
        self.lab.ip(node, f"addr del {old} dev wan")
        self.lab.ip(node, f"addr add {net}.77/24 dev wan")
        self.lab.ip(node, f"route add default via {net}.1")

    def both(self, row: Row) -> None:
        kinds = ("t2", "t3") if self.pair in MOVES else self.pair.split("-")
        for above, kind, node in zip(("home", "other"), kinds, "ab"):
            self.lab.router(above, kind, "inet", False)
            self.lab.host(node, above)
        self.servers()
        moves = self.pair if self.pair in MOVES else ""
        self.start("a", sys.executable, "-c", SERVE.format(
            size=SIZE * (4 if moves else 1),
            pause=0.05 if moves else 0)).hear("ready")
        host = self.start("a", self.nat, "host", *self.words(kinds[0], "host"),
                          "s=tcp:127.0.0.1:7000")
        host.hear("ready as home")
        began = time.monotonic()
        join = self.start("b", self.nat, "join", *self.words(kinds[1], "join"),
                          "127.0.0.1:7001=s")
        found = join.hear(r"connected by (\S+), (\w+ to \w+), (\d+) ms")
        row.connect = 1000 * (time.monotonic() - began)
        row.path = found[2]
        join.hear("ready on")
        self.fetch(row, moves)

    def run(self) -> Row:
        row = Row(self.pair)
        try:
            with self.lab:
                self.both(row)
        except (Absent, RuntimeError, subprocess.SubprocessError) as why:
            said = [r.all[-400:].replace("\n", " / ") for r in self.running]
            row.wrong = f"{why}: {said}"
        finally:
            for it in self.running:
                it.close()
        return row


def judge(row: Row) -> None:
    """Direct wherever the textbook allows."""
    a, b = row.pair.split("-")
    relayed = "relay" in row.path
    must = (tuple(sorted((a, b))) in RELAYED or "blocked" in (a, b))
    if not row.wrong and relayed != must and row.pair not in MOVES:
        row.wrong = f"{row.path}, but {'a relay is needed' if must else 'direct is possible'}"


def table(rows: list[Row]) -> str:
    lines = ["| host-join | path, ours to theirs | ms to the path |"
             " most ms without a byte |", "|---|---|---|---|"]
    lines += [f"| {r.pair} | {r.path} | {r.connect:.0f} | {r.gap} |"
              for r in rows]
    return "\n".join(lines) + "\n"


def write(text: str) -> None:
    head, mark, rest = PAGE.read_text().partition(MARK)
    _, end, rest = rest.partition("\n<!-- end of pairs -->")
    PAGE.write_text(head + mark + "\n" + text + end + rest)


def certificate(nat: str, home: Path) -> None:
    """coturn in the lab has a number, not a name."""
    subprocess.run([nat, "keygen", "--key", "p256", "--cert", "--name",
                    SERVERS[1], "-o", "key.pem", "-o", "cert.pem"], cwd=home,
                   check=True, stdout=subprocess.DEVNULL)


def main() -> int:
    args = [a for a in sys.argv[1:] if a != "--write"]
    why = fits() or (None if shutil.which("turnserver") else "no coturn here")
    if why:
        print(f"lab-pairs: skipped: {why}")
        return 0
    pairs = args[1:] or [f"{a}-{b}" for a, b in itertools.product(
        KINDS, KINDS)] + list(MOVES)
    nat = os.path.abspath(args[0])
    with tempfile.TemporaryDirectory() as home, ThreadPoolExecutor(2) as pool:
        certificate(nat, Path(home))
        rows = list(pool.map(Trial.run, [
            Trial(nat, pair, i, Path(home)) for i, pair in enumerate(pairs)]))
    for row in rows:
        judge(row)
    print(table(rows), end="")
    wrong = [r for r in rows if r.wrong]
    for r in wrong:
        print(f"WRONG {r.pair}: {r.wrong}")
    print(f"lab-pairs: {len(rows) - len(wrong)} right, {len(wrong)} wrong")
    if "--write" in sys.argv and not wrong:
        write(table(rows))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
