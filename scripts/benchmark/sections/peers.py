"""One professional's month and bookings a second, beside django-appointment on the same PostgreSQL, in the same run."""

import json
import os
import random
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from importlib.metadata import version
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import psycopg
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext
from psycopg.conninfo import conninfo_to_dict
from tqdm import tqdm

from authspine.identity.models import Organization
from authspine.kernel import clock
from authspine.kernel.actor import SYSTEM
from authspine.kernel.money import Money
from authspine.kernel.tenancy import organization_scope
from authspine.operations.folders import ROOT, var
from authspine.orchestrator import bookings, clients, organizations, professionals, services
from benchmark import crowd
from benchmark.business import Business
from benchmark.sections import Sizes
from benchmark.sections.crowd import BOTH, CLIENTS, PLATFORM, cost, rate, turns
from benchmark.server import serving
from benchmark.table import Table

SCRIPTS = ROOT / "scripts"
PEER = "django-appointment"
FOLLOWED = f"{PEER}, redirects followed"
PEERS = {PEER: "302 302", FOLLOWED: "302 200 302 200"}
WANTED = ["django-appointment==3.12.0", f"gunicorn=={version('gunicorn')}", "psycopg[binary,pool]"]
DATABASE = "peer"
BOOKED = 150
DAYS = 30
CALLS = 3  # months of the peer in each round
OURS = 20
HALF_HOUR = timedelta(minutes=30)


def measure(sizes: Sizes) -> None:
    python = install()
    environment = peer_environment()
    month = Month()
    with computing(python, environment, month) as (ask, known):
        table = Table(
            f"A month of one professional, {BOOKED} bookings, in-process", ["p50 ms", "statements", "slots", "ratio"]
        )
        compare_months(table, month, ask, sizes.rounds)
        table.show()
    compare_bookings(python, environment, known, sizes)


def install() -> Path:
    """An environment of the peer's own, made once."""
    folder = var() / "peers" / PEER
    python = folder / "bin" / "python"
    stamp = folder / ".installed"
    if not stamp.exists() or stamp.read_text() != " ".join(WANTED):
        subprocess.run([sys.executable, "-m", "venv", folder], check=True)
        pip = [python, "-m", "pip", "install", "-qq", "--disable-pip-version-check", "--no-input"]
        subprocess.run([*pip, *WANTED], check=True)
        stamp.write_text(" ".join(WANTED))
    return python


def peer_environment() -> dict[str, str]:
    """A fresh database on the same server; libpq's variables lead to it."""
    with psycopg.connect(settings.DATABASE_OWNER_URL, autocommit=True) as server:
        server.execute(f"DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)")
        server.execute(f"CREATE DATABASE {DATABASE}")
    known = conninfo_to_dict(settings.DATABASE_OWNER_URL)
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    return inherited | {
        "PGHOST": str(known["host"]),
        "PGPORT": str(known["port"]),
        "PGUSER": str(known["user"]),
        "PGDATABASE": DATABASE,
        "PYTHONPATH": str(SCRIPTS),
        "DJANGO_SETTINGS_MODULE": "benchmark.peer.settings",
    }


class Month:
    """Ours: Monday to Friday, nine to five, a service of half an hour, some of its slots taken."""

    def __init__(self) -> None:
        self.organization: Organization = organizations.create(name=f"Month {clock.now().timestamp():.0f}")
        tomorrow = clock.now().date() + timedelta(days=1)
        self.since = datetime.combine(tomorrow, datetime.min.time(), UTC)
        self.dates = [str(tomorrow + timedelta(days=offset)) for offset in range(DAYS)]
        with organization_scope(self.organization, SYSTEM):
            professional = professionals.onboard(email="p@example.com", name="P", vertical="consulting", timezone="UTC")
            price = Money(5000, "USD")
            service = services.publish(professional.id, name="Half an hour", duration_minutes=30, price=price)
            self.service = service.id
        starts = self.slots()
        self.booked = random.Random(1).sample(starts, BOOKED)  # noqa: S311
        with organization_scope(self.organization, SYSTEM):
            client = clients.register(email="c@example.com", name="C")
            for start in self.booked:
                bookings.hold(client=client.id, service=self.service, starts_at=start)

    def slots(self) -> list[datetime]:
        with organization_scope(self.organization, SYSTEM):
            found = bookings.availability(
                services=[self.service], from_at=self.since, to_at=self.since + timedelta(days=DAYS)
            )
        return [slot.starts_at for slot in found.slots]

    def statements(self) -> int:
        """Every one, the scope's own too."""
        with CaptureQueriesContext(connection) as captured:
            self.slots()
        return len(captured)


@contextmanager
def computing(python: Path, environment: dict[str, str], month: Month) -> Iterator[Any]:
    """The peer's process; gives a function that has it compute a month, and what its booking views need."""
    command = [python, "-m", "benchmark.peer.month"]
    peer = subprocess.Popen(command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert peer.stdin
    assert peer.stdout

    def ask(line: str = "again") -> Any:
        print(line, file=peer.stdin, flush=True)
        answer = peer.stdout.readline()
        if not answer:
            raise RuntimeError("The peer's process has ended.")
        return json.loads(answer)

    booked = [(str(one.date()), str(one.time()), str((one + HALF_HOUR).time())) for one in month.booked]
    try:
        yield ask, ask(json.dumps({"booked": booked, "dates": month.dates, "clients": CLIENTS}))
    finally:
        peer.stdin.close()
        peer.wait(15)


def compare_months(table: Table, month: Month, ask: Any, rounds: int) -> None:
    ours, theirs = [], []
    for number in tqdm(range(rounds + 1), desc="months", leave=False, disable=None):
        mine, answers = [], []
        for _ in range(CALLS):
            answers.append(ask())
            for _ in range(OURS // CALLS):
                started = time.perf_counter()
                slots = month.slots()
                mine.append((time.perf_counter() - started) * 1000)
        if number:  # the first is to warm up
            ours.append(statistics.median(mine))
            theirs.append(statistics.median(answer["took"] for answer in answers))
    if len(slots) != answers[0]["slots"]:
        raise RuntimeError(f"The two do not agree: {len(slots)} and {answers[0]['slots']} slots.")
    ratio = statistics.median(theirs) / statistics.median(ours)
    target = {"target": f"{PEER} / ours >= 20", "met": ratio >= 20}
    table.row("ours, its scope included", statistics.median(ours), month.statements(), len(slots), ratio, **target)
    table.row(PEER, statistics.median(theirs), answers[0]["statements"], answers[0]["slots"])


def compare_bookings(python: Path, environment: dict[str, str], known: dict[str, Any], sizes: Sizes) -> None:
    """Round by round, each on a server of its own of the same size. One serves while the other rests.

    The peer twice: its two forms alone, which is the least that makes a booking, and with the pages that its answers
    send a browser to.
    """
    business = Business("Peers", bookings=10_000, professionals=20)
    found: dict[str, list[crowd.Outcome]] = {"ours": [], **{name: [] for name in PEERS}}
    offset = 0
    for _ in tqdm(range(sizes.rounds), desc="bookings", leave=False, disable=None):
        with serving() as server:
            crowd.run(server, turns(business, PLATFORM, CLIENTS * 2))
            found["ours"].append(crowd.run(server, turns(business, PLATFORM, sizes.calls)))
        with serving("benchmark.peer.project", python=python, environment=environment, folder=SCRIPTS) as server:
            for name in PEERS:
                for number, kept in ((CLIENTS * 2, False), (sizes.calls, True)):
                    outcome = crowd.run(server, peer_turns(known, offset, number, follow=name == FOLLOWED))
                    offset += number
                    found[name] += [outcome] if kept else []
    for name, wanted in {"ours": BOTH, **PEERS}.items():
        if any(set(outcome.statuses) != {wanted} for outcome in found[name]):
            raise RuntimeError(f"{name}: {[outcome.statuses for outcome in found[name]]}")
    table = Table(f"{CLIENTS} clients book through the views of each", ["bookings/s", "cpu ms", "ratio"])
    ours = rate(found["ours"])
    table.row("ours, hold + confirm", ours, cost(found["ours"]))
    for name in PEERS:
        ratio = ours / rate(found[name])
        table.row(name, rate(found[name]), cost(found[name]), ratio, target="ours / its >= 5", met=ratio >= 5)
    table.show()


def peer_turns(known: dict[str, Any], offset: int, number: int, *, follow: bool) -> list[list[crowd.Turn]]:
    """What its two forms send, each for another time, by clients who are signed in."""
    shared: list[list[crowd.Turn]] = [[] for _ in range(CLIENTS)]
    person = {
        "name": "Ana García",
        "phone_0": "US",
        "phone_1": "2025550123",
        "address": "1 Main Street",
        "payment_type": "full",
    }
    for position in range(number):
        day, half_hour = divmod(offset + position, 16)
        start = datetime.combine(clock.now().date(), datetime.min.time()) + timedelta(days=day + 40, hours=9)
        start += half_hour * HALF_HOUR
        headers = {
            "Cookie": f"sessionid={known['cookies'][position % CLIENTS]}",
            "Content-Type": "application/x-www-form-urlencoded",
        }
        wanted = {"date": start.date(), "start_time": start.time(), "end_time": (start + HALF_HOUR).time()}
        wanted |= {"service": known["service"], "staff_member": known["staff"]}
        first = ("POST", "/appointment/request-submit/", headers, urlencode(wanted))
        second, page = ("POST", "{location}", headers, urlencode(person)), ("GET", "{location}", headers, "")
        shared[position % CLIENTS].append([first, page, second, page] if follow else [first, second])
    return shared
