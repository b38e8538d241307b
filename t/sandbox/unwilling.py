"""unwilling - runs a program on a kernel that has no sandbox for it.

usage: unwilling.py PROGRAM ARGUMENT...    By a filter of its own: prctl, seccomp
and landlock fail with EPERM. It knows the numbers of x86-64 and aarch64; 77 is
the exit code elsewhere.
"""
import ctypes
import os
import platform
import struct
import sys

NUMBERS = {"x86_64": (157, 317), "aarch64": (167, 277)}  # prctl, seccomp
LANDLOCK_CREATE_RULESET = 444
LOAD, EQUAL, RETURN = 0x20, 0x15, 0x06
ALLOW, REFUSE_EPERM = 0x7FFF0000, 0x00050001
PR_SET_NO_NEW_PRIVS, PR_SET_SECCOMP, FILTER = 38, 22, 2


class Program(ctypes.Structure):
    _fields_ = [("count", ctypes.c_ushort), ("steps", ctypes.c_char_p)]


def steps(calls):
    last = len(calls)
    yield LOAD, 0, 0, 0
    for at, call in enumerate(calls):
        yield EQUAL, last - at, 0, call
    yield RETURN, 0, 0, ALLOW
    yield RETURN, 0, 0, REFUSE_EPERM


def refuse(calls):
    code = [struct.pack("=HBBI", *step) for step in steps(calls)]
    program = Program(len(code), b"".join(code))
    prctl = ctypes.CDLL(None, use_errno=True).prctl
    if prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) or \
            prctl(PR_SET_SECCOMP, FILTER, ctypes.byref(program), 0, 0):
        sys.exit(os.strerror(ctypes.get_errno()))


if __name__ == "__main__":
    numbers = NUMBERS.get(platform.machine())
    if not numbers:
        sys.exit(77)
    refuse([*numbers, LANDLOCK_CREATE_RULESET])
    os.execv(sys.argv[1], sys.argv[1:])
