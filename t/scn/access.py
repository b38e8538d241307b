"""access - reads access logs: each line of them, to the letter.

usage: access.py json|combined FILE... [WANTED]...    WANTED is KEY=VALUE,... of a line
that must be there, behind them as it may be "N*" for so many; in `combined` a regular
expression. Prints how many lines there are.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

KEYS = ["time", "kind", "from", "method", "host", "path", "status", "in", "out",
        "ms", "service", "client", "referer", "agent"]
TIME = re.compile(r"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ")
COMBINED = re.compile(
    r"[0-9a-f.:]+ - - \[\d\d/[A-Z][a-z]{2}/20\d\d:\d\d:\d\d:\d\d \+0000\] "
    r'"[ !#-\[\]-~\\]*" \d{3} \d+ "[ !#-~]+" "[ !#-~]+"')


def read_json(line: bytes) -> dict[str, object]:
    row = json.loads(line.decode())
    if list(row) != KEYS or not TIME.fullmatch(row["time"]):
        sys.exit(f"not as it should be: {line!r}")
    return dict(row)


def fits(row: dict[str, object], wanted: str) -> bool:
    pairs = (pair.partition("=") for pair in wanted.split(","))
    return all(str(row[key]) == value for key, _, value in pairs)


def main(form: str, *rest: str) -> None:
    files = [one for one in rest if Path(one).exists()]
    lines = [line for one in files
             for line in Path(one).read_bytes().split(b"\n")[:-1]]
    for one in files:
        if not Path(one).read_bytes().endswith(b"\n"):
            sys.exit(f"{one}: its last line has no end")
    rows = [read_json(line) for line in lines] if form == "json" else []
    for line in lines if form == "combined" else []:
        if not COMBINED.fullmatch(line.decode()):
            sys.exit(f"not combined: {line!r}")
    for wanted in rest[len(files):]:
        count, star, what = wanted.partition("*")
        if not star or not count.isdigit():
            count, what = "1", wanted
        found = [row for row in rows if fits(row, what)] if rows else [
            line for line in lines if re.search(what, line.decode())]
        if len(found) != int(count):
            sys.exit(f"{len(found)} lines of {wanted!r} in {lines}")
    print(f"access: {len(lines)} lines in {len(files)} files")


if __name__ == "__main__":
    main(*sys.argv[1:])
