"""What is in the demo's diary: past and coming appointments, by working days before and after the first start."""

from dataclasses import dataclass
from typing import Literal

Outcome = Literal["kept", "no_show", "cancelled", "held"]
Paid = Literal["", "cash", "invoice", "partly back", "declined first"]


@dataclass(frozen=True, slots=True)
class Appointment:
    """`day` counts working days from today; `kept` is completed once it is over, and confirmed before that."""

    day: int
    clock: str
    offer: str
    client: str
    outcome: Outcome = "kept"
    paid: Paid = ""
    reason: str = ""
    answers: tuple[tuple[str, str], ...] = ()  # by the ids of the vertical's questions


APPOINTMENTS = (
    Appointment(-14, "10:00", "strategy", "nikos", paid="invoice"),
    Appointment(-12, "09:00", "cut", "ana", paid="cash"),
    Appointment(-12, "10:30", "color", "zoe", paid="cash"),
    Appointment(-11, "18:00", "class", "lukasz"),
    Appointment(-11, "18:00", "class", "olena"),
    Appointment(-11, "18:00", "class", "soren"),
    Appointment(-10, "14:00", "cut", "amara", paid="partly back"),
    Appointment(-9, "11:00", "quick", "noa", outcome="no_show"),
    Appointment(-8, "08:00", "training", "lukasz"),
    Appointment(-7, "15:00", "manicure", "hanako", paid="cash"),
    Appointment(-6, "09:30", "cut", "ana", outcome="cancelled", reason="Caught a cold"),
    Appointment(-5, "13:00", "strategy", "nikos", paid="invoice"),
    Appointment(-4, "18:00", "class", "ana"),
    Appointment(-4, "18:00", "class", "soren"),
    Appointment(-4, "18:00", "class", "amara"),
    Appointment(-3, "11:00", "cut", "lukasz", paid="declined first"),
    Appointment(-2, "14:00", "color", "olena", paid="cash"),
    Appointment(-1, "10:00", "quick", "amara", paid="invoice"),
    Appointment(-1, "16:00", "cut", "zoe", paid="cash"),
    Appointment(0, "11:00", "cut", "mehmet"),
    Appointment(0, "16:30", "manicure", "noa"),
    Appointment(1, "09:30", "cut", "ana", answers=(("preferred_style", "A bob, to the chin"),)),
    Appointment(1, "14:30", "cut", "yasmin", outcome="held"),
    Appointment(1, "10:00", "strategy", "nikos"),
    Appointment(1, "18:00", "class", "lukasz"),
    Appointment(1, "18:00", "class", "olena"),
    Appointment(1, "18:00", "class", "soren"),
    Appointment(1, "18:00", "class", "yasmin"),
    Appointment(2, "10:00", "color", "zoe", answers=(("preferred_style", "Copper"), ("allergies", "Ammonia"))),
    Appointment(2, "15:00", "quick", "soren"),
    Appointment(3, "11:30", "cut", "amara"),
    Appointment(3, "08:00", "training", "lukasz", answers=(("goal", "strength"), ("injuries", "Left knee"))),
    Appointment(4, "15:00", "cut", "olena"),
    Appointment(6, "13:00", "strategy", "noa", outcome="cancelled", reason="Travels that week"),
)

# Whose time off, on which working day, from when to when, and why.
TIME_OFF = (("maya", 3, "14:00", "16:30", "Coloring course"), ("tomas", 4, "16:00", "20:00", "His daughter's recital"))
