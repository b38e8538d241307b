"""One scenario with one system call failing, and what came of it.

A run ends well in one of three ways: the scenario passed; it lost something (a
visitor, a connection, a line) but afterwards everything that works without the
fault works again; or the process could not start, said why, and ended with the
exit code of a failure. Everything else is a fault of the product. A process that
is killed instead is started again: then everything must work again, too.
"""

from __future__ import annotations

import asyncio
import functools
import json
import os
import re
import signal
import socket
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from calls import KILL
from proc import SANITIZER_EXIT, Node
from run import limit_of, perform
from script import Failed, Skipped, Step
from visit import HOST
from world import Product, World

STOP_TIME = 2.0  # seconds from SIGTERM to the end
PROBE_TIME = 30.0  # until a visitor must pass: five retries, one each 5 s
TRY_TIME = 2.0  # of one such visitor
CONTROL_TIME = 6.0  # for services to come up where nothing fails
# Without these there is no safe way on: randomness, and giving root up, which
# comes after the ports are open.
VITAL = (
    "getentropy syscall prctl setuid setgid setgroups seteuid setegid".split()
)
SAYING = ("say", "poll")  # a line is lost when one of these fails
LOG_BURST = 5  # lines of a kind that a rate allows (base/log.h)
SETTINGS = 16 << 20  # bytes that stay mapped: a process lives by them
FAILURES = (1, 3, 75)  # exit codes of a start that did not work
NO_SHELL = 255  # and of nat shell, as of ssh
PUBLISHED = re.compile(r"(\S+) (?:tcp|udp) \S+:(\d+) -> (.*)")
READY = re.compile(rf"ready on ({re.escape(HOST)}:\d+)")
STARTED = re.compile(r"ready on|connected to|trying again")
NO_START = "cannot take over from"  # the last step of it
GAVE_WAY = "handed over to our successor"
TROUBLE = re.compile(r"(err|warn) |nat[ :]")
UNCHANGED = "reload failed: nothing has changed"
ASKS_NO_MORE = "killed by SIGTERM at SIGTERM"
KILLED = "killed by SIGKILL"
DAMAGE = re.compile(r"other bytes|or other ones|more came|the sink says")


@dataclass(frozen=True)
class Case:
    """A call of one process that fails: the at-th, times in a row."""

    label: str  # NODE.LAUNCH, as r.1
    call: str  # or CALL@PATH: by that path alone
    at: int
    times: int
    error: str
    number: int

    @property
    def kind(self) -> str:
        return self.call.partition("@")[0]

    def kills(self) -> bool:
        return (self.error, self.number) == KILL

    def plan(self) -> str:
        return f"{self.call}:{self.at}:{self.times}:{self.number}"

    def __str__(self) -> str:
        return f"{self.label}:{self.call}:{self.at}:{self.times}:{self.error}"


@dataclass
class Run:
    """What a run has shown."""

    wrong: str = ""  # what the scenario complains of
    step: int = 0  # how many steps went well
    fault: str = ""  # of the product
    outcome: str = ""
    works: list[list[str]] = field(default_factory=list)  # node, service
    hits: int = 0
    dump: str = ""
    paths: dict[str, Counter[str]] = field(default_factory=dict)
    said: dict[str, Counter[str]] = field(default_factory=dict)
    mapped: dict[str, int] = field(default_factory=dict)
    spoke: set[str] = field(default_factory=set)  # on stderr


@functools.cache
def product(nat: Path) -> Product:
    return Product.of([], nat)


class Tortured(World):
    """A world whose processes are told what fails and tell what they did."""

    def __init__(
        self, nat: Path, home: Path, patience: float, case: Case | None
    ) -> None:
        super().__init__(product(nat), home, patience)
        self.case = case
        self.launched: dict[str, Node] = {}
        self.starts: dict[str, tuple[list[str], dict[str, str]]] = {}
        self.logs = home.parent
        self.leaves_root = False

    async def launch(
        self, name: str, argv: list[str], ours: bool, env: dict[str, str]
    ) -> Node:
        nth = sum(1 for n in self.launched.values() if n.name == name) + 1
        label = f"{name}.{nth}"
        extra = {"NAT_TORTURE_LOG": str(self.logs / f"{label}.calls")}
        if self.leaves_root:  # half-way to a user LSan ends in despair
            extra["ASAN_OPTIONS"] = f"detect_leaks=0:exitcode={SANITIZER_EXIT}"
        if not self.case:
            extra["NAT_TORTURE_COUNT"] = "1"
        elif self.case.label == label:
            extra["NAT_TORTURE"] = self.case.plan()
        node = await super().launch(name, argv, ours, env | extra)
        self.launched[label] = node
        self.starts[label] = argv, env
        if self.case and self.case.label == label and self.case.kills():
            node.may_end, node.killed_by = True, signal.SIGKILL
        return node

    def was_killed(self) -> bool:
        """As the case wanted it."""
        node = self.victim()
        return bool(
            node
            and node.ended
            and self.case.kills()
            and node.status == -signal.SIGKILL
        )

    async def revive(self) -> None:
        """Starts what was killed again, a relay on the port that it had."""
        node = self.victim()
        if not node or not self.was_killed():
            return
        if self.nodes[node.name] is not node:
            return
        argv, env = self.starts[self.case.label]
        ready = [READY.search(text) for text in self.errors(self.case.label)]
        there = next((match[1] for match in ready if match), f"{HOST}:0")
        argv = [there if word == f"{HOST}:0" else word for word in argv]
        again = await self.launch(node.name, argv, node.ours, env)
        for _ in range(40):  # until it takes signals, before it is told to end
            if again.ended or self.log.of(node.name, "err"):
                break
            await asyncio.sleep(0.05)

    def noted(self, label: str, what: str) -> list[str]:
        """What a process has noted of one kind."""
        with suppress(OSError):
            lines = (self.logs / f"{label}.calls").read_text().splitlines()
            pairs = (line.partition(" ") for line in lines)
            return [rest for kind, _, rest in pairs if kind == what]
        return []

    def mapped(self, label: str) -> int:
        return sum(map(int, self.noted(label, "mapped")))

    def errors(self, label: str) -> list[str]:
        """What a process has said on stderr."""
        name, _, nth = label.rpartition(".")
        launches = sum(1 for n in self.launched.values() if n.name == name)
        source = name + "'" * (launches - int(nth))
        return [
            line.text
            for line in self.log.lines
            if line.source == source and line.stream == "err"
        ]

    def said(self, label: str) -> Counter[str]:
        """Lines of trouble of a process, numbers masked."""
        return Counter(
            re.sub(r"[0-9a-f]{6,}|\d+", "#", text)
            for text in self.errors(label)
            if TROUBLE.match(text)
        )

    def victim(self) -> Node | None:
        return self.launched.get(self.case.label) if self.case else None

    def victim_ended(self) -> bool:
        node = self.victim()
        return bool(
            node and node.ended and not node.killed_by and not self.gave_way()
        )

    def gave_way(self) -> bool:
        """It has a successor, and has nothing to do any more."""
        node = self.victim()
        if not node or not node.ended or node.status != 0:
            return False
        return GAVE_WAY in str(self.errors(self.case.label))

    # ---- does it work? ----

    def published(self) -> dict[tuple[str, str], tuple[int, str]]:
        """By node and service: the port, and where it leads."""
        found = {}
        for name, node in self.nodes.items():
            if node.ended or not node.ours:
                continue
            for line in self.log.of(name, "out"):
                if match := PUBLISHED.fullmatch(line.text):
                    key = name, self.masked(match[1])
                    found[key] = int(match[2]), match[3]
        return found

    def masked(self, name: str) -> str:
        """Of a service without a name, the port is another in each run."""
        for service in self.scope.keys() & {*self.services, *self.transports}:
            name = name.replace(f"-{self.scope[service]}", f"-${service}")
        return name

    def kind_at(self, where: str) -> str:
        """Of the service that stands there, if any."""
        local = where.removeprefix("unix:").removeprefix(f"{HOST}:")
        for name, service in self.services.items():
            if self.scope[name] == local:
                return service.kind
        return "datagrams" if any(
            self.scope.get(name) == local for name in self.transports
        ) else ""

    async def works(self, key: tuple[str, str]) -> bool:
        """Does a fresh visitor reach the service?"""
        port, where = self.published().get(key, (0, ""))
        kind = self.kind_at(where)
        with suppress(OSError, TimeoutError):
            async with asyncio.timeout(TRY_TIME * self.patience):
                if kind == "datagrams":
                    return await ask_datagrams(port)
                if kind in PROBES:
                    return await connected(port, PROBES[kind])
        return False

    def quiet(self) -> None:
        """Visitors leave, stopped processes go on."""
        for wire in self.wires.values():
            wire.abandon()
        for node in self.nodes.values():
            if node.ours and not node.ended:
                node.send(signal.SIGCONT)

    async def all_work(
        self, keys: set[tuple[str, str]], within: float
    ) -> set[tuple[str, str]]:
        """Those that do not, after that time at most."""
        clock = asyncio.get_running_loop().time
        deadline = clock() + within * self.patience
        left = set(keys)
        while left and clock() < deadline and not self.victim_ended():
            await self.revive()
            for key in sorted(left):
                if await self.works(key):
                    left.discard(key)
            if left:
                await asyncio.sleep(0.1)
        return left


# ---- visitors that only ask ----

Ask = Callable[
    [asyncio.StreamReader, asyncio.StreamWriter], Awaitable[bool]
]


async def ask_datagrams(port: int) -> bool:
    """Datagrams may be lost: five of them."""
    loop = asyncio.get_running_loop()
    with socket.socket(type=socket.SOCK_DGRAM) as one:
        one.setblocking(False)
        one.connect((HOST, port))
        for _ in range(5):
            await loop.sock_sendall(one, b"probe")
            with suppress(TimeoutError):
                async with asyncio.timeout(0.4):
                    return await loop.sock_recv(one, 100) == b"probe"
    return False


async def connected(port: int, ask: Ask) -> bool:
    reader, writer = await asyncio.open_connection(HOST, port)
    try:
        return await ask(reader, writer)
    finally:
        writer.close()


async def ask_echo(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> bool:
    writer.write(b"probe")
    got = b""
    while not got.endswith(b"probe"):
        data = await reader.read(4096)
        if not data:
            return False
        got += data
    return True


async def ask_sink(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> bool:
    writer.write(b"probe")
    writer.write_eof()
    return (await reader.read()).startswith(b"5 ")


async def ask_source(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> bool:
    return len(await reader.read(1)) == 1


PROBES: dict[str, Ask] = {
    "echo": ask_echo,
    "greet": ask_echo,
    "sink": ask_sink,
    "source": ask_source,
}

# ---- a run ----


async def play(world: Tortured, steps: list[Step], run: Run) -> None:
    """Steps until one goes wrong."""
    text = str(steps)
    world.leaves_root = "--user" in text or "option user" in text
    try:
        async with asyncio.timeout(limit_of(steps) * world.patience):
            for step in steps:
                await perform(world, step)
                world.check_nodes()
                run.step += 1
    except TimeoutError:
        run.wrong = "over the limit of time"
    except (Failed, ValueError, OSError) as why:
        run.wrong = f"line {steps[run.step].line}: {why}"


def crashed(world: Tortured) -> str:
    """A sanitizer's word, or a signal that nobody sent."""
    for node in world.launched.values():
        if node is world.victim() and world.was_killed():
            continue
        fault = node.fault()
        if fault and not fault.endswith("itself: " + node.verdict()):
            return fault
    return ""


def judge_end(world: Tortured, case: Case, scene: "Scene") -> str:
    """Of a process that ended by itself: was it allowed to?"""
    node = world.victim()
    if not world.victim_ended() or not node or node.name == "it":
        return ""
    if node.may_end and node.status == 0:
        return ""  # as the scenario wanted
    lines = world.errors(case.label)
    node.may_end = True
    shell = " shell " in " ".join(world.starts[case.label][0])
    if node.status not in FAILURES and not (shell and node.status == NO_SHELL):
        return f"{node.name} ended by itself: {node.verdict()}"
    silent = not lines and case.kind not in SAYING
    if silent and case.label in scene.spoke:
        return f"{node.name} ended without a word"
    started = any(map(STARTED.search, lines)) and NO_START not in lines[-1]
    if case.kind not in VITAL and started:
        return f"{node.name} gave up after its start: {lines[-1]}"
    return ""


def only_asks(world: Tortured, label: str) -> bool:
    """Is it one that ends as any command does, and lets go of nothing before?"""
    return "status" in world.starts[label][0]


def asks(world: Tortured, stop: str) -> bool:
    name = stop.partition(":")[0]
    return any(
        only_asks(world, label)
        for label in world.starts
        if label.rpartition(".")[0] == name
    )


def excuse_others(world: Tortured) -> None:
    """A step that did not come may have been to expect the end of a process."""
    for node in world.launched.values():
        if (node is not world.victim() or world.gave_way()) and node.ended:
            node.may_end |= not node.ours or node.status in (0, 2, *FAILURES)


def left_open(world: Tortured, usual: dict[str, int]) -> str:
    """Descriptors; memory that is not there for the life of the process."""
    for label in world.launched:
        if fds := world.noted(label, "fd"):
            return f"{label}: left open at its end: {', '.join(fds)}"
        first = f"{label.rpartition('.')[0]}.1"
        most = max(usual.get(label, 0), usual.get(first, 0), SETTINGS)
        left = 0 if only_asks(world, label) else world.mapped(label)
        if left > most:
            return f"{label}: left {left} bytes mapped at its end"
    return ""


def floods(world: Tortured, case: Case, usual: dict[str, Counter[str]]) -> str:
    """The same trouble told more often than it happened."""
    before = usual.get(case.label, Counter())
    for text, count in world.said(case.label).items():
        if count > 2 * before[text] + max(case.times, LOG_BURST):
            return f"{case.label}: said {count} times: {text}"
    return ""


async def probe(
    world: Tortured, case: Case, wanted: set[tuple[str, str]]
) -> str:
    """Does all work again? A line that could not be written tells no port, and
    who refused to reload publishes what it did."""
    world.quiet()
    refused = UNCHANGED in str(world.errors(case.label))
    if case.kind in SAYING or refused:
        wanted = wanted & set(world.published())
    dead = await world.all_work(wanted, PROBE_TIME)
    who = ", ".join(" ".join(key) for key in sorted(dead))
    return f"does not work again: {who}" if who else ""


async def torture(
    world: Tortured, steps: list[Step], case: Case, scene: "Scene"
) -> Run:
    run = Run()
    fault = ""
    try:
        await play(world, steps, run)
        await asyncio.sleep(0.05)
        fault = crashed(world) or judge_end(world, case, scene)
        if not fault and not world.victim_ended():
            fault = await probe(world, case, await scene.working(run.step))
            if world.victim_ended():
                fault = judge_end(world, case, scene)
    finally:
        excuse_others(world)
        ended = world.victim_ended()
        stop = await world.finish(STOP_TIME)
    if case.kind == "getentropy" and "random" in str(world.errors(case.label)):
        stop, ended = None, True  # os/rand.h: there is no safe way on
    if world.was_killed() and stop == f"{world.victim().name}: {KILLED}":
        stop = None  # while it ended
    if stop and stop.endswith(ASKS_NO_MORE) and asks(world, stop):
        stop = None
    if not case.kills() and DAMAGE.search(run.wrong):
        fault = fault or run.wrong
    run.hits = len(world.noted(case.label, "hit"))
    if run.hits:
        run.fault = (
            fault
            or stop
            or left_open(world, scene.mapped)
            or floods(world, case, scene.said)
        )
    run.outcome = outcome_of(run, ended)
    run.dump = world.log.dump()
    return run


def outcome_of(run: Run, ended: bool) -> str:
    if not run.hits:
        return "missed"
    if run.fault:
        return "FAILED"
    if ended and run.wrong:
        return "ended"
    return "lost" if run.wrong else "passed"


# ---- runs without a fault ----


async def count(world: Tortured, steps: list[Step]) -> Run:
    """Which calls there are, what is said, what works at the end."""
    run = Run()
    try:
        await play(world, steps, run)
        run.works = await control(world, set(world.published()))
    finally:
        fault = await world.finish(STOP_TIME)
    run.spoke = {label for label in world.launched if world.errors(label)}
    run.said = {label: world.said(label) for label in world.launched}
    run.mapped = {label: world.mapped(label) for label in world.launched}
    run.wrong = run.wrong or fault or left_open(world, run.mapped)
    run.paths = {
        label: Counter(world.noted(label, "call")) for label in world.launched
    }
    run.dump = world.log.dump()
    return run


async def control(
    world: Tortured, keys: set[tuple[str, str]]
) -> list[list[str]]:
    world.quiet()
    dead = await world.all_work(keys, CONTROL_TIME)
    return [list(key) for key in sorted(keys - dead)]


class Scene:
    """What a scenario does without a fault, and works after how many steps."""

    def __init__(
        self, nat: Path, steps: list[Step], home: Path, patience: float
    ) -> None:
        self.nat = nat
        self.steps = steps
        self.home = home  # where results are kept for all processes
        self.patience = patience
        self.said: dict[str, Counter[str]] = {}
        self.paths: dict[str, Counter[str]] = {}  # CALL@PATH
        self.programs: dict[str, str] = {}  # which subcommand a process runs
        self.mapped: dict[str, int] = {}
        self.spoke: set[str] = set()
        self.published: set[tuple[str, str]] = set()
        self.took = 0.0  # s

    async def measure(self, home: Path) -> Run:
        world = self._world(home)
        began = time.monotonic()
        run = await count(world, self.steps)
        self.took = time.monotonic() - began
        self.programs = {k: " ".join(v[0][1:2]) for k, v in world.starts.items()}
        self.said, self.paths, self.mapped = run.said, run.paths, run.mapped
        self.spoke = run.spoke
        self.published = {(node, name) for node, name in run.works}
        self._keep(len(self.steps), run.works)
        return run

    @property
    def calls(self) -> dict[str, Counter[str]]:
        """By process, how often each kind of call is made."""
        found: dict[str, Counter[str]] = {}
        for label, paths in self.paths.items():
            found[label] = Counter()
            for name, times in paths.items():
                found[label][name.partition("@")[0]] += times
        return found

    async def working(self, step: int) -> set[tuple[str, str]]:
        """What a visitor reaches when so many steps are done."""
        path = self.home / f"{step}.json"
        if not path.exists():
            home = self.home / f"control{step}.{os.getpid()}"
            home.mkdir(mode=0o711)
            (home / "w").mkdir(mode=0o700)
            world = self._world(home / "w")
            try:
                await play(world, self.steps[:step] or self.steps[:1], Run())
                self._keep(step, await control(world, self.published))
            finally:
                await world.finish(STOP_TIME)
        return {(node, name) for node, name in json.loads(path.read_text())}

    def _world(self, home: Path) -> Tortured:
        return Tortured(self.nat, home, self.patience, None)

    def _keep(self, step: int, works: list[list[str]]) -> None:
        part = self.home / f"{step}.part{os.getpid()}"
        part.write_text(json.dumps(works))
        part.rename(self.home / f"{step}.json")


__all__ = ["Case", "Run", "Scene", "Skipped", "Tortured", "torture"]
