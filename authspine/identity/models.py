"""Users, organizations, memberships and API keys: what must be known before a tenant is.

These tables are global (no row-level policy): a sign-in is resolved to an organization by reading them.
"""

from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.db.models import Q
from django.utils.crypto import salted_hmac

from authspine.identity.constraints import LAST_OWNER, LastOwner
from authspine.kernel import clock
from authspine.kernel.ids import new_id
from authspine.kernel.text import login_email
from authspine.kernel.validation import a_currency, a_zone
from authspine.privacy import blind, keys
from authspine.privacy.auditing import audited
from authspine.privacy.fields import INSTALLATION, EncryptedEmail


class UserManager(BaseUserManager["User"]):
    """Users by e-mail, without regard to case."""

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email_key=blind.email_index(self.model, username or ""))

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """Make a login; without a password it cannot be used until one is set."""
        user = self.model(email=login_email(email), email_key=blind.email_index(self.model, email), **fields)
        user.set_password(password)
        with keys.writing():
            user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)


class User(AbstractBaseUser, PermissionsMixin):
    """A person's login, one per installation; what a business calls that person stands on Client or Professional."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    email = EncryptedEmail(max_length=254, person=INSTALLATION)
    email_key = models.BinaryField(max_length=blind.INDEX_BYTES, editable=False)
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField("may enter the admin without a membership", default=False)
    # How often all its sessions were ended: those of before are over.
    session_epoch = models.PositiveIntegerField(default=0, db_default=0, editable=False)
    created_at = models.DateTimeField(default=clock.now, editable=False)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            # Without regard to case.
            models.UniqueConstraint(fields=["email_key"], name="identity_user_email_key_unique"),
        ]

    def __str__(self) -> str:
        return str(self.email)

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """What a session is compared with at each request, under the present SECRET_KEY and under those of before."""
        begun = f"{self.session_epoch}:{self.password}"
        return salted_hmac("authspine.identity.session", begun, secret=secret, algorithm="sha256").hexdigest()


class Organization(models.Model):
    """A tenant: the business whose clients, calendars and money are kept apart from every other's."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    slug = models.SlugField(max_length=63, db_index=False)  # the constraint has one
    name = models.CharField(max_length=200)
    timezone = models.CharField(max_length=64, default="UTC", validators=[a_zone])
    currency = models.CharField(max_length=3, default="USD", validators=[a_currency])
    is_demo = models.BooleanField(default=False)
    refund_approval_cents = models.BigIntegerField(
        null=True,
        blank=True,
        help_text="when a person gives back more than this of a payment, a second person approves it; empty: no limit",
    )
    closed_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        ordering: ClassVar[list[str]] = ["name"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            audited("identity.Organization"),
            models.UniqueConstraint(fields=["slug"], name="identity_organization_slug_unique"),
            models.CheckConstraint(condition=Q(currency__regex="^[A-Z]{3}$"), name="identity_organization_currency"),
            models.CheckConstraint(
                condition=Q(refund_approval_cents=None) | Q(refund_approval_cents__gte=0),
                name="identity_organization_refund_approval",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Membership(models.Model):
    """A user's place in an organization."""

    class Role(models.TextChoices):
        OWNER = "owner"
        ADMIN = "admin"
        STAFF = "staff"
        PROFESSIONAL = "professional"
        READONLY = "readonly"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=20, choices=Role)
    created_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            audited("identity.Membership"),
            models.UniqueConstraint(fields=["user", "organization"], name="identity_membership_one_per_organization"),
            models.CheckConstraint(
                condition=Q(role__in=["owner", "admin", "staff", "professional", "readonly"]),
                name="identity_membership_role",
            ),
            LastOwner(name=LAST_OWNER),
        ]

    def __str__(self) -> str:
        return f"{self.user} ({self.role})"


class ApiKey(models.Model):
    """A key of an organization. Only its SHA-256 is kept: a key is 256 random bits, so a slow hash adds nothing."""

    class Scope(models.TextChoices):
        READ = "read"
        WRITE = "write"
        ADMIN = "admin"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="api_keys")
    name = models.CharField(max_length=100, blank=True)
    prefix = models.CharField(max_length=16)
    digest = models.CharField(max_length=64)
    scope = models.CharField(max_length=10, choices=Scope)
    expires_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)
    # What it was made to take the place of.
    replaces = models.ForeignKey(
        "self", null=True, blank=True, editable=False, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    created_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        verbose_name = "API key"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            audited("identity.ApiKey", unwatched=("last_used_at",)),
            models.UniqueConstraint(fields=["replaces"], name="identity_apikey_one_successor"),
            models.UniqueConstraint(fields=["prefix"], name="identity_apikey_prefix_unique"),
            models.CheckConstraint(condition=Q(scope__in=["read", "write", "admin"]), name="identity_apikey_scope"),
        ]

    def __str__(self) -> str:
        return f"{self.name or 'key'} ({self.prefix}…)"


class BookingLink(models.Model):
    """A client's way to one booking, without a login. Ids, a digest and times: it is read before a tenant is known.

    The token is 256 random bits, so the SHA-256 of it is kept and found by.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="+")
    # No foreign keys: what they name is sealed.
    booking = models.UUIDField()
    client = models.UUIDField()
    digest = models.CharField(max_length=64)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            audited("identity.BookingLink", person="it.client"),
            models.UniqueConstraint(fields=["digest"], name="identity_bookinglink_digest_unique"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["organization", "booking"], name="bookinglink_booking"),
            models.Index(fields=["organization", "client"], name="bookinglink_client"),
        ]

    def __str__(self) -> str:
        return f"link to {self.booking}"
