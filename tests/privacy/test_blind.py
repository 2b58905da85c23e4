"""Finding people by what stands for them: the meaning of the search, sealed twice, and nothing said to a stranger."""

import pytest
from django.db import connection
from hypothesis import given, settings
from hypothesis import strategies as st

from authspine.identity.models import Organization
from authspine.kernel.actor import SYSTEM
from authspine.kernel.errors import Invalid
from authspine.kernel.ids import new_id
from authspine.kernel.tenancy import organization_scope
from authspine.kernel.text import digits, search_text, words
from authspine.privacy import blind
from clients import queries
from clients.models import FOUND, Client
from tests.factories import ClientFactory
from tests.fixtures import Maker, new_organization
from tests.rest import Api, refused


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("ana gar", True),
        ("GARCÍA ana", True),
        ("garcia", True),
        ("arcia", False),
        ("ana perez", False),
        ("ana.g", True),
        ("example", True),
        ("ample", False),
        ("0199", True),
        ("170 5550199", False),
        ("+49-170-5550199", True),
        ("5550", False),
        ("x0199", False),
        ("", True),
    ],
)
def test_words_begin_and_numbers_end(organization: Organization, typed: str, found: bool) -> None:
    with organization_scope(organization, SYSTEM):
        ana = ClientFactory(name="Ana García", email="ana.g@example.com", phone="+49 (170) 5550199")
        ClientFactory(name="Ben Perez", email="ben@other.org", phone="")
        shown = set(queries.search(queries.present(), typed))
        assert (ana in shown) == found


def test_more_words_than_anybody_needs_are_refused(organization: Organization) -> None:
    """The plan of sixty numbers takes a quarter of a minute."""
    with organization_scope(organization, SYSTEM):
        ana = ClientFactory(phone="0170 5550199")
        assert list(queries.search(queries.present(), "99 " * 60)) == [ana]
        with pytest.raises(Invalid, match="At most 10"):
            queries.search(queries.present(), " ".join(map(str, range(11))))


def test_too_many_words_are_a_400(api_client: Api) -> None:
    for path in ("/clients", "/professionals"):
        refused(api_client.get(path, search="a b c d e f g h i j k"), 400, "validation_error", "search")


def test_it_finds_in_its_own_organization_alone(organization: Organization, make: Maker) -> None:
    ana = make.client(name="Ana")
    other = Maker(new_organization()).client(name="Ana")
    with organization_scope(organization, SYSTEM):
        assert list(queries.search(queries.present(), "ana")) == [ana]
    with organization_scope(other.organization, SYSTEM), connection.cursor() as cursor:
        cursor.execute(f"SELECT {FOUND}(%s)", [ana.tokens[:1]])
        assert cursor.fetchall() == []
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {FOUND}(%s)", [ana.tokens[:1]])
        assert cursor.fetchall() == []


def test_the_same_person_is_marked_otherwise_elsewhere(make: Maker) -> None:
    mine = make.client(name="Ana", email="ana@example.com", phone="0170")
    theirs = Maker(new_organization()).client(name="Ana", email="ana@example.com", phone="0170")
    assert bytes(mine.email_key) != bytes(theirs.email_key)
    assert not set(mine.tokens) & set(theirs.tokens)


@settings(max_examples=60)
@given(st.text(max_size=30), st.text(alphabet="+0123456789 ()", max_size=14), st.text(max_size=12))
def test_it_means_what_the_clear_text_would(name: str, phone: str, typed: str) -> None:
    """Against the search in clear text that it stands for."""
    organization = _organization()
    with organization_scope(organization, SYSTEM):
        row = ClientFactory(name=name or "x", email=f"{new_id()}@e.de", phone=phone)
        found = Client.objects.filter(id=row.id).filter(blind.matching(Client, FOUND, typed)).exists()
    clear = search_text(row.name, row.email, phone=phone)
    expected = all(f" {word}" in clear or (_is_number(word) and f"{digits(word)}|" in clear) for word in words(typed))
    assert found == expected, (row.name, row.email, phone, typed, clear)


def _is_number(word: str) -> bool:
    return bool(digits(word)) and not any(char.isalpha() for char in word)


_organizations: list[Organization] = []


def _organization() -> Organization:
    if not _organizations:
        _organizations.append(new_organization())
    return _organizations[0]


def test_one_query_by_the_index(organization: Organization) -> None:
    with organization_scope(organization, SYSTEM), connection.cursor() as cursor:
        cursor.execute("SELECT prosrc FROM pg_proc WHERE proname = %s", [FOUND])
        ((source,),) = cursor.fetchall()
        assert "current_setting('app.organization_id', true)" in source
    with connection.cursor() as cursor:
        cursor.execute("SELECT indexdef FROM pg_indexes WHERE indexname = %s", [f"{FOUND}_gin"])
        ((index,),) = cursor.fetchall()
        assert "USING gin (tokens)" in index
