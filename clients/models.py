"""Clients: the people whom an organization serves, and what they have agreed to."""

from typing import ClassVar

from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q

from authspine.kernel.models import TenantModel, list_index, same_tenant, tenant_reference
from authspine.kernel.validation import a_near_time, an_object
from authspine.privacy import blind
from authspine.privacy.auditing import audited
from authspine.privacy.constraints import SealedCheck, erased_whole
from authspine.privacy.fields import EncryptedEmail, EncryptedJSON, EncryptedParagraphs, EncryptedText, PersonKeyField

FOUND = "clients_client_found"  # the search by blind tokens
A_PURPOSE = r"\A[a-z0-9_-]+\Z"


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
    # A file number and no reason: what a dispute is about would be personal.
    legal_hold_reference = models.CharField(max_length=100, blank=True, default="", editable=False)
    legal_hold_until = models.DateField(null=True, blank=True, editable=False, help_text="the last date it holds on")
    legal_hold_at = models.DateTimeField(null=True, blank=True, editable=False)
    erased_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta(TenantModel.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *TenantModel.Meta.constraints,
            audited("clients.Client", person="it.id"),
            # The e-mail of a deleted client is free again.
            models.UniqueConstraint(
                fields=["organization", "email_key"], condition=Q(deleted_at=None), name="clients_client_email_key"
            ),
            SealedCheck(
                condition=~Q(erased_at=None) | (~Q(name=b"") & ~Q(email=b"") & ~Q(email_key=None)),
                name="clients_client_named",
            ),
            erased_whole(
                "clients_client_erased_whole", name=b"", email=b"", phone=b"", notes=b"", preferences=b"", metadata=b""
            ),
            blind.BlindSearch(field="tokens", name=FOUND),
            models.CheckConstraint(
                condition=Q(legal_hold_at=None, legal_hold_reference="", legal_hold_until=None)
                | (Q(legal_hold_at__isnull=False) & ~Q(legal_hold_reference="")),
                name="clients_client_legal_hold",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [list_index()]

    def __str__(self) -> str:
        return str(self.name) if self.erased_at is None else "erased client"


class Consent(TenantModel):
    """What a client has agreed to, by which text, from when to when. Given again after its end, it is another row."""

    class Method(models.TextChoices):
        WEB_FORM = "web_form"
        PAPER = "paper"
        VERBAL = "verbal"
        EMAIL = "email", "E-mail"
        IMPORTED = "imported"

    # A consent by another version of the text takes the place of the one before.
    REPLACED = "replaced"
    ENDINGS: ClassVar[list[tuple[str, str]]] = [*Method.choices, (REPLACED, "Replaced by a newer text")]

    client = tenant_reference("clients.Client", related_name="consents")
    purpose = models.CharField(
        max_length=50,
        validators=[RegexValidator(A_PURPOSE, "Must be lower-case letters, digits, hyphens and underscores.")],
    )
    text_version = models.CharField("version of the text", max_length=50)
    given_at = models.DateTimeField("given", validators=[a_near_time])
    method = models.CharField("given by", max_length=10, choices=Method.choices)
    withdrawn_at = models.DateTimeField("withdrawn", null=True, blank=True, validators=[a_near_time])
    withdrawn_how = models.CharField("withdrawn by", max_length=10, choices=ENDINGS, blank=True, default="")

    class Meta(TenantModel.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *TenantModel.Meta.constraints,
            audited("clients.Consent", person="it.client_id"),
            *same_tenant("client"),
            models.UniqueConstraint(
                fields=["organization", "client", "purpose"],
                condition=Q(withdrawn_at=None),
                name="clients_consent_one_live",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at=None) | Q(withdrawn_at__gte=F("given_at")), name="clients_consent_order"
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at=None, withdrawn_how="")
                | (Q(withdrawn_at__isnull=False) & ~Q(withdrawn_how="")),
                name="clients_consent_withdrawn_whole",
            ),
            models.CheckConstraint(
                condition=Q(purpose__regex=A_PURPOSE) & ~Q(text_version=""), name="clients_consent_named"
            ),
            models.CheckConstraint(
                condition=Q(method__in=["web_form", "paper", "verbal", "email", "imported"])
                & Q(withdrawn_how__in=["web_form", "paper", "verbal", "email", "imported", "replaced", ""]),
                name="clients_consent_method",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            list_index(),
            models.Index(fields=["organization", "client"], name="consent_client"),
        ]

    def __str__(self) -> str:
        return f"{self.purpose}, {self.text_version}"
