"""What `scripts/bench` measures: each section prepares what it needs, measures and prints one table."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Sizes:
    """How much is measured."""

    rounds: int  # of each comparison, whose figure is their median
    calls: int  # in each round
    clients: int  # in the large list
    bookings: int  # of the large organization
