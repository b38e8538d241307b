"""ct - no branch and no index depends on a secret, by valgrind's memcheck.

usage: ct.py PROGRAM...    Each is t/ct/ct.c and src/crypt by one compiler; what
it finds in them counts, and that it finds the two faults on purpose.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
EXIT = 99
FAULTS = ("branch", "index")
VALGRIND = ["valgrind", "-q", "--vgdb=no", f"--error-exitcode={EXIT}",
            f"--suppressions={HERE / 'suppressions'}"]


def run(program: str, *args: str) -> tuple[int, str]:
    done = subprocess.run([*VALGRIND, program, *args], text=True, timeout=600,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    return done.returncode, done.stdout


def faults_of(program: str) -> list[str]:
    status, said = run(program)
    print(f"ct: {program}: {said.splitlines()[-1] if said else 'silent'}")
    found = [f"{program}: exit {status}\n{said}"] if status else []
    for fault in FAULTS:
        if run(program, fault)[0] != EXIT:
            found.append(f"{program}: the fault {fault!r} was not found")
    return found


def main(programs: list[str]) -> int:
    if not shutil.which("valgrind"):
        print("ct: skipped: no valgrind here")
        return 0
    faults = [fault for program in programs for fault in faults_of(program)]
    for fault in faults:
        print(fault)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
