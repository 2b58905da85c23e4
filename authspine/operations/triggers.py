"""The triggers that write the audit, and those that keep it, the ledger and the last owner: they stand and are on.

Looked at when a server, a worker or a command starts, and by `manage.py check_seals`: without one of them all goes on
as before, and leaves no entry or can be undone.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final, LiteralString

# Every sealed table leaves entries but these: why.
UNAUDITED: Final[dict[str, str]] = {
    "audit_entry": "the entries themselves",
    "audit_head": "where their chain ends",
    "idempotency_keyedrequest": "answers that are kept for 30 days, of requests whose effects are audited",
}
# Global tables that leave entries as well: their rows belong to an organization.
AUDITED: Final = ("identity_organization", "identity_membership", "identity_apikey", "identity_bookinglink")
# table: its other triggers
KEPT: Final[dict[str, Sequence[str]]] = {
    "audit_entry": ("audit_entry_chained_once_update", "audit_entry_chained_once_delete"),
    "audit_head": ("audit_head_only_grows_update", "audit_head_only_grows_delete"),
    "payments_ledgertransaction": ("payments_ledgertransaction_append_only", "payments_ledgertransaction_balanced"),
    "payments_ledgerentry": ("payments_ledgerentry_append_only", "payments_ledgerentry_balanced"),
    "identity_membership": ("identity_membership_last_owner",),
    "identity_user": ("identity_membership_last_owner",),
}
MOST_TOLD: Final = 5

# One that is switched off counts whatever it does: those of references, too.
_LACKING: Final[LiteralString] = """
    WITH known AS (
        SELECT oid, relname, relrowsecurity FROM pg_class
        WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace
    ),
    wanted AS (
        SELECT oid, relname, relname || '_audited_' || kind AS name
        FROM known, unnest(ARRAY['insert', 'update', 'delete', 'truncate']) kind
        WHERE relrowsecurity AND relname <> ALL (%(unaudited)s::text[]) OR relname = ANY (%(audited)s::text[])
        UNION ALL SELECT oid, relname, kept.name
        FROM known JOIN unnest(%(tables)s::text[], %(names)s::text[]) AS kept ("table", name) ON "table" = relname
    )
    SELECT name || ' on ' || relname || ' is missing' FROM wanted
    WHERE NOT EXISTS (SELECT FROM pg_trigger WHERE tgrelid = wanted.oid AND tgname = wanted.name)
    UNION ALL SELECT tgname || ' on ' || relname || ' is switched off'
    FROM pg_trigger JOIN known ON known.oid = tgrelid WHERE tgenabled NOT IN ('O', 'A')
    ORDER BY 1
"""


def lacking(execute: Callable[[LiteralString, dict[str, Any]], Iterable[Any]]) -> list[str]:
    """What is wrong with each trigger that does not do its work. A table that is not there yet has none."""
    tables, names = zip(*((table, name) for table, kept in KEPT.items() for name in kept), strict=True)
    values = {"unaudited": [*UNAUDITED], "audited": [*AUDITED], "tables": [*tables], "names": [*names]}
    return [said for (said,) in execute(_LACKING, values)]


def told(found: Sequence[str]) -> str:
    """In words, of many only the first."""
    more = f", and {len(found) - MOST_TOLD} more" if len(found) > MOST_TOLD else ""
    return ", ".join(found[:MOST_TOLD]) + more
