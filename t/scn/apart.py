"""A scenario in a network of its own, so that what it does to addresses is not
seen by those that run beside it.
"""

from __future__ import annotations

import ctypes
import os
import subprocess

from script import Failed, Skipped

CLONE_NEWNET = 0x40000000
HERE = "/proc/thread-self/ns/net"


class Apart:
    """From now on, until it ends; for root."""

    def __init__(self) -> None:
        self.home = os.open(HERE, os.O_RDONLY | os.O_CLOEXEC)
        self.libc = ctypes.CDLL(None, use_errno=True)
        if self.libc.unshare(CLONE_NEWNET) < 0:
            os.close(self.home)
            why = os.strerror(ctypes.get_errno())
            raise Skipped(f"no network of its own: {why}")
        subprocess.run(["ip", "link", "set", "lo", "up"], check=True)

    def end(self) -> None:
        if self.libc.setns(self.home, CLONE_NEWNET) < 0:
            raise Failed(f"setns: {os.strerror(ctypes.get_errno())}")
        os.close(self.home)
