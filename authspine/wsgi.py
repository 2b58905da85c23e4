"""The door for web servers."""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "authspine.settings")

django.setup(set_prefix=False)

from authspine.api.wire import Handler  # noqa: E402 (needs the settings)
from authspine.operations.app_role import RoleGuard  # noqa: E402

guard = RoleGuard()
guard.refuse_powerful_role()

application = Handler(lets_in=guard.lets_in)
