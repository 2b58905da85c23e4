"""Eight clients hold and confirm at the same time, each another slot: requests a second, beside bare views."""

import json
import statistics
from collections.abc import Sequence

from tqdm import tqdm

from benchmark import crowd
from benchmark.business import Business
from benchmark.load import quantile
from benchmark.sections import Sizes
from benchmark.server import serving
from benchmark.table import Table

CLIENTS = 8
PLATFORM, BARE = "/api/platform/bookings", "/bare/bookings"
BOTH = "201 200"


def measure(sizes: Sizes) -> None:
    business = Business("Crowd", bookings=10_000, professionals=20)
    business.record()
    with serving() as address:
        found = interleaved(business, address, (PLATFORM, BARE), rounds=sizes.rounds, bookings=sizes.calls)
    table = Table(
        f"{CLIENTS} clients hold and confirm, spread slots", ["req/s", "bookings/s", "p50 ms", "p95 ms", "ratio"]
    )
    platform, bare = (rate(found[path]) for path in (PLATFORM, BARE))
    for name, path in (("platform", PLATFORM), ("bare view", BARE)):
        took = [one for outcome in found[path] for one in outcome.took]
        each = rate(found[path])
        row = [name, 2 * each, each, quantile(took, 0.5), quantile(took, 0.95)]
        if path == PLATFORM:
            table.row(*row, platform / bare, target="ratio >= 0.6", met=platform >= 0.6 * bare)  # type: ignore[arg-type]
        else:
            table.row(*row)  # type: ignore[arg-type]
    table.show()


def interleaved(
    business: Business, address: str, paths: Sequence[str], *, rounds: int, bookings: int
) -> dict[str, list[crowd.Outcome]]:
    """Rounds of each, turn by turn; the first of each warms up and is not kept. RuntimeError when any is refused."""
    found: dict[str, list[crowd.Outcome]] = {path: [] for path in paths}
    for _ in tqdm(range(rounds + 1), desc="hold + confirm", leave=False, disable=None):
        for path in paths:
            outcome = crowd.run(address, turns(business, path, bookings))
            if set(outcome.statuses) != {BOTH}:
                raise RuntimeError(f"{path}: {outcome.statuses}")
            found[path].append(outcome)
    return {path: outcomes[1:] for path, outcomes in found.items()}


def turns(business: Business, path: str, bookings: int) -> list[list[crowd.Turn]]:
    """Bookings of free times, shared out to the clients."""
    headers = {"Authorization": f"Bearer {business.key}", "Content-Type": "application/json"}
    shared: list[list[crowd.Turn]] = [[] for _ in range(CLIENTS)]
    for number in range(bookings):
        offered, starts_at = next(business.times)
        client = business.clients[number % len(business.clients)]
        body = json.dumps({"client": client, "service": offered.id, "starts_at": starts_at})
        confirm = ("POST", f"{path}/{{id}}/confirm", headers, "")
        shared[number % CLIENTS].append([("POST", path, headers, body), confirm])
    return shared


def rate(outcomes: Sequence[crowd.Outcome]) -> float:
    """Turns a second: the median of the rounds."""
    return statistics.median(len(outcome.took) / outcome.seconds for outcome in outcomes)
