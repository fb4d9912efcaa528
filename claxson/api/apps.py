from django.apps import AppConfig


class ApiConfig(AppConfig):
    name = "claxson.api"
    label = "api"
