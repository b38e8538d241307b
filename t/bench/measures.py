"""What is measured of a running way: one function each, and the table of them.

A sample is a row of numbers by name; samples of all systems alternate, and the
report takes medians. How much is done in one sample follows from a first try,
so that each takes about the same time whatever the system.
"""

from __future__ import annotations

import csv
import io
import re
import resource
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from programs import BUILD, HERE, HOST, Memory, Program, Trouble
from programs import descendants, free_port, wait_open
from systems import MANY, Way, nginx_command, nginx_common

Sample = dict[str, float]
CLIENTS = 50  # connections of wrk and redis-benchmark
AT_ONCE = 8
PATIENCE = 30  # seconds, for a sample to end
TRAIL = 0.02  # seconds that closing may take after the last answer
SOME = 1000  # idle visitors that everybody can have
WARM = 100
BATCH = 100
SPARE = 100  # descriptors for other things
SETTLE = 1.0  # seconds after the start
RAIN = 20  # datagrams in a millisecond


@dataclass
class Plan:
    """How long things take, in seconds."""

    seconds: float  # of one sample
    quiet: float  # after the last byte, before memory is looked at


# ---- what stands at the end of a way ----


@contextmanager
def service(argv: list[object], port: int | None) -> Iterator[int]:
    """A program on that port, or on the one that it prints."""
    with TemporaryDirectory(prefix="nat-bench-") as home:
        program = Program([str(word) for word in argv], Path(home))
        try:
            if port:
                wait_open(port, [program])
            yield port or int(program.wait_out(r"^(\d+)\n"))
        finally:
            program.stop()


@contextmanager
def sink() -> Iterator[int]:
    with service([BUILD / "flow", "sink"], None) as port:
        yield port


@contextmanager
def echo() -> Iterator[int]:
    with service([BUILD / "flow", "echo"], None) as port:
        yield port


@contextmanager
def mirror() -> Iterator[int]:
    with service([BUILD / "flow", "mirror"], None) as port:
        yield port


@contextmanager
def web() -> Iterator[int]:
    port = free_port()
    with TemporaryDirectory(prefix="nat-bench-") as home:
        conf = Path(home, "nginx.conf")
        conf.write_text(f"""{nginx_common(Path(home), "web")}
http {{
    access_log off;
    server {{
        listen {HOST}:{port} backlog=4096;
        keepalive_requests 100000000;
        location / {{ return 200 "{"x" * 128}"; }}
    }}
}}
""")
        with service(nginx_command(conf), port):
            yield port


@contextmanager
def redis() -> Iterator[int]:
    port = free_port()
    words = ["--bind", HOST, "--port", port, "--save", "", "--loglevel"]
    with service(["redis-server", *words, "warning"], port):
        yield port


# ---- the clock ----


class Spent:
    """CPU seconds of each program of a way during a block."""

    def __init__(self, way: Way) -> None:
        self.way = way

    def __enter__(self) -> Spent:
        self.before = self.way.cpu()
        return self

    def __exit__(self, *_: object) -> None:
        time.sleep(TRAIL)
        self.each = [b - a for a, b in zip(self.before, self.way.cpu())]

    def per(self, amount: float) -> Sample:
        """By program of a tunnel's or a chain's places, and in total."""
        found = {"cpu": sum(self.each) / amount}
        for i, seconds in enumerate(self.each):
            found[f"cpu{i}"] = seconds / amount
        return found


def paced(
    way: Way, plan: Plan, key: str, first: int, run: Callable[[int], float]
) -> int:
    """How much to do: what a first try lets expect in plan.seconds."""
    if key not in way.pace:
        way.pace[key] = first / run(first)
    whole = int(way.pace[key] * plan.seconds / first)
    return first * max(1, whole)


def output(argv: list[object]) -> str:
    words = [str(word) for word in argv]
    done = subprocess.run(
        words, capture_output=True, text=True, timeout=PATIENCE
    )
    if done.returncode:
        text = (done.stderr or done.stdout).strip()
        raise Trouble(f"{Path(words[0]).name}: {text.splitlines()[-1:]}")
    return done.stdout


def flow(*words: object) -> float:
    """Seconds that it prints as nanoseconds."""
    return int(output([BUILD / "flow", *words])) / 1e9


# ---- the measures ----


def bulk(way: Way, plan: Plan, streams: int) -> Sample:
    def run(mib: int) -> float:
        return flow("send", way.port, mib, streams)

    mib = paced(way, plan, f"bulk{streams}", 64, run)
    with Spent(way) as spent:
        took = run(mib)
    gbit = mib * 8 / 1024 * 1.073741824 / took
    return {"gbit": gbit, **spent.per(mib / 1024)}


def bulk_one(way: Way, plan: Plan) -> Sample:
    return bulk(way, plan, 1)


def bulk_eight(way: Way, plan: Plan) -> Sample:
    return bulk(way, plan, AT_ONCE)


def requests(way: Way, plan: Plan, scheme: str = "http") -> Sample:
    seconds = max(1, round(plan.seconds * 2))
    url = f"{scheme}://{HOST}:{way.port}/"
    argv = ["wrk", "-t1", f"-c{CLIENTS}", f"-d{seconds}s"]
    with Spent(way) as spent:
        text = output([*argv, "--latency", "-s", HERE / "wrk.lua", url])
    match = re.search(r"wrk: (\d+) (\d+) (\d+) (\d+) (\d+)", text)
    if not match:
        raise Trouble("wrk has printed nothing")
    count, us, bad, p50, p99 = map(int, match.groups())
    if bad or not count:
        raise Trouble(f"wrk: {bad} errors, {count} requests")
    times = {"p50": p50 / 1e6, "p99": p99 / 1e6}
    return {"rate": count * 1e6 / us, **times, **spent.per(count)}


def redis_commands(way: Way, plan: Plan) -> Sample:
    def run(count: int) -> float:
        start = time.monotonic()
        text = output([*command, "-n", count])
        found.update(parse_redis(text))
        return time.monotonic() - start

    found: Sample = {}
    command = ["redis-benchmark", "-h", HOST, "-p", way.port]
    command += ["-c", CLIENTS, "-t", "set,get", "--csv"]
    count = paced(way, plan, "redis", 2000, run)
    with Spent(way) as spent:
        run(count)
    return {**found, **spent.per(2 * count)}


def parse_redis(text: str) -> Sample:
    found = {}
    for row in csv.DictReader(io.StringIO(text)):
        name = row["test"].lower()
        found[f"{name}_rate"] = float(row["rps"])
        found[f"{name}_p99"] = float(row["p99_latency_ms"]) / 1000
    return found


def dials(way: Way, plan: Plan) -> Sample:
    """One at a time for the latency, several for the rate and the CPU."""

    def one(count: int) -> float:
        return flow("dial", way.port, count) * count

    def many(count: int) -> float:
        return flow("dial", way.port, count, AT_ONCE) * count

    count = paced(way, plan, "one", 200, one)
    latency = one(count) / count
    count = paced(way, plan, "many", 400, many)
    with Spent(way) as spent:
        took = many(count)
    return {"latency": latency, "rate": count / took, **spent.per(count)}


def ping(way: Way, plan: Plan) -> Sample:
    def run(count: int) -> float:
        return flow("ping", way.port, count) * count

    count = paced(way, plan, "ping", 200, run)
    with Spent(way) as spent:
        took = run(count)
    return {"latency": took / count, **spent.per(count)}


def volley(*words: object) -> tuple[float, int]:
    """Seconds, and how many datagrams were lost."""
    ns, lost = output([BUILD / "flow", *words]).split()
    return int(ns) / 1e9, int(lost)


def datagrams(way: Way, plan: Plan) -> Sample:
    """Some on their way for the rate and the CPU, a steady rain for the loss."""

    def run(count: int) -> float:
        return volley("volley", way.port, count)[0]

    count = paced(way, plan, "udp", 1000, run)
    with Spent(way) as spent:
        took, lost = volley("volley", way.port, count)
    drops = int(RAIN * 1000 * plan.seconds)
    _, missed = volley("rain", way.port, drops, RAIN)
    return {
        "rate": (count - lost) / took,
        "lost": lost / count,
        "rain_lost": missed / drops,
        **spent.per(count),
    }


# ---- memory ----


def memory_of(way: Way) -> list[Memory]:
    found = []
    for program in way.programs:
        memory = Memory()
        for pid in descendants(program.child.pid):
            memory.add(pid)
        found.append(memory)
    return found


def own(way: Way) -> list[int]:
    return [memory.own for memory in memory_of(way)]


def most_visitors() -> int:
    """Two descriptors each, of all that we may have; children inherit it."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    return (min(hard, MANY) - SPARE) // 2


def batch(stack: ExitStack, port: int, count: int) -> None:
    """So many visitors more, each of which has been served."""
    visitors = []
    for _ in range(count):
        visitor = socket.create_connection((HOST, port), 10)
        visitors.append(stack.enter_context(closing(visitor)))
        visitor.sendall(b"x")
    for visitor in visitors:
        if visitor.recv(1) != b"x":
            raise Trouble("an idle visitor was not served")


def gather(stack: ExitStack, port: int, count: int) -> int:
    """As many as can be had, count at most."""
    for there in range(0, count, BATCH):
        try:
            batch(stack, port, BATCH)
        except (OSError, Trouble):
            return there
    return count


def memory(way: Way, plan: Plan) -> Sample:
    time.sleep(SETTLE)
    idle = memory_of(way)
    found: Sample = {
        "idle": sum(m.resident for m in idle),
        "idle_own": sum(m.own for m in idle),
    }
    with ExitStack() as stack:
        gather(stack, way.port, WARM)
        time.sleep(plan.quiet)
        before, there = own(way), 0
        for name, count in ("some", SOME), ("most", way.most - WARM):
            more = gather(stack, way.port, count - there)
            if more > 0:
                there += more
                time.sleep(plan.quiet)
                found |= added(name, own(way), before, there)
    return found


def added(name: str, now: list[int], was: list[int], count: int) -> Sample:
    """Bytes of each visitor; nothing when a process has not survived it."""
    if 0 in now:
        return {}
    each = [(a - b) / count for a, b in zip(now, was)]
    parts = {f"{name}{i}": n for i, n in enumerate(each)}
    return {name: sum(each), f"{name}_count": count, **parts}


# ---- the table ----

Backend = Callable[[], AbstractContextManager[int]]


@dataclass(frozen=True)
class Measure:
    name: str
    what: str
    backend: Backend
    sample: Callable[[Way, Plan], Sample]
    needs: tuple[str, ...] = ()
    once: bool = False  # one sample says it all; systems run one by one
    udp: bool = False


MEASURES = (
    Measure("bulk1", "throughput, 1 stream", sink, bulk_one),
    Measure("bulk8", "throughput, 8 streams", sink, bulk_eight),
    Measure("http", "wrk through nginx", web, requests, ("wrk", "nginx")),
    Measure(
        *("redis", "redis-benchmark", redis, redis_commands),
        ("redis-server", "redis-benchmark"),
    ),
    Measure("dial", "new connections", echo, dials),
    Measure("ping", "round trips", echo, ping),
    Measure("udp", "datagrams", mirror, datagrams, udp=True),
    Measure("memory", "resident memory", echo, memory, once=True),
)
