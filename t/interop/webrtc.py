#!/usr/bin/env python3
"""A host and a client by aiortc, Debian's, which speak Ming's signalling by
python3-websockets. For /usr/bin/python3; loopback counts as an address here.

    join URL ID SERVICE BYTES   opens a channel to an echo, sends so much in messages
                                of many sizes, and hears all of it again
    many URL ID SERVICE COUNT   the same by so many channels at once, each closed after
    ming URL ID COUNT           as Ming's client: one channel `tunnel-udp`, no service
                                named, so many datagrams to an echo; never registers
    mill URL ID BYTES           so many each way by a channel to "mill" (mill.py), in
                                messages of many sizes, compared by SHA-256
    drop URL ID TIMES           channels that are closed while bytes pour in, and a
                                small mill after each
    host URL ID                 answers who calls; a channel for "mill" is one, what
                                comes by others goes back
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import sys
import time

try:
    import aioice.ice
    import websockets
    from aiortc import (InvalidStateError, RTCConfiguration,
                        RTCPeerConnection, RTCSessionDescription)
    from aiortc.rtcsctptransport import InboundStream
    from aiortc.sdp import candidate_from_sdp
except ImportError as why:
    sys.exit(f"{why}")

PATIENCE = 20.0
WINDOW = 1 << 20  # most bytes that wait to be sent
SUMS = 2 * 32
SIZES = (1, 100, 1199, 1200, 1201, 4096, 16000, 16384, 32768, 65535, 65536)
aioice.ice.get_host_addresses = lambda **_: ["127.0.0.1"]
pop_one = InboundStream.pop_messages


def pop_all(stream: InboundStream):
    """aiortc 1.4 gives out one message where a gap closes, and leaves one behind it,
    whole, till more comes by its stream (docs/decisions/0055).
    """
    while messages := list(pop_one(stream)):
        yield from messages


InboundStream.pop_messages = pop_all


def say(line: str) -> None:
    print(line, flush=True)


def candidate(payload: dict) -> object:
    text = payload["candidate"]["candidate"]
    if not text:
        return None  # that was all
    one = candidate_from_sdp(text.partition(":")[2])
    one.sdpMid, one.sdpMLineIndex = "0", 0
    return one


def message(what: str, payload: object, to: str, sender: str) -> str:
    return json.dumps({"type": what, "payload": payload, "target_id": to,
                       "sender_id": sender})


def described(pc: RTCPeerConnection) -> dict:
    local = pc.localDescription
    return {"sdp": {"type": local.type, "sdp": local.sdp}}


async def answered(pc: RTCPeerConnection, ws) -> None:
    async for text in ws:
        got = json.loads(text)
        if got["type"] == "error":
            say(f"error: {got['payload']}")
        elif got["type"] == "answer":
            await pc.setRemoteDescription(
                RTCSessionDescription(got["payload"]["sdp"]["sdp"], "answer"))
        elif got["type"] == "candidate":
            await pc.addIceCandidate(candidate(got["payload"]))


async def converse(channel, count: int) -> None:
    data, at, turn = os.urandom(count), 0, 0
    got, whole = bytearray(), asyncio.Event()

    @channel.on("message")
    def _(more: bytes) -> None:
        got.extend(more)
        if len(got) >= count:
            whole.set()

    while at < count:
        size = SIZES[turn % len(SIZES)]
        channel.send(data[at:at + size])
        at, turn = at + size, turn + 1
    await asyncio.wait_for(whole.wait(), PATIENCE)
    if bytes(got) != data:
        sys.exit("what came back is something else")


async def meet(url: str, ident: str, work) -> None:
    """Offers what work has made of the connection, and waits for all of it."""
    own = os.urandom(8).hex()
    pc = RTCPeerConnection(RTCConfiguration(iceServers=[]))
    done = work(pc)
    async with websockets.connect(url) as ws:
        await pc.setLocalDescription(await pc.createOffer())
        await ws.send(message("offer", described(pc), ident, own))
        task = asyncio.create_task(answered(pc, ws))
        await done
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    await pc.close()


def opening(channel) -> asyncio.Event:
    opened = asyncio.Event()
    channel.on("open", opened.set)
    return opened


async def opened(channel) -> None:
    if channel.readyState != "open":
        await asyncio.wait_for(opening(channel).wait(), PATIENCE)


async def conversation(channel, count: int, close: bool = False) -> None:
    await asyncio.wait_for(opening(channel).wait(), PATIENCE)
    await converse(channel, count)
    if not close:
        return
    closed = asyncio.Event()
    channel.on("close", closed.set)
    channel.close()
    await asyncio.wait_for(closed.wait(), PATIENCE)


async def join(url: str, ident: str, service: str, count: str) -> None:
    await meet(url, ident, lambda pc: conversation(
        pc.createDataChannel("tunnel-tcp", protocol=service), int(count)))
    say("joined well")


async def many(url: str, ident: str, service: str, count: str) -> None:
    def work(pc):
        all_ = [pc.createDataChannel("tunnel-tcp", protocol=service)
                for _ in range(int(count))]
        return asyncio.gather(*(conversation(one, 2000, True) for one in all_))

    await meet(url, ident, work)
    say("many well")


async def give(channel, count: int) -> bytes:
    """So many bytes in messages of all sizes; for ever, if none. Their SHA-256."""
    room, sums, left, turn = os.urandom(SIZES[-1]), hashlib.sha256(), count, 0
    channel.bufferedAmountLowThreshold = WINDOW // 2
    low = asyncio.Event()
    channel.on("bufferedamountlow", low.set)
    while left or not count:
        size = min(SIZES[turn % len(SIZES)], left if count else SIZES[-1])
        low.clear()
        if channel.bufferedAmount > WINDOW:
            await asyncio.wait_for(low.wait(), PATIENCE)
        channel.send(room[:size])
        sums.update(room[:size])
        left, turn = left - size, turn + 1
    return sums.digest()


class Taken:
    """What comes by a channel: count bytes, and what mill.py says of them."""

    def __init__(self, channel, count: int) -> None:
        self.left, self.sums, self.end = count, hashlib.sha256(), bytearray()
        self.first = 0.0
        self.whole = asyncio.Event()
        channel.on("message", self.hear)

    def hear(self, data: bytes) -> None:
        self.first = self.first or time.monotonic()
        self.sums.update(data[:self.left])
        self.end += data[self.left:]
        self.left = max(self.left - len(data), 0)
        if len(self.end) >= SUMS:
            self.whole.set()


async def grinds(channel, count: int) -> None:
    taken = Taken(channel, count)
    await opened(channel)
    begun = time.monotonic()
    channel.send(b"%d\n" % count)
    sent = await give(channel, count)
    await taken.whole.wait()
    if bytes(taken.end) != sent + taken.sums.digest():
        sys.exit("the sums are others")
    say(f"{count} bytes, {taken.first - begun:.1f} s up, "
        f"{time.monotonic() - taken.first:.1f} s down")


async def leaves(channel) -> None:
    """Closed while bytes pour in; over when the other side has closed it too."""
    got, enough, closed = 0, asyncio.Event(), asyncio.Event()

    @channel.on("message")
    def _(data: bytes) -> None:
        nonlocal got
        got += len(data)
        if got > 300_000:
            enough.set()

    channel.on("close", closed.set)
    await opened(channel)
    channel.send(b"0\n")
    await asyncio.wait_for(enough.wait(), PATIENCE)
    channel.close()
    await asyncio.wait_for(closed.wait(), PATIENCE)


async def mill(url: str, ident: str, count: str) -> None:
    await meet(url, ident, lambda pc: grinds(
        pc.createDataChannel("tunnel-tcp", protocol="mill"), int(count)))
    say("mill well")


async def drop(url: str, ident: str, times: str) -> None:
    """All are open from the beginning: aiortc gives a number to the next channel
    before the other side has ended the one that had it."""
    async def all_(channels) -> None:
        for one, other in zip(channels[::2], channels[1::2]):
            await leaves(one)
            await grinds(other, 10_000)

    def work(pc):
        return all_([pc.createDataChannel("tunnel-tcp", protocol="mill")
                     for _ in range(2 * int(times))])

    await meet(url, ident, work)
    say("drop well")


async def datagrams(channel, count: int) -> None:
    got: asyncio.Queue = asyncio.Queue()
    channel.on("message", got.put_nowait)
    await asyncio.wait_for(opening(channel).wait(), PATIENCE)
    for i in range(count):
        data = os.urandom(1 + i * 97 % 1400)
        channel.send(data)
        while await asyncio.wait_for(got.get(), PATIENCE) != data:
            pass


async def ming(url: str, ident: str, count: str) -> None:
    await meet(url, ident, lambda pc: datagrams(pc.createDataChannel(
        "tunnel-udp", ordered=False, maxRetransmits=0), int(count)))
    say("datagrams well")


class Mill:
    """What mill.py does, by a channel."""

    def __init__(self, channel) -> None:
        self.channel, self.head, self.count, self.left = channel, b"", 0, -1
        self.sums = hashlib.sha256()
        channel.on("message", self.hear)
        channel.on("close", lambda: say("mill is closed"))

    def hear(self, data: bytes) -> None:
        if self.left < 0:
            self.head += data
            first, newline, data = self.head.partition(b"\n")
            if not newline:
                return
            self.count = self.left = int(first)
        self.sums.update(data)
        self.left -= len(data)
        if self.left == 0:
            self.task = asyncio.create_task(self.answer())

    async def answer(self) -> None:
        try:
            went = await give(self.channel, self.count)
        except InvalidStateError:
            return  # closed there
        self.channel.send(self.sums.digest() + went)
        while self.channel.bufferedAmount:  # a close would overtake it
            await asyncio.sleep(0.01)
        self.channel.close()


class Host:
    def __init__(self, ws, ident: str) -> None:
        self.ws, self.ident = ws, ident
        self.peers: dict[str, RTCPeerConnection] = {}
        self.early: dict[str, list] = {}

    async def answer(self, sender: str, payload: dict) -> None:
        pc = RTCPeerConnection(RTCConfiguration(iceServers=[]))
        self.peers[sender] = pc

        @pc.on("datachannel")
        def _(channel) -> None:
            say(f"channel {channel.label} {channel.protocol}")
            if channel.protocol == "mill":
                Mill(channel)
            else:
                channel.on("message", channel.send)

        await pc.setRemoteDescription(
            RTCSessionDescription(payload["sdp"]["sdp"], "offer"))
        await pc.setLocalDescription(await pc.createAnswer())
        await self.ws.send(message("answer", described(pc), sender, self.ident))
        for one in self.early.pop(sender, []):
            await pc.addIceCandidate(one)

    async def hear(self, got: dict) -> None:
        sender = got.get("sender_id", "")
        if got["type"] == "offer":
            await self.answer(sender, got["payload"])
        elif got["type"] == "candidate" and sender in self.peers:
            await self.peers[sender].addIceCandidate(candidate(got["payload"]))
        elif got["type"] == "candidate":
            self.early.setdefault(sender, []).append(candidate(got["payload"]))


async def host(url: str, ident: str) -> None:
    async with websockets.connect(url) as ws:
        await ws.send(json.dumps({"type": "register-host", "payload": None,
                                  "sender_id": ident}))
        say("ready")
        one = Host(ws, ident)
        async for text in ws:
            await one.hear(json.loads(text))


def main() -> None:
    what, *rest = sys.argv[1:]
    asyncio.run({"join": join, "many": many, "ming": ming, "mill": mill,
                 "drop": drop, "host": host}[what](*rest))


main()
