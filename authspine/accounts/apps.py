from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "authspine.accounts"
    label = "accounts"
