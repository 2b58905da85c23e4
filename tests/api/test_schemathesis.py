"""schemathesis over the whole description of the API, with all of its checks.

Each operation meets valid and invalid input made up from the schema: no 5xx, no status and no shape that is not
described, nothing valid refused and nothing invalid taken. What a schema cannot say is settled in `settled`, point by
point with its reason, and only for input that is meant to be valid. The two checks that need several requests in a row
(what was made can be read, what was deleted cannot) are the first test of each `test_api`.
"""

import os
from base64 import b64encode
from datetime import UTC, datetime
from typing import Any

import hypothesis
import pytest
import schemathesis
from django.test.utils import override_settings
from hypothesis import strategies as st
from schemathesis import Case
from schemathesis.specs.openapi.checks import positive_data_acceptance

from authspine.kernel import currencies, times
from authspine.kernel.ids import new_id
from authspine.wsgi import application
from professionals.rules import holidays
from tests.fixtures import new_organization
from tests.rest import new_key

# No test runs yet, and so no database may be asked how often this was read.
with override_settings(RATE_LIMITS={}):
    schema = schemathesis.openapi.from_wsgi("/api/platform/schema", application)
# A free object may hold any text but NUL, which the database cannot store.
schema.config.generation.update(allow_x00=False, codec="utf-8")

# Years that the API knows; made here, since few of those that hypothesis makes up pass the pattern.
EARLIEST, LATEST = datetime(1971, 1, 1), datetime(2199, 12, 31)  # noqa: DTZ001 (hypothesis adds the zone)
INSTANTS = st.datetimes(EARLIEST, LATEST, timezones=st.just(UTC)).map(datetime.isoformat)
schemathesis.openapi.format("date-time", INSTANTS)
schemathesis.openapi.format("date", INSTANTS.map(lambda at: at[:10]))
# Formats of our own: hundreds of names each, which the description does not list.
schemathesis.openapi.format("iana-zone", st.sampled_from(sorted(times.zone_names())))
schemathesis.openapi.format("iso-3166-1", st.sampled_from(sorted(holidays.regions())))
schemathesis.openapi.format("entity-tags", st.sampled_from(["*", '"1"', 'W/"a", "b"', '"3-x-9f"']))
schemathesis.openapi.format("export-key", st.binary(min_size=32, max_size=32).map(lambda key: b64encode(key).decode()))
schemathesis.openapi.format("idempotency-key", st.uuids().map(str))
schemathesis.openapi.format("web-address", st.sampled_from(["https://example.com/paid", "http://localhost:8000/?a=b"]))
schemathesis.openapi.format("iso-4217", st.sampled_from(sorted(currencies.CODES)))

# Where valid input may be refused, with the reason.
NOT_JUDGED_BY_SHAPE = {
    "POST /api/platform/webhooks/stripe": "the signature of the body decides",
}

# Pairs of times of which the second must be later.
SPANS = (("from", "to"), ("start", "end"), ("starts_at", "ends_at"))
# Likewise of dates.
PERIODS = (("starts_on", "ends_on"), ("valid_from", "valid_to"), ("bookable_from", "bookable_to"))


@pytest.fixture(scope="module")
def key() -> str:
    return new_key(new_organization(), "admin")


@schema.parametrize()
@hypothesis.settings(
    # Many more by AUTHSPINE_EXAMPLES=100 scripts/test tests/api/test_schemathesis.py
    max_examples=int(os.environ.get("AUTHSPINE_EXAMPLES", "3")),
    deadline=None,
    derandomize=True,
    phases=[hypothesis.Phase.explicit, hypothesis.Phase.generate],
    suppress_health_check=list(hypothesis.HealthCheck),
)
def test_every_operation_keeps_to_its_description(case: Case[Any], key: str) -> None:
    if case.meta is None or case.meta.generation.mode.is_positive:
        settled(case)
    case.call_and_validate(headers={"Authorization": f"Bearer {key}"}, excluded_checks=excluded(case))


def excluded(case: Case[Any]) -> list[Any]:
    return [positive_data_acceptance] if case.operation.label in NOT_JUDGED_BY_SHAPE else []


def settled(case: Case[Any]) -> None:
    """Make what is valid by the schema valid by the rules that a schema cannot express."""
    _settle_key(case)
    _settle_export(case)
    # A cursor is signed: it cannot be made up.
    case.query.pop("cursor", None)
    # For JSON Schema 1.0 is an integer; the API takes one spelling of a number.
    case.body = _whole(case.body)
    sent: Any
    for sent in (case.query, case.body):
        if isinstance(sent, dict):
            _in_order(sent)
            if case.operation.path.endswith("/availability"):
                _answerable(sent)
            # A date has one override.
            if "overrides" in sent:
                sent["overrides"] = _one_a_date(sent["overrides"])
            # Windows of a week do not overlap.
            if "weekly" in sent:
                sent["weekly"] = sent["weekly"][:1]
                for window in sent["weekly"]:
                    _dates_in_order(window)
            if "hours" in sent:
                sent["hours"] = sent["hours"][:1]
            # A region is one of its country.
            sent.pop("region", None)
            # A deposit is at most the price that is sent with it, in its currency.
            if "price" in sent:
                sent.pop("deposit", None)
            _settle_service(sent)
    # The slug in a body is the one in the path.
    if "slug" in case.path_parameters and isinstance(case.body, dict) and "slug" in case.body:
        case.body["slug"] = case.path_parameters["slug"]


def _settle_key(case: Case[Any]) -> None:
    # A key that came before with another request is a 422.
    if "Idempotency-Key" in case.headers:
        case.headers["Idempotency-Key"] = str(new_id())


def _settle_export(case: Case[Any]) -> None:
    # An export is sealed or in clear, and a sealed one opens with its own key alone.
    if case.operation.label == "GET /api/platform/export":
        case.query["with_personal_data"] = "true"
        case.headers.pop("Export-Key", None)
    if case.operation.label == "POST /api/platform/import" and isinstance(case.body, dict):
        case.body.pop("sealed", None)


def _settle_service(sent: dict[str, Any]) -> None:
    # Windows of a resource do not overlap.
    if "hours" in sent:
        sent["hours"] = sent["hours"][:1]
    # A requirement names each resource once.
    for requirement in sent.get("requirements", ()):
        requirement["resources"] = list(dict.fromkeys(requirement["resources"]))
    # A question's id stands there once; a choice has options, each once, and a text has none.
    if "intake_questions" in sent:
        sent["intake_questions"] = _questions(sent["intake_questions"])
    # A limit names at least one measure.
    if "booking_limits" in sent:
        sent["booking_limits"] = {period: limit for period, limit in sent["booking_limits"].items() if limit}


def _questions(asked: list[dict[str, Any]]) -> list[dict[str, Any]]:
    found = {one["id"]: one | {"options": list(dict.fromkeys(one.get("options", [])))} for one in asked}
    return [one | {"type": "choice" if one["options"] else "text"} for one in found.values()]


def _answerable(sent: dict[str, Any]) -> None:
    """Availability is asked of a service or a professional; until when, unless the first so many are asked for."""
    if "professional" not in sent:
        sent.setdefault("service", [str(new_id())])
    if not sent.keys() & {"to", "first_free"}:
        sent["from"], sent["to"] = "2026-12-01T00:00:00Z", "2026-12-31T00:00:00Z"


def _one_a_date(overrides: Any) -> list[Any]:
    """Also with one range at most: those of a date do not overlap."""
    found = {day["date"]: day | {"ranges": day["ranges"][:1]} for day in overrides}
    return list(found.values())


def _whole(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _whole(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_whole(inner) for inner in value]
    return int(value) if isinstance(value, float) and value.is_integer() and abs(value) < 2**53 else value


def _in_order(sent: dict[str, Any]) -> None:
    for first, second in SPANS:
        if isinstance(sent.get(first), str) and isinstance(sent.get(second), str):
            sent[first] = "2026-12-01T00:00:00Z"
            sent[second] = "2026-12-31T00:00:00Z"
    _dates_in_order(sent)


def _dates_in_order(sent: dict[str, Any]) -> None:
    for first, second in PERIODS:
        if isinstance(sent.get(first), str) and isinstance(sent.get(second), str):
            sent[first], sent[second] = "2026-12-01", "2026-12-31"
