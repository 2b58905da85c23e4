"""A person whose every word is a canary, in all the places where the platform keeps words about people."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from django.apps import apps
from django.contrib.sessions.backends.db import SessionStore
from django.db import connections

from authspine.identity.models import Organization
from authspine.kernel.actor import SYSTEM
from authspine.kernel.models import TenantModel
from authspine.kernel.tenancy import organization_scope
from authspine.orchestrator import verticals
from authspine.privacy.fields import _EncryptedField
from tests.gateways import GOOD_CARD
from tests.payments.paying import STAFF, shop, work_off
from tests.rest import Api, caller
from tests.studio import Studio

ALLERGIES = {"id": "allergies", "prompt": "Allergies?", "type": "text"}


@dataclass(frozen=True)
class World:
    """A studio with one person in it, who has booked, cancelled, paid, got money back and keeps a card on file."""

    studio: Studio
    api: Api
    client: str
    mark: str
    answers: dict[str, tuple[str, Any]]
    booking: str
    intent: str

    @property
    def canaries(self) -> list[str]:
        """Every word of this person begins with it, but for the digits of the phone."""
        return [self.mark, str(int(self.mark, 16))[-9:]]


def new_world(organization: Organization) -> World:
    """Every request under a key, so that its answer is kept."""
    studio, mark = shop(organization), uuid4().hex[:14]
    with organization_scope(organization, STAFF):
        verticals.configure("consulting", intake_questions=[ALLERGIES])
    api = caller(organization, "admin")
    answers: dict[str, tuple[str, Any]] = {}

    def post(key: str, path: str, body: Any) -> Any:
        answers[key] = (path, body)
        response = api.post(path, body, key=key)
        assert response.status_code in (200, 201), response.content
        return response.json()

    phone = "+49 30 " + str(int(mark, 16))[-9:]
    told = {"name": f"{mark}name Ruiz", "email": f"{mark}mail@example.com", "phone": phone, "notes": f"{mark}notes"}
    told |= {"external_id": f"{mark}external"}
    sent = told | {"metadata": {"m": f"{mark}meta"}, "preferences": {"p": f"{mark}preference"}}
    client = post("register", "/clients", sent)["id"]
    agreed = {"purpose": "photos", "text_version": "1", "method": "paper", "external_id": f"{mark}consent"}
    post("consent", f"/clients/{client}/consents", agreed)
    held = {"client": client, "service": str(studio.service.id), "answers": {"allergies": f"{mark}nuts"}}
    first = post("first", "/bookings", held | {"starts_at": studio.at(9).isoformat(), "notes": f"{mark}first"})["id"]
    second = post("second", "/bookings", held | {"starts_at": studio.at(11).isoformat(), "notes": f"{mark}second"})[
        "id"
    ]
    for path, body in ((f"/bookings/{first}/confirm", {}), (f"/bookings/{second}/cancel", {"reason": f"{mark}why"})):
        assert api.post(path, body).status_code == 200
    card = {"client": client, "type": "card", "payment_method": GOOD_CARD, "metadata": {"of": f"{mark}card"}}
    post("card", "/payments/methods", card)
    intent = post("pay", "/payments/intents", {"booking": first, "method": "card"})["id"]
    assert api.post(f"/payments/intents/{intent}/confirm", {"payment_method": GOOD_CARD}).status_code == 200
    some = {"amount_cents": 1000, "currency": "USD"}
    post("refund", "/payments/refunds", {"intent": intent, "amount": some, "reason": f"{mark}refunded"})
    assert api.post(f"/bookings/{first}/complete").status_code == 200
    event = {"type": "newsletter.opened", "user": client, "session_id": f"{mark}session", "data": {"d": f"{mark}data"}}
    post("event", "/analytics/events", event)
    work_off(studio)
    return World(studio, api, client, mark, answers, first, intent)


def everywhere(organization: Organization, *canaries: str) -> list[str]:
    """Where one of these stands: in which column of the whole database in clear, and in which one of the organization
    sealed, opened with every key that there is.
    """
    return sorted({*_in_clear(canaries), *_sealed(organization, canaries)})


def _in_clear(canaries: Sequence[str]) -> Iterator[str]:
    """The columns are read off the catalog, as the owner, who sees all rows. Bytes count as the text that they may be,
    and sessions as what they say.
    """
    with connections["owner"].cursor() as cursor:
        for table in _tables(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            columns = [column.name for column in cursor.description]
            for row in cursor:
                for name, value in zip(columns, row, strict=True):
                    text = _text(value)
                    if table == "django_session" and name == "session_data":
                        text += _session(value)
                    if _stands(text, canaries):
                        yield f"{table}.{name}"


def _sealed(organization: Organization, canaries: Sequence[str]) -> Iterator[str]:
    with organization_scope(organization, SYSTEM):
        for model in apps.get_models():
            if not issubclass(model, TenantModel):
                continue
            sealed = [field.attname for field in model._meta.concrete_fields if isinstance(field, _EncryptedField)]
            for row in model.objects.all() if sealed else ():
                for name in sealed:
                    if _stands(_text(getattr(row, name)), canaries):
                        yield f"{model._meta.db_table}.{name}, opened"


def _stands(text: str, canaries: Sequence[str]) -> bool:
    return any(canary.casefold() in text.casefold() for canary in canaries)


def _tables(cursor: Any) -> list[str]:
    cursor.execute(
        "SELECT relname FROM pg_class WHERE relkind IN ('r', 'p', 'm')"
        " AND relnamespace = 'public'::regnamespace ORDER BY 1"
    )
    return [name for (name,) in cursor.fetchall()]


def _text(value: Any) -> str:
    if isinstance(value, bytes | memoryview):
        return bytes(value).decode("utf-8", "replace")
    return value if isinstance(value, str) else json.dumps(value, default=str, ensure_ascii=False)


def _session(value: str) -> str:
    return json.dumps(SessionStore().decode(value), default=str, ensure_ascii=False)
