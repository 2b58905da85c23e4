"""What each layer of protection costs: the product as it is, beside the same product on the same rows without one of
them, and without any. A layer more is a line in LAYERS.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from os import environ
from typing import Any

from django.conf import settings
from django.db import connections
from django.db.backends.postgresql.base import DatabaseWrapper
from psycopg import connect, sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from benchmark.business import Business
from benchmark.load import Caller, Side, take_turns
from benchmark.sections import Sizes
from benchmark.sections.lists import Listed, book
from benchmark.server import CONFIGURATION, free_port, serving
from benchmark.table import Table

CLIENTS = 1_000
MOST = 1.25


@dataclass(frozen=True)
class Layer:
    """How the product does without it: what the owner does in a database of its own, what its server is told, and
    what it serves.
    """

    name: str
    sql: str = ""
    application: str = "authspine.wsgi"
    configuration: str = CONFIGURATION
    environment: Mapping[str, str] = field(default_factory=dict)


# The server agrees to start without either: see benchmark.unsealed.
NO_POLICY = """
DO $$ DECLARE one record; BEGIN
  FOR one IN SELECT polname, polrelid::regclass AS relation FROM pg_policy LOOP
    EXECUTE format('ALTER POLICY %I ON %s USING (true) WITH CHECK (true)', one.polname, one.relation);
  END LOOP;
END $$
"""

NO_TRIGGER = """
DO $$ DECLARE one record; BEGIN
  FOR one IN SELECT tgname, tgrelid::regclass AS relation FROM pg_trigger WHERE tgname LIKE '%\\_audited\\_%' LOOP
    EXECUTE format('ALTER TABLE %s DISABLE TRIGGER %I', one.relation, one.tgname);
  END LOOP;
END $$
"""

LAYERS: Sequence[Layer] = [
    Layer("policy", sql=NO_POLICY, configuration="benchmark.unsealed"),
    Layer("audit", sql=NO_TRIGGER, application="benchmark.unseen", configuration="benchmark.unsealed"),
    Layer("limit", environment={"RATE_LIMITS": "off", "DEMO": "1"}),
]


def measure(sizes: Sizes) -> None:
    listed, business = Listed("Layers", CLIENTS), Business("Layers", bookings=2_000, professionals=40)
    next(business.times)  # counts the others
    without = [*LAYERS, together()] if len(LAYERS) > 1 else list(LAYERS)
    table = Table("Layers, one client, milliseconds: with all of them and without", ["with", "without", "ratio"])
    with ExitStack() as running:
        # All copies before the first server, which would be in the way of copying.
        copies = [running.enter_context(database_without(layer)) for layer in without]
        served = [(Layer("none"), {}), *zip(without, copies, strict=True)]
        addresses = [running.enter_context(_served(layer, environment)) for layer, environment in served]
        calls = min(sizes.calls, business.free_times // (len(addresses) * (sizes.rounds + 1) + 1))

        def compare(name: str, do: Callable[[str], Callable[[], Any]], calls: int = sizes.calls) -> None:
            sides = [Side(do(address)) for address in addresses]
            take_turns(name, sides, rounds=sizes.rounds, calls=calls)
            whole, *others = (side.p(0.5) for side in sides)
            for layer, other in zip(without, others, strict=True):
                is_last = layer is without[-1]
                told = {"target": f"ratio <= {MOST}", "met": whole / other <= MOST} if is_last else {}
                table.row(f"{name}: {layer.name}", whole, other, whole / other, **told)  # type: ignore[arg-type]

        def listing(address: str) -> Callable[[], Any]:
            caller = Caller(address, listed.key)
            return lambda: caller.ask("GET", "/api/platform/clients")

        def booking(address: str) -> Callable[[], Any]:
            caller = Caller(address, business.key)
            return lambda: book(business, caller, "/api/platform/bookings")

        compare("list clients", listing)
        compare("hold + confirm", booking, calls)
    table.show()


def together() -> Layer:
    told: dict[str, str] = {}
    for layer in LAYERS:
        told |= layer.environment
    statements = ";".join(layer.sql for layer in LAYERS if layer.sql)
    (door,) = {layer.application for layer in LAYERS} - {Layer.application}
    (configuration,) = {layer.configuration for layer in LAYERS} - {Layer.configuration}
    return Layer("together", statements, door, configuration, environment=told)


@contextmanager
def _served(layer: Layer, environment: Mapping[str, str]) -> Iterator[str]:
    told = {**environ, **environment}
    wanted = {"workers": 1, "threads": 4, "port": free_port(), "configuration": layer.configuration}
    with serving(layer.application, environment=told, **wanted) as server:
        yield server.address


@contextmanager
def database_without(layer: Layer) -> Iterator[dict[str, str]]:
    """The environment of a server without the layer, on a copy of the database, which goes afterwards."""
    source = str(conninfo_to_dict(settings.DATABASE_OWNER_URL)["dbname"])
    name = f"{source}_without_{layer.name}"
    _let_go()
    with connect(make_conninfo(settings.DATABASE_OWNER_URL, dbname="postgres"), autocommit=True) as maintenance:
        drop = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
        copy = sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(source))
        maintenance.execute(drop)
        maintenance.execute(copy)
        owner, app = (make_conninfo(url, dbname=name) for url in (settings.DATABASE_OWNER_URL, settings.DATABASE_URL))
        if layer.sql:
            with connect(owner, options="-c role=authspine_owner") as session:
                session.execute(layer.sql.encode())
        try:
            yield {"DATABASE_URL": app, "DATABASE_OWNER_URL": owner, **layer.environment}
        finally:
            maintenance.execute(drop)


def _let_go() -> None:
    """A database that somebody is connected to is not copied."""
    connections.close_all()
    pooled = connections["default"]
    assert isinstance(pooled, DatabaseWrapper)
    pooled.close_pool()
