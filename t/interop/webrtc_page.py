#!/usr/bin/env python3
"""Pages in browsers that meet our host and join: webrtc_page.py SIGNAL BYTES. It
serves them, and a mill that they reach by the host. What a page has to say is printed.

    /            joins "home" by nat.js, reads this server by it, sends BYTES to the mill
                 and has as many of it, both compared by SHA-256, opens 100 channels at
                 once, sends messages of 1 to 65,536 bytes to `echo`, and datagrams to
                 `dns`
    /host        is a host, "page", which echoes what comes by channels
    mill         over TCP: "N\\n" and N bytes are answered by N bytes, the SHA-256 of
                 what came, and that of what went
"""

from __future__ import annotations

import hashlib
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote

from mill import Mill, Mills

LARGE = bytes(i * 7 % 251 for i in range(1_000_000))
HERE = Path(__file__).resolve().parent
PAGES = {"/": "webrtc_join.html", "/host": "webrtc_host.html"}


class Handler(BaseHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass

    def answer(self, kind: str, body: bytes) -> None:
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def page(self, name: str) -> bytes:
        text = (HERE / name).read_text(encoding="utf-8")
        return (text.replace("SIGNAL_AT", sys.argv[1])
                .replace("BYTES", sys.argv[2])).encode()

    def do_GET(self) -> None:
        if self.path.startswith("/said?"):
            said = unquote(self.path[6:])
            right = hashlib.sha256(LARGE).hexdigest() in said
            print(f"{said} {'right' if right else ''}", flush=True)
        if self.path in PAGES:
            self.answer("text/html", self.page(PAGES[self.path]))
        else:
            body = {"/small": b"hello", "/large": LARGE}.get(self.path, b"")
            self.answer("text/plain", body)


def main() -> None:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    mills = Mills(("127.0.0.1", 0), Mill)
    threading.Thread(target=mills.serve_forever, daemon=True).start()
    print(f"mill at {mills.server_address[1]}", flush=True)
    print(f"ready on {server.server_port}", flush=True)
    server.serve_forever()


main()
