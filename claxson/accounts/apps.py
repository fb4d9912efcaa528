from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "claxson.accounts"
    label = "accounts"
