"""symbols - what release objects name but do not define, by t/lint/symbols.

usage: symbols.py DIR...    where DIR/src/<layer>/**.o are objects; NM in the
environment is the nm to ask. The linker's view: nothing can hide from it.
"""
import fnmatch
import os
import subprocess
import sys

from includes import layers
from source import finish, read


def rules(root):
    """{"only base": [patterns], "never": [...], ...}"""
    table = {}
    for text in read(root, "t/lint/symbols").split("\n"):
        if text and text[0] != "#":
            what, _, names = text.partition(":")
            table.setdefault(what, []).extend(names.split())
    return table


def matches(name, patterns):
    return any(fnmatch.fnmatchcase(name, p) for p in patterns)


def symbols(objects):
    """{object: (names it lacks, names it defines)}"""
    nm = os.environ.get("NM", "nm")
    said = subprocess.run([nm, "-A", "-P", "-g", *objects], check=True,
                          stdout=subprocess.PIPE, text=True).stdout
    table = {o: (set(), set()) for o in objects}
    for line in said.splitlines():          # build/x.o: name T 0 1f
        at, _, rest = line.partition(": ")
        name, kind = rest.split()[:2]
        table[at][kind not in "Uwv"].add(name)
    return table


def complain(layer, undefined, known, rule):
    """The names that a layer's object must not have."""
    for name in sorted(undefined - known):
        only = rule.get(f"only {layer}")
        if matches(name, rule["never"]) or (
                only and not matches(name, only + rule["compiler"])):
            yield name


def check(root, top):
    objects = [os.path.join(at, n)
               for at, _, names in os.walk(os.path.join(top, "src"))
               for n in sorted(names) if n.endswith(".o")]
    if not objects:
        yield f"{top}:1: no objects"
        return
    table, rule, may = symbols(objects), rules(root), layers(root)
    own = {o: os.path.relpath(o, top).split(os.sep)[1] for o in objects}
    for o in objects:
        see = may.get(own[o], set()) | {own[o]}
        known = set().union(*(table[p][1] for p in objects if own[p] in see))
        for name in complain(own[o], table[o][0], known, rule):
            source = os.path.relpath(o, top)[:-1] + "c"
            yield f"{source}:1: must not use {name} (in {top})"


if __name__ == "__main__":
    finish(c for top in sys.argv[1:] for c in check(".", top))
