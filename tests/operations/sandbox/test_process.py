"""The process: its file survives a kill at any moment, several share it, and it is heard on this machine only."""

import threading
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import psutil
import pytest
import stripe

from authspine.operations.stripe_server import SandboxServer
from tests.operations.sandbox.receiver import Receiver, wait_for
from tests.sandboxes import Sandbox

ORDER: Any = {
    "amount": 7500,
    "currency": "usd",
    "payment_method_types": ["card"],
    "payment_method": "pm_card_visa",
    "confirm": True,
}


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "a sandbox"
    yield folder
    SandboxServer(folder).remove()


def of(server: SandboxServer) -> Sandbox:
    known = server.environment()
    return Sandbox(known["STRIPE_API_BASE"], known["STRIPE_API_KEY"])


def kill(server: SandboxServer) -> None:
    process = psutil.Process(server._known()["pid"])
    process.kill()
    process.wait()


def test_what_was_paid_is_there_after_a_restart(folder: Path) -> None:
    with SandboxServer(folder) as server:
        of(server).client().v1.payment_intents.create(ORDER, {"idempotency_key": "k"})
        before = of(server).money()
    with SandboxServer(folder) as server:
        assert of(server).money() == before
        again = of(server).client().v1.payment_intents.create(ORDER, {"idempotency_key": "k"})
        assert (again.id, len(of(server).money())) == (before[0]["id"], 1)
    SandboxServer(folder).remove()
    assert list(folder.glob("*.sqlite3*")) == []


def test_it_forgets_where_it_is_told_to(folder: Path) -> None:
    for _ in range(2):
        with SandboxServer(folder, durable=False) as server:
            assert of(server).money() == []
            of(server).client().v1.payment_intents.create(ORDER)


def test_killed_in_the_middle_of_work(folder: Path) -> None:
    """Each key has made one charge or none, and asked again it makes the one that is missing."""
    server = SandboxServer(folder).join()
    api = of(server).client().v1
    done: list[str] = []

    def work(worker: int) -> None:
        try:
            for number in range(1000):
                order = ORDER | {"metadata": {"intent": f"{worker}-{number}"}}
                api.payment_intents.create(order, {"idempotency_key": f"{worker}-{number}"})
                done.append(f"{worker}-{number}")
        except stripe.APIConnectionError:
            pass

    workers = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for each in workers:
        each.start()
    while len(done) < 40:
        pass
    kill(server)
    for each in workers:
        each.join()
    with SandboxServer(folder) as restarted:
        found = {money["metadata"]["intent"]: money["charges"] for money in of(restarted).money()}
        assert set(found.values()) == {1}
        assert set(done) <= found.keys()
        for worker in range(4):
            numbers = [int(name.partition("-")[2]) for name in done if name.startswith(f"{worker}-")]
            name = f"{worker}-{max(numbers, default=-1) + 1}"
            order = ORDER | {"metadata": {"intent": name}}
            of(restarted).client().v1.payment_intents.create(order, {"idempotency_key": name})
            assert [money["charges"] for money in of(restarted).money(intent=name)] == [1]
        sums = of(restarted).control("GET", "ledger")["sums"]["usd"]
        assert sum(sums.values()) == 0
    server.leave()


def test_two_share_it_and_the_last_one_stops_it(folder: Path) -> None:
    first, second = SandboxServer(folder).join(), SandboxServer(folder).join()
    assert first.environment() == second.environment()
    assert first.environment()["STRIPE_WEBHOOK_SECRET"].startswith("whsec_")
    first.leave()
    assert second.alive()
    second.leave()
    assert not second.alive()


def test_two_that_do_not_share_know_nothing_of_each_other(folder: Path, tmp_path: Path) -> None:
    with SandboxServer(folder) as one, SandboxServer(tmp_path / "another") as other:
        of(one).client().v1.payment_intents.create(ORDER, {"idempotency_key": "k"})
        assert (len(of(one).money()), of(other).money()) == (1, [])


def test_it_is_heard_on_this_machine_only(folder: Path) -> None:
    with SandboxServer(folder) as server:
        of(server).money()
        process = psutil.Process(server._known()["pid"])
        assert {each.laddr.ip for each in process.net_connections("inet")} == {"127.0.0.1"}


@pytest.mark.parametrize("host", ["rebound.example.com", "192.0.2.1:80"])
def test_the_control_is_not_for_pages_of_elsewhere(sandbox: Sandbox, host: str) -> None:
    connection = HTTPConnection(sandbox.address.removeprefix("http://"))
    headers = {"Authorization": f"Bearer {sandbox.key}", "Host": host}
    connection.request("GET", "/_sandbox/ledger", headers=headers)
    assert connection.getresponse().status == 403
    connection.close()


def test_webhooks_wait_for_a_receiver_over_a_kill(folder: Path) -> None:
    """Nobody listens at first; the secret is made anew by each start, and what waits is signed with the new one."""
    receiver = Receiver()
    server = SandboxServer(folder, webhook_url=receiver.url).join()
    of(server).client().v1.customers.create({})
    kill(server)
    with SandboxServer(folder, webhook_url=receiver.url) as restarted, receiver.listening():
        receiver.secret = restarted.environment()["STRIPE_WEBHOOK_SECRET"]
        wait_for(lambda: receiver.types() == ["customer.created"])
    server.leave()


def test_banks_answer_by_themselves(folder: Path) -> None:
    with SandboxServer(folder, webhook_url="http://127.0.0.1:1/") as server:
        order: Any = ORDER | {"payment_method_types": ["us_bank_account"], "payment_method": "pm_usBankAccount"}
        api = of(server).client().v1
        intent = api.payment_intents.create(order | {"mandate_data": {"customer_acceptance": {"type": "offline"}}})
        assert intent.status == "processing"
        of(server).control("POST", "clock", seconds=60)
        wait_for(lambda: api.payment_intents.retrieve(intent.id).status == "succeeded")
