"""Rows beside the matrix: resumption, retries, certificates, keys that change,
much data, and what must be refused.
"""

from __future__ import annotations

import random
import socket
import time
from collections.abc import Callable, Iterator

import python
from peers import HOST, Program, Told, cat_client, cat_server, check, free_port
from peers import running, same, sum_of, told
from pki import NAME
from python import Task
from rows import SOME, Row, World, wait_out

BOTH = ("1.2", "1.3")
MUCH = 100 << 20


def only(version: str) -> tuple[str, str]:
    return f"least={version}", f"most={version}"


# ---- Python's ssl ----


def python_client(w: World, version: str, kind: str) -> None:
    settings = (w.id_of(kind), "send=30000", f"want={len(SOME)}", "pieces=1")
    with cat_server(w.cat, *settings) as (us, port):
        heard = python.client(python.context(w, version), port,
                              Task(SOME, -1), NAME)
        us.wait()
    said = told(us)
    same(heard.trouble, "", "Python's trouble")
    same(heard.version, f"TLSv{version}", "version")
    same(said.got[0], sum_of(SOME), "what came")
    same(sum_of(heard.data), said.sent[0], "what went out")


def python_server(w: World, version: str, kind: str) -> None:
    made = python.context(w, version, server=True)
    python.load(made, w, kind)
    task = Task(SOME, 30000)
    with python.server(made, [task]) as (port, wait):
        status, said = cat_client(w.cat, port, w.ca, f"name={NAME}",
                                  "send=30000", f"want={len(SOME)}")
        wait()
    same(task.heard.trouble, "", "Python's trouble")
    same(said.got[0], sum_of(SOME), "what came")
    same(sum_of(task.heard.data), said.sent[0], "what went out")
    same(status, 0, "exit")


# ---- HelloRetryRequest: a group without a share ----


def retry_client(w: World) -> None:
    """We send a share of X25519; the server wants P-256."""
    made = python.context(w, "1.3", server=True)
    python.load(made, w, "p256")
    made.set_ecdh_curve("prime256v1")
    with python.server(made, [Task(b"text", 3)]) as (port, wait):
        status, said = cat_client(w.cat, port, w.ca, f"name={NAME}",
                                  "text=abc", "want=4")
        wait()
    same(status, 0, "exit")
    check(" p256 " in said.opened[0], said.opened)


def retry_server(w: World) -> None:
    """s_client sends a share of X25519; we take P-256 alone."""
    with cat_server(w.cat, w.id_of("p256"), "groups=2", "text=ok",
                    "want=4") as (us, port):
        argv = ["openssl", "s_client", "-connect", f"{HOST}:{port}", "-quiet",
                "-CAfile", w.pki.ca, "-verify_return_error", "-groups",
                "X25519:P-256", "-nocommands"]
        with running(argv, b"text") as it:
            it.wait()
            same(us.wait(), 0, "exit")
    check(" p256 " in told(us).opened[0], told(us).opened)
    same(it.out, b"ok", "what s_client has read")


# ---- resumption ----


def resumed(said: Told) -> list[bool]:
    return [" resumed" in line for line in said.opened]


def resume_python_client(w: World) -> None:
    settings = (w.id_of("p256"), "tickets=1", "times=3", "text=hello",
                "want=2")
    with cat_server(w.cat, *settings) as (us, port):
        made, session = python.context(w, "1.3"), None
        for _ in range(3):
            heard = python.client(made, port, Task(b"hi", -1), NAME, session)
            same(heard.trouble, "", "Python's trouble")
            session = heard.session
        us.wait()
    same(resumed(told(us)), [False, True, True], "resumed")


def resume_openssl_client(w: World) -> None:
    path = w.home / "session"
    with cat_server(w.cat, w.id_of("rsa"), "tickets=1", "times=2", "text=ok",
                    "want=4") as (us, port):
        for how in ("-sess_out", "-sess_in"):
            argv = ["openssl", "s_client", "-connect", f"{HOST}:{port}",
                    "-quiet", "-nocommands", "-CAfile", w.pki.ca, how, path,
                    "-verify_return_error"]
            with running(argv, b"text") as it:
                it.wait()
        us.wait()
    same(resumed(told(us)), [False, True], "resumed")


def resume_gnutls_client(w: World) -> None:
    """gnutls-cli connects twice by itself."""
    with cat_server(w.cat, w.id_of("p256"), "tickets=1", "times=2",
                    "echo=1") as (us, port):
        argv = ["gnutls-cli", "--resume", "--port", port, "--x509cafile",
                w.pki.ca, "--verify-hostname", NAME, "--waitresumption", HOST]
        with running(argv, b"a line\n") as it:
            time.sleep(1.0)
            assert it.child.stdin
            it.child.stdin.close()
            it.wait()
        us.stop()
    check("This is a resumed session" in it.text(), it.text()[-300:])


def resume_our_client(w: World) -> None:
    """s_server: the session is kept in a file between two programs."""
    port, one = free_port(), w.ids["p256"]
    path = w.home / "kept"
    argv = ["openssl", "s_server", "-accept", f"{HOST}:{port}", "-rev",
            "-key", one.key, "-cert", one.cert, "-naccept", "3"]
    lines = []
    with running(argv) as it:
        it.wait_listening(port)
        for _ in range(3):
            status, said = cat_client(
                w.cat, port, w.ca, f"name={NAME}", f"session={path}",
                "text=olleh\n", "want=6")
            same(status, 0, f"exit {said.ends}")
            lines += resumed(said)
    same(lines, [False, True, True], "resumed")


def resume_ourselves(w: World) -> None:
    """And a ticket of another name is not used."""
    path = w.home / "own"
    with cat_server(w.cat, w.id_of("p256"), "tickets=1", "times=4",
                    "echo=1") as (us, port):
        settings = (w.ca, "text=hi", "want=2", f"session={path}")
        _, first = cat_client(w.cat, port, *settings, f"name={NAME}",
                              "times=3")
        _, other = cat_client(w.cat, port, *settings, "name=127.0.0.1")
        us.wait()
    same(resumed(first), [False, True, True], "resumed")
    same(resumed(other), [False], "resumed by another name")


def never_resumed(w: World) -> None:
    """Tickets are of 1.3; 1.2 makes a new handshake, and that works."""
    with cat_server(w.cat, w.id_of("p256"), "tickets=1", "times=2",
                    "echo=1") as (us, port):
        status, said = cat_client(w.cat, port, w.ca, "text=hi", "want=2",
                                  f"session={w.home}/none", "times=2",
                                  f"name={NAME}", *only("1.2"))
        us.wait()
    same((status, resumed(said)), (0, [False, False]), "resumed")


# ---- certificates of clients ----


def client_cert_python(w: World, version: str, who: str) -> None:
    """Our client shows one to Python."""
    made = python.context(w, version, server=True)
    python.load(made, w, "p256")
    made.verify_mode = python.ssl.CERT_REQUIRED
    task = Task(b"text", 2)
    with python.server(made, [task]) as (port, wait):
        status, said = cat_client(w.cat, port, w.ca, f"name={NAME}", "text=hi",
                                  "want=4", w.id_of(who))
        wait()
    same(task.heard.trouble, "", "Python's trouble")
    same(task.heard.subject, w.ids[who].cert.stem, "subject")
    same(status, 0, f"exit {said.ends}")


def client_cert_ours(w: World, version: str, who: str, ask: str) -> None:
    """Python and openssl show one to us."""
    settings = (w.id_of("p256"), w.ca, f"ask={ask}", "text=ok", "want=2")
    with cat_server(w.cat, *settings) as (us, port):
        made = python.context(w, version)
        if who:
            python.load(made, w, who)
        heard = python.client(made, port, Task(b"hi", -1), NAME)
        status = us.wait()
    same(heard.trouble, "", "Python's trouble")
    same(" verified" in told(us).opened[0], bool(who), "verified")
    same(status, 0, "exit")


# ---- ALPN, SNI ----


def alpn_server(w: World, version: str) -> None:
    with cat_server(w.cat, w.id_of("p256"), "alpn=h2,nat", "text=ok",
                    "want=2") as (us, port):
        made = python.context(w, version)
        made.set_alpn_protocols(["spdy", "nat"])
        heard = python.client(made, port, Task(b"hi", -1), NAME)
        us.wait()
    same((heard.alpn, heard.trouble), ("nat", ""), "ALPN")
    check("alpn=nat" in told(us).opened[0], told(us).opened)


def alpn_client(w: World, version: str) -> None:
    made = python.context(w, version, server=True)
    python.load(made, w, "p256")
    made.set_alpn_protocols(["nat", "h2"])
    task = Task(b"text", 2)
    with python.server(made, [task]) as (port, wait):
        _, said = cat_client(w.cat, port, w.ca, f"name={NAME}", "text=hi",
                             "want=4", "alpn=h2,nat")
        wait()
    same(task.heard.alpn, "nat", "ALPN")
    check("alpn=nat" in said.opened[0], said.opened)


def sni_server(w: World, version: str) -> None:
    """One name, one certificate; who asks for nothing gets the first."""
    names = ((NAME, "id=0"), ("second.example.net", "id=1"), ("", "id=0"))
    with cat_server(w.cat, w.id_of("p256"), w.id_of("second"), "text=ok",
                    "times=3", "want=2") as (us, port):
        for name, _ in names:
            made = python.context(w, version)
            made.check_hostname = bool(name)
            heard = python.client(made, port, Task(b"hi", -1), name or HOST)
            same(heard.trouble, "", name)
        us.wait()
    for line, (_, which) in zip(told(us).opened, names):
        check(which in line, which, "is not in", line)


def sni_client(w: World, version: str) -> None:
    made, names = python.context(w, version, server=True), []
    python.load(made, w, "p256")
    made.sni_callback = lambda s, name, c: names.append(name)
    with python.server(made, [Task(b"x", 1), Task(b"x", 1)]) as (port, wait):
        for name in (NAME, HOST):
            status, _ = cat_client(w.cat, port, w.ca, f"name={name}",
                                   "text=y", "want=1")
            same(status, 0, f"exit, {name}")
        wait()
    same(names, [NAME, None], "names")


# ---- keys that change, much data ----


def rekey_by_client(w: World) -> None:
    """k: new keys; K: and ours too."""
    lines = [b"one\n", b"two\n", b"three\n"]
    text = b"".join(lines)
    with cat_server(w.cat, w.id_of("p256"), f"want={len(text)}",
                    "echo=1") as (us, port):
        argv = ["openssl", "s_client", "-connect", f"{HOST}:{port}",
                "-CAfile", w.pki.ca]
        with running(argv, None) as it:
            wait_for(it, b"Verify return code")
            for line in lines:
                it.say(line)
                wait_for(it, line)
                for command in (b"k\n", b"K\n"):
                    it.say(command)
                    time.sleep(0.15)
            it.say(b"Q\n")
            it.wait()
        us.wait()
    same(told(us).got[0], sum_of(text), "what came")
    check(it.text().count("KEYUPDATE") >= 6, it.text()[-300:])


def wait_for(it: Program, text: bytes) -> None:
    deadline = time.monotonic() + 10
    while text not in it.out:
        check(time.monotonic() < deadline, text, "does not come")
        time.sleep(0.01)


def bulk_server(w: World, version: str) -> None:
    """100 MB each way at once, records of random lengths."""
    data = random.Random(1).randbytes(1 << 20) * (MUCH >> 20)
    with cat_server(w.cat, w.id_of("p256"), f"send={MUCH}", f"want={MUCH}",
                    "pieces=1") as (us, port):
        heard = python.client(python.context(w, version), port,
                              Task(data, -1), NAME)
        us.wait()
    said = told(us)
    same(heard.trouble, "", "Python's trouble")
    same(said.got[0], sum_of(data), "what came")
    same(sum_of(heard.data), said.sent[0], "what went out")


def bulk_client(w: World, version: str, data: bytes = b"",
                *settings: str) -> None:
    data = data or random.Random(2).randbytes(1 << 20) * (MUCH >> 20)
    made = python.context(w, version, server=True)
    python.load(made, w, "rsa")
    task = Task(data, MUCH)
    with python.server(made, [task]) as (port, wait):
        status, said = cat_client(w.cat, port, w.ca, f"name={NAME}",
                                  f"send={MUCH}", f"want={len(data)}",
                                  "pieces=1", *settings)
        wait()
    same((status, task.heard.trouble), (0, ""), f"trouble {said.ends}")
    same(said.got[0], sum_of(data), "what came")
    same(sum_of(task.heard.data), said.sent[0], "what went out")


def small_records(w: World, version: str) -> None:
    """gnutls-cli takes no limit below 512 (RFC 8449), and of a longer line
    it says the first 512 bytes only.
    """
    text = SOME[:100] + b"\n"
    with cat_server(w.cat, w.id_of("p256"), "echo=1",
                    "record=512") as (us, port):
        argv = ["gnutls-cli", "--logfile=/dev/null", "--port", port,
                "--x509cafile", w.pki.ca, "--verify-hostname", NAME,
                "--priority", f"NORMAL:-VERS-ALL:+VERS-TLS{version}", HOST]
        with running(argv, text) as it:
            wait_out(it, len(text))
            assert it.child.stdin
            it.child.stdin.close()
            it.wait()
        us.wait()
    same(sum_of(it.out), sum_of(text), "the echo")


def small_page(w: World, version: str) -> None:
    """gnutls-serv's page in records of 512 bytes; longer ones were refused."""
    port, one = free_port(), w.ids["p256"]
    argv = ["gnutls-serv", "--quiet", "--http", "--port", port,
            "--x509certfile", one.cert, "--x509keyfile", one.key,
            "--priority", f"NORMAL:-VERS-ALL:+VERS-TLS{version}"]
    with running(argv) as it:
        it.wait_listening(port)
        status, said = cat_client(w.cat, port, w.ca, f"name={NAME}",
                                  "text=GET / HTTP/1.0\r\n\r\n", "want=600",
                                  "record=512")
    same(status, 0, f"exit {said.ends}")


# ---- curl ----


def curl(w: World, *options: str, server: tuple[str, ...] = (),
         who: str = "p256") -> tuple[int, bytes, Told]:
    with cat_server(w.cat, w.id_of(who), "http=1", *server) as (us, port):
        argv = ["curl", "-sS", "--cacert", w.pki.ca, "--resolve",
                f"*:{port}:{HOST}", f"https://{NAME}:{port}/", *options]
        with running(argv) as it:
            status = it.wait()
        us.wait(5)
    return status, it.out, told(us)


def curl_good(w: World, version: str) -> None:
    options = [f"--tlsv{version}", "--tls-max", version, "--pinnedpubkey",
               f"sha256//{w.ids['p256'].pin}"]
    status, out, said = curl(w, *options)
    same((status, out), (0, b"hello\n"), f"curl {said.ends}")


def curl_refuses(w: World, who: str, code: int, alert: int,
                 *options: str) -> None:
    status, _, said = curl(w, *options, who=who)
    same(status, code, "curl's exit")
    if alert:
        check(f"alert {alert}" in said.ends[0], said.ends)


# ---- refused: by us ----

# what: identity of the server, settings of ours, our words, Python's
REFUSED = (
    ("wrong name", "p256", ("name=other.example.net",),
     "another name", "BAD_CERTIFICATE", 42),
    ("wrong address", "p256", ("name=127.0.0.2",),
     "another name", "BAD_CERTIFICATE", 42),
    ("expired", "late", (f"name={NAME}",), "expired", "CERTIFICATE_EXPIRED",
     45),
    ("not valid yet", "p256", (f"name={NAME}", "now=1000000000"),
     "not valid yet", "CERTIFICATE_EXPIRED", 45),
    ("unknown CA", "stranger", (f"name={NAME}",), "nobody who is trusted",
     "UNKNOWN_CA", 48),
    ("bad pin", "p256", (f"name={NAME}", "pin=" + "A" * 43 + "="), "",
     "BAD_CERTIFICATE|UNKNOWN_CA|CERTIFICATE_UNKNOWN", 0),
)


def refuse(w: World, version: str, row: tuple) -> None:
    what, who, settings, words, alert, number = row
    made = python.context(w, version, server=True)
    python.load(made, w, who)
    task = Task(b"x", 1)
    trust = () if what == "bad pin" else (w.ca,)
    with python.server(made, [task]) as (port, wait):
        status, said = cat_client(w.cat, port, *trust, *settings, "text=x",
                                  "want=1")
        wait()
    same(status, 1, "exit")
    check("failed: " in said.ends[0] and words in said.ends[0], said.ends)
    check(not number or f"alert {number}" in said.ends[0], said.ends)
    check(any(a in task.heard.trouble for a in alert.split("|")),
          task.heard.trouble)


def good_pin(w: World, version: str, trust: bool) -> None:
    """A pin is enough; beside a CA either is."""
    made = python.context(w, version, server=True)
    python.load(made, w, "stranger")
    with python.server(made, [Task(b"x", 1)]) as (port, wait):
        status, said = cat_client(
            w.cat, port, *([w.ca] if trust else []), "name=any.example.net",
            f"pin={w.ids['stranger'].pin}", "text=x", "want=1")
        wait()
    same(status, 0, f"exit {said.ends}")


def nobody_trusted(w: World, version: str) -> None:
    """Neither CA nor pin: nobody is believed; insecure=1: anybody."""
    for settings, code in (((), 1), (("insecure=1",), 0)):
        made = python.context(w, version, server=True)
        python.load(made, w, "p256")
        with python.server(made, [Task(b"x", 1)]) as (port, wait):
            status, said = cat_client(w.cat, port, f"name={NAME}", *settings,
                                      "text=x", "want=1")
            wait()
        same(status, code, f"exit with {settings}: {said.ends}")


def truncated(w: World, version: str) -> None:
    """The transport ends without close_notify."""
    made = python.context(w, version, server=True)
    python.load(made, w, "p256")
    with python.server(made, [Task(b"text", 2, close=False)]) as (port, wait):
        status, said = cat_client(w.cat, port, w.ca, f"name={NAME}", "text=hi",
                                  "want=100")
        wait()
    same(status, 1, "exit")
    check("cut off" in said.ends[0], said.ends)


def truncated_by_us(w: World, version: str) -> None:
    """Python notices, so our close_notify is what it waits for elsewhere."""
    with cat_server(w.cat, w.id_of("p256"), "text=hello", "want=2",
                    "cut=1") as (us, port):
        heard = python.client(python.context(w, version), port,
                              Task(b"hi", -1), NAME)
        us.wait()
    check("EOF" in heard.trouble.upper(), heard.trouble)


def no_cert(w: World, version: str) -> None:
    number, name = ((116, "CERTIFICATE_REQUIRED") if version == "1.3" else
                    (40, "HANDSHAKE_FAILURE"))
    refuse_client(w, version, "", (number,), (name,))


def stranger_cert(w: World, version: str) -> None:
    refuse_client(w, version, "user stranger", (48,), ("UNKNOWN_CA",))


def server_cert(w: World, version: str) -> None:
    """A certificate for servers shows no client."""
    refuse_client(w, version, "p256", (43,), ("UNSUPPORTED_CERTIFICATE",))


def refuse_client(w: World, version: str, who: str, numbers: tuple[int, ...],
                  names: tuple[str, ...]) -> None:
    settings = (w.id_of("p256"), w.ca, "ask=always", "text=ok", "want=2")
    with cat_server(w.cat, *settings) as (us, port):
        made = python.context(w, version)
        if who:
            python.load(made, w, who)
        heard = python.client(made, port, Task(b"hi", -1), NAME)
        status = us.wait()
    same(status, 1, "exit")
    said = told(us)
    check(any(f"alert {n}" in said.ends[0] for n in numbers), said.ends)
    check(any(n in heard.trouble for n in names), heard.trouble)


# what: our settings, Python's, the alert's number and name
NOTHING_IN_COMMON = (
    ("no version", ("least=1.3",), "1.2", 70, "PROTOCOL_VERSION"),
    ("no suite", ("suites=8", "most=1.2"), "1.2", 40, "HANDSHAKE_FAILURE"),
    ("no ALPN", ("alpn=nat",), "1.3", 120, "NO_APPLICATION_PROTOCOL"),
    ("no ALPN 1.2", ("alpn=nat", "most=1.2"), "1.2", 120,
     "NO_APPLICATION_PROTOCOL"),
)


def in_common(w: World, row: tuple) -> None:
    what, settings, version, number, name = row
    with cat_server(w.cat, w.id_of("rsa"), *settings) as (us, port):
        made = python.context(w, version)
        made.set_alpn_protocols(["h2"])
        heard = python.client(made, port, Task(b"hi", -1), NAME)
        status = us.wait()
    same(status, 1, "exit")
    check(f"alert {number}" in told(us).ends[0], told(us).ends)
    check(name in heard.trouble, heard.trouble)


def no_group(w: World) -> None:
    """P-384 is all that s_client offers."""
    with cat_server(w.cat, w.id_of("p256")) as (us, port):
        argv = ["openssl", "s_client", "-connect", f"{HOST}:{port}",
                "-groups", "P-384"]
        with running(argv) as it:
            it.wait()
        us.wait()
    check("alert 40" in told(us).ends[0], told(us).ends)
    check("SSL alert number 40" in it.text(), it.text()[-300:])


OLD = (("-tls1_1", ("-cipher", "ALL:@SECLEVEL=0"), 70),
       ("-tls1_2", ("-cipher", "AES128-GCM-SHA256"), 40),
       ("-tls1_2", ("-cipher", "ECDHE-ECDSA-AES128-SHA"), 40))


def old_client(w: World, row: tuple[str, tuple[str, ...], int]) -> None:
    """TLS 1.1, RSA key exchange, CBC."""
    version, words, number = row
    with cat_server(w.cat, w.id_of("p256"), w.id_of("rsa")) as (us, port):
        argv = ["openssl", "s_client", "-connect", f"{HOST}:{port}", version,
                *words]
        with running(argv) as it:
            it.wait()
        us.wait()
    check(f"alert {number}" in told(us).ends[0], told(us).ends)
    check(f"SSL alert number {number}" in it.text(), it.text()[-300:])


def no_tls(w: World) -> None:
    """Somebody speaks HTTP."""
    with cat_server(w.cat, w.id_of("p256")) as (us, port):
        with socket.create_connection((HOST, port), 5) as s:
            s.sendall(b"GET / HTTP/1.0\r\n\r\n")
            heard = s.recv(100)
        us.wait()
    check(heard[:2] == b"\x15\x03" and len(heard) == 7, heard)
    check("failed" in told(us).ends[0], told(us).ends)


# ---- the table ----


def rows() -> Iterator[Row]:
    def row(what: str, run: Callable[..., None], *args: object,
            short: bool = False) -> Row:
        return Row(what, lambda w: run(w, *args), short)

    for v in BOTH:
        for kind in ("p256", "rsa", "p256 chain", "rsa chain"):
            yield row(f"Python client {v} {kind}", python_client, v, kind,
                      short=kind == "rsa chain")
            yield row(f"Python server {v} {kind}", python_server, v, kind,
                      short=kind == "rsa chain")
        # What we verify and do not sign by. In 1.2 a server shows no key of a
        # curve that is none of our groups (RFC 8422 5.1).
        for kind in ("p384", "p256 by p384", "rsa by rsa"):
            if (v, kind) != ("1.2", "p384"):
                yield row(f"Python server {v} {kind}", python_server, v, kind)
        yield row(f"client certificate {v} from Python, user p384, always",
                  client_cert_ours, v, "user p384", "always")
        for who in ("user", "user rsa"):
            yield row(f"client certificate {v} to Python, {who}",
                      client_cert_python, v, who, short=who == "user")
            for ask in ("any", "always"):
                yield row(f"client certificate {v} from Python, {who}, {ask}",
                          client_cert_ours, v, who, ask)
        yield row(f"client certificate {v} from Python, none, any",
                  client_cert_ours, v, "", "any")
        yield row(f"ALPN {v} server", alpn_server, v)
        yield row(f"ALPN {v} client", alpn_client, v)
        yield row(f"SNI {v} server", sni_server, v)
        yield row(f"SNI {v} client", sni_client, v)
        yield row(f"bulk {v} server", bulk_server, v)
        yield row(f"bulk {v} client", bulk_client, v)
        yield row(f"record limit {v} gnutls-cli", small_records, v)
        yield row(f"record limit {v} gnutls-serv", small_page, v)
        yield row(f"curl {v}", curl_good, v, short=True)
        for r in REFUSED:
            yield row(f"refused {v}: {r[0]}", refuse, v, r,
                      short=v == "1.3")
        yield row(f"pin {v}", good_pin, v, False)
        yield row(f"pin {v} beside a CA", good_pin, v, True)
        yield row(f"nobody trusted {v}", nobody_trusted, v)
        yield row(f"refused {v}: truncated", truncated, v, short=True)
        yield row(f"truncated by us {v}", truncated_by_us, v)
        yield row(f"refused {v}: no client certificate", no_cert, v)
        yield row(f"refused {v}: stranger's client certificate",
                  stranger_cert, v)
        yield row(f"refused {v}: server's certificate from a client",
                  server_cert, v)
    yield row("resume, Python client", resume_python_client, short=True)
    yield row("resume, s_client", resume_openssl_client)
    yield row("resume, gnutls-cli", resume_gnutls_client)
    yield row("resume, s_server", resume_our_client, short=True)
    yield row("resume, ourselves", resume_ourselves)
    yield row("1.2 is not resumed", never_resumed)
    yield row("HelloRetryRequest heard", retry_client, short=True)
    yield row("HelloRetryRequest said", retry_server, short=True)
    yield row("KeyUpdate by s_client", rekey_by_client)
    # Python says little: OpenSSL 3.0 trips over a KeyUpdate that asks for its
    # own while it is in the middle of a write.
    yield row("KeyUpdate in bulk", bulk_client, "1.3", SOME, "rekey=1000000")
    yield row("curl refuses a wrong name", curl_refuses, "second", 60, 0)
    yield row("curl refuses a stranger", curl_refuses, "stranger", 60, 48)
    yield row("curl refuses what has expired", curl_refuses, "late", 60, 45)
    yield row("curl refuses a pin", curl_refuses, "p256", 90, 0,
              "--pinnedpubkey", "sha256//" + "A" * 43 + "=")
    for r in NOTHING_IN_COMMON:
        yield row(f"refused: {r[0]}", in_common, r)
    yield row("refused: no group", no_group)
    for r in OLD:
        yield row(f"refused: {' '.join((r[0], *r[1]))}", old_client, r)
    yield row("refused: no TLS at all", no_tls)


ROWS = tuple(rows())
