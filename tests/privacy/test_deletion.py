"""A deletion that takes the row away is an erasure, too: nobody could ask for one afterwards."""

from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import transaction

from authspine.identity import actions as identity_actions
from authspine.identity.models import Organization, User
from authspine.kernel.actor import SYSTEM
from authspine.kernel.tenancy import organization_scope
from authspine.orchestrator import clients, erasure
from authspine.privacy import blind, erasure_list
from authspine.privacy.erasure_list import Line
from authspine.privacy.models import Erasure
from clients.models import Client
from payments.models import Customer, MethodSetup
from tests.fixtures import Maker
from tests.gateways import GOOD_CARD, witness
from tests.payments.paying import shop, work_off
from tests.privacy.canaries import everywhere
from tests.rest import Api, refused

# Whatever is known of the person says it; `everywhere` looks at all organizations.
MARK = uuid4().hex[:14]
KIM = {"name": f"{MARK} Kim", "email": f"{MARK}@example.com", "notes": MARK, "external_id": MARK}


def registered(admin: Api, told: dict[str, str] | None = None) -> str:
    """Under a key, so that its answer is kept; with a caller's own event about them."""
    told = told or {"name": "Bo", "email": f"{uuid4().hex}@example.com", "notes": "bo", "external_id": "bo"}
    client = admin.post("/clients", told, key="register").json()["id"]
    said = told["notes"]
    event = {"type": "newsletter.opened", "user": client, "data": {"d": said}, "session_id": said}
    assert admin.post("/analytics/events", event).status_code == 201
    return str(client)


def lines(person: str) -> list[Line]:
    return [line for line in erasure_list.lines() if str(line.person) == person]


def test_nothing_is_left_of_a_client_whose_row_goes(admin: Api, organization: Organization) -> None:
    client = registered(admin, KIM)
    assert everywhere(organization, MARK)
    assert admin.delete(f"/clients/{client}").status_code == 204
    assert everywhere(organization, MARK) == []
    assert not User.objects.filter(email_key=blind.email_index(User, KIM["email"])).exists()
    refused(admin.post("/clients", KIM, key="register"), 409, "answer_erased", "Idempotency-Key")
    with organization_scope(organization, SYSTEM):
        assert not Client.objects.filter(id=client).exists()


def test_the_deletion_has_a_receipt_and_a_line_on_the_list(admin: Api) -> None:
    client = registered(admin)
    assert admin.delete(f"/clients/{client}").status_code == 204
    receipt = admin.get(f"/clients/{client}/erasure").json()
    assert [str(line.id) for line in lines(client)] == [receipt["id"]]
    assert "the empty record" not in {each["what"] for each in receipt["kept"]}
    (event,) = admin.get("/analytics/events", event_type="client.deleted").json()["results"]
    assert event["user"] == client
    assert admin.get("/analytics/events", event_type="client.erased").json()["results"] == []


def test_a_restored_backup_forgets_them_too(admin: Api, organization: Organization) -> None:
    client = registered(admin)
    with organization_scope(organization, SYSTEM):
        backup = Client.objects.get(id=client)
    assert admin.delete(f"/clients/{client}").status_code == 204
    assert client not in {str(line.person) for line in erasure.replay(dry_run=True).found}
    with organization_scope(organization, SYSTEM):
        Erasure.objects.all().delete()
        backup.user = identity_actions.login_for(f"{uuid4().hex}@example.com")
        backup.save(force_insert=True)
    assert client in {str(line.person) for line in erasure.replay().found}
    with organization_scope(organization, SYSTEM):
        assert Client.objects.get(id=client).erased_at


def test_the_provider_forgets_them_too(organization: Organization, admin: Api) -> None:
    studio = shop(organization)
    client = registered(admin)
    card = {"client": client, "type": "card", "payment_method": GOOD_CARD}
    assert admin.post("/payments/methods", card, key="card").status_code == 201
    work_off(studio)
    with organization_scope(organization, SYSTEM):
        customer = Customer.objects.get(client=UUID(client)).gateway_id
    assert admin.delete(f"/clients/{client}").status_code == 204
    work_off(studio)
    assert witness().customers.retrieve(customer).deleted
    assert admin.get(f"/clients/{client}/erasure").json()["provider"] == "done"


def test_it_is_refused_while_a_card_is_being_added(admin: Api, organization: Organization) -> None:
    shop(organization)
    client = registered(admin)
    card = {"client": client, "type": "card", "payment_method": GOOD_CARD}
    assert admin.post("/payments/methods", card, key="card").status_code == 201
    with organization_scope(organization, SYSTEM):
        MethodSetup.objects.filter(client=UUID(client)).update(status=MethodSetup.Status.PENDING)
    refused(admin.delete(f"/clients/{client}"), 409, "payment_in_flight")
    assert admin.get(f"/clients/{client}").status_code == 200
    assert lines(client) == []


def test_what_is_not_committed_leaves_no_line(admin: Api, organization: Organization) -> None:
    client = registered(admin)
    with pytest.raises(RuntimeError, match="later"), organization_scope(organization, SYSTEM):
        clients.delete(UUID(client))
        raise RuntimeError("later")
    assert lines(client) == []


def test_nor_does_what_a_savepoint_has_undone(admin: Api, organization: Organization) -> None:
    client = registered(admin)
    with organization_scope(organization, SYSTEM):
        try:
            with transaction.atomic():
                clients.delete(UUID(client))
                raise RuntimeError("later")
        except RuntimeError:
            pass
    assert lines(client) == []
    assert admin.get(f"/clients/{client}").status_code == 200


def test_what_fails_after_the_line_takes_it_back(admin: Api, organization: Organization) -> None:
    client = registered(admin)

    def fail() -> None:
        assert lines(client)
        raise RuntimeError("at the very end")

    with pytest.raises(RuntimeError, match="very end"), organization_scope(organization, SYSTEM) as scope:
        clients.delete(UUID(client))
        scope.lasts.append(fail)
    assert lines(client) == []
    assert admin.get(f"/clients/{client}").status_code == 200


def test_without_the_list_no_row_goes(admin: Api, tmp_path: Path, settings: Any) -> None:
    client = registered(admin)
    (tmp_path / "file").write_text("a file where the folder should be")
    settings.ERASURE_LIST = tmp_path / "file" / "list"
    refused(admin.delete(f"/clients/{client}"), 503, "erasure_list_away")
    assert admin.get(f"/clients/{client}").status_code == 200


def test_nothing_is_left_of_a_professional_whose_row_goes(admin: Api, make: Maker, organization: Organization) -> None:
    mark = uuid4().hex[:14]
    vertical = make.professional().vertical.slug
    told = {"name": mark, "email": f"{mark}@example.com", "bio": mark, "vertical": vertical}
    made = admin.post("/professionals", told, key="onboard").json()["id"]
    assert everywhere(organization, mark)
    assert admin.delete(f"/professionals/{made}").status_code == 204
    assert everywhere(organization, mark) == []
    assert not User.objects.filter(email_key=blind.email_index(User, told["email"])).exists()
    receipt = admin.get(f"/professionals/{made}/erasure").json()
    assert [str(line.id) for line in lines(made)] == [receipt["id"]]
    (event,) = admin.get("/analytics/events", event_type="professional.deleted").json()["results"]
    assert event["user"] == made
