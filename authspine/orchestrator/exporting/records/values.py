"""The values that records are made of."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from authspine.kernel.models import TenantModel

type Record = dict[str, Any]


def time_of(value: datetime | None) -> str | None:
    return value.isoformat() if value else None


def date_of(value: date | None) -> str | None:
    return value.isoformat() if value else None


def id_of(value: UUID | None) -> str | None:
    return str(value) if value else None


def money_of(amount_cents: int, currency: str) -> Record:
    return {"amount_cents": amount_cents, "currency": currency}


def row_of(row: TenantModel) -> Record:
    return {
        "id": str(row.id),
        "external_id": row.external_id,
        "created_at": time_of(row.created_at),
        "updated_at": time_of(row.updated_at),
    }
