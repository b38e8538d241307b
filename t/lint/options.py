"""options - every option of every command occurs in a scenario.

usage: options.py NAT    Asks the binary: `NAT help` for the commands, `NAT help
COMMAND` for the rows. An option counts as used when t/scn or t/interop has its
long form, or its line of a config file.
"""
import re
import subprocess
import sys

from source import files, finish, read

COMMAND = re.compile(r"^ +([a-z]+) {2,}\S", re.M)
ROW = re.compile(r"^ +(?:-\w,? )? *--([a-z0-9-]+)", re.M)


def ask(nat, *args):
    return subprocess.run([nat, *args], check=True, text=True,
                          stdout=subprocess.PIPE).stdout


def check(root, nat):
    used = "\n".join(read(root, p) for p in files(
        root, ".scn", ".py", ".sh", under=("t/scn", "t/interop")))
    commands = COMMAND.findall(ask(nat, "help"))
    if not commands:
        yield f"{nat}:1: help names no command"
    for command in commands:
        for name in ROW.findall(ask(nat, "help", command)):
            line = r"(option|list) +" + name.replace("-", "_")
            if not re.search(rf"--{name}\b(?!-)|\b{line}\b", used):
                yield f"src/cmd/{command}.c:1: no scenario uses {command} --{name}"


if __name__ == "__main__":
    finish(check(".", sys.argv[1]))
