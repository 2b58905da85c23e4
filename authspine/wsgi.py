"""The door for web servers."""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "authspine.settings")

django.setup(set_prefix=False)

from authspine.api.wire import Handler  # noqa: E402 (needs the settings)
from authspine.operations.app_role import refuse_powerful_role  # noqa: E402

application = Handler()

refuse_powerful_role()
