"""Answers that are documents of any size: streamed, offered as a file, and described by their media types."""

from collections.abc import Iterable
from typing import Any, cast

from django.http import StreamingHttpResponse

from authspine.api.schema import ProblemAutoSchema

# What each kind of document is, for the schema.
SHAPES: dict[str, dict[str, Any]] = {
    "application/json": {},
    "text/csv": {"type": "string"},
    "application/zip": {},
}


def document(pieces: Iterable[str], *, media_type: str, filename: str) -> StreamingHttpResponse:
    """An answer that is sent while it is made. The pieces may open a scope of their own; closing the answer ends it."""
    headers = {"Content-Disposition": f'attachment; filename="{filename}"', "Cache-Control": "no-store"}
    return StreamingHttpResponse(pieces, content_type=f"{media_type}; charset=utf-8", headers=headers)


class DocumentSchema(ProblemAutoSchema):
    """Describes a view whose answer is a document in one of its `media_types`."""

    def _success(self, status: str) -> dict[str, Any]:
        content = {media_type: {"schema": SHAPES[media_type]} for media_type in cast(Any, self.view).media_types}
        return {"description": "The document, as a file.", "content": content}
