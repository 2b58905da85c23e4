"""What the audit may keep of a table's columns, by their tags.

What is sealed under a person's key goes there as it is stored, and goes with the key. What opens something, what stands
for somebody, and what is personal or emptied by an erasure without such a seal stays out: it would still be there when
the person is erased.
"""

from authspine.audit.constraints import Audited
from authspine.privacy.tags import TABLES

# What a row is called elsewhere may name the person whom it is about; an erasure takes it away.
_BY_IMPORTS = {"external_id"}


def audited(
    label: str, *, person: str = "", withheld: tuple[str, ...] = (), unwatched: tuple[str, ...] = ()
) -> Audited:
    """The triggers of a table. `withheld` names what is sealed under another key than the person's."""
    table = TABLES[label]
    named = {*table.hidden.split(), *table.clear, *table.emptied.split(), *(_BY_IMPORTS & {*table.neutral.split()})}
    return Audited(
        name="%(app_label)s_%(class)s_audited",
        person=person,
        withheld=sorted(named | {*withheld}),
        unwatched=sorted(unwatched),
    )
