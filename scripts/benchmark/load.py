"""One client on one kept connection: how long each request takes, the two sides turn by turn."""

import http.client
import json
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tqdm import tqdm


class Caller:
    """A kept connection with a key."""

    def __init__(self, address: str, key: str) -> None:
        self.connection = http.client.HTTPConnection(address, timeout=60)
        self.headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}

    def ask(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        """The answer's JSON; RuntimeError when it is not a success."""
        self.connection.request(method, path, json.dumps(body) if body else None, self.headers)
        answer = self.connection.getresponse()
        content = answer.read()
        if answer.status >= 300:
            raise RuntimeError(f"{method} {path}: {answer.status} {content[:300]!r}")
        return json.loads(content)


@dataclass
class Side:
    """One of the two that are compared: what it does, and how many milliseconds each time took."""

    do: Callable[[int], object]
    took: list[float] = field(default_factory=list)

    def run(self, number: int) -> None:
        started = time.perf_counter()
        self.do(number)
        self.took.append((time.perf_counter() - started) * 1000)

    def quantile(self, share: float) -> float:
        return statistics.quantiles(self.took, n=100, method="inclusive")[round(share * 100) - 1]


def compare(name: str, product: Side, bare: Side, *, rounds: int) -> str:
    """Turn by turn, after a few rounds to warm up; a line of the table."""
    for number in tqdm(range(-3, rounds), desc=name, leave=False, disable=None):
        for side in (product, bare):
            side.run(number + 3)
            if number < 0:
                side.took.clear()
    ratio = product.quantile(0.5) / bare.quantile(0.5)
    figures = "".join(f"{side.quantile(share):10.1f}" for side in (product, bare) for share in (0.5, 0.95))
    return f"{name:30}{figures}{ratio:8.1f}"
