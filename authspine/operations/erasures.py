"""Nobody is let in before whoever was erased is erased in this database, too: it may be a backup that was restored."""

import logging
from threading import Lock

from django.db import DatabaseError, InterfaceError

from authspine.kernel.errors import PlatformError
from authspine.operations.errors import SetUpFailed
from authspine.orchestrator import erasure
from authspine.privacy.errors import ErasureListBroken

logger = logging.getLogger(__name__)


def replay(*, dry_run: bool = False) -> erasure.Replay:
    """Carry the list of erasures out in this database, or with `dry_run` say what would be. Raises SetUpFailed."""
    try:
        found = erasure.replay(dry_run=dry_run)
    except PlatformError as error:
        raise SetUpFailed(f"The list of erasures cannot be carried out: {error.detail}") from error
    except (ErasureListBroken, DatabaseError, InterfaceError) as error:
        # Not the database's words, which quote rows.
        why = str(error) if isinstance(error, ErasureListBroken) else f"the database says {type(error).__name__}."
        raise SetUpFailed(f"The list of erasures cannot be carried out: {why}") from error
    if found.found and not dry_run:
        logger.warning("People on the list of erasures were in this database: %s, erased again.", len(found.found))
    return found


class ListGuard:
    """Has the list carried out before the first answer of each process; until then requests answer 503."""

    def __init__(self) -> None:
        self.done = False
        self._turn = Lock()

    def lets_in(self) -> bool:
        if not self.done:
            with self._turn:
                self.done = self.done or self._replay()
        return self.done

    def _replay(self) -> bool:
        try:
            replay()
        except SetUpFailed as failure:
            logger.critical("%s", failure)
            return False
        return True
