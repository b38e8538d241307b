"""Reads metrics in the text format of Prometheus 0.0.4, and takes nothing that is
not as the format and its naming conventions have it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

NAME = r"[a-zA-Z_][a-zA-Z0-9_]*"
HELP = re.compile(rf"# HELP ({NAME}) (\S.*)")
TYPE = re.compile(rf"# TYPE ({NAME}) (counter|gauge)")
SAMPLE = re.compile(rf"({NAME})(?:\{{(.*)\}})? ([0-9]+(?:\.[0-9]+)?)")
LABEL = re.compile(rf'({NAME})="((?:[^"\\\n]|\\[\\"n])*)"(?:,|$)')
FOREIGN_UNITS = ("_ms", "_kb", "_mb", "_minutes", "_percent")

Labels = tuple[tuple[str, str], ...]


class Wrong(Exception):
    """The text is not as it should be."""


@dataclass
class Family:
    kind: str
    help: str
    samples: dict[Labels, float] = field(default_factory=dict)


def parse_labels(text: str) -> Labels:
    found, at = [], 0
    while at < len(text):
        match = LABEL.match(text, at)
        if not match:
            raise Wrong(f"labels {text!r}")
        found.append((match[1], match[2]))
        at = match.end()
    if len({name for name, _ in found}) < len(found):
        raise Wrong(f"a label twice: {text!r}")
    return tuple(sorted(found))


def check_name(name: str, kind: str) -> None:
    if not name.startswith("nat_"):
        raise Wrong(f"{name}: no nat_ before it")
    if (kind == "counter") != name.endswith("_total"):
        raise Wrong(f"{name}: _total belongs to counters alone")
    if name.removesuffix("_total").endswith(FOREIGN_UNITS):
        raise Wrong(f"{name}: not a base unit")


def parse(text: str) -> dict[str, Family]:
    """Every family: HELP, TYPE, then its samples, all in a row."""
    if not text.endswith("\n"):
        raise Wrong("no newline at the end")
    families: dict[str, Family] = {}
    helped: tuple[str, str] | None = None
    now = ""
    for line in text[:-1].split("\n"):
        if match := HELP.fullmatch(line):
            if helped or match[1] in families:
                raise Wrong(f"out of order: {line!r}")
            helped = match[1], match[2]
        elif match := TYPE.fullmatch(line):
            if not helped or helped[0] != match[1]:
                raise Wrong(f"no HELP before {line!r}")
            now = match[1]
            check_name(now, match[2])
            families[now] = Family(match[2], helped[1])
            helped = None
        elif match := SAMPLE.fullmatch(line):
            if match[1] != now or helped:
                raise Wrong(f"not of {now}: {line!r}")
            labels = parse_labels(match[2] or "")
            if labels in families[now].samples:
                raise Wrong(f"twice: {line!r}")
            families[now].samples[labels] = float(match[3])
        else:
            raise Wrong(f"neither comment nor sample: {line!r}")
    return families
