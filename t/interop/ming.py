#!/usr/bin/env python3
"""Ming's own parts as its generation M1 has them, by Debian's python3-websockets: only
what is said, no WebRTC, and the faults of the originals (docs/protocol/ming.md).

    serve                a server: it never remembers clients
    later TOKEN SECONDS  one of generation M2: asks for a token, refuses long frames,
                         and ends every client after so many seconds
    host URL ID          registers, answers every offer, ends with its socket
    client URL ID        calls a host and never registers; the answer is printed
    trick URL ID         a client that registers under its own id first
    meet URL URL CA      a host at one URL, a client at the other, both checked
"""

from __future__ import annotations

import asyncio
import json
import ssl
import sys
import uuid
from http import HTTPStatus
from urllib.parse import urlsplit

sys.path.append("/usr/lib/python3/dist-packages")
try:
    import websockets
except ImportError:
    sys.exit("no python3-websockets here")

PATIENCE = 10.0
SDP = "v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\n"
CANDIDATE = {"candidate": {
    "candidate": "candidate:1 1 udp 2130706431 192.0.2.1 9 typ host",
    "sdpMid": "", "sdpMLineIndex": 0, "usernameFragment": None}}


def say(line: str) -> None:
    print(line, flush=True)


def message(what: str, payload: object, to: str = "", sender: str = "") -> str:
    """As Go's encoder prints it: in this order, empty ids left out, a newline."""
    out: dict[str, object] = {"type": what, "payload": payload}
    if to:
        out["target_id"] = to
    if sender:
        out["sender_id"] = sender
    return json.dumps(out, separators=(",", ":")) + "\n"


def described(kind: str) -> dict[str, object]:
    return {"sdp": {"type": kind, "sdp": SDP}}


# ---- the server: hosts alone are remembered ----


class Server:
    later = False  # of M2

    def __init__(self) -> None:
        self.hosts: dict[str, object] = {}

    async def register(self, ws, got: dict) -> bool:
        ident = got.get("sender_id", "")
        if ident in self.hosts and self.later:
            return False
        if ident in self.hosts:
            why = f"host with ID '{ident}' already registered"
            await ws.send(message("error", why))
            return False
        if ident:
            self.hosts[ident] = ws
            say(f"Host registered: {ident}")
        return bool(ident)

    async def route(self, ws, got: dict) -> None:
        to = got.get("target_id", "")
        if not to:
            await ws.send(message("error", "message has no target ID"))
        elif to not in self.hosts:
            say(f"target host '{to}' not found")
            await ws.send(message("error", f"target host '{to}' not found",
                                  got.get("sender_id", "") if self.later else ""))
        else:
            await self.hosts[to].send(message(
                got.get("type", ""), got.get("payload"), to,
                got.get("sender_id", "")))

    async def serve(self, ws, path: str = "/") -> None:
        ident = None
        try:
            first = json.loads(await ws.recv())
            if first.get("type") == "register-host":
                if not await self.register(ws, first):
                    return
                ident = first["sender_id"]
            else:
                await self.route(ws, first)
            async for text in ws:
                await self.route(ws, json.loads(text))
        except (ValueError, websockets.ConnectionClosed):
            pass
        finally:
            if ident:
                del self.hosts[ident]


async def serve() -> None:
    server = await websockets.serve(Server().serve, "127.0.0.1", 0)
    say(f"ready on {server.sockets[0].getsockname()[1]}")
    await asyncio.Future()


class Later(Server):
    later = True

    def __init__(self, token: str, seconds: float) -> None:
        super().__init__()
        self.token, self.seconds = token, seconds

    async def admit(self, path: str, headers) -> object:
        """As the library asks: None goes on."""
        if headers.get("Authorization") == f"Bearer {self.token}":
            return None
        return HTTPStatus.UNAUTHORIZED, [], b"Unauthorized\n"

    async def end(self, ws) -> None:
        await asyncio.sleep(self.seconds)
        say("a client is over")
        await ws.close(1011)

    async def serve(self, ws, path: str = "/") -> None:
        task = asyncio.create_task(self.end(ws))
        await super().serve(ws, path)
        task.cancel()


async def later(token: str, seconds: str) -> None:
    one = Later(token, float(seconds))
    server = await websockets.serve(one.serve, "127.0.0.1", 0, max_size=10240,
                                    process_request=one.admit)
    say(f"ready on {server.sockets[0].getsockname()[1]}")
    await asyncio.Future()


# ---- host and client ----


def connect(url: str, ca: str = ""):
    more = {}
    if url.startswith("wss:"):
        more["ssl"] = ssl.create_default_context(cafile=ca or None)
    return websockets.connect(url, open_timeout=PATIENCE, **more)


async def answer(ws, ident: str, got: dict) -> None:
    sender = got.get("sender_id", "")
    if got["type"] == "offer":
        assert got["payload"]["sdp"]["type"] == "offer"
        await ws.send(message("candidate", CANDIDATE, sender, ident))
        await ws.send(message("answer", described("answer"), sender, ident))
        say(f"answered {sender}")
    elif got["type"] == "error":
        say(f"error: {got['payload']}")


async def host(url: str, ident: str, ca: str = "") -> None:
    async with connect(url, ca) as ws:
        await ws.send(message("register-host", None, sender=ident))
        say("Registered with signaling server.")
        try:
            async for text in ws:
                await answer(ws, ident, json.loads(text))
        except websockets.ConnectionClosed:
            pass
    say("Websocket is lost")


async def client(url: str, ident: str, ca: str = "", trick: bool = False) -> None:
    own = str(uuid.uuid4())
    async with connect(url, ca) as ws:
        if trick:
            await ws.send(message("register-host", None, sender=own))
        await ws.send(message("candidate", CANDIDATE, ident, own))
        await ws.send(message("offer", described("offer"), ident, own))
        heard = set()
        while heard != {"answer", "candidate"}:
            got = json.loads(await asyncio.wait_for(ws.recv(), PATIENCE))
            if got["type"] == "error":
                sys.exit(f"error: {got['payload']}")
            assert got["sender_id"] == ident and got["target_id"] == own
            heard.add(got["type"])
    say("answered")


async def meet(there: str, here: str, ca: str) -> None:
    task = asyncio.create_task(host(there, "met", ca))
    await asyncio.sleep(0.5)
    if task.done():
        task.result()
    await client(here, "met", ca)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    say("meet well")


def main() -> None:
    what, *rest = sys.argv[1:]
    acts = {
        "serve": serve, "later": later, "host": host, "client": client, "meet": meet,
        "trick": lambda url, ident: client(url, ident, trick=True),
    }
    if what in ("host", "client", "trick", "meet") and not urlsplit(rest[0]).port:
        sys.exit("a URL with a port")
    asyncio.run(acts[what](*rest))


main()
