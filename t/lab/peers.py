#!/usr/bin/env python3
"""Which path do signed peers take between each two kinds of NAT, and how soon?

One public peer introduces and is a proxy; behind a NAT of each kind there is one who
waits and one who asks. `nat peer ping` says the path; it must be straight wherever
the textbook has a way, and there must always be one.

usage: peers.py [--write] NAT [KIND...]
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from nets import SERVERS, Absent, Lab, fits

PAGE = Path(__file__).parents[2] / "docs" / "lab.md"
MARK = "<!-- printed by make lab-peers -->\n"
# A kind: what the table calls it, its NATs from the host outward, and what its
# filter asks for: 0 nothing, 1 an address, 2 a port; mapping by destination: 3.
KINDS: dict[str, tuple[str, tuple[str, ...], int]] = {
    "open": ("public", (), 0),
    "t1": ("T1", ("t1",), 0),
    "t2": ("T2", ("t2",), 1),
    "t3": ("T3", ("t3",), 2),
    "t3p": ("T3, other ports", ("t3-ports",), 2),
    "t4s": ("T4, steps", ("t4-steps",), 3),
    "t4": ("T4, random", ("t4",), 3),
    "cgn": ("T3 behind T3", ("t3-ports", "t3"), 2),
    "blocked": ("no UDP", ("blocked",), 4),
}
PATIENCE, HOPELESS = 20, 4  # s


def textbook(a: int, b: int) -> str:
    """The path there should be."""
    if 4 in (a, b):
        return "none"
    return "proxy" if a + b >= 5 and 3 in (a, b) else "straight"


@dataclass
class Found:
    a: str
    b: str
    path: str
    ms: int
    took: float  # s, all of the program

    @property
    def right(self) -> bool:
        straight = self.path in ("direct", "introduced")
        return ("straight" if straight else self.path) == textbook(
            KINDS[self.a][2], KINDS[self.b][2])


class Trial:
    def __init__(self, nat: str, kinds: list[str]) -> None:
        self.nat, self.kinds = os.path.abspath(nat), kinds
        self.lab = Lab(f"peers{os.getpid()}")
        self.home = tempfile.TemporaryDirectory()
        self.running: list[subprocess.Popen[str]] = []
        self.ids: dict[str, str] = {}

    def key(self, name: str) -> str:
        """The file of its key."""
        path = f"{self.home.name}/{name}.pem"
        if not os.path.exists(path):
            said = subprocess.run(
                [self.nat, "keygen", "--key", "rsa", "-o", path], text=True,
                stdout=subprocess.PIPE, check=True).stdout
            found = re.search(r"^id (\w+)$", said, re.M)
            assert found, said
            self.ids[name] = found[1]
        return path

    def peer(self, space: str, name: str, *words: str) -> None:
        it = subprocess.Popen(
            [*self.lab.inside(space), self.nat, "peer", "--key", self.key(name),
             "--admin", f"{self.home.name}/{name}.sock", *words],
            text=True, stderr=subprocess.PIPE)
        self.running.append(it)
        assert it.stderr
        said = ""
        for line in it.stderr:
            said += line
            if "ready on" in line:
                return
        raise Absent(f"peer {name} does not start: {said}")

    def build(self) -> None:
        for kind in self.kinds:
            for who in "ab":
                above = "inet"
                for i, nat in enumerate(reversed(KINDS[kind][1])):
                    self.lab.router(f"{who}{kind}{i}", nat, above, False)
                    above = f"{who}{kind}{i}"
                self.lab.host(who + kind, above)

    def introducer(self) -> str:
        return f"{self.ids['t']}@{SERVERS[0]}:43284"

    def ask(self, a: str, b: str) -> Found:
        hopeless = textbook(KINDS[a][2], KINDS[b][2]) == "none"
        began = time.monotonic()
        said = subprocess.run(
            [*self.lab.inside("a" + a), self.nat, "peer", "--key",
             self.key("a" + a), "--introducer", self.introducer(), "--wait",
             f"{HOPELESS if hopeless else PATIENCE}s", "ping", self.ids["b" + b]], text=True,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False).stdout
        got = re.search(r"^\S+ (\w+) (\d+)ms$", said, re.M)
        took = time.monotonic() - began
        if not got:
            return Found(a, b, "none", 0, took)
        return Found(a, b, got[1], int(got[2]), took)

    def run(self) -> list[Found]:
        try:
            with self.lab:
                self.build()
                self.peer("inet", "t", "--public")
                for kind in self.kinds:
                    self.peer("b" + kind, "b" + kind, "--introducer",
                              self.introducer())
                    self.key("a" + kind)
                time.sleep(2)
                return [self.ask(a, b) for a in self.kinds for b in self.kinds]
        finally:
            for it in self.running:
                it.terminate()
                it.wait()
            self.home.cleanup()


def table(found: list[Found], kinds: list[str]) -> str:
    by = {(f.a, f.b): f for f in found}
    lines = ["| from, to | " + " | ".join(KINDS[k][0] for k in kinds) + " |",
             "|---" * (len(kinds) + 1) + "|"]
    for a in kinds:
        cells = []
        for b in kinds:
            f = by[a, b]
            cells.append(f"{f.path} {f.took:.1f} s" if f.path != "none"
                         else "none")
        lines.append(f"| {KINDS[a][0]} | " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


def main() -> int:
    args = [a for a in sys.argv[1:] if a != "--write"]
    why = fits()
    if why:
        print(f"lab-peers: skipped: {why}")
        return 0
    kinds = args[1:] or list(KINDS)
    found = Trial(args[0], kinds).run()
    print(table(found, kinds), end="")
    wrong = [f for f in found if not f.right]
    for f in wrong:
        print(f"WRONG {f.a} to {f.b}: {f.path}, not"
              f" {textbook(KINDS[f.a][2], KINDS[f.b][2])}")
    print(f"lab-peers: {len(found) - len(wrong)} right, {len(wrong)} wrong")
    if "--write" in sys.argv and not wrong:
        head, mark, rest = PAGE.read_text().partition(MARK)
        _, end, after = rest.partition("<!-- end -->\n")
        PAGE.write_text(head + mark + "\n" + table(found, kinds) + "\n" + end
                        + after)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
