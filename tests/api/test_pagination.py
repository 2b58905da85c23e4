"""Pages by cursor: every row once, whatever comes and goes; a cursor cannot be made up."""

import base64
import string
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from authspine.identity.models import Organization
from authspine.kernel.actor import SYSTEM
from authspine.kernel.tenancy import organization_scope
from clients.models import Client
from tests.factories import ClientFactory
from tests.fixtures import Maker
from tests.rest import Api, refused


@pytest.fixture
def eleven(organization: Organization) -> list[str]:
    """The ids of eleven clients, newest first. Four of them came at the same instant."""
    with organization_scope(organization, SYSTEM):
        made = ClientFactory.create_batch(11)
        Client.objects.filter(id__in=[client.id for client in made[3:7]]).update(created_at=made[3].created_at)
        return [str(client.id) for client in Client.objects.order_by("-created_at", "-id")]


def ids(page: Any) -> list[str]:
    return [row["id"] for row in page["results"]]


def cursor(api: Api) -> str:
    """The place of the newest client."""
    return parse_qs(urlsplit(api.get("/clients", limit=1).json()["next"]).query)["cursor"][0]


def walk(api: Api, path: str, direction: str = "next", **query: Any) -> list[dict[str, Any]]:
    pages = [api.get(path, **query).json()]
    while url := pages[-1][direction]:
        pages.append(api.follow(url).json())
    return pages


@pytest.mark.parametrize("limit", [1, 2, 3, 5, 10, 11, 12])
def test_forward_every_row_stands_once_in_order(api_client: Api, eleven: list[str], limit: int) -> None:
    pages = walk(api_client, "/clients", limit=limit)
    assert [row for page in pages for row in ids(page)] == eleven
    assert {len(ids(page)) for page in pages[:-1]} <= {limit}


@pytest.mark.parametrize("limit", [1, 2, 4, 5])
def test_backward_gives_the_same_pages(api_client: Api, eleven: list[str], limit: int) -> None:
    last = walk(api_client, "/clients", limit=limit)[-1]
    rows = ids(last)
    while url := last["previous"]:
        last = api_client.follow(url).json()
        rows = ids(last) + rows
    assert rows == eleven


def test_the_ends_have_no_neighbours(api_client: Api, eleven: list[str]) -> None:
    first = api_client.get("/clients", limit=6).json()
    assert first["previous"] is None
    second = api_client.follow(first["next"]).json()
    assert second["next"] is None
    again = api_client.follow(second["previous"]).json()
    assert again["previous"] is None
    assert ids(again) == ids(first)
    assert ids(api_client.follow(again["next"]).json()) == ids(second)


def test_an_empty_list(api_client: Api) -> None:
    assert api_client.get("/clients").json() == {"next": None, "previous": None, "results": []}


def test_rows_that_come_and_go_disturb_no_page(api_client: Api, make: Maker, eleven: list[str]) -> None:
    first = api_client.get("/clients", limit=4).json()
    make.client()
    api_client.delete(f"/clients/{eleven[3]}")  # the row that the cursor was made of
    api_client.delete(f"/clients/{eleven[5]}")
    rest = walk(api_client, "/clients" + first["next"].partition("/clients")[2])
    assert [row for page in rest for row in ids(page)] == [eleven[4], *eleven[6:]]


def test_the_default_is_fifty_and_two_hundred_the_most(organization: Organization, api_client: Api) -> None:
    with organization_scope(organization, SYSTEM):
        user = ClientFactory().user
        Client.objects.bulk_create(
            Client(user=user, name=str(n), email=f"{n}@b.de", email_key=str(n).encode()) for n in range(210)
        )
    assert len(ids(api_client.get("/clients").json())) == 50
    assert len(ids(api_client.get("/clients", limit=200).json())) == 200


def test_links_keep_the_filters(api_client: Api, make: Maker) -> None:
    for name in ("Ana One", "Ana Two", "Bob Four", "Ana Three"):
        make.client(name=name, email=f"{name[4:]}@example.com")
    pages = walk(api_client, "/clients", search="ana", limit=1)
    names = [row["name"] for page in pages for row in page["results"]]
    assert names == ["Ana Three", "Ana Two", "Ana One"]


@pytest.mark.parametrize("limit", ["0", "201", "-1", "1e2", "٣", "5 ", "+5", "1000000000", "5.0", "", "x", "0x10"])
def test_a_limit_is_a_plain_number_of_reason(api_client: Api, limit: str) -> None:
    """(D15)"""
    refused(api_client.get("/clients", limit=limit), 400, "validation_error", "limit")


@pytest.mark.parametrize("cursor", ["", "x", "a:b", "W10:x", "é", "x" * 10_000])
def test_a_cursor_cannot_be_made_up(api_client: Api, cursor: str) -> None:
    refused(api_client.get("/clients", cursor=cursor), 400, "validation_error", "cursor")


def test_a_cursor_cannot_be_bent(api_client: Api, eleven: list[str]) -> None:
    whole = cursor(api_client)
    assert api_client.get("/clients", cursor=whole).status_code == 200
    ends = [whole[:-1] + last for last in string.ascii_letters if last != whole[-1]]
    for bent in (f"{whole}A", f"{whole}=", f"{whole[:9]}:{whole[9:]}", whole[:-1], whole[1:], whole[::-1], *ends):
        refused(api_client.get("/clients", cursor=bent), 400, "validation_error", "cursor")


def test_a_cursor_tells_nothing_of_its_row(api_client: Api, eleven: list[str]) -> None:
    """Whoever reads how the ids of a log rise that all share knows how much the others write."""
    sealed = base64.urlsafe_b64decode(cursor(api_client) + "===")
    made = api_client.get(f"/clients/{eleven[0]}").json()["created_at"]
    assert not [told for told in (eleven[0], made[:10]) if told.encode() in sealed]


def test_a_cursor_belongs_to_its_list(api_client: Api, eleven: list[str]) -> None:
    foreign = api_client.get("/clients", limit=1).json()["next"].replace("/clients?", "/services?")
    refused(api_client.follow(foreign), 400, "validation_error", "cursor")


def test_offsets_and_page_sizes_do_not_exist(api_client: Api) -> None:
    """(D15)"""
    response = api_client.get("/clients", page_size="1000000000", offset="1000000000000")
    refused(response, 400, "validation_error", "page_size", "offset")
