"""The one way in which a limit refuses."""

from authspine.kernel.errors import Unavailable


class TooMany(Unavailable):
    """Too often within the time of a limit; `retry_after_seconds` says when its window ends."""

    code = "too_many_requests"
    detail = "Too many requests. Please try again later."

    def __init__(self, *, retry_after_seconds: int) -> None:
        super().__init__()
        self.retry_after_seconds = retry_after_seconds
