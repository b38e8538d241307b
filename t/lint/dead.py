"""dead - functions of ours that the linker left out: nobody reaches them.

usage: dead.py FILE    FILE is what ld -gc-sections --print-gc-sections said
of objects built with -ffunction-sections and -O0, which inlines nothing.
Verbs that a header defines in place are not counted.
"""
import re
import sys

from source import Source, files, finish, read

# GNU ld: removing unused section '.text.f' in file 'build/x/src/a.o'
# lld:    removing unused section build/x/src/a.o:(.text.f)
GONE = (re.compile(r"section '\.text\.(\w+)' in file '[^']*?/(src/[^']*)\.o'"),
        re.compile(r"section \S*?/(src/\S*)\.o:\(\.text\.(\w+)\)"))


def check(root, said):
    inline = {f.name for h in files(root, ".h", under=("src",))
              for f in Source(h, read(root, h)).functions}
    gone = [(path, name) for name, path in GONE[0].findall(said)]
    gone += GONE[1].findall(said)
    for path, name in sorted(set(gone)):
        if name not in inline:
            at = next((f.line for f in Source(path + ".c", read(
                root, path + ".c")).functions if f.name == name), 1)
            yield f"{path}.c:{at}: {name}: the product never calls it"


if __name__ == "__main__":
    with open(sys.argv[1], encoding="utf-8") as f:
        finish(check(".", f.read()))
