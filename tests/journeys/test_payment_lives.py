"""What a payment is for, and how its money is taken: deposits and balances, authorized amounts, fees; over HTTP."""

from typing import Any

import pytest

from authspine.identity.models import Organization
from authspine.kernel.money import Money
from authspine.kernel.tenancy import organization_scope
from authspine.orchestrator import bookings, payments, verticals
from bookings.models import Booking
from payments.models import Alert, MethodSetup
from tests.gateways import GOOD_CARD, charged, given_back
from tests.payments.paying import STAFF, book, events, shop, stored, work_off
from tests.rest import Api, refused
from tests.sandboxes import Sandbox
from tests.studio import Studio


@pytest.fixture
def studio(organization: Organization, sandbox: Sandbox) -> Studio:
    return shop(organization, deposit=Money(2500, "USD"))


def usd(cents: int) -> dict[str, Any]:
    return {"amount_cents": cents, "currency": "USD"}


def begin(api_client: Api, booking: Booking, **more: Any) -> Any:
    return api_client.post("/payments/intents", {"booking": str(booking.id), "method": "card"} | more)


def pay(api_client: Api, booking: Booking, card: str = GOOD_CARD, **more: Any) -> Any:
    """Start and confirm; the intent."""
    begun = begin(api_client, booking, **more)
    assert begun.status_code == 201, begun.json()
    body = {"payment_method": card} if card else {}
    done = api_client.post(f"/payments/intents/{begun.json()['id']}/confirm", body)
    assert done.status_code == 200, done.json()
    return done.json()


def capture(api_client: Api, intent: Any, cents: int | None = None, **more: Any) -> Any:
    amount = {} if cents is None else {"amount": usd(cents)}
    return api_client.post(f"/payments/intents/{intent['id']}/capture", amount | more)


def turn(studio: Studio, booking: Booking, journey: Any, *, fee: int = 0) -> None:
    """Cancel, complete or no-show, with so much of a fee; what follows from it is done by the worker."""
    with organization_scope(studio.organization, STAFF):
        journey(booking.id)
        Booking.objects.filter(id=booking.id).update(fee_cents=fee)
    work_off(studio)


def money(sandbox: Sandbox, booking: Booking) -> tuple[int, int]:
    """What the gateway has captured and given back for a booking."""
    found = sandbox.money(booking=str(booking.id))
    return sum(one["captured"] for one in found), sum(one["refunded"] for one in found)


def keep_on_file(api_client: Api, studio: Studio, name: str = GOOD_CARD, **more: Any) -> Any:
    sent = {"client": str(studio.client.id), "type": "card", "payment_method": name} | more
    return api_client.post("/payments/methods", sent).json()


def test_the_deposit_now_and_the_balance_later(api_client: Api, studio: Studio, sandbox: Sandbox) -> None:
    """25.00 confirm the hold; 50.00 are left, and after them nothing."""
    booking = book(studio, status="held")
    deposit = pay(api_client, booking, purpose="deposit")
    assert (deposit["purpose"], deposit["amount"]) == ("deposit", usd(2500))
    assert api_client.get(f"/bookings/{booking.id}").json()["status"] == "confirmed"
    refused(begin(api_client, booking, purpose="deposit"), 409, "already_paid", "booking")
    balance = pay(api_client, booking, purpose="balance")
    assert balance["amount"] == usd(5000)
    for purpose in ("balance", "full", "deposit"):
        refused(begin(api_client, booking, purpose=purpose), 409, "already_paid", "booking")
    assert money(sandbox, booking) == (7500, 0)


def test_a_deposit_of_nothing_is_not_due(api_client: Api, organization: Organization) -> None:
    studio = shop(organization)
    refused(begin(api_client, book(studio), purpose="deposit"), 409, "nothing_due", "booking")


def test_a_fee_is_due_of_who_owes_one(api_client: Api, studio: Studio) -> None:
    booking = book(studio)
    refused(begin(api_client, booking, purpose="fee"), 409, "booking_not_payable", "booking")
    turn(studio, booking, bookings.mark_no_show)
    refused(begin(api_client, booking, purpose="fee"), 409, "nothing_due", "booking")


@pytest.mark.parametrize("purpose", ["deposit", "balance", "full", "fee"])
def test_every_purpose_is_paid_by_allowed_methods_alone(api_client: Api, studio: Studio, purpose: str) -> None:
    booking = book(studio)
    if purpose == "fee":
        turn(studio, booking, bookings.mark_no_show, fee=2000)
    with organization_scope(studio.organization, STAFF):
        verticals.configure("consulting", allowed_payment_methods=["cash"])
    for method in ("card", "bank", "wallet", "invoice"):
        answer = begin(api_client, booking, purpose=purpose, method=method)
        refused(answer, 409, "payment_method_not_allowed", "method")
    assert begin(api_client, booking, purpose=purpose, method="cash").status_code == 201


def test_there_are_several_attempts_and_one_is_live(api_client: Api, studio: Studio) -> None:
    booking = book(studio)
    first = begin(api_client, booking, purpose="deposit").json()
    second = begin(api_client, booking, purpose="full").json()
    shown = api_client.get("/payments/intents", booking=str(booking.id)).json()["results"]
    assert [(one["id"], one["status"]) for one in shown] == [(second["id"], "pending"), (first["id"], "cancelled")]


def test_authorized_now_and_captured_at_completion(api_client: Api, studio: Studio, sandbox: Sandbox) -> None:
    booking = book(studio, status="held")
    held = pay(api_client, booking, capture="manual")
    assert (held["status"], held["amount_captured"]) == ("authorized", usd(0))
    assert api_client.get(f"/bookings/{booking.id}").json()["status"] == "confirmed"
    assert money(sandbox, booking) == (0, 0)
    turn(studio, booking, bookings.complete)
    done = api_client.get(f"/payments/intents/{held['id']}").json()
    assert (done["status"], done["amount_captured"], done["fee"]) == ("succeeded", usd(7500), usd(248))
    assert events(studio) == ["payment.created", "payment.authorized", "payment.captured", "payment.succeeded"]
    payments.settle_booking(studio.organization, STAFF, booking.id)
    assert money(sandbox, booking) == (7500, 0)


def test_no_more_is_captured_than_is_missing(api_client: Api, studio: Studio, sandbox: Sandbox) -> None:
    """The whole price was authorized, and part of it was then paid at the desk and given back in part."""
    booking = book(studio)
    pay(api_client, booking, purpose="deposit")
    held = pay(api_client, booking, purpose="balance", capture="manual")
    with organization_scope(studio.organization, STAFF):
        Booking.objects.filter(id=booking.id).update(total_cents=6000)
    turn(studio, booking, bookings.complete)
    assert stored(studio, held["id"]).captured_cents == 3500
    assert money(sandbox, booking) == (6000, 0)


@pytest.mark.parametrize(("fee", "status"), [(0, "cancelled"), (2000, "succeeded")])
def test_a_cancellation_lets_go_what_is_authorized_or_takes_its_fee(
    api_client: Api, studio: Studio, sandbox: Sandbox, fee: int, status: str
) -> None:
    booking = book(studio)
    held = pay(api_client, booking, capture="manual")
    turn(studio, booking, bookings.cancel, fee=fee)
    done = api_client.get(f"/payments/intents/{held['id']}").json()
    assert (done["status"], done["amount_captured"], money(sandbox, booking)) == (status, usd(fee), (fee, 0))


def test_who_does_not_come_pays_the_fee_and_no_more(api_client: Api, studio: Studio, sandbox: Sandbox) -> None:
    booking = book(studio)
    held = pay(api_client, booking, capture="manual")
    turn(studio, booking, bookings.mark_no_show, fee=3000)
    assert stored(studio, held["id"]).status == "succeeded"
    assert money(sandbox, booking) == (3000, 0)


@pytest.mark.parametrize(("fee", "back"), [(0, [7500]), (2000, [5500]), (7500, [])])
def test_a_cancellation_gives_back_all_but_its_fee(api_client: Api, studio: Studio, fee: int, back: list[int]) -> None:
    booking = book(studio)
    paid = pay(api_client, booking)
    turn(studio, booking, bookings.cancel, fee=fee)
    payments.settle_booking(studio.organization, STAFF, booking.id)
    assert given_back(stored(studio, paid["id"]).gateway_id) == back
    found = api_client.get("/payments/refunds", intent=paid["id"]).json()["results"]
    assert [(one["amount"]["amount_cents"], one["cause"]) for one in found] == [(cents, "policy") for cents in back]


def test_the_newest_payment_is_given_back_first(api_client: Api, studio: Studio) -> None:
    booking = book(studio)
    deposit, balance = (pay(api_client, booking, purpose=purpose) for purpose in ("deposit", "balance"))
    turn(studio, booking, bookings.cancel, fee=1000)
    assert [stored(studio, one["id"]).refunded_cents for one in (deposit, balance)] == [1500, 5000]


def test_captured_in_parts(api_client: Api, studio: Studio, sandbox: Sandbox) -> None:
    booking = book(studio)
    held = pay(api_client, booking, capture="manual")
    part = capture(api_client, held, 2000, more_follows=True).json()
    assert (part["status"], part["amount_captured"]) == ("authorized", usd(2000))
    refused(capture(api_client, held, 5501), 409, "capture_too_large", "amount")
    refused(capture(api_client, held, 0), 400, "validation_error", "amount")
    wrong = {"amount": {"amount_cents": 1, "currency": "EUR"}}
    answer = api_client.post(f"/payments/intents/{held['id']}/capture", wrong)
    refused(answer, 400, "validation_error", "amount.currency")
    last = capture(api_client, held, 3000).json()
    assert (last["status"], last["amount_captured"], last["fee"]) == ("succeeded", usd(5000), usd(88 + 87))
    refused(capture(api_client, held, 1), 409, "not_authorized")
    assert capture(api_client, held).json() == last
    assert money(sandbox, booking) == (5000, 0)
    assert events(studio).count("payment.captured") == 2


def test_of_a_part_capture_the_rest_is_let_go(api_client: Api, studio: Studio, sandbox: Sandbox) -> None:
    held = pay(api_client, book(studio), capture="manual")
    capture(api_client, held, 2000, more_follows=True)
    let_go = api_client.post(f"/payments/intents/{held['id']}/cancel").json()
    assert (let_go["status"], let_go["amount_captured"]) == ("succeeded", usd(2000))
    refused(api_client.post(f"/payments/intents/{held['id']}/cancel"), 409, "invalid_transition")


def test_an_authorization_that_ran_out_is_seen(api_client: Api, studio: Studio, sandbox: Sandbox) -> None:
    held = pay(api_client, book(studio), capture="manual")
    sandbox.control("POST", "clock", seconds=8 * 86_400)
    refused(capture(api_client, held), 409, "not_authorized")
    assert stored(studio, held["id"]).status == "cancelled"


def test_an_attempt_is_cancelled(api_client: Api, studio: Studio, sandbox: Sandbox) -> None:
    booking = book(studio)
    for more in ({"method": "cash"}, {}, {"capture": "manual"}):
        intent = begin(api_client, booking, **more).json()
        if "capture" in more:
            api_client.post(f"/payments/intents/{intent['id']}/confirm", {"payment_method": GOOD_CARD})
        path = f"/payments/intents/{intent['id']}/cancel"
        assert api_client.post(path).json()["status"] == "cancelled"
        assert api_client.post(path).json()["status"] == "cancelled"
    assert events(studio).count("payment.cancelled") == 3
    paid = pay(api_client, booking)
    refused(api_client.post(f"/payments/intents/{paid['id']}/cancel"), 409, "invalid_transition")
    assert money(sandbox, booking) == (7500, 0)


@pytest.mark.parametrize(
    ("currency", "price", "sent", "back"),
    [("JPY", 7500, 7500, 2500), ("KWD", 12_340, 12_340, 2340), ("ISK", 7500, 750_000, 2500)],
)
def test_d6_currencies_without_decimals_and_with_three(
    api_client: Api, organization: Organization, sandbox: Sandbox, currency: str, price: int, sent: int, back: int
) -> None:
    studio = shop(organization, price=Money(price, currency))
    booking = book(studio)
    held = pay(api_client, booking, capture="manual")
    assert held["amount"] == {"amount_cents": price, "currency": currency}
    amount = {"amount_cents": price - 1000, "currency": currency}
    done = api_client.post(f"/payments/intents/{held['id']}/capture", {"amount": amount}).json()
    assert (done["status"], done["amount_captured"]) == ("succeeded", amount)
    sent_back = {"intent": held["id"], "amount": {"amount_cents": back, "currency": currency}}
    given = api_client.post("/payments/refunds", sent_back).json()
    assert (given["status"], given["amount"]) == ("succeeded", sent_back["amount"])
    factor = sent // price
    assert money(sandbox, booking) == ((price - 1000) * factor, back * factor)
    kept = stored(studio, held["id"])
    assert (kept.captured_cents, kept.refunded_cents, kept.fee_is_known) == (price - 1000, back, True)


def test_d6_an_amount_that_no_card_can_pay_is_refused(api_client: Api, organization: Organization) -> None:
    """Stripe takes three decimals in steps of ten."""
    booking = book(shop(organization, price=Money(12_345, "KWD")))
    refused(begin(api_client, booking), 409, "payment_refused")
    assert begin(api_client, booking, method="cash").status_code == 201


@pytest.mark.parametrize("journey", [bookings.mark_no_show, bookings.cancel])
def test_a_fee_is_charged_by_what_is_on_file(api_client: Api, studio: Studio, sandbox: Sandbox, journey: Any) -> None:
    keep_on_file(api_client, studio)
    booking = book(studio)
    turn(studio, booking, journey, fee=3000)
    done = pay(api_client, booking, "", purpose="fee", off_session=True)
    assert (done["status"], done["amount_captured"], done["off_session"]) == ("succeeded", usd(3000), True)
    refused(begin(api_client, booking, purpose="fee", off_session=True), 409, "already_paid", "booking")
    work_off(studio)
    payments.settle_booking(studio.organization, STAFF, booking.id)
    assert money(sandbox, booking) == (3000, 0)


def test_what_was_paid_counts_towards_the_fee(api_client: Api, studio: Studio, sandbox: Sandbox) -> None:
    keep_on_file(api_client, studio)
    booking = book(studio)
    pay(api_client, booking, purpose="deposit")
    turn(studio, booking, bookings.mark_no_show, fee=4000)
    assert pay(api_client, booking, "", purpose="fee", off_session=True)["amount"] == usd(1500)
    assert money(sandbox, booking) == (4000, 0)


def test_without_anything_on_file_nobody_is_charged(api_client: Api, studio: Studio) -> None:
    booking = book(studio)
    turn(studio, booking, bookings.mark_no_show, fee=3000)
    answer = begin(api_client, booking, purpose="fee", off_session=True)
    refused(answer, 409, "nothing_on_file", "payment_method")
    keep_on_file(api_client, studio, "pm_usBankAccount", type="bank")
    answer = begin(api_client, booking, purpose="fee", off_session=True)
    refused(answer, 409, "nothing_on_file", "payment_method")
    done = pay(api_client, booking, "", purpose="fee", off_session=True, method="bank")
    assert done["status"] == "processing"


def test_a_bank_that_wants_to_ask_the_owner_is_told_of(api_client: Api, studio: Studio, sandbox: Sandbox) -> None:
    """Declined for now; the client can pay the same fee themselves."""
    kept = keep_on_file(api_client, studio, "pm_card_authenticationRequired", return_url="https://example.com")
    setup = f"/payments/methods/setups/{kept['id']}"
    with organization_scope(studio.organization, STAFF):
        sandbox.approve(MethodSetup.objects.get().gateway_id)
    assert api_client.post(f"{setup}/confirm").json()["status"] == "succeeded"
    booking = book(studio)
    turn(studio, booking, bookings.mark_no_show, fee=3000)
    begun = begin(api_client, booking, purpose="fee", off_session=True).json()
    answer = api_client.post(f"/payments/intents/{begun['id']}/confirm")
    refused(answer, 402, "payment_needs_approval")
    failed = api_client.get(f"/payments/intents/{begun['id']}").json()
    assert (failed["status"], failed["failure"]["code"]) == ("failed", "authentication_required")
    themselves = pay(api_client, booking, "pm_card_visa", purpose="fee")
    assert (themselves["status"], themselves["amount"]) == ("succeeded", usd(3000))
    assert charged(booking.id) == [3000]


def test_what_is_on_file_is_named_by_its_id(api_client: Api, studio: Studio) -> None:
    keep_on_file(api_client, studio)
    other = keep_on_file(api_client, studio, "pm_card_mastercard")
    booking = book(studio)
    done = pay(api_client, booking, other["id"], purpose="deposit")
    assert done["status"] == "succeeded"
    again = begin(api_client, booking, payment_method=str(booking.id))
    refused(again, 404, "not_found", "payment_method")


def test_a_no_of_the_gateway_is_told_once_and_the_rest_goes_on(
    api_client: Api, studio: Studio, sandbox: Sandbox
) -> None:
    """The job does not come again and again with what was refused."""
    booking = book(studio)
    pay(api_client, booking, purpose="deposit")
    pay(api_client, booking, purpose="balance")
    sandbox.fault("error", "/v1/refunds", status=400, times=1)
    turn(studio, booking, bookings.cancel)
    assert money(sandbox, booking)[1] == 2500
    with organization_scope(studio.organization, STAFF):
        assert [(row.kind, row.subject) for row in Alert.objects.all()] == [("not_settled", str(booking.id))]
    assert events(studio).count("payment.refund_failed") == 1
