"""What became of the records of an import."""

from collections import Counter
from collections.abc import Iterable
from typing import Any

from authspine.kernel.errors import Invalid, PlatformError


class Report:
    """Counts by kind, for every kind that the file has, and the refused records one by one."""

    def __init__(self, kinds: Iterable[str]) -> None:
        self.imported: Counter[str] = Counter()
        self.unchanged: Counter[str] = Counter()
        self.refused: list[dict[str, str | None]] = []
        self._kinds = list(kinds)

    def refuse(self, kind: str, id: str | None, error: PlatformError) -> None:
        """Every wrong shape is a `validation_error` here, whatever finer word it has at the API."""
        code = Invalid.code if isinstance(error, Invalid) else error.code
        self.refused.append({"kind": kind, "id": id, "code": code, "detail": _detail(error)})

    def as_json(self) -> dict[str, Any]:
        return {
            "imported": {kind: self.imported[kind] for kind in self._kinds},
            "unchanged": {kind: self.unchanged[kind] for kind in self._kinds},
            "refused": self.refused,
        }


def _detail(error: PlatformError) -> str:
    """The words of a refusal, with the name of the field before them."""
    field = error.faults[0].field if error.faults else ""
    return error.detail if error.detail.startswith(f"{field}:") or not field else f"{field}: {error.detail}"
