#!/usr/bin/env python3
"""A gateway that maps ports, written from RFC 6886, RFC 6887 and UPnP's IGD:1; it
changes nothing but its own table, of which it prints each change.

usage: gateway.py HOST WORD...    HOST any: an address of 127.0.0.0/8 by chance

    pcp natpmp upnp   what it speaks
    v0                answers PCP as one who knows NAT-PMP alone
    life=SECONDS      what it grants, at most
    port=N            the outer port that it gives, whatever is wanted
    taken=N           a port that somebody else has (UPnP: 718)
    forever           UPnP: only leases without an end (725)
    silent            UPnP: takes connections and says nothing
    chunked           UPnP: bodies in chunks
    none              UPnP: a description without a service
    refuse            PCP and NAT-PMP: not authorized

SIGUSR1: it has lost its table and its clock.
"""

from __future__ import annotations

import signal
import socket
import socketserver
import struct
import sys
import threading
import time
from random import randrange
from re import search
from xml.sax.saxutils import escape

OUTER = "198.51.100.7"
TYPE = "urn:schemas-upnp-org:service:WANIPConnection:1"


def say(*words: object) -> None:
    print(*words, flush=True)


class Table:
    def __init__(self, words: list[str]) -> None:
        self.words = {w.partition("=")[0]: w.partition("=")[2] for w in words}
        self.began = time.monotonic() - 1000
        self.ports: dict[tuple[str, int], int] = {}

    def forget(self, *_: object) -> None:
        self.began = time.monotonic()
        self.ports.clear()
        say("forgotten")

    def epoch(self) -> int:
        return int(time.monotonic() - self.began)

    def life(self, wanted: int) -> int:
        return min(wanted, int(self.words.get("life", 86400)))

    def outer(self, wanted: int, inner: int) -> int:
        return int(self.words.get("port", wanted or inner))

    def add(self, how: str, kind: str, inner: int, outer: int,
            life: int) -> None:
        self.ports[kind, inner] = outer
        say("added", how, kind, inner, outer, life)

    def remove(self, how: str, kind: str, inner: int) -> None:
        if self.ports.pop((kind, inner), None) is not None:
            say("removed", how, kind, inner)


def mapped(ip: str) -> bytes:
    return b"\0" * 10 + b"\xff\xff" + socket.inet_aton(ip)


def pcp(table: Table, data: bytes, peer: tuple[str, int]) -> bytes | None:
    op, life = data[1], struct.unpack_from("!I", data, 4)[0]
    if len(data) < 24 or data[8:24] != mapped(peer[0]):
        return None
    refuse = 2 if "refuse" in table.words and op else 0
    head = struct.pack("!BBBBII", 2, 0x80 | op, 0, refuse, life,
                       table.epoch()) + bytes(12)
    if op == 0:
        return head
    nonce, proto, inner, outer = struct.unpack_from("!12sB3xHH", data, 24)
    kind = {6: "tcp", 17: "udp"}[proto]
    got = table.outer(outer, inner)
    strict = data[60:61] == b"\2"
    if strict and got != outer:
        head = head[:3] + b"\x0b" + head[4:]
    elif life == 0:
        table.remove("pcp", kind, inner)
    elif not refuse:
        life = table.life(life)
        table.add("pcp", kind, inner, got, life)
    head = head[:4] + struct.pack("!I", life) + head[8:]
    return head + struct.pack("!12sB3xHH", nonce, proto, inner,
                              got) + mapped(OUTER)


def natpmp(table: Table, data: bytes) -> bytes:
    op = data[1]
    head = struct.pack("!BBHI", 0, 0x80 | op, 0, table.epoch())
    if op == 0:
        return head + socket.inet_aton(OUTER)
    inner, outer, life = struct.unpack_from("!HHI", data, 4)
    kind = "udp" if op == 1 else "tcp"
    if "refuse" in table.words:
        return head[:2] + b"\0\2" + head[4:]
    if life == 0:
        table.remove("natpmp", kind, inner)
        return head + struct.pack("!HHI", inner, 0, 0)
    got, life = table.outer(outer, inner), table.life(life)
    table.add("natpmp", kind, inner, got, life)
    return head + struct.pack("!HHI", inner, got, life)


def gateway(table: Table, sock: socket.socket) -> None:
    while True:
        data, peer = sock.recvfrom(2048)
        said = None
        if data[:1] == b"\2" and "pcp" in table.words:
            said = pcp(table, data, peer)
        elif data[:1] == b"\2" and "v0" in table.words:
            said = struct.pack("!BBHI", 0, 0x80 | data[1], 1, table.epoch())
        elif data[:1] == b"\0" and "natpmp" in table.words:
            said = natpmp(table, data)
        if said:
            sock.sendto(said, peer)


def ssdp(sock: socket.socket, where: str) -> None:
    while True:
        data, peer = sock.recvfrom(2048)
        kind = search(rb"(?i)\r\nST: *(\S+)", data)
        if data.startswith(b"M-SEARCH") and kind:
            sock.sendto(
                b"HTTP/1.1 200 OK\r\nCACHE-CONTROL: max-age=120\r\n"
                b"ST: " + kind[1] + b"\r\nUSN: uuid:1\r\nEXT:\r\n"
                b"Location: " + where.encode() + b"\r\n\r\n", peer)


DESCRIPTION = f"""<?xml version="1.0"?>
<root xmlns="urn:schemas-upnp-org:device-1-0"><device>
<deviceType>urn:schemas-upnp-org:device:InternetGatewayDevice:1</deviceType>
<serviceList><service>
<serviceType>urn:schemas-upnp-org:service:Layer3Forwarding:1</serviceType>
<controlURL>/wrong</controlURL></service></serviceList>
<deviceList><device><serviceList>
<service><serviceType>{TYPE}</serviceType>
<serviceId>urn:upnp-org:serviceId:WANIPConn1</serviceId>
<controlURL>ctl/IPConn</controlURL><eventSubURL>/evt</eventSubURL></service>
</serviceList></device></deviceList></device></root>
"""


def fault(code: int) -> tuple[int, str]:
    return 500, ("<s:Fault><faultcode>s:Client</faultcode><detail><UPnPError>"
                 f"<errorCode>{code}</errorCode></UPnPError></detail></s:Fault>")


def act(table: Table, action: str, body: str) -> tuple[int, str]:
    def value(name: str) -> str:
        found = search(rf"<New{name}>([^<]*)</New{name}>", body)
        return found[1] if found else ""

    kind, outer = value("Protocol").lower(), value("ExternalPort")
    if action == "GetExternalIPAddress":
        return 200, f"<NewExternalIPAddress>{OUTER}</NewExternalIPAddress>"
    if action == "AddPortMapping":
        if outer == table.words.get("taken"):
            return fault(718)
        if "forever" in table.words and value("LeaseDuration") != "0":
            return fault(725)
        table.add("upnp", kind, int(value("InternalPort")), int(outer),
                  int(value("LeaseDuration")))
        return 200, ""
    for (k, inner), port in list(table.ports.items()):
        if (k, port) == (kind, int(outer)):
            table.remove("upnp", kind, inner)
            return 200, ""
    return fault(714)


class Web(socketserver.StreamRequestHandler):
    table: Table

    def handle(self) -> None:
        line = self.rfile.readline().decode()
        fields = {}
        while (text := self.rfile.readline().decode().strip()):
            key, _, what = text.partition(":")
            fields[key.lower()] = what.strip()
        body = self.rfile.read(int(fields.get("content-length", 0)))
        if "silent" in self.table.words:
            time.sleep(60)
            return
        if line.startswith("GET /igd/desc.xml "):
            text = DESCRIPTION
            if "none" in self.table.words:
                text = text.replace(TYPE, "x")
            self.answer(200, text)
        elif line.startswith("POST /igd/ctl/IPConn "):
            action = fields["soapaction"].strip('"').partition("#")[2]
            status, inner = act(self.table, action, body.decode())
            self.answer(status, '<?xml version="1.0"?><s:Envelope><s:Body>'
                        f'<u:{action}Response xmlns:u="{escape(TYPE)}">'
                        f"{inner}</u:{action}Response></s:Body></s:Envelope>")
        else:
            self.answer(404, "")

    def answer(self, status: int, text: str) -> None:
        body = text.encode()
        how = f"Content-Length: {len(body)}"
        if "chunked" in self.table.words:
            how = "Transfer-Encoding: chunked"
            body = b"".join(b"%x;a=b\r\n%s\r\n" % (len(part), part) for part in
                            (body[:7], body[7:300], body[300:]) if part)
            body += b"0\r\nX-Trailer: 1\r\n\r\n"
        self.wfile.write(f"HTTP/1.1 {status} X\r\n{how}\r\n\r\n".encode() + body)


def udp(host: str, port: int) -> socket.socket:
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.bind((host, port))
    return sock


def main() -> None:
    host, *words = sys.argv[1:]
    if host == "any":
        host = "127." + ".".join(str(randrange(1, 255)) for _ in "123")
    table = Web.table = Table(words)
    signal.signal(signal.SIGUSR1, table.forget)
    jobs: list[tuple[object, tuple[object, ...]]] = []
    if {"pcp", "natpmp", "v0"} & table.words.keys():
        jobs.append((gateway, (table, udp(host, 5351))))
    if "upnp" in table.words:
        server = socketserver.ThreadingTCPServer((host, 0), Web)
        server.daemon_threads = True
        where = f"http://{host}:{server.server_address[1]}/igd/desc.xml"
        jobs.append((ssdp, (udp(host, 1900), where)))
        jobs.append((server.serve_forever, ()))
    for job, args in jobs:
        threading.Thread(target=job, args=args, daemon=True).start()  # type: ignore[arg-type]
    say("ready at", host)
    while True:
        signal.pause()


if __name__ == "__main__":
    main()
