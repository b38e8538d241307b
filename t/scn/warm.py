"""warm - Python programs of a scenario as forks of the runner, which has imported
already what they want: a start of Python costs 60 to 100 ms of a processor, and
there are 300 in all scenarios. Everything else is as it is for a program of its own.
"""

from __future__ import annotations

import asyncio
import importlib
import importlib.machinery
import io
import os
import random
import signal
import sys
import threading
import traceback
import types
from collections.abc import Callable
from pathlib import Path

HERE = Path(__file__).resolve().parents[1]
WANTED = ("argparse", "base64", "ctypes", "hashlib", "hmac", "json", "re", "secrets",
          "shlex", "socket", "ssl", "struct", "subprocess", "tempfile", "zlib")
FIRST_OTHER = 3  # descriptor, after the three that a program is given


def up() -> None:
    """Imports what they want, once."""
    for name in WANTED:
        importlib.import_module(name)


def script_of(argv: list[str]) -> str | None:
    """The file of a program that can be run so."""
    if len(argv) < 2 or argv[0] != sys.executable:
        return None
    path = Path(argv[1])
    ours = path.suffix == ".py" and HERE in path.parents
    return argv[1] if ours and path.exists() else None


def forked(argv: list[str], env: dict[str, str]) -> Callable[[], None] | None:
    """To be called in the new process instead of exec; it does not return."""
    script = script_of(argv)
    return (lambda: become(script, argv[1:], env)) if script else None


def become(script: str, argv: list[str], env: dict[str, str]) -> None:
    code = 1
    try:
        forget(script, argv, env)
        code = perform(script)
    except BaseException:
        traceback.print_exc()
    finally:
        finish(code)


def forget(script: str, argv: list[str], env: dict[str, str]) -> None:
    """All that was the runner's. Its descriptors end the wait of who forked, too."""
    os.closerange(FIRST_OTHER, os.sysconf("SC_OPEN_MAX"))
    signal.set_wakeup_fd(-1)
    for number in (signal.SIGTERM, signal.SIGCHLD, signal.SIGHUP,
                   signal.SIGUSR1, signal.SIGUSR2):
        signal.signal(number, signal.SIG_DFL)
    signal.signal(signal.SIGPIPE, signal.SIG_IGN)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    asyncio._set_running_loop(None)
    asyncio.set_event_loop_policy(None)
    os.environ.clear()
    os.environ.update(env)
    random.seed()
    folder = str(Path(script).resolve().parent)
    for name, module in list(sys.modules.items()):
        if (getattr(module, "__file__", None) or "").startswith(f"{HERE}/"):
            del sys.modules[name]
    sys.path[0], sys.argv = folder, argv
    for number, name in ((1, "stdout"), (2, "stderr")):
        setattr(sys, name, io.TextIOWrapper(
            open(number, "wb", closefd=False),  # noqa: SIM115
            encoding="utf-8", line_buffering=number == 2))
    sys.stdin = open(0, closefd=False)  # noqa: SIM115


def perform(script: str) -> int:
    """Its exit status."""
    loader = importlib.machinery.SourceFileLoader("__main__", script)
    main = types.ModuleType("__main__")
    main.__file__ = script
    sys.modules["__main__"] = main
    try:
        exec(loader.get_code("__main__"), main.__dict__)  # noqa: S102
    except SystemExit as end:
        if isinstance(end.code, str):
            print(end.code, file=sys.stderr)
        return end.code if isinstance(end.code, int) else int(bool(end.code))
    except KeyboardInterrupt:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        os.kill(os.getpid(), signal.SIGINT)
    return 0


def finish(code: int) -> None:
    try:
        for thread in threading.enumerate():
            if thread is not threading.current_thread() and not thread.daemon:
                thread.join()
        sys.stdout.flush()
        sys.stderr.flush()
    finally:
        os._exit(code & 0xff)
