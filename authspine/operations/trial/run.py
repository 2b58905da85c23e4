"""Runs the steps of a trial one after the other, timed, and goes on after one that fails."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from authspine.kernel.actor import SYSTEM
from authspine.kernel.tenancy import organization_scope
from authspine.operations.trial.ground import Ground, prepare
from authspine.operations.trial.steps import INSIDE, OUTSIDE

type Step = Callable[[Ground], None]


@dataclass(frozen=True)
class Outcome:
    """What came of a step: `problem` is empty when it went well."""

    sentence: str
    seconds: float
    problem: str


def begin() -> tuple[Ground, Outcome]:
    """Make the ground, timed as a step is. What is raised goes on: without a ground there is nothing to try."""
    started = time.perf_counter()
    ground = prepare()
    return ground, Outcome("Two scratch organizations are made.", time.perf_counter() - started, "")


def run(ground: Ground) -> Iterator[Outcome]:
    """Run every step, each in a transaction of its own; give its outcome as soon as it is known."""
    for step in INSIDE:
        yield _attempt(_inside(step), step, ground)
    for step in OUTSIDE:
        yield _attempt(step, step, ground)


def _inside(step: Step) -> Step:
    def scoped(ground: Ground) -> None:
        with organization_scope(ground.organization, SYSTEM):
            step(ground)

    return scoped


def _attempt(run_step: Step, step: Step, ground: Ground) -> Outcome:
    started = time.perf_counter()
    problem = ""
    try:
        run_step(ground)
    except Exception as error:  # whatever breaks is a finding, and the other steps are still worth a look
        problem = " ".join(f"{type(error).__name__}: {error}".split())[:300]
    return Outcome((step.__doc__ or step.__name__).splitlines()[0], time.perf_counter() - started, problem)
