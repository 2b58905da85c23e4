"""What is always true of bookings, read back past the app: by the owner of the tables, in SQL of its own."""

from django.db import connections

from authspine.identity.models import Organization

# Each gives the rows that break it.
BROKEN = {
    "nobody and nothing is bound twice at a time": """
        SELECT a.subject, a.starts_at FROM bookings_occupancy a JOIN bookings_occupancy b
            ON b.organization_id = a.organization_id AND b.subject = a.subject AND b.id > a.id
            AND b.starts_at < a.ends_at AND a.starts_at < b.ends_at
        WHERE a.active AND b.active AND a.organization_id = %s""",
    "no seat is sold that is not there": """
        SELECT id FROM bookings_session
        WHERE NOT seats_taken BETWEEN 0 AND capacity AND organization_id = %s""",
    "the seats that are taken are those of the live bookings": """
        SELECT s.id, s.seats_taken, count(b.id) FROM bookings_session s LEFT JOIN bookings_booking b
            ON b.session_id = s.id AND b.status IN ('pending', 'requested', 'confirmed', 'completed', 'no_show')
        WHERE s.organization_id = %s GROUP BY s.id, s.seats_taken HAVING count(b.id) <> s.seats_taken""",
    "a session binds its professional while somebody sits in it, buffers included, and nobody when it is empty": """
        SELECT s.id FROM bookings_session s JOIN services_service v ON v.id = s.service_id
        LEFT JOIN bookings_occupancy o ON o.session_id = s.id AND o.subject = s.professional_id AND o.active
            AND o.starts_at = s.starts_at - make_interval(mins => v.buffer_before_minutes)
            AND o.ends_at = s.ends_at + make_interval(mins => v.buffer_after_minutes)
        WHERE s.organization_id = %s AND (s.seats_taken > 0) <> (o.id IS NOT NULL)""",
    "a session that is live has one resource of each requirement, and they are different ones": """
        SELECT s.id FROM bookings_session s
        WHERE s.organization_id = %s AND s.seats_taken > 0 AND (
            SELECT count(DISTINCT o.subject) FROM bookings_occupancy o
            WHERE o.session_id = s.id AND o.active AND o.subject <> s.professional_id
        ) <> (SELECT count(*) FROM services_requirement r WHERE r.service_id = s.service_id)""",
    "nothing is both expired and confirmed": """
        SELECT id FROM bookings_booking
        WHERE status IN ('expired', 'declined') AND confirmed_at IS NOT NULL AND organization_id = %s""",
    "what is confirmed, or came of it, says since when": """
        SELECT id FROM bookings_booking
        WHERE status IN ('confirmed', 'completed', 'no_show') AND confirmed_at IS NULL AND organization_id = %s""",
    "each booking is told of, and so is what became of it, once": """
        SELECT b.id, told.verb FROM bookings_booking b CROSS JOIN LATERAL (VALUES
            ('created', true), ('confirmed', b.confirmed_at IS NOT NULL), ('completed', b.status = 'completed'),
            ('cancelled', b.status = 'cancelled'), ('no_show', b.status = 'no_show'),
            ('expired', b.status = 'expired'), ('declined', b.status = 'declined')
        ) AS told (verb, happened)
        WHERE b.organization_id = %s AND told.happened::int <> (
            SELECT count(*) FROM analytics_analyticsevent e WHERE e.organization_id = b.organization_id
            AND e.type = 'booking.' || told.verb AND e.data ->> 'bookingId' = b.id::text)""",
    "each move is told of": """
        SELECT b.id FROM bookings_booking b WHERE b.organization_id = %s AND b.reschedules <> (
            SELECT count(*) FROM analytics_analyticsevent e WHERE e.organization_id = b.organization_id
            AND e.type = 'booking.rescheduled' AND e.data ->> 'bookingId' = b.id::text)""",
}


def broken(organization: Organization) -> dict[str, list[tuple[object, ...]]]:
    """What is not true of an organization's bookings, with the rows that show it."""
    found = {}
    with connections["owner"].cursor() as cursor:
        for truth, rows in BROKEN.items():
            cursor.execute(rows, [organization.id])
            found[truth] = cursor.fetchall()
    return {truth: rows for truth, rows in found.items() if rows}
