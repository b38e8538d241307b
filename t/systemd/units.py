#!/usr/bin/env python3
"""Has systemd, as the first process of a container, run the units of contrib.

The container is this machine's own tree with a layer over it that is thrown
away, and a network of its own. In it `make install` has been run, the relay,
the client and nat@all are started, reloaded, killed by kill -9 and restarted,
and each time a page must come through both tunnels. Skipped with a reason where
there is no root, no overlay or no systemd-nspawn.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
TOP = HERE.parents[1]
PATIENCE = 120  # seconds until the container is stopped from outside
SKIP = 0
UNIT = """[Unit]
Description=what is asked of the units
[Service]
Type=oneshot
ExecStart=/bin/sh /asked.sh
ExecStopPost=/bin/systemctl --no-block poweroff
StandardOutput=file:/said
StandardError=file:/said
"""


def skip(why: str) -> int:
    print(f"skipped: {why}")
    return SKIP


def lacking() -> str:
    if os.geteuid() != 0:
        return "only root may start a container"
    if not shutil.which("systemd-nspawn"):
        return "no systemd-nspawn (Debian package systemd-container)"
    return ""


def furnish(upper: Path) -> None:
    """What the container has beside this machine's files."""
    units = upper / "etc/systemd/system"
    wants = units / "multi-user.target.wants"
    wants.mkdir(parents=True)
    (units / "asked.service").write_text(UNIT)
    (wants / "asked.service").symlink_to("/etc/systemd/system/asked.service")
    shutil.copy(HERE / "asked.sh", upper / "asked.sh")
    shutil.copy(TOP / "contrib/nat.conf", upper / "etc/nat.conf")
    environment = os.environ | {"DESTDIR": str(upper), "PREFIX": "/usr/local"}
    subprocess.run(
        ["contrib/install.sh", "install"], cwd=TOP, env=environment, check=True
    )


def boot(root: Path) -> str:
    """Until it powers off; what the console showed."""
    words = "systemd-nspawn --quiet --register=no --keep-unit --boot"
    fresh = ("--tmpfs=/var/lib", "--tmpfs=/var/cache", "--tmpfs=/var/log")
    done = subprocess.run(
        ["timeout", str(PATIENCE), *words.split(), *fresh, "-D", str(root)]
        + ["--private-network", "systemd.unit=multi-user.target"],
        env=os.environ | {"UNIFIED_CGROUP_HIERARCHY": "1"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
    )
    return done.stdout.decode(errors="replace")


def verdict(upper: Path, console: str) -> int:
    said = upper / "said"
    if not said.exists():
        print(console)
        return skip("systemd does not start in a container here")
    text = said.read_text()
    print(text, end="")
    return 0 if text.rstrip().endswith("all well") else 1


def main() -> int:
    why = lacking()
    if why:
        return skip(why)
    with tempfile.TemporaryDirectory(prefix="nat-units-") as home:
        layer = ["mount", "-t", "tmpfs", "tmpfs", home]
        subprocess.run(layer, check=True)
        upper, work, root = (Path(home) / n for n in ("up", "work", "root"))
        for made in (upper, work, root):
            made.mkdir()
        over = f"lowerdir=/,upperdir={upper},workdir={work}"
        try:
            furnish(upper)
            mount = ["mount", "-t", "overlay", "overlay", "-o", over, root]
            if subprocess.run(mount, check=False).returncode:
                return skip("no overlay file system")
            return verdict(upper, boot(root))
        finally:
            subprocess.run(["umount", "-q", root], check=False)
            subprocess.run(["umount", home], check=False)


if __name__ == "__main__":
    sys.exit(main())
