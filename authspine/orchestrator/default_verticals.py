"""The six trades that every organization starts with, each as its own copy.

Beauty, fitness and consulting are the original's defaults; education, health and home_services come from its ancestor,
whose compliance had no days and no methods: 730 days and card there, and 1825 and verification for health, are ours.
Prices are in the organization's currency, in minor units of two decimals.

The original had no policies. Where somebody's hour is lost when a client stays away (beauty, fitness, health), ours are
what such businesses commonly publish: free until a day before, then half the price, and all of it for who does not
come. The others ask for nothing until their organization says so.

The questions are the ancestor's, and two of ours about allergies. Required is what a session cannot begin without.
"""

from typing import Any

from professionals.rules.starting_points import USUAL_ANSWER

type Template = tuple[str, int, int, str]  # name, minutes, price in cents, location


def _templates(*rows: Template) -> list[dict[str, Any]]:
    return [
        {"name": name, "duration_minutes": minutes, "price_cents": cents, "location_type": location}
        for name, minutes, cents, location in rows
    ]


def _question(slug: str, prompt: str, *options: str, required: bool = False) -> dict[str, Any]:
    kind = "choice" if options else "text"
    told = {"id": slug, "prompt": prompt, "type": kind, "options": list(options)}
    return told | {"required": required, "max_length": USUAL_ANSWER}


LOST_HOUR = {"cancellation_window_minutes": 24 * 60, "cancellation_fee_bps": 5_000, "no_show_fee_bps": 10_000}

DEFAULT_VERTICALS: tuple[dict[str, Any], ...] = (
    {
        "slug": "beauty",
        "display_name": "Beauty & Wellness",
        "service_templates": _templates(
            ("Haircut & Style", 60, 4500, "in_person"),
            ("Hair Color", 120, 8000, "in_person"),
            ("Manicure", 45, 2500, "in_person"),
        ),
        "requires_verification": True,
        "data_retention_days": 365,
        "allowed_payment_methods": ["card", "cash"],
        **LOST_HOUR,
        "intake_questions": [
            _question("preferred_style", "Which style do you have in mind?"),
            _question("allergies", "Is there anything that your skin or hair does not take?"),
        ],
    },
    {
        "slug": "fitness",
        "display_name": "Fitness & Training",
        "service_templates": _templates(
            ("Personal Training Session", 60, 7500, "in_person"),
            ("Virtual Training", 45, 5000, "virtual"),
            ("Group Fitness Class", 60, 2000, "in_person"),
        ),
        "requires_verification": True,
        "data_retention_days": 730,
        "allowed_payment_methods": ["card", "bank"],
        **LOST_HOUR,
        "intake_questions": [
            _question("goal", "What is your goal?", "strength", "weight_loss", "mobility", "conditioning"),
            _question("injuries", "Are there injuries that we should know of?"),
        ],
    },
    {
        "slug": "consulting",
        "display_name": "Professional Consulting",
        "service_templates": _templates(
            ("Strategy Session", 90, 15000, "virtual"),
            ("Business Analysis", 120, 25000, "virtual"),
            ("Quick Consultation", 30, 5000, "virtual"),
        ),
        "requires_verification": False,
        "data_retention_days": 1825,
        "allowed_payment_methods": ["card", "bank", "invoice"],
        "intake_questions": [_question("scope", "What is it about?")],
    },
    {
        "slug": "education",
        "display_name": "Education & Tutoring",
        "service_templates": _templates(
            ("Tutoring", 90, 10000, "in_person"),
            ("SAT Preparation", 90, 12000, "virtual"),
        ),
        "requires_verification": False,
        "data_retention_days": 730,
        "allowed_payment_methods": ["card"],
        "intake_questions": [_question("subject", "Which subject?")],
    },
    {
        "slug": "health",
        "display_name": "Health & Therapy",
        "service_templates": _templates(
            ("Therapy Session", 50, 15000, "in_person"),
            ("Nutrition Consultation", 60, 14000, "virtual"),
        ),
        "requires_verification": True,
        "data_retention_days": 1825,
        "allowed_payment_methods": ["card"],
        **LOST_HOUR,
        "intake_questions": [
            _question("goal", "What would you like to reach?"),
            _question("medication", "Do you take any medicine, or have any allergies?", required=True),
            _question("insurance", "Are you insured?", "yes", "no"),
        ],
    },
    {
        "slug": "home_services",
        "display_name": "Home Services",
        "service_templates": _templates(
            ("House Cleaning", 120, 16000, "mobile"),
            ("Handyman", 90, 14000, "mobile"),
        ),
        "requires_verification": False,
        "data_retention_days": 730,
        "allowed_payment_methods": ["card", "cash"],
        "intake_questions": [
            _question("address", "Where is it?", required=True),
            _question("details", "What is to be done?"),
        ],
    },
)
