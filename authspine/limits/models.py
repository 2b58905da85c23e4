"""The counters of the rate limits, where there is no Redis, and always those of sign-ins and money."""

from django.db import models


class Counter(models.Model):
    """How often something was done since the first time of its window. Global: addresses belong to no organization.

    The table is not logged: a commit waits for no disk, and after a crash of the server, as on a standby that takes
    over, all windows begin anew. The id is a keyed hash of what is counted: nobody's address stands here.
    """

    id = models.UUIDField(primary_key=True, editable=False)
    hits = models.BigIntegerField()
    # Without an index, so that counting on leaves all indexes alone.
    expires_at = models.DateTimeField()

    def __str__(self) -> str:
        return str(self.id)
