"""Rows as text for COPY: what all rows of a table share is written once, so that a row costs about a microsecond."""

import json
from typing import Any

from django.db.models import Field, Model

NULL = r"\N"
UNSAFE = ("\t", "\n", "\r", "\\")


class Lines:
    """The lines of one table. Columns that are neither shared nor varying have their default."""

    def __init__(self, model: type[Model], varying: tuple[str, ...], **shared: Any) -> None:
        fields = model._meta.concrete_fields
        columns = ", ".join(f'"{field.column}"' for field in fields)
        self.statement = f'COPY "{model._meta.db_table}" ({columns}) FROM STDIN'
        values = {field.attname: self._text(field, shared) for field in fields if field.attname not in varying}
        parts = [values.get(field.attname, f"{{{field.attname}}}") for field in fields]
        self.row = ("\t".join(parts) + "\n").format_map

    @staticmethod
    def _text(field: "Field[Any, Any]", shared: dict[str, Any]) -> str:
        value = shared.get(field.attname, field.get_default())
        if value is None:
            return NULL
        text = json.dumps(value) if isinstance(value, dict | list) else str(value)
        assert not any(mark in text for mark in UNSAFE)
        return text.replace("{", "{{").replace("}", "}}")
