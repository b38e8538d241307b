"""Says hello in a datagram and prints the answer: asks_udp.py HOST PORT FROM PORT."""

from __future__ import annotations

import socket
import sys


def main(host: str, port: str, own: str, own_port: str) -> None:
    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    s.bind((own, int(own_port)))
    s.settimeout(5)
    s.sendto(b"hello", (host, int(port)))
    print("heard", s.recv(65536).decode(), flush=True)


main(*sys.argv[1:])
