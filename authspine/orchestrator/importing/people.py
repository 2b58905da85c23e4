"""Clients and professionals: one e-mail each, and the login that goes with it."""

from collections.abc import Sequence
from typing import Any

from authspine.identity import actions as identity_actions
from authspine.identity.models import User
from authspine.kernel.errors import Conflict
from authspine.orchestrator.importing.importer import Importer
from authspine.orchestrator.importing.work import Entry, Work
from authspine.privacy import blind


class People(Importer):
    """What clients and professionals share. The e-mail of a deleted person is free."""

    email_exists: type[Conflict]
    holder: str  # what the records inside call their holder
    personal: tuple[str, ...]  # what is empty of somebody who was erased

    def __init__(self, work: Work) -> None:
        super().__init__(work)
        self._emails: set[bytes] = set()

    def prepare(self, entries: Sequence[Entry]) -> None:
        emails = (entry.reader.peek("email") for entry in entries)
        keys = {blind.email_index(self.model, email) for email in emails if isinstance(email, str)}
        taken = self.model.objects.filter(email_key__in=keys, deleted_at=None)
        self._emails = {bytes(key) for key in taken.values_list("email_key", flat=True)}

    def check_email(self, row: Any) -> None:
        """Raises the kind's EmailExists when somebody here, or earlier in the file, has this e-mail."""
        if row.deleted_at is not None:
            return
        if row.email_key in self._emails:
            raise self.email_exists
        self._emails.add(row.email_key)

    def erased(self, entry: Entry, **facts: Any) -> Any:
        """The empty row of somebody who was erased where the file comes from; None for everybody else.

        `facts` are what such a row has. Raises Invalid when anything is told of the person.
        """
        reader = entry.reader
        at = reader.instant("erased_at", None)
        if at is None:
            return None
        for name in self.personal:
            if reader.peek(name):
                reader.refuse(name, "must be empty, since the person was erased.")
        reader.pass_over(*self.personal)
        deleted_at = reader.instant("deleted_at", None) or at
        nobody = {"name": "", "email": "", "external_id": None, "deleted_at": deleted_at, "erased_at": at}
        return self.model(**self.common(entry) | facts | nobody)

    def store(self, entries: Sequence[Entry]) -> None:
        # Made before the scope was opened (see `logins`): here they are read, unless one has been deleted since.
        known = [entry for entry in entries if entry.row.erased_at is None]
        logins = identity_actions.logins_for([entry.row.email for entry in known])
        for entry in known:
            entry.row.user = logins[blind.email_index(User, entry.row.email)]
        left = self.write(entries)
        self.settle(entries, left)
        stored = [entry for entry in entries if entry not in left]
        self.store_inside(stored)

    def store_inside(self, entries: Sequence[Entry]) -> None:
        """Write the records inside these."""
        for entry in entries:
            for part in entry.parts:
                setattr(part.row, self.holder, entry.row)  # now, since the holder's id may have changed on the way in
        for kind in self.contains:
            self.write_whole([part for entry in entries for part in entry.parts if part.kind == kind])
