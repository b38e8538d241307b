"""Processes of a scenario, and the transcript that all sources write to."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import warm
from script import Failed

SANITIZER = re.compile(
    r"(Address|Leak|Memory|Thread|UndefinedBehavior)Sanitizer|runtime error: "
)
SANITIZER_EXIT = 99
STOP_TIME = 5.0  # seconds that a node has to stop in after SIGTERM
LINGER = 0.3  # seconds that output may come after the end
TICK = 0.01
OUT, ERR = 1, 2
STREAMS = {OUT: "out", ERR: "err"}
SANITIZER_OPTIONS = {
    "ASAN_OPTIONS": f"exitcode={SANITIZER_EXIT}",
    "UBSAN_OPTIONS": f"halt_on_error=1:exitcode={SANITIZER_EXIT}",
}


@dataclass
class Line:
    """What one source said; taken: an expectation has used it."""

    at: float
    source: str
    stream: str
    text: str
    taken: bool = False


class Transcript:
    """Every line in the order of arrival, with a bell for who waits."""

    def __init__(self) -> None:
        self.lines: list[Line] = []
        self.news = asyncio.Event()
        self.started = time.monotonic()

    def say(self, source: str, stream: str, text: str) -> None:
        at = time.monotonic() - self.started
        self.lines.append(Line(at, source, stream, text))
        self.news.set()

    def retire(self, source: str) -> None:
        """Expectations no longer see what this source has said so far."""
        for line in self.lines:
            if line.source == source:
                line.source += "'"

    def of(self, source: str, stream: str | None) -> list[Line]:
        return [
            line
            for line in self.lines
            if line.source == source and stream in (None, line.stream)
        ]

    def dump(self) -> str:
        return "\n".join(
            f"  {line.at:7.3f} {line.source:>9} {line.stream:<4} {line.text}"
            for line in self.lines
        )


def environment(home: Path, extra: dict[str, str]) -> dict[str, str]:
    """A small environment, the same for everybody who runs the scenarios."""
    keep = ("PATH", *SANITIZER_OPTIONS)
    env = {**SANITIZER_OPTIONS, "LANG": "C", "HOME": str(home)}
    env |= {key: os.environ[key] for key in keep if key in os.environ}
    env["STATE_DIRECTORY"] = str(home / "state.d")
    env["RUNTIME_DIRECTORY"] = str(home / "run")
    return env | extra


class Node(asyncio.SubprocessProtocol):
    """One process: its lines go to the transcript, its end is watched."""

    def __init__(self, name: str, log: Transcript, ours: bool) -> None:
        self.name = name
        self.ours = ours  # the product: must stop cleanly
        self.may_end = False
        self.ended = False  # and all output has been read
        self.killed_by: int | None = None  # the signal that we sent
        self._report: str | None = None  # a sanitizer's
        self._log = log
        self._part = {OUT: b"", ERR: b""}  # of a line
        self._process: asyncio.SubprocessTransport | None = None

    async def start(
        self, argv: list[str], cwd: Path, env: dict[str, str]
    ) -> None:
        self._log.say(self.name, "run", " ".join(argv))
        env = environment(cwd, env)
        try:
            await asyncio.get_running_loop().subprocess_exec(
                lambda: self,
                *argv,
                cwd=cwd,
                env=env,
                stdin=asyncio.subprocess.DEVNULL,
                preexec_fn=warm.forked(argv, env),
            )
        except OSError as why:
            raise Failed(f"{argv[0]}: {why}") from None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.SubprocessTransport)
        self._process = transport

    def pipe_data_received(self, fd: int, data: bytes) -> None:
        *lines, self._part[fd] = (self._part[fd] + data).split(b"\n")
        for line in lines:
            self._say(fd, line)

    def pipe_connection_lost(self, fd: int, exc: Exception | None) -> None:
        if self._part[fd]:
            self._say(fd, self._part[fd])

    def process_exited(self) -> None:
        """Its children may hold the pipes open: no waiting for those."""
        asyncio.get_running_loop().call_later(LINGER, self._end)

    def connection_lost(self, exc: Exception | None) -> None:
        self._end()

    def _end(self) -> None:
        if not self.ended:
            self.ended = True
            self._log.say(self.name, "end", self.verdict())

    def _say(self, fd: int, line: bytes) -> None:
        text = line.decode(errors="replace")
        if not self._report and SANITIZER.search(text):
            self._report = text
        self._log.say(self.name, STREAMS[fd], text)

    @property
    def pid(self) -> int | None:
        return self._process.get_pid() if self._process else None

    @property
    def status(self) -> int | None:
        return self._process.get_returncode() if self._process else None

    def verdict(self) -> str:
        if self.status is not None and self.status < 0:
            return f"killed by {signal.Signals(-self.status).name}"
        return f"exit {self.status}"

    def send(self, number: int) -> None:
        assert self._process
        if self.ended:
            raise Failed(f"{self.name} has ended already")
        if number in (signal.SIGKILL, signal.SIGTERM, signal.SIGINT):
            self.may_end = True
            self.killed_by = number
        self._log.say(self.name, "sig", signal.Signals(number).name)
        self._signal(number)

    def _signal(self, number: int) -> None:
        """Popen's own would first take the status away from who waits for it."""
        assert self.pid
        with suppress(ProcessLookupError):
            os.kill(self.pid, number)

    def fault(self) -> str | None:
        """What is wrong with the process whatever the scenario says."""
        if self._report:
            return f"{self.name}: sanitizer: {self._report}"
        if not self.ended or self.status is None:
            return None
        if self.status == SANITIZER_EXIT:
            return f"{self.name}: sanitizer's exit code"
        if self.status < 0 and -self.status != self.killed_by:
            return f"{self.name}: {self.verdict()}"
        if not self.may_end and (self.ours or self.status != 0):
            return f"{self.name} ended by itself: {self.verdict()}"
        return None

    async def wait(self, within: float) -> bool:
        clock = asyncio.get_running_loop().time
        deadline = clock() + within
        while not self.ended and clock() < deadline:
            await asyncio.sleep(TICK)
        return self.ended

    async def finish(self, stop_time: float) -> str | None:
        """Stops the process; what was wrong with that, or None."""
        if self.ended:
            return self.fault()
        assert self._process
        self._signal(signal.SIGCONT)
        self.send(signal.SIGTERM if self.ours else signal.SIGKILL)
        if not await self.wait(stop_time):
            self._signal(signal.SIGKILL)
            await self.wait(STOP_TIME)
            return f"{self.name} did not stop within {stop_time:g} s of SIGTERM"
        if self.ours and self.status != 0:
            return self.fault() or f"{self.name}: {self.verdict()} at SIGTERM"
        return self.fault() if self.ours else None
