"""What may stay of an event's data when the person whom it is about is erased: what can name nobody."""

from datetime import datetime
from typing import Any
from uuid import UUID


def nameless(data: dict[str, Any]) -> dict[str, Any]:
    """The ids, numbers, times and truths of it. Words go: an import may have put anything into any of them."""
    kept = {name: _kept(value) for name, value in data.items() if name.isidentifier()}
    return {name: value for name, value in kept.items() if value is not None}


def _kept(value: Any) -> Any:
    if isinstance(value, bool | int | float) or (isinstance(value, str) and (_is_id(value) or _is_time(value))):
        return value
    if isinstance(value, dict):
        return nameless(value) or None
    return None


def _is_id(text: str) -> bool:
    try:
        return str(UUID(text)) == text.lower()
    except ValueError:
        return False


def _is_time(text: str) -> bool:
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return True
