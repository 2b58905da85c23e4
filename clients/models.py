"""Clients: the people whom an organization serves."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from authspine.kernel.models import TenantModel, list_index
from authspine.kernel.validation import an_object
from authspine.privacy import blind
from authspine.privacy.constraints import SealedCheck
from authspine.privacy.fields import EncryptedEmail, EncryptedJSON, EncryptedParagraphs, EncryptedText, PersonKeyField

FOUND = "clients_client_found"  # the search by blind tokens


class Client(TenantModel):
    """A person served. The contact e-mail stands here, so changing it touches neither the login nor another tenant."""

    # Without one only when erased.
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    data_key = PersonKeyField()
    email = EncryptedEmail(max_length=254)
    email_key = blind.index_field()
    name = EncryptedText(max_length=200)
    phone = EncryptedText(max_length=40, blank=True, default="")
    preferences = EncryptedJSON(default=dict, blank=True, validators=[an_object])
    metadata = EncryptedJSON(default=dict, blank=True, validators=[an_object])
    notes = EncryptedParagraphs(blank=True, default="")
    tokens = blind.tokens_field()
    deleted_at = models.DateTimeField(null=True, blank=True, editable=False)
    erased_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta(TenantModel.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *TenantModel.Meta.constraints,
            # The e-mail of a deleted client is free again.
            models.UniqueConstraint(
                fields=["organization", "email_key"], condition=Q(deleted_at=None), name="clients_client_email_key"
            ),
            SealedCheck(
                condition=~Q(erased_at=None) | (~Q(name=b"") & ~Q(email=b"") & ~Q(email_key=None)),
                name="clients_client_named",
            ),
            # An erased person has no key, and nothing to open or to be found by; who has none is erased.
            SealedCheck(
                condition=Q(erased_at=None, user__isnull=False) & ~Q(data_key=b"")
                | Q(
                    erased_at__isnull=False,
                    deleted_at__isnull=False,
                    data_key=b"",
                    email_key=None,
                    tokens=[],
                    user=None,
                )
                & Q(name=b"", email=b"", phone=b"", notes=b"", preferences=b"", metadata=b""),
                name="clients_client_erased_whole",
            ),
            blind.BlindSearch(field="tokens", name=FOUND),
        ]
        indexes: ClassVar[list[models.Index]] = [list_index()]

    def __str__(self) -> str:
        return str(self.name) if self.erased_at is None else "erased client"
