"""One end of DTLS as aiortc has it, over a UDP socket in place of its ICE.

usage: aio.py client|server PORT FINGERPRINT TEXT    (python3-aiortc)
Says its own fingerprint, waits for a line of input, handshakes, says TEXT, and
what came: a line each.
"""

from __future__ import annotations

import asyncio
import socket
import sys

from aiortc import RTCCertificate, RTCDtlsTransport
from aiortc.rtcdtlstransport import RTCDtlsFingerprint, RTCDtlsParameters

HOST = "127.0.0.1"


class Path:
    """What RTCDtlsTransport wants of an RTCIceTransport."""

    def __init__(self, role: str, port: int) -> None:
        self.role = "controlling" if role == "server" else "controlled"
        self.state = "completed"
        self.socket = socket.socket(type=socket.SOCK_DGRAM)
        self.socket.setblocking(False)
        self.known = role == "client"
        if self.known:
            self.socket.connect((HOST, port))
        else:
            self.socket.bind((HOST, port))

    async def _recv(self) -> bytes:
        loop = asyncio.get_running_loop()
        data, peer = await loop.sock_recvfrom(self.socket, 2048)
        if not self.known:
            self.socket.connect(peer)
            self.known = True
        return data

    async def _send(self, data: bytes) -> None:
        self.socket.send(data)


class Hearer:
    def __init__(self) -> None:
        self.heard = asyncio.Event()

    async def _handle_data(self, data: bytes) -> None:
        print(f"got {data.decode()}", flush=True)
        self.heard.set()


def written(hexes: str) -> str:
    return ":".join(hexes[i:i + 2] for i in range(0, len(hexes), 2))


async def main(role: str, port: str, peer: str, text: str) -> None:
    certificate = RTCCertificate.generateCertificate()
    mine = certificate.getFingerprints()[0].value.replace(":", "").lower()
    path = Path(role, int(port))
    end, hearer = RTCDtlsTransport(path, [certificate]), Hearer()
    end._register_data_receiver(hearer)
    print(f"me {mine}", flush=True)
    if peer == "-":
        peer = sys.stdin.readline().strip()
    await end.start(RTCDtlsParameters(
        fingerprints=[RTCDtlsFingerprint("sha-256", written(peer))]))
    print(f"state {end.state}", flush=True)
    if end.state != "connected":
        return
    key = end.ssl.export_keying_material(b"EXPORTER-nat-login", 16)
    print(f"export {key.hex()}", flush=True)
    await end._send_data(text.encode())
    await asyncio.wait_for(hearer.heard.wait(), 10)
    await end.stop()


asyncio.run(main(*sys.argv[1:5]))
