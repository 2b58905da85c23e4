"""Claims: one at a time, taken over with what was begun, let go where nothing was, forgotten after thirty days."""

from datetime import timedelta
from typing import Any

import pytest

from authspine.idempotency import actions
from authspine.idempotency.actions import KEPT, LEASE, Answer, Asked, Run
from authspine.idempotency.errors import InFlight, KeyMismatch
from authspine.idempotency.models import KeyedRequest
from authspine.identity.models import Organization
from authspine.kernel import clock
from authspine.kernel.actor import SYSTEM
from authspine.kernel.ids import new_id
from authspine.kernel.tenancy import Scope, organization_scope
from authspine.operations import tasks
from tests.factories import KeyedRequestFactory
from tests.fixtures import new_organization

NOW = clock.now()
ATTEMPT = new_id()
ASKED = Asked("key:a", "POST", "/clients", "k", "0" * 64)
ANSWER = Answer(201, {"Location": "/clients/1"}, b"{}")


def claim(*, after: timedelta = timedelta(0), **changes: str) -> Run | Answer:
    return actions.claim(Asked(**vars(ASKED) | changes), now=NOW + after)


def claimed(**more: Any) -> Run:
    found = claim(**more)
    assert isinstance(found, Run)
    return found


def test_the_first_gets_it_and_the_next_is_told(scope: Scope) -> None:
    run = claimed()
    assert (run.number, run.attempt) == (1, None)
    with pytest.raises(InFlight):
        claim(after=LEASE - timedelta(seconds=1))
    with pytest.raises(KeyMismatch):
        claim(fingerprint="1" * 64)


def test_an_answer_is_given_again_as_it_was(scope: Scope) -> None:
    run = claimed()
    assert actions.answer(run, ANSWER, now=NOW)
    assert claim() == claim(after=LEASE * 9) == ANSWER
    with pytest.raises(KeyMismatch):
        claim(fingerprint="1" * 64)


@pytest.mark.parametrize("name", ["principal", "method", "route", "key"])
def test_whatever_else_names_a_request_makes_it_another(scope: Scope, name: str) -> None:
    assert claimed().id != claimed(**{name: "other"}).id


def test_who_takes_over_goes_on_with_what_was_begun(scope: Scope) -> None:
    first = claimed()
    actions.begin(first, ATTEMPT, now=NOW)
    second = claimed(after=LEASE)
    assert (second.id, second.number, second.attempt) == (first.id, 2, ATTEMPT)
    with pytest.raises(KeyMismatch):
        claim(after=LEASE * 2, fingerprint="1" * 64)


def test_who_was_overtaken_writes_nothing(scope: Scope) -> None:
    first = claimed()
    second = claimed(after=LEASE)
    with pytest.raises(InFlight):
        actions.begin(first, ATTEMPT, now=NOW)
    assert not actions.answer(first, ANSWER, now=NOW)
    actions.let_go(first, now=NOW)
    with pytest.raises(InFlight):
        claim(after=LEASE)
    assert actions.answer(second, ANSWER, now=NOW)


def test_an_answer_is_the_last_word(scope: Scope) -> None:
    run = claimed()
    actions.answer(run, ANSWER, now=NOW)
    assert not actions.answer(run, Answer(409, {}, b"no"), now=NOW)
    actions.let_go(run, now=NOW)
    assert claim() == ANSWER


def test_a_claim_without_an_attempt_is_let_go_whole(scope: Scope) -> None:
    actions.let_go(claimed(), now=NOW)
    assert not KeyedRequest.objects.exists()
    assert claimed(fingerprint="1" * 64).number == 1


def test_a_claim_with_an_attempt_is_let_go_to_be_resumed(scope: Scope) -> None:
    run = claimed()
    actions.begin(run, ATTEMPT, now=NOW)
    actions.let_go(run, now=NOW)
    with pytest.raises(KeyMismatch):
        claim(fingerprint="1" * 64)
    assert claimed().attempt == ATTEMPT


@pytest.mark.parametrize("is_answered", [True, False])
def test_after_thirty_days_the_key_is_as_good_as_new(scope: Scope, is_answered: bool) -> None:
    run = claimed()
    actions.begin(run, ATTEMPT, now=NOW)
    if is_answered:
        actions.answer(run, ANSWER, now=NOW)
    again = claimed(after=KEPT, fingerprint="1" * 64)
    assert (again.id, again.number, again.attempt) == (run.id, 2, None)
    assert not actions.answer(run, ANSWER, now=NOW)
    with pytest.raises(InFlight):
        claim(after=KEPT, fingerprint="1" * 64)


def test_what_is_old_is_forgotten_in_every_organization(organization: Organization) -> None:
    both = [organization, new_organization()]
    for each in both:
        with organization_scope(each, SYSTEM):
            KeyedRequestFactory(created_at=clock.now() - KEPT, key="old")
            KeyedRequestFactory(created_at=clock.now() - KEPT + timedelta(minutes=5), key="young")

    class Context:
        @staticmethod
        def should_abort() -> bool:
            return False

    forget: Any = tasks.forget_old_answers
    forget(Context, timestamp=0)
    for each in both:
        with organization_scope(each, SYSTEM):
            assert [row.key for row in KeyedRequest.objects.all()] == ["young"]
