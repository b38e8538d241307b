"""calls - how each system call of src/os can fail.

usage: calls.py OBJECT... --with OBJECT...    Complains of names that the bound
objects of src/os lack, that are neither wrapped nor exempt, and of rows here
that wrap.c has no function for. The objects --with define what is ours.

An errno stands here when a sane kernel may give it for such a call; `short`
moves one byte. What never fails is exempt.
"""

from __future__ import annotations

import errno
import fnmatch
import os
import subprocess
import sys

SHORT = 0
KILL = ("kill", -9)

CALLS = {
    "socket": "EMFILE ENFILE ENOBUFS ENOMEM EAFNOSUPPORT",
    "bind": "EADDRINUSE EACCES EADDRNOTAVAIL ENOMEM",
    "listen": "EADDRINUSE",
    "accept4": "EMFILE ECONNABORTED ENFILE ENOBUFS EINTR ENOMEM EAGAIN EPROTO",
    "connect": "ECONNREFUSED ENETUNREACH EADDRNOTAVAIL EAGAIN EACCES",
    "getsockname": "ENOBUFS",
    "getpeername": "ENOTCONN ENOBUFS",
    "getsockopt": "ENOBUFS",
    "setsockopt": "ENOPROTOOPT ENOMEM",
    "shutdown": "ENOTCONN",
    "recv": "EAGAIN ECONNRESET short EINTR ENOMEM ETIMEDOUT",
    "send": "short EAGAIN EPIPE ENOBUFS EINTR ECONNRESET",
    "sendmsg": "EAGAIN ENOBUFS EINTR EMSGSIZE ENETUNREACH EPERM",
    "sendmmsg": "EAGAIN ENOBUFS EIO EINTR EPERM",
    "recvmsg": "EAGAIN ECONNRESET ENOMEM",
    "recvmmsg": "EAGAIN ENOMEM EINTR ECONNREFUSED",
    "poll": "EINTR ENOMEM",
    "flock": "ENOLCK EINTR",
    "ftruncate": "EIO EINTR",
    "lseek": "EINVAL",
    "lstat": "EACCES ENOMEM",
    "chmod": "EPERM EROFS",
    "lchown": "EPERM EROFS",
    "setuid": "EAGAIN EPERM",
    "setgid": "EPERM",
    "seteuid": "EPERM",
    "setegid": "EPERM",
    "setgroups": "EPERM ENOMEM",
    "prctl": "EINVAL EPERM",
    "syscall": "ENOSYS EPERM",
    "splice": "EINVAL short EAGAIN ENOMEM ECONNRESET EINTR EPIPE",
    "pipe": "EMFILE ENFILE",
    "fcntl": "EPERM",
    "ioctl": "EINVAL",
    "open": "EMFILE ENOENT EACCES ENFILE EINTR ENOMEM EIO",
    "close": "EIO EINTR",
    "read": "EIO EINTR short",
    "write": "short EINTR ENOSPC EIO",
    "say": "short EINTR ENOSPC EIO",
    "wake": "EINTR",
    "fsync": "EIO ENOSPC",
    "fdatasync": "EIO ENOSPC",
    "sync_file_range": "EINVAL ENOSPC",
    "epoll_create1": "EMFILE ENOMEM",
    "epoll_ctl": "ENOMEM ENOSPC",
    "epoll_wait": "EINTR",
    "select": "EINTR ENOMEM",
    "sigaction": "EINVAL",
    "fork": "EAGAIN ENOMEM",
    "socketpair": "EMFILE ENFILE ENOMEM",
    "setsid": "EPERM",
    "chdir": "EACCES ENOENT",
    "execve": "EACCES ENOENT ENOMEM E2BIG",
    "waitpid": "EINTR",
    "posix_openpt": "ENOSPC EMFILE EAGAIN",
    "grantpt": "EACCES",
    "unlockpt": "EINVAL",
    "ptsname": "ENOTTY",
    "pselect": "EINTR ENOMEM",
    "access": "EACCES EIO ENOMEM",
    "stat": "EACCES ENOMEM",
    "fstat": "EIO",
    "mkdir": "ENOSPC EACCES EROFS",
    "rename": "ENOSPC EIO EACCES",
    "unlink": "EACCES EIO",
    "rmdir": "ENOTEMPTY EACCES EBUSY",
    "opendir": "EMFILE EACCES",
    "readdir": "EIO",
    "closedir": "EIO",
    "gethostname": "EPERM",
    "getentropy": "ENOSYS",
    "getrlimit": "EPERM",
    "prlimit": "EPERM",
    "madvise": "EAGAIN",
    "mmap": "ENOMEM",
    "munmap": "ENOMEM",
}

# What src/os names beyond that, and why it is not made to fail.
EXEMPT = {
    "kill": "the sitters' of groups that are theirs: it fails when they are gone",
    "tcgetattr tcsetattr raise": "of nat shell, whose terminal is the test's",
    "clock_gettime": "cannot fail for the two clocks that are asked",
    "getpid getuid geteuid getgid getegid umask": "cannot fail",
    "readlink": "the sandbox's, which a sanitized binary goes without",
    "_Exit _exit": "cannot fail",
    "sigprocmask": "cannot fail for what it is given",
    "environ if_nametoindex isatty sigemptyset sigaddset": "no call to make fail",
    "dup2": "as --stdio ends: what fails leaves the end as it was",
    "kqueue kevent": "libkqueue's on Linux; epoll and select stand for them",
    "nanosleep": "for commands that serve nobody",
    "mem* str* hton? ntoh?": "no system call",
    "__errno_location": "no system call",
    "__assert_fail abort __stack_chk_fail": "the end, said by whoever calls",
    "_GLOBAL_OFFSET_TABLE_": "the linker's",
    "__asan_* __ubsan_*": "the sanitizers'",
}


def failures(call: str) -> list[tuple[str, int]]:
    """The ways in which a call fails: name and number."""
    return [
        (name, SHORT if name == "short" else getattr(errno, name))
        for name in CALLS[call].split()
    ]


def names(objects: list[str], *flags: str) -> set[str]:
    nm = os.environ.get("NM", "nm")
    said = subprocess.run(
        [nm, "-P", *flags, *objects], check=True, capture_output=True, text=True
    ).stdout
    return {line.split()[0] for line in said.splitlines() if " " in line}


def exempt(name: str) -> bool:
    patterns = " ".join(EXEMPT).split()
    return any(fnmatch.fnmatchcase(name, form) for form in patterns)


def main() -> int:
    at = sys.argv.index("--with")
    bound, rest = sys.argv[1:at], sys.argv[at + 1 :]
    lacking = names(bound, "-u") - names(bound + rest, "-g", "--defined-only")
    wrapped = {n[7:] for n in lacking if n.startswith("__wrap_")}
    complaints = [
        f"t/torture/wrap.c:1: {name} is called by src/os, but neither wrapped "
        "nor exempt in calls.py"
        for name in sorted(lacking)
        if not name.startswith("__wrap_") and not exempt(name)
    ] + [
        f"t/torture/calls.py:1: {name} is wrapped, but has no row"
        for name in sorted(wrapped - set(CALLS))
    ]
    print("\n".join(complaints), end="\n" if complaints else "")
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())
