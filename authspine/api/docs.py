"""`/schema` and `/docs`: open to everybody, and served from this machine alone."""

from collections.abc import Iterable
from typing import Any

from django.urls import reverse
from django.utils.decorators import method_decorator
from django.views.decorators.csp import csp_override
from drf_spectacular.renderers import OpenApiJsonRenderer2, OpenApiYamlRenderer2
from drf_spectacular.views import SpectacularSwaggerSplitView
from rest_framework import serializers
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.permissions import AllowAny
from rest_framework.renderers import BaseRenderer, JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from authspine.api import query
from authspine.api.fields import WordField
from authspine.api.negotiation import AlwaysFirst
from authspine.api.policies import DOCS
from authspine.api.schema import whole_schema


class SchemaQuery(serializers.Serializer[Any]):
    format = WordField(choices=["json", "yaml"], required=False)


class ByFormat(DefaultContentNegotiation):
    """`?format=yaml` is YAML, `?format=json` and everything else is JSON; a wrong word is the view's to refuse."""

    def select_renderer(
        self, request: Request, renderers: Iterable[BaseRenderer], format_suffix: str | None = None
    ) -> tuple[Any, str]:
        wanted = request.query_params.get("format")
        yaml = wanted == "yaml" or (wanted is None and "yaml" in request.headers.get("Accept", ""))
        renderer = list(renderers)[1 if yaml else 0]
        return renderer, renderer.media_type


class RefusesInJson(APIView):
    """A view whose answers are not JSON, but whose refusals are, as everywhere."""

    def handle_exception(self, exc: Exception) -> Response:
        response = super().handle_exception(exc)
        self.request.accepted_renderer = JSONRenderer()
        self.request.accepted_media_type = JSONRenderer.media_type
        return response


class SchemaView(RefusesInJson):
    """The OpenAPI 3.1 description of this API."""

    authentication_classes = ()
    permission_classes = (AllowAny,)
    renderer_classes = (OpenApiJsonRenderer2, OpenApiYamlRenderer2)
    content_negotiation_class = ByFormat
    schema = None

    def get(self, request: Request) -> Response:
        query.validated(request, SchemaQuery)
        return Response(whole_schema())


class DocsQuery(serializers.Serializer[Any]):
    script = WordField(choices=[""], required=False, allow_blank=True)


@method_decorator(csp_override(DOCS), name="dispatch")
class DocsView(RefusesInJson, SpectacularSwaggerSplitView):
    """A page to try the API at. Its script is a response of its own, so that no inline script is needed."""

    content_negotiation_class = AlwaysFirst
    template_name = "api/docs.html"
    url_name = "schema"
    schema = None

    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        query.validated(request, DocsQuery)
        page: Response = super().get(request, *args, **kwargs)  # type: ignore[no-untyped-call]
        return page

    def _get_schema_url(self, request: Request) -> str:
        # Without `lang`, which spectacular would hand on from the query: the schema has one language.
        return reverse(self.url_name)
