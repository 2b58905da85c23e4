"""The two guards of a tenant's rows, each taken away in turn (E4): the other one has to be enough alone."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import connections, models

from authspine.kernel.models import TenantManager
from authspine.kernel.prepared import Prepared

GUARDS = ("both guards", "policies alone", "filters alone")

# All tables at once, and only those that have policies: the owner's own switch.
_SWITCH = """
DO $$ DECLARE found regclass; BEGIN
  FOR found IN SELECT DISTINCT polrelid::regclass FROM pg_policy LOOP
    EXECUTE format('ALTER TABLE %s {} ROW LEVEL SECURITY', found);
  END LOOP;
END $$
"""


@pytest.fixture(params=GUARDS)
def guards(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A test that asks for this runs three times: as the product is, and with either guard alone."""
    if request.param == "policies alone":
        take_the_filter_away(monkeypatch)
    if request.param != "filters alone":
        yield request.param
        return
    with policies_off():
        yield request.param


def take_the_filter_away(monkeypatch: pytest.MonkeyPatch) -> None:
    """Managers give the rows of every organization."""
    monkeypatch.setattr(TenantManager, "get_queryset", models.Manager.get_queryset)
    # Statements that were made once have the filter in them: for now they are made anew each time.
    monkeypatch.setattr(Prepared, "_made", property(vars(Prepared)["_made"].func))


@contextmanager
def policies_off() -> Iterator[None]:
    """Within, the database shows every row to everybody: the owner has switched row-level security off."""
    _switch("DISABLE")
    try:
        yield
    finally:
        _switch("ENABLE")


def _switch(word: str) -> None:
    with connections["owner"].cursor() as cursor:
        cursor.execute(_SWITCH.format(word))
