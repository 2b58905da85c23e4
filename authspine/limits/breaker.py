"""Redis while it answers, the database while it does not: nobody waits twice for what has just been away."""

import logging
import threading
import time
from collections.abc import Callable, Sequence
from typing import Final

from redis.exceptions import RedisError

from authspine.limits.stores import Count, Hit, Store

COOL_DOWN_SECONDS: Final = 5.0

logger = logging.getLogger(__name__)


class WithFallback:
    """Counts in the first store, and as long as that fails in the second, never in neither.

    One caller looks whether the first is back when the cool-down is over; the others go on with the second.
    """

    def __init__(
        self,
        first: Store,
        second: Store,
        *,
        cool_down: float = COOL_DOWN_SECONDS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.first, self.second, self.cool_down, self.clock = first, second, cool_down, clock
        self.away = False
        self._again_at = 0.0
        self._lock = threading.Lock()

    def count(self, hits: Sequence[Hit]) -> list[Count]:
        if self.away and not self._is_my_turn():
            return self.second.count(hits)
        try:
            counted = self.first.count(hits)
        except (RedisError, OSError) as error:
            self._note(away=True, why=type(error).__name__)
            return self.second.count(hits)
        if self.away:
            self._note(away=False)
        return counted

    def _is_my_turn(self) -> bool:
        with self._lock:
            if self.clock() < self._again_at:
                return False
            self._again_at = self.clock() + self.cool_down
            return True

    def _note(self, *, away: bool, why: str = "") -> None:
        """Said once for each time that it goes and comes, not for each request."""
        with self._lock:
            is_new, self.away = away is not self.away, away
            self._again_at = self.clock() + self.cool_down
        if is_new and away:
            logger.warning("Redis does not answer (%s): limits are counted in the database.", why)
        elif is_new:
            logger.warning("Redis answers again.")
