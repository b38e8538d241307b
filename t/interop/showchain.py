#!/usr/bin/env python3
"""showchain - messages and keys of signed UDP peers, from docs/protocol/showchain.md
alone: JSON by the standard library, RSA by its integers.

    showchain.py check FILE         reads and remakes test vectors
    showchain.py make KEY KEY       prints test vectors by two keys (PEM)
    showchain.py id KEY             the id of a key
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import ipaddress
import json
import re
import sys
from dataclasses import dataclass
from pathlib import Path

Value = int | str | list[str]
Message = dict[str, Value]

MOST = 1200
TS_MOST = 2**53 - 1
TABLE = """
256 op_code id seq ts
257 op_code id target seq ts sign                           | op_code target seq ts
258 op_code id seq ts sign                                  | op_code id seq ts
273 op_code target id seq ts sign                           | op_code target seq ts
274 op_code target id seq ts ip port session key lan? sign  | op_code target seq ts
275 op_code target id seq ts key lan? sign                  | op_code target id seq ts
276 op_code id seq ts session sign                          | op_code session seq ts
277 op_code id seq ts ip port session key sign              | op_code session seq ts
289 op_code target id seq ts sign                           | op_code target seq ts
290 op_code session target seq ts sign                      | op_code target session seq ts
291 op_code target id data session seq ts mac? sign?        | op_code target session seq ts
292 op_code target id data session seq ts
293 op_code session seq ts
496 op_code id target key nonce seq ts nat? lan? group? sign | op_code id target key nonce seq ts
497 op_code nonce ts
511 op_code code
"""
HAS: dict[int, list[str]] = {}
SIGNS: dict[int, list[str]] = {}
for _line in TABLE.strip().split("\n"):
    _has, _, _signs = _line.partition("|")
    HAS[int(_has.split()[0])] = _has.split()[1:]
    SIGNS[int(_has.split()[0])] = _signs.split()
CARRIED = {274: 273, 277: 276}  # whose signature


class Bad(Exception):
    """It is no message, key or signature."""


# ---- values ----


def is_number(value: Value, low: int, high: int) -> bool:
    return type(value) is int and low <= value <= high


def is_hex(value: Value, digits: int) -> bool:
    return isinstance(value, str) and bool(
        re.fullmatch(f"[0-9a-f]{{{digits}}}", value)
    )


def is_base64(value: Value, least: int, most: int) -> bool:
    try:
        raw = base64.b64decode(str(value), validate=True)
    except ValueError:
        return False
    again = base64.b64encode(raw).decode()
    return again == value and least <= len(raw) <= most


def ip_text(host: str) -> str:
    ip = ipaddress.ip_address(host)
    if isinstance(ip, ipaddress.IPv6Address) and ip.ipv4_mapped:
        ip = ip.ipv4_mapped
    return str(ip)


def is_ip(value: Value) -> bool:
    try:
        return isinstance(value, str) and ip_text(value) == value and "%" not in value
    except ValueError:
        return False


def split(where: str) -> tuple[str, int]:
    host, _, port = where.rpartition(":")
    return host.strip("[]"), int(port)


def joined(host: str, port: int) -> str:
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def is_lan(value: Value) -> bool:
    if not isinstance(value, list) or not 1 <= len(value) <= 2:
        return False
    for one in value:
        if not isinstance(one, str) or not re.fullmatch(r".+:[1-9][0-9]{0,4}", one):
            return False
        host, port = split(one)
        if not is_ip(host) or port > 65535 or joined(host, port) != one:
            return False
    return True


def good(name: str, value: Value, keep: bool) -> bool:
    if name in ("op_code", "port", "code"):
        return is_number(value, 0, 65535)
    if name == "seq":
        return is_number(value, 0 if keep else 1, 0 if keep else 2**32 - 1)
    if name == "ts":
        return is_number(value, 0, 0 if keep else TS_MOST)
    if name == "nat":
        return is_number(value, 1, 5)
    if name in ("id", "target", "session", "nonce"):
        return is_hex(value, 64 if name in ("id", "target") else 32)
    if name in ("ip", "lan"):
        return is_ip(value) if name == "ip" else is_lan(value)
    least, most = {"key": (294, 294), "sign": (256, 256), "group": (32, 32),
                   "mac": (16, 16), "data": (0, 681)}[name]
    return is_base64(value, least, most)


# ---- messages ----


def compact(value: object) -> str:
    return json.dumps(value, separators=(",", ":"))


def encode(m: Message) -> bytes:
    """In the order of the table; what may be missing may be."""
    names = [name.rstrip("?") for name in HAS[int(str(m["op_code"]))]]
    return compact({name: m[name] for name in names if name in m}).encode()


def decode(datagram: bytes) -> Message:
    try:
        m = json.loads(datagram.decode("ascii"))
    except ValueError as error:
        raise Bad("no JSON") from error
    if len(datagram) > MOST or not isinstance(m, dict):
        raise Bad("too long, or no object")
    op = m.get("op_code")
    if type(op) is not int or op not in HAS:
        raise Bad("no op_code of ours")
    for name in HAS[op]:
        if name.rstrip("?") not in m:
            if not name.endswith("?"):
                raise Bad(f"no {name}")
        elif not good(name.rstrip("?"), m[name.rstrip("?")], op == 256):
            raise Bad(f"{name} is not as it should be")
    if op == 291 and ("mac" in m) == ("sign" in m):
        raise Bad("neither mac nor sign, or both")
    if encode(m) != datagram:
        raise Bad("not in its one spelling")
    return m


def signed(m: Message) -> bytes:
    op = int(str(m["op_code"]))
    values = [m[name] for name in SIGNS[op]]
    values[0] = CARRIED.get(op, op)
    if op == 291 and "sign" not in m and "mac" in m:
        values.append(m["data"])
    return compact(values).encode()


# ---- RSA ----

DIGEST_INFO = bytes.fromhex("3031300d060960864801650304020105000420")
SPKI_HEAD = bytes.fromhex(
    "30820122300d06092a864886f70d01010105000382010f003082010a0282010100"
)
SPKI_TAIL = bytes.fromhex("0203010001")


def padded(text: bytes) -> int:
    tail = DIGEST_INFO + hashlib.sha256(text).digest()
    return int.from_bytes(
        b"\x00\x01" + b"\xff" * (253 - len(tail)) + b"\x00" + tail, "big"
    )


def spki_of(n: int) -> bytes:
    return SPKI_HEAD + n.to_bytes(256, "big") + SPKI_TAIL


def id_of(spki: bytes) -> str:
    return hashlib.sha256(spki).hexdigest()


def modulus(key: Value) -> int:
    spki = base64.b64decode(str(key))
    n = int.from_bytes(spki[len(SPKI_HEAD) : -len(SPKI_TAIL)], "big")
    if len(spki) != 294 or spki_of(n) != spki or n.bit_length() != 2048 or n % 2 == 0:
        raise Bad("no key of ours")
    return n


def verify(m: Message, key: Value) -> None:
    sign = int.from_bytes(base64.b64decode(str(m["sign"])), "big")
    n = modulus(key)
    if sign >= n or pow(sign, 65537, n) != padded(signed(m)):
        raise Bad("a wrong signature")


def der_values(der: bytes) -> list[tuple[int, bytes]]:
    found = []
    while der:
        tag, n, at = der[0], der[1], 2
        if n & 0x80:
            at = 2 + (n & 0x7F)
            n = int.from_bytes(der[2:at], "big")
        found.append((tag, der[at : at + n]))
        der = der[at + n :]
    return found


@dataclass
class Key:
    """A private key."""

    n: int
    d: int
    p: int
    q: int
    der: bytes

    @classmethod
    def of_der(cls, der: bytes) -> Key:
        inner = der_values(der_values(der)[0][1])[2][1]
        v = [int.from_bytes(b, "big") for _, b in der_values(der_values(inner)[0][1])]
        return cls(v[1], v[3], v[4], v[5], der)

    @classmethod
    def of_file(cls, path: str | Path) -> Key:
        text = Path(path).read_text(encoding="ascii")
        found = re.search(r"-----BEGIN PRIVATE KEY-----([^-]+)-----END", text)
        if not found:
            raise Bad(f"{path}: no private key")
        return cls.of_der(base64.b64decode(found[1]))

    @property
    def spki(self) -> bytes:
        return spki_of(self.n)

    @property
    def text(self) -> str:
        return base64.b64encode(self.spki).decode()

    @property
    def id(self) -> str:
        return id_of(self.spki)

    def sign(self, m: Message) -> Message:
        """m with its signature."""
        x = padded(signed(m))
        mp = pow(x, self.d % (self.p - 1), self.p)
        mq = pow(x, self.d % (self.q - 1), self.q)
        s = mq + self.q * ((mp - mq) * pow(self.q, -1, self.p) % self.p)
        return m | {"sign": base64.b64encode(s.to_bytes(256, "big")).decode()}


def group_mac(m: Message, key: bytes) -> str:
    return base64.b64encode(hmac.digest(key, signed(m), "sha256")).decode()


def pass_mac(m: Message, key: bytes) -> str:
    """Of data that goes by a proxy."""
    mac = hmac.digest(key, signed(m | {"mac": ""}), "sha256")[:16]
    return base64.b64encode(mac).decode()


# ---- vectors ----

GROUP = b"a group's key"


def samples(a: Key, b: Key) -> list[tuple[Message, Key | None]]:
    """A message of each op, and who signs it."""
    session = hashlib.sha256(b"session").hexdigest()[:32]
    late = {"seq": 2**32 - 1, "ts": TS_MOST}
    soon: Message = {"seq": 1, "ts": 1795300000000}
    to_b: Message = {"id": a.id, "target": b.id}
    long_ip = "2001:db8:1111:2222:3333:4444:5555:6666"
    lan: Message = {"lan": [joined(long_ip, 65535), joined(long_ip[:-1] + "7", 65534)]}
    far: Message = {"ip": long_ip, "port": 65535, "session": session}
    most = base64.b64encode(bytes(i % 256 for i in range(440))).decode()
    more = base64.b64encode(bytes(i % 256 for i in range(681))).decode()
    maced: Message = {"op_code": 291, **to_b, "data": more, "session": session, **late}
    maced |= {"mac": pass_mac(maced, GROUP)}
    hello: Message = {"op_code": 496, "id": a.id, "target": b.id, "key": a.text,
                      "nonce": session, **late}
    hello |= {"group": group_mac(hello, GROUP)}
    return [
        ({"op_code": 256, "id": a.id, "seq": 0, "ts": 0}, None),
        ({"op_code": 257, **to_b, **soon}, a),
        ({"op_code": 258, "id": b.id, **late}, b),
        ({"op_code": 273, **to_b, **soon}, a),
        ({"op_code": 274, **to_b, **late, **far, "key": a.text, **lan}, a),
        ({"op_code": 275, "id": b.id, "target": a.id, **soon, "key": b.text, **lan}, b),
        ({"op_code": 276, "id": b.id, **soon, "session": session}, b),
        ({"op_code": 277, "id": b.id, **soon, **far, "ip": "192.0.2.1", "key": b.text}, b),
        ({"op_code": 289, **to_b, **soon}, a),
        ({"op_code": 290, "session": session, "target": b.id, **soon}, b),
        ({"op_code": 291, **to_b, "data": most, "session": session, **late}, a),
        (maced, None),
        ({"op_code": 292, **to_b, "data": most, "session": session, **soon}, None),
        ({"op_code": 293, "session": session, **soon}, None),
        (hello | {"nat": 4} | lan, a),
        ({"op_code": 496, "id": a.id, "target": "0" * 64, "key": a.text,
          "nonce": session, **soon}, a),
        ({"op_code": 497, "nonce": session, "ts": 1795300000000}, None),
        ({"op_code": 511, "code": 3}, None),
    ]


def make(first: str, second: str) -> None:
    keys = {"a": Key.of_file(first), "b": Key.of_file(second)}
    print("# Vectors of docs/protocol/showchain.md; made by t/interop/showchain.py.")
    print("group", GROUP.hex())
    for name, key in keys.items():
        print("key", name, base64.b64encode(key.der).decode())
        print("id", name, key.id)
    for m, by in samples(keys["a"], keys["b"]):
        op = m["op_code"]
        if by:
            m = by.sign(m)
            print("signer", op, "a" if by is keys["a"] else "b")
            print("signed", op, signed(m).decode())
        elif "mac" in m:
            print("maced", op, signed(m).decode())
        print("message", op, encode(m).decode())


def check(path: str) -> None:
    keys: dict[str, Key] = {}
    signer, array, group, count = "", b"", b"", 0
    for line in Path(path).read_text(encoding="ascii").splitlines():
        word, _, rest = line.partition(" ")
        name, _, value = rest.partition(" ")
        if word == "group":
            group = bytes.fromhex(rest)
        elif word == "key":
            keys[name] = Key.of_der(base64.b64decode(value))
        elif word == "id" and keys[name].id != value:
            raise Bad(f"id of {name}")
        elif word == "signer":
            signer = value
        elif word in ("signed", "maced"):
            array = value.encode()
        elif word == "message":
            m = decode(value.encode())
            count += 1
            if "group" in m and m["group"] != group_mac(m, group):
                raise Bad("group")
            if "mac" in m and (signed(m) != array or m["mac"] != pass_mac(m, group)):
                raise Bad("mac")
            if not SIGNS[int(name)] or "mac" in m:
                continue
            verify(m, keys[signer].text)
            if signed(m) != array or keys[signer].sign(m) != m:
                raise Bad(f"{name}: signed otherwise")
    print(f"good: {count} messages")


def main(args: list[str]) -> int:
    try:
        if args[:1] == ["check"]:
            check(args[1])
        elif args[:1] == ["make"]:
            make(args[1], args[2])
        else:
            print(Key.of_file(args[1]).id)
    except Bad as error:
        print(f"wrong: {error}")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
