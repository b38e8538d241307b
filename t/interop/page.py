"""page - the status page in headless Chromium, by chromedriver (WebDriver).

usage: page.py PORT SERVICE PICTURES    Opens the page of 127.0.0.1:PORT in both
languages and both colour schemes, wide and as on a phone, looks at its DOM for the
service SERVICE, and leaves screenshots in the directory PICTURES. Chromium starts
with an empty profile each time.
"""

from __future__ import annotations

import base64
import json
import re
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

FLAGS = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic",
         "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync", "--hide-scrollbars",
         "--disable-dev-shm-usage"]
PATIENCE = 60.0
WIDE, PHONE = (1200, 900), (390, 844)


class Wrong(Exception):
    pass


class Browser:
    """A session of WebDriver."""

    def __init__(self, driver: str, profile: str) -> None:
        self.at = f"{driver}/session"
        wanted = {"browserName": "chrome",
                  "goog:loggingPrefs": {"browser": "ALL"},
                  "goog:chromeOptions": {
                      "args": [*FLAGS, f"--user-data-dir={profile}"]}}
        made = self.post("", {"capabilities": {"alwaysMatch": wanted}})
        self.at += "/" + made["sessionId"]

    def post(self, path: str, body: dict[str, Any]) -> Any:
        return self.ask(urllib.request.Request(
            self.at + path, json.dumps(body).encode(),
            {"Content-Type": "application/json"}))

    def ask(self, request: urllib.request.Request) -> Any:
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
                return json.load(answer)["value"]
        except urllib.error.HTTPError as why:
            raise Wrong(why.read().decode()[:400]) from why

    def run(self, script: str, *args: Any) -> Any:
        return self.post("/execute/sync", {"script": script, "args": args})

    def tell(self, command: str, **params: Any) -> None:
        self.post("/goog/cdp/execute", {"cmd": command, "params": params})

    def until(self, script: str, *args: Any) -> Any:
        end = time.monotonic() + PATIENCE
        while not (got := self.run(f"return {script}", *args)):
            if time.monotonic() > end:
                raise Wrong(f"never true: {script}")
            time.sleep(0.1)
        return got

    def picture(self, to: Path) -> None:
        got = self.ask(urllib.request.Request(self.at + "/screenshot"))
        to.write_bytes(base64.b64decode(got))

    def complaints(self) -> list[str]:
        rows = self.post("/se/log", {"type": "browser"})
        return [row["message"] for row in rows if row["level"] == "SEVERE"]


def expect(what: str, good: object) -> None:
    if not good:
        raise Wrong(what)


def dress(b: Browser, tongue: str, scheme: str, size: tuple[int, int]) -> None:
    b.tell("Emulation.setUserAgentOverride", userAgent="test",
           acceptLanguage=tongue)
    b.tell("Emulation.setEmulatedMedia", features=[
        {"name": "prefers-color-scheme", "value": scheme}])
    b.tell("Emulation.setDeviceMetricsOverride", width=size[0],
           height=size[1], deviceScaleFactor=1, mobile=size == PHONE)


def open_page(b: Browser, url: str) -> None:
    b.post("/url", {"url": url})
    b.run("localStorage.clear()")
    b.post("/url", {"url": url})


ROW = "[...document.querySelectorAll('td')].find(e => e.textContent === " \
    "arguments[0])"
HEADINGS = "[...document.querySelectorAll('h2')].map(e => e.textContent)" \
    ".join('|')"


def look(b: Browser, service: str, tongue: str, scheme: str) -> None:
    b.until(ROW, service)
    text = b.run("return document.body.innerText")
    wanted = ("服务", "客户端", "访客") if tongue == "zh-CN" else (
        "Services", "Clients", "visitors")
    for word in wanted:
        expect(f"{word} in {text!r}", word in text)
    expect("the language", b.run("return document.documentElement.lang")
           == tongue[:2])
    colour = b.run("return getComputedStyle("
                   "document.documentElement).backgroundColor")
    bright = sum(int(n) for n in re.findall(r"\d+", colour)[:3]) > 384
    expect(f"{scheme}: {colour}", bright == (scheme == "light"))
    expect("wider than its window", b.run(
        "return document.documentElement.scrollWidth <= innerWidth"))
    others = b.run("return performance.getEntriesByType('resource')"
                   ".map(e => e.name).filter(n => !n.startsWith("
                   "location.origin))")
    expect(f"from elsewhere: {others}", not others)


def stays(b: Browser, service: str) -> None:
    """Rows that are there stay the same elements, and their numbers move."""
    b.run(f"window.kept = {ROW}.parentNode; window.said = kept.innerText",
          service)
    b.until("kept.isConnected && kept.innerText !== said")


def switches(b: Browser) -> None:
    before = b.run(f"return {HEADINGS}")
    b.run("document.getElementById('lang').click()")
    b.until(f"{HEADINGS} !== arguments[0]", before)
    b.post("/refresh", {})
    b.until(f"document.querySelector('td') && {HEADINGS} !== arguments[0]",
            before)
    b.run("document.getElementById('lang').click()")
    b.until(f"{HEADINGS} === arguments[0]", before)


def shows_visitors(b: Browser) -> None:
    b.run("document.querySelector('main p button').click()")
    b.until("[...document.querySelectorAll('td')].some(e => "
            "/^127\\.0\\.0\\.1:\\d+$/.test(e.textContent) && "
            "e.closest('.box').previousSibling.textContent"
            ".startsWith('Visitors'))")


def is_refused_elsewhere(port: str) -> None:
    """As a page would ask whose name was made to lead to us."""
    for path in "/", "/status.json", "/status.json?all":
        request = urllib.request.Request(f"http://127.0.0.1:{port}{path}",
                                         headers={"Host": "evil.example"})
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE):
                raise Wrong(f"{path} for evil.example")
        except urllib.error.HTTPError as why:
            expect(f"{path}: {why.code}", why.code == 421)


def visit(b: Browser, port: str, service: str, pictures: Path) -> None:
    for tongue in "en-US", "zh-CN":
        for scheme in "light", "dark":
            for size in WIDE, PHONE:
                dress(b, tongue, scheme, size)
                open_page(b, f"http://127.0.0.1:{port}/")
                look(b, service, tongue, scheme)
                stays(b, service)
                name = f"{tongue[:2]}-{scheme}-{size[0]}.png"
                b.picture(pictures / name)
    dress(b, "en-US", "light", WIDE)
    open_page(b, f"http://localhost:{port}/")
    b.until(ROW, service)
    switches(b)
    shows_visitors(b)
    b.until("document.querySelector('polyline').points.length > 7")
    b.picture(pictures / "visitors.png")
    b.tell("Network.enable")
    b.tell("Network.emulateNetworkConditions", offline=True, latency=0,
           downloadThroughput=0, uploadThroughput=0)
    b.until("document.body.className === 'lost'")
    b.picture(pictures / "lost.png")
    b.tell("Network.emulateNetworkConditions", offline=False, latency=0,
           downloadThroughput=-1, uploadThroughput=-1)
    b.until("document.body.className === ''")


def said(out: Any, form: str) -> str:
    while line := out.readline():
        if found := re.search(form, line):
            return found[1]
    raise Wrong("chromedriver has ended")


def with_driver(deed: Callable[[Browser], None]) -> None:
    driver = subprocess.Popen(["chromedriver", "--port=0"], text=True,
                              stdout=subprocess.PIPE)
    try:
        port = said(driver.stdout, r"on port (\d+)\.")
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as home:
            b = Browser(f"http://127.0.0.1:{port}", home)
            try:
                deed(b)
                severe = [line for line in b.complaints()
                          if "ERR_INTERNET_DISCONNECTED" not in line]
                expect(f"it complains: {severe}", not severe)
            finally:
                b.ask(urllib.request.Request(b.at, method="DELETE"))
    finally:
        driver.terminate()
        driver.wait()


def main(port: str, service: str, pictures: str) -> int:
    Path(pictures).mkdir(parents=True, exist_ok=True)
    try:
        is_refused_elsewhere(port)
        with_driver(lambda b: visit(b, port, service, Path(pictures)))
    except Wrong as why:
        print(f"wrong: {why}", file=sys.stderr)
        return 1
    print("page: as it should be")
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
