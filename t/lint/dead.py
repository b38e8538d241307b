"""dead - functions of ours that the linker left out: nobody reaches them.

usage: dead.py FILE    FILE is what ld -gc-sections --print-gc-sections said of
the release. What one that stays calls in its own file has been inlined there. Verbs
that a header defines in place are not counted, and t/lint/early names files that
wait for their users.
"""
import re
import sys

from source import Source, files, finish, read

# GNU ld: removing unused section '.text.f' in file 'build/x/src/a.o'
# lld:    removing unused section build/x/src/a.o:(.text.f)
GONE = (re.compile(r"section '\.text\.(\w+)' in file '[^']*?/(src/[^']*)\.o'"),
        re.compile(r"section \S*?/(src/\S*)\.o:\(\.text\.(\w+)\)"))


def early(root):
    """Files that may wait."""
    lines = read(root, "t/lint/early").splitlines()
    return {line.split()[0] for line in lines if not line.startswith("#")}


def inlined(src, gone):
    """Functions that others of the file call, who are not gone."""
    return {t.text for f in src.functions if f.name not in gone
            for t, after in zip(f.body, f.body[1:]) if after.text == "("}


def check(root, said):
    waiting = early(root)
    inline = {f.name for h in files(root, ".h", under=("src",))
              for f in Source(h, read(root, h)).functions}
    gone = [(path, name) for name, path in GONE[0].findall(said)]
    gone += GONE[1].findall(said)
    for path, name in sorted(set(gone)):
        if {name, f"{path}.c", f"{path}.c:{name}"} & (inline | waiting):
            continue
        src = Source(path + ".c", read(root, path + ".c"))
        at = next((f.line for f in src.functions if f.name == name), 1)
        if name not in inlined(src, {n for p, n in gone if p == path}):
            yield f"{path}.c:{at}: {name}: the product never calls it"


if __name__ == "__main__":
    with open(sys.argv[1], encoding="utf-8") as f:
        finish(check(".", f.read()))
