#!/usr/bin/env python3
"""Compares relay + client with two chained bare splice loops in their places.

Bulk: CPU time of the two middle processes for each GiB, rounds of both kinds
interleaved, same pipe size; medians and their ratio (budget: 1.15). Then small
things beside a direct connection: round trips and visitor set-up. Nothing here
fails by a number: numbers are for reading.
"""

from __future__ import annotations

import argparse
import os
import re
import secrets
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack, contextmanager
from collections.abc import Iterator
from pathlib import Path
from statistics import median

HERE = Path(__file__).resolve().parent
TOP = HERE.parents[1]
BUILD = TOP / "build" / "bench"
BUDGET = 1.15
PATIENCE = 10.0


def compile_tools() -> None:
    """Ours and small: built when older than their source."""
    BUILD.mkdir(parents=True, exist_ok=True)
    for name in ("bare", "flow"):
        source, made = HERE / f"{name}.c", BUILD / name
        if made.exists() and made.stat().st_mtime > source.stat().st_mtime:
            continue
        command = [os.environ.get("CC", "cc"), "-O2", "-Wall", "-Wextra"]
        subprocess.run([*command, "-o", made, source], check=True)


class Program:
    """One child; its CPU time is read while it runs."""

    def __init__(self, argv: list[str], err: Path | None = None) -> None:
        self._err = err.open("w+") if err else subprocess.DEVNULL
        self.child = subprocess.Popen(
            argv,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=self._err,
            text=True,
        )

    def line(self) -> str:
        assert self.child.stdout
        return self.child.stdout.readline().strip()

    def wait_err(self, path: Path, form: str) -> str:
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            if match := re.search(form, path.read_text()):
                return match[1]
            time.sleep(0.01)
        raise SystemExit(f"bench: no {form!r}: {path.read_text()}")

    def cpu(self) -> float:
        """Seconds of user and system time so far."""
        proc = Path(f"/proc/{self.child.pid}")
        try:
            return int((proc / "schedstat").read_text().split()[0]) / 1e9
        except OSError:
            fields = (proc / "stat").read_text().rpartition(")")[2].split()
            ticks = int(fields[11]) + int(fields[12])
            return ticks / os.sysconf("SC_CLK_TCK")

    def memory(self) -> int:
        """Bytes of anonymous memory in use."""
        status = Path(f"/proc/{self.child.pid}/status").read_text()
        return int(re.search(r"RssAnon:\s+(\d+)", status)[1]) * 1024

    def stop(self) -> None:
        self.child.kill()
        self.child.wait()


@contextmanager
def running(argv: list[str], err: Path | None = None) -> Iterator[Program]:
    program = Program(argv, err)
    try:
        yield program
    finally:
        program.stop()


class Way:
    """A way to a target: its public port and the processes on it."""

    def __init__(self, port: int, middle: list[Program]) -> None:
        self.port = port
        self.middle = middle

    def cpu(self) -> float:
        return sum(program.cpu() for program in self.middle)


@contextmanager
def bare_chain(target: int, pipe: int) -> Iterator[Way]:
    bare = str(BUILD / "bare")
    with running([bare, str(target), str(pipe)]) as inner:
        port = inner.line()
        with running([bare, port, str(pipe)]) as outer:
            yield Way(int(outer.line()), [outer, inner])


@contextmanager
def tunnel(
    nat: str, target: int, options: list[str] | None = None
) -> Iterator[Way]:
    """Our relay and client; options go to both."""
    with ExitStack() as stack:
        home = stack.enter_context(tempfile.TemporaryDirectory())
        err = Path(home, "relay")
        both = ["--token", secrets.token_hex(16), "--state-dir", home]
        both += options or []
        relay = stack.enter_context(
            running([nat, "relay", "--listen", "127.0.0.1:0", *both], err)
        )
        port = relay.wait_err(err, r"ready on 127\.0\.0\.1:(\d+)")
        client = stack.enter_context(
            running(
                [nat, "client", "--relay", f"127.0.0.1:{port}"]
                + [*both, f"x=tcp:{target}"],
                Path(home, "client"),
            )
        )
        match = re.search(r"^x tcp \S+:(\d+) -> ", client.line())
        if not match:
            raise SystemExit("bench: the client has published nothing")
        yield Way(int(match[1]), [relay, client])


# ---- bulk ----


def flow(*words: object) -> str:
    argv = [str(BUILD / "flow"), *map(str, words)]
    done = subprocess.run(argv, check=True, capture_output=True, text=True)
    return done.stdout.strip()


def one_round(way: Way, sink: Program, mib: int) -> tuple[float, float]:
    """CPU seconds a GiB of the middle, and GiB a second."""
    before, start = way.cpu(), time.monotonic()
    flow("send", way.port, mib)
    took = time.monotonic() - start
    cpu = way.cpu() - before
    if (came := int(sink.line())) != mib << 20:
        raise SystemExit(f"bench: {came} bytes came instead of {mib} MiB")
    return cpu * 1024 / mib, mib / 1024 / took


def bulk(args: argparse.Namespace) -> None:
    with ExitStack() as stack:
        sink = stack.enter_context(running([str(BUILD / "flow"), "sink"]))
        target = int(sink.line())
        pipe = ["--pipe-size", str(args.pipe_size)]
        ways = {
            "bare + bare": stack.enter_context(
                bare_chain(target, args.pipe_size)
            ),
            "relay + client": stack.enter_context(
                tunnel(args.nat, target, pipe)
            ),
        }
        rounds = {name: [] for name in ways}
        for _ in range(args.rounds):
            for name, way in ways.items():
                rounds[name].append(one_round(way, sink, args.mib))
    tell_bulk(args, rounds)


def tell_bulk(
    args: argparse.Namespace, rounds: dict[str, list[tuple[float, float]]]
) -> None:
    print(
        f"bulk, {args.rounds} rounds of {args.mib} MiB,"
        f" pipes of {args.pipe_size >> 10} KiB"
    )
    cpus = {}
    for name, results in rounds.items():
        cpu = [result[0] for result in results]
        speed = median(result[1] for result in results)
        cpus[name] = median(cpu)
        print(
            f"  {name:15} {cpus[name]:.3f} CPU s/GiB"
            f" ({min(cpu):.3f} .. {max(cpu):.3f})  {speed:.2f} GiB/s"
        )
    bare, ours = cpus.values()
    print(f"  ratio {ours / bare:.3f} (budget {BUDGET})")


# ---- small things ----


def small(args: argparse.Namespace) -> None:
    with ExitStack() as stack:
        echo = stack.enter_context(running([str(BUILD / "flow"), "echo"]))
        target = int(echo.line())
        ways = {
            "direct": Way(target, []),
            "bare + bare": stack.enter_context(
                bare_chain(target, args.pipe_size)
            ),
            "relay + client": stack.enter_context(tunnel(args.nat, target)),
        }
        for mode, what in (
            ("ping", "round trip of one byte"),
            ("dial", "connect, round trip, close"),
        ):
            tell_small(what, ways, mode, args)


def tell_small(
    what: str, ways: dict[str, Way], mode: str, args: argparse.Namespace
) -> None:
    times = {name: [] for name in ways}
    for _ in range(args.rounds):
        for name, way in ways.items():
            times[name].append(int(flow(mode, way.port, args.count)))
    direct = median(times["direct"])
    print(f"{what}, {args.rounds} rounds of {args.count}")
    for name, ns in times.items():
        mid = median(ns)
        print(
            f"  {name:15} {mid / 1000:8.1f} us  {1e9 / mid:8.0f} /s"
            f"  {mid / direct:.2f} x direct"
        )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--nat", default=str(TOP / "nat"))
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--mib", type=int, default=4096, help="of a round")
    parser.add_argument("--count", type=int, default=2000, help="small things")
    parser.add_argument(
        "--pipe-size", type=int, default=256 * 1024, help="bytes"
    )
    args = parser.parse_args()
    compile_tools()
    bulk(args)
    small(args)
    return 0


if __name__ == "__main__":
    sys.exit(main())
