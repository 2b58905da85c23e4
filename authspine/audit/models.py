"""The audit: one table of entries for all tables, and where each organization's chain of them stands."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q

from authspine.audit.seals import ChainedOnce, Functions, OnlyGrows
from authspine.kernel.constraints import TenantPolicy
from authspine.kernel.models import TenantManager


class AuditEntry(models.Model):
    """One row that was written, or one look at people. Sealed columns stand here as they are stored: an erasure, which
    destroys the person's key, reaches them here, too.
    """

    class Verb(models.TextChoices):
        CREATE = "create"
        CHANGE = "change"
        DELETE = "delete"
        READ = "read"

    # No foreign key of the database: an entry asks nothing of other tables, and outlives what it tells of.
    organization = models.ForeignKey(
        "identity.Organization", on_delete=models.DO_NOTHING, db_constraint=False, db_index=False, related_name="+"
    )
    at = models.DateTimeField()
    actor = models.TextField()
    address = models.TextField()
    request_id = models.TextField()
    resource = models.TextField()
    row = models.UUIDField(null=True)
    person = models.UUIDField(null=True)
    people = ArrayField(models.UUIDField(), null=True)
    verb = models.CharField(max_length=6, choices=Verb)
    changes = models.JSONField()
    # Its place in the organization's chain, once it has one.
    number = models.BigIntegerField(null=True)
    hash = models.BinaryField(null=True)

    objects = TenantManager()

    class Meta:
        verbose_name_plural = "audit entries"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            TenantPolicy(name="audit_entry_tenant"),
            ChainedOnce(name="audit_entry_chained_once"),
            Functions(name="audit_entry_functions"),
            models.UniqueConstraint(
                fields=["organization", "number"], condition=Q(number__isnull=False), name="audit_entry_number"
            ),
            models.CheckConstraint(
                condition=Q(number=None, hash=None) | Q(number__isnull=False, hash__isnull=False),
                name="audit_entry_chained_whole",
            ),
        ]
        db_table = "audit_entry"
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["organization", "-at", "-id"], name="audit_entry_list"),
            models.Index(fields=["organization", "row"], name="audit_entry_row"),
            models.Index(fields=["organization", "actor", "-at", "-id"], name="audit_entry_actor"),
            models.Index(fields=["organization", "request_id"], name="audit_entry_request"),
            models.Index(
                fields=["organization", "person"], condition=Q(person__isnull=False), name="audit_entry_person"
            ),
            models.Index(fields=["organization", "id"], condition=Q(number=None), name="audit_entry_pending"),
            models.Index(fields=["organization", "at"], condition=Q(resource="export"), name="audit_entry_export"),
            GinIndex(fields=["people"], condition=Q(people__isnull=False), name="audit_entry_people"),
        ]

    def __str__(self) -> str:
        return f"{self.verb} {self.resource}"


class AuditHead(models.Model):
    """The last number of an organization's chain and its hash: entries removed at the end are missed by it."""

    organization = models.OneToOneField(
        "identity.Organization", primary_key=True, on_delete=models.DO_NOTHING, db_constraint=False, related_name="+"
    )
    number = models.BigIntegerField()
    hash = models.BinaryField()

    objects = TenantManager()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            TenantPolicy(name="audit_head_tenant"),
            OnlyGrows(name="audit_head_only_grows"),
        ]
        db_table = "audit_head"

    def __str__(self) -> str:
        return str(self.number)
