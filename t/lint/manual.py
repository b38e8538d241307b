"""manual - the pages in docs/man and the scripts in contrib/completions are what
the binary writes, and mandoc and groff find nothing wrong with the pages.

usage: manual.py [--write] NAT    Compares; with --write it writes them anew.
"""
from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator

from options import COMMAND, ask
from source import finish

MAN, SHELLS = "docs/man", "contrib/completions"
SCRIPTS = {"bash": "nat", "zsh": "_nat", "fish": "nat.fish"}
CHECKERS = (["mandoc", "-Tlint", "-W", "warning"],
            ["groff", "-mdoc", "-ww", "-z", "-Tutf8"])
COMPLAINT = re.compile(r"^\S+: *[^:]+:(\d+)(?::\d+)?: *(.*)$")


def written(nat: str) -> dict[str, str]:
    """{path: text} of all that the binary writes."""
    commands = COMMAND.findall(ask(nat, "help"))
    texts = {f"{MAN}/nat.1": ask(nat, "help", "--man"),
             f"{MAN}/nat.conf.5": ask(nat, "help", "--man", "nat.conf")}
    for name in commands:
        texts[f"{MAN}/nat-{name}.1"] = ask(nat, "help", "--man", name)
    for shell, path in SCRIPTS.items():
        texts[f"{SHELLS}/{path}"] = ask(nat, "help", "--complete", shell)
    return texts


def present(root: str) -> set[str]:
    return {f"{at}/{n}" for at in (MAN, SHELLS)
            if os.path.isdir(os.path.join(root, at))
            for n in os.listdir(os.path.join(root, at))}


def differing(root: str, texts: dict[str, str]) -> Iterator[str]:
    for path in sorted(present(root) | set(texts)):
        try:
            with open(os.path.join(root, path), encoding="utf-8") as f:
                same = f.read() == texts.get(path)
        except FileNotFoundError:
            same = False
        if not same:
            yield f"{path}:1: not what the binary writes: `make man`"


def faults(root: str, path: str, checker: list[str]) -> Iterator[str]:
    said = subprocess.run([*checker, path], text=True, cwd=root,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    for line in said.stdout.splitlines():
        at = COMPLAINT.match(line)
        yield f"{path}:{at[1] if at else 1}: {at[2] if at else line}"


def check(root: str, nat: str) -> Iterator[str]:
    texts = written(nat)
    yield from differing(root, texts)
    for checker in CHECKERS:
        if not shutil.which(checker[0]):
            print(f"lint: no {checker[0]}, man pages not read by it")
            continue
        for path in sorted(present(root) & set(texts)):
            if path.startswith(MAN):
                yield from faults(root, path, checker)


def write(root: str, nat: str) -> None:
    texts = written(nat)
    for path in present(root) - set(texts):
        os.unlink(os.path.join(root, path))
    for path, text in texts.items():
        at = os.path.join(root, path)
        os.makedirs(os.path.dirname(at), exist_ok=True)
        with open(at, "w", encoding="utf-8") as f:
            f.write(text)


if __name__ == "__main__":
    if sys.argv[1] == "--write":
        write(".", sys.argv[2])
    else:
        finish(check(".", sys.argv[1]))
