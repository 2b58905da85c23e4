"""A request that came with a key: who carries it out now, what it has begun, and what was answered."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from authspine.kernel.models import TenantModel, list_index
from authspine.privacy.constraints import SealedCheck
from authspine.privacy.fields import ORGANIZATION, EncryptedBytes


class KeyedRequest(TenantModel):
    """One key of one caller for one route. Nothing of the request is kept but a digest; of the answer, all is in
    `content`, which may be about anybody and is sealed, beside its status and the headers that belong to it.
    """

    principal = models.CharField("caller", max_length=60)  # `user:` or `key:` with its id, `link:` with its booking's
    method = models.CharField(max_length=10)
    route = models.CharField(max_length=300)  # the path with its ids
    key = models.CharField(max_length=255)
    fingerprint = models.CharField(max_length=64)
    # Counts who has carried it out; whoever is not the last one writes nothing.
    run = models.PositiveIntegerField(default=1)
    lease_until = models.DateTimeField()
    # The id of the durable attempt, such as a payment intent: whoever takes over goes on with it.
    attempt = models.UUIDField(null=True, blank=True)
    status = models.PositiveSmallIntegerField(null=True, blank=True)
    headers = models.JSONField(null=True, blank=True)
    content = EncryptedBytes(person=ORGANIZATION, null=True, blank=True)
    # Its answer told of a person who has been erased since: it is gone, and the key is not free again.
    erased_at = models.DateTimeField(null=True, blank=True)

    class Meta(TenantModel.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *TenantModel.Meta.constraints,
            models.UniqueConstraint(
                fields=["organization", "principal", "method", "route", "key"], name="idempotency_keyedrequest_once"
            ),
            models.CheckConstraint(condition=Q(key__regex="^[!-+.-~-]{1,255}$"), name="idempotency_keyedrequest_key"),
            models.CheckConstraint(condition=Q(run__gte=1), name="idempotency_keyedrequest_run"),
            models.CheckConstraint(
                condition=Q(status__isnull=True, headers__isnull=True, content__isnull=True)
                | Q(status__isnull=False, headers__isnull=False, content__isnull=False),
                name="idempotency_keyedrequest_answered_whole",
            ),
            SealedCheck(
                condition=Q(erased_at=None) | Q(status__isnull=False, fingerprint="", headers={}, content=b""),
                name="idempotency_keyedrequest_erased_whole",
            ),
            # A fault of ours is never the last word.
            models.CheckConstraint(
                condition=Q(status__isnull=True) | Q(status__gte=200, status__lt=500),
                name="idempotency_keyedrequest_no_fault_kept",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [list_index()]

    def __str__(self) -> str:
        return f"{self.method} {self.route}"
