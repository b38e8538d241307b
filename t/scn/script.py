"""Reads scenario files: one step a line, words quoted as in a shell.

    # comment
    verb word word ...          a trailing backslash continues the line
    | text                      belongs to the step above (a file's contents)

What the verbs mean stands in verbs.py; `run.py --verbs` prints them.
"""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass, field
from pathlib import Path

VARIABLE = re.compile(r"\$(?:([A-Za-z_]\w*)|\{(\w+)\})")
CAPTURE = re.compile(r"\{([a-z_]\w*)(?::([^{}]+))?\}")
DURATION = re.compile(r"(\d+(?:\.\d+)?)(ms|s|m)")
UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0}
SIZE = re.compile(r"(\d+)([KMG]?)")
SCALE = {"": 1, "K": 1 << 10, "M": 1 << 20, "G": 1 << 30}


class Failed(Exception):
    """Something was not as the scenario says."""


class Skipped(Exception):
    """The scenario cannot run here; the text says why."""


@dataclass
class Step:
    """One line of a scenario, before variables are filled in."""

    line: int
    text: str
    words: list[str]
    body: list[str] = field(default_factory=list)


def parse(path: Path) -> list[Step]:
    """All steps of a file; Failed when a line cannot be cut into words."""
    steps: list[Step] = []
    held = ""
    for number, raw in enumerate(path.read_text().splitlines(), 1):
        text = raw.strip()
        if raw.startswith("|"):
            if not steps:
                raise Failed(f"{path.name}:{number}: '|' below no step")
            steps[-1].body.append(raw[1:].removeprefix(" "))
            continue
        if text.endswith("\\"):
            held += text[:-1]
            continue
        text, held = held + text, ""
        try:
            words = shlex.split(text, comments=True)
        except ValueError as why:
            raise Failed(f"{path.name}:{number}: {why}") from None
        if words:
            steps.append(Step(number, text, words))
    return steps


def fill(text: str, scope: dict[str, str]) -> str:
    """Puts the values of $name and ${name} in."""

    def value(match: re.Match[str]) -> str:
        name = match[1] or match[2]
        if name not in scope:
            raise Failed(f"no variable ${name}")
        return scope[name]

    return VARIABLE.sub(value, text)


def pattern(text: str) -> re.Pattern[str]:
    """A regular expression; {x} catches a number, {x:RE} what RE matches."""
    form = CAPTURE.sub(lambda m: f"(?P<{m[1]}>{m[2] or '[0-9]+'})", text)
    try:
        return re.compile(form)
    except re.error as why:
        raise Failed(f"bad pattern {text!r}: {why}") from None


def seconds(text: str) -> float:
    match = DURATION.fullmatch(text)
    if not match:
        raise Failed(f"{text!r} is no time such as 300ms or 5s")
    return float(match[1]) * UNITS[match[2]]


def size(text: str) -> int:
    match = SIZE.fullmatch(text)
    if not match:
        raise Failed(f"{text!r} is no size such as 64K")
    return int(match[1]) * SCALE[match[2]]


def unescape(text: str) -> bytes:
    r"""The bytes of text with \r, \n, \x00 and the like undone."""
    return text.encode().decode("unicode_escape").encode("latin-1")


class Args:
    """The words behind a verb: plain ones in order, clauses by key."""

    def __init__(self, words: list[str], body: str = "") -> None:
        self.words = words
        self.body = body

    def next(self, what: str) -> str:
        if not self.words:
            raise Failed(f"{what} is missing")
        return self.words.pop(0)

    def next_is(self, *keys: str) -> str | None:
        """Takes the next word when it is one of the keys."""
        if self.words and self.words[0] in keys:
            return self.words.pop(0)
        return None

    def need(self, key: str) -> None:
        if not self.next_is(key):
            raise Failed(f"'{key}' is missing")

    def clause(self, key: str) -> str | None:
        """Takes `key VALUE` from wherever it stands."""
        for at, word in enumerate(self.words[:-1]):
            if word == key:
                _, value = self.words[at : at + 2]
                del self.words[at : at + 2]
                return value
        return None

    def every(self, key: str) -> list[str]:
        found = []
        while (value := self.clause(key)) is not None:
            found.append(value)
        return found

    def time(self, key: str, default: float) -> float:
        value = self.clause(key)
        return default if value is None else seconds(value)

    def done(self) -> None:
        if self.words:
            raise Failed(f"not understood: {' '.join(self.words)}")
