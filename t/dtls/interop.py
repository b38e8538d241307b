#!/usr/bin/env python3
"""DTLS beside other people's: dtlscat against openssl, gnutls and aiortc.

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

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tls"))

from datagrams import Row, World, every  # noqa: E402
from peers import Absent, Wrong  # noqa: E402


def attempt(world: World, row: Row) -> tuple[str, str]:
    try:
        row.run(world)
        return "good", ""
    except Absent as why:
        return "skipped", str(why)
    except Wrong as why:
        return "FAILED", str(why)
    except Exception:
        return "FAILED", traceback.format_exc()


def all_rows(args: argparse.Namespace, home: Path) -> Counter[str]:
    world, count = World(home, args.cat), Counter[str]()
    todo = [row for row in every() if args.only in row.name
            and (row.short or not args.short)]
    with ThreadPoolExecutor(args.jobs) as pool:
        results = pool.map(lambda row: attempt(world, row), todo)
        for row, (verdict, why) in zip(todo, results):
            if verdict != "good" or args.verbose:
                print(f"{verdict}: {row.name} {why}".rstrip(), flush=True)
            count[verdict] += 1
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
        print("dtls: skipped: no openssl here, which makes the certificates")
        return 0
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="nat-dtls-") as home:
        count = all_rows(args, Path(home))
    told = ", ".join(f"{n} {what}" for what, n in sorted(count.items()))
    print(f"dtls: {told or 'no row'} in {time.monotonic() - started:.0f} s")
    return int(bool(count["FAILED"]) or not count["good"])


if __name__ == "__main__":
    sys.exit(main())
