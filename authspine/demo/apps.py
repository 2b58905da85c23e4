from django.apps import AppConfig


class DemoConfig(AppConfig):
    name = "authspine.demo"
    label = "demo"
