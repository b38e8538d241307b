"""json_diff - our JSON parser beside Python's: who accepts, and what they read.

usage: json_diff.py [--seconds S] [--seed N] RUNNER    RUNNER is json_values.
Python is made strict: bytes must be UTF-8, NaN and Infinity are refused.
Reasoned differences, each undone before comparing:
- ours refuses what is deeper than it is told (design.md 6.2: 8)
- a lone surrogate escape is U+FFFD in ours (json.h), itself in Python
- numbers stay text until asked for, so none is too big; json_uint is compared
  where the text is digits and below 2**64
- duplicate keys come as they stand; Python is asked for pairs
"""

from __future__ import annotations

import argparse
import json
import random
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

TOP = Path(__file__).resolve().parents[2]
SEEDS = (TOP / "t/fuzz/corpus/json", TOP.parent / "shared/vectors/json")
BATCH = 400
DEPTHS = (8, 8, 8, 3, 1024)
LONGEST = 4096
WHITE = b" \t\r\n"
SURROGATE = re.compile("[\ud800-\udfff]")
PIECES = [
    *(b"{ } [ ] , : \" \\ null true false NaN Infinity -0 0 01 1e9 1E+0 1.5"
      b" -1 18446744073709551615 18446744073709551616 \\u \\ud83d \\ude00"
      b" \\u0000 \\uD8zz \\/ \\x \"a\": {\"\":0} 1. .5 +1 1e 2e-").split(),
    b" ", b"\t", b"\n", b"\0", b"\x1f", b"\x7f", b"\xc3\xa9", b"\xf0\x9f\x98\x80",
    b"\xed\xa0\x80", b"\xc0\x80", b"\xf4\x90\x80\x80", b"\xff", b"\xef\xbb\xbf",
    b"\xe2\x80\xa8", b"\xc2\x85",
]


class Number(str):
    """A number as it stands."""


class Pairs(list):
    """An object: all its members in order."""


def refuse(word: str) -> None:
    raise ValueError(word)


DECODER = json.JSONDecoder(parse_int=Number, parse_float=Number,
                           parse_constant=refuse, object_pairs_hook=Pairs)


# ---- what Python reads ----


def decoded(document: bytes) -> tuple[object, int] | None:
    """The first value and where it ends in bytes; None: there is none."""
    try:
        text = document.decode()
        start = len(text) - len(text.lstrip(WHITE.decode()))
        value, end = DECODER.raw_decode(text, start)
        return value, len(text[:end].encode())
    except (ValueError, RecursionError):
        return None


def depth(value: object) -> int:
    if isinstance(value, Pairs):
        return 1 + max((depth(v) for _, v in value), default=0)
    if isinstance(value, list):
        return 1 + max(map(depth, value), default=0)
    return 0


def expected(document: bytes, most: int) -> object:
    """The value in a list, or None when it must be refused."""
    got = decoded(document)
    if not got or document[got[1]:].strip(WHITE) or depth(got[0]) > most:
        return None
    return [got[0]]


# ---- comparing ----


def plain(text: str) -> str:
    return "s" + SURROGATE.sub("\ufffd", text).encode().hex()


def number_words(text: str) -> list[str]:
    digits = text.isascii() and text.isdigit()
    return [f"u{int(text)}"] if digits and int(text) < 1 << 64 else []


def words_of(value: object) -> Iterator[str | list]:
    """The words json_values says of it; a list where it says an array."""
    if isinstance(value, Pairs):
        yield "{"
        for key, inner in value:
            yield plain(key)
            yield from words_of(inner)
        yield "}"
    elif isinstance(value, list):
        yield value
    elif isinstance(value, Number):
        yield "#" + value
        yield from number_words(value)
    elif isinstance(value, str):
        yield plain(value)
    else:
        yield {None: "n", True: "t", False: "f"}[value]


def alike(said: list[str], wanted: list[str | list]) -> bool:
    if len(said) != len(wanted):
        return False
    for word, want in zip(said, wanted):
        if isinstance(want, list):
            got = decoded(bytes.fromhex(word[1:]))
            if word[0] != "a" or not got or got[0] != want:
                return False
        elif word != want:
            return False
    return True


def without_strings_of_digits(said: list[str]) -> list[str]:
    """json_uint also reads strings of digits, which Python does not."""
    return [w for at, w in enumerate(said)
            if w[0] != "u" or said[at - 1][0] != "s"]


def fault(document: bytes, most: int, line: str) -> str | None:
    scanned, *said = line.split()
    want = expected(document, most)
    first = decoded(document)
    if first and isinstance(first[0], Pairs) and int(scanned) != first[1]:
        return f"json_scan says {scanned}, Python {first[1]}"
    if want is None:
        return None if said == ["no"] else "accepted, Python refuses"
    if said == ["no"]:
        return "refused, Python accepts"
    wanted = list(words_of(want[0]))
    if not alike(without_strings_of_digits(said), wanted):
        return f"reads {' '.join(said)}, Python {wanted}"
    return None


# ---- documents ----


def random_text(chance: random.Random) -> str:
    return "".join(chance.choice('ab1"\\\n\x01/é€😀\ud800\udc00')
                   for _ in range(chance.randrange(6)))


def random_value(chance: random.Random, levels: int) -> object:
    kind = chance.randrange(9 if levels else 6)
    if kind < 4:
        return chance.choice([None, True, False, 0, -1, 1.5, 1e300, 1 << 64])
    if kind < 6:
        return random_text(chance)
    inner = [random_value(chance, levels - 1)
             for _ in range(chance.randrange(4))]
    if kind == 6:
        return inner
    return {random_text(chance): value for value in inner}


def random_document(chance: random.Random) -> bytes:
    value = random_value(chance, chance.randrange(11))
    ascii_only = chance.random() < 0.5
    text = json.dumps(value, ensure_ascii=ascii_only,
                      indent=chance.choice([None, None, 1, "\t"]))
    return text.encode("utf-8", "surrogatepass")


def mutated(chance: random.Random, document: bytes) -> bytes:
    bytes_ = bytearray(document)
    for _ in range(chance.choice([0, 1, 1, 1, 2, 3, 8])):
        at = chance.randrange(len(bytes_) + 1)
        kind = chance.randrange(4)
        if kind == 0:
            bytes_[at:at + 1] = bytes([chance.randrange(256)])
        elif kind == 1:
            bytes_[at:at] = chance.choice(PIECES)
        elif kind == 2:
            del bytes_[at:at + chance.randrange(1, 5)]
        else:
            bytes_[at:at] = bytes_[at // 2:at]
    return bytes(bytes_[:LONGEST])


def seeds() -> list[bytes]:
    paths = [path for folder in SEEDS for path in sorted(folder.glob("*"))]
    return [path.read_bytes() for path in paths]


def documents(chance: random.Random) -> Iterator[bytes]:
    """Every seed as it is, then mutations of seeds and random documents."""
    given = seeds()
    yield from given
    short = [text for text in given if len(text) <= LONGEST]
    while True:
        yield mutated(chance, random_document(chance))
        yield mutated(chance, chance.choice(short))


# ---- running ----


def answers(runner: Path, batch: list[tuple[bytes, int]]) -> list[str]:
    stdin = b"".join(b"%d %d\n%b" % (most, len(text), text)
                     for text, most in batch)
    done = subprocess.run([runner], input=stdin, stdout=subprocess.PIPE)
    lines = done.stdout.decode().splitlines()
    if done.returncode or len(lines) != len(batch):
        raise SystemExit(f"{runner}: exit {done.returncode}, "
                         f"{len(lines)} of {len(batch)} answers")
    return lines


def complain(document: bytes, most: int, why: str) -> None:
    print(f"json_diff: depth {most}, {why[:600]}\n  {document[:400]!r}")


def compare(runner: Path, seconds: float, seed: int) -> int:
    chance = random.Random(seed)
    stream = documents(chance)
    end = time.monotonic() + seconds
    count = accepted = bad = 0
    whole = len(seeds())
    while (time.monotonic() < end or count < whole) and bad < 5:
        batch = [(next(stream), chance.choice(DEPTHS)) for _ in range(BATCH)]
        for (text, most), line in zip(batch, answers(runner, batch)):
            count += 1
            accepted += " no" not in line
            if why := fault(text, most, line):
                bad += 1
                complain(text, most, why)
    print(f"json_diff: {count} documents, {accepted} accepted, "
          f"{bad} differ, seed {seed}")
    return 1 if bad else 0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=2)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("runner", type=Path)
    args = parser.parse_args()
    sys.setrecursionlimit(5000)
    sys.set_int_max_str_digits(0)
    return compare(args.runner, args.seconds, args.seed)


if __name__ == "__main__":
    sys.exit(main())
