"""Several rows in one statement: what `save` would have written, all of it or nothing."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from authspine.identity.models import Organization
from authspine.kernel import clock
from authspine.kernel.actor import SYSTEM
from authspine.kernel.inserting import insert
from authspine.kernel.tenancy import organization_scope
from bookings.models import Occupancy, Session
from services.models import Service
from tests.factories import ServiceFactory


def a_session(service: Service, *, occupancies: int = 1) -> tuple[Session, list[Occupancy]]:
    now = clock.now()
    ends_at = now + timedelta(hours=1)
    session = Session(
        service=service, professional=service.professional, starts_at=now, ends_at=ends_at, capacity=3, seats_taken=1
    )
    subjects = [service.professional_id, service.id, session.id][:occupancies]
    return session, [Occupancy(session=session, subject=one, starts_at=now, ends_at=ends_at) for one in subjects]


def test_rows_of_several_models_are_written_by_one_statement(organization: Organization) -> None:
    with organization_scope(organization, SYSTEM):
        session, occupancies = a_session(ServiceFactory(), occupancies=3)
        with CaptureQueriesContext(connection) as sent:
            insert(session, *occupancies)
        assert len(sent) == 1
        assert not session._state.adding
        assert Session.objects.get() == session
        assert set(Occupancy.objects.values_list("id", flat=True)) == {one.id for one in occupancies}


def test_a_row_is_what_save_would_have_written(organization: Organization) -> None:
    with organization_scope(organization, SYSTEM):
        service = ServiceFactory()
        session, _ = a_session(service)
        insert(session)
        inserted = Session.objects.values().get()
        Session.objects.all().delete()
        session.save(force_insert=True)
        assert Session.objects.values().get() == inserted


def test_one_that_is_refused_takes_all_with_it(organization: Organization) -> None:
    with organization_scope(organization, SYSTEM):
        session, occupancies = a_session(ServiceFactory())
        occupancies[0].ends_at = occupancies[0].starts_at
        with pytest.raises(IntegrityError), transaction.atomic():
            insert(session, *occupancies)
        assert not Session.objects.exists()
        assert not Occupancy.objects.exists()
