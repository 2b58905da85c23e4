"""Counts what each limit has admitted, and nothing else: what one refuses is counted by that one alone."""

from typing import ClassVar

from django.db import migrations

# Still one statement for whoever calls it, so one transaction: a counter that is waited for tells what the one before
# has left, and until the end nobody else reads it. In the order in which the counters are named, which is the same
# everywhere (caller, organization, address), so that two that want the same ones never wait for each other.
# What is taken back is taken from rows that are held since they were counted: nobody has read them in between, and
# nothing more is waited for. What is told of them is what was counted.
# A window runs while it ends after now, and no later than one that began just now: what a clock that was ahead has made
# is over as well. That one is asked for the time anew, since whoever was waited for may have begun after this statement.
_COUNT = """
    CREATE FUNCTION limits_count(ids uuid[], windows int[], most bigint[], amount bigint)
    RETURNS TABLE (in_window bigint, seconds_left float8) LANGUAGE plpgsql AS $$
    DECLARE length interval;
    BEGIN
        FOR place IN 1 .. cardinality(ids) LOOP
            length := windows[place] * interval '1 second';
            INSERT INTO limits_counter AS kept (id, hits, expires_at)
            VALUES (ids[place], amount, now() + length)
            ON CONFLICT (id) DO UPDATE SET
                hits = CASE WHEN kept.expires_at > now() AND kept.expires_at <= clock_timestamp() + length
                    THEN kept.hits ELSE 0 END + EXCLUDED.hits,
                expires_at = CASE WHEN kept.expires_at > now() AND kept.expires_at <= clock_timestamp() + length
                    THEN kept.expires_at ELSE EXCLUDED.expires_at END
            RETURNING kept.hits, extract(epoch FROM kept.expires_at - now())::float8 INTO in_window, seconds_left;
            RETURN NEXT;
            IF in_window > most[place] THEN
                UPDATE limits_counter SET hits = hits - amount WHERE id = ANY (ids[:place - 1]);
                EXIT;
            END IF;
        END LOOP;
    END $$
"""
_DROP = "DROP FUNCTION limits_count(uuid[], int[], bigint[], bigint)"


class Migration(migrations.Migration):
    dependencies: ClassVar[list[tuple[str, str]]] = [("limits", "0001_counters")]

    # The function of three arguments stays: while a release is rolled out, processes of the one before still count by
    # it. A later release drops it.
    operations: ClassVar[list[migrations.operations.base.Operation]] = [migrations.RunSQL(_COUNT, _DROP)]
