"""The house's own care: what a killed worker left is done again, and what is long over is forgotten.

procrastinate does neither by itself: a job whose worker is gone stays `doing` for ever.
"""

import logging
import time
from typing import Final

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone
from procrastinate import JobContext, exceptions, sql
from procrastinate.contrib.django import app
from procrastinate.contrib.django.django_connector import DjangoConnector
from procrastinate.manager import JobManager

from authspine.idempotency import actions as idempotency_actions
from authspine.kernel import clock
from authspine.limits import actions as limit_actions
from authspine.orchestrator import auditing, erasure, sweep

# Who has brought down so many workers is not given another one.
MOST_ATTEMPTS: Final = 5
KEPT_HOURS: Final = 24
# What failed is kept for longer: somebody may want to know.
FAILED_KEPT_HOURS: Final = 24 * 30
# Any number; all workers agree on it.
TURN: Final = 727275
AUDIT_SECONDS: Final = 20.0

logger = logging.getLogger(__name__)


class AuditNotNumbered(Exception):
    """Entries of the audit could not be numbered, which keeps the job from looking as if all were well."""


@app.periodic(cron="* * * * *")
@app.task(name="operations.retry_stalled", queueing_lock="operations.retry_stalled")
def retry_stalled(timestamp: int) -> int:
    """Put the jobs of dead workers back into the queue; their number.

    One transaction, with a turn of its own: of two workers that look at once, the second would send back a job that
    the first has sent back and a third is doing. A lock of the queue would not do, since a killed worker leaves it
    taken, and this is the task that frees it.
    """
    connector = DjangoConnector()
    with transaction.atomic(durable=True):
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [TURN])
        stalled = connector.execute_query_all(
            sql.queries["select_stalled_jobs_by_heartbeat"],
            queue=None,
            task_name=None,
            seconds_since_heartbeat=settings.WORKER_STALLED_SECONDS,
        )
        return sum(_send_back(connector, job["id"], job["task_name"], job["attempts"]) for job in stalled)


def _send_back(connector: DjangoConnector, job: int, task: str, attempts: int) -> bool:
    """True when it waits in the queue again. A job that one like it waits behind already is given up instead."""
    if attempts + 1 >= MOST_ATTEMPTS:
        logger.error("The job %s (%s) is given up: its workers died %s times.", job, task, attempts + 1)
    else:
        try:
            with transaction.atomic():
                JobManager(connector).retry_job_by_id(job, retry_at=timezone.now())
        except exceptions.UniqueViolation:
            pass  # its queueing lock is held by the next one of its kind
        else:
            logger.warning("The job %s (%s) is done again: its worker is gone.", job, task)
            return True
    connector.execute_query(sql.queries["finish_job"], job_id=job, status="failed", delete_job=False)
    return False


@app.periodic(cron="17 * * * *")
@app.task(name="operations.forget_old_jobs", queueing_lock="operations.forget_old_jobs", pass_context=True)
async def forget_old_jobs(context: JobContext, timestamp: int) -> None:
    """Jobs that went well are kept for a day, all others for thirty."""
    jobs = context.app.job_manager
    await jobs.delete_old_jobs(nb_hours=KEPT_HOURS)
    await jobs.delete_old_jobs(
        nb_hours=FAILED_KEPT_HOURS, include_failed=True, include_cancelled=True, include_aborted=True
    )


@app.periodic(cron="37 2 * * *")
@app.task(name="operations.apply_retention", queueing_lock="operations.apply_retention", pass_context=True)
def apply_retention(context: JobContext, timestamp: int) -> None:
    """Clients whose vertical's days are over are erased, or counted, as RETENTION says."""
    if settings.RETENTION != "off":
        dry_run = settings.RETENTION == "tell"
        done = erasure.apply_retention(dry_run=dry_run, stop=context.should_abort)
        if done.erased or done.kept:
            did = "would be erased" if dry_run else "are erased"
            logger.warning("Clients whose time is over: %s %s, %s must stay.", len(done.erased), did, len(done.kept))


@app.periodic(cron="27 * * * *")
@app.task(name="operations.forget_old_answers", queueing_lock="operations.forget_old_answers", pass_context=True)
def forget_old_answers(context: JobContext, timestamp: int) -> None:
    """Idempotency keys are kept for thirty days, in every organization."""
    now = clock.now()
    sweep.in_every_organization(lambda: idempotency_actions.forget_old(now=now), stop=context.should_abort)


@app.periodic(cron="* * * * *")
@app.task(name="operations.chain_audit", queueing_lock="operations.chain_audit", pass_context=True)
def chain_audit(context: JobContext, timestamp: int) -> None:
    """Entries of the audit get their places in the chain within a minute, apart from the writes that made them.

    What is more than a worker numbers in AUDIT_SECONDS is left for the next minute: other jobs wait behind this one.
    Raises AuditNotNumbered, after all others were numbered.
    """
    until = time.monotonic() + AUDIT_SECONDS
    failed = auditing.chain_all(stop=lambda: context.should_abort() or time.monotonic() > until).failed
    if failed:
        raise AuditNotNumbered(f"in {len(failed)} organizations; the log says in which ones, and why")


@app.periodic(cron="*/10 * * * *")
@app.task(name="operations.forget_old_counters", queueing_lock="operations.forget_old_counters")
def forget_old_counters(timestamp: int) -> None:
    """What limits have counted in windows that are over."""
    limit_actions.forget_over()
