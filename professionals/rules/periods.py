"""Periods of whole dates, both ends included."""

from datetime import date

from authspine.kernel.times import FIRST_YEAR, LAST_YEAR

MOST_DAYS = 3660


def is_known(day: date) -> bool:
    """Whether the date lies in the years that the platform knows."""
    return FIRST_YEAR <= day.year <= LAST_YEAR


def length(starts_on: date, ends_on: date) -> int:
    """In days; below one when the end lies before the start."""
    return (ends_on - starts_on).days + 1
