"""What has a shape is taken out of a text; what only looks a little like it stays."""

import pytest

from authspine.kernel.redaction import redacted


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("to ana.garcia+1@example.com, now", "to [email], now"),
        ("(josé@exämple.es)", "([email])"),
        ("root@localhost", "[email]"),
        ("call +34 600 111 222.", "call [phone]."),
        ("call +49 (0)30-1234567", "call [phone]"),
        ("asp_abcDEF123_-x", "[key]"),
        ("key=sk_live_51Habc", "key=[key]"),
        ("rk_test_51Habc whsec_abc+d/f=", "[key] [key]"),
        ("pi_3Nabc_secret_xyz", "[key]"),
        ("Authorization: Bearer abc.def-1234", "Authorization: [key]"),
        ("basic dXNlcjpwYXNz=", "[key]"),
        ("postgresql://app:hunter2@db:5432/a", "postgresql://[login]@db:5432/a"),
        ("4242 4242 4242 4242", "[card]"),
        ("4242424242424242!", "[card]!"),
    ],
)
def test_what_has_a_shape_goes(text: str, left: str) -> None:
    assert redacted(text) == left


@pytest.mark.parametrize(
    "text",
    [
        "The database is away; the worker tries again until it is back.",
        "disk_space_left task_name_of_job basic authentication is a token thing",
        "0192f3a1-7c5e-7b3a-9d2e-123456789012",
        "12345678-1234-7234-8234-123456789012",
        "job-17 of 2026-11-26T04:05:32.181Z lasted 1234.5 ms",
        "bookings_booking_no_overlap 23P01",
        "GET api/platform/clients/<uuid:id>",
        "payment intent pi_3Nabc of 1500 EUR",
    ],
)
def test_what_has_none_stays(text: str) -> None:
    assert redacted(text) == text
