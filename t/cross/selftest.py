"""selftest - vendor/cmocka fails when it should, and says so as cmocka does.

usage: selftest.py PROGRAM...    Each is t/cross/verdicts.c with another cmocka.
"""
import os
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "../unit"))
import run as unit                                             # noqa: E402

WORDS = {"passes": "       OK", "fails": "  FAILED ", "skips": "  SKIPPED"}


def complaints(program):
    """What is wrong with what a program says of its tests."""
    done = subprocess.run([program], stdout=subprocess.PIPE, text=True,
                          stderr=subprocess.DEVNULL, check=False)
    lines = done.stdout.splitlines()
    names = [line[13:] for line in lines if line.startswith("[ RUN")]
    due = {word: 0 for word in WORDS}
    if len(names) < 20:
        yield f"only {len(names)} tests ran"
    for name in names:
        kind = name.split("_")[0]
        due[kind] += 1
        if f"[{WORDS[kind]} ] {name}" not in lines:
            yield f"{name} did not end as it should"
    yield from (line for line in lines if line.startswith("went on"))
    if done.returncode != due["fails"]:
        yield f"exit status {done.returncode}"
    if "ours" in program:
        os.environ["CMOCKA_SKIP"] = "fails fails_fail x_fails_int"
        done = unit.run(program)
        del os.environ["CMOCKA_SKIP"]
        if list(done[1:4]) != [due["passes"], due["fails"] - 1, due["skips"] + 1]:
            yield "CMOCKA_SKIP does not skip the one test that it names"
    if list(unit.run(program)[1:4]) != list(due.values()):
        yield f"t/unit/run.py does not count {due}"
    if subprocess.run([program, "x"], capture_output=True,
                      check=False).returncode == 0:
        yield "a failed set-up counts for nothing"


def main():
    bad = [f"{p}: {c}" for p in sys.argv[1:] for c in complaints(p)]
    print("\n".join(bad) or "cmocka: fails when it should")
    return bool(bad)


if __name__ == "__main__":
    sys.exit(main())
