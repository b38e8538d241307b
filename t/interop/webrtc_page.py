#!/usr/bin/env python3
"""A page that joins a host by nat.js, which it has of the signalling server at PORT, and
reads a service of it, which is this server too: webrtc_page.py PORT. What the page has
to say is printed.
"""

from __future__ import annotations

import hashlib
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import unquote

LARGE = bytes(i * 7 % 251 for i in range(1_000_000))
PAGE = """<!doctype html><meta charset=utf-8><title>page</title>
<script type=module>
let said;
try {
  const { join } = await import("http://127.0.0.1:%(port)s/nat.js");
  const host = await join("ws://127.0.0.1:%(port)s", "home");
  const small = await host.get("/small", { service: "web" });
  const large = await host.get("/large", { service: "web" });
  const sum = await crypto.subtle.digest("SHA-256", large.body);
  const hex = Array.from(new Uint8Array(sum),
    (byte) => byte.toString(16).padStart(2, "0")).join("");
  said = `${small.status} ${small.headers.get("content-type")} ` +
    `${small.text()} ${large.body.length} ${hex}`;
  host.close();
  try {
    await join("ws://127.0.0.1:%(port)s", "nobody");
  } catch (why) { said += ` ${why.message}`; }
} catch (why) { said = `error ${why}`; }
await fetch("/said?" + encodeURIComponent(said));
</script>
"""


class Handler(BaseHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass

    def answer(self, kind: str, body: bytes) -> None:
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self) -> None:
        if self.path.startswith("/said?"):
            said = unquote(self.path[6:])
            right = hashlib.sha256(LARGE).hexdigest() in said
            print(f"{said} {'right' if right else 'wrong'}", flush=True)
        if self.path == "/":
            self.answer("text/html", (PAGE % {"port": sys.argv[1]}).encode())
        else:
            body = {"/small": b"hello", "/large": LARGE}.get(self.path, b"")
            self.answer("text/plain", body)


def main() -> None:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    print(f"ready on {server.server_port}", flush=True)
    server.serve_forever()


main()
