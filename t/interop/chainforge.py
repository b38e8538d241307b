#!/usr/bin/env python3
"""Attacks what signed peers send each other in DTLS, on the way and with keys of
somebody else; openssl speaks DTLS here.

    chainforge.py client KEYS ID@HOST:PORT      calls with another's certificate, then
                                                with its own; KEYS: its own, another's
    chainforge.py server KEYS PORT WHICH        is called: own, other: what it shows
    chainforge.py middle PORT                   passes on to PORT and back, and puts
                                                forged datagrams between
"""

from __future__ import annotations

import base64
import os
import select
import socket
import subprocess
import sys
import tempfile
import time

from chainattack import client_hello
from chainpeer import Addr, Peer, connect, join, verdict
from showchain import Bad, Key

Pair = tuple[str, str]  # files: certificate and key
PATIENCE = 10


def certify(path: str, home: str) -> Pair:
    cert = f"{home}/{os.path.basename(path)}.crt"
    subprocess.run(["openssl", "req", "-x509", "-new", "-key", path, "-subj", "/CN=x",
                    "-days", "1", "-out", cert], check=True, stderr=subprocess.DEVNULL)
    return cert, path


# ---- a client ----


def call(at: Addr, to: Addr, pair: Pair) -> bool:
    """Is the session open?"""
    it = subprocess.Popen(
        ["openssl", "s_client", "-dtls1_2", "-bind", f"{at[0]}:{at[1]}", "-connect",
         f"{to[0]}:{to[1]}", "-cert", pair[0], "-key", pair[1]], text=True,
        errors="replace", stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT)
    assert it.stdin
    time.sleep(1.5)
    try:
        said = it.communicate("", timeout=PATIENCE)[0]
    except subprocess.TimeoutExpired:
        it.kill()
        said = it.communicate()[0]
    return "Cipher is ECDHE" in said and "alert" not in said


def client(own: str, other: str, text: str) -> None:
    with tempfile.TemporaryDirectory() as home:
        for path, good in ((other, False), (own, True)):
            peer = Peer(Key.of_file(own))
            t = join(peer, text)
            connect(peer, t, t.id)
            peer.sock.close()
            if call(peer.at, t.at, certify(path, home)) != good:
                raise Bad(f"{'refused' if good else 'open'}: {path}")
            print(f"{'open' if good else 'refused'}: {path}")


# ---- a server ----


class Front(Peer):
    """Its datagrams of DTLS go to openssl and back."""

    back: Addr

    def take(self, datagram: bytes, at: Addr) -> None:
        if at == self.back:
            self.sock.sendto(datagram, self.caller)
        elif 20 <= datagram[0] <= 63:
            self.caller = at
            self.sock.sendto(datagram, self.back)
        else:
            self.hear(datagram, at)


def free_port() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        s.bind(("127.0.0.1", 0))
        return int(s.getsockname()[1])


def server(own: str, other: str, port: str, which: str) -> None:
    with tempfile.TemporaryDirectory() as home:
        cert, key = certify(own if which == "own" else other, home)
        peer = Front(Key.of_file(own), int(port), public=True)
        peer.back = ("127.0.0.1", free_port())
        it = subprocess.Popen(
            ["openssl", "s_server", "-dtls1_2", "-accept", f"127.0.0.1:{peer.back[1]}",
             "-cert", cert, "-key", key, "-Verify", "1"], text=True,
            errors="replace", stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT)
        assert it.stdout
        os.set_blocking(it.stdout.fileno(), False)
        print(f"ready {peer.key.id}", flush=True)
        while True:
            peer.turn()
            for line in iter(it.stdout.readline, ""):
                if "CIPHER is" in line or "alert" in line:
                    print(f"openssl: {line.strip()}", flush=True)


# ---- in the middle ----


def record(kind: int, epoch: int, body: bytes) -> bytes:
    number = epoch.to_bytes(2, "big") + (1 << 20).to_bytes(6, "big")
    return bytes([kind]) + b"\xfe\xfd" + number + len(body).to_bytes(2, "big") + body


def forged(last: bytes) -> list[bytes]:
    """What anybody could say from the other one's address."""
    no = [f'{{"op_code":511,"code":{i}}}'.encode() for i in range(1, 5)]
    nobody, token = "0" * 64, "0" * 32
    return [
        record(21, 0, b"\x02\x28"), record(21, 0, b"\x01\x00"),
        record(21, 1, os.urandom(24)), record(23, 1, os.urandom(64)),
        record(20, 0, b"\x01"), record(22, 1, os.urandom(48)),
        record(22, 0, bytes.fromhex("030000030000000000000003fefd00")),
        record(22, 0, bytes.fromhex("000000000000000000000000")),
        client_hello(), client_hello(b"0123456789abcdef"), last, last, *no,
        f'{{"op_code":256,"id":"{nobody}","seq":0,"ts":0}}'.encode(),
        f'{{"op_code":293,"session":"{token}","seq":1,"ts":1}}'.encode(),
        f'{{"op_code":497,"nonce":"{token}","ts":1}}'.encode(),
    ]


def tampered(datagram: bytes) -> bytes:
    """Other data, under the same signature: it does not cover them."""
    head, mark, data = datagram.partition(b'"data":"')
    turned = b"B" if data[200:201] != b"B" else b"C"
    return head + mark + data[:200] + turned + data[201:]


def lies_of(datagram: bytes) -> list[bytes]:
    if datagram[0] == 23:
        return forged(datagram)
    data = datagram.partition(b'"data":"')[2]
    # who is on the way can break a handshake of DTLS, as he can stop it
    if base64.b64decode(data[:4])[:1] == b"\x17" and len(data) > 300:
        return [tampered(datagram)]
    return []


def middle(port: str) -> None:
    near = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    far = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    near.bind(("127.0.0.1", 0))
    far.connect(("127.0.0.1", int(port)))
    print(f"ready on {near.getsockname()[1]}", flush=True)
    caller, count = ("", 0), 0
    while True:
        for s in select.select([near, far], [], [])[0]:
            datagram, at = s.recvfrom(2048)
            if s is near:
                caller = at
            send = far.send if s is near else lambda d: near.sendto(d, caller)
            send(datagram)
            lies = lies_of(datagram)
            if lies and count < 2000:
                send(lies[count % len(lies)])
                count += 1
                if count % 100 == 0:
                    print(f"forged {count}", flush=True)


def main(args: list[str]) -> int:
    def run() -> None:
        if args[0] == "middle":
            middle(args[1])
        elif args[0] == "server":
            server(*args[1].split(","), args[2], args[3])
        else:
            client(*args[1].split(","), args[2])

    return verdict(args[0], run)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
