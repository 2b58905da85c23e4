"""A business is never without an owner, and only owners make owners."""

import threading
from typing import Any

import pytest
from django.db import connection

from authspine.identity import actions as identity_actions
from authspine.identity.errors import LastOwner, OwnersOnly
from authspine.identity.models import Membership, Organization, User
from authspine.identity.rules import check_owner
from authspine.kernel.ids import new_id
from tests.admin.office import member, page, said, signed_in
from tests.fixtures import new_organization


def owner(organization: Organization) -> Membership:
    user = User.objects.create_user(f"{new_id().hex}@example.com")
    return identity_actions.add_member(organization, user, role="owner")


def owners(organization: Organization) -> int:
    return Membership.objects.filter(organization=organization, role="owner").count()


def test_the_last_owner_stays(organization: Organization) -> None:
    last = owner(organization)
    with pytest.raises(LastOwner):
        identity_actions.remove_member(last)
    with pytest.raises(LastOwner):
        identity_actions.add_member(organization, last.user, role="admin")
    assert owners(organization) == 1
    second = owner(organization)
    identity_actions.remove_member(last)
    assert list(Membership.objects.filter(organization=organization, role="owner")) == [second]


def test_another_organizations_owner_does_not_count(organization: Organization) -> None:
    last = owner(organization)
    owner(new_organization())
    with pytest.raises(LastOwner):
        identity_actions.remove_member(last)


def test_two_owners_who_leave_at_once_are_not_both_let_go(organization: Organization) -> None:
    both, gate, refused = [owner(organization), owner(organization)], threading.Barrier(2), []

    def leave(membership: Membership) -> None:
        gate.wait()
        try:
            identity_actions.remove_member(membership)
        except LastOwner:
            refused.append(membership)
        finally:
            connection.close()

    threads = [threading.Thread(target=leave, args=[one]) for one in both]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (owners(organization), len(refused)) == (1, 1)


@pytest.mark.parametrize("who", ["admin", "admin key", "staff", "", None])
def test_only_an_owner_makes_owners(who: Any) -> None:
    with pytest.raises(OwnersOnly):
        check_owner(who, "owner")
    check_owner(who, "staff", "admin")
    check_owner("owner", "owner")


def test_an_admin_neither_makes_nor_removes_an_owner_on_the_page(organization: Organization) -> None:
    first, second = owner(organization), owner(organization)
    admin = signed_in(member(organization, "admin"))
    made = admin.post(page(Membership, "add"), {"email": "new@example.com", "role": "owner"})
    assert "Only an owner" in made.content.decode()
    changed = admin.post(page(Membership, "change", first.id), {"role": "staff"})
    assert "Only an owner" in changed.content.decode()
    gone = admin.post(page(Membership, "delete", second.id), {"post": "yes"}, follow=True)
    assert any("Only an owner" in text for _, text in said(gone))
    assert owners(organization) == 2
    assert (
        signed_in(member(organization, "owner"))
        .post(page(Membership, "change", first.id), {"role": "staff"})
        .status_code
        == 302
    )
    assert owners(organization) == 2


def test_what_a_member_is_counts_when_it_is_changed(organization: Organization) -> None:
    """Not what they were when the page was read: they may have become an owner since."""
    owner(organization)
    stale = Membership.objects.get(user=member(organization, "staff"))
    identity_actions.add_member(organization, stale.user, role="owner")
    with pytest.raises(OwnersOnly):
        identity_actions.add_member(organization, stale.user, role="readonly", by="admin")
    with pytest.raises(OwnersOnly):
        identity_actions.remove_member(stale, by="admin")
    assert Membership.objects.get(id=stale.id).role == "owner"


def test_the_last_owner_is_told_so_on_the_page(organization: Organization) -> None:
    user = member(organization, "owner")
    last = Membership.objects.get(user=user)
    answer = signed_in(user).post(page(Membership, "change", last.id), {"role": "staff"})
    assert "never without an owner" in answer.content.decode()
    assert owners(organization) == 1
