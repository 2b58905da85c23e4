# Sourced by the scripts: goes to the project's root, finds a Python and keeps .venv in step with the pinned requirements.
# Everything else is Python (scripts/lib/environment.py): only what must run before there is one stands here.

cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 2
# PYTHONDONTWRITEBYTECODE would have every start compile every library anew, which takes longer than all the rest.
unset PYTHONHOME PYTHONPATH PYTHONDONTWRITEBYTECODE VIRTUAL_ENV DJANGO_SETTINGS_MODULE
oldest="3, 12"

# A Python on the PATH may be a shim that exists and fails, so each one is tried, not just looked up.
find_python() {
  local candidate
  for candidate in python3.13 python3.14 python3.12 python3; do
    if "$candidate" -c "import sys; sys.exit(sys.version_info < ($oldest))" >/dev/null 2>&1; then
      python=$candidate
      return
    fi
  done
  echo "Python 3.12 or newer is needed, and none of python3.13, python3.14, python3.12, python3 on the PATH is one." >&2
  exit 2
}

# prepare_environment FILE...: after it, .venv/bin/python has what the requirement files pin.
prepare_environment() {
  find_python
  "$python" scripts/lib/environment.py "$@" || exit $?
}
