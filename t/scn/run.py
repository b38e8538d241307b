#!/usr/bin/env python3
"""Runs scenarios (*.scn) against the real binary, in parallel.

Each runs in a process, a session and a temporary directory of its own, within a
time limit; whatever it has started is ended and reaped. A scenario fails by an
expectation that does not come true, by a process of the product that dies, does
not stop on SIGTERM, or by a sanitizer's report. The language: script.py and
`run.py --verbs`.
"""

from __future__ import annotations

import argparse
import asyncio
import ctypes
import gc
import os
import shlex
import shutil
import signal
import sys
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import warm
from script import Args, Failed, Skipped, Step, parse, seconds
from talk import DEEDS
from verbs import VERBS
from world import TOP, Product, World

LIMIT = 20.0  # seconds of a scenario that names no limit
BACKSTOP = 15.0  # more seconds until the runner ends it from outside
PASS, FAIL, SKIP = 0, 1, 77
PR_SET_CHILD_SUBREAPER = 36


@dataclass
class Options:
    product: Product
    patience: float
    verbose: bool
    keep: bool
    again: bool


@dataclass
class Scenario:
    path: Path
    home: Path
    started: float
    deadline: float


# ---- one scenario, in its own process ----


async def perform(world: World, step: Step) -> None:
    words = [world.fill(word) for word in step.words]
    body = "".join(f"{world.fill(line)}\n" for line in step.body)
    verb = VERBS.get(words[0])
    if verb:
        await verb[0](world, Args(words[1:], body))
        return
    deed = DEEDS.get(words[1]) if len(words) > 1 else None
    if not deed:
        raise Failed(f"no verb {words[0]}")
    await deed[0](world, world.wire(words[0]), Args(words[2:], body))


async def play(world: World, steps: list[Step], limit: float) -> str | None:
    """All steps and the end; what went wrong, or None."""
    step = steps[0]
    wrong: str | None = None
    try:
        async with asyncio.timeout(limit * world.patience):
            for step in steps:
                await perform(world, step)
                world.check_nodes()
    except TimeoutError:
        wrong = f"line {step.line}: over the limit of {limit:g}s: {step.text}"
    except (Failed, ValueError, OSError) as why:
        wrong = f"line {step.line}: {why}\n    {step.text}"
    finally:
        fault = await world.finish()
    return wrong or fault


def limit_of(steps: list[Step]) -> float:
    for step in steps:
        if step.words[0] == "limit":
            return seconds(step.words[1])
    return LIMIT


def scenario_main(path: Path, home: Path, options: Options) -> int:
    """The life of the child process."""
    os.setsid()
    adopt_orphans()
    report = (home / "report").open("w")
    code = PASS
    (work := home / "w").mkdir(mode=0o700)
    world = World(options.product, work, options.patience)
    try:
        steps = parse(path)
        wrong = asyncio.run(play(world, steps, limit_of(steps)))
        if wrong:
            code = FAIL
            report.write(f"  {wrong}\n")
        if wrong or options.verbose:
            report.write(world.log.dump() + "\n")
    except Skipped as why:
        code = SKIP
        report.write(str(why))
    except Failed as why:
        code = FAIL
        report.write(f"  {why}\n")
    report.close()
    end_descendants()
    return code


# ---- processes ----


def adopt_orphans() -> None:
    """Children of ended children become ours, where the system can do that."""
    with suppress(AttributeError, OSError):
        ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def descendants(root: int) -> list[int]:
    """By /proc; none where there is none."""
    parents: dict[int, int] = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError, ValueError):
            rest = path.read_text().rpartition(")")[2].split()
            parents[int(path.parent.name)] = int(rest[1])
    found = {root}
    while more := {p for p, up in parents.items() if up in found} - found:
        found |= more
    return sorted(found - {root})


def end_descendants() -> None:
    """Who has no child has no descendant: orphans are ours."""
    with suppress(ChildProcessError):
        os.waitpid(-1, os.WNOHANG)
        end_all()


def end_all() -> None:
    for pid in descendants(os.getpid()):
        with suppress(OSError):
            os.kill(pid, signal.SIGKILL)
    with suppress(ChildProcessError):
        while os.waitpid(-1, 0)[0]:
            pass


# ---- all of them ----


class Runner:
    def __init__(self, options: Options, jobs: int) -> None:
        self.options = options
        self.jobs = jobs
        self.running: dict[int, Scenario] = {}
        self.count = {PASS: 0, FAIL: 0, SKIP: 0}
        self.failed: list[Path] = []

    def run_all(self, paths: list[Path]) -> None:
        """With again, what failed beside others has a second try, alone."""
        self.run(paths)
        if not self.options.again or not self.failed:
            return
        unsteady, self.failed = self.failed, []
        print(f"once more, alone: {' '.join(p.stem for p in unsteady)}")
        self.count[FAIL] -= len(unsteady)
        self.jobs = 1
        self.run(unsteady)

    def run(self, paths: list[Path]) -> None:
        waiting = sorted(paths, key=lambda p: -limit_or_none(p))
        while waiting or self.running:
            while waiting and len(self.running) < self.jobs:
                self.start(waiting.pop(0))
            self.reap()

    def start(self, path: Path) -> None:
        home = Path(tempfile.mkdtemp(prefix="nat-scn-"))
        sys.stdout.flush()
        now = time.monotonic()
        if (pid := os.fork()) == 0:
            code = FAIL
            try:
                code = scenario_main(path, home, self.options)
            except BaseException as why:
                (home / "report").write_text(f"  the runner: {why!r}\n")
            finally:
                os._exit(code)
        self.running[pid] = Scenario(path, home, now, self.deadline(path))

    def deadline(self, path: Path) -> float:
        limit = max(limit_or_none(path), LIMIT) * self.options.patience
        return time.monotonic() + limit + BACKSTOP

    def reap(self) -> None:
        """Waits a little; takes who has ended, ends who is overdue."""
        pid, status = os.waitpid(-1, os.WNOHANG)
        if pid in self.running:
            self.tell(self.running.pop(pid), os.waitstatus_to_exitcode(status))
            return
        if pid == 0:
            time.sleep(0.01)
        for overdue, scenario in self.running.items():
            if time.monotonic() > scenario.deadline:
                kill_group(overdue)

    def tell(self, scenario: Scenario, code: int) -> None:
        code = code if code in self.count else FAIL
        self.count[code] += 1
        if code == FAIL:
            self.failed.append(scenario.path)
        took = time.monotonic() - scenario.started
        report = ""
        with suppress(OSError):
            report = (scenario.home / "report").read_text()
        word = {PASS: "ok     ", FAIL: "FAILED ", SKIP: "skipped"}[code]
        why = f": {report}" if code == SKIP else ""
        print(f"{word} {scenario.path.stem} {took:.1f}s{why}")
        if code != SKIP and report:
            print(report, end="")
        if not self.options.keep:
            shutil.rmtree(scenario.home, ignore_errors=True)
        sys.stdout.flush()

    def end(self) -> None:
        for pid, scenario in self.running.items():
            kill_group(pid)
            shutil.rmtree(scenario.home, ignore_errors=True)
        end_descendants()

    def total(self) -> str:
        text = f"{self.count[PASS]} passed, {self.count[FAIL]} failed"
        skipped = self.count[SKIP]
        return f"{text}, {skipped} skipped" if skipped else text


def kill_group(pid: int) -> None:
    with suppress(OSError):
        os.killpg(pid, signal.SIGKILL)
    with suppress(OSError):
        os.kill(pid, signal.SIGKILL)


def limit_or_none(path: Path) -> float:
    """The limit that a file names: what takes long starts first."""
    try:
        return next(
            (seconds(s.words[1]) for s in parse(path) if s.words[0] == "limit"),
            0,
        )
    except Failed:
        return 0


def scenarios(given: list[Path], kinds: set[str]) -> list[Path]:
    """Files as named; of a folder those that are wanted."""
    paths = []
    for path in given or [Path(__file__).parent]:
        if path.is_dir():
            inside = sorted(path.glob("*.scn"))
            paths += [p for p in inside if kind(p) in kinds]
        else:
            paths.append(path)
    return paths


def kind(path: Path) -> str:
    """How it is marked: accept or costly, or not."""
    try:
        words = (step.words[0] for step in parse(path))
        return next((w for w in words if w in ("accept", "costly")), "")
    except Failed:
        return ""


def wanted(args: argparse.Namespace) -> set[str]:
    if args.accept:
        return {"accept"}
    return {""} if args.quick else {"", "costly"}


def show_verbs() -> None:
    for name, (_, usage) in VERBS.items():
        print(f"{name} {usage}")
    for name, (_, usage) in DEEDS.items():
        print(f"NAME {name} {usage}")


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("files", nargs="*", type=Path, help="or folders")
    parser.add_argument("--nat", type=Path, default=TOP / "nat")
    parser.add_argument(
        "--jobs", "-j", type=int, help="6 to a core, sanitized 4"
    )
    parser.add_argument(
        "--accept", action="store_true", help="those that take long instead"
    )
    parser.add_argument(
        "--quick", action="store_true", help="without those that cost much"
    )
    parser.add_argument(
        "--patience",
        type=float,
        default=os.environ.get("SCN_PATIENCE", "1"),
        help="factor of all time limits (SCN_PATIENCE)",
    )
    parser.add_argument(
        "--again",
        action="store_true",
        default=bool(os.environ.get("SCN_AGAIN")),
        help="what fails is run once more, alone (SCN_AGAIN)",
    )
    parser.add_argument(
        "--prefix", default="", help="command that runs it, such as valgrind"
    )
    parser.add_argument("--keep", action="store_true", help="the directories")
    parser.add_argument("--verbs", action="store_true", help="the language")
    parser.add_argument("--verbose", "-v", action="store_true")
    return parser.parse_args()


def main() -> int:
    args = arguments()
    if args.verbs:
        show_verbs()
        return 0
    if not os.access(args.nat, os.X_OK):
        print(f"no {args.nat}: run make first", file=sys.stderr)
        return 1
    paths = scenarios(args.files, wanted(args))
    options = Options(
        Product.of(shlex.split(args.prefix), args.nat.resolve()),
        args.patience,
        args.verbose,
        args.keep,
        args.again,
    )
    adopt_orphans()
    warm.up()
    gc.freeze()  # what children share with us stays as it is
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    many = (4 if options.product.unconfined else 6) * (os.cpu_count() or 1)
    runner = Runner(options, args.jobs or many)
    try:
        runner.run_all(paths)
    except KeyboardInterrupt:
        return 1
    finally:
        runner.end()
    print(runner.total())
    return 1 if runner.count[FAIL] else 0


if __name__ == "__main__":
    sys.exit(main())
