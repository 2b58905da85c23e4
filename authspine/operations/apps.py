from django.apps import AppConfig
from django.core import checks

from authspine.operations import tls


class OperationsConfig(AppConfig):
    name = "authspine.operations"
    label = "operations"

    def ready(self) -> None:
        checks.register(tls.check, deploy=True)
