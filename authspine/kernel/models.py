"""The base of every tenant-owned row: its id, its organization, and the two seals."""

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q

from authspine.kernel import clock, tenancy
from authspine.kernel.constraints import TenantForeignKey, TenantPolicy
from authspine.kernel.ids import new_id


class TenantManager[M: models.Model](models.Manager[M]):
    """Rows of the scope's organization only; raises OutsideScopeError outside of a scope."""

    def get_queryset(self) -> models.QuerySet[M]:
        return super().get_queryset().filter(organization_id=tenancy.organization_id())


class TenantModel(models.Model):
    """A row that belongs to an organization: the scope's, unless an import by the owner says otherwise."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organization = models.ForeignKey(
        "identity.Organization",
        on_delete=models.PROTECT,
        default=tenancy.default_organization_id,
        editable=False,
        db_index=False,
        related_name="+",
    )
    external_id = models.CharField(max_length=200, null=True, blank=True)  # noqa: DJ001 (NULL keeps the key unique)
    created_at = models.DateTimeField(default=clock.now, editable=False)
    updated_at = models.DateTimeField(default=clock.now, editable=False)

    objects = TenantManager()

    class Meta:
        abstract = True
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["organization", "id"], name="%(app_label)s_%(class)s_tenant_key"),
            models.UniqueConstraint(
                fields=["organization", "external_id"], name="%(app_label)s_%(class)s_external_id_key"
            ),
            models.CheckConstraint(condition=~Q(external_id=""), name="%(app_label)s_%(class)s_external_id_filled"),
            TenantPolicy(name="%(app_label)s_%(class)s_tenant"),
        ]


def list_index() -> models.Index:
    """The default order of every list is newest first; the cursor pages walk this index."""
    return models.Index(fields=["organization", "-created_at", "-id"], name="%(class)s_list")


def tenant_reference(to: str, *, null: bool = False, related_name: str = "+") -> Any:
    """A foreign key to a tenant row; pair it with `same_tenant`, which makes the constraint and the index column."""
    return models.ForeignKey(
        to,
        on_delete=models.PROTECT,
        null=null,
        blank=null,
        db_constraint=False,
        db_index=False,
        related_name=related_name,
    )


def same_tenant(*fields: str) -> list[models.BaseConstraint]:
    """The composite foreign keys of the named fields."""
    return [TenantForeignKey(field=field, name=f"%(app_label)s_%(class)s_{field}_fk") for field in fields]
