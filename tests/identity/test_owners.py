"""A business is never without an owner, and only owners make owners."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from typing import Any

import pytest
from django.db import IntegrityError, connection, connections, transaction

from authspine.api.errors import as_platform_error, status_of
from authspine.identity import actions as identity_actions
from authspine.identity.constraints import LAST_OWNER
from authspine.identity.errors import LastOwner, OwnersOnly
from authspine.identity.models import Membership, Organization, User
from authspine.identity.rules import check_owner
from authspine.kernel.ids import new_id
from tests.admin.office import member, page, said, signed_in
from tests.fixtures import new_organization


def owner(organization: Organization) -> Membership:
    user = User.objects.create_user(f"{new_id().hex}@example.com")
    return identity_actions.add_member(organization, user, role="owner", by="owner")


def owners(organization: Organization) -> int:
    return Membership.objects.filter(organization=organization, role="owner").count()


def test_the_last_owner_stays(organization: Organization) -> None:
    last = owner(organization)
    with pytest.raises(LastOwner):
        identity_actions.remove_member(last, by="owner")
    with pytest.raises(LastOwner):
        identity_actions.add_member(organization, last.user, role="admin", by="owner")
    assert owners(organization) == 1
    second = owner(organization)
    identity_actions.remove_member(last, by="owner")
    assert list(Membership.objects.filter(organization=organization, role="owner")) == [second]


def test_another_organizations_owner_does_not_count(organization: Organization) -> None:
    last = owner(organization)
    owner(new_organization())
    with pytest.raises(LastOwner):
        identity_actions.remove_member(last, by="owner")


def at_once(both: list[Membership], leave: Callable[[Membership], Any]) -> int:
    """Both leave, each in a thread of their own; how many are refused."""
    refused = []

    def run(membership: Membership) -> None:
        try:
            leave(membership)
        except (LastOwner, IntegrityError):
            refused.append(membership)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[one]) for one in both]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return len(refused)


def test_two_owners_who_leave_at_once_are_not_both_let_go(organization: Organization) -> None:
    gate = threading.Barrier(2)

    def leave(membership: Membership) -> None:
        gate.wait(20)
        identity_actions.remove_member(membership, by="owner")

    assert at_once([owner(organization), owner(organization)], leave) == 1
    assert owners(organization) == 1


def moved(last: Membership) -> None:
    Membership.objects.filter(id=last.id).update(organization=new_organization())


def switched_off_and_gone(last: Membership) -> None:
    """In one transaction: what the login is when it commits is not what it was."""
    with transaction.atomic():
        switched_off(last)
        gone(last)


PAST_THE_ACTION: dict[str, Callable[[Membership], Any]] = {
    "another role": lambda last: Membership.objects.filter(id=last.id).update(role="admin"),
    "a role in another organization": moved,
    "no role": lambda last: Membership.objects.filter(id=last.id).delete(),
    "no login": lambda last: last.user.delete(),
    "no active login": lambda last: User.objects.filter(id=last.user_id).update(is_active=False),
    "no active login, and no role": switched_off_and_gone,
    "somebody who may not sign in": lambda last: Membership.objects.filter(id=last.id).update(user=inactive()),
}


def inactive() -> User:
    return User.objects.create_user(f"{new_id().hex}@example.com", is_active=False)


@pytest.mark.parametrize("write", PAST_THE_ACTION.values(), ids=PAST_THE_ACTION)
def test_no_write_takes_the_last_owner_away(organization: Organization, write: Callable[[Membership], Any]) -> None:
    """Nor does one that goes past the action: `identity_membership_last_owner`, asked at the commit."""
    last = owner(organization)
    with pytest.raises(IntegrityError, match=LAST_OWNER) as refused:
        write(last)
    error = as_platform_error(refused.value)
    assert isinstance(error, LastOwner)
    assert status_of(error) == 409
    owner(organization)
    write(last)
    assert owners(organization) >= 1


def test_an_owner_may_be_followed_by_another_in_one_transaction(organization: Organization) -> None:
    last = owner(organization)
    with transaction.atomic():
        last.delete()
        new = owner(organization)
    assert list(Membership.objects.filter(organization=organization)) == [new]


def test_who_may_not_sign_in_is_no_owner_who_is_left(organization: Organization) -> None:
    last, other = owner(organization), owner(organization)
    identity_actions.deactivate(other.user)
    for leave in (lambda: identity_actions.remove_member(last, by="owner"), lambda: deactivate(last)):
        with pytest.raises(LastOwner):
            leave()
    identity_actions.remove_member(other, by="owner")


def deactivate(membership: Membership) -> None:
    identity_actions.deactivate(membership.user)


def switched_off(membership: Membership) -> None:
    User.objects.filter(id=membership.user_id).update(is_active=False)


def gone(membership: Membership) -> None:
    Membership.objects.filter(id=membership.id).delete()


@pytest.mark.parametrize("how", [switched_off, gone])
def test_nor_do_two_at_once_in_whatever_way(organization: Organization, how: Callable[[Membership], Any]) -> None:
    """Each sees the other one as long as both are at it: the second waits at its commit, and looks again."""
    gate = threading.Barrier(2)

    def leave(membership: Membership) -> None:
        with transaction.atomic():
            how(membership)
            gate.wait(20)

    assert at_once([owner(organization), owner(organization)], leave) == 1


@contextmanager
def without_the_lock() -> Iterator[None]:
    """The control: whoever leaves looks, and waits for nobody."""
    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT pg_get_functiondef(%s::regproc)", [LAST_OWNER])
        (restore,) = cursor.fetchone()
        assert "FOR NO KEY UPDATE" in restore
        cursor.execute(restore.replace("FOR NO KEY UPDATE", ""))
        try:
            yield
        finally:
            cursor.execute(restore)


@pytest.mark.parametrize("how", [switched_off, gone])
def test_control_without_the_lock_both_are_let_go(organization: Organization, how: Callable[[Membership], Any]) -> None:
    both, meeting = [owner(organization), owner(organization)], threading.Barrier(2)

    def leave(membership: Membership) -> None:
        with transaction.atomic():
            with identity_actions.keeping_owners():
                how(membership)
            meeting.wait(20)  # both have looked before either commits: the window of the race, held open

    with without_the_lock():
        assert at_once(both, leave) == 0
    assert not Membership.objects.filter(organization=organization, role="owner", user__is_active=True).exists()


def again(membership: Membership) -> None:
    identity_actions.add_member(membership.organization, membership.user, role="owner", by="owner")


def demoted(membership: Membership) -> None:
    identity_actions.add_member(membership.organization, membership.user, role="admin", by="owner")


def removed(membership: Membership) -> None:
    identity_actions.remove_member(membership, by="owner")


@pytest.mark.parametrize("change", [again, demoted, removed, gone])
def test_who_could_not_sign_in_anyhow_takes_no_owner_away(
    organization: Organization, change: Callable[[Membership], Any]
) -> None:
    """What is left without an owner was without one before."""
    change(identity_actions.add_member(organization, inactive(), role="owner", by="owner"))


def test_an_organization_without_an_owner_may_be_changed(organization: Organization) -> None:
    """Such as one that programs alone use."""
    staff = identity_actions.add_member(organization, inactive(), role="staff", by="owner")
    identity_actions.remove_member(staff, by="owner")


def test_one_that_goes_as_a_whole_takes_its_owners_along() -> None:
    gone = Organization.objects.create(name="Gone", slug=f"gone-{new_id().hex}")
    last = owner(gone)
    gone.delete()
    assert not Membership.objects.filter(id=last.id).exists()


def test_a_superuser_is_told_whose_last_owner_they_would_switch_off(organization: Organization) -> None:
    last, browser = owner(organization), signed_in(superuser(), organization)
    answer = browser.post(page(User, "change", last.user_id), {"email": last.user.email})
    assert "never without an owner" in answer.content.decode()
    chosen = {"action": "deactivate_selected", "_selected_action": [str(last.user_id)]}
    answer = browser.post(page(User, "changelist"), chosen, follow=True)
    assert any("never without an owner" in text for _, text in said(answer))
    last.user.refresh_from_db()
    assert last.user.is_active


def test_what_is_refused_at_the_commit_is_no_fault_of_ours(
    organization: Organization, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The page was made by then, so that nothing can be said on it."""
    last, browser = owner(organization), signed_in(superuser(), organization)
    browser.raise_request_exception = False
    monkeypatch.setattr(identity_actions, "keeping_owners", nullcontext)
    answer = browser.post(page(User, "change", last.user_id), {"email": last.user.email})
    assert answer.status_code == 409
    assert "never without an owner" in answer.content.decode()


def superuser() -> User:
    return User.objects.create_superuser(f"{new_id().hex}@example.com")


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
    identity_actions.add_member(organization, stale.user, role="owner", by="owner")
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
