"""cov - which lines of src the tests have reached, read from gcov.

usage: cov.py [--least PERCENT] [--missed] OBJECTS    OBJECTS is a folder of
.gcno files, such as build/cov-gcc-epoll/src. A table of files, the worst first;
the functions that nothing has called; with --missed, the lines too. A line of a
header counts once, reached if it was in any object.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

Counts = dict[int, int]  # how often, by line


class Coverage:
    def __init__(self) -> None:
        self.lines: dict[str, Counts] = defaultdict(lambda: defaultdict(int))
        self.functions: dict[tuple[str, str], list[int]] = {}

    def add(self, report: dict) -> None:
        """What gcov says of one object."""
        for file in report["files"]:
            path = file["file"]
            if not path.startswith("src/"):
                continue
            for line in file["lines"]:
                self.lines[path][line["line_number"]] += line["count"]
            for f in file["functions"]:
                row = self.functions.setdefault(
                    (path, f["name"]), [f["start_line"], 0])
                row[1] += f["execution_count"]

    def table(self) -> list[tuple[float, int, int, str]]:
        """(percent, reached, lines, file), the worst first."""
        rows = []
        for path, counts in self.lines.items():
            reached = sum(1 for n in counts.values() if n)
            rows.append((100 * reached / len(counts), reached, len(counts),
                         path))
        return sorted(rows, key=lambda row: (row[0], -row[2], row[3]))

    def never(self) -> list[str]:
        return [f"{path}:{start}: {name}" for (path, name), (start, count)
                in sorted(self.functions.items()) if not count]


def read(objects: Path) -> Coverage:
    coverage = Coverage()
    notes = sorted(objects.rglob("*.gcno"))
    done = subprocess.run(
        ["gcov", "--json-format", "--stdout", *map(str, notes)],
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True)
    for line in done.stdout.splitlines():
        if line.strip():
            coverage.add(json.loads(line))
    return coverage


def ranges(numbers: list[int]) -> str:
    """"3-5 9": neighbours together."""
    runs: list[list[int]] = []
    for n in numbers:
        if runs and runs[-1][1] == n - 1:
            runs[-1][1] = n
        else:
            runs.append([n, n])
    return " ".join(f"{a}" if a == b else f"{a}-{b}" for a, b in runs)


def show(coverage: Coverage, missed: bool) -> float:
    """Prints it all; the percentage."""
    rows = coverage.table()
    for percent, reached, lines, path in rows:
        print(f"{percent:6.1f} %  {reached:4} of {lines:4}  {path}")
        counts = coverage.lines[path]
        if missed and reached < lines:
            print("          ", ranges(sorted(
                n for n, count in counts.items() if not count)))
    reached, lines = sum(row[1] for row in rows), sum(row[2] for row in rows)
    total = 100 * reached / lines if lines else 0.0
    print(f"{total:6.1f} %  {reached:4} of {lines:4}  all of src")
    print("functions that nothing has called:")
    print("\n".join(f"  {name}" for name in coverage.never()) or "  none")
    return total


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--least", type=float, default=0)
    parser.add_argument("--missed", action="store_true")
    parser.add_argument("objects", type=Path)
    args = parser.parse_args()
    total = show(read(args.objects), args.missed)
    if total < args.least:
        print(f"cov: less than {args.least:g} %")
    return 1 if total < args.least else 0


if __name__ == "__main__":
    sys.exit(main())
