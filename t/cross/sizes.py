"""sizes - bytes of programs for other systems; `nat version` where it can run.

usage: sizes.py PROGRAM...    named after their targets, build/zig-nat/mips-linux-...
"""
import os
import shutil
import subprocess
import sys

# What qemu calls the processors that the compiler calls otherwise.
NAMES = {"powerpc": "ppc", "x86": "i386"}


def says(program, target):
    """What the program says of itself, or why it was not asked."""
    arch = target.split("-")[0]
    under = shutil.which(f"qemu-{NAMES.get(arch, arch)}-static")
    if "linux" not in target:
        return "linked, not run"
    if not under:
        return f"linked, not run: no qemu for {arch}"
    done = subprocess.run([under, program, "version"], timeout=20, check=False,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          text=True)
    words = done.stdout.strip()
    return words if done.returncode == 0 else f"FAILED: {words}"


def main():
    good = True
    for program in sys.argv[1:]:
        target = os.path.basename(program)
        text = says(program, target)
        good = good and not text.startswith("FAILED")
        print(f"{target:24} {os.path.getsize(program):8}  {text}")
    return not good


if __name__ == "__main__":
    sys.exit(main())
