"""gunicorn's configuration in production: `gunicorn --config python:authspine.operations.web_config authspine.wsgi`.

Without it the application guards itself all the same, but a refused start is a traceback, and the server's own first
lines are no lines of our log (docs/logs.md).
"""

import os
import sys

from django.core.exceptions import ImproperlyConfigured

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "authspine.settings")

try:
    # A wrong setting is one line, before any process is started, and so is another database's key.
    from authspine.operations.app_role import look
    from authspine.operations.web_log import Log

    look()
except ImproperlyConfigured as fault:
    sys.stderr.write(f"{fault}\n")
    sys.exit(2)

logger_class = Log
# What is forwarded, and by whom, is read in one place (authspine.api.address); gunicorn would believe it from any
# peer on this machine.
secure_scheme_headers: dict[str, str] = {}
forwarder_headers = ""
