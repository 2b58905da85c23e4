"""The whole way round: the platform, as it is served, takes the webhooks of the sandbox."""

from pathlib import Path

from tests.operations.sandbox.receiver import SECRET, wait_for
from tests.sandboxes import Sandbox
from tests.servers import gunicorn


def test_the_platform_takes_every_event(sandbox: Sandbox, tmp_path: Path) -> None:
    with gunicorn(tmp_path / "log", workers=1, environment={"STRIPE_WEBHOOK_SECRET": SECRET}) as address:
        sandbox.control("POST", "webhooks", url=f"{address}/api/platform/webhooks/stripe", secret=SECRET)
        api = sandbox.client().v1
        customer = api.customers.create({"email": "ada@example.com"})
        api.payment_methods.attach("pm_card_visa", {"customer": customer.id})
        api.customers.delete(customer.id)

        def taken() -> bool:
            deliveries = sandbox.control("GET", "webhooks")["deliveries"]
            return [each["answer"] for each in deliveries] == ["200"] * 3

        wait_for(taken)
