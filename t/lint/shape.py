"""shape - the hard limits of the code's shape: functions, files, structs.

usage: shape.py [ROOT]    Exceptions stand in t/lint/allow, one a line:
    RULE PATH[:NAME] reason
A line there that excepts nothing is a complaint too: the list only shrinks.
"""
import collections
import re
import sys

from source import Source, files, finish, match, nesting, read, split
from source import without_attributes

LIMITS = {
    "body": (70, "lines in a function body"),
    "nesting": (3, "levels of nesting"),
    "params": (5, "parameters"),
    "cases": (12, "case labels, and not each is one line"),
    "file.c": (600, "lines in a file"),
    "file.h": (200, "lines in a header"),
    "fields": (24, "fields in a struct"),
    "vtable": (8, "functions in a vtable"),
    "columns": (96, "columns"),
}
LONG_BODY, LONG_SHARE = 60, 15      # % of function lines in longer functions
TWIN, TWIN_SHARE = 6, 1             # % of lines in repeated runs of so many
VAGUE = re.compile(r"(^|_)(utils?|helpers?|common|misc)(_|$)")
FLOAT = re.compile(r"float|double|_Complex|[0-9]*\.[0-9].*|[0-9]+\.[0-9.]*|"
                   r"[0-9.]+[eE][-+]?[0-9]+.*|0[xX].*[.pP].*")
TEXT = re.compile(r'"(?:\\.|[^"\\])*"|/\*.*?\*/', re.S)   # in a directive

Finding = collections.namedtuple("Finding", "line rule name text")


def over(line, rule, name, n):
    most, what = LIMITS[rule]
    if n > most:
        yield Finding(line, rule, name, f"{name}: {n} {what}, at most {most}")


def functions(src):
    for f in src.functions:
        yield from over(f.line, "body", f.name, f.lines)
        yield from over(f.line, "params", f.name, f.params)
        levels, line = nesting(f.body)
        yield from over(line, "nesting", f.name, levels)
        yield from cases(f)
        if VAGUE.search(f.name):
            yield Finding(f.line, "name", f.name, f"{f.name}: says nothing")
        for decl in statics(f.body):
            yield from mutable(decl)


def cases(f):
    """Twelve labels, or any number whose bodies are one line each."""
    labels = [i for i, t in enumerate(f.body) if t.text in ("case", "default")]
    for at, end in zip(labels, labels[1:]):
        colon = next(i for i in range(at, end) if f.body[i].text == ":")
        if len({t.line for t in f.body[colon + 1:end]}) > 1:
            yield from over(f.line, "cases", f.name, len(labels))
            return


def statics(body):
    """Declarations with static storage inside a function."""
    for at, t in enumerate(body):
        if t.text == "static":
            end = at
            while body[end].text != ";":
                end = match(body, end) + 1 if body[end].text == "{" else end + 1
            yield body[at:end]


def structs(src):
    t = src.tokens
    for at in range(len(t) - 2):
        if t[at].text not in ("struct", "union"):
            continue
        named = t[at + 1].kind == "id"
        brace = at + 1 + named
        if t[brace].text != "{":
            continue
        name = t[at + 1].text if named else f"unnamed {t[at].text}"
        inner = t[brace + 1:match(t, brace)]
        yield from over(t[at].line, "fields", name, fields(inner))
        if name.endswith("_ops"):
            calls = sum(1 for a, b in zip(inner, inner[1:])
                        if (a.text, b.text) == ("(", "*"))
            yield from over(t[at].line, "vtable", name, calls)


def fields(inner):
    count = 0
    for decl in split(without_attributes(inner), ";"):
        brace = next((i for i, t in enumerate(decl) if t.text == "{"), None)
        if brace and any(t.text in ("struct", "union") for t in decl[:brace]):
            count += fields(decl[brace + 1:match(decl, brace)])
        else:
            count += len(split(decl, ","))
    return count


def mutable(decl):
    """Objects that live as long as the program and can change: looks at the
    first declarator, cut before its array bounds and initialiser."""
    decl = split(without_groups(without_attributes(decl)), ",")
    part = split(decl[0], "=")[0] if decl else []
    texts = [t.text for t in part]
    if texts[:1] in (["typedef"], ["_Static_assert"]):
        return
    if "(" in texts:
        paren = texts.index("(")
        if texts[paren + 1] != "*":
            return                          # a prototype
        texts = texts[paren + 1:texts.index(")")]
    elif len(texts) < 2 or texts[-2] in ("struct", "union", "enum"):
        return                              # a type and nothing else
    pointee = len(texts) - texts[::-1].index("*") if "*" in texts else 0
    if "const" not in texts[pointee:]:
        yield Finding(part[0].line, "mutable", texts[-1],
                      f"{texts[-1]}: a variable that outlives its function")


def without_groups(tokens):
    out, at = [], 0
    while at < len(tokens):
        if tokens[at].text in ("{", "["):
            at = match(tokens, at)
        else:
            out.append(tokens[at])
        at += 1
    return out


def declarations(src):
    for decl in src.declarations:
        if decl and decl[0].text == "typedef" and "struct" in {
                t.text for t in decl}:
            yield Finding(decl[0].line, "typedef", decl[-1].text,
                          f"{decl[-1].text}: a typedef of a struct")
        yield from mutable(decl)


def conditionals(src):
    """#if outside os/; the guard of a header is no #if."""
    if src.path.startswith("src/os/"):
        return
    guarded = len(src.directives) > 1 and src.directives[0][1] == "ifndef" \
        and src.directives[1][1:] == ("define", src.directives[0][2])
    for line, word, rest in src.directives[1 if guarded else 0:]:
        if word in ("if", "ifdef", "ifndef", "elif", "else"):
            yield Finding(line, "if", rest, f"#{word} outside src/os")


def lines(src):
    name = src.path.rsplit("/", 1)[-1]
    count = src.text.count("\n")
    yield from over(count, "file" + name[-2:], name, count)
    if VAGUE.search(name.rsplit(".", 1)[0]):
        yield Finding(1, "name", name, f"{name}: says nothing")
    for n, text in enumerate(src.text.split("\n"), 1):
        yield from over(n, "columns", name, len(text.expandtabs(8)))


def floats(src):
    words = [(t.line, t.text) for t in src.tokens if t.kind in ("id", "num")]
    for line, word, rest in src.directives:
        if word == "define":
            words += [(line, w) for w in re.findall(
                r"[\w.]+", TEXT.sub("", rest))]
    for line, word in words:
        if FLOAT.fullmatch(word):
            yield Finding(line, "float", word, f"{word}: floating point")


def summary(sources):
    n = sorted(f.lines for s in sources for f in s.functions) or [0]
    return (f"lint: {len(n)} functions, median {n[len(n) // 2]} lines, p90 "
            f"{n[len(n) * 9 // 10]}, longest {n[-1]}")


CHECKS = (functions, structs, declarations, conditionals, lines, floats)


def tail(sources):
    """The share of lines that live in long functions."""
    all_lines = [f.lines for s in sources for f in s.functions]
    long = [n for n in all_lines if n > LONG_BODY]
    if sum(long) * 100 > sum(all_lines) * LONG_SHARE:
        yield (f"src:1: {sum(long)} of {sum(all_lines)} function lines are in "
               f"functions over {LONG_BODY} lines, more than {LONG_SHARE} %")


def twins(sources):
    """Runs of the same six lines of code."""
    seen, twice, total = {}, {}, 0
    for src in sources:
        code = collections.OrderedDict()
        for t in src.tokens:
            code[t.line] = code.get(t.line, "") + t.text + " "
        numbers, texts = list(code), list(code.values())
        total += len(texts)
        for i in range(len(texts) - TWIN + 1):
            first = seen.setdefault(tuple(texts[i:i + TWIN]),
                                    (src.path, numbers[i]))
            if first != (src.path, numbers[i]):
                for n in numbers[i:i + TWIN]:
                    twice.setdefault((src.path, n), first)
    if len(twice) * 100 > total * TWIN_SHARE:
        yield (f"src:1: {len(twice)} of {total} lines stand in repeated runs "
               f"of {TWIN}, more than {TWIN_SHARE} %")
        for (path, n), first in twice.items():
            if (path, n - 1) not in twice:
                yield f"{path}:{n}: the same as {first[0]}:{first[1]}"


def allowed(root):
    """{(rule, path[:name]): line} of the list of exceptions."""
    out = {}
    for n, text in enumerate(read(root, "t/lint/allow").split("\n"), 1):
        words = text.split(None, 2)
        if len(words) == 3 and text[0] != "#":
            out[words[0], words[1]] = n
        elif text and text[0] != "#":
            yield f"t/lint/allow:{n}: not RULE PATH[:NAME] reason"
    return out


def load(root):
    return [Source(p, read(root, p))
            for p in files(root, ".c", ".h", under=("src",))]


def check(root, sources=None):
    sources = sources or load(root)
    allow = yield from allowed(root)
    used = set()
    for src in sources:
        for of in CHECKS:
            for f in of(src):
                keys = {(f.rule, src.path), (f.rule, f"{src.path}:{f.name}")}
                used |= keys & allow.keys()
                if not keys & allow.keys():
                    yield f"{src.path}:{f.line}: {f.text}"
    for key in allow.keys() - used:
        yield f"t/lint/allow:{allow[key]}: excepts nothing: {' '.join(key)}"
    yield from tail(sources)
    yield from twins(sources)


if __name__ == "__main__":
    tree = sys.argv[1] if len(sys.argv) > 1 else "."
    ours = load(tree)
    print(summary(ours))
    finish(check(tree, ours))
