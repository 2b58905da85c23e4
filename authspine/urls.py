"""Every route of the product in one table.

API routes have no slash at the end; one is tolerated (`authspine.api.paths`). `<uuid:...>` takes the canonical spelling
in ASCII alone, so that one row has one address.
"""

from typing import Any

from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path, re_path
from django.views.generic import RedirectView

from analytics.api.events import EventViewSet
from analytics.api.export import EventExportViewSet
from analytics.api.reports import ConversionViewSet, ReportViewSet
from authspine.api.docs import DocsView, SchemaView
from authspine.demo import views as demo
from authspine.platform import self_service
from authspine.platform.api.audit import AccessLogViewSet, AuditViewSet
from authspine.platform.api.erasures import ErasureViewSet
from authspine.platform.api.keys import KeyViewSet
from authspine.platform.api.people import TakeoutViewSet
from authspine.platform.api.portability import ExportViewSet, ImportViewSet
from authspine.platform.api.status import StatusViewSet
from bookings.api.answers import AnswersViewSet
from bookings.api.availability import AvailabilityViewSet
from bookings.api.bookings import BookingViewSet
from bookings.api.days import CancelledDayViewSet
from bookings.api.links import LinkViewSet
from clients.api import ClientViewSet, ConsentViewSet, LegalHoldViewSet
from payments.api.fees import FeeViewSet
from payments.api.intents import PaymentIntentViewSet
from payments.api.ledger import LedgerViewSet, StatementViewSet
from payments.api.methods import PaymentMethodViewSet
from payments.api.refunds import RefundViewSet
from payments.api.setups import MethodSetupViewSet
from payments.api.webhooks import StripeWebhookView
from professionals.api.calendars import TimeOffViewSet, WorkingHoursViewSet
from professionals.api.places import ClosureViewSet, HolidayCalendarViewSet, LocationViewSet
from professionals.api.professionals import ProfessionalViewSet
from professionals.api.travel import TravelViewSet
from professionals.api.verticals import VerticalViewSet
from services.api.offers import OfferViewSet
from services.api.requirements import RequirementsViewSet
from services.api.resources import DowntimeViewSet, ResourceViewSet
from services.api.services import ServiceViewSet

ONE: dict[str, Any] = {"get": "retrieve", "patch": "partial_update", "delete": "destroy"}
MANY: dict[str, Any] = {"get": "list", "post": "create"}
WHOLE: dict[str, Any] = {"get": "retrieve", "put": "replace"}
PLACED: dict[str, Any] = {"get": "retrieve", "put": "replace", "delete": "destroy"}
FIXED: dict[str, Any] = {"get": "retrieve", "delete": "destroy"}

handler400 = "authspine.api.pages.bad_request"
handler403 = "authspine.api.pages.forbidden"
handler404 = "authspine.api.pages.not_found"
handler500 = "authspine.api.pages.server_error"

pages: list[URLPattern | URLResolver] = [
    path("", demo.overview.root),
    path("accounts/", include("authspine.accounts.urls")),
    path("admin", RedirectView.as_view(pattern_name="admin:index")),
    path("admin/", admin.site.urls),
    re_path("^b/(?P<token>asl_[A-Za-z0-9_-]{43})$", self_service.page, name="self-service"),
    re_path(
        "^b/(?P<token>asl_[A-Za-z0-9_-]{43})/(?P<move>cancel|reschedule|answers)$",
        self_service.move,
        name="self-service-move",
    ),
]

api: list[URLPattern | URLResolver] = [
    path("schema", SchemaView.as_view(), name="schema"),
    path("docs", DocsView.as_view(), name="docs"),
    path("verticals", VerticalViewSet.as_view(MANY), name="verticals"),
    re_path("^verticals/(?P<slug>[a-z0-9_-]{1,50})$", VerticalViewSet.as_view(WHOLE), name="vertical"),
    path("clients", ClientViewSet.as_view(MANY), name="clients"),
    path("clients/<uuid:id>", ClientViewSet.as_view(ONE), name="client"),
    path("clients/<uuid:id>/consents", ConsentViewSet.as_view(MANY)),
    path("clients/<uuid:id>/consents/<uuid:consent_id>", ConsentViewSet.as_view({"get": "retrieve"}), name="consent"),
    path("clients/<uuid:id>/consents/<uuid:consent_id>/withdraw", ConsentViewSet.as_view({"post": "withdraw"})),
    path("clients/<uuid:id>/legal-hold", LegalHoldViewSet.as_view(PLACED)),
    path("clients/<uuid:id>/export", TakeoutViewSet.as_view({"get": "export"}), name="client-export"),
    path("clients/<uuid:id>/erase", ClientViewSet.as_view({"post": "erase"})),
    path("clients/<uuid:id>/erasure", ErasureViewSet.as_view({"get": "retrieve"}, kind="client")),
    path("clients/<uuid:id>/access-log", AccessLogViewSet.as_view({"get": "list"})),
    path("professionals", ProfessionalViewSet.as_view(MANY), name="professionals"),
    path("professionals/<uuid:id>", ProfessionalViewSet.as_view(ONE), name="professional"),
    path("professionals/<uuid:id>/erase", ProfessionalViewSet.as_view({"post": "erase"})),
    path("professionals/<uuid:id>/erasure", ErasureViewSet.as_view({"get": "retrieve"}, kind="professional")),
    path("professionals/<uuid:id>/verify", ProfessionalViewSet.as_view({"post": "verify"})),
    path("professionals/<uuid:id>/cancel-day", CancelledDayViewSet.as_view({"post": "cancel_day"})),
    path("professionals/<uuid:id>/working-hours", WorkingHoursViewSet.as_view(WHOLE)),
    path("professionals/<uuid:id>/time-off", TimeOffViewSet.as_view(MANY)),
    path("professionals/<uuid:id>/time-off/<uuid:time_off_id>", TimeOffViewSet.as_view(FIXED), name="time-off"),
    path("professionals/<uuid:id>/travel", TravelViewSet.as_view(MANY)),
    path("professionals/<uuid:id>/travel/<uuid:travel_id>", TravelViewSet.as_view(FIXED), name="travel"),
    path("locations", LocationViewSet.as_view(MANY), name="locations"),
    path("locations/<uuid:id>", LocationViewSet.as_view(ONE), name="location"),
    path("closures", ClosureViewSet.as_view(MANY), name="closures"),
    path("closures/<uuid:id>", ClosureViewSet.as_view(FIXED), name="closure"),
    path("holiday-calendars", HolidayCalendarViewSet.as_view(MANY), name="holiday-calendars"),
    path("holiday-calendars/<uuid:id>", HolidayCalendarViewSet.as_view(FIXED), name="holiday-calendar"),
    path("services", ServiceViewSet.as_view(MANY), name="services"),
    path("services/<uuid:id>", ServiceViewSet.as_view(ONE), name="service"),
    path("services/<uuid:id>/offers", OfferViewSet.as_view({"get": "list"})),
    path("services/<uuid:id>/offers/<uuid:professional_id>", OfferViewSet.as_view(PLACED), name="offer"),
    path("services/<uuid:id>/requirements", RequirementsViewSet.as_view(WHOLE)),
    path("resources", ResourceViewSet.as_view(MANY), name="resources"),
    path("resources/<uuid:id>", ResourceViewSet.as_view(ONE), name="resource"),
    path("resources/<uuid:id>/downtime", DowntimeViewSet.as_view(MANY)),
    path("resources/<uuid:id>/downtime/<uuid:downtime_id>", DowntimeViewSet.as_view(FIXED), name="downtime"),
    path("availability", AvailabilityViewSet.as_view({"get": "show_slots"}), name="availability"),
    path("bookings", BookingViewSet.as_view(MANY), name="bookings"),
    path("bookings/<uuid:id>", BookingViewSet.as_view({"get": "retrieve"}), name="booking"),
    path("bookings/<uuid:id>/confirm", BookingViewSet.as_view({"post": "confirm"})),
    path("bookings/<uuid:id>/approve", BookingViewSet.as_view({"post": "approve"})),
    path("bookings/<uuid:id>/decline", BookingViewSet.as_view({"post": "decline"})),
    path("bookings/<uuid:id>/policy", BookingViewSet.as_view({"get": "policy"})),
    path("bookings/<uuid:id>/answers", AnswersViewSet.as_view(WHOLE)),
    path("bookings/<uuid:id>/link", LinkViewSet.as_view({"post": "create", "delete": "destroy"})),
    path("bookings/<uuid:id>/cancel", BookingViewSet.as_view({"post": "cancel"})),
    path("bookings/<uuid:id>/complete", BookingViewSet.as_view({"post": "complete"})),
    path("bookings/<uuid:id>/no-show", BookingViewSet.as_view({"post": "no_show"})),
    path("bookings/<uuid:id>/reschedule", BookingViewSet.as_view({"post": "reschedule"})),
    path("payments/intents", PaymentIntentViewSet.as_view(MANY), name="payment-intents"),
    path("payments/intents/<uuid:id>", PaymentIntentViewSet.as_view({"get": "retrieve"}), name="payment-intent"),
    path("payments/intents/<uuid:id>/confirm", PaymentIntentViewSet.as_view({"post": "confirm"})),
    path("payments/intents/<uuid:id>/capture", PaymentIntentViewSet.as_view({"post": "capture"})),
    path("payments/intents/<uuid:id>/cancel", PaymentIntentViewSet.as_view({"post": "cancel"})),
    path("payments/refunds", RefundViewSet.as_view(MANY), name="refunds"),
    path("payments/refunds/<uuid:id>", RefundViewSet.as_view({"get": "retrieve"}), name="refund"),
    path("payments/methods", PaymentMethodViewSet.as_view(MANY), name="payment-methods"),
    path("payments/methods/<uuid:id>", PaymentMethodViewSet.as_view(FIXED), name="payment-method"),
    path("payments/methods/<uuid:id>/default", PaymentMethodViewSet.as_view({"post": "make_default"})),
    path(
        "payments/methods/setups/<uuid:id>",
        MethodSetupViewSet.as_view({"get": "retrieve"}),
        name="payment-method-setup",
    ),
    path("payments/methods/setups/<uuid:id>/confirm", MethodSetupViewSet.as_view({"post": "confirm"})),
    path("payments/fees", FeeViewSet.as_view({"get": "retrieve"}), name="payment-fees"),
    path("payments/ledger", LedgerViewSet.as_view({"get": "list"}), name="ledger"),
    path("payments/statements", StatementViewSet.as_view({"get": "retrieve"}), name="statements"),
    path("webhooks/stripe", StripeWebhookView.as_view(), name="stripe-webhook"),
    path("analytics", ReportViewSet.as_view({"get": "retrieve"}), name="report"),
    path("analytics/conversion", ConversionViewSet.as_view({"get": "retrieve"}), name="conversion"),
    path("analytics/events", EventViewSet.as_view(MANY), name="events"),
    path("analytics/events/<uuid:id>", EventViewSet.as_view({"get": "retrieve"}), name="event"),
    path("analytics/export", EventExportViewSet.as_view({"get": "export"}), name="events-export"),
    path("audit", AuditViewSet.as_view({"get": "list"}), name="audit"),
    path("keys", KeyViewSet.as_view(MANY), name="keys"),
    path("keys/<uuid:id>", KeyViewSet.as_view(FIXED), name="key"),
    path("keys/<uuid:id>/rotate", KeyViewSet.as_view({"post": "rotate"})),
    path("export", ExportViewSet.as_view({"get": "export"}), name="export"),
    path("import", ImportViewSet.as_view({"post": "bring_in"}), name="import"),
]

status = path("api/platform", StatusViewSet.as_view({"get": "retrieve"}), name="status")

demo_pages: list[URLPattern | URLResolver] = [
    path("", demo.overview.overview, name="overview"),
    path("/", demo.overview.root),
    path("/story", demo.story.page, name="story"),
    path("/zone", demo.zones.choose, name="zone"),
    path("/clients", demo.clients.listed, name="clients"),
    path("/clients/new", demo.clients.new, name="client-new"),
    path("/clients/<uuid:client_id>", demo.clients.detail, name="client"),
    path("/clients/<uuid:client_id>/edit", demo.clients.edit, name="client-edit"),
    path("/clients/<uuid:client_id>/export", demo.clients.export, name="client-export"),
    path("/clients/<uuid:client_id>/delete", demo.clients.delete, name="client-delete"),
    path("/clients/<uuid:client_id>/access-log", demo.clients.access_log, name="client-access-log"),
    path("/clients/<uuid:client_id>/consents", demo.consents.page, name="client-consents"),
    path(
        "/clients/<uuid:client_id>/consents/<uuid:consent_id>/withdraw",
        demo.consents.withdraw,
        name="consent-withdraw",
    ),
    path("/clients/<uuid:client_id>/erase", demo.erasing.page, name="client-erase"),
    path("/clients/<uuid:client_id>/on-file", demo.on_file.page, name="client-on-file"),
    path("/clients/<uuid:client_id>/on-file/approved", demo.on_file.approved, name="client-approved"),
    path("/on-file/<uuid:method_id>/default", demo.on_file.make_default, name="on-file-default"),
    path("/on-file/<uuid:method_id>/remove", demo.on_file.remove, name="on-file-remove"),
    path("/professionals", demo.professionals.listed, name="professionals"),
    path("/professionals/new", demo.professionals.new, name="professional-new"),
    path("/professionals/<uuid:professional_id>", demo.professionals.detail, name="professional"),
    path("/professionals/<uuid:professional_id>/edit", demo.professionals.edit, name="professional-edit"),
    path("/professionals/<uuid:professional_id>/verify", demo.professionals.verify, name="professional-verify"),
    path("/professionals/<uuid:professional_id>/delete", demo.professionals.delete, name="professional-delete"),
    path("/professionals/<uuid:professional_id>/hours", demo.working_time.week, name="professional-hours"),
    path(
        "/professionals/<uuid:professional_id>/special-days",
        demo.working_time.special_days,
        name="professional-special-days",
    ),
    path(
        "/professionals/<uuid:professional_id>/special-days/<str:on>/end",
        demo.working_time.end_special_day,
        name="special-day-end",
    ),
    path("/professionals/<uuid:professional_id>/time-off", demo.working_time.time_off, name="professional-time-off"),
    path(
        "/professionals/<uuid:professional_id>/time-off/<uuid:time_off_id>/end",
        demo.working_time.end_time_off,
        name="time-off-end",
    ),
    path("/professionals/<uuid:professional_id>/travel", demo.working_time.travel, name="professional-travel"),
    path(
        "/professionals/<uuid:professional_id>/travel/<uuid:travel_id>/end",
        demo.working_time.end_travel,
        name="travel-end",
    ),
    path("/professionals/<uuid:professional_id>/cancel-day", demo.days.cancel, name="professional-cancel-day"),
    path("/locations", demo.places.listed, name="locations"),
    path("/locations/new", demo.places.new, name="location-new"),
    path("/locations/<uuid:location_id>", demo.places.edit, name="location-edit"),
    path("/locations/<uuid:location_id>/delete", demo.places.delete, name="location-delete"),
    path("/locations/<uuid:location_id>/reopen", demo.places.reopen, name="location-reopen"),
    path("/closures", demo.places.closures, name="closures"),
    path("/closures/<uuid:closure_id>/end", demo.places.end_closure, name="closure-end"),
    path("/holidays", demo.places.holidays, name="holidays"),
    path("/holidays/<uuid:calendar_id>/end", demo.places.end_holidays, name="holidays-end"),
    path("/services", demo.services.listed, name="services"),
    path("/services/new", demo.services.new, name="service-new"),
    path("/services/<uuid:service_id>", demo.services.detail, name="service"),
    path("/services/<uuid:service_id>/edit", demo.services.edit, name="service-edit"),
    path("/services/<uuid:service_id>/withdraw", demo.services.withdraw, name="service-withdraw"),
    path("/services/<uuid:service_id>/offer", demo.services.offer, name="service-offer"),
    path("/services/<uuid:service_id>/offers", demo.offers.offers, name="service-offers"),
    path(
        "/services/<uuid:service_id>/offers/<uuid:professional_id>/end",
        demo.offers.end_offer,
        name="service-offer-end",
    ),
    path("/services/<uuid:service_id>/needs", demo.offers.needs, name="service-needs"),
    path("/resources", demo.resources.listed, name="resources"),
    path("/resources/new", demo.resources.new, name="resource-new"),
    path("/resources/<uuid:resource_id>", demo.resources.detail, name="resource"),
    path("/resources/<uuid:resource_id>/edit", demo.resources.edit, name="resource-edit"),
    path("/resources/<uuid:resource_id>/hours", demo.resources.hours, name="resource-hours"),
    path("/resources/<uuid:resource_id>/delete", demo.resources.delete, name="resource-delete"),
    path("/resources/<uuid:resource_id>/reuse", demo.resources.reuse, name="resource-reuse"),
    path(
        "/resources/<uuid:resource_id>/downtime/<uuid:downtime_id>/end",
        demo.resources.end_downtime,
        name="downtime-end",
    ),
    path("/calendar", demo.calendar.page, name="calendar"),
    path("/bookings", demo.bookings.listed, name="bookings"),
    path("/bookings/<uuid:booking_id>", demo.bookings.detail, name="booking"),
    path("/bookings/<uuid:booking_id>/link", demo.bookings.link, name="booking-link"),
    path("/bookings/<uuid:booking_id>/unlink", demo.bookings.unlink, name="booking-unlink"),
    path("/bookings/<uuid:booking_id>/confirm", demo.bookings.confirm, name="booking-confirm"),
    path("/bookings/<uuid:booking_id>/approve", demo.bookings.approve, name="booking-approve"),
    path("/bookings/<uuid:booking_id>/decline", demo.bookings.decline, name="booking-decline"),
    path("/bookings/<uuid:booking_id>/complete", demo.bookings.complete, name="booking-complete"),
    path("/bookings/<uuid:booking_id>/no-show", demo.bookings.no_show, name="booking-no-show"),
    path("/bookings/<uuid:booking_id>/answers", demo.answers.answer, name="booking-answers"),
    path("/bookings/<uuid:booking_id>/cancel", demo.bookings.cancel, name="booking-cancel"),
    path("/bookings/<uuid:booking_id>/pay", demo.paying.pay, name="booking-pay"),
    path("/bookings/<uuid:booking_id>/ledger", demo.ledger.of_booking, name="booking-ledger"),
    path("/payments", demo.payments.listed, name="payments"),
    path("/payments/<uuid:intent_id>", demo.payments.detail, name="payment"),
    path("/payments/<uuid:intent_id>/refund", demo.payments.refund, name="payment-refund"),
    path("/payments/<uuid:intent_id>/ask", demo.payments.ask_again, name="payment-ask"),
    path("/payments/<uuid:intent_id>/return", demo.paying.returned, name="payment-return"),
    path("/payments/<uuid:intent_id>/capture", demo.paying.capture, name="payment-capture"),
    path("/payments/<uuid:intent_id>/cancel", demo.paying.cancel, name="payment-cancel"),
    path("/payments/<uuid:intent_id>/receipt", demo.paying.receipt, name="payment-receipt"),
    path("/ledger", demo.ledger.whole, name="ledger"),
    path("/analytics", demo.analytics.report, name="analytics"),
    path("/analytics/events", demo.analytics.events, name="events"),
]

urlpatterns = [
    *pages,
    status,
    path("api/platform/", include(api)),
    path("platform-demo", include((demo_pages, "demo"))),
]
