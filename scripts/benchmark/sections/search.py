"""What encryption costs: finding people beside the same search in clear by pg_trgm, and requests beside the product
without its seals. Both sides of each line take turns.
"""

import statistics
import time
from collections.abc import Callable
from itertools import batched
from typing import Any

from django.test import Client as Browser
from tqdm import tqdm

from authspine.identity.actions import create_api_key, login_for
from authspine.identity.models import Organization
from authspine.kernel import clock
from authspine.kernel.actor import SYSTEM
from authspine.kernel.tenancy import organization_scope
from authspine.orchestrator import organizations
from benchmark import clear
from benchmark.business import Business
from benchmark.load import Side, take_turns
from benchmark.sections import Sizes
from benchmark.table import Table
from clients import actions as client_actions
from clients import queries as client_queries
from clients.models import Client

BATCH = 2_000
PAGE = 50
CLOSE = 3.0
DEARER = 1.2
DECRYPTED_MS = 2.0
FIRST = ("Ana", "Ben", "Cleo", "Dora", "Emil", "Fatma", "Goran", "Hana", "Ines", "Jan", "Kofi", "Lea", "Mio", "Nia")
LAST = ("García", "Brandt", "Cruz", "Diaz", "Ekwueme", "Fischer", "Gomez", "Haddad", "Ito", "Jensen", "Kaya", "Lindt")


def measure(sizes: Sizes) -> None:
    organization = fill(sizes.clients)
    table = Table("Finding people, milliseconds: sealed, and in clear", ["p50", "p95", "clear p50", "ratio"])
    number = sizes.clients // 2
    for name, typed in (
        ("two beginnings of words", f"ana{number % 97} gar"),
        ("one beginning of a word", f"brandt{number % 89}"),
        ("an e-mail", person(number)["email"]),
        ("the end of a phone number", person(number)["phone"][-7:]),
    ):
        sides = Side(reading(organization, typed)), Side(reading_clear(organization, typed))
        expected = [client.id for client in found(organization, typed)]
        in_clear = [client.id for client in found_clear(organization, typed)]
        if expected != in_clear or not expected:
            raise RuntimeError(f"{typed!r}: {len(expected)} sealed, {len(in_clear)} in clear")
        take_turns(name, sides, rounds=sizes.rounds, calls=sizes.calls)
        ratio = sides[0].p(0.5) / sides[1].p(0.5)
        figures = (sides[0].p(0.5), sides[0].p(0.95), sides[1].p(0.5), ratio)
        table.row(f"{name} ({len(expected)})", *figures, target=f"ratio <= {CLOSE:g}", met=ratio <= CLOSE)
    took = decrypting(organization, rounds=sizes.rounds * 20)
    table.row(f"opening a list of {PAGE}: CPU", took, target=f"< {DECRYPTED_MS:g} ms", met=took < DECRYPTED_MS)
    table.show()
    clear.away()
    requests(sizes)


def person(number: int) -> dict[str, str]:
    first = f"{FIRST[number % len(FIRST)]}{number % 97}"
    last = f"{LAST[number % len(LAST)]}{number % 89}"
    return {"name": f"{first} {last}", "email": f"client{number}@example.com", "phone": f"+1555{number:07}"}


def fill(clients: int) -> Organization:
    clear.make()
    organization: Organization = organizations.create(name=f"Search {clock.now().timestamp():.0f}")
    with organization_scope(organization, SYSTEM):
        user = login_for("somebody@example.com")
        numbers = tqdm(range(clients), desc=f"{clients:,} clients, sealed and in clear", disable=None)
        for some in batched(numbers, BATCH):
            made = [client_actions.derive(Client(user_id=user.id, **person(number))) for number in some]
            Client.objects.bulk_create(made)
            clear.Clear.objects.bulk_create(map(clear.twin, made))
    clear.index()
    return organization


def found(organization: Organization, typed: str) -> list[Client]:
    with organization_scope(organization, SYSTEM):
        rows = list(client_queries.search(client_queries.present(), typed)[:PAGE])
        for row in rows:
            _ = row.name, row.email, row.phone
    return rows


def found_clear(organization: Organization, typed: str) -> list[Any]:
    with organization_scope(organization, SYSTEM):
        return list(clear.search(organization, typed)[:PAGE])


def reading(organization: Organization, typed: str) -> Callable[[], object]:
    return lambda: found(organization, typed)


def reading_clear(organization: Organization, typed: str) -> Callable[[], object]:
    return lambda: found_clear(organization, typed)


def decrypting(organization: Organization, *, rounds: int) -> float:
    """Milliseconds of processor time to open all that a list of clients shows."""
    took = []
    with organization_scope(organization, SYSTEM):
        for _ in range(rounds):
            rows = list(client_queries.present()[:PAGE])
            started = time.process_time()
            for row in rows:
                _ = row.name, row.email, row.phone, row.preferences, row.metadata, row.notes
            took.append((time.process_time() - started) * 1000)
    return statistics.median(took)


def requests(sizes: Sizes) -> None:
    """The same requests by the same code with and without its seals, each on a business of its own."""
    sealed = Business("Sealed", bookings=2_000, professionals=4)
    with clear.unsealed():
        unsealed = Business("Unsealed", bookings=2_000, professionals=4)
    table = Table("Requests, milliseconds: sealed, and without seals", ["p50", "without", "ratio"])
    for business in (sealed, unsealed):
        next(business.times)  # which looks for all of them
    calls = min(sizes.calls, min(sealed.free_times, unsealed.free_times) // (sizes.rounds + 2))
    for name, act in (("list of 50 clients", listing), ("hold with notes + confirm", booking)):
        sides = Side(act(sealed)), Side(without_seals(act(unsealed)))
        take_turns(name, sides, rounds=sizes.rounds, calls=calls)
        ratio = sides[0].p(0.5) / sides[1].p(0.5)
        table.row(name, sides[0].p(0.5), sides[1].p(0.5), ratio, target=f"ratio <= {DEARER:g}", met=ratio <= DEARER)
    table.show()


def caller(business: Business) -> Browser:
    key = create_api_key(business.organization, scope="write")[1]
    return Browser(headers={"Authorization": f"Bearer {key}"}, SERVER_NAME="localhost")


def listing(business: Business) -> Callable[[], object]:
    browser = caller(business)

    def ask() -> None:
        if browser.get("/api/platform/clients").status_code != 200:
            raise RuntimeError("the list was refused")

    return ask


def booking(business: Business) -> Callable[[], object]:
    browser = caller(business)

    def ask() -> None:
        offered, starts_at = next(business.times)
        body = {"client": business.clients[0], "service": offered.id, "starts_at": starts_at, "notes": "by the window"}
        held = browser.post("/api/platform/bookings", body, content_type="application/json")
        path = f"/api/platform/bookings/{held.json().get('id')}/confirm"
        confirmed = browser.post(path, content_type="application/json")
        if (held.status_code, confirmed.status_code) != (201, 200):
            raise RuntimeError(f"a booking was refused: {held.content!r}")

    return ask


def without_seals(act: Callable[[], object]) -> Callable[[], object]:
    def ask() -> None:
        with clear.unsealed():
            act()

    return ask
