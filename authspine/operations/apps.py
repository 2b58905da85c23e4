from django.apps import AppConfig


class OperationsConfig(AppConfig):
    name = "authspine.operations"
    label = "operations"
