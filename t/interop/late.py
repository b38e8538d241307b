#!/usr/bin/env python3
"""An echo service whose queue is full until SIGUSR1: who connects waits until its
SYN is sent again, a second later. It tells what each connection has brought.
"""

from __future__ import annotations

import signal
import socket
import threading


def serve(sock: socket.socket) -> None:
    got = b""
    try:
        while data := sock.recv(65536):
            got += data
            sock.sendall(data)
    except OSError:
        pass
    if got:
        print(f"got {got.decode()}", flush=True)
    sock.close()


def main() -> None:
    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGUSR1])
    listener = socket.create_server(("127.0.0.1", 0), backlog=0)
    where = listener.getsockname()
    with socket.create_connection(where):  # the queue takes no more than that
        print(f"listens on {where[1]}", flush=True)
        signal.sigwait([signal.SIGUSR1])
    while True:
        sock, _ = listener.accept()
        threading.Thread(target=serve, args=[sock], daemon=True).start()


main()
