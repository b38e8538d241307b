"""A syslog daemon of a few lines: syslogd.py PATH prints each datagram."""

import os
import socket
import sys
from contextlib import suppress


def main(path: str) -> None:
    with suppress(FileNotFoundError):
        os.unlink(path)
    heard = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    heard.bind(path)
    os.chmod(path, 0o666)
    print("ready", flush=True)
    while True:
        print(heard.recv(4096).decode(), flush=True)


if __name__ == "__main__":
    main(sys.argv[1])
