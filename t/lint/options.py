"""options - every option of every command and section is used by a scenario, stands in
the docs, and is known to nat check.

usage: options.py NAT    Asks the binary: `NAT help` for the commands, `NAT help
COMMAND` for the rows, `NAT help --man nat.conf` for the sections. An option counts as
used when t/scn or t/interop has its long form, or its line of a config file; as told
of when README.md or docs (without docs/man, which is generated) has either.
"""
import os
import re
import subprocess
import sys
import tempfile

from source import files, finish, read

COMMAND = re.compile(r"^ +([a-z]+) {2,}\S", re.M)
ROW = re.compile(r"^ +(?:-\w,? )? *--([a-z0-9-]+)", re.M)
SECTION = re.compile(r"^\.Ss config (\w+)\n(.*?)(?=^\.S[sh] )", re.M | re.S)
ITEM = re.compile(r"^\.It Cm (\w+)", re.M)
EVERYWHERE = {"help", "config"}  # --help, -c FILE


def ask(nat, *args):
    return subprocess.run([nat, *args], check=True, text=True,
                          stdout=subprocess.PIPE).stdout


def text_of(root, *suffixes, under):
    return "\n".join(read(root, p) for p in files(root, *suffixes, under=under)
                     if not p.startswith("docs/man/"))


def is_used(name, text):
    line = r"(option|list) +" + name.replace("-", "_")
    return re.search(rf"--{name}\b(?!-)|\b{line}\b", text)


def is_told(name, text):
    plain = name.replace("-", "_")
    return re.search(rf"--{name}\b(?!-)|\b(option|list) +{plain}\b|`{plain}\b"
                     rf"|\| {plain} \||\| {plain}, |, {plain} \|", text)


def unknown(nat, section, names):
    """Those that nat check has never heard of."""
    with tempfile.TemporaryDirectory() as home:
        conf = os.path.join(home, "conf")
        with open(conf, "w", encoding="utf-8") as f:
            f.write(f"config {section} 'x'\n")
            f.writelines(f"\toption {name} 'x'\n" for name in names)
        said = subprocess.run([nat, "check", "-c", conf], text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    return re.findall(r"(\w+): no such option", said.stdout)


def check_commands(nat, used, told):
    commands = COMMAND.findall(ask(nat, "help"))
    if not commands:
        yield f"{nat}:1: help names no command"
    for command in commands:
        for name in ROW.findall(ask(nat, "help", command)):
            if not is_used(name, used):
                yield f"src/cmd/{command}.c:1: no scenario uses {command} --{name}"
            if name not in EVERYWHERE and not is_told(name, told):
                yield f"src/cmd/{command}.c:1: no page of docs tells of --{name}"


def check_sections(nat, used, told):
    sections = SECTION.findall(ask(nat, "help", "--man", "nat.conf"))
    if not sections:
        yield f"{nat}:1: the page of nat.conf names no section"
    for section, text in sections:
        names = ITEM.findall(text)
        for name in names:
            dashed = name.replace("_", "-")
            if not is_used(dashed, used):
                yield f"src/cmd/conf.c:1: no scenario uses {section} {name}"
            if not is_told(dashed, told):
                yield f"src/cmd/conf.c:1: no page of docs tells of {name}"
        for name in unknown(nat, section, names):
            yield f"src/cmd/conf.c:1: nat check does not know {section} {name}"


def check(root, nat):
    used = text_of(root, ".scn", ".py", ".sh", under=("t/scn", "t/interop"))
    told = text_of(root, ".md", under=("docs",)) + read(root, "README.md")
    yield from check_commands(nat, used, told)
    yield from check_sections(nat, used, told)


if __name__ == "__main__":
    finish(check(".", sys.argv[1]))
