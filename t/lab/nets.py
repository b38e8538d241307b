"""Namespaces, links and NATs of a laboratory, made and removed.

    inet ──┬── cgn ── home ── host      each router has one address on its outer
           └── other ── host2           side and 10.N.0.1/24 on its inner one

The internet has two addresses, 198.51.100.1 and .2, on one bridge.
"""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass, field

SERVERS = ("198.51.100.1", "198.51.100.2")

# What a NAT does to packets of the inner side, as rules of nftables. WAN and LAN
# are its interfaces, IP its outer address. A mapping is kept in a map of our own
# where conntrack alone would filter more than the kind is meant to.
KEPT = """
 map eim { type inet_service : ipv4_addr . inet_service; flags dynamic,timeout; timeout 120s; size 4096; }
 chain keep { type filter hook forward priority 10;
  oifname WAN meta l4proto udp update @eim { udp sport : ip saddr . udp sport }; }
"""
PERMIT = """
 set permit { type inet_service . ipv4_addr; flags dynamic,timeout; timeout 120s; size 4096; }
 chain permit { type filter hook forward priority 11;
  oifname WAN meta l4proto udp update @permit { udp sport . ip daddr }; }
"""
INWARD = "\nchain pre {{ type nat hook prerouting priority -100; iifname WAN meta l4proto udp {}; }}"
OUTWARD = "\nchain post {{ type nat hook postrouting priority 100; oifname WAN {}; }}"
HAIRPIN = """
 chain again { type nat hook prerouting priority -99;
  iifname LAN ip daddr IP meta l4proto udp dnat to udp dport map @eim; }
 chain masked { type nat hook postrouting priority 99; iifname LAN oifname LAN masquerade; }
"""
STEPS = ", ".join(f"{i} : {40000 + i}" for i in range(256))
RULES = {
    "t1": KEPT + INWARD.format("dnat to udp dport map @eim")
    + OUTWARD.format("masquerade"),
    "t2": KEPT + PERMIT
    + INWARD.format("udp dport . ip saddr @permit dnat to udp dport map @eim")
    + OUTWARD.format("masquerade"),
    "t3": OUTWARD.format("masquerade"),
    "t3-ports": OUTWARD.format(
        "meta l4proto udp snat to IP : jhash ip saddr . udp sport"
        " mod 20000 seed 0x1 offset 30000"),
    "t4": OUTWARD.format("masquerade fully-random"),
    "t4-steps": OUTWARD.format(
        f"meta l4proto udp snat to IP : numgen inc mod 256 map {{ {STEPS} }}"),
    "blocked": OUTWARD.format("masquerade")
    + "\nchain dropped { type filter hook forward priority -10;"
      " meta l4proto udp drop; }",
    "firewall": "",
    "open": "",
}
FILTER = """
table ip f {
 chain in { type filter hook input priority 0; policy accept;
  iifname WAN ct state new drop; }
 chain through { type filter hook forward priority 0; policy drop;
  iifname != WAN accept; ct state established,related accept;
  ct status dnat accept; }
}
"""
# A bridge that passes its packets through nftables would not let them turn back.
FORWARD = """
echo 1 >/proc/sys/net/ipv4/ip_forward
bridged=/proc/sys/net/bridge/bridge-nf-call-iptables
test ! -e $bridged || echo 0 >$bridged
"""


class Absent(Exception):
    """This machine has no such laboratory."""


def command(*words: str, text: str | None = None) -> None:
    done = subprocess.run(words, input=text, text=True, check=False,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    if done.returncode != 0:
        raise Absent(f"{' '.join(words)}: {done.stdout.strip()}")


@dataclass
class Lab:
    """Namespaces are named after it; leaving it removes them all."""

    name: str
    made: list[str] = field(default_factory=list)

    def __enter__(self) -> Lab:
        try:
            self.build_internet()
        except Absent:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        for name in reversed(self.made):
            subprocess.run(["ip", "netns", "del", name], check=False,
                           stderr=subprocess.DEVNULL)
        self.made.clear()

    def space(self, node: str) -> str:
        return f"{self.name}-{node}"

    def inside(self, node: str) -> list[str]:
        return ["ip", "netns", "exec", self.space(node)]

    def ip(self, node: str, words: str) -> None:
        command("ip", "-n", self.space(node), *words.split())

    def add(self, node: str) -> None:
        command("ip", "netns", "add", self.space(node))
        self.made.append(self.space(node))
        self.ip(node, "link set lo up")

    def build_internet(self) -> None:
        self.add("inet")
        self.ip("inet", "link add br0 type bridge")
        self.ip("inet", "link set br0 up")
        for server in SERVERS:
            self.ip("inet", f"addr add {server}/24 dev br0")

    def join(self, node: str, above: str, number: int) -> None:
        """A link from above down to node, whose end is called wan."""
        link = f"d{number}"
        self.ip(above, f"link add {link} type veth peer name wan"
                       f" netns {self.space(node)}")
        self.ip(above, f"link set {link} up")
        self.ip(node, "link set wan up")
        if above == "inet":
            self.ip("inet", f"link set {link} master br0")
            self.ip(node, f"addr add 198.51.100.{10 + number}/24 dev wan")
            self.ip(node, "route add default via 198.51.100.1")
        else:
            self.ip(above, f"link set {link} master lan")
            net = self.lans[above]
            self.ip(node, f"addr add {net}.{10 + number}/24 dev wan")
            self.ip(node, f"route add default via {net}.1")

    lans: dict[str, str] = field(default_factory=dict)
    outer: dict[str, str] = field(default_factory=dict)

    def router(self, node: str, kind: str, above: str, hairpin: bool) -> None:
        self.add(node)
        number = len(self.made)
        self.join(node, above, number)
        self.lans[node] = f"10.{number}.0"
        base = "198.51.100" if above == "inet" else self.lans[above]
        self.outer[node] = f"{base}.{10 + number}"
        self.ip(node, "link add lan type bridge")
        self.ip(node, f"addr add {self.lans[node]}.1/24 dev lan")
        self.ip(node, "link set lan up")
        command(*self.inside(node), "sh", "-c", FORWARD)
        if not RULES[kind]:
            self.ip("inet", f"route add {self.lans[node]}.0/24"
                            f" via {self.outer[node]}")
        self.load(node, kind, hairpin)

    def load(self, node: str, kind: str, hairpin: bool) -> None:
        rules = "" if kind == "open" else FILTER
        body = RULES[kind] + (HAIRPIN if hairpin else "")
        if body:
            rules += f"table ip n {{\n{body}\n}}\n"
        for word, value in (("WAN", '"wan"'), ("LAN", '"lan"'),
                            ("IP", self.outer[node])):
            rules = rules.replace(f" {word}", f" {value}")
        command(*self.inside(node), "nft", "-f", "-", text=rules)

    def timeout(self, node: str, seconds: int) -> None:
        """Of a mapping that nobody uses."""
        base = "/proc/sys/net/netfilter/nf_conntrack_udp_timeout"
        command(*self.inside(node), "sh", "-c",
                f"echo {seconds} >{base}; echo {seconds} >{base}_stream")

    def host(self, node: str, above: str) -> None:
        self.add(node)
        self.join(node, above, len(self.made))


def fits() -> str | None:
    """None, or why there can be no laboratory here."""
    if os.geteuid() != 0:
        return "only root can do this (or: unshare -Urnm, with a tmpfs on /run)"
    try:
        with Lab(f"lab{os.getpid()}x") as lab:
            lab.router("nat", "t3", "inet", False)
    except (Absent, FileNotFoundError) as why:
        return str(why)
    return None
