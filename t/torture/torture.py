#!/usr/bin/env python3
"""Runs scenarios with one system call of one process failing, many times over.

First each scenario runs alone, and every system call of src/os that its
processes make is counted. Then it runs again and again: each time the n-th call
of one kind, or by one path through the program, fails, once or five times in a
row, with one of the errors that are possible there. What counts as well ended stands in tortured.py; how a call may
fail in calls.py; how it is made to in wrap.h.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import multiprocessing
import os
import random
import shutil
import sys
import tempfile
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass, replace
from pathlib import Path

HERE = Path(__file__).resolve().parent
TOP = HERE.parents[1]
sys.path.insert(0, str(TOP / "t" / "scn"))

from calls import CALLS, KILL, failures  # noqa: E402
from run import adopt_orphans, end_descendants, scenarios  # noqa: E402
from script import Failed, Skipped, parse  # noqa: E402
from tortured import Case, Run, Scene, Tortured, torture  # noqa: E402

BUDGET = 20  # runs of a scenario unless --full
QUICKEST = 4  # of the scenarios with a path
MOST = 16  # with --full, of a kind that a process calls: so many, twice
BURST = 5  # in the second mode that many calls fail in a row
NEWS = 60  # seconds between two words on how far it is
CONTESTS = ("takeover", "name_in_use")
OUTCOMES = ("passed", "lost", "ended", "missed", "FAILED")


@dataclass
class Plan:
    """A scenario, counted, and its cases."""

    path: Path
    scene: Scene | None
    cases: list[Case]
    why: str = ""  # there is no scene


# ---- which calls fail, and how ----


def case_of(label: str, call: str, at: int, turn: int) -> Case:
    ways = failures(call.partition("@")[0])
    name, number = ways[turn % len(ways)]
    times = 1 if turn // len(ways) % 2 == 0 else BURST
    return Case(label, call, at, times, name, number)


def every(calls: dict[str, Counter[str]], most: int) -> list[Case]:
    """Each call of each process, once and in a burst, errors in turn."""
    found = []
    for label, counts in sorted(calls.items()):
        for call, count in sorted(counts.items()):
            ways = len(failures(call))
            for n, at in enumerate(places(count, most)):
                found.append(case_of(label, call, at, n % ways))
                found.append(case_of(label, call, at, ways + (n + 1) % ways))
    return found


def places(count: int, most: int) -> list[int]:
    """All, or the most first of them and as many of the rest."""
    if count <= 2 * most or not most:
        return list(range(1, count + 1))
    rest = (count - most) / most
    later = [most + int(rest * i) for i in range(1, most + 1)]
    return [*range(1, most + 1), *later]


def sample(
    calls: dict[str, Counter[str]], budget: int, chance: random.Random
) -> list[Case]:
    """As many, evenly over processes and calls, by repeatable chance."""
    rows = [
        (label, call, count)
        for label, counts in sorted(calls.items())
        for call, count in sorted(counts.items())
    ]
    chance.shuffle(rows)
    turns: Counter[str] = Counter()
    found: dict[Case, None] = {}
    for n in range(4 * budget):
        if not rows or len(found) == budget:
            break
        label, call, count = rows[n % len(rows)]
        turn = turns[call] or chance.randrange(2 * len(failures(call)))
        turns[call] = turn + 1
        at = chance.randint(1, count)
        found[case_of(label, call, at, turn)] = None
    return list(found)


def kills(
    calls: dict[str, Counter[str]], budget: int, chance: random.Random
) -> list[Case]:
    """Processes that are killed at a call, those that stay only."""
    staying = {k: v for k, v in calls.items() if not k.startswith("it.")}
    name, number = KILL
    return [
        replace(case, times=1, error=name, number=number)
        for case in sample(staying, budget, chance)
    ]


def by_paths(plans: list[Plan], chance: random.Random) -> dict[str, list[Case]]:
    """By scenario: over all of them, each path by which a program comes to a
    call, in the quickest that has it, and then a later time, five in a row."""
    met: dict[tuple[str, str], list[tuple[Plan, str, int]]] = {}
    for plan in plans:
        for label, paths in sorted(plan.scene.paths.items()):
            for path, count in sorted(paths.items()):
                key = plan.scene.programs[label], path
                met.setdefault(key, []).append((plan, label, count))
    found: dict[str, list[Case]] = {plan.path.stem: [] for plan in plans}
    turns: Counter[str] = Counter()
    for (_, path), places in sorted(met.items(), key=lambda item: item[0]):
        kind = path.partition("@")[0]
        ways, turn = len(failures(kind)), turns[kind]
        turns[kind] += 1
        places.sort(key=lambda place: place[0].scene.took)
        (plan, label, _), other = places[0], chance.choice(places[:QUICKEST])
        once = case_of(label, path, 1, turn % ways)
        at = chance.randint(1, other[2])
        burst = case_of(other[1], path, at, ways + (turn + 1) % ways)
        found[plan.path.stem].append(once)
        found[other[0].path.stem].append(burst)
    return found


def one_case(text: str) -> Case:
    label, call, at, times, error = text.split(":")
    number = dict([*failures(call.partition("@")[0]), KILL])[error]
    return Case(label, call, int(at), int(times), error, number)


def found(stem: str) -> list[Case]:
    """Cases of a scenario that have found a fault before."""
    lines = (HERE / "found").read_text().splitlines()
    words = [line.split() for line in lines if not line.startswith("#")]
    return [one_case(row[1]) for row in words if row[0] == stem]


# ---- in a worker ----


def work_dir(home: Path) -> Path:
    made = Path(tempfile.mkdtemp(dir=home))
    made.chmod(0o711)
    (made / "w").mkdir(mode=0o700)
    return made / "w"


def begin_worker() -> None:
    os.setsid()
    adopt_orphans()
    logging.getLogger("asyncio").setLevel(logging.CRITICAL)
    sys.unraisablehook = lambda _: None  # loops closed over killed processes


def measure(path: Path, options: argparse.Namespace) -> Plan:
    home = Path(tempfile.mkdtemp(prefix=f"{path.stem}-", dir=options.home))
    home.chmod(0o711)
    try:
        steps = parse(path)
        for _ in range(2):
            scene = Scene(options.nat, steps, home, options.patience)
            run = asyncio.run(scene.measure(work_dir(home)))
            end_descendants()
            if not run.wrong:
                break
        if run.wrong:
            return Plan(path, None, [], f"fails alone: {run.wrong}\n{run.dump}")
    except (Failed, Skipped) as why:
        return Plan(path, None, [], str(why))
    chance = random.Random(f"{path.stem} {options.seed}")
    if options.case:
        return Plan(path, scene, [one_case(options.case)])
    if options.kill and path.stem in CONTESTS:
        return Plan(path, None, [], "two nodes contest a name")
    if options.kill:
        return Plan(path, scene, kills(scene.calls, options.budget, chance))
    if options.paths:
        cases = []  # when all are measured
    elif options.full:
        cases = every(scene.calls, options.most)
    else:
        cases = sample(scene.calls, options.budget, chance)
    return Plan(path, scene, [*dict.fromkeys(found(path.stem) + cases)])


def try_case(scene: Scene, case: Case, patience: float) -> Run:
    home = work_dir(scene.home)
    world = Tortured(scene.nat, home, patience, case)
    try:
        return asyncio.run(torture(world, scene.steps, case, scene))
    finally:
        end_descendants()
        shutil.rmtree(home.parent, ignore_errors=True)


def run_case(scene: Scene, case: Case) -> Run:
    """A verdict that may be the machine's haste is asked for twice."""
    run = try_case(scene, case, scene.patience)
    if run.fault and not run.fault.startswith(("left", "sanitizer")):
        again = try_case(scene, case, 2 * scene.patience)
        if not again.fault and again.hits:
            return again
    return run


# ---- all of them ----


class Report:
    def __init__(self, verbose: bool) -> None:
        self.verbose = verbose
        self.by_call: dict[str, Counter[str]] = {}
        self.total: Counter[str] = Counter()
        self.broken = 0
        self.made: set[str] = set()
        self.told = time.monotonic()

    def no_scene(self, plan: Plan) -> None:
        broken = plan.why.startswith("fails")
        word = "FAILED " if broken else "skipped"
        self.broken += broken
        print(f"{word} {plan.path.stem}: {plan.why}")

    def add(self, path: Path, case: Case, run: Run) -> None:
        self.by_call.setdefault(case.kind, Counter())[run.outcome] += 1
        self.total[run.outcome] += 1
        if run.fault:
            print(f"FAILED  {path.stem} {case}: {run.fault}")
        if run.fault and run.wrong:
            print(f"        the scenario: {run.wrong}")
        if self.verbose:
            print(f"{run.outcome} {path.stem} {case}: {run.wrong}\n{run.dump}")
        sys.stdout.flush()

    def how_far(self, left: int) -> None:
        if time.monotonic() - self.told < NEWS:
            return
        self.told = time.monotonic()
        done = self.total.total()
        print(f"{done} of {done + left} runs", file=sys.stderr, flush=True)

    def table(self) -> None:
        print(f"\n{'call':14} {'runs':>6}", *(f"{o:>7}" for o in OUTCOMES))
        for call in CALLS:
            row = self.by_call.get(call)
            if row:
                print(
                    f"{call:14} {row.total():6}",
                    *(f"{row[o] or '-':>7}" for o in OUTCOMES),
                )
        idle = sorted(self.made - set(self.by_call))
        if idle:
            print("called, but not in the sample:", *idle)


def run_all(options: argparse.Namespace, report: Report) -> None:
    context = multiprocessing.get_context("fork")
    with ProcessPoolExecutor(options.jobs, context, begin_worker) as pool:
        plans = [pool.submit(measure, p, options) for p in options.files]
        cases = {}

        def start(plan: Plan, wanted: list[Case]) -> None:
            for case in wanted:
                future = pool.submit(run_case, plan.scene, case)
                cases[future] = plan.path, case

        whole = []
        for done in as_completed(plans):
            plan = done.result()
            if plan.scene:
                report.made.update(*plan.scene.calls.values())
                whole.append(plan)
            else:
                report.no_scene(plan)
            start(plan, plan.cases)
        if options.paths:
            whole.sort(key=lambda plan: plan.path)
            found = by_paths(whole, random.Random(options.seed))
            for plan in whole:
                start(plan, found[plan.path.stem])
        for done in as_completed(cases):
            report.add(*cases.pop(done), done.result())
            report.how_far(len(cases))


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    add = parser.add_argument
    add("files", nargs="*", type=Path, help="default: those of t/scn")
    add("--nat", type=Path, default=TOP / "build/san-gcc-epoll/torture/nat")
    add("--budget", type=int, default=BUDGET, help="runs of each scenario")
    add("--paths", action="store_true", help="each path to a call instead")
    add("--full", action="store_true", help="each call instead")
    add("--kill", action="store_true", help="kill -9 at a call instead")
    add("--most", type=int, default=MOST, help="with --full; 0: all")
    add("--case", help="one: NODE.LAUNCH:CALL:AT:TIMES:ERROR")
    add("--seed", default="1", help="other calls of the sample")
    add("--jobs", "-j", type=int, default=2 * (os.cpu_count() or 1))
    add("--patience", type=float, default=1, help="factor of time limits")
    add("--verbose", "-v", action="store_true")
    return parser.parse_args()


def main() -> int:
    options = arguments()
    options.nat = options.nat.resolve()
    options.files = scenarios(options.files, {""})
    report = Report(options.verbose)
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="nat-torture-") as home:
        options.home = home
        os.chmod(home, 0o711)
        run_all(options, report)
    report.table()
    print(
        f"{report.total.total()} runs of {len(options.files)} scenarios in "
        f"{time.monotonic() - began:.0f} s:",
        ", ".join(f"{report.total[o]} {o}" for o in OUTCOMES),
    )
    return 1 if report.total["FAILED"] or report.broken else 0


if __name__ == "__main__":
    sys.exit(main())
