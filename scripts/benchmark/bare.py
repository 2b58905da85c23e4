"""Django views without the platform: the SQL that the platform reads with, inserts by hand, and the rows as JSON.

Each pays for what the platform must pay for too: the key is looked up and compared, the organization's policies hold,
the calendar's lock is taken, the event is stored in the same transaction.
"""

import json
import os
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, transaction
from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from authspine.kernel.ids import new_id

SCOPE = "SELECT set_config('app.organization_id', %s, true), set_config('lock_timeout', '3s', true)"
STAMPS = "id, organization_id, created_at, updated_at"


@cache
def recorded() -> dict[str, Any]:
    """What the platform was seen to read, by name, and the ids of the business."""
    return json.loads(Path(os.environ["BENCHMARK_RECORDING"]).read_text())  # type: ignore[no-any-return]


def replay(request: HttpRequest, name: str) -> JsonResponse:
    """The recorded statements of one request, one after the other, and the rows of the last."""
    with transaction.atomic(), connection.cursor() as cursor:
        return JsonResponse(read(cursor, name), safe=False, encoder=AsStored)


class AsStored(DjangoJSONEncoder):
    """What is sealed goes out as it is stored: to open it is the platform's own work."""

    def default(self, value: Any) -> Any:
        return bytes(value).hex() if isinstance(value, bytes | memoryview) else super().default(value)


def read(cursor: Any, name: str, **ids: str) -> list[Any]:
    """Send what was recorded under this name, about these; the rows of the last."""
    rows: list[Any] = []
    for statement in recorded()["statements"][name]:
        for mark, value in ids.items():
            statement = statement.replace(f"{{{mark}}}", value)
        cursor.execute(statement)
        rows = cursor.fetchall()
    return rows


@csrf_exempt
def hold(request: HttpRequest) -> JsonResponse:
    """A hold by hand."""
    body = json.loads(request.body)
    service, client = recorded()["services"][body["service"]], body["client"]
    with connection.cursor() as cursor:
        read(cursor, "key")
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(SCOPE, [recorded()["organization"]])
        read(cursor, "hold", service=service["id"], professional=service["professional"], client=client)
        booking = insert(cursor, service, client, datetime.fromisoformat(body["starts_at"]))
        event(cursor, "booking.created", client, booking)
    return JsonResponse(body | {"id": booking, "status": "held", "total": service["total_cents"]}, status=201)


@csrf_exempt
def confirm(request: HttpRequest, booking: Any) -> JsonResponse:
    """A confirmation by hand."""
    with connection.cursor() as cursor:
        read(cursor, "key")
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(SCOPE, [recorded()["organization"]])
        read(cursor, "confirm", booking=str(booking))
        cursor.execute(
            "UPDATE bookings_booking SET status = 'confirmed', confirmed_at = now(), version = version + 1"
            " WHERE id = %s AND status = 'pending' AND hold_expires_at > now() RETURNING client_id, total_cents",
            [booking],
        )
        client, total = cursor.fetchone()
        event(cursor, "booking.confirmed", client, str(booking))
    return JsonResponse({"id": booking, "client": client, "status": "confirmed", "total": total})


def insert(cursor: Any, service: dict[str, Any], client: str, starts_at: datetime) -> str:
    """Session, occupancy and booking; the booking's id."""
    now, ends_at = timezone.now(), starts_at + timedelta(minutes=service["minutes"])
    session, booking = str(new_id()), str(new_id())
    stamps = [recorded()["organization"], now, now]
    cursor.execute(
        f"INSERT INTO bookings_session ({STAMPS}, service_id, professional_id, starts_at, ends_at, capacity,"  # noqa: S608
        " seats_taken) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, 1, 1)",
        [session, *stamps, service["id"], service["professional"], starts_at, ends_at],
    )
    cursor.execute(
        f"INSERT INTO bookings_occupancy ({STAMPS}, session_id, subject, starts_at, ends_at, active)"  # noqa: S608
        " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, true)",
        [str(new_id()), *stamps, session, service["professional"], starts_at, ends_at],
    )
    cursor.execute(
        f"INSERT INTO bookings_booking ({STAMPS}, session_id, client_id, vertical_id, timezone, status, total_cents,"  # noqa: S608
        " deposit_cents, fee_cents, currency, policy, hold_expires_at, cancelled_by, cancellation_reason, notes,"
        " reschedules, version)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s, 'UTC', 'pending', %s, 0, 0, %s, %s, %s, '', '', '', 0, 1)",
        [
            *(booking, *stamps, session, client, service["vertical"], service["total_cents"], service["currency"]),
            *(recorded()["policy"], now + timedelta(minutes=15)),
        ],
    )
    return booking


def event(cursor: Any, kind: str, client: Any, booking: str) -> None:
    now = timezone.now()
    cursor.execute(
        f'INSERT INTO analytics_analyticsevent ({STAMPS}, type, timestamp, "user", actor, session_id, data)'  # noqa: S608
        " VALUES (%s, %s, %s, %s, %s, %s, %s, 'bare', '', %s)",
        [str(new_id()), recorded()["organization"], now, now, kind, now, client, json.dumps({"bookingId": booking})],
    )
