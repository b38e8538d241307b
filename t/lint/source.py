"""source - what the checks share: which files are ours, and C as tokens.

The reader knows strings, comments, line splices and directives; it expands no
macro. Functions, declarations and nesting are found from brackets and
keywords, which is exact for code that clang-format has laid out.
"""
import os
import re
import sys

OUTPUTS = {"build", "nat", "nat-static"}        # at the top of the tree
SKIPPED = {".git", "__pycache__"}
CONTROL = {"if", "for", "while", "do", "switch"}
PAIRS = {"(": ")", "[": "]", "{": "}"}
TOKEN = re.compile(
    r"""(?P<skip>[ \t\r\f\v]+|\\\n|//[^\n]*|/\*.*?\*/)
      | (?P<line>\n)
      | (?P<str>(?:u8|[uUL])?"(?:\\.|[^"\\\n])*")
      | (?P<chr>[uUL]?'(?:\\.|[^'\\\n])*')
      | (?P<num>\.?[0-9](?:[eEpP][+-]|[\w.])*)
      | (?P<id>[A-Za-z_]\w*)
      | (?P<op>\.\.\.|->|\+\+|--|<<=|>>=|[-+*/%&|^<>=!]=|<<|>>|&&|\|\||[^\w\s])
    """, re.X | re.S)
DIRECTIVE = re.compile(r"[ \t]*#[ \t]*(\w*)((?:\\\n|/\*.*?\*/|[^\n])*)", re.S)


def files(root, *suffixes, under=("",)):
    """Paths of our files below root, in order, outputs of the build left out."""
    found = []
    for top in under:
        for at, dirs, names in os.walk(os.path.join(root, top)):
            dirs[:] = [d for d in dirs if d not in SKIPPED]
            found += [os.path.relpath(os.path.join(at, n), root)
                      for n in names]
    return sorted(f for f in set(found) if f.endswith(suffixes or ("",))
                  and f.split(os.sep)[0] not in OUTPUTS)


def read(root, path):
    with open(os.path.join(root, path), encoding="utf-8",
              errors="replace", newline="") as f:
        return f.read()


def finish(complaints):
    """Prints the complaints; the exit status of a check."""
    found = 0
    for found, complaint in enumerate(complaints, 1):
        print(complaint)
    sys.exit(found > 0)


class Token:
    __slots__ = ("kind", "text", "line")

    def __init__(self, kind, text, line):
        self.kind, self.text, self.line = kind, text, line


class Function:
    def __init__(self, head, body):
        self.head, self.body = head, body
        at = next(i for i, t in enumerate(head) if t.text == "(")
        self.name, self.line = head[at - 1].text, head[at - 1].line
        args = head[at + 1:match(head, at)]
        void = [t.text for t in args] in ([], ["void"])
        self.params = 0 if void else len(split(args, ","))
        self.static = any(t.text == "static" for t in head[:at])
        self.lines = max(0, body[-1].line - body[0].line - 1)


class Source:
    """One file: tokens, directives as (line, word, rest), functions, and the
    other declarations of file scope as lists of tokens."""

    def __init__(self, path, text):
        self.path, self.text = path, text
        self.tokens, self.directives = [], []
        self._scan(text)
        self.functions, self.declarations = [], []
        self._divide()

    def _scan(self, text):
        at, line, fresh = 0, 1, True
        while at < len(text):
            m = DIRECTIVE.match(text, at) if fresh else None
            if m:
                self.directives.append((line, m[1], m[2].strip()))
            else:
                m = TOKEN.match(text, at)
            if not m:
                raise SystemExit(f"{self.path}:{line}: not C: {text[at:at+9]!r}")
            kind = m.lastgroup if m.re is TOKEN else "skip"
            if kind not in ("skip", "line"):
                self.tokens.append(Token(kind, m[0], line))
            fresh = kind == "line" or (fresh and kind == "skip")
            line += m[0].count("\n")
            at = m.end()

    def _divide(self):
        at, start = 0, 0
        while at < len(self.tokens):
            t = self.tokens[at]
            if t.text == ";":
                self.declarations.append(self.tokens[start:at])
                start = at + 1
            elif t.text in PAIRS:
                end = match(self.tokens, at)
                if t.text == "{" and self._function(start, at, end):
                    start = end + 1
                at = end
            at += 1

    def _function(self, start, at, end):
        head = without_attributes(self.tokens[start:at])
        if not head or head[-1].text != ")" or "=" in [t.text for t in head]:
            return False
        self.functions.append(Function(head, self.tokens[at:end + 1]))
        return True


def match(tokens, at):
    """The index of the bracket that closes the one at `at`."""
    depth = 0
    for i in range(at, len(tokens)):
        if tokens[i].text in PAIRS:
            depth += 1
        elif tokens[i].text in PAIRS.values():
            depth -= 1
            if depth == 0:
                return i
    raise SystemExit(f"line {tokens[at].line}: unclosed {tokens[at].text}")


def split(tokens, mark):
    """Cut at each mark that is in no bracket; empty parts are left out."""
    parts, at = [[]], 0
    while at < len(tokens):
        end = match(tokens, at) if tokens[at].text in PAIRS else at
        if tokens[at].text == mark:
            parts.append([])
        else:
            parts[-1] += tokens[at:end + 1]
        at = end + 1
    return [p for p in parts if p]


def without_attributes(tokens):
    out, at = [], 0
    while at < len(tokens):
        if tokens[at].text == "__attribute__":
            at = match(tokens, at + 1) + 1
        else:
            out.append(tokens[at])
            at += 1
    return out


def nesting(body, depth=0):
    """How deep statements stand within one another: (levels, line)."""
    at, deepest = 1, (depth, body[0].line)
    while at < len(body) - 1:
        at, found = statement(body, at, depth)
        deepest = max(deepest, found, key=lambda d: d[0])
    return deepest


def statement(b, at, depth):
    """Passes one statement: (index behind it, its deepest (level, line))."""
    if b[at].text == "{":
        end = match(b, at)
        return end + 1, nesting(b[at:end + 1], depth)
    if b[at].text in CONTROL or heads_block(b, at):
        return control(b, at, depth)
    here = depth, b[at].line
    if b[at].text == "case" or b[at + 1].text == ":":
        while b[at].text != ":":
            at += 1
        return at + 1, here
    while b[at].text != ";":
        at = match(b, at) + 1 if b[at].text in PAIRS else at + 1
    return at + 1, here


def control(b, at, depth):
    """An if with its else, or a loop; `else if` stands on the if's level."""
    word, at = b[at].text, at + 1
    if word != "do":
        at = match(b, at) + 1
    at, deepest = statement(b, at, depth + 1)
    if word == "do":
        at = match(b, at + 1) + 2
    elif word == "if" and b[at].text == "else":
        level = depth if b[at + 1].text == "if" else depth + 1
        at, other = statement(b, at + 1, level)
        deepest = max(deepest, other, key=lambda d: d[0])
    return at, deepest


def heads_block(b, at):
    """A macro in the place of `for`: name(...) with neither ; nor operator."""
    if b[at].kind != "id" or b[at].text == "return" or b[at + 1].text != "(":
        return False
    after = b[match(b, at + 1) + 1]
    return after.kind == "id" or after.text == "{"
