#!/usr/bin/env python3
"""Asks a nat's admin socket and metrics, well and badly; prints what it saw.

    json PATH CHECK...      the answer to "all", where CHECK is ROLE.TABLE.KEY=VALUE
                            or ROLE.TABLE[KEY=VALUE].KEY=VALUE
    metrics PORT CHECK...   the metrics, strictly; CHECK is NAME=VALUE or
                            NAME{label="x"}=VALUE
    mode PATH OCTAL         of the socket
    stranger PATH           another user gets nothing (root alone can try)
    terminal COMMAND...     runs it on a small terminal, for two pictures
    crowd PATH PORT N       N visitors, slow readers of their list: nobody waits
    words PATH              bad requests on the socket
    http PORT               bad requests for metrics
    silent PATH PORT        who says nothing is gone after 10 s, and is no obstacle
"""

from __future__ import annotations

import fcntl
import json
import os
import pty
import re
import signal
import socket
import stat
import struct
import sys
import termios
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import exposition

PATIENCE = 10.0
SLOTS = 8  # who can ask at once
DEADLINE = 10.0
BATCH = 100  # visitors that come at once
NOBODY = 65534
ROWS, COLUMNS = 12, 30  # of a terminal
GOOD = b"GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n"


class Wrong(Exception):
    """It did not do as it should."""


# ---- talking ----


def local(path: str) -> socket.socket:
    s = socket.socket(socket.AF_UNIX)
    s.settimeout(PATIENCE)
    s.connect(path)
    return s


def remote(port: int) -> socket.socket:
    return socket.create_connection(("127.0.0.1", port), PATIENCE)


def rest_of(s: socket.socket) -> bytes:
    got = b""
    while piece := s.recv(65536):
        got += piece
    return got


def ask(s: socket.socket, request: bytes) -> bytes:
    with s:
        s.sendall(request)
        return rest_of(s)


# ---- right answers ----


def rows_of(document: dict[str, Any], role: str, table: str) -> list[Any]:
    for section in document["sections"]:
        if section["role"] == role and table in section:
            found = section[table]
            return found if isinstance(found, list) else [found]
    raise Wrong(f"no {role}.{table}")


def check_json(document: dict[str, Any], check: str) -> None:
    form = r"(\w+)\.(\w+)(?:\[(\w+)=([^\]]*)\])?(?:\.(\w+))?(=|>=)(.*)"
    match = re.fullmatch(form, check)
    if not match:
        raise Wrong(f"{check!r}: no such form of check")
    role, table, key, value, wanted, sign, right = match.groups()
    rows = rows_of(document, role, table)
    if key:
        rows = [row for row in rows if str(row[key]) == value]
    if not wanted:
        values = [len(rows)]
    else:
        values = [row[wanted] for row in rows]
    good = (
        [str(v) == right for v in values]
        if sign == "="
        else [v >= int(right) for v in values]
    )
    if not good or not all(good):
        raise Wrong(f"{check}: it is {values} in {rows}")


def do_json(path: str, *checks: str) -> None:
    text = ask(local(path), b"all\n")
    document = json.loads(text)
    for check in checks:
        check_json(document, check)
    print(f"{len(checks)} checks, {len(text)} bytes of JSON")


def do_metrics(port: str, *checks: str) -> None:
    head, _, body = ask(remote(int(port)), GOOD).partition(b"\r\n\r\n")
    if b"200 OK" not in head or b"text/plain; version=0.0.4" not in head:
        raise Wrong(f"head {head!r}")
    families = exposition.parse(body.decode())
    for check in checks:
        series, _, value = check.rpartition("=")
        name, _, labels = series.partition("{")
        wanted = set(exposition.parse_labels(labels.rstrip("}")))
        found = [
            n
            for have, n in families[name].samples.items()
            if wanted <= set(have)
        ]
        if found != [float(value)]:
            raise Wrong(f"{check}: it is {found}")
    samples = sum(len(f.samples) for f in families.values())
    print(f"{len(families)} families, {samples} samples")
    second_opinion(body.decode(), samples)


def second_opinion(text: str, samples: int) -> None:
    try:
        from prometheus_client.parser import text_string_to_metric_families
    except ImportError:
        return
    families = list(text_string_to_metric_families(text))
    if sum(len(f.samples) for f in families) != samples:
        raise Wrong("prometheus_client sees other samples")
    print("prometheus_client agrees")


def do_mode(path: str, octal: str) -> None:
    st = os.lstat(path)
    if not stat.S_ISSOCK(st.st_mode) or stat.S_IMODE(st.st_mode) != int(
        octal, 8
    ):
        raise Wrong(f"mode {st.st_mode:o}")
    print("mode as it should be")


def do_stranger(path: str) -> None:
    """Lets everybody connect, so that the peer's credentials alone decide."""
    if os.geteuid() != 0:
        print("a stranger: not root, not tried")
        return
    os.chmod(path, 0o666)
    for above in Path(path).absolute().parents:
        if above.stat().st_mode & 0o001 == 0:
            above.chmod(above.stat().st_mode | 0o001)
    if not ask(local(path), b"status\n"):
        raise Wrong("not even root is answered")
    if (pid := os.fork()) == 0:
        os.setresgid(NOBODY, NOBODY, NOBODY)
        os.setresuid(NOBODY, NOBODY, NOBODY)
        try:
            got = ask(local(path), b"status\n")
        except (BrokenPipeError, ConnectionResetError):
            got = b""
        os._exit(1 if got else 0)
    if os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]):
        raise Wrong("a stranger was answered")
    print("a stranger: refused")


# ---- a terminal ----


def fits(picture: bytes) -> bool:
    lines = re.sub(rb"\033\[[KJ]", b"", picture).split(b"\r\n")
    return len(lines) == ROWS and max(map(len, lines)) == COLUMNS


def do_terminal(*command: str) -> None:
    pid, fd = pty.fork()
    if pid == 0:
        size = struct.pack("4H", ROWS, COLUMNS, 0, 0)
        fcntl.ioctl(1, termios.TIOCSWINSZ, size)
        os.execvp(command[0], command)
    got, deadline = b"", time.monotonic() + 3 * PATIENCE
    while got.count(b"\033[J") < 2 and time.monotonic() < deadline:
        got += os.read(fd, 65536)
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    pictures = got.split(b"\033[H")[1:]
    if len(pictures) < 2 or not pictures[0].startswith(b"relay"):
        raise Wrong(f"no two pictures: {got!r}")
    if not fits(pictures[0]):
        raise Wrong(f"no such size: {pictures[0]!r}")
    print("two pictures")


# ---- a crowd ----


def memory_of(pid: int) -> int:
    """Private memory of a process, in bytes."""
    text = Path(f"/proc/{pid}/status").read_text()
    match = re.search(r"RssAnon:\s+(\d+) kB", text)
    return int(match[1]) * 1024 if match else 0


def pid_of(s: socket.socket) -> int:
    form = struct.Struct("3i")
    found = s.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, form.size)
    return int(form.unpack(found)[0])


def echo(s: socket.socket, what: bytes) -> float:
    before = time.monotonic()
    s.sendall(what)
    got = b""
    while len(got) < len(what):
        piece = s.recv(4096)
        if not piece:
            raise Wrong("a visitor was closed")
        got += piece
    if got != what:
        raise Wrong("other bytes came back")
    return time.monotonic() - before


def slow_readers(path: str, many: int) -> list[socket.socket]:
    readers = []
    for _ in range(many):
        s = local(path)
        s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
        s.sendall(b"all\n")
        readers.append(s)
    return readers


def do_crowd(path: str, port: str, count: str) -> None:
    n = int(count)
    crowd: list[socket.socket] = []
    while len(crowd) < n:
        some = [remote(int(port)) for _ in range(BATCH)]
        for s in some:
            echo(s, b"hello")
        crowd += some
    whole = len(ask(local(path), b"all\n"))
    pid = pid_of(local(path))
    before, worst = memory_of(pid), 0.0
    readers = slow_readers(path, SLOTS)
    got = b""
    for i in range(50):
        for s in readers[1:]:
            s.recv(100)
        got += readers[0].recv(100)
        worst = max(worst, echo(crowd[i], b"are you there"))
    grown = memory_of(pid) - before
    most = SLOTS * 20 * 1024 + 64 * 1024
    if grown > most or whole < 100 * n:
        raise Wrong(f"memory grew by {grown} for {whole} bytes, over {most}")
    if worst > 2.0:
        raise Wrong(f"a visitor waited {worst:.1f} s")
    document = json.loads(got + rest_of(readers[0]))
    if len(rows_of(document, "relay", "visitors")) < n:
        raise Wrong("visitors are missing from the list")
    print(f"{whole} bytes of list, memory +{grown}, echo {worst * 1000:.0f} ms")


# ---- bad requests ----


def expect(what: str, got: bytes, form: bytes) -> None:
    if not re.match(form, got):
        raise Wrong(f"{what}: {got[:200]!r}")


def do_words(path: str) -> None:
    error = rb'\{"error":"no such request"\}\n$'
    for request in (
        b"\n",
        b"Status\n",
        b"status \n",
        b"x" * 65,
        b"\0" * 1000,
        b"GET / HTTP/1.1\r\n\r\n",
        os.urandom(300) + b"\n",
    ):
        expect(f"{request[:20]!r}", ask(local(path), request), error)
    expect("metrics", ask(local(path), b"metrics\n"), rb"# HELP nat_\w+ ")
    expect("then", ask(local(path), b"status\nstatus\n"), rb'\{"sections"')
    with local(path) as s:
        s.sendall(b"stat")
        s.shutdown(socket.SHUT_WR)
        expect("half a word", rest_of(s), rb"$")
    with local(path) as s:
        s.sendall(b"status\n")
        s.shutdown(socket.SHUT_WR)
        expect("half-closed", rest_of(s), rb'\{"sections".*\}\]\}\n$')
    print("words: as it should be")


BAD_HTTP = {
    b"GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n": 200,
    b"GET /metrics HTTP/1.0\r\n\r\n": 200,
    b"GET /x HTTP/1.0\r\n\r\n": 404,
    b"GET /metrics/ HTTP/1.0\r\n\r\n": 404,
    b"POST /metrics HTTP/1.0\r\nContent-Length: 0\r\n\r\n": 405,
    b"GET /metrics HTTP/1.1\r\n\r\n": 400,
    b"GET /metrics HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n": 400,
    b"GET /metrics HTTP/2.0\r\nHost: a\r\n\r\n": 400,
    b"GET  /metrics HTTP/1.0\r\n\r\n": 400,
    b"GET /metrics HTTP/1.0\n\n": 400,
    b"GET /metrics\r\n\r\n": 400,
    b"GET http://x/metrics HTTP/1.0\r\n\r\n": 400,
    b"GET /metrics HTTP/1.0\r\nA: b\r\n c\r\n\r\n": 400,
    b"GET /metrics HTTP/1.0\r\nA b\r\n\r\n": 400,
    b"GET /metrics HTTP/1.0\r\nA: \x00\r\n\r\n": 400,
    b"\x16\x03\x01\x02\x00\x01\n": 400,
    b"GET /" + b"x" * 5000 + b" HTTP/1.0": 431,
    b"GET / HTTP/1.0\r\n" + b"A: b\r\n" * 1000: 431,
}


def do_http(port: str) -> None:
    for request, status in BAD_HTTP.items():
        got = ask(remote(int(port)), request)
        expect(f"{request[:60]!r}", got, b"HTTP/1.1 %d " % status)
    with remote(int(port)) as s:
        for byte in GOOD:
            s.sendall(bytes([byte]))
        expect("byte by byte", rest_of(s), b"HTTP/1.1 200 ")
    print("http: as it should be")


def do_silent(path: str, port: str) -> None:
    """More than there are slots: the oldest of those who say nothing give way."""
    began = time.monotonic()
    first = local(path)
    dumb = [local(path) for _ in range(SLOTS)]
    dumb += [remote(int(port)) for _ in range(2 * SLOTS)]
    expect("the first", rest_of(first), rb"$")
    if time.monotonic() - began > DEADLINE / 2:
        raise Wrong("the first did not give way")
    expect("beside them", ask(local(path), b"status\n"), rb'\{"sections"')
    expect("beside them", ask(remote(int(port)), GOOD), rb"HTTP/1.1 200 ")
    for s in dumb:
        s.settimeout(2 * DEADLINE)
        expect("the last", rest_of(s), rb"$")
    took = time.monotonic() - began
    if took > DEADLINE + 5:
        raise Wrong(f"gone only after {took:.1f} s")
    print("silent: gone")


DEEDS: dict[str, Callable[..., None]] = {
    "json": do_json,
    "metrics": do_metrics,
    "mode": do_mode,
    "stranger": do_stranger,
    "terminal": do_terminal,
    "crowd": do_crowd,
    "words": do_words,
    "http": do_http,
    "silent": do_silent,
}


def main() -> int:
    try:
        DEEDS[sys.argv[1]](*sys.argv[2:])
    except (Wrong, exposition.Wrong, OSError, ValueError) as why:
        print(f"wrong: {why}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
