"""Verticals, and the professionals of each."""

from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from authspine.kernel.models import TenantModel, list_index, same_tenant, tenant_reference
from authspine.kernel.validation import a_zone, an_object
from authspine.privacy import blind
from authspine.privacy.auditing import audited
from authspine.privacy.constraints import SealedCheck, erased_whole
from authspine.privacy.fields import EncryptedEmail, EncryptedJSON, EncryptedText, PersonKeyField
from professionals.rules.policies import POLICIES

FOUND = "professionals_professional_found"  # the search by blind tokens


class Vertical(TenantModel):
    """A trade: templates to start from, what must hold for compliance, and the defaults of its bookings."""

    slug = models.SlugField(max_length=50)
    display_name = models.CharField(max_length=100)
    service_templates = models.JSONField(default=list, blank=True)
    requires_verification = models.BooleanField(default=False)
    data_retention_days = models.PositiveIntegerField(default=365)
    # None allowed is a vertical that is paid elsewhere.
    allowed_payment_methods = ArrayField(models.CharField(max_length=10), default=list, blank=True)
    hold_minutes = models.PositiveSmallIntegerField(default=15)
    min_notice_minutes = models.PositiveIntegerField(default=0)
    cancellation_window_minutes = models.PositiveIntegerField(default=24 * 60)
    cancellation_fee_bps = models.PositiveIntegerField("late cancellation fee (basis points)", default=0)
    cancellation_fee_cents = models.BigIntegerField("late cancellation fee (flat)", default=0)
    no_show_fee_bps = models.PositiveIntegerField("no-show fee (basis points)", default=0)
    no_show_fee_cents = models.BigIntegerField("no-show fee (flat)", default=0)
    reschedule_window_minutes = models.PositiveIntegerField(default=0, help_text="until how long before the start")
    max_reschedules = models.PositiveSmallIntegerField(null=True, blank=True, help_text="empty: as often as one likes")
    deposit_bps = models.PositiveIntegerField("deposit of a new service (basis points)", default=0)
    approval_minutes = models.PositiveIntegerField(default=24 * 60, help_text="unanswered requests are declined then")
    max_open_holds = models.PositiveSmallIntegerField("holds at a time, per client", null=True, blank=True)
    max_future_bookings = models.PositiveSmallIntegerField("bookings ahead, per client", null=True, blank=True)
    intake_questions = models.JSONField(default=list, blank=True)
    metadata = models.JSONField(default=dict, blank=True, validators=[an_object])

    class Meta(TenantModel.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *TenantModel.Meta.constraints,
            audited("professionals.Vertical"),
            models.UniqueConstraint(fields=["organization", "slug"], name="professionals_vertical_slug_key"),
            models.CheckConstraint(
                condition=Q(hold_minutes__gte=1, hold_minutes__lte=1440), name="professionals_vertical_hold_minutes"
            ),
            models.CheckConstraint(
                condition=Q(allowed_payment_methods__contained_by=["card", "bank", "wallet", "cash", "invoice"]),
                name="professionals_vertical_payment_methods",
            ),
            models.CheckConstraint(
                condition=Q(cancellation_fee_bps__lte=10_000, cancellation_fee_cents__gte=0),
                name="professionals_vertical_cancellation_fee",
            ),
            models.CheckConstraint(
                condition=Q(no_show_fee_bps__lte=10_000, no_show_fee_cents__gte=0),
                name="professionals_vertical_no_show_fee",
            ),
            models.CheckConstraint(condition=Q(deposit_bps__lte=10_000), name="professionals_vertical_deposit"),
            models.CheckConstraint(
                condition=Q(approval_minutes__gte=1, approval_minutes__lte=43_200),
                name="professionals_vertical_approval_minutes",
            ),
            models.CheckConstraint(
                condition=(Q(max_open_holds=None) | Q(max_open_holds__gte=1))
                & (Q(max_future_bookings=None) | Q(max_future_bookings__gte=1)),
                name="professionals_vertical_client_limits",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [list_index()]

    def __str__(self) -> str:
        return self.display_name

    def policy_defaults(self) -> dict[str, int | None]:
        """What holds for bookings of a service that says nothing else, by the names of `rules.policies`."""
        return {name: getattr(self, name) for name in POLICIES}


class Professional(TenantModel):
    """Someone who serves clients in one vertical. The account to be paid out to never leaves the server."""

    # Without one only when erased.
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    vertical = tenant_reference("professionals.Vertical", related_name="professionals")
    data_key = PersonKeyField()
    email = EncryptedEmail(max_length=254)
    email_key = blind.index_field()
    name = models.CharField(max_length=200)
    specialties = ArrayField(models.CharField(max_length=100), default=list, blank=True)
    bio = models.TextField(blank=True, default="")
    timezone = models.CharField(max_length=64, validators=[a_zone])
    verified_at = models.DateTimeField(null=True, blank=True)
    license = EncryptedText(max_length=100, blank=True, default="")
    years_of_experience = models.PositiveSmallIntegerField(null=True, blank=True)
    payment_account = models.CharField(max_length=100, blank=True, default="")
    # {"day": {"bookings": 8, "minutes": 480}, "week": ..., "month": ...}; what is not named is not limited.
    booking_limits = models.JSONField(default=dict, blank=True, validators=[an_object])
    metadata = EncryptedJSON(default=dict, blank=True, validators=[an_object])
    tokens = blind.tokens_field()
    deleted_at = models.DateTimeField(null=True, blank=True, editable=False)
    erased_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta(TenantModel.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *TenantModel.Meta.constraints,
            audited("professionals.Professional", person="it.id"),
            *same_tenant("vertical"),
            models.UniqueConstraint(
                fields=["organization", "email_key"],
                condition=Q(deleted_at=None),
                name="professionals_professional_email_key",
            ),
            SealedCheck(
                condition=~Q(erased_at=None) | (~Q(name="") & ~Q(email=b"") & ~Q(email_key=None)),
                name="professionals_professional_named",
            ),
            erased_whole(
                "professionals_professional_erased_whole", name="", bio="", email=b"", license=b"", metadata=b""
            ),
            blind.BlindSearch(field="tokens", name=FOUND),
        ]
        indexes: ClassVar[list[models.Index]] = [
            list_index(),
            models.Index(fields=["organization", "vertical"], name="professional_vertical"),
        ]

    def __str__(self) -> str:
        return self.name if self.erased_at is None else "erased professional"
