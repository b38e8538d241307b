#!/usr/bin/env python3
"""Measures crypt/ and TLS beside OpenSSL, in one run: see docs/benchmarks.md.

usage: crypto.py CRYPT TLSCAT [--seconds S] [--rounds N] [--write]

What is compared alternates; the tables show medians, by CPU time. Handshakes are
those of a server, full and resumed, with openssl s_time as the client.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from programs import HOST, TOP, Program, free_port, wait_open
from report import layout

BEGIN = "<!-- made by `make bench-crypto B=--write`: from here -->"
END = "<!-- to there -->"
BLOCK = 16384

# ours, openssl speed's words, unit, at least (0: only told)
SPEEDS = (
    ("aes-128-gcm", "-evp aes-128-gcm", "MB/s", 0.5),
    ("aes-256-gcm", "-evp aes-256-gcm", "MB/s", 0.5),
    ("chacha20-poly1305", "-evp chacha20-poly1305", "MB/s", 0.5),
    ("aes-128-gcm plain", "", "MB/s", 0),
    ("aes-256-gcm plain", "", "MB/s", 0),
    ("chacha20-poly1305 plain", "", "MB/s", 0),
    ("x25519", "ecdhx25519", "/s", 0.25),
    ("p256 ecdh", "ecdhp256", "/s", 0.25),
    ("p256 sign", "ecdsap256 0", "/s", 0.25),
    ("p256 verify", "ecdsap256 1", "/s", 0.25),
    ("rsa2048 sign", "rsa2048 0", "/s", 0.25),
    ("rsa2048 verify", "rsa2048 1", "/s", 0.25),
)


def output(argv: list[object]) -> str:
    words = [str(word) for word in argv]
    done = subprocess.run(words, capture_output=True, text=True)
    return done.stdout + done.stderr


# ---- crypt/ ----


def ours(crypt: str, seconds: float, name: str) -> float:
    text = output([crypt, seconds, name])
    found = dict(re.findall(r"^(.*): ([\d.]+)$", text, re.M))
    return float(found[name])


def theirs(seconds: float, words: str) -> float:
    """openssl speed by -mr: the last of a row of +F; seconds or rates."""
    name, _, which = words.rpartition(" ")
    if not words.startswith("-evp") and not name:
        name, which = words, "0"
    if words.startswith("-evp"):
        name, which = words, "0"
    argv = ["openssl", "speed", "-mr", "-seconds", max(1, round(seconds))]
    text = output([*argv, "-bytes", BLOCK, *name.split()])
    fields = re.findall(r"^\+F\d*:(.*)$", text, re.M)[-1].split(":")
    if words.startswith("-evp"):
        return float(fields[-1])
    numbers = [float(f) for f in fields[2:]]
    if name.startswith("ecdh"):
        return numbers[0] if numbers[0] > 1 else 1 / numbers[0]
    return numbers[int(which)]


def speeds(args: argparse.Namespace) -> Iterator[list[str]]:
    for name, words, unit, least in SPEEDS:
        mine, other = [], []
        for _ in range(args.rounds):
            mine.append(ours(args.crypt, args.seconds, name))
            if words:
                other.append(theirs(args.seconds, words))
        yield speed_row(name, unit, least, median(mine),
                        median(other) if other else 0)


def speed_row(name: str, unit: str, least: float, mine: float,
              other: float) -> list[str]:
    scale = 1e6 if unit == "MB/s" else 1
    shown = [f"{n / scale:,.0f} {unit}" if n else "-" for n in (mine, other)]
    ratio = f"{mine / other:.2f}" if other else "-"
    return [name, *shown, ratio, f"{least:.2f}" if least else "-"]


# ---- handshakes ----

NGINX = """daemon off; worker_processes 1; pid nginx.pid;
error_log stderr crit;
events {{ }}
http {{ access_log off; keepalive_timeout 0;
server {{ listen {host}:{port} ssl; ssl_certificate {cert};
ssl_certificate_key {key}; ssl_protocols TLSv1.3; ssl_session_tickets on;
location / {{ return 200 "hello"; }} }} }}
"""


def certificate(home: Path, kind: str) -> tuple[Path, Path]:
    key, cert = home / f"{kind}.key", home / f"{kind}.crt"
    how = {"p256": "-newkey ec -pkeyopt ec_paramgen_curve:P-256",
           "rsa": "-newkey rsa:2048"}[kind]
    output(["openssl", "req", "-x509", *how.split(), "-nodes", "-subj",
            f"/CN={HOST}", "-keyout", key, "-out", cert])
    return cert, key


def nginx(args: argparse.Namespace, home: Path, kind: str,
          port: int) -> list[object]:
    cert, key = certificate(home, kind)
    conf = home / "nginx.conf"
    conf.write_text(NGINX.format(host=HOST, port=port, cert=cert, key=key))
    return ["nginx", "-e", "stderr", "-p", home, "-c", conf]


def nat(args: argparse.Namespace, home: Path, kind: str,
        port: int) -> list[object]:
    cert, key = certificate(home, kind)
    return [args.tlscat, "server", f"{HOST}:{port}", f"id={cert},{key}",
            "tickets=1", "http=1", "times=1000000"]


Command = Callable[[argparse.Namespace, Path, str, int], list[object]]


@contextmanager
def serving(args: argparse.Namespace, command: Command,
            kind: str) -> Iterator[tuple[Program, int]]:
    port = free_port()
    with TemporaryDirectory(prefix="nat-bench-") as name:
        home = Path(name)
        argv = [str(w) for w in command(args, home, kind, port)]
        program = Program(argv, home)
        try:
            wait_open(port, [program])
            yield program, port
        finally:
            program.stop()


def handshakes(server: tuple[Program, int], how: str, seconds: float) -> float:
    """Of a second of the server's CPU time."""
    program, port = server
    before = program.cpu()
    text = output(["openssl", "s_time", "-connect", f"{HOST}:{port}", "-www",
                   "/", how, "-time", max(2, round(2 * seconds)), "-tls1_3"])
    count = re.findall(r"^(\d+) connections in \d+ real", text, re.M)
    return int(count[-1]) / (program.cpu() - before)


def handshake_rows(args: argparse.Namespace) -> Iterator[list[str]]:
    for kind, how in (("p256", "-new"), ("rsa", "-new"), ("p256", "-reuse")):
        with serving(args, nat, kind) as us, serving(args, nginx, kind) as it:
            rates: tuple[list[float], list[float]] = ([], [])
            for _ in range(args.rounds):
                for server, found in zip((us, it), rates):
                    found.append(handshakes(server, how, args.seconds))
        mine, other = map(median, rates)
        name = f"{kind}, {'full' if how == '-new' else 'resumed'}"
        yield speed_row(name, "/s", 0.4, mine, other)


# ---- all ----


def text(args: argparse.Namespace) -> str:
    head = ["", "nat", "OpenSSL", "ratio", "aim"]
    parts = ["### Cryptography, 16 KiB at a time, one core",
             layout(head, list(speeds(args)))]
    if shutil.which("nginx"):
        head = ["", "nat", "nginx", "ratio", "aim"]
        parts += ["### Handshakes of TLS 1.3 by a server, per CPU second",
                  layout(head, list(handshake_rows(args)))]
    return "\n\n".join(parts)


def write(path: Path, made: str) -> None:
    before, begin, rest = path.read_text().partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise SystemExit(f"{path}: the marks are missing")
    path.write_text(f"{before}{BEGIN}\n\n{made}\n\n{END}{after}")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("crypt")
    parser.add_argument("tlscat")
    parser.add_argument("--seconds", type=float, default=1.0)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--write", action="store_true")
    args = parser.parse_args()
    os.environ["PATH"] += ":/usr/sbin"
    args.tlscat = os.path.abspath(args.tlscat)
    if not shutil.which("openssl"):
        print("bench: crypto: no openssl here")
        return 0
    made = text(args)
    print(made)
    if args.write:
        write(TOP / "docs" / "benchmarks.md", made)
    return 0


if __name__ == "__main__":
    sys.exit(main())
