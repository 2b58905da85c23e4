"""Sessions, who is bound by them, the bookings that take their seats, and what was answered for these.

The database keeps the promise: an exclusion constraint makes an overlap impossible, and a check on the seats makes an
overbooked class impossible. The public word for a stored `pending` is `held`: the mapping stands here and nowhere else.
"""

from datetime import datetime, timedelta
from typing import ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value

from authspine.kernel.models import TenantModel, list_index, same_tenant, tenant_reference
from authspine.kernel.validation import a_zone
from authspine.privacy.auditing import audited
from authspine.privacy.constraints import SealedCheck
from authspine.privacy.fields import EncryptedJSON, EncryptedParagraphs, EncryptedText
from bookings.rules import status as status_rules

# The longest service (a day) with the longest buffers (a day each): a search for what binds somebody at a time
# looks this far back, so it can walk an index of starts.
LONGEST_OCCUPANCY = timedelta(days=3)

CLOSED = ("completed", "cancelled", "no_show", "expired", "declined")
# These wait for somebody until a deadline: the client, or the staff.
WAITING = ("pending", "requested")


class Session(TenantModel):
    """What happens at a time: one service by one professional, with as many seats as it had when it came to be."""

    service = tenant_reference("services.Service", related_name="sessions")
    professional = tenant_reference("professionals.Professional", related_name="sessions")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    location = tenant_reference("professionals.Location", null=True)
    capacity = models.PositiveSmallIntegerField()
    seats_taken = models.PositiveSmallIntegerField()

    class Meta(TenantModel.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *TenantModel.Meta.constraints,
            audited("bookings.Session"),
            *same_tenant("service", "professional", "location"),
            models.CheckConstraint(condition=Q(starts_at__lt=F("ends_at")), name="bookings_session_order"),
            models.CheckConstraint(condition=Q(capacity__gte=1), name="bookings_session_capacity"),
            models.CheckConstraint(
                condition=Q(seats_taken__gte=0, seats_taken__lte=F("capacity")), name="bookings_session_seats"
            ),
            # A session that everybody has left stays as history; the next booking of that time makes a new one.
            models.UniqueConstraint(
                fields=["organization", "professional", "service", "starts_at"],
                condition=Q(seats_taken__gt=0),
                name="bookings_session_once",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["organization", "professional", "starts_at"], name="session_professional"),
            models.Index(fields=["organization", "starts_at"], name="session_starts_at"),
            models.Index(fields=["organization", "service", "starts_at"], name="session_service"),
        ]

    def __str__(self) -> str:
        return f"{self.starts_at:%Y-%m-%d %H:%M}"


class Occupancy(TenantModel):
    """Who is bound by a session, from when to when, buffers included: a professional, or a resource that it needs.

    Plain columns and not one range column: under row-level security only leakproof operators may use an index, and
    `&&` on ranges is not one of them; comparisons of times are.
    """

    session = tenant_reference("bookings.Session", related_name="occupancies")
    subject = models.UUIDField()
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    active = models.BooleanField(default=True)

    class Meta(TenantModel.Meta):
        verbose_name_plural = "occupancies"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *TenantModel.Meta.constraints,
            audited("bookings.Occupancy"),
            *same_tenant("session"),
            models.CheckConstraint(condition=Q(starts_at__lt=F("ends_at")), name="bookings_occupancy_order"),
            models.CheckConstraint(
                condition=Q(ends_at__lte=F("starts_at") + LONGEST_OCCUPANCY), name="bookings_occupancy_length"
            ),
            # The one constraint that makes double booking impossible.
            ExclusionConstraint(
                name="bookings_occupancy_no_overlap",
                expressions=[
                    ("organization", RangeOperators.EQUAL),
                    ("subject", RangeOperators.EQUAL),
                    (
                        Func(F("starts_at"), F("ends_at"), Value("[)"), function="tstzrange"),
                        RangeOperators.OVERLAPS,
                    ),
                ],
                condition=Q(active=True),
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["organization", "subject", "starts_at", "ends_at"],
                include=["session"],
                condition=Q(active=True),
                name="occupancy_busy",
            ),
            models.Index(fields=["organization", "session"], name="occupancy_session"),
        ]

    def __str__(self) -> str:
        return f"{self.starts_at:%Y-%m-%d %H:%M} to {self.ends_at:%H:%M}"


class Booking(TenantModel):
    """A client's seat in a session, with price and policy as agreed at booking time. The id outlives a reschedule."""

    class Status(models.TextChoices):
        HELD = "pending", "held"
        CONFIRMED = "confirmed", "confirmed"
        COMPLETED = "completed", "completed"
        CANCELLED = "cancelled", "cancelled"
        NO_SHOW = "no_show", "no_show"
        EXPIRED = "expired", "expired"
        REQUESTED = "requested", "requested"
        DECLINED = "declined", "declined"

    session = tenant_reference("bookings.Session", related_name="bookings")
    client = tenant_reference("clients.Client", related_name="bookings")
    vertical = tenant_reference("professionals.Vertical")
    timezone = models.CharField(max_length=64, validators=[a_zone])
    status = models.CharField(max_length=10, choices=Status, default=Status.HELD)
    total_cents = models.BigIntegerField()
    deposit_cents = models.BigIntegerField(default=0)
    fee_cents = models.BigIntegerField(default=0, help_text="owed for cancelling late, or for not coming")
    currency = models.CharField(max_length=3)
    policy = models.JSONField(default=dict)
    hold_expires_at = models.DateTimeField(null=True, blank=True)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(
        null=True, blank=True, help_text="when it was completed, cancelled, missed, declined or expired"
    )
    cancelled_by = models.CharField(max_length=60, blank=True, default="")
    cancellation_reason = EncryptedText(person="client", max_length=500, blank=True, default="")
    notes = EncryptedParagraphs(person="client", blank=True, default="")
    reschedules = models.PositiveSmallIntegerField(default=0)
    version = models.PositiveIntegerField(default=1)

    class Meta(TenantModel.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *TenantModel.Meta.constraints,
            audited("bookings.Booking", person="it.client_id"),
            *same_tenant("session", "client", "vertical"),
            models.CheckConstraint(
                condition=Q(status__in=["confirmed", *WAITING, *CLOSED]),
                name="bookings_booking_status",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=WAITING) | Q(hold_expires_at__isnull=False),
                name="bookings_booking_hold_has_deadline",
            ),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=False, status__in=CLOSED) | (Q(closed_at=None) & ~Q(status__in=CLOSED)),
                name="bookings_booking_closed_when_over",
            ),
            SealedCheck(
                condition=Q(status__in=["cancelled", "declined"]) | Q(cancelled_by="", cancellation_reason=""),
                name="bookings_booking_cancellation_only_when_cancelled",
            ),
            models.CheckConstraint(
                condition=Q(total_cents__gte=0, deposit_cents__gte=0, deposit_cents__lte=F("total_cents")),
                name="bookings_booking_money",
            ),
            models.CheckConstraint(
                condition=Q(fee_cents=0)
                | Q(status__in=["cancelled", "no_show"], fee_cents__gt=0, fee_cents__lte=F("total_cents")),
                name="bookings_booking_fee",
            ),
            models.CheckConstraint(condition=Q(currency__regex="^[A-Z]{3}$"), name="bookings_booking_currency"),
            models.CheckConstraint(condition=Q(version__gte=1), name="bookings_booking_version"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            list_index(),
            models.Index(fields=["organization", "client", "-created_at", "-id"], name="booking_client"),
            models.Index(fields=["organization", "session"], name="booking_session"),
            models.Index(
                fields=["organization", "hold_expires_at"], condition=Q(status__in=WAITING), name="booking_lapsing"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.public_status} {self.id}"

    @property
    def public_status(self) -> str:
        """The status in the words of the API, as stored; see `status_at` for what it reads as now."""
        return self.Status(self.status).label

    def is_lapsed(self, now: datetime) -> bool:
        """A hold past its deadline reads as expired at once, before its row follows."""
        return status_rules.is_lapsed(self.public_status, self.hold_expires_at, now=now)

    def status_at(self, now: datetime) -> str:
        """The public status at an instant."""
        return status_rules.status_at(self.public_status, self.hold_expires_at, now=now)


class IntakeAnswers(TenantModel):
    """What a client was asked for a booking, and answered: each question as it was, with its `answer`.

    Sealed under the client's key, and in a row of its own, so that nothing that reads bookings (lists, events,
    webhooks, logs) comes across the answers.
    """

    booking = tenant_reference("bookings.Booking", related_name="intake_answers")
    client = tenant_reference("clients.Client")
    content = EncryptedJSON(person="client")

    class Meta(TenantModel.Meta):
        verbose_name_plural = "intake answers"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *TenantModel.Meta.constraints,
            audited("bookings.IntakeAnswers", person="it.client_id"),
            *same_tenant("booking", "client"),
            models.UniqueConstraint(fields=["organization", "booking"], name="bookings_intakeanswers_once"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["organization", "client"], name="intakeanswers_client"),
        ]

    def __str__(self) -> str:
        return f"answers {self.id}"
