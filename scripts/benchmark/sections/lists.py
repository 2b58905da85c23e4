"""One client after the other: lists, a booking and a month of slots, beside bare views that run the same SQL."""

from datetime import timedelta
from typing import Any
from urllib.parse import quote
from uuid import UUID

from tqdm import tqdm

from authspine.identity.actions import create_api_key, login_for
from authspine.identity.models import Organization
from authspine.kernel import clock
from authspine.kernel.actor import SYSTEM
from authspine.kernel.tenancy import organization_scope
from authspine.orchestrator import bookings, organizations
from benchmark.business import Business, sent
from benchmark.load import Caller, Side, take_turns
from benchmark.sections import Sizes
from benchmark.server import serving
from benchmark.table import Table
from clients import actions as client_actions
from clients import queries as client_queries
from clients.models import Client

FEW = 1_000
BATCH = 5_000
PAGE = 51
MONTH = timedelta(days=30)


def measure(sizes: Sizes) -> None:
    few, many = Listed("Few", FEW), Listed("Many", sizes.clients)
    business = Business("One", bookings=500, professionals=1)
    service, now = business.offered[0].id, clock.now()
    business.record(
        **{
            "list-few": few.statements(),
            "list-many": many.statements(),
            "availability": sent(
                business.organization,
                lambda: bookings.availability(services=[service], from_at=now, to_at=now + MONTH),  # type: ignore[list-item]
            ),
        }
    )
    month = f"from={quote(now.isoformat())}&to={quote((now + MONTH).isoformat())}"
    table = Table("One client, milliseconds: platform and bare view", ["p50", "p95", "bare p50", "bare p95", "ratio"])
    with serving(workers=1, threads=4) as server:
        first, second, third = (Caller(server.address, key) for key in (few.key, many.key, business.key))

        def compare(name: str, product: Any, bare: Any, calls: int = sizes.calls) -> None:
            sides = Side(product), Side(bare)
            take_turns(name, sides, rounds=sizes.rounds, calls=calls)
            figures = [side.p(share) for side in sides for share in (0.5, 0.95)]
            table.row(name, *figures, figures[0] / figures[2])

        def get(caller: Caller, path: str) -> Any:
            return lambda: caller.ask("GET", path)

        compare(f"list clients, {FEW:,} rows", get(first, "/api/platform/clients"), get(first, "/bare/replay/list-few"))
        compare(
            f"list clients, {sizes.clients:,} rows",
            get(second, "/api/platform/clients"),
            get(second, "/bare/replay/list-many"),
        )
        compare(
            "hold + confirm",
            lambda: book(business, third, "/api/platform/bookings"),
            lambda: book(business, third, "/bare/bookings"),
            calls=min(sizes.calls, business.free_times // (2 * sizes.rounds + 3)),
        )
        slots = f"/api/platform/availability?service={service}&{month}"
        compare("availability of 30 days", get(third, slots), get(third, "/bare/replay/availability"))
    table.show()


def book(business: Business, caller: Caller, path: str) -> None:
    offered, starts_at = next(business.times)
    body = {"client": business.clients[0], "service": offered.id, "starts_at": starts_at}
    booking = caller.ask("POST", path, body)
    caller.ask("POST", f"{path}/{booking['id']}/confirm")


class Listed:
    """An organization with so many clients."""

    def __init__(self, name: str, clients: int) -> None:
        self.organization: Organization = organizations.create(name=f"{name} {clock.now().timestamp():.0f}")
        self.key = create_api_key(self.organization, scope="write")[1]
        with organization_scope(self.organization, SYSTEM):
            user = login_for("somebody@example.com")
            for start in tqdm(range(0, clients, BATCH), desc=f"{clients:,} clients", unit="batch", disable=None):
                rows = [client(user.id, number) for number in range(start, min(start + BATCH, clients))]
                Client.objects.bulk_create(rows)

    def first(self) -> UUID:
        with organization_scope(self.organization, SYSTEM):
            return client_queries.present()[0].id

    def statements(self) -> list[str]:
        return sent(self.organization, lambda: list(client_queries.present()[:PAGE]))


def client(user: Any, number: int) -> Client:
    name, email = f"Client Number{number}", f"client{number}@example.com"
    made = Client(user_id=user, name=name, email=email, phone=f"+1555{number:07}")
    return client_actions.derive(made)
