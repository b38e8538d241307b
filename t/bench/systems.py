"""Ways from a visitor to a service: one function each, and the table of them.

A forwarder takes the place of one process, a tunnel of relay and client. For
like to be compared with like, forwarders are also measured two in a row.
"""

from __future__ import annotations

import os
import re
import secrets
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from programs import BUILD, HOST, TOP, Program
from programs import answers, free_port, wait_open

NGINX_MODULE = Path("/usr/lib/nginx/modules/ngx_stream_module.so")
MANY = 20000  # connections that a rival is told to expect


@dataclass
class Place:
    """Where one system is set up, and how."""

    target: int
    nat: str
    pipe: int  # bytes
    most: int  # visitors at once
    udp: bool = False
    home: Path = Path()
    programs: list[Program] = field(default_factory=list)

    def run(self, *argv: object) -> Program:
        program = Program([str(word) for word in argv], self.home)
        self.programs.append(program)
        return program

    def write(self, name: str, text: str) -> Path:
        path = self.home / f"{name}.{len(self.programs)}"
        path.write_text(text)
        return path

    def ready(self, port: int) -> int:
        wait_open(port, self.programs)
        return port

    @property
    def protocol(self) -> str:
        return "udp" if self.udp else "tcp"

    def published(self, port: int) -> int:
        """When the service answers there, of which way it is the entry."""
        if self.udp:
            wait_open(port, self.programs, answers)
            return port
        return self.ready(port)


Start = Callable[[Place], int]


@dataclass(frozen=True)
class System:
    name: str
    hops: int
    start: Start
    needs: tuple[str, ...] = ()
    version: str = ""  # the command that tells it
    few: bool = False  # 1,000 idle visitors are enough, more take minutes
    udp: bool = False  # carries datagrams too

    def missing(self) -> str:
        return next((n for n in self.needs if not shutil.which(n)), "")


# ---- ours, and the least that there can be ----


def direct(place: Place) -> int:
    return place.target


def bare(place: Place) -> int:
    program = place.run(BUILD / "bare", place.target, place.pipe)
    return int(program.wait_out(r"^(\d+)\n"))


def nat(place: Place) -> int:
    return nat_with(place, [])


def nat_not_parked(place: Place) -> int:
    """Each visitor waits until the client has dialled."""
    return nat_with(place, ["--max-parked", 0])


def nat_tls(place: Place) -> int:
    key, cert = place.home / "tls.key", place.home / "tls.crt"
    words = "keygen --key p256 --cert --name 127.0.0.1".split()
    argv = [place.nat, *words, "-o", str(key), "-o", str(cert)]
    made = subprocess.run(argv, check=True, capture_output=True, text=True)
    return nat_with(place, ["--transport", "tls", "--pin", made.stdout.strip()],
                    ["--tls-cert", cert, "--tls-key", key])


def nat_with(place: Place, more: list[object],
             relays: list[object] | None = None) -> int:
    both = ["--token", secrets.token_hex(16), "--state-dir", place.home]
    both += ["--pipe-size", place.pipe, "--max-visitors", place.most]
    only = ["--listen", f"{HOST}:0", "--max-visitors-address", 0]
    relay = place.run(place.nat, "relay", *only, *both, *(relays or []))
    port = relay.wait_err(r"ready on 127\.0\.0\.1:(\d+)")
    client = place.run(
        *(place.nat, "client", "--relay", f"{HOST}:{port}", *both, *more),
        f"x={place.protocol}:{place.target}",
    )
    found = client.wait_out(rf"^x {place.protocol} \S+:(\d+) -> ")
    return place.published(int(found))


def nat_natpass(place: Place) -> int:
    """By a link of natpass: a server and two clients of it."""
    secret = ["--secret", secrets.token_hex(16)]
    listen = ["--listen", f"{HOST}:0", "--open", "--natpass", f"{HOST}:0"]
    relay = place.run(
        place.nat, "relay", *listen, *secret, "--natpass-plain",
        "--state-dir", place.home, "--natpass-links", place.most,
    )
    port = relay.wait_err(r"natpass: ready on 127\.0\.0\.1:(\d+)")
    both = ["--natpass", f"{HOST}:{port}", *secret]
    both += ["--max-links", place.most]
    rule = f"0:box:{HOST}:{place.target}"
    box = place.run(
        place.nat, "client", *both, "--id", "box", "--allow", "tcp"
    )
    box.wait_err(r"logged in at .* as (box)")
    client = place.run(place.nat, "forward", *both, rule)
    found = client.wait_err(r"natpass: ready on 127\.0\.0\.1:(\d+)")
    return place.published(int(found))


# ---- forwarders: one process of one hop ----


def haproxy(place: Place) -> int:
    return haproxy_with(place, "")


def haproxy_splice(place: Place) -> int:
    """splice-auto, which guesses, mostly copies here."""
    both = "option splice-request\n    option splice-response"
    return haproxy_with(place, both)


def haproxy_with(place: Place, more: str) -> int:
    port = free_port()
    conf = f"""
global
    maxconn {place.most - 100}
    maxpipes 64
    nbthread 1
    tune.pipesize {place.pipe}
defaults
    mode tcp
    {more}
    timeout connect 5s
    timeout client 1h
    timeout server 1h
listen x
    bind {HOST}:{port}
    server x {HOST}:{place.target}
"""
    place.run("haproxy", "-db", "-f", place.write("haproxy", conf))
    return place.ready(port)


def nginx_command(conf: Path) -> list[object]:
    return ["nginx", "-e", "stderr", "-c", conf, "-g", "daemon off;"]


def nginx_common(home: Path, name: str) -> str:
    return f"""
worker_processes 1;
worker_rlimit_nofile {MANY};
pid {home}/{name}.pid;
error_log stderr crit;
events {{ worker_connections {MANY}; }}
"""


def nginx_stream(place: Place) -> int:
    port = free_port()
    conf = f"""
load_module {NGINX_MODULE};
{nginx_common(place.home, f"stream{len(place.programs)}")}
stream {{
    server {{
        listen {HOST}:{port} {"udp" if place.udp else "backlog=4096"};
        proxy_pass {HOST}:{place.target};
        proxy_timeout 1h;
        proxy_half_close on;
    }}
}}
"""
    place.run(*nginx_command(place.write("nginx", conf)))
    return place.published(port)


def rinetd(place: Place) -> int:
    port = free_port()
    conf = f"""
pidlogfile {place.home}/rinetd.pid.{len(place.programs)}
{HOST} {port} {HOST} {place.target}
"""
    place.run("rinetd", "-f", "-c", place.write("rinetd", conf))
    return place.ready(port)


def socat(place: Place) -> int:
    port = free_port()
    listen = f"TCP-LISTEN:{port},bind={HOST},reuseaddr,fork,backlog=1024"
    target = f"TCP:{HOST}:{place.target},nodelay"
    if place.udp:
        listen = f"UDP-LISTEN:{port},bind={HOST},reuseaddr,fork"
        target = f"UDP:{HOST}:{place.target}"
    else:
        listen += ",nodelay"
    place.run("socat", "-b65536", listen, target)
    return place.published(port)


# ---- tunnels: two processes ----


def stunnel(place: Place) -> int:
    """One to open, one to seal, with the certificate of nat's row."""
    key, cert = place.home / "tls.key", place.home / "tls.crt"
    words = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes"
    argv = ["openssl", *words.split(), "-subj", "/CN=x", "-keyout", str(key),
            "-out", str(cert)]
    subprocess.run(argv, check=True, capture_output=True)
    inner, outer = free_port(), free_port()
    for name, text in (
        ("in", f"accept = {HOST}:{inner}\nconnect = {HOST}:{place.target}\n"
         f"cert = {cert}\nkey = {key}"),
        ("out", f"client = yes\naccept = {HOST}:{outer}\n"
         f"connect = {HOST}:{inner}\nCAfile = {cert}\nverifyPeer = yes"),
    ):
        conf = place.write(name, f"foreground = yes\ndebug = 3\npid =\n"
                           f"[{name}]\n{text}\n")
        place.run("stunnel", conf)
        place.ready(inner if name == "in" else outer)
    return outer


def ssh(place: Place) -> int:
    port, public = free_port(), free_port()
    script = TOP / "t" / "interop" / "sshd.py"
    subprocess.run([sys.executable, script, place.home, str(port)], check=True)
    place.run(
        *(shutil.which("sshd") or "sshd", "-D", "-e"),
        *("-f", place.home / "sshd_config"),
    )
    place.ready(port)
    place.run(
        *("ssh", "-F", place.home / "ssh_config", "-N", "-p", port),
        *("-o", "ExitOnForwardFailure=yes"),
        *("-R", f"{HOST}:{public}:{HOST}:{place.target}", "tunnel"),
    )
    return place.ready(public)


def frp(place: Place) -> int:
    return frp_with(place, "")


def frp_no_mux(place: Place) -> int:
    return frp_with(
        place, "transport.tcpMux = false\ntransport.poolCount = 5"
    )


def frp_with(place: Place, more: str) -> int:
    port, public = free_port(), free_port()
    mux = more.partition("\n")[0]
    server = f'bindAddr = "{HOST}"\nbindPort = {port}\n{mux}\n'
    client = f"""
serverAddr = "{HOST}"
serverPort = {port}
transport.tls.enable = false
{more}
[[proxies]]
name = "x"
type = "{place.protocol}"
localIP = "{HOST}"
localPort = {place.target}
remotePort = {public}
"""
    place.run("frps", "-c", place.write("frps", server))
    place.ready(port)
    place.run("frpc", "-c", place.write("frpc", client))
    return place.published(public)


def rathole(place: Place) -> int:
    port, public = free_port(), free_port()
    token = 'default_token = "a token of the measure"'
    server = f"""
[server]
bind_addr = "{HOST}:{port}"
{token}
[server.services.x]
type = "{place.protocol}"
bind_addr = "{HOST}:{public}"
"""
    client = f"""
[client]
remote_addr = "{HOST}:{port}"
{token}
[client.services.x]
type = "{place.protocol}"
local_addr = "{HOST}:{place.target}"
"""
    place.run("rathole", "--server", place.write("server", server))
    place.ready(port)
    place.run("rathole", "--client", place.write("client", client))
    return place.published(public)


def bore(place: Place) -> int:
    public = free_port()
    only = ("--min-port", public, "--max-port", public, "--bind-addr", HOST)
    place.run("bore", "server", *only)
    place.ready(7835)  # its control port is fixed
    place.run("bore", "local", place.target, "--to", HOST, "--port", public)
    return place.ready(public)


def chisel(place: Place) -> int:
    port, public = free_port(), free_port()
    place.run("chisel", "server", "--host", HOST, "-p", port, "--reverse")
    place.ready(port)
    place.run(
        *("chisel", "client", f"http://{HOST}:{port}"),
        f"R:{HOST}:{public}:{HOST}:{place.target}",
    )
    return place.ready(public)


# ---- the table ----


def twice(start: Start) -> Start:
    """Two in a row, as relay and client stand."""

    def both(place: Place) -> int:
        target = place.target
        place.target = start(place)
        port = start(place)
        place.target = target
        return port

    return both


def with_pipe(start: Start, size: int) -> Start:
    def sized(place: Place) -> int:
        usual, place.pipe = place.pipe, size
        port = start(place)
        place.pipe = usual
        return port

    return sized


FORWARDERS = (
    System("bare", 1, bare, few=True),
    System("haproxy", 1, haproxy, ("haproxy",), "haproxy -v"),
    System("haproxy splice", 1, haproxy_splice, ("haproxy",), "haproxy -v"),
    System("nginx stream", 1, nginx_stream, ("nginx",), "nginx -v", udp=True),
    System("rinetd", 1, rinetd, ("rinetd",), "rinetd --version", True),
    System("socat", 1, socat, ("socat",), "socat -V", True, True),
)
TUNNELS = (
    System("stunnel", 2, stunnel, ("stunnel", "openssl")),
    System("ssh -R", 2, ssh, ("ssh", "sshd", "ssh-keygen"), "ssh -V", True),
    System("frp", 2, frp, ("frps", "frpc"), "frps --version", udp=True),
    System("frp, no mux", 2, frp_no_mux, ("frps", "frpc"), "frps --version"),
    System("rathole", 2, rathole, ("rathole",), "rathole -V", udp=True),
    System("bore", 2, bore, ("bore",), "bore --version"),
    System("chisel", 2, chisel, ("chisel",), "chisel --version"),
)
PAIRS = tuple(
    replace(s, name=f"{s.name} x2", hops=2, start=twice(s.start))
    for s in FORWARDERS
)
NARROW = 64 << 10
SYSTEMS = (
    System("direct", 0, direct, udp=True),
    System("nat", 2, nat, udp=True),
    System("nat, TLS", 2, nat_tls, ("openssl",), udp=True),
    System("nat, natpass", 3, nat_natpass, few=True),
    System("nat, none parked", 2, nat_not_parked, few=True),
    System("nat, 64K pipes", 2, with_pipe(nat, NARROW)),
    *PAIRS[:1],
    System("bare x2, 64K pipes", 2, twice(with_pipe(bare, NARROW)), few=True),
    *PAIRS[1:],
    *TUNNELS,
    *FORWARDERS,
)


def version_of(system: System) -> str:
    """The number in the first line that has one."""
    done = subprocess.run(
        system.version.split(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    )
    match = re.search(r"(?<![\d:.])\d+\.\d+[\w.+~-]*", done.stdout)
    return match[0] if match else "?"


@dataclass
class Way:
    """A running system, and what is learned of it."""

    port: int
    programs: list[Program]
    most: int = 0  # visitors that it may be asked to hold
    pace: dict[str, float] = field(default_factory=dict)

    def cpu(self) -> list[float]:
        return [program.cpu() for program in self.programs]


@contextmanager
def running(system: System, place: Place) -> Iterator[Way]:
    with ExitStack() as stack:
        home = stack.enter_context(TemporaryDirectory(prefix="nat-bench-"))
        place.home = Path(home)
        os.chmod(home, 0o711)  # nginx's worker is somebody else
        stack.callback(lambda: [p.stop() for p in reversed(place.programs)])
        port = system.start(place)
        most = 0 if system.few else place.most
        yield Way(port, place.programs, most)
