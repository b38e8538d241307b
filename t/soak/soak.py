#!/usr/bin/env python3
"""The long proofs: many visitors, many of them, strangers, deaths and flaps.

Each run drives the static binary over loopback or a pair of network namespaces,
prints what it has measured and fails when something was lost. docs/soak.md says
what they mean.
"""

from __future__ import annotations

import argparse
import os
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "bench"))

import crowds  # noqa: E402
import deaths  # noqa: E402
from pair import Pair  # noqa: E402
from programs import Trouble, compile_tools  # noqa: E402

RUNS: dict[str, Callable[[Pair], str]] = {
    "crowd": crowds.crowd,
    "million": crowds.million,
    "strangers": crowds.strangers,
    "relay": deaths.relay_killed,
    "client": deaths.client_killed,
    "flaps": deaths.flaps,
}


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--nat", default="nat-static")
    parser.add_argument("runs", nargs="*", help=", ".join(RUNS))
    args = parser.parse_args()
    for name in args.runs:
        if name not in RUNS:
            parser.error(f"nothing is called {name!r}")
    return args


def main() -> int:
    args = arguments()
    nat, failed = os.path.abspath(args.nat), 0
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    compile_tools()
    for name in args.runs or RUNS:
        start = time.monotonic()
        with TemporaryDirectory(prefix="nat-soak-") as home:
            pair = Pair(nat, Path(home))
            try:
                verdict = RUNS[name](pair)
            except (Trouble, OSError) as why:
                verdict, failed = f"FAILED: {why}", 1
            finally:
                pair.stop()
        took = time.monotonic() - start
        print(f"{name:10} {took:4.0f} s  {verdict}", flush=True)
    return failed


if __name__ == "__main__":
    sys.exit(main())
