"""The door for web servers."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "authspine.settings")

application = get_wsgi_application()

from authspine.operations.app_role import refuse_powerful_role  # noqa: E402 (needs the settings)

refuse_powerful_role()
