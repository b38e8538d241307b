"""includes - directions of #include by the table t/lint/layers.

usage: includes.py [ROOT]    Also: x.c includes its own x.h first, paths are
written from src/, and only os/ includes headers of the system at will.
"""
import os
import sys

from source import Source, files, finish, read


def layers(root):
    table = {}
    for text in read(root, "t/lint/layers").split("\n"):
        if text and text[0] != "#":
            layer, _, may = text.partition(":")
            table[layer] = set(may.split())
    return table


def part(path):
    """What may see itself whole: a layer, or one app."""
    parts = path.split("/")
    return tuple(parts[:2] if parts[0] == "app" else parts[:1])


def wrong(table, root, path, what):
    """What is wrong with an include of path (from src/), or None."""
    layer = part(path)[0]
    if layer not in table:
        return f"{layer}/ is no layer of t/lint/layers"
    if what[0] == "<":
        may = table["system"] | table.get(f"system {layer}", set())
        if layer != "os" and what[1:-1] not in may:
            return f"{layer} must not include {what}"
        return None
    to = what.strip('"')
    if not os.path.exists(os.path.join(root, "src", to)):
        return f"{what}: no such file below src/"
    if part(to) == part(path) and path != "main.c":
        return None
    if part(to)[0] == layer or part(to)[0] not in table[layer]:
        return f"{'/'.join(part(path))} must not include {what}"
    return None


def check(root):
    table = layers(root)
    for path in files(root, ".c", ".h", under=("src",)):
        src = Source(path, read(root, path))
        below = path.removeprefix("src/")
        whats = [(n, rest.split("/*")[0].strip())
                 for n, word, rest in src.directives if word == "include"]
        for n, what in whats:
            text = wrong(table, root, below, what)
            if text:
                yield f"{path}:{n}: {text}"
        own = below[:-1] + "h"
        if whats and whats[0][1] == '"os/native.h"':
            whats.pop(0)
        if below != own and os.path.exists(os.path.join(root, "src", own)) \
                and (not whats or whats[0][1] != f'"{own}"'):
            yield f"{path}:1: its own header must be its first include"


if __name__ == "__main__":
    finish(check(sys.argv[1] if len(sys.argv) > 1 else "."))
