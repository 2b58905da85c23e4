"""Finds a Chromium for the browser tests, or gets one: `python -m tests.chromium` prints its path, or nothing.

The one on the PATH, else Debian's package (as root, on Debian), else the download of Playwright.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def on_path() -> str | None:
    """What CHROMIUM names, or else the first that the PATH has."""
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)


def from_debian() -> str | None:
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return None
    print("Installing Chromium from Debian ...", file=sys.stderr)
    unattended = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    apt = ["apt-get", "-qq", "-o", "DPkg::Lock::Timeout=300"]
    for command in (["update"], ["install", "--yes", "--no-install-recommends", "chromium", "fonts-liberation"]):
        done = subprocess.run([*apt, *command], stdout=subprocess.DEVNULL, env=unattended, check=False)
        if done.returncode:
            return None
    return on_path()


def from_playwright() -> str | None:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = Path(playwright.chromium.executable_path)
    if not path.exists():
        print("Downloading Chromium ...", file=sys.stderr)
        # Its own words on a failure are a page of what it tried; ours is one line.
        install = [sys.executable, "-m", "playwright", "install", "chromium"]
        subprocess.run(install, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
    return str(path) if path.exists() else None


if __name__ == "__main__":
    found = on_path() or from_debian() or from_playwright()
    if found:
        print(found)
    else:
        print("No Chromium is to be had here: the browser tests will fail. CHROMIUM may name one.", file=sys.stderr)
