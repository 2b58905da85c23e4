"""A hundred clients want one slot, beside a hundred clients who want one each: queueing up must cost little."""

import json
import statistics
from collections import Counter

from django.db import connection
from tqdm import tqdm

from benchmark import crowd
from benchmark.business import Business, Offered
from benchmark.load import quantile
from benchmark.sections import Sizes
from benchmark.server import serving
from benchmark.table import Table

CLIENTS = 100
EACH, ONE = "100 slots", "one slot"


def measure(sizes: Sizes) -> None:
    business = Business("Slot", bookings=10_000, professionals=20)
    before = deadlocks()
    found: dict[str, list[crowd.Outcome]] = {ONE: [], EACH: []}
    with serving() as server:
        for _ in tqdm(range(sizes.rounds + 1), desc="100 clients", leave=False, disable=None):
            for name, outcomes in found.items():
                times = [next(business.times)] * CLIENTS if name == ONE else [next(business.times) for _ in range(100)]
                outcomes.append(crowd.run(server, holds(business, times)))
    table = Table("100 clients at once hold, milliseconds", ["in all", "p50", "p95", "ratio"])
    warm = {name: outcomes[1:] for name, outcomes in found.items()}
    whole = {name: statistics.median(outcome.seconds for outcome in outcomes) * 1000 for name, outcomes in warm.items()}
    for name, outcomes in warm.items():
        took = [one for outcome in outcomes for one in outcome.took]
        figures = [whole[name], quantile(took, 0.5), quantile(took, 0.95)]
        if name == ONE:
            ratio = whole[ONE] / whole[EACH]
            table.row(name, *figures, ratio, target="ratio <= 2", met=ratio <= 2)
        else:
            table.row(name, *figures)
    told = {name: dict(sum((Counter(one.statuses) for one in outcomes), Counter())) for name, outcomes in found.items()}
    rounds = sizes.rounds + 1
    wanted = {ONE: {"201": rounds, "409": 99 * rounds}, EACH: {"201": 100 * rounds}}
    for name, statuses in told.items():
        table.row(f"statuses, {name}", _words(statuses), target=_words(wanted[name]), met=statuses == wanted[name])
    ended = deadlocks() - before
    table.row("deadlocks that the database ended", ended, target="0", met=ended == 0)
    table.show()


def deadlocks() -> int:
    """So far, by the database's own count."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_clear_snapshot()")
        cursor.execute("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
        return int(cursor.fetchone()[0])


def holds(business: Business, times: list[tuple[Offered, str]]) -> list[list[crowd.Turn]]:
    headers = {"Authorization": f"Bearer {business.key}", "Content-Type": "application/json"}
    return [
        [[("POST", "/api/platform/bookings", headers, json.dumps({
            "client": client, "service": offered.id, "starts_at": starts_at
        }))]]
        for client, (offered, starts_at) in zip(business.clients, times, strict=False)
    ]  # fmt: skip


def _words(statuses: dict[str, int]) -> str:
    return ", ".join(f"{number}x{status}" for status, number in sorted(statuses.items()))
