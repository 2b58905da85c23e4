from typing import ClassVar

from django.db import migrations, models

# Half of each page is left free, so that counting on finds room beside the row; what is dead is swept early.
_UNLOGGED = """
    ALTER TABLE limits_counter SET UNLOGGED;
    ALTER TABLE limits_counter
        SET (fillfactor = 50, autovacuum_vacuum_threshold = 5000, autovacuum_vacuum_scale_factor = 0)
"""

# One statement, so one moment: who waits for a counter adds to what the one before has left. In the order of ids, so
# that two that want the same counters never wait for each other. A function, since its plan is kept by the connection,
# also through a pooler: with every request, to plan it would take longer than to run it.
_COUNT = """
    CREATE FUNCTION limits_count(ids uuid[], windows int[], amount bigint)
    RETURNS TABLE (counted uuid, in_window bigint, seconds_left float8) LANGUAGE plpgsql AS $$
    BEGIN
        RETURN QUERY INSERT INTO limits_counter AS kept (id, hits, expires_at)
        SELECT hit.id, amount, now() + hit.seconds * interval '1 second'
        FROM unnest(ids, windows) AS hit (id, seconds) ORDER BY hit.id
        ON CONFLICT (id) DO UPDATE SET
            hits = CASE WHEN kept.expires_at > now() THEN kept.hits ELSE 0 END + EXCLUDED.hits,
            expires_at = CASE WHEN kept.expires_at > now() THEN kept.expires_at ELSE EXCLUDED.expires_at END
        RETURNING kept.id, kept.hits, extract(epoch FROM kept.expires_at - now())::float8;
    END $$
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
        migrations.RunSQL(_COUNT, "DROP FUNCTION limits_count"),
    ]
