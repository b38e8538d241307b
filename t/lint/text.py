"""text - every file of ours as text, and the shape of the tree.

usage: text.py [ROOT]    No trailing blanks, no CR, a newline at the end, a
number after each TODO; scripts that parse; nothing unplanned at the top; unit
tests that a table of docs names, as "test_file: one, another", are there.
"""
import os
import re
import subprocess
import sys

from source import OUTPUTS, files, finish, read

TOP = {"Makefile", "README.md", "LICENSE", "src", "vendor", "t", "contrib",
       "docs"}
BINARY = (".bin", ".png", ".gz")
CORPORA = "t/fuzz/corpus/"                      # any bytes at all
WITNESS = re.compile(r"\b(test_\w+): (\w+(?:, \w+)*)")
OPEN_END = re.compile(r"\b(TODO|FIXME|XXX)\b(?! *\(?#[0-9])")


def top(root):
    there = {n for n in os.listdir(root) if n[0] != "."} - OUTPUTS
    for name in sorted(there - TOP):
        yield f"{name}:1: does not belong at the top of the tree"
    for name in sorted(TOP - there):
        yield f"{name}:1: is missing"


def plain(path, text):
    for n, line in enumerate(text.split("\n"), 1):
        if line != line.rstrip():
            yield f"{path}:{n}: blanks or CR at the end of the line"
        if path != "t/lint/text.py" and OPEN_END.search(line):
            yield f"{path}:{n}: a TODO without the number of an issue"
    if text and (text[-1] != "\n" or text.endswith("\n\n")):
        yield f"{path}:{text.count(chr(10)) + 1}: must end in one newline"


def script(root, path, text):
    shell = re.match(r"#!.*\b(sh|bash)\b", text)
    if path.endswith(".py"):
        try:
            compile(text, path, "exec")
        except SyntaxError as e:
            yield f"{path}:{e.lineno}: {e.msg}"
    elif shell:
        run = subprocess.run([shell[1], "-n", os.path.join(root, path)],
                             capture_output=True, text=True)
        if run.returncode:
            yield f"{path}:1: {run.stderr.strip()}"


def witnesses(root, path, text):
    for n, line in enumerate(text.split("\n"), 1):
        for m in WITNESS.finditer(line if line.startswith("|") else ""):
            at = os.path.join(root, "t/unit", m[1] + ".c")
            code = read(root, at) if os.path.exists(at) else ""
            for name in m[2].split(", "):
                if f"static void {name}(void **state)" not in code:
                    yield f"{path}:{n}: there is no {name} in {m[1]}.c"


def check(root):
    yield from top(root)
    for path in files(root):
        if not path.endswith(BINARY) and not path.startswith(CORPORA):
            text = read(root, path)
            yield from plain(path, text)
            yield from script(root, path, text)
            if path.startswith("docs/"):
                yield from witnesses(root, path, text)


if __name__ == "__main__":
    finish(check(sys.argv[1] if len(sys.argv) > 1 else "."))
