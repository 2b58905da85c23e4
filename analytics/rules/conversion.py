"""Conversion: of those who did one thing, the share that did another."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Conversion:
    """How many distinct users entered, and how many of these converted; ValueError if more converted than entered."""

    entered: int
    converted: int

    def __post_init__(self) -> None:
        if not 0 <= self.converted <= self.entered:
            raise ValueError("those who converted are among those who entered")

    @property
    def rate(self) -> float:
        """From 0 to 1; 0 when nobody entered."""
        return self.converted / self.entered if self.entered else 0.0

    def as_json(self) -> dict[str, int | float]:
        return {"entered": self.entered, "converted": self.converted, "rate": self.rate}
