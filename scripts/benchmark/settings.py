"""The product's settings, with the bare views beside its routes."""

from authspine.settings import *  # noqa: F403

ROOT_URLCONF = "benchmark.urls"
