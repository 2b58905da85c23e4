"""What a client answered for a booking, in a row of its own."""

import django.db.models.deletion
from django.db import migrations, models

import authspine.kernel.clock
import authspine.kernel.constraints
import authspine.kernel.ids
import authspine.kernel.tenancy
import authspine.privacy.fields


class Migration(migrations.Migration):
    dependencies = [
        ("bookings", "0004_sealed_texts"),
        ("clients", "0002_sealed_people"),
        ("identity", "0003_refund_approval"),
    ]

    operations = [
        migrations.CreateModel(
            name="IntakeAnswers",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=authspine.kernel.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("external_id", models.CharField(blank=True, max_length=200, null=True)),
                ("created_at", models.DateTimeField(default=authspine.kernel.clock.now, editable=False)),
                ("updated_at", models.DateTimeField(default=authspine.kernel.clock.now, editable=False)),
                ("content", authspine.privacy.fields.EncryptedJSON(person="client")),
                (
                    "booking",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="intake_answers",
                        to="bookings.booking",
                    ),
                ),
                (
                    "client",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="clients.client",
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        db_index=False,
                        default=authspine.kernel.tenancy.default_organization_id,
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="identity.organization",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "intake answers",
                "abstract": False,
                "indexes": [models.Index(fields=["organization", "client"], name="intakeanswers_client")],
                "constraints": [
                    models.UniqueConstraint(fields=("organization", "id"), name="bookings_intakeanswers_tenant_key"),
                    models.UniqueConstraint(
                        fields=("organization", "external_id"), name="bookings_intakeanswers_external_id_key"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("external_id", ""), _negated=True),
                        name="bookings_intakeanswers_external_id_filled",
                    ),
                    authspine.kernel.constraints.TenantPolicy(name="bookings_intakeanswers_tenant"),
                    authspine.kernel.constraints.TenantForeignKey(
                        field="booking", name="bookings_intakeanswers_booking_fk"
                    ),
                    authspine.kernel.constraints.TenantForeignKey(
                        field="client", name="bookings_intakeanswers_client_fk"
                    ),
                    models.UniqueConstraint(fields=("organization", "booking"), name="bookings_intakeanswers_once"),
                ],
            },
        ),
    ]
