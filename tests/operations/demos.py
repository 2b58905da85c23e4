"""`scripts/demo` as a person runs it: a process of its own, its words, its end."""

import os
import re
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import NamedTemporaryFile

from authspine.operations.folders import ROOT

START_SECONDS = 90
STOP_SECONDS = 40
CONFIGURED = ("DATABASE_", "STRIPE_", "SECRET_KEY", "DEMO", "PYTEST_", "AUTHSPINE_", "DJANGO_")


def environment(var: Path, **more: str) -> dict[str, str]:
    """A shell's in which nothing is configured, and no tests run."""
    bare = {name: value for name, value in os.environ.items() if not name.startswith(CONFIGURED)}
    return {**bare, "AUTHSPINE_VAR": str(var), **more}


def run(var: Path, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    """To its end, for starts that must fail."""
    return subprocess.run(
        [ROOT / "scripts/demo", *arguments],
        env=environment(var, **more),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=START_SECONDS,
        check=False,
    )


class Demo:
    """A running demo, which writes to a file what it would say to a terminal."""

    def __init__(self, process: subprocess.Popen[bytes], output: Path) -> None:
        self.process = process
        self.output = output

    @property
    def said(self) -> list[str]:
        return self.output.read_text().splitlines()

    def address(self) -> str:
        """Once it serves."""
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline and self.process.poll() is None:
            for line in self.said:
                if found := re.search(r"Serving on (http://\S+)", line):
                    return found.group(1)
            time.sleep(0.05)
        raise AssertionError("\n".join(["It does not serve; it said last:", *self.said[-8:]]))

    def stop(self, number: signal.Signals = signal.SIGINT) -> int:
        """The exit code."""
        if self.process.poll() is None:
            self.process.send_signal(number)
        return self.process.wait(STOP_SECONDS)


@contextmanager
def running(var: Path, *arguments: str, **more: str) -> Iterator[Demo]:
    with NamedTemporaryFile(dir=var, prefix="said-", delete=False) as output:
        process = subprocess.Popen(
            [ROOT / "scripts/demo", "--port", "0", *arguments],
            env=environment(var, **more),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
        )
    demo = Demo(process, Path(output.name))
    try:
        yield demo
    finally:
        demo.stop(signal.SIGTERM)
