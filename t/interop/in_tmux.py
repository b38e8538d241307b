#!/usr/bin/env python3
"""A person at a terminal: `nat shell` under tmux, with programs that draw on the
screen, and what is left when the session ends in its ways.

usage: in_tmux.py NAT SERVER SECRET TARGET PART...    PART: a function below
Runs in a directory of its own, which is where the shell is started, too.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

PATIENCE = 60.0
TEXT = "naïve café: 汉字 日本語 ß €\n"


class Terminal:
    """One window of a tmux of our own."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.opened = 0  # a server that ends is still there for a moment

    def tmux(self) -> list[str]:
        socket = str(self.home / f"tmux{self.opened}")
        return ["tmux", "-u", "-S", socket, "-f", "/dev/null"]

    def do(self, *words: str) -> str:
        return subprocess.run(
            [*self.tmux(), *words], check=True, capture_output=True, text=True
        ).stdout

    def open(self, command: str, size: tuple[int, int] = (80, 24)) -> None:
        columns, rows = map(str, size)
        # The window stays when the command ends, and says how it has.
        script = f'{command}; echo "status=$?"; stty -a; exec sleep 1000'
        self.opened += 1
        self.do("new-session", "-d", "-x", columns, "-y", rows, script)

    def close(self) -> None:
        subprocess.run(
            [*self.tmux(), "kill-server"], check=False, capture_output=True
        )

    def type(self, text: str) -> None:
        self.do("send-keys", "-l", text)

    def press(self, *keys: str) -> None:
        self.do("send-keys", *keys)

    def shows(self) -> str:
        return self.do("capture-pane", "-p", "-J")

    def await_text(self, *texts: str) -> None:
        until = time.monotonic() + PATIENCE
        while not all(text in self.shows() for text in texts):
            if time.monotonic() > until:
                sys.exit(f"no {texts} in:\n{self.shows()}")
            time.sleep(0.1)

    def line(self, text: str) -> None:
        self.type(text)
        self.press("Enter")


class Box:
    """What is asked, and of whom."""

    def __init__(self, nat: str, server: str, secret: str, target: str) -> None:
        self.command = (
            f"{nat} shell --natpass {server} --secret {secret} "
            f"--env PS1=ready: {target}"
        )
        self.home = Path.cwd()
        self.terminal = Terminal(self.home)

    def enter(self) -> Terminal:
        t = self.terminal
        t.open(f"{self.command} /bin/sh")
        t.await_text("ready:")
        t.line(f"cd {self.home}; clear; echo e''ntered")
        t.await_text("entered")  # what is typed before is cleared too
        return t

    def leave(self, code: int) -> None:
        t = self.terminal
        t.line(f"exit {code}")
        # Raw mode is over.
        t.await_text(f"status={code}", " icanon", " echo ")
        t.close()


def running(mark: str) -> list[int]:
    """Processes whose command line has that word; none that is a zombie does."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            words = (entry / "cmdline").read_bytes().split(b"\0")
        except OSError:
            continue
        if mark.encode() in words:
            found.append(int(entry.name))
    return found


def await_gone(mark: str) -> None:
    until = time.monotonic() + PATIENCE
    while running(mark):
        if time.monotonic() > until:
            sys.exit(f"still there: {running(mark)}")
        time.sleep(0.1)


# ---- the parts ----


def text(box: Box) -> None:
    """A file in UTF-8, whole, and typed accents."""
    (box.home / "text").write_text(TEXT)
    t = box.enter()
    t.line("cat text; stty size")
    t.await_text(TEXT.strip(), "24 80")
    t.line("echo 'é漢' > typed; clear; cat typed")
    t.await_text("é漢\nready:")
    box.leave(42)
    if (box.home / "typed").read_text() != "é漢\n":
        sys.exit("what was typed is not what was heard")


def vim(box: Box) -> None:
    t = box.enter()
    t.line("vim -u NONE -N -i NONE --cmd 'set encoding=utf-8' edited")
    t.await_text("~", '"edited"')
    t.type("ifirst line, fünf")
    t.press("Enter")
    t.type("第二")
    t.press("Escape")
    t.await_text("first line, fünf\n第二")
    t.line(":wq")
    t.await_text("ready:")
    box.leave(0)
    if (box.home / "edited").read_text() != "first line, fünf\n第二\n":
        sys.exit("vim has not saved what was typed")


def top(box: Box) -> None:
    t = box.enter()
    t.line("top")
    t.await_text("load average", "PID USER")
    t.press("q")
    t.await_text("ready:")  # top forgets what is typed until it has gone
    t.line("echo d''one")
    t.await_text("done")
    box.leave(3)


def interrupt(box: Box) -> None:
    t = box.enter()
    t.line("sleep 100071")
    t.await_text("sleep 100071")
    while not running("100071"):
        time.sleep(0.05)
    t.press("C-c")
    t.line("echo was=$?")
    t.await_text("was=130")
    await_gone("100071")
    box.leave(0)


def flood(box: Box, lines: int = 100_000) -> None:
    """8 MB through the terminal while its size changes."""
    (box.home / "large").write_text(("x" * 78 + "\n") * lines)
    t = box.enter()
    t.line("cat large; echo e''nd=$?; stty size")
    sizes = [(100, 30), (60, 20), (132, 50), (80, 24)]
    until = time.monotonic() + 2 * PATIENCE
    turn = 0
    while "end=0" not in t.shows() and time.monotonic() < until:
        columns, rows = sizes[turn % len(sizes)]
        t.do("resize-window", "-x", str(columns), "-y", str(rows))
        turn += 1
        time.sleep(0.05)
    t.do("resize-window", "-x", "90", "-y", "33")
    time.sleep(0.5)
    t.line("clear; stty size")
    t.await_text("33 90")
    print(f"sizes={turn}", flush=True)
    box.leave(0)


def deluge(box: Box) -> None:
    """100 MB and more."""
    flood(box, 1_300_000)


def escape(box: Box) -> None:
    t = box.enter()
    t.line("trap '' HUP INT; sleep 100072")
    while not running("100072"):
        time.sleep(0.05)
    t.press("Enter")
    t.type("~.")
    t.await_text("left", "status=255", " icanon")
    await_gone("100072")
    t.close()


def killed(box: Box) -> None:
    """Nothing is left of the session when this side is killed."""
    t = box.enter()
    t.line("trap '' HUP; sleep 100073")
    while not running("100073"):
        time.sleep(0.05)
    for pid in running("PS1=ready:"):
        os.kill(pid, signal.SIGKILL)
    await_gone("100073")
    t.close()


def bereft(box: Box) -> None:
    """Nor when the other one is, by whoever reads our output."""
    t = box.enter()
    t.line("trap '' HUP; sleep 100074")
    while not running("100074"):
        time.sleep(0.05)
    print("bereft: kill it now", flush=True)
    t.await_text("status=255", " icanon")
    await_gone("100074")
    t.close()


PARTS: list[Callable[[Box], None]] = [
    text,
    vim,
    top,
    interrupt,
    flood,
    deluge,
    escape,
    killed,
    bereft,
]


def main() -> None:
    nat, server, secret, target, *wanted = sys.argv[1:]
    os.environ["LANG"] = "C.UTF-8"
    box = Box(nat, server, secret, target)
    try:
        for part in PARTS:
            if part.__name__ in wanted:
                part(box)
                print(f"good: {part.__name__}", flush=True)
    finally:
        box.terminal.close()


if __name__ == "__main__":
    main()
