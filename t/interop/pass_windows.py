#!/usr/bin/env python3
"""Speaks to a client of ours as another of ours would, and as none would: windows,
ends, resets, and who has a say in a link (docs/protocol/natpass.md 4, 5).

usage: pass_windows.py PORT SOURCE ECHO
           of the server, of a service that sends for ever, of one that sends back
The client is `box`, which allows tcp and bench; the secret is correct-horse.
"""

from __future__ import annotations

import socket
import sys

from natpass import (
    ANSWERED,
    ASKED,
    BENCH,
    CODE,
    DATA_OF,
    DISCONNECT,
    FORWARD,
    REQUEST,
    RESPONSE,
    TCP,
    UDP,
    VNC,
    Message,
    number,
    text,
)
from pass_rules import Client, Wrong, same

WINDOW, END, RESET = 1000, 1001, 1002


class Peer(Client):
    """One of ours, by hand."""

    def ours(self, m: Message, which: int, value: int) -> None:
        m.sender = self.me
        self.raw(m.encode() + number(which, value))

    def ask(self, link: bytes, port: int, kind: int = TCP, window: int = 0) -> int:
        """Its window; that the answer is yes is seen to."""
        caddr = text(1, b"127.0.0.1") + number(2, port)
        body = text(1, b"rule") + number(2, kind) + text(10, caddr)
        m = Message(REQUEST, to=b"box", link=link, payload=ASKED, body=body)
        self.ours(m, WINDOW, window)
        m = self.of(link)
        same("answer", (m.kind, m.body_field(1)), (RESPONSE, 1))
        return dict(m.others).get(WINDOW, 0)

    def of(self, link: bytes) -> Message:
        while True:
            m = self.hear()
            if m.link == link:
                return m

    def data(self, link: bytes, total: int, least: int = 0) -> bytes:
        """Just so much comes, and then nothing; of other links, whatever."""
        got = b""
        try:
            while len(got) <= total:
                self.sock.settimeout(0.5 if len(got) >= total - least else 5)
                m = self.of(link)
                if m.kind == FORWARD and m.payload:
                    got += bytes(m.body_field(1))
        except TimeoutError:
            pass
        self.sock.settimeout(5)
        self.file = self.sock.makefile("rb")
        same("bytes", len(got), total)
        return got

    def credit(self, link: bytes, more: int) -> None:
        self.ours(Message(FORWARD, to=b"box", link=link), WINDOW, more)

    def put(self, link: bytes, what: bytes) -> None:
        m = Message(FORWARD, to=b"box", link=link, payload=DATA_OF)
        m.body = text(1, what)
        self.say(m)


def windows(port: int, source: int) -> None:
    me = Peer(port, "me").shake(b"correct-horse").here()
    same("first window", me.ask(b"one", source, window=1000), 16384)
    me.data(b"one", 1000)
    me.credit(b"one", 500)
    me.data(b"one", 500)
    me.credit(b"one", 100000)
    me.data(b"one", 100000)
    me.say(Message(DISCONNECT, to=b"box", link=b"one"))


def too_much(port: int, source: int, echo: int) -> None:
    """Who sends more than was let loses the link, and that one alone."""
    me = Peer(port, "me2").shake(b"correct-horse").here()
    me.ask(b"good", echo, window=100)
    me.ask(b"bad", source, window=100)
    for _ in range(3):
        me.put(b"bad", b"x" * 60000)
    m = me.of(b"bad")
    while m.kind == FORWARD:
        m = me.of(b"bad")
    same("reset", (m.kind, dict(m.others).get(RESET)), (DISCONNECT, 1))
    me.put(b"good", b"hello")
    same("echo", me.data(b"good", 5), b"hello")


def ends(port: int, echo: int) -> None:
    me = Peer(port, "me3").shake(b"correct-horse").here()
    me.ask(b"half", echo, window=100)
    me.put(b"half", b"hello")
    me.ours(Message(FORWARD, to=b"box", link=b"half"), END, 1)
    got = me.of(b"half")
    while not got.payload:
        got = me.of(b"half")
    same("after the end", got.body_field(1), b"hello")
    m = me.of(b"half")
    while dict(m.others).get(WINDOW):
        m = me.of(b"half")
    same("its end", dict(m.others).get(END), 1)
    m = me.of(b"half")
    same("closed", (m.kind, dict(m.others).get(RESET)), (DISCONNECT, None))


def an_original(port: int, source: int, echo: int) -> None:
    """No windows, no fields; its end is the end of both."""
    me = Peer(port, "orig").shake(b"correct-horse").here()
    same("no window", me.ask(b"old", echo), 0)
    me.put(b"old", b"hello")
    m = me.of(b"old")
    same("echo", m.body_field(1), b"hello")
    others = [one for one in m.others if one[0] >= WINDOW]
    same("nothing beside", others, [])
    me.say(Message(DISCONNECT, to=b"box", link=b"old"))
    me.ask(b"wide", source)  # it may send without end
    for _ in range(20):
        same("data", me.of(b"wide").kind, FORWARD)


def requests(port: int) -> None:
    me = Peer(port, "asks").shake(b"correct-horse").here()
    whys = {
        UDP: b"that is not allowed here (--allow)",
        VNC: b"desktops are not shown here yet",
        CODE: b"there is no code-server here",
        77: b"that is not known here",
    }
    for kind, why in whys.items():
        body = text(1, b"rule") + number(2, kind)
        m = Message(REQUEST, to=b"box", link=b"no", payload=ASKED, body=body)
        same(f"why not {kind}", me.say(m).of(b"no").body_field(2), why)
    me.ask(b"bench", 0, BENCH)
    me.put(b"bench", b"x" * 30000)
    m = Message(REQUEST, to=b"box", link=b"bench", payload=ASKED)
    m.body = text(1, b"rule") + number(2, BENCH)
    why = me.say(m).of(b"bench").body_field(2)
    same("again", why, b"there is a link of that id")


def main() -> None:
    port, source, echo = (int(word) for word in sys.argv[1:4])
    try:
        windows(port, source)
        too_much(port, source, echo)
        ends(port, echo)
        an_original(port, source, echo)
        requests(port)
    except (Wrong, OSError) as why:
        print(f"wrong: {why}")
        sys.exit(1)
    print("good")


if __name__ == "__main__":
    main()
