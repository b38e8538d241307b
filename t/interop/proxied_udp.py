"""Sends datagrams to a published echo and tells of the PROXY header that stands
before what comes back."""

from __future__ import annotations

import socket
import struct
import sys

HEAD = struct.Struct("!12sBBH4s4sHH")


def heard(data: bytes) -> str:
    magic, how, kind, size, src, dst, _, port = HEAD.unpack_from(data)
    assert magic == b"\r\n\r\n\0\r\nQUIT\n" and size == 12
    body = data[HEAD.size :]
    ends = f"{socket.inet_ntoa(src)} {socket.inet_ntoa(dst)} {port}"
    text = body.decode() if len(body) < 9 else str(len(body))
    return f"heard {HEAD.size} {how:x} {kind:x} {ends} {text}"


def main() -> None:
    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    s.connect(("127.0.0.1", int(sys.argv[1])))
    s.settimeout(5)
    # The largest that has room for the header is 65507 - 28 bytes.
    for data in (b"one", b"two", bytes(65479)):
        s.send(data)
        print(heard(s.recv(65536)), flush=True)


main()
