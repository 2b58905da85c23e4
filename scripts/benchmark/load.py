"""One client on one kept connection: how long each request takes, the two sides turn by turn."""

import http.client
import json
import statistics
import time
from collections.abc import Callable, Sequence
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


def quantile(took: Sequence[float], share: float) -> float:
    return statistics.quantiles(took, n=100, method="inclusive")[round(share * 100) - 1]


@dataclass
class Side:
    """One of those that are compared: what it does, and how many milliseconds each time took, round by round."""

    do: Callable[[], object]
    rounds: list[list[float]] = field(default_factory=list)

    def run(self) -> None:
        started = time.perf_counter()
        self.do()
        self.rounds[-1].append((time.perf_counter() - started) * 1000)

    def p(self, share: float) -> float:
        """The median, over the rounds, of this quantile."""
        return statistics.median(quantile(took, share) for took in self.rounds)


def take_turns(name: str, sides: Sequence[Side], *, rounds: int, calls: int) -> None:
    """Turn by turn, so that whatever else the machine does falls on all of them; one round before is to warm up."""
    with tqdm(total=(rounds + 1) * calls, desc=name, leave=False, disable=None) as bar:
        for number in range(rounds + 1):
            for side in sides:
                side.rounds = [] if number == 1 else side.rounds
                side.rounds.append([])
            for _ in range(calls):
                for side in sides:
                    side.run()
                bar.update()
