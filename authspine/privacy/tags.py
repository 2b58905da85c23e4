"""What every column is: personal or not. A column that is not named here, nor says it by its class, fails the check.

Encrypted columns are personal and references tell whom or what a row is about, by what they point at; so only the rest
is named. `authspine.privacy.tagging` reads this table; an export of a person and its test follow from it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final


@dataclass(frozen=True)
class Table:
    """The columns of a table, by words. `untold` says why a person's export leaves it out."""

    neutral: str = ""  # says nothing of anybody in a row that leads to nobody
    subject: str = ""  # names somebody: whom it is about, or who acted
    hidden: str = ""  # opens something or stands for it: told to nobody
    clear: Mapping[str, str] = field(default_factory=dict)  # personal and not encrypted: why
    untold: str = ""
    emptied: str = ""  # what an erasure takes away all the same: the audit does not keep it, as with what is personal


_ROW: Final = "id external_id created_at updated_at "  # what every row of a tenant has
_OF_THE_HOUSE: Final = "of a professional or the house and of no client"

_AT_PROVIDER: Final = "the payment provider's name for it, by which its news are found; it is deleted there"
_BY_IMPORTS: Final = "the name that it has elsewhere, by which an import finds it again"
_PUBLIC: Final = "shown to everybody who may book"
_WORDS: Final = "what the business notes for its own programs; not sealed"

_PEOPLE: Final = {
    "clients.Client": Table(
        neutral="id created_at updated_at deleted_at erased_at legal_hold_reference legal_hold_until legal_hold_at",
        hidden="data_key email_key tokens",
        clear={"external_id": _BY_IMPORTS},
        emptied="user_id legal_hold_reference legal_hold_until legal_hold_at",
    ),
    "professionals.Professional": Table(
        neutral="id created_at updated_at deleted_at erased_at timezone verified_at booking_limits",
        hidden="data_key email_key tokens payment_account",
        clear={
            "external_id": _BY_IMPORTS,
            "name": _PUBLIC,
            "bio": _PUBLIC,
            "specialties": _PUBLIC,
            "years_of_experience": _PUBLIC,
        },
        untold=_OF_THE_HOUSE,
        emptied="user_id booking_limits",
    ),
    "identity.User": Table(
        neutral="id is_superuser is_active is_staff session_epoch created_at last_login", hidden="password email_key"
    ),
}

_TENANT: Final = {
    "analytics.AnalyticsEvent": Table(
        neutral=_ROW + "type timestamp",
        subject="user actor",
        clear={
            "session_id": "reports count by it; the caller's own",
            "data": "reports read it; the platform's events hold ids and names of fields",
        },
    ),
    "audit.AuditEntry": Table(
        neutral="at address request_id resource row verb changes number hash",
        subject="actor person people",
        untold="kept under keys that go with the person; told by the client's access log",
    ),
    "audit.AuditHead": Table(neutral="number hash", untold="where a chain stands"),
    "bookings.Booking": Table(
        neutral=_ROW + "timezone status total_cents deposit_cents fee_cents currency policy hold_expires_at"
        " confirmed_at closed_at reschedules version",
        subject="cancelled_by",
    ),
    "bookings.IntakeAnswers": Table(neutral=_ROW),
    "bookings.Occupancy": Table(
        neutral=_ROW + "starts_at ends_at active", subject="subject", untold="whose time is taken: of the house"
    ),
    "bookings.Session": Table(neutral=_ROW + "starts_at ends_at capacity seats_taken"),
    "clients.Consent": Table(neutral=_ROW + "purpose text_version given_at method withdrawn_at withdrawn_how"),
    "idempotency.KeyedRequest": Table(
        neutral=_ROW + "method route run lease_until attempt status headers erased_at",
        subject="principal",
        hidden="key fingerprint",
        untold="copies, for 30 days, of what the export tells",
    ),
    "payments.Alert": Table(
        neutral=_ROW + "kind subject detail settled_at",
        subject="settled_by",
        untold="the house's own doubts about its books: ids and amounts",
    ),
    "payments.Customer": Table(neutral=_ROW, clear={"gateway_id": _AT_PROVIDER}),
    "payments.Dispute": Table(neutral=_ROW + "status amount_cents currency reason gateway_id"),
    "payments.LedgerEntry": Table(
        neutral=_ROW + "account amount_cents currency", untold="the books: payments once more, and what others earn"
    ),
    "payments.LedgerTransaction": Table(
        neutral=_ROW + "kind currency at", untold="the books: payments once more, and what others earn"
    ),
    "payments.MethodSetup": Table(
        neutral=_ROW + "type status gateway_id is_default failure_code",
        hidden="next_action_url",
        clear={"gateway_method": _AT_PROVIDER, "metadata": _WORDS},
    ),
    "payments.PaymentIntent": Table(
        neutral=_ROW + "purpose capture off_session method status amount_cents captured_cents refunded_cents currency"
        " disputed_cents fee_cents fee_is_known gateway_id failure_code failure_detail processed_at",
        hidden="next_action_url",
        clear={"gateway_method": _AT_PROVIDER},
    ),
    "payments.PaymentMethod": Table(
        neutral=_ROW + "type provider is_default",
        clear={
            "provider_method_id": _AT_PROVIDER,
            "brand": "tells cards apart where one is chosen",
            "last4": "tells cards apart where one is chosen",
            "metadata": _WORDS,
        },
    ),
    "payments.Refund": Table(
        neutral=_ROW + "cause status amount_cents currency gateway_id failure_code processed_at",
    ),
    "payments.RefundRequest": Table(
        neutral=_ROW + "status amount_cents currency decided_at",
        subject="requested_by approved_by refused_by",
    ),
    "privacy.Erasure": Table(
        neutral=_ROW + "kind at erased kept provider provider_done_at",
        subject="person by",
        hidden="provider_customer",
        untold="that somebody was erased: there is nobody left to be told",
    ),
    "privacy.OrganizationKey": Table(neutral=_ROW + "purpose retired_at", hidden="wrapped"),
    "professionals.Closure": Table(neutral=_ROW + "starts_on ends_on reason"),
    "professionals.HolidayCalendar": Table(neutral=_ROW + "country region"),
    "professionals.HoursOverride": Table(neutral=_ROW + "date ranges"),
    "professionals.Location": Table(neutral=_ROW + "name timezone address active metadata"),
    "professionals.TimeOff": Table(neutral=_ROW + "starts_at ends_at", untold=_OF_THE_HOUSE),
    "professionals.TravelPeriod": Table(neutral=_ROW + "timezone starts_on ends_on"),
    "professionals.Vertical": Table(
        neutral=_ROW + "slug display_name service_templates requires_verification data_retention_days"
        " allowed_payment_methods hold_minutes min_notice_minutes cancellation_window_minutes cancellation_fee_bps"
        " cancellation_fee_cents no_show_fee_bps no_show_fee_cents reschedule_window_minutes max_reschedules"
        " deposit_bps approval_minutes max_open_holds max_future_bookings intake_questions metadata"
    ),
    "professionals.WorkingHours": Table(neutral=_ROW + "weekday start_minute end_minute valid_from valid_to"),
    "services.Downtime": Table(neutral=_ROW + "starts_at ends_at reason"),
    "services.Offer": Table(neutral=_ROW + "duration_minutes price_cents priority active"),
    "services.Option": Table(neutral=_ROW + "position"),
    "services.Requirement": Table(neutral=_ROW + "position name"),
    "services.Resource": Table(neutral=_ROW + "name kind timezone hours active metadata"),
    "services.Service": Table(
        neutral=_ROW + "name description duration_minutes price_cents currency deposit_cents location_type recurrence"
        " capacity buffer_before_minutes buffer_after_minutes slot_interval_minutes slot_offset_minutes"
        " min_notice_minutes horizon_days bookable_from bookable_to requires_approval policy booking_limits"
        " intake_questions active metadata search_text"
    ),
}

_TRIED: Final = "by whom and from where sign-ins are tried; of nobody who is signed in, and for a quarter of an hour"
_WHENCE: Final = {"ip_address": _TRIED, "user_agent": _TRIED}

_GLOBAL: Final = {
    "account.EmailAddress": Table(neutral="verified primary", hidden="email"),  # aliases
    "account.EmailConfirmation": Table(neutral="created sent", hidden="key"),
    "admin.LogEntry": Table(neutral="action_time object_id object_repr action_flag change_message"),  # ids, not names
    "auth.Group": Table(neutral="name"),
    "auth.Permission": Table(neutral="name codename"),
    "axes.AccessAttempt": Table(
        neutral="http_accept path_info attempt_time get_data post_data failures_since_start",
        hidden="username",
        clear=_WHENCE,
        untold=_TRIED,
    ),
    "axes.AccessAttemptExpiration": Table(neutral="expires_at"),
    "axes.AccessFailureLog": Table(
        neutral="http_accept path_info attempt_time locked_out", hidden="username", clear=_WHENCE, untold=_TRIED
    ),
    "axes.AccessLog": Table(
        neutral="http_accept path_info attempt_time logout_time",
        hidden="username session_hash",
        clear=_WHENCE,
        untold=_TRIED,
    ),
    "contenttypes.ContentType": Table(neutral="app_label model"),
    "identity.ApiKey": Table(
        neutral="id name scope expires_at revoked_at last_used_at created_at", hidden="prefix digest"
    ),
    "identity.BookingLink": Table(neutral="id booking client expires_at revoked_at created_at", hidden="digest"),
    "identity.Membership": Table(neutral="id role created_at"),
    "identity.Organization": Table(
        neutral="id slug name timezone currency is_demo refund_approval_cents closed_at created_at"
    ),
    "mfa.Authenticator": Table(neutral="type created_at last_used_at", hidden="data"),
    "payments.GatewayEvent": Table(
        neutral="id event_id type api_version happened_at facts state detail received_at done_at"
    ),
    "limits.Counter": Table(neutral="id hits expires_at"),
    "privacy.InstallationKey": Table(neutral="id purpose created_at retired_at", hidden="wrapped"),
    "procrastinate.ProcrastinateEvent": Table(neutral="type at"),
    "procrastinate.ProcrastinateJob": Table(  # arguments are ids
        neutral="queue_name task_name priority lock args status scheduled_at attempts queueing_lock abort_requested"
    ),
    "procrastinate.ProcrastinatePeriodicDefer": Table(neutral="task_name defer_timestamp periodic_id"),
    "procrastinate.ProcrastinateWorker": Table(neutral="last_heartbeat"),
    "sessions.Session": Table(neutral="expire_date", hidden="session_key session_data"),
}

TABLES: Final[Mapping[str, Table]] = _PEOPLE | _TENANT | _GLOBAL
