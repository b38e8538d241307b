#!/usr/bin/env python3
"""Attacks signed UDP peers; what must not happen is looked for.

    chainattack.py WHAT KEYS ID@HOST:PORT    KEYS: three PEM files, by commas: ours, a
                                             friend's, the attacker's; a public peer

WHAT: replay keepalive wrongid swap session skew wrap flood quiet unacked dtls
    chainattack.py liar KEYS PORT            serves, and lies about addresses
"""

from __future__ import annotations

import socket
import sys
import time
from collections.abc import Callable

from chainpeer import NOBODY, Peer, connect, join, place, verdict
from showchain import Bad, Key, Message, encode

SHORT = 0.7  # seconds in which what should not come does not


def must(what: str, good: bool) -> None:
    if not good:
        raise Bad(what)


def silent(peer: Peer, op: int, before: int, patience: float = SHORT) -> bool:
    return not peer.until(lambda: len(peer.of(op)) > before, patience)


def replay(a: Key, b: Key, m: Key, text: str) -> None:
    peer = Peer(a)
    t = join(peer, text)
    once = encode(a.sign(peer.numbered({"op_code": 257, "target": t.id})))
    peer.sock.sendto(once, t.at)
    peer.wait_for(258)
    peer.sock.sendto(once, t.at)
    must("a replayed request was answered", silent(peer, 258, 1))
    hello = [x for x in peer.heard if x[0]["op_code"] == 496]
    must("no hello of it", len(hello) == 1)


def keepalive(a: Key, b: Key, m: Key, text: str) -> None:
    one, two = Peer(a), Peer(b)
    t = join(one, text)
    join(two, text)
    thief = Peer(m)
    thief.send({"op_code": 256, "id": a.id, "seq": 0, "ts": 0}, t.at)
    must("no nonce for who is elsewhere", not silent(thief, 497, 0, 3))
    two.send_signed({"op_code": 273, "target": a.id}, t.at)
    one.wait_for(274)
    must("the thief was introduced", silent(thief, 274, 0))
    must("a keepalive was answered elsewhere", not thief.of(256))


def wrongid(a: Key, b: Key, m: Key, text: str) -> None:
    id, at = place(text)
    peer = Peer(m)
    peer.send({"op_code": 256, "id": NOBODY, "seq": 0, "ts": 0}, at)
    nonce = peer.wait_for(497)["nonce"]
    lies: list[Message] = [
        {"id": a.id, "key": m.text},  # its key is not that of the id
        {"id": a.id, "key": a.text},  # its signature is not of the key
        {"id": m.id, "key": m.text, "target": b.id},  # it is for somebody else
        {"id": m.id, "key": m.text, "nonce": "0" * 32},  # it has heard nothing
    ]
    for lie in lies:
        hello: Message = {"op_code": 496, "target": id, "nonce": nonce} | lie
        peer.send(m.sign(peer.numbered(hello) | {"id": lie["id"]}), at)
        peer.offer(at)
        must(f"it was believed: {list(lie)}", silent(peer, 496, 0, 0.3))


def swap(a: Key, b: Key, m: Key, text: str) -> None:
    """A signature is good for what it was made for, and for nothing beside it."""
    one, two, thief = Peer(a), Peer(b), Peer(m)
    t = join(one, text)
    join(two, text)
    join(thief, text)
    good = a.sign(one.numbered({"op_code": 273, "target": b.id}))
    lies: list[tuple[Peer, Message]] = [
        (one, {"op_code": 289}),  # another message
        (one, {"target": m.id}),  # somebody else is wanted
        (one, {"seq": int(str(good["seq"])) + 1}),
        (thief, {"id": m.id}),  # somebody else wants
        (thief, {}),  # from elsewhere
    ]
    for peer, lie in lies:
        peer.send(good | lie, t.at)
        must(f"believed: {lie}", not peer.until(
            lambda: bool(two.of(274) or one.of(290) or thief.of(290) or thief.of(274)), 0.3))
        two.until(lambda: False, 0.1)
    must("passed on", not two.of(274))
    one.send(good, t.at)
    two.wait_for(274)


def proxied(one: Peer, two: Peer, t: str) -> Message:
    via = join(one, t)
    join(two, t)
    one.send_signed({"op_code": 289, "target": two.key.id}, via.at)
    return one.wait_for(290)


def session(a: Key, b: Key, m: Key, text: str) -> None:
    one, two, thief = Peer(a), Peer(b), Peer(m)
    token = proxied(one, two, text)["session"]
    t = join(thief, text)
    data: Message = {"op_code": 291, "target": b.id, "data": "eHg=", "session": token}
    thief.send_signed(data, t.at)
    must("data by a stolen session", silent(two, 292, 0))
    thief.send({"op_code": 293, "session": token, "seq": 1, "ts": 1}, t.at)
    must("an answer by a stolen session", silent(one, 293, 0))
    thief.send_signed({"op_code": 276, "session": token}, t.at)
    must("introduced by a stolen session", silent(one, 277, 0))
    one.send_signed(data, t.at)
    two.wait_for(292)


def skew(a: Key, b: Key, m: Key, text: str) -> None:
    peer = Peer(a, offset=-10 * 365 * 86400 * 1000)
    t = join(peer, text)
    connect(peer, t, t.id)
    peer.until(lambda: False, SHORT)
    before = len(peer.of(258))
    peer.offset += 61000
    peer.send_signed({"op_code": 257, "target": t.id}, t.at)
    must("a minute ahead was taken", silent(peer, 258, before))
    peer.offset -= 122000
    peer.send_signed({"op_code": 257, "target": t.id}, t.at)
    must("a minute behind was taken", silent(peer, 258, before))


def wrap(a: Key, b: Key, m: Key, text: str) -> None:
    peer = Peer(a)
    t = join(peer, text)
    for i in range(5):
        peer.send_signed({"op_code": 257, "target": t.id}, t.at)
        want = i + 1
        must("lost at the wrap", peer.until(lambda: len(peer.of(258)) == want))
    must("it has not wrapped", peer.seq < 100)
    peer.seq = 2**32 - 200
    peer.send_signed({"op_code": 257, "target": t.id}, t.at)
    must("an old number was taken", silent(peer, 258, 5))


def rebind(peer: Peer, host: str) -> None:
    peer.sock.close()
    peer.sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    peer.sock.bind((host, 0))
    peer.sock.settimeout(0.05)


def flood(a: Key, b: Key, m: Key, text: str) -> None:
    bad, good = Peer(m), Peer(a)
    rebind(bad, "127.0.0.2")
    t = join(bad, text)
    join(good, text)
    wrong = bad.numbered({"op_code": 257, "target": t.id})
    wrong = m.sign(wrong)
    for i in range(3000):
        bad.seq = bad.seq % (2**32 - 1) + 1
        bad.sock.sendto(encode(wrong | {"seq": bad.seq}), t.at)
        if i % 100 == 0:
            time.sleep(0.01)
    connect(good, t, t.id)
    bad.send_signed({"op_code": 257, "target": t.id}, t.at)
    must("its signatures are still looked at", silent(bad, 258, 0))


def quiet(a: Key, b: Key, m: Key, text: str) -> None:
    """What strangers say draws a nonce or nothing, and never more than it was."""
    _, at = place(text)
    peer = Peer(m)
    rebind(peer, "127.0.0.3")
    for lie in (
        {"op_code": 497, "nonce": "0" * 32, "ts": 1},
        {"op_code": 511, "code": 1},
        {"op_code": 293, "session": "0" * 32, "seq": 1, "ts": 1},
        {"op_code": 292, "target": a.id, "id": b.id, "data": "", "session": "0" * 32,
         "seq": 1, "ts": 1},
    ):
        peer.send(lie, at)
    peer.sock.sendto(b"{", at)
    peer.until(lambda: bool(peer.heard), SHORT)
    must("a stranger was answered", not peer.heard)
    for _ in range(200):
        peer.send({"op_code": 256, "id": NOBODY, "seq": 0, "ts": 0}, at)
    peer.until(lambda: len(peer.heard) > 60, 2 * SHORT)
    must("more than nonces", all(m["op_code"] == 497 for m, _ in peer.heard))
    must(f"{len(peer.heard)} nonces", 8 <= len(peer.heard) <= 60)
    must("longer than what asked", all(len(encode(m)) <= 101 for m, _ in peer.heard))


class Deaf(Peer):
    """Acknowledges nothing."""

    def take_other(self, op: int, m: Message, at: tuple[str, int], datagram: bytes) -> None:
        if op != 292:
            super().take_other(op, m, at, datagram)


def unacked(a: Key, b: Key, m: Key, text: str) -> None:
    one, two = Peer(a), Deaf(b)
    token = proxied(one, two, text)["session"]
    at = one.known[place(text)[0]].at
    for _ in range(8):
        one.send_signed({"op_code": 291, "target": b.id, "data": "eHg=",
                         "session": token}, at)
    must("three", two.until(lambda: len(two.of(292)) >= 3))
    must("more than three unasked", silent(two, 292, 3))


class Liar(Peer):
    """Introduces everybody to where nobody said that it is."""

    victim: tuple[str, int] = ("127.0.0.1", 9)

    def send(self, m: Message, to: tuple[str, int]) -> None:
        if m["op_code"] in (274, 277):
            m = m | {"ip": self.victim[0], "port": self.victim[1]}
        super().send(m, to)


def liar(a: Key, b: Key, m: Key, port: str) -> None:
    """The victim is another peer, m, that answers whoever comes."""
    victim, server = Peer(m), Liar(b, int(port), public=True)
    server.victim = victim.at
    print(f"ready {b.id}@127.0.0.1:{server.at[1]}", flush=True)
    told = 0
    while True:
        server.turn()
        victim.turn()
        if len(victim.heard) > told:
            told = len(victim.heard)
            print(f"victim {told} {victim.heard[-1][0]['op_code']}", flush=True)


def client_hello(cookie: bytes = b"") -> bytes:
    """Of DTLS 1.2: ECDHE with RSA and AES-GCM, x25519."""
    extensions = bytes.fromhex("000a00040002001d" "000b00020100" "000d000400020401"
                               "00170000" "ff01000100")
    body = (b"\xfe\xfd" + bytes(32) + b"\0" + bytes([len(cookie)]) + cookie
            + bytes.fromhex("0002c02f" "0100")
            + len(extensions).to_bytes(2, "big") + extensions)
    size = len(body).to_bytes(3, "big")
    message = b"\x01" + size + bytes(2) + bytes(3) + size + body
    return (b"\x16\xfe\xff" + bytes(8) + len(message).to_bytes(2, "big") + message)


def raw(peer: Peer, datagram: bytes, to: tuple[str, int]) -> list[bytes]:
    """All that comes back."""
    peer.sock.sendto(datagram, to)
    answers, end = [], time.monotonic() + SHORT
    while time.monotonic() < end:
        try:
            answers.append(peer.sock.recvfrom(2048)[0])
        except TimeoutError:
            pass
    return answers


def dtls(a: Key, b: Key, m: Key, text: str) -> None:
    """A ClientHello draws a nonce at most, and of who has asked a cookie."""
    known, stranger = Peer(a), Peer(m)
    t = join(known, text)
    hello = client_hello()
    for peer in (stranger, known):
        answers = raw(peer, hello, t.at)
        must("DTLS for who has not asked", all(x[:1] == b"{" for x in answers))
        must("more than a nonce", sum(map(len, answers)) <= len(hello))
    connect(known, t, t.id)
    for first in (hello, client_hello(b"0123456789abcdef")):
        answers = raw(known, first, t.at)
        must("no cookie", [x for x in answers if x[0] == 22 and x[13] == 3] != [])
        sealed = [x for x in answers if x[0] == 22]
        must("more than a cookie", sum(map(len, sealed)) <= len(first))


ATTACKS: dict[str, Callable[[Key, Key, Key, str], None]] = {
    "replay": replay, "keepalive": keepalive, "wrongid": wrongid, "swap": swap,
    "session": session,
    "skew": skew, "wrap": wrap, "flood": flood, "quiet": quiet, "unacked": unacked,
    "liar": liar, "dtls": dtls,
}


def main(args: list[str]) -> int:
    a, b, m = (Key.of_file(path) for path in args[1].split(","))
    return verdict(args[0], lambda: ATTACKS[args[0]](a, b, m, args[2]))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
