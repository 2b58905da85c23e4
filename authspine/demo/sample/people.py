"""Clients, professionals and what these offer. Later ones are newer, so they stand higher in the lists."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Person:
    """A client; `days` is how long ago they registered."""

    key: str
    name: str
    days: int
    phone: str = ""
    notes: str = ""
    agreed: tuple[str, ...] = ()  # to what, when they registered


@dataclass(frozen=True, slots=True)
class Expert:
    """A professional; hours are (first weekday, last weekday, start, end)."""

    key: str
    name: str
    vertical: str
    verified: bool
    specialties: tuple[str, ...]
    years: int
    bio: str
    hours: tuple[tuple[int, int, str, str], ...]


@dataclass(frozen=True, slots=True)
class Offer:
    """A service, its price in cents."""

    key: str
    expert: str
    name: str
    minutes: int
    cents: int
    location: str = "in_person"
    deposit: int = 0
    capacity: int = 1
    interval: int | None = None
    after: int = 0
    notice: int = 0


CLIENTS = (
    Person("ana", "Ana García", 44, "+1 212 555 0101", "Prefers mornings.", ("marketing", "photos")),
    Person("lukasz", "Łukasz Nowak", 43, "+1 212 555 0102"),
    Person("olena", "Олена Шевченко", 41, "+1 212 555 0103"),
    Person("soren", "Søren Kjær", 40, "+45 32 55 01 04", agreed=("marketing",)),
    Person("nikos", "Νίκος Παπαδόπουλος", 38, "+30 21 0555 0105", "Invoices go to accounting."),
    Person("amara", "Amara Okafor", 37, "+1 212 555 0106"),
    Person("zoe", "Zoë Müller", 35, "+49 30 5550 0107", "Allergic to ammonia.", ("health_data",)),
    Person("noa", "נועה לוי", 33, "+972 3 555 0108"),
    Person("hanako", "山田 花子", 31, "+81 3 5550 0109"),
    Person("mehmet", "Mehmet Yıldız", 29),
    Person("yasmin", "ياسمين حداد", 12, "+1 212 555 0111"),
    Person("huong", "Nguyễn Thị Hương", 1, "+1 212 555 0112"),
)

EXPERTS = (
    Expert(
        "ingrid", "Ingrid Sørensen", "health", False, ("sleep", "anxiety"), 9,
        "Psychotherapist. Her papers have arrived and wait to be looked at.",
        ((0, 3, "10:00", "16:00"),),
    ),
    Expert(
        "kwame", "Kwame Mensah", "consulting", False, ("pricing", "operations"), 15,
        "Helps small businesses to find out what their work is worth.",
        ((0, 4, "09:00", "17:00"),),
    ),
    Expert(
        "tomas", "Tomás Rivera", "fitness", True, ("strength", "mobility"), 6,
        "Classes in the evening, single training in the morning.",
        ((0, 5, "07:00", "12:00"), (0, 4, "16:00", "20:00")),
    ),
    Expert(
        "maya", "Maya Brooks", "beauty", True, ("color", "bridal styling"), 11,
        "Cuts, colors and the occasional wedding.",
        ((0, 4, "09:00", "13:00"), (0, 4, "14:00", "18:00")),
    ),
)  # fmt: skip

OFFERS = (
    Offer("therapy", "ingrid", "Therapy Session", 50, 15000, after=10),
    Offer("strategy", "kwame", "Strategy Session", 90, 15000, "virtual", interval=30, notice=120),
    Offer("quick", "kwame", "Quick Consultation", 30, 5000, "virtual"),
    Offer("training", "tomas", "Personal Training Session", 60, 7500),
    Offer("class", "tomas", "Group Fitness Class", 60, 2000, capacity=8),
    Offer("manicure", "maya", "Manicure", 45, 2500, interval=15),
    Offer("color", "maya", "Hair Color", 120, 8000, deposit=2000, interval=60, after=15),
    Offer("cut", "maya", "Haircut & Style", 60, 4500, interval=30, after=15),
)
