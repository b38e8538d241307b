#!/usr/bin/env python3
"""Bytes by number, each way compared by SHA-256, over whatever lies between: what
peers of t/interop and our services ask each other for.

    serve               "N\\n" and N bytes are answered by N bytes, the SHA-256 of what
                        came, and that of what went; "0\\n" by bytes for ever
    grind PORT BYTES    asks for so many, and says how fast they went each way
    drop PORT TIMES     asks for much and goes away in the midst of it, by an end or a
                        reset, and asks for little, so many times
"""

from __future__ import annotations

import hashlib
import os
import socket
import socketserver
import struct
import sys
import time

BLOCK = bytes(i * 7 % 251 for i in range(1_000_000))
SUM = 32
PATIENCE = 60.0  # seconds without a byte


class Mill(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        count = self.rfile.readline()
        try:
            self.grind(int(count)) if int(count) else self.pour()
        except (OSError, ValueError):
            print("somebody went away", flush=True)

    def pour(self) -> None:
        while True:
            self.wfile.write(BLOCK)

    def grind(self, count: int) -> None:
        came, went, left = hashlib.sha256(), hashlib.sha256(), count
        while left:
            data = self.rfile.read1(min(left, 1 << 16))
            if not data:
                raise ConnectionError
            came.update(data)
            left -= len(data)
        for at in range(0, count, len(BLOCK)):
            data = BLOCK[:count - at]
            went.update(data)
            self.wfile.write(data)
        self.wfile.write(came.digest() + went.digest())


class Mills(socketserver.ThreadingTCPServer):
    daemon_threads = True
    request_queue_size = 128


def dial(port: int) -> socket.socket:
    it = socket.create_connection(("127.0.0.1", port))
    it.settimeout(PATIENCE)
    return it


def hears(it: socket.socket, count: int) -> bytes:
    got = bytearray()
    while len(got) < count:
        data = it.recv(min(count - len(got), 1 << 18))
        if not data:
            sys.exit(f"mill: over after {len(got)} bytes of {count}")
        got += data
    return bytes(got)


def grind(port: int, count: int) -> str:
    own = os.urandom(min(count, 1 << 20))
    with dial(port) as it:
        sent, begun = hashlib.sha256(), time.monotonic()
        it.sendall(b"%d\n" % count)
        for at in range(0, count, len(own)):
            data = own[:count - at]
            sent.update(data)
            it.sendall(data)
        first = hears(it, 1)
        turned = time.monotonic()
        back = first + hears(it, count - 1)
        ended = time.monotonic()
        sums = hears(it, 2 * SUM)
        if it.recv(1):
            sys.exit("mill: more than was asked for")
    if sums != sent.digest() + hashlib.sha256(back).digest():
        sys.exit("mill: the sums are others")
    return f"{turned - begun:.1f} s up, {ended - turned:.1f} s down"


def leave(port: int, reset: bool) -> None:
    with dial(port) as it:
        it.sendall(b"0\n")
        hears(it, 300_000)
        if reset:
            it.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                          struct.pack("ii", 1, 0))


def serve() -> None:
    mills = Mills(("127.0.0.1", 0), Mill)
    print(f"ready on {mills.server_address[1]}", flush=True)
    mills.serve_forever()


def main() -> None:
    what, *rest = sys.argv[1:]
    if what == "serve":
        serve()
    port, count = (int(word) for word in rest)
    if what == "grind":
        print(f"mill well: {count} bytes, {grind(port, count)}")
    if what == "drop":
        for turn in range(count):
            leave(port, turn % 2 == 1)
            grind(port, 10_000)
        print("drop well")


if __name__ == "__main__":
    main()
