"""The id of what is worked on: taken from outside only where it is one, and known to everything below."""

import threading
import uuid

import pytest

from authspine.kernel import trace
from authspine.kernel.actor import Actor


@pytest.mark.parametrize(
    "sent", ["a", "A.b_c-9", "x" * 64, "jobs-17", "x-job-17", "0192f3a1-7c5e-7b3a-9d2e-123456789012"]
)
def test_an_id_is_taken(sent: str) -> None:
    assert trace.accepted(sent) == sent


@pytest.mark.parametrize(
    "sent", [None, "", "x" * 65, "a b", "a\n", "a\r\nX: y", "é", "٣", "a/b", "a,b", "asp_abcdefgh", "4242424242424242"]
)
def test_anything_else_is_replaced(sent: str | None) -> None:
    first, second = trace.accepted(sent), trace.accepted(sent)
    assert sent not in (first, second)
    assert first != second
    assert trace.accepted(first) == first


@pytest.mark.parametrize("sent", [trace.of_job(17), "job-", "JOB-17", f"command-{'0' * 32}", "Command-17"])
def test_no_request_passes_for_a_job_or_a_command(sent: str) -> None:
    assert trace.accepted(sent) != sent


def test_work_is_known_within_and_forgotten_afterwards() -> None:
    before = trace.current()
    organization, actor = uuid.uuid4(), Actor("key", uuid.uuid4())
    with trace.doing("outer"):
        trace.note(organization, actor)
        with trace.doing("inner"):
            assert trace.current() == trace.Work("inner")
        assert trace.current() == trace.Work("outer", organization, actor)
    assert trace.current() == before


def test_who_it_is_for_is_said_outside_of_any_work_in_vain() -> None:
    found = []

    def note() -> None:
        trace.note(uuid.uuid4(), Actor("demo"))
        found.append(trace.current())

    thread = threading.Thread(target=note)
    thread.start()
    thread.join()
    assert found == [None]
