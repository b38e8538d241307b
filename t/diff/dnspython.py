"""dnspython - wire/dns against dnspython, on answers made and damaged at random.

usage: dnspython.py [--messages N] [--seed N] DUMP    DUMP is the built dns_dump.
dnspython makes an answer to a question (addresses, chains, SOA, OPT, things
beside the point), half of them are then damaged in a few bytes, and both read
it. What dnspython reads we must read, and the same. What it refuses we may read
in one message of fifty: where the damage is in records that are of no use to us
(a TXT, a type that came to be by the damage), we do not look.
"""

from __future__ import annotations

import argparse
import glob
import random
import subprocess
import sys
from collections import Counter

TYPES = {"A": 1, "AAAA": 28}
HOSTS = ["relay.test", "a.b.c.Example", "x" * 63 + ".test", "n"]
MOST_ADDRS, MOST_HOPS = 8, 8
MOST_TTL = 2**31 - 1


def load() -> bool:
    """dnspython, Debian's too when the python at hand is another."""
    for path in ["", *glob.glob("/usr/lib/python3/dist-packages")]:
        if path:
            sys.path.append(path)
        try:
            global dns
            import dns.flags
            import dns.message
            import dns.rrset
            return True
        except ImportError:
            continue
    return False


# ---- making ----


class Maker:
    def __init__(self, rng: random.Random) -> None:
        self.rng = rng

    def name(self, below: str) -> str:
        label = "".join(self.rng.choice("abcXYZ019-_") for _ in range(
            self.rng.choice((1, 2, 5, 30))))
        return f"{label}.{below}"

    def any_case(self, name: str) -> str:
        return "".join(self.rng.choice((c, c.upper(), c.lower()))
                       for c in name)

    def ttl(self) -> int:
        return self.rng.choice((0, 1, 60, 3600, MOST_TTL,
                                self.rng.randrange(2**31)))

    def ip(self, kind: str) -> str:
        if kind == "A":
            return ".".join(str(self.rng.randrange(256)) for _ in range(4))
        return ":".join(f"{self.rng.randrange(65536):x}" for _ in range(8))

    def rows(self, host: str, kind: str) -> list[tuple[str, str, str]]:
        """(owner, type, data) of the answer section."""
        rows, at = [], host
        for _ in range(self.rng.choice((0, 0, 0, 1, 2, 5, 8, 9))):
            to = self.name(self.rng.choice((host, "other.example")))
            rows.append((self.any_case(at), "CNAME", to + "."))
            at = to
        for _ in range(self.rng.choice((0, 1, 1, 2, 7, 8, 9, 20))):
            rows.append((self.any_case(at), kind, self.ip(kind)))
        for _ in range(self.rng.choice((0, 0, 1, 3))):
            other = self.rng.choice(("A", "AAAA"))
            owner = self.rng.choice((at, self.name(host)))
            rows.append((owner, other, self.ip(other)))
        if self.rng.random() < 0.2:
            rows.append((at, "TXT", '"beside the point"'))
        self.rng.shuffle(rows)
        return rows

    def message(self, host: str, kind: str) -> bytes:
        query = dns.message.make_query(host + ".", kind)
        query.id = self.rng.randrange(65536)
        if self.rng.random() < 0.5:
            query.use_edns(0, payload=1232)
        m = dns.message.make_response(query)
        m.set_rcode(self.rng.choice((0, 0, 0, 0, 3, 1, 2, 5, 16)))
        if self.rng.random() < 0.05:
            m.flags |= dns.flags.TC
        for owner, of, data in self.rows(host, kind):
            m.answer.append(dns.rrset.from_text(
                owner + ".", self.ttl(), "IN", of, data))
        if self.rng.random() < 0.4:
            m.authority.append(dns.rrset.from_text(
                "test.", self.ttl(), "IN", "SOA",
                f"a.test. b.test. 1 2 3 4 {self.ttl()}"))
        wire = m.to_wire(max_size=65535)
        return wire if self.rng.random() < 0.5 else self.damage(wire)

    def damage(self, wire: bytes) -> bytes:
        out = bytearray(wire)
        for _ in range(self.rng.choice((1, 1, 2, 4))):
            at = self.rng.randrange(len(out))
            out[at] = self.rng.choice((0, 0xff, 0xc0, 1, out[at] ^ 1,
                                       self.rng.randrange(256)))
        if self.rng.random() < 0.2:
            del out[self.rng.randrange(len(out)):]
        return bytes(out)


# ---- reading, by dnspython ----


def fold(name: dns.name.Name) -> bytes:
    """On the wire, ASCII letters in lower case."""
    return name.canonicalize().to_wire()


def is_answer(wire: bytes, ident: int, host: str, kind: str) -> bool:
    if len(wire) < 12:
        return False
    flags, count = wire[2] << 8 | wire[3], wire[4] << 8 | wire[5]
    if wire[0] << 8 | wire[1] != ident or flags & 0xf800 != 0x8000:
        return False
    if count != 1:
        return count == 0 and flags & 15 in (1, 4)
    try:
        name, used = dns.name.from_wire(wire, 12)
    except dns.exception.DNSException:
        return False
    rest = wire[12 + used:16 + used]
    return (fold(name) == fold(dns.name.from_text(host)) and
            rest == bytes((0, TYPES[kind], 0, 1)))


def meaning(m: dns.message.Message, host: str, kind: str) -> str:
    """The same line as dns_dump's; the rules are those of wire/dns.h."""
    records = [r for r in m.answer if r.rdclass == 1]
    name, ttl, hops = dns.name.from_text(host), MOST_TTL, 0
    while True:
        cname = next((r for r in records
                      if r.rdtype == 5 and r.name == name), None)
        if cname is None:
            break
        name, ttl, hops = cname[0].target, min(ttl, cname.ttl), hops + 1
        if hops > MOST_HOPS:
            return "broken"
    found = [r for r in records
             if r.rdtype == TYPES[kind] and r.name == name][:MOST_ADDRS]
    soa = next((r for r in reversed(m.authority)
                if r.rdtype == 6 and r.rdclass == 1), None)
    ttl = min([ttl, *(r.ttl for r in found)])
    if soa and not found:
        ttl = min(ttl, soa.ttl, limit(soa[0].minimum))
    words = [str(int(m.rcode())), "0", fold(name).hex(), str(ttl),
             str(int(soa is not None and not found))]
    return " ".join(words + [r[0].to_wire().hex() for r in found])


def limit(ttl: int) -> int:
    return 0 if ttl > MOST_TTL else ttl


def reading(wire: bytes, ident: int, host: str, kind: str) -> str:
    if not is_answer(wire, ident, host, kind):
        return "other"
    if wire[2] & 2:
        return f"{wire[3] & 15} 1"
    if sum(wire[i] << 8 | wire[i + 1] for i in (6, 8, 10)) > 256:
        return "broken"
    try:
        m = dns.message.from_wire(wire, ignore_trailing=True,
                                  one_rr_per_rrset=True,
                                  question_only=False)
    except Exception as why:  # dnspython's, ValueError, struct.error ...
        return f"refused {type(why).__name__}: {why}"
    return meaning(m, host, kind)


def compare(made: list, lines: list[str], verbose: bool) -> Counter:
    count: Counter = Counter()
    for (wire, ident, host, kind), ours in zip(made, lines):
        theirs = reading(wire, ident, host, kind)
        ours = ours.strip()
        if theirs.startswith("refused"):
            verdict = "both refuse" if ours == "broken" else "we are lax"
            if verdict == "we are lax":
                count[f"lax: {theirs[:60]}"] += 1
                if verbose:
                    print(f"lax: {host} {kind} {wire.hex()}\n  {ours}")
        else:
            verdict = "the same" if ours == theirs else "DIFFERENT"
        count[verdict] += 1
        if verdict == "DIFFERENT" and count[verdict] <= 5:
            print(f"{host} {kind} {wire.hex()}\n  ours   {ours}\n"
                  f"  theirs {theirs}")
    return count


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--messages", type=int, default=4000)
    parser.add_argument("--seed", type=int, default=1035)
    parser.add_argument("--verbose", action="store_true")
    parser.add_argument("dump")
    args = parser.parse_args()
    if not load():
        print("diff: skipped: no dnspython (python3-dnspython)")
        return 0
    rng = random.Random(args.seed)
    maker, made = Maker(rng), []
    for _ in range(args.messages):
        host, kind = rng.choice(HOSTS), rng.choice(list(TYPES))
        wire = maker.message(host, kind)
        ident = wire[0] << 8 | wire[1] if len(wire) > 1 else 0
        made.append((wire, ident, host, kind))
    lines = subprocess.run(
        [args.dump], check=True, text=True, stdout=subprocess.PIPE,
        input="".join(f"{i} {TYPES[k]} {h} {w.hex()}\n"
                      for w, i, h, k in made)).stdout.splitlines()
    if len(lines) != len(made):
        print(f"diff: {len(lines)} answers to {len(made)} messages")
        return 1
    count = compare(made, lines, args.verbose)
    for what, n in sorted(count.items()):
        if args.verbose or not what.startswith("lax"):
            print(f"diff: {n:6} {what}")
    lax = count["we are lax"] * 50 > args.messages
    return 1 if count["DIFFERENT"] or lax else 0


if __name__ == "__main__":
    sys.exit(main())
