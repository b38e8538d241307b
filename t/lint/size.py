"""size - bytes of the release binary by layer and module, and the budgets.

usage: size.py KIB MAP PROGRAM...    MAP is the linker's map of the first
program. Fails when nat-static is larger than KIB, its budget (design.md 8), or
what TLS stands on is larger than its own.
"""
import collections
import os
import re
import sys

BUDGETED = "nat-static"
TLS = re.compile(r"crypt/|wire/(tls|x509\w*)$|net/(creds\w*|seal\w*|secure|records)$")
TLS_KIB = 160
PART = re.compile(r"^ \.[\w.$-]+\s+0x[0-9a-f]+\s+0x([0-9a-f]+) (\S+)$", re.M)


def module(path):
    """src/app/relay/x.o is of app/relay, src/base/fmt.o of base/fmt."""
    at = path.find("/src/")
    if at < 0:
        return ("libc and start", "")
    parts = path[at + 5:].removesuffix(".o").split("/")
    return (parts[0], parts[1] if len(parts) > 1 else "")


def count(text):
    sizes = collections.Counter()
    kept = text.split("Linker script and memory map", 1)[1]
    loaded = re.split(r"^\.(?:comment|debug\w*|symtab) ", kept, flags=re.M)[0]
    for n, path in PART.findall(loaded):
        sizes[module(path)] += int(n, 16)
    return +sizes


def ledger(sizes, what, chosen, kib):
    """A line for modules together; true: they are over their budget."""
    n = sum(n for (at, m), n in sizes.items() if chosen.match(f"{at}/{m}"))
    over = n > kib * 1024
    print(f"{n:8}  {what}, of {kib * 1024}" + (": OVER BUDGET" if over else ""))
    return over


def main(kib, map_path, *programs):
    with open(map_path, encoding="utf-8") as f:
        sizes = count(f.read())
    for layer in sorted({k[0] for k in sizes}):
        rows = {m: n for (at, m), n in sizes.items() if at == layer}
        print(f"{sum(rows.values()):8}  {layer}")
        for name in sorted(rows):
            if name:
                print(f"{rows[name]:8}      {name}")
    over = ledger(sizes, "crypt, TLS and X.509", TLS, TLS_KIB)
    for path in programs:
        n = os.path.getsize(path)
        most = os.path.basename(path) == BUDGETED and int(kib) * 1024
        over |= bool(most and n > most)
        print(f"{n:8}  ./{path}" + (f", of {most}" if most else "")
              + (": OVER BUDGET" if most and n > most else ""))
    return over


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
