"""What RATE_LIMITS may say."""

import pytest
from django.apps import apps
from django.core.exceptions import ImproperlyConfigured
from pytest_django.fixtures import Settings

from authspine import environment
from authspine.limits.rates import DEFAULTS, limits


def test_each_row_counts_a_caller_an_organization_and_an_address() -> None:
    row = limits()["money"]
    assert {kind: (item.amount, item.get_expiry()) for kind, item in row.items()} == {
        "": (60, 60),
        "organization": (600, 60),
        "address": (300, 60),
    }
    assert limits().keys() == DEFAULTS.keys()


def test_rows_are_changed_by_name() -> None:
    found = limits("login=3/10minutes, every=7/hour")
    assert (found["login"][""].amount, found["login"][""].get_expiry()) == (3, 600)
    assert (found["read"][""].amount, found["read"]["address"].amount) == (7, 35)
    assert found["anonymous"]["address"].amount == 7


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ("reed=1/minute", "there is no limit 'reed'; there are read, "),
        ("read=", "'' is no limit such as 600/minute"),
        ("read", "'' is no limit"),
        ("read=many/minute", "'many/minute' is no limit"),
        ("read=off", "'off' is no limit"),
    ],
)
def test_a_bad_value_is_told(monkeypatch: pytest.MonkeyPatch, told: str, words: str) -> None:
    monkeypatch.setenv("RATE_LIMITS", told)
    with pytest.raises(ImproperlyConfigured, match=f"^RATE_LIMITS: {words}"):
        environment.limits("RATE_LIMITS", may_be_off=True)


def test_limits_are_off_only_where_nobody_else_comes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RATE_LIMITS", "off")
    assert environment.limits("RATE_LIMITS", may_be_off=True) == {}
    with pytest.raises(ImproperlyConfigured, match="RATE_LIMITS=off is for"):
        environment.limits("RATE_LIMITS", may_be_off=False)


def test_networks_are_told_when_they_are_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRUSTED_PROXIES", "10.0.0.1/8")
    with pytest.raises(ImproperlyConfigured, match=r"^TRUSTED_PROXIES must be networks such as 10\.0\.0\.0/8"):
        environment.networks("TRUSTED_PROXIES")


def test_it_is_told_that_limits_are_off(settings: Settings, caplog: pytest.LogCaptureFixture) -> None:
    config = apps.get_app_config("limits")
    config.ready()
    assert not caplog.records
    settings.RATE_LIMITS = {}
    config.ready()
    assert [record.message for record in caplog.records] == [
        "RATE_LIMITS=off: nobody is limited, not even who tries passwords."
    ]
