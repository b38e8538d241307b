"""module - makes src/app/signal/module.c of nat.js, or sees whether it is of it.

usage: module.py [--check]    Lines that are comments alone, but for the first, stay
here; whoever reads the module reads them in the source.
"""

from __future__ import annotations

import sys
from pathlib import Path

from pack import PIECE, literal

SCRIPT = Path("src/app/signal/nat.js")
MADE = Path("src/app/signal/module.c")

HEAD = """\
/* clang-format off */
/* module - made of nat.js by `make page`: not by hand. */
#include "app/signal/module.h"

static const char head[] =
"""

REST = """\
};

size_t module_size(void)
{
	size_t n = sizeof head - 1;

	for (size_t i = 0; i < COUNT(pieces); i++)
		n += strlen(pieces[i]);
	return n;
}

void module_put(struct fmt *f)
{
	fmt_bytes(f, bytes_of(head));
	for (size_t i = 0; i < COUNT(pieces); i++)
		fmt_bytes(f, bytes_of(pieces[i]));
}
/* clang-format on */
"""


def script() -> bytes:
    lines = SCRIPT.read_text().splitlines()
    kept = [line for i, line in enumerate(lines)
            if i == 0 or not line.lstrip().startswith("//")]
    return "".join(f"{line}\n" for line in kept if line).encode()


def made() -> str:
    text = script()
    head = "\r\n".join((
        "HTTP/1.1 200 OK", "Connection: close",
        "Content-Type: text/javascript; charset=utf-8",
        f"Content-Length: {len(text)}", "Access-Control-Allow-Origin: *",
        "Cache-Control: no-cache", "X-Content-Type-Options: nosniff",
        "", "")).encode()
    pieces = [text[at:at + PIECE] for at in range(0, len(text), PIECE)]
    return "".join((
        HEAD, "\n".join(literal(head)), ";\n\n",
        "static const char *const pieces[] = {\n",
        ",\n".join("\n".join(literal(piece)) for piece in pieces), ",\n",
        REST))


def main() -> int:
    text = made()
    if "--check" not in sys.argv:
        MADE.write_text(text)
    elif text != MADE.read_text():
        print(f"{MADE}:1: is not what {SCRIPT} makes: make page")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
