"""What real processes write to their log (F-E26): lines that a program can read, and nothing about anybody.

A secret of each kind is sent by every way that there is, to what answers well and to what breaks.
"""

import http.client
import json
import socket
import subprocess
import sys
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import psycopg
import pytest
from procrastinate.contrib.django.models import ProcrastinateJob

from authspine.identity.actions import create_api_key
from authspine.identity.models import Organization
from authspine.kernel.actor import SYSTEM
from authspine.kernel.tenancy import organization_scope
from authspine.operations.embedded import EmbeddedPostgres
from authspine.orchestrator import bookings as journeys
from tests import clusters, workers
from tests.factories import BookingFactory
from tests.fixtures import new_organization
from tests.operations.planted.faults import FAULTS
from tests.operations.test_refusals import refusal
from tests.servers import GUNICORN, ROOT, configured, gunicorn

PLANTED = {"DJANGO_SETTINGS_MODULE": "tests.operations.planted.settings", "LOG_FORMAT": "json", "LOG_LEVEL": "INFO"}
NAME = "Ernestina Quillfeather"
# As one text, since a way out that is open is open to all of them. A name has no shape that a filter could find.
SECRET = (
    f"{NAME} quillfeather@example.com +34 600 111 222 asp_QuillfeatherKey1234567890 sk_live_QuillfeatherStripe"
    " whsec_QuillfeatherHook 4242424242424242"
)
EXPORT_KEY = "QuillfeatherKeyQuillfeatherKeyQuillfeatherA="  # 32 bytes, as a key has them
CANARIES = ("ernestina", "quillfeather", "600 111 222", "600%20111", "4242424242424242")


@dataclass
class Served:
    """The product, with what is planted in it, and what its processes have written."""

    address: str
    log: Path
    key: str
    key_id: uuid.UUID
    organization: Organization

    def ask(
        self, path: str, method: str = "GET", body: Any = None, headers: dict[str, str] | None = None
    ) -> http.client.HTTPResponse:
        connection = http.client.HTTPConnection(urlsplit(self.address).netloc, timeout=30)
        sent = {"Authorization": f"Bearer {self.key}", "Content-Type": "application/json"} | (headers or {})
        connection.request(method, path, None if body is None else json.dumps(body), sent)
        answer = connection.getresponse()
        answer.read()
        connection.close()
        return answer

    def lines(self) -> list[dict[str, Any]]:
        """Each line is an object, or this fails."""
        return [json.loads(line) for line in self.log.read_text().splitlines()]

    def lines_of(self, answer: http.client.HTTPResponse) -> list[dict[str, Any]]:
        """Those of one request, which the answer names; all of them stand there once its own line does."""
        request_id = answer.headers["X-Request-ID"]

        def found() -> list[dict[str, Any]]:
            return [line for line in self.lines() if line["request_id"] == request_id]

        assert workers.comes_true(lambda: any("status" in line for line in found())), self.lines()
        return found()


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory, database: str) -> Iterator[Served]:
    organization = new_organization()
    record, key = create_api_key(organization, scope="admin")
    log = tmp_path_factory.mktemp("served") / "log"
    with gunicorn(log, workers=1, threads=4, environment=PLANTED) as address:
        yield Served(address, log, key, record.id, organization)


def tells_nothing(text: str) -> None:
    found = [canary for canary in CANARIES if canary in text.casefold()]
    assert found == [], [line for line in text.splitlines() if any(canary in line.casefold() for canary in found)]


def test_a_request_is_one_line_with_who_asked_for_what(served: Served) -> None:
    answer = served.ask("/api/platform/clients?limit=1", headers={"X-Request-ID": "one.of-theirs_1"})
    assert answer.headers["X-Request-ID"] == "one.of-theirs_1"
    (line,) = served.lines_of(answer)
    assert line.pop("duration_ms") > 0
    assert line.pop("time").endswith("Z")
    assert line == {
        "level": "INFO",
        "logger": "authspine.requests",
        "message": "A request was answered.",
        "request_id": "one.of-theirs_1",
        "organization": str(served.organization.id),
        "actor": f"key:{served.key_id}",
        "method": "GET",
        "route": "api/platform/clients",
        "status": 200,
    }


def test_the_route_is_a_pattern(served: Served) -> None:
    (line,) = served.lines_of(served.ask(f"/api/platform/clients/{uuid.uuid4()}"))
    assert (line["route"], line["status"]) == ("api/platform/clients/<uuid:id>", 404)


@pytest.mark.parametrize(
    "sent",
    ["", "a b", "x" * 65, "ñ", "a/b", "asp_QuillfeatherKey1234567890", "a,b", "{}", "quillfeather@example.com"],
)
def test_an_id_that_is_none_is_replaced(served: Served, sent: str) -> None:
    """(D14) What could split a header, or forge a line of the log, is no id."""
    answer = served.ask("/api/platform", headers={"X-Request-ID": sent})
    assert len(answer.headers["X-Request-ID"]) == 32
    assert served.lines_of(answer)


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/nothing", 404),
        ("/api/platform/nothing", 404),
        ("/planted/crash?secret=x", 500),
        ("/admin/", 302),
        ("/api/platform/clients?unknown=1", 400),
    ],
)
def test_every_answer_has_its_id(served: Served, path: str, status: int) -> None:
    answer = served.ask(path)
    assert (answer.status, bool(answer.headers["X-Request-ID"])) == (status, True)
    assert served.lines_of(answer)[-1]["status"] == status


def test_a_crash_is_told_by_its_frames(served: Served) -> None:
    lines = served.lines_of(served.ask(f"/planted/chain?secret={quote(SECRET)}"))
    (crash,) = [line for line in lines if "errors" in line]
    assert (crash["level"], crash["logger"]) == ("ERROR", "django.request")
    outer, django, driver = crash["errors"]
    assert (outer["class"], django["class"]) == ("LookupError", "django.db.utils.IntegrityError")
    assert driver["code"] == "23505"
    assert driver["constraint"] == "procrastinate_jobs_queueing_lock_idx_v1"
    assert any(frame.startswith("tests/operations/planted/faults.py:") for frame in outer["frames"])


@pytest.mark.parametrize("fault", FAULTS)
def test_e26_what_breaks_tells_nothing(served: Served, fault: str) -> None:
    before = len(served.lines())
    answer = served.ask(f"/planted/{fault}?secret={quote(SECRET)}")
    assert served.lines_of(answer)
    assert len(served.lines()) > before + 1, "it was not told of at all"
    tells_nothing(served.log.read_text())


WAYS: list[Callable[[Served], Any]] = [
    lambda served: served.ask("/api/platform/clients", "POST", {"name": NAME, "email": "quillfeather@example.com"}),
    lambda served: served.ask("/api/platform/clients", "POST", {"name": NAME, "email": "quillfeather@example.com"}),
    lambda served: served.ask("/api/platform/clients", "POST", {"name": SECRET * 100, "email": SECRET, SECRET: SECRET}),
    lambda served: served.ask(f"/api/platform/clients?email={quote(SECRET)}"),
    lambda served: served.ask(f"/api/platform/clients/{quote(SECRET)}"),
    lambda served: served.ask(f"/{quote(SECRET)}"),
    lambda served: served.ask(f"/admin/login/?next={quote(SECRET)}", "POST", headers={"Cookie": f"sessionid={SECRET}"}),
    lambda served: served.ask("/api/platform/clients", headers={"Authorization": f"Bearer {SECRET}"}),
    lambda served: served.ask("/api/platform/clients", headers={"Authorization": "Bearer asp_QuillfeatherKey12345"}),
    lambda served: served.ask("/api/platform/clients", headers={"Cookie": f"name={SECRET}", "Referer": SECRET}),
    lambda served: served.ask("/api/platform/clients", headers={"Content-Type": f"{SECRET}; x*=y''%41"}),
    lambda served: served.ask("/api/platform", headers={"Host": "quillfeather.example"}),
    lambda served: served.ask("/api/platform", headers={"X-Request-ID": SECRET, "User-Agent": SECRET}),
    lambda served: served.ask("/api/platform", "QUILLFEATHER"),
    lambda served: served.ask(
        "/api/platform/webhooks/stripe", "POST", {"id": SECRET}, {"Stripe-Signature": f"t=1,v1={SECRET}"}
    ),
    lambda served: served.ask("/api/platform/clients", "POST", headers={"Idempotency-Key": SECRET}),
    lambda served: served.ask("/api/platform/export", headers={"Export-Key": SECRET}),
    lambda served: served.ask("/api/platform/export", headers={"Export-Key": EXPORT_KEY}),
    lambda served: served.ask("/api/platform/import", "POST", {"clients": SECRET}, {"Export-Key": EXPORT_KEY}),
    lambda served: raw(served, f"GET /?{quote(SECRET)} HTTP/1.1\r\nErnestina Quillfeather: x\r\n\r\n"),
    lambda served: raw(served, f"Ernestina /{quote(SECRET)} HTTP/9.9\r\n\r\n"),
    lambda served: raw(served, f"GET /{quote(SECRET)} HTTP/1.1\r\nContent-Length: Quillfeather\r\n\r\n"),
]


def raw(served: Served, text: str) -> None:
    """What breaks the protocol is refused by gunicorn, in its own words."""
    where = urlsplit(served.address)
    with socket.create_connection((where.hostname or "", where.port or 0), timeout=10) as connection:
        connection.sendall(text.encode())
        assert connection.recv(1000)


@pytest.mark.parametrize("number", range(len(WAYS)))
def test_e26_what_is_sent_is_not_told(served: Served, number: int) -> None:
    answer = WAYS[number](served)
    if answer is not None:
        assert served.lines_of(answer)
    tells_nothing(served.log.read_text())
    assert served.lines()


def test_an_access_log_that_somebody_asks_for_is_ours_all_the_same(tmp_path: Path) -> None:
    log = tmp_path / "log"
    environment = PLANTED | {"GUNICORN_CMD_ARGS": "--access-logfile - --log-level debug"}
    with gunicorn(log, workers=1, environment=environment) as address:
        connection = http.client.HTTPConnection(urlsplit(address).netloc, timeout=30)
        connection.request("GET", f"/api/platform?{quote(SECRET)}", headers={"Referer": SECRET})
        assert connection.getresponse().status == 401
        connection.close()
    lines = [json.loads(line) for line in log.read_text().splitlines()]
    assert [line["status"] for line in lines if "status" in line][-1] == 401
    assert any(line["message"].startswith("Listening at") for line in lines)
    tells_nothing(log.read_text())


@pytest.mark.parametrize("form", ["json", "text"])
@pytest.mark.usefixtures("alone")
def test_e26_a_worker_tells_nothing(tmp_path: Path, form: str) -> None:
    with workers.running(tmp_path / "said", PLANTED | {"LOG_FORMAT": form}) as worker:
        jobs = [fail(fault) for fault in FAULTS]
        jobs += [defer("unknown", {"secret": SECRET}), defer("planted.fail", {"who": SECRET})]
        assert workers.comes_true(lambda: set(states(jobs)) <= {"succeeded", "failed"}), worker.said
        assert worker.stop() == 0
        said = worker.said
    ProcrastinateJob.objects.filter(id__in=jobs).delete()  # the only jobs that ever named somebody
    tells_nothing("\n".join(said))
    assert (said[0], said[-1]) == ("The worker is running.", "The worker has stopped.")
    if form == "json":
        lines = [json.loads(line) for line in said[1:-1]]
        ended = [line for line in lines if line["message"] == f"job_error planted.fail[{jobs[0]}]"]
        assert [line["request_id"] for line in ended] == [f"job-{jobs[0]}"]
        assert ended[0]["errors"][0]["class"] == "RuntimeError"
        # What the job itself has said, or has left behind.
        assert {line["request_id"] for line in lines if line["logger"] == "strange"} == {f"job-{jobs[4]}"}


def fail(fault: str) -> int:
    return defer("planted.fail", {"fault": fault, "secret": SECRET})


def defer(task: str, arguments: dict[str, str]) -> int:
    """Past `enqueue`, which takes ids alone."""
    job = "SELECT unnest(procrastinate_defer_jobs_v1(ARRAY[ROW('default', %s, 0, NULL, NULL, %s::jsonb, NULL)"
    with psycopg.connect(configured()["DATABASE_OWNER_URL"]) as connection:
        row = connection.execute(f"{job}::procrastinate_job_to_defer_v1]))", [task, json.dumps(arguments)]).fetchone()
    assert row
    return int(row[0])


def states(jobs: list[int]) -> list[str]:
    return [status for job in jobs for status in workers.status_of(id=job)]


def command(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT,
        env=configured() | PLANTED | environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_e26_a_command_that_ends_by_a_fault_tells_nothing() -> None:
    done = command("manage.py", "shell", "--no-imports", "--command", f"secret = {SECRET!r}; int(secret)")
    assert done.returncode == 1
    (line,) = [json.loads(line) for line in done.stderr.splitlines()]
    assert (line["level"], line["errors"][0]["class"]) == ("CRITICAL", "ValueError")
    assert line["request_id"].startswith("command-")
    tells_nothing(done.stdout + done.stderr)


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("LOG_FORMAT", "xml", "LOG_FORMAT must be one of json, text, not 'xml'."),
        ("LOG_LEVEL", "DEBUG", "LOG_LEVEL must be one of INFO, WARNING, ERROR, not 'DEBUG'."),
        ("STRIPE_LOG", "debug", "STRIPE_LOG makes Stripe's library print what is sent and received; do not set it."),
    ],
)
def test_a_wrong_setting_is_one_line(name: str, value: str, said: str) -> None:
    assert refusal(command("manage.py", "worker", **{name: value})) == said
    assert refusal(command(*GUNICORN, "--bind", "127.0.0.1:0", **{name: value})) == said


def test_the_pages_for_debugging_are_not_for_strangers() -> None:
    """They show local variables; only this machine may be named beside DEBUG=1."""
    line = refusal(command("manage.py", "worker", DEBUG="1", ALLOWED_HOSTS="localhost,bookings.example.com"))
    assert line == "DEBUG=1 is for this machine only: ALLOWED_HOSTS must name no other host."


def test_e26_the_embedded_server_writes_down_no_value(tmp_path: Path) -> None:
    clusters.copied(tmp_path / "postgres")
    statements = [
        "CREATE TABLE planted (name text UNIQUE)",
        "INSERT INTO planted VALUES ('{0}')",
        "INSERT INTO planted VALUES ('{0}')",
        "SELECT '{0}'::uuid",
        "SELECT 1 / 0, '{0}'",
        "DO $$ BEGIN RAISE WARNING '{0}'; END $$",
    ]
    with EmbeddedPostgres(tmp_path / "postgres", durable=False) as postgres:
        with psycopg.connect(postgres.url("authspine_owner"), autocommit=True) as connection:
            for number, statement in enumerate(statements):
                try:
                    connection.execute(statement.format(SECRET))
                except psycopg.Error:
                    assert number in (2, 3, 4)
            with pytest.raises(psycopg.Error):
                connection.execute("SELECT %s::text::uuid", [SECRET])
        written = postgres.log.read_text()
    assert "ready to accept connections" in written
    tells_nothing(written)


def test_e20_the_token_of_a_self_service_link_is_in_no_line(served: Served) -> None:
    """Neither of its page, which has it in its path, nor of the API, which has it in a header."""
    with organization_scope(served.organization, SYSTEM):
        token = journeys.link(BookingFactory().id)[1]
    read = served.ask(f"/b/{token}", headers={"Authorization": ""})
    moved = served.ask(f"/b/{token}/cancel", "POST", headers={"Authorization": ""})
    told = served.ask("/api/platform/bookings", headers={"Authorization": f"Bearer {token}"})
    missed = served.ask(f"/b/asl_{'Quillfeather'.ljust(43, 'x')}")
    assert [answer.status for answer in (read, moved, told, missed)] == [200, 403, 200, 404]
    for answer in (read, moved, told, missed):
        (line, *_) = [one for one in served.lines_of(answer) if "status" in one]
        assert "token" in line["route"] or line["route"] == "api/platform/bookings"
    text = served.log.read_text()
    assert token not in text
    assert token[4:] not in text
    tells_nothing(text)
