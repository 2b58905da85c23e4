"""A vertical that came in is one that can be changed afterwards, over the API and in the admin."""

from typing import Any

import pytest

from authspine.identity.models import Organization
from professionals.models import Vertical
from tests.admin.office import member, page, rows, signed_in
from tests.journeys.documents import bring_in, refusals
from tests.rest import Api, caller

LINE = "x" * 200
TEMPLATE = {
    "name": LINE,
    "duration_minutes": 60,
    "price_cents": 4500,
    "location_type": "virtual",
    "metadata": {"a": [1]},
}
OPTIONS = [f"{number:03}{LINE[3:]}" for number in range(100)]
QUESTION = {"id": "x" * 50, "prompt": "x" * 500, "type": "choice", "options": OPTIONS}
ASKED = {"id": "goal", "prompt": "Goal?", "type": "text"}
USUAL = {"required": False, "max_length": 500}
SPA: dict[str, Any] = {
    "slug": "spa",
    "display_name": "Spa",
    "service_templates": [TEMPLATE],
    "intake_questions": [QUESTION, ASKED, ASKED | {"id": "goal-2", "options": None}],
    "compliance": {"data_retention_days": 36_500},
}


def come_in(organization: Organization, **changes: Any) -> dict[str, Any]:
    return bring_in(organization, {"format": "auth-spine", "version": 1, "verticals": [SPA | changes]})


def test_it_can_be_sent_back_as_it_is_shown(organization: Organization) -> None:
    assert refusals(come_in(organization)) == []
    admin: Api = caller(organization, "admin")
    shown = admin.get("/verticals/spa").json()
    assert shown["service_templates"] == [TEMPLATE]
    assert shown["intake_questions"] == [
        QUESTION | USUAL,
        ASKED | USUAL | {"options": []},
        ASKED | USUAL | {"options": [], "id": "goal-2"},
    ]
    unsent = ("id", "created_at", "updated_at")
    replaced = admin.put("/verticals/spa", {name: value for name, value in shown.items() if name not in unsent})
    assert replaced.status_code == 200, replaced.json()
    assert replaced.json()["service_templates"] == [TEMPLATE]


def test_it_can_be_saved_in_the_admin_as_it_is_shown(organization: Organization) -> None:
    come_in(organization)
    browser = signed_in(member(organization, "admin"))
    row = next(row for row in rows(organization, "professionals.Vertical") if row.slug == "spa")
    form = browser.get(page(Vertical, "change", row.pk)).context["adminform"].form
    # An empty field is sent as such.
    sent = {name: "" if (value := form[name].value()) is None else value for name in form.fields}
    assert browser.post(page(Vertical, "change", row.pk), sent).status_code == 302


@pytest.mark.parametrize(
    "wrong",
    [
        {"service_templates": [TEMPLATE | {"name": LINE + "x"}]},
        {"service_templates": [TEMPLATE | {"colour": "red"}]},
        {"service_templates": [TEMPLATE] * 101},
        {"service_templates": ["x"]},
        {"intake_questions": [QUESTION | {"options": [*OPTIONS, "x"]}]},
        {"intake_questions": [QUESTION | {"id": " "}]},
        {"intake_questions": [QUESTION, QUESTION]},
        {"intake_questions": [QUESTION | {"required": "yes"}]},
        {"intake_questions": {}},
        {"compliance": {"data_retention_days": 0}},
        {"compliance": {"data_retention_days": 36_501}},
    ],
)
def test_one_that_could_not_is_refused(organization: Organization, wrong: dict[str, Any]) -> None:
    assert refusals(come_in(organization, **wrong)) == [("verticals", "spa", "validation_error")]
