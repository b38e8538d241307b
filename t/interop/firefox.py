#!/usr/bin/env python3
"""Firefox without a screen, with a profile of its own: firefox.py PROFILE URL."""

from __future__ import annotations

import os
import sys
from pathlib import Path

QUIET = """app.normandy.enabled app.update.auto browser.aboutwelcome.enabled
browser.safebrowsing.downloads.remote.enabled browser.safebrowsing.malware.enabled
browser.safebrowsing.phishing.enabled browser.shell.checkDefaultBrowser
browser.region.update.enabled browser.search.update extensions.update.enabled
datareporting.healthreport.uploadEnabled datareporting.policy.dataSubmissionEnabled
media.gmp-manager.updateEnabled media.peerconnection.ice.obfuscate_host_addresses
network.captive-portal-service.enabled network.connectivity-service.enabled
services.settings.poll_interval toolkit.telemetry.enabled
trailhead.firstrun.didSeeAboutWelcome"""
LOUD = "media.peerconnection.ice.loopback network.proxy.allow_hijacking_localhost"


def main() -> None:
    profile, url = Path(sys.argv[1]), sys.argv[2]
    profile.mkdir(parents=True)
    rows = [f'user_pref("{name}", false);' for name in QUIET.split()]
    rows += [f'user_pref("{name}", true);' for name in LOUD.split()]
    (profile / "user.js").write_text("\n".join(rows) + "\n", encoding="utf-8")
    env = {**os.environ, "HOME": str(profile), "MOZ_HEADLESS": "1",
           "MOZ_CRASHREPORTER_DISABLE": "1"}
    os.execvpe("firefox", ["firefox", "--headless", "--no-remote", "--profile",
                           str(profile), url], env)


main()
