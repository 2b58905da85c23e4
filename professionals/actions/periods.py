"""What holds for every period of whole dates that is entered."""

from datetime import date

from authspine.kernel.errors import Invalid
from authspine.kernel.times import FIRST_YEAR, LAST_YEAR
from professionals.errors import OutOfOrder, PeriodTooLong
from professionals.rules.periods import MOST_DAYS, is_known, length


def check_period(starts_on: date, ends_on: date) -> None:
    """Raise Invalid unless the dates are in order, in known years, and not more than `MOST_DAYS`; both count."""
    for field, day in (("starts_on", starts_on), ("ends_on", ends_on)):
        if not is_known(day):
            raise Invalid(f"The year lies between {FIRST_YEAR} and {LAST_YEAR}.", field=field)
    if ends_on < starts_on:
        raise OutOfOrder("ends_on", "starts_on")
    if length(starts_on, ends_on) > MOST_DAYS:
        raise PeriodTooLong(f"A period has at most {MOST_DAYS} days.", field="ends_on")
