"""The commands that make keys, and that write and read exports with them."""

import base64
import json
import os
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError

from authspine.identity.models import Organization
from tests.fixtures import new_organization
from tests.journeys.documents import bring_in, document, taken_out
from tests.journeys.test_import_files import run


@pytest.fixture(autouse=True)
def no_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("EXPORT_KEY", raising=False)


@pytest.fixture
def key_file(tmp_path: Path) -> Path:
    file = tmp_path / "key"
    assert run("new_key", file) == ""
    return file


def refused(command: str, *arguments: Any, **options: Any) -> str:
    """What a command that is used wrongly says: one line, and exit code 2."""
    with pytest.raises(CommandError) as refusal:
        run(command, *arguments, **options)
    assert refusal.value.returncode == 2
    line = str(refusal.value)
    assert "\n" not in line
    return line


def test_a_key_is_for_its_owner_alone(key_file: Path) -> None:
    assert key_file.stat().st_mode & 0o777 == 0o600
    assert len(base64.b64decode(key_file.read_text(), validate=False)) == 32
    printed = run("new_key")
    assert len(base64.b64decode(printed)) == 32
    assert printed != key_file.read_text()


def test_a_key_never_takes_the_place_of_another(key_file: Path) -> None:
    before = key_file.read_text()
    with pytest.raises(CommandError, match="cannot be written: File exists"):
        run("new_key", key_file)
    assert key_file.read_text() == before


def test_out_of_one_and_into_another(organization: Organization, tmp_path: Path, key_file: Path) -> None:
    bring_in(organization, document())
    path, twin = tmp_path / "all.json", new_organization()
    assert run("export_platform", organization=organization.slug, output=path, key_file=key_file) == ""
    assert "c1@example.com" not in path.read_text()
    with pytest.raises(CommandError, match=r"sealed under the key [0-9a-f]{16}, and no key was given") as refusal:
        run("import_platform", path, organization=twin.slug)
    assert refusal.value.returncode == 1
    found = json.loads(run("import_platform", path, organization=twin.slug, key_file=key_file))
    assert (found["refused"], found["imported"]["clients"]) == ([], 1)
    assert '"c1@example.com"' in taken_out(twin)


def test_another_key_is_told(organization: Organization, tmp_path: Path, key_file: Path) -> None:
    path, other, twin = tmp_path / "all.json", tmp_path / "other", new_organization()
    run("new_key", other)
    run("export_platform", organization=organization.slug, output=path, key_file=key_file)
    before = taken_out(twin)
    with pytest.raises(CommandError, match="and the key that was given is"):
        run("import_platform", path, organization=twin.slug, key_file=other)
    assert taken_out(twin) == before


def test_the_key_may_stand_in_the_environment(
    organization: Organization, key_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EXPORT_KEY", key_file.read_text())
    from_environment = json.loads(run("export_platform", organization=organization.slug))["sealed"]["key"]
    from_file = json.loads(run("export_platform", organization=organization.slug, key_file=key_file))["sealed"]["key"]
    assert from_environment == from_file
    # Whoever asks for it in so many words gets it in clear.
    assert "sealed" not in json.loads(run("export_platform", organization=organization.slug, with_personal_data=True))


def test_without_a_key_no_file_is_written(organization: Organization, tmp_path: Path) -> None:
    line = refused("export_platform", organization=organization.slug, output=tmp_path / "all.json")
    assert {"--key-file", "EXPORT_KEY", "--with-personal-data."} <= {word.strip("(),") for word in line.split()}
    assert list(tmp_path.iterdir()) == []


def test_a_key_that_is_none_is_told_and_not_quoted(
    organization: Organization, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wrong, binary = tmp_path / "wrong", tmp_path / "binary"
    wrong.write_text("c2VjcmV0")
    binary.write_bytes(os.urandom(32) + b"\xff")
    for file in (wrong, binary, tmp_path / "none"):
        for command, *arguments in (("export_platform",), ("import_platform", tmp_path / "all.json")):
            line = refused(str(command), *arguments, organization=organization.slug, key_file=file)
            assert str(file) in line
            assert "c2VjcmV0" not in line
    monkeypatch.setenv("EXPORT_KEY", "c2VjcmV0")
    line = refused("export_platform", organization=organization.slug)
    assert line == "EXPORT_KEY: The key of an export is 32 random bytes in base64."


def test_sealed_and_in_clear_at_once_is_refused(organization: Organization, key_file: Path) -> None:
    line = refused("export_platform", organization=organization.slug, key_file=key_file, with_personal_data=True)
    assert "--key-file" in line
