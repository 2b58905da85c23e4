"""Django views without the platform: one transaction, the SQL that the platform sends, and the rows as JSON."""

import json
import os
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from django.db import connection, transaction
from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from authspine.kernel.ids import new_id

SCOPE = "SELECT set_config('app.organization_id', %s, true), set_config('lock_timeout', '3s', true)"


@cache
def recorded() -> dict[str, Any]:
    """What the platform was seen to send, by name, and the ids of the ground."""
    return json.loads(Path(os.environ["BENCHMARK_RECORDING"]).read_text())  # type: ignore[no-any-return]


def replay(request: HttpRequest, name: str) -> JsonResponse:
    """The recorded statements of one request, one after the other, and the rows of the last."""
    rows: list[Any] = []
    with transaction.atomic(), connection.cursor() as cursor:
        for statement in recorded()["statements"][name]:
            cursor.execute(statement)
            rows = cursor.fetchall()
    return JsonResponse(rows, safe=False)


@csrf_exempt
def hold_and_confirm(request: HttpRequest) -> JsonResponse:
    """A booking by hand: what a hold and a confirm must write, in two transactions."""
    body = json.loads(request.body)
    booking = hold(body["client"], datetime.fromisoformat(body["starts_at"]))
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(SCOPE, [recorded()["organization"]])
        cursor.execute(
            "UPDATE bookings_booking SET status = 'confirmed', confirmed_at = now(), version = version + 1"
            " WHERE id = %s AND status = 'pending' AND hold_expires_at > now()",
            [booking],
        )
        event(cursor, "booking.confirmed", body["client"], booking)
        row = read(cursor, booking)
    return JsonResponse({"id": row[0], "status": row[1]}, status=201)


def hold(client: str, starts_at: datetime) -> str:
    known, now = recorded(), timezone.now()
    session, occupancy, booking = (str(new_id()) for _ in range(3))
    ends_at = starts_at + timedelta(minutes=30)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(SCOPE, [known["organization"]])
        cursor.execute("SELECT * FROM clients_client WHERE id = %s", [client])
        cursor.execute("SELECT * FROM services_service WHERE id = %s", [known["service"]])
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [known["professional"]])
        for statement in known["statements"]["calendar"]:
            cursor.execute(statement)
            cursor.fetchall()
        cursor.execute(
            "INSERT INTO bookings_session (id, organization_id, created_at, updated_at, service_id, professional_id,"
            " starts_at, ends_at, capacity, seats_taken) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, 1, 1)",
            [session, known["organization"], now, now, known["service"], known["professional"], starts_at, ends_at],
        )
        cursor.execute(
            "INSERT INTO bookings_occupancy (id, organization_id, created_at, updated_at, session_id, subject,"
            " starts_at, ends_at, active) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, true)",
            [occupancy, known["organization"], now, now, session, known["professional"], starts_at, ends_at],
        )
        cursor.execute(
            "INSERT INTO bookings_booking (id, organization_id, created_at, updated_at, session_id, client_id,"
            " vertical_id, timezone, status, total_cents, deposit_cents, currency, policy, hold_expires_at,"
            " cancelled_by, cancellation_reason, notes, version)"
            " VALUES (%s, %s, %s, %s, %s, %s, %s, 'UTC', 'pending', 5000, 0, 'USD', '{}', %s, '', '', '', 1)",
            [booking, known["organization"], now, now, session, client, known["vertical"], now + timedelta(minutes=15)],
        )
        event(cursor, "booking.created", client, booking)
        read(cursor, booking)
    return booking


def event(cursor: Any, kind: str, client: str, booking: str) -> None:
    now = timezone.now()
    cursor.execute(
        'INSERT INTO analytics_analyticsevent (id, organization_id, created_at, updated_at, type, timestamp, "user",'
        " actor, session_id, data) VALUES (%s, %s, %s, %s, %s, %s, %s, 'bare', '', %s)",
        [new_id(), recorded()["organization"], now, now, kind, now, client, json.dumps({"bookingId": booking})],
    )


def read(cursor: Any, booking: str) -> Any:
    cursor.execute(
        "SELECT b.id, b.status, s.starts_at, s.ends_at FROM bookings_booking b"
        " JOIN bookings_session s ON s.id = b.session_id WHERE b.id = %s",
        [booking],
    )
    return cursor.fetchone()
