"""Where a request comes from: what a stranger says of it counts for nothing."""

import os
import subprocess
import sys
from typing import Any

import pytest
from django.test import Client, RequestFactory
from pytest_django.fixtures import Settings

from authspine.api.address import client_address, counted_as, forget_forwarded
from authspine.environment import networks

CLIENT, OTHER, PROXY, SECOND = "203.0.113.7", "198.51.100.9", "10.0.0.1", "10.0.0.2"


@pytest.fixture
def trusted(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Any:
    def trust(*told: str) -> None:
        monkeypatch.setenv("TRUSTED_PROXIES", ",".join(told))
        settings.TRUSTED_PROXIES = networks("TRUSTED_PROXIES")

    return trust


def seen(peer: str, *forwarded: str) -> str:
    sent: dict[str, Any] = {"HTTP_X_FORWARDED_FOR": ", ".join(forwarded)} if forwarded else {}
    return client_address(RequestFactory().get("/", REMOTE_ADDR=peer, **sent))


@pytest.mark.parametrize(
    ("peer", "forwarded", "address"),
    [
        (CLIENT, [], CLIENT),
        (CLIENT, [OTHER], CLIENT),  # a stranger, who says so
        (PROXY, [], PROXY),
        (PROXY, [CLIENT], CLIENT),
        (PROXY, [OTHER, CLIENT], CLIENT),  # all but the last are the client's to write
        (PROXY, [OTHER, CLIENT, SECOND], CLIENT),
        (PROXY, [SECOND], SECOND),
        (PROXY, [f"{CLIENT}:4711"], CLIENT),
        (PROXY, ["[2001:db8::1]:4711"], "2001:db8::1"),
        (PROXY, [f"::ffff:{CLIENT}"], CLIENT),
        (f"::ffff:{PROXY}", [CLIENT], CLIENT),
        (PROXY, [OTHER, "unknown"], PROXY),  # behind what is no address everything may be made up
        (PROXY, [OTHER, "", SECOND], SECOND),
        (PROXY, ["9" * 5000], PROXY),
        ("", [CLIENT], ""),
        ("nonsense", [CLIENT], ""),
    ],
)
def test_e22_only_a_proxy_of_ours_names_another(trusted: Any, peer: str, forwarded: list[str], address: str) -> None:
    """(E22)"""
    trusted("10.0.0.0/24", "::1/128")
    assert seen(peer, *forwarded) == address


def test_a_socket_is_believed_where_it_is_named(trusted: Any) -> None:
    trusted("unix")
    assert seen("", CLIENT) == CLIENT
    assert seen(PROXY, CLIENT) == PROXY


def test_nobody_is_trusted_by_default() -> None:
    assert seen("127.0.0.1", CLIENT) == "127.0.0.1"


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        (CLIENT, CLIENT),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:DB8:1:2::", "2001:db8:1:2::/64"),
        (f"::ffff:{CLIENT}", CLIENT),
        ("fe80::1%eth0", "fe80::/64"),
        ("", ""),
    ],
)
def test_e23_of_ipv6_the_network_is_counted(address: str, counted: str) -> None:
    """(E23)"""
    assert counted_as(address) == counted


def test_what_strangers_forward_is_not_there(trusted: Any) -> None:
    trusted(PROXY)
    told = {"HTTP_X_FORWARDED_PROTO": "http, https", "HTTP_X_FORWARDED_HOST": "evil.example", "HTTP_FORWARDED": "x"}
    by_stranger, by_proxy = {"REMOTE_ADDR": CLIENT, **told}, {"REMOTE_ADDR": PROXY, **told}
    forget_forwarded(by_stranger)
    forget_forwarded(by_proxy)
    assert by_stranger == {"REMOTE_ADDR": CLIENT}
    # The proxy adds to what the client has written.
    assert by_proxy == {"REMOTE_ADDR": PROXY, **told, "HTTP_X_FORWARDED_PROTO": "https"}


@pytest.mark.parametrize(("peer", "status"), [(CLIENT, 301), (PROXY, 200)])
def test_https_is_believed_from_a_proxy_alone(settings: Settings, trusted: Any, peer: str, status: int) -> None:
    trusted(PROXY)
    settings.SECURE_SSL_REDIRECT = True
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    got = Client().get("/api/platform/schema", REMOTE_ADDR=peer, HTTP_X_FORWARDED_PROTO="https")
    assert got.status_code == status


def test_to_believe_a_proxy_one_must_name_it() -> None:
    started = [sys.executable, "-c", "import authspine.settings"]
    told = os.environ | {"BEHIND_PROXY": "1"}
    done = subprocess.run(started, env=told, capture_output=True, text=True, check=False)
    assert "BEHIND_PROXY=1 needs TRUSTED_PROXIES" in done.stderr
    assert subprocess.run(started, env=told | {"TRUSTED_PROXIES": "10.0.0.0/8,unix"}, check=False).returncode == 0
