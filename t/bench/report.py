"""From samples to tables: medians, and how many times nat's they are."""

from __future__ import annotations

import argparse
import os
import platform
import re
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from programs import Trouble
from store import Store
from systems import SYSTEMS, System, version_of

BEGIN = "<!-- made by `make bench B=--write`: from here -->"
END = "<!-- to here -->"
OURS = "nat"
Row = list[str]


def brief(sample: dict[str, float]) -> str:
    """The whole of a sample for a line of progress, parts left out."""
    shown = [f"{k}={v:.4g}" for k, v in sample.items() if k[-1] not in "0123"]
    return " ".join(shown)


# ---- numbers ----


class Medians:
    def __init__(self, store: Store) -> None:
        self.samples = store.samples

    def of(self, measure: str, system: str, field: str) -> float | None:
        rows = self.samples.get(measure, {}).get(system, [])
        values = [row[field] for row in rows if field in row]
        return median(values) if values else None

    def ratio(self, measure: str, system: str, field: str) -> float | None:
        """How many times nat's."""
        theirs = self.of(measure, system, field)
        ours = self.of(measure, OURS, field)
        return theirs / ours if theirs is not None and ours else None

    def parts(self, measure: str, system: str, field: str) -> list[float]:
        """By process, in the order of their start."""
        numbered = (f"{field}{i}" for i in range(8))
        found = (self.of(measure, system, name) for name in numbered)
        return [n for n in found if n is not None]


def scaled(unit: float, form: str) -> Callable[[float], str]:
    return lambda n: format(n / unit, form)


def times(n: float) -> str:
    return f"{n:.2f}" if n < 10 else f"{n:.0f}"


SECONDS = scaled(1, ".3f")
MICRO = scaled(1e-6, ".1f")
MILLI = scaled(1e-3, ".2f")
WHOLE = scaled(1, ",.0f")
PERCENT = scaled(1, ".2%")
KIB = scaled(1024, ",.0f")


@dataclass(frozen=True)
class Column:
    title: str
    field: str
    show: Callable[[float], str]
    how: str = "value"  # or "ratio" to nat's, or "parts"

    def cell(self, medians: Medians, measure: str, system: str) -> str:
        if self.how == "parts":
            parts = medians.parts(measure, system, self.field)
            return " + ".join(map(self.show, parts)) or "-"
        get = medians.ratio if self.how == "ratio" else medians.of
        n = get(measure, system, self.field)
        return "-" if n is None else self.show(n)


def ratio(field: str) -> Column:
    return Column("x nat", field, times, "ratio")


BULK = (
    Column("Gbit/s", "gbit", scaled(1, ".1f")),
    Column("CPU s/GiB", "cpu", SECONDS),
    ratio("cpu"),
    Column("by process", "cpu", SECONDS, "parts"),
)

# title, measure, columns
TABLES: tuple[tuple[str, str, tuple[Column, ...]], ...] = (
    ("Throughput, 1 stream", "bulk1", BULK),
    ("Throughput, 8 streams", "bulk8", BULK),
    (
        "HTTP: wrk with 50 connections, through nginx",
        "http",
        (
            Column("requests/s", "rate", WHOLE),
            ratio("rate"),
            Column("p50 ms", "p50", MILLI),
            Column("p99 ms", "p99", MILLI),
            Column("CPU us/request", "cpu", MICRO),
            ratio("cpu"),
        ),
    ),
    (
        "Redis: redis-benchmark with 50 connections",
        "redis",
        (
            Column("SET/s", "set_rate", WHOLE),
            ratio("set_rate"),
            Column("p99 ms", "set_p99", MILLI),
            Column("GET/s", "get_rate", WHOLE),
            ratio("get_rate"),
            Column("p99 ms", "get_p99", MILLI),
            Column("CPU us/command", "cpu", MICRO),
        ),
    ),
    (
        "New connections: connect, one round trip, close",
        "dial",
        (
            Column("us, one at a time", "latency", MICRO),
            ratio("latency"),
            Column("/s, 8 at a time", "rate", WHOLE),
            ratio("rate"),
            Column("CPU us each", "cpu", MICRO),
            ratio("cpu"),
        ),
    ),
    (
        "Round trips of one byte",
        "ping",
        (
            Column("us", "latency", MICRO),
            ratio("latency"),
            Column("CPU us each", "cpu", MICRO),
            ratio("cpu"),
        ),
    ),
    (
        "UDP: datagrams of 1,420 bytes there and back, 32 at a time",
        "udp",
        (
            Column("/s", "rate", WHOLE),
            ratio("rate"),
            Column("CPU us each", "cpu", MICRO),
            ratio("cpu"),
            Column("lost", "lost", PERCENT),
            Column("lost of 20,000/s", "rain_lost", PERCENT),
        ),
    ),
    (
        "Memory, all processes of a system together",
        "memory",
        (
            Column("idle, resident KiB", "idle", KIB),
            Column("idle, own KiB", "idle_own", KIB),
            Column("bytes per idle visitor, 1,000", "some", WHOLE),
            Column("by process", "some", WHOLE, "parts"),
            Column("bytes each, most", "most", WHOLE),
            Column("how many", "most_count", WHOLE),
        ),
    ),
)


# ---- tables ----


def layout(head: Row, rows: list[Row]) -> str:
    """A table of Markdown that also reads well as it is."""
    every = [head, *rows]
    widths = [max(len(row[i]) for row in every) for i in range(len(head))]

    def line(row: Row) -> str:
        cells = [row[0].ljust(widths[0])]
        cells += [cell.rjust(w) for cell, w in zip(row[1:], widths[1:])]
        return f"| {' | '.join(cells)} |"

    first, *others = widths
    rules = ["-" * (first + 2), *("-" * (w + 1) + ":" for w in others)]
    rule = "|".join(rules)
    return "\n".join([line(head), f"|{rule}|", *map(line, rows)])


def table(medians: Medians, measure: str, columns: tuple[Column, ...]) -> str:
    there = medians.samples.get(measure, {})
    names = [s.name for s in SYSTEMS if there.get(s.name)]
    rows = [
        [name, *(c.cell(medians, measure, name) for c in columns)]
        for name in names
    ]
    if not rows:
        return ""
    return layout(["", *(c.title for c in columns)], rows)


def text(store: Store) -> str:
    medians = Medians(store)
    parts = ["\n".join(f"- {k}: {v}" for k, v in store.about.items())]
    for title, measure, columns in TABLES:
        if made := table(medians, measure, columns):
            parts += [f"### {title}", made]
    if notes := [f"- {k}: {v}" for k, v in store.notes.items()]:
        parts += ["### Not measured", "\n".join(notes)]
    return "\n\n".join(part for part in parts if part)


# ---- the machine and the run ----


def first(path: str, form: str) -> str:
    match = re.search(form, Path(path).read_text(), re.M)
    return match[1] if match else "?"


def first_line(*argv: str) -> str:
    try:
        done = subprocess.run(argv, capture_output=True, text=True)
    except OSError:
        return "?"
    return (done.stdout.splitlines() or ["?"])[0]


def memory_gib() -> str:
    kib = int(first("/proc/meminfo", r"^MemTotal: +(\d+)"))
    return f"{kib / (1 << 20):.0f} GiB"


def versions(systems: list[System]) -> str:
    found = {s.version.split()[0]: s for s in systems if s.version}
    return ", ".join(f"{name} {version_of(s)}" for name, s in found.items())


def about(
    args: argparse.Namespace, here: list[System], gone: dict[str, str]
) -> dict[str, str]:
    cpu = first("/proc/cpuinfo", r"^model name\s*: (.*)")
    size = os.path.getsize(args.nat)
    return {
        "date": time.strftime("%Y-%m-%d"),
        "machine": f"{cpu}, {os.cpu_count()} cores, {memory_gib()}",
        "kernel": platform.release(),
        "compiler": first_line(os.environ.get("CC", "gcc"), "--version"),
        "nat": f"{first_line(args.nat, 'version')}, {size:,} bytes",
        "beside": versions(here) or "nobody",
        "absent": "; ".join(gone) or "nobody",
        "run": f"{args.rounds} rounds of {args.seconds:g} s,"
        f" pipes of {args.pipe_size >> 10} KiB where not said otherwise",
    }


def write(path: Path, made: str) -> None:
    """Between the two marks; what stands around them is left alone."""
    page = path.read_text()
    before, begin, rest = page.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise Trouble(f"{path}: the marks are missing")
    path.write_text(f"{before}{BEGIN}\n\n{made}\n\n{END}{after}")
