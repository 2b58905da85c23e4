"""Reads of verticals, professionals and their calendars."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from authspine.privacy import blind
from professionals.errors import (
    ClosureNotFound,
    HolidayCalendarNotFound,
    LocationNotFound,
    ProfessionalNotFound,
    TimeOffNotFound,
    TravelNotFound,
    UnknownVertical,
    VerticalNotFound,
)
from professionals.models import (
    FOUND,
    Closure,
    HolidayCalendar,
    HoursOverride,
    Location,
    Professional,
    TimeOff,
    TravelPeriod,
    Vertical,
    WorkingHours,
)


def verticals() -> QuerySet[Vertical]:
    return Vertical.objects.order_by("-created_at", "-id")


def vertical(slug: str) -> Vertical:
    """The vertical with this slug. Raises VerticalNotFound."""
    found = Vertical.objects.filter(slug=slug).first()
    if found is None:
        raise VerticalNotFound
    return found


def vertical_in_body(slug: str) -> Vertical:
    """The vertical named in what was sent. Raises UnknownVertical, naming the field."""
    found = Vertical.objects.filter(slug=slug).first()
    if found is None:
        raise UnknownVertical(f"There is no vertical {slug!r}.", field="vertical")
    return found


def present() -> QuerySet[Professional]:
    """Professionals that are not deleted, newest first, each with its vertical."""
    return Professional.objects.filter(deleted_at=None).select_related("vertical").order_by("-created_at", "-id")


def get(professional_id: UUID, *, field: str = "") -> Professional:
    """The professional with this id. Raises ProfessionalNotFound, which names `field` when the id stood in a body."""
    professional = present().filter(id=professional_id).first()
    if professional is None:
        raise ProfessionalNotFound(field=field)
    return professional


def not_erased(ids: Collection[UUID]) -> set[UUID]:
    """Who of these is here, deleted or not, and has not been erased."""
    return set(Professional.objects.filter(id__in=ids, erased_at=None).values_list("id", flat=True))


def check_all_present(professionals: Sequence[UUID]) -> None:
    """Raise ProfessionalNotFound, naming the field, when one of these is not here."""
    if present().filter(id__in=list(professionals)).count() < len(set(professionals)):
        raise ProfessionalNotFound(field="professional")


def search(professionals: QuerySet[Professional], typed: str) -> QuerySet[Professional]:
    """Those for whom every word typed begins a word of the name, the e-mail or a specialty."""
    return professionals.filter(blind.matching(Professional, FOUND, typed))


def verified(professionals: QuerySet[Professional], wanted: bool) -> QuerySet[Professional]:
    return professionals.filter(verified_at__isnull=not wanted)


def working_hours(professionals: Iterable[UUID]) -> QuerySet[WorkingHours]:
    return WorkingHours.objects.filter(professional__in=list(professionals)).order_by("weekday", "start_minute", "id")


def overrides(professionals: Iterable[UUID]) -> QuerySet[HoursOverride]:
    return HoursOverride.objects.filter(professional__in=list(professionals)).order_by("date")


def time_off_between(professionals: Iterable[UUID], starts_at: datetime, ends_at: datetime) -> QuerySet[TimeOff]:
    """Time off that overlaps `[starts_at, ends_at)`."""
    return TimeOff.objects.filter(
        Q(starts_at__lt=ends_at, ends_at__gt=starts_at), professional__in=list(professionals)
    ).order_by("starts_at", "id")


def time_off_of(professional: Professional) -> QuerySet[TimeOff]:
    """All time off of a professional, newest first."""
    return TimeOff.objects.filter(professional=professional).order_by("-created_at", "-id")


def time_off(professional: Professional, time_off_id: UUID) -> TimeOff:
    """One period of a professional's time off. Raises TimeOffNotFound."""
    found = time_off_of(professional).filter(id=time_off_id).first()
    if found is None:
        raise TimeOffNotFound
    return found


def travel_of(professionals: Iterable[UUID]) -> QuerySet[TravelPeriod]:
    """All travel of these professionals, in order of time, of each without overlap: one statement."""
    return TravelPeriod.objects.filter(professional__in=list(professionals)).order_by("starts_on", "id")


def travels(professional: Professional) -> QuerySet[TravelPeriod]:
    """All travel of a professional, newest first."""
    return TravelPeriod.objects.filter(professional=professional).order_by("-created_at", "-id")


def travel(professional: Professional, travel_id: UUID) -> TravelPeriod:
    """One period of a professional's travel. Raises TravelNotFound."""
    found = travels(professional).filter(id=travel_id).first()
    if found is None:
        raise TravelNotFound
    return found


def locations() -> QuerySet[Location]:
    """All locations, inactive ones too, newest first."""
    return Location.objects.order_by("-created_at", "-id")


def location(location_id: UUID, *, field: str = "") -> Location:
    """The location with this id. Raises LocationNotFound, which names `field` when the id stood in a body."""
    found = Location.objects.filter(id=location_id).first()
    if found is None:
        raise LocationNotFound(field=field)
    return found


def check_locations(wanted: Mapping[str, UUID]) -> None:
    """Raise LocationNotFound, naming the first field whose location is not here. One statement, or none."""
    ids = set(wanted.values())
    known = set(Location.objects.filter(id__in=ids).values_list("id", flat=True)) if ids else ids
    for field, location_id in wanted.items():
        if location_id not in known:
            raise LocationNotFound(field=field)


def closures() -> QuerySet[Closure]:
    """All closures, newest first."""
    return Closure.objects.order_by("-created_at", "-id")


def closure(closure_id: UUID) -> Closure:
    """The closure with this id. Raises ClosureNotFound."""
    found = Closure.objects.filter(id=closure_id).first()
    if found is None:
        raise ClosureNotFound
    return found


def holiday_calendars() -> QuerySet[HolidayCalendar]:
    """Whose holidays are kept, by the business and by its locations, newest first: one statement."""
    return HolidayCalendar.objects.order_by("-created_at", "-id")


def holiday_calendar(calendar_id: UUID) -> HolidayCalendar:
    """The holiday calendar with this id. Raises HolidayCalendarNotFound."""
    found = HolidayCalendar.objects.filter(id=calendar_id).first()
    if found is None:
        raise HolidayCalendarNotFound
    return found
