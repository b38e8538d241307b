"""memcheck - unit tests and scenarios under valgrind, and a verdict on each
process: no error, nothing left on the heap, no descriptor but 0, 1 and 2.

usage: memcheck.py --nat BINARY [--scn FILE]... [--jobs N] UNIT_TEST...
Without --scn all scenarios are run, those of t/interop too.
The product never calls malloc, so what is still reachable at the end counts too
in scenarios. Where a process is killed there is
no summary to read, but what it did wrong before is found.
"""

from __future__ import annotations

import argparse
import concurrent.futures
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
TOP = HERE.parents[1]
LOGS = TOP / "build" / "memcheck"
PATIENCE = "12"  # factor of the scenarios' time limits
LIMIT_S = 600  # of one unit test
SLOW = {"UNIT_SLOW": "20"}  # unit.h
EXIT = 99  # the runner of scenarios knows it for a sanitizer's
VALGRIND = [
    "valgrind", "-q", "--leak-check=full", "--track-fds=yes", "--vgdb=no",
    "--num-callers=20", f"--error-exitcode={EXIT}",
    f"--suppressions={HERE / 'suppressions'}",
]
PRODUCT = ["--show-leak-kinds=all", "--errors-for-leak-kinds=all"]
# A test that forks leaves what cmocka holds to its child, which is not judged.
UNIT = ["--child-silent-after-fork=yes"]
NOISE = re.compile(r"==\d+== ?")
INHERITED = "<inherited from parent>"


def command(kind: str, more: list[str]) -> list[str]:
    return [*VALGRIND, *more, f"--log-file={LOGS}/{kind}-%p"]


# ---- running ----


def run_unit(program: str) -> str | None:
    """What went wrong with its verdict, or None."""
    name = os.path.basename(program)
    try:
        done = subprocess.run([*command(name, UNIT), program], timeout=LIMIT_S,
                              env={**os.environ, **SLOW},
                              stdin=subprocess.DEVNULL, text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    except subprocess.TimeoutExpired:
        return f"{name}: no end within {LIMIT_S} s"
    if done.returncode not in (0, EXIT):  # errors are in the log
        return f"{name}: exit {done.returncode}\n{done.stdout}"
    return None


def run_units(programs: list[str], jobs: int) -> list[str]:
    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        faults = [fault for fault in pool.map(run_unit, programs) if fault]
    print(f"memcheck: {len(programs)} unit tests, {len(faults)} failed",
          flush=True)
    return faults


def run_scenarios(nat: str, files: list[str], jobs: int) -> list[str]:
    status = subprocess.run(
        [sys.executable, str(TOP / "t/scn/run.py"), "--nat", nat,
         "--prefix", " ".join(command("scn", PRODUCT)), "--patience", PATIENCE,
         "--jobs", str(jobs), *files]).returncode
    return ["scenarios failed"] if status else []


# ---- reading what valgrind wrote ----


def blocks(text: str) -> list[list[str]]:
    """Its paragraphs, without the ==PID== before each line."""
    found: list[list[str]] = [[]]
    for line in text.splitlines():
        line = NOISE.sub("", line, count=1)
        if not line.strip() or line.startswith("FILE DESCRIPTORS:"):
            found.append([])
        else:
            found[-1].append(line)
    return [block for block in found if block]


def is_fault(block: list[str]) -> bool:
    """Descriptors that were there at the start are not the process's."""
    return not (block[0].startswith("Open ") and INHERITED in " ".join(block))


def faults_of(path: Path) -> list[str]:
    found = [block for block in blocks(path.read_text(errors="replace"))
             if is_fault(block)]
    return [f"{path.name}: " + "\n    ".join(block) for block in found]


def read_logs() -> list[str]:
    logs = sorted(LOGS.glob("*-*"))
    whole = sum("FILE DESCRIPTORS" in path.read_text(errors="replace")
                for path in logs)
    found = [fault for path in logs for fault in faults_of(path)]
    print(f"memcheck: {len(logs)} processes, {whole} ended by themselves, "
          f"{len(found)} faults")
    return found


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--nat", required=True)
    parser.add_argument("--scn", action="append", default=[])
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("units", nargs="*")
    args = parser.parse_args()
    if not shutil.which("valgrind"):
        print("memcheck: skipped: no valgrind here")
        return 0
    shutil.rmtree(LOGS, ignore_errors=True)
    LOGS.mkdir(parents=True)
    faults = run_units(args.units, args.jobs)
    interop = sorted(map(str, TOP.glob("t/interop/*.scn")))
    for files in [args.scn] if args.scn else [[], interop]:
        faults += run_scenarios(args.nat, files, args.jobs)
    faults += read_logs()
    for fault in faults:
        print(fault)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
