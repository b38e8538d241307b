#!/usr/bin/python3
"""An end of SCTP by aiortc, its packets in datagrams of UDP, beside sctpcat.

usage: rtc.py PORT PEER-PORT [NAME=VALUE]...    as sctpcat's: connect, channels,
bytes, size, echo, want, close, stay, type, limit
"""

from __future__ import annotations

import asyncio
import hashlib
import random
import sys
import time

from aiortc import RTCDataChannel, RTCDataChannelParameters
from aiortc import RTCSctpCapabilities, RTCSctpTransport

MOST = 1 << 20          # bytes that may wait
EDGES = (0, 1, 2, 3, 4, 1159, 1160, 1161, 1162, 1163, 1164, 65535, 65536)


class Ice:
    def __init__(self, role: str) -> None:
        self.role = role


class Wire(asyncio.DatagramProtocol):
    """What RTCSctpTransport takes for DTLS."""

    state = "connected"

    def __init__(self, role: str, peer: int) -> None:
        self.transport = Ice(role)
        self.to = ("127.0.0.1", peer)
        self.sctp: RTCSctpTransport | None = None
        self.heard = time.monotonic()
        self.queue: asyncio.Queue[bytes] = asyncio.Queue()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.udp = transport

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        self.heard = time.monotonic()
        self.queue.put_nowait(data)

    async def feed(self) -> None:
        while True:
            data = await self.queue.get()
            if self.sctp:
                await self.sctp._handle_data(data)

    async def _send_data(self, data: bytes) -> None:
        self.udp.sendto(data, self.to)

    def _register_data_receiver(self, receiver: RTCSctpTransport) -> None:
        self.sctp = receiver

    def _unregister_data_receiver(self, receiver: RTCSctpTransport) -> None:
        self.sctp = None


def word(data: bytes) -> int:
    return int.from_bytes(hashlib.sha256(data).digest()[:8], "big")


class End:
    def __init__(self, wire: Wire, want: dict[str, int]) -> None:
        self.sctp = RTCSctpTransport(wire)      # type: ignore[arg-type]
        self.want = want
        self.channels: list[RTCDataChannel] = []
        self.sent = self.got = self.out = self.into = 0
        self.n_in = self.n_out = self.opened = self.closed = 0
        self.sctp.on("datachannel", self.on_channel)

    def on_channel(self, channel: RTCDataChannel) -> None:
        self.opened += 1
        self.listen(channel)

    def listen(self, channel: RTCDataChannel) -> None:
        channel.on("message", lambda data: self.on_message(channel, data))
        channel.on("close", self.on_close)

    def on_close(self) -> None:
        self.closed += 1

    def on_message(self, channel: RTCDataChannel, data: bytes | str) -> None:
        raw = data.encode() if isinstance(data, str) else data
        self.got += len(raw)
        self.into = (self.into + word(raw)) % (1 << 64)
        self.n_in += 1
        if self.want.get("echo"):
            self.send(channel, data, raw)

    def send(self, channel: RTCDataChannel, data: bytes | str,
             raw: bytes) -> None:
        channel.send(data)
        self.sent += len(raw)
        self.out = (self.out + word(raw)) % (1 << 64)
        self.n_out += 1

    def open(self) -> None:
        kind, limit = self.want.get("type", 0), self.want.get("limit", 0)
        for _ in range(self.want.get("channels", 0)):
            how = RTCDataChannelParameters(
                label="rtc", ordered=kind < 128,
                maxRetransmits=limit if kind % 128 == 1 else None,
                maxPacketLifeTime=limit if kind % 128 == 2 else None)
            channel = RTCDataChannel(self.sctp, how)
            self.channels.append(channel)
            self.listen(channel)

    def waiting(self) -> int:
        return sum(len(c[2]) for c in self.sctp._data_channel_queue) + sum(
            len(c.user_data) for c in self.sctp._outbound_queue)

    def size(self) -> int:
        n = self.want.get("size", 0)
        if n == 0:
            n = EDGES[self.n_out] if self.n_out < len(EDGES) \
                else random.randrange(65537)
        return min(n, self.want["bytes"] - self.sent)

    def say(self) -> None:
        ready = [c for c in self.channels if c.readyState == "open"]
        if len(ready) < len(self.channels):
            return
        while self.sent < self.want.get("bytes", 0) and self.waiting() < MOST:
            data = random.randbytes(16) * 4096
            data = data[:self.size()]
            self.send(ready[self.n_out % len(ready)], data, data)

    def over(self) -> bool:
        return self.sent >= self.want.get("bytes", 0) and \
            self.got >= self.want.get("want", 0) and not self.waiting() and \
            not self.sctp._sent_queue and self.sctp.state == "connected" and \
            all(c.readyState == "open" for c in self.channels)

    def tell(self, ms: float) -> None:
        print(f"end err=0 sent={self.sent} got={self.got} messages="
              f"{self.n_out},{self.n_in} opened={self.opened} "
              f"closed={self.closed} left={len(self.sctp._data_channels)} "
              f"ms={ms * 1000:.0f} out={self.out:016x} in={self.into:016x}",
              flush=True)


async def run(port: int, peer: int, want: dict[str, int]) -> int:
    role = "controlling" if want.get("connect") else "controlled"
    loop = asyncio.get_running_loop()
    _, wire = await loop.create_datagram_endpoint(
        lambda: Wire(role, peer), ("127.0.0.1", port))
    feeding = loop.create_task(wire.feed())
    end = End(wire, want)
    await end.sctp.start(RTCSctpCapabilities(maxMessageSize=65536), 5000)
    end.open()
    start = time.monotonic()
    while end.sctp.state != "closed" and time.monotonic() - wire.heard < 20:
        await asyncio.sleep(0.002)
        end.say()
        if end.over() and not want.get("stay"):
            break
    if want.get("close"):
        for channel in end.channels:
            channel.close()
        while end.closed < len(end.channels) and \
                time.monotonic() - wire.heard < 5:
            await asyncio.sleep(0.01)
    end.tell(time.monotonic() - start)
    await end.sctp.stop()                       # aborts
    feeding.cancel()
    return 0


def main() -> int:
    want = {k: int(v, 0) for k, v in (a.split("=") for a in sys.argv[3:])}
    return asyncio.run(run(int(sys.argv[1]), int(sys.argv[2]), want))


if __name__ == "__main__":
    sys.exit(main())
