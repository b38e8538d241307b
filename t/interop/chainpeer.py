#!/usr/bin/env python3
"""A signed UDP peer, written from docs/protocol/showchain.md alone, in every role.

    chainpeer.py serve KEY PORT               public: introduces and proxies
    chainpeer.py wait KEY ID@HOST:PORT        is there to be reached
    chainpeer.py ping KEY ID@HOST:PORT WHOM PATH    direct, introduced, proxy; lan: of
                                              one behind the same NAT; apart: refused
    chainpeer.py covers                       has each role said and heard all of its own?

Behind these may stand nat=N, host=ADDR. Each message that is said or heard is noted
in the file traffic. What it lacks of the page are limits: it is for tests.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import socket
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from showchain import (
    Bad, Key, Message, compact, decode, encode, id_of, modulus, verify,
)

Addr = tuple[str, int]
NOBODY = "0" * 64
KEEP, DEAD, SLACK, WINDOW = 15.0, 60.0, 60000, 64
PATIENCE = 12.0
TRAFFIC = "traffic"
# What each role has to say and to hear; keys, nonces and hellos are everybody's.
ALL = {256, 496, 497}
ROLES: dict[str, tuple[set[int], set[int]]] = {
    "ping": (ALL | {257, 273, 289, 291}, ALL | {258, 275, 277, 290, 292, 293, 511}),
    "wait": (ALL | {258, 275, 276, 291, 293}, ALL | {257, 274, 292, 293}),
    "serve": (ALL | {258, 274, 275, 277, 290, 292, 293, 511},
              ALL | {257, 273, 275, 276, 289, 291, 293}),
}


@dataclass
class Known:
    """A live peer."""

    id: str
    key: str
    at: Addr
    skew: int
    ts: int
    mine: bool
    seen: float
    lan: list[str] = field(default_factory=list)
    top: int = 0
    had: set[int] = field(default_factory=set)

    def fresh(self, seq: int) -> bool:
        behind = (self.top - seq) % 2**32
        return behind >= 2**31 or (behind < WINDOW and seq not in self.had)

    def note(self, seq: int) -> None:
        if (self.top - seq) % 2**32 >= 2**31:
            self.top = seq
        self.had = {s for s in self.had if (self.top - s) % 2**32 < WINDOW} | {seq}


@dataclass
class Session:
    a: str
    b: str
    proxy: bool
    acked: bool = False
    sent: int = 0


class Peer:
    """One socket."""

    def __init__(self, key: Key, port: int = 0, public: bool = False,
                 offset: int = 0, host: str = "127.0.0.1") -> None:
        self.key, self.public, self.offset = key, public, offset
        self.role, self.nat = "", 0
        self.noted: set[tuple[str, int]] = set()
        self.sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.sock.bind((host, port))
        self.sock.settimeout(0.05)
        self.at: Addr = self.sock.getsockname()
        self.secret = os.urandom(32)
        self.seq = 2**32 - 3  # wraps soon
        self.known: dict[str, Known] = {}
        self.dialled: dict[Addr, str] = {}
        self.next_open: dict[Addr, float] = {}
        self.owed: dict[Addr, str] = {}
        self.sessions: dict[str, Session] = {}
        self.heard: list[tuple[Message, Addr]] = []
        self.lan: list[str] = []
        self.sent = 0

    # ---- what goes ----

    def now(self) -> int:
        return int(time.time() * 1000) + self.offset

    def note(self, way: str, op: int) -> None:
        """For covers: the first of each."""
        if self.role and (way, op) not in self.noted:
            self.noted.add((way, op))
            with open(TRAFFIC, "a", encoding="ascii") as f:
                print(self.role, way, op, file=f)

    def send(self, m: Message, to: Addr) -> None:
        self.put(encode(m), int(str(m["op_code"])), to)

    def put(self, datagram: bytes, op: int, to: Addr) -> None:
        self.sent += 1
        self.note("said", op)
        self.sock.sendto(datagram, to)

    def numbered(self, m: Message) -> Message:
        self.seq = self.seq % (2**32 - 1) + 1
        return {"id": self.key.id} | m | {"seq": self.seq, "ts": self.now()}

    def send_signed(self, m: Message, to: Addr) -> None:
        self.send(self.key.sign(self.numbered(m)), to)

    def nonce(self, at: Addr, minute: int) -> str:
        text = f"{at} {minute}".encode()
        return hmac.digest(self.secret, text, hashlib.sha256)[:16].hex()

    def offer(self, at: Addr) -> None:
        minute = int(time.time() / 60)
        self.send({"op_code": 497, "nonce": self.nonce(at, minute), "ts": self.now()}, at)

    def hello(self, target: str, nonce: str, to: Addr) -> None:
        m: Message = {"op_code": 496, "target": target, "key": self.key.text,
                      "nonce": nonce}
        if self.nat:
            m["nat"] = self.nat
        if self.lan:
            m["lan"] = self.lan
        self.send_signed(m, to)

    # ---- getting known ----

    def dial(self, id: str, at: Addr) -> None:
        self.dialled[at] = id
        self.next_open[at] = 0.0

    def take_nonce(self, m: Message, at: Addr) -> None:
        if at in self.dialled:
            self.hello(self.dialled[at], str(m["nonce"]), at)
            self.offer(at)
        elif at in self.owed:
            self.hello(self.owed.pop(at), str(m["nonce"]), at)

    def take_hello(self, m: Message, at: Addr) -> None:
        minute = int(time.time() / 60)
        if m["nonce"] not in (self.nonce(at, minute), self.nonce(at, minute - 1)):
            self.offer(at)
            return
        spki = base64.b64decode(str(m["key"]))
        old = self.known.get(str(m["id"]))
        if (m["target"] not in (self.key.id, NOBODY) or id_of(spki) != m["id"]
                or (old and int(str(m["ts"])) <= old.ts)):
            return
        modulus(m["key"])
        verify(m, m["key"])
        mine = self.dialled.get(at) == m["id"]
        ts, seq = int(str(m["ts"])), int(str(m["seq"]))
        lan = [str(one) for one in m.get("lan", [])]  # type: ignore[union-attr]
        self.known[str(m["id"])] = Known(
            str(m["id"]), str(m["key"]), at, ts - self.now(), ts, mine,
            time.time(), lan, seq, {seq})
        if not mine:
            self.owed[at] = str(m["id"])

    def live(self, id: object, at: Addr | None = None) -> Known | None:
        p = self.known.get(str(id))
        if not p or time.time() - p.seen > DEAD or (at and p.at != at):
            return None
        return p

    def mine(self, at: Addr) -> Known | None:
        return self.live(self.dialled.get(at), at)

    def tick(self) -> None:
        for at, id in self.dialled.items():
            p = self.live(id, at)
            if time.time() >= self.next_open[at]:
                self.next_open[at] = time.time() + (KEEP if p else 1.0)
                self.send({"op_code": 256, "id": self.key.id if p else NOBODY,
                           "seq": 0, "ts": 0}, at)

    # ---- what comes ----

    def genuine(self, m: Message, at: Addr) -> Known | None:
        p = self.live(m["id"], at)
        if not p:
            self.offer(at)
            return None
        seq, off = int(str(m["seq"])), int(str(m["ts"])) - self.now() - p.skew
        if abs(off) > SLACK or not p.fresh(seq):
            return None
        verify(m, p.key)
        p.note(seq)
        p.seen = time.time()
        return p

    def hear(self, datagram: bytes, at: Addr) -> None:
        m = decode(datagram)
        op = int(str(m["op_code"]))
        self.heard.append((m, at))
        self.note("heard", op)
        if op == 256:
            p = self.live(m["id"], at)
            if not p:
                self.offer(at)
            else:
                p.seen = time.time()
                if not p.mine:
                    print("kept alive", flush=True)
                    self.send({"op_code": 256, "id": self.key.id, "seq": 0, "ts": 0}, at)
        elif op == 496:
            self.take_hello(m, at)
        elif op == 497:
            self.take_nonce(m, at)
        elif op in (257, 258, 273, 276, 289, 291):
            p = self.genuine(m, at)
            if p:
                self.take_signed(op, m, p)
        else:
            self.take_other(op, m, at, datagram)

    def take_signed(self, op: int, m: Message, p: Known) -> None:
        if op == 257 and m["target"] == self.key.id:
            self.send_signed({"op_code": 258}, p.at)
        elif op in (273, 289):
            self.introduce_or_proxy(op, m, p)
        elif op == 276:
            self.pass_ack(m, p)
        elif op == 291:
            s = self.sessions.get(str(m["session"]))
            if not s or not s.proxy or p.id not in (s.a, s.b):
                return
            to = self.live(s.b if p.id == s.a else s.a)
            s.sent += p.id == s.a and not s.acked
            if to and m["target"] == to.id and (s.acked or s.sent <= 3 or p.id == s.b):
                self.send(m | {"op_code": 292}, to.at)

    def introduce_or_proxy(self, op: int, m: Message, p: Known) -> None:
        to = self.live(m["target"]) if self.public else None
        if not to:
            self.send({"op_code": 511, "code": 1 if self.public else 2}, p.at)
            return
        token = os.urandom(16).hex()
        self.sessions[token] = Session(p.id, to.id, op == 289)
        if op == 289:
            self.send_signed({"op_code": 290, "session": token, "target": to.id}, p.at)
            return
        passed: Message = m | {"op_code": 274, "ip": p.at[0], "port": p.at[1],
                               "session": token, "key": p.key}
        if p.lan and p.at[0] == to.at[0]:
            passed["lan"] = p.lan
        self.send(passed, to.at)

    def pass_ack(self, m: Message, p: Known) -> None:
        s = self.sessions.get(str(m["session"]))
        a = self.live(s.a) if s else None
        if s and a and s.b == p.id and not s.acked and not s.proxy:
            s.acked = True
            self.send(m | {"op_code": 277, "ip": p.at[0], "port": p.at[1],
                           "key": p.key}, a.at)

    def take_other(self, op: int, m: Message, at: Addr, datagram: bytes) -> None:
        if op == 274 and self.mine(at) and m["target"] == self.key.id:
            if id_of(base64.b64decode(str(m["key"]))) != m["id"]:
                raise Bad("not its key")
            verify(m, m["key"])
            self.send({"op_code": 256, "id": NOBODY, "seq": 0, "ts": 0},
                      (str(m["ip"]), int(str(m["port"]))))
            self.send_signed({"op_code": 276, "session": m["session"]}, at)
            if "lan" in m:
                self.tell_lan(m, at)
        elif op == 275 and m["target"] != self.key.id:
            to = self.live(m["target"])
            if to and self.live(m["id"], at):
                self.put(datagram, op, to.at)
        elif op == 292 and self.mine(at) and m["target"] == self.key.id:
            self.send({"op_code": 293, "session": m["session"], "seq": m["seq"],
                       "ts": m["ts"]}, at)
            if self.public is False and base64.b64decode(str(m["data"]))[:1] == b"{":
                self.answer_alive(m, at)
        elif op == 293:
            s = self.sessions.get(str(m["session"]))
            if s and s.proxy:
                a, b = self.live(s.a), self.live(s.b)
                s.acked = s.acked or bool(b and b.at == at)
                to = a if b and b.at == at else b
                if to:
                    self.put(datagram, op, to.at)

    def tell_lan(self, m: Message, at: Addr) -> None:
        """To who asks, and a copy to the introducer."""
        mine = self.key.sign(self.numbered({
            "op_code": 275, "target": m["id"], "key": self.key.text,
            "lan": [f"{self.at[0]}:{self.at[1]}"]}))
        self.send(mine, (str(m["ip"]), int(str(m["port"]))))
        self.send(mine, at)

    def alive(self) -> str:
        inner = compact({"op_code": 256, "id": self.key.id, "seq": 0, "ts": 0})
        return base64.b64encode(inner.encode()).decode()

    def answer_alive(self, m: Message, at: Addr) -> None:
        self.send_signed({"op_code": 291, "target": m["id"], "data": self.alive(),
                          "session": m["session"]}, at)

    # ---- running ----

    def turn(self) -> None:
        self.tick()
        try:
            datagram, at = self.sock.recvfrom(2048)
        except OSError:
            return
        self.take(datagram, at)

    def take(self, datagram: bytes, at: Addr) -> None:
        try:
            self.hear(datagram, at)
        except Bad as error:
            print(f"dropped: {error}", flush=True)

    def until(self, done: Callable[[], bool], patience: float = PATIENCE) -> bool:
        end = time.time() + patience
        while time.time() < end:
            if done():
                return True
            self.turn()
        return done()

    def of(self, op: int) -> list[Message]:
        return [m for m, _ in self.heard if m["op_code"] == op]

    def wait_for(self, op: int, patience: float = PATIENCE) -> Message:
        if not self.until(lambda: bool(self.of(op)), patience):
            raise Bad(f"no {op:#x} came")
        return self.of(op)[-1]


def verdict(name: str, run: Callable[[], None]) -> int:
    """Says how it went; the status to exit by."""
    try:
        run()
    except Bad as error:
        print(f"wrong: {error}")
        return 1
    print(f"good: {name}")
    return 0


def place(text: str) -> tuple[str, Addr]:
    id, _, where = text.partition("@")
    host, _, port = where.rpartition(":")
    return id, (host, int(port))


def join(peer: Peer, text: str) -> Known:
    id, at = place(text)
    peer.dial(id, at)
    if not peer.until(lambda: peer.live(id) is not None):
        raise Bad("no hello")
    return peer.known[id]


def connect(peer: Peer, to: Known, whom: str) -> None:
    for _ in range(int(PATIENCE)):
        peer.send_signed({"op_code": 257, "target": whom}, to.at)
        if peer.until(lambda: bool(peer.of(258)), 1.0):
            return
    raise Bad("no 0x102 came")


def ping(peer: Peer, via: Known, whom: str, path: str) -> None:
    if path == "direct":
        connect(peer, via, whom)
    elif path == "apart":
        peer.send_signed({"op_code": 273, "target": whom}, via.at)
        if peer.wait_for(511)["code"] != 4 or peer.of(277):
            raise Bad("introduced all the same")
    elif path == "lan":
        peer.send_signed({"op_code": 273, "target": whom}, via.at)
        m = peer.wait_for(275)
        verify(m, m["key"])
        if m["id"] != whom or id_of(base64.b64decode(str(m["key"]))) != whom:
            raise Bad("somebody else's network")
        connect(peer, join(peer, f"{whom}@{m['lan'][0]}"), whom)  # type: ignore[index]
    elif path == "introduced":
        peer.send_signed({"op_code": 273, "target": whom}, via.at)
        m = peer.wait_for(277)
        if m["id"] != whom or id_of(base64.b64decode(str(m["key"]))) != whom:
            raise Bad("somebody else was introduced")
        verify(m, m["key"])
        connect(peer, join(peer, f"{whom}@{m['ip']}:{m['port']}"), whom)
    else:
        peer.send_signed({"op_code": 289, "target": whom}, via.at)
        m = peer.wait_for(290)
        verify(m, via.key)
        peer.send_signed({"op_code": 291, "target": whom, "data": peer.alive(),
                          "session": m["session"]}, via.at)
        peer.wait_for(293)
        if peer.wait_for(292)["id"] != whom:
            raise Bad("data of somebody else")
    print(f"good: {whom} {path}", flush=True)


def covers() -> int:
    with open(TRAFFIC, encoding="ascii") as f:
        noted = {tuple(line.split()) for line in f}
    lacks = [f"{role} {way} {op:#x}" for role, both in ROLES.items()
             for way, ops in zip(("said", "heard"), both, strict=True)
             for op in sorted(ops) if (role, way, str(op)) not in noted]
    for one in lacks:
        print(f"wrong: never {one}")
    count = sum(len(ops) for both in ROLES.values() for ops in both)
    print(f"{'good' if not lacks else 'bad'}: {count - len(lacks)} of {count}")
    return 1 if lacks else 0


def main(args: list[str]) -> int:
    if args[0] == "covers":
        return covers()
    more = dict(a.split("=") for a in args if "=" in a)
    args = [a for a in args if "=" not in a]
    role, key = args[0], Key.of_file(args[1])
    host = more.get("host", "127.0.0.1")
    if role == "serve":
        peer = Peer(key, int(args[2]), public=True)
        peer.role = role
        print(f"ready {key.id}@127.0.0.1:{peer.at[1]}", flush=True)
        while True:
            peer.turn()
    peer = Peer(key, host=host)
    peer.role, peer.nat = role, int(more.get("nat", "0"))
    if args[-1] == "lan":
        peer.lan = [f"{peer.at[0]}:{peer.at[1]}"]
    try:
        via = join(peer, args[2])
        if role == "wait":
            print(f"ready {key.id}", flush=True)
            while True:
                peer.turn()
        ping(peer, via, args[3], args[4])
    except Bad as error:
        print(f"wrong: {error}")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
