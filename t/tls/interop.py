#!/usr/bin/env python3
"""TLS beside other people's: tlscat against openssl, gnutls, curl, Python.

usage: interop.py [--short] [--jobs N] [--only WORD] CAT
A line for each row that fails or is skipped, and how many were good.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
import time
import traceback
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import odd
import rows
from peers import Absent, Wrong
from rows import Row, World


def run(world: World, row: Row) -> tuple[str, str]:
    try:
        row.run(world)
    except Absent as why:
        return "skipped", str(why)
    except Wrong as why:
        return "FAILED", str(why)
    except Exception:
        return "FAILED", traceback.format_exc()
    return "good", ""


def tell(row: Row, verdict: str, why: str, verbose: bool) -> None:
    if verdict != "good" or verbose:
        print(f"{verdict}: {row.name}{': ' if why else ''}{why}", flush=True)


def chosen(args: argparse.Namespace) -> list[Row]:
    every = [*rows.matrix(), *odd.ROWS]
    return [r for r in every if args.only in r.name
            and (r.short or not args.short)]


def run_all(args: argparse.Namespace, home: Path) -> Counter[str]:
    world = World(home, args.cat)
    count: Counter[str] = Counter()
    with ThreadPoolExecutor(args.jobs) as pool:
        todo = chosen(args)
        for row, found in zip(todo, pool.map(lambda r: run(world, r), todo)):
            tell(row, *found, args.verbose)
            count[found[0]] += 1
    return count


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("cat")
    parser.add_argument("--short", action="store_true")
    parser.add_argument("--verbose", "-v", action="store_true")
    parser.add_argument("--jobs", type=int, default=3)
    parser.add_argument("--only", default="", help="rows whose name has it")
    args = parser.parse_args()
    if not shutil.which("openssl"):
        print("tls: skipped: no openssl here, which makes the certificates")
        return 0
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="nat-tls-") as home:
        count = run_all(args, Path(home))
    told = ", ".join(f"{n} {what}" for what, n in sorted(count.items()))
    print(f"tls: {told or 'no row'} in {time.monotonic() - started:.0f} s")
    return 1 if count["FAILED"] or not count["good"] else 0


if __name__ == "__main__":
    sys.exit(main())
