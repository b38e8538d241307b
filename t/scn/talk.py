"""What a single visitor (or mallory) says and expects: `NAME does ...`."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from script import Args, Failed, pattern, size, unescape
from serve import BLOCK
from verbs import WITHIN, keep_captures
from visit import Wire
from world import World


def pattern_bytes(total: int) -> bytes:
    return (BLOCK * (total // len(BLOCK) + 1))[:total]


def payload(args: Args) -> bytes:
    """"TEXT", line "TEXT", hex "00 ff", pattern SIZE or spaces SIZE."""
    kind = args.next_is("line", "hex", "pattern", "spaces", "text")
    text = args.next("what to send")
    args.done()
    match kind:
        case "hex":
            return bytes.fromhex(text)
        case "pattern":
            return pattern_bytes(size(text))
        case "spaces":
            return b" " * size(text)
        case "line":
            return text.encode() + b"\n"
    return unescape(text)


async def sends(world: World, wire: Wire, args: Args) -> None:
    wire.send(payload(args))


async def ends(world: World, wire: Wire, args: Args) -> None:
    args.done()
    wire.open().write_eof()


async def pauses(world: World, wire: Wire, args: Args) -> None:
    args.done()
    wire.open().pause_reading()


async def resumes(world: World, wire: Wire, args: Args) -> None:
    args.done()
    wire.open().resume_reading()


async def resets(world: World, wire: Wire, args: Args) -> None:
    args.done()
    wire.reset()


async def closes(world: World, wire: Wire, args: Args) -> None:
    args.done()
    if wire.transport:  # else it was refused before it was there
        wire.transport.close()


# ---- expectations ----


async def expects(world: World, wire: Wire, args: Args) -> None:
    within = args.time("within", WITHIN)
    kind = args.next_is(*EXPECTS)
    await EXPECTS[kind or "text"](world, wire, args, within)


async def text(world: World, wire: Wire, args: Args, within: float) -> None:
    form = pattern(args.next("a pattern"))
    args.done()

    def ask() -> Any:
        return form.search(wire.got.decode("latin-1"))

    match = await until(world, wire, ask, within, f"{form.pattern!r}")
    keep_captures(world, match)
    del wire.got[: match.end()]


async def echo(world: World, wire: Wire, args: Args, within: float) -> None:
    """All that has been sent so far has come back."""
    args.done()
    await come(world, wire, len(wire.sent), within)
    if wire.got != wire.sent:
        raise Failed(f"{wire.name}: other bytes came back than were sent")
    wire.got.clear()
    wire.sent.clear()


async def pattern_(
    world: World, wire: Wire, args: Args, within: float
) -> None:
    """So many bytes of the pattern, as a source sends them."""
    total = size(args.next("a size"))
    args.done()
    await come(world, wire, total, within)
    if wire.got != pattern_bytes(total):
        raise Failed(f"{wire.name}: other bytes than the pattern")
    wire.got.clear()


async def object_(
    world: World, wire: Wire, args: Args, within: float
) -> None:
    """key=value... must be so; key>name keeps a value."""
    found = await until(world, wire, wire.take_object, within, "a JSON object")
    for word in args.words:
        key, sign, value = (*word.partition(">"),)
        if sign:
            world.scope[value] = str(found.get(key))
            continue
        key, _, value = word.partition("=")
        if str(found.get(key)) != value:
            raise Failed(f"{wire.name}: {key} is not {value} in {found}")


async def silence(
    world: World, wire: Wire, args: Args, within: float
) -> None:
    time = args.time("for", 0.3)
    args.done()
    await asyncio.sleep(time)
    world.check_nodes()
    if wire.got or wire.ended or wire.down:
        raise Failed(f"{wire.name}: no silence: {wire.shown()}")


async def end(world: World, wire: Wire, args: Args, within: float) -> None:
    args.done()
    await until(world, wire, lambda: wire.ended or None, within, "end")
    if wire.got.strip():
        raise Failed(f"{wire.name}: unexpected: {wire.shown()}")


async def reset(world: World, wire: Wire, args: Args, within: float) -> None:
    args.done()
    await until(world, wire, lambda: wire.down or None, within, "reset")
    if not isinstance(wire.error, ConnectionResetError):
        raise Failed(f"{wire.name}: no reset but {wire.error}")


async def alert(world: World, wire: Wire, args: Args, within: float) -> None:
    """TLS has failed, in such words."""
    form = pattern(args.next("a pattern"))
    args.done()
    await until(world, wire, lambda: wire.down or None, within, "alert")
    if not form.search(str(wire.error).replace("_", " ")):
        raise Failed(f"{wire.name}: no {form.pattern!r} but {wire.error}")


async def closed(world: World, wire: Wire, args: Args, within: float) -> None:
    """By end or reset, whatever came before."""
    args.done()

    def ask() -> bool | None:
        return wire.ended or wire.down or None

    await until(world, wire, ask, within, "close")


async def come(
    world: World, wire: Wire, total: int, within: float
) -> None:
    def ask() -> bool | None:
        return True if len(wire.got) >= total else None

    await until(world, wire, ask, within, f"{total} bytes")


async def until(
    world: World,
    wire: Wire,
    ask: Callable[[], Any],
    within: float,
    what: str,
) -> Any:
    try:
        return await world.until(ask, within, f"{wire.name}: {what}")
    except Failed as why:
        raise Failed(f"{why} ({wire.shown()})") from None


Expectation = Callable[[World, Wire, Args, float], Awaitable[None]]
Deed = Callable[[World, Wire, Args], Awaitable[None]]

EXPECTS: dict[str, Expectation] = {
    "text": text,
    "echo": echo,
    "json": object_,
    "pattern": pattern_,
    "silence": silence,
    "end": end,
    "reset": reset,
    "closed": closed,
    "alert": alert,
}

DEEDS: dict[str, tuple[Deed, str]] = {
    "sends": (
        sends,
        '"TEXT" | line "TEXT" | hex "00 ff" | pattern SIZE | spaces SIZE',
    ),
    "ends": (ends, "half-close"),
    "pauses": (pauses, "reads no more"),
    "resumes": (resumes, "reads again"),
    "resets": (resets, ""),
    "closes": (closes, ""),
    "expects": (
        expects,
        '"RE" | echo | pattern SIZE | json [key=value] [key>name] | end'
        " | reset | closed [within TIME] | silence [for TIME]",
    ),
}
