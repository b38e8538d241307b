#!/usr/bin/python3
"""aioice as icecat speaks: the same lines on standard input and output.

usage: aiopeer.py [--controlling] [--stun ADDR:PORT]
"""

from __future__ import annotations

import argparse
import asyncio
import sys

import aioice


def say(text: str) -> None:
    print(text, flush=True)


async def lines() -> asyncio.StreamReader:
    reader = asyncio.StreamReader()
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    return reader


async def hear_description(peer: aioice.Connection,
                           reader: asyncio.StreamReader) -> None:
    while text := (await reader.readline()).decode().rstrip("\n"):
        word, _, rest = text.partition(" ")
        if word == "ufrag":
            peer.remote_username = rest
        elif word == "pwd":
            peer.remote_password = rest
        elif word == "end":
            await peer.add_remote_candidate(None)
            return
        else:
            await peer.add_remote_candidate(
                aioice.Candidate.from_sdp(text.removeprefix("candidate:")))


async def hear_data(peer: aioice.Connection) -> None:
    while True:
        say("data " + (await peer.recv()).decode())


async def run(args: argparse.Namespace) -> None:
    stun = None
    if args.stun:
        host, _, port = args.stun.rpartition(":")
        stun = (host, int(port))
    peer = aioice.Connection(ice_controlling=args.controlling,
                             stun_server=stun)
    reader = await lines()
    await peer.gather_candidates()
    say(f"ufrag {peer.local_username}")
    say(f"pwd {peer.local_password}")
    for candidate in peer.local_candidates:
        say("candidate:" + candidate.to_sdp())
    say("end")
    await hear_description(peer, reader)
    try:
        await peer.connect()
    except ConnectionError as why:
        say(f"failed {why}")
        return
    say("path")
    hearing = asyncio.create_task(hear_data(peer))
    while text := (await reader.readline()).decode().rstrip("\n"):
        if text.startswith("data "):
            await peer.send(text.removeprefix("data ").encode())
    hearing.cancel()
    await peer.close()


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--controlling", action="store_true")
    parser.add_argument("--stun")
    asyncio.run(run(parser.parse_args()))


if __name__ == "__main__":
    main()
