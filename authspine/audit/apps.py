from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "authspine.audit"
    label = "audit"
