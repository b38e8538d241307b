"""calls - scenarios under strace: what the sandbox refuses, what it never needs.

usage: calls.py [--unused] NAT SCENARIO...    Runs them with the release binary,
confined as it is by itself. A call that fails by ENOSYS or EPERM once the filter
stands is a complaint, and so is a file by EACCES if root must not touch it:
either src/os/calls.c or src/cmd/sandbox.c lacks it, or it should not be made.
--unused also names the calls of the table that nobody has made. Without strace
the scenarios run all the same.
"""
import argparse
import collections
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

from table import TABLE, table

RUNNER = pathlib.Path("t/scn/run.py")
STARTS = re.compile(r"(seccomp\(SECCOMP_SET_MODE_FILTER|prctl\(PR_SET_SECCOMP)"
                    r".* = 0$")
CALL = re.compile(r"(\w+)\(.*\) += -?(?:\d|0x|\?)")
REFUSED = re.compile(r" = -1 (ENOSYS|EPERM) |"
                     r"^(open|openat|unlink|rename)\(.* = -1 EACCES ")
MEANT = '"links/r.log"'  # to be refused, in sandbox_files.scn


def wrapper(home, nat):
    """A program that is nat, and is watched."""
    path = home / "nat"
    path.write_text("#!/bin/sh\n"
                    f"exec strace -D -qq -o {home}/trace.$$ {nat} \"$@\"\n")
    path.chmod(0o755)
    return path


def run(nat, scenarios):
    return subprocess.run([sys.executable, RUNNER, "--nat", nat, *scenarios],
                          check=False).returncode


def read(path, made, refused):
    """Whether the process of this trace was confined."""
    confined = False
    for line in path.read_text(errors="replace").splitlines():
        call = CALL.match(line)
        if not confined:
            confined = bool(STARTS.match(line))
        elif call:
            made[call[1]] += 1
            if REFUSED.search(line) and MEANT not in line:
                refused.setdefault(call[1], line)
    return confined


def watch(nat, scenarios, unused):
    made, refused = collections.Counter(), {}
    with tempfile.TemporaryDirectory() as name:
        home = pathlib.Path(name)
        home.chmod(0o755)
        code = run(wrapper(home, nat), scenarios)
        confined = sum(read(path, made, refused)
                       for path in sorted(home.glob("trace.*")))
    for call, line in sorted(refused.items()):
        print(f"{TABLE}:1: {call} is refused: {line}")
    print(f"calls: {confined} confined processes, {len(made)} different calls, "
          f"{len(refused)} refused")
    if unused:
        print("made:", *(f"{c}={n}" for c, n in made.most_common()))
        print("never made:", *sorted(table() - made.keys()))
    return code or bool(refused) or not confined


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--unused", action="store_true")
    parser.add_argument("nat", type=pathlib.Path)
    parser.add_argument("scenarios", nargs="+")
    args = parser.parse_args()
    if not shutil.which("strace"):
        print("calls: no strace, what is refused is not looked for")
        return run(args.nat, args.scenarios)
    return watch(args.nat.resolve(), args.scenarios, args.unused)


if __name__ == "__main__":
    sys.exit(main())
