"""E30: what stands in the database is ciphertext, opens where it was written, and is an error anywhere else."""

from typing import Any

import pytest
from django.core.exceptions import FieldError
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext

from authspine.identity.models import Organization, User
from authspine.kernel.actor import SYSTEM
from authspine.kernel.crypto import ID_BYTES, SealBroken, UnknownKey
from authspine.kernel.ids import new_id
from authspine.kernel.tenancy import organization_scope
from authspine.orchestrator import clients
from authspine.privacy import keys
from authspine.privacy.fields import preload_keys
from bookings.models import Booking
from clients.models import Client
from tests.factories import BookingFactory, ClientFactory
from tests.fixtures import Maker, new_organization

NAME, PHONE, NOTES = "Canary Ñandú", "+49 170 5550199", "Allergic to canaries"
SEALED = ("email", "name", "phone", "preferences", "metadata", "notes")


@pytest.fixture
def client(organization: Organization) -> Client:
    with organization_scope(organization, SYSTEM):
        return clients.register(
            email=f"{new_id()}@canary.example",
            name=NAME,
            phone=PHONE,
            notes=NOTES,
            preferences={"time": "morning"},
            metadata={"a": [1, {"b": NAME}]},
        )


def as_owner(statement: str, *values: Any) -> Any:
    """Past the app: what stands in the database, and what somebody who has got into it could do."""
    with connections["owner"].cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchall() if cursor.description else None


def test_e30_the_row_holds_ciphertext_alone(client: Client) -> None:
    ((row,),) = as_owner("SELECT clients_client::text FROM clients_client WHERE id = %s", client.id)
    for canary in (NAME, "Canary", PHONE, "5550199", NOTES, client.email, "morning"):
        assert canary not in row
        assert canary.encode().hex() not in row
    ((login,),) = as_owner("SELECT identity_user::text FROM identity_user WHERE id = %s", client.user_id)
    assert client.email not in login
    assert client.email.encode().hex() not in login


def test_it_is_read_as_it_was_written(organization: Organization, client: Client) -> None:
    with organization_scope(organization, SYSTEM):
        read = Client.objects.get(id=client.id)
        assert (read.name, read.phone, read.notes) == (NAME, PHONE, NOTES)
        assert (read.email, read.metadata) == (client.email, {"a": [1, {"b": NAME}]})
        assert User.objects.get_by_natural_key(client.email).email == client.email


def test_what_is_read_by_another_way_is_not_opened(organization: Organization, client: Client) -> None:
    with organization_scope(organization, SYSTEM):
        (values,) = Client.objects.values(*SEALED)
        assert NAME not in str(values)
        assert str(values["name"]) == repr(values["name"]) == "<sealed>"


@pytest.mark.parametrize("column", SEALED)
def test_e30_a_flipped_bit_is_an_error(organization: Organization, client: Client, column: str) -> None:
    as_owner(
        f"UPDATE clients_client SET {column} = set_bit({column}, octet_length({column}) * 8 - 3,"
        f" 1 - get_bit({column}, octet_length({column}) * 8 - 3)) WHERE id = %s",
        client.id,
    )
    with organization_scope(organization, SYSTEM):
        read = Client.objects.get(id=client.id)
        with pytest.raises(SealBroken, match=rf"clients\.Client\.{column} of {client.id}"):
            getattr(read, column)


def test_e30_a_ciphertext_in_another_column_is_an_error(organization: Organization, client: Client) -> None:
    as_owner("UPDATE clients_client SET notes = name WHERE id = %s", client.id)
    with organization_scope(organization, SYSTEM), pytest.raises(SealBroken):
        assert Client.objects.get(id=client.id).notes is None


@pytest.mark.parametrize("columns", [["name"], ["name", "data_key"]], ids=["alone", "with its key"])
@pytest.mark.parametrize("place", ["row", "organization"])
def test_e30_a_ciphertext_in_another_row_is_an_error(
    organization: Organization, client: Client, place: str, columns: list[str]
) -> None:
    theirs = organization if place == "row" else new_organization()
    other = Maker(theirs).client(name="Other")
    moved = ", ".join(f"{column} = source.{column}" for column in columns)
    as_owner(
        f"UPDATE clients_client SET {moved} FROM clients_client AS source WHERE source.id = %s"
        " AND clients_client.id = %s",
        client.id,
        other.id,
    )
    with organization_scope(theirs, SYSTEM), pytest.raises(SealBroken):
        assert Client.objects.get(id=other.id).name is None


def test_e30_a_key_that_is_not_in_the_ring_is_an_error(
    organization: Organization, client: Client, settings: Any
) -> None:
    settings.PII_SECRETS = (b"x" * 32,)
    keys.forget(organization.id)
    try:
        with organization_scope(organization, SYSTEM), pytest.raises(UnknownKey):
            assert Client.objects.get(id=client.id).name is None
    finally:
        keys.forget(organization.id)


@pytest.mark.parametrize("column", [*SEALED, "data_key"])
def test_e30_a_value_of_an_unknown_key_is_an_error(organization: Organization, client: Client, column: str) -> None:
    """Its version is known, and its key's id, which stands behind that, is nobody's."""
    as_owner(
        f"UPDATE clients_client SET {column} = overlay({column} PLACING %s FROM 2 FOR %s) WHERE id = %s",
        b"\x07" * ID_BYTES,
        ID_BYTES,
        client.id,
    )
    with organization_scope(organization, SYSTEM):
        read = Client.objects.get(id=client.id)
        with pytest.raises(UnknownKey, match="The key 0707070707070707 is not here"):
            getattr(read, "name" if column == "data_key" else column)


def test_a_destroyed_key_opens_nothing(organization: Organization, client: Client) -> None:
    with organization_scope(organization, SYSTEM):
        read = Client.objects.get(id=client.id)
        read.data_key = b""
        with pytest.raises(SealBroken, match="was destroyed"):
            assert read.name is None


@pytest.mark.parametrize(
    "asked",
    [
        lambda: list(Client.objects.filter(name=NAME)),
        lambda: list(Client.objects.filter(name__in=[NAME])),
        lambda: Client.objects.update(name="Other"),
        lambda: list(User.objects.filter(email="ana@example.com")),
    ],
)
def test_nothing_can_be_asked_of_it_in_sql(organization: Organization, client: Client, asked: Any) -> None:
    with organization_scope(organization, SYSTEM), pytest.raises(TypeError, match="is encrypted"):
        asked()


@pytest.mark.parametrize("lookup", ["icontains", "startswith", "gt", "regex"])
def test_no_part_of_it_can_be_asked_for(organization: Organization, client: Client, lookup: str) -> None:
    with organization_scope(organization, SYSTEM), pytest.raises(FieldError, match=lookup):
        Client.objects.filter(**{f"name__{lookup}": "an"})


def test_what_is_empty_can_be_asked_for(organization: Organization, client: Client) -> None:
    with organization_scope(organization, SYSTEM):
        without = ClientFactory(notes="", metadata={})
        assert list(Client.objects.filter(notes="", metadata={})) == [without]


def test_a_change_of_one_column_leaves_the_others(organization: Organization, client: Client) -> None:
    before = as_owner("SELECT phone, notes, data_key FROM clients_client WHERE id = %s", client.id)
    with organization_scope(organization, SYSTEM):
        clients.update(client.id, name="Other")
        assert Client.objects.get(id=client.id).name == "Other"
    assert as_owner("SELECT phone, notes, data_key FROM clients_client WHERE id = %s", client.id) == before


def test_a_whole_save_keeps_what_nobody_looked_at(organization: Organization, client: Client) -> None:
    with organization_scope(organization, SYSTEM):
        read = Client.objects.get(id=client.id)
        read.metadata["c"] = 2
        read.save()
        kept = Client.objects.get(id=client.id)
        assert (kept.metadata["c"], kept.notes, kept.name) == (2, NOTES, NAME)


def test_notes_of_a_page_of_bookings_cost_one_query(organization: Organization) -> None:
    with organization_scope(organization, SYSTEM):
        made = [BookingFactory(notes=f"note {number}") for number in range(5)]
    with organization_scope(organization, SYSTEM):
        rows = list(Booking.objects.order_by("created_at"))
        with CaptureQueriesContext(connection) as captured:
            preload_keys(rows)
            assert [row.notes for row in rows] == [f"note {number}" for number in range(5)]
        assert len({row.client_id for row in made}) == 5
        assert len(captured) == 1


def test_keys_made_in_a_transaction_that_rolls_back_are_forgotten(organization: Organization) -> None:
    """Were they kept, the next would seal under a key that nobody has."""
    as_owner("DELETE FROM privacy_organizationkey WHERE organization_id = %s", organization.id)
    keys.forget(organization.id)
    with pytest.raises(ZeroDivisionError), organization_scope(organization, SYSTEM):
        rolled_back = keys.of_organization().live
        ClientFactory()
        raise ZeroDivisionError
    with organization_scope(organization, SYSTEM):
        assert keys.of_organization().live.id != rolled_back.id
        made = ClientFactory(name=NAME)
    keys.forget(organization.id)
    with organization_scope(organization, SYSTEM):
        assert Client.objects.get(id=made.id).name == NAME
