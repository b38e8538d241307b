"""table - src/os/calls.c holds what src/os needs, and nothing else.

usage: table.py OBJECT...    of release objects, all of the product. Complains of
functions of libc that have no row here, of system calls of a row that the table
of calls.c lacks, and of those in the table that no row accounts for.
"""
import fnmatch
import os
import pathlib
import re
import subprocess
import sys

TABLE = pathlib.Path("src/os/calls.c")
HERE = "t/sandbox/table.py"

# What libc may make of it, with any libc, on any processor.
NEEDS = {
    "abort": "rt_sigprocmask rt_sigaction tgkill tkill getpid gettid",
    "accept4": "accept4",
    "bind": "bind",
    "clock_gettime": "clock_gettime clock_gettime32 clock_gettime64",
    "close": "close",
    "connect": "connect",
    "dup2": "dup2 dup3",
    "epoll_ctl": "epoll_ctl",
    "epoll_wait": "epoll_wait epoll_pwait",
    "_exit _Exit": "exit exit_group",
    "fcntl fcntl64": "fcntl fcntl64",
    "flock": "flock",
    "fstat fstat64": "fstat fstat64 fstatat64 newfstatat statx",
    "fdatasync": "fdatasync",
    "fsync": "fsync",
    "ftruncate ftruncate64": "ftruncate ftruncate64",
    "getegid geteuid getuid": "getegid geteuid getuid getegid32 geteuid32 "
                              "getuid32",
    "getentropy": "getrandom",
    "getpeername": "getpeername",
    "getpid": "getpid",
    "getsockname": "getsockname",
    "getsockopt": "getsockopt",
    "if_nametoindex": "socket ioctl close",
    "ioctl isatty": "ioctl",
    "listen": "listen",
    "lseek lseek64": "lseek _llseek",
    "lstat lstat64 stat stat64": "lstat stat lstat64 stat64 fstatat64 "
                                 "newfstatat statx",
    "madvise": "madvise",
    "mmap mmap64": "mmap mmap2",
    "munmap": "munmap",
    "open open64": "open openat fcntl",
    "pipe": "pipe pipe2",
    "poll": "poll ppoll ppoll_time64",
    "read": "read",
    "recv": "recv recvfrom",
    "recvmmsg": "recvmmsg recvmmsg_time64",
    "recvmsg": "recvmsg",
    "rename": "rename renameat renameat2",
    "select": "select _newselect pselect6 pselect6_time64",
    "send": "send sendto",
    "sendmmsg": "sendmmsg sendmsg",
    "sendmsg": "sendmsg",
    "setsockopt": "setsockopt",
    "shutdown": "shutdown",
    "sigaction": "rt_sigaction rt_sigreturn sigreturn",
    "sigprocmask": "rt_sigprocmask",
    "socket": "socket",
    "socketpair": "socketpair",
    "sync_file_range": "sync_file_range sync_file_range2",
    "splice": "splice",
    "unlink": "unlink unlinkat",
    "write": "write",
}

# What is over when the sandbox is entered.
BEFORE = {
    "chmod lchown mkdir rmdir umask": "directories are made at start",
    "epoll_create1 kqueue": "the loop",
    "gethostname environ": "who we are",
    "getrlimit prlimit*": "descriptors are counted at start",
    "prctl set*uid set*gid setgroups getgid": "root is given up",
    "execve fork grantpt kill pselect ptsname posix_openpt setsid "
    "unlockpt waitpid chdir": "the keeper of shells, and who sits by one: "
                              "forked before, and not confined",
    "raise tcgetattr tcsetattr": "nat shell, which serves nobody",
    "nanosleep": "nat status, which serves nobody",
    "readlink": "the sandbox itself",
    "syscall": "ids, capset, the first network device, the sandbox itself",
}
NONE = "mem* str* hton? ntoh? sigemptyset sigaddset __errno_location " \
    "__stack_chk_* __assert_fail _GLOBAL_OFFSET_TABLE_ kevent"

OTHER_LOOP = {"epoll_ctl", "epoll_wait", "select"}

# What is called without a name: by libc, or as another of its calls.
UNNAMED = {
    "restart_syscall": "the kernel, after SIGCONT",
    "socketcall": "glibc on i386, for all of sockets",
    "writev": "the last words of libc",
    "getdents64": "os/listing, by syscall(): certificates are read again",
}


def words(rows):
    return " ".join(rows).split()


def rows():
    """{function: its system calls}"""
    return {one: made.split()
            for names, made in NEEDS.items() for one in names.split()}


def table():
    """The names in src/os/calls.c."""
    found = re.findall(r"^(?:\t(?:\{ )?|#define MMAP )__NR_(\w+)",
                       TABLE.read_text(), re.M)
    return set(found)


def lacking(objects):
    """The names that all of the objects together do not define."""
    nm = os.environ.get("NM", "nm")
    said = subprocess.run([nm, "-P", "-g", *objects], check=True,
                          capture_output=True, text=True).stdout
    found = re.findall(r"^(\S+) ([A-Za-z])\b", said, re.M)
    defined = {name for name, kind in found if kind not in "Uw"}
    return {name for name, _ in found} - defined


def known(name):
    return any(fnmatch.fnmatchcase(name, form)
               for form in [*rows(), *words(BEFORE), *NONE.split()])


def complaints(objects):
    held, made, called = table(), rows(), lacking(objects)
    for name in sorted(called):
        if not known(name):
            yield f"{TABLE}:1: {name} is called: give it a row in {HERE}"
    for name in sorted(made):
        for call in sorted(set(made[name]) - held):
            yield f"{TABLE}:1: {call} is not allowed, but {name} needs it"
    for names in NEEDS:
        if not called & set(names.split()) and names not in OTHER_LOOP:
            yield f"{HERE}:1: nothing calls {names}"
    needed = {*words(NEEDS.values()), *words(UNNAMED)}
    for call in sorted(held - needed):
        yield f"{TABLE}:1: {call} is allowed, but nothing needs it"


if __name__ == "__main__":
    said = list(complaints(sys.argv[1:]))
    print("\n".join(said), end="\n" if said else "")
    sys.exit(bool(said))
