"""Localstripe, the second witness: shared, on this machine only, and with a memory where it is told to."""

from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
import stripe

from authspine.operations.stripe_server import StripeServer


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "stripe server"
    yield folder
    StripeServer(folder).remove()


def client(server: StripeServer) -> stripe.StripeClient:
    known = server.environment()
    return stripe.StripeClient(known["STRIPE_API_KEY"], base_addresses={"api": known["STRIPE_API_BASE"]})


def processes() -> list[psutil.Process]:
    """The children of this one that serve it. A child of another test may have ended without being waited for."""
    living = [child for child in psutil.Process().children() if child.status() != psutil.STATUS_ZOMBIE]
    return [child for child in living if "authspine.operations.local_stripe" in child.cmdline()]


def make_customer(server: StripeServer) -> str:
    return client(server).v1.customers.create({"email": "ada@example.com"}).id


def test_what_was_paid_is_remembered_after_a_restart(folder: Path) -> None:
    with StripeServer(folder) as server:
        customer = make_customer(server)
    assert not server.alive()
    with StripeServer(folder) as server:
        assert client(server).v1.customers.retrieve(customer).email == "ada@example.com"


def test_it_forgets_where_it_is_told_to(folder: Path) -> None:
    with StripeServer(folder, durable=False) as server:
        customer = make_customer(server)
    with StripeServer(folder, durable=False) as server, pytest.raises(stripe.InvalidRequestError):
        client(server).v1.customers.retrieve(customer)


def test_two_share_it_and_the_last_one_stops_it(folder: Path) -> None:
    first, second = StripeServer(folder).join(), StripeServer(folder).join()
    assert first.environment() == second.environment()
    first.leave()
    assert second.alive()
    second.leave()
    assert not second.alive()


def test_after_a_kill_the_next_start_has_the_payments(folder: Path) -> None:
    before = processes()
    first = StripeServer(folder).join()
    customer = make_customer(first)
    (process,) = [each for each in processes() if each not in before]
    process.kill()
    process.wait()
    with StripeServer(folder) as server:
        assert client(server).v1.customers.retrieve(customer).id == customer
    first.leave()


def test_it_listens_on_this_machine_only(folder: Path) -> None:
    before = processes()
    with StripeServer(folder) as server:
        make_customer(server)
        (process,) = [each for each in processes() if each not in before]
        assert {each.laddr.ip for each in process.net_connections("inet")} == {"127.0.0.1"}
