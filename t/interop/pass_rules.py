#!/usr/bin/env python3
"""Asks a natpass server what it does with clients of all kinds, good and bad.

usage: pass_rules.py RULES PORT [tls]    RULES: relayed, logins, rights, hostile,
large. The server's secrets: `of-all open=tcp,shell@box`, `box:of-box`.
"""

from __future__ import annotations

import socket
import ssl
import struct
import sys
import threading
from collections.abc import Callable

from natpass import (
    ANSWERED,
    ASKED,
    DATA_OF,
    DISCONNECT,
    FORWARD,
    HANDSHAKE,
    KEEPALIVE,
    PROOF_OF,
    REQUEST,
    RESPONSE,
    SHELL,
    UDP,
    Message,
    decode,
    frame,
    number,
    proof,
    text,
)

PATIENCE = 5.0
LINK = b"0123456789abcdef"


class Wrong(Exception):
    """It did not do as it should."""


def same(what: str, got: object, wanted: object) -> None:
    if got != wanted:
        raise Wrong(f"{what}: {got!r}, not {wanted!r}")


class Client:
    def __init__(self, port: int, me: str, gen: str = "N7", idx: int = 0):
        self.sock = socket.create_connection(("127.0.0.1", port))
        self.sock.settimeout(PATIENCE)
        if "tls" in sys.argv:
            trusts = ssl._create_unverified_context()
            self.sock = trusts.wrap_socket(self.sock)
        self.file = self.sock.makefile("rb")
        self.me, self.gen, self.idx = me.encode(), gen, idx

    def shake(self, secret: bytes = b"of-all", minutes: int = 0) -> Client:
        enc = text(1, proof(self.gen, secret, minutes))
        return self.say(Message(HANDSHAKE, payload=PROOF_OF, body=enc))

    def say(self, m: Message) -> Client:
        m.sender, m.sender_idx = m.sender or self.me, self.idx
        self.sock.sendall(frame(m.encode()))
        return self

    def raw(self, payload: bytes) -> Client:
        self.sock.sendall(frame(payload))
        return self

    def hear(self, keepalives: bool = False) -> Message:
        while True:
            head = self.file.read(6)
            if len(head) < 6:
                raise Wrong(f"{self.me.decode()}: closed")
            payload = self.file.read(struct.unpack(">HI", head)[0])
            m = decode(payload)
            m.others.append((0, payload))
            if keepalives or m.kind != KEEPALIVE:
                return m

    def is_closed(self) -> bool:
        try:
            while self.sock.recv(4096):
                pass
        except ConnectionError:
            pass
        except TimeoutError:
            return False
        return True

    def here(self) -> Client:
        """Until the server knows it: what it says to itself comes back."""
        self.say(Message(77, to=self.me, to_idx=self.idx))
        same("to oneself", self.hear().kind, 77)
        return self


def ask(to: str, kind: int = 0, link: bytes = LINK) -> Message:
    body = text(1, b"rule") + number(2, kind) + text(10, text(1, b"h"))
    return Message(REQUEST, to=to.encode(), link=link, payload=ASKED, body=body)


def open_link(a: Client, b: Client, link: bytes = LINK) -> None:
    a.say(ask(b.me.decode(), link=link))
    m = b.hear()
    same("asked", (m.kind, m.sender, m.link), (REQUEST, a.me, link))
    yes = Message(RESPONSE, to=a.me, link=link, payload=ANSWERED)
    yes.body = number(1, 1)
    yes.to_idx = m.sender_idx
    b.say(yes)
    same("answered", a.hear().kind, RESPONSE)


def data(to: bytes, what: bytes, link: bytes = LINK) -> Message:
    m = Message(FORWARD, to=to, link=link, payload=DATA_OF)
    m.body = text(1, what)
    return m


def relayed(port: int) -> None:
    a = Client(port, "a").shake().here()
    b = Client(port, "box").shake(b"of-box").here()
    open_link(a, b)
    a.say(data(b"box", b"x" * 60000))
    same("large", len(bytes(b.hear().body_field(1))), 60000)
    odd = number(1, 99) + text(2, b"liar") + text(4, b"box") + text(6, LINK)
    rest = text(40, b"\0\1raw") + number(1000, 7)
    a.raw(odd + rest)
    got = bytes(b.hear().others[-1][1])
    same("unknown", got, number(1, 99) + text(2, b"a") + odd[8:] + rest)
    b.say(Message(DISCONNECT, to=b"a", link=LINK))
    same("ended", a.hear().kind, DISCONNECT)
    open_link(a, b)  # of the same id: the first is gone
    no = Message(RESPONSE, to=b"a", link=b"second", payload=ANSWERED)
    a.say(ask("box", link=b"second"))
    b.hear()
    b.say(no)
    same("refused", a.hear().link, b"second")
    open_link(a, b, b"second")  # a refused link is no link
    b.sock.shutdown(socket.SHUT_RDWR)
    same("lost", sorted(a.hear().link for _ in "12"), [LINK, b"second"])
    a.say(ask("box"))
    m = a.hear()
    same("nobody", (m.kind, m.body_field(1)), (RESPONSE, b""))
    same("why", m.body_field(2), b"there is no such client now")


def large(port: int) -> None:
    """Messages of all sizes up to the largest, both ways at once."""
    a = Client(port, "a").shake().here()
    b = Client(port, "box").shake(b"of-box").here()
    open_link(a, b)
    around = len(data(b"box", b"x" * 65000).encode()) + 3 - 65000
    sizes = [1, 16000, 16384, 52000, 53000, 60000, 65000, 65535 - around]

    def send(one: Client, to: bytes) -> None:
        for i, size in enumerate(sizes * 4):
            one.say(data(to, bytes([i]) * size))

    senders = [
        threading.Thread(target=send, args=(a, b"box")),
        threading.Thread(target=send, args=(b, b"a")),
    ]
    for sender in senders:
        sender.start()
    for i, size in enumerate(sizes * 4):
        for one in (a, b):
            got = bytes(one.hear().body_field(1) or b"")
            same(f"message {i}", got == bytes([i]) * size, True)
    for sender in senders:
        sender.join()


def logins(port: int) -> None:
    for minutes in (-1, 0, 1):
        Client(port, "now").shake(minutes=minutes).here()
    same("old clock", Client(port, "a").shake(minutes=-3).is_closed(), True)
    same("MD5", Client(port, "a", "N6").shake().is_closed(), True)
    same("secret", Client(port, "a").shake(b"of-box").is_closed(), True)
    same("another's", Client(port, "box").shake().is_closed(), True)
    first = Client(port, "twin").shake().here()
    second = Client(port, "twin").shake().here()
    same("taken over", first.is_closed(), True)
    five = [Client(port, "five", idx=i).shake().here() for i in (1, 2)]
    second.here()
    for one in five:
        one.here()
    empty = Client(port, "").shake()
    empty.say(Message(77, to=b"twin"))
    same("an empty id", second.hear().sender, b"")


def rights(port: int) -> None:
    a = Client(port, "a").shake().here()
    b = Client(port, "box").shake(b"of-box").here()
    a.say(ask("box", SHELL))
    same("shell", b.hear().kind, REQUEST)
    a.say(ask("box", UDP, b"udp"))
    why = a.hear().body_field(2)
    same("udp", why, b"the server does not let you open that")
    b.say(ask("a", UDP, b"free"))
    same("box may", a.hear().kind, REQUEST)
    c = Client(port, "c").shake().here()
    c.say(Message(DISCONNECT, to=b"box", link=LINK))
    c.say(data(b"box", b"stolen"))
    c.say(ask("box", SHELL))
    same("its id", c.hear().body_field(2), b"there is a link of that id")
    b.say(data(b"a", b"mine"))
    same("not stolen", a.hear().body_field(1), b"mine")


def hostile(port: int) -> None:
    for bad in (b"\x0f\xff\0\0\0\0" + b"x" * 4095, b"\x20\0\0\0\0\0", b""):
        one = Client(port, "x")
        one.sock.sendall(bad * 12)
        if bad:
            same("garbage", one.is_closed(), True)
    for bad in (b"\x08", b"\x08\x01\x12\x02\xff\xff", b"\0"):
        one = Client(port, "x").shake().here()
        same("no message", one.raw(bad).is_closed(), True)
    one = Client(port, "x").shake().here()
    one.sock.sendall(frame(b"\x08\x02")[:-1] + b"!")
    same("CRC", one.is_closed(), True)
    whole = frame(Message(77, to=b"x").encode())
    one = Client(port, "x").shake().here()
    for byte in whole:
        one.sock.sendall(bytes([byte]))
    same("byte by byte", one.hear().kind, 77)
    Client(port, "long" * 33).shake().is_closed()


def main() -> None:
    rules: dict[str, Callable[[int], None]] = {
        "relayed": relayed,
        "logins": logins,
        "rights": rights,
        "hostile": hostile,
        "large": large,
    }
    try:
        rules[sys.argv[1]](int(sys.argv[2]))
    except (Wrong, OSError) as why:
        print(f"wrong: {why}")
        sys.exit(1)
    print("good")


if __name__ == "__main__":
    main()
