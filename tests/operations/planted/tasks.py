"""A job that fails as it is told to."""

from procrastinate.contrib.django import app

from tests.operations.planted.faults import FAULTS


@app.task(name="planted.fail")
def fail(fault: str, secret: str) -> str:
    FAULTS[fault](secret)
    return secret
