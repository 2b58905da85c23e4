"""The logins of the people in a file: they belong to no organization, so they come to be outside of the import's scope.

Made inside, each would be held until the whole import is over, and whoever registers the same person for another
organization would have to wait for it.
"""

from collections.abc import Iterable, Iterator
from itertools import batched
from typing import Any

from authspine.identity import actions as identity_actions
from authspine.identity.models import User
from authspine.kernel.errors import Invalid
from authspine.kernel.validation import check_fields
from authspine.orchestrator.importing.document import Section

BATCH = 1000
PEOPLE = ("clients", "professionals")


def make(sections: Iterable[Section]) -> None:
    """Make the logins that these sections ask for, a batch in a transaction of its own. Called outside of any scope.

    Those of records that are refused later, or of an import that fails, stay. That is harmless: nobody can sign in by
    them and they lead nowhere; the next who registers the person takes the one that is there.
    """
    for emails in batched(_emails(sections), BATCH):
        identity_actions.logins_for(emails)


def _emails(sections: Iterable[Section]) -> Iterator[str]:
    for section in sections:
        if section.kind in PEOPLE:
            for record in map(section.translate, section.records):
                email = _email(section, record)
                if isinstance(email, str) and _is_fine(email):
                    yield email


def _email(section: Section, record: Any) -> Any:
    try:
        return section.opened(record).get("email") if isinstance(record, dict) else None
    except Invalid:
        return None  # it does not open: the record is refused


def _is_fine(email: str) -> bool:
    """A record with any other is refused."""
    try:
        check_fields(User(email=email.strip()), "email")
    except Invalid:
        return False
    return True
