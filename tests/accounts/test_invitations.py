"""Inviting tells whoever is invited, and nobody else anything; a login that exists is let be (E18)."""

import re
import uuid
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.conf import settings
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from authspine.accounts import mail as accounts_mail
from authspine.identity import actions as identity_actions
from authspine.identity.models import Membership, Organization, User
from tests.accounts.mails import link_in, sent_to
from tests.accounts.test_enumeration import shapes, unknown
from tests.admin.office import member, new_user, page, said, signed_in
from tests.fixtures import new_organization
from tests.sessions import password_step, second_factors, with_app, with_password

XSS = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    '<a href="https://evil.example/">Studio</a>',
    "javascript:alert(1)",
    "{{ link }}{% debug %}",
]


@pytest.fixture
def inviting(owner: User, organization: Organization) -> Client:
    return signed_in(owner, organization)


def invite(browser: Client, email: str, role: str = "staff") -> Any:
    return browser.post(page(Membership, "add"), {"email": email, "role": role}, follow=True)


def test_who_is_invited_sets_a_password_and_signs_in(inviting: Client, organization: Organization) -> None:
    email = unknown()
    assert invite(inviting, email).status_code == 200
    user = User.objects.get_by_natural_key(email)
    assert not user.has_usable_password()
    (message,) = sent_to(user)
    assert message.to == [email]
    assert organization.name in message.body
    browser = Client()
    address = browser.get(link_in(message), follow=True).request["PATH_INFO"]
    browser.post(address, {"password1": "a long enough word", "password2": "a long enough word"})
    # The address was shown to be theirs by the link.
    assert password_step(browser, email).headers["Location"] == "/admin/"
    assert browser.get("/admin/").status_code == 200


def test_e18_inviting_a_login_that_exists_changes_nothing_of_it(inviting: Client, organization: Organization) -> None:
    theirs = new_organization()
    user = with_password(member(theirs, "owner"))
    with_app(user)
    before = User.objects.filter(id=user.id).values().get(), second_factors(user)
    invite(inviting, user.email.upper(), "readonly")
    assert (User.objects.filter(id=user.id).values().get(), second_factors(user)) == before
    assert {(place.organization_id, place.role) for place in user.memberships.all()} == {
        (theirs.id, "owner"),
        (organization.id, "readonly"),
    }
    (message,) = sent_to(user)
    assert "set a password" not in message.body
    assert password_step(Client(), user.email).status_code == 302


@pytest.mark.parametrize("has", ["owner", "staff"])
def test_e18_inviting_a_member_changes_no_role(organization: Organization, owner: User, has: str) -> None:
    """An admin who is no owner takes no owner's role away either."""
    theirs = member(organization, has)
    admin = signed_in(member(organization, "admin"), organization)
    assert "They are a member already" in invite(admin, theirs.email, "readonly").content.decode()
    assert theirs.memberships.get().role == has


def test_e18_the_inviter_does_not_learn_whether_there_was_a_login(inviting: Client) -> None:
    told, ran = [], []
    invite(inviting, unknown())  # what is looked up once in a process is known afterwards
    for email in (with_password(member(new_organization(), "owner")).email, unknown()):
        with CaptureQueriesContext(connection) as statements:
            response = invite(inviting, email)
        ran.append(shapes(statements))
        row = re.findall(r"<tr.*?</tr>", response.content.decode(), re.DOTALL)[1]
        seen = [words for _, words in said(response)] + [re.sub(r"<time.*?</time>|\s+", " ", row)]
        told.append([re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}", "", words.replace(email, "")) for words in seen])
    assert told[0] == told[1]
    assert ran[0] == ran[1]


@pytest.mark.parametrize(
    "typed", ["Ana.{}@Example.com", "ana.{}@example.com", " ANA.{}@EXAMPLE.COM ", "ana.{}@ｅxample.com"]
)
@pytest.mark.parametrize("kept", ["aNA.{}@example.COM", ""])
def test_e18_the_inviter_does_not_learn_how_somebody_else_spells_it(inviting: Client, kept: str, typed: str) -> None:
    """Whether there is a login or not, the address that is shown is the one that was typed, in small letters."""
    mark = uuid.uuid4().hex
    if kept:
        identity_actions.login_for(kept.format(mark))
    shown = invite(inviting, typed.format(mark)).content.decode()
    assert {found for found in re.findall(r"[^\s<>“”\"]*@[^\s<>“”\"]*", shown, re.IGNORECASE) if mark in found} == {
        f"ana.{mark}@example.com"
    }


def test_e18_there_is_no_page_to_sign_up() -> None:
    for address in ("/accounts/signup", "/accounts/signup/", "/accounts/register"):
        assert Client().get(address).status_code == 404
        assert Client().post(address, {"email": unknown()}).status_code == 404


@pytest.mark.parametrize("name", ["Ana\r\nBcc: all@example.net", "Ana\nSubject: x"])
def test_d14_a_name_becomes_no_header(inviting: Client, organization: Organization, name: str) -> None:
    Organization.objects.filter(id=organization.id).update(name=name)
    email = unknown()
    invite(inviting, email)
    (message,) = sent_to(User.objects.get_by_natural_key(email))
    sent = message.message()
    assert sent["Bcc"] is None
    assert sent["To"] == email
    assert "\n" not in sent["Subject"]


@pytest.mark.parametrize("name", XSS)
def test_d12_a_name_in_a_mail_is_text_and_nothing_that_runs(
    inviting: Client, organization: Organization, name: str
) -> None:
    """As it was typed, in the one part of a mail that no program shows as a page; its links are ours all the same."""
    Organization.objects.filter(id=organization.id).update(name=name)
    email = unknown()
    invite(inviting, email)
    user = User.objects.get_by_natural_key(email)
    (invitation,) = sent_to(user)
    accounts_mail.send_reset(user)
    accounts_mail.send_verification(user)
    assert f"You belong to {name} now" in invitation.body
    messages = invitation, *mail.outbox[-2:]
    assert len({message.subject for message in messages}) == 3
    for message in messages:
        sent = message.message()
        assert (sent.get_content_type(), sent.is_multipart()) == ("text/plain", False)
        assert name not in str(sent["Subject"])
        links = re.findall(r"https?://[^\s]+", message.body.replace(name, ""))
        assert links
        assert {link.startswith(settings.PUBLIC_URL) for link in links} == {True}


@pytest.mark.parametrize("email", ["a@example.com\r\nBcc: all@example.com", "a@example.com\nx", "a b@example.com"])
def test_d14_an_address_with_a_line_break_is_refused(inviting: Client, email: str) -> None:
    before = User.objects.count()
    assert invite(inviting, email).context["adminform"].form.errors["email"]
    assert User.objects.count() == before


@pytest.mark.parametrize("elsewhere", [False, True])
def test_a_member_who_goes_takes_along_what_signed_them_in(organization: Organization, elsewhere: bool) -> None:
    """Unless they belong to somebody else, too: then nothing of it goes."""
    user = with_password(new_user(is_staff=False))
    with_app(user)
    if elsewhere:
        identity_actions.add_member(new_organization(), user, role="staff", by="owner")
    identity_actions.remove_member(
        identity_actions.add_member(organization, user, role="admin", by="owner"), by="owner"
    )
    assert User.objects.filter(id=user.id).exists() is elsewhere
    assert second_factors(user) == ({"totp"} if elsewhere else set())
    assert EmailAddress.objects.filter(user_id=user.id).exists() is elsewhere
