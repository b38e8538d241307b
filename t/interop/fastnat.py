"""What both sides of the extended protocol do (docs/protocol/fastnat.md)."""

from __future__ import annotations

import asyncio
import hmac
import json
import secrets
from dataclasses import dataclass
from typing import Any

Message = dict[str, Any]
VERSION = 2


def nonce() -> str:
    return secrets.token_hex(16)


@dataclass(frozen=True)
class Login:
    """Everything that the proofs of one login cover."""

    token: str
    client_nonce: str
    server_nonce: str
    name: str

    def _mac(self, label: str) -> "hmac.HMAC":
        parts = (label, self.client_nonce, self.server_nonce, self.name)
        text = "\0".join(parts).encode()
        return hmac.new(self.token.encode(), text, "sha256")

    def proof(self, side: str) -> str:
        return self._mac(f"nat {side}").hexdigest()

    def session_mac(self, *parts: str) -> str:
        key = self._mac("nat session").digest()
        return hmac.new(key, "\0".join(parts).encode(), "sha256").hexdigest()

    def data_mac(self, out_id: str) -> str:
        return self.session_mac("data", out_id)


class Control:
    """One JSON object a line, each told as it comes."""

    def __init__(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self.reader = reader
        self.writer = writer

    def say(self, command: str, **members: Any) -> None:
        message = {"command": command} | members
        text = json.dumps(message, separators=(",", ":"))
        self.writer.write(text.encode() + b"\n")

    async def hear(self) -> Message | None:
        line = await self.reader.readline()
        if not line:
            print("control closed", flush=True)
            return None
        print(f"got {line.decode().strip()}", flush=True)
        return json.loads(line)

    async def hear_command(self, *commands: str) -> Message:
        """Skips what is not asked for, as clients do before the challenge."""
        while message := await self.hear():
            if message.get("command") in commands:
                return message
        raise SystemExit(0)


async def first_object(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> tuple[Message, bytes]:
    """An object that is no ping, and what came behind it; {} at the end."""
    text = b""
    while True:
        try:
            found, end = json.JSONDecoder().raw_decode(text.decode().lstrip())
        except ValueError:
            data = await reader.read(1 << 16)
            if not data:
                return {}, b""
            text = text.lstrip() + data
            continue
        text = text.lstrip()[end:]
        if found.get("command") != "ping":
            return found, text
        writer.write(b'{"command":"pong"}\n')


async def copy(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> None:
    """Until the end, which is passed on."""
    try:
        while data := await reader.read(1 << 16):
            writer.write(data)
            await writer.drain()
        writer.write_eof()
    except OSError:
        writer.transport.abort()
