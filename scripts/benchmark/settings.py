"""The product's settings, with the bare views beside its routes, and without a line for every refusal."""

from authspine.settings import *  # noqa: F403
from authspine.settings import LOGGING

ROOT_URLCONF = "benchmark.urls"
LOGGING["loggers"] |= {name: {"level": "ERROR"} for name in ("authspine.requests", "axes")}
