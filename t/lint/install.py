"""install - what `make install` leaves below a DESTDIR, that it works there, that
a config file of the user stays, and that `make uninstall` leaves nothing else.

usage: install.py MAKE    With systemd-analyze, the units are verified and how
much they leave open is held to a bound; without it that is passed over.
"""
from __future__ import annotations

import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator

from options import COMMAND, ask
from source import finish

CONF = "etc/nat.conf"
LISTED = {
    CONF: 0o644,
    "usr/bin/nat": 0o755,
    "usr/share/man/man1/nat.1": 0o644,
    "usr/share/man/man5/nat.conf.5": 0o644,
    "usr/share/bash-completion/completions/nat": 0o644,
    "usr/share/zsh/site-functions/_nat": 0o644,
    "usr/share/fish/vendor_completions.d/nat.fish": 0o644,
    "usr/lib/systemd/system/nat-client.service": 0o644,
    "usr/lib/systemd/system/nat-relay.service": 0o644,
    "usr/lib/systemd/system/nat@.service": 0o644,
}
OPEN = 1.5  # of 10: most that systemd may find open in a unit
JOBS = re.compile(r"(?:^| )(?:-j\d*|--jobserver-\S+)(?= |$)")
SCORE = re.compile(r"exposure level for (\S+): ([\d.]+)")
Root = pathlib.Path


def here(what: str) -> str:
    return f"contrib/install.sh:1: {what}"


def make(command: str, target: str, root: Root) -> None:
    """With the variables of the make that runs this, and one job."""
    flags = JOBS.sub("", os.environ.get("MAKEFLAGS", ""))
    subprocess.run([command, "-s", "-j1", "--no-print-directory", target,
                    f"DESTDIR={root}", "PREFIX=/usr"], check=True,
                   env=os.environ | {"MAKEFLAGS": flags},
                   stdout=subprocess.DEVNULL)


def found(root: Root) -> dict[str, int]:
    return {str(p.relative_to(root)): p.stat().st_mode & 0o777
            for p in root.rglob("*") if not p.is_dir()}


def expected(nat: str) -> dict[str, int]:
    pages = {f"usr/share/man/man1/nat-{c}.1": 0o644
             for c in COMMAND.findall(ask(nat, "help"))}
    return LISTED | pages


def differences(got: dict[str, int], wanted: dict[str, int]) -> Iterator[str]:
    for path in sorted(set(got) | set(wanted)):
        if path not in wanted:
            yield here(f"{path} is there and should not be")
        elif path not in got:
            yield here(f"{path} is not there")
        elif got[path] != wanted[path]:
            yield here(f"{path} has the mode {got[path]:o}")


def installed(root: Root) -> Iterator[str]:
    nat = str(root / "usr/bin/nat")
    yield from differences(found(root), expected(nat))
    if subprocess.run([nat, "check", "-c", root / CONF]).returncode:
        yield "contrib/nat.conf:1: nat check refuses it"


def kept(command: str, root: Root) -> Iterator[str]:
    """The user's config survives both another install and an uninstall."""
    ours = "# of the user\n"
    (root / CONF).write_text(ours)
    for target in "install", "uninstall":
        make(command, target, root)
        if not (root / CONF).exists() or (root / CONF).read_text() != ours:
            yield here(f"make {target} changes the user's {CONF}")
    yield from differences(found(root), {CONF: 0o644})


def reachable(root: Root, place: Root) -> list[str]:
    """Copies of the units that name the program below root."""
    paths = []
    for unit in sorted((root / "usr/lib/systemd/system").iterdir()):
        text = unit.read_text()
        at = place / unit.name
        at.write_text(text.replace("=/usr/bin/nat ", f"={root}/usr/bin/nat "))
        paths.append(str(at))
    return paths


def ask_systemd(root: Root, *argv: str) -> str:
    env = os.environ | {"MANPATH": str(root / "usr/share/man"), "LC_ALL": "C"}
    return subprocess.run(["systemd-analyze", *argv], env=env, text=True,
                          stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT).stdout


def unit(root: Root, path: str) -> Iterator[str]:
    """What systemd finds wrong with one unit, and how open it leaves it."""
    name = os.path.basename(path)
    man = "yes" if shutil.which("man") else "no"
    said = ask_systemd(root, "verify", f"--man={man}", path)
    for line in said.splitlines():
        if name.split(".")[0] in line:  # not of the machine's own units
            yield f"contrib/systemd/{name}:1: {line}"
    said = ask_systemd(root, "security", "--offline=true", path)
    score = SCORE.search(said)
    if not score or float(score[2]) > OPEN:
        yield (f"contrib/systemd/{name}:1: {score[0] if score else said}, "
               f"of {OPEN}")


def starts(path: str) -> Iterator[str]:
    """The command of the unit has options that nat knows."""
    with open(path, encoding="utf-8") as f:
        line = next(t for t in f if t.startswith("ExecStart="))
    words = line.partition("=")[2].replace("$OPTIONS", "--help").split()
    run = subprocess.run(words, stdout=subprocess.DEVNULL,
                         stderr=subprocess.PIPE, text=True)
    if run.returncode:
        yield (f"contrib/systemd/{os.path.basename(path)}:1: "
               f"{run.stderr.splitlines()[0]}")


def check(command: str) -> Iterator[str]:
    with tempfile.TemporaryDirectory() as place:
        root, copies = Root(place, "root"), Root(place, "units")
        copies.mkdir()
        make(command, "install", root)
        yield from installed(root)
        paths = reachable(root, copies)
        for path in paths:
            yield from starts(path)
        if shutil.which("systemd-analyze"):
            for path in paths:
                yield from unit(root, path)
        else:
            print("lint: no systemd-analyze, units not verified")
        yield from kept(command, root)


if __name__ == "__main__":
    finish(check(sys.argv[1]))
