"""Clients: the people whom an organization serves."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from authspine.kernel.models import TenantModel, list_index
from authspine.kernel.validation import an_object


class Client(TenantModel):
    """A person served. The contact e-mail stands here, so changing it touches neither the login nor another tenant."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    email = models.EmailField(max_length=254)
    email_key = models.CharField(max_length=254, editable=False)
    name = models.CharField(max_length=200)
    phone = models.CharField(max_length=40, blank=True, default="")
    preferences = models.JSONField(default=dict, blank=True, validators=[an_object])
    metadata = models.JSONField(default=dict, blank=True, validators=[an_object])
    notes = models.TextField(blank=True, default="")
    search_text = models.TextField(editable=False, default="")
    deleted_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta(TenantModel.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *TenantModel.Meta.constraints,
            # The e-mail of a deleted client is free again.
            models.UniqueConstraint(
                fields=["organization", "email_key"], condition=Q(deleted_at=None), name="clients_client_email_key"
            ),
            models.CheckConstraint(condition=~Q(name="") & ~Q(email=""), name="clients_client_named"),
        ]
        indexes: ClassVar[list[models.Index]] = [list_index()]

    def __str__(self) -> str:
        return self.name
