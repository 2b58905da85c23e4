from typing import ClassVar

from django.db import migrations, models

# Half of each page is left free, so that counting on finds room beside the row; what is dead is swept early.
_UNLOGGED = """
    ALTER TABLE limits_counter SET UNLOGGED;
    ALTER TABLE limits_counter
        SET (fillfactor = 50, autovacuum_vacuum_threshold = 5000, autovacuum_vacuum_scale_factor = 0)
"""


class Migration(migrations.Migration):
    initial = True

    dependencies: ClassVar[list[tuple[str, str]]] = []

    operations: ClassVar[list[migrations.operations.base.Operation]] = [
        migrations.CreateModel(
            name="Counter",
            fields=[
                ("id", models.UUIDField(editable=False, primary_key=True, serialize=False)),
                ("hits", models.BigIntegerField()),
                ("expires_at", models.DateTimeField()),
            ],
        ),
        migrations.RunSQL(_UNLOGGED, migrations.RunSQL.noop),
    ]
