"""scripts/bench: starts a database and a server of its own, fills them, measures and prints one table."""

import argparse
import os
import platform
import secrets
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import quote

from authspine.operations.embedded import EmbeddedPostgres
from authspine.operations.folders import var

PORT = 8799


def main() -> None:
    parser = argparse.ArgumentParser(prog="scripts/bench", description=__doc__)
    parser.add_argument("--rounds", type=int, default=200, help="requests of each kind (200)")
    parser.add_argument("--rows", type=int, default=100_000, help="clients in the large organization (100,000)")
    parser.add_argument("--port", type=int, default=PORT)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, EmbeddedPostgres(var() / "bench") as postgres:
        recording = Path(folder, "recording.json")
        os.environ.update(
            postgres.environment(),
            SECRET_KEY=secrets.token_hex(32),
            DEMO="0",
            SECURE="0",
            DJANGO_SETTINGS_MODULE="benchmark.settings",
            BENCHMARK_RECORDING=str(recording),
        )
        measure(recording, options.rounds, options.rows, options.port)


def measure(recording: Path, rounds: int, rows: int, port: int) -> None:
    import django
    from django.core.management import call_command

    django.setup()
    call_command("set_up", verbosity=0)
    from benchmark.ground import Ground

    ground = Ground(rows)
    ground.record(recording)
    command = [sys.executable, "-m", "gunicorn", "authspine.wsgi", "--bind", f"127.0.0.1:{port}", "--workers", "1"]
    command += ["--worker-class", "gthread", "--threads", "4", "--keep-alive", "30", "--log-level", "warning"]
    server = subprocess.Popen(command)
    try:
        time.sleep(4)
        print_table(ground, f"127.0.0.1:{port}", rounds, rows)
    finally:
        server.terminate()
        server.wait(15)


def print_table(ground: object, address: str, rounds: int, rows: int) -> None:
    from benchmark.ground import FEW, Ground
    from benchmark.load import Caller, Side, compare

    assert isinstance(ground, Ground)
    few, many = Caller(address, ground.few[1]), Caller(address, ground.key)
    now = datetime.now(UTC)
    month = f"from={quote(now.isoformat())}&to={quote((now + timedelta(days=30)).isoformat())}"
    slots = f"/api/platform/availability?service={ground.service.id}&{month}"
    free = iter(ground.free_starts())

    def book(number: int) -> None:
        body = {"client": ground.clients[0], "service": str(ground.service.id), "starts_at": next(free).isoformat()}
        booking = many.ask("POST", "/api/platform/bookings", body)
        many.ask("POST", f"/api/platform/bookings/{booking['id']}/confirm")

    def book_bare(number: int) -> None:
        body = {"client": ground.clients[0], "starts_at": next(free).isoformat()}
        many.ask("POST", "/bare/hold-and-confirm", body)

    def get(caller: Caller, path: str) -> Side:
        return Side(lambda _: caller.ask("GET", path))

    bookings = min(rounds, len(ground.free_starts()) // 2 - 3)
    lines = [
        compare(
            f"list clients, {FEW:,} rows",
            get(few, "/api/platform/clients"),
            get(few, "/bare/replay/list-few"),
            rounds=rounds,
        ),
        compare(
            f"list clients, {rows:,} rows",
            get(many, "/api/platform/clients"),
            get(many, "/bare/replay/list-many"),
            rounds=rounds,
        ),
        compare("hold + confirm", Side(book), Side(book_bare), rounds=bookings),
        compare("availability of 30 days", get(many, slots), get(many, "/bare/replay/availability"), rounds=rounds),
    ]
    print(f"\nPython {platform.python_version()}, {os.cpu_count()} cores, one client, milliseconds, {rounds} rounds\n")
    print(f"{'':30}{'platform':>20}{'bare view':>20}{'p50':>8}")
    print(f"{'':30}{'p50':>10}{'p95':>10}{'p50':>10}{'p95':>10}{'ratio':>8}")
    print("\n".join(lines))


if __name__ == "__main__":
    main()
