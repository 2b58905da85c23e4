"""An import and everybody else: no other organization waits for it, for logins are made before it begins."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection

from authspine.identity.models import Organization, User
from authspine.kernel.actor import SYSTEM
from authspine.orchestrator.importing import import_document
from authspine.privacy import blind
from tests.fixtures import new_organization
from tests.journeys.documents import bring_in, client, document, professional, refusals
from tests.rest import Api, caller


def test_nobody_waits_for_another_organizations_import(organization: Organization) -> None:
    """The same people are registered elsewhere while the import has not committed."""
    other = caller(new_organization())
    mail = f"{organization.slug}@example.com"
    found = document(clients=[client(email=f" {mail.upper()} ")], professionals=[professional(email=f"pro-{mail}")])
    statuses: list[int] = []
    batches: list[int] = []

    def meanwhile(records: int) -> None:
        batches.append(records)
        if len(batches) == len(found) - 2:  # all sections are in, and nothing is committed
            statuses.extend(_registered(other, mail))

    report = import_document(organization, SYSTEM, found, progress=meanwhile)
    assert (statuses, report["refused"]) == ([201, 201], [])
    assert len(with_email(mail, f"pro-{mail}")) == 2


def with_email(*emails: str) -> list[User]:
    return list(User.objects.filter(email_key__in=[blind.email_index(User, email) for email in emails]))


def _registered(api: Api, mail: str) -> list[int]:
    def work() -> list[int]:
        try:
            pro = {"email": f"pro-{mail}", "name": "P", "vertical": "beauty"}
            who = {"email": mail, "name": "A"}
            return [api.post("/clients", who).status_code, api.post("/professionals", pro).status_code]
        finally:
            connection.close()

    with ThreadPoolExecutor() as threads:
        return threads.submit(work).result()


@pytest.mark.parametrize(
    "email", ["no-address", "", " ", 17, None, [], "x" * 255 + "@example.com", "ﷺ" * 100 + "@a.de"]
)
def test_an_email_that_is_none_makes_no_login(organization: Organization, email: Any) -> None:
    report = bring_in(organization, document(clients=[client(), client("x", email=email)]))
    assert refusals(report) == [("clients", "x", "validation_error")]
    assert not isinstance(email, str) or not with_email(email)


def test_a_login_that_is_there_is_taken(organization: Organization) -> None:
    mail = f"{organization.slug}@example.com"
    before = User.objects.create_user(mail, "a password")
    bring_in(organization, document(clients=[client(email=mail)]))
    (after,) = with_email(mail)
    assert (after.id, after.password) == (before.id, before.password)
