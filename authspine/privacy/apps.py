from django.apps import AppConfig


class PrivacyConfig(AppConfig):
    name = "authspine.privacy"
    label = "privacy"
