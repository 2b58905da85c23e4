from django.apps import AppConfig


class IdempotencyConfig(AppConfig):
    name = "authspine.idempotency"
    label = "idempotency"
