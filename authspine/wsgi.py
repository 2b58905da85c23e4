"""The door for web servers."""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "authspine.settings")

django.setup(set_prefix=False)

from authspine.api.wire import Handler  # noqa: E402 (needs the settings)
from authspine.operations.app_role import RoleGuard  # noqa: E402
from authspine.operations.erasures import ListGuard  # noqa: E402

guard, erased = RoleGuard(), ListGuard()
guard.refuse_powerful_role()


def lets_in() -> bool:
    """The list is looked at once the role is known to be bound, since it is carried out as the app."""
    return guard.lets_in() and erased.lets_in()


application = Handler(lets_in=lets_in)
