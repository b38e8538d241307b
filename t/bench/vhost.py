#!/usr/bin/env python3
"""Requests through nat by name beside nginx and haproxy as reverse proxies.

usage: vhost.py [--rounds N] [--seconds S] [--only NAME,...] [--idle N] NAT

wrk with 50 connections that stay, to an nginx that answers 128 bytes. nat is two
processes, so the others stand once and twice in a row. bare x2 is the least that two
can be: loops that copy, and read no head. Samples of all systems alternate; medians
are shown, as ratios to the reverse proxy of one hop and of as many. --idle N: what
each of N connections that have asked once and stay costs, by process, too.
"""

from __future__ import annotations

import argparse
import os
import re
import secrets
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from measures import CLIENTS, WARM, Plan, Sample, most_visitors, own, requests
from measures import service
from programs import BUILD, HOST, compile_tools, free_port
from systems import MANY, Place, System, Way, nginx_command, nginx_common
from systems import running

PIPE, MOST = 256 << 10, 2000
ANSWER = "x" * 128
QUIET = 12.0  # until buffers that are not used are given back


@dataclass(frozen=True)
class Contest:
    """A system, what it is compared with, and whether wrk speaks TLS to it."""

    system: System
    beside: str = ""
    tls: bool = False
    sealed: bool = False  # the service speaks TLS itself


# ---- the service ----


def server(home: Path, port: int, tls: str) -> str:
    return f"""{nginx_common(home, "origin")}
http {{
    access_log off;
    server {{
        listen {HOST}:{port} {tls} backlog=4096;
        {certificate_lines(home) if tls else ""}
        keepalive_requests 100000000;
        location / {{ return 200 "{ANSWER}"; }}
    }}
}}
"""


def certificate_lines(home: Path) -> str:
    cert, key = make_certificate(home)
    return f"ssl_certificate {cert}; ssl_certificate_key {key};"


def make_certificate(home: Path) -> tuple[Path, Path]:
    cert, key = home / "tls.crt", home / "tls.key"
    if not cert.exists():
        words = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes"
        argv = ["openssl", *words.split(), "-subj", "/CN=x", "-keyout", key]
        subprocess.run([*argv, "-out", cert], check=True, capture_output=True)
    return cert, key


@contextmanager
def origin(tls: bool) -> Iterator[int]:
    port = free_port()
    with TemporaryDirectory(prefix="nat-bench-") as name:
        conf = Path(name, "nginx.conf")
        conf.write_text(server(Path(name), port, "ssl" if tls else ""))
        with service(nginx_command(conf), port):
            yield port


# ---- the systems ----


def direct(place: Place) -> int:
    return place.target


def nat_with(place: Place, kind: str, *relays: object) -> int:
    both = ["--token", secrets.token_hex(16), "--state-dir", place.home]
    both += ["--max-visitors", place.most]
    only = ["--listen", f"{HOST}:0", "--max-visitors-address", 0]
    relay = place.run(place.nat, "relay", *only, *both, *relays)
    port = relay.wait_err(rf"ready on {HOST}:(\d+)\n")
    client = place.run(
        *(place.nat, "client", "--relay", f"{HOST}:{port}", *both),
        f"x={kind}:{place.target}@{HOST}",
    )
    return place.ready(int(client.wait_out(rf"^x {kind} {HOST}:(\d+) -> ")))


def nat_http(place: Place) -> int:
    return nat_with(place, "http", "--http", f"{HOST}:0")


def nat_alone(place: Place) -> int:
    """Each visitor has a connection of his own between relay and client."""
    return nat_with(place, "http", "--http", f"{HOST}:0", "--share-from", 0)


def nat_ends(place: Place) -> int:
    cert, key = make_certificate(place.home)
    return nat_with(place, "http", "--https", f"{HOST}:0", "--tls-cert", cert,
                    "--tls-key", key)


def nat_passes(place: Place) -> int:
    return nat_with(place, "https", "--https", f"{HOST}:0")


def bare_copies(place: Place, target: int, _: bool) -> int:
    """The least that can stand there: it reads no head and keeps no rule."""
    program = place.run(BUILD / "bare", target, 0)
    return int(program.wait_out(r"^(\d+)\n"))


def nginx_with(place: Place, target: int, tls: bool) -> int:
    port = free_port()
    conf = f"""
{nginx_common(place.home, f"proxy{len(place.programs)}")}
http {{
    access_log off;
    upstream x {{ server {HOST}:{target}; keepalive 128; }}
    server {{
        listen {HOST}:{port} {"ssl" if tls else ""} backlog=4096;
        {certificate_lines(place.home) if tls else ""}
        keepalive_requests 100000000;
        location / {{
            proxy_pass http://x;
            proxy_http_version 1.1;
            proxy_set_header Connection "";
            proxy_set_header Host $host;
            proxy_set_header X-Forwarded-For $remote_addr;
        }}
    }}
}}
"""
    place.run(*nginx_command(place.write("nginx", conf)))
    return place.ready(port)


def haproxy_with(place: Place, target: int, tls: bool) -> int:
    port = free_port()
    more = ""
    if tls:
        cert, key = make_certificate(place.home)
        both = place.home / "both.pem"
        both.write_text(cert.read_text() + key.read_text())
        more = f"ssl crt {both}"
    conf = f"""
global
    maxconn {place.most}
    nbthread 1
defaults
    mode http
    option forwardfor
    http-reuse always
    timeout connect 5s
    timeout client 1h
    timeout server 1h
listen x
    bind {HOST}:{port} {more}
    server x {HOST}:{target}
"""
    place.run("haproxy", "-db", "-f", place.write("haproxy", conf))
    return place.ready(port)


Proxy = Callable[[Place, int, bool], int]


def once(proxy: Proxy, tls: bool = False) -> Callable[[Place], int]:
    return lambda place: proxy(place, place.target, tls)


def twice(proxy: Proxy, tls: bool = False) -> Callable[[Place], int]:
    """The one that is asked stands in front of another."""
    return lambda p: proxy(p, proxy(p, p.target, False), tls)


def rival(name: str, proxy: Proxy) -> list[Contest]:
    return [
        Contest(System(name, 1, once(proxy), (name,))),
        Contest(System(f"{name} x2", 2, twice(proxy), (name,))),
        Contest(System(f"{name}, TLS", 1, once(proxy, True), (name,)),
                tls=True),
        Contest(System(f"{name} x2, TLS", 2, twice(proxy, True), (name,)),
                tls=True),
    ]


CONTESTS = (
    Contest(System("direct", 0, direct)),
    Contest(System("nat --http", 2, nat_http), "nginx"),
    Contest(System("nat --share-from 0", 2, nat_alone), "nginx"),
    Contest(System("nat --https, ended", 2, nat_ends), "nginx, TLS", True),
    Contest(System("nat --https, passed", 2, nat_passes), "nginx, TLS", True,
            True),
    Contest(System("bare", 1, once(bare_copies))),
    Contest(System("bare x2", 2, twice(bare_copies))),
    *rival("nginx", nginx_with),
    *rival("haproxy", haproxy_with),
)


# ---- the run ----


def sample(way: Way, plan: Plan, tls: bool) -> Sample:
    return requests(way, plan, "https" if tls else "http")


def keep(stack: ExitStack, port: int, count: int) -> None:
    """So many connections more that have been answered, and stay."""
    for _ in range(count):
        visitor = socket.create_connection((HOST, port), 10)
        stack.enter_context(closing(visitor))
        visitor.sendall(f"GET / HTTP/1.1\r\nHost: {HOST}\r\n\r\n".encode())
        with visitor.makefile("rb") as answer:
            while answer.readline() != b"\r\n":
                pass
            answer.read(len(ANSWER))


def idle(way: Way, count: int) -> Sample:
    with ExitStack() as stack:
        keep(stack, way.port, WARM)
        time.sleep(QUIET)
        before = own(way)
        keep(stack, way.port, count)
        time.sleep(QUIET)
        each = [(a - b) / count for a, b in zip(own(way), before)]
    return {f"idle{i}": n for i, n in enumerate(each)}


@dataclass
class Runner:
    stack: ExitStack
    nat: str
    origins: dict[bool, int]

    def start(self, contest: Contest) -> Way:
        place = Place(self.origins[contest.sealed], self.nat, PIPE, MOST)
        return self.stack.enter_context(running(contest.system, place))


def measure(args: argparse.Namespace) -> dict[str, list[Sample]]:
    wanted = [c for c in CONTESTS if not c.system.missing()
              and (not args.only or c.system.name in args.only.split(","))]
    found: dict[str, list[Sample]] = {c.system.name: [] for c in wanted}
    plan = Plan(args.seconds, 0)
    with ExitStack() as stack:
        origins = {tls: stack.enter_context(origin(tls))
                   for tls in (False, True)}
        runner = Runner(stack, os.path.abspath(args.nat), origins)
        ways = [(c, runner.start(c)) for c in wanted]
        for _ in range(args.rounds):
            for contest, way in ways:
                found[contest.system.name].append(
                    sample(way, plan, contest.tls))
        for contest, way in ways:
            if args.idle and way.programs and not contest.tls:
                found[contest.system.name][0] |= idle(way, args.idle)
    return found


def ratio(mine: float, other: float) -> str:
    return f"{mine / other:.2f}" if other else "-"


def table(found: dict[str, list[Sample]]) -> Iterator[list[str]]:
    def of(name: str, key: str) -> float:
        rows = found.get(name, [])
        return median(row.get(key, 0) for row in rows) if rows else 0

    for contest in CONTESTS:
        name, beside = contest.system.name, contest.beside
        if name not in found:
            continue
        two = beside.replace("nginx", "nginx x2")
        rate = of(name, "rate")
        each = [of(name, f"cpu{i}") * 1e6 for i in range(2)]
        first = found[name][0]
        kept = [first[f"idle{i}"] for i in range(2) if f"idle{i}" in first]
        yield [
            name,
            f"{rate:,.0f}",
            ratio(rate, of(beside, "rate")),
            ratio(rate, of(two, "rate")),
            ratio(rate, 0 if contest.tls else of("bare x2", "rate")),
            f"{of(name, 'p99') * 1e3:.2f}",
            f"{of(name, 'cpu') * 1e6:.1f}",
            " + ".join(f"{n:.1f}" for n in each if n) if each[1] else "",
            " + ".join(f"{n:,.0f}" for n in kept),
        ] if name != "direct" else [name, f"{rate:,.0f}", "-", "-", "-",
                                    f"{of(name, 'p99') * 1e3:.2f}", "-", "", ""]


HEAD = ["", "requests/s", "x nginx", "x nginx x2", "x bare x2", "p99 ms",
        "CPU us/request", "by process", "bytes, idle"]


def layout(rows: list[list[str]]) -> str:
    lines = [HEAD, ["---"] * len(HEAD), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("nat")
    parser.add_argument("--seconds", type=float, default=2.0)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--only", default="")
    parser.add_argument("--idle", type=int, default=0)
    args = parser.parse_args()
    os.environ["PATH"] += ":/usr/sbin"
    missing = [n for n in ("wrk", "nginx", "openssl") if not shutil.which(n)]
    if missing:
        print(f"bench: vhost: no {missing[0]} here")
        return 0
    compile_tools()
    most_visitors()
    print(layout(list(table(measure(args)))))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
