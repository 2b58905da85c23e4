"""What the table of keyed requests promises, written past every action."""

from typing import Any

import pytest

from authspine.idempotency.models import KeyedRequest
from authspine.kernel import clock
from authspine.kernel.tenancy import Scope
from tests.factories import KeyedRequestFactory
from tests.writes import refuses


@pytest.mark.parametrize(
    ("rule", "wrong"),
    [
        ("key", {"key": ""}),
        ("key", {"key": "a b"}),
        ("key", {"key": "a,b"}),
        ("key", {"key": "é"}),
        ("run", {"run": 0}),
        ("erased_whole", {"erased_at": clock.now()}),
        ("erased_whole", {"erased_at": clock.now(), "content": b"", "headers": {}}),
        ("answered_whole", {"status": None}),
        ("answered_whole", {"content": None}),
        ("answered_whole", {"status": None, "content": None}),
        ("no_fault_kept", {"status": 500}),
        ("no_fault_kept", {"status": 503}),
        ("no_fault_kept", {"status": 102}),
    ],
)
def test_a_row_keeps_to_its_rules(scope: Scope, rule: str, wrong: dict[str, Any]) -> None:
    row = KeyedRequestFactory()
    with refuses(f"idempotency_keyedrequest_{rule}"):
        KeyedRequest.objects.filter(id=row.id).update(**wrong)


def test_a_key_is_there_once_per_caller_and_route(scope: Scope) -> None:
    row = KeyedRequestFactory()
    named = {"principal": row.principal, "method": row.method, "route": row.route, "key": row.key}
    more = {"fingerprint": row.fingerprint, "lease_until": clock.now()}
    with refuses("idempotency_keyedrequest_once"):
        KeyedRequest.objects.create(**named, **more)
    for name in named:
        KeyedRequest.objects.create(**named | {name: "other"}, **more)


def test_a_claim_is_not_answered_yet(scope: Scope) -> None:
    row = KeyedRequestFactory()
    KeyedRequest.objects.filter(id=row.id).update(status=None, headers=None, content=None)
