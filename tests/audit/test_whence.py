"""E29: an entry says who asked, from where and in which request; its line in the log has the same id."""

import json
import urllib.request
from pathlib import Path

from authspine.identity.models import ApiKey, Organization
from tests.audit.entries import newest
from tests.rest import new_key
from tests.servers import gunicorn


def test_e29_a_request_leaves_its_key_address_and_id(organization: Organization, tmp_path: Path) -> None:
    bearer = {"Authorization": f"Bearer {new_key(organization)}", "Content-Type": "application/json"}
    body = json.dumps({"name": "Ana", "email": "ana@example.com"}).encode()
    with gunicorn(tmp_path / "log", workers=1, threads=1) as address:
        asked = urllib.request.Request(
            f"{address}/api/platform/clients", body, bearer | {"X-Request-ID": "asked-1"}, method="POST"
        )
        with urllib.request.urlopen(asked) as answer:
            client = json.load(answer)["id"]
    entry, key = newest(organization, "clients.Client"), ApiKey.objects.get(organization=organization)
    assert str(entry.row) == client
    assert (entry.actor, entry.address, entry.request_id) == (f"key:{key.id}", "127.0.0.1", "asked-1")
