"""Each column is tagged personal or not; one that nobody has thought of fails, here and in `manage.py check`."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.checks import run_checks
from django.db import models
from django.test.utils import isolate_apps

from authspine.identity.models import User
from authspine.privacy import tagging, tags
from authspine.privacy.fields import EncryptedText
from authspine.privacy.tags import Table
from bookings.models import Booking
from clients.models import Client
from payments.models import RefundRequest
from professionals.models import Professional, TimeOff


def test_every_column_is_tagged() -> None:
    assert list(tagging.faults()) == []


def test_the_tables_of_others_are_tagged_too() -> None:
    labels = {model._meta.label for model in tagging.tables()}
    assert {"admin.LogEntry", "sessions.Session", "procrastinate.ProcrastinateJob", "identity.User_groups"} <= labels


@pytest.fixture
def planted(monkeypatch: pytest.MonkeyPatch) -> Iterator[type[models.Model]]:
    """The only model that there is."""
    with isolate_apps("clients"):

        class Pet(models.Model):
            name = models.CharField(max_length=9)
            secret_name = EncryptedText(max_length=9)
            owner = models.ForeignKey(Client, on_delete=models.PROTECT)

            class Meta:
                app_label = "clients"

    monkeypatch.setattr(tagging, "tables", lambda: [Pet])
    yield Pet
    tagging.of_client.cache_clear()


PET = "clients.Pet"


@pytest.mark.parametrize(
    ("table", "faults"),
    [
        (Table(neutral="name"), []),
        (Table(clear={"name": "called by it"}), []),
        (Table(), [f"{PET}.name must be tagged once, as personal or not."]),
        (Table(neutral="name", hidden="name"), [f"{PET}.name must be tagged once, as personal or not."]),
        (
            Table(neutral="name", clear={"secret_name": "why?"}),
            [f"{PET}.secret_name says by its class what it is: it must not be tagged as well."],
        ),
        (Table(neutral="name colour"), [f"{PET}.colour is tagged and is no column."]),
        (Table(clear={"name": ""}), [f"{PET}.name is personal and not encrypted: say why."]),
    ],
)
def test_a_column_that_nobody_thought_of(
    planted: type[models.Model], monkeypatch: pytest.MonkeyPatch, table: Table, faults: list[str]
) -> None:
    monkeypatch.setattr(tagging, "TABLES", {PET: table})
    assert list(tagging.faults()) == faults


def test_personal_columns_that_no_export_tells_need_a_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tagging, "tables", lambda: [TimeOff])
    label = TimeOff._meta.label
    found = tags.TABLES[label]
    monkeypatch.setattr(tagging, "TABLES", {label: Table(neutral=found.neutral, clear=found.clear)})
    (fault,) = tagging.faults()
    assert fault.startswith(f"{label} has personal columns and leads to no client")


def test_a_table_that_went_is_told_of(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tagging, "TABLES", {**tags.TABLES, "clients.Ghost": Table()})
    assert list(tagging.faults()) == ["clients.Ghost is tagged and is no table."]


def test_no_command_runs_with_an_untagged_column(monkeypatch: pytest.MonkeyPatch) -> None:
    assert not [found for found in run_checks() if found.id == "privacy.E001"]
    monkeypatch.setattr(tagging, "TABLES", {**tags.TABLES, "bookings.Booking": Table()})
    found = [each.msg for each in run_checks() if each.id == "privacy.E001"]
    assert "bookings.Booking.status must be tagged once, as personal or not." in found


@pytest.mark.parametrize(
    ("model", "field", "expected"),
    [
        (Client, "name", tagging.Tag.PERSONAL),
        (Client, "user", tagging.Tag.SUBJECT),
        (Client, "data_key", tagging.Tag.HIDDEN),
        (Client, "created_at", tagging.Tag.NEUTRAL),
        (Booking, "client", tagging.Tag.SUBJECT),
        (Booking, "session", tagging.Tag.NEUTRAL),
        (User, "email", tagging.Tag.PERSONAL),
        (Professional, "license", tagging.Tag.PERSONAL),
    ],
)
def test_what_a_column_is(model: Any, field: str, expected: tagging.Tag) -> None:
    assert tagging.tag(model, model._meta.get_field(field)) is expected


def test_an_untagged_column_is_nothing(planted: type[models.Model]) -> None:
    with pytest.raises(tagging.Untagged, match=r"clients\.Pet\.name"):
        tagging.tag(planted, planted._meta.get_field("name"))


def test_how_a_row_leads_to_its_client(planted: type[models.Model]) -> None:
    """Whatever refers to a client, or to what refers to one, without being named anywhere."""
    assert tagging.of_client(planted) == "owner"
    assert tagging.is_told(planted)
    assert tagging.of_client(RefundRequest) == "intent__booking__client"
    assert tagging.of_client(Professional) == ""
