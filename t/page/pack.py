"""pack - makes src/app/admin/page.c of page.html, or sees whether it is of it.

usage: pack.py [--check]    The page is one file, with one script and one style, which
its policy names by their hashes; nothing else may run there.
"""

from __future__ import annotations

import base64
import hashlib
import re
import sys
from pathlib import Path

HTML = Path("src/app/admin/page.html")
MADE = Path("src/app/admin/page.c")
MOST = 12 * 1024  # bytes of the page
PIECE = 3000  # bytes, less than PRINT_PIECE and what C lets a literal have
WIDTH = 64

HEAD = """\
/* page - made of page.html by `make page`: not by hand. */
#include "app/admin/served.h"

const char page_head[] =
"""

REST = """\
};

bool page_print(struct fmt *f, const struct reports *rs, struct print_at *at)
{
	(void)rs;
	if (at->row == COUNT(pieces))
		return false;
	fmt_bytes(f, bytes_of(pieces[at->row++]));
	return true;
}
"""


def hash_of(page: str, tag: str) -> str:
    found = re.findall(f"<{tag}>(.*?)</{tag}>", page, re.S)
    if len(found) != 1:
        sys.exit(f"{HTML}:1: one <{tag}>, not {len(found)}")
    digest = hashlib.sha256(found[0].encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"


def head_of(page: str) -> list[str]:
    policy = "; ".join((
        "default-src 'none'", f"script-src {hash_of(page, 'script')}",
        f"style-src {hash_of(page, 'style')}", "connect-src 'self'",
        "img-src data:", "base-uri 'none'", "form-action 'none'",
        "frame-ancestors 'none'"))
    return ["HTTP/1.1 200 OK", "Connection: close",
            "Content-Type: text/html; charset=utf-8",
            "Cache-Control: no-store", "X-Content-Type-Options: nosniff",
            "Referrer-Policy: no-referrer",
            f"Content-Security-Policy: {policy}", ""]


def literal(text: bytes) -> list[str]:
    """Lines of C that are this text."""
    out, line = [], ""
    for byte in text:
        one = {34: '\\"', 92: "\\\\", 10: "\\n", 13: "\\r"}.get(byte)
        if one is None:
            one = chr(byte) if 32 <= byte < 127 else f"\\{byte:03o}"
        if len(line) + len(one) > WIDTH:
            out.append(f'\t"{line}"')
            line = ""
        line += one
    return [*out, f'\t"{line}"']


def made() -> str:
    page = HTML.read_text()
    text = page.encode()
    if len(text) > MOST:
        sys.exit(f"{HTML}:1: {len(text)} bytes, at most {MOST}")
    head = "\r\n".join([*head_of(page), ""]).encode()
    pieces = [text[at:at + PIECE] for at in range(0, len(text), PIECE)]
    return "".join((
        "/* clang-format off */\n", HEAD, "\n".join(literal(head)), ";\n\n",
        "static const char *const pieces[] = {\n",
        ",\n".join("\n".join(literal(piece)) for piece in pieces), ",\n",
        REST, "/* clang-format on */\n"))


def main() -> int:
    text = made()
    if "--check" not in sys.argv:
        MADE.write_text(text)
    elif text != MADE.read_text():
        print(f"{MADE}:1: is not what {HTML} makes: make page")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
