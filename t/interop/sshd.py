#!/usr/bin/env python3
"""Writes keys and configurations of an OpenSSH server and its client into a
directory: sshd.py DIR PORT. Nothing outside it is touched, but for /run/sshd,
which sshd wants to exist when root starts it.
"""

from __future__ import annotations

import getpass
import os
import subprocess
import sys
from pathlib import Path

SERVER = """\
ListenAddress 127.0.0.1
Port {port}
HostKey {home}/host_key
AuthorizedKeysFile {home}/user_key.pub
PidFile none
StrictModes no
UsePAM no
PasswordAuthentication no
KbdInteractiveAuthentication no
PermitRootLogin prohibit-password
Subsystem sftp internal-sftp
"""

CLIENT = """\
Host tunnel
    HostName 127.0.0.1
    User {user}
    IdentityFile {home}/user_key
    IdentitiesOnly yes
    UserKnownHostsFile {home}/known_hosts
    GlobalKnownHostsFile /dev/null
    StrictHostKeyChecking yes
    HostKeyAlias tunnel
    BatchMode yes
"""


def make_key(path: Path) -> str:
    subprocess.run(
        ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", path],
        check=True,
        stdin=subprocess.DEVNULL,
    )
    return path.with_suffix(".pub").read_text()


def main() -> None:
    home, port = Path(sys.argv[1]), sys.argv[2]
    host_key = make_key(home / "host_key")
    make_key(home / "user_key")
    (home / "known_hosts").write_text(f"tunnel {host_key}")
    words = {"home": home, "port": port, "user": getpass.getuser()}
    (home / "sshd_config").write_text(SERVER.format(**words))
    (home / "ssh_config").write_text(CLIENT.format(**words))
    if os.geteuid() == 0:
        Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)


if __name__ == "__main__":
    main()
