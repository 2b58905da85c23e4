"""A service may ask questions of its own."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("services", "0003_own_offers"),
    ]

    operations = [
        migrations.AddField(
            model_name="service",
            name="intake_questions",
            field=models.JSONField(
                blank=True,
                default=list,
                help_text="asked besides the vertical's; one with the id of one of those takes its place",
            ),
        ),
    ]
