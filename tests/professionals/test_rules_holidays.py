"""Public holidays by known dates, and calendars that do not exist."""

from datetime import date

import holidays as library
import pytest

from professionals.rules import holidays
from professionals.rules.holidays import check_calendar, check_country, dates_between


def of(year: int, country: str, region: str = "") -> frozenset[date]:
    return dates_between(country, region, date(year, 1, 1), date(year, 12, 31))


@pytest.mark.parametrize(
    ("country", "region", "day"),
    [
        ("DE", "", date(2026, 12, 25)),
        ("DE", "BY", date(2026, 1, 6)),
        ("US", "", date(2026, 11, 26)),
        ("US", "", date(2026, 7, 3)),  # the fourth is a Saturday: observed on the Friday
        ("US", "", date(2027, 12, 31)),  # the next year's first day, observed in this one
        ("DE", "", date(2026, 4, 6)),  # Easter Monday moves
        ("DE", "", date(2027, 3, 29)),
        ("GB", "SCT", date(2026, 11, 30)),
    ],
)
def test_a_day_that_is_a_holiday(country: str, region: str, day: date) -> None:
    assert day in of(day.year, country, region)


@pytest.mark.parametrize(
    ("country", "region", "day"),
    [
        ("DE", "BE", date(2026, 1, 6)),
        ("DE", "", date(2026, 1, 6)),
        ("DE", "", date(2026, 12, 24)),
        ("US", "", date(2026, 12, 26)),
        ("DE", "", date(2026, 3, 29)),
    ],
)
def test_a_day_that_is_none(country: str, region: str, day: date) -> None:
    assert day not in of(day.year, country, region)


def test_both_ends_are_included_and_nothing_beyond_them() -> None:
    first, last = date(2026, 12, 25), date(2027, 1, 1)
    assert dates_between("DE", "", first, last) == {date(2026, 12, 25), date(2026, 12, 26), date(2027, 1, 1)}
    assert dates_between("DE", "", date(2026, 12, 27), date(2026, 12, 31)) == frozenset()
    assert dates_between("DE", "", last, first) == frozenset()


def test_years_that_the_platform_does_not_know_have_none() -> None:
    assert dates_between("US", "", date(1, 1, 1), date(1969, 12, 31)) == frozenset()
    assert dates_between("US", "", date(2201, 1, 1), date(9999, 12, 31)) == frozenset()
    whole = dates_between("US", "", date.min, date.max)
    assert {day.year for day in whole} <= set(range(1970, 2201))


def test_a_year_is_computed_once(monkeypatch: pytest.MonkeyPatch) -> None:
    of(2031, "AT", "9")

    def again(*_: object, **__: object) -> None:
        raise AssertionError("asked twice")

    monkeypatch.setattr(library, "country_holidays", again)
    assert date(2031, 12, 25) in of(2031, "AT", "9")
    with pytest.raises(AssertionError, match="asked twice"):
        of(2032, "AT", "9")


def test_every_country_and_region_can_be_asked_for() -> None:
    for country, regions in holidays.regions().items():
        check_calendar(country)
        for region in ("", *regions):
            check_calendar(country, region)
            of(2026, country, region)
    assert len(holidays.regions()) > 200


@pytest.mark.parametrize("country", ["", "de", "DEU", "XX", "Germany", "os", "D\0", "__name__", "D" * 1000])
def test_an_unknown_country_is_told(country: str) -> None:
    with pytest.raises(ValueError, match="there is no country"):
        check_country(country)
    with pytest.raises(ValueError, match="there is no country"):
        check_calendar(country, "BY")
    assert of(2026, country) == frozenset()


@pytest.mark.parametrize(
    ("country", "region"), [("DE", "XX"), ("DE", "by"), ("DE", "DE-BY"), ("US", "BY"), ("FR", " "), ("BR", "São Paulo")]
)
def test_an_unknown_region_is_told(country: str, region: str) -> None:
    with pytest.raises(ValueError, match=f"{country} has no region"):
        check_calendar(country, region)
    assert of(2026, country, region) == frozenset()
