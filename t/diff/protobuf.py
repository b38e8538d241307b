"""protobuf - wire/pb against protoc and python3-protobuf, on messages of natpass
made and damaged at random.

usage: protobuf.py [--messages N] [--seed N] DUMP    DUMP is the built pb_dump.
protoc compiles the description below; Python's messages are written, half of them
damaged in a few bytes, and both read them. What one reads the other must read, and
what we print must be what Python prints once it has forgotten unknown fields. But
for tags of more than 32 bits, which are no field's: Python reads over them.
"""

from __future__ import annotations

import argparse
import glob
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

PROTO = """
syntax = "proto3";
message data { bytes data = 1; }
message addr { string addr = 1; uint32 port = 2; }
message shell { string exec = 1; repeated string env = 2; }
message request {
  string name = 1; uint32 type = 2;
  oneof told { addr caddr = 10; shell cshell = 11; }
}
message response { bool ok = 1; string msg = 2; }
message size { uint32 rows = 1; uint32 cols = 2; }
message msg {
  uint32 type = 1; string from = 2; uint32 from_idx = 3; string to = 4;
  uint32 to_idx = 5; string link_id = 6;
  oneof payload {
    data hsp = 10; request creq = 11; response crep = 12; data fwd = 13;
    size sresize = 20; data sdata = 21;
  }
  uint32 window = 1000; bool end = 1001; bool reset = 1002; uint32 status = 1003;
}
"""
WORDS = ["", "a", "box", "naïve", "机器", "x" * 200]
NUMBERS = [0, 1, 127, 128, 300, 65535, 2**31, 2**32 - 1]
MOST_TEXTS = 32
LONG = re.compile(rb"[\x80-\xff]{4}")  # what such a tag has


def load() -> bool:
    """python3-protobuf, Debian's too when the python at hand is another. Its own
    reader: that in C++ takes the end of a group that never began for the end.
    """
    os.environ["PROTOCOL_BUFFERS_PYTHON_IMPLEMENTATION"] = "python"
    for path in ["", *glob.glob("/usr/lib/python3/dist-packages")]:
        if path:
            sys.path.append(path)
        try:
            global descriptor_pb2, descriptor_pool, message_factory, DecodeError
            from google.protobuf import descriptor_pb2, descriptor_pool
            from google.protobuf import message_factory
            from google.protobuf.message import DecodeError
            return True
        except ImportError:
            continue
    return False


def compiled() -> type:
    with tempfile.TemporaryDirectory() as home:
        Path(home, "np.proto").write_text(PROTO)
        subprocess.run(["protoc", "--descriptor_set_out=out", "np.proto"],
                       cwd=home, check=True)
        files = descriptor_pb2.FileDescriptorSet.FromString(
            Path(home, "out").read_bytes())
    pool = descriptor_pool.DescriptorPool()
    for one in files.file:
        pool.Add(one)
    kind = pool.FindMessageTypeByName("msg")
    return message_factory.MessageFactory(pool).GetPrototype(kind)


class Maker:
    def __init__(self, rng: random.Random, kind: type) -> None:
        self.rng, self.kind = rng, kind

    def fill(self, m: object) -> None:
        """Some of its fields, of what kind they are."""
        for field in m.DESCRIPTOR.fields:
            if self.rng.random() < 0.5:
                self.set(m, field)

    def set(self, m: object, field: object) -> None:
        if field.label == field.LABEL_REPEATED:
            count = self.rng.choice((1, 2, MOST_TEXTS))
            getattr(m, field.name).extend(self.rng.choices(WORDS, k=count))
        elif field.type == field.TYPE_MESSAGE:
            getattr(m, field.name).SetInParent()
            self.fill(getattr(m, field.name))
        elif field.type == field.TYPE_BYTES:
            setattr(m, field.name, self.rng.randbytes(self.rng.choice((0, 9))))
        elif field.type == field.TYPE_STRING:
            setattr(m, field.name, self.rng.choice(WORDS))
        else:
            number = self.rng.choice(NUMBERS)
            if field.type == field.TYPE_BOOL:
                number = bool(number)
            setattr(m, field.name, number)

    def message(self) -> bytes:
        m = self.kind()
        self.fill(m)
        data = m.SerializeToString()
        if self.rng.random() < 0.3:  # twice: the later counts, or is merged
            again = self.kind()
            self.fill(again)
            data += again.SerializeToString()
        return data

    def damaged(self, data: bytes) -> bytes:
        out = bytearray(data)
        for _ in range(self.rng.choice((1, 1, 2, 5))):
            if out:
                out[self.rng.randrange(len(out))] = self.rng.randrange(256)
        if out and self.rng.random() < 0.3:
            del out[self.rng.randrange(len(out)):]
        return bytes(out)


def theirs(kind: type, data: bytes) -> str:
    m = kind()
    try:
        m.ParseFromString(data)
    except (DecodeError, UnicodeDecodeError):
        return "bad"
    if len(m.creq.cshell.env) > MOST_TEXTS:
        return "bad"  # more than we take
    m.DiscardUnknownFields()
    return m.SerializeToString(deterministic=True).hex()


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--messages", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("dump")
    args = parser.parse_args()
    if not load() or not shutil.which("protoc"):
        print("diff: no protoc or no python3-protobuf here, wire/pb not compared")
        return 0
    kind = compiled()
    maker = Maker(random.Random(args.seed), kind)
    messages = [maker.message() for _ in range(args.messages)]
    messages[1::2] = [maker.damaged(m) for m in messages[1::2]]
    lines = "".join(m.hex() + "\n" for m in messages)
    said = subprocess.run([args.dump], input=lines, stdout=subprocess.PIPE,
                          text=True, check=True).stdout.split("\n")
    seen: Counter[str] = Counter()
    for data, ours in zip(messages, said):
        right = theirs(kind, data)
        verdict = ("refused by both" if right == ours == "bad" else
                   "read alike" if right == ours else "differ")
        if verdict == "differ" and ours == "bad" and LONG.search(data):
            verdict = "refused by us"
        seen[verdict] += 1
        if verdict == "differ":
            print(f"{data.hex()}:\n  they {right}\n  we   {ours}")
    print("diff: wire/pb and protobuf:", ", ".join(
        f"{n} {what}" for what, n in sorted(seen.items())))
    lax = seen["refused by us"] * 200 > args.messages
    return 1 if seen["differ"] or lax else 0


if __name__ == "__main__":
    sys.exit(main())
