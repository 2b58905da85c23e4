"""E30: manage.py rotate_keys brings everything under new keys, can be broken off anywhere, and loses nothing."""

import threading
from collections.abc import Callable

import psycopg
import pytest
from django.core.management import CommandError
from django.db import connections

from authspine.identity.models import Organization, User
from authspine.kernel import clock
from authspine.kernel.actor import SYSTEM
from authspine.kernel.crypto import SealBroken
from authspine.kernel.tenancy import organization_scope
from authspine.operations.management.commands.rotate_keys import TURN
from authspine.orchestrator import exporting, rotation
from authspine.privacy import rotation as holder_rotation
from authspine.privacy.fields import INSTALLATION, ORGANIZATION
from clients import queries
from clients.models import Client
from payments.models import PaymentIntent, RefundRequest
from tests.fixtures import Maker, new_organization
from tests.journeys import worlds
from tests.privacy import rotating
from tests.privacy.rotating import Installation, as_owner, data_keys, killed_at, ring_id, rotate, under
from tests.rest import caller


@pytest.fixture
def lived(installation: Installation) -> Organization:
    """With a value in every column that is under a holder's key."""
    organization = new_organization()
    worlds.live(organization)
    answer = caller(organization).post("/clients", {"name": "Eva", "email": "eva@example.com"}, key="once")
    assert answer.status_code == 201
    with organization_scope(organization, SYSTEM):
        asked = {"amount_cents": 100, "currency": "USD", "requested_by": "user:a", "status": "refused"}
        decided = {"refused_by": "user:b", "decided_at": clock.now(), "reason": "ill", "decision_reason": "no"}
        RefundRequest.objects.create(intent=PaymentIntent.objects.all()[0], **asked, **decided)
    return organization


@pytest.fixture
def ana(installation: Installation) -> Client:
    made: Client = Maker(new_organization()).client(name="Ana García", email="ana@example.com", notes="shy")
    return made


def stored(client: Client) -> Client:
    with organization_scope(client.organization, SYSTEM):
        return Client.objects.select_related("user").get(id=client.id)


def known(client: Client) -> tuple[str, str]:
    """What is under both holders' keys."""
    login = stored(client).user
    assert login
    return stored(client).name, login.email


def exported(organization: Organization) -> list[str]:
    """Without the head, which says when."""
    return "".join(exporting.export(organization, SYSTEM, key=None)).splitlines()[6:]


def test_everything_comes_under_new_keys(installation: Installation, lived: Organization) -> None:
    old = {ring_id(installation.ring[0]), *data_keys()}
    before, marks = exported(lived), as_owner("SELECT email_key, tokens FROM clients_client ORDER BY id")
    told = {f"{one.table}.{one.name}" for kind in (ORGANIZATION, INSTALLATION) for one in holder_rotation.columns(kind)}
    assert set(under(old)) == told | {"privacy_organizationkey.wrapped", "privacy_installationkey.wrapped"}
    Organization.objects.filter(id=new_organization().id).update(closed_at="2026-01-01T00:00Z")
    fresh = installation.add()
    code, said, wrong = rotate()
    assert (code, wrong) == (0, [])
    assert said.endswith("values of 3 holders of keys.")
    assert under(old) == []
    installation.use(fresh)
    assert exported(lived) == before
    assert as_owner("SELECT email_key, tokens FROM clients_client ORDER BY id") == marks
    assert User.objects.get_by_natural_key("EVA@example.com").email == "eva@example.com"
    with organization_scope(lived, SYSTEM):
        assert [client.name for client in queries.search(queries.present(), "eva")] == ["Eva"]
    again = caller(lived).post("/clients", {"name": "Eva", "email": "eva@example.com"})
    assert again.json()["code"] == "email_exists"


def test_a_second_run_finds_nothing(installation: Installation, ana: Client) -> None:
    installation.add()
    assert rotate()[1] == "Sealed anew: 2 values of 2 holders of keys."
    rows = as_owner("SELECT * FROM privacy_organizationkey, privacy_installationkey, clients_client")
    assert rotate()[1] == "Sealed anew: 0 values of 0 holders of keys."
    assert as_owner("SELECT * FROM privacy_organizationkey, privacy_installationkey, clients_client") == rows


def test_a_dry_run_counts(installation: Installation, ana: Client) -> None:
    installation.add()
    rows = as_owner("SELECT * FROM privacy_organizationkey, privacy_installationkey, clients_client")
    assert rotate(dry_run=True)[1] == "To be sealed anew: 2 values of 2 holders of keys."
    assert as_owner("SELECT * FROM privacy_organizationkey, privacy_installationkey, clients_client") == rows


def test_without_the_old_key_nothing_is_done(installation: Installation, ana: Client) -> None:
    rows = as_owner("SELECT * FROM privacy_organizationkey, privacy_installationkey, clients_client")
    old = installation.ring[0]
    installation.use(b"n" * 32)
    with pytest.raises(CommandError, match=f"cannot open this database's keys: The key {ring_id(old).hex()}") as error:
        rotate()
    assert error.value.returncode == 2
    assert as_owner("SELECT * FROM privacy_organizationkey, privacy_installationkey, clients_client") == rows


def test_rows_that_are_not_on_the_first_page(
    installation: Installation, ana: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(holder_rotation, "PAGE", 3)
    maker = Maker(ana.organization)
    people = [ana, *(maker.client(name=f"N{number}") for number in range(8))]
    old = {ring_id(installation.ring[0]), *data_keys()}
    installation.add()
    assert rotate()[1] == "Sealed anew: 18 values of 2 holders of keys."
    assert under(old) == []
    assert [stored(one).name for one in people] == [one.name for one in people]


def test_it_goes_on_wherever_it_was_broken_off(
    installation: Installation, ana: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before and after each of its commits; whatever the step, everybody is read at once, and all is new at the end."""
    step, broken_off = 0, True
    while broken_off:
        old = {ring_id(installation.ring[0]), *data_keys()}
        fresh = installation.add()
        broken_off = killed_at(step, rotate, monkeypatch)
        rotating.forget()
        assert known(ana) == ("Ana García", "ana@example.com")
        assert rotate()[0] == 0
        assert under(old) == []
        installation.use(fresh)
        assert known(ana) == ("Ana García", "ana@example.com")
        step += 1
    assert step > 40


def test_a_second_one_at_the_same_time_says_so(installation: Installation, ana: Client) -> None:
    with psycopg.connect(**connections["owner"].get_connection_params()) as other:
        other.execute("SELECT pg_advisory_lock(hashtext(%s))", [TURN])
        with pytest.raises(CommandError, match="by another process at this moment") as error:
            rotate()
    assert error.value.returncode == 2


def test_two_at_the_same_time_do_no_harm(
    installation: Installation, ana: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As when the connection is lost that the turn is kept by."""
    monkeypatch.setattr(holder_rotation, "PAGE", 2)
    maker = Maker(ana.organization)
    people = [maker.client(name=f"N{number}") for number in range(20)]
    old = {ring_id(installation.ring[0]), *data_keys()}
    installation.add()
    beside(*[lambda: rotation.rotate(progress=lambda done: None, waiting=lambda left: None)] * 3)
    assert under(old) == []
    assert len(data_keys()) == 2
    assert [stored(one).name for one in people] == [one.name for one in people]


def beside(*works: Callable[[], object]) -> None:
    """At once, each in a thread of its own; what fails in one fails here."""
    failed: list[BaseException] = []

    def carry_out(work: Callable[[], object]) -> None:
        try:
            work()
        except BaseException as error:
            failed.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=carry_out, args=[work]) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert failed == []


def test_what_does_not_open_is_told_and_kept(installation: Installation, ana: Client) -> None:
    other = Maker(ana.organization).client(name="Ben")
    as_owner(
        "UPDATE clients_client SET data_key = set_byte(data_key, 30, 255 - get_byte(data_key, 30)) WHERE id = %s",
        other.id,
    )
    fresh = installation.add()
    code, said, wrong = rotate()
    assert (code, said) == (1, "Sealed anew: 3 values of 1 holder of keys.")
    assert wrong[0].startswith(f"Does not open: clients_client.data_key of {other.id}: A sealed value was changed")
    installation.use(fresh)
    assert stored(ana).name == "Ana García"
    with pytest.raises(SealBroken, match="was changed"):
        assert stored(other).name is None
