"""selftest - every check is seen to fail on a sample that deserves it."""
import contextlib
import io
import os
import pathlib
import stat
import sys
import tempfile
import unittest

import complete
import dead
import includes
import install
import manual
import options
import shape
import symbols
import text
from source import Source, finish, nesting

LINT = pathlib.Path(__file__).parent
GUARD = "#ifndef A_H\n#define A_H\n{}\n#endif\n"


def deep(levels):
    return "void f(int a)\n{\n" + "if (a)\n" * levels + "a = 0;\n}\n"


class Tree(unittest.TestCase):
    """Writes a small tree and asks one check about it."""

    def setUp(self):
        place = tempfile.TemporaryDirectory()
        self.addCleanup(place.cleanup)
        self.root = pathlib.Path(place.name)
        self.write("t/lint/layers", (LINT / "layers").read_text())
        self.write("t/lint/symbols", (LINT / "symbols").read_text())
        self.write("t/lint/allow", "")
        self.write("t/lint/early", "# none\n")

    def write(self, path, body):
        at = self.root / path
        at.parent.mkdir(parents=True, exist_ok=True)
        at.write_text(body, newline="")

    def says(self, complaints, *wanted):
        """One complaint for each that is wanted, which is a part of it."""
        said = list(complaints)
        self.assertEqual(len(said), len(wanted), said)
        for line, part in zip(said, wanted):
            self.assertIn(part, line)
            self.assertRegex(line, r"^\S+:\d+: \S")

    def shape(self, code, *wanted, path="src/base/a.c"):
        self.write(path, code)
        self.says(shape.check(str(self.root)), *wanted)


class Shape(Tree):
    def body(self, n):
        return "void f(void)\n{\n" + "".join(f"g({i});\n" for i in range(n)) \
            + "}\n"

    def test_body(self):
        self.shape(self.body(60))
        self.shape(self.body(71), "f: 71 lines in a function", "of 71 function")

    def test_tail(self):
        self.shape(self.body(61), "61 of 61 function lines")

    def test_nesting(self):
        self.shape(deep(3))
        self.shape(deep(4), "f: 4 levels")

    def test_params(self):
        self.shape("int f(int a, int b, int (*c)(int, int), int d, int e)\n{\n}\n")
        self.shape("int f(int a, int b, int c, int d, int e, int g)\n{\n}\n",
                   "f: 6 parameters")

    def test_cases(self):
        def switch(label):
            return "void f(int a)\n{\nswitch (a) {\n" + "".join(
                label.format(i) for i in range(13)) + "}\n}\n"
        self.shape(switch("case {0}:\ng({0});\n"))
        self.shape(switch("case {0}:\ng({0});\nbreak;\n"), "f: 13 case")

    def test_file(self):
        self.shape("int a(void);\n" * 5 + "\n" * 596, "a.c: 601 lines")
        self.shape("\n" * 201, "a.c: 601", "a.h: 201 lines",
                   path="src/base/a.h")

    def test_fields(self):
        self.shape("struct a {\nint b, c[9];\nstruct { int d, e; } f;\n"
                   + "".join(f"int x{i};\n" for i in range(20)) + "};\n")
        self.shape("struct a {\n" + "".join(f"int x{i};\n" for i in range(25))
                   + "};\n", "a: 25 fields")

    def test_vtable(self):
        self.shape("struct a_ops {\n" + "".join(
            f"int (*x{i})(int, int);\n" for i in range(9)) + "};\n",
            "a_ops: 9 functions")

    def test_mutable(self):
        for good in ("static const int a[] = { 1, 2 };",
                     "const char *const a = 0, *const b = 0;",
                     "int f(const int *);", "struct a;", "enum { A, B };",
                     "extern const struct cmd cmd_x;",
                     "static int (*const a[])(const int *) = { f };",
                     "void f(void)\n{\nint a;\nstatic const int b[] = { 1 };\n}"):
            self.shape(good + "\n")
        for bad in ("static int a;", "int a[3] = { 1 };", "struct b a;",
                    "const char *a;", "const char *a[] = { 0 };",
                    "int (*a)(const int);",
                    "void f(void)\n{\nstatic int a;\n}"):
            self.shape(bad + "\n", "a: a variable that outlives")

    def test_if(self):
        self.shape(GUARD.format(""), path="src/base/a.h")
        self.shape(GUARD.format("#ifdef B\n#endif"), "#ifdef outside",
                   path="src/base/a.h")

    def test_if_in_os(self):
        self.shape("#if 1\n#endif\n", path="src/os/a.c")

    def test_columns(self):
        self.shape("\t" * 11 + "int a();\n")
        self.shape("\t" * 11 + "int a(void);\n", "a.c: 100 columns")

    def test_float(self):
        for bad in ("float f(void);", "enum { A = (int)1.5 };",
                    "#define A 1e3", "#define A double"):
            self.shape(bad + "\n", "floating point")
        self.shape('enum { A = 0x1e3 };\n/* 1.5 */\nint f(int a, ...);\n'
                   '#define A(X) X("1.5") /* 2.5 */\n')

    def test_names(self):
        self.shape("void fmt_helper(void)\n{\n}\n", "says nothing")
        self.shape("typedef struct a b;\n", "a typedef of a struct")

    def test_twins(self):
        self.shape("".join(f"int f{i}(void);\n" for i in range(6)) * 2,
                   "6 of 12 lines", "a.c:7: the same as src/base/a.c:1")

    def test_allow(self):
        self.write("t/lint/allow", "params src/base/a.c:f a reason\n")
        self.shape("int f(int a, int b, int c, int d, int e, int g)\n{\n}\n")
        self.shape("", "allow:1: excepts nothing")
        self.write("t/lint/allow", "params src/base/a.c:f\n")
        self.shape("", "allow:1: not RULE")


class Reader(unittest.TestCase):
    def test_nesting(self):
        for body, levels in (
                ("", 0), ("a = (struct b){ { 1 } };", 0), ("{ a(); }", 0),
                ("if (a) b(); else if (c) d(); else { e(); }", 1),
                ("for (;;) if (a) b(); else while (c) d();", 3),
                ("do { if (a) b(); } while (c); if (d) e();", 2),
                ("switch (a) { case 1: b(); break; default: if (c) d(); }", 2),
                ("list_each (a, b) { c(); }", 1), ("return (int)a;", 0),
                ("list_each(a, b) if (c) d();", 2), ("out: a ? b : c;", 0)):
            f = Source("a.c", f"void f(void) {{ {body} }}").functions[0]
            self.assertEqual(nesting(f.body)[0], levels, body)

    def test_finish(self):
        for said, status in ((), 0), (("a.c:1: b",), 1):
            with contextlib.redirect_stdout(io.StringIO()) as out, \
                    self.assertRaises(SystemExit) as end:
                finish(s for s in said)
            self.assertEqual(int(end.exception.code), status)
            self.assertEqual(out.getvalue().split("\n")[:-1], list(said))

    def test_tokens(self):
        src = Source("a.c", 'int a; // "\n#define B \\\n { \nchar c = \'"\';'
                     '/* } */ const char *d = "\\"{";\nint e(void)\n{ f(); }')
        self.assertEqual([(f.name, f.line) for f in src.functions], [("e", 5)])
        self.assertEqual(src.directives, [(2, "define", "B \\\n {")])


class Includes(Tree):
    def includes(self, path, what, *wanted):
        self.write("src/wire/a.h", "")
        self.write("src/app/x/a.h", "")
        self.write("src/cmd/a.h", "")
        self.write(path, f"#include {what}\n")
        self.says(includes.check(str(self.root)), *wanted)

    def test_down(self):
        self.includes("src/net/b.c", '"wire/a.h"')

    def test_up(self):
        self.includes("src/crypt/b.c", '"wire/a.h"', "crypt must not include")

    def test_apps(self):
        self.includes("src/app/x/b.c", '"app/x/a.h"')
        self.includes("src/app/y/b.c", '"app/x/a.h"', "app/y must not include")

    def test_main(self):
        self.includes("src/main.c", '"wire/a.h"', "main.c must not include")

    def test_nothing_includes_cmd(self):
        self.includes("src/app/x/b.c", '"cmd/a.h"', "must not include")

    def test_system(self):
        self.includes("src/os/b.c", "<sys/socket.h>")
        self.includes("src/net/b.c", "<errno.h>", "net must not include")

    def test_own_first(self):
        self.includes("src/wire/a.c", "<stddef.h>", "its own header")

    def test_native_before_own(self):
        self.write("src/os/native.h", "")
        self.write("src/os/own.h", "")
        self.includes("src/os/own.c", '"os/native.h"\n#include "os/own.h"')
        self.includes("src/os/own.c", '"os/native.h"\n#include "os/b.h"',
                      "no such file", "its own header")

    def test_missing(self):
        self.includes("src/wire/b.c", '"wire/z.h"', "no such file")
        self.includes("src/new/b.c", '"wire/a.h"', "no layer", "no such file")


class Symbols(Tree):
    def test_rules(self):
        rule = symbols.rules(str(self.root))
        for layer, name, bad in (
                ("wire", "strchr", True), ("base", "strchr", False),
                ("wire", "memcpy", False), ("wire", "__udivdi3", False),
                ("wire", "time", True), ("os", "clock_gettime", False),
                ("os", "__sprintf_chk", True), ("app", "malloc", True),
                ("cmd", "__isoc99_sscanf", True), ("os", "strtoul", True)):
            said = list(symbols.complain(layer, {name, "known"}, {"known"}, rule))
            self.assertEqual(said, [name] if bad else [], (layer, name))


class Dead(Tree):
    def test_said(self):
        self.write("src/base/a.c", "int b;\nint f(void)\n{\n}\n")
        self.write("src/base/a.h", "static inline int g(void)\n{\n}\n")
        gnu = "ld: removing unused section '.text.{}' in file 'build/x/src/base/a.o'\n"
        lld = "ld: removing unused section build/x/src/base/a.o:(.text.{})\n"
        for said in (gnu, lld):
            self.says(dead.check(str(self.root), said.format("f")),
                      "a.c:2: f: the product")
            self.says(dead.check(str(self.root), said.format("g")))
        for early in ("src/base/a.c for h", "src/base/a.c:f for h"):
            self.write("t/lint/early", early + "\n")
            self.says(dead.check(str(self.root), gnu.format("f")))

    def test_inlined(self):
        self.write("src/base/a.c", "int f(void)\n{\n}\n"
                   "int g(void)\n{\nreturn f();\n}\n")
        self.write("src/base/a.h", "")
        gone = "ld: removing unused section '.text.{}' in file 'b/src/base/a.o'\n"
        self.says(dead.check(str(self.root), gone.format("f")))
        self.says(dead.check(str(self.root), gone.format("f") + gone.format("g")),
                  "a.c:1: f: the", "a.c:4: g: the")


class Options(Tree):
    def test_unused(self):
        self.write("README.md", "`aa` and --bb, option cc\n")
        self.write("nat", "#!/bin/sh\ncase $* in help) echo '  relay  Serves';;\n"
                   "*--man*) printf '.Ss config x\\n.It Cm cc Ar N\\n.Sh E\\n';;\n"
                   "check*) test -e known || echo 'c:2: cc: no such option';;\n"
                   "*) echo '  -a, --aa=X  Does'; echo '      --bb  Does';; esac\n")
        nat = self.root / "nat"
        nat.chmod(nat.stat().st_mode | stat.S_IXUSR)
        self.write("t/scn/a.scn", "run nat relay --aa 1\n")
        self.says(options.check(str(self.root), str(nat)), "relay --bb",
                  "uses x cc", "not know x cc")
        self.write("t/interop/b.scn", "option bb 1\noption cc 1\n")
        self.write("nat", nat.read_text().replace("test -e known", "true"))
        self.says(options.check(str(self.root), str(nat)))
        self.write("README.md", "none\n")
        self.write("docs/man/nat.1", "--aa\n")
        self.write("docs/a.md", "--bb option cc\n")
        self.says(options.check(str(self.root), str(nat)), "tells of --aa")


class Manual(Tree):
    def test_differs(self):
        texts = {"docs/man/a.1": "a\n", "docs/man/b.1": "b\n"}
        self.write("docs/man/a.1", "a\n")
        self.says(manual.differing(str(self.root), texts), "b.1:1: not what")
        self.write("docs/man/b.1", "c\n")
        self.write("contrib/completions/old", "")
        self.says(manual.differing(str(self.root), texts),
                  "completions/old:1: not what", "b.1:1: not what")

    def test_faults(self):
        self.write("docs/man/a.1", ".Dd x\n")
        for tool, said in ("mandoc", "mandoc: %s:3:2: WARNING: odd"), (
                "groff", "troff: docs/man/a.1:3: warning: odd"):
            self.write(tool, f"#!/bin/sh\nprintf '{said}\\n' $1\n")
            self.says(manual.faults(str(self.root), "docs/man/a.1",
                                    ["sh", tool]), "docs/man/a.1:3: ")


class Complete(Tree):
    def test_offers(self):
        self.write("nat", "#!/bin/sh\ncase $* in help) echo '  relay  Serves';;\n"
                   "help*bash) echo '_nat() { COMPREPLY=(relay); }';;\n"
                   "*) echo '      --aa  Does';; esac\n")
        (self.root / "nat").chmod(0o755)
        (self.root / "home").mkdir()
        said = list(complete.wrong(str(self.root / "nat"), "bash",
                                   str(self.root)))
        self.assertEqual(len(said), len(complete.LINES))  # all but the first,
        self.assertIn("'nat relay --' ['relay'], not ['--aa']", said[-1])


class Install(Tree):
    def test_differences(self):
        self.write("a", "")
        self.write("b", "")
        (self.root / "a").chmod(0o600)
        got = {p: m for p, m in install.found(self.root).items() if p in "ab"}
        self.says(install.differences(got, {"a": 0o644, "c": 0o644}),
                  "a has the mode 600", "b is there and", "c is not there")

    def test_starts(self):
        self.write("nat.service", "[Service]\nExecStart=ls --nonsense $OPTIONS\n")
        self.says(install.starts(str(self.root / "nat.service")), "nonsense")


class Text(Tree):
    def setUp(self):
        super().setUp()
        for name in ("Makefile", "README.md", "LICENSE", "src/b.c", "docs/b",
                     "vendor/b", "contrib/b"):
            self.write(name, "a\n")

    def text(self, path, body, *wanted):
        self.write(path, body)
        self.says(text.check(str(self.root)), *wanted)

    def test_good(self):
        self.write("build/a.c", "a \n")
        self.write("nat", "\0")
        self.text("src/a.c", "a\nTO" "DO(#7)\n")

    def test_deep(self):
        self.text("src/app/nat/a.c", "a \n", "src/app/nat/a.c:1: blanks")

    def test_lines(self):
        self.text("src/a.c", "a \nb\r\nTO" "DO: c\nd", "a.c:1: blanks",
                  "a.c:2: blanks", "a.c:3: a TO" "DO", "a.c:4: must end")

    def test_witnesses(self):
        self.write("t/unit/test_a.c", "static void b(void **state)\n{\n}\n")
        self.text("docs/a.md", "| c | test_a: b |\ntest_a: d\n")
        self.text("docs/a.md", "| test_a: b, d; test_e: f |\n",
                  "a.md:1: there is no d", "a.md:1: there is no f")

    def test_scripts(self):
        self.text("t/a.py", "def f(:\n", "a.py:1:")
        self.text("t/a.py", "a = 1\n")
        self.text("t/a", "#!/bin/sh\nif\n", "t/a:1:")

    def test_top(self):
        self.text("stray/a", "a\n", "stray:1: does not belong")
        os.unlink(self.root / "LICENSE")
        self.says(text.top(str(self.root)), "stray", "LICENSE:1: is missing")


if __name__ == "__main__":
    said = io.StringIO()
    done = unittest.main(exit=False,
                         testRunner=unittest.TextTestRunner(said, verbosity=0))
    if not done.result.wasSuccessful():
        sys.exit(said.getvalue())
