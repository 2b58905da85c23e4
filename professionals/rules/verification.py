"""Who may be booked: a vertical may demand that its professionals are verified first."""

from datetime import datetime


def may_take_bookings(*, requires_verification: bool, verified_at: datetime | None) -> bool:
    """Whether a professional of a vertical may be booked; if not, the refusal's code is `professional_unverified`."""
    return verified_at is not None or not requires_verification
