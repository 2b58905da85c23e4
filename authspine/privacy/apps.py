from django.apps import AppConfig
from django.core import checks


class PrivacyConfig(AppConfig):
    name = "authspine.privacy"
    label = "privacy"

    def ready(self) -> None:
        # Reads the fields, which stand on models: these may be imported only now.
        from authspine.privacy import tagging

        checks.register(tagging.check)
