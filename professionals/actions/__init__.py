"""Changes to professionals and verticals (`professionals`), to when they work (`hours`) and where (`places`)."""

from professionals.actions.hours import (
    DayRanges,
    WeekWindow,
    as_window,
    end_time_off,
    end_travel,
    set_working_hours,
    take_time_off,
    travel,
)
from professionals.actions.places import (
    add_holiday_calendar,
    close_dates,
    delete_location,
    open_dates,
    open_location,
    remove_holiday_calendar,
    update_location,
)
from professionals.actions.professionals import (
    ADDRESSABLE,
    DERIVED,
    OFFICE_HOURS,
    configure_vertical,
    delete,
    derive,
    onboard,
    update,
    verify,
)
from professionals.rules.weeks import DayHours, Window

__all__ = [
    "ADDRESSABLE",
    "DERIVED",
    "OFFICE_HOURS",
    "DayHours",
    "DayRanges",
    "WeekWindow",
    "Window",
    "add_holiday_calendar",
    "as_window",
    "close_dates",
    "configure_vertical",
    "delete",
    "delete_location",
    "derive",
    "end_time_off",
    "end_travel",
    "onboard",
    "open_dates",
    "open_location",
    "remove_holiday_calendar",
    "set_working_hours",
    "take_time_off",
    "travel",
    "update",
    "update_location",
    "verify",
]
