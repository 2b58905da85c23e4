"""The page where the owner of a card agrees to a payment, or does not: plain HTML, and plainly a test."""

from html import escape
from urllib.parse import urlencode

from authspine.operations.sandbox.calls import Call
from authspine.operations.sandbox.errors import Refusal, no_such
from authspine.operations.sandbox.resources import paying, setup_intents
from authspine.operations.sandbox.store import Account, Store, Thing

ANSWERS = ("complete", "fail")

PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<link rel="icon" href="data:,">
<style>
body {{ font: 1rem/1.5 system-ui, sans-serif; max-width: 32rem; margin: 3rem auto; padding: 0 1rem }}
button {{ font: inherit; min-height: 2.75rem; padding: 0 1.25rem; margin: 0 .5rem .5rem 0 }}
</style>
</head>
<body>
<main>
<h1>{title}</h1>
{content}
</main>
</body>
</html>
"""


def question(intent: Thing) -> str:
    """What is asked of the owner."""
    if intent["object"] == "setup_intent":
        what = "Keep this card on file?"
    else:
        what = f"Pay {intent['amount']} (in the smallest unit of {escape(intent['currency'].upper())})?"
    content = f"""<p>This is a page of the test sandbox in the place of a bank. No real money moves.</p>
<p>{what}</p>
<form method="post">
<button name="answer" value="complete">Complete authentication</button>
<button name="answer" value="fail">Fail authentication</button>
</form>"""
    return PAGE.format(title="Test page: is it you?", content=content)


def result(status: str) -> str:
    return PAGE.format(title="Test page: done", content=f"<p>The answer was noted: {escape(status)}.</p>")


def found(store: Store, account: str, id: str, token: str) -> tuple[Account, Thing]:
    """By the token of its address alone, since the owner has no key."""
    whose = Account(store, account)
    intent = whose.look(id)
    if intent is None or intent.get("_token") != token:
        raise no_such("intent", id)
    return whose, intent


def answered(account: Account, intent: Thing, answer: str, *, base: str, version: str) -> tuple[str, str]:
    """The new status, and where the owner is sent back to. An answer that comes twice changes nothing."""
    if answer not in ANSWERS:
        raise Refusal("The answer must be complete or fail.", param="answer", validation=True)
    call = Call(account, base=base, version=version)
    if intent["status"] == "requires_action":
        try:
            with account.store.step():
                _decide(call, intent, answer)
        except Refusal as refusal:
            if not refusal.kept:  # a card that is declined after its owner has agreed is no error of this page
                raise
    status = {"succeeded": "succeeded", "requires_capture": "succeeded", "processing": "pending"}.get(
        intent["status"], "failed"
    )
    return status, _back(intent, status)


def _decide(call: Call, intent: Thing, answer: str) -> None:
    journey = setup_intents if intent["object"] == "setup_intent" else paying
    if answer == "fail":
        journey.not_authenticated(call, intent)
    else:
        journey.go_on(call, intent, call.account.find(intent["payment_method"], "payment_method"))


def _back(intent: Thing, status: str) -> str:
    address = intent.get("_return_url") or ""
    if not address:
        return ""
    told = {intent["object"]: intent["id"], f"{intent['object']}_client_secret": intent["client_secret"]}
    return f"{address}{'&' if '?' in address else '?'}{urlencode(told | {'redirect_status': status})}"
