"""No answer shows a person without a word to the audit: all pages and all routes of the URL table are asked, in a world
in which everybody has marks of their own, by every method that they take.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from itertools import chain
from typing import Any

import pytest
from django.contrib import admin
from django.test import Client as Browser
from django.urls import reverse
from pytest_django.fixtures import Settings

from authspine.api import reads
from authspine.identity.models import ApiKey, Organization
from authspine.kernel.actor import SYSTEM
from authspine.kernel.tenancy import organization_scope
from authspine.orchestrator import bookings
from tests.admin.office import furnish, member, page, rows, signed_in
from tests.api.routes import patterns
from tests.api.test_isolation import CASES, call, new_world
from tests.audit.marks import Marked
from tests.demo.routes import BUTTONS, FORMS, PAGES, arguments
from tests.demo.test_pages import one_of_everything
from tests.factories import BookingFactory, hour
from tests.fixtures import Maker, new_organization

# What takes no key, since its answer is kept nowhere.
TOLD_ONCE = {"POST keys", "POST keys/<id>/rotate", "POST bookings/<id>/link", "POST webhooks/stripe"}

type Asked = Iterator[tuple[str, Callable[[], Any]]]

# What a page of the demo is asked beside its address, to show what it can.
ASKING = {
    "calendar": "?client={client_id}&service={service_id}&professional={professional_id}",
    "professional-cancel-day": "?on={day}",
    "ledger": "?days=365",
}
# Where whoever asks signs in or out, or goes to another organization.
LEAVING = {"admin/logout/", "admin/login/", "admin/organization/"}
# What only leads to the page of a row, and whatever else begins like an address of the admin.
LEADING_ON = re.compile(r"admin/(\w+/\w+/<object_id>/|<url>)")


def cancelled(organization: Organization) -> None:
    """A booking with a reason, which is sealed, too."""
    with organization_scope(organization, SYSTEM):
        bookings.cancel(BookingFactory(starts_at=hour(14)).id, reason="Ill")


class Demo:
    """Every page of the demo, then every form and every button, those last that take something away."""

    actor = "demo"
    # Of those that show somebody; were there none, nothing would be looked for.
    shows = {f"GET {name}" for name in ("bookings", "calendar", "client-consents", "ledger", "payment-receipt")} | {
        "POST client-edit",
        "POST client-on-file",
    }

    def __init__(self, settings: Settings) -> None:
        self.organization = new_organization(is_demo=True)
        settings.DEMO, settings.DEMO_ORGANIZATION = True, self.organization.slug
        self.ids = one_of_everything(Maker(self.organization)) | {"day": hour(10).date()}
        cancelled(self.organization)
        self.browser = Browser()

    def address(self, name: str) -> str:
        asking = ASKING.get(name, "").format(**self.ids)
        return reverse(f"demo:{name}", args=[self.ids[argument] for argument in arguments(name)]) + asking

    def looks(self) -> Asked:
        for name in PAGES:
            yield f"GET {name}", partial(self.browser.get, self.address(name))

    def writes(self) -> Asked:
        names = [*sorted(FORMS), *sorted(BUTTONS, key=lambda name: ("delete" in name, "cancel" in name, name))]
        for name in names:
            yield f"POST {name}", partial(self.browser.post, self.address(name), {}, follow=True)


class Office:
    """Every page of the admin with every row, then what is posted to it: nothing, and that a row be deleted."""

    shows = {
        "GET /admin/payments/paymentintent/",
        "GET /admin/payments/refund/",
        "GET /admin/autocomplete/?app_label=bookings&model_name=booking&field_name=client",
        "POST clients.Client delete_selected",
    }

    def __init__(self, settings: Settings) -> None:
        self.organization = new_organization()
        furnish(self.organization)
        cancelled(self.organization)
        user = member(self.organization, "owner")
        self.actor, self.browser = f"user:{user.id}", signed_in(user, self.organization)

    def addresses(self) -> Iterator[str]:
        for route, _ in patterns():
            if route.startswith("admin/") and route not in LEAVING:
                yield from self.filled(route)
        yield from (f"/admin/search/?s={word}" for word in ("quetzalq000x", "canaria"))

    def filled(self, route: str) -> Iterator[str]:
        if "<" not in route:
            yield f"/{route}"
        elif route == "admin/<app_label>/":
            yield from {f"/admin/{model._meta.app_label}/" for model in admin.site._registry}
        elif not LEADING_ON.fullmatch(route):
            found = re.fullmatch(r"admin/(\w+)/(\w+)/<\w+>(/.+)", route)
            assert found, route
            label = f"{found[1]}.{found[2]}"
            yield from (f"/admin/{found[1]}/{found[2]}/{row}{found[3]}" for row in self.ids(label)[:1])

    def ids(self, label: str) -> list[str]:
        return [str(row.pk) for row in list(rows(self.organization, label))]

    def completions(self) -> Iterator[str]:
        """What is suggested for each field that is a reference to a model with a page."""
        there = reverse("admin:autocomplete")
        for model in admin.site._registry:
            for field in model._meta.concrete_fields:
                if field.remote_field:
                    meta = model._meta
                    yield f"{there}?app_label={meta.app_label}&model_name={meta.model_name}&field_name={field.name}"

    def looks(self) -> Asked:
        for address in (*self.addresses(), *self.completions()):
            yield f"GET {address}", partial(self.browser.get, address)

    def writes(self) -> Asked:
        for address in self.addresses():
            if not address.endswith(("/history/", "/delete/")):
                yield f"POST {address}", partial(self.browser.post, address, {}, follow=True)
        for model, shown in admin.site._registry.items():
            yield from self.actions(model, shown)
        for address in self.addresses():
            if address.endswith("/delete/"):
                yield f"POST {address} at last", partial(self.browser.post, address, {"post": "yes"}, follow=True)

    def actions(self, model: Any, shown: Any) -> Asked:
        chosen = self.ids(model._meta.label)
        for name in (*(shown.actions or ()), "delete_selected"):
            sent = {"action": name, "_selected_action": chosen}
            yield (
                f"POST {model._meta.label} {name}",
                partial(self.browser.post, page(model, "changelist"), sent, follow=True),
            )


class Programs:
    """Every route of the API by every method, as an admin's key has it; what takes something away comes last."""

    shows = {"GET bookings", "GET clients", "GET clients/<id>/export", "GET export", "GET professionals/<id>"} | {
        *(f"PATCH {kind}/<id> with nothing" for kind in ("clients", "professionals")),
        *(f"POST {one} again" for one in ("bookings/<id>/cancel", "professionals/<id>/verify")),
    }

    def __init__(self, settings: Settings) -> None:
        self.world = new_world("seen")
        self.organization = self.world.organization
        cancelled(self.organization)
        self.actor = f"key:{ApiKey.objects.get(organization=self.organization).id}"

    def looks(self) -> Asked:
        return self.asked(lambda operation: operation.startswith("GET "))

    def writes(self) -> Asked:
        order = sorted(CASES, key=lambda operation: ("eras" in operation, operation.startswith("DELETE "), operation))
        # What changes nothing shows as much.
        for kind in ("clients", "professionals"):
            of_one = f"/{kind}/{self.world.ids[kind.removesuffix('s')]}"
            yield f"PATCH {kind}/<id> with nothing", partial(self.world.api.patch, of_one, {})
        yield from self.asked(lambda operation: not operation.startswith("GET "), order)

    def asked(self, wanted: Callable[[str], bool], order: Iterable[str] = CASES) -> Asked:
        for operation in filter(wanted, order):
            case = CASES[operation]
            kinds = [kind for kind in (getattr(case, "kind", ""), getattr(case, "inner", "")) if kind]
            ids = [self.world.ids[kind] for kind in kinds] or [getattr(case, "slug", "")]
            ask = partial(call, self.world, operation, self.sent(case), *ids)
            if operation.startswith("POST ") and operation not in TOLD_ONCE:
                ask = partial(ask, headers={"Idempotency-Key": "one"})
                yield operation, ask
                yield f"{operation} again", ask
            else:
                yield operation, ask

    def sent(self, case: Any) -> Any:
        """What the case sends, with ids of this world."""
        sent = getattr(case, "sent", None) or getattr(case, "body", None)
        if not isinstance(sent, dict):
            return sent
        ids = {f"{{{kind}}}": found for kind, found in self.world.ids.items()}
        return {name: ids.get(value, value) if isinstance(value, str) else value for name, value in sent.items()}


@pytest.fixture(params=[Demo, Office, Programs], ids=["demo", "admin", "api"])
def place(request: pytest.FixtureRequest, settings: Settings) -> Any:
    return request.param(settings)


def test_nobody_is_shown_without_a_word(place: Any) -> None:
    marked = Marked(place.organization, place.actor)
    silent, showing = marked.sweep(chain(place.looks(), place.writes()))
    assert silent == {}
    assert place.shows <= showing


def test_the_sweep_finds_what_is_not_recorded(place: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reads, "record", lambda *look: None)
    marked = Marked(place.organization, place.actor)
    silent, _ = marked.sweep(place.looks(), enough=5)
    assert len(silent) == 5
