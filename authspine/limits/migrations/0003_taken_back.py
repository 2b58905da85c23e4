"""What a counter refuses is taken back from those before it, too."""

from importlib import import_module
from typing import ClassVar

from django.db import migrations

_BEFORE = import_module("authspine.limits.migrations.0002_admitted")._COUNT.replace("CREATE", "CREATE OR REPLACE", 1)

# As before, and what is taken back is taken from rows that are held since they were counted: nobody has read them in
# between, and nothing more is waited for. What is told of them is what was counted.
_COUNT = """
    CREATE OR REPLACE FUNCTION limits_count(ids uuid[], windows int[], most bigint[], amount bigint)
    RETURNS TABLE (in_window bigint, seconds_left float8) LANGUAGE plpgsql AS $$
    BEGIN
        FOR place IN 1 .. cardinality(ids) LOOP
            INSERT INTO limits_counter AS kept (id, hits, expires_at)
            VALUES (ids[place], amount, now() + windows[place] * interval '1 second')
            ON CONFLICT (id) DO UPDATE SET
                hits = CASE WHEN kept.expires_at > now() THEN kept.hits ELSE 0 END + EXCLUDED.hits,
                expires_at = CASE WHEN kept.expires_at > now() THEN kept.expires_at ELSE EXCLUDED.expires_at END
            RETURNING kept.hits, extract(epoch FROM kept.expires_at - now())::float8 INTO in_window, seconds_left;
            RETURN NEXT;
            IF in_window > most[place] THEN
                UPDATE limits_counter SET hits = hits - amount WHERE id = ANY (ids[:place - 1]);
                EXIT;
            END IF;
        END LOOP;
    END $$
"""


class Migration(migrations.Migration):
    dependencies: ClassVar[list[tuple[str, str]]] = [("limits", "0002_admitted")]

    operations: ClassVar[list[migrations.operations.base.Operation]] = [migrations.RunSQL(_COUNT, _BEFORE)]
