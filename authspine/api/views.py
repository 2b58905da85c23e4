"""What every view of the API is: authenticated, then permitted, then run inside one scope of the caller's organization.

A handler validates by `sent()`, calls one journey and answers by `page`, `show`, `created` or `gone`. It sees its
organization's rows only; whatever it raises rolls everything back and becomes a problem (`authspine.api.errors`).
"""

from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from typing import Any, ClassVar
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpResponseBase, HttpResponseNotModified
from django.urls import reverse
from rest_framework.exceptions import MethodNotAllowed
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer
from rest_framework.viewsets import ViewSetMixin

from authspine.api import idempotency, narrowing, preconditions, query, reads, throttling
from authspine.api.caller import Caller
from authspine.api.filters import StrictFilterBackend
from authspine.api.pagination import CursorPages
from authspine.api.serializers import Nothing, StrictSerializer, writer
from authspine.audit import reading
from authspine.identity import own
from authspine.kernel import trace
from authspine.kernel.tenancy import organization_scope
from authspine.privacy.fields import preload_keys

WITH_BODY = ("POST", "PUT", "PATCH")


class ScopedViewSet(ViewSetMixin, GenericAPIView[Any]):
    """The base of every endpoint. Its declarations are read by the permission, the edge and the schema alike."""

    # The line of the permission table (`authspine.identity.access`); a view without one is for nobody.
    resource: ClassVar[str]
    # The model whose row the path's `id` names: who sees a part of its rows names no other.
    of: ClassVar[str] = ""
    # What the objects look like, unless an action's answer is named in `answers`.
    shown_as: ClassVar[type[BaseSerializer[Any]]]
    answers: ClassVar[Mapping[str, type[BaseSerializer[Any]]]] = {}
    # What is shown where an action cannot finish by itself, with 202.
    accepted: ClassVar[Mapping[str, type[BaseSerializer[Any]]]] = {}
    # The body of each action; an action that is not named here takes none.
    takes: ClassVar[Mapping[str, type[StrictSerializer]]] = {}
    # The query parameters of actions; `list` has its filters and the paging.
    asks: ClassVar[Mapping[str, type[StrictSerializer]]] = {}
    # Actions whose journey opens scopes of its own (a gateway's, a streamed export's): they run outside of any.
    own_scopes: ClassVar[frozenset[str]] = frozenset()
    # Actions that move money: they refuse to run without an Idempotency-Key. Every other POST takes one, too.
    moves_money: ClassVar[frozenset[str]] = frozenset()
    # Where an action is counted by another limit (`authspine.limits.rates`) than its method tells.
    limited_as: ClassVar[Mapping[str, str]] = {}
    # Actions whose answer holds a secret that is kept nowhere: they take no Idempotency-Key, which keeps answers.
    told_once: ClassVar[frozenset[str]] = frozenset()
    # Whether objects have a version: an answer that is one of them carries its tag.
    versioned: ClassVar[bool] = False
    # Actions that refuse to change another version than the caller has seen (If-Match), by `if_version`.
    if_match: ClassVar[frozenset[str]] = frozenset()
    # GET actions whose answers carry a tag; whoever has the bytes already gets a 304 (If-None-Match).
    conditional: ClassVar[frozenset[str]] = frozenset()
    # Actions that take the key of an export (Export-Key).
    takes_export_key: ClassVar[frozenset[str]] = frozenset()
    # Actions that read by several statements which must tell of one moment; they cannot write.
    snapshots: ClassVar[frozenset[str]] = frozenset()

    tag_begins = ""
    is_told = False
    look: reading.Look | None = None
    shown_by: Callable[[Any], Response]
    metadata_class = None

    @property
    def caller(self) -> Caller:
        return self.request.auth  # type: ignore[return-value]

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Who, how often, whether there is such a method, whether they may: so that a stranger learns nothing."""
        throttling.admit(self, request)
        if request.auth is not None:
            trace.note(self.caller.organization.id, self.caller.actor)
        if request.auth is not None and self._handler(request) is None:
            raise MethodNotAllowed(request.method or "")
        super().initial(request, *args, **kwargs)
        self._refuse_uninvited(request)

    def _handler(self, request: Request) -> Callable[..., HttpResponseBase] | None:
        # Only names of HTTP methods: any word can be sent as a method, also `SENT`.
        method = (request.method or "").lower()
        return getattr(self, method, None) if method in self.http_method_names else None

    def _refuse_uninvited(self, request: Request) -> None:
        # Before anything is looked up: a parameter that nobody reads is told of, whatever the path leads to.
        if self.action not in self.asks:
            query.parameters(request, known=self._listing() if self.action == "list" else ())
        takes_key = request.method == "POST" and self.action not in self.told_once
        idempotency.check(request, taken=takes_key, required=self.action in self.moves_money)
        if request.method in WITH_BODY and self.action not in self.takes:
            self.sent()
        preconditions.check(
            request, if_match=self.action in self.if_match, if_none_match=self.action in self.conditional
        )

    def _listing(self) -> list[str]:
        return [*StrictFilterBackend.filters_of(self), *CursorPages.parameter_names]

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """DRF's own dispatch with the handler inside a scope. A refused commit is still an answer, not a crash."""
        self.args, self.kwargs = args, kwargs
        self.request = self.initialize_request(request, *args, **kwargs)
        self.headers = self.default_response_headers | {"Cache-Control": "no-store"}
        try:
            self.initial(self.request, *args, **kwargs)
            handler = self._handler(self.request) or self.http_method_not_allowed
            self.response = idempotency.answered(self, lambda: handler(self.request, *args, **self._path(kwargs)))
        except Exception as error:
            self.response = self.finished(self.handle_exception(error))
        return self.response

    def _path(self, named: dict[str, Any]) -> dict[str, Any]:
        return narrowing.in_path(self.caller, self.of, named) if self.caller.is_narrow else named

    def leads_to_theirs(self) -> bool:
        """Whether the caller may see whatever the path names. Runs in the scope."""
        return self._path(self.kwargs) == self.kwargs

    def finished(self, response: Any) -> Any:
        """The answer as it goes out: with its headers and its tag."""
        return self._tagged(self.finalize_response(self.request, response, *self.args, **self.kwargs))

    def _tagged(self, response: Any) -> Any:
        """The answer with its tag, where one is declared; nothing but the tag for who has the bytes already."""
        if response.status_code not in (200, 201) or not (self.tag_begins or self.action in self.conditional):
            return response
        response["ETag"] = preconditions.tag(response.render().content, self.tag_begins)
        if self.action in self.conditional and preconditions.is_known(self.request, response["ETag"]):
            return HttpResponseNotModified(headers=dict(response.items()))
        if self.look is not None:
            reads.record(self.look, self.request.method, self.own_scope)
        return response

    @property
    def has_own_scopes(self) -> bool:
        return self.action in self.own_scopes

    def scope(self) -> Any:
        """The one scope of a plain request; nothing for a journey that opens its own."""
        if self.has_own_scopes or self.action == "metadata":
            return nullcontext()
        return self.own_scope(snapshot=self.action in self.snapshots)

    def own_scope(self, *, snapshot: bool = False) -> Any:
        """A scope of the caller's organization."""
        return organization_scope(self.caller.organization, self.caller.actor, snapshot=snapshot)

    def options(self, request: Any, *args: Any, **kwargs: Any) -> Response:
        """The methods stand in the Allow header of every answer."""
        return Response(status=204)

    # What handlers call.

    def sent(self) -> dict[str, Any]:
        """The body, validated as this action takes it; for PATCH only what was named. Raises ValidationError."""
        shape = self.takes.get(self.action or "", Nothing)
        read = shape(data=self.request.data, partial=self.request.method == "PATCH", context={"view": self})
        read.is_valid(raise_exception=True)
        return self._theirs(dict(read.validated_data))

    def asked(self) -> dict[str, Any]:
        """The query parameters, validated as this action asks for them. Raises Invalid, ValidationError."""
        return self._theirs(query.validated(self.request, self.asks[self.action or ""]))

    def _theirs(self, named: dict[str, Any]) -> dict[str, Any]:
        if not self.caller.is_narrow:
            return named
        return narrowing.in_body(self.caller, self.resource, self.action or "", named)

    def if_version(self, row: UUID) -> int | None:
        """The version that alone may be changed, for the journey to filter on; None where any may. Raises Invalid."""
        return preconditions.expected_version(self.request, row, current=lambda: self.current_version(row))

    def current_version(self, row: UUID) -> int:
        """Asked where the caller would take one of several versions; a viewset with `if_match` says it."""
        raise NotImplementedError

    def carry_out[Told](
        self, journey: Callable[..., Told], shown_by: Callable[[Told], Response], /, **asked: Any
    ) -> Response:
        """Run a journey with scopes of its own, and show what it gives.

        Where the request has a key it is shown in the last of them (`attempts.end`), to be committed with the effect.
        """
        self.shown_by = shown_by
        return shown_by(journey(self.caller.organization, self.caller.actor, **asked))

    def visible(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """Those among these rows that the caller may see."""
        return own.visible(rows, self.caller.eyes)

    def page(self, rows: QuerySet[Any]) -> Response:
        """A page of these rows: filtered, in the list's order, serialised here and now."""
        found = self.paginate_queryset(self.filter_queryset(self.visible(rows))) or []
        preload_keys(found)
        return self.get_paginated_response(self._shown(found))

    def show(self, row: Any, status: int = 200) -> Response:
        """One object."""
        if self.versioned:
            self.tag_begins = preconditions.version_of(row)
        return Response(self._shown([row], one=True)[0], status=status)

    def created(self, row: Any, route: str, *path: Any) -> Response:
        """201, with the address of the new object: the route of that name, and the row's id unless a path is given."""
        response = self.show(row, status=201)
        address = reverse(route, args=path or (row.id,))
        response["Location"] = self.request.build_absolute_uri(address)
        return response

    def begun(self, row: Any, route: str) -> Response:
        """202, with the address where one learns what became of it, in the shape that `accepted` names."""
        shape: Any = self.accepted[self.action or ""]
        response = Response(self._shown([row], one=True, shape=shape)[0], status=202)
        response["Location"] = self.request.build_absolute_uri(reverse(route, args=(row.id,)))
        return response

    def gone(self) -> Response:
        return Response(status=204)

    def _shown(self, rows: Sequence[Any], *, one: bool = False, shape: Any = None) -> list[Any]:
        """These rows, a list or `one` object, serialised; the audit is told, once, though an answer is made twice."""
        write = self._writer(shape or self.answers.get(self.action or "") or self.shown_as).to_representation
        with reading.looking() as look:
            reads.tell(rows, one=one)
            written = [write(row) for row in rows]
        if self.action in self.conditional:
            self.look = look  # shown to whoever has not the same bytes already, which their tag will tell
        elif not self.is_told:
            reads.record(look, self.request.method, self.own_scope)
            transaction.on_commit(lambda: setattr(self, "is_told", True))
        return written

    def _writer(self, shape: Any) -> BaseSerializer[Any] | narrowing.Without:
        hidden = narrowing.hidden(self.caller, self.resource)
        return narrowing.Without(writer(shape), hidden) if hidden else writer(shape)
