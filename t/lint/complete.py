"""complete - bash, zsh and fish are asked what they would offer for some lines.

usage: complete.py NAT    Takes the scripts that NAT writes. A shell that is not
there is passed over, with a word about it.
"""
from __future__ import annotations

import os
import pathlib
import pty
import shlex
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator

from options import COMMAND, ROW, ask
from source import finish

FILES = ("here.conf", "here.log", "down/deep")  # where the shells run
WAIT = 20  # seconds that zsh may take for a line

# A line up to the cursor, and what must be offered: exactly.
LINES: list[tuple[str, list[str]]] = [
    ("nat rel", ["relay"]),
    ("nat relay --max-c", ["--max-clients"]),
    ("nat relay --open --listen : --tok", ["--token", "--token-file"]),
    ("nat relay --config here.", ["here.conf", "here.log"]),
    ("nat relay -c here.c", ["here.conf"]),
    ("nat relay --log=here.l", ["here.log"]),
    ("nat relay --log=", ["down", "here.conf", "here.log"]),
    ("nat run --state-dir do", ["down"]),
    ("nat relay --max-clients ", []),
    ("nat client --token ", []),
    ("nat keygen --listen", []),
    ("nat help --complete ", ["bash", "fish", "zsh"]),
    ("nat help --man ke", ["keygen"]),
    ("nat help c", ["check", "client"]),
]

BASH = r"""
. "$1"; COMP_WORDBREAKS=$' \t\n"\'><=;|&(:'
while IFS= read -r line; do
	COMP_LINE=$line words=${line//=/ = }
	read -ra COMP_WORDS <<<"$words"
	[[ $line != *' ' ]] || COMP_WORDS+=('')
	COMP_CWORD=$((${#COMP_WORDS[@]} - 1)) COMPREPLY=()
	_nat
	echo "${COMPREPLY[*]}"
done
"""
FISH = r"""
source $argv[1]
while read -l line
	echo (complete -C "$line" | string replace -r '\t.*' '')
end
"""
# zsh completes only at a terminal; what it adds goes to a file as well. It asks
# before it lists as many as client has.
ZSH = r"""
PS1=; LISTMAX=9999; fpath=({dir} $fpath); autoload -Uz compinit; compinit -D -u
_told() {{
	local -a all
	compadd() {{
		local -a hits
		if [[ " ${{@[1,(i)-(-|)]}} " != *' '-(O|A|D)' '* ]]; then
			builtin compadd -O hits "$@"; all+=($hits)
		fi
		builtin compadd "$@"
	}}
	_main_complete
	unfunction compadd
	print -r -- $all >{out}.new; mv {out}.new {out}
}}
zle -C told complete-word _told; bindkey '^I' told
: >{out}
"""


def plain(said: str) -> list[str]:
    """What was offered, as each shell would have it: no --log= nor down/."""
    words = {w.split("=")[-1].rstrip("/") for w in said.split()}
    return sorted(words)


def by_filter(argv: list[str], lines: list[str], home: str) -> list[list[str]]:
    said = subprocess.run(argv, cwd=home, text=True, check=True,
                          input="".join(line + "\n" for line in lines),
                          stdout=subprocess.PIPE)
    return [plain(text) for text in said.stdout.split("\n")[:-1]]


def bash(script: pathlib.Path, lines: list[str], home: str) -> list[list[str]]:
    return by_filter(["bash", "--norc", "-c", BASH, "bash", str(script)],
                     lines, home)


def fish(script: pathlib.Path, lines: list[str], home: str) -> list[list[str]]:
    return by_filter(["fish", "--no-config", "-c", FISH, str(script)],
                     lines, home)


class Zsh:
    """An interactive zsh at a terminal of its own."""

    def __init__(self, home: str, functions: pathlib.Path) -> None:
        self.out = functions / "out"
        rc = functions / "rc"
        rc.write_text(ZSH.format(dir=shlex.quote(str(functions)),
                                 out=shlex.quote(str(self.out))))
        pid, self.fd = pty.fork()
        if pid == 0:
            os.chdir(home)
            os.execvp("zsh", ["zsh", "-f", "-i"])
        self.pid = pid
        os.set_blocking(self.fd, False)
        self.ask(f". {shlex.quote(str(rc))}\n")

    def ask(self, typed: str) -> str:
        """Types; what comes into the file."""
        self.out.unlink(missing_ok=True)
        os.write(self.fd, typed.encode())
        end = time.monotonic() + WAIT
        while not self.out.exists() and time.monotonic() < end:
            time.sleep(0.01)
            try:
                os.read(self.fd, 65536)
            except OSError:
                continue
        return self.out.read_text()

    def close(self) -> None:
        os.close(self.fd)
        os.waitpid(self.pid, 0)


def zsh(script: pathlib.Path, lines: list[str], home: str) -> list[list[str]]:
    shell = Zsh(home, script.parent)
    try:
        return [plain(shell.ask(f"\x15{line}\t")) for line in lines]
    finally:
        shell.close()


ENGINES = {"bash": bash, "fish": fish, "zsh": zsh}


def cases(nat: str) -> list[tuple[str, list[str]]]:
    """LINES, and that each command has just the options that its help has."""
    table = list(LINES)
    commands = COMMAND.findall(ask(nat, "help"))
    table.append(("nat ", sorted(commands)))
    for name in commands:
        rows = ROW.findall(ask(nat, "help", name))
        table.append((f"nat {name} --", sorted(f"--{r}" for r in rows)))
    return table


def wrong(nat: str, shell: str, place: str) -> Iterator[str]:
    home, functions = pathlib.Path(place, "home"), pathlib.Path(place, shell)
    script = functions / "_nat"
    functions.mkdir()
    script.write_text(ask(nat, "help", "--complete", shell))
    table = cases(nat)
    said = ENGINES[shell](script, [line for line, _ in table], str(home))
    if len(said) != len(table):
        yield f"src/cmd/complete.c:1: {shell} ends at a line: {said[-1:]}"
    for (line, wanted), got in zip(table, said):
        if got != wanted:
            yield (f"src/cmd/complete.c:1: {shell} offers for '{line}' "
                   f"{got}, not {wanted}")


def check(nat: str) -> Iterator[str]:
    with tempfile.TemporaryDirectory() as place:
        os.environ["HOME"] = place
        for name in FILES:
            at = pathlib.Path(place, "home", name)
            at.parent.mkdir(parents=True, exist_ok=True)
            at.touch()
        for shell in ENGINES:
            if shutil.which(shell):
                yield from wrong(nat, shell, place)
            else:
                print(f"lint: no {shell}, its completion not tried")


if __name__ == "__main__":
    finish(check(sys.argv[1]))
