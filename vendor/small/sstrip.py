"""sstrip - cuts off what of an ELF program is not loaded: the table of sections
and their names, which strip leaves and nobody needs to run it. Stands in for the
program of that name, with which routers' systems are built.

usage: sstrip.py PROGRAM
"""
import struct
import sys

# Where things stand: in the head e_phoff, e_shoff, e_phentsize and what follows
# it, in a row of the program header p_offset, p_filesz; and how wide they are.
NARROW = ("I", 28, 32, 42, 4, 16)
WIDE = ("Q", 32, 40, 54, 8, 32)


def main(path):
    with open(path, "r+b") as f:
        elf = bytearray(f.read())
        order = "<" if elf[5] == 1 else ">"
        word, phoff, shoff, sizes, offset, filesz = WIDE if elf[4] == 2 else NARROW

        def get(form, at):
            return struct.unpack_from(order + form, elf, at)[0]

        rows = [get(word, phoff) + i * get("H", sizes) for i in range(get("H", sizes + 2))]
        end = max(get(word, row + offset) + get(word, row + filesz) for row in rows)
        struct.pack_into(order + word, elf, shoff, 0)
        struct.pack_into(order + "HHH", elf, sizes + 4, 0, 0, 0)
        f.seek(0)
        f.write(elf[:end])
        f.truncate(end)


if __name__ == "__main__":
    main(*sys.argv[1:])
