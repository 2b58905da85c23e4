"""The repository itself: what every file in it must keep to, so that nobody has to remember it."""

import ast
import os
import re
import subprocess
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
REQUIREMENTS = ("requirements.txt", "requirements-dev.txt")
LONGEST_FILE = 300
LONGEST_TEST_FILE = 500
LONGEST_FUNCTION = 50
# They name a drawer, not what is in it.
EMPTY_NAMES = {"utils", "helpers", "common", "manager", "handler", "data", "process"}


@cache
def tracked(*patterns: str) -> list[Path]:
    """What git has or will have, and is there."""
    listing = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", *patterns]
    listed = subprocess.run(listing, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return [path for name in listed.split("\0") if name and (path := ROOT / name).is_file()]


@cache
def modules() -> dict[str, ast.Module]:
    """Every module of ours by its path, without the migrations, which are made by a program."""
    files = [path for path in tracked("*.py") if "migrations" not in path.parts]
    return {str(path.relative_to(ROOT)): ast.parse(path.read_text()) for path in files}


def pins(name: str) -> dict[str, str]:
    return dict(re.findall(r"^([\w.-]+)(?:\[[\w,-]+\])?==([^\s;]+)", (ROOT / name).read_text(), re.MULTILINE))


def test_every_requirement_has_its_hash_and_no_address() -> None:
    for name in REQUIREMENTS:
        text = (ROOT / name).read_text()
        entries = re.split(r"^(?=\w)", re.sub(r"^ *#.*\n", "", text, flags=re.MULTILINE), flags=re.MULTILINE)[1:]
        assert len(entries) > 20
        assert [entry for entry in entries if "==" not in entry or "--hash=sha256:" not in entry] == []
        assert re.findall(r"https?://|--index\S*|--extra\S*|--find\S*", text) == []


def test_both_requirements_files_agree() -> None:
    run_time, development = map(pins, REQUIREMENTS)
    shared = run_time.keys() & development.keys()
    assert {name: run_time[name] for name in shared} == {name: development[name] for name in shared}


def test_what_is_asked_for_is_pinned() -> None:
    for name in REQUIREMENTS:
        asked = re.findall(r"^(\w[\w-]*)", (ROOT / name).with_suffix(".in").read_text(), re.MULTILINE)
        assert set(asked) - pins(name).keys() == set(), "run scripts/lock"


def test_files_stay_small() -> None:
    lengths = {path: (ROOT / path).read_text().count("\n") for path in modules()}
    limits = {path: LONGEST_TEST_FILE if path.startswith("tests/") else LONGEST_FILE for path in lengths}
    assert {path: length for path, length in lengths.items() if length > limits[path]} == {}


def test_functions_stay_small() -> None:
    long = [
        f"{path}:{node.name}"
        for path, module in modules().items()
        for node in ast.walk(module)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (node.end_lineno or 0) - node.lineno + 1 > LONGEST_FUNCTION
    ]
    assert long == []


def test_every_module_says_what_it_keeps_true() -> None:
    silent = [path for path, module in modules().items() if module.body and not ast.get_docstring(module)]
    assert [path for path in silent if not path.endswith("/apps.py")] == []  # those say a name and nothing else


def test_no_module_is_a_drawer() -> None:
    assert [path for path in modules() if EMPTY_NAMES & set(Path(path).with_suffix("").parts)] == []


def test_nothing_happens_by_signal() -> None:
    signals = re.compile(
        r"@receiver|(?<!def )(?<!\.)\b(?:pre|post)_(?:save|delete|init)\b|m2m_changed|\.connect\(\w+, *sender"
    )
    ours = (path for path in modules() if not path.startswith("tests/"))
    assert [path for path in ours if signals.search((ROOT / path).read_text())] == []


def test_nothing_new_stands_at_the_top() -> None:
    tops = {path.relative_to(ROOT).parts[0] for path in tracked()}
    apps = {"authspine", "clients", "professionals", "services", "bookings", "payments", "analytics"}
    files = {"manage.py", "pyproject.toml", "README.md"}
    others = {name for name in tops - apps - files if not name.startswith((".", "requirements"))}
    assert others == {"docs", "scripts", "tests"}


def test_every_folder_of_tests_is_a_package() -> None:
    folders = {path.parent for path in tracked("tests/*.py")}
    assert [folder for folder in folders if not (folder / "__init__.py").exists()] == []


def test_scripts_can_be_run() -> None:
    scripts = [path for path in tracked("scripts/*", ".ci/*") if path.parent.name in ("scripts", ".ci")]
    assert len(scripts) >= 5
    assert [path for path in scripts if not os.access(path, os.X_OK)] == []
    for script in scripts:
        subprocess.run(["bash", "-n", script], check=True)


def test_ci_runs_the_checks_and_the_tests() -> None:
    text = (ROOT / ".ci/run").read_text()
    assert re.findall(r"^scripts/\w+", text, re.MULTILINE) == ["scripts/check", "scripts/test"]


def test_nothing_that_is_made_locally_is_kept() -> None:
    made = {"var", ".venv", "__pycache__", ".mypy_cache", ".ruff_cache", ".pytest_cache", "uv.lock"}
    assert [path for path in tracked() if made & set(path.relative_to(ROOT).parts)] == []


def test_the_readme_names_every_setting() -> None:
    read = set(re.findall(r'\b(?:text|flag|number|names)\("([A-Z_]+)"', (ROOT / "authspine/settings.py").read_text()))
    table = (ROOT / "README.md").read_text().partition("## Configuration")[2]
    named: set[str] = set()
    for line in table.splitlines():
        first, *more = re.findall("`([A-Z_]+)`", line.split("|")[1]) if line.startswith("| `") else [""]
        named |= {first, *(first.rpartition("_")[0] + name if name.startswith("_") else name for name in more)}
    assert len(read) > 15
    assert read <= named, read - named


def test_examples_of_the_readme_do_not_go_stale() -> None:
    assert not re.findall(r"20[0-9]{2}-[0-9]{2}-[0-9]{2}", (ROOT / "README.md").read_text())
