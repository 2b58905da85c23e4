"""The postman: takes what is due, one after the other, and sends it."""

import asyncio
import time
from contextlib import suppress

import aiohttp

from authspine.operations.sandbox import webhooks
from authspine.operations.sandbox.store import Account, Store, Thing

LONGEST_WAIT = 0.5
ANSWER_SECONDS = 10


class Postman:
    """One for all accounts. `wake` after every request that may have made events."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.woken = asyncio.Event()
        self.session: aiohttp.ClientSession | None = None

    def wake(self) -> None:
        self.woken.set()

    async def run(self) -> None:
        try:
            while True:
                if not await self.send_next():
                    self.woken.clear()
                    with suppress(TimeoutError):
                        await asyncio.wait_for(self.woken.wait(), self._until_next())
        finally:
            if self.session is not None:
                await self.session.close()

    async def send_next(self) -> bool:
        """False where nothing is due."""
        row = self.store.execute(
            "SELECT * FROM deliveries WHERE state = 'due' AND due <= ? ORDER BY due, seq LIMIT 1", (time.time(),)
        ).fetchone()
        if row is None:
            return False
        account = Account(self.store, row["account"])
        event = account.look(row["event"], "event")
        taken, answer = await self.send(account, event) if event else (True, "gone")
        webhooks.settle(account, row["seq"], row["attempts"], taken=taken, answer=answer)
        if taken and event:
            account.save(event | {"pending_webhooks": 0})
        return True

    async def send(self, account: Account, event: Thing) -> tuple[bool, str]:
        """Whether it was taken, and how it was answered."""
        hook = account.setting("webhook")
        if not hook or not hook["url"]:
            return False, "no address"
        body, signature = webhooks.signed(event, hook["secret"])
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "Stripe-Signature": signature,
            "User-Agent": "Stripe/1.0 (+https://stripe.com/docs/webhooks)",
        }
        if self.session is None:
            self.session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=ANSWER_SECONDS))
        try:
            async with self.session.post(hook["url"], data=body, headers=headers, allow_redirects=False) as answer:
                await answer.read()
                return 200 <= answer.status < 300, str(answer.status)
        except (aiohttp.ClientError, TimeoutError) as error:
            return False, type(error).__name__

    def _until_next(self) -> float:
        row = self.store.execute("SELECT MIN(due) AS next FROM deliveries WHERE state = 'due'").fetchone()
        if row["next"] is None:
            return LONGEST_WAIT
        return float(max(0.0, min(LONGEST_WAIT, row["next"] - time.time())))
