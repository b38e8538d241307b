"""Tells everybody who comes, by TCP and by UDP, from where: whoami.py. What comes by
TCP goes back."""

from __future__ import annotations

import asyncio
from typing import Any


class Datagrams(asyncio.DatagramProtocol):
    def connection_made(self, transport: Any) -> None:
        self.transport = transport

    def datagram_received(self, data: bytes, peer: Any) -> None:
        text = f"you are {peer[0]} {peer[1]}: "
        self.transport.sendto(text.encode() + data, peer)


async def serve(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> None:
    host, port = writer.get_extra_info("peername")[:2]
    writer.write(f"you are {host} {port}\n".encode())
    while data := await reader.read(65536):
        writer.write(data)
        await writer.drain()
    writer.close()


async def main() -> None:
    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    await asyncio.get_running_loop().create_datagram_endpoint(
        Datagrams, ("127.0.0.1", port)
    )
    print(f"ready on {port}", flush=True)
    await server.serve_forever()


asyncio.run(main())
