"""The key of an export, for the commands that write and read one: from a file, or from the environment."""

import os
from pathlib import Path
from typing import Final

from django.core.management.base import CommandError

from authspine.kernel.crypto import Key
from authspine.orchestrator.exporting.sealing import BadExportKey, read_key

VARIABLE: Final = "EXPORT_KEY"
HELP: Final = f"holds the key of the export, as new_key makes one; {VARIABLE} by default"
_WRONG_USE: Final = 2  # the exit code


def given(file: Path | None) -> Key | None:
    """The key in this file, else in the environment, if there is one. Raises CommandError, which never quotes it."""
    text, where = (_read(file), str(file)) if file else (os.environ.get(VARIABLE, ""), VARIABLE)
    if not file and not text:
        return None
    try:
        return read_key(text)
    except BadExportKey as refusal:
        raise CommandError(f"{where}: {refusal.detail}", returncode=_WRONG_USE) from None


def for_writing(file: Path | None, *, with_personal_data: bool) -> Key | None:
    """The key that an export is sealed under; None only for whoever wants personal data in clear, in so many words.

    Raises CommandError.
    """
    if not with_personal_data:
        return given(file) or _ask()
    if file:
        raise CommandError(
            "With --with-personal-data nothing is sealed: there is no --key-file.", returncode=_WRONG_USE
        )
    return None


def _ask() -> Key:
    raise CommandError(
        f"An export is sealed: give a key by --key-file or {VARIABLE} (manage.py new_key makes one), or ask for"
        " personal data in clear by --with-personal-data.",
        returncode=_WRONG_USE,
    )


def _read(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is no text"
        raise CommandError(f"{file} cannot be read: {why}", returncode=_WRONG_USE) from None
