"""The gateway's events in a test's hands: held back by the sandbox, brought by the test, worked on as a worker does."""

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db import connection
from procrastinate.contrib.django.models import ProcrastinateJob

from authspine.identity.models import Organization
from authspine.kernel.actor import SYSTEM
from authspine.kernel.tenancy import organization_scope
from payments import tasks
from payments.models import Alert, GatewayEvent
from tests.rest import Api
from tests.sandboxes import Sandbox

SECRET = "whsec_test"
PATH = "/webhooks/stripe"
WORK: dict[str, Any] = {"payments.process_event": tasks.process_event, "payments.settle_booking": tasks.settle_booking}


@dataclass(frozen=True)
class Post:
    """Between the sandbox and the platform: nothing arrives unless the test brings it."""

    sandbox: Sandbox
    brought: set[str] = field(default_factory=set)

    def events(self, *types: str) -> list[str]:
        """The ids of what the sandbox has told, oldest first."""
        asked: Any = {"limit": 100} | ({"types": list(types)} if types else {})
        found = self.sandbox.client().v1.events.list(asked).auto_paging_iter()
        return [event.id for event in found][::-1]

    def signed(self, event: str, secret: str = SECRET, **more: Any) -> tuple[bytes, str]:
        told = self.sandbox.control("POST", "sign", event=event, secret=secret, **more)
        return told["body"].encode(), told["signature"]

    def bring(self, event: str) -> None:
        """As the gateway does, and it is taken."""
        self.brought.add(event)
        assert send(*self.signed(event)).status_code == 200

    def bring_all(self) -> None:
        for event in self.events():
            self.bring(event)
        self.work()

    def work(self) -> None:
        """Do the jobs of the events that were brought."""
        work_off(event=[str(row.id) for row in self.rows()])

    def rows(self) -> list[GatewayEvent]:
        return list(GatewayEvent.objects.filter(event_id__in=self.brought).order_by("received_at", "id"))

    def states(self) -> list[str]:
        return [row.state for row in self.rows()]


def send(body: bytes, signature: str) -> Any:
    return Api(**{"Stripe-Signature": signature}).send("POST", PATH, body)


def waiting(**about: Any) -> list[ProcrastinateJob]:
    """The jobs about these that nobody has done, oldest first."""
    ((name, ids),) = about.items()
    jobs = ProcrastinateJob.objects.filter(status="todo", task_name__in=WORK, **{f"args__{name}__in": ids})
    return list(jobs.order_by("id"))


def work_off(**about: Any) -> None:
    """Do the jobs about these, and those that they bring about, as a worker does; what is raised is raised."""
    while jobs := waiting(**about):
        for job in jobs:
            WORK[job.task_name].func(**job.args)
            finished(job.id)


def settle(organization: Organization) -> None:
    """Do the jobs that the bookings of an organization have left."""
    work_off(organization=[str(organization.id)])


def finished(job: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs WHERE id = %s", [job])


def alerts(organization: Organization) -> list[tuple[str, str]]:
    """Kind and subject of what a human must look at, oldest first."""
    with organization_scope(organization, SYSTEM):
        return list(Alert.objects.filter(settled_at=None).order_by("created_at", "id").values_list("kind", "subject"))


def inbox(event: str) -> GatewayEvent:
    found: GatewayEvent = GatewayEvent.objects.get(event_id=event)
    return found


def as_uuid(text: object) -> UUID:
    return UUID(str(text))
