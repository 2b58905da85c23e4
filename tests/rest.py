"""The API as a program meets it: JSON over HTTP with a key, in this process."""

import json
import re
import uuid
from typing import Any
from urllib.parse import urlencode

from django.test import Client

from authspine.identity import actions as identity_actions
from authspine.identity.models import Organization

ROOT = "/api/platform"
# What moves money asks for a key; where a test does not give one of its own, each request has a new one.
MOVES_MONEY = re.compile(r"/payments/(intents(/[^/]+/(confirm|capture|cancel))?|refunds)")


class Api:
    """A caller with a key (or without). An error that nobody handles is raised here and not hidden in a 500."""

    def __init__(self, key: str | None = None, **headers: str) -> None:
        bearer = {"authorization": f"Bearer {key}"} if key else {}
        self.http = Client(headers=bearer | headers)

    def get(self, path: str, **query: Any) -> Any:
        return self.http.get(ROOT + path, query_params=query)

    def post(self, path: str, body: Any = None, *, key: str | None = None, **headers: str) -> Any:
        keyed = {} if key is None else {"Idempotency-Key": key}
        return self.send("POST", path, {} if body is None else body, headers=keyed | headers)

    def put(self, path: str, body: Any) -> Any:
        return self.send("PUT", path, body)

    def patch(self, path: str, body: Any) -> Any:
        return self.send("PATCH", path, body)

    def delete(self, path: str) -> Any:
        return self.http.delete(ROOT + path)

    def send(
        self,
        method: str,
        path: str,
        body: Any,
        content_type: str = "application/json",
        headers: dict[str, str] | None = None,
    ) -> Any:
        """Any method with any body; bytes go out as they are."""
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        keyed = {"Idempotency-Key": uuid.uuid4().hex} if method == "POST" and MOVES_MONEY.fullmatch(path) else {}
        return self.http.generic(method, ROOT + path, raw, content_type=content_type, headers=keyed | (headers or {}))

    def follow(self, url: str) -> Any:
        """An address that the API gave."""
        return self.http.get(url)


def new_key(organization: Organization, scope: str = "write") -> str:
    return identity_actions.create_api_key(organization, scope=scope)[1]


def caller(organization: Organization, scope: str = "write") -> Api:
    return Api(new_key(organization, scope))


def refused(response: Any, status: int, code: str, *fields: str) -> dict[str, Any]:
    """Assert that this is a problem as the design has it, with this code, about exactly these fields; gives it."""
    found: dict[str, Any] = response.json()
    assert (response.status_code, found["code"]) == (status, code), found
    assert response.headers["Content-Type"] == "application/problem+json"
    assert list(found) == ["type", "title", "status", "code", "detail", "errors"]
    assert found["status"] == status
    assert found["title"]
    assert found["detail"]
    assert all(list(fault) == ["field", "code", "detail"] for fault in found["errors"])
    assert sorted(fault["field"] for fault in found["errors"]) == sorted(fields), found
    return found


def content(response: Any) -> bytes:
    """The whole body, of a streamed answer too."""
    return b"".join(response.streaming_content) if response.streaming else bytes(response.content)


def query(**parameters: Any) -> str:
    return "?" + urlencode(parameters)
