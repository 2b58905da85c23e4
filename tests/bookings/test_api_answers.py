"""Answers with a booking and after it, and `/bookings/{id}/answers`: it works; then one test per way to fail."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
import time_machine
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext

from authspine.identity.models import Organization
from authspine.kernel import clock
from authspine.kernel.actor import SYSTEM
from authspine.kernel.tenancy import organization_scope
from authspine.orchestrator import services, verticals
from tests.factories import hour
from tests.fixtures import Maker
from tests.rest import Api, refused

ALLERGIES = {"id": "allergies", "prompt": "Any <b>allergies</b>?", "type": "text", "required": True, "max_length": 40}
INSURED = {"id": "insured", "prompt": "Are you insured?", "type": "choice", "options": ["yes", "no"]}
CANARY = "Canary nuts 8361"
MISSING = "01a20714-91af-71ac-8f24-8ecdeea3c4d5"
ANSWERS = {"allergies": CANARY, "insured": "no"}


def ask(organization: Organization, *questions: dict[str, Any]) -> None:
    with organization_scope(organization, SYSTEM):
        verticals.configure("consulting", intake_questions=list(questions))


@pytest.fixture
def wanted(make: Maker, organization: Organization) -> dict[str, Any]:
    """A body that holds ten o'clock of a working day; one of its two questions must be answered."""
    ask(organization, ALLERGIES, INSURED)
    return {"client": str(make.client().id), "service": str(make.service().id), "starts_at": hour(10).isoformat()}


def path_of(booking: Any) -> str:
    return f"/bookings/{booking['id']}/answers"


def answers(response: Any) -> dict[str, Any]:
    return {one["id"]: one["answer"] for one in response.json()["answers"]}


def test_it_works(api_client: Api, wanted: dict[str, Any]) -> None:
    created = api_client.post("/bookings", wanted | {"answers": ANSWERS})
    assert created.status_code == 201
    shown = api_client.get(path_of(created.json()))
    assert shown.status_code == 200
    assert shown.json() | {"answered_at": None} == {
        "booking": created.json()["id"],
        "version": 1,
        "answered_at": None,
        "answers": [
            ALLERGIES | {"options": [], "answer": CANARY},
            INSURED | {"required": False, "max_length": 500, "answer": "no"},
        ],
    }
    assert shown.json()["answered_at"] is not None
    assert api_client.post(f"/bookings/{created.json()['id']}/confirm").status_code == 200


def test_answers_may_follow_until_the_booking_is_confirmed(api_client: Api, wanted: dict[str, Any]) -> None:
    booking = api_client.post("/bookings", wanted).json()
    asked = api_client.get(path_of(booking))
    assert (answers(asked), asked.json()["answered_at"]) == ({"allergies": None, "insured": None}, None)
    refused(api_client.post(f"/bookings/{booking['id']}/confirm"), 409, "answers_missing")
    assert api_client.get(f"/bookings/{booking['id']}").json()["status"] == "held"
    told = api_client.put(path_of(booking), {"answers": ANSWERS})
    assert (told.status_code, told.json()["version"]) == (200, 2)
    assert answers(api_client.get(path_of(booking))) == ANSWERS
    confirmed = api_client.post(f"/bookings/{booking['id']}/confirm")
    assert (confirmed.status_code, confirmed.json()["status"]) == (200, "confirmed")


def test_answers_are_replaced_as_a_whole(api_client: Api, wanted: dict[str, Any]) -> None:
    booking = api_client.post("/bookings", wanted | {"answers": ANSWERS}).json()
    assert api_client.put(path_of(booking), {"answers": {"allergies": "None"}}).status_code == 200
    assert answers(api_client.get(path_of(booking))) == {"allergies": "None", "insured": None}


def test_staff_confirm_without_answers(api_client: Api, wanted: dict[str, Any]) -> None:
    booking = api_client.post("/bookings", wanted).json()
    confirmed = api_client.post(f"/bookings/{booking['id']}/confirm", {"override": True})
    assert (confirmed.status_code, confirmed.json()["status"]) == (200, "confirmed")


def test_a_request_is_approved_as_a_hold_is_confirmed(
    api_client: Api, wanted: dict[str, Any], organization: Organization
) -> None:
    with organization_scope(organization, SYSTEM):
        services.update(UUID(wanted["service"]), requires_approval=True)
    path = f"/bookings/{api_client.post('/bookings', wanted).json()['id']}"
    refused(api_client.post(f"{path}/approve"), 409, "answers_missing")
    assert api_client.get(path).json()["status"] == "requested"
    assert api_client.post(f"{path}/approve", {"override": True}).json()["status"] == "confirmed"


@pytest.mark.parametrize(
    ("sent", "field", "code"),
    [
        ({}, "answers.allergies", "required"),
        ({"allergies": " ", "insured": "no"}, "answers.allergies", "required"),
        ({"allergies": "None", "insured": "maybe"}, "answers.insured", "invalid_choice"),
        ({"allergies": "x" * 41}, "answers.allergies", "max_length"),
        ({"allergies": "None", "age": "7"}, "answers.age", "unknown_question"),
        ({"allergies": "None", "insured": True}, "answers.insured", "not_a_string"),
        ({"allergies": "None", "insured": None}, "answers.insured", "null"),
        ({"allergies": "a\u0001"}, "answers.allergies", "control_character"),
        ({"allergies": "x" * 2001}, "answers.allergies", "max_length"),
        ({str(number): "" for number in range(201)}, "answers", "too_many"),
        ([], "answers", "not_an_object"),
        (None, "answers", "null"),
    ],
)
def test_an_answer_that_does_not_fit(api_client: Api, wanted: dict[str, Any], sent: Any, field: str, code: str) -> None:
    booking = api_client.post("/bookings", wanted).json()
    later = wanted | {"starts_at": hour(14).isoformat(), "answers": sent}
    for response in (api_client.post("/bookings", later), api_client.put(path_of(booking), {"answers": sent})):
        problem = refused(response, 400, "validation_error", field)
        assert problem["errors"][0]["code"] == code
    assert api_client.post("/bookings", {**later, "answers": ANSWERS}).status_code == 201, "nothing was taken"


def test_what_nobody_is_asked_cannot_be_answered(api_client: Api, make: Maker) -> None:
    booking = {"id": make.booking().id}
    with organization_scope(make.organization, SYSTEM):
        verticals.configure("consulting", intake_questions=[])
    assert api_client.get(path_of(booking)).json()["answers"] == []
    refused(api_client.put(path_of(booking), {"answers": {"scope": "x"}}), 400, "validation_error", "answers.scope")
    assert api_client.put(path_of(booking), {"answers": {}}).status_code == 200
    refused(api_client.put(path_of(booking), {}), 400, "validation_error", "answers")


def test_a_question_of_the_service_takes_the_place_of_the_verticals(api_client: Api, wanted: dict[str, Any]) -> None:
    own = [INSURED | {"prompt": "By whom?", "options": ["A", "B"]}, ALLERGIES | {"id": "pets", "required": False}]
    changed = api_client.patch(f"/services/{wanted['service']}", {"intake_questions": own})
    assert changed.status_code == 200
    booking = api_client.post("/bookings", wanted | {"answers": {"allergies": "x", "insured": "A"}}).json()
    shown = api_client.get(path_of(booking)).json()["answers"]
    assert [(one["id"], one["prompt"]) for one in shown] == [
        ("allergies", "Any <b>allergies</b>?"),
        ("insured", "By whom?"),
        ("pets", "Any <b>allergies</b>?"),
    ]


def test_questions_are_shown_to_whoever_draws_the_form(api_client: Api, wanted: dict[str, Any]) -> None:
    whole = [ALLERGIES | {"options": []}, INSURED | {"required": False, "max_length": 500}]
    assert api_client.get("/verticals/consulting").json()["intake_questions"] == whole
    service = api_client.get(f"/services/{wanted['service']}").json()
    assert (service["intake_questions"], service["questions"]) == ([], whole)


def test_what_was_answered_stays_as_it_was_asked(
    api_client: Api, wanted: dict[str, Any], organization: Organization
) -> None:
    booking = api_client.post("/bookings", wanted | {"answers": ANSWERS}).json()
    before = api_client.get(path_of(booking)).json()
    ask(organization, ALLERGIES | {"prompt": "New?"}, INSURED | {"required": True, "id": "other"})
    assert api_client.get(path_of(booking)).json() == before
    # Who changes the questions asks nobody a second time.
    assert api_client.post(f"/bookings/{booking['id']}/confirm").status_code == 200


def test_who_saw_an_older_version_changes_nothing(api_client: Api, wanted: dict[str, Any]) -> None:
    booking = api_client.post("/bookings", wanted).json()
    path = path_of(booking)
    tag = api_client.get(path).headers["ETag"]
    assert tag.startswith(f'"1-{booking["id"]}-')
    assert api_client.send("PUT", path, {"answers": ANSWERS}, headers={"If-Match": tag}).status_code == 200
    stale = api_client.send("PUT", path, {"answers": {"allergies": "Lost"}}, headers={"If-Match": tag})
    refused(stale, 412, "precondition_failed")
    assert answers(api_client.get(path)) == ANSWERS
    known = api_client.get(path).headers["ETag"]
    assert api_client.http.get(f"/api/platform{path}", headers={"If-None-Match": known}).status_code == 304


@pytest.mark.parametrize("move", ["cancel", "complete", "no-show"])
def test_a_booking_that_is_over_is_not_answered(api_client: Api, wanted: dict[str, Any], move: str) -> None:
    booking = api_client.post("/bookings", wanted | {"answers": ANSWERS}).json()
    api_client.post(f"/bookings/{booking['id']}/confirm")
    assert api_client.post(f"/bookings/{booking['id']}/{move}").status_code == 200
    refused(api_client.put(path_of(booking), {"answers": {"allergies": "x"}}), 409, "invalid_transition")
    assert answers(api_client.get(path_of(booking))) == ANSWERS


def test_a_hold_that_has_run_out_is_not_answered(api_client: Api, wanted: dict[str, Any]) -> None:
    booking = api_client.post("/bookings", wanted).json()
    with time_machine.travel(clock.now() + timedelta(minutes=16), tick=True):
        refused(api_client.put(path_of(booking), {"answers": ANSWERS}), 409, "invalid_transition")


def test_one_that_does_not_exist(api_client: Api) -> None:
    missing = {"id": MISSING}
    refused(api_client.get(path_of(missing)), 404, "not_found")
    refused(api_client.put(path_of(missing), {"answers": {}}), 404, "not_found")


def test_who_may_only_read_cannot_answer(reader: Api, make: Maker) -> None:
    booking = {"id": make.booking().id}
    assert reader.get(path_of(booking)).status_code == 200
    refused(reader.put(path_of(booking), {"answers": {}}), 403, "permission_denied")


def test_answers_can_be_read_nowhere_else(
    api_client: Api, wanted: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    """Not in the booking, its events, the jobs, what is kept of a request under its key, a log: in no table at all."""
    caplog.set_level("DEBUG")
    told = [api_client.post("/bookings", wanted | {"answers": ANSWERS}, key="once")]
    booking = told[0].json()
    told.append(api_client.post("/bookings", wanted | {"answers": ANSWERS}, key="once"))
    assert told[1].headers["Idempotent-Replayed"] == "true"
    wrong = {"answers": ANSWERS | {"insured": CANARY}, "starts_at": hour(14).isoformat()}
    told.append(api_client.post("/bookings", wanted | wrong, key="wrong"))
    told.append(api_client.put(path_of(booking), {"answers": wrong["answers"]}))
    told.append(api_client.put(path_of(booking), {"answers": ANSWERS}))
    told += [api_client.get("/bookings"), api_client.get(f"/bookings/{booking['id']}"), api_client.get("/clients")]
    told += [api_client.post(f"/bookings/{booking['id']}/{verb}") for verb in ("confirm", "complete")]
    told.append(api_client.get("/analytics/events"))
    assert [response.status_code for response in told] == [201, 201, 400, 400, *[200] * 7]
    assert "Canary" not in " ".join([*(response.content.decode() for response in told), caplog.text])
    assert tables_with("Canary") == []
    assert tables_with("consulting")[0] == "analytics_analyticsevent", "it is found where it stands"


def tables_with(word: str) -> list[str]:
    """Whatever its column: every table of the database in which it stands, in the eyes of the owner."""
    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace")
        names = sorted(name for (name,) in cursor.fetchall())
        found = []
        for name in names:
            # Bytes are shown in hexadecimal otherwise.
            cursor.execute("SET bytea_output = 'escape'")
            cursor.execute(f'SELECT EXISTS (SELECT FROM "{name}" AS one WHERE one::text LIKE %s)', [f"%{word}%"])
            found += [name] if cursor.fetchone()[0] else []
        cursor.execute("RESET bytea_output")
    return found


def test_answers_cost_one_statement_and_questions_none(
    api_client: Api, wanted: dict[str, Any], organization: Organization
) -> None:
    """Who asks nothing pays nothing; an answer is one statement more, and so is the look whether there is one."""
    api_client.get("/clients")  # notes the use of the key
    asked = [cost(api_client, wanted, 10), cost(api_client, wanted, 11, answers=ANSWERS)]
    ask(organization, INSURED)
    optional = [cost(api_client, wanted, 12), cost(api_client, wanted, 13, answers={"insured": "yes"})]
    ask(organization)
    nothing = cost(api_client, wanted, 14)
    hold, confirm = nothing
    assert optional == [nothing, (hold + 1, confirm)]
    assert asked == [(hold, confirm), (hold + 1, confirm + 1)]


def cost(api: Api, wanted: dict[str, Any], at: int, **more: Any) -> tuple[int, int]:
    """The statements of a hold, and of its confirmation (by override where nothing was answered)."""
    with CaptureQueriesContext(connection) as held:
        booking = api.post("/bookings", wanted | {"starts_at": hour(at).isoformat()} | more).json()
    with CaptureQueriesContext(connection) as confirmed:
        done = api.post(f"/bookings/{booking['id']}/confirm", {} if more else {"override": True})
    assert done.status_code == 200, done.json()
    return len(held), len(confirmed)


def test_without_room_for_the_answers_nothing_is_held(
    api_client: Api, wanted: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as broken:
        broken.setattr("bookings.actions.answers.insert", _refuse)
        with pytest.raises(RuntimeError, match="no room"):
            api_client.post("/bookings", wanted | {"answers": ANSWERS})
    assert api_client.get("/bookings").json()["results"] == []
    assert api_client.post("/bookings", wanted | {"answers": ANSWERS}).status_code == 201


def _refuse(*rows: Any) -> None:
    raise RuntimeError("no room")
