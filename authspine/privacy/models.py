"""The wrapped keys. What they wrap is in no table."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from authspine.kernel import clock
from authspine.kernel.ids import new_id
from authspine.kernel.models import TenantModel


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
