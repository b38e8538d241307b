"""Runs the examples that help shows, so that they cannot rot.

Each is run in the scenario's directory, where files `token`, `secret` and
`nat.conf` stand; addresses become ones of this machine that are free. A command
that serves must live until SIGTERM and end with 0 then, any other ends with 0.
"""

from __future__ import annotations

import re

from proc import Node
from script import Args, Failed
from world import World

ALIVE = 0.3  # seconds that a serving command must live
SERVES = ("relay", "client", "forward", "run", "tracker", "peer", "signal", "host", "join")
NOBODY = "127.0.0.1:1"

# what a command's examples say, and what is run in its place
REWRITES = [
    (r"^nat relay(?!.*--listen)", "nat relay --listen 127.0.0.1:0"),
    (r"^nat signal(?!.*--addr)", "nat signal --addr 127.0.0.1:0"),
    (r"(--listen|-l|--addr) \S+", r"\1 127.0.0.1:0"),
    (r"^nat relay", "nat relay --state-dir state"),
    (r"(--relay|-r|--natpass) \S+", rf"\1 {NOBODY}"),
    (r" 2222:", " 0:"),
    (r" udp:5353:", " udp:0:"),
    (r"^nat peer", "nat peer --listen 127.0.0.1:0"),
    (r"--introducer \S+", f"--introducer {NOBODY}"),
    (r"^nat run(?!.* -c )", "nat run -c nat.conf"),
]
FILES = {
    "token": "{token}\n",
    "secret": "correct-horse\n",
    "nat.conf": (
        "config relay\n\toption listen '127.0.0.1:0'\n"
        "\toption token '{token}'\n"
    ),
}


def shown(world: World) -> list[str]:
    """The lines below Examples: of what has been printed last."""
    lines = [line.text for line in world.log.of("it", "out")]
    if "Examples:" not in lines:
        raise Failed("no 'Examples:' in the help")
    at = lines.index("Examples:") + 1
    found = [line.strip() for line in lines[at:] if line.startswith("  ")]
    if not found:
        raise Failed("no example below 'Examples:'")
    return found


def prepare(world: World) -> None:
    for name, text in FILES.items():
        path = world.home / name
        path.write_text(text.format(token=world.scope["token"]))
        path.chmod(0o600)
    link = world.home / "bin" / "nat"
    if not link.exists():
        link.parent.mkdir()
        link.symlink_to(world.product[-1])


def rewritten(example: str) -> str:
    for form, instead in REWRITES:
        example = re.sub(form, instead, example)
    return example


async def launch(world: World, text: str) -> Node:
    if text.startswith("nat "):
        argv = world.command(text)
    else:
        path = f"PATH={world.home}/bin:$PATH"
        argv = ["sh", "-c", f"{path}; {text}"]
    node = await world.launch("it", argv, world.is_ours(argv), {})
    node.may_end = True
    return node


async def try_example(world: World, command: str, text: str) -> None:
    node = await launch(world, text)
    serves = command in SERVES
    if serves:  # a slow machine: it must have begun before it is stopped
        said = f"a word of example {text!r}"
        await world.until(lambda: world.log.of("it", "err") or None, 5, said)
    ended = await node.wait((ALIVE if serves else 5) * world.patience)
    if serves and ended:
        raise Failed(f"example {text!r} ends by itself: {node.verdict()}")
    if fault := await node.finish(5 * world.patience):
        raise Failed(f"example {text!r}: {fault}")
    if node.status != 0:
        raise Failed(f"example {text!r}: {node.verdict()}")


async def examples(world: World, args: Args) -> None:
    """Of each command named."""
    prepare(world)
    for command in args.words:
        argv = [*world.product, "help", command]
        helped = await world.launch("it", argv, True, {})
        helped.may_end = True
        if not await helped.wait(5 * world.patience) or helped.status != 0:
            raise Failed(f"nat help {command}: {helped.verdict()}")
        for example in shown(world):
            await try_example(world, command, rewritten(example))
