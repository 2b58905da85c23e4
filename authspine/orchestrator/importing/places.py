"""Locations, closures and holiday calendars. Few and simple: each is judged by the rules that it was entered by."""

from authspine.kernel.validation import check_fields, check_rule
from authspine.orchestrator.importing.importer import Importer
from authspine.orchestrator.importing.work import Entry
from professionals.models import Closure, HolidayCalendar, Location
from professionals.rules.holidays import check_calendar


class Locations(Importer):
    kind = "locations"
    model = Location

    def build(self, entry: Entry) -> Location:
        reader = entry.reader
        row = Location(
            **self.common(entry),
            name=reader.text("name"),
            timezone=reader.text("timezone", most=64),
            address=reader.text("address", "", most=1000),
            active=reader.flag("active", True),
            metadata=reader.object("metadata", {}),
        )
        check_fields(row)
        return row


class Closures(Importer):
    kind = "closures"
    model = Closure
    refers = {"location": "locations"}

    def build(self, entry: Entry) -> Closure:
        reader = entry.reader
        row = Closure(
            **self.common(entry),
            location_id=self.refer_if_any(reader, "location"),
            starts_on=reader.day("starts_on"),
            ends_on=reader.day("ends_on"),
            reason=reader.text("reason", ""),
        )
        if row.starts_on > row.ends_on:
            reader.refuse("ends_on", "must not lie before the start.")
        return row


class HolidayCalendars(Importer):
    kind = "holiday_calendars"
    model = HolidayCalendar
    refers = {"location": "locations"}

    def build(self, entry: Entry) -> HolidayCalendar:
        reader = entry.reader
        row = HolidayCalendar(
            **self.common(entry),
            location_id=self.refer_if_any(reader, "location"),
            country=reader.text("country", most=2),
            region=reader.text("region", "", most=10),
        )
        check_rule(check_calendar, row.country, row.region, field="country")
        return row
