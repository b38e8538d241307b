#!/usr/bin/env python3
"""Measures nat beside others, in one run: see docs/benchmarks.md.

Rounds of all systems alternate, in another order each time; the tables show
medians and ratios. Samples are kept in build/bench/samples.json as they come:
--resume goes on with them, --report only prints. Rivals are found on PATH and
in /opt/rivals/bin (t/bench/rivals.sh). No number fails the run.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import subprocess
import sys
import time
from contextlib import ExitStack

import report
from measures import MEASURES, Measure, Plan, most_visitors
from programs import BUILD, TOP, Trouble, compile_tools
from store import Store
from systems import SYSTEMS, Place, System, Way, running

RIVALS = "/opt/rivals/bin"
TROUBLES = (Trouble, OSError, ValueError, subprocess.SubprocessError)


class Run:
    def __init__(self, args: argparse.Namespace, store: Store) -> None:
        self.args = args
        self.store = store
        self.plan = Plan(args.seconds, args.quiet)
        self.most = most_visitors()
        self.started = time.monotonic()

    def say(self, text: str) -> None:
        print(f"{time.monotonic() - self.started:5.0f}s {text}", flush=True)

    def note(self, measure: Measure, name: str, why: object) -> None:
        self.store.note(measure.name, name, f"{why}")
        self.say(f"{measure.name}: {name}: not measured: {why}")

    def place(self, target: int, udp: bool) -> Place:
        pipe = self.args.pipe_size
        return Place(target, self.args.nat, pipe, self.most, udp)

    def rounds(self, measure: Measure) -> int:
        return 1 if measure.once else self.args.rounds

    def missing(self, measure: Measure, system: System) -> bool:
        done = len(self.store.of(measure.name, system.name))
        return done < self.rounds(measure)

    def measure(self, measure: Measure, systems: list[System]) -> None:
        for program in measure.needs:
            if not shutil.which(program):
                self.note(measure, "all", f"no {program} here")
                return
        systems = [
            s
            for s in systems
            if self.missing(measure, s) and (s.udp or not measure.udp)
        ]
        if not systems:
            return
        with measure.backend() as port:
            if not measure.once:
                self.alternate(measure, systems, port)
                return
            for system in systems:
                self.alternate(measure, [system], port)

    def alternate(
        self, measure: Measure, systems: list[System], port: int
    ) -> None:
        with ExitStack() as stack:
            ways: dict[str, Way] = {}
            for system in systems:
                try:
                    way = stack.enter_context(
                        running(system, self.place(port, measure.udp))
                    )
                    ways[system.name] = way
                except TROUBLES as why:
                    self.note(measure, system.name, why)
            for number in range(self.rounds(measure)):
                self.round(measure, ways, number)

    def round(
        self, measure: Measure, ways: dict[str, Way], number: int
    ) -> None:
        for name in random.sample(list(ways), len(ways)):
            if len(self.store.of(measure.name, name)) > number:
                continue
            try:
                sample = measure.sample(ways[name], self.plan)
            except TROUBLES as why:
                self.note(measure, name, why)
                del ways[name]
                continue
            self.store.add(measure.name, name, sample)
            self.say(
                f"{measure.name} {number + 1}/{self.rounds(measure)}"
                f" {name}: {report.brief(sample)}"
            )


# ---- arguments ----


def chosen(all_of: tuple, names: str) -> list:
    """Those whose name starts with one of the words."""
    words = [word.strip() for word in names.split(",")]
    for word in words:
        if not any(it.name.startswith(word) for it in all_of):
            raise SystemExit(f"bench: nothing is called {word!r}")
    return [it for it in all_of if it.name.startswith(tuple(words))]


def usual(systems: tuple[System, ...]) -> list[System]:
    """Forwarders two in a row, not alone."""
    return [system for system in systems if system.hops != 1]


def arguments() -> argparse.Namespace:
    names = ", ".join(system.name for system in SYSTEMS)
    parser = argparse.ArgumentParser(
        description=__doc__.splitlines()[0],
        epilog=f"Systems: {names}."
        f" Measures: {', '.join(m.name for m in MEASURES)}."
        " Lists are parted by commas; beginnings of names will do.",
    )
    parser.add_argument("--nat", default=str(TOP / "nat"))
    parser.add_argument("--only", help="systems (all, forwarders x2)")
    parser.add_argument("--measure", help="measures (all)")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument(
        "--seconds", type=float, default=0.7, help="of one sample"
    )
    parser.add_argument(
        "--quiet", type=float, default=5, help="seconds before memory is read"
    )
    parser.add_argument(
        "--pipe-size", type=int, default=256 << 10, help="bytes, of splicers"
    )
    parser.add_argument("--resume", action="store_true")
    parser.add_argument(
        "--report", action="store_true", help="of the last run; measures none"
    )
    parser.add_argument(
        "--write", action="store_true", help="into docs/benchmarks.md"
    )
    return parser.parse_args()


def absent(systems: list[System]) -> dict[str, str]:
    return {s.name: s.missing() for s in systems if s.missing()}


def run_all(args: argparse.Namespace, store: Store) -> None:
    systems = chosen(SYSTEMS, args.only) if args.only else usual(SYSTEMS)
    measures = chosen(MEASURES, args.measure) if args.measure else MEASURES
    gone = absent(systems)
    for name, program in gone.items():
        print(f"bench: {name} is absent: no {program} on PATH")
    here = [system for system in systems if system.name not in gone]
    store.about = report.about(args, here, gone)
    run = Run(args, store)
    for measure in measures:
        run.measure(measure, here)


def main() -> int:
    args = arguments()
    args.nat = os.path.abspath(args.nat)
    os.environ["PATH"] += f":{RIVALS}:/usr/sbin:/usr/local/sbin"
    compile_tools()
    store = Store(BUILD / "samples.json", args.resume or args.report)
    if not args.report:
        run_all(args, store)
    text = report.text(store)
    print(text)
    if args.write:
        report.write(TOP / "docs" / "benchmarks.md", text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
