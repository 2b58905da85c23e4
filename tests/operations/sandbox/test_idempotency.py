"""One effect per idempotency key: https://docs.stripe.com/api/idempotent_requests."""

import threading
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from typing import Any

import pytest
import stripe

from tests.sandboxes import Sandbox

ORDER = "amount=7500&currency=usd&payment_method_types[]=card&payment_method=pm_card_visa&confirm=true"
INTENTS = "/v1/payment_intents"


def post(sandbox: Sandbox, key: str, body: str = ORDER, path: str = INTENTS) -> tuple[int, str | None, bytes]:
    """The status, whether it was replayed, and the bytes."""
    connection = HTTPConnection(sandbox.address.removeprefix("http://"), timeout=10)
    headers = {"Authorization": f"Bearer {sandbox.key}", "Idempotency-Key": key}
    connection.request("POST", path, body, headers)
    answer = connection.getresponse()
    told = answer.status, answer.getheader("Idempotent-Replayed"), answer.read()
    connection.close()
    return told


def test_asked_again_it_answers_the_same_bytes(sandbox: Sandbox) -> None:
    first, again = post(sandbox, "k"), post(sandbox, "k")
    assert (first[:2], again[:2], first[2] == again[2]) == ((200, None), (200, "true"), True)
    assert [money["charges"] for money in sandbox.money()] == [1]
    assert len(sandbox.seen()) == 2


def test_a_decline_is_replayed_too(sandbox: Sandbox) -> None:
    bad = ORDER.replace("pm_card_visa", "pm_card_chargeDeclined")
    first, again = post(sandbox, "k", bad), post(sandbox, "k", bad)
    assert (first[0], again[0], again[1], first[2] == again[2]) == (402, 402, "true", True)
    assert [money["attempts"] for money in sandbox.money()] == [1]


@pytest.mark.parametrize(("body", "path"), [(ORDER.replace("7500", "7501"), INTENTS), (ORDER, "/v1/customers")])
def test_a_key_is_for_one_request(sandbox: Sandbox, body: str, path: str) -> None:
    post(sandbox, "k")
    status, replayed, told = post(sandbox, "k", body, path)
    assert (status, replayed, b"idempotency_error" in told) == (400, None, True)


def test_the_sdk_knows_this_error(api: stripe.V1Services) -> None:
    api.customers.create({"name": "a"}, {"idempotency_key": "k"})
    with pytest.raises(stripe.IdempotencyError):
        api.customers.create({"name": "b"}, {"idempotency_key": "k"})


def test_what_was_refused_before_it_began_is_not_kept(sandbox: Sandbox) -> None:
    assert post(sandbox, "k", ORDER + "&colour=red")[0] == 400
    assert post(sandbox, "k")[:2] == (200, None)


def test_what_was_refused_for_its_state_is_kept(api: stripe.V1Services, pay: Any, sandbox: Sandbox) -> None:
    path = f"{INTENTS}/{pay().id}/capture"
    assert post(sandbox, "k", "", path)[:2] == (400, None)
    assert post(sandbox, "k", "", path)[:2] == (400, "true")


def test_a_key_is_forgotten_after_a_day(sandbox: Sandbox) -> None:
    post(sandbox, "k")
    sandbox.control("POST", "clock", seconds=24 * 3600 - 10)
    assert post(sandbox, "k")[:2] == (200, "true")
    sandbox.control("POST", "clock", seconds=11)
    assert post(sandbox, "k")[:2] == (200, None)
    assert len(sandbox.money()) == 2


def test_a_key_is_of_one_account(sandbox: Sandbox) -> None:
    other = Sandbox(sandbox.address, sandbox.key + "b")
    assert post(sandbox, "k")[2] != post(other, "k")[2]
    assert (len(sandbox.money()), len(other.money())) == (1, 1)
    other.control("POST", "reset")


def test_twenty_at_once_are_one(sandbox: Sandbox) -> None:
    start = threading.Barrier(20)

    def ask(number: int) -> tuple[int, str | None, bytes]:
        start.wait()
        return post(sandbox, "k")

    with ThreadPoolExecutor(20) as pool:
        told = list(pool.map(ask, range(20)))
    assert {status for status, _, _ in told} == {200}
    assert len({body for _, _, body in told}) == 1
    assert [money["charges"] for money in sandbox.money()] == [1]


def test_while_the_first_is_at_work_the_second_is_told_to_wait(sandbox: Sandbox) -> None:
    sandbox.fault("slow", INTENTS, seconds=0.5)
    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(post, sandbox, "k")
        while not sandbox.seen():
            pass
        status, _, told = post(sandbox, "k")
        assert (status, b"idempotency_key_in_use" in told) == (409, True)
        assert first.result()[:2] == (200, None)
    assert post(sandbox, "k")[:2] == (200, "true")
