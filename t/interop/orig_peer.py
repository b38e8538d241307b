#!/usr/bin/env python3
"""Peers as the client of the original's third generation is, rebuilt from the
description of its traffic: a fresh socket for each request, 3 s for one answer,
//tcksvr, //nat, one registration of three fields at each tracker in turn, lines
parted by newlines.

    meet PORT            two of them meet at a tracker, and a third of them later
    same PORT PORT       two trackers answer the same requests by the same bytes, but
                         for the newline that an original leaves at the end
"""

from __future__ import annotations

import socket
import sys

PATIENCE = 3.0
MOST = 40940  # bytes of its buffer
JOIN = "//51pwn/P2P&E2E/"
LANS = (
    "77:5b:67:a5:87:66-192.168.0.56,172.16.0.10",
    "02:42:ac:11:00:02-10.0.0.7;02:42:ac:11:00:03-2001:db8::7,10.1.0.7",
    "",
)


class Wrong(Exception):
    """It did not hear what the original's client expects."""


def ask(port: int, request: str, at: int = 0) -> str:
    """One request from a socket of its own."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.bind(("127.0.0.1", at))
        sock.settimeout(PATIENCE)
        sock.sendto(request.encode(), ("127.0.0.1", port))
        return sock.recv(MOST).decode()


def client(port: int, uuid: str, lan: str, pub: str = "0") -> list[str]:
    """All that the program does; what it prints."""
    trackers = ask(port, "//tcksvr").split("\n")
    if not trackers[0].rpartition(":")[2].isdigit():
        raise Wrong(f"trackers: {trackers}")
    host, _, number = ask(port, "//nat").rpartition(":")
    if host != "127.0.0.1" or not 0 < int(number) < 65536:
        raise Wrong(f"//nat: {host} {number}")
    said = ask(port, f"{JOIN}{uuid}/{pub}/{lan}")
    return [line for line in said.split("\n") if line]


def addr_and_lan(line: str) -> tuple[str, str]:
    addr, comma, lan = line.partition(",")
    if not comma:
        raise Wrong(f"no comma in {line!r}")
    return addr, lan


def do_meet(port: int) -> None:
    known: list[str] = []
    for lan in LANS:
        said = client(port, "46D0F69E-E347-47A7-8E95-43E5BAA95348", lan)
        mine, own = addr_and_lan(said[0])
        if own != lan or not mine.startswith("127.0.0.1:"):
            raise Wrong(f"the first line is not its own: {said}")
        if said[1:] != known:
            raise Wrong(f"{said[1:]}, not {known}")
        known.insert(0, said[0])
    if client(port, "another", LANS[0])[1:]:
        raise Wrong("members of another group")


def do_same(one: int, two: int) -> None:
    """Ports are chosen once, so that lines can be the same."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as a, \
            socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as b:
        for sock in (a, b):
            sock.bind(("127.0.0.1", 0))
            sock.settimeout(PATIENCE)
        own = "{}:{}".format(*b.getsockname())
        for sock, request in (
            (a, "//nat"), (b, "//nat"),
            (a, f"{JOIN}g/0/0"), (a, f"{JOIN}g/0/0"),
            (b, f"{JOIN}g/0/{LANS[0]}"), (a, f"{JOIN}g/0/0"),
            (b, f"{JOIN}g/0/{LANS[1]}"), (b, f"{JOIN}g/{own}/{LANS[1]}"),
            (a, f"{JOIN}e/0/"), (a, f"{JOIN}/0/0"), (b, f"{JOIN}/0/x"),
            (a, f"{JOIN}127.0.0.1/0/0"), (b, f"{JOIN}g g/0/a b"),
        ):
            compare(sock, request, (one, two))


def compare(sock: socket.socket, request: str, ports: tuple[int, int]) -> None:
    said = []
    for port in ports:
        sock.sendto(request.encode(), ("127.0.0.1", port))
        said.append(sock.recv(MOST).removesuffix(b"\n"))
    if said[0] != said[1]:
        raise Wrong(f"{request}: {said[0]!r}, not {said[1]!r}")


def main() -> int:
    word, *ports = sys.argv[1:]
    try:
        {"meet": do_meet, "same": do_same}[word](*map(int, ports))
    except (Wrong, OSError) as why:
        print(f"{word}: {why}")
        return 1
    print(f"{word}: good")
    return 0


if __name__ == "__main__":
    sys.exit(main())
