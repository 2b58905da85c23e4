"""Other people's transactions in this database: whose end somebody may have to wait for."""

from typing import Final

from django.db import connection

# Each transaction holds the lock on its own virtual id, one that only reads too; everybody may see the locks. Workers
# of the server itself, such as autovacuum, are nobody's: they have no login.
_RUNNING: Final = """
    SELECT own.virtualxid, own.pid FROM pg_locks AS own JOIN pg_stat_activity AS session USING (pid)
    WHERE own.locktype = 'virtualxid' AND own.mode = 'ExclusiveLock' AND own.granted
        AND session.datname = current_database() AND session.usesysid IS NOT NULL AND own.pid <> pg_backend_pid()
"""


def running() -> dict[str, int]:
    """All that run at this moment, except for one's own: their virtual ids, and the servers' processes they run in."""
    with connection.cursor() as cursor:
        cursor.execute(_RUNNING)
        return dict(cursor.fetchall())
