"""Changes to professionals and to the verticals they belong to. All run inside an organization scope."""

import re
from datetime import datetime
from typing import Any
from uuid import UUID

from authspine.identity import actions as identity_actions
from authspine.kernel import tenancy
from authspine.kernel.constraint_errors import refused_as
from authspine.kernel.errors import Invalid
from authspine.kernel.ids import new_id
from authspine.kernel.locks import lock_row, lock_subjects
from authspine.kernel.validation import check_fields, check_rule
from authspine.privacy import blind
from authspine.privacy.constraints import erased
from professionals import queries
from professionals.actions.hours import set_working_hours
from professionals.errors import EmailExists, ProfessionalNotFound, SlugExists
from professionals.models import Professional, Vertical
from professionals.rules.limits import check_limits
from professionals.rules.starting_points import check_questions
from professionals.rules.weeks import Window

# What `derive` fills.
DERIVED = ("email_key", "tokens")

ADDRESSABLE = re.compile("[a-z0-9_-]{1,50}")  # a slug that a URL of the API has room for
UNIQUE_EMAIL = {"professionals_professional_email_key": EmailExists}

OFFICE_HOURS = tuple(Window(weekday, 9 * 60, 17 * 60) for weekday in range(5))


def derive(professional: Professional) -> Professional:
    """Fill what follows from the rest: what stands for the e-mail and what the professional is found by."""
    professional.email = professional.email.strip()
    professional.email_key = blind.email_index(Professional, professional.email)
    professional.tokens = blind.tokens(Professional, professional.name, professional.email, *professional.specialties)
    return professional


def onboard(*, email: str, name: str, vertical: Vertical, now: datetime, **optional: Any) -> Professional:
    """Make a professional who works Monday to Friday, 09:00-17:00, in the organization's zone unless told otherwise.

    Links the login with that e-mail. Raises Invalid, EmailExists.
    """
    optional.setdefault("timezone", tenancy.current().organization.timezone)
    professional = derive(
        Professional(id=new_id(), email=email, name=name, vertical=vertical, created_at=now, updated_at=now, **optional)
    )
    _check(professional)
    professional.user = identity_actions.login_for(professional.email)
    with refused_as(UNIQUE_EMAIL):
        professional.save(force_insert=True)
    set_working_hours(professional, timezone=professional.timezone, weekly=OFFICE_HOURS, overrides={}, now=now)
    return professional


def update(professional: Professional, *, now: datetime, **changes: Any) -> Professional:
    """Change what is named in `changes`, of the row as it is now. The login keeps its own e-mail.

    Raises Invalid, EmailExists, ProfessionalNotFound. Locks the professional.
    """
    lock_row(professional, queries.present(), missing=ProfessionalNotFound)
    for field, value in changes.items():
        setattr(professional, field, value)
    derive(professional).updated_at = now
    _check(professional)
    with refused_as(UNIQUE_EMAIL):
        professional.save(update_fields=[*changes, *DERIVED, "updated_at"])
    return professional


def _check(professional: Professional) -> None:
    check_fields(professional)
    check_rule(check_limits, professional.booking_limits, field="booking_limits")


def verify(professional: Professional, *, now: datetime) -> bool:
    """Record that the professional's papers were seen; False if that was on record already."""
    changed = Professional.objects.filter(id=professional.id, verified_at=None).update(verified_at=now, updated_at=now)
    if changed:
        professional.verified_at = professional.updated_at = now
    return bool(changed)


def delete(professional: Professional, *, has_history: bool, now: datetime) -> None:
    """Remove a professional whom nothing refers to; otherwise make inactive and free the e-mail.

    Raises ProfessionalNotFound. Locks the professional: of two at once the second finds nobody.
    """
    lock_row(professional, queries.present(), missing=ProfessionalNotFound)
    if has_history:
        Professional.objects.filter(id=professional.id).update(deleted_at=now, updated_at=now)
        return
    remove_calendar(professional)
    professional.delete()


def remove_calendar(professional: Professional) -> None:
    """Remove all that says when a professional works, and why not."""
    own = (professional.working_hours, professional.hours_overrides, professional.time_off, professional.travel_periods)
    for rows in own:
        rows.all().delete()


def lock_whole(professional_id: UUID) -> Professional:
    """The professional, also one who is deleted or erased, with nobody booking them until the scope ends.

    Locks the calendar, then the row. Raises ProfessionalNotFound.
    """
    lock_subjects([professional_id])
    professional = Professional(id=professional_id)
    lock_row(professional, Professional.objects.all(), missing=ProfessionalNotFound)
    return professional


def erase(professional: Professional, *, now: datetime) -> None:
    """Empty what is known of the person, with their calendar, and destroy their key; the row stays, for what refers to
    it. Expects the locks of `lock_whole`.
    """
    remove_calendar(professional)
    Professional.objects.filter(id=professional.id).update(
        email="",
        name="",
        bio="",
        license="",
        metadata={},
        specialties=[],
        years_of_experience=None,
        payment_account="",
        booking_limits={},
        **erased(now),
    )


def configure_vertical(slug: str, *, now: datetime, **fields: Any) -> tuple[Vertical, bool]:
    """Make the vertical with this slug, or change it where it exists; says whether it was made. Raises Invalid."""
    vertical = Vertical.objects.filter(slug=slug).first()
    made = vertical is None
    vertical = vertical or Vertical(id=new_id(), slug=slug, created_at=now)
    for field, value in fields.items():
        setattr(vertical, field, value)
    vertical.updated_at = now
    if not ADDRESSABLE.fullmatch(slug):
        raise Invalid("Use lower-case letters, digits, - and _.", field="slug")
    vertical.intake_questions = check_rule(check_questions, vertical.intake_questions, field="intake_questions")
    check_fields(vertical)
    with refused_as({"professionals_vertical_slug_key": SlugExists}):
        vertical.save(force_insert=made)
    return vertical, made
