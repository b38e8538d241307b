#!/usr/bin/env python3
"""Logs in so many times, from an address of one's choice, and says what became of
each: "welcome", or the relay's error.
"""

from __future__ import annotations

import argparse
import asyncio

from fastnat import VERSION, Control, Login, nonce


async def try_once(args: argparse.Namespace) -> None:
    host, _, port = args.relay.rpartition(":")
    reader, writer = await asyncio.open_connection(
        host, int(port), local_addr=(args.home, 0)
    )
    control = Control(reader, writer)
    mine = nonce()
    control.say(
        "hello",
        version=VERSION,
        name=args.name,
        instance=nonce(),
        nonce=mine,
    )
    answer = await control.hear_command("challenge", "error")
    if answer["command"] == "challenge":
        login = Login(args.token, mine, answer["nonce"], args.name)
        control.say("login", proof=login.proof("client"))
        answer = await control.hear_command("welcome", "error")
    retry = f", retry {answer['retry']}" if "retry" in answer else ""
    print(answer.get("error", "welcome") + retry, flush=True)
    writer.close()


async def run(args: argparse.Namespace) -> None:
    for _ in range(args.times):
        await try_once(args)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--relay", required=True, help="HOST:PORT")
    parser.add_argument("--from", dest="home", default="127.0.0.1")
    parser.add_argument("--name", default="guess")
    parser.add_argument("--token", required=True)
    parser.add_argument("--times", type=int, default=1)
    asyncio.run(run(parser.parse_args()))


if __name__ == "__main__":
    main()
