"""Where things made at run time lie: all in one folder that git ignores, `var/` unless AUTHSPINE_VAR names another."""

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def var() -> Path:
    folder = Path(os.environ.get("AUTHSPINE_VAR") or ROOT / "var").resolve()
    folder.mkdir(parents=True, exist_ok=True)
    return folder
