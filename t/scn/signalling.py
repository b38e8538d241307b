#!/usr/bin/env python3
"""Hosts and clients of a signalling server, by a WebSocket of its own.

    flow PORT            a call: offer, answer, candidates, both ways
    refused PORT         what nobody may do is told
    frames PORT          messages in fragments, pings, what breaks WebSocket
    tokens PORT T H J    T may all, H host=home alone, J join=home alone
    browser PORT ORIGIN  pages of there may come, others may not
    module PORT          nat.js is served
    stun PORT            so is STUN, by UDP
    across PORT PORT     a host at one server, a client at the other
    wait PORT ID         a client waits for that host, for as long as it takes
    apart PORT PORT      what one host has, another cannot at the other server
    hold PORT ID TIME    a host stays, and answers who calls
    held PORT ID TOKEN   a host stays until it is closed
    taken PORT ID        a host of that id is refused
    crowd PORT N         so many hosts at once, each called
    flood PORT           more messages than one may say
"""

from __future__ import annotations

import base64
import json
import os
import socket
import struct
import sys
import time
from typing import Any

PATIENCE = 10.0
TEXT, CLOSE, PING, PONG = 1, 8, 9, 10
SDP = {"sdp": {"type": "offer", "sdp": "v=0\r\n"}}
ANSWER = {"sdp": {"type": "answer", "sdp": "v=0\r\n"}}
ONE = {"candidate": {"candidate": "candidate:1 1 udp 1 192.0.2.1 9 typ host"}}


class Wrong(Exception):
    """The server does not do what it should."""


class Closed(Exception):
    """It has said Close, or has just closed."""

    def __init__(self, code: int) -> None:
        super().__init__(f"closed {code}")
        self.code = code


def head(port: int, path: str, fields: list[str]) -> bytes:
    lines = [f"GET {path} HTTP/1.1", f"Host: 127.0.0.1:{port}", *fields]
    return "\r\n".join([*lines, "", ""]).encode()


def upgrade(port: int, path: str, fields: list[str]) -> bytes:
    key = base64.b64encode(os.urandom(16)).decode()
    return head(port, path, [
        "Upgrade: websocket", "Connection: Upgrade",
        "Sec-WebSocket-Version: 13", f"Sec-WebSocket-Key: {key}", *fields])


class Peer:
    def __init__(self, port: int, name: str = "", token: str = "",
                 path: str = "/any/path", fields: list[str] | None = None
                 ) -> None:
        self.name = name
        self.got = b""
        self.pings = 0
        self.sock = socket.create_connection(("127.0.0.1", port), PATIENCE)
        more = fields or []
        if token:
            more = [*more, f"Authorization: Bearer {token}"]
        self.sock.sendall(upgrade(port, path, more))
        self.status = int(self.until(b"\r\n\r\n").split()[1])

    def fill(self) -> None:
        more = self.sock.recv(65536)
        if not more:
            raise Closed(0)
        self.got += more

    def until(self, end: bytes) -> bytes:
        while end not in self.got:
            self.fill()
        out, _, self.got = self.got.partition(end)
        return out

    def take(self, n: int) -> bytes:
        while len(self.got) < n:
            self.fill()
        out, self.got = self.got[:n], self.got[n:]
        return out

    def frame(self, op: int, data: bytes, fin: bool = True) -> None:
        key = os.urandom(4)
        masked = bytes(b ^ key[i % 4] for i, b in enumerate(data))
        n = len(data)
        long = struct.pack("!BH", 126 | 128, n) if n > 125 else bytes([n | 128])
        self.sock.sendall(bytes([op | (128 if fin else 0)]) + long + key
                          + masked)

    def say(self, what: str, payload: Any = None, to: str = "",
            **more: Any) -> None:
        text = {"type": what, "payload": payload, "sender_id": self.name}
        if to:
            text["target_id"] = to
        self.frame(TEXT, json.dumps({**text, **more}).encode())

    def hear(self, within: float = PATIENCE) -> dict[str, Any]:
        self.sock.settimeout(within)
        while True:
            first, second = self.take(2)
            n = second & 127
            if n == 126:
                n = struct.unpack("!H", self.take(2))[0]
            data = self.take(n)
            if first & 15 == TEXT:
                return json.loads(data)
            if first & 15 == CLOSE:
                raise Closed(struct.unpack("!H", data[:2])[0] if data else 1005)
            if first & 15 == PING:
                self.pings += 1
                self.frame(PONG, data)

    def hears(self, **want: Any) -> dict[str, Any]:
        got = self.hear()
        if any(got.get(key) != value for key, value in want.items()):
            raise Wrong(f"{self.name} hears {got}, not {want}")
        return got

    def fails(self, why: str) -> None:
        got = self.hears(type="error")
        if got["payload"] != why:
            raise Wrong(f"{self.name} is told {got['payload']!r}, not {why!r}")

    def closed(self, *codes: int) -> None:
        try:
            got = self.hear()
        except Closed as end:
            if end.code not in codes:
                raise Wrong(f"{self.name}: {end}, not {codes}") from end
            return
        raise Wrong(f"{self.name} hears {got}, and should be closed")

    def silent(self, seconds: float = 0.3) -> None:
        try:
            got = self.hear(seconds)
        except TimeoutError:
            return
        raise Wrong(f"{self.name} hears {got}, and should hear nothing")


def host(port: int, name: str, token: str = "") -> Peer:
    peer = Peer(port, name, token)
    peer.say("register-host")
    return peer


def known(port: int, name: str) -> Peer:
    """A host that the other servers know of, too."""
    peer = host(port, name)
    time.sleep(0.5)
    return peer


def call(client: Peer, server: Peer) -> None:
    """Either side's candidates, the client's first of them before its offer."""
    client.say("candidate", ONE, server.name)
    server.hears(type="candidate", sender_id=client.name, payload=ONE)
    client.say("offer", SDP, server.name)
    server.hears(type="offer", sender_id=client.name, target_id=server.name,
                 payload=SDP)
    server.say("candidate", ONE, client.name)
    server.say("answer", ANSWER, client.name)
    client.hears(type="candidate", sender_id=server.name, payload=ONE)
    client.hears(type="answer", sender_id=server.name, payload=ANSWER)


# ---- one server ----


def do_flow(port: int) -> None:
    h1, h2 = host(port, "h1"), host(port, "h \u00e9 2")
    c1, c2 = Peer(port, "c1"), Peer(port, "c2", path="/?x=1")
    for client in (c1, c2):
        for server in (h1, h2):
            call(client, server)
    # any type, any payload; keys that nobody knows are not passed on
    c1.say("weird", [1, None, "\u20ac"], "h1", more={"x": 1})
    got = h1.hears(type="weird", payload=[1, None, "\u20ac"], sender_id="c1")
    assert set(got) == {"type", "payload", "target_id", "sender_id"}
    # who says no id has the one that is known
    c1.frame(TEXT, b'{"type":"offer","target_id":"h1"}')
    h1.hears(type="offer", payload=None, sender_id="c1")
    # who registers itself, as clients of the originals must, is called too
    c3 = host(port, "c3")
    call(c3, h1)
    h1.say("offer", SDP, "h \u00e9 2")
    h2.hears(type="offer", sender_id="h1")
    # an id is free at once when its socket has closed
    h1.sock.close()
    c2.sock.close()
    time.sleep(0.3)
    call(Peer(port, "c2"), host(port, "h1"))


def do_refused(port: int) -> None:
    h1, c1 = host(port, "h1"), Peer(port, "c1")
    c1.say("offer", SDP, "nobody")
    c1.fails("target host 'nobody' not found")
    c1.say("offer", SDP)
    c1.fails("message has no target ID")
    c1.say("offer", SDP, "h1", sender_id="c9")
    c1.fails("sender ID is not this connection's")
    again = host(port, "h1")
    again.fails("host with ID 'h1' already registered")
    again.closed(1000)
    twice = Peer(port, "c1")
    twice.say("offer", SDP, "h1")
    twice.fails("sender ID is another's")
    twice.closed(1000)
    # only who has called is answered
    h1.say("answer", ANSWER, "c1")
    h1.fails("target host 'c1' not found")
    c1.silent()
    call(c1, h1)
    other = host(port, "h2")
    other.say("candidate", ONE, "c1")
    other.fails("target host 'c1' not found")
    c1.silent()
    nobody = Peer(port)
    nobody.say("register-host")
    nobody.fails("message has no sender ID")
    nobody.closed(1000)
    for text in (b"hello", b"[]", b"{}", b'{"type":1}', b"", b'{"type":"x"',
                 b'{"type":"x","sender_id":"' + b"y" * 65 + b'"}'):
        bad = Peer(port)
        bad.frame(TEXT, text)
        bad.fails("message is not valid")
        bad.closed(1000)


def do_frames(port: int) -> None:
    h1, c1 = host(port, "h1"), Peer(port, "c1")
    text = json.dumps({"type": "offer", "payload": "x" * 9000,
                       "target_id": "h1", "sender_id": "c1"}).encode()
    c1.frame(TEXT, text[:7], fin=False)
    c1.frame(PING, b"are you there")
    c1.frame(0, b"", fin=False)
    c1.frame(0, text[7:5000], fin=False)
    c1.frame(PING, b"still")
    c1.frame(0, text[5000:])
    h1.hears(type="offer", payload="x" * 9000)
    for data in (b"are you there", b"still"):
        assert c1.take(2 + len(data)) == bytes([138, len(data)]) + data
    # in many small pieces of TCP, and many messages in one
    whole = b""
    for i in range(50):
        one = json.dumps({"type": "t", "payload": i, "target_id": "h1"})
        whole += bytes([129, len(one) | 128, 0, 0, 0, 0]) + one.encode()
    for at in range(0, 300):
        c1.sock.sendall(whole[at:at + 1])
    c1.sock.sendall(whole[300:])
    for i in range(50):
        h1.hears(type="t", payload=i, sender_id="c1")
    breaks = (
        (1009, lambda p: p.frame(TEXT, b'"' * 16000)),
        (1003, lambda p: p.frame(2, b"{}")),
        (1002, lambda p: p.frame(0, b"more")),
        (1002, lambda p: p.sock.sendall(bytes([129, 2]) + b"{}")),
        (1002, lambda p: p.sock.sendall(b"\x81\xfe\0\x02\0\0\0\0{}")),
        (1007, lambda p: p.frame(TEXT, b"\xff")),
        (4000, lambda p: p.frame(CLOSE, struct.pack("!H", 4000))),
    )
    for code, act in breaks:
        bad = Peer(port, "bad")
        act(bad)
        bad.closed(code)


def status(port: int, text: bytes) -> bytes:
    with socket.create_connection(("127.0.0.1", port), PATIENCE) as sock:
        sock.sendall(text)
        out = b""
        while more := sock.recv(65536):
            out += more
    return out


def do_module(port: int) -> None:
    answer = status(port, head(port, "/nat.js", []))
    top, _, body = answer.partition(b"\r\n\r\n")
    assert top.startswith(b"HTTP/1.1 200 OK\r\n"), top
    assert b"text/javascript" in top and b"export async function join" in body
    assert f"Content-Length: {len(body)}".encode() in top
    for path, want in (("/", 426), ("/nat.jsx", 426)):
        answer = status(port, head(port, path, []))
        assert int(answer.split()[1]) == want, answer
    for text in (b"x y\r\n\r\n", b"\x00" * 50, b"GET / HTTP/1.1\r\n\r\n",
                 b"GET / HTTP/1.1\r\n" + b"a: b\r\n" * 2000 + b"\r\n"):
        assert status(port, text).startswith(b"HTTP/1.1 4"), text[:50]


def do_browser(port: int, origin: str) -> None:
    for said, want in ((origin, 101), ("https://evil.example", 403),
                       ("null", 403)):
        peer = Peer(port, "c1", fields=[f"Origin: {said}"])
        assert peer.status == want, (said, peer.status)
    assert Peer(port, "c1").status == 101


def do_stun(port: int) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.settimeout(PATIENCE)
        sock.bind(("127.0.0.1", 0))
        ident = os.urandom(12)
        for junk in (b"", b"hello", os.urandom(500), b"\0\x01\0\0"):
            sock.sendto(junk, ("127.0.0.1", port))
        sock.sendto(struct.pack("!HHI", 1, 0, 0x2112A442) + ident,
                    ("127.0.0.1", port))
        answer = sock.recv(2000)
        assert answer[:2] == b"\x01\x01" and answer[8:20] == ident, answer
        mine = sock.getsockname()[1] ^ 0x2112
        assert answer[20:28] == struct.pack("!HHBBH", 0x20, 8, 0, 1, mine)


def do_tokens(port: int, every: str, hosts: str, joins: str) -> None:
    for token in ("", "wrong", every[:-1]):
        assert Peer(port, "x", token).status == 401
    home = host(port, "home", hosts)
    shed = host(port, "shed", hosts)
    shed.fails("host 'shed' is not for this token")
    shed.closed(1000)
    shed = host(port, "shed", every)
    visitor = Peer(port, "v", path=f"/?a=b&token={joins}")
    call(visitor, home)
    visitor.say("offer", SDP, "shed")
    visitor.fails("host 'shed' is not for this token")
    cannot = host(port, "other", joins)
    cannot.fails("host 'other' is not for this token")
    caller = Peer(port, "w", hosts)
    caller.say("offer", SDP, "home")
    caller.fails("host 'home' is not for this token")
    call(Peer(port, "all", every), shed)
    # whoever has its token takes its place at once, nobody else
    cuckoo = host(port, "home", every)
    cuckoo.fails("host with ID 'home' already registered")
    again = host(port, "home", hosts)
    home.closed(1000)
    call(visitor, again)


def do_flood(port: int) -> None:
    h1, c1 = host(port, "h1"), Peer(port, "c1")
    try:
        for i in range(300):
            c1.say("t", i, "h1")
        while True:
            c1.hear()
    except (Closed, ConnectionError):
        return


def do_crowd(port: int, count: str) -> None:
    hosts = [host(port, f"h{i}") for i in range(int(count))]
    clients = [Peer(port, f"c{i}") for i in range(int(count))]
    for server, client in zip(hosts, clients):
        call(client, server)


# ---- several servers ----


def do_across(one: int, other: int) -> None:
    h1, c1, c2 = known(one, "h1"), Peer(other, "c1"), Peer(one, "c2")
    call(c1, h1)
    call(c2, h1)
    h2 = known(other, "h2")
    call(c1, h2)
    call(c2, h2)
    h1.say("offer", SDP, "h2")
    h2.hears(type="offer", sender_id="h1")
    large = "x" * 14000
    c1.say("weird", large, "h1")
    h1.hears(type="weird", payload=large)
    c1.say("offer", SDP, "nobody")
    c1.fails("target host 'nobody' not found")
    h1.say("answer", ANSWER, "c9")
    h1.fails("target host 'c9' not found")
    # who has not called is not answered, wherever it is
    c3 = Peer(other, "c3")
    c3.say("offer", SDP, "h2")
    h2.hears(type="offer", sender_id="c3")
    h1.say("answer", ANSWER, "c3")
    c3.silent()


def do_apart(one: int, other: int) -> None:
    h1 = known(one, "h1")  # who comes at the same time may win
    call(Peer(other, "c1"), h1)
    again = host(other, "h1")
    again.fails("host with ID 'h1' already registered")
    again.closed(1000)
    call(Peer(one, "c2"), h1)
    h1.sock.close()
    time.sleep(0.3)
    call(Peer(one, "c3"), known(other, "h1"))


def do_wait(port: int, name: str) -> None:
    end = time.monotonic() + 4 * PATIENCE
    while time.monotonic() < end:
        client = Peer(port, f"w{time.monotonic_ns()}")
        client.say("offer", SDP, name)
        if client.hear()["type"] == "answer":
            return
        client.sock.close()
        time.sleep(0.2)
    raise Wrong(f"{name} is not there")


def do_hold(port: int, name: str, seconds: str) -> None:
    peer, end = host(port, name), time.monotonic() + float(seconds)
    print("holds", flush=True)
    while time.monotonic() < end:
        try:
            got = peer.hear(max(0.01, end - time.monotonic()))
        except TimeoutError:
            break
        if got["type"] == "offer":
            peer.say("answer", ANSWER, got["sender_id"])
    print(f"pings {peer.pings}", flush=True)


def do_mute(port: int, name: str) -> None:
    peer = host(port, name)
    print("holds", flush=True)
    try:
        while True:
            peer.hear(6 * PATIENCE)
    except Closed:
        return


def do_held(port: int, name: str, token: str) -> None:
    peer = host(port, name, token)
    print("holds", flush=True)
    peer.sock.settimeout(6 * PATIENCE)
    try:
        peer.hear(6 * PATIENCE)
    except Closed:
        return


def do_taken(port: int, name: str, token: str = "") -> None:
    peer = host(port, name, token)
    peer.fails(f"host with ID '{name}' already registered")
    peer.closed(1000)


def main() -> int:
    what, *rest = sys.argv[1:]
    act = globals().get(f"do_{what}")
    if not act:
        sys.exit(__doc__)
    words: list[Any] = [int(one) if one.isdigit() and i < 2 and len(one) < 6
                        else one for i, one in enumerate(rest)]
    if what == "crowd":
        words[1] = str(words[1])
    try:
        act(*words)
    except (Wrong, Closed, OSError, AssertionError) as why:
        print(f"{what}: {type(why).__name__}: {why}", flush=True)
        return 1
    print(f"{what} well", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
