"""Strict fields: each takes one spelling of a value. A spelling that is refused names why by a code."""

from datetime import UTC, date, datetime
from typing import Any

import jsonschema
import pytest
from rest_framework.serializers import ValidationError

from authspine.api import fields
from authspine.api.serializers import StrictSerializer
from authspine.kernel.money import Money


def fault(field: fields.StrictField, value: Any) -> str:
    """The code under which the field refuses this value."""
    with pytest.raises(ValidationError) as refusal:
        field.run_validation(value)
    detail: Any = refusal.value.detail
    return str(detail[0].code)


NUMBERS = [
    (True, "not_an_integer"),
    ("1", "not_an_integer"),
    (1.0, "not_an_integer"),
    (1e308, "not_an_integer"),
    ([1], "not_an_integer"),
    ({}, "not_an_integer"),
    (None, "null"),
    (-1, "out_of_range"),
    (2**31, "out_of_range"),
    (2**63, "out_of_range"),
    (10**300, "out_of_range"),
]


@pytest.mark.parametrize(("value", "code"), NUMBERS)
def test_a_whole_number_is_a_json_integer_within_bounds(value: Any, code: str) -> None:
    assert fault(fields.WholeNumberField(), value) == code


def test_whole_numbers_at_their_bounds() -> None:
    field = fields.WholeNumberField(least=1, most=5)
    assert [field.run_validation(n) for n in (1, 5)] == [1, 5]
    assert [fault(field, n) for n in (0, 6)] == ["out_of_range"] * 2


@pytest.mark.parametrize("value", [1, 0, "true", "yes", None, [], 1.0])
def test_a_flag_is_true_or_false(value: Any) -> None:
    assert fault(fields.FlagField(), value) in ("not_a_boolean", "null")
    assert fields.FlagField().run_validation(True) is True


MONEY: list[tuple[Any, str]] = [
    ({"amount_cents": -1, "currency": "USD"}, "out_of_range"),
    ({"amount_cents": 10**10, "currency": "USD"}, "out_of_range"),
    ({"amount_cents": 2**63, "currency": "USD"}, "out_of_range"),
    ({"amount_cents": 0.001, "currency": "USD"}, "invalid_money"),
    ({"amount_cents": 1e-7, "currency": "USD"}, "invalid_money"),
    ({"amount_cents": 1050.0, "currency": "JPY"}, "invalid_money"),
    ({"amount_cents": "7500", "currency": "USD"}, "invalid_money"),
    ({"amount_cents": True, "currency": "USD"}, "invalid_money"),
    ({"amount_cents": None, "currency": "USD"}, "invalid_money"),
    ({"amount_cents": 7500, "currency": "usd"}, "invalid_money"),
    ({"amount_cents": 7500, "currency": "XXX"}, "invalid_money"),
    ({"amount_cents": 7500, "currency": "US"}, "invalid_money"),
    ({"amount_cents": 7500, "currency": ["USD"]}, "invalid_money"),
    ({"amount_cents": 7500}, "invalid_money"),
    ({"currency": "USD"}, "invalid_money"),
    ({"amount_cents": 7500, "currency": "USD", "note": 1}, "invalid_money"),
    (7500, "invalid_money"),
    ("75.00", "invalid_money"),
    ([], "invalid_money"),
]


@pytest.mark.parametrize(("value", "code"), MONEY)
def test_money_is_whole_minor_units_of_a_currency(value: Any, code: str) -> None:
    assert fault(fields.MoneyField(), value) == code


def test_money_may_be_nothing_unless_more_is_asked_for() -> None:
    nothing = {"amount_cents": 0, "currency": "JPY"}
    assert fields.MoneyField().run_validation(nothing) == Money(0, "JPY")
    assert fault(fields.MoneyField(least=1), nothing) == "out_of_range"


@pytest.mark.parametrize(
    "value",
    [
        "2026-12-01T09:30:00",
        "2026-12-01",
        "2026-12-01T24:00:00Z",
        "2026-12-01T23:59:60Z",
        "2026-02-30T09:00:00Z",
        "2026-12-01T09:30:00+25:00",
        "2026-12-01T09:30:00 Europe/Berlin",
        "9999-12-31T23:59:59Z",
        "0001-01-01T00:00:00Z",
        "٢٠٢٦-12-01T09:30:00Z",
        "nonsense",
        "",
        1764579000,
        True,
        None,
        [],
    ],
)
def test_an_instant_has_its_offset(value: Any) -> None:
    assert fault(fields.InstantField(), value) in ("invalid_time", "null")


def test_an_instant_is_read_to_utc_and_written_with_an_offset() -> None:
    at = fields.InstantField().run_validation("2026-12-01T09:30:00+01:00")
    assert at == datetime(2026, 12, 1, 8, 30, tzinfo=UTC)
    assert fields.InstantField().to_representation(at) == "2026-12-01T08:30:00+00:00"


def test_both_times_of_a_clock_put_back_are_told_apart_by_the_offset() -> None:
    first, second = (fields.InstantField().run_validation(f"2026-10-25T02:30:00+0{n}:00") for n in (2, 1))
    assert (second - first).total_seconds() == 3600


@pytest.mark.parametrize(
    "value",
    ["2026-02-30", "2026-1-1", "20261224", "2026-12-24T00:00:00Z", "٢٠٢٦-12-24", "0260-01-01", "2201-01-01", 1, None],
)
def test_a_day_is_a_date_of_the_calendar(value: Any) -> None:
    assert fault(fields.DayField(), value) in ("invalid_date", "out_of_range", "null")
    assert fields.DayField().run_validation("2026-12-24") == date(2026, 12, 24)


@pytest.mark.parametrize("value", ["9:00", "09:60", "24:01", "24:00", "09:00:00", "0900", "٠٩:00", 900, None])
def test_a_time_of_day_is_hours_and_minutes(value: Any) -> None:
    assert fault(fields.ClockField(), value) in ("invalid_clock", "null")


def test_the_end_of_a_day_may_be_its_midnight() -> None:
    assert fields.ClockField(midnight=True).run_validation("24:00") == 1440
    assert fields.ClockRangeField().run_validation(["00:00", "24:00"]) == (0, 1440)
    for value in (["09:00"], ["24:00", "09:00"], "09:00-12:00", ["09:00", "12:00", "13:00"], [9, 12]):
        assert fault(fields.ClockRangeField(), value) in ("invalid_range", "invalid_clock")


CANONICAL = "01a20714-91af-71ac-8f24-8ecdeea3c4d5"


@pytest.mark.parametrize(
    "value",
    [
        CANONICAL.upper(),
        CANONICAL.replace("-", ""),
        f"{{{CANONICAL}}}",
        f"urn:uuid:{CANONICAL}",
        f"{CANONICAL}\n",
        f" {CANONICAL}",
        CANONICAL[:-1] + "٥",
        "",
        "1",
        1,
        None,
    ],
)
def test_an_id_has_one_spelling(value: Any) -> None:
    assert fault(fields.IdField(), value) in ("invalid_id", "null")
    assert str(fields.IdField().run_validation(CANONICAL)) == CANONICAL


@pytest.mark.parametrize(
    "value", ["Mars/Phobos", "europe/berlin", "../../etc/passwd", "", "UTC\n", "+01:00", 1, None, []]
)
def test_a_zone_is_one_of_the_list(value: Any) -> None:
    assert fault(fields.ZoneField(), value) in ("unknown_zone", "null")
    assert fields.ZoneField().run_validation("Europe/Berlin") == "Europe/Berlin"


@pytest.mark.parametrize("value", [[], "", 1, None, "{}", True])
def test_an_object_is_an_object(value: Any) -> None:
    assert fault(fields.ObjectField(), value) in ("not_an_object", "null")


@pytest.mark.parametrize("value", [1, 1.5, True, [], {}, None])
def test_text_is_a_json_string(value: Any) -> None:
    assert fault(fields.TextField(), value) in ("not_a_string", "null")


@pytest.mark.parametrize("char", ["\0", "\n", "\r", "\t", "\x1b", "\x7f", "\x85", "\u2028", "\u202e", "\u2066"])
def test_a_line_has_no_control_characters(char: str) -> None:
    assert fault(fields.LineField(), f"Ana{char}García") == "control_character"


def test_a_longer_text_may_have_lines_and_tabs() -> None:
    assert fields.TextField().run_validation("one\ntwo\r\n\tthree") == "one\ntwo\r\n\tthree"
    assert fault(fields.TextField(), "a\x0bb") == "control_character"
    assert fault(fields.TextField(), "x" * 10_001) == "max_length"


def test_text_is_trimmed_and_then_not_blank() -> None:
    assert fields.LineField().run_validation("  Ana ") == "Ana"
    assert fault(fields.LineField(), "   ") == "blank"


@pytest.mark.parametrize(
    "value", ["", "a", "a@", "@b.de", "a@b", "a b@c.de", "a@b.de\r\nBcc: x@y.z", f"{'x' * 250}@b.de", 1]
)
def test_an_email_is_an_address(value: Any) -> None:
    assert fault(fields.EmailField(), value) in ("invalid", "blank", "control_character", "max_length", "not_a_string")


@pytest.mark.parametrize("value", ["1", 1, True, None, "CARD", "card ", ["card"], {}])
def test_a_word_is_one_of_those_given(value: Any) -> None:
    assert fault(fields.WordField(choices=["card", "cash"]), value) in ("invalid_choice", "null")


@pytest.mark.parametrize("value", ["Beauty", "a b", "é", "a/b", "x" * 51, ""])
def test_a_slug_is_small_and_plain(value: Any) -> None:
    assert fault(fields.SlugField(), value) in ("invalid_slug", "max_length", "blank")


def bad_code(value: Any) -> bool:
    """Which codes there are is a format, and formats are not validated here."""
    return isinstance(value, dict) and value.get("currency", "USD") not in ("USD", "JPY")


DESCRIBED: list[tuple[fields.StrictField, list[Any]]] = [
    (fields.WholeNumberField(), [1, 0, *(value for value, _ in NUMBERS)]),
    (fields.FlagField(), [True, False, 1, "true"]),
    (fields.MoneyField(), [{"amount_cents": 1, "currency": "USD"}, *(v for v, _ in MONEY if not bad_code(v))]),
    (fields.LineField(), ["Ana", " Ana ", "", "  ", "\n", "a\nb", "\u2028", "a\u202eb", "x" * 200, "x" * 201]),
    (fields.TextField(allow_blank=True), ["", "a\nb", "a\0b", "x" * 10_001]),
    (fields.SlugField(), ["a", "A", "é", "x" * 51]),
    (fields.ClockField(), ["09:00", "24:00", "9:00"]),
    (fields.ClockField(midnight=True), ["09:00", "24:00", "24:01"]),
    (fields.ClockRangeField(), [["09:00", "24:00"], ["24:00", "09:00"], ["09:00"], ["09:00", "10:00", "11:00"], "x"]),
    (fields.WordField(choices=["card"]), ["card", "cash", 1]),
    (fields.ObjectField(), [{}, {"a": 1}, [], 1]),
]


@pytest.mark.parametrize(("field", "values"), DESCRIBED, ids=lambda item: type(item).__name__)
def test_what_is_described_is_what_is_taken(field: fields.StrictField, values: list[Any]) -> None:
    """The description in the schema and the code agree about every value here, null aside."""
    description = jsonschema.Draft202012Validator(field.described())
    for value in values:
        if value is not None and ".0" not in repr(value):  # JSON Schema takes 1.0 for an integer
            assert description.is_valid(value) == accepts(field, value), value


def accepts(field: fields.StrictField, value: Any) -> bool:
    try:
        field.run_validation(value)
    except ValidationError:
        return False
    return True


class Inner(StrictSerializer):
    number = fields.WholeNumberField()


class Outer(StrictSerializer):
    name = fields.LineField()
    made_at = fields.InstantField(read_only=True)
    inner = Inner(required=False)


def codes(sent: Any) -> Any:
    read = Outer(data=sent)
    assert not read.is_valid()
    return read.errors


def test_unknown_and_unsettable_fields_are_named_beside_the_other_faults() -> None:
    found = codes({"name": 1, "nmae": "x", "made_at": "2026-12-01T00:00:00Z"})
    assert {name: faults[0].code for name, faults in found.items()} == {
        "name": "not_a_string",
        "nmae": "unknown_field",
        "made_at": "read_only",
    }


def test_unknown_fields_are_named_within_objects_too() -> None:
    assert codes({"name": "x", "inner": {"number": 1, "x": 1}})["inner"]["x"][0].code == "unknown_field"


@pytest.mark.parametrize("sent", [[], "x", 1, None, True, [{"name": "x"}]])
def test_a_body_is_an_object(sent: Any) -> None:
    assert codes(sent)
