"""Name servers for scenarios: a few records, by UDP and TCP on one port.

Records are lines `NAME TTL A|AAAA|CNAME DATA`; what has no line does not exist
(NXDOMAIN, with an SOA that lets it be forgotten after a second). The manner says
how they are told:

    honest     as one should
    deaf       not at all
    refuses    REFUSED
    cuts       by UDP only that the answer is too long (TC)
    lies       from another port, with another id, to another question, and
               thousands of them; never the answer itself

Each question is told in the transcript: asked NAME TYPE udp|tcp.
"""

from __future__ import annotations

import asyncio
import os
import socket
import struct
from contextlib import suppress

from proc import Transcript
from script import Failed

TYPES = {"A": 1, "CNAME": 5, "SOA": 6, "AAAA": 28}
KINDS = {number: name for name, number in TYPES.items()}
MANNERS = ("honest", "deaf", "refuses", "cuts", "lies")
NOERROR, NXDOMAIN, REFUSED, TC = 0, 3, 5, 0x0200
FALSE_IP = "127.0.0.66"
FLOOD, PIECE = 20000, 200
Row = tuple[str, int, str, str]


def wire_name(text: str) -> bytes:
    labels = [p.encode() for p in text.rstrip(".").split(".") if p]
    return b"".join(bytes([len(p)]) + p for p in labels) + b"\0"


def read_question(query: bytes) -> tuple[str, str, bytes]:
    """The name, the type, and the question as it stands."""
    at, labels = 12, []
    while n := query[at]:
        labels.append(query[at + 1 : at + 1 + n].decode())
        at += 1 + n
    (kind,) = struct.unpack_from("!H", query, at + 1)
    name = ".".join(labels).lower()
    return name, KINDS.get(kind, str(kind)), query[12 : at + 5]


def data_of(kind: str, text: str) -> bytes:
    if kind == "CNAME":
        return wire_name(text)
    family = socket.AF_INET if kind == "A" else socket.AF_INET6
    return socket.inet_pton(family, text)


def record(row: Row) -> bytes:
    name, ttl, kind, text = row
    data = data_of(kind, text)
    head = struct.pack("!HHIH", TYPES[kind], 1, ttl, len(data))
    return wire_name(name) + head + data


def soa() -> bytes:
    data = wire_name("a.test") + wire_name("b.test")
    data += struct.pack("!5I", 1, 2, 3, 4, 1)
    return b"\0" + struct.pack("!HHIH", TYPES["SOA"], 1, 1, len(data)) + data


def parse(body: str) -> list[Row]:
    rows = []
    for line in body.splitlines():
        try:
            name, ttl, kind, text = line.split()
            data_of(kind, text)
            rows.append((name.lower(), int(ttl), kind, text))
        except (ValueError, OSError):
            raise Failed(f"no record: {line!r}") from None
    return rows


class NameServer(asyncio.DatagramProtocol):
    def __init__(self, name: str, log: Transcript) -> None:
        self.name = name
        self.where = ""
        self.rows: list[Row] = []
        self.manner = "honest"
        self._log = log
        self._udp: asyncio.DatagramTransport | None = None
        self._tcp: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    def tell(self, manner: str, body: str) -> None:
        """What is answered from now on."""
        if manner not in MANNERS:
            raise Failed(f"no manner {manner}; there are {' '.join(MANNERS)}")
        self.manner, self.rows = manner, parse(body)

    async def start(self) -> None:
        loop = asyncio.get_running_loop()
        while not self._udp:
            self._tcp = await asyncio.start_server(
                self._visited, "127.0.0.1", 0
            )
            at = self._tcp.sockets[0].getsockname()
            try:
                self._udp, _ = await loop.create_datagram_endpoint(
                    lambda: self, local_addr=at
                )
            except OSError:
                self._tcp.close()
        self.where = str(at[1])

    async def stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        if self._udp:
            self._udp.close()
        if self._tcp:
            self._tcp.close()
        await asyncio.sleep(0)

    # ---- answers ----

    def chain(self, name: str, kind: str) -> list[Row]:
        found: list[Row] = []
        at = name
        for _ in range(9):
            mine = [r for r in self.rows if r[0] == at]
            found += [r for r in mine if r[2] == kind]
            aliases = [r for r in mine if r[2] == "CNAME"]
            if not aliases:
                break
            found += aliases
            at = aliases[0][3].rstrip(".").lower()
        return found

    def answer(self, query: bytes, way: str) -> bytes:
        name, kind, question = read_question(query)
        self._log.say(self.name, "log", f"asked {name} {kind} {way}")
        found = self.chain(name, kind)
        code = NOERROR if any(r[0] == name for r in self.rows) else NXDOMAIN
        if self.manner == "refuses":
            found, code = [], REFUSED
        if self.manner == "cuts" and way == "udp":
            found, code = [], TC
        behind = soa() if not found and code in (NOERROR, NXDOMAIN) else b""
        counts = struct.pack("!4H", 1, len(found), bool(behind), 0)
        head = query[:2] + struct.pack("!H", 0x8180 | code) + counts
        return head + question + b"".join(map(record, found)) + behind

    # ---- UDP ----

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        assert self._udp
        reply = self.answer(data, "udp")
        if self.manner == "lies":
            task = asyncio.create_task(self.lie(data, addr))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        elif self.manner != "deaf":
            self._udp.sendto(reply, addr)

    def forge(self, query: bytes) -> bytes:
        name, kind, question = read_question(query)
        ip = FALSE_IP if kind == "A" else f"::ffff:{FALSE_IP}"
        head = query[:2] + struct.pack("!5H", 0x8180, 1, 1, 0, 0)
        return head + question + record((name, 9999, kind, ip))

    async def lie(self, query: bytes, addr: tuple[str, int]) -> None:
        assert self._udp
        forged = self.forge(query)
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
            other.sendto(forged, addr)
        other_id = bytes([query[0] ^ 0x55]) + forged[1:]
        other_name = forged[:13] + bytes([forged[13] ^ 1]) + forged[14:]
        for lie in (other_name, b"", forged[:20], os.urandom(500), query):
            self._udp.sendto(lie, addr)
        for _ in range(FLOOD // PIECE):
            for _ in range(PIECE):
                self._udp.sendto(other_id, addr)
            await asyncio.sleep(0)

    # ---- TCP ----

    async def _visited(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            while True:
                (n,) = struct.unpack("!H", await reader.readexactly(2))
                reply = self.answer(await reader.readexactly(n), "tcp")
                writer.write(struct.pack("!H", len(reply)) + reply)
        writer.close()
