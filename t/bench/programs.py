"""Processes that are measured: their CPU time and memory, children included."""

from __future__ import annotations

import os
import random
import re
import signal
import socket
import subprocess
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
TOP = HERE.parents[1]
BUILD = TOP / "build" / "bench"
HOST = "127.0.0.1"
PATIENCE = 15.0  # seconds for a program to be ready
STOP_TIME = 2.0
# Below what the kernel gives to outgoing connections.
PORTS = range(10000, 29000)
TICK = 1 / os.sysconf("SC_CLK_TCK")


class Trouble(Exception):
    """Something cannot be measured; the text says why."""


def compile_tools() -> None:
    """Ours and small: built when older than their source."""
    BUILD.mkdir(parents=True, exist_ok=True)
    for name in ("bare", "flow"):
        source, made = HERE / f"{name}.c", BUILD / name
        if made.exists() and made.stat().st_mtime > source.stat().st_mtime:
            continue
        command = [os.environ.get("CC", "cc"), "-O2", "-Wall", "-Wextra"]
        subprocess.run([*command, "-o", made, source], check=True)


# ---- what /proc says ----


def stat_fields(pid: int) -> list[str]:
    """From the third on (the state); empty when the process has gone."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return []
    return text.rpartition(")")[2].split()


def descendants(root: int) -> list[int]:
    """The process and everything below it."""
    parents = {}
    for path in Path("/proc").glob("[0-9]*"):
        if fields := stat_fields(int(path.name)):
            parents[int(path.name)] = int(fields[1])
    found = {root}
    while more := {p for p, up in parents.items() if up in found} - found:
        found |= more
    return sorted(found)


def cpu_of(pid: int) -> float:
    """Seconds of all threads so far, and of children that have ended."""
    fields = stat_fields(pid)
    if not fields:
        return 0.0
    ended = (int(fields[13]) + int(fields[14])) * TICK
    with suppress(OSError):
        # Linux: the CPU clock of a process, in nanoseconds.
        return ended + time.clock_gettime((~pid << 3) | 2)
    return ended + (int(fields[11]) + int(fields[12])) * TICK


@dataclass
class Memory:
    """Bytes: as ps shows it, and what no file stands behind."""

    resident: int = 0
    own: int = 0

    def add(self, pid: int) -> None:
        with suppress(OSError):
            rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
            sizes = dict(re.findall(r"^(\w+): +(\d+) kB", rollup, re.M))
            self.resident += int(sizes["Rss"]) << 10
            own = int(sizes["Pss_Anon"]) + int(sizes["Pss_Shmem"])
            self.own += own << 10


# ---- programs ----


class Program:
    """One child and all that it starts; what it says goes to files."""

    def __init__(self, argv: list[str], home: Path) -> None:
        self.name = Path(argv[0]).name
        log = home / f"{self.name}-{random.randrange(1 << 32):08x}"
        self.out, self.err = log.with_suffix(".out"), log.with_suffix(".err")
        with self.out.open("w") as out, self.err.open("w") as err:
            self.child = subprocess.Popen(
                argv,
                cwd=home,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=err,
            )

    def wait_out(self, form: str) -> str:
        return self._wait(self.out, form)

    def wait_err(self, form: str) -> str:
        return self._wait(self.err, form)

    def _wait(self, log: Path, form: str) -> str:
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline and self.child.poll() is None:
            if match := re.search(form, log.read_text(errors="replace")):
                return match[1]
            time.sleep(0.01)
        raise Trouble(f"{self.name} did not say {form!r}: {self.last_words()}")

    def last_words(self) -> str:
        both = (self.out, self.err)
        text = "\n".join(p.read_text(errors="replace") for p in both)
        lines = [line for line in text.split("\n") if line]
        return lines[-1] if lines else "silence"

    def cpu(self) -> float:
        return sum(cpu_of(pid) for pid in descendants(self.child.pid))

    def stop(self) -> None:
        """With all that it has started; those first asked, then killed."""
        family = descendants(self.child.pid)
        self.child.terminate()
        with suppress(subprocess.TimeoutExpired):
            self.child.wait(STOP_TIME)
        for pid in family:
            with suppress(OSError):
                if self.child.returncode is None or pid != self.child.pid:
                    os.kill(pid, signal.SIGKILL)
        self.child.wait()


# ---- ports ----


def free_port() -> int:
    for port in random.sample(PORTS, 200):
        with socket.socket() as probe, suppress(OSError):
            probe.bind((HOST, port))
            return port
    raise Trouble("no free port")


def accepts(port: int) -> bool:
    with suppress(OSError):
        socket.create_connection((HOST, port), 1).close()
        return True
    return False


def answers(port: int) -> bool:
    """A datagram comes back."""
    with socket.socket(type=socket.SOCK_DGRAM) as probe, suppress(OSError):
        probe.settimeout(0.2)
        probe.connect((HOST, port))
        probe.send(b"x")
        return probe.recv(1) == b"x"
    return False


def wait_open(
    port: int,
    programs: list[Program],
    is_open: Callable[[int], bool] = accepts,
) -> None:
    """Until somebody is there."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        for program in programs:
            if program.child.poll() is not None:
                raise Trouble(f"{program.name}: {program.last_words()}")
        if is_open(port):
            return
        time.sleep(0.02)
    raise Trouble(f"port {port} does not open")
