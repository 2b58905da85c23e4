"""Programs that the platform itself does not bring: those on the PATH, else Debian's package (as root, on Debian)."""

import os
import shutil
import subprocess

import pytest


def program(name: str, package: str, *folders: str) -> str:
    """Where it is; looked for in `folders` as well."""
    path = ":".join([os.environ["PATH"], *folders])
    if not shutil.which(name, path=path) and os.geteuid() == 0 and shutil.which("apt-get"):
        unattended = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
        apt = ["apt-get", "-qq", "-o", "DPkg::Lock::Timeout=300"]
        for command in (["update"], ["install", "--yes", "--no-install-recommends", package]):
            subprocess.run([*apt, *command], stdout=subprocess.DEVNULL, env=unattended, check=False)
    found = shutil.which(name, path=path)
    if not found:
        pytest.fail(f"There is no {name} for this test: install {package}.", pytrace=False)
    return found
