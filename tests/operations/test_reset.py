"""scripts/demo --reset asks first, and takes nothing but a yes for one."""

import io
from pathlib import Path

import pytest

from authspine.operations import local, serve
from authspine.operations.errors import SetUpFailed


class Terminal(io.StringIO):
    """Somebody who types this; nothing is Ctrl-D."""

    def isatty(self) -> bool:
        return True


@pytest.fixture
def key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A secret key of a demo's, which a reset removes."""
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.setenv("AUTHSPINE_VAR", str(tmp_path))
    local.kept(tmp_path / "secret_key", local.new_ring_key)
    return tmp_path / "secret_key"


@pytest.mark.parametrize("typed", ["n\n", "\n", "what?\n", ""])
def test_anything_but_yes_leaves_all_as_it_is(key: Path, monkeypatch: pytest.MonkeyPatch, typed: str) -> None:
    monkeypatch.setattr("sys.stdin", Terminal(typed))
    with pytest.raises(SetUpFailed, match=r"^Nothing was removed\.$"):
        serve.reset(confirmed=False)
    assert key.exists()


@pytest.mark.parametrize("typed", ["y\n", "Y\n", "yes\n"])
def test_yes_removes(
    key: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], typed: str
) -> None:
    monkeypatch.setattr("sys.stdin", Terminal(typed))
    serve.reset(confirmed=False)
    assert not key.exists()
    assert capsys.readouterr().out == f"Remove the demo's data in {key.parent}? [y/N] "
