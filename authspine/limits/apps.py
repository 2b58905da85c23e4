import logging

from django.apps import AppConfig
from django.conf import settings

logger = logging.getLogger(__name__)


class LimitsConfig(AppConfig):
    name = "authspine.limits"
    label = "limits"

    def ready(self) -> None:
        if not settings.RATE_LIMITS:
            logger.warning("RATE_LIMITS=off: nobody is limited, not even who tries passwords.")
