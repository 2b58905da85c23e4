"""The product's settings with DRF's own throttle in the place of its limits, over a cache that all processes share."""

import os
from typing import Any

from authspine.settings import *  # noqa: F403
from authspine.settings import REST_FRAMEWORK

RATE_LIMITS = {}
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.filebased.FileBasedCache",
        "LOCATION": os.environ.get("THROTTLE_CACHE", ""),
    }
}
REST_FRAMEWORK: dict[str, Any] = {  # type: ignore[no-redef]
    **REST_FRAMEWORK,
    "DEFAULT_THROTTLE_CLASSES": ["rest_framework.throttling.UserRateThrottle"],
    "DEFAULT_THROTTLE_RATES": {"user": "100/hour"},
}
