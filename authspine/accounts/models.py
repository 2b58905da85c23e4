"""How often somebody has tried lately: the counts that `authspine.accounts.guard` decides by."""

from django.db import models


class Attempts(models.Model):
    """Attempts of one kind, of one login or from one address, which the key stands for and does not name."""

    key = models.BinaryField(primary_key=True, max_length=32)
    count = models.PositiveIntegerField()
    since = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.count} since {self.since}"
