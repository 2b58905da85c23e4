from django.apps import AppConfig


class LimitsConfig(AppConfig):
    name = "authspine.limits"
    label = "limits"
