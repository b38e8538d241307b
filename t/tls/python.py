"""Python's ssl as a peer: one connection, in a thread when it serves."""

from __future__ import annotations

import select
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

from peers import HOST, PATIENCE, Wrong, free_port
from rows import World

VERSIONS = {"1.2": ssl.TLSVersion.TLSv1_2, "1.3": ssl.TLSVersion.TLSv1_3}
BLOCK = 1 << 16


# OpenSSL's SSL_OP_IGNORE_UNEXPECTED_EOF, which some Pythons 3.11 set by themselves.
IGNORE_UNEXPECTED_EOF = 1 << 7


def context(w: World, version: str, server: bool = False) -> ssl.SSLContext:
    """Trusts the CA; a server has no certificate yet."""
    role = ssl.PROTOCOL_TLS_SERVER if server else ssl.PROTOCOL_TLS_CLIENT
    made = ssl.SSLContext(role)
    made.minimum_version = made.maximum_version = VERSIONS[version]
    made.load_verify_locations(w.pki.ca)
    made.options &= ~IGNORE_UNEXPECTED_EOF
    return made


def load(made: ssl.SSLContext, w: World, identity: str) -> None:
    one = w.ids[identity]
    made.load_cert_chain(one.cert, one.key)


@dataclass
class Heard:
    """What became of a connection, as Python sees it."""

    data: bytes = b""
    version: str = ""
    cipher: str = ""
    alpn: str | None = None
    resumed: bool = False
    name: str | None = None
    subject: str | None = None
    trouble: str = ""  # "SSLV3_ALERT_BAD_CERTIFICATE" and so on
    session: ssl.SSLSession | None = None

    def about(self, s: ssl.SSLSocket) -> None:
        self.version = s.version() or ""
        self.cipher = (s.cipher() or ("",))[0]
        self.alpn = s.selected_alpn_protocol()
        self.resumed = bool(s.session_reused)
        if cert := s.getpeercert():
            self.subject = dict(part[0] for part in cert["subject"]).get(
                "commonName")


def failed(error: Exception) -> str:
    if isinstance(error, ssl.SSLError):
        return error.reason or str(error).upper().replace(" ", "_")
    return repr(error)


class Duplex:
    """Both directions at once, in one thread: an SSL object takes no two."""

    def __init__(self, s: ssl.SSLSocket, say: bytes, want: int) -> None:
        self.s, self.say, self.want = s, memoryview(say), want
        self.parts: list[bytes] = []
        self.got, self.ended = 0, False

    def done(self) -> bool:
        return not self.say and (self.ended or 0 <= self.want <= self.got)

    def write(self) -> bool:
        if not self.say:
            return False
        self.say = self.say[self.s.send(self.say[:BLOCK]):]
        return True

    def read(self) -> bool:
        if self.ended:
            return False
        more = self.s.recv(BLOCK)
        self.ended = not more
        self.parts.append(more)
        self.got += len(more)
        return True

    def run(self) -> bytes:
        self.s.setblocking(False)
        try:
            while not self.done():
                self.turn()
        finally:
            self.s.settimeout(PATIENCE)
        return b"".join(self.parts)

    def turn(self) -> None:
        moved = False
        for step in (self.write, self.read):
            with suppress(ssl.SSLWantReadError, ssl.SSLWantWriteError):
                moved |= step()
        if not moved and not self.done():
            fd = [self.s.fileno()]
            if not any(select.select(fd, fd if self.say else [], [],
                                     PATIENCE)):
                raise OSError("nothing happens any more")


@dataclass
class Task:
    """What is done on a connection: both at once."""

    say: bytes = b""
    want: int = 0
    close: bool = True  # with close_notify
    heard: Heard = field(default_factory=Heard)

    def run(self, s: ssl.SSLSocket) -> None:
        self.heard.about(s)
        self.heard.data = Duplex(s, self.say, self.want).run()
        self.heard.session = s.session
        if self.close:
            with suppress(OSError):
                s.unwrap()


def client(made: ssl.SSLContext, port: int, task: Task, name: str,
           session: ssl.SSLSession | None = None) -> Heard:
    try:
        with socket.create_connection((HOST, port), PATIENCE) as plain:
            with made.wrap_socket(plain, server_hostname=name, session=session,
                                  suppress_ragged_eofs=False) as s:
                task.run(s)
    except (OSError, ValueError) as error:
        task.heard.trouble = failed(error)
    return task.heard


@contextmanager
def server(made: ssl.SSLContext,
           tasks: list[Task]) -> Iterator[tuple[int, Callable[[], None]]]:
    """Its port, and what waits for all of the tasks, a connection each."""
    port = free_port()
    listener = socket.create_server((HOST, port))
    listener.settimeout(PATIENCE)

    def serve() -> None:
        for task in tasks:
            one(task)

    def one(task: Task) -> None:
        try:
            plain, _ = listener.accept()
            plain.settimeout(PATIENCE)
            with plain, made.wrap_socket(plain, server_side=True,
                                         suppress_ragged_eofs=False) as s:
                task.run(s)
        except OSError as error:
            task.heard.trouble = failed(error)

    def wait() -> None:
        thread.join(PATIENCE)
        if thread.is_alive():
            raise Wrong("Python's server does not end")

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield port, wait
    finally:
        listener.close()
