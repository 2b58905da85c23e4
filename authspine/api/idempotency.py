"""`Idempotency-Key`: a POST that is sent again is not carried out again; it gets the same answer, byte for byte.

The claim is committed in a scope of its own. The answer is rendered and kept in the scope of the effect, for a journey
with scopes of its own in the last of them (`idempotency.attempts`), so that there is never the one without the other.
What is kept: every success, and what the state of things refused (402, 404, 409), which is an answer, too: a repetition
on its way must not do later what its sender was told is not done. Everything else has had no effect and says what to
put right (400, 412 …) or to come again (5xx): the claim is let go, and the request can be sent again under its key.

An answer is for whom it was made. A self-service link has the keys of its booking alone: with another one somebody is
another caller, also of the same client, and neither learns nor spoils which keys are taken. A member or API key is the
same caller with another role or scope, and is told of a mismatch: under keys by role, what was sent before the change
would be done a second time by its repetition. And where a path leads to nothing of the caller's, be it no longer or
never, they are answered as without a key.
"""

import hashlib
import hmac
import logging
import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from django.db import DatabaseError, InterfaceError, transaction
from django.http import HttpResponse
from rest_framework.request import Request

from authspine.api import reads
from authspine.api.caller import Caller
from authspine.idempotency import actions, attempts
from authspine.idempotency.actions import Answer, Asked, Run
from authspine.idempotency.errors import HEADER, BadKey, InFlight, KeyNotTaken, KeyRequired
from authspine.identity.access import Who
from authspine.kernel import clock
from authspine.privacy import keys

if TYPE_CHECKING:
    from authspine.api.views import ScopedViewSet

REPLAYED: Final = "Idempotent-Replayed"
# No comma: a header that is sent twice arrives as one with a comma in it.
PATTERN: Final = "^[!-+.-~-]{1,255}$"
FINAL: Final = frozenset({402, 404, 409})
# What an answer is told apart by, beside its bytes.
KEPT_HEADERS: Final = ("Content-Type", "Location", "ETag")

logger = logging.getLogger(__name__)


def check(request: Request, *, taken: bool, required: bool) -> None:
    """Before anything is looked up. Raises KeyRequired, BadKey, KeyNotTaken."""
    key = request.headers.get(HEADER)
    if not taken:
        if key is not None:
            raise KeyNotTaken
    elif key is None:
        if required:
            raise KeyRequired
    elif not re.fullmatch(PATTERN, key):
        raise BadKey
    else:
        request.body  # noqa: B018 (kept by reading it: once a parser has had the stream it cannot be read again)


def fingerprint(request: Request, who: Who) -> str:
    """The digest of all that is asked beside the route: by which role or scope; the query, If-Match and body as sent.

    Under a key of the organization's: what an answer of a few words was could be found by trying them all, otherwise.
    Runs inside its scope.
    """
    secret = keys.of_organization().index.derive("idempotency.fingerprint")
    digest = hmac.new(secret, digestmod=hashlib.sha256)
    for part in (who, request.META.get("QUERY_STRING", ""), request.headers.get("If-Match", ""), request.body):
        sent = part if isinstance(part, bytes) else part.encode()
        digest.update(b"%d:%b" % (len(sent), sent))
    return digest.hexdigest()


def answered(view: "ScopedViewSet", work: Callable[[], Any]) -> Any:
    """The finished answer to a request that may be carried out; `work` is its handler."""
    claimed = _claim(view) if HEADER in view.request.headers else None
    if claimed is None:
        with view.scope():
            return view.finished(work())
    if isinstance(claimed, Answer):
        return _again(view, claimed)
    keyed = Keyed(view, claimed)
    try:
        with attempts.kept_by(keyed):
            return keyed.carry_out(work)
    except Exception as error:
        return keyed.failed(error)


def _claim(view: "ScopedViewSet") -> Run | Answer | None:
    """The claim or its answer; None where the path leads to nothing of the caller's, so that nothing will be done."""
    request = view.request
    with view.own_scope():
        if not view.leads_to_theirs():
            return None
        asked = Asked(
            principal=_principal(view.caller),
            method=str(request.method),
            route=request.path_info,
            key=request.headers[HEADER],
            fingerprint=fingerprint(request, view.caller.who),
        )
        claimed = actions.claim(asked, now=clock.now())
        if isinstance(claimed, Answer):
            reads.again(claimed.content)
        return claimed


def _principal(caller: Caller) -> str:
    """Whose the keys are: a member's, an API key's, or, of a link, its booking's."""
    return f"link:{caller.booking}" if caller.booking else str(caller.actor)


def _again(view: "ScopedViewSet", answer: Answer) -> HttpResponse:
    response = HttpResponse(answer.content, status=answer.status)
    del response["Content-Type"]
    for name, value in (view.headers | answer.headers | {REPLAYED: "true"}).items():
        response[name] = value
    return response


class Keyed:
    """One run of a request with a key; what its journey tells of its attempt is kept by it."""

    def __init__(self, view: "ScopedViewSet", run: Run) -> None:
        self.view, self.run = view, run
        # The answer that is committed, once there is one.
        self.kept: Any = None

    @property
    def attempt(self) -> UUID | None:
        return self.run.attempt

    def begin(self, attempt: UUID) -> None:
        actions.begin(self.run, attempt, now=clock.now())

    def end(self, outcome: Any) -> None:
        # Not strict: what the gateway has done is recorded in this scope, whoever answers for it.
        refused = isinstance(outcome, Exception)
        self._keep(self._finished(self.view.handle_exception(outcome) if refused else self.view.shown_by(outcome)))

    def carry_out(self, work: Callable[[], Any]) -> Any:
        """Run the handler and keep its answer. Raises InFlight, with all undone, when another run has taken over."""
        with self.view.scope():
            response = work()
            if not self.view.has_own_scopes:
                return self._keep_or_raise(self._finished(response))
        if self.kept is None:  # of a journey without a last scope to speak of, or by a run that was overtaken
            with self.view.own_scope():
                return self._keep_or_raise(self._finished(response))
        return self.kept

    def failed(self, error: Exception) -> Any:
        """The answer to an error, kept where it is one to keep. A fault of the program is raised, and never kept."""
        if self.kept is not None:  # the journey has recorded a refusal with its answer, and then raised it
            return self.kept
        try:
            response = self._finished(self.view.handle_exception(error))
        except Exception:
            self._close(None)
            raise
        is_final = response.status_code in FINAL and not isinstance(error, InFlight)
        is_ours = self._close(response if is_final else None)
        return response if is_ours else self._finished(self.view.handle_exception(InFlight()))

    def _finished(self, response: Any) -> Any:
        return self.view.finished(response).render()

    def _keep_or_raise(self, response: Any) -> Any:
        if not self._keep(response):
            raise InFlight
        return response

    def _keep(self, response: Any) -> bool:
        headers = {name: response[name] for name in KEPT_HEADERS if name in response}
        answer = Answer(response.status_code, headers, response.content)
        transaction.on_commit(lambda: setattr(self, "kept", response) if is_ours else None)
        is_ours = actions.answer(self.run, answer, now=clock.now())
        return is_ours

    def _close(self, response: Any) -> bool:
        """Keep this refusal, or let go; False when another run has taken over, whose answer is the one that counts.

        What cannot be written now is left to the lease.
        """
        try:
            with self.view.own_scope():
                if response is not None:
                    return self._keep(response)
                actions.let_go(self.run, now=clock.now())
        except (DatabaseError, InterfaceError) as error:
            logger.warning("The claim of a request is left to its lease: %s", type(error.__cause__ or error).__name__)
        return True
