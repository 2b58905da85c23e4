"""Public holidays by country and region, as the library `holidays` knows them.

A date is kept where the business keeps it: a holiday that falls on a weekend and is observed on another day is both.
"""

import warnings
from datetime import date
from functools import cache, lru_cache

import holidays as library

from authspine.kernel.times import FIRST_YEAR, LAST_YEAR

# Longer names of the library are those of no region of ISO 3166-2.
LONGEST_REGION = 10


@cache
def regions() -> dict[str, frozenset[str]]:
    """The regions of each country that is known: ISO 3166-1 alpha-2, and ISO 3166-2 without the country."""
    known = library.list_supported_countries(include_aliases=False)
    return {
        country: frozenset(region for region in found if len(region) <= LONGEST_REGION)
        for country, found in known.items()
    }


def check_country(country: str) -> None:
    """ValueError, in words, unless this is a country whose holidays are known."""
    if country not in regions():
        raise ValueError(f"there is no country {country[:20]!r}: use its code of ISO 3166-1, such as DE")


def check_calendar(country: str, region: str = "") -> None:
    """ValueError, in words, for an unknown country, or a region that it does not have; an empty one is all of it."""
    check_country(country)
    if region and region not in regions()[country]:
        known = ", ".join(sorted(regions()[country])) or "none"
        raise ValueError(f"{country} has no region {region[:20]!r}; it has {known}")


def dates_between(country: str, region: str, first: date, last: date) -> frozenset[date]:
    """The public holidays from `first` to `last`, both included.

    None outside of the years that the platform knows, nor for a calendar that `check_calendar` would refuse: it was
    right when it was stored, and an update of the library must not break the calendar of those who have it.
    """
    years = range(max(first.year, FIRST_YEAR), min(last.year, LAST_YEAR) + 1)
    return frozenset(day for year in years for day in _of_year(country, region, year) if first <= day <= last)


@lru_cache(maxsize=8192)
def _of_year(country: str, region: str, year: int) -> frozenset[date]:
    known = regions().get(country)
    if known is None or (region and region not in known):
        return frozenset()
    with warnings.catch_warnings():
        # The library says of some years that it knows only a part of their holidays; that part is right.
        warnings.simplefilter("ignore", UserWarning)
        found = library.country_holidays(
            country, subdiv=region or None, years=year, expand=False, categories=library.PUBLIC
        )
    return frozenset(found)
