"""What a refusal tells by its time: whether there is a login, whose an id is, how much of a key is right. What must not
be told apart takes turns, by the whole of the product in this process: no network blurs what is measured.
"""

from collections.abc import Callable, Mapping
from secrets import token_hex, token_urlsafe
from typing import Any

from django.test import Client as Browser

from authspine.accounts import actions as account_actions
from authspine.identity.models import User
from authspine.kernel.ids import new_id
from benchmark.load import Side, take_turns
from benchmark.sections import Sizes
from benchmark.sections.lists import Listed
from benchmark.table import Table

PASSWORD = token_urlsafe()
BAND = 1.2
# A sign-in is a hash, which is made to take long.
SIGN_INS_PER_CALL = 0.1

type Refused = Callable[[], Any]


def measure(sizes: Sizes) -> None:
    table = Table("What must not be told apart, milliseconds: p50 of both", ["first", "second", "ratio"])

    def compare(name: str, sides: Mapping[str, Refused], status: int, calls: int = sizes.calls) -> None:
        """The first of them beside each of the others; `status` is what all of them are answered with."""
        measured = {each: Side(_refused(do, status)) for each, do in sides.items()}
        take_turns(name, list(measured.values()), rounds=sizes.rounds, calls=calls)
        (first, reference), *others = ((each, side.p(0.5)) for each, side in measured.items())
        for each, took in others:
            ratio = reference / took
            met = 1 / BAND <= ratio <= BAND
            row = f"{name}: {first}, {each}"
            table.row(row, reference, took, ratio, target=f"within {BAND:g} times", met=met)

    few = max(2, round(sizes.calls * SIGN_INS_PER_CALL))
    known, disabled, unknown = login(), login(is_active=False), f"{token_hex(8)}@example.com"
    signing_in = {"known": sign_in(known, "not the word"), "unknown": sign_in(unknown), "disabled": sign_in(disabled)}
    compare("sign-in", signing_in, 200, few)
    compare("password reset", {"known": reset(known), "unknown": reset(unknown)}, 302)
    own, other = Listed("Own", 10), Listed("Other", 10)
    compare("client", {"of others": look(own.key, other.first()), "missing": look(own.key, new_id())}, 404)
    compare("key", wrong_keys(own.key), 401)
    table.show()


def login(**fields: Any) -> str:
    user = User.objects.create_user(f"{token_hex(8)}@example.com", **fields)
    user.set_password(PASSWORD)
    user.save(update_fields=["password"])
    account_actions.trust_address(user)
    return str(user.email)


def sign_in(email: str, password: str = PASSWORD) -> Refused:
    browser = Browser(SERVER_NAME="localhost")
    return lambda: browser.post("/accounts/login", {"login": email, "password": password})


def reset(email: str) -> Refused:
    browser = Browser(SERVER_NAME="localhost")
    return lambda: browser.post("/accounts/reset", {"email": email})


def look(key: str, client: Any) -> Refused:
    browser = Browser(headers={"Authorization": f"Bearer {key}"}, SERVER_NAME="localhost")
    return lambda: browser.get(f"/api/platform/clients/{client}")


def wrong_keys(key: str) -> dict[str, Refused]:
    """Wrong from its name on, after its name, which is no secret, and at its very end."""
    mark, name, secret = key.split("_", 2)
    found = {
        "none of it": f"{mark}_{token_hex(6)}_{token_urlsafe(32)}",
        "its name": f"{mark}_{name}_{token_urlsafe(32)}",
        "all but its end": f"{mark}_{name}_{secret[:-1]}{'A' if secret[-1] != 'A' else 'B'}",
    }
    return {told: look(wrong, new_id()) for told, wrong in found.items()}


def _refused(do: Refused, status: int) -> Callable[[], None]:
    def ask() -> None:
        answer = do()
        if answer.status_code != status:
            raise RuntimeError(f"{answer.status_code} in place of {status}: {answer.content[:300]!r}")

    return ask
