from django.apps import AppConfig


class ApiConfig(AppConfig):
    name = "authspine.api"
    label = "api"
