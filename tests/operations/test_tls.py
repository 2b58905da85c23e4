"""TLS to the database: what a libpq URL says of it reaches the connection, and what goes without it is told of."""

from typing import Any

import pytest
from django.core.checks import registry, run_checks

from authspine.environment import database
from authspine.operations import tls

FAR = "postgresql://web@db.example.com:6432/shop"
VERIFIED = f"{FAR}?sslmode=verify-full&sslrootcert=/etc/ssl/db.pem&sslcert=/etc/ssl/web.pem&sslkey=/etc/ssl/web.key"


def test_a_url_says_how_the_certificate_is_verified() -> None:
    found = database(VERIFIED, "authspine_app")
    assert (found["HOST"], found["PORT"], found["USER"], found["NAME"]) == ("db.example.com", "6432", "web", "shop")
    assert found["OPTIONS"] | {"connect_timeout": 5} == {
        "connect_timeout": 5,
        "sslmode": "verify-full",
        "sslrootcert": "/etc/ssl/db.pem",
        "sslcert": "/etc/ssl/web.pem",
        "sslkey": "/etc/ssl/web.key",
        "options": "-c role=authspine_app",
    }


@pytest.mark.parametrize(
    ("url", "warned"),
    [
        (FAR, True),
        (f"{FAR}?sslmode=require", True),
        (f"{FAR}?sslmode=verify-ca", True),
        (f"{FAR}?sslmode=prefer", True),
        (VERIFIED, False),
        ("postgresql://web@10.0.0.5/shop", True),
        ("postgresql://web@localhost,10.0.0.5/shop", True),
        ("postgresql://web@localhost/shop", False),
        ("postgresql://web@127.0.0.1/shop", False),
        ("postgresql://web@/shop?host=/var/run/postgresql", False),
        ("postgresql:///shop", False),
        ("postgresql://web@/shop?hostaddr=10.0.0.5", True),
        ("postgresql://web@localhost/shop?hostaddr=10.0.0.5", True),
        ("postgresql://web@/shop?hostaddr=127.0.0.1", False),
    ],
)
def test_a_database_far_away_is_reached_by_a_verified_certificate(url: str, warned: bool) -> None:
    told = tls.warnings({"default": database(url, "authspine_app")})
    assert [one.id for one in told] == (["authspine.W001"] if warned else [])


def test_it_is_part_of_the_check_before_a_deployment() -> None:
    def ids(**options: Any) -> set[str | None]:
        return {told.id for told in run_checks(**options)}

    assert "authspine.W001" not in ids(include_deployment_checks=True)  # the tests' own server is on this machine
    before, always = (registry.registry.get_checks(include_deployment_checks=each) for each in (True, False))
    assert "authspine.operations.tls" in {one.__module__ for one in before}
    assert "authspine.operations.tls" not in {one.__module__ for one in always}
