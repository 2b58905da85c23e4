"""scripts/bench: starts a database and servers of its own, fills them, measures and prints a table for each section."""

import argparse
import os
import platform
import secrets
import tempfile
from importlib import import_module
from pathlib import Path

from authspine.operations.embedded import EmbeddedPostgres
from authspine.operations.folders import var
from authspine.operations.local import kept, new_ring_key

ALWAYS = ("lists", "layers", "search", "crowd", "slot", "payments", "timing")
ON_DEMAND = ("large", "peers")


def main() -> None:
    options = parse()
    with tempfile.TemporaryDirectory() as folder, EmbeddedPostgres(var() / "bench") as postgres:
        os.environ.update(
            postgres.environment(),
            SECRET_KEY=secrets.token_hex(32),
            PII_KEYS=kept(var() / "bench_pii_keys", new_ring_key),
            DEMO="0",
            SECURE="0",
            # Counted as ever, and never met.
            RATE_LIMITS="every=100000000/minute",
            MAX_OPEN_HOLDS="100000000",
            MAX_LAPSES="100000000",
            DJANGO_SETTINGS_MODULE="benchmark.settings",
            BENCHMARK_RECORDING=str(Path(folder, "recording.json")),
        )
        measure(options)


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="scripts/bench", description=__doc__)
    parser.add_argument("--only", action="append", choices=[*ALWAYS, *ON_DEMAND], help="this section (repeatable)")
    parser.add_argument("--large", action="store_true", help="also availability on 1,000,000 bookings (minutes)")
    parser.add_argument("--peers", action="store_true", help="also django-appointment, installed in var/peers")
    parser.add_argument("--rounds", type=int, default=5, help="rounds of each comparison (5)")
    parser.add_argument("--calls", type=int, default=100, help="requests or calls in each round (100)")
    parser.add_argument("--rows", type=int, default=100_000, help="clients in the large list (100,000)")
    parser.add_argument("--bookings", type=int, default=1_000_000, help="of the large organization (1,000,000)")
    return parser.parse_args()


def measure(options: argparse.Namespace) -> None:
    import django
    from django.core.management import call_command

    django.setup()
    call_command("set_up", verbosity=0)
    from benchmark import clear
    from benchmark.sections import Sizes

    clear.away()
    sizes = Sizes(options.rounds, options.calls, options.rows, options.bookings)
    print(f"Python {platform.python_version()}, {os.cpu_count()} cores; medians of {options.rounds} rounds", flush=True)
    wanted = options.only or [*ALWAYS, *(name for name in ON_DEMAND if getattr(options, name))]
    for name in wanted:
        import_module(f"benchmark.sections.{name}").measure(sizes)


if __name__ == "__main__":
    main()
