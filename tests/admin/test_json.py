"""What is typed as JSON is read by the strict rule of the API: whatever is kept can be shown, exported and imported."""

import pytest
from django import forms
from django.conf import settings

from authspine.api.admin.form_fields import StrictJSONField
from authspine.identity.models import Organization, User
from clients.models import Client
from professionals.models import Professional, Vertical
from services.models import Service
from tests.admin.office import Row, faults, page, signed_in, tenant_models

FIELDS = [
    (Client, "preferences"),
    (Client, "metadata"),
    (Professional, "metadata"),
    (Service, "metadata"),
    (Service, "intake_questions"),
    (Vertical, "service_templates"),
    (Vertical, "intake_questions"),
    (Vertical, "metadata"),
]
WRONG = {
    "deep": "[" * 20_000,
    "a level too deep": '{"a":' + "[" * (settings.MAX_JSON_DEPTH - 1) + "]" * (settings.MAX_JSON_DEPTH - 1) + "}",
    "half a character": r'{"a":"\ud800"}',
    "NUL": r'{"a":"\u0000"}',
    "many digits": '{"a":' + "9" * 5000 + "}",
    "a key twice": '{"a":1,"a":2}',
    "not a number": '{"a":NaN}',
    "no JSON": "{'a': 1}",
}


@pytest.mark.parametrize("text", WRONG.values(), ids=WRONG.keys())
@pytest.mark.parametrize(("model", "field"), FIELDS, ids=lambda value: getattr(value, "__name__", value))
def test_json_that_cannot_be_kept_is_told(
    furnished: Organization, superuser: User, model: type[Row], field: str, text: str
) -> None:
    response = signed_in(superuser, furnished).post(page(model, "add"), {field: text})
    (told,) = faults(response)[field]
    assert "list of at most" not in told
    assert "Must be an object" not in told


def test_what_was_typed_is_shown_again(furnished: Organization, superuser: User) -> None:
    shown = signed_in(superuser, furnished).post(page(Client, "add"), {"metadata": '{"twice": 1, "twice": 2}'})
    assert "{&quot;twice&quot;: 1, &quot;twice&quot;: 2}" in shown.content.decode()
    assert faults(shown)["metadata"] == ["The key 'twice' stands twice in one object."]


@pytest.mark.parametrize("model", tenant_models(), ids=lambda model: model._meta.label)
def test_no_form_reads_json_by_another_rule(furnished: Organization, superuser: User, model: type[Row]) -> None:
    response = signed_in(superuser, furnished).get(page(model, "add"))
    if response.status_code == 200:
        fields = response.context["adminform"].form.fields.values()
        assert all(isinstance(field, StrictJSONField) for field in fields if isinstance(field, forms.JSONField))
