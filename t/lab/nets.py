"""Namespaces, links and NATs of a laboratory, made and removed.

    inet ──┬── cgn ── home ── host      each router has one address on its outer
           └── other ── host2           side and 10.N.0.1/24 on its inner one

The internet has two addresses, 198.51.100.1 and .2, on one bridge.
"""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

SERVERS = ("198.51.100.1", "198.51.100.2")
SERVERS6 = ("2001:db8::1", "2001:db8::2")
UNAT = Path(__file__).parents[2] / "build/lab/tun"

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
    "unat": "",
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
# Addresses of links are good at once, or what is routed early is lost.
NO_DAD = """
for i in all default; do echo 0 >/proc/sys/net/ipv6/conf/$i/accept_dad; done
"""
FILTER6 = """
table ip6 f {
 chain through { type filter hook forward priority 0; policy drop;
  iifname != WAN accept; ct state established,related accept; }
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
        for it in self.running:
            it.kill()
            it.wait()
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
        command(*self.inside(node), "sh", "-c", NO_DAD)
        self.ip(node, "link set lo up")

    def build_internet(self) -> None:
        self.add("inet")
        self.ip("inet", "link add br0 type bridge mcast_snooping 0")
        self.ip("inet", "link set br0 up")
        for server in SERVERS:
            self.ip("inet", f"addr add {server}/24 dev br0")
        for server in SERVERS6:
            self.ip("inet", f"addr add {server}/64 dev br0 nodad")

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
            self.join6(node, "2001:db8::", number, "2001:db8::1")
        else:
            self.ip(above, f"link set {link} master lan")
            net = self.lans[above]
            self.ip(node, f"addr add {net}.{10 + number}/24 dev wan")
            self.ip(node, f"route add default via {net}.1")
            if above in self.six:
                net6 = self.six[above]
                self.join6(node, net6, number, f"{net6}1")

    def join6(self, node: str, net: str, number: int, by: str) -> None:
        self.ip(node, f"addr add {net}{10 + number}/64 dev wan nodad")
        self.ip(node, f"-6 route add default via {by}")

    lans: dict[str, str] = field(default_factory=dict)
    outer: dict[str, str] = field(default_factory=dict)
    six: dict[str, str] = field(default_factory=dict)  # nets that have IPv6
    running: list[subprocess.Popen[str]] = field(default_factory=list)

    def router(self, node: str, kind: str, above: str, hairpin: bool) -> None:
        self.add(node)
        number = len(self.made)
        self.join(node, above, number)
        self.lans[node] = f"10.{number}.0"
        base = "198.51.100" if above == "inet" else self.lans[above]
        self.outer[node] = f"{base}.{10 + number}"
        self.ip(node, "link add lan type bridge mcast_snooping 0")
        self.ip(node, f"addr add {self.lans[node]}.1/24 dev lan")
        self.ip(node, "link set lan up")
        command(*self.inside(node), "sh", "-c", FORWARD)
        if kind in ("open", "firewall"):
            self.ip("inet", f"route add {self.lans[node]}.0/24"
                            f" via {self.outer[node]}")
        self.load(node, kind, hairpin)

    def load(self, node: str, kind: str, hairpin: bool) -> None:
        rules = "" if kind in ("open", "unat") else FILTER
        body = RULES[kind] + (HAIRPIN if hairpin else "")
        if body:
            rules += f"table ip n {{\n{body}\n}}\n"
        for word, value in (("WAN", '"wan"'), ("LAN", '"lan"'),
                            ("IP", self.outer[node])):
            rules = rules.replace(f" {word}", f" {value}")
        command(*self.inside(node), "nft", "-f", "-", text=rules)

    def add_six(self, node: str) -> None:
        """IPv6 behind a router that lets answers in, and no more."""
        net = f"2001:db8:{len(self.made)}::"
        self.six[node] = net
        self.ip(node, f"addr add {net}1/64 dev lan nodad")
        number = self.made.index(self.space(node)) + 1
        self.ip("inet", f"-6 route add {net}/64 via 2001:db8::{10 + number}")
        command(*self.inside(node), "sh", "-c",
                "echo 1 >/proc/sys/net/ipv6/conf/all/forwarding")
        command(*self.inside(node), "nft", "-f", "-",
                text=FILTER6.replace("WAN", '"wan"'))

    def lose_four(self, node: str) -> None:
        self.ip(node, "-4 addr flush dev wan")

    def unat(self, node: str, words: list[str]) -> None:
        """A NAT of our own: it has the outer address, the router passes on."""
        public = f"198.51.100.{100 + len(self.made)}"
        if not UNAT.exists():
            raise Absent(f"no {UNAT}: make lab")
        it = subprocess.Popen([*self.inside(node), str(UNAT), "un", public,
                               *words], text=True, stdout=subprocess.PIPE)
        self.running.append(it)
        assert it.stdout
        if it.stdout.readline() != "ready\n":
            raise Absent("no TUN here")
        self.ip(node, "link set un up")
        for words_of_ip in (f"route add {public}/32 dev un",
                            "route add default dev un table 7",
                            "rule add iif lan lookup 7"):
            self.ip(node, words_of_ip)
        command(*self.inside(node), "sh", "-c",
                "for i in all lan wan un; do"
                " echo 0 >/proc/sys/net/ipv4/conf/$i/rp_filter; done")
        self.ip("inet", f"route add {public}/32 via {self.outer[node]}")
        self.outer[node] = public

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
