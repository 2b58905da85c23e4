"""The product's settings, with what is planted beside its apps and routes."""

from authspine.settings import *  # noqa: F403
from authspine.settings import INSTALLED_APPS

ROOT_URLCONF = "tests.operations.planted.urls"
INSTALLED_APPS = [*INSTALLED_APPS, "tests.operations.planted"]
