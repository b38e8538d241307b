"""Ports of a gateway, in the laboratory: miniupnpd on a router, nat map behind it."""

from __future__ import annotations

import re
import shutil
import socket
import subprocess
import time

from nets import Absent, Lab, command

OUTER = "11.22.33.44"  # what it says; it refuses to map for addresses of examples
RULES = """
table inet upnpd {
 chain forward { type filter hook forward priority -5; jump miniupnpd; }
 chain prerouting { type nat hook prerouting priority -101; jump pre; }
 chain postrouting { type nat hook postrouting priority 101; jump post; }
 chain miniupnpd { }
 chain pre { }
 chain post { }
}
"""
CONF = """ext_ifname=wan
ext_ip={outer}
listening_ip=lan
enable_natpmp={natpmp}
enable_upnp={upnp}
upnp_table_name=upnpd
upnp_nat_table_name=upnpd
upnp_forward_chain=miniupnpd
upnp_nat_chain=pre
upnp_nat_postrouting_chain=post
uuid=00000000-0000-0000-0000-000000000001
lease_file=/tmp/{name}-leases
allow 1-65535 0.0.0.0/0 1-65535
"""
LISTEN = """
import socket
s = socket.create_server(("0.0.0.0", {port}))
while True:
    c = s.accept()[0]
    c.sendall(b"here")
    c.close()
"""
CONNECT = """
import socket, sys
s = socket.create_connection(("{host}", {port}), 2)
sys.exit(s.recv(4) != b"here")
"""


def upnpd(lab: Lab, node: str, words: list[str]) -> subprocess.Popen[str]:
    if not shutil.which("miniupnpd"):
        raise Absent("no miniupnpd here")
    command(*lab.inside(node), "nft", "-f", "-", text=RULES)
    path = f"/tmp/{lab.name}-upnpd.conf"
    with open(path, "w", encoding="utf-8") as to:
        to.write(CONF.format(outer=OUTER, name=lab.name, **{
            word: "yes" if word in words else "no"
            for word in ("natpmp", "upnp")}))
    it = subprocess.Popen(
        [*lab.inside(node), "miniupnpd", "-d", "-f", path, "-P",
         f"/tmp/{lab.name}-upnpd.pid"], text=True,
        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    assert it.stderr
    for line in it.stderr:
        if "listening on" in line.lower() or "HTTP listening" in line:
            break
    return it


def python(lab: Lab, node: str, text: str) -> list[str]:
    return [*lab.inside(node), "python3", "-c", text]


def is_open(lab: Lab, nat: str, port: int) -> bool:
    """From the internet, at the router's real address."""
    text = CONNECT.format(host=lab.outer[nat], port=port)
    return subprocess.run(python(lab, "inet", text), check=False,
                          stderr=subprocess.DEVNULL).returncode == 0


def soon(lab: Lab, nat: str, port: int, wanted: bool) -> bool:
    deadline = time.monotonic() + 10
    while is_open(lab, nat, port) != wanted:
        if time.monotonic() > deadline:
            return False
        time.sleep(0.1)
    return True


def trial(lab: Lab, nat: str, host: str, port: str,
          form: str) -> tuple[str, str]:
    """What it says, and what is wrong with it."""
    router = next(iter(lab.outer))
    there = subprocess.Popen(python(lab, host, LISTEN.format(port=port)))
    it = subprocess.Popen([*lab.inside(host), nat, "map", f"tcp:{port}"],
                          text=True, stdout=subprocess.PIPE)
    try:
        assert it.stdout
        said = it.stdout.readline().strip()
        found = re.search(r":(\d+) \S+", said.partition(" tcp:")[2])
        if not found or not re.search(form, said):
            return said, f"not {form!r}"
        if not soon(lab, router, int(found[1]), True):
            return said, "the port is not open from outside"
        it.terminate()
        if it.wait(20) != 0 or not soon(lab, router, int(found[1]), False):
            return said, "the port stays open"
        return said, ""
    finally:
        it.kill()
        there.kill()
