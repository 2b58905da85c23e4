"""JSON in: one media type, one strict reader, one largest size."""

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from rest_framework.parsers import JSONParser

from authspine.kernel import strict_json
from authspine.kernel.errors import Invalid

MAX_BODY_BYTES = 1024 * 1024


class StrictJSONParser(JSONParser):
    """Reads a body by `kernel.strict_json`; a view that takes more says so as `max_body_bytes` and `max_json_depth`."""

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Mapping[str, Any] | None = None) -> Any:
        context = parser_context or {}
        view = context.get("view")
        raw = stream.read()
        declared = context["request"].META.get("CONTENT_LENGTH") if "request" in context else None
        if declared and len(raw) < int(declared):
            raise Invalid("The body ended before its Content-Length.")
        if len(raw) > getattr(view, "max_body_bytes", MAX_BODY_BYTES):
            raise RequestDataTooBig
        return strict_json.loads(raw, depth=getattr(view, "max_json_depth", settings.MAX_JSON_DEPTH))
