"""How long it takes to carry so much: measured.py up|down|put|chunks|get PORT SIZE, or
udp PORT N. put, chunks and get ask origin.py at w.x by HTTP.
"""

from __future__ import annotations

import socket
import sys
import time
from contextlib import suppress

HOST = "127.0.0.1"


def size(text: str) -> int:
    units = {"K": 1 << 10, "M": 1 << 20}
    return int(text[:-1]) * units[text[-1]] if text[-1] in units else int(text)


def up(s: socket.socket, total: int) -> int:
    """The service says at the end how much has come."""
    s.sendall(bytes(total))
    s.shutdown(socket.SHUT_WR)
    return int(s.recv(100).split()[0])


def down(s: socket.socket, total: int) -> int:
    got = 0
    while got < total and (data := s.recv(1 << 16)):
        got += len(data)
    return got


def asked(s: socket.socket, head: str, body: bytes) -> int:
    """How many bytes the answer has."""
    s.sendall(f"{head}\r\nHost: w.x\r\nConnection: close\r\n\r\n".encode() + body)
    with s.makefile("rb") as answer:
        if b" 200 " not in answer.readline():
            return 0
        return len(answer.read().partition(b"\r\n\r\n")[2])


def put(s: socket.socket, total: int) -> int:
    head = f"PUT /digest HTTP/1.1\r\nContent-Length: {total}"
    return total if asked(s, head, bytes(total)) else 0


def chunks(s: socket.socket, total: int) -> int:
    some = 1000
    each = b"%x\r\n%b\r\n" % (some, bytes(some))
    body = each * (total // some) + b"0\r\n\r\n"
    head = "PUT /digest HTTP/1.1\r\nTransfer-Encoding: chunked"
    return total // some * some if asked(s, head, body) else 0


def get(s: socket.socket, total: int) -> int:
    return asked(s, f"GET /many/{total} HTTP/1.1", b"")


WAYS = {"up": up, "down": down, "put": put, "chunks": chunks, "get": get}


def stream(how: str, port: int, total: int) -> None:
    with socket.create_connection((HOST, port)) as s:
        begun = time.monotonic()
        moved = WAYS[how](s, total)
        took = int(1000 * (time.monotonic() - begun))
    print(f"bytes={moved} ms={took}", flush=True)


def datagrams(port: int, count: int) -> None:
    """As many as come back within a second after the last."""
    heard = 0
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        s.connect((HOST, port))
        s.settimeout(1)
        for _ in range(count):
            s.send(bytes(1000))
        with suppress(TimeoutError):
            while True:
                s.recv(2000)
                heard += 1
    print(f"sent={count} heard={heard} ", flush=True)


def main(how: str, port: str, much: str) -> None:
    if how == "udp":
        datagrams(int(port), int(much))
    else:
        stream(how, int(port), size(much))


main(*sys.argv[1:])
