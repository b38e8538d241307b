#!/usr/bin/env python3
"""Shows a tunnel on this machine: what `make demo` runs.

Starts a relay, a small web service and a client that publishes it, all on free
ports of 127.0.0.1; fetches the service's page through the public port; says
what it does; ends everything and leaves nothing. With --keep it goes on until
Ctrl-C.
"""

from __future__ import annotations

import argparse
import hashlib
import http.server
import re
import secrets
import signal
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from pathlib import Path

TOP = Path(__file__).resolve().parents[1]
PATIENCE = 10.0  # seconds for a line to appear
STOP_TIME = 5.0
PAGE_LINES = 4000


class Trouble(Exception):
    """What to tell the user before leaving with 1."""


def make_page() -> bytes:
    """A page of some hundred KiB that nobody can have guessed."""
    lines = "\n".join(secrets.token_hex(32) for _ in range(PAGE_LINES))
    head = "<!doctype html><title>nat demo</title>"
    text = f"{head}<h1>Hello through the tunnel</h1><pre>\n{lines}\n</pre>\n"
    return text.encode()


def start_service(page: bytes) -> http.server.ThreadingHTTPServer:
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(page)))
            self.end_headers()
            self.wfile.write(page)

        def log_message(self, *_: object) -> None:
            """Quiet: the demo speaks for itself."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


class Program:
    """One running nat; its lines are kept for when something goes wrong."""

    def __init__(self, *argv: str) -> None:
        self.lines: list[str] = []
        print(f"    $ {' '.join(['nat', *argv[1:]])}")
        self._process = subprocess.Popen(
            argv,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        assert self._process.stdout
        for line in self._process.stdout:
            self.lines.append(line.rstrip("\n"))

    def find(self, form: str) -> str:
        """Waits for a line; what the form's group has matched."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            for line in list(self.lines):
                if match := re.search(form, line):
                    print(f"    {line}")
                    return match[1]
            if self._process.poll() is not None:
                break
            time.sleep(0.02)
        said = "\n    ".join(self.lines) or "nothing"
        raise Trouble(f"no line like {form!r}; it has said:\n    {said}")

    def stop(self) -> None:
        self._process.terminate()
        try:
            self._process.wait(STOP_TIME)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


def fetch(url: str, page: bytes) -> None:
    """Through the public port; Trouble unless it is the page to the byte."""
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with direct.open(url, timeout=PATIENCE) as answer:
        body = answer.read()
    sent, came = (hashlib.sha256(b).hexdigest() for b in (page, body))
    if sent != came:
        raise Trouble(f"{len(body)} bytes came, and not those of the page")
    print(
        f"\n{len(body)} bytes went through the tunnel whole:\n"
        f"    sha256 of the page   {sent}\n"
        f"    sha256 at the other  {came}"
    )


def show(nat: str, state: str, programs: list[Program], keep: bool) -> None:
    page = make_page()
    service = start_service(page)
    local = service.server_address[1]
    token = Path(state, "token.txt")
    token.write_text(secrets.token_hex(16) + "\n")
    token.chmod(0o600)

    print(f"1. A web service that only this machine sees, on port {local}.")

    print("2. The relay: on a server that everybody can reach.")
    secret = ("--token-file", str(token), "--state-dir", state)
    relay = Program(nat, "relay", "--listen", "127.0.0.1:0", *secret)
    programs.append(relay)
    port = relay.find(r"relay: ready on 127\.0\.0\.1:(\d+)")

    print("3. The client: beside the service, dials out to the relay.")
    where = ("--relay", f"127.0.0.1:{port}")
    client = Program(nat, "client", *where, *secret, f"web=tcp:{local}")
    programs.append(client)
    public = client.find(r"^web tcp \S+:(\d+) -> ")

    url = f"http://127.0.0.1:{public}/"
    print(f"4. A visitor: fetches {url}, the relay's public port.")
    fetch(url, page)
    if keep:
        print(f"\nLeft running: {url} - Ctrl-C ends it.", flush=True)
        signal.pause()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--nat", default=str(TOP / "nat"))
    parser.add_argument("--keep", action="store_true", help="until Ctrl-C")
    args = parser.parse_args()
    programs: list[Program] = []
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    with tempfile.TemporaryDirectory(prefix="nat-demo-") as state:
        try:
            show(args.nat, state, programs, args.keep)
        except (Trouble, OSError) as why:
            print(f"demo: {why}", file=sys.stderr)
            return 1
        except KeyboardInterrupt:
            print()
        finally:
            for program in reversed(programs):
                program.stop()
    print("All stopped; nothing is left behind.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
