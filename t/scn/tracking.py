#!/usr/bin/env python3
"""Asks a tracker as its clients do, from many addresses, and checks the answers.

    seed PORT           members as the original's first page describes them
    original PORT       members as the original's program is
    mixed PORT          what the one learns of the other
    trusted PORT        the whole list without a cookie, where that is said
    ttl PORT            a silent member is forgotten
    cookies PORT        no amplification, and the whole list with a cookie
    crowd PORT N        N members of one address, of which some find no place
    trackers PORT       the list of trackers, and who comes into it
    introduce PORT ADDR tells it of another tracker, until it is in the list
    list PORT PORT...   those trackers are in its list, and no others
    vouched PORT        another host's address, which counts once it has answered
    hostile PORT        what is answered by silence; the two that end the original
    stun PORT           STUN, by a client that is nobody else's
    discovery A:P B:Q   behaviour discovery on four corners

Written from the protocol's page and RFC 8489, 5780 alone. Addresses are those of
127.0.0.0/8.
"""

from __future__ import annotations

import os
import socket
import struct
import sys
import threading
import time
import zlib
from collections.abc import Callable

PATIENCE = 5.0
JOIN = b"//51pwn/P2P&E2E/"
MAGIC = 0x2112A442
HEADERS = 28  # of IPv4 and UDP


class Wrong(Exception):
    """It did not do as it should."""


def same(what: str, got: object, wanted: object) -> None:
    if got != wanted:
        raise Wrong(f"{what}: {got!r}, not {wanted!r}")


class Node:
    """One socket of one address."""

    def __init__(self, port: int, host: str = "127.0.0.1") -> None:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self.sock = socket.socket(family, socket.SOCK_DGRAM)
        self.sock.bind((host, 0))
        self.sock.settimeout(PATIENCE)
        there = "::1" if ":" in host else "127.0.0.1"
        self.sock.connect((there, port))
        name = self.sock.getsockname()
        self.at = f"[{name[0]}]:{name[1]}" if ":" in host else \
            f"{name[0]}:{name[1]}"

    def ask(self, request: bytes) -> bytes:
        """Datagrams may be lost, but not for long."""
        for _ in range(3):
            self.sock.send(request)
            try:
                return self.sock.recv(65536)
            except TimeoutError:
                continue
        raise Wrong(f"no answer to {request!r}")

    def text(self, request: str) -> str:
        return self.ask(request.encode()).decode()

    def join(self, group: str, *fields: str) -> list[str]:
        return self.text("/".join([JOIN.decode() + group, *fields])
                         ).split("\n")

    def silent(self, request: bytes) -> None:
        """What is asked behind it is answered first."""
        self.sock.send(request)
        same(f"answer to {request!r}", self.text("//nat"), self.at)


# ---- the tracker's own protocol ----


def do_seed(port: int) -> None:
    """Four fields: LAN for the neighbour alone, MAC for nobody."""
    one, two, far = (Node(port, h) for h in
                     ("127.0.1.1", "127.0.1.1", "127.0.2.2"))
    for node in (one, Node(port, "::1")):
        same("//nat", node.text("//nat"), node.at)
    same("alone", one.join("g", "0", "10.0.0.1", "aa"),
         [f"{one.at};10.0.0.1"])
    same("far", far.join("g", "0", "10.9.9.9", "bb"),
         [f"{far.at};10.9.9.9", one.at])
    same("neighbour", two.join("g", "0", "0", "cc"),
         [two.at, far.at, f"{one.at};10.0.0.1"])
    same("LAN 0", one.join("g", "0", "10.0.0.1", "aa"),
         [f"{one.at};10.0.0.1", two.at, far.at])
    moved = Node(port, "127.0.1.1")  # a new mapping of the same machine
    same("moved", moved.join("g", "0", "10.0.0.1", "aa"),
         [f"{moved.at};10.0.0.1", two.at, far.at])
    same("own port", far.join("g", "127.0.2.2:99", "0", "bb")[0],
         "127.0.2.2:99")
    same("another group", far.join("G", "0", "0", "bb"), [far.at])


def do_original(port: int) -> None:
    """Three fields: byte for byte what the original answers."""
    one, two = Node(port, "127.0.1.1"), Node(port, "127.0.2.2")
    lan = "77:5b-10.0.0.1;78-2001:db8::1"
    same("first", one.join("o", "0", "0"), [f"{one.at},0"])
    same("second", two.join("o", "0", lan),
         [f"{two.at},{lan}", f"{one.at},0"])
    same("again", one.join("o", "0", "0"),
         [f"{one.at},0", f"{two.at},{lan}"])
    same("no LAN", two.join("o", "0", ""),
         [f"{two.at},", f"{one.at},0", f"{two.at},{lan}"])
    same("a part of another", one.join("o", f"27.0.1.1{one.at[9:]}", "0")[0],
         f"{one.at},0")


def do_mixed(port: int) -> None:
    old, new = Node(port, "127.0.1.1"), Node(port, "127.0.2.2")
    old.join("m", "0", "aa-10.0.0.1")
    same("to the new", new.join("m", "0", "10.0.0.2", "bb"),
         [f"{new.at};10.0.0.2", f"{old.at};aa-10.0.0.1"])
    same("to the old", old.join("m", "0", "aa-10.0.0.1"),
         [f"{old.at},aa-10.0.0.1", new.at])


def most(request: str) -> int:
    return 3 * (len(request) + HEADERS) - HEADERS


def do_cookies(port: int) -> None:
    nodes = [Node(port, f"127.0.3.{i + 1}") for i in range(40)]
    for i, node in enumerate(nodes):
        request = f"{JOIN.decode()}c/0/10.0.0.{i}/m{i}"
        answer = node.text(request)
        if len(answer) > most(request):
            raise Wrong(f"{len(answer)} bytes for {len(request)}")
        same("its own line", answer.split("\n")[0],
             f"{node.at};10.0.0.{i}")
    last = nodes[-1].join("c", "0", "10.0.0.39", "m39")
    if not 1 < len(last) < 20:
        raise Wrong(f"{len(last)} lines without a proof")
    first = nodes[0].join("c", "0", "0", "m0", "")
    mark, _, cookie = first[-1].partition("=")
    same("an offer", mark, ";cookie")
    whole = nodes[0].join("c", "0", "0", "m0", cookie)
    same("lines with a cookie", len(whole), 41)
    same("each once", len(set(whole)), 41)
    same("the newest first", whole[1], last[0].partition(";")[0])
    stolen = nodes[1].join("c", "0", "0", "m1", cookie)
    if len(stolen) > 20:
        raise Wrong("another address's cookie is good")


def do_trusted(port: int) -> None:
    """--trust 127.0.3.0/24"""
    nodes = [Node(port, f"127.0.3.{i + 1}") for i in range(40)]
    for i, node in enumerate(nodes):
        same("lines", len(node.join("c", "0", "0", f"m{i}")), i + 1)


def do_crowd(port: int, count: int) -> None:
    """max-address 8, max-group 4, max-members 10 (see the scenario)."""
    honest = Node(port, "127.0.9.9")
    cookie = honest.join("h", "0", "0", "honest", "")[-1][8:]
    honest.join("h", "0", "0", "honest", cookie)
    flood = [Node(port, f"127.0.4.{i % 250 + 1}") for i in range(count)]
    for i, node in enumerate(flood):
        same("answered", node.join(f"f{i}", "0", "0", "x"), [node.at])
        node.join("h", "0", "0", f"x{i}")
    lines = honest.join("h", "0", "0", "other", cookie)
    if f"{honest.at}" not in lines[1:]:
        raise Wrong(f"the honest one is gone: {lines}")
    if len(lines) > 6:
        raise Wrong(f"too many in a group: {lines}")


def do_ttl(port: int) -> None:
    """--ttl 1s"""
    one, two = Node(port), Node(port)
    one.join("t", "0", "0", "a")
    deadline = time.monotonic() + PATIENCE
    while len(two.join("t", "0", "0", "b")) > 1:
        if time.monotonic() > deadline:
            raise Wrong("it is never forgotten")
        time.sleep(0.05)


def wait_for(what: str, question: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not question():
        if time.monotonic() > deadline:
            raise Wrong(f"never {what}")
        time.sleep(0.02)


class Answering(threading.Thread):
    """An address that answers probes, by STUN or as an original tracker."""

    def __init__(self, host: str, stun: bool) -> None:
        super().__init__(daemon=True)
        self.stun = stun
        self.sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.sock.bind((host, 0))
        self.at = "{}:{}".format(*self.sock.getsockname())
        self.probes = 0

    def run(self) -> None:
        while True:
            data, peer = self.sock.recvfrom(2048)
            self.probes += 1
            if self.stun and len(data) >= 20:
                self.sock.sendto(message(0x0101, data[8:20],
                                         xored(peer)), peer)
            elif not self.stun and data == b"//nat":
                self.sock.sendto("{}:{}".format(*peer).encode(), peer)


def do_trackers(port: int) -> None:
    node = Node(port)
    same("alone", node.text("//tcksvr"), f"127.0.0.1:{port}")
    new, old = Answering("127.0.5.1", True), Answering("127.0.5.2", False)
    deaf = Node(port, "127.0.5.3")
    for it in (new, old):
        it.start()
    same("answered", node.text(
        f"//tcksvr/{new.at};{old.at};{deaf.at};8.8.8.8:0;x"),
        f"127.0.0.1:{port}")
    wanted = {f"127.0.0.1:{port}", new.at, old.at}
    wait_for("in the list",
             lambda: set(node.text("//tcksvr").split("\n")) == wanted)
    for _ in range(5):  # asked once a minute
        node.text(f"//tcksvr/{new.at}")
    same("probes", new.probes, 2)


def do_introduce(port: int, other: str) -> None:
    """One tracker learns of another."""
    node = Node(port)
    node.text(f"//tcksvr/{other}")
    wait_for("in the list",
             lambda: other in node.text("//tcksvr").split("\n"))


def do_list(port: int, *addrs: str) -> None:
    """Those trackers are in the list, and no others."""
    node, wanted = Node(port), {f"127.0.0.1:{p}" for p in addrs}
    wait_for(f"{wanted}",
             lambda: set(node.text("//tcksvr").split("\n")) == wanted)


def do_vouched(port: int) -> None:
    node, there = Node(port, "127.0.6.1"), Answering("127.0.6.2", True)
    same("at first", node.join("v", there.at, "0", "a"), [node.at])
    there.start()
    wait_for("vouched for",
             lambda: node.join("v", there.at, "0", "a") == [there.at])
    same("others see it", Node(port).join("v", "0", "0", "b")[1], there.at)


def do_hostile(port: int) -> None:
    node = Node(port)
    for request in (
        b"", b"x", b"//na", b"//natx", b"//nat\n", b"//NAT", b"//nat\0",
        JOIN, JOIN + b"g/0", JOIN + b"g/0/0/m/c/x", JOIN + b"g/0/\x01",
        JOIN + b"g" * 65 + b"/0/0", JOIN + b"g/0/" + b"l" * 241,
        JOIN + b"g/0/0" + b"/" * 2000, b"//tcksvrX", b"//tcksvr\n",
        b"\0\1\0\0", message(0x0111, b"x" * 12), message(0x0011, b"y" * 12),
    ):
        node.silent(request)
    # the two that end the original
    same("one", node.join("127.0.0.1", "0", "0"), [f"{node.at},0"])
    node.text("//tcksvr/1.1.1.1:1")
    for seed in range(20000):
        node.sock.send(noise(seed))
        if seed % 50 == 0:
            node.sock.setblocking(False)
            drain(node.sock)
            node.sock.settimeout(PATIENCE)
    fresh = Node(port)
    same("still there", fresh.text("//nat"), fresh.at)


def noise(seed: int) -> bytes:
    state = zlib.crc32(struct.pack("!I", seed))
    heads = (JOIN, b"//tcksvr/", b"\0\1\0\x08!\x12\xa4B" + b"i" * 12, b"")
    body = b"/;\0:0a1.\xff[]%" * 8
    at, n = state % 40, state // 64 % 60
    return heads[state % 4] + body[at:at + n]


def drain(sock: socket.socket) -> None:
    try:
        while True:
            sock.recv(65536)
    except BlockingIOError:
        return


# ---- STUN ----


def message(kind: int, ident: bytes, body: bytes = b"") -> bytes:
    return struct.pack("!HHI", kind, len(body), MAGIC) + ident + body


def attribute(code: int, value: bytes) -> bytes:
    return struct.pack("!HH", code, len(value)) + value + b"\0" * (
        -len(value) % 4)


def xored(peer: tuple[str, int]) -> bytes:
    ip = struct.unpack("!I", socket.inet_aton(peer[0]))[0] ^ MAGIC
    return attribute(0x20, struct.pack("!HHI", 1, peer[1] ^ MAGIC >> 16, ip))


def attributes(answer: bytes) -> dict[int, bytes]:
    found, at = {}, 20
    while at < len(answer):
        code, n = struct.unpack_from("!HH", answer, at)
        found[code] = answer[at + 4:at + 4 + n]
        at += 4 + n + -n % 4
    same("length", at, len(answer))
    return found


def address(value: bytes, ident: bytes | None = None) -> str:
    family, port = struct.unpack_from("!HH", value)
    key = struct.pack("!I", MAGIC) + (ident or b"")
    if ident is not None:
        port ^= MAGIC >> 16
        value = value[:4] + bytes(a ^ b for a, b in zip(value[4:], key))
    if family == 1:
        return f"{socket.inet_ntoa(value[4:8])}:{port}"
    return f"[{socket.inet_ntop(socket.AF_INET6, value[4:])}]:{port}"


def binding(node: Node, body: bytes = b"") -> tuple[int, dict[int, bytes],
                                                    bytes]:
    ident = os.urandom(12)
    answer = node.ask(message(1, ident, body))
    same("id", answer[8:20], ident)
    return struct.unpack_from("!H", answer)[0], attributes(answer), ident


def with_crc(packet: bytes) -> bytes:
    kind, n = struct.unpack_from("!HH", packet)
    packet = struct.pack("!HH", kind, n + 8) + packet[4:]
    crc = zlib.crc32(packet) ^ 0x5354554E
    return packet + attribute(0x8028, struct.pack("!I", crc))


def do_stun(port: int) -> None:
    for host in ("127.0.0.1", "::1"):
        node = Node(port, host)
        kind, found, ident = binding(node)
        same("type", kind, 0x0101)
        same("address", address(found[0x20], ident), node.at)
    node = Node(port)
    answer = node.ask(with_crc(message(1, b"f" * 12)))
    crc = zlib.crc32(answer[:-8]) ^ 0x5354554E
    same("fingerprint", answer[-8:], attribute(0x8028,
                                               struct.pack("!I", crc)))
    wrong = bytearray(with_crc(message(1, b"f" * 12)))
    wrong[-1] ^= 1
    node.silent(bytes(wrong))
    kind, found, _ = binding(node, attribute(0x7001, b"1234"))
    same("error", (kind, found[9][:4]), (0x0111, b"\0\0\4\x14"))
    same("unknown", found[0x0A], b"\x70\x01")
    kind, found, _ = binding(node, attribute(3, b"\0\0\0\4"))
    same("no other address", (kind, found[0x0A]), (0x0111, b"\0\3"))
    kind, found, _ = binding(node, attribute(0x27, b"\0\1\0\0"))
    same("no other port", (kind, found[0x0A]), (0x0111, b"\0\x27"))


def do_discovery(one: str, two: str) -> None:
    (a, p), (b, q) = (text.rsplit(":", 1) for text in (one, two))
    aside(a, int(p))
    for host, port in ((a, p), (a, q), (b, p), (b, q)):
        other = f"{b if host == a else a}:{q if port == p else p}"
        corners = {0: f"{host}:{port}", 2: f"{host}:{other[-len(q):]}"}
        corners[2] = f"{host}:{q if port == p else p}"
        corners[4] = f"{b if host == a else a}:{port}"
        corners[6] = other
        for change, wanted in corners.items():
            ask_corner(host, int(port), change, wanted, other)


def aside(host: str, port: int) -> None:
    """RESPONSE-PORT: another socket of ours hears the answer."""
    one, two = (socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
                for _ in "12")
    with one, two:
        two.bind(("127.0.0.1", 0))
        two.settimeout(PATIENCE)
        there = struct.pack("!HH", two.getsockname()[1], 0)
        one.sendto(message(1, b"a" * 12, attribute(0x27, there)),
                   (host, port))
        same("aside", two.recv(2048)[8:20], b"a" * 12)


def ask_corner(host: str, port: int, change: int, wanted: str,
               other: str) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.bind(("127.0.0.1", 0))
        sock.settimeout(PATIENCE)
        ident = os.urandom(12)
        body = attribute(3, struct.pack("!I", change)) if change else b""
        sock.sendto(message(1, ident, body), (host, port))
        answer, peer = sock.recvfrom(2048)
        found = attributes(answer)
        same(f"{host}:{port} {change}", "{}:{}".format(*peer), wanted)
        same("RESPONSE-ORIGIN", address(found[0x802B]), wanted)
        same("OTHER-ADDRESS", address(found[0x802C]), other)
        same("mapped", address(found[0x20], ident),
             "{}:{}".format(*sock.getsockname()))


# ---- words ----

WORDS: dict[str, Callable[..., None]] = {
    "seed": do_seed,
    "original": do_original,
    "mixed": do_mixed,
    "cookies": do_cookies,
    "trusted": do_trusted,
    "ttl": do_ttl,
    "crowd": lambda port, count: do_crowd(port, int(count)),
    "trackers": do_trackers,
    "introduce": do_introduce,
    "list": do_list,
    "vouched": do_vouched,
    "hostile": do_hostile,
    "stun": do_stun,
    "discovery": do_discovery,
}


def main() -> int:
    word, *args = sys.argv[1:]
    if word != "discovery":
        args[0] = int(args[0])  # type: ignore[call-overload]
    try:
        WORDS[word](*args)
    except (Wrong, OSError) as why:
        print(f"{word}: {why}")
        return 1
    print(f"{word}: good")
    return 0


if __name__ == "__main__":
    sys.exit(main())
