"""What may be done with a client's record."""

from datetime import date
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from clients.models import Client


def is_held(client: "Client", today: date) -> bool:
    """Whether a legal hold keeps the record: through its last date, or until it is lifted.

    `today` is a date of the organization's zone.
    """
    if client.legal_hold_at is None:
        return False
    return client.legal_hold_until is None or today <= client.legal_hold_until
