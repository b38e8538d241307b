"""The verbs of scenarios: one function each, and the table of them."""

from __future__ import annotations

import asyncio
import ctypes
import os
import re
import shlex
import shutil
import signal
import stat
import sys
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path

import dgrams
import visit
from apart import Apart
from examples import examples
from names import NameServer
from proc import TICK, Line, Node
from script import Args, Failed, Skipped, pattern, seconds, size, unescape
from serve import Service
from strangers import expect_gone, strangers
from world import TOP, World, signal_number

WITHIN = 5.0  # seconds that something expected may take
BULK_WITHIN = 60.0
GRACE = 0.3  # how long to look for what must not come
PEER_ENVIRONMENT = {"PYTHONUNBUFFERED": "1", "PYTHONDONTWRITEBYTECODE": "1"}

# ---- setting up ----


async def needs(world: World, args: Args) -> None:
    for program in args.words:
        if program == "root":
            if os.geteuid() != 0:
                raise Skipped("only root can do this")
        elif program == "sandbox":
            if world.unconfined:
                raise Skipped("an instrumented binary keeps its rights")
        elif program == "landlock":
            if not has_landlock():
                raise Skipped("no landlock in this kernel")
        elif program.startswith("python3-"):
            name = program.removeprefix("python3-")
            if not list(Path("/usr/lib/python3/dist-packages").glob(name)):
                raise Skipped(f"no {program} here")
        elif program.startswith("/"):
            if not os.path.exists(program):
                raise Skipped(f"no {program} here")
        elif not shutil.which(program):
            raise Skipped(f"no {program} here")


async def part(world: World, args: Args) -> None:
    for word in args.words:
        name = word.removeprefix("!")
        if (name in world.parts) == (word != name):
            raise Skipped(f"this build {'has' if name != word else 'lacks'} "
                          f"{name}")


async def bare(world: World, args: Args) -> None:
    if len(world.product) > 1:
        raise Skipped(f"not under {Path(world.product[0]).name}")


async def apart(world: World, args: Args) -> None:
    if os.geteuid() != 0 or not shutil.which("ip"):
        raise Skipped("no network of its own without root and ip")
    world.apart = Apart()


def has_landlock() -> bool:
    """By its version; the number of the call is the same nearly everywhere."""
    with suppress(AttributeError):
        return ctypes.CDLL(None).syscall(444, None, 0, 1) > 0
    return False


async def nothing(world: World, args: Args) -> None:
    """limit and accept are read before the scenario starts."""


async def set_(world: World, args: Args) -> None:
    name = args.next("a name")
    world.scope[name] = args.next("a value")
    args.done()


async def ports(world: World, args: Args) -> None:
    name, count = args.next("a name"), int(args.next("a count"))
    args.done()
    first = world.free_ports(count)
    world.scope[name] = str(first)
    world.scope[f"{name}_last"] = str(first + count - 1)
    for i in range(1, count):
        world.scope[f"{name}{i}"] = str(first + i)


async def file(world: World, args: Args) -> None:
    mode = int(args.clause("mode") or "600", 8)
    path = world.home / args.next("a path")
    args.done()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(world.unlock(args.body))
    path.chmod(mode)


async def make(world: World, args: Args) -> None:
    path, total = world.home / args.next("a path"), size(args.next("a size"))
    args.done()
    with path.open("wb") as to:
        async for piece in visit.bytes_of(total):
            to.write(piece)
    os.chmod(path, 0o600)


async def service(world: World, args: Args) -> None:
    name = args.next("a name")
    if name in world.services:
        raise Failed(f"service {name} is there already")
    made = world.services[name] = Service(name, world.log)
    await made.start(args)
    world.scope[name] = made.where


async def datagrams(world: World, args: Args) -> None:
    """A service of datagrams: what comes goes back."""
    name = args.next("a name")
    port = int(args.clause("on") or 0)
    args.done()
    loop = asyncio.get_running_loop()
    transport, _ = await loop.create_datagram_endpoint(
        lambda: dgrams.Echo(name, world.log), local_addr=("127.0.0.1", port)
    )
    world.transports[name] = transport
    world.scope[name] = str(transport.get_extra_info("sockname")[1])


async def volley(world: World, args: Args) -> None:
    within = args.time("within", BULK_WITHIN) * world.patience
    name = args.clause("as")
    home = args.clause("from")
    silence = args.clause("silence")
    sizes = [int(n) for n in (args.clause("sizes") or "100").split(",")]
    count = int(args.next("a count"))
    args.need("to")
    port = int(args.next("a port"))
    args.done()
    if silence is not None:
        work = dgrams.silence(port, seconds(silence), home)
    elif name is None:
        work = dgrams.crowd(port, count, sizes, home)
    else:
        if name not in world.senders:
            world.senders[name] = await dgrams.visitor(port, home)
        work = dgrams.echo(world.senders[name], sizes)
    await guarded(world, work, within, "volley")


async def names(world: World, args: Args) -> None:
    name = args.next("a name")
    manner = args.words.pop(0) if args.words else "honest"
    args.done()
    there = world.services.get(name)
    if there and not isinstance(there, NameServer):
        raise Failed(f"service {name} is there already")
    made = there or NameServer(name, world.log)
    made.tell(manner, args.body)
    if not there:
        world.services[name] = made
        await made.start()
        world.scope[name] = made.where


async def stop(world: World, args: Args) -> None:
    name = args.next("a service")
    args.done()
    if name in world.transports:
        world.transports.pop(name).close()
        return
    if name not in world.services:
        raise Failed(f"no service {name}")
    await world.services.pop(name).stop()


# ---- processes ----


def environment_words(args: Args) -> dict[str, str]:
    pairs = (pair.partition("=") for pair in args.every("env"))
    return {key: value for key, _, value in pairs}


async def node(world: World, args: Args) -> None:
    env = environment_words(args)
    name = args.next("a name")
    args.need("run")
    argv = world.command(args.next("a command"))
    args.done()
    ours = world.is_ours(argv)
    await world.launch(name, argv, ours, env)


async def peer(world: World, args: Args) -> None:
    name, program = args.next("a name"), args.next("a program")
    path = TOP / "t" / "interop" / f"{program}.py"
    argv = [sys.executable, str(path), *args.words]
    await world.launch(name, argv, False, PEER_ENVIRONMENT)


async def run(world: World, args: Args) -> None:
    within = args.time("within", 2 * WITHIN) * world.patience
    wanted = int(args.clause("exits") or 0)
    env = environment_words(args)
    prints = args.every("prints")
    argv = world.command(args.next("a command"))
    args.done()
    it = await world.launch("it", argv, False, env)
    it.may_end = True
    try:
        if not await it.wait(within):
            raise Failed(f"{shlex.join(argv)}: no end within {within:g}s")
        world.check_nodes()
        if it.status != wanted:
            raise Failed(f"{it.verdict()} instead of {wanted}")
        for form in prints:
            take_line(world, "it", None, form)
    finally:
        if not it.ended:
            await it.finish(0)


async def signal_(world: World, args: Args) -> None:
    target = world.node(args.next("a node"))
    target.send(signal_number(args.next("a signal")))
    args.done()


async def pause(world: World, args: Args) -> None:
    await asyncio.sleep(seconds(args.next("a time")))
    args.done()


# ---- expectations ----


def find_line(
    world: World, source: str, stream: str | None, form: re.Pattern[str]
) -> tuple[Line, re.Match[str]] | None:
    for line in world.log.of(source, stream):
        if not line.taken and line.stream != "run":
            if match := form.search(line.text):
                return line, match
    return None


def keep_captures(world: World, match: re.Match[str]) -> None:
    world.scope |= {k: v for k, v in match.groupdict().items() if v}


def take_line(
    world: World, source: str, stream: str | None, form: str
) -> None:
    found = find_line(world, source, stream, pattern(form))
    if not found:
        raise Failed(f"{source} has not printed {form!r}")
    found[0].taken = True
    keep_captures(world, found[1])


def all_lines(
    world: World, source: str, stream: str | None, form: str
) -> list[str]:
    wanted = pattern(form)
    return [
        line.text
        for line in world.log.of(source, stream)
        if line.stream != "run" and wanted.search(line.text)
    ]


async def expect(world: World, args: Args) -> None:
    if (kind := args.next_is(*EXPECT)) is not None:
        await EXPECT[kind](world, args)
        return
    source = args.next("a node")
    if args.next_is("exits"):
        await expect_exit(world, world.node(source), args)
        return
    await expect_line(world, source, args)


async def expect_line(world: World, source: str, args: Args) -> None:
    within = args.time("within", WITHIN)
    stream = args.next_is("out", "err", "log")
    text = args.next("a pattern")
    args.done()
    form = pattern(text)
    line, match = await world.until(
        lambda: find_line(world, source, stream, form),
        within,
        f"{source}: {text!r}",
    )
    line.taken = True
    keep_captures(world, match)


async def expect_exit(world: World, target: Node, args: Args) -> None:
    within = args.time("within", WITHIN)
    status = int(args.next("an exit code"))
    args.done()
    target.may_end = True
    await world.until(
        lambda: target.ended or None, within, f"end of {target.name}"
    )
    if target.status != status:
        raise Failed(f"{target.name}: {target.verdict()}, not {status}")


async def expect_no(world: World, args: Args) -> None:
    await settle(world, args.time("for", 0))
    source, stream = args.next("a node"), args.next_is("out", "err", "log")
    text = args.next("a pattern")
    args.done()
    if lines := all_lines(world, source, stream, text):
        raise Failed(f"{source} must not say {lines[0]!r}")


async def expect_count(world: World, args: Args) -> None:
    await settle(world, args.time("for", 0))
    count = int(args.next("a count"))
    source, stream = args.next("a node"), args.next_is("out", "err", "log")
    text = args.next("a pattern")
    args.done()
    lines = all_lines(world, source, stream, text)
    if len(lines) != count:
        raise Failed(f"{source} says {text!r} {len(lines)} times, not {count}")


async def settle(world: World, time: float) -> None:
    await asyncio.sleep(time)
    world.check_nodes()


async def expect_file(world: World, args: Args) -> None:
    mode = args.clause("mode")
    owner = args.clause("owner")
    path = world.home / args.next("a path")
    if not path.exists():
        raise Failed(f"{path} is not there")
    if mode and stat.S_IMODE(path.stat().st_mode) != int(mode, 8):
        raise Failed(f"{path}: mode {stat.S_IMODE(path.stat().st_mode):o}")
    if owner and path.stat().st_uid != int(owner):
        raise Failed(f"{path} belongs to {path.stat().st_uid}")
    text = "" if path.is_dir() else path.read_text()
    for form in args.words:
        if not (match := pattern(form).search(text)):
            raise Failed(f"{path}: no {form!r} in it")
        keep_captures(world, match)


async def expect_proc(world: World, args: Args) -> None:
    """A process sets its state up after it has said that it is ready."""
    within = args.time("within", WITHIN)
    target, name = world.node(args.next("a node")), args.next("a file")
    path = Path("/proc") / str(target.pid) / name
    if not path.exists():
        raise Skipped("no /proc here")
    clock = asyncio.get_running_loop().time
    deadline = clock() + within * world.patience
    wanted = [pattern(form) for form in args.words]
    while True:
        text = path.read_bytes().replace(b"\0", b"\n").decode()
        missing = [form.pattern for form in wanted if not form.search(text)]
        if not missing:
            return
        if clock() > deadline:
            raise Failed(f"{path}: no {missing[0]!r} in it: {text}")
        await asyncio.sleep(0.02)


async def expect_same(world: World, args: Args) -> None:
    one, two = (Path(world.home / args.next("a file")) for _ in "12")
    args.done()
    if one.read_bytes() != two.read_bytes():
        raise Failed(f"{one.name} and {two.name} differ")


async def expect_port(world: World, args: Args) -> None:
    within = args.time("within", WITHIN)
    port, state = int(args.next("a port")), args.next("open or closed")
    args.done()
    if state not in ("open", "closed"):
        raise Failed(f"a port is open or closed, not {state}")
    clock = asyncio.get_running_loop().time
    deadline = clock() + within * world.patience
    while await visit.port_open(port) != (state == "open"):
        world.check_nodes()
        if clock() > deadline:
            raise Failed(f"port {port} is not {state} within {within:g}s")
        await asyncio.sleep(0.05)


Verb = Callable[[World, Args], Awaitable[None]]

EXPECT: dict[str, Verb] = {
    "no": expect_no,
    "count": expect_count,
    "file": expect_file,
    "proc": expect_proc,
    "same": expect_same,
    "port": expect_port,
    "gone": expect_gone,
}

# ---- visitors ----


def greeting(world: World, args: Args) -> visit.Tls | None:
    ca, protocols = args.clause("ca"), args.clause("alpn")
    name = args.clause("tls")
    if name is None:
        return None
    return visit.Tls(
        name,
        world.home / ca if ca else None,
        protocols.split(",") if protocols else [],
    )


async def visitor(world: World, args: Args) -> None:
    name = args.next("a name")
    args.need("to")
    port = int(args.next("a port"))
    home = args.clause("from")
    tls = greeting(world, args)
    args.done()
    if name in world.wires:
        world.wires[name].abandon()
    world.wires[name] = await visit.dial(name, port, world.log, home, tls)


async def crowd(world: World, args: Args) -> None:
    within = args.time("within", BULK_WITHIN) * world.patience
    banner = unescape(args.clause("after") or "")
    closing = args.clause("closing") or "half"
    resuming = args.clause("resuming")
    home = args.clause("from")
    count = int(args.next("a count"))
    args.need("to")
    port = int(args.next("a port"))
    args.need("echo")
    total = size(args.next("a size"))
    args.done()
    if closing not in ("half", "full"):
        raise Failed(f"closing half or full, not {closing}")
    echo = visit.Echo(port, total, banner, closing == "half", home)
    work = visit.crowd(count, echo)
    if resuming:
        work = resume(world.node(resuming), work, lambda: echo.come == count)
    await guarded(world, work, within, "crowd")


async def resume(
    target: Node, work: Awaitable[None], when: Callable[[], bool]
) -> None:
    """Lets a stopped node go on as soon as the work has come so far."""
    task = asyncio.ensure_future(work)
    while not when() and not task.done():
        await asyncio.sleep(TICK)
    target.send(signal.SIGCONT)
    await task


def bulk(work: visit.Bulk, what: str) -> Verb:
    async def verb(world: World, args: Args) -> None:
        within = args.time("within", BULK_WITHIN) * world.patience
        total = size(args.next("a size"))
        args.next_is("to", "from")
        port = int(args.next("a port"))
        args.done()
        await guarded(world, work(port, total), within, what)

    return verb


async def guarded(
    world: World, work: Awaitable[None], within: float, what: str
) -> None:
    """A node that has died explains more than the visitor that noticed."""
    try:
        await visit.timed(work, within, what)
    except Failed:
        await asyncio.sleep(GRACE)
        world.check_nodes()
        raise


VERBS: dict[str, tuple[Verb, str]] = {
    "needs": (
        needs,
        "PROGRAM... | python3-MODULE | root | sandbox | landlock: else skipped",
    ),
    "part": (
        part,
        "NAME... | !NAME... of MODULES are there, or are not: else skipped",
    ),
    "bare": (bare, "skipped where something runs the binary (--prefix)"),
    "apart": (apart, "in a network of its own; needs root and ip"),
    "limit": (nothing, "TIME of the whole scenario"),
    "accept": (nothing, "takes long: only with --accept"),
    "costly": (nothing, "a browser, say: not with --quick"),
    "set": (set_, "NAME VALUE"),
    "ports": (ports, "NAME COUNT: free ones, $NAME $NAME1 .. $NAME_last"),
    "file": (file, "PATH [mode 600]: with the '|' lines below it"),
    "make": (make, "PATH SIZE: a file of pattern bytes"),
    "service": (
        service,
        "NAME KIND [WORD] [on PORT | unix PATH]: $NAME is where",
    ),
    "datagrams": (datagrams, "NAME [on PORT]: a service that echoes them"),
    "volley": (
        volley,
        "N to PORT [sizes A,B,...] [as NAME] [from ADDRESS] [within TIME]:\n"
        "    datagrams echoed to so many visitors at once, or to the one of\n"
        "    that name; silence TIME: none comes back to one",
    ),
    "names": (
        names,
        "NAME [MANNER]: a name server with the '|' records below it, or what\n"
        "    it says from now on; $NAME is its port",
    ),
    "stop": (stop, "SERVICE"),
    "node": (
        node,
        'NAME run "COMMAND" [env K=V]: nat is the tested binary;'
        " $NAME_pid is its process",
    ),
    "peer": (peer, "NAME PROGRAM ARGS...: a process of t/interop"),
    "run": (
        run,
        '"COMMAND" [exits N] [prints "RE"]... [env K=V] [within TIME]',
    ),
    "examples": (examples, "COMMAND...: runs the examples of their help"),
    "signal": (signal_, "NODE TERM|KILL|STOP|..."),
    "pause": (pause, "TIME"),
    "expect": (
        expect,
        'NODE [out|err] "RE" [within TIME]: {x} {x:RE} set $x\n'
        "    NODE exits N [within TIME]\n"
        '    no NODE [out|err] "RE" [for TIME]\n'
        '    count N NODE [out|err] "RE" [for TIME]\n'
        '    file PATH [mode 600] [owner UID] ["RE"...]\n'
        '    proc NODE FILE "RE"... [within TIME]: of /proc/PID\n'
        "    same FILE FILE\n"
        "    port PORT open|closed [within TIME]\n"
        "    gone strangers [within TIME]: each so soon after it has come",
    ),
    "visitor": (
        visitor,
        "NAME to PORT [from ADDRESS] [tls NAME|- [ca FILE] [alpn P,P...]]",
    ),
    "mallory": (visitor, "as visitor, with bad intentions"),
    "strangers": (
        strangers,
        "N [silent|tls] to PORT [from ADDRESS]: of all kinds, of 30 addresses",
    ),
    "crowd": (
        crowd,
        'N to PORT echo SIZE [after "BANNER"] [closing half|full]'
        " [within TIME]\n"
        "    [from ADDRESS] [resuming NODE]: stopped until all have connected",
    ),
    "upload": (
        bulk(visit.upload, "upload"),
        "SIZE to PORT [within TIME]: to a sink",
    ),
    "download": (
        bulk(visit.download, "download"),
        "SIZE from PORT [within TIME]: from a source",
    ),
}
