#!/usr/bin/env python3
"""Does nat stun name every NAT rightly? One topology a file, t/lab/topologies.

    # what it is, for the table
    nat NAME KIND [behind NAME] [hairpin]     KIND as in nets.py
    unat NAME SETTING=VALUE...                of a nat of KIND unat: t/lab/tun.c
    ipv6 NAME                                 a nat's network has IPv6 too
    host NAME [behind NAME] [ipv6]            ipv6: and nothing else
    timeout NAT SECONDS                       of a mapping that nobody uses
    lasting HOST REGULAR EXPRESSION           nat stun --lifetime 30s
    stun HOST REGULAR EXPRESSION              what nat stun prints there
    stun6 HOST REGULAR EXPRESSION             the same, asking a server of IPv6
    plain HOST REGULAR EXPRESSION             the same, asking two plain trackers
    coturn HOST                               coturn's client and server agree with ours
    upnpd NAT WORD...                         miniupnpd there; natpmp (PCP too), upnp
    map HOST PORT REGULAR EXPRESSION          what nat map tcp:PORT prints there; then the
                                              port is open from outside until it ends

usage: lab.py [--write] NAT [TOPOLOGY...]
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import coturn
import mapping
from nets import SERVERS, SERVERS6, Absent, Lab, fits

HERE = Path(__file__).parent
PAGE = HERE.parent.parent / "docs" / "lab.md"
CORNERS = (f"{SERVERS[0]}:3478", f"{SERVERS[1]}:3479")
CORNERS6 = (f"[{SERVERS6[0]}]:3478", f"[{SERVERS6[1]}]:3479")
PLAIN = (f"{SERVERS[0]}:43283", f"{SERVERS[1]}:43283")
MARKS = {"plain": " (plain)", "stun6": " (IPv6)"}
AT_ONCE = 4


@dataclass
class Verdict:
    topology: str
    about: str
    said: str
    wrong: str  # empty: it is as it should be


def clause(words: list[str], key: str, default: str) -> str:
    return words[words.index(key) + 1] if key in words else default


class Trial:
    def __init__(self, nat: str, path: Path, number: int) -> None:
        self.nat = os.path.abspath(nat)
        self.path = path
        self.lab = Lab(f"lab{os.getpid()}-{number}")
        self.trackers: list[subprocess.Popen[str]] = []
        self.about = ""

    def track(self, *listen: str) -> None:
        words = [w for at in listen for w in ("--listen", at)]
        it = subprocess.Popen(
            [*self.lab.inside("inet"), self.nat, "tracker", "--admin",
             f"/tmp/{self.lab.name}-{len(self.trackers)}.sock", *words],
            stderr=subprocess.PIPE, text=True)
        self.trackers.append(it)
        assert it.stderr
        for line in it.stderr:
            if "ready on" in line:
                return
        raise Absent("the tracker does not start")

    def ask(self, word: str, host: str) -> str:
        servers = {"plain": PLAIN, "stun6": CORNERS6[:1]}.get(
            word, CORNERS[:1])
        words = [w for at in servers for w in ("--server", at)]
        if word == "lasting":
            words += ["--lifetime", "30s"]
        done = subprocess.run(
            [*self.lab.inside(host), self.nat, "stun", *words], text=True,
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False,
            timeout=100)
        return done.stdout.strip()

    def step(self, line: str) -> Verdict | None:
        word, rest = line.split(None, 1)
        words = rest.split()
        if word == "#":
            self.about = rest
        elif word == "nat":
            self.lab.router(words[0], words[1], clause(words, "behind",
                                                       "inet"),
                            "hairpin" in words)
        elif word == "host":
            self.lab.host(words[0], clause(words, "behind", "inet"))
            if "ipv6" in words:
                self.lab.lose_four(words[0])
        elif word == "ipv6":
            self.lab.add_six(words[0])
        elif word == "unat":
            self.lab.unat(words[0], words[1:])
        elif word == "timeout":
            self.lab.timeout(words[0], int(words[1]))
        elif word == "upnpd":
            self.trackers.append(mapping.upnpd(self.lab, words[0], words[1:]))
        elif word == "coturn":
            said, wrong = coturn.agree(self.lab, self.nat, words[0])
            return Verdict(f"{self.path.stem} (coturn)", self.about, said,
                           wrong)
        elif word == "map":
            host, port, form = rest.split(None, 2)
            said, wrong = mapping.trial(self.lab, self.nat, host, port, form)
            return Verdict(f"{self.path.stem} (nat map)", self.about, said,
                           wrong)
        else:
            host, form = rest.split(None, 1)
            said = self.ask(word, host)
            wrong = "" if re.search(form, said) else f"not {form!r}"
            name = self.path.stem + MARKS.get(word, "")
            return Verdict(name, self.about, said, wrong)
        return None

    def run(self) -> list[Verdict]:
        try:
            with self.lab:
                self.track(*CORNERS)
                self.track(*CORNERS6)
                self.track(PLAIN[0])
                self.track(PLAIN[1])
                steps = map(self.step, filter(None, self.path.read_text()
                                              .splitlines()))
                return [verdict for verdict in steps if verdict]
        except Absent as why:
            return [Verdict(self.path.stem, self.about, "", str(why))]
        finally:
            for it in self.trackers:
                it.terminate()
                it.wait()


def table(verdicts: list[Verdict]) -> str:
    lines = ["| topology | what it is | `nat stun` |", "|---|---|---|"]
    for v in verdicts:
        said = re.sub(r"^(\S+):\d+ ", r"\1:... ", v.said)
        lines.append(f"| {v.topology} | {v.about} | {said} |")
    return "\n".join(lines) + "\n"


def write(text: str) -> None:
    page = PAGE.read_text()
    head, mark, _ = page.partition("<!-- printed by make lab -->\n")
    PAGE.write_text(head + mark + "\n" + text)


def main() -> int:
    args = [a for a in sys.argv[1:] if a != "--write"]
    why = fits()
    if why:
        print(f"lab: skipped: {why}")
        return 0
    paths = [Path(p) for p in args[1:]] or sorted(
        (HERE / "topologies").glob("*.lab"))
    began = time.monotonic()
    trials = [Trial(args[0], path, i) for i, path in enumerate(paths)]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        verdicts = [v for found in pool.map(Trial.run, trials) for v in found]
    print(table(verdicts), end="")
    wrong = [v for v in verdicts if v.wrong]
    for v in wrong:
        print(f"WRONG {v.topology}: {v.said!r}: {v.wrong}")
    print(f"lab: {len(verdicts) - len(wrong)} right, {len(wrong)} wrong,"
          f" {time.monotonic() - began:.1f} s")
    if "--write" in sys.argv and not wrong:
        write(table(verdicts))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
