from django.apps import AppConfig


class PlatformConfig(AppConfig):
    name = "authspine.platform"
    label = "platform"
