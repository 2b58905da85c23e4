from django.apps import AppConfig


class IdentityConfig(AppConfig):
    name = "authspine.identity"
    label = "identity"
    verbose_name = "Identity"
