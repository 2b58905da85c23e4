"""OpenAPI 3.1, read off what the views declare: bodies, answers, filters, and every way each can refuse.

A status that an operation can give and that is not described here is a fault (schemathesis looks for one).
"""

from functools import cache
from typing import Any

from django.conf import settings
from drf_spectacular.extensions import OpenApiAuthenticationExtension, OpenApiSerializerFieldExtension
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import ResolvedComponent, build_parameter_type
from drf_spectacular.utils import OpenApiParameter

from authspine.api.errors import PROBLEM_JSON
from authspine.api.fields import StrictField
from authspine.api.filters import StrictFilterBackend
from authspine.api.idempotency import PATTERN, REPLAYED
from authspine.api.serializers import Nothing, StrictSerializer
from authspine.identity import access
from authspine.limits.actions import Verdict

WITH_BODY = ("POST", "PUT", "PATCH")

MEANING = {
    400: "The request has the wrong shape.",
    401: "No valid API key or session.",
    402: "The payment was declined.",
    403: "The key or the role may not do this.",
    404: "Not found: no such thing here, or somebody else's.",
    405: "There is no such method here.",
    409: "The state of things forbids it; `code` says why.",
    412: "Somebody was first: it is no longer the version that If-Match names.",
    413: "The body is too large.",
    415: "The body is not application/json.",
    422: "The Idempotency-Key came before with another request.",
    429: "Too often: `Retry-After` says in how many seconds there may be more.",
    503: "Busy or away for a moment; `Retry-After` says when to come again.",
}

# Headers, and the declaration that names the actions which take them.
HEADERS = {"If-Match": "if_match", "If-None-Match": "conditional", "Export-Key": "takes_export_key"}
TAKEN_FOR = {
    "If-Match": "The `ETag` of the object as you have seen it: when it has been changed since, the answer is 412.",
    "If-None-Match": "The `ETag` of the answer that you have: when it is still the same, the answer is 304.",
    "Export-Key": "What the export is sealed under: 32 random bytes in base64. It is not kept.",
}
_TAGS = {"type": "string", "format": "entity-tags", "pattern": r'^(\*|(W/)?"[!#-~]*"(, (W/)?"[!#-~]*")*)$'}
_SHAPES = {"Export-Key": {"type": "string", "format": "export-key", "pattern": "^[A-Za-z0-9+/_-]{43}=$"}}

_KEY = {"type": "string", "format": "idempotency-key", "pattern": PATTERN, "minLength": 1, "maxLength": 255}
_KEY_IS_FOR = (
    "A name of your own for this request, such as a UUID: sent again under it, it is not carried out again but answered"
    f" alike, with `{REPLAYED}: true`, for 30 days."
)
_REPLAYED = {
    "description": "`true` where this is the answer that the same request has had before.",
    "schema": {"type": "string", "const": "true"},
}

_FAULT = {
    "type": "object",
    "properties": {"field": {"type": "string"}, "code": {"type": "string"}, "detail": {"type": "string"}},
    "required": ["field", "code", "detail"],
}
_ETAG = {"description": "The strong entity tag of this answer.", "schema": {"type": "string"}}
_PROBLEM = {
    "type": "object",
    "description": "An error as in RFC 9457. `code` is stable; `errors` names the fields that are at fault.",
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "code": {"type": "string", "pattern": "^[a-z][a-z0-9_]*$"},
        "detail": {"type": "string"},
        "errors": {"type": "array", "items": _FAULT},
    },
    "required": ["type", "title", "status", "code", "detail", "errors"],
}


class ProblemAutoSchema(AutoSchema):
    """Describes a `ScopedViewSet`; other views describe themselves by `extend_schema`."""

    @property
    def _action(self) -> str:
        return getattr(self.view, "action", None) or self.method.lower()

    def get_operation_id(self) -> str:
        words = [word.replace("-", "_") for word in self._tokenize_path()]
        words = words if words[-1:] == [self._action] else [*words, self._action]
        return "_".join(words if len(words) > 1 else ["platform", *words])

    def get_operation(self, *args: Any) -> Any:
        """With who may: the line of the permission table."""
        operation = super().get_operation(*args)
        if operation and (who := access.who_may(getattr(self.view, "resource", ""), access.verb_of(self._action))):
            operation["x-who-may"] = who
        return operation

    def get_summary(self) -> str:
        return self.get_description().partition("\n")[0].partition(". ")[0].removesuffix(".")

    def get_tags(self) -> list[str]:
        return self._tokenize_path()[:1] or ["platform"]

    def get_request_serializer(self) -> Any:
        if hasattr(self.view, "takes"):
            return self.view.takes.get(self._action, Nothing)
        return super().get_request_serializer()

    def get_response_serializers(self) -> Any:
        if hasattr(self.view, "answers"):
            return self.view.answers.get(self._action) or getattr(self.view, "shown_as", None)
        return super().get_response_serializers()

    def get_override_parameters(self) -> list[Any]:
        asks = getattr(self.view, "asks", {})
        taken = [header for header, declared in HEADERS.items() if self._is_among(declared)]
        return [*([asks[self._action]] if self._action in asks else []), *map(_header, taken), *self._key()]

    def _key(self) -> list[OpenApiParameter]:
        if not self._takes_key():
            return []
        parameter = OpenApiParameter(
            "Idempotency-Key",
            _KEY,
            OpenApiParameter.HEADER,
            required=self._is_among("moves_money"),
            description=_KEY_IS_FOR,
        )
        return [parameter]

    def _takes_key(self) -> bool:
        return self.method == "POST" and hasattr(self.view, "moves_money") and not self._is_among("told_once")

    def _is_among(self, declared: str) -> bool:
        return self._action in getattr(self.view, declared, ())

    def _get_filter_parameters(self) -> list[dict[str, Any]]:
        if not self._is_list_view():
            return []
        filters = StrictFilterBackend.filters_of(self.view)
        return [
            build_parameter_type(name=name, schema=self._field(filters[name]), location="query") for name in filters
        ]

    def _field(self, found: Any) -> Any:
        return self._map_serializer_field(found.parsed_by, "request")  # type: ignore[no-untyped-call]

    def _map_basic_serializer(self, serializer: Any, direction: Any) -> Any:
        schema = super()._map_basic_serializer(serializer, direction)  # type: ignore[no-untyped-call]
        if "__doc__" not in vars(type(serializer)) or not vars(type(serializer))["__doc__"]:
            schema.pop("description", None)  # of a base class, which says nothing about this shape
        if isinstance(serializer, StrictSerializer):
            return schema | {"additionalProperties": False}
        if hidden := access.hidden_from_some(getattr(self.view, "resource", "")) & set(schema.get("required", ())):
            schema["required"] = [name for name in schema["required"] if name not in hidden]
        return schema

    def _insert_field_validators(self, field: Any, schema: Any) -> None:
        # Strict fields describe themselves whole.
        if not isinstance(field, StrictField):
            super()._insert_field_validators(field, schema)  # type: ignore[no-untyped-call]

    def _get_response_bodies(self, direction: Any = "response") -> Any:
        return self._successes() | {str(status): self._problem(status) for status in self._refusals()}

    def _successes(self) -> dict[str, Any]:
        usual = {"create": (201,), "destroy": (204,)}.get(self._action, (200,))
        statuses = getattr(self.view, "statuses", {}).get(self._action, usual)
        if self._is_among("accepted"):
            statuses = (*statuses, 202)
        found = {str(status): self._success(str(status)) for status in statuses}
        if self._is_among("conditional"):
            found["304"] = {"description": "Unchanged: you have it already.", "headers": {"ETag": _ETAG}}
        return found

    def _success(self, status: str) -> dict[str, Any]:
        if status == "204":
            return {"description": "Done; there is nothing to show."}
        accepted: dict[str, Any] = getattr(self.view, "accepted", {})
        shape = accepted.get(self._action) if status == "202" else self.get_response_serializers()
        answer: dict[str, Any] = self._get_response_for_code(shape, status)  # type: ignore[no-untyped-call]
        if status in ("201", "202"):
            location = {"description": "Where the object is.", "schema": {"type": "string", "format": "uri"}}
            answer["headers"] = {"Location": location}
        if self._is_among("conditional") or (getattr(self.view, "versioned", False) and self._action != "list"):
            answer.setdefault("headers", {})["ETag"] = _ETAG
        if self._takes_key():
            answer.setdefault("headers", {})[REPLAYED] = _REPLAYED
        return answer

    def _refusals(self) -> list[int]:
        found = {400, 429, 503}
        if any(self.get_auth()):  # [{}] is a view that is open to everybody
            found |= {401, 403}
        if "{" in self.path or self.method != "GET" or getattr(self.view, "asks", {}):
            found |= {404}
        if self.method != "GET":
            found |= {409}
        if self.method in WITH_BODY:
            found |= {413, 415}
        if self._is_among("if_match"):
            found |= {412}
        if self._takes_key():
            found |= {422}
        return sorted(found | set(getattr(self.view, "refusals", {}).get(self._action, ())))

    def _problem(self, status: int) -> dict[str, Any]:
        problem = ResolvedComponent(name="Problem", type=ResolvedComponent.SCHEMA, object="Problem", schema=_PROBLEM)
        self.registry.register_on_missing(problem)
        answer: dict[str, Any] = {"description": MEANING[status], "content": {PROBLEM_JSON: {"schema": problem.ref}}}
        if status == 429:
            answer["headers"] = {name: {"schema": {"type": "integer"}} for name in ("Retry-After", *Verdict.FIELDS)}
        if status == 503:
            answer["headers"] = {"Retry-After": {"description": "Seconds.", "schema": {"type": "integer"}}}
        if status == 401:
            answer["headers"] = {"WWW-Authenticate": {"schema": {"type": "string"}}}
        return answer


class StrictFieldDescription(OpenApiSerializerFieldExtension):
    """Strict fields describe themselves."""

    target_class = "authspine.api.fields.base.StrictField"
    match_subclasses = True

    def map_serializer_field(self, auto_schema: Any, direction: Any) -> Any:
        field: Any = self.target
        if not field.component:
            return _loosened(field.described()) if direction == "response" else field.described()
        named = ResolvedComponent(
            name=field.component, type=ResolvedComponent.SCHEMA, object=field.component, schema=field.described()
        )
        auto_schema.registry.register_on_missing(named)
        return named.ref


def _loosened(description: dict[str, Any]) -> dict[str, Any]:
    """What is stored may be older, or imported by other rules, than what may be sent today."""
    bounds = ("pattern", "maxLength", "minimum", "maximum")
    loose = {key: value for key, value in description.items() if key not in bounds}
    if loose.get("format") == "email":
        del loose["format"]
    return loose


_BEARER = "An API key: `Authorization: Bearer asp_...`; or the token of a booking's self-service link: `asl_...`"


class ApiKeyScheme(OpenApiAuthenticationExtension):
    target_class = "authspine.api.authentication.ApiKeyAuthentication"
    name = "apiKey"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer", "description": _BEARER}


class SessionScheme(OpenApiAuthenticationExtension):
    target_class = "authspine.api.authentication.MemberAuthentication"
    name = "session"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        words = "A signed-in member's session; writes need the X-CSRFToken header."
        return {"type": "apiKey", "in": "cookie", "name": settings.SESSION_COOKIE_NAME, "description": words}


def _header(name: str) -> OpenApiParameter:
    return OpenApiParameter(name, _SHAPES.get(name, _TAGS), OpenApiParameter.HEADER, description=TAKEN_FOR[name])


@cache
def whole_schema() -> dict[str, Any]:
    """The description of the whole API. The same for everybody, so it is made once per process."""
    schema: dict[str, Any] = SchemaGenerator().get_schema(request=None, public=True)
    return schema
