#!/usr/bin/env python3
"""Many links, of which one is not read: what do the others lose by it?

usage: pass_links.py serve               sends for ever to all who come
       pass_links.py read PORT [--links 1000] [--seconds 1] [--least 0.9]

Rounds in which all read and such in which one does not take turns, so that what
else the machine does counts for both; medians are compared.
"""

from __future__ import annotations

import argparse
import selectors
import socket
import statistics
import sys
import time

CHUNK = bytes(range(256)) * 256
ROUNDS = 5
SETTLE = 0.3  # seconds in which windows fill, or empty


def serve() -> None:
    listener = socket.create_server(("127.0.0.1", 0), backlog=2048)
    listener.setblocking(False)
    print(f"listens on {listener.getsockname()[1]}", flush=True)
    waits = selectors.DefaultSelector()
    waits.register(listener, selectors.EVENT_READ)
    while True:
        for key, _ in waits.select():
            if key.fileobj is listener:
                sock, _ = listener.accept()
                sock.setblocking(False)
                waits.register(sock, selectors.EVENT_WRITE)
                continue
            sock = key.fileobj
            assert isinstance(sock, socket.socket)
            try:
                sock.send(CHUNK)
            except BlockingIOError:
                pass
            except OSError:
                waits.unregister(sock)
                sock.close()


class Readers:
    def __init__(self, port: int, count: int) -> None:
        self.waits = selectors.DefaultSelector()
        self.socks: list[socket.socket] = []
        self.room = bytearray(1 << 18)
        for _ in range(count):
            sock = socket.create_connection(("127.0.0.1", port))
            sock.setblocking(False)
            self.socks.append(sock)
            self.waits.register(sock, selectors.EVENT_READ)
        self.of = dict.fromkeys(self.socks, 0)

    def read(self, seconds: float) -> int:
        """What all but the first have read."""
        until = time.monotonic() + seconds
        total = 0
        while time.monotonic() < until:
            for key, _ in self.waits.select(0.1):
                sock = key.fileobj
                assert isinstance(sock, socket.socket)
                n = sock.recv_into(self.room)
                if n == 0:
                    raise ConnectionError("a link ended")
                self.of[sock] += n
                total += n if sock is not self.socks[0] else 0
        return total

    def stop_one(self, stop: bool) -> None:
        if stop:
            self.waits.unregister(self.socks[0])
        else:
            self.waits.register(self.socks[0], selectors.EVENT_READ)


def read(args: argparse.Namespace) -> bool:
    readers = Readers(args.port, args.links)
    for _ in range(60):
        if all(readers.of.values()):
            break
        readers.read(0.5)
    silent = [n for n in readers.of.values() if n == 0]
    rates: dict[bool, list[float]] = {False: [], True: []}
    for number in range(2 * ROUNDS):
        stop = number % 2 == 1
        if number:
            readers.stop_one(stop)
        readers.read(SETTLE)
        began = time.monotonic()
        n = readers.read(args.seconds)
        rates[stop].append(n / (time.monotonic() - began) / 1e6)
    whole, less = (statistics.median(rates[stop]) for stop in (False, True))
    ratio = less / whole
    print(f"{args.links} links, of which {len(silent)} brought nothing")
    print(f"all read: {whole:.0f} MB/s; one does not: {less:.0f} MB/s")
    print(f"the others keep {ratio:.2f} of it")
    return not silent and ratio >= args.least


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("what", choices=("serve", "read"))
    parser.add_argument("port", type=int, nargs="?")
    parser.add_argument("--links", type=int, default=1000)
    parser.add_argument("--seconds", type=float, default=1.0)
    parser.add_argument("--least", type=float, default=0.9)
    args = parser.parse_args()
    if args.what == "serve":
        serve()
    good = read(args)
    print("good" if good else "bad")
    sys.exit(not good)


if __name__ == "__main__":
    main()
