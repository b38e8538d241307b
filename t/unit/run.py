"""run - the unit tests: every program in parallel, then `N passed, N failed`.

usage: run.py [--jobs N] [--under EMULATOR] PROGRAM...    What a program printed
is shown when it fails. The counts are of cmocka's cases; a program that ends
without a verdict (a crash, a sanitizer, 30 s times SCN_PATIENCE) counts as one failure
more.
"""
import argparse
import concurrent.futures
import os
import re
import subprocess
import sys

LIMIT_S = 30 * float(os.environ.get("SCN_PATIENCE", "1"))
SLOWNESS = 6     # of emulators
VERDICT = re.compile(r"\[  (PASSED|FAILED|SKIPPED) *\] (?:\w+: )?(\d+) test")
SANITIZERS = {
    "ASAN_OPTIONS": "detect_leaks=1:detect_stack_use_after_return=1:"
                    "strict_string_checks=1",
    "UBSAN_OPTIONS": "print_stacktrace=1",
}


def run(program, under=()):
    """(program, cases passed, failed, skipped, what it printed)"""
    try:
        done = subprocess.run([*under, program], stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              env={**SANITIZERS, **os.environ},
                              timeout=LIMIT_S * (SLOWNESS if under else 1),
                              check=False)
        text, code = done.stdout, done.returncode
    except subprocess.TimeoutExpired as e:
        text, code = (e.stdout or b"") + b"\ntoo slow\n", 1
    text = text.decode("utf-8", "replace")
    counts = {"PASSED": 0, "FAILED": 0, "SKIPPED": 0}
    for verdict, n in VERDICT.findall(text):
        counts[verdict] += int(n)
    if not counts["FAILED"] and (code or not any(counts.values())):
        counts["FAILED"] = 1
        text += f"\nexit status {code} without a verdict\n"
    return (program, *counts.values(), text)


def main():
    parser = argparse.ArgumentParser(description="runs unit tests")
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    parser.add_argument("--under", nargs=1, default=[], help="what runs programs of other machines")
    parser.add_argument("programs", nargs="*")
    args = parser.parse_args()
    total = [0, 0, 0]
    with concurrent.futures.ThreadPoolExecutor(args.jobs) as pool:
        for program, *counts, text in pool.map(
                lambda p: run(p, args.under), args.programs):
            total = [a + b for a, b in zip(total, counts)]
            verdict = "FAILED" if counts[1] else "ok"
            print(f"{verdict:7} {os.path.basename(program)} ({counts[0]})")
            if counts[1]:
                print(text)
    skipped = f", {total[2]} skipped" if total[2] else ""
    print(f"{total[0]} passed, {total[1]} failed{skipped}")
    return 1 if total[1] or not total[0] else 0


if __name__ == "__main__":
    sys.exit(main())
