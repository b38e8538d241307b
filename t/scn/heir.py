"""heir - asks a relay for its place on its admin socket, and breaks off.

usage: heir.py SOCKET ask|go|end    After it was told of the sockets, after "go", or
after all was said; half way in each case.
"""

from __future__ import annotations

import array
import socket
import sys


def hear(s: socket.socket, until: bytes) -> int:
    """How many descriptors have come with all that is said up to these words."""
    heard, count = b"", 0
    while until not in heard:
        data, beside, _, _ = s.recvmsg(4096, socket.CMSG_SPACE(16))
        if not data:
            sys.exit(f"ended after {heard!r}")
        heard += data
        for _, kind, value in beside:
            if kind == socket.SCM_RIGHTS:
                fds = array.array("i", value)
                count += len(fds)
                for fd in fds:
                    socket.close(fd)
    return count


def main(path: str, stage: str) -> None:
    with socket.socket(socket.AF_UNIX) as s:
        s.settimeout(10)
        s.connect(path)
        s.sendall(b"takeover\n")
        print(f"heir: {hear(s, b'ready')} sockets")
        if stage != "ask":
            s.sendall(b"go\n")
        if stage == "end":
            print(f"heir: {hear(s, b'end')} more")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
