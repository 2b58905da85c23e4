"""The wrapped keys, whose contents are in no table, and the receipts of erasures."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from authspine.kernel import clock
from authspine.kernel.ids import new_id
from authspine.kernel.models import TenantModel, list_index
from authspine.privacy.auditing import audited
from authspine.privacy.keeping import Kept


class Purpose(models.TextChoices):
    DATA = "data", "wraps the keys of people"
    INDEX = "index", "makes what people are found by"


class WrappedKey(models.Model):
    """A key under the ring. Of each purpose one is live; a retired one opens what was written before, and wraps nothing
    any more.
    """

    purpose = models.CharField(max_length=10, choices=Purpose)
    wrapped = models.BinaryField()
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.purpose} key {self.pk}"


class OrganizationKey(WrappedKey, TenantModel):
    """Wraps the keys of an organization's people, or makes its blind indexes."""

    class Meta(TenantModel.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *TenantModel.Meta.constraints,
            audited("privacy.OrganizationKey"),
            models.UniqueConstraint(
                fields=["organization", "purpose"],
                condition=Q(retired_at=None),
                name="privacy_organizationkey_one_live",
            ),
        ]


class InstallationKey(WrappedKey):
    """The same for what belongs to no organization: the e-mails of logins."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    created_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["purpose"], condition=Q(retired_at=None), name="privacy_installationkey_one_live"
            ),
        ]


class Erasure(TenantModel):
    """The receipt of an erasure: what went, what is kept, why and until when. Nothing in it tells who it was.

    No foreign key leads to the person: professionals have receipts, too, and a receipt outlives the row.
    """

    class Kind(models.TextChoices):
        CLIENT = "client"
        PROFESSIONAL = "professional"

    class Provider(models.TextChoices):
        NONE = "none", "was not known there"
        PENDING = "pending", "asked to erase, not answered yet"
        DONE = "done", "erased there"

    kind = models.CharField(max_length=20, choices=Kind)
    person = models.UUIDField()
    at = models.DateTimeField()
    by = models.CharField(max_length=60)  # an actor's text
    erased = models.JSONField(default=list)
    kept = models.JSONField(default=list)
    provider = models.CharField(max_length=10, choices=Provider, default=Provider.NONE)
    # What the payment provider calls the person, for as long as they are to be erased there.
    provider_customer = models.CharField(max_length=100, blank=True, default="")
    provider_done_at = models.DateTimeField(null=True, blank=True)

    class Meta(TenantModel.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *TenantModel.Meta.constraints,
            audited("privacy.Erasure", person="it.person"),
            models.UniqueConstraint(fields=["organization", "kind", "person"], name="privacy_erasure_once"),
            models.CheckConstraint(condition=Q(kind__in=["client", "professional"]), name="privacy_erasure_kind"),
            models.CheckConstraint(
                condition=Q(provider="none", provider_customer="", provider_done_at=None)
                | (Q(provider="pending", provider_done_at=None) & ~Q(provider_customer=""))
                | Q(provider="done", provider_customer="", provider_done_at__isnull=False),
                name="privacy_erasure_provider",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [list_index()]

    def __str__(self) -> str:
        return f"erasure of {self.kind} {self.person}"

    @property
    def what_is_kept(self) -> list[Kept]:
        return [Kept.of(told) for told in self.kept]
