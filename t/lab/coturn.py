"""Do coturn's client and server and ours say the same of a NAT? Each asks each."""

from __future__ import annotations

import re
import shutil
import subprocess
import time

from nets import SERVERS, Absent, Lab

OURS, THEIRS = 3478, 3480  # ports of the servers; the other address is one beyond


def output(lab: Lab, host: str, *words: str) -> str:
    done = subprocess.run([*lab.inside(host), *words], text=True, check=False,
                          stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                          timeout=90)
    return done.stdout


def plain(text: str) -> str:
    return " ".join(text.lower().replace("-", " ").split())


def by_nat(lab: Lab, nat: str, host: str, port: int) -> tuple[str, str]:
    said = output(lab, host, nat, "stun", "--server", f"{SERVERS[0]}:{port}")
    found = re.search(r"mapping ([^,]*), filtering ([^,\n]*)", said)
    return (plain(found[1]), plain(found[2])) if found else ("", said)


def by_coturn(lab: Lab, host: str, port: int) -> tuple[str, str]:
    said = output(lab, host, "turnutils_natdiscovery", "-m", "-f", "-p",
                  str(port), SERVERS[0])
    found = re.search(r"NAT with (.*) Mapping!(?s:.*)NAT with (.*) Filtering!",
                      said)
    return (plain(found[1]), plain(found[2])) if found else ("", said)


def wait_for(lab: Lab, port: int) -> None:
    for _ in range(100):
        if f"{SERVERS[1]}:{port + 1} " in output(lab, "inet", "ss", "-lnu"):
            return
        time.sleep(0.1)
    raise Absent("turnserver does not start")


def agree(lab: Lab, nat: str, host: str) -> tuple[str, str]:
    """What they say, and what is wrong with it."""
    if not shutil.which("turnserver"):
        raise Absent("no coturn here")
    words = [w for at in SERVERS for w in ("-L", at)]
    server = subprocess.Popen(
        [*lab.inside("inet"), "turnserver", "-n", "-S", *words, "-p",
         str(THEIRS), f"--alt-listening-port={THEIRS + 1}", "--no-cli", "-m",
         "1", "--log-file", "stdout", "--pidfile", f"/tmp/{lab.name}-turn"],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    lab.running.append(server)
    wait_for(lab, THEIRS)
    said = {
        "ours at ours": by_nat(lab, nat, host, OURS),
        "ours at coturn's": by_nat(lab, nat, host, THEIRS),
        "coturn's at ours": by_coturn(lab, host, OURS),
        "coturn's at coturn's": by_coturn(lab, host, THEIRS),
    }
    first = said["ours at ours"]
    others = [f"{who}: {what}" for who, what in said.items() if what != first]
    text = f"both clients at both servers: mapping {first[0]}," \
           f" filtering {first[1]}"
    return text, "; ".join(others)
