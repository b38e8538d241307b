#!/usr/bin/env python3
"""A host and a client by aiortc, Debian's, which speak Ming's signalling by
python3-websockets. For /usr/bin/python3; loopback counts as an address here.

    join URL ID SERVICE BYTES   opens a channel to an echo, sends so much in messages
                                of many sizes, and hears all of it again
    many URL ID SERVICE COUNT   the same by so many channels at once, each closed after
    ming URL ID COUNT           as Ming's client: one channel `tunnel-udp`, no service
                                named, so many datagrams to an echo; never registers
    host URL ID                 answers who calls, and echoes what comes by channels
"""

from __future__ import annotations

import asyncio
import json
import os
import sys

try:
    import aioice.ice
    import websockets
    from aiortc import (RTCConfiguration, RTCPeerConnection,
                        RTCSessionDescription)
    from aiortc.sdp import candidate_from_sdp
except ImportError as why:
    sys.exit(f"{why}")

PATIENCE = 20.0
SIZES = (1, 100, 1199, 1200, 1201, 4096, 16000, 16384, 32768, 65535, 65536)
aioice.ice.get_host_addresses = lambda **_: ["127.0.0.1"]


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
    asyncio.run({"join": join, "many": many, "ming": ming, "host": host}[what](*rest))


main()
